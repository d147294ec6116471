"""Which method gives the basis value of this sample? One by name, or the handbook's procedure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from assay.errors import InputError
from assay.statistics._basis_anova import anova_basis
from assay.statistics._basis_batches import batch_test
from assay.statistics._basis_hanson_koopmans import hanson_koopmans_basis
from assay.statistics._basis_lognormal import lognormal_basis
from assay.statistics._basis_nonparametric import nonparametric_basis, nonparametric_rank
from assay.statistics._basis_result import (
    SMALLEST_TESTABLE,
    AssumptionTest,
    BasisMethod,
    BasisValue,
    BatchTest,
    by_batch,
    usable_sample,
)
from assay.statistics._basis_values import normal_basis
from assay.statistics._basis_weibull import weibull_basis


def basis_by(
    method: BasisMethod,
    values: npt.ArrayLike,
    coverage: float,
    confidence: float,
    labels: Sequence[str] | None = None,
) -> BasisValue:
    """Return the basis value of a sample by a method, with the test of its batches where they are known.

    Parameters
    ----------
    values
        Shape (n,), any unit.
    labels
        Shape (n,): the batch of each value; None where it is not known.

    Returns
    -------
    BasisValue
        Computed also where an assumption is rejected: whether it may be credited is the caller's rule.

    Raises
    ------
    InputError
        If the sample is none, or not one for this method.
    """
    if method == "anova":
        if labels is None:
            raise InputError("the anova method needs to know the batch of every specimen")
        return anova_basis(values, labels, coverage, confidence)
    if method == "normal":
        found = _normal(values, coverage, confidence)
    elif method == "lognormal":
        found = lognormal_basis(values, coverage, confidence)
    elif method == "weibull":
        found = weibull_basis(values, coverage, confidence)
    elif method == "hanson-koopmans":
        found = hanson_koopmans_basis(values, coverage, confidence)
    else:
        found = nonparametric_basis(values, coverage, confidence)
    return replace(found, batches=_batch_test(values, labels))


def selected_basis(
    values: npt.ArrayLike,
    coverage: float,
    confidence: float,
    labels: Sequence[str] | None = None,
) -> BasisValue:
    """Return the basis value by the handbook's order of methods, and say why that method.

    1. Batches that the k-sample Anderson-Darling test tells apart at 0.025 are not pooled: *anova*.
    2. Otherwise the first law that the Anderson-Darling test does not reject at 0.05, in the order in
       which the handbook treats them: *weibull*, *normal*, *lognormal*. The order is fixed beforehand, so
       that the largest value cannot be picked.
    3. Otherwise no law: *nonparametric* where the sample is large enough, else *hanson-koopmans*.

    Parameters
    ----------
    values
        Shape (n,), any unit; where not all are positive, only normal, anova and nonparametric apply.
    labels
        Shape (n,): the batch of each value; None where it is not known, then they count as one.

    Returns
    -------
    BasisValue
        `why` holds one sentence a decision.

    Raises
    ------
    InputError
        If the sample is none, or no method is for it.

    References
    ----------
    CMH-17 Vol. 1, section 8.3.1.1 and the order of sections 8.3.4.2 to 8.3.4.5.
    """
    sample = usable_sample(values)
    tested = _batch_test(sample, labels)
    if tested is None:
        said = ["batches are unknown, one, or too few to test, and taken as one"]
    elif tested.differ and labels is not None:
        return replace(
            anova_basis(sample, labels, coverage, confidence),
            why="the batches differ at 0.025 and are not pooled",
        )
    else:
        said = ["the batches do not differ at 0.025 and are pooled"]
    positive = bool(np.min(sample) > 0.0)
    laws: tuple[BasisMethod, ...] = ("weibull", "normal", "lognormal") if positive else ("normal",)
    if sample.size >= SMALLEST_TESTABLE:
        for law in laws:
            found = basis_by(law, sample, coverage, confidence)
            if not found.rejected:
                said.append(f"the {law} law is the first that is not rejected at 0.05")
                return replace(found, batches=tested, why="; ".join(said))
        said.append(f"no law of {', '.join(laws)} fits at 0.05")
    else:
        said.append("too few values to test a law")
    return _without_law(sample, coverage, confidence, tested, said)


def _without_law(
    sample: npt.ArrayLike, coverage: float, confidence: float, tested: BatchTest | None, said: list[str]
) -> BasisValue:
    n = int(np.size(sample))
    if nonparametric_rank(n, coverage, confidence) > 0:
        said.append("the sample is large enough for its own order statistic")
        found = nonparametric_basis(sample, coverage, confidence)
    else:
        said.append("the sample is too small for its own order statistic alone")
        found = hanson_koopmans_basis(sample, coverage, confidence)
    return replace(found, batches=tested, why="; ".join(said))


def _normal(values: npt.ArrayLike, coverage: float, confidence: float) -> BasisValue:
    found = normal_basis(values, coverage, confidence)
    return BasisValue(
        method="normal",
        value=found.value,
        n=found.n,
        coverage=coverage,
        confidence=confidence,
        factor=found.factor,
        numbers=(("mean", found.mean), ("sd", found.sd)),
        test=AssumptionTest("anderson-darling", "normal", found.observed_significance),
    )


def _batch_test(values: npt.ArrayLike, labels: Sequence[str] | None) -> BatchTest | None:
    if labels is None:
        return None
    batches = by_batch(values, labels)
    return batch_test(batches) if len(batches) > 1 and np.size(values) >= SMALLEST_TESTABLE else None
