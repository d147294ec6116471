from __future__ import annotations

import numpy as np
import pytest

from assay.errors import InputError
from assay.statistics import betting_level, constants_error
from assay.statistics._bet_constants import FEWEST_CHEAP, mean_ends


def test_all_refits_together_take_one_thousandth() -> None:
    assert constants_error(0.05) == 1e-3
    assert sum(constants_error(0.05, j) for j in range(1, 60)) <= 1e-3
    assert constants_error(0.05, 1) == 5e-4
    assert constants_error(0.05, 2) == 2.5e-4


def test_a_small_level_keeps_nine_tenths() -> None:
    assert constants_error(0.002) == pytest.approx(2e-4)
    assert betting_level(0.002, exact=False) == pytest.approx(0.0018)


def test_level() -> None:
    assert betting_level(0.05, exact=False) == pytest.approx(0.049)
    assert betting_level(0.05, exact=True) == 0.05


@pytest.mark.parametrize(("error", "refit"), [(0.0, 1), (1.0, 1), (float("nan"), 1), (0.05, 0)])
def test_bad_input(error: float, refit: int) -> None:
    with pytest.raises(InputError):
        constants_error(error, refit)


VALUES = np.array([0.0, 0.4, 1.0, 5.0])


def test_a_pool_is_the_law() -> None:
    assert mean_ends(VALUES, np.array([6, 2, 1, 1]), None) == pytest.approx((0.68, 0.68), rel=1e-15)


def test_what_does_not_vary_needs_no_bound() -> None:
    low, high = mean_ends(np.full(4, 1.25), np.array([6, 2, 1, 1]), 1e-4)
    assert low == high == 1.25


def test_too_few_draws() -> None:
    with pytest.raises(InputError, match="at least 1000000"):
        mean_ends(VALUES, np.array([999_999, 0, 0, 0]), 1e-4)
    with pytest.raises(InputError, match="at least one point"):
        mean_ends(VALUES, np.zeros(4, dtype=np.intp), None)


def test_unseen_bins_are_not_believed_empty() -> None:
    """No draw fell into the bin of value 5: the upper end stays above 0 all the same."""
    low, high = mean_ends(VALUES, np.array([FEWEST_CHEAP, 0, 0, 0]), 1e-4)
    assert low == 0.0
    assert high > 5.0 * 3.0 / FEWEST_CHEAP  # the rule of three: a bin of mass 3/M is seen with 95 %


@pytest.mark.parametrize("mass", [1e-6, 1e-4, 0.01, 0.3])
def test_ends_cover_the_mean(mass: float, too_many: object) -> None:
    """Each end fails far less often than its error; simulated by multinomial counts."""
    rng = np.random.default_rng(7)
    law = np.array([1.0 - 2 * mass, mass / 2, mass, mass / 2])
    counts = rng.multinomial(FEWEST_CHEAP, law, size=1500)
    truth = float(VALUES @ law)
    error = 0.01
    ends = np.array([mean_ends(VALUES, count, error) for count in counts])
    assert callable(too_many)
    assert not too_many(int((ends[:, 0] > truth).sum()), len(counts), error)
    assert not too_many(int((ends[:, 1] < truth).sum()), len(counts), error)
    width = float((ends[:, 1] - ends[:, 0]).mean())
    normal = 2 * 2.33 * float(np.sqrt((VALUES**2 @ law - truth**2) / FEWEST_CHEAP))
    assert width < 1.5 * normal + 2e-4  # and they are not idle
