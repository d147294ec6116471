"""Several claims: against closed testing by brute force, and by simulation."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.errors import InputError
from assay.statistics import (
    ALL_HOLD,
    all_hold,
    any_violated,
    average_e,
    clopper_pearson_lower,
    e_holm,
    e_to_p,
    holm,
    list_confidence,
    union_level,
)

E_VALUES = st.lists(st.floats(0.0, 1e4), min_size=1, max_size=7)
LEVELS = st.lists(st.floats(0.0, 1.0), min_size=1, max_size=7)


def test_a_whole_is_as_sure_as_its_least_sure_part():
    assert all_hold([0.01, 0.04, 0.0]) == 0.04
    assert "without correction" in ALL_HOLD


@given(E_VALUES)
def test_e_holm_is_closed_testing_with_the_mean(values):
    rows = range(len(values))
    adjusted = e_holm(values)
    for row in rows:
        sets = [
            s for size in range(1, len(values) + 1) for s in itertools.combinations(rows, size) if row in s
        ]
        assert adjusted[row] == pytest.approx(min(np.mean([values[i] for i in s]) for s in sets), rel=1e-9)


@given(E_VALUES)
def test_e_holm_is_never_worse_than_holm_on_one_over_e(values):
    for own, level in zip(e_holm(values), holm([e_to_p(v) for v in values]), strict=True):
        assert e_to_p(own) <= level + 1e-12


@given(E_VALUES, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(values, random):
    order = list(range(len(values)))
    random.shuffle(order)
    found = e_holm([values[i] for i in order])
    assert [found[order.index(i)] for i in range(len(values))] == pytest.approx(list(e_holm(values)))


def test_e_holm_of_infinite_wealth_and_of_many_rows():
    assert e_holm([math.inf, 2.0]) == (math.inf, 2.0)
    assert e_holm([]) == ()
    assert len(e_holm([float(n % 97) for n in range(100_000)])) == 100_000


def test_e_to_p():
    assert [e_to_p(e) for e in (0.0, 0.5, 1.0, 20.0, math.inf)] == [1.0, 1.0, 1.0, 0.05, 0.0]


def test_at_least_one_violated():
    assert any_violated([0.5, 0.01, 0.2]) == pytest.approx(0.03)
    assert any_violated([0.9, 0.8]) == 1.0
    assert union_level(0.05, 12) == pytest.approx(0.05 / 12)
    assert average_e([60.0, 0.0, 0.0]) == pytest.approx(20.0)
    assert average_e([60.0, 0.0], [3.0, 1.0]) == pytest.approx(45.0)
    assert average_e([math.inf, 5.0], [0.0, 1.0]) == 5.0


@given(LEVELS, st.data())
def test_the_confidence_of_a_list(levels, data):
    shown = data.draw(st.lists(st.booleans(), min_size=len(levels), max_size=len(levels)))
    found = list_confidence(levels, shown)
    picked = [adjusted for adjusted, ok in zip(holm(levels), shown, strict=True) if ok]
    assert found == (1.0 - max(picked) if picked else None)
    if found is not None:
        assert found <= 1.0 - max(level for level, ok in zip(levels, shown, strict=True) if ok)
        assert list_confidence([*levels, 1.0], [*shown, False]) <= found + 1e-15, "one more look costs"


@pytest.mark.parametrize(
    "call",
    [
        lambda: all_hold([]), lambda: all_hold([1.5]), lambda: any_violated([]), lambda: any_violated([-0.1]),
        lambda: union_level(0.05, 0), lambda: e_to_p(-1.0), lambda: e_to_p(math.nan), lambda: average_e([]),
        lambda: average_e([1.0], [0.0]), lambda: average_e([1.0], [1.0, 1.0]), lambda: e_holm([-1.0]),
        lambda: list_confidence([0.1], []),
    ],
)  # fmt: skip
def test_what_is_refused(call):
    with pytest.raises(InputError):
        call()


def test_dependent_claims_keep_their_level():
    """Ten claims on the same draws, six of them false at the boundary: any false pick is an error."""
    random = np.random.default_rng(5)
    programmes, n, false = 4000, 300, 6
    shared = random.random((programmes, n))
    fractions = np.array([0.05] * false + [0.01] * 4)
    counts = (shared[:, :, None] < fractions).sum(axis=1)  # fully dependent
    from scipy.stats import binom

    levels = binom.cdf(counts, n, 0.05)
    errors = sum(min(holm(list(row))[:false]) <= 0.05 for row in levels)
    assert clopper_pearson_lower(errors, programmes, 0.01) <= 0.05
    single = int((levels[:, :false].min(axis=1) <= 0.05).sum())
    assert single >= errors
    # e-values from a bet against the same draws: the mean of dependent ones is still one
    wealth = np.prod(np.where(shared[:, :20, None] < fractions, 0.9, 1.0 + 0.1 * 0.05 / 0.95), axis=1)
    claims = sum(max(e_holm(list(row))[:false]) >= 20.0 for row in wealth)
    assert clopper_pearson_lower(claims, programmes, 0.01) <= 0.05
    assert wealth[:, 0].mean() == pytest.approx(1.0, abs=0.01)
