from __future__ import annotations

import numpy as np
import pytest

from assay.errors import InputError
from assay.statistics import anova_basis, tolerance_factor
from assay.statistics._basis_anova import anova_factor


def test_published_basis_values(published):
    case = published["three_batches"]
    for letter, coverage in (("A", 0.99), ("B", 0.90)):
        found = anova_basis(case["data"], case["batch"], coverage, 0.95)
        assert found.value == pytest.approx(case["anova"][letter], abs=case["anova"]["tolerance"])
        assert not found.rejected
        assert found.batches.differ


def test_the_order_of_rows_and_the_names_of_batches_do_not_matter(published):
    case = published["three_batches"]
    renamed = [{"1": "z", "2": "a", "3": "m"}[label] for label in case["batch"]]
    other = anova_basis(case["data"][::-1], renamed[::-1], 0.9, 0.95)
    assert other.value == pytest.approx(anova_basis(case["data"], case["batch"], 0.9, 0.95).value, rel=1e-12)


def test_the_factor_lies_between_that_of_specimens_and_that_of_batches():
    """No scatter between batches: n specimens; nothing but it: k batches."""
    specimens, batches = tolerance_factor(20, 0.9, 0.95), tolerance_factor(4, 0.9, 0.95)
    assert anova_factor(20, 4, 5.0, 1e12, 0.9, 0.95) == pytest.approx(batches, rel=1e-5)
    assert anova_factor(20, 4, 5.0, 0.0, 0.9, 0.95) == pytest.approx(specimens)
    ratios = [anova_factor(20, 4, 5.0, u, 0.9, 0.95) for u in (1.0, 2.0, 5.0, 50.0)]
    assert ratios == sorted(ratios)


def test_few_batches_give_low_values():
    values = np.tile([100.0, 101.0, 99.0, 100.5], 6) + np.repeat([0.0, 3.0, -2.0, 1.0, 4.0, -3.0], 4)
    by = [anova_basis(values[: 4 * k], [str(i // 4) for i in range(4 * k)], 0.9, 0.95).value for k in (2, 6)]
    assert by[0] < by[1]


@pytest.mark.parametrize(
    ("values", "labels", "said"),
    [
        ([1.0, 2.0, 3.0], ["a", "a", "a"], "at least two"),
        ([1.0, 2.0, 3.0], ["a", "b", "c"], "a batch with two"),
        ([1.0, 1.0, 3.0, 3.0], ["a", "a", "b", "b"], "no scatter within any batch"),
        ([1.0, 2.0, 3.0], ["a", "b"], "batch labels"),
    ],
)
def test_what_is_no_analysis_of_variance_is_refused(values, labels, said):
    with pytest.raises(InputError, match=said):
        anova_basis(values, labels, 0.9, 0.95)
