"""Worst cases over a box: one run at the worst corner, the vertices of a convex response, and searches.

The limit is set from the true maximum: margin = (limit - maximum) / range of the pool's values.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
from benchmarks.false_compliance.harness import Cell
from benchmarks.false_compliance.problems import (
    Family,
    FloatArray,
    Problem,
    instance_of,
    stream,
)
from benchmarks.false_compliance.programmes import Outcome, Programme

from assay.statistics import worst_corner

COMPLIANT = (0.01, 0.05, 0.1, 0.2)
BEYOND = (-0.005, -0.02, -0.05, -0.1)
TOLERANCE = 1e-6
"""Relative to the largest value: by how much a chord may be missed, as in `assay.showing.structure`."""
SPIKE = 8
"""Points of the pool in the box of the spike: a thousandth of the volume."""


def cells(
    families: Sequence[Family], methods: Sequence[str], programmes: int, budget: int = 100
) -> list[Cell]:
    """Return the cells: every margin for exact maxima; only those beyond where a maximum is a lower bound."""
    return [
        Cell("everywhere", replicate, family.name, 0.0, 0, margin, budget, method)
        for replicate in range(max(1, programmes // len(COMPLIANT + BEYOND)))
        for family in families
        for margin in (BEYOND + COMPLIANT if _exact(family) else BEYOND)
        for method in methods
        if applies(method, family)
    ]


def applies(method: str, family: Family) -> bool:
    """Say whether a method has anything to do on a family over the unit box."""
    if method == "corner":
        return bool(family.signs) and family.true_structure and not family.normal
    if method == "vertices":
        return family.convex
    return not family.normal and family.name not in {
        "dust",
        "mesh_honest",
        "mesh_dishonest",
        "tails",
        "noise",
    }


def _exact(family: Family) -> bool:
    return family.true_structure and (family.convex or (bool(family.signs) and not family.normal))


def result(cell: Cell, families: dict[str, Family]) -> dict[str, Any]:
    """Return the outcome of one worst-case programme."""
    family = families[cell.family]
    instance = instance_of(family, cell.replicate)
    values = instance.values(SPIKE)
    if values.evaluate is None:
        raise ValueError(f"family {family.name} is defined on its pool only; a box has no vertices in it")
    top = float(max(values.q.max(), values.evaluate(corners(family)).max()))
    limit = top + cell.ratio * float(values.q.max() - values.q.min())
    found = Problem(
        family, instance.x, values.q, limit, 0.0, int((values.q > limit).sum()), instance, values.evaluate
    )
    programme = Programme(found, cell.budget, stream("everywhere", cell.key))
    began = time.process_time()
    if cell.method == "corner":
        outcome = corner(programme)
    elif cell.method == "vertices":
        outcome = vertices(programme)
    else:
        from benchmarks.false_compliance.libraries import search

        outcome = search(cell.method, programme)
    record = outcome.as_record()
    record["seconds"] = round(time.process_time() - began, 3)
    record["complies"] = top <= limit
    return record


def corners(family: Family) -> FloatArray:
    """Return the vertices of the unit box, shape (2**d, d)."""
    return np.array(list(product((0.0, 1.0), repeat=family.dimension)))


def corner(programme: Programme) -> Outcome:
    """Rung 2, monotone: one run at the worst corner."""
    programme.validate()
    d = programme.x.shape[1]
    point = worst_corner(np.zeros(d), np.ones(d), np.asarray(programme.family.signs))
    q = programme.run_anywhere(np.asarray(point)[None, :])
    return programme.outcome("SHOWN GIVEN" if q[0] <= programme.limit else "REFUTED")


def vertices(programme: Programme) -> Outcome:
    """Rung 2, convex: all vertices, and chords placed to break the declaration.

    max(8, 2d) chords of three runs, between random points of the box (DESIGN.md section 6, rule 4).
    """
    programme.validate()
    d = programme.x.shape[1]
    at = programme.run_anywhere(corners(programme.family))
    if (at > programme.limit).any():
        return programme.outcome("REFUTED")
    count = max(8, 2 * d)
    a, b = programme.rng.random((2, count, d))
    weight = programme.rng.uniform(0.2, 0.8, count)
    q_a, q_b = programme.run_anywhere(a), programme.run_anywhere(b)
    q = programme.run_anywhere(weight[:, None] * a + (1 - weight[:, None]) * b)
    if (np.r_[q_a, q_b, q] > programme.limit).any():
        return programme.outcome("REFUTED")
    scale = np.max(np.abs([q_a, q_b, q]), axis=0)
    if ((q - (weight * q_a + (1 - weight) * q_b)) / scale > TOLERANCE).any():
        return programme.outcome("NOT SHOWN", caught=True)
    return programme.outcome("SHOWN GIVEN")
