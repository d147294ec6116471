from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.campaign import Row
from assay.credibility import check_order, compare, excluded_rate, level_bounds, level_result, picked

SEED = "sha256:" + "7" * 64


def row(index, value, key="", state="ok"):
    quantities = {"q": value} if state == "ok" else {}
    return Row(index, key, {}, state, None if state == "ok" else "crash", quantities)


def test_the_bound_is_the_largest_over_points_and_rows():
    """Two points of three levels: coarse 9, 9.5, fine 10; and 90, 97, 100. U_1 is 1 % of the finest."""
    rows = [row(i, v) for i, v in enumerate((9.0, 9.5, 10.0, 90.0, 97.0, 100.0))]
    bounds = level_bounds(rows, 3, {"q": 0.01}, 1.25)
    assert bounds[3]["q"] == pytest.approx(1.25 * (10.0 + 1.0))
    assert bounds[2]["q"] == pytest.approx(1.25 * (3.0 + 1.0))
    assert 1 not in bounds


def test_the_local_value_never_enters():
    """At a point where the quantity is zero a relative error would be infinite."""
    rows = [row(i, v) for i, v in enumerate((0.3, 0.0, 90.0, 100.0))]
    assert level_bounds(rows, 2, {"q": 0.0}, 1.0) == {2: {"q": 10.0}}


@pytest.mark.parametrize("lost", [0, 2])
def test_a_level_that_failed_somewhere_has_no_bound(lost):
    rows = [row(i, 10.0 + i, state="failed" if i == lost else "ok") for i in range(3)]
    bounds = level_bounds(rows, 3, {"q": 0.01}, 1.25)
    assert bounds[3]["q"] is None
    assert (bounds[2]["q"] is None) == (lost == 2)
    assert level_bounds([], 3, {"q": 0.01}, 1.25)[3]["q"] is None


def test_checks_are_picked_by_the_seed_alone():
    order = check_order(SEED, 59)
    assert sorted(order) == list(range(59))
    assert order == check_order(SEED, 59)
    assert order != check_order(SEED[:-1] + "8", 59)
    assert picked(SEED, 59, range(59)) == order[:10]
    assert picked(SEED, 299, range(299)) == check_order(SEED, 299)[:30]
    assert picked(SEED, 59, [4, 2]) == tuple(i for i in order if i in (2, 4))
    assert picked(SEED, 59, []) == ()


@given(st.sets(st.integers(0, 298)))
def test_ten_or_a_tenth_are_checked(decided):
    found = picked(SEED, 299, decided)
    assert set(found) <= decided
    assert len(found) == min(len(decided), max(10, -(-len(decided) // 10)))


def test_what_no_miss_excludes():
    """Clopper and Pearson for no event: 10 checks exclude 25.9 %, 30 exclude 9.5 %, 59 exclude 5 %."""
    assert excluded_rate(10) == pytest.approx(0.258866, abs=1e-6)
    assert excluded_rate(30) == pytest.approx(0.095034, abs=1e-6)
    assert 0.049 < excluded_rate(59) < 0.05
    assert excluded_rate(0) is None


def test_a_run_further_off_than_the_bound_is_a_miss():
    coarse = [row(0, 1.0), row(1, 2.0), row(2, 3.0), row(3, 9.0)]
    fine = [row(0, 1.5), row(1, 2.6), row(2, 3.0)]
    found = compare(coarse, fine, {"q": 0.5}, [0])
    assert found.misses == (1,), "every draw on both levels is compared, picked or not"
    assert found.worst == pytest.approx(1.2)
    assert compare(coarse[:1], fine, {"q": 0.5}, [0]).misses == (), "exactly at the bound agrees"


def test_a_check_that_failed_is_a_miss():
    coarse, fine = [row(0, 1.0), row(1, 1.0)], [row(0, 0.0, state="failed"), row(1, 0.0, state="failed")]
    assert compare(coarse, fine, {"q": 0.5}, [0]).misses == (0,)


def test_one_miss_voids_a_level():
    coarse, fine = [row(0, 1.0), row(1, 2.0)], [row(0, 1.0), row(1, 3.0)]
    missed = level_result(2, {"h": 1.0}, {"q": 0.5}, compare(coarse, fine, {"q": 0.5}, [0]), [0, 1], [0])
    assert (missed.void, missed.misses, missed.excluded) == (True, (1,), None)
    good = level_result(2, {"h": 1.0}, {"q": 2.0}, compare(coarse, fine, {"q": 2.0}, [0]), [0, 1], [0])
    assert (good.void, good.misses) == (False, ())
    assert good.excluded == pytest.approx(0.95)
