"""Tolerance factors against the published table and two other computations."""

from __future__ import annotations

import math

import numpy as np
import pytest

from assay.errors import InputError
from assay.statistics import tolerance_factor

TABLE = {  # STATISTICS.md section 0; Owen, Natrella, CMH-17
    0.95: {5: 4.2027, 10: 2.911, 20: 2.396, 30: 2.2198, 50: 2.065, 60: 2.0222, 100: 1.9265, 300: 1.7996},
    0.99: {5: 5.7411, 10: 3.9811, 20: 3.2952, 30: 3.0639, 50: 2.8624, 60: 2.8071, 100: 2.684, 300: 2.5219},
}


@pytest.mark.parametrize("coverage", TABLE)
def test_the_published_table(coverage: float) -> None:
    for n, factor in TABLE[coverage].items():
        assert tolerance_factor(n, coverage, 0.95) == pytest.approx(factor, abs=6e-5)


def achieved_confidence(factor: float, n: int, coverage: float) -> float:
    """P(Z + factor sqrt(n) S > z sqrt(n)) by quadrature over S, with no noncentral t in sight."""
    from scipy.special import chdtri, ndtr, ndtri

    nodes, weights = np.polynomial.legendre.leggauss(400)
    u = 0.5 * (nodes + 1.0)
    s = np.sqrt(chdtri(n - 1, 1.0 - u) / (n - 1))
    return float(np.sum(0.5 * weights * ndtr(math.sqrt(n) * (factor * s - ndtri(coverage)))))


@pytest.mark.parametrize("n", [2, 3, 7, 18, 60, 1000, 20_000])
@pytest.mark.parametrize(("coverage", "confidence"), [(0.9, 0.95), (0.99, 0.95), (0.999, 0.5), (0.5, 0.99)])
def test_the_factor_achieves_its_confidence(n: int, coverage: float, confidence: float) -> None:
    factor = tolerance_factor(n, coverage, confidence)
    assert achieved_confidence(factor, n, coverage) == pytest.approx(confidence, abs=2e-5)


def test_agrees_with_scipy_stats() -> None:
    from scipy.stats import nct, norm

    for n, coverage, confidence in [(4, 0.99, 0.95), (15, 0.9, 0.95), (75, 0.99, 0.95), (9, 0.95, 0.05)]:
        other = nct.ppf(confidence, n - 1, norm.ppf(coverage) * math.sqrt(n)) / math.sqrt(n)
        assert tolerance_factor(n, coverage, confidence) == pytest.approx(other, rel=1e-7)


def test_monotone_in_everything_and_tends_to_the_normal_quantile() -> None:
    sizes = [tolerance_factor(n, 0.99, 0.95) for n in (2, 3, 5, 10, 100, 1000)]
    assert sizes == sorted(sizes, reverse=True)
    assert tolerance_factor(10, 0.9, 0.95) < tolerance_factor(10, 0.99, 0.95)
    assert tolerance_factor(10, 0.9, 0.9) < tolerance_factor(10, 0.9, 0.95)
    assert tolerance_factor(1_000_000, 0.99, 0.95) == pytest.approx(2.3263, abs=0.005)


@pytest.mark.parametrize("arguments", [(1, 0.9, 0.95), (10, 0.3, 0.95), (10, 1.0, 0.95), (10, 0.9, math.nan)])
def test_nonsense_is_refused(arguments: tuple[int, float, float]) -> None:
    with pytest.raises(InputError):
        tolerance_factor(*arguments)
