"""Special functions of scipy, typed, imported at first use: `import assay.statistics` stays cheap."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, cast

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
"""An array of float64 of any shape."""

_SUMMED = 8
_SUMMED_DRAWS = 100_000


def binomial_at_most(k: int, n: int, p: float) -> float:
    """Return P(X <= k) for X ~ Binomial(n, p): summed where k is small, else by the incomplete beta function.

    The sum loads no library, which every command that only plans would otherwise pay for.
    """
    if k >= n:
        return 1.0
    if 0.0 < p < 1.0 and k <= _SUMMED and n <= _SUMMED_DRAWS:
        return math.fsum(math.comb(n, j) * p**j * math.exp((n - j) * math.log1p(-p)) for j in range(k + 1))
    from scipy.special import betaincc

    return float(betaincc(k + 1, n - k, p))


def binomial_more_than(k: int, n: int, p: float) -> float:
    """Return P(X > k) for X ~ Binomial(n, p); not as 1 - P(X <= k), which cancels in the tail."""
    if k < 0:
        return 1.0
    if k >= n:
        return 0.0
    from scipy.special import betainc

    return float(betainc(k + 1, n - k, p))


def beta_quantile(a: float, b: float, probability: float) -> float:
    """Return the quantile of Beta(a, b)."""
    from scipy.special import betaincinv

    return float(betaincinv(a, b, probability))


def beta_upper_quantile(a: float, b: float, probability: float) -> float:
    """Return the x that Beta(a, b) exceeds with `probability`; keeps probabilities below 1e-16."""
    from scipy.special import betainccinv

    return float(betainccinv(a, b, probability))


def noncentral_t_quantile(freedom: float, noncentrality: float, probability: float) -> float:
    """Return the quantile of Student's t with noncentrality."""
    from scipy.special import nctdtrit

    return float(nctdtrit(freedom, noncentrality, probability))


def gamma_at_most(shape: float, x: npt.ArrayLike) -> FloatArray:
    """Return P(G <= x) of a gamma variable of unit scale, element by element."""
    from scipy.special import gammainc

    return _array(gammainc(shape, np.asarray(x, dtype=np.float64)))


def f_at_least(first: float, second: float, ratio: float) -> float:
    """Return P(F >= ratio) of Fisher's F with `first` and `second` degrees of freedom."""
    from scipy.special import fdtrc

    return float(fdtrc(first, second, ratio))


def beta_log_density(x: npt.ArrayLike, a: float, b: float) -> FloatArray:
    """Return the logarithm of the density of Beta(a, b), element by element, inside (0, 1)."""
    from scipy.special import betaln

    inside = np.asarray(x, dtype=np.float64)
    return _array((a - 1.0) * np.log(inside) + (b - 1.0) * np.log1p(-inside) - betaln(a, b))


def root(function: Callable[[float], float], low: float, high: float) -> float:
    """Return the root of a function between two places of different sign, to rounding."""
    from scipy.optimize import brentq

    return float(brentq(function, low, high, xtol=1e-300, rtol=4.0 * np.finfo(np.float64).eps, maxiter=500))


def normal_cdf(x: npt.ArrayLike) -> FloatArray:
    """Return the standard normal distribution function, element by element."""
    from scipy.special import ndtr

    return _array(ndtr(np.asarray(x, dtype=np.float64)))


def log_normal_cdf(x: npt.ArrayLike) -> FloatArray:
    """Return the logarithm of the standard normal distribution function, exact far in the tail."""
    from scipy.special import log_ndtr

    return _array(log_ndtr(np.asarray(x, dtype=np.float64)))


def normal_quantile(u: npt.ArrayLike) -> FloatArray:
    """Return the standard normal quantile, element by element."""
    from scipy.special import ndtri

    return _array(ndtri(np.asarray(u, dtype=np.float64)))


def _array(value: Any) -> FloatArray:
    return cast("FloatArray", np.asarray(value, dtype=np.float64))
