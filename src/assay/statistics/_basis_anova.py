"""Basis value of specimens from batches that differ: one-way analysis of variance."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from assay.errors import InputError
from assay.statistics._basis_batches import batch_test, equal_variances
from assay.statistics._basis_result import BasisValue, by_batch
from assay.statistics._tolerance_factors import tolerance_factor


def anova_basis(
    values: npt.ArrayLike, labels: Sequence[str], coverage: float, confidence: float
) -> BasisValue:
    """Return the basis value of a sample whose batches scatter around a common mean.

    The value is one that `coverage` of all specimens of all batches exceed, those of future batches
    included; with few batches it is low, because little is known of how batches scatter.

    Parameters
    ----------
    values
        Shape (n,), any unit.
    labels
        Shape (n,): the batch of each; at least two batches, one of them with two specimens.
    coverage, confidence
        0.99, 0.95 and 0.90, 0.95 are the usual pairs.

    Returns
    -------
    BasisValue
        mean - factor x sd, with sd the root of the estimated variance of a specimen of a random batch.
        Its test is that of equal variances within the batches.

    Raises
    ------
    InputError
        If there is one batch, no batch has two specimens, nothing scatters within the batches, or the
        sample is none (`by_batch`).

    References
    ----------
    CMH-17 Vol. 1, section 8.3.5.2 (one-way ANOVA); Vangel, Technometrics 34 (1992).
    """
    batches = by_batch(values, labels)
    k, n = len(batches), sum(batch.size for batch in batches)
    if k < 2:
        raise InputError("one batch; the anova method needs at least two")
    if n == k:
        raise InputError(f"{k} batches of one specimen each; the anova method needs a batch with two")
    mean = float(np.mean(np.concatenate(batches)))
    between = math.fsum(float(b.size * (np.mean(b) - mean) ** 2) for b in batches) / (k - 1)
    within = math.fsum(float(np.sum((b - np.mean(b)) ** 2)) for b in batches) / (n - k)
    if not within > 0.0:
        raise InputError("no scatter within any batch; such values are no test series")
    size = (n - math.fsum(b.size**2 for b in batches) / n) / (k - 1)
    sd = math.sqrt(between / size + (size - 1.0) / size * within)
    factor = anova_factor(n, k, size, between / within, coverage, confidence)
    return BasisValue(
        method="anova",
        value=mean - factor * sd,
        n=n,
        coverage=coverage,
        confidence=confidence,
        factor=factor,
        numbers=(("mean", mean), ("sd", sd), ("between", between), ("within", within), ("size", size)),
        test=equal_variances(batches),
        batches=batch_test(batches) if n >= 4 else None,
    )


def anova_factor(n: int, k: int, size: float, ratio: float, coverage: float, confidence: float) -> float:
    """Return the factor of the anova method: between that of n specimens and that of k batches.

    Parameters
    ----------
    n, k
        Specimens and batches.
    size
        Effective specimens a batch, above 1.
    ratio
        Mean square between batches over that within; below 1 it is taken as 1.

    References
    ----------
    CMH-17 Vol. 1, section 8.3.5.2.4, equations (a) to (e).
    """
    pooled, by_batches = tolerance_factor(n, coverage, confidence), tolerance_factor(k, coverage, confidence)
    bounded = max(ratio, 1.0)
    weight = math.sqrt(bounded / (bounded + size - 1.0))
    root = math.sqrt(size)
    return (pooled - by_batches / root + (by_batches - pooled) * weight) / (1.0 - 1.0 / root)
