"""What every method for a basis value returns, and which samples it takes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from assay.errors import InputError
from assay.statistics._special import FloatArray

BasisMethod = Literal["normal", "lognormal", "weibull", "hanson-koopmans", "nonparametric", "anova"]

REJECTION_LEVEL = 0.05
"""Observed significance level at or below which an assumption is not taken to hold (CMH-17)."""
SMALLEST_TESTABLE = 4
"""Fewer values than this are no test of a law."""


@dataclass(frozen=True)
class AssumptionTest:
    """A test of what a method assumes."""

    name: Literal["anderson-darling", "brown-forsythe"]
    law: str
    """What is tested: ``normal``, ``lognormal``, ``weibull``, or ``equal variances``."""
    observed_significance: float | None
    """In (0, 1), small where the data do not look like it; None: too few values to tell."""

    @property
    def rejected(self) -> bool:
        """Whether it is rejected at 0.05, or cannot be tested at all (fails closed)."""
        return self.observed_significance is None or not self.observed_significance > REJECTION_LEVEL


@dataclass(frozen=True)
class BatchTest:
    """The k-sample Anderson-Darling test of whether batches come from one law."""

    batches: int
    statistic: float
    """ADK of CMH-17: the rank statistic of Scholz and Stephens divided by k - 1."""
    critical: float
    """ADC at a significance level of 0.025."""

    @property
    def differ(self) -> bool:
        """Whether the batches must not be pooled; a statistic that is no number does not pool them."""
        return not self.statistic < self.critical


@dataclass(frozen=True)
class BasisValue:
    """A basis value by some method, with the numbers that it follows from."""

    method: BasisMethod
    value: float
    """In the unit of the sample; not rounded."""
    n: int
    """Size of the sample."""
    coverage: float
    """Fraction of the population that exceeds the value."""
    confidence: float
    """Probability over samples that it does, *if* the method's assumptions hold."""
    factor: float
    """What the method multiplies the scatter by; its meaning is the method's."""
    numbers: tuple[tuple[str, float], ...]
    """Name and value of what the basis value follows from, besides the factor."""
    test: AssumptionTest | None
    """Of what the method assumes; None where it assumes nothing that the data could reject."""
    batches: BatchTest | None = None
    """None: fewer than two batches are known."""
    why: str = ""
    """Why this method, where a procedure chose it."""

    @property
    def rejected(self) -> bool:
        """Whether the data contradict what the method assumes of its law or of its batches."""
        pooled = self.method != "anova" and self.batches is not None and self.batches.differ
        return pooled or (self.test is not None and self.test.rejected)


def usable_sample(values: npt.ArrayLike) -> FloatArray:
    """Return a sample as an array of shape (n,).

    Raises
    ------
    InputError
        If a value is not finite, fewer than two are given, or all are equal (no scatter is no test).
    """
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


def positive_sample(values: npt.ArrayLike, method: str) -> FloatArray:
    """Return a sample of positive values; raises InputError for others, see `usable_sample`."""
    sample = usable_sample(values)
    if np.min(sample) <= 0.0:
        raise InputError(
            f"the {method} method is for positive values, the smallest is {float(np.min(sample))!r}; "
            "take the normal, nonparametric or anova method"
        )
    if np.min(np.log(sample)) == np.max(np.log(sample)):
        raise InputError(f"{sample.size} values without scatter in their logarithms are no test series")
    return sample


def by_batch(values: npt.ArrayLike, labels: Sequence[str]) -> tuple[FloatArray, ...]:
    """Return the values of each batch, batches in the order of their labels.

    Raises
    ------
    InputError
        If there is not one label a value, or a label is empty: a specimen of no known batch.
    """
    sample = usable_sample(values)
    if len(labels) != sample.size:
        raise InputError(f"{sample.size} values but {len(labels)} batch labels; write one a row")
    if any(not label.strip() for label in labels):
        raise InputError("a row has an empty batch label; name the batch of every specimen")
    names = sorted(set(labels))
    return tuple(sample[[label == name for label in labels]] for name in names)
