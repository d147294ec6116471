"""Basis value of a normal sample: what measurements of a property allow one to rely on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assay.statistics._basis_goodness_of_fit import normal_significance
from assay.statistics._basis_result import REJECTION_LEVEL, SMALLEST_TESTABLE, usable_sample
from assay.statistics._tolerance_factors import tolerance_factor


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
    sample = usable_sample(values)
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
