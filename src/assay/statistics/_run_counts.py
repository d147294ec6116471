"""How many runs will it take? Planning numbers: the proved optimum, power, assurance, run counts.

Beliefs enter plans only, never a verdict.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from assay.errors import InputError
from assay.statistics._error_budget import inside, whole
from assay.statistics._fixed_plan import fixed_plan_refuted, wilks_size
from assay.statistics._restricted_plan import Masses, restricted_size
from assay.statistics._special import FloatArray, beta_quantile, binomial_at_most, binomial_more_than

_NODES = 201
_MOST_ALLOW = 4096
_MOST_DRAWS = 10_000_000


@dataclass(frozen=True)
class Belief:
    """A distribution over the violating fraction, as equally likely values."""

    fractions: tuple[float, ...]

    @classmethod
    def point(cls, fraction: float) -> Belief:
        """Return the belief in one value in [0, 1)."""
        if not 0.0 <= fraction < 1.0:
            raise InputError(f"believed violating fraction is {fraction!r}; write 0 or more, below 1")
        return cls((fraction,))

    @classmethod
    def beta(cls, a: float, b: float) -> Belief:
        """Return Beta(a, b) by 201 quantiles in the middles of equal shares.

        After `k` of `n` training draws beyond: a = k + 1/2, b = n - k + 1/2 (Jeffreys). From a surrogate
        with mean fraction m and standard deviation d: a + b = m(1 - m)/d^2 - 1, a = m(a + b).
        """
        if not (a > 0.0 and b > 0.0 and math.isfinite(a + b)):
            raise InputError(f"Beta({a!r}, {b!r}) is no distribution; both are to be above 0")
        return cls(tuple(beta_quantile(a, b, (n + 0.5) / _NODES) for n in range(_NODES)))


@dataclass(frozen=True)
class RunCount:
    """What a plan costs and how likely it shows the claim, under a belief."""

    expected: float
    """Mean runs to the end of the plan."""
    ninetieth: int
    """Runs that are enough in 90 % of the believed cases."""
    shown: float
    """Believed probability that the plan ends with the claim shown (assurance: averaged power)."""


def optimum_runs(allowed: float, fraction: float, error: float) -> int:
    """Return the fewest runs with which anything that assumes nothing can show the claim for sure.

    Parameters
    ----------
    allowed
        Allowed violating fraction p0.
    fraction
        True violating fraction p < p0.
    error
        Level a.

    Returns
    -------
    int
        ceil(ln a / ln(1 - (p0 - p)/(1 - p))), which a perfect surrogate attains.

    Raises
    ------
    InputError
        If an argument is out of range.

    References
    ----------
    STATISTICS.md section 0 (dust adversary).
    """
    return math.ceil(math.log(error) / math.log1p(-_gap(allowed, fraction, error)) - 1e-9)


def best_power(runs: int, allowed: float, error: float, fraction: float = 0.0) -> float:
    """Return the largest probability of SHOWN after `runs` that any method without assumptions can have.

    Returns
    -------
    float
        min(1, a / (1 - (p0 - p)/(1 - p))^n): no free lunch.
    """
    whole("runs", runs, least=0)
    logarithm = math.log(error) - runs * math.log1p(-_gap(allowed, fraction, error))
    return 1.0 if logarithm >= 0.0 else math.exp(logarithm)


def fixed_power(draws: int, allow: int, fraction: float) -> float:
    """Return the probability that a fixed plan ends with at most `allow` draws not within."""
    whole("draws", draws, least=1)
    whole("allow", allow, least=0)
    if not 0.0 <= fraction <= 1.0:
        raise InputError(f"violating fraction is {fraction!r}; write a number from 0 to 1")
    if fraction in {0.0, 1.0}:
        return 1.0 if fraction == 0.0 or allow >= draws else 0.0
    return binomial_at_most(allow, draws, fraction)


def fixed_runs_for_power(allowed: float, fraction: float, error: float, power: float = 0.8) -> int | None:
    """Return the smallest fixed plan that shows the claim with `power` at the true `fraction`.

    Returns
    -------
    int or None
        Draws; None if more than 4096 of them may be beyond (fraction too close to allowed).

    Examples
    --------
    >>> fixed_runs_for_power(0.01, 0.005, 0.05)
    1941
    """
    _gap(allowed, fraction, error)
    inside("power", power)
    low, high = -1, 0
    while fixed_power(wilks_size(1.0 - allowed, error, high), high, fraction) < power:
        low, high = high, 2 * high + 1
        if high > _MOST_ALLOW:
            return None
    # Power is not quite monotone in the allowance; a short scan below the bracket is exact in effect.
    while high - low > 1:
        middle = (low + high) // 2
        enough = fixed_power(wilks_size(1.0 - allowed, error, middle), middle, fraction) >= power
        low, high = (low, middle) if enough else (middle, high)
    for allow in range(max(0, high - 8), high):
        draws = wilks_size(1.0 - allowed, error, allow)
        if fixed_power(draws, allow, fraction) >= power:
            return draws
    return wilks_size(1.0 - allowed, error, high)


def refuting_runs_for_power(allowed: float, fraction: float, error: float, power: float = 0.8) -> int | None:
    """Return the smallest fixed plan that refutes the claim with `power` at the true `fraction` > allowed.

    Returns
    -------
    int or None
        Draws; None if more than 10^7 are needed.

    Examples
    --------
    >>> refuting_runs_for_power(0.01, 0.02, 0.05)
    905
    """
    inside("allowed fraction", allowed)
    inside("error level", error)
    inside("power", power)
    if not allowed < fraction <= 1.0:
        raise InputError(f"only a fraction above the allowed {allowed!r} can be refuted, not {fraction!r}")
    # For k beyond the plans n_k = largest n that still refutes with k give the best power for that k.
    low, high = 0, 1
    while _refuting_power(high, allowed, fraction, error)[1] < power:
        low, high = high, 2 * high
        if _refuting_power(low, allowed, fraction, error)[0] > _MOST_DRAWS:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        enough = _refuting_power(middle, allowed, fraction, error)[1] >= power
        low, high = (low, middle) if enough else (middle, high)
    return _least_draws(high, allowed, fraction, error, power)


def _refuting_power(beyond: int, allowed: float, fraction: float, error: float) -> tuple[int, float]:
    """Return the largest n that `beyond` refutes, and the power of that plan."""
    low, high = beyond - 1, max(2, 2 * beyond)
    while fixed_plan_refuted(beyond, high, allowed, error):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        if middle < beyond or fixed_plan_refuted(beyond, middle, allowed, error):
            low = middle
        else:
            high = middle
    if low < max(1, beyond):
        return beyond, 0.0
    return low, binomial_more_than(beyond - 1, low, min(fraction, 1.0 - 1e-16))


def _least_draws(beyond: int, allowed: float, fraction: float, error: float, power: float) -> int:
    """Return the smallest n with that number beyond refuting and enough power."""
    high, _ = _refuting_power(beyond, allowed, fraction, error)
    low = beyond - 1
    while high - low > 1:
        middle = (low + high) // 2
        if binomial_more_than(beyond - 1, middle, fraction) >= power:
            high = middle
        else:
            low = middle
    return high


def ideal_refuting_runs(allowed: float, fraction: float, error: float) -> int:
    """Return the runs beyond in a row with which a perfect importance density refutes the claim.

    Returns
    -------
    int
        ceil(ln(1/a) / ln(p/p0)).

    Raises
    ------
    InputError
        If the fraction is not above the allowed one.
    """
    inside("allowed fraction", allowed)
    inside("error level", error)
    if not allowed < fraction <= 1.0:
        raise InputError(f"only a fraction above the allowed {allowed!r} can be refuted, not {fraction!r}")
    return math.ceil(-math.log(error) / math.log(fraction / allowed) - 1e-9)


def count_fixed(belief: Belief, allowed: float, error: float, allow: int = 0) -> RunCount:
    """Return cost and assurance of the fixed plan, which always makes all its draws."""
    draws = wilks_size(1.0 - allowed, error, allow)
    return RunCount(float(draws), draws, _mean([fixed_power(draws, allow, p) for p in belief.fractions]))


def count_sequential(
    belief: Belief, allowed: float, error: float, *, budget: int, efficiency: float = 1.4, training: int = 0,
    refuting: float | None = None,
) -> RunCount:  # fmt: skip
    """Return cost and assurance of the sequential plan (an e-process guided by a surrogate).

    Parameters
    ----------
    belief
        Over the violating fraction.
    allowed, error
        Of the claim.
    budget
        Runs after which it stops without a verdict.
    efficiency
        Its runs over the proved optimum: 1.25-1.55 measured for fractions up to half the allowed one and
        a surrogate with skill (STATISTICS.md 2.1d); hard responses need more.
    training
        Runs made for the surrogate beforehand.
    refuting
        Its runs to REFUTED over `ideal_refuting_runs`: 8-10 measured (STATISTICS.md, conclusion 2). None:
        above the allowed fraction it is taken to use its whole budget.
    """
    whole("budget", budget, least=1)
    if not efficiency >= 1.0:
        raise InputError(f"efficiency is {efficiency!r}; the optimum cannot be beaten: write 1 or more")
    runs, shown = [], []
    for fraction in belief.fractions:
        needed = math.inf
        if fraction < allowed:
            needed = efficiency * optimum_runs(allowed, fraction, error)
        elif fraction > allowed and refuting is not None:
            needed = refuting * ideal_refuting_runs(allowed, fraction, error)
        runs.append(min(float(budget), math.ceil(needed) if needed < budget else float(budget)))
        shown.append(1.0 if fraction < allowed and needed <= budget else 0.0)
    return _count(np.array(runs) + training, shown)


def count_band(
    belief: Belief, masses: Masses, allowed: float, error: float, *, allow: int = 0, training: int = 0
) -> RunCount:
    """Return cost and assurance of verifying the band that a declared residual bound leaves undecided.

    Parameters
    ----------
    belief
        Over the violating fraction *inside* the undecided region.
    masses
        Of the split, with what is conceded.
    allowed, error
        Of the claim; level left after that spent on masses.
    allow, training
        Draws that may be not within; runs made for the surrogate beforehand.

    Raises
    ------
    InputError
        If no draws can show the claim with this split: concede less, or a tighter bound is needed.
    """
    draws = restricted_size(masses, allowed, error, allow)
    if draws is None:
        raise InputError("more is conceded than is allowed; no draws can show the claim with this split")
    if draws == 0:
        return RunCount(float(training), training, 1.0)
    power = _mean([fixed_power(draws, allow, p) for p in belief.fractions])
    return RunCount(float(training + draws), training + draws, power)


def count_monotone(
    belief: Belief, halving: float, rest: float, allowed: float, error: float, *, conceded: float = 0.0,
    training: int = 0,
) -> RunCount:  # fmt: skip
    """Return cost and assurance of monotone certification followed by draws from what is left.

    Each placed run is taken to shrink the undecided region by the same factor, 2^(-1/halving), and as
    many are placed as make the total least.

    Parameters
    ----------
    belief
        Over the violating fraction of the law outside what is conceded.
    halving
        Placed runs that halve the undecided region, above 0: 4-8 measured in 4 to 8 factors.
    rest, conceded
        Undecided and conceded mass now.
    allowed, error, training
        As in `count_band`.
    """
    if not halving > 0.0:
        raise InputError(f"halving is {halving!r}; write the runs that halve the undecided region")
    best: tuple[int, float, int] | None = None
    placed, left = 0, rest
    while best is None or placed < best[0]:
        draws = restricted_size(Masses(conceded, conceded + left), allowed, error)
        if draws is None:
            raise InputError("more is conceded than is allowed; no draws can show the claim with this split")
        if best is None or placed + draws < best[0]:
            best = (placed + draws, left, draws)
        placed, left = placed + 1, rest * 2.0 ** (-(placed + 1) / halving)
    total, left, draws = best
    power = [
        0.0 if p + conceded >= allowed else 1.0 if draws == 0 else fixed_power(draws, 0, min(1.0, p / left))
        for p in belief.fractions
    ]
    return RunCount(float(training + total), training + total, _mean(power))


def _count(runs: FloatArray, shown: list[float]) -> RunCount:
    ninetieth = np.sort(runs)[math.ceil(0.9 * len(runs)) - 1]
    return RunCount(float(runs.mean()), math.ceil(ninetieth), _mean(shown))


def _mean(values: list[float]) -> float:
    return math.fsum(values) / len(values)


def _gap(allowed: float, fraction: float, error: float) -> float:
    """Return (p0 - p)/(1 - p), what an adversary may add to the violating set."""
    inside("allowed fraction", allowed)
    inside("error level", error)
    if not 0.0 <= fraction < allowed:
        raise InputError(f"only a fraction below the allowed {allowed!r} can be shown, not {fraction!r}")
    return (allowed - fraction) / (1.0 - fraction)
