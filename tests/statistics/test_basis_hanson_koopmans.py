from __future__ import annotations

import pytest

from assay.errors import InputError
from assay.statistics import hanson_koopmans_basis, hanson_koopmans_factor, hanson_koopmans_rank


def test_published_basis_values(published):
    case = published["eighteen"]
    for letter, coverage, name in (("A", 0.99, "woodward_frawley_A"), ("B", 0.90, "optimum_order_B")):
        oracle = case[f"hanson_koopmans_{name}"]
        found = hanson_koopmans_basis(case["data"], coverage, 0.95)
        assert found.value == pytest.approx(oracle["value"], rel=oracle["relative_tolerance"]), letter


def test_published_factors_beside_the_median(published):
    """Vangel's table for odd n is that of the smallest value and the median."""
    for n, z in published["hanson_koopmans_z_90_95"].items():
        assert hanson_koopmans_factor(int(n), (int(n) + 1) // 2, 0.90, 0.95) == pytest.approx(z, abs=3e-7)


def test_the_largest_value_at_high_coverage_and_the_best_below():
    assert hanson_koopmans_rank(18, 0.99, 0.95) == 18
    assert [hanson_koopmans_rank(n, 0.90, 0.95) for n in (2, 3, 5, 7, 9, 11, 13)] == [2, 3, 4, 5, 6, 7, 7]


def test_two_values_in_closed_form():
    """n = 2, r = 2: P(U_2 (U_1/U_2)^z > q) = 1 - q^2 - 2 int_q^1 u (q/u)^(1/z) du."""
    z, q = hanson_koopmans_factor(2, 2, 0.9, 0.95), 0.1
    inner = 2 * q ** (1 / z) * (1 - q ** (2 - 1 / z)) / (2 - 1 / z)
    assert 1 - (1 - q**2 - inner) == pytest.approx(0.95, abs=1e-12)


def test_a_large_sample_is_sent_to_its_own_order_statistics():
    hanson_koopmans_factor(28, 10, 0.90, 0.95)
    with pytest.raises(InputError, match="nonparametric"):
        hanson_koopmans_factor(29, 10, 0.90, 0.95)


def test_ties_where_it_draws_on_scatter_are_refused():
    with pytest.raises(InputError, match="need"):
        hanson_koopmans_basis([1.0, 1.0, 1.0, 1.0, 2.0], 0.9, 0.95)
    assert hanson_koopmans_basis([1.0, 1.5, 1.5, 1.5, 1.5], 0.9, 0.95).value < 1.0


@pytest.mark.parametrize(("n", "rank"), [(1, 2), (5, 1), (5, 6)])
def test_ranks_outside_the_sample_are_refused(n, rank):
    with pytest.raises(InputError):
        hanson_koopmans_factor(n, rank, 0.9, 0.95)
