from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.showing import Limit, slack
from assay.showing.records import Charge, DemandFactor
from assay.showing.waterfall import governing_side, waterfall

FACTORS = st.lists(st.sampled_from([1.0, 1.15, 1.25, 1.5]), max_size=3)
VALUES = st.floats(-1e6, 1e6, allow_subnormal=False)
CHARGES = st.builds(
    lambda x, f: Charge(numerical_relative=x, model_basis="allowance", model_factor=f),
    st.floats(0.0, 0.9),
    st.floats(1.0, 2.0),
)


def told(value, limit, *factors):
    tags = tuple(DemandFactor(tag=f"F{n}", value=f) for n, f in enumerate(factors))
    return waterfall(value, limit, tags, "q, case", "root")


def charge(x=0.0, f=1.0):
    return Charge(numerical_relative=x, model_basis="allowance", model_factor=f)


def test_from_above():
    steps, margin = told(50.0, Limit("at_most", (100.0,), 1.5, charge(0.02, 1.1)), 1.5)
    assert [(s.kind, s.label, round(s.value, 9)) for s in steps] == [
        ("run", "deciding run", 50.0),
        ("numerical", "numerical error", 1.0),
        ("model", "model form", 5.0),
        ("factor", "F0", 28.0),
        ("total", "demand", 84.0),
        ("capacity", "limit", 100.0),
        ("margin", "margin", round(100 / 84 - 1, 9)),
    ]
    assert (margin.mode, margin.place) == ("q, case", "root")


def test_from_below_demand_and_capacity_change_places():
    steps, margin = told(200.0, Limit("at_least", (100.0,), 1.5, charge(0.02, 1.1)), 1.5)
    assert [(s.kind, round(s.value, 9)) for s in steps] == [
        ("run", 200.0),
        ("numerical", -4.0),
        ("model", -20.0),
        ("capacity", 176.0),
        ("run", 100.0),
        ("factor", 50.0),
        ("total", 150.0),
        ("margin", round(176 / 150 - 1, 9)),
    ]
    assert margin.value == pytest.approx(176 / 150 - 1, rel=1e-12)


@given(VALUES, st.floats(1e-3, 1e6), FACTORS, CHARGES)
def test_increments_add_up_to_the_demand(value, bound, factors, errors):
    product = math.prod(factors)
    steps, _ = told(value, Limit("at_most", (bound,), product, errors), *factors)
    total = next(step.value for step in steps if step.kind == "total")
    increments = [s.value for s in steps if s.kind in {"run", "numerical", "model", "factor"}]
    assert math.fsum(increments) == pytest.approx(total, rel=1e-12, abs=max(1e-300, 1e-12 * abs(value)))
    # and as printed: to nine digits of the largest term they are the same number
    scale = max(map(abs, [*increments, total])) or 1.0
    assert abs(sum(round(i / scale, 9) for i in increments) - round(total / scale, 9)) < 5e-9


@given(VALUES, st.floats(1e-3, 1e6), FACTORS, CHARGES)
def test_increments_from_below_add_up_on_both_sides(value, bound, factors, errors):
    product = math.prod(factors)
    steps, _ = told(value, Limit("at_least", (bound,), product, errors), *factors)
    end = next(n for n, step in enumerate(steps) if step.kind == "capacity")
    capacity, demand = steps[end].value, next(s.value for s in steps if s.kind == "total")
    assert math.fsum(s.value for s in steps[:end]) == pytest.approx(capacity, rel=1e-12, abs=1e-9)
    increments = [s.value for s in steps[end + 1 :] if s.kind in {"run", "factor"}]
    assert math.fsum(increments) == pytest.approx(demand, rel=1e-12)


@given(
    st.sampled_from(["at_most", "at_least", "between"]),
    VALUES,
    st.floats(1e-3, 1e3),
    st.floats(1e-3, 1e3),
    FACTORS,
    CHARGES,
)
def test_the_margin_never_contradicts_the_state(sense, value, a, b, factors, errors):
    values = tuple(sorted((a, b))) if sense == "between" else (a,)
    limit = Limit(sense, values, math.prod(factors), errors)
    _, margin = told(value, limit, *factors)
    if margin is not None:
        assert (margin.value >= 0.0) == (slack(value, limit) >= 0.0)


@pytest.mark.parametrize(
    ("value", "limit"),
    [
        (-5.0, Limit("at_most", (100.0,), 1.0, charge())),
        (0.0, Limit("at_most", (100.0,), 1.0, charge())),
        (5.0, Limit("at_least", (0.0,), 1.0, charge())),
        (5.0, Limit("at_least", (-3.0,), 1.0, charge())),
        (5e-324, Limit("at_most", (100.0,), 1.0, charge())),
    ],
)
def test_no_margin_where_the_quotient_says_nothing(value, limit):
    steps, margin = told(value, limit)
    assert margin is None
    assert steps[-1].kind != "margin"


def test_the_side_with_the_smaller_margin_governs():
    limit = Limit("between", (1.0, 7.0), 1.0, charge())
    assert governing_side(6.0, limit) == "upper"
    assert governing_side(2.0, limit) == "lower"
    # 3 is nearer to 1 than to 7, and its margin to 7 is smaller: 1.33 against 2
    assert governing_side(3.0, limit) == "upper"
    assert governing_side(-0.5, Limit("between", (-1.0, 7.0), 1.0, charge())) == "lower"
    assert governing_side(4.0, Limit("at_least", (1.0,), 1.0, charge())) == "lower"
    assert told(2.0, limit)[1].value == 1.0
    assert told(6.0, limit)[1].value == 7.0 / 6.0 - 1.0
