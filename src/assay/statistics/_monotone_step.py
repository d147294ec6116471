"""Where the next run of a monotone certification pays most, and when drawing at random pays more.

Beliefs of a surrogate decide only where runs go. The statement rests on `monotone_regions` and
`region_wealth`, which know nothing of it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from assay.errors import InputError
from assay.statistics._error_budget import inside
from assay.statistics._monotone import monotone_regions, orient
from assay.statistics._restricted_plan import (
    SAFE,
    UNDECIDED,
    Masses,
    RegionArray,
    concession,
    region_masses,
)
from assay.statistics._special import FloatArray

Belief = Callable[[FloatArray], FloatArray]
"""Points of shape (m, d) to the believed probability that each is not within, shape (m,)."""

_SAMPLE = 1000
"""Undecided points on which gains are measured; a gain of 1/1000 of the region is nothing."""
_GRID = 12
"""Values tried for a factor."""
_STARTS = 6
_SWEEPS = 3


@dataclass(frozen=True)
class NextRun:
    """A point at which a run within the limit proves much."""

    point: FloatArray
    """Shape (d,), in the factors' units."""
    failing: float
    """Believed probability that the run is not within."""
    gain: float
    """Share of the undecided region that the run proves safe if it is within."""


@dataclass(frozen=True)
class MonotoneStep:
    """What to do next in a monotone certification."""

    kind: Literal["shown", "certify", "draw", "hopeless"]
    """shown: nothing more to run. certify: run at `run.point`. draw: run at one independent draw from
    the law restricted to where `regions` is undecided. hopeless: what is conceded exceeds the claim."""
    regions: RegionArray
    """Split of the pool, with what is conceded for the next draw."""
    threshold: float
    """Points believed to fail with at least this probability are conceded (to split other points)."""
    masses: Masses
    """Of `regions` on the pool; exact if the pool is the law."""
    run: NextRun | None
    draws_left: int | None
    """Draws, all within, that would finish from here; None if the budget does not hold them."""


def next_run(
    undecided: npt.ArrayLike,
    failing: Belief,
    signs: npt.ArrayLike,
    *,
    high: npt.ArrayLike,
    low: npt.ArrayLike,
    at_most: bool = True,
) -> NextRun:
    """Choose the run with the largest believed probability of being within x region then proved safe.

    Coordinate ascent from many starts over points that need not belong to the pool: a factor without
    much effect goes to its most harmful end at no risk, which is where the gain in many factors is.

    Parameters
    ----------
    undecided
        Undecided points of the law, shape (m, d), m at least 1.
    failing
        Belief of the surrogate.
    signs, at_most
        As in `worst_corner`; a factor with sign 0 keeps the value of the undecided point it starts from.
    low, high
        Ends of the range in which the solver may be run, shape (d,).

    Raises
    ------
    InputError
        If there is no undecided point.
    """
    points = np.asarray(undecided, dtype=np.float64)
    if points.ndim != 2 or len(points) == 0:
        raise InputError("there is no undecided point; nothing is left to certify")
    wanted = np.asarray(signs) * (1 if at_most else -1)
    orient(points[:1], wanted)
    points = points[np.linspace(0, len(points) - 1, min(len(points), _SAMPLE)).astype(int)]
    ends = np.where(wanted >= 0, np.asarray(high, dtype=np.float64), np.asarray(low, dtype=np.float64))
    flip = np.where(wanted < 0, -1.0, 1.0)
    cloud = _Cloud(points * flip, wanted == 0, lambda rows: failing(rows * flip))
    best, gain, chance = _ascended(cloud, ends * flip)
    return NextRun(best * flip, chance, gain)


@dataclass(frozen=True)
class _Cloud:
    """Undecided points in coordinates in which larger is more harmful, and what is believed there."""

    points: FloatArray
    fixed: npt.NDArray[np.bool_]
    """Factors without a declared sign: a run proves only points equal in them."""
    failing: Belief

    def ordered(self, row: FloatArray) -> npt.NDArray[np.bool_]:
        """Say for each point and factor whether a run at `row` covers it; shape (m, d)."""
        under = self.points <= row
        if self.fixed.any():
            under[:, self.fixed] &= (self.points == row)[:, self.fixed]
        return under

    def covered(self, rows: FloatArray) -> FloatArray:
        """Return the share of the points that a run within at each row proves safe."""
        return np.array([self.ordered(row).all(axis=1).mean() for row in rows])

    def best_in(self, column: int, rows: FloatArray, values: FloatArray) -> FloatArray:
        """Return each row with the best of the ascending `values` in one column."""
        count = len(values)
        moved = np.repeat(rows, count, axis=0)
        moved[:, column] = np.tile(values, len(rows))
        within = 1.0 - self.failing(moved).reshape(len(rows), count)
        rank = np.searchsorted(values, self.points[:, column], side="left")
        result = rows.copy()
        for number, row in enumerate(rows):
            under = self.ordered(row)
            under[:, column] = True
            ranks = np.bincount(rank[under.all(axis=1)], minlength=count + 1)
            score = within[number] * np.cumsum(ranks)[:count]
            # Of equals the most harmful: it proves no less of the sample, and more of the law.
            result[number, column] = values[count - 1 - int(np.argmax(score[::-1]))]
        return result


