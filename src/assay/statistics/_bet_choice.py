"""Which run to buy next and how much to stake on it: the growth-optimal bet for a belief.

For a believed failing probability b(x) the wealth of SHOWN grows fastest, among *all* densities,
control values and stakes, under the design of one number t > 0, the tilt (decision 0014)::

    psi(theta, b) = log(b e^((1 - b) theta) + (1 - b) e^(-b theta))   cumulant of a centred coin
    theta(b)      : psi(theta, b) = t, theta > 0
    u(b)          = e^(-b theta) / (1 - e^(-theta))                    density g/f = u / E_F[u]
    control(b)    = (1 - e^(-b theta)) / (1 - e^(-theta))
    stake         = 1 / (E_F[control] + E_F[u] - p0)
    growth        = -log(1 - (p0 - E_F[control]) / E_F[u])  =  t  at the optimum

Sure failures (b = 1) get density 0 and control 1: they are conceded without a run. Sure passes get
density 1, control 0 and the full stake. In between, what is uncertain is sampled more and staked
less. REFUTED is the same game with passing and failing exchanged: 1 - b, 1 - p0.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assay.errors import InputError
from assay.statistics._bet_belief import EDGES, BettingBelief
from assay.statistics._bet_constants import mean_ends
from assay.statistics._betting import Bet, bins_of
from assay.statistics._error_budget import inside, whole
from assay.statistics._special import FloatArray

_LEAST_DENSITY = 1e-4
"""Density below which a bin is conceded outright: it would be drawn hardly ever, at any weight."""
_SMALLEST_TILT = 1e-7
_STEPS = 60


@dataclass(frozen=True)
class _Design:
    """Density u and control of each bin, for the side whose claim is tested."""

    density: FloatArray
    control: FloatArray


def choose_bet(
    cheap: npt.ArrayLike,
    belief: BettingBelief,
    *,
    allowed: float,
    level: float,
    wealth_shown: float = 1.0,
    wealth_refuted: float = 1.0,
    left: int | None = None,
    constants_error: float | None = None,
    refuting: float | None = None,
) -> Bet:
    """Choose the next batch's density, control and bets from past runs only.

    Parameters
    ----------
    cheap
        The surrogate's probability of failing at cheap points: the whole frozen pool, or at least
        10**6 independent draws of the law made for this refit.
    belief
        From `believe`, with past runs only.
    allowed
        Violating fraction that is allowed, p0.
    level
        From `betting_level`; a wealth decides at 1/level.
    wealth_shown, wealth_refuted
        Present wealths.
    left
        Runs that the budget still has; None: no end in sight. Towards the end stakes become bold:
        exactly as much as reaches 1/level with the last run if every run passes.
    constants_error
        None: `cheap` is the law, constants are exact. Else the error that the bounds of this refit
        may take, from `constants_error`.
    refuting
        Level at which the wealth of REFUTED decides; None: `level`. See `union_level`.

    Returns
    -------
    Bet
        For the wealth that is believed to decide sooner; the other wealth's stake is 0, since a design
        that is believed to raise one lowers the other in the mean.

    Raises
    ------
    InputError
        If an argument is out of range or `cheap` is empty or too small to bound constants.
    """
    inside("allowed fraction", allowed)
    inside("error level", level)
    counts = np.bincount(bins_of(EDGES, cheap), minlength=len(EDGES) + 1)
    if not counts.any():
        raise InputError("no cheap point; write at least one point of the law")
    mass = counts / counts.sum()
    fails = np.asarray(belief.fails)
    passes = 1.0 - np.asarray(belief.beyond)
    shown, growth_shown = _fastest(fails, mass, allowed)
    refuted, growth_refuted = _fastest(passes, mass, 1.0 - allowed)
    need_shown = _needed(wealth_shown, level)
    need_refuted = _needed(wealth_refuted, level if refuting is None else refuting)
    for_shown = _runs(need_shown, growth_shown) <= _runs(need_refuted, growth_refuted)
    if for_shown and left is not None:
        whole("runs left", left, least=1)
        shown, growth_shown = _bold(shown, growth_shown, fails, mass, allowed, need_shown / left)
    error = None if constants_error is None else constants_error / 4.0
    if for_shown:
        return _bet("shown", shown, counts, allowed, error, growth_shown, need_shown)
    mirrored = _Design(refuted.density, 1.0 - refuted.control)
    return _bet("refuted", mirrored, counts, allowed, error, growth_refuted, need_refuted)


def sequential_or_fixed(
    cheap: npt.ArrayLike, belief: BettingBelief, *, allowed: float, error: float, fixed_runs: int
) -> str:
    """Choose between the fixed plan and betting, before the first test run, from training data only.

    Parameters
    ----------
    cheap, belief, allowed
        As in `choose_bet`.
    error
        Level of the test.
    fixed_runs
        n0 = `wilks_size` of the criterion.

    Returns
    -------
    str
        ``fixed`` where betting is expected to take less than 1.2 n0 runs to SHOWN, hence has next to
        nothing to gain, else ``sequential``: STATISTICS, section 5.
    """
    whole("runs of the fixed plan", fixed_runs, least=1)
    bet = choose_bet(cheap, belief, allowed=allowed, level=error)
    planned = bet.expected_runs if bet.goal == "shown" else math.inf
    return "fixed" if planned < 1.2 * fixed_runs else "sequential"


def _bet(
    goal: str,
    design: _Design,
    counts: npt.NDArray[np.intp],
    allowed: float,
    error: float | None,
    growth: float,
    need: float,
) -> Bet:
    """Form the bet with the ends of the constants that go against it."""
    density = np.where(design.density < _LEAST_DENSITY, 0.0, design.density)
    conceded = density == 0.0
    norm = mean_ends(density, counts, error)
    low, _ = mean_ends(np.where(conceded, 0.0, design.control), counts, error)
    _, high = mean_ends(np.where(conceded, 1.0, design.control), counts, error)
    stake = 0.0
    if growth > 0.0:
        open_bins = ~conceded
        worst = (1.0 - design.control[open_bins]) if goal == "shown" else design.control[open_bins]
        reach = norm[1] * float((worst / density[open_bins]).max())
        room = high + reach - allowed if goal == "shown" else allowed - low + reach
        wanted = high + norm[1] - allowed if goal == "shown" else allowed - low + norm[1]
        stake = 1.0 / max(room, wanted) if room > 0.0 else 0.0
    return Bet(
        edges=EDGES,
        density=tuple(float(value) for value in density),
        control=tuple(float(value) for value in design.control),
        norm=norm,
        C=(low, high),
        shown=stake if goal == "shown" else 0.0,
        refuted=stake if goal == "refuted" else 0.0,
        goal=goal,
        growth=growth,
        expected_runs=_runs(need, growth),
    )


def _runs(need: float, growth: float) -> float:
    return need / growth if growth > 0.0 else math.inf


def _needed(wealth: float, level: float) -> float:
    """Return the logarithmic growth that still lacks; a wealth of 0 never recovers."""
    if not wealth > 0.0:
        return math.inf
    return max(-math.log(level * wealth), 0.0)


def _fastest(fails: FloatArray, mass: FloatArray, allowed: float) -> tuple[_Design, float]:
    """Return the growth-optimal design and its believed growth, by Dinkelbach's iteration on the tilt.

    At the optimum growth and tilt are equal; each step evaluates the growth of the design of the last.
    """
    tilt = -math.log1p(-allowed) if allowed < 1.0 else 1.0
    # Without hope of growth the smallest tilt explores: density ~ sqrt(b (1 - b)), where runs teach most.
    best = _design(fails, _SMALLEST_TILT)
    growth = 0.0
    for _ in range(_STEPS):
        design = _design(fails, tilt)
        reached = _growth(design, mass, allowed)
        if reached > growth:
            best, growth = design, reached
        following = max(reached, _SMALLEST_TILT)
        if abs(following - tilt) <= 1e-9 * tilt:
            break
        tilt = following
    return best, growth


def _bold(
    design: _Design, growth: float, fails: FloatArray, mass: FloatArray, allowed: float, pace: float
) -> tuple[_Design, float]:
    """Return the most careful design that reaches 1/level with the last run if all runs pass.

    BettingBelief in failures is scaled down just so far that the passing path grows at `pace`; scaled to
    nothing it is the zero-failure plan. Where even that is too slow, nothing is gained by haste.
    """
    pace_needed, pace = pace, pace * (1.0 + 1e-9)
    if growth >= pace or -math.log1p(-allowed) <= pace:
        return design, growth
    from scipy.optimize import brentq

    held = mass > 0.0  # the other bins weigh nothing, only time
    scale = brentq(
        lambda scale: _fastest(scale * fails[held], mass[held], allowed)[1] - pace, 0.0, 1.0, xtol=1e-9
    )
    found = _fastest(max(scale - 2e-9, 0.0) * fails, mass, allowed)
    return found if found[1] >= pace_needed else _fastest(0.0 * fails, mass, allowed)


def _growth(design: _Design, mass: FloatArray, allowed: float) -> float:
    norm = math.fsum(mass * design.density)
    gain = (allowed - math.fsum(mass * design.control)) / norm if norm > 0.0 else -1.0
    return -math.log1p(-gain) if 0.0 < gain < 1.0 else 0.0


def _design(fails: FloatArray, tilt: float) -> _Design:
    """Return density and control of each bin for a tilt."""
    theta = _tilted(fails, tilt)
    with np.errstate(over="ignore", invalid="ignore"):
        survive = np.where(fails <= 0.0, 1.0, np.exp(-fails * theta))
        rest = -np.expm1(-theta)
    return _Design(density=survive / rest, control=np.minimum((1.0 - survive) / rest, 1.0))


def _tilted(fails: FloatArray, tilt: float) -> FloatArray:
    """Solve psi(theta, b) = tilt for theta > 0 in each bin; infinite where b is 0 or 1.

    psi is convex and increasing in theta, 0 at 0; Newton from the right converges from the right.
    """
    theta = np.full(fails.shape, np.inf)
    inner = (fails > 0.0) & (fails < 1.0)
    b = fails[inner]
    # psi >= log b + (1 - b) theta and psi >= log(1 - b) - b theta: the first bounds theta from above.
    t = (tilt - np.log(b)) / (1.0 - b)
    t = np.minimum(t, 700.0)
    for _ in range(_STEPS):
        grown = b * np.exp(t)
        value = np.log((1.0 - b) + grown) - b * t - tilt
        slope = grown / ((1.0 - b) + grown) - b
        following = np.minimum(t - value / np.where(slope > 0.0, slope, np.inf), 700.0)
        settled = bool(np.all(np.abs(following - t) <= 1e-13 * t))
        t = following
        if settled:
            break
    theta[inner] = np.maximum(t, 1e-12)
    return theta
