from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from assay.errors import InputError
from assay.statistics import weibull_basis
from assay.statistics._basis_weibull import extreme_value_fit, weibull_factor


def test_published_basis_values(published):
    case = published["eighteen"]
    oracle = case["weibull"]
    for letter, coverage in (("A", 0.99), ("B", 0.90)):
        found = weibull_basis(case["data"], coverage, 0.95)
        assert found.value == pytest.approx(oracle[letter], abs=oracle[f"tolerance_{letter}"])
        assert not found.rejected


def test_the_fit_is_the_likeliest(published):
    data = published["sixty_one"]["data"]
    shape, _, scale = stats.weibull_min.fit(data, floc=0.0)
    numbers = dict(weibull_basis(data, 0.9, 0.95).numbers)
    assert numbers["shape"] == pytest.approx(shape, rel=1e-4)
    assert numbers["scale"] == pytest.approx(scale, rel=1e-4)


@pytest.mark.parametrize("power", [-6, 6])
def test_the_factor_depends_on_neither_unit_nor_power(published, power):
    """Residuals are ancillary: x -> a x^b moves the parameters and nothing else."""
    data = np.array(published["eighteen"]["data"])
    found = weibull_basis(data, 0.99, 0.95)
    other = weibull_basis(10.0**power * data**2, 0.99, 0.95)
    assert other.factor == pytest.approx(found.factor, rel=1e-8)
    assert other.value == pytest.approx(10.0**power * found.value**2, rel=1e-8)


def test_factor_of_two_values_by_hand():
    """n = 2: the density of z integrates in closed form; checked by brute quadrature in two variables."""
    from scipy.integrate import quad
    from scipy.special import gammainc

    location, spread = extreme_value_fit(np.array([0.0, 1.0]))
    a = (np.array([0.0, 1.0]) - location) / spread
    t = weibull_factor(a, 0.9, 0.95)

    def density(z):
        return np.exp((z - 1.0) * a.sum()) / np.mean(np.exp(a * z)) ** 2

    def level(z):
        return gammainc(2, np.exp(np.minimum(np.log(-np.log(0.9)) + t * z + a * z, 600.0)).sum())

    total = quad(density, 0, 60)[0]
    assert quad(lambda z: density(z) * level(z), 0, 60, limit=200)[0] / total == pytest.approx(0.95, abs=1e-7)


def test_more_confidence_and_coverage_give_lower_values(published):
    data = published["eighteen"]["data"]
    values = [
        weibull_basis(data, p, c).value for p, c in ((0.9, 0.5), (0.9, 0.95), (0.99, 0.95), (0.99, 0.99))
    ]
    assert values == sorted(values, reverse=True)


@pytest.mark.parametrize(
    ("coverage", "confidence"), [(0.4, 0.95), (1.0, 0.95), (0.9, 1.0), (0.9, float("nan"))]
)
def test_what_is_out_of_range_is_refused(coverage, confidence):
    with pytest.raises(InputError):
        weibull_basis([1.0, 2.0, 3.0], coverage, confidence)
