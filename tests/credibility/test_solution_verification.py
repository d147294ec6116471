from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.credibility import (
    Observed,
    RefinedPoint,
    SolutionVerificationPayload,
    charge_is_stale,
    verify_levels,
)
from assay.errors import InputError
from assay.evidence.records import canonical

STRESS = Observed("stress", "MPa", 2.0)
KNOBS = {"mesh_size": [4.0, 2.0, 1.0]}


def point(label: str, *values: float | None, **more) -> RefinedPoint:
    return RefinedPoint(label, {"thickness": 5.0}, "", {"stress": values}, **more)


def verify(*points: RefinedPoint, factor: float = 1.25, knobs=KNOBS, **more) -> SolutionVerificationPayload:
    return verify_levels("tray", [STRESS], knobs, points, factor, **more)


def series(exact: float, error: float, order: float) -> tuple[float, ...]:
    return tuple(exact - error * h**order for h in (4.0, 2.0, 1.0))


def test_a_second_order_series_is_extrapolated_to_its_limit() -> None:
    told = verify(point("centre", *series(100.0, 0.5, 2.0))).quantities[0].points[0]
    assert told.classification == "monotone"
    assert told.order == pytest.approx(2.0)
    assert told.extrapolated == pytest.approx(100.0)
    assert told.index == pytest.approx(1.25 * 0.5 / 99.5)
    assert told.relative == told.index
    assert told.absolute == pytest.approx(0.625)
    assert told.values == series(100.0, 0.5, 2.0)


def test_celik_2008_first_series_by_its_published_counts() -> None:
    """18000, 8000, 4500 cells in the plane: p = 1.53, extrapolated 6.1685, GCI 2.2 %."""
    checks = [{"elements": count} for count in (4500, 8000, 18000)]
    told = verify(point("centre", 5.863, 5.972, 6.063, checks=checks), dimension=2)
    assert told.points[0].size_source == "elements"
    assert told.points[0].ratios == pytest.approx((4 / 3, 1.5))
    found = told.quantities[0].points[0]
    assert found.order == pytest.approx(1.53397, abs=1e-4)
    assert found.extrapolated == pytest.approx(6.1685, abs=1e-4)
    assert found.index == pytest.approx(0.0217, abs=1e-4)


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ((1.0, 1.2, 1.1), "oscillatory"),
        ((1.0, 1.1, 1.3), "divergent"),
        ((1.0, 2.0, 2.001), "order-out-of-range"),
    ],
)
def test_irregular_series_are_named_and_charged_three_times_their_range(values, word: str) -> None:
    told = verify(point("centre", *values)).quantities[0].points[0]
    assert told.classification == word
    assert told.index is None
    assert told.absolute == pytest.approx(3 * (max(values) - min(values)))
    assert told.relative == pytest.approx(told.absolute / values[2])
    assert "3 times the range" in told.reason


def test_the_largest_relative_error_with_the_stated_factor_is_charged() -> None:
    told = verify(
        point("centre", *series(100.0, 0.5, 2.0)),
        point("worst stress", *series(200.0, 4.0, 2.0)),
        factor=1.5,
    ).quantities[0]
    assert told.worst_point == "worst stress"
    assert told.largest_relative == pytest.approx(1.25 * 4.0 / 196.0)
    assert told.charge == pytest.approx(1.5 * told.largest_relative)
    assert "worst stress" in told.text


def test_two_levels_are_charged_three_times_their_difference() -> None:
    told = verify(point("centre", 90.0, 100.0), knobs={"mesh_size": [2.0, 1.0]}).quantities[0]
    assert told.points[0].classification == "two-levels"
    assert told.charge == pytest.approx(1.25 * 3 * 0.1)


def test_one_level_or_a_failed_one_leaves_the_quantity_unassessed() -> None:
    one = verify(point("centre", 100.0), knobs={"mesh_size": [1.0]}).quantities[0]
    assert one.points[0].classification == "one-level"
    assert one.charge is None
    good = point("centre", *series(100.0, 0.5, 2.0))
    failed = verify(good, point("worst", 90.0, None, 99.0)).quantities[0]
    assert failed.points[1].classification == "failed"
    assert failed.points[1].values == (90.0, None, 99.0)
    assert failed.charge is None
    assert verify(good, point("worst", 90.0, float("nan"), 99.0)).quantities[0] == failed
    assert failed.text == "not assessed: a level failed at worst"


