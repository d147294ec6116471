"""Which mesh stands for a part's shape: free tetrahedra, or faces swept into hexahedra."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import netgen.meshing as netgen
import ngsolve
import numpy as np

from assay.solvers.elasticity import Free, Part, Swept
from assay.solvers.protocol import FloatArray, IntArray, SolverError

_TOLERANCE = 1e-6
"""Points nearer than this, in mm, are one point."""
_GRID = 1e-5
"""Places are told apart on this grid, in mm: far above round-off, far below any element."""
_EDGE_BUBBLE = -0.125
"""Value of NGSolve's quadratic edge function in the middle of its edge (a test holds it)."""
_BUGS = (NameError, TypeError, KeyError, AttributeError, ImportError, SyntaxError)
"""Errors of a program, not of a geometry: they stay what they are."""


@dataclass(frozen=True)
class Meshed:
    """A mesh, and what has to live as long as it does."""

    mesh: Any
    bend: Any
    """Grid function that curves a swept mesh; None for a free one."""


def mesh_part(build: Callable[[], Part]) -> tuple[Part, Meshed]:
    """Run the user's function and mesh what it returns.

    Raises
    ------
    SolverError
        ``invalid-geometry`` if the geometry kernel or the mesher refuses, or an element is folded.
    """
    try:
        part = build()
        shape = part.shape
        meshed = _free(shape, part.order) if isinstance(shape, Free) else _swept(shape)
    except (SolverError, *_BUGS):
        raise
    except Exception as error:  # the kernel and the mesher raise several unrelated classes
        raise SolverError("invalid-geometry", f"{type(error).__name__}: {error}"[:400]) from error
    _refuse_folded(meshed.mesh, part)
    return part, meshed


def _free(shape: Free, order: int) -> Meshed:
    from netgen.occ import OCCGeometry

    geometry = OCCGeometry(shape.solid)
    mesh = ngsolve.Mesh(geometry.GenerateMesh(maxh=shape.mesh_size, grading=shape.grading))
    mesh.Curve(order)
    return Meshed(mesh, None)


def _refuse_folded(mesh: Any, part: Part) -> None:
    wanted = {*part.supports, *(q.region for q in part.quantities.values() if hasattr(q, "region"))}
    missing = sorted(wanted - set(mesh.GetBoundaries()))
    if missing:
        raise SolverError("invalid-geometry", f"the shape has no region {', '.join(missing)}")
    rule = {
        ngsolve.TET: ngsolve.IntegrationRule(ngsolve.TET, 4),
        ngsolve.HEX: ngsolve.IntegrationRule(ngsolve.HEX, 4),
        ngsolve.PRISM: ngsolve.IntegrationRule(ngsolve.PRISM, 4),
        ngsolve.PYRAMID: ngsolve.IntegrationRule(ngsolve.PYRAMID, 4),
    }
    jacobian = ngsolve.Det(ngsolve.specialcf.JacobianMatrix(3))
    values = jacobian(mesh.MapToAllElements(rule, ngsolve.VOL))
    if not float(np.min(values)) > 0.0:
        raise SolverError("invalid-geometry", "an element is folded: a radius or a gap is too small")


# ------------------------------------------------------------------------------------------ swept


@dataclass(frozen=True)
class _Side:
    """One edge of a face, walked in the face's sense; `at` maps [0, 1] to points."""

    key: tuple[int, ...]
    name: str
    at: Callable[[float], FloatArray]


def _swept(shape: Swept) -> Meshed:
    faces = [(str(face.name or "face"), _sides(face)) for face in shape.faces]
    counts = _counts([sides for _, sides in faces], shape)
    mesh = _SweptMesh(np.array(shape.direction, dtype=np.float64), shape.layers)
    for name, sides in faces:
        mesh.add(name, sides, (counts[sides[0].key], counts[sides[1].key]))
    return mesh.finished()


def _sides(face: Any) -> tuple[_Side, _Side, _Side, _Side]:
    """Order a face's edges head to tail: bottom, right, top, left."""
    left = [_forward(edge) for edge in face.edges]
    if len(left) != 4:
        raise SolverError("invalid-geometry", f"the face {face.name} has {len(left)} edges, not 4")
    chain = [left.pop(0)]
    while left:
        end = chain[-1].at(1.0)
        found = next((s for s in left if _same(s.at(0.0), end) or _same(s.at(1.0), end)), None)
        if found is None:
            raise SolverError("invalid-geometry", f"the edges of the face {face.name} do not meet")
        left.remove(found)
        chain.append(found if _same(found.at(0.0), end) else _reversed(found))
    return chain[0], chain[1], chain[2], chain[3]


