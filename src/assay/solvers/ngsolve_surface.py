"""What stress does a surface carry, where is it largest, and how does it look?

Stress is taken at the elements' own interpolation points on the faces of a region and averaged
where elements meet. The tensor is linear in the loads: it is kept per unit load and combined.
"""

from __future__ import annotations

from typing import Any

import ngsolve
import numpy as np

from assay.solvers.ngsolve_solution import Answer, System
from assay.solvers.protocol import Field, FloatArray, IntArray

_MERGE = 1e-5
"""Points nearer than this, in mm, are one point."""


class Surface:
    """Points on the faces of one region, or of the whole part."""

    def __init__(self, system: System, region: str | None = None) -> None:
        self._system = system
        order = system.part.order
        where = system.mesh.Boundaries(region if region is not None else ".*")
        triangle = [(i / order, j / order) for j in range(order + 1) for i in range(order + 1 - j)]
        square = [(i / order, j / order) for j in range(order + 1) for i in range(order + 1)]
        rules = {ngsolve.TRIG: _rule(triangle), ngsolve.QUAD: _rule(square)}
        self._at = system.mesh.MapToAllElements(rules, where)
        places = _values(ngsolve.CF((ngsolve.x, ngsolve.y, ngsolve.z)), self._at)
        self._index, self.points = _merged(places)
        self._shares = np.bincount(self._index, minlength=len(self.points)).astype(np.float64)
        corners = [len(element.vertices) for element in where.Elements()]
        self._triangles = _triangles(corners, order, self._index)

    def stress(self, answer: Answer) -> FloatArray:
        """Return the averaged stress tensor at every point, shape (points, 6): xx yy zz xy yz zx."""
        tensor = ngsolve.BoundaryFromVolumeCF(self._system.stress(answer.displacement))
        return self._averaged(_values(tensor, self._at)[:, [0, 4, 8, 1, 5, 6]])

    def displacement(self, answer: Answer) -> FloatArray:
        """Return the displacement at every point, shape (points, 3)."""
        return self._averaged(_values(answer.displacement, self._at))

    def field(self, values: FloatArray, unit: str, components: tuple[str, ...]) -> Field:
        """Return values of shape (points, components) as a field on the region's triangles."""
        return Field(self.points, self._triangles, values, "node", unit, "mm", components)

    def _averaged(self, values: FloatArray) -> FloatArray:
        total = np.zeros((len(self.points), values.shape[1]))
        np.add.at(total, self._index, values)
        mean: FloatArray = total / self._shares[:, None]
        return mean


def von_mises(stress: FloatArray) -> FloatArray:
    """Return von Mises stress of tensors xx yy zz xy yz zx in the last axis."""
    xx, yy, zz, xy, yz, zx = np.moveaxis(stress, -1, 0)
    normal = 0.5 * ((xx - yy) ** 2 + (yy - zz) ** 2 + (zz - xx) ** 2)
    value: FloatArray = np.sqrt(normal + 3.0 * (xy**2 + yz**2 + zx**2))
    return value


def _rule(points: list[tuple[float, float]]) -> Any:
    return ngsolve.IntegrationRule(points=points, weights=[0.0] * len(points))


def _values(function: Any, at: Any) -> FloatArray:
    values = np.asarray(function(at), dtype=np.float64)
    return values.reshape(len(values), -1)


def _merged(places: FloatArray) -> tuple[IntArray, FloatArray]:
    """Return each place's number among the distinct places, and these, in order of first appearance."""
    keys = np.round(places / _MERGE).astype(np.int64)
    _, first, index = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return rank[index.ravel()].astype(np.int64), np.ascontiguousarray(places[first[order]])


def _triangles(corners: list[int], order: int, index: IntArray) -> IntArray:
    """Cut every mapped element into the triangles between its points."""
    patterns = {3: _cut(order, triangular=True), 4: _cut(order, triangular=False)}
    counts = {3: (order + 1) * (order + 2) // 2, 4: (order + 1) ** 2}
    found, start = [], 0
    for kind in corners:
        found.append(patterns[kind] + start)
        start += counts[kind]
    cells: IntArray = index[np.concatenate(found)]
    return np.ascontiguousarray(cells)


def _cut(order: int, *, triangular: bool) -> IntArray:
    lattice = [(i, j) for j in range(order + 1) for i in range(order + 1 - (j if triangular else 0))]
    number = {place: at for at, place in enumerate(lattice)}
    cells = []
    for (i, j), at in number.items():
        right, up, both = number.get((i + 1, j)), number.get((i, j + 1)), number.get((i + 1, j + 1))
        if right is None or up is None:
            continue
        cells.append((at, right, up))
        if both is not None:
            cells.append((right, both, up))
    return np.array(cells, dtype=np.int64)
