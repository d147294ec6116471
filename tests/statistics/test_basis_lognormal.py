from __future__ import annotations

import numpy as np
import pytest

from assay.statistics import lognormal_basis, normal_basis


def test_published_basis_values(published):
    case = published["eighteen"]
    oracle = case["lognormal"]
    for letter, coverage in (("A", 0.99), ("B", 0.90)):
        found = lognormal_basis(case["data"], coverage, 0.95)
        assert found.value == pytest.approx(oracle[letter], rel=oracle["relative_tolerance"])
        assert not found.rejected


def test_it_is_the_normal_method_of_the_logarithms(published):
    data = published["eighteen"]["data"]
    found, of_logs = lognormal_basis(data, 0.9, 0.95), normal_basis(np.log(data), 0.9, 0.95)
    assert np.log(found.value) == pytest.approx(of_logs.value)
    assert found.test.observed_significance == pytest.approx(of_logs.observed_significance)


def test_three_values_cannot_be_tested():
    found = lognormal_basis([1.0, 2.0, 3.0], 0.9, 0.95)
    assert (found.test.observed_significance, found.rejected) == (None, True)
