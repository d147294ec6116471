"""Do the runs of a showing contradict what it declares? Every one of them is held against it.

A declaration is tested by runs placed to break it (`structure_tests`); but the runs that a showing reads
were placed for other ends, and any of them may break it too. Only runs on one level of the mesh are
compared, to the relative tolerance of the test runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.campaign import Row
from assay.programme import Over
from assay.showing.claims import Part
from assay.showing.corners import SIGNS
from assay.showing.inputs import Evidence
from assay.showing.records import DeclarationCheck
from assay.showing.structure import TOLERANCE, carrying

_DIGITS = 9
"""Decimals of a mirrored coordinate, in half ranges, to which two runs are at mirrored points."""


@dataclass(frozen=True)
class Held:
    """How the declarations under a claim fared against the runs of its showing."""

    comparisons: int
    violations: int


@dataclass(frozen=True)
class _Run:
    """A run with a value."""

    level: int
    """Of the mesh; 1 is the finest."""
    own: bool
    """Whether it stands in the table that decides."""
    row: Row
    value: float


def held_against_runs(evidence: Evidence) -> Held:
    """Hold the declarations that carry a claim against every run of its showing.

    Three things follow from them that runs can contradict: no run beside the corners is worse than the
    worst of them; of two runs that differ only in factors with declared signs, and by them in one
    direction, the upper has no smaller value; two runs at mirrored points have one value.
    """
    if not evidence.claim.corners_over or evidence.structure is None or evidence.claim.uncovered:
        return Held(0, 0)
    used = carrying(evidence.structure, evidence.claim)
    runs = _runs(evidence)
    signs = {n: SIGNS[check.kind] for check in used if check.kind in SIGNS for (n,) in check.groups}
    found = [
        *_beside_corners(evidence, runs, signs),
        *_in_order(runs, signs),
        *_mirrored(evidence, runs, used),
    ]
    return Held(sum(held.comparisons for held in found), sum(held.violations for held in found))


def _runs(evidence: Evidence) -> list[_Run]:
    name, levels = evidence.claim.criterion.quantity, evidence.levels.of
    tables = [
        *((levels.get(row.index, 1), True, row) for row in evidence.rows or ()),
        *((1, False, row) for row in (*evidence.guided, *evidence.elsewhere)),
    ]
    return [
        _Run(level, own, row, row.quantities[name])
        for level, own, row in tables
        if row.state == "ok" and name in row.quantities
    ]


def exceeds(larger: float, smaller: float) -> bool:
    """Say whether a value exceeds another by more than solver round-off on one mesh."""
    return larger - smaller > TOLERANCE * max(abs(larger), abs(smaller))


def _beside_corners(evidence: Evidence, runs: Sequence[_Run], signs: Mapping[str, int]) -> Iterator[Held]:
    """Compare the runs inside the hull of a draw's corners with the worst of them.

    The corners listed in a file bound a polytope, not the box around it: no run is compared with those.
    """
    claim = evidence.claim
    if isinstance(claim.criterion.holds, Over) and claim.criterion.holds.file is not None:
        return
    draws: dict[int, list[_Run]] = {}
    for run in runs:
        if run.own:
            draws.setdefault(run.row.index, []).append(run)
    for index, mine in draws.items():
        if claim.content is None:
            mine = [run for run in runs if run.level == mine[0].level] if index == 0 else []  # noqa: PLW2901
        for part in claim.parts:
            yield _beside(evidence, part, index, mine, signs)


def _beside(
    evidence: Evidence, part: Part, index: int, runs: Sequence[_Run], signs: Mapping[str, int]
) -> Held:
    """Compare runs with the corners of one part at one draw.

    Where a factor has a sign the corner at its worse end bounds everything on the better side of it; where
    a symmetry spared corners their mirror images count as run.
    """
    keys = {row.key for row in part.rows}
    corners = [run for run in runs if run.own and run.row.index == index and run.row.row in keys]
    others = [run for run in runs if not (run.own and run.row.index == index and run.row.row in keys)]
    if not keys or len(corners) < len(keys) or not corners[0].row.factors:
        return Held(0, 0)
    names, sense = tuple(corners[0].row.factors), evidence.claim.criterion.sense
    others = [run for run in others if run.row.factors.keys() == corners[0].row.factors.keys()]
    points = _matrix(corners, names)
    low, high = points.min(axis=0), points.max(axis=0)
    for column, name in enumerate(names):
        worse = signs.get(name, 0) * {"at_most": 1, "at_least": -1, "between": 0}[sense]
        low[column] = -np.inf if worse > 0 else low[column]
        high[column] = np.inf if worse < 0 else high[column]
    for name in (name for group in evidence.claim.mirrored for name in group):
        column, both = names.index(name), sum(evidence.claim.study.factors[name].range)
        low[column], high[column] = (
            min(low[column], both - high[column]),
            max(high[column], both - low[column]),
        )
    places = _matrix(others, names)
    inside = np.all((places >= low) & (places <= high), axis=1)
    values = [run.value for run, beside in zip(others, inside.tolist(), strict=True) if beside]
    known = [run.value for run in corners]
    wrong = sum(
        (sense != "at_least" and exceeds(value, max(known)))
        or (sense != "at_most" and exceeds(min(known), value))
        for value in values
    )
    return Held(len(values), wrong)


def _matrix(runs: Sequence[_Run], names: Sequence[str]) -> NDArray[np.float64]:
    """Return the factors of runs, shape (runs, names)."""
    rows = [[run.row.factors[name] for name in names] for run in runs]
    return np.array(rows, dtype=np.float64).reshape(len(runs), len(names))


def _in_order(runs: Sequence[_Run], signs: Mapping[str, int]) -> Iterator[Held]:
    """Compare the runs that differ only in factors with a sign."""
    groups: dict[tuple[object, ...], list[_Run]] = {}
    for run in runs:
        if signs and signs.keys() <= run.row.factors.keys():
            rest = tuple(sorted((n, v) for n, v in run.row.factors.items() if n not in signs))
            groups.setdefault((run.level, rest), []).append(run)
    way = np.array(list(signs.values()), dtype=np.float64)
    for group in groups.values():
        if len(group) > 1:
            values = np.array([run.value for run in group], dtype=np.float64)
            yield Held(len(group), fallen(_matrix(group, tuple(signs)) * way, values))


def fallen(points: NDArray[np.float64], values: NDArray[np.float64]) -> int:
    """Return how many points lie above another one, in every coordinate, that has a larger value.

    Exact, and of n points each is compared with a front only: by falling value, with the lowest points
    among those whose value is larger by more than round-off. A point above any of these lies above one of
    the lowest.

    Parameters
    ----------
    points
        Shape (n, d); the values are declared to rise in every coordinate.
    values
        Shape (n,).
    """
    by_value = np.argsort(-values, kind="stable")
    columns, values = np.ascontiguousarray(points[by_value].T), values[by_value]
    front = np.empty_like(columns)
    count = waiting = size = 0
    for place, value in enumerate(values.tolist()):
        while exceeds(float(values[waiting]), value):
            point = columns[:, waiting]
            if not _below(front[:, :size], point).any():
                kept = front[:, :size][:, ~_below(-front[:, :size], -point)]
                size = kept.shape[1] + 1
                front[:, : size - 1], front[:, size - 1] = kept, point
            waiting += 1
        count += bool(_below(front[:, :size], columns[:, place]).any())
    return count


def _below(points: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Say of points, shape (d, n), which are at most `other`, shape (d,), in every coordinate."""
    below: NDArray[np.bool_] = points[0] <= other[0]
    for coordinates, end in zip(points[1:], other[1:], strict=True):
        below &= coordinates <= end
    return below


def _mirrored(evidence: Evidence, runs: Sequence[_Run], used: Sequence[DeclarationCheck]) -> Iterator[Held]:
    """Compare the runs at points that a declared symmetry maps to each other."""
    factors = evidence.claim.study.factors
    for group in (g for check in used if check.kind == "symmetric_in" for g in check.groups):
        seen: dict[tuple[object, tuple[float, ...]], list[float]] = {}
        for run in runs:
            if set(group) <= run.row.factors.keys():
                rest = tuple(sorted((n, v) for n, v in run.row.factors.items() if n not in group))
                place = tuple(_from_middle(run.row.factors[name], factors[name].range) for name in group)
                seen.setdefault(((run.level, rest), place), []).append(run.value)
        for (beside, place), values in seen.items():
            image = tuple(-x + 0.0 for x in place)
            others = seen.get((beside, image), [])
            if place < image and others:
                differ = exceeds(max(values), min(others)) or exceeds(max(others), min(values))
                yield Held(1, int(differ))


def _from_middle(value: float, ends: tuple[float, float]) -> float:
    """Return the distance from the middle of a range in half ranges, rounded; no negative zero."""
    low, high = ends
    return round((2.0 * value - low - high) / (high - low), _DIGITS) + 0.0
