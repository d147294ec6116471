"""Basis values: what a sample of a material property allows one to rely on."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assay.errors import InputError
from assay.statistics._special import FloatArray, log_normal_cdf
from assay.statistics._tolerance_factors import tolerance_factor

REJECTION_LEVEL = 0.05
"""Observed significance level at or below which a sample is not taken as normal (CMH-17)."""
SMALLEST_TESTABLE = 4
"""Below it the small-sample correction of the Anderson-Darling statistic is negative."""


@dataclass(frozen=True)
class NormalBasis:
    """A basis value by the normal method, with what is needed to judge it."""

    value: float
    """mean - factor x sd, in the unit of the sample; not rounded."""
    mean: float
    """Of the sample, in its unit."""
    sd: float
    """Standard deviation of the sample (n - 1), in its unit."""
    n: int
    """Size of the sample."""
    factor: float
    """One-sided tolerance factor."""
    coverage: float
    """Fraction of the population that exceeds the value."""
    confidence: float
    """Probability over samples that it does, *if* the population is normal."""
    observed_significance: float | None
    """Of the Anderson-Darling test for the normal law; None below 4 specimens (not testable)."""

    @property
    def normal_rejected(self) -> bool:
        """Whether normality is rejected at 0.05, or cannot be tested at all (fails closed)."""
        shown = self.observed_significance is not None and self.observed_significance > REJECTION_LEVEL
        return not shown


def normal_basis(values: npt.ArrayLike, coverage: float, confidence: float) -> NormalBasis:
    """Return the basis value of a sample by the normal method.

    Parameters
    ----------
    values
        Shape (n,), one number a specimen, any unit; n at least 2.
    coverage, confidence
        0.99, 0.95 and 0.90, 0.95 are the usual pairs.

    Returns
    -------
    NormalBasis
        Computed also where normality is rejected: whether it may be credited is the caller's rule.

    Raises
    ------
    InputError
        If a value is not finite, fewer than two are given, or all are equal (no scatter is no test).

    References
    ----------
    CMH-17 Vol. 1, section 8.3.4.3 (normal method).
    """
    sample = _sample(values)
    n = sample.size
    mean, sd = float(np.mean(sample)), float(np.std(sample, ddof=1))
    factor = tolerance_factor(n, coverage, confidence)
    return NormalBasis(
        value=mean - factor * sd,
        mean=mean,
        sd=sd,
        n=n,
        factor=factor,
        coverage=coverage,
        confidence=confidence,
        observed_significance=normal_significance(sample) if n >= SMALLEST_TESTABLE else None,
    )


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
    sample = _sample(values)
    n = sample.size
    if n < SMALLEST_TESTABLE:
        raise InputError(f"{n} values; a test of normality needs at least {SMALLEST_TESTABLE}")
    z = np.sort((sample - np.mean(sample)) / np.std(sample, ddof=1))
    weights = 2.0 * np.arange(1, n + 1) - 1.0
    statistic = -n - float(np.mean(weights * (log_normal_cdf(z) + log_normal_cdf(-z[::-1]))))
    corrected = (1.0 + 4.0 / n - 25.0 / n**2) * statistic
    exponent = -0.48 + 0.78 * math.log(corrected) + 4.58 * corrected
    return 1.0 / (1.0 + math.exp(min(exponent, 700.0)))  # exp overflows beyond 709


def _sample(values: npt.ArrayLike) -> FloatArray:
    sample = np.asarray(values, dtype=np.float64)
    if sample.ndim != 1 or sample.size < 2:
        raise InputError(f"a basis value needs at least two values in one column, got shape {sample.shape}")
    if not np.all(np.isfinite(sample)):
        raise InputError("the sample holds a value that is not a finite number; correct or remove the row")
    with np.errstate(over="ignore"):
        scatter = float(np.std(sample, ddof=1))
    if np.min(sample) == np.max(sample) or not 0.0 < scatter < math.inf:
        raise InputError(f"{sample.size} values with a scatter of {scatter!r} are no test series")
    return sample
