"""Rung 2, monotone: what runs prove, and what contradicts the declaration."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from assay.errors import InputError
from assay.statistics import (
    CONCEDED,
    SAFE,
    UNDECIDED,
    contradictions,
    monotone_regions,
    orient,
    pairs_compared,
    worst_corner,
)

POINTS = arrays(np.float64, (12, 3), elements=st.integers(0, 4).map(float))
SIGNS = st.tuples(*[st.sampled_from([1, -1, 0])] * 3).filter(any)
YES = np.array([True])


def test_a_run_within_proves_what_is_less_harmful():
    points = [[0.2, 0.9], [0.6, 0.9], [0.2, 0.1], [0.5, 0.5], [0.9, 0.05]]
    regions = monotone_regions(points, [[0.5, 0.5]], [1, -1], below_upper=YES)
    assert regions.tolist() == [SAFE, UNDECIDED, UNDECIDED, SAFE, UNDECIDED]
    regions = monotone_regions(points, [[0.5, 0.5]], [1, -1], below_upper=~YES, beyond_upper=YES)
    assert regions.tolist() == [UNDECIDED, UNDECIDED, UNDECIDED, CONCEDED, CONCEDED]
    regions = monotone_regions(points, [[0.5, 0.5]], [1, -1], above_lower=YES)
    assert regions.tolist() == [UNDECIDED, UNDECIDED, UNDECIDED, SAFE, SAFE]


def test_between_needs_both_sides():
    points = [[0.5], [0.1], [0.9]]
    runs = [[0.2], [0.8]]
    within = np.array([True, True])
    regions = monotone_regions(points, runs, [1], below_upper=within, above_lower=within)
    assert regions.tolist() == [SAFE, UNDECIDED, UNDECIDED]
    regions = monotone_regions(points, runs, [1], below_upper=within, above_lower=np.array([False, True]))
    assert SAFE not in regions
    beyond = np.array([True, False])
    regions = monotone_regions(
        points, runs, [1], below_upper=~beyond, above_lower=~beyond, beyond_lower=beyond
    )
    assert regions.tolist() == [UNDECIDED, CONCEDED, UNDECIDED]


def test_a_factor_without_a_sign_is_compared_with_itself_only():
    regions = monotone_regions([[0.1, 2.0], [0.1, 1.0]], [[0.5, 1.0]], [1, 0], below_upper=YES)
    assert regions.tolist() == [UNDECIDED, SAFE]
    assert orient([[1.0, 2.0]], [-1, 0]).tolist() == [[-1.0, 2.0, -2.0]]


@given(POINTS, SIGNS, st.integers(0, 11), st.floats(-3.0, 3.0))
def test_regions_are_true_of_every_monotone_response(points, signs, split, limit):
    """A response built to be monotone in the declared signs, arbitrary in the rest."""
    weight = np.array([1.0, 0.5, 0.25]) * np.array(signs)
    free = np.where(np.array(signs) == 0, np.sin(3.0 * points), 0.0).sum(axis=1)
    q = points @ weight + 0.5 * np.floor(points @ weight) + free
    runs = points[split:]
    below, beyond = q[split:] <= limit, q[split:] > limit
    regions = monotone_regions(points, runs, signs, below_upper=below, beyond_upper=beyond)
    assert (q[regions == SAFE] <= limit).all()
    assert (q[regions == CONCEDED] > limit).all()
    assert contradictions(points, q, signs) == ()
    mirrored = monotone_regions(points, runs, signs, above_lower=q[split:] >= limit)
    assert (q[mirrored == SAFE] >= limit).all()


@given(POINTS, SIGNS, arrays(np.float64, 12, elements=st.integers(0, 3).map(float)))
def test_contradictions_are_exactly_the_pairs_of_the_definition(runs, signs, q):
    signs = np.array(signs)
    expected = {
        (i, j)
        for i in range(12)
        for j in range(12)
        if all(
            s * runs[i, k] <= s * runs[j, k] if s else runs[i, k] == runs[j, k] for k, s in enumerate(signs)
        )
        and q[i] > q[j]
    }
    found = contradictions(runs, q, signs)
    assert set(found) == expected
    assert len(found) == len(expected)
    assert [q[i] - q[j] for i, j in found] == sorted((q[i] - q[j] for i, j in found), reverse=True)
    assert set(contradictions(runs, q, signs, tolerance=1.0)) == {
        (i, j) for i, j in expected if q[i] - q[j] > 1
    }


@given(POINTS, SIGNS, arrays(np.bool_, 12), st.integers(0, 11))
def test_a_run_turned_to_beyond_never_proves_more(points, signs, below, turned):
    worse = below.copy()
    worse[turned] = False
    before = monotone_regions(points, points, signs, below_upper=below)
    after = monotone_regions(points, points, signs, below_upper=worse, beyond_upper=below & ~worse)
    assert not ((after == SAFE) & (before != SAFE)).any()


@given(POINTS, SIGNS, arrays(np.bool_, 12), st.permutations(range(12)))
def test_the_order_of_runs_changes_nothing(points, signs, below, order):
    order = list(order)
    first = monotone_regions(points, points, signs, below_upper=below)
    assert np.array_equal(first, monotone_regions(points, points[order], signs, below_upper=below[order]))


def test_a_failed_run_contradicts_nothing():
    assert contradictions([[0.0], [1.0], [2.0]], [5.0, np.nan, 7.0], [1]) == ()
    assert contradictions([[0.0], [1.0], [2.0]], [5.0, np.nan, 4.0], [1]) == ((0, 2),)
    assert pairs_compared([[0.0], [1.0], [2.0]], [1]) == 3
    assert pairs_compared([[0.0, 1.0], [1.0, 0.0]], [1, 1]) == 0


def test_the_worst_corner():
    low, high = [1.0, 2.0], [3.0, 4.0]
    assert worst_corner(low, high, [1, -1]).tolist() == [3.0, 2.0]
    assert worst_corner(low, high, [1, -1], at_most=False).tolist() == [1.0, 4.0]


@pytest.mark.parametrize(
    ("low", "high", "signs"),
    [([0.0], [1.0], [0]), ([1.0], [0.0], [1]), ([0.0], [np.inf], [1]), ([0.0, 0.0], [1.0, 1.0], [1])],
)
def test_a_box_without_a_worst_corner_is_refused(low, high, signs):
    with pytest.raises(InputError):
        worst_corner(low, high, signs)


@pytest.mark.parametrize("signs", [[2, 1], [0, 0], [1], [[1, 1]]])
def test_malformed_signs_are_refused(signs):
    with pytest.raises(InputError):
        orient([[0.0, 1.0]], signs)


def test_malformed_runs_are_refused():
    with pytest.raises(InputError):
        monotone_regions([[0.0]], [[0.0]], [1])
    with pytest.raises(InputError):
        monotone_regions([[0.0]], [[0.0]], [1], below_upper=[1.0])
    with pytest.raises(InputError):
        orient([[np.nan]], [1])
    with pytest.raises(InputError):
        contradictions([[0.0]], [1.0, 2.0], [1])
    with pytest.raises(InputError):
        contradictions([[0.0]], [1.0], [1], tolerance=-1.0)


def test_a_pool_is_sorted_in_linear_time():
    random = np.random.default_rng(1)
    runs, below = random.random((40, 6)), random.random(40) < 0.8

    def seconds(size: int) -> float:
        points = random.random((size, 6))
        start = time.process_time()
        monotone_regions(points, runs, [1] * 6, below_upper=below, beyond_upper=~below)
        return time.process_time() - start

    seconds(10_000)
    assert seconds(400_000) < 40 * max(seconds(40_000), 0.005)
