from __future__ import annotations

import pytest
from scipy import stats

from assay.errors import InputError
from assay.statistics import nonparametric_basis, nonparametric_rank


def test_published_basis_value(published):
    case = published["sixty_one"]
    oracle = case["nonparametric_B"]
    found = nonparametric_basis(case["data"], 0.90, 0.95)
    assert found.value == pytest.approx(oracle["value"], rel=oracle["relative_tolerance"])
    assert not found.rejected


@pytest.mark.parametrize(
    ("n", "coverage"), [(28, 0.9), (29, 0.9), (46, 0.9), (61, 0.9), (298, 0.99), (299, 0.99)]
)
def test_the_rank_is_the_largest_that_holds(n, coverage):
    rank, q = nonparametric_rank(n, coverage, 0.95), 1 - coverage
    assert rank == 0 or stats.binom.cdf(rank - 1, n, q) <= 0.05
    assert stats.binom.cdf(rank, n, q) > 0.05
    assert (rank == 0) == (n in (28, 298))


def test_a_small_sample_is_told_how_many_it_takes():
    with pytest.raises(InputError, match=r"28 values.*at least 29"):
        nonparametric_basis([float(i) for i in range(28)], 0.90, 0.95)


def test_ties_are_allowed():
    assert nonparametric_basis([1.0] * 40 + [2.0], 0.90, 0.95).value == 1.0
