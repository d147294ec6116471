"""Basis values against STAT17's numbers, on real castings, and by replication."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from assay.errors import InputError
from assay.statistics import Law, draw, normal_basis, normal_significance

Floats = npt.NDArray[np.float64]


def test_published_basis_values(published: dict[str, Any]) -> None:
    case = published["eighteen"]
    oracle = case["normal"]
    for letter, coverage in (("A", 0.99), ("B", 0.90)):
        basis = normal_basis(case["data"], coverage, 0.95)
        assert basis.value == pytest.approx(oracle[letter], rel=oracle["relative_tolerance"])
        assert not basis.normal_rejected


def test_die_cast_specimens(die_cast_mpa: Floats) -> None:
    basis = normal_basis(die_cast_mpa, 0.99, 0.95)
    assert (basis.n, round(basis.factor, 4)) == (60, 2.8071)
    assert basis.value == pytest.approx(142.39, abs=0.005)
    assert basis.value == basis.mean - basis.factor * basis.sd
    assert not basis.normal_rejected


def test_significance_depends_on_neither_unit_nor_order(die_cast_mpa: Floats) -> None:
    other = normal_significance(die_cast_mpa[::-1] * 145.0377 - 1e4)
    assert other == pytest.approx(normal_significance(die_cast_mpa), rel=1e-9)


def test_a_sample_that_is_not_normal_is_flagged(seed: Callable[[str], str]) -> None:
    skewed = draw([Law.of("weibull", shape=1.0, scale=10.0)], None, seed("skewed"), 0, 60)[:, 0]
    assert normal_basis(skewed, 0.90, 0.95).normal_rejected
    two_batches = np.concatenate([np.linspace(200, 205, 30), np.linspace(240, 245, 30)])
    assert normal_basis(two_batches, 0.90, 0.95).normal_rejected
    outlier = np.append(np.linspace(-1, 1, 20), 1e12)
    assert normal_basis(outlier, 0.90, 0.95).observed_significance == pytest.approx(0.0, abs=1e-10)


def test_three_specimens_cannot_be_tested_and_count_as_not_normal() -> None:
    basis = normal_basis([250.0, 260.0, 255.0], 0.99, 0.95)
    assert basis.observed_significance is None
    assert basis.normal_rejected


@pytest.mark.parametrize("coverage", [0.99, 0.90])
def test_a_normal_basis_value_covers_as_promised(
    coverage: float, seed: Callable[[str], str], too_many: Callable[[int, int, float], bool]
) -> None:
    """10 specimens, 3000 times: the value exceeds the true percentile in 5 %, neither more nor less."""
    from scipy.special import ndtri

    samples = 3000
    law = Law.of("normal", mean=250.0, sd=12.0)
    specimens = draw([law] * 10, None, seed("basis"), 0, samples)
    truth = 250.0 - 12.0 * float(ndtri(coverage))
    too_high = sum(normal_basis(row, coverage, 0.95).value > truth for row in specimens)
    assert not too_many(too_high, samples, 0.05)
    assert not too_many(samples - too_high, samples, 0.95), "exact method: it should not be conservative"


def test_the_significance_is_honest_for_normal_samples(seed: Callable[[str], str]) -> None:
    """About 5 % of normal samples are rejected; the formula is an approximation, hence the band."""
    specimens = draw([Law.of("normal", mean=0.0, sd=1.0)] * 20, None, seed("ad"), 0, 2000)
    rejected = sum(normal_significance(row) <= 0.05 for row in specimens) / 2000
    assert 0.03 < rejected < 0.07


@pytest.mark.parametrize(
    "sample", [[], [1.0], [1.0, np.nan], [1.0, np.inf], [2.0] * 9, [[1.0, 2.0]], [1e308, -1e308]]
)
def test_nonsense_is_refused(sample: object) -> None:
    with pytest.raises(InputError):
        normal_basis(sample, 0.99, 0.95)  # type: ignore[arg-type]