def _ascended(cloud: _Cloud, ends: FloatArray) -> tuple[FloatArray, float, float]:
    """Return the best point found, the share that it covers, and its believed failing probability."""
    grid, free = _grid(cloud.points, ends), np.flatnonzero(~cloud.fixed)
    rows = _starts(cloud, ends, grid, free)
    for sweep in range(_SWEEPS):
        before = rows
        for column in np.roll(free, -sweep):
            rows = cloud.best_in(int(column), rows, grid[:, column])
        if np.array_equal(before, rows):
            break
    share, chance = cloud.covered(rows), cloud.failing(rows)
    first = int(np.argmax((1.0 - chance) * share))
    return rows[first], float(share[first]), float(chance[first])


def _starts(cloud: _Cloud, ends: FloatArray, grid: FloatArray, free: npt.NDArray[np.intp]) -> FloatArray:
    """Return the best corners with one factor held back, and the best of the undecided points."""
    inner = cloud.points[:: max(1, len(cloud.points) // 200)]
    corners = np.tile(np.where(cloud.fixed, cloud.points[0], ends), (len(grid) * len(free), 1))
    for number, column in enumerate(free):
        corners[number * len(grid) : (number + 1) * len(grid), column] = grid[:, column]
    best = []
    for rows in (corners, inner):
        score = (1.0 - cloud.failing(rows)) * cloud.covered(rows)
        best.append(rows[np.argsort(-score, kind="stable")[: _STARTS // 2]])
    return np.concatenate(best)


def _grid(cloud: FloatArray, ends: FloatArray) -> FloatArray:
    """Values tried for each column, ascending, shape (_GRID, d): quantiles of the cloud, then the end."""
    inner = np.quantile(cloud, np.linspace(0.0, 1.0, _GRID), axis=0, method="higher")
    return np.sort(np.concatenate((inner[1:], np.maximum(ends, inner[-1])[None, :])), axis=0)


def monotone_step(
    points: npt.ArrayLike,
    regions: RegionArray,
    failing: Belief,
    signs: npt.ArrayLike,
    allowed: float,
    error: float,
    *,
    low: npt.ArrayLike,
    high: npt.ArrayLike,
    wealth: float = 1.0,
    at_most: bool = True,
    fallback: float = 300.0,
    runs_left: int | None = None,
) -> MonotoneStep:
    """Choose between a run placed to prove much and a random draw from what is left undecided.

    A placed run is made while it is believed to make the expected total smaller, one step ahead. Part of
    the undecided region is conceded where that makes the expected total least.

    Parameters
    ----------
    points, regions
        A planning pool of the law, shape (M, d), and its split by `monotone_regions`, shape (M,).
    failing
        Belief of the surrogate.
    signs, low, high, at_most
        As in `next_run`.
    allowed, error
        Allowed violating fraction; level of the random step.
    wealth
        Of the e-process so far, above 0 (`region_wealth`).
    fallback
        Price of not showing it this way, in runs; it decides how much is conceded.
    runs_left
        Runs that may still be made, if there is a budget.

    Raises
    ------
    InputError
        If a shape, the level or the wealth is out of range.
    """
    inside("error level", error)
    if not wealth > 0.0:
        raise InputError(f"wealth is {wealth!r}: nothing is left to bet; the attempt is over")
    pool, codes = np.asarray(points, dtype=np.float64), np.asarray(regions, dtype=np.int8)
    masses = region_masses(codes)
    needed = error * wealth
    if masses.reach <= allowed or needed >= 1.0:
        return MonotoneStep("shown", codes, math.inf, masses, None, 0)
    if masses.conceded >= allowed:
        return MonotoneStep("hopeless", codes, math.inf, masses, None, None)
    left = np.flatnonzero(codes == UNDECIDED)
    belief = np.zeros(len(pool))
    belief[left] = np.clip(failing(pool[left]), 0.0, 1.0)
    plan = concession(codes, belief, allowed, needed, budget=runs_left, fallback=fallback, most_allow=0)
    likely = plan or concession(codes, belief, allowed, needed, fallback=fallback, most_allow=0)
    split, threshold = (codes, math.inf) if likely is None else (likely.regions, likely.threshold)
    masses = region_masses(split)
    if plan is not None and plan.draws == 0:
        return MonotoneStep("shown", split, threshold, masses, None, 0)
    rest = np.flatnonzero(split == UNDECIDED)
    run = next_run(pool[rest], failing, signs, low=low, high=high, at_most=at_most)
    proved = _proved(pool, codes, run.point, signs, at_most=at_most)

    def price(split: RegionArray) -> float:
        left = None if runs_left is None else runs_left - 1
        later = concession(split, belief, allowed, needed, budget=left, fallback=fallback, most_allow=0)
        return 2.0 * fallback if later is None else later.expected_runs

    placed = 1.0 + (1.0 - run.failing) * price(proved) + run.failing * price(codes)
    kind: Literal["certify", "draw"] = "certify" if plan is None or placed < plan.expected_runs else "draw"
    return MonotoneStep(kind, split, threshold, masses, run, None if plan is None else plan.draws)


def _proved(
    pool: FloatArray, codes: RegionArray, point: FloatArray, signs: npt.ArrayLike, *, at_most: bool
) -> RegionArray:
    """Return the split as it would be after a run within at `point`."""
    if at_most:
        new = monotone_regions(pool, point[None], signs, below_upper=np.array([True]))
    else:
        new = monotone_regions(pool, point[None], signs, above_lower=np.array([True]))
    return np.where((codes == UNDECIDED) & (new == SAFE), SAFE, codes).astype(np.int8)
