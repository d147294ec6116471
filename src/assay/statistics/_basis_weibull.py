"""Basis value of a two-parameter Weibull sample, exact by conditional inference."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from assay.errors import InputError
from assay.statistics._basis_goodness_of_fit import weibull_significance
from assay.statistics._basis_result import SMALLEST_TESTABLE, AssumptionTest, BasisValue, positive_sample
from assay.statistics._error_budget import inside
from assay.statistics._special import FloatArray, gamma_at_most, root

_STEPS = 1200
_FALLEN = 45.0
"""Drop of the logarithm of a density beyond which its tail is below rounding."""


def weibull_basis(values: npt.ArrayLike, coverage: float, confidence: float) -> BasisValue:
    """Return the basis value of a sample by the Weibull method.

    Parameters
    ----------
    values
        Shape (n,), positive, any unit; n at least 2, none censored.
    coverage, confidence
        0.99, 0.95 and 0.90, 0.95 are the usual pairs.

    Returns
    -------
    BasisValue
        scale x exp(-factor / shape), with the maximum-likelihood shape and scale and the factor of
        `weibull_factor`.

    Raises
    ------
    InputError
        If a value is not finite and positive, fewer than two are given, or all are equal.

    References
    ----------
    Lawless, "Statistical Models and Methods for Lifetime Data" (1982), section 4.1.2; CMH-17 Vol. 1,
    section 8.3.4.2, whose tabulated factor V is this one averaged over samples.
    """
    sample = positive_sample(values, "weibull")
    logs = np.log(sample)
    location, spread = extreme_value_fit(logs)
    factor = weibull_factor((logs - location) / spread, coverage, confidence)
    shape, scale = 1.0 / spread, math.exp(location)
    tested = sample.size >= SMALLEST_TESTABLE
    level = weibull_significance(sample, shape, scale) if tested else None
    return BasisValue(
        method="weibull",
        value=scale * math.exp(-factor / shape),
        n=int(sample.size),
        coverage=coverage,
        confidence=confidence,
        factor=factor,
        numbers=(("shape", shape), ("scale", scale)),
        test=AssumptionTest("anderson-darling", "weibull", level),
    )


def extreme_value_fit(logs: FloatArray) -> tuple[float, float]:
    """Return the maximum-likelihood location and spread of the law of a Weibull sample's logarithms.

    Parameters
    ----------
    logs
        Shape (n,), not all equal.

    References
    ----------
    Lawless (1982), equations 4.1.5 and 4.1.6.
    """
    largest, mean = float(np.max(logs)), float(np.mean(logs))

    def equation(spread: float) -> float:
        weights = np.exp((logs - largest) / spread)
        return float(logs @ weights) / float(np.sum(weights)) - spread - mean

    reach = largest - float(np.min(logs))
    # Weighted deficits are at most n x spread / e in all, which bounds the root from below; the weighted
    # mean is at most the largest value, which bounds it from above.
    spread = root(equation, reach / (logs.size * (2.0 + logs.size)), reach)
    location = largest + spread * math.log(float(np.mean(np.exp((logs - largest) / spread))))
    return location, spread


def weibull_factor(residuals: FloatArray, coverage: float, confidence: float) -> float:
    """Return t such that location - t x spread is below all but 1 - `coverage` of the law of logarithms.

    Given the residuals, which the parameters do not change, (location - true) / spread and
    spread / true spread have a known joint density; the first is integrated in closed form, the second
    over its logarithm, where the trapezoidal rule is exact to rounding.

    Parameters
    ----------
    residuals
        Shape (n,): (logarithm - location) / spread at the maximum-likelihood estimates; dimensionless.
    coverage, confidence
        Inside (0, 1); the coverage at least 0.5.

    Raises
    ------
    InputError
        If coverage or confidence is out of range.

    References
    ----------
    Lawless (1982), theorem 4.1.1 and equation 4.1.16.
    """
    inside("coverage", coverage)
    inside("confidence", confidence)
    if coverage < 0.5:
        raise InputError(f"coverage is {coverage!r}; a basis value needs a coverage of at least 0.5")
    n = residuals.size
    ratios = np.exp(np.linspace(*_reach(residuals), _STEPS + 1))
    log_density, log_sums = _densities(residuals, ratios)
    density = np.exp(log_density - np.max(log_density))
    density /= np.sum(density)
    quantile = math.log(-math.log(coverage))

    def excess(t: float) -> float:
        with np.errstate(over="ignore"):
            argument = np.exp(quantile + t * ratios + log_sums)
        return float(density @ gamma_at_most(n, argument)) - confidence

    low, high = -1.0, 1.0
    while excess(low) > 0.0:
        low *= 2.0
    while excess(high) < 0.0:
        high *= 2.0
        if high > 1e9:
            raise InputError(f"no Weibull factor can be computed for n = {n}, {coverage}, {confidence}")
    return root(excess, low, high)


def _densities(residuals: FloatArray, ratios: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the log density of ln(spread / true spread) but for a constant, and ln sum exp(a z)."""
    n = residuals.size
    largest = float(np.max(residuals))
    sums = np.exp(np.multiply.outer(ratios, residuals - largest)).sum(axis=1)
    log_sums: FloatArray = largest * ratios + np.log(sums)
    total = float(np.sum(residuals))
    log_density: FloatArray = (n - 1) * np.log(ratios) + (ratios - 1.0) * total - n * (log_sums - math.log(n))
    return log_density, log_sums


def _reach(residuals: FloatArray) -> tuple[float, float]:
    """Return the ends, in ln z, between which the density of z is above rounding."""

    def fallen(v: float) -> bool:
        at = _densities(residuals, np.exp(np.array([v, 0.0])))[0]
        return bool(at[0] < at[1] - _FALLEN)

    ends = []
    for sign in (-1.0, 1.0):
        width = 1.0 / math.sqrt(residuals.size)
        while not fallen(sign * width):
            width *= 1.25
        ends.append(sign * width)
    return ends[0], ends[1]
