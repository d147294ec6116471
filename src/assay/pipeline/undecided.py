"""What is proved, undecided, conceded under declared signs; what to run next (rung 2, algorithm A3).

Points outside a factor's range are never run: they are conceded, whatever a sign says of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from assay.pipeline.believing import FloatArray, Question, law_points, ranges_of
from assay.pipeline.blocks import seed_of
from assay.showing.dominance import BoolArray, draws_needed
from assay.statistics import (
    CONCEDED,
    UNDECIDED,
    Masses,
    monotone_regions,
    monotone_step,
    region_masses,
)

RegionArray = npt.NDArray[np.int8]
Believed = Callable[[FloatArray], FloatArray]
POOL = 50_000
"""Draws of the law on which the next step is planned; they decide nothing."""
CHEAP = 1_000_000
"""Fresh draws of the law from which the masses of a step's regions are bounded."""
MOST_AT_ONCE = 8
_MOST_CANDIDATES = 4_000_000
"""Draws of the law after which a step makes do with the points it has found."""
_LEAST_POWER = 0.01
"""Believed probability that all draws are within, below which none is made."""
_LEAST_GAIN = 1e-3
"""Share of the undecided that a placed run has to be believed to prove, where no draws could finish."""

Proofs = tuple[FloatArray, BoolArray, BoolArray]
"""Where runs were made, which of them are within, which beyond."""


@dataclass(frozen=True)
class Next:
    """Where a plan stands before its next step."""

    allowed: float
    level: float
    error: float
    """What the masses of this step may take."""
    wealth: float
    left: int
    fallback: float
    """Runs of the plan that follows where this one fails."""


@dataclass(frozen=True)
class Chosen:
    """The next step."""

    kind: Literal["certify", "draw", "end"]
    masses: Masses | None
    threshold: float
    places: FloatArray
    """Shape (runs, d)."""
    predicted: FloatArray


def regions(
    question: Question, points: FloatArray, signs: npt.NDArray[np.int64], proved: Proofs
) -> RegionArray:
    """Sort points, shape (M, d), by what runs prove of them; what may not be run is conceded."""
    at, within, beyond = proved
    if question.limit.sense == "at_most":
        codes = monotone_regions(points, at, signs, below_upper=within, beyond_upper=beyond)
    else:
        codes = monotone_regions(points, at, signs, above_lower=within, beyond_lower=beyond)
    low, high = ranges_of(question.study)
    codes[((points < low) | (points > high)).any(axis=1)] = CONCEDED
    return codes


def next_step(
    question: Question,
    signs: npt.NDArray[np.int64],
    believed: Believed,
    proved: Proofs,
    state: Next,
    seed: str,
) -> Chosen:
    """Choose between a run placed to prove much, draws from what is undecided, and giving up.

    Parameters
    ----------
    believed
        What the model believes of points: the probability of not being within.
    seed
        Of the step; planning pool, masses and draws each have their own draws of the law.
    """
    low, high = ranges_of(question.study)
    pool = law_points(question.study, question.configuration, seed_of("pool", seed), 0, POOL)
    nothing = np.zeros((0, pool.shape[1]))
    step = monotone_step(
        pool,
        regions(question, pool, signs, proved),
        believed,
        signs,
        state.allowed,
        state.level,
        low=low,
        high=high,
        wealth=state.wealth,
        at_most=question.limit.sense == "at_most",
        fallback=state.fallback,
        runs_left=state.left,
    )
    if step.kind == "hopeless":
        return Chosen("end", None, np.inf, nothing, np.zeros(0))
    if step.kind == "certify" and step.run is not None:
        if step.draws_left is None and step.run.gain * (1.0 - step.run.failing) < _LEAST_GAIN:
            return Chosen("end", None, np.inf, nothing, np.zeros(0))
        return Chosen("certify", None, np.inf, step.run.point[None, :], np.array([step.run.failing]))
    rest = pool[step.regions == UNDECIDED]
    failing = float(np.mean(believed(rest))) if step.draws_left and len(rest) else 0.0
    if step.draws_left and (1.0 - min(failing, 1.0)) ** step.draws_left < _LEAST_POWER:
        return Chosen("end", None, np.inf, nothing, np.zeros(0))
    return _drawn(question, signs, believed, proved, state, step.threshold, seed)


def _drawn(
    question: Question,
    signs: npt.NDArray[np.int64],
    believed: Believed,
    proved: Proofs,
    state: Next,
    threshold: float,
    seed: str,
) -> Chosen:
    """Bound the masses of the regions from fresh draws of the law, then draw from the undecided one."""

    def split(points: FloatArray) -> tuple[RegionArray, FloatArray]:
        codes, belief = regions(question, points, signs, proved), np.zeros(len(points))
        rest = np.flatnonzero(codes == UNDECIDED)
        belief[rest] = np.clip(believed(points[rest]), 0.0, 1.0)
        codes[rest[belief[rest] >= threshold]] = CONCEDED
        return codes, belief

    def law(word: str, start: int, count: int) -> FloatArray:
        return law_points(question.study, question.configuration, seed_of(word, seed), start, count)

    masses = region_masses(split(law("masses", 0, CHEAP))[0], error=state.error)
    wanted = min(MOST_AT_ONCE, state.left, draws_needed(masses, state.allowed, state.level, state.wealth))
    places, predicted = np.zeros((0, len(signs))), np.zeros(0)
    tried, chunk = 0, 1 << 14
    while len(places) < wanted and tried < _MOST_CANDIDATES:
        points = law("places", tried, chunk)
        codes, belief = split(points)
        kept = codes == UNDECIDED
        places = np.concatenate([places, points[kept]])
        predicted = np.concatenate([predicted, belief[kept]])
        tried, chunk = tried + chunk, min(4 * chunk, 1 << 18)
    return Chosen("draw", masses, threshold, places[:wanted], predicted[:wanted])
