"""What a run is believed to do, given the surrogate's word and how good its word has been.

Beliefs decide where runs go and how much is staked; they never enter what a run proves. They may be
wrong at the price of runs, never of validity, so they may be as subjective as the priors below.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from assay.errors import InputError
from assay.statistics._betting import STATES, bins_of
from assay.statistics._error_budget import inside
from assay.statistics._special import FloatArray, normal_cdf

SCORES: FloatArray = np.concatenate(
    [[-20.0, -15.0, -12.0, -10.0, -8.0, -7.0], np.arange(-6.0, 6.01, 0.25), [7.0]]
)
"""Inner edges of the bins as normal scores of c; inside a bin the surrogate's word counts the same."""
# By the standard library: scipy takes seconds to load, and reading a programme has no use for it.
EDGES: tuple[float, ...] = tuple(0.5 * math.erfc(-score / math.sqrt(2.0)) for score in SCORES.tolist())
_CENTRES: FloatArray = np.concatenate([[-25.0], (SCORES[1:] + SCORES[:-1]) / 2.0, [8.0]])

_WIDTHS = {0.5: 0.1, 0.7: 0.2, 1.0: 0.4, 1.4: 0.2, 2.0: 0.1, 4.0: 0.02}
"""True spread of the surrogate's error over the spread it states, and the weight of each before data."""
_SHIFTS = {-1.0: 0.05, -0.5: 0.2, 0.0: 0.5, 0.5: 0.2, 1.0: 0.05}
"""Common bias of the surrogate in units of its stated spread."""
_MISSED = {0.001: 0.3, 0.003: 0.25, 0.01: 0.2, 0.03: 0.12, 0.1: 0.08, 0.3: 0.04, 1.0: 0.01}
"""Rate of failures that the surrogate knows nothing of, over the allowed fraction."""
_FALSE_ALARMS = {0.003: 0.5, 0.03: 0.35, 0.3: 0.15}
"""Rate of passing runs where the surrogate is sure of failure."""


@dataclass(frozen=True)
class BettingBelief:
    """Believed probability of each bin, K values: of not being within, and of being beyond."""

    fails: tuple[float, ...]
    beyond: tuple[float, ...]


def believe(predicted: Sequence[float], states: Sequence[str], allowed: float) -> BettingBelief:
    """Return the believed probability of failing for each predicted one.

    Parameters
    ----------
    predicted
        The surrogate's probability of failing at past points that it had not seen: as it was before
        the run, or with the point left out of its training. Both may be empty.
    states
        What came out there: ``within``, ``open`` or ``beyond``.
    allowed
        Violating fraction that is allowed; the scale of the failures nobody foresees.

    Returns
    -------
    BettingBelief
        Posterior mean over a grid of miscalibrations: with z the normal score of c, a point fails
        with probability e + (1 - e - a) Phi((z + shift) / width).

    Raises
    ------
    InputError
        If the two lists differ in length, or hold an unknown state or no probability.

    References
    ----------
    Platt, "Probabilistic outputs for support vector machines" (1999), for recalibration of scores.
    """
    inside("allowed fraction", allowed)
    if len(predicted) != len(states):
        raise InputError(f"{len(predicted)} predictions and {len(states)} states; write one of each a run")
    unknown = set(states) - set(STATES)
    if unknown:
        raise InputError(f"run state {min(unknown)!r} is unknown; write one of {', '.join(STATES)}")
    bins = bins_of(EDGES, predicted)
    curves, weights = _hypotheses(allowed)
    fails = np.array([state != "within" for state in states], dtype=np.bool_)
    beyond = np.array([state == "beyond" for state in states], dtype=np.bool_)
    return BettingBelief(
        fails=_posterior_mean(curves, weights, bins, fails),
        beyond=_posterior_mean(curves, weights, bins, beyond),
    )


def _hypotheses(allowed: float) -> tuple[FloatArray, FloatArray]:
    """Return the failing probability of each hypothesis in each bin, shape (H, K), and its log weight."""
    curves, weights = [], []
    for (width, w1), (shift, w2), (missed, w3), (alarm, w4) in product(
        _WIDTHS.items(), _SHIFTS.items(), _MISSED.items(), _FALSE_ALARMS.items()
    ):
        e = missed * allowed
        curves.append(e + (1.0 - e - alarm) * normal_cdf((_CENTRES + shift) / width))
        weights.append(np.log(w1 * w2 * w3 * w4))
    return np.array(curves), np.array(weights)


def _posterior_mean(
    curves: FloatArray, weights: FloatArray, bins: npt.NDArray[np.intp], failed: npt.NDArray[np.bool_]
) -> tuple[float, ...]:
    size = curves.shape[1]
    hits = np.bincount(bins[failed], minlength=size)
    misses = np.bincount(bins[~failed], minlength=size)
    log = weights + np.log(curves) @ hits + np.log1p(-curves) @ misses
    share = np.exp(log - log.max())
    return tuple(float(value) for value in share @ curves / share.sum())
