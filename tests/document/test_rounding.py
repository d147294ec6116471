"""Numbers are printed to the safe side, and never so that a relation or a sign changes."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.document import EXACT, Rounding, RoundingError, printed, relation_preserved
from assay.document.rounding import decimal_of, related, round_decimal, shifted, written
from assay.evidence.records import canonical

numbers = st.floats(allow_nan=False, allow_infinity=False, width=64)
directions = st.sampled_from(["up", "down", "nearest"])
roundings = st.one_of(
    st.builds(Rounding, mode=st.just("decimals"), digits=st.integers(0, 17), direction=directions),
    st.builds(Rounding, mode=st.just("significant"), digits=st.integers(1, 17), direction=directions),
    st.just(EXACT),
)


def significant(digits, direction="nearest"):
    return Rounding(mode="significant", digits=digits, direction=direction)


def decimals(digits, direction="nearest"):
    return Rounding(mode="decimals", digits=digits, direction=direction)


@pytest.mark.parametrize(
    ("number", "rounding", "more", "text"),
    [
        (128.4473, significant(4, "up"), {}, "128.5"),
        (142.3914, significant(4, "down"), {"unit": "MPa"}, "142.3\u00a0MPa"),
        (-0.0342, decimals(2, "down"), {}, "\u22120.04"),
        (-0.0342, decimals(2, "up"), {}, "\u22120.03"),
        (0.04949275, significant(4, "up"), {"scale": 2, "unit": "%"}, "4.950\u00a0%"),
        (0.05, EXACT, {"complement": True, "scale": 2, "unit": "%"}, "95\u00a0%"),
        (206000, significant(3), {}, "206\u202f000"),
        (206000.0, EXACT, {}, "206\u202f000"),
        (9999, EXACT, {}, "9999"),
        (1234567.25, EXACT, {}, "1\u202f234\u202f567.25"),
        (3.1e-13, significant(2), {}, "3.1\u00a0\u00d7\u00a010\u207b\u00b9\u00b3"),
        (-8.27e-12, significant(2), {}, "\u22128.3\u00a0\u00d7\u00a010\u207b\u00b9\u00b2"),
        (1e11, EXACT, {}, "1\u00a0\u00d7\u00a010\u00b9\u00b9"),
        (9.996, significant(3, "up"), {}, "10.00"),
        (0, significant(3), {}, "0"),
        (0.0, decimals(2), {}, "0.00"),
        (0.5, decimals(0, "up"), {}, "1"),
        (2.5, decimals(0), {}, "2"),
        (59, EXACT, {}, "59"),
        (1e-5, EXACT, {}, "0.00001"),
        (1e-6, EXACT, {}, "1\u00a0\u00d7\u00a010\u207b\u2076"),
    ],
)
def test_prints(number, rounding, more, text):
    assert printed(number, rounding, **more) == text


@pytest.mark.parametrize("number", [0.004, -0.004])
def test_what_is_not_zero_is_never_printed_as_zero(number):
    with pytest.raises(RoundingError, match="sign"):
        printed(number, decimals(2, "down" if number > 0 else "up"))


@pytest.mark.parametrize("number", [float("nan"), float("inf"), True])
def test_refuses_what_is_no_number(number):
    with pytest.raises(RoundingError):
        printed(number, EXACT)


@pytest.mark.parametrize(
    "fields", [{"mode": "significant"}, {"mode": "exact", "digits": 2}, {"mode": "decimals", "digits": 99}]
)
def test_refuses_roundings_that_mean_nothing(fields):
    with pytest.raises(ValueError):
        Rounding(**fields)


@given(numbers, roundings)
def test_the_direction_is_kept_and_the_step_is_less_than_a_quantum(number, rounding):
    exact = decimal_of(number)
    try:
        rounded = round_decimal(exact, rounding)
    except RoundingError:
        return
    if rounding.direction == "up":
        assert rounded >= exact
    if rounding.direction == "down":
        assert rounded <= exact
    if rounding.mode == "exact":
        assert rounded == exact
    elif exact:
        digits = rounding.digits
        quantum = -digits if rounding.mode == "decimals" else exact.adjusted() - digits + 1
        assert abs(shifted(rounded, 0) - exact) <= Decimal((0, (1,), quantum))


def read_back(text: str) -> Decimal:
    """Return the number a reader sees."""
    superscripts = str.maketrans(
        "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079\u207b", "0123456789-"
    )
    plain = text.replace("\u202f", "").replace("\u2212", "-")
    if "\u00d7" in plain:
        mantissa, power = plain.split("\u00a0\u00d7\u00a010")
        return Decimal(f"{mantissa}e{power.translate(superscripts)}")
    return Decimal(plain)


@given(numbers, roundings)
def test_what_is_printed_reads_back_as_the_rounded_number(number, rounding):
    try:
        rounded = round_decimal(decimal_of(number), rounding)
    except RoundingError:
        return
    assert read_back(written(rounded, rounding.mode)) == rounded


@given(numbers)
def test_the_decimal_number_is_the_one_in_the_record(number):
    assert decimal_of(number) == json.loads(canonical(number), parse_float=Decimal, parse_int=Decimal)


@given(numbers, numbers, st.integers(1, 6), st.integers(1, 6))
def test_demand_up_and_capacity_down_keep_their_relation(demand, capacity, first, second):
    a, b = decimal_of(demand), decimal_of(capacity)
    try:
        up, down = related(a, b, significant(first, "up"), significant(second, "down"))
    except RoundingError:
        return
    ra, rb = round_decimal(a, up), round_decimal(b, down)
    assert (ra <= rb) == (a <= b)
    assert (ra == rb) == (a == b)


def test_close_numbers_get_more_digits_together():
    up, down = related(Decimal("99.96"), Decimal("100.02"), significant(3, "up"), significant(3, "down"))
    assert (up.digits, down.digits) == (4, 4)
    assert not relation_preserved(Decimal("99.96"), Decimal("100.02"), Decimal(100), Decimal(100))


def test_a_relation_between_exact_numbers_needs_no_digits():
    assert related(Decimal(1), Decimal(2), EXACT, EXACT) == (EXACT, EXACT)


def test_a_relation_that_no_digits_keep_is_refused():
    a, b = Decimal("1.00000000000000000001"), Decimal("1.00000000000000000002")
    with pytest.raises(RoundingError):
        related(a, b, significant(3), significant(3))
