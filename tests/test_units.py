from __future__ import annotations

import math
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay import units
from assay.units import UnitError


@pytest.mark.parametrize(
    ("value", "unit", "to", "expected"),
    [
        (1.0, "ksi", "MPa", 6.894757293168361),
        (1.0, "psi", "Pa", 6894.757293168361),
        (2.5, "N/mm**2", "MPa", 2.5),
        (1.0, "g_0", "m/s^2", 9.80665),
        (1.0, "gee", "m/s**2", 9.80665),
        (20.0, "degC", "K", 293.15),
        (68.0, "degF", "degC", 20.0),
        (1.0, "W/(m*K)", "W/m/degC", 1.0),
        (180.0, "deg", "rad", math.pi),
        (5.0, "%", "1", 0.05),
        (1.0, "knot", "m/s", 1852.0 / 3600.0),
        (1.0, "MPa*m**0.5", "N/mm**1.5", 10.0**1.5),
        (3.0, "", "1", 3.0),
        (7.0, "kg·m", "kg*m", 7.0),
    ],
)
def test_conversions(value: float, unit: str, to: str, expected: float) -> None:
    assert units.convert(value, unit, to) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("a", "b"), [("mm", "MPa"), ("rpm", "Hz"), ("Hz", "rad/s"), ("", "mm"), ("dB", "1")])
def test_other_dimensions(a: str, b: str) -> None:
    assert not units.same_dimension(a, b)
    with pytest.raises(UnitError, match="dimensions differ"):
        units.convert(1.0, a, b)


@pytest.mark.parametrize(
    "unit",
    [
        "milimeter", "mm mm", "m**", "m**99", "9", "(m", "m)", "m*/s", "__import__('os')", "a;b", "m" * 61,
        "(" * 60, "m\n", "dBm", "lambda x", "m[0]", "mm ** x", "1e5 m", "nan", "²", "m²",
    ],
)  # fmt: skip
def test_not_a_unit(unit: str) -> None:
    assert not units.known(unit)
    with pytest.raises(UnitError):
        units.parse(unit)


def test_products_cancel_by_name_so_that_nothing_is_rounded() -> None:
    stress = units.parse("MPa") * units.parse("mm") / units.parse("mm")
    assert str(stress) == "MPa"
    assert units.convert(0.1, stress, "MPa") == 0.1
    assert str(units.DIMENSIONLESS) == "1"
    assert str(units.parse("m") ** 2.0) == "m**2"


def test_the_table_agrees_with_pint() -> None:
    registry = units._registry()
    own = {"Msi", "gee", "dB", "%", "g0"}
    for name, (scale, _) in units._TABLE.items():
        if name not in own:
            assert registry.Quantity(1.0, name).to_base_units().magnitude == pytest.approx(
                scale, rel=1e-12
            ), name
    for name in ("degC", "degF"):
        for value in (0.0, 100.0):
            expected = registry.Quantity(value, name).to("kelvin").magnitude
            assert units.convert(value, name, "K") == pytest.approx(expected, rel=1e-12)


def test_common_units_need_no_pint() -> None:
    code = (
        "import sys; from assay import units; units.convert(1.0, 'ksi*inch**2', 'N');"
        "assert 'pint' not in sys.modules; units.known('fathom'); assert 'pint' in sys.modules"
    )
    assert subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": "src"}).returncode == 0


@given(st.text(max_size=80))
def test_any_text_is_a_unit_or_refused(text: str) -> None:
    units.known(text)


@given(
    st.floats(-1e12, 1e12),
    st.sampled_from([("ksi", "MPa"), ("inch", "mm"), ("degC", "degF"), ("kip", "kN"), ("deg", "rad")]),
)
def test_there_and_back(value: float, pair: tuple[str, str]) -> None:
    there = units.convert(value, *pair)
    assert units.convert(there, pair[1], pair[0]) == pytest.approx(value, rel=1e-12, abs=1e-9)
