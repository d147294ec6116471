"""Basis value of a large sample of any law: one of its smallest values."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from assay.errors import InputError
from assay.statistics._basis_result import BasisValue, usable_sample
from assay.statistics._error_budget import allowed_fraction
from assay.statistics._fixed_plan import fixed_plan_shown, wilks_size


def nonparametric_rank(n: int, coverage: float, confidence: float) -> int:
    """Return the largest r whose r-th smallest value is a basis value; 0 where the sample is too small.

    Parameters
    ----------
    n
        Size of the sample, at least 1.
    coverage, confidence
        Inside (0, 1).

    References
    ----------
    Wilks (1941); CMH-17 Vol. 1, section 8.3.4.5.1: at least r of n below the percentile has
    probability `confidence` or more; here by the exact binomial law, without the tables.
    """
    below, error = allowed_fraction(coverage), allowed_fraction(confidence)
    rank = 0
    while rank < n and fixed_plan_shown(rank, n, below, error):
        rank += 1
    return rank


def nonparametric_basis(values: npt.ArrayLike, coverage: float, confidence: float) -> BasisValue:
    """Return the basis value of a large sample, whatever its law; ties are allowed.

    Parameters
    ----------
    values
        Shape (n,), any unit; n at least 29 at 90/95 and 299 at 99/95.
    coverage, confidence
        0.99, 0.95 and 0.90, 0.95 are the usual pairs.

    Raises
    ------
    InputError
        If the sample is too small, a value is not finite, or all are equal.
    """
    sample = usable_sample(values)
    n = int(sample.size)
    rank = nonparametric_rank(n, coverage, confidence)
    if rank == 0:
        least = wilks_size(coverage, allowed_fraction(confidence))
        raise InputError(
            f"{n} values; the nonparametric method needs at least {least} at {coverage:g}/{confidence:g}"
        )
    return BasisValue(
        method="nonparametric",
        value=float(np.sort(sample)[rank - 1]),
        n=n,
        coverage=coverage,
        confidence=confidence,
        factor=1.0,
        numbers=(("rank", float(rank)),),
        test=None,
    )
