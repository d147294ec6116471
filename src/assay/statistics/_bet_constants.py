"""What is known of the constants of a bet, and what knowing them only by sampling costs.

The constants E_F[u] and E_F[control] are means of bounded functions under the law. A frozen pool that
*is* the law gives them exactly. Otherwise they are bounded from cheap independent draws, at total
confidence 1 - d over all refits of a showing, and both tests run at a - d: a false verdict then has
probability at most (a - d) + d.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from assay.errors import InputError
from assay.statistics._betting import Ends
from assay.statistics._error_budget import inside, whole
from assay.statistics._special import FloatArray

FEWEST_CHEAP = 1_000_000
"""Cheap draws below which constants are not estimated."""
_SHARE = 1e-3
_LARGEST_SHARE = 0.1
"""The constants take 1e-3, but never more than a tenth of the level (levels of late attempts are small)."""


def constants_error(error: float, refit: int | None = None) -> float:
    """Return the error that bounds of constants may take: of refit j = 1, 2, ..., or of all of them.

    Parameters
    ----------
    error
        Level a of the criterion's test, before the constants take their part.
    refit
        1 for the first fit. Refit j takes d 2**-j of d = min(1e-3, a / 10); None: d, their sum.

    Raises
    ------
    InputError
        If `error` is not inside (0, 1) or `refit` is no whole number from 1.
    """
    inside("error level", error)
    total = min(_SHARE, _LARGEST_SHARE * error)
    if refit is None:
        return total
    whole("refit", refit, least=1)
    return math.ldexp(total, -refit)


def betting_level(error: float, *, exact: bool) -> float:
    """Return the level at which both wealths are tested: they decide at 1/level.

    Parameters
    ----------
    error
        Level a of the criterion's test.
    exact
        True where every constant is exact, because a frozen pool is the law.
    """
    inside("error level", error)
    return error if exact else error - constants_error(error)


def mean_ends(values: FloatArray, counts: npt.NDArray[np.intp], error: float | None) -> Ends:
    """Return two-sided bounds of E[values[bin]] from the number of cheap points in each bin.

    Parameters
    ----------
    values
        Value of each of K bins.
    counts
        Points in each bin, K of them.
    error
        None: the points are the law, and the mean is exact. Else the points are independent draws and
        each *end* is wrong with probability at most `error`.

    Raises
    ------
    InputError
        If fewer than 10**6 points have to serve as draws.

    References
    ----------
    Maurer & Pontil, "Empirical Bernstein bounds and sample variance penalization", COLT (2009),
    theorem 4.
    """
    total = int(counts.sum())
    if total == 0:
        raise InputError("no cheap point; write at least one point of the law")
    mean = math.fsum(values * counts) / total
    spread = float(values.max() - values.min())
    if error is None or spread == 0.0:
        return mean, mean
    if total < FEWEST_CHEAP:
        raise InputError(f"{total} cheap draws cannot bound the constants; write at least {FEWEST_CHEAP}")
    inside("error of the constants", error)
    variance = math.fsum(counts * (values - mean) ** 2) / (total - 1)
    log = math.log(2.0 / error)
    half = math.sqrt(2.0 * variance * log / total) + 7.0 * spread * log / (3.0 * (total - 1))
    return max(float(values.min()), mean - half), min(float(values.max()), mean + half)
