from __future__ import annotations

import numpy as np
import pytest

from assay.errors import InputError
from assay.statistics import (
    Law,
    draw,
    lognormal_significance,
    normal_significance,
    weibull_basis,
    weibull_significance,
)


@pytest.mark.parametrize("name", ["eighteen", "eighteen_skewed"])
def test_published_significance(published, name):
    oracle = published[name]["anderson_darling_normal_osl"]
    found = normal_significance(published[name]["data"])
    assert found == pytest.approx(oracle["value"], abs=oracle["tolerance"])


def test_the_lognormal_test_is_the_normal_test_of_logarithms(published):
    data = published["eighteen"]["data"]
    assert lognormal_significance(data) == normal_significance(np.log(data))


def _weibull(sample):
    numbers = dict(weibull_basis(sample, 0.9, 0.95).numbers)
    return weibull_significance(sample, numbers["shape"], numbers["scale"])


def test_the_weibull_test_is_honest_and_does_not_depend_on_the_unit(seed):
    """About 5 % of Weibull samples are rejected; the formula is an approximation, hence the band."""
    specimens = draw([Law.of("weibull", shape=12.0, scale=200.0)] * 20, None, seed("ad-weibull"), 0, 400)
    levels = [_weibull(row) for row in specimens]
    assert 0.02 < np.mean(np.array(levels) <= 0.05) < 0.09
    assert _weibull(specimens[0] * 6.894757e-3) == pytest.approx(levels[0], rel=1e-9)


def test_two_clusters_are_no_weibull_sample():
    clusters = np.concatenate([np.linspace(200, 205, 30), np.linspace(240, 245, 30)])
    assert _weibull(clusters) < 0.01


@pytest.mark.parametrize("test", [normal_significance, lognormal_significance])
def test_three_values_are_no_test(test):
    with pytest.raises(InputError, match="at least 4"):
        test([1.0, 2.0, 3.0])
    with pytest.raises(InputError, match="at least 4"):
        weibull_significance([1.0, 2.0, 3.0], 2.0, 2.0)
