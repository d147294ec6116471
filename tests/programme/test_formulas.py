from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from assay.programme import Formula, evaluate, interval_of_formula, parse_expression, value_of
from assay.programme.expressions import ExpressionError
from assay.programme.formulas import Scope, compiled

UNITS = {"a": "MPa", "b": "ksi", "c": "mm", "k": "1", "t": "MPa"}
SCOPE = Scope(UNITS, frozenset({"k", "t"}), {}, {"S 1": 1.5})


def steps(text: str, unit: str = "1", scope: Scope = SCOPE) -> Any:
    return compiled(parse_expression(text), unit, scope)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("t / a", "1"),
        ("a / b", "1"),
        ("t - b", "ksi"),
        ("max(a, b, 0)", "MPa"),
        ("min(a, b) * k + 20 MPa", "Pa"),
        ("sqrt(a**2 + b**2)", "MPa"),
        ("abs(-1 * a) / 100 MPa", "%"),
        ("a**-2 * b**2", "1"),
        ("factor('S 1') * a", "MPa"),
        ("c / 1 inch", "1"),
        ("2 * a - 0", "MPa"),
    ],
)
def test_a_formula_is_worth_what_a_limit_of_the_same_text_is(text: str, unit: str) -> None:
    values = {"a": 120.0, "b": 11.0, "c": 7.0, "k": 1.3, "t": 250.0}
    said = evaluate(
        parse_expression(text),
        unit,
        {name: (value, UNITS[name]) for name, value in values.items()},
        lambda *call: pytest.fail(str(call)),
        lambda tag: {"S 1": 1.5}[tag],
    )
    factors = {"k": 1.3, "t": 250.0}
    found = value_of(steps(text, unit), {n: v for n, v in values.items() if n not in factors}, factors)
    assert found == pytest.approx(said, rel=1e-14)


def test_steps_are_plain_numbers_in_reverse_polish_order() -> None:
    assert steps("t / a") == (("factor", "t"), ("quantity", "a"), ("/", 2.0))
    assert steps("max(a, 0)", "MPa") == (("quantity", "a"), ("number", 0.0), ("max", 2.0))
    word, scale = steps("a", "Pa")[1]
    assert (word, scale) == ("number", pytest.approx(1e6))


def test_a_quantity_that_is_derived_itself_is_replaced_by_its_steps() -> None:
    inner = Formula("t / a", steps("t / a"))
    scope = Scope({**UNITS, "r": "1"}, SCOPE.factors, {"r": inner}, {})
    outer = Formula("1 / r", steps("1 / r", "1", scope))
    assert (outer.bases, outer.factors) == (("a",), ("t",))
    assert value_of(outer.steps, {"a": 50.0}, {"t": 200.0}) == 0.25


def test_a_temperature_is_moved_to_the_other_zero_point() -> None:
    scope = Scope({"hot": "degC", "cold": "K"}, frozenset(), {}, {})
    found = steps("max(hot, cold)", "K", scope)
    assert value_of(found, {"hot": 20.0, "cold": 280.0}, {}) == pytest.approx(293.15)


def test_a_basis_value_has_no_place_in_a_formula() -> None:
    with pytest.raises(ExpressionError, match="basis value"):
        steps("basis('cast', 'strength', 0.9, 0.95) / a")


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1 MPa / (a - t)", {"a": 3.0}),
        ("sqrt(a - t) / sqrt(a + t)", {"a": 1.0}),
        ("a**12 / t**12", {"a": 1e200}),
    ],
)
def test_what_is_no_finite_number_is_none(text: str, values: dict[str, float]) -> None:
    assert value_of(steps(text), values, {"t": 3.0}) is None
    around = {name: (value, value) for name, value in values.items()}
    assert interval_of_formula(steps(text), around, {"t": 3.0}) is None


def test_a_divisor_that_may_be_zero_leaves_no_interval() -> None:
    found = steps("1 MPa / (a - t)")
    assert interval_of_formula(found, {"a": (2.9, 3.1)}, {"t": 3.0}) is None
    assert interval_of_formula(found, {"a": (3.0, 3.1)}, {"t": 3.0}) is None
    low, high = interval_of_formula(found, {"a": (3.5, 4.0)}, {"t": 3.0}) or (0.0, 0.0)
    assert (low, high) == pytest.approx((1.0, 2.0))
    assert low < 1.0, "every end is rounded outwards"
    assert high > 2.0


