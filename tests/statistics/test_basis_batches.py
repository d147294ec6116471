from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
from scipy import stats

from assay.errors import InputError
from assay.statistics import Law, batch_test, draw, equal_variances
from assay.statistics._basis_batches import _variance


def _four(published):
    return [np.array(row) for row in published["four_laboratories"]["data"]]


def test_published_statistic(published):
    oracle, batches = published["four_laboratories"], _four(published)
    found = batch_test(batches)
    assert found.statistic * 3 == pytest.approx(
        oracle["statistic"]["value"], abs=oracle["statistic"]["tolerance"]
    )
    deviation = 3 * math.sqrt(_variance(4, 32, 4 / 8))
    assert deviation == pytest.approx(oracle["deviation"]["value"], abs=oracle["deviation"]["tolerance"])
    assert found.differ


@pytest.mark.parametrize("sizes", [(5, 5), (7, 7, 6), (3, 20, 1, 9)])
def test_against_scipy_with_ties(sizes, seed):
    pool = np.round(draw([Law.of("normal", mean=0, sd=1)] * sum(sizes), None, seed("k"), 0, 1)[0], 1)
    batches = np.split(pool, np.cumsum(sizes)[:-1])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its p-value, which is not asked for
        scipys = stats.anderson_ksamp(batches, variant="midrank").statistic
    k = len(sizes)
    deviation = math.sqrt(_variance(k, sum(sizes), sum(1 / n for n in sizes)))
    assert (batch_test(batches).statistic - 1.0) / deviation == pytest.approx(scipys, rel=1e-9)


def test_batches_of_one_law_differ_in_a_fortieth(seed):
    specimens = draw([Law.of("normal", mean=0.0, sd=1.0)] * 21, None, seed("adk"), 0, 2000)
    rate = np.mean([batch_test(np.split(row, 3)).differ for row in specimens])
    assert 0.012 < rate < 0.04


def test_equal_variances_is_brown_and_forsythes(published):
    batches = _four(published)
    found = equal_variances(batches)
    assert found.observed_significance == pytest.approx(stats.levene(*batches, center="median").pvalue)
    wide = [batches[0], batches[0] * 40.0, batches[1]]
    assert equal_variances(wide).rejected


def test_variances_that_cannot_be_compared_count_as_unequal():
    pairs = [np.array([1.0, 2.0]), np.array([5.0, 6.0])]
    assert equal_variances(pairs).observed_significance is None
    assert equal_variances(pairs).rejected


@pytest.mark.parametrize(
    "batches",
    [[], [[1.0, 2.0, 3.0, 4.0]], [[1.0, 2.0], [3.0]], [[1.0, 2.0, 3.0, 4.0], []], [[1.0, 1.0], [1.0, 1.0]]],
)
def test_what_is_no_test_of_batches_is_refused(batches):
    with pytest.raises(InputError):
        batch_test([np.array(batch) for batch in batches])
