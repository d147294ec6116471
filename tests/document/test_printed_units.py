"""Units as they are printed: powers raised, nothing in them that would need evidence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.document import numerals
from assay.document.printed_units import UNIT_POWER, printed_unit

NAMES = ("MPa", "N", "mm", "m", "s", "kg", "K", "Hz")


@pytest.mark.parametrize(
    ("unit", "shown"),
    [
        ("1", ""),
        ("", ""),
        ("MPa", "MPa"),
        ("kg/m**3", "kg/m³"),
        ("N * mm", "N·mm"),
        ("mm^2", "mm²"),
        ("mm**6", "mm⁶"),
        ("W/(m*K)", "W/(m·K)"),
        ("1/mm", "mm⁻¹"),
        ("1/m**2", "m⁻²"),
        ("1/(mm*s)", "mm⁻¹·s⁻¹"),
        ("s**-1", "s⁻¹"),
        ("MPa*m**0.5", "MPa·√m"),
        ("N/m**0.5", "N/√m"),
        ("m**1.5", "m·√m"),
        ("m**-1.5", "m⁻²·√m"),
        ("g0", "g0"),
        ("no 1 unit", "no 1 unit"),
    ],
)
def test_a_unit_as_it_is_printed(unit, shown):
    assert printed_unit(unit) == shown


@given(
    st.lists(
        st.tuples(st.sampled_from(NAMES), st.sampled_from([-6, -2, -1, 1, 2, 3, 5, 6, 0.5, 1.5, -1.5])),
        min_size=1,
        max_size=4,
        unique_by=lambda part: part[0],
    )
)
def test_products_of_powers_hold_no_numeral(parts):
    unit = "*".join(f"{name}**{power:g}" for name, power in parts)
    assert not numerals(UNIT_POWER.sub("", printed_unit(unit))), printed_unit(unit)


@pytest.mark.parametrize("text", ["2/mm", "mm 2", "²mm", "mm⁻¹ 3", "½ mm"])
def test_a_numeral_beside_a_unit_stays_one(text):
    assert numerals(UNIT_POWER.sub("", text))