def _forward(edge: Any) -> _Side:
    low, high = edge.parameter_interval

    def at(s: float) -> FloatArray:
        point = edge.Value(low + (high - low) * s)
        return np.array([point.x, point.y, point.z])

    return _Side(_key(at(0.5)), str(edge.name or ""), at)


def _reversed(side: _Side) -> _Side:
    return _Side(side.key, side.name, lambda s: side.at(1.0 - s))


def _same(a: FloatArray, b: FloatArray) -> bool:
    return bool(np.max(np.abs(a - b)) < _TOLERANCE)


def _key(point: FloatArray) -> tuple[int, ...]:
    return tuple(np.rint(point / _GRID).astype(np.int64).tolist())


def _counts(faces: Sequence[Sequence[_Side]], shape: Swept) -> dict[tuple[int, ...], int]:
    """Carry the named numbers of divisions over to opposite and shared edges."""
    group: dict[tuple[int, ...], tuple[int, ...]] = {}

    def root(key: tuple[int, ...]) -> tuple[int, ...]:
        group.setdefault(key, key)
        while group[key] != key:
            key = group[key]
        return key

    for bottom, right, top, left in faces:
        group[root(bottom.key)] = root(top.key)
        group[root(right.key)] = root(left.key)
    wanted: dict[tuple[int, ...], int] = {}
    for side in (side for sides in faces for side in sides):
        number = shape.divisions.get(side.name)
        if number is None:
            continue
        if number < 1 or wanted.setdefault(root(side.key), number) != number:
            found = f"the divisions of {side.name} contradict its opposite edge"
            raise SolverError("invalid-geometry", found)
    return {key: wanted.get(root(key), shape.unnamed) for key in list(group)}


