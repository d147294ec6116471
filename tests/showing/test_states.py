from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.showing import Limit, State, charged, excess, judge_draw, slack, state_of
from assay.showing.records import Charge
from assay.showing.states import crossed, slacks

VALUES = st.floats(-1e6, 1e6)
FACTORS = st.floats(1.0, 3.0)
CHARGES = st.builds(
    lambda x, f: Charge(numerical_relative=x, model_basis="allowance", model_factor=f),
    st.floats(0.0, 2.0),
    st.floats(1.0, 2.0),
)
LIMITS = st.floats(0.0, 1e6)


def limit(sense="at_most", *values, factor=1.0, x=0.0, f=1.0):
    charge = Charge(numerical_relative=x, model_basis="allowance", model_factor=f)
    return Limit(sense, values or (100.0,), factor, charge)


def limits(*, values=LIMITS):
    def build(sense, a, b, factor, charge):
        return Limit(sense, tuple(sorted((a, b))) if sense == "between" else (a,), factor, charge)

    return st.builds(
        build, st.sampled_from(["at_most", "at_least", "between"]), values, values, FACTORS, CHARGES
    )


@pytest.mark.parametrize(
    ("value", "against", "state"),
    [
        (100.0, limit(), "within"),
        (math.nextafter(100.0, 101.0), limit(), "beyond"),
        # 90 + 5 % + 5 % of 90 is 99
        (90.0, limit(x=0.05, f=1.05), "within"),
        (91.0, limit(x=0.05, f=1.05), "open"),
        (111.0, limit(x=0.05, f=1.05), "open"),
        (112.0, limit(x=0.05, f=1.05), "beyond"),
        (66.0, limit(factor=1.5), "within"),
        (67.0, limit(factor=1.5), "beyond"),
        (60.0, limit(factor=1.5, x=0.1), "within"),
        (74.0, limit(factor=1.5, x=0.1), "open"),
        (-500.0, limit(), "within"),
        (100.0, limit("at_least"), "within"),
        (99.0, limit("at_least"), "beyond"),
        (149.0, limit("at_least", factor=1.5), "beyond"),
        (105.0, limit("at_least", x=0.1), "open"),
        (112.0, limit("at_least", x=0.1), "within"),
        (90.0, limit("at_least", x=0.1), "beyond"),
        (5.0, limit("between", 1.0, 7.0), "within"),
        (0.9, limit("between", 1.0, 7.0), "beyond"),
        (7.1, limit("between", 1.0, 7.0), "beyond"),
        (1.05, limit("between", 1.0, 7.0, x=0.1), "open"),
        (5.0, limit("between", 1.0, 7.0, factor=1.5), "beyond"),
        (4.0, limit("between", 1.0, 7.0, factor=1.5), "within"),
        (1.2, limit("between", 1.0, 7.0, factor=1.5), "beyond"),
    ],
)
def test_state(value, against, state):
    assert state_of(value, against) == state


def test_charged_takes_both_errors_of_the_absolute_value():
    charge = Charge(numerical_relative=0.1, model_basis="allowance", model_factor=1.05)
    assert charged(-100.0, charge) == pytest.approx((-115.0, -85.0))


@given(VALUES, limits())
def test_no_value_is_within_and_beyond(value, against):
    assert not (slack(value, against) >= 0.0 and excess(value, against) > 0.0)
    assert slack(value, against) == min(slacks(value, against))


@given(VALUES, limits(), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_raising_an_error_never_decides_anything(value, against, more_x, more_m):
    charge = against.charge
    raised = Charge(
        numerical_relative=charge.numerical_relative + more_x,
        model_basis="allowance",
        model_factor=charge.model_factor + more_m,
    )
    after = state_of(value, Limit(against.sense, against.values, against.demand_factor, raised))
    assert after in {state_of(value, against), State.OPEN}


@given(VALUES, limits(), FACTORS)
def test_raising_a_demand_factor_never_brings_a_run_within(value, against, more):
    raised = Limit(against.sense, against.values, against.demand_factor * more, against.charge)
    assert slack(value, raised) < 0.0 or slack(value, against) >= 0.0


@given(VALUES, st.floats(-1e6, 1e6), CHARGES)
def test_at_least_mirrors_at_most_under_negation(value, bound, charge):
    below = Limit("at_least", (-bound,), 1.0, charge)
    above = Limit("at_most", (bound,), 1.0, charge)
    assert state_of(-value, below) is state_of(value, above)
    assert slack(-value, below) == slack(value, above)
    assert excess(-value, below) == excess(value, above)


@given(VALUES, limits())
def test_between_is_both_sides(value, against):
    if against.sense != "between":
        return
    upper = Limit("at_most", against.values[1:], against.demand_factor, against.charge)
    lower = Limit("at_least", against.values[:1], against.demand_factor, against.charge)
    assert slack(value, against) == min(slack(value, upper), slack(value, lower))
    assert excess(value, against) == max(excess(value, upper), excess(value, lower))


@given(VALUES, limits())
def test_crossed_proves_what_is_beyond(value, against):
    proof, bound = crossed(value, against)
    if excess(value, against) > 0.0:
        assert proof != bound
        above = against.upper is not None and bound == against.upper and proof > bound
        below = against.lower is not None and bound == against.lower * against.demand_factor and proof < bound
        assert above or below


def test_a_draw_is_judged_by_its_worst_row(bench):
    rows = [bench.row(10.0, 3, "a"), bench.row(120.0, 3, "b"), bench.row(90.0, 3, "c")]
    draw = judge_draw(rows, "q", limit())
    assert (draw.index, draw.state, draw.complete) == (3, State.BEYOND, True)
    assert draw.worst.row == "b"
    assert judge_draw(rows[::2], "q", limit()).state is State.WITHIN


@pytest.mark.parametrize("failed", [None, "refused", "without"])
def test_a_row_without_a_value_is_open_and_never_decides(bench, failed):
    from assay.campaign import Row

    lost = {
        None: bench.row(None, 0, "b"),
        "refused": Row(0, "b", {"x": 9.0}, "failed", "outside-range"),
        "without": Row(0, "b", {}, "ok", None, {"other": 1.0}),
    }[failed]
    draw = judge_draw([bench.row(10.0, 0, "a"), lost], "q", limit())
    assert (draw.state, draw.complete, draw.worst.row) == (State.OPEN, False, "a")
    # a run that is beyond stays beyond, whatever the other row did
    assert judge_draw([bench.row(101.0, 0, "a"), lost], "q", limit()).state is State.BEYOND
    assert judge_draw([lost], "q", limit()).worst is None


def test_a_charge_cannot_be_a_credit():
    with pytest.raises(ValueError):
        Charge(numerical_relative=-0.1, model_basis="allowance", model_factor=1.0)
    with pytest.raises(ValueError):
        Charge(numerical_relative=0.0, model_basis="allowance", model_factor=0.9)
