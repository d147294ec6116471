"""Basis value of a small sample of no named law, from its smallest and one larger value."""

from __future__ import annotations

import math
from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt

from assay.errors import InputError
from assay.statistics._basis_result import BasisValue, positive_sample
from assay.statistics._error_budget import allowed_fraction, inside, whole
from assay.statistics._special import FloatArray, beta_log_density, log_normal_cdf, normal_quantile, root

_LARGEST_RANK_ABOVE = 0.9
"""Above this coverage the largest value is taken (Woodward and Frawley), else the best (Vangel)."""


def hanson_koopmans_factor(n: int, rank: int, coverage: float, confidence: float) -> float:
    """Return z such that x_r (x_1 / x_r)^z is below all but 1 - `coverage` of the law.

    Let the logarithm of the law's distribution function be concave in the logarithm of the value, as it
    is for the normal, lognormal and Weibull laws among many. Then its chord through x_1 and x_r, drawn
    on below x_1, lies above it, and what is left are uniform order statistics:
    P(U_r (U_1 / U_r)^z <= 1 - coverage) = confidence.

    Parameters
    ----------
    n
        Size of the sample, at least 2.
    rank
        r, from 2 to n: which value stands beside the smallest.
    coverage, confidence
        Inside (0, 1).

    Returns
    -------
    float
        z above 1; dimensionless.

    Raises
    ------
    InputError
        If an argument is out of range, or the sample is so large that its smallest value alone is a
        basis value (z would be below 1, where the chord proves nothing).

    References
    ----------
    Hanson and Koopmans, Ann. Math. Stat. 35 (1964); Vangel, Commun. Stat. Simul. Comput. 23 (1994).
    """
    whole("size of the sample", n, least=2)
    whole("rank", rank, least=2)
    if rank > n:
        raise InputError(f"rank is {rank}; the sample has {n} values")
    inside("coverage", coverage)
    inside("confidence", confidence)
    below = allowed_fraction(coverage)
    if -math.expm1(n * math.log1p(-below)) >= confidence:
        raise InputError(
            f"{n} values are enough at {coverage:g}/{confidence:g} for the nonparametric method; take it "
            "instead of hanson-koopmans"
        )
    nodes, weights = _nodes()
    u = below + (1.0 - below) * 0.5 * (nodes + 1.0)
    mass = 0.5 * (1.0 - below) * weights * np.exp(beta_log_density(u, rank, n - rank + 1))
    log_ratio = np.log(below / u)

    def excess(z: float) -> float:
        # the smallest of r - 1 uniform values below U_r stays above (q / u)^(1/z) of it
        return 1.0 - float(mass @ (-np.expm1(log_ratio / z)) ** (rank - 1)) - confidence

    high = 2.0
    while excess(high) < 0.0:
        high *= 2.0
        if high > 1e12:
            raise InputError(f"no Hanson-Koopmans factor can be computed for n = {n}, r = {rank}")
    return root(excess, 1.0, high)


@cache
def _nodes() -> tuple[FloatArray, FloatArray]:
    """Return the nodes and weights of Gauss and Legendre; 256 are exact to rounding for these integrands."""
    nodes, weights = np.polynomial.legendre.leggauss(256)
    return np.asarray(nodes), np.asarray(weights)


@lru_cache(maxsize=64)
def hanson_koopmans_rank(n: int, coverage: float, confidence: float) -> int:
    """Return which value stands beside the smallest: a function of n alone, never of the data.

    Up to a coverage of 0.9 the rank whose limit would, for the expected values of a standard normal
    sample, lie nearest to the percentile (Vangel 1994); above it the largest value, rank n.

    References
    ----------
    Vangel (1994), section 4; Woodward and Frawley, J. Quality Technology 12 (1980).
    """
    whole("size of the sample", n, least=2)
    if coverage > _LARGEST_RANK_ABOVE:
        return n
    percentile = float(normal_quantile(allowed_fraction(coverage)))
    smallest = _expected_normal(n, 1)

    def distance(rank: int) -> float:
        z = hanson_koopmans_factor(n, rank, coverage, confidence)
        return abs(z * smallest + (1.0 - z) * _expected_normal(n, rank) - percentile)

    return min(range(2, n + 1), key=distance)


def _expected_normal(n: int, rank: int) -> float:
    """Return the expected value of an order statistic of a standard normal sample."""
    x = np.linspace(-12.0, 12.0, 2401)
    log_count = math.lgamma(n + 1) - math.lgamma(rank) - math.lgamma(n - rank + 1)
    log_density = log_count - 0.5 * x * x - 0.5 * math.log(2.0 * math.pi)
    log_density += (rank - 1) * log_normal_cdf(x) + (n - rank) * log_normal_cdf(-x)
    return float(np.sum(x * np.exp(log_density)) * (x[1] - x[0]))


def hanson_koopmans_basis(values: npt.ArrayLike, coverage: float, confidence: float) -> BasisValue:
    """Return the basis value of a small sample by the extended Hanson-Koopmans method.

    Parameters
    ----------
    values
        Shape (n,), positive, any unit; n at least 2 and below 29 at 90/95, 299 at 99/95.
    coverage, confidence
        0.99, 0.95 and 0.90, 0.95 are the usual pairs.

    Raises
    ------
    InputError
        If a value is not finite and positive, the sample is too small or too large for the method, or
        the two values that it rests on are tied: a law with a density has no ties, and no scatter would
        be left to draw on.
    """
    sample = np.sort(positive_sample(values, "hanson-koopmans"))
    n = int(sample.size)
    rank = hanson_koopmans_rank(n, coverage, confidence)
    factor = hanson_koopmans_factor(n, rank, coverage, confidence)
    smallest, larger = float(sample[0]), float(sample[rank - 1])
    if smallest == larger:
        raise InputError(
            f"the {rank} smallest of {n} values are equal; the hanson-koopmans method needs scatter there"
        )
    return BasisValue(
        method="hanson-koopmans",
        value=larger * (smallest / larger) ** factor,
        n=n,
        coverage=coverage,
        confidence=confidence,
        factor=factor,
        numbers=(("rank", float(rank)), ("smallest", smallest), ("larger", larger)),
        test=None,
    )
