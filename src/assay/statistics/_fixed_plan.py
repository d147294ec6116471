"""The fixed plan: n draws fixed in advance, counted once, no assumption about the response.

STATISTICS: algorithm A0. `beyond` is what counts against the claim: for SHOWN the draws that are
beyond or open, for REFUTED only those that are beyond.
"""

from __future__ import annotations

import math
from fractions import Fraction

from assay.errors import InputError
from assay.statistics._error_budget import allowed_fraction, inside, whole
from assay.statistics._special import (
    beta_quantile,
    beta_upper_quantile,
    binomial_at_most,
    binomial_more_than,
)

_TIE = 1e-9
"""Relative distance from the level below which floating point does not decide."""
_EXACT_WORK = 1_000_000
"""Largest (k + 1) n whose binomial sum is formed in rational numbers to decide such a tie."""
_OUTWARD = 1e-12
"""Relative widening of a confidence limit, above the error of the quantile function."""


def wilks_size(coverage: float, error: float, allow: int = 0) -> int:
    """Return the smallest number of draws that can show `coverage` with `allow` draws beyond.

    Parameters
    ----------
    coverage
        Fraction of the law that has to comply, inside (0, 1).
    error
        Level a of the test: 1 - confidence times the share and attempt factor.
    allow
        Draws that may be beyond or open.

    Returns
    -------
    int
        Smallest n with BinCDF(allow; n, 1 - coverage) <= error.

    Raises
    ------
    InputError
        If an argument is out of range.

    References
    ----------
    Wilks, "Determination of sample sizes for setting tolerance limits", Ann. Math. Stat. 12 (1941).
    """
    allowed = allowed_fraction(coverage)
    inside("error level", error)
    whole("allow", allow, least=0)
    low, high = allow, allow + 1  # n = allow never shows: the sum is 1
    while not fixed_plan_shown(allow, high, allowed, error):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        if fixed_plan_shown(allow, middle, allowed, error):
            high = middle
        else:
            low = middle
    return high


def clopper_pearson_upper(beyond: int, draws: int, error: float) -> float:
    """Return the one-sided upper confidence limit of the violating fraction.

    Parameters
    ----------
    beyond, draws
        Draws beyond, out of the draws made.
    error
        Level a; the limit is below the true fraction with probability at most a.

    Returns
    -------
    float
        BetaInv(1 - a; beyond + 1, draws - beyond), in [0, 1], rounded upwards by 1e-12 relative:
        the error of the quantile function never makes the limit optimistic. Compare with an
        allowed fraction through `fixed_plan_shown`, which needs no inverse.

    Raises
    ------
    InputError
        If the counts or the level are out of range.

    References
    ----------
    Clopper & Pearson, Biometrika 26 (1934).
    """
    _check(beyond, draws, error)
    if beyond == draws:
        return 1.0
    limit = beta_upper_quantile(beyond + 1, draws - beyond, error)
    return min(1.0, limit * (1.0 + _OUTWARD))


def clopper_pearson_lower(beyond: int, draws: int, error: float) -> float:
    """Return the one-sided lower confidence limit of the violating fraction.

    Parameters
    ----------
    beyond, draws
        Draws beyond, out of the draws made.
    error
        Level a; the limit is above the true fraction with probability at most a.

    Returns
    -------
    float
        BetaInv(a; beyond, draws - beyond + 1), in [0, 1), rounded downwards by 1e-12 relative.

    Raises
    ------
    InputError
        If the counts or the level are out of range.

    References
    ----------
    Clopper & Pearson, Biometrika 26 (1934).
    """
    _check(beyond, draws, error)
    if beyond == 0:
        return 0.0
    return max(0.0, beta_quantile(beyond, draws - beyond + 1, error) * (1.0 - _OUTWARD))


def fixed_plan_attained(beyond: int, draws: int, allowed: float) -> float:
    """Return the attained error level (p-value) of a showing: BinCDF(beyond; draws, allowed).

    Parameters
    ----------
    beyond, draws
        Draws beyond or open, out of the draws planned.
    allowed
        Violating fraction that is allowed, p0 = 1 - coverage.

    Raises
    ------
    InputError
        If the counts or `allowed` are out of range.
    """
    _check(beyond, draws, 0.5)
    inside("allowed fraction", allowed)
    return binomial_at_most(beyond, draws, allowed)


def fixed_plan_shown(beyond: int, draws: int, allowed: float, error: float) -> bool:
    """Say whether the complete plan shows that the violating fraction is at most `allowed`.

    Parameters
    ----------
    beyond
        Draws that are beyond or open; a crash is open.
    draws
        All draws of the plan. Looking earlier voids the level.
    allowed
        Violating fraction that is allowed, p0 = 1 - coverage.
    error
        Level a: probability of a false SHOWN at most, whatever the response looks like.

    Returns
    -------
    bool
        BinCDF(beyond; draws, allowed) <= error, the same as `clopper_pearson_upper` <= allowed.

    Raises
    ------
    InputError
        If an argument is out of range.
    """
    _check(beyond, draws, error)
    attained = fixed_plan_attained(beyond, draws, allowed)
    if abs(attained - error) > _TIE * error:
        return attained < error
    exact = _exact_at_most(beyond, draws, allowed)
    return exact is not None and exact <= Fraction(error)


def fixed_plan_refuted(beyond: int, draws: int, allowed: float, error: float) -> bool:
    """Say whether the complete plan refutes that the violating fraction is at most `allowed`.

    Parameters
    ----------
    beyond
        Draws that are beyond; open ones count as within.
    draws, allowed, error
        As in `fixed_plan_shown`; `error` bounds the probability of a false REFUTED.

    Returns
    -------
    bool
        P(Binomial(draws, allowed) >= beyond) < error, the same as `clopper_pearson_lower` > allowed.

    Raises
    ------
    InputError
        If an argument is out of range.
    """
    _check(beyond, draws, error)
    inside("allowed fraction", allowed)
    attained = binomial_more_than(beyond - 1, draws, allowed)
    if abs(attained - error) > _TIE * error:
        return attained < error
    exact = _exact_at_most(beyond - 1, draws, allowed)
    return exact is not None and 1 - exact < Fraction(error)


def smallest_refuting(draws: int, allowed: float, error: float) -> int | None:
    """Return the smallest number of draws beyond that refutes; None if not even all of them do.

    Examples
    --------
    >>> smallest_refuting(59, 0.05, 0.05)
    7
    """
    if not fixed_plan_refuted(draws, draws, allowed, error):
        return None
    low, high = 0, draws  # none beyond never refutes
    while high - low > 1:
        middle = (low + high) // 2
        if fixed_plan_refuted(middle, draws, allowed, error):
            high = middle
        else:
            low = middle
    return high


def _check(beyond: int, draws: int, error: float) -> None:
    whole("draws", draws, least=1)
    whole("draws beyond", beyond, least=0)
    if beyond > draws:
        raise InputError(f"{beyond} of {draws} draws are beyond; no more can be beyond than were made")
    inside("error level", error)


def _exact_at_most(k: int, n: int, p: float) -> Fraction | None:
    """Return BinCDF(k; n, p) for exactly the float `p`; None where it has too many terms.

    None makes the caller decide against the claimant.
    """
    if (k + 1) * n > _EXACT_WORK:
        return None
    hit, scale = p.as_integer_ratio()
    miss = scale - hit
    total = sum(math.comb(n, j) * hit**j * miss ** (n - j) for j in range(k + 1))
    return Fraction(total, scale**n)