def test_equal_levels_are_exact_and_zero_is_not_assessed() -> None:
    exact = verify(point("centre", 5.0, 5.0, 5.0)).quantities[0]
    assert exact.points[0].classification == "exact"
    assert exact.charge == pytest.approx(1.25 * 3e-10)
    assert verify(point("centre", 0.0, 0.0, 0.0)).quantities[0].charge == 0.0
    vanishing = verify(point("centre", 2.0, 1.0, 0.0)).quantities[0]
    assert vanishing.charge is None
    assert "zero" in vanishing.text


def test_of_more_levels_the_finest_three_are_used_and_said() -> None:
    told = verify(point("centre", 7.0, *series(100.0, 0.5, 2.0)), knobs={"mesh_size": [8.0, 4.0, 2.0, 1.0]})
    assert told.quantities[0].points[0].order == pytest.approx(2.0)
    assert told.points[0].sizes == (4.0, 2.0, 1.0)
    assert "finest three of 4" in told.points[0].notes[0]
    assert told.knobs == {"mesh_size": (8.0, 4.0, 2.0, 1.0)}


def test_a_small_ratio_is_said() -> None:
    told = verify(point("centre", *series(100.0, 0.5, 2.0)), knobs={"mesh_size": [1.44, 1.2, 1.0]})
    assert "below 1.3" in told.points[0].notes[0]


@given(st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=3), st.floats(0.5, 4.0))
def test_any_three_values_are_classified_and_never_charged_less_than_nothing(values, order: float) -> None:
    observed = Observed("stress", "MPa", order)
    told = verify_levels("tray", [observed], KNOBS, [point("centre", *values)], 1.25)
    found = told.quantities[0].points[0]
    assert found.absolute is not None
    assert found.absolute >= 0.0
    if found.classification == "monotone":
        assert 0.5 <= found.order <= order * (1 + 1e-5)
    document = json.loads(canonical(told.model_dump(mode="json")))
    assert SolutionVerificationPayload.model_validate(document) == told


def test_a_later_error_above_the_charge_makes_it_stale() -> None:
    charge = verify(point("centre", *series(100.0, 0.5, 2.0)))
    known = charge.quantities[0].largest_relative
    assert charge_is_stale(charge, []) == ()
    within = verify(point("later", *series(100.0, 0.6, 2.0)))
    assert within.quantities[0].largest_relative > known
    assert charge_is_stale(charge, [charge, within]) == ()
    larger = verify(point("later", *series(100.0, 0.7, 2.0)))
    (stale,) = charge_is_stale(charge, [within, larger])
    assert (stale.quantity, stale.point) == ("stress", "later")
    assert stale.charged == charge.quantities[0].charge < stale.found


def test_what_could_not_be_assessed_makes_nothing_stale() -> None:
    charge = verify(point("centre", *series(100.0, 0.5, 2.0)))
    failed = verify(point("later", 90.0, None, 99.0))
    assert charge_is_stale(charge, [failed]) == ()
    assert charge_is_stale(failed, [charge]) == ()


@pytest.mark.parametrize("factor", [0.99, 0.0, float("nan"), float("inf")])
def test_a_factor_never_reduces_the_error(factor: float) -> None:
    with pytest.raises(InputError, match="factor"):
        verify(point("centre", 1.0, 2.0, 3.0), factor=factor)


def test_bad_studies_are_one_clear_error() -> None:
    with pytest.raises(InputError, match="at least one point"):
        verify()
    with pytest.raises(InputError, match="same label"):
        verify(point("centre", 1.0, 2.0, 3.0), point("centre", 1.0, 2.0, 3.0))
    with pytest.raises(InputError, match="lack stress"):
        verify(RefinedPoint("centre", {}, "", {"mass": (1.0, 2.0, 3.0)}))
