from __future__ import annotations

import pytest

from assay.errors import InputError
from assay.statistics import AssumptionTest, BasisValue, BatchTest, basis_by
from assay.statistics._basis_result import by_batch, positive_sample, usable_sample

METHODS = ("normal", "lognormal", "weibull", "hanson-koopmans", "nonparametric", "anova")
BAD = [[], [1.0], [1.0, float("nan")], [1.0, float("inf")], [2.0] * 9, [[1.0, 2.0]], [1e308, -1e308]]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("sample", BAD, ids=repr)
def test_no_method_takes_nonsense(method, sample):
    with pytest.raises(InputError):
        basis_by(method, sample, 0.9, 0.95, ["a", "b"] * 4 + ["a"])


@pytest.mark.parametrize("method", ["lognormal", "weibull", "hanson-koopmans"])
def test_methods_on_logarithms_need_positive_values(method):
    with pytest.raises(InputError, match=f"the {method} method is for positive values"):
        basis_by(method, [0.0, 1.0, 2.0, 3.0], 0.9, 0.95)


def test_a_test_that_cannot_be_made_rejects():
    assert AssumptionTest("anderson-darling", "normal", None).rejected
    assert AssumptionTest("anderson-darling", "normal", 0.05).rejected
    assert AssumptionTest("anderson-darling", "normal", float("nan")).rejected
    assert not AssumptionTest("anderson-darling", "normal", 0.051).rejected


def test_batches_that_differ_reject_every_method_but_anova():
    differ = BatchTest(3, 2.0, 1.9)
    assert differ.differ
    assert BatchTest(3, float("nan"), 1.9).differ
    assert not BatchTest(3, 1.0, 1.9).differ
    for method in METHODS:
        value = BasisValue(method, 1.0, 9, 0.9, 0.95, 1.0, (), None, differ)
        assert value.rejected == (method != "anova")


def test_values_by_batch_need_a_label_each():
    values = [1.0, 2.0, 3.0]
    assert [b.tolist() for b in by_batch(values, ["y", "x", "y"])] == [[2.0], [1.0, 3.0]]
    with pytest.raises(InputError, match="2 batch labels"):
        by_batch(values, ["x", "y"])
    with pytest.raises(InputError, match="empty batch label"):
        by_batch(values, ["x", " ", "y"])


def test_samples_come_back_as_arrays():
    assert usable_sample([1, 2]).tolist() == [1.0, 2.0]
    assert positive_sample([1, 2], "weibull").tolist() == [1.0, 2.0]
    with pytest.raises(InputError, match="without scatter in their logarithms"):
        positive_sample([1e9, 1e9 * (1 + 2.3e-16)], "weibull")
