"""Basis value of a lognormal sample: the normal method on the logarithms."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from assay.statistics._basis_goodness_of_fit import normal_significance
from assay.statistics._basis_result import SMALLEST_TESTABLE, AssumptionTest, BasisValue, positive_sample
from assay.statistics._tolerance_factors import tolerance_factor


def lognormal_basis(values: npt.ArrayLike, coverage: float, confidence: float) -> BasisValue:
    """Return the basis value of a sample by the lognormal method.

    Parameters
    ----------
    values
        Shape (n,), positive, any unit; n at least 2.
    coverage, confidence
        0.99, 0.95 and 0.90, 0.95 are the usual pairs.

    Returns
    -------
    BasisValue
        exp(log_mean - factor x log_sd) with the factor of the normal method.

    Raises
    ------
    InputError
        If a value is not finite and positive, fewer than two are given, or all are equal.

    References
    ----------
    CMH-17 Vol. 1, section 8.3.4.4 (lognormal method); Owen (1968).
    """
    logs = np.log(positive_sample(values, "lognormal"))
    n = int(logs.size)
    mean, sd = float(np.mean(logs)), float(np.std(logs, ddof=1))
    factor = tolerance_factor(n, coverage, confidence)
    level = normal_significance(logs) if n >= SMALLEST_TESTABLE else None
    return BasisValue(
        method="lognormal",
        value=math.exp(mean - factor * sd),
        n=n,
        coverage=coverage,
        confidence=confidence,
        factor=factor,
        numbers=(("log_mean", mean), ("log_sd", sd)),
        test=AssumptionTest("anderson-darling", "lognormal", level),
    )
