from __future__ import annotations

import math
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.programme import ExpressionError, evaluate, parse_expression, unit_of
from assay.programme.evaluation import check_dimension

UNITS = {"stress": "MPa", "load": "N", "width": "mm", "ratio": "1"}
VALUES = {"stress": (10.0, "MPa"), "load": (1200.0, "N"), "width": (4.0, "mm"), "ratio": (0.5, "1")}


def basis(*call: object) -> tuple[float, str]:
    return 30.0, "ksi"


def basis_unit(dataset: str, column: str) -> str:
    return "ksi"


def worth(text: str, unit: str = "MPa", values: Mapping[str, tuple[float, str]] = VALUES) -> float:
    tree = parse_expression(text)
    return evaluate(tree, unit, values, basis, lambda tag: {"A": 1.25, "B": 1.15}[tag])


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("200 MPa", "MPa", 200.0),
        ("0.1 MPa", "MPa", 0.1),
        ("29 ksi", "MPa", 199.94796150190),
        ("basis('d', 'c', 0.99, 0.95) / max(factor('A'), factor('B'))", "MPa", 165.474175036),
        ("load / width**2", "MPa", 75.0),
        ("sqrt(stress * 1 [N/mm**2]) + 2 * stress", "MPa", 10.0**0.5 + 20.0),
        ("min(5 ksi, 40 MPa)", "MPa", 34.473786465841805),
        ("max(0, stress - 20 MPa)", "MPa", 0.0),
        ("0", "MPa", 0.0),
        ("abs(stress - 25 MPa) - 1 ksi", "MPa", 15.0 - 6.894757293168361),
        ("-1 * stress", "MPa", -10.0),
        ("20 degC", "K", 293.15),
        ("0.05 [1]", "%", 5.0),
        ("ratio ** -2", "1", 4.0),
    ],
)
def test_values(text: str, unit: str, expected: float) -> None:
    assert worth(text, unit) == pytest.approx(expected, rel=1e-9)
    check_dimension(parse_expression(text), unit, UNITS, basis_unit)


@pytest.mark.parametrize(
    "text",
    [
        "200 mm",
        "load",
        "stress + load",
        "max(stress, width)",
        "stress * 2 mm",
        "stress + 1",
        "sqrt(stress)",
        "ratio",
    ],
)
def test_dimensions_that_do_not_fit(text: str) -> None:
    tree = parse_expression(text)
    with pytest.raises(ExpressionError):
        check_dimension(tree, "MPa", UNITS, basis_unit)
    with pytest.raises(ExpressionError):
        worth(text)


@pytest.mark.parametrize(
    "text",
    [
        "stress / (ratio - ratio)",
        "sqrt(ratio - 1) * stress",
        "(ratio - ratio)**-1 * stress",
        "stress * big**12",
    ],
)
def test_no_value(text: str) -> None:
    values = {**VALUES, "big": (1e300, "1")}
    with pytest.raises(ExpressionError):
        worth(text, "MPa", values)


def test_unknown_name() -> None:
    with pytest.raises(ExpressionError, match="unknown name 'nothing'"):
        worth("nothing")


@given(st.floats(0.1, 1e6), st.sampled_from(["ksi", "psi", "GPa", "N/mm**2", "MPa"]), st.floats(0.1, 1e6))
def test_a_sum_does_not_depend_on_the_units_in_which_it_is_written(a: float, unit: str, b: float) -> None:
    values = {"a": (a, unit), "b": (b, "MPa")}
    assert worth("a + b", "MPa", values) == pytest.approx(worth("b + a", "Pa", values) / 1e6, rel=1e-12)


@given(st.floats(-1e6, 1e6))
def test_a_value_in_its_own_unit_is_untouched(value: float) -> None:
    assert worth("a", "ksi", {"a": (value, "ksi")}) == value
    assert math.isfinite(value)


def test_unit_of() -> None:
    assert str(unit_of(parse_expression("load / width**2 * width"), UNITS, basis_unit)) == "N*mm**-1"
