"""One-sided tolerance factors of a normal sample."""

from __future__ import annotations

import math

from assay.errors import InputError
from assay.statistics._error_budget import inside, whole
from assay.statistics._special import noncentral_t_quantile, normal_quantile


def tolerance_factor(n: int, coverage: float, confidence: float) -> float:
    """Return k such that mean - k sd of a normal sample is below all but 1 - `coverage` of its law.

    Parameters
    ----------
    n
        Size of the sample, at least 2.
    coverage
        Fraction of the population that exceeds the value, in [0.5, 1).
    confidence
        Probability over samples that it does, inside (0, 1).

    Returns
    -------
    float
        k = t / sqrt(n), with t the `confidence` quantile of the noncentral t of n - 1 degrees of
        freedom and noncentrality z(coverage) sqrt(n); dimensionless.

    Raises
    ------
    InputError
        If an argument is out of range, or the quantile function gives no number there.

    References
    ----------
    Owen, "Survey of properties and applications of the noncentral t-distribution",
    Technometrics 10 (1968); CMH-17 Vol. 1, section 8.
    """
    whole("size of the sample", n, least=2)
    inside("coverage", coverage)
    inside("confidence", confidence)
    if coverage < 0.5:
        raise InputError(f"coverage is {coverage!r}; a basis value needs a coverage of at least 0.5")
    root = math.sqrt(n)
    noncentrality = float(normal_quantile(coverage)) * root
    factor = noncentral_t_quantile(n - 1, noncentrality, confidence) / root
    if not math.isfinite(factor):
        raise InputError(f"no tolerance factor can be computed for n = {n}, {coverage}, {confidence}")
    return factor