def test_an_even_power_and_a_root_touch_zero() -> None:
    low, high = interval_of_formula(steps("a**2", "MPa**2"), {"a": (-2.0, 1.0)}, {}) or (1.0, 1.0)
    assert low == 0.0
    assert high == pytest.approx(4.0)
    both = {"a": (-2.0, 1.0), "b": (-1.0, 1.0)}
    low, high = interval_of_formula(steps("sqrt(a**2 + b**2)", "MPa"), both, {}) or (1.0, 1.0)
    assert low == 0.0, "a sum of squares has a root, also where both may be zero"
    assert high > 2.0
    assert (
        interval_of_formula(steps("sqrt(a - t) * sqrt(a + t)", "MPa"), {"a": (2.9, 3.1)}, {"t": 3.0}) is None
    )


def test_a_name_that_stands_twice_is_two_numbers() -> None:
    low, high = interval_of_formula(steps("a - a", "MPa"), {"a": (1.0, 2.0)}, {}) or (0.0, 0.0)
    assert (low, high) == pytest.approx((-1.0, 1.0)), "conservative: no cancellation is used"


# --------------------------------------------------------------------------------------------- properties
NUMBERS = st.floats(-1e6, 1e6).filter(lambda x: x == 0.0 or abs(x) > 1e-6)
ATOMS = st.sampled_from(["a", "c", "k", "0", "1", "2"])
UNITLESS = Scope({"a": "1", "c": "1", "k": "1"}, frozenset({"k"}), {}, {})


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda x: f"({x[0]} {x[1]} {x[2]})"),
        st.tuples(st.sampled_from(["min", "max"]), inner, inner).map(lambda x: f"{x[0]}({x[1]}, {x[2]})"),
        st.tuples(st.sampled_from(["abs", "sqrt"]), inner).map(lambda x: f"{x[0]}({x[1]})"),
        st.tuples(inner, st.sampled_from(["2", "3", "-1", "-2"])).map(lambda x: f"({x[0]})**{x[1]}"),
    )


TEXTS = st.recursive(ATOMS, _grown, max_leaves=8)
INTERVALS = st.tuples(NUMBERS, st.floats(0.0, 1e3)).map(lambda x: (x[0], x[0] + x[1]))
SHARES = st.floats(0.0, 1.0)


def _inside(interval: tuple[float, float], share: float) -> float:
    low, high = interval
    return min(high, max(low, low + share * (high - low)))


@settings(max_examples=400, deadline=None)
@given(text=TEXTS, a=INTERVALS, c=INTERVALS, k=NUMBERS, x=SHARES, y=SHARES)
def test_the_interval_holds_the_value_for_any_numbers_in_theirs(
    text: str, a: tuple[float, float], c: tuple[float, float], k: float, x: float, y: float
) -> None:
    found = steps(text, "1", UNITLESS)
    interval = interval_of_formula(found, {"a": a, "c": c}, {"k": k})
    assume(interval is not None)
    assert interval is not None
    value = value_of(found, {"a": _inside(a, x), "c": _inside(c, y)}, {"k": k})
    assert value is not None, "where there is an interval there is a value"
    assert interval[0] <= value <= interval[1]


@settings(max_examples=200, deadline=None)
@given(text=TEXTS, a=INTERVALS, c=INTERVALS, k=NUMBERS, wider=st.floats(0.0, 10.0))
def test_wider_numbers_never_give_a_narrower_interval(
    text: str, a: tuple[float, float], c: tuple[float, float], k: float, wider: float
) -> None:
    found = steps(text, "1", UNITLESS)
    outer = interval_of_formula(found, {"a": (a[0] - wider, a[1] + wider), "c": c}, {"k": k})
    inner = interval_of_formula(found, {"a": a, "c": c}, {"k": k})
    if outer is not None:
        assert inner is not None
        assert outer[0] <= inner[0] <= inner[1] <= outer[1]
        assert math.isfinite(outer[0])
