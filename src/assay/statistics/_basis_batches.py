"""Are batches alike? The k-sample Anderson-Darling test, and equality of their variances."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from assay.errors import InputError
from assay.statistics._basis_result import AssumptionTest, BatchTest
from assay.statistics._special import FloatArray, f_at_least


def batch_test(batches: Sequence[FloatArray]) -> BatchTest:
    """Return the k-sample Anderson-Darling test of whether batches come from one law.

    Parameters
    ----------
    batches
        k arrays of shape (n_i,), k at least 2, at least 4 values in all, not all equal; ties are counted
        half to either side.

    Raises
    ------
    InputError
        If there are fewer than two batches or four values, a batch is empty, or all values are equal.

    References
    ----------
    Scholz and Stephens, J. Am. Stat. Assoc. 82 (1987), equations 4 and 7; CMH-17 Vol. 1, section 8.3.2.2
    (divided by k - 1; critical value at 0.025).
    """
    k, pooled = len(batches), np.sort(np.concatenate(list(batches))) if batches else np.zeros(0)
    total = int(pooled.size)
    if k < 2 or total < 4 or any(batch.size == 0 for batch in batches) or pooled[0] == pooled[-1]:
        raise InputError(
            f"{k} batches with {total} values; a test of batches needs two with four values that differ"
        )
    distinct, count = np.unique(pooled, return_counts=True)
    below = np.searchsorted(pooled, distinct, side="left") + 0.5 * count
    weight = count / (below * (total - below) - 0.25 * total * count)
    parts = []
    for batch in batches:
        ordered = np.sort(batch)
        left = np.searchsorted(ordered, distinct, side="left")
        right = np.searchsorted(ordered, distinct, side="right")
        parts.append(np.sum(weight * (total * 0.5 * (left + right) - batch.size * below) ** 2) / batch.size)
    statistic = (total - 1.0) / (total**2 * (k - 1.0)) * math.fsum(map(float, parts))
    scatter = math.sqrt(_variance(k, total, math.fsum(1.0 / batch.size for batch in batches)))
    critical = 1.0 + scatter * (1.96 + 1.149 / math.sqrt(k - 1.0) - 0.391 / (k - 1.0))
    return BatchTest(k, statistic, critical)


def _variance(k: int, total: int, inverse_sizes: float) -> float:
    """Return the variance of the statistic where all batches come from one law."""
    t = math.fsum(1.0 / i for i in range(1, total))
    # g = sum over i < j < N of 1 / ((N - i) j), its inner sum taken as a partial sum from the end
    tails = np.cumsum(1.0 / np.arange(total - 1, 0, -1))
    g = math.fsum(float(tails[total - 2 - i]) / (total - i) for i in range(1, total - 1))
    a = (4.0 * g - 6.0) * (k - 1.0) + (10.0 - 6.0 * g) * inverse_sizes
    b = (
        (2.0 * g - 4.0) * k**2
        + 8.0 * t * k
        + (2.0 * g - 14.0 * t - 4.0) * inverse_sizes
        - 8.0 * t
        + 4.0 * g
        - 6.0
    )
    c = (6.0 * t + 2.0 * g - 2.0) * k**2 + (4.0 * t - 4.0 * g + 6.0) * k + (2.0 * t - 6.0) * inverse_sizes
    c += 4.0 * t
    d = (2.0 * t + 6.0) * k**2 - 4.0 * t * k
    above = a * total**3 + b * total**2 + c * total + d
    return above / ((total - 1.0) * (total - 2.0) * (total - 3.0) * (k - 1.0) ** 2)


def equal_variances(batches: Sequence[FloatArray]) -> AssumptionTest:
    """Return the test of whether batches scatter alike: an F test of distances from the batch medians.

    Parameters
    ----------
    batches
        k arrays of shape (n_i,), k at least 2, more values than batches.

    Returns
    -------
    AssumptionTest
        Without a significance, hence rejected, where the distances do not vary within the batches (no
        batch has more than two values).

    References
    ----------
    Brown and Forsythe, J. Am. Stat. Assoc. 69 (1974), after Levene (1960); CMH-17 Vol. 1, section
    8.3.4.1 (equality of variances).
    """
    k, total = len(batches), sum(batch.size for batch in batches)
    distances = [np.abs(batch - np.median(batch)) for batch in batches]
    grand = float(np.mean(np.concatenate(distances)))
    between = math.fsum(float(d.size * (np.mean(d) - grand) ** 2) for d in distances)
    within = math.fsum(float(np.sum((d - np.mean(d)) ** 2)) for d in distances)
    level = None
    if total > k >= 2 and within > 1e-24 * grand**2:
        ratio = between / (k - 1) / (within / (total - k))
        level = f_at_least(k - 1, total - k, ratio)
    return AssumptionTest("brown-forsythe", "equal variances", level)
