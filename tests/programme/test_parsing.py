from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.programme import ExpressionError, parse_expression
from assay.programme.expressions import Call, Name, Number, Operation, Power, Tagged


def test_precedence_and_grouping() -> None:
    a, b, c = Name("a"), Name("b"), Name("c")
    assert parse_expression("a - b - c") == Operation("-", Operation("-", a, b), c)
    assert parse_expression("a + b * c") == Operation("+", a, Operation("*", b, c))
    assert parse_expression("a / b * c") == Operation("*", Operation("/", a, b), c)
    assert parse_expression("a / (b * c)") == Operation("/", a, Operation("*", b, c))
    assert parse_expression("a * b ** -2") == Operation("*", a, Power(b, -2))
    assert parse_expression("max(a, min(b), abs(c))") == Call(
        "max", (a, Call("min", (b,)), Call("abs", (c,)))
    )


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("200 MPa", 200.0, "MPa"),
        ("200MPa", 200.0, "MPa"),
        ("-1.5e3 [N/mm**2]", -1500.0, "N/mm**2"),
        (".5 mm", 0.5, "mm"),
        ("0.05 [1]", 0.05, "1"),
        ("2", 2.0, None),
        ("-1", -1.0, None),
        ("0", 0.0, None),
    ],
)
def test_numbers(text: str, value: float, unit: str | None) -> None:
    assert parse_expression(text) == Number(value, unit)


@pytest.mark.parametrize("text", ["stress / 1.15", "1.15", "max(stress, 3)", "1.15**2", "stress * 1.15 [1]"])
def test_a_bare_number_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError, match="the bare number") as caught:
        parse_expression(text, factors={"RULE 8": 1.15, "RULE 80": 1.15, "RULE 9": 1.25})
    if "1.15" in text:
        assert "the bare number 1.15" in caught.value.found
        assert 'factor("RULE 8") or factor("RULE 80")' in caught.value.instead
        assert "RULE 9" not in caught.value.instead
    else:
        assert "factor(" in caught.value.instead


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "a +", "+ a", "a b", "(a", "a)", "a ** b", "a ** 99", "a ** 1.5", "2 thickness", "-a", "a,b",
        "f(a)", "max()", "abs(a, b)", "sqrt()", "factor(A)", "factor('')", "factor('A', 'B')", "basis('d')",
        "basis('d', 'c', 1.5, 0.95)", "basis('d', 'c', 0.9, 0)", "basis(d, c, 0.9, 0.95)", "1e999 mm", "a[0]",
        "__import__('os')", "a.b", "lambda: 1", "a; b", "a\nb c", "'x'", "1 [nounit]", "(" * 3000, "é",
        "max" + "(max" * 50 + "(1)" + ")" * 50, "+".join(["a"] * 400), "a" * 3000,
    ],
)  # fmt: skip
def test_refused(text: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse_expression(text)
    assert caught.value.found
    assert caught.value.instead


def test_aliases_are_expanded_where_they_stand() -> None:
    aliases = {"strength": "basis('d', 'c', 0.99, 0.95)", "allowable": "strength / factor('A') - load"}
    expanded = parse_expression("2 * allowable", aliases=aliases)
    assert expanded == parse_expression("2 * (basis('d', 'c', 0.99, 0.95) / factor('A') - load)")


def test_an_alias_of_itself_ends() -> None:
    assert parse_expression("a", aliases={"a": "b", "b": "a"}) == Name("a")


def test_aliases_that_double_are_stopped() -> None:
    aliases = {f"a{i}": f"a{i + 1} + a{i + 1}" for i in range(60)}
    with pytest.raises(ExpressionError, match="too"):
        parse_expression("a0", aliases=aliases)


def test_a_tag_may_hold_quotes_of_the_other_kind() -> None:
    assert parse_expression("""factor("it's")""") == Tagged("it's")


@given(st.text(st.sampled_from("ab1 .,()+-*/'\"[]eMPamax\n\\"), max_size=60))
def test_any_text_parses_or_is_refused(text: str) -> None:
    with contextlib.suppress(ExpressionError):
        parse_expression(text)