class _SweptMesh:
    """Collects swept faces into one Netgen mesh; points and edges are shared by place."""

    def __init__(self, direction: FloatArray, layers: int) -> None:
        self._direction, self._layers = direction, layers
        self._mesh = netgen.Mesh(dim=3)
        self._points: dict[tuple[int, ...], int] = {}
        self._bends: dict[tuple[int, int], FloatArray] = {}
        self._names: dict[str, int] = {}
        self._outside: dict[tuple[int, int], tuple[str, IntArray]] = {}

    def add(self, name: str, sides: Sequence[_Side], counts: tuple[int, int]) -> None:
        """Fill a face by transfinite interpolation and sweep it."""
        grid = _coons(sides, 2 * counts[0], 2 * counts[1])
        normal = np.cross(grid[2, 0] - grid[0, 0], grid[0, 2] - grid[0, 0])
        if float(np.dot(normal, self._direction)) < 0.0:  # mirrored: walk the sides the other way round
            grid, sides = grid.transpose(1, 0, 2), [_reversed(side) for side in reversed(sides)]
        heights = np.linspace(0.0, 1.0, self._layers + 1)
        corners = grid[::2, ::2, None] + heights[:, None] * self._direction
        keys = np.rint(corners / _GRID).astype(np.int64).reshape(-1, 3)
        flat = [self._point(key, at) for key, at in zip(keys.tolist(), corners.reshape(-1, 3), strict=True)]
        numbers = np.array(flat).reshape(corners.shape[:3])
        low = np.stack([numbers[:-1, :-1], numbers[1:, :-1], numbers[1:, 1:], numbers[:-1, 1:]], axis=-1)
        for column in low.reshape(-1, self._layers + 1, 4):
            for layer in range(self._layers):
                self._mesh.Add(netgen.Element3D(1, [*column[layer].tolist(), *column[layer + 1].tolist()]))
            self._face(f"{name}-bottom", column[0][::-1].tolist())
            self._face(f"{name}-top", column[-1].tolist())
        self._bend(numbers[:-1], numbers[1:], grid[:-2:2, ::2], grid[1::2, ::2], grid[2::2, ::2])
        self._bend(numbers[:, :-1], numbers[:, 1:], grid[::2, :-2:2], grid[::2, 1::2], grid[::2, 2::2])
        borders = [numbers[:, 0], numbers[-1], numbers[::-1, -1], numbers[0, ::-1]]
        for side, line in zip(sides, borders, strict=True):
            for strip in np.stack([line[:-1], line[1:]], axis=-1):
                self._border(side.name or "free", strip)

    def finished(self) -> Meshed:
        """Close the surface and curve the edges."""
        for name, strip in self._outside.values():
            for (a, b), (d, c) in zip(strip[:-1].tolist(), strip[1:].tolist(), strict=True):
                self._face(name, [a, b, c, d])
        for name, number in self._names.items():
            self._mesh.SetBCName(number - 1, name)
        mesh = ngsolve.Mesh(self._mesh)
        return Meshed(mesh, _curve(mesh, self._bends))

    def _border(self, name: str, strip: IntArray) -> None:
        """Remember an edge at the outside; one that is met again lies inside, and is no region."""
        a, b = strip[0].tolist()
        if (a, b) in self._outside:  # both faces walk it alike: they lie on one side of it
            raise SolverError("invalid-geometry", f"a face overlaps its neighbour at the edge {name}")
        if self._outside.pop((b, a), None) is None:
            self._outside[a, b] = (name, strip)

    def _face(self, name: str, corners: list[int]) -> None:
        """Add a face, its corners turning left as seen from outside."""
        if name not in self._names:
            number = len(self._names) + 1
            self._mesh.Add(netgen.FaceDescriptor(surfnr=number, domin=1, domout=0, bc=number))
            self._names[name] = number
        self._mesh.Add(netgen.Element2D(self._names[name], corners))

    def _point(self, key: list[int], place: FloatArray) -> int:
        found = self._points.get(tuple(key))
        if found is None:
            found = int(self._mesh.Add(netgen.MeshPoint(netgen.Pnt(*place.tolist()))).nr)
            self._points[tuple(key)] = found
        return found

    def _bend(
        self, first: IntArray, second: IntArray, a: FloatArray, middle: FloatArray, b: FloatArray
    ) -> None:
        """Remember how far the middles of edges lie off their chords, on every layer."""
        away = middle - 0.5 * (a + b)
        for i, j in np.argwhere(np.abs(away).max(axis=-1) > _TOLERANCE).tolist():
            for one, other in zip(first[i, j].tolist(), second[i, j].tolist(), strict=True):
                self._bends[min(one, other), max(one, other)] = away[i, j]


def _coons(sides: Sequence[_Side], across: int, up: int) -> FloatArray:
    """Return points of shape (across + 1, up + 1, 3) between four curves (Coons 1967)."""
    u, v = np.linspace(0.0, 1.0, across + 1), np.linspace(0.0, 1.0, up + 1)
    bottom = np.array([sides[0].at(s) for s in u])[:, None]
    right = np.array([sides[1].at(s) for s in v])[None]
    top = np.array([sides[2].at(1.0 - s) for s in u])[:, None]
    left = np.array([sides[3].at(1.0 - s) for s in v])[None]
    a, b = u[:, None, None], v[None, :, None]
    ruled = (1 - b) * bottom + b * top + (1 - a) * left + a * right
    corners = (1 - a) * ((1 - b) * left[:, :1] + b * left[:, -1:])
    corners = corners + a * ((1 - b) * right[:, :1] + b * right[:, -1:])
    points: FloatArray = ruled - corners
    return points


def _curve(mesh: Any, bends: dict[tuple[int, int], FloatArray]) -> Any:
    """Bend straight edges through their true middles: quadratic, isoparametric geometry."""
    space = ngsolve.VectorH1(mesh, order=2)
    bend = ngsolve.GridFunction(space)
    scalar = space.components[0]
    vectors = [component.vec.FV().NumPy() for component in bend.components]
    for edge in mesh.edges if bends else ():
        first, second = sorted(vertex.nr + 1 for vertex in edge.vertices)
        away = bends.get((first, second))
        if away is not None:
            (dof,) = scalar.GetDofNrs(edge)
            for axis in range(3):
                vectors[axis][dof] = away[axis] / _EDGE_BUBBLE
    mesh.SetDeformation(bend)
    return bend
