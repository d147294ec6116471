"""The edges at which a run's state changes."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from assay.showing.critical import critical_values
from assay.showing.records import Charge
from assay.showing.states import Limit, State, state_of

LIMITS = st.floats(-100.0, 100.0).filter(lambda value: abs(value) > 1e-3)


def _charge(numerical: float, model: float) -> Charge:
    return Charge(numerical_relative=numerical, model_basis="allowance", model_factor=model)


@given(LIMITS, st.floats(0.0, 0.3), st.floats(1.0, 1.5), st.floats(0.5, 2.0), st.sampled_from([-1.0, 1.0]))
def test_state_changes_at_the_edges(
    value: float, numerical: float, model: float, factor: float, side: float
) -> None:
    limit = Limit("at_most", (value,), factor, _charge(numerical, model))
    edges = critical_values(limit)
    step = side * 1e-9 * abs(edges.within_high)
    expected = State.WITHIN if side < 0 else (State.OPEN, State.BEYOND)
    assert state_of(edges.within_high + step, limit) in expected
    step = side * 1e-9 * abs(edges.beyond_high)
    found = state_of(edges.beyond_high + step, limit)
    assert (found is State.BEYOND) == (side > 0)
    assert edges.within_low == edges.beyond_low == -math.inf


@given(LIMITS, st.floats(0.0, 0.3), st.floats(1.0, 1.5), st.floats(0.5, 2.0), st.sampled_from([-1.0, 1.0]))
def test_mirrored_from_below(
    value: float, numerical: float, model: float, factor: float, side: float
) -> None:
    limit = Limit("at_least", (value,), factor, _charge(numerical, model))
    edges = critical_values(limit)
    assert (state_of(edges.within_low + side * 1e-9 * abs(edges.within_low), limit) is State.WITHIN) == (
        side > 0
    )
    assert (state_of(edges.beyond_low + side * 1e-9 * abs(edges.beyond_low), limit) is State.BEYOND) == (
        side < 0
    )
    assert edges.within_high == edges.beyond_high == math.inf


def test_a_charge_of_all_leaves_nothing_beyond() -> None:
    edges = critical_values(Limit("at_most", (3.0,), 1.0, _charge(1.0, 1.0)))
    assert edges.beyond_high == math.inf
    assert edges.within_high == 1.5
