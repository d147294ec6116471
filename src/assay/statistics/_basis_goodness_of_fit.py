"""Does a sample look like the law that a basis value assumes? Anderson-Darling tests."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from assay.errors import InputError
from assay.statistics._basis_result import SMALLEST_TESTABLE, positive_sample, usable_sample
from assay.statistics._special import FloatArray, log_normal_cdf


def normal_significance(values: npt.ArrayLike) -> float:
    """Return the observed significance level of the Anderson-Darling test for the normal law.

    Parameters
    ----------
    values
        Shape (n,), any unit; n at least 4.

    Returns
    -------
    float
        In (0, 1); small where the sample does not look normal. An approximation by formula, as
        CMH-17 uses it: exact to about 0.01 near 0.05.

    Raises
    ------
    InputError
        If fewer than four finite, not all equal values are given.

    References
    ----------
    Lawless, "Statistical Models and Methods for Lifetime Data" (1982), p. 458; CMH-17 Vol. 1,
    section 8.3.7 (Anderson-Darling); the form and coefficients as in cmstatr (Kloppenborg 2020).
    """
    sample = usable_sample(values)
    n = _testable(sample)
    z = np.sort((sample - np.mean(sample)) / np.std(sample, ddof=1))
    # below 4 values this correction is negative
    corrected = (1.0 + 4.0 / n - 25.0 / n**2) * _statistic(log_normal_cdf(z), log_normal_cdf(-z))
    return _significance(-0.48 + 0.78 * math.log(corrected) + 4.58 * corrected)


def lognormal_significance(values: npt.ArrayLike) -> float:
    """Return the observed significance level for the lognormal law: the normal test of the logarithms.

    Parameters
    ----------
    values
        Shape (n,), positive, any unit; n at least 4.

    Raises
    ------
    InputError
        As `normal_significance`, and if a value is not positive.
    """
    return normal_significance(np.log(positive_sample(values, "lognormal")))


def weibull_significance(values: npt.ArrayLike, shape: float, scale: float) -> float:
    """Return the observed significance level of the Anderson-Darling test for the Weibull law.

    Parameters
    ----------
    values
        Shape (n,), positive, any unit; n at least 4.
    shape, scale
        Maximum-likelihood estimates from the same values.

    Raises
    ------
    InputError
        If fewer than four positive, finite, not all equal values are given.

    References
    ----------
    Lawless (1982), p. 455-458; CMH-17 Vol. 1, section 8.3.4.2 (two-parameter Weibull).
    """
    sample = positive_sample(values, "weibull")
    n = _testable(sample)
    with np.errstate(over="ignore"):
        hazard = np.sort(np.exp(shape * (np.log(sample) - math.log(scale))))
    # a cumulative hazard below 1e-300 has probability below any sample's reach; its logarithm stays finite
    statistic = _statistic(np.log(-np.expm1(-np.maximum(hazard, 1e-300))), -hazard)
    corrected = (1.0 + 0.2 / math.sqrt(n)) * statistic
    return _significance(-0.10 + 1.24 * math.log(corrected) + 4.48 * corrected)


def _testable(sample: FloatArray) -> int:
    if sample.size < SMALLEST_TESTABLE:
        raise InputError(f"{sample.size} values; a test of a law needs at least {SMALLEST_TESTABLE}")
    return int(sample.size)


def _statistic(log_below: FloatArray, log_above: FloatArray) -> float:
    """Return Anderson and Darling's A^2 of the logarithms of F and 1 - F at the sorted values."""
    n = log_below.size
    weights = 2.0 * np.arange(1, n + 1) - 1.0
    return -n - float(np.mean(weights * (log_below + log_above[::-1])))


def _significance(exponent: float) -> float:
    return 1.0 / (1.0 + math.exp(min(exponent, 700.0)))  # exp overflows beyond 709
