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
from assay.showing.corners import SIGNS, WAYS
from assay.showing.inputs import Evidence
from assay.showing.records import DeclarationCheck
from assay.showing.structure import TOLERANCE, carrying

_DIGITS = 9
"""Decimals of a mirrored coordinate, in half ranges, to which two runs are at mirrored points."""
_SAME_END = 1e-9
"""Relative to a side of the box: two corners that differ by less stand at one end."""


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

    Three things follow from them that runs can contradict: no run beside the corners is worse than what
    these bound where it was made, and a linear response is just that; of two runs that differ only in
    factors with declared signs, and by them in one direction, the upper has no smaller value; two runs at
    mirrored points have one value.
    """
    if not evidence.claim.corners_over or evidence.structure is None or evidence.claim.uncovered:
        return Held(0, 0)
    used = carrying(evidence.structure, evidence.claim)
    runs = _runs(evidence)
    found = [
        *_beside_corners(evidence, runs, used),
        *_in_order(runs, _signs(used)),
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


def _beside_corners(
    evidence: Evidence, runs: Sequence[_Run], used: Sequence[DeclarationCheck]
) -> Iterator[Held]:
    """Compare the runs inside the hull of a draw's corners with what these bound.

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
            yield _beside(evidence, part, index, mine, used)


def _beside(
    evidence: Evidence, part: Part, index: int, runs: Sequence[_Run], used: Sequence[DeclarationCheck]
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
    points, known = _with_images(evidence, corners, names)
    signs = np.array([_signs(used).get(name, 0) for name in names])
    worse = signs * {"at_most": 1, "at_least": -1, "between": 0}[sense]
    low = np.where(worse > 0, -np.inf, points.min(axis=0))
    high = np.where(worse < 0, np.inf, points.max(axis=0))
    places = _matrix(others, names)
    inside = np.all((places >= low) & (places <= high), axis=1)
    if not inside.any():
        return Held(0, 0)
    places, values = places[inside], np.array([run.value for run in others], dtype=np.float64)[inside]
    linear = [any(name in g for c in used if c.kind == "linear_in" for g in c.groups) for name in names]
    wrong = np.zeros(len(values), dtype=np.bool_)
    for way in WAYS[sense]:
        most = float((way * known).max())
        wrong |= [exceeds(way * value, most) for value in values.tolist()]
        wrong |= _off_the_chord(points, way * known, places, way * values, way * signs, np.array(linear))
    return Held(len(values), int(np.count_nonzero(wrong)))


def _signs(used: Sequence[DeclarationCheck]) -> dict[str, int]:
    return {n: SIGNS[check.kind] for check in used if check.kind in SIGNS for (n,) in check.groups}


def _with_images(
    evidence: Evidence, corners: Sequence[_Run], names: Sequence[str]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return where corners were run, shape (corners, names), and their values; with mirror images."""
    points = _matrix(corners, names)
    values = np.array([run.value for run in corners], dtype=np.float64)
    for group in evidence.claim.mirrored:
        image = points.copy()
        for name in group:
            column = names.index(name)
            image[:, column] = sum(evidence.claim.study.factors[name].range) - points[:, column]
        points, values = np.vstack([points, image]), np.concatenate([values, values])
    return points, values


def _off_the_chord(
    points: NDArray[np.float64],
    known: NDArray[np.float64],
    places: NDArray[np.float64],
    values: NDArray[np.float64],
    signs: NDArray[np.int64],
    linear: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Return which values lie above what the corners bound, or, of a linear response, beside it.

    Convex in each factor with the others held, a response lies on the box nowhere above the function that
    takes its values at the corners and is linear in each factor between them; a linear one agrees with it.

    Parameters
    ----------
    points, known
        Corners, shape (c, d), and their values, shape (c,), larger being worse.
    places, values
        Runs in the hull of the corners, shape (m, d), and their values, shape (m,).
    signs
        +1 for a factor in which it is declared to grow worse, -1 for one in which it grows better.
    linear
        For each factor, whether it is declared to be linear in it.
    """
    ends = np.where(signs > 0, points.max(axis=0), points.min(axis=0))
    chosen = np.all((points == ends) | (signs == 0), axis=1)
    points, known = points[chosen], known[chosen]
    implied = _between(points, known, places)
    if implied is None:
        return np.zeros(len(values), dtype=np.bool_)
    round_off = TOLERANCE * np.maximum(np.abs(values), np.abs(known).max())
    varies = (points != points[0]).any(axis=0)
    exact = np.all((places == ends) | (signs == 0), axis=1) & bool(linear[varies].all())
    wrong: NDArray[np.bool_] = (values - implied > round_off) | (exact & (implied - values > round_off))
    return wrong


def _between(
    points: NDArray[np.float64], known: NDArray[np.float64], places: NDArray[np.float64]
) -> NDArray[np.float64] | None:
    """Interpolate linearly in each factor between the corners of a box; None where some are not there."""
    axes = np.flatnonzero((points != points[:1]).any(axis=0)) if len(points) else np.zeros(0, dtype=np.int64)
    if not len(points):
        return None
    low, high = points[:, axes].min(axis=0), points[:, axes].max(axis=0)
    upper = points[:, axes] - low > 0.5 * (high - low)
    at_ends = np.abs(points[:, axes] - np.where(upper, high, low)) <= _SAME_END * (high - low)
    numbers = upper @ (1 << np.arange(len(axes)))
    corners, first = np.unique(numbers, return_index=True)
    if not at_ends.all() or len(corners) < 1 << len(axes):
        return None
    share = (places[:, axes] - low) / (high - low)
    implied = np.repeat(known[first][np.newaxis], len(places), axis=0)
    for axis in range(len(axes) - 1, -1, -1):
        half = 1 << axis
        upon = share[:, axis, np.newaxis]
        implied = implied[:, :half] * (1.0 - upon) + implied[:, half:] * upon
    return implied[:, 0]


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
