"""A fact says what its place in the evidence says, and nothing where there is nothing."""

from __future__ import annotations

import pytest

from assay.document import (
    EXACT,
    DocumentError,
    Identifier,
    Rounding,
    RoundingError,
    Sources,
    claim,
    expected_text,
    fact,
)
from assay.document.facts import resolve

THREE_UP = Rounding(mode="significant", digits=3, direction="up")
THREE_DOWN = Rounding(mode="significant", digits=3, direction="down")


@pytest.mark.parametrize(
    ("pointer", "value"),
    [("", {"a": [10, {"b/c": 1}], "x~y": "s"}), ("/a/0", 10), ("/a/1/b~1c", 1), ("/x~0y", "s")],
)
def test_resolves(pointer, value):
    assert resolve({"a": [10, {"b/c": 1}], "x~y": "s"}, pointer) == value


@pytest.mark.parametrize("pointer", ["a", "/b", "/a/2", "/a/00", "/a/-1", "/a/\u0661", "/s/0", "/a/0/0"])
def test_leads_nowhere(pointer):
    with pytest.raises(DocumentError):
        resolve({"a": [10, 11], "s": "text"}, pointer)


@pytest.mark.parametrize(
    ("pointer", "more", "text"),
    [
        ("/payload/words", {}, "SHOWN GIVEN"),
        ("/payload/a~1b/m~0n", {"unit": "MPa"}, "206\u202f000\u00a0MPa"),
        ("/payload/error", {"form": "complement", "scale": 2, "unit": "%"}, "95\u00a0%"),
        ("/payload/rows", {"form": "count"}, "3"),
        ("/kind", {}, "showing"),
        ("/1/q", {"blob": "table"}, "2.5"),
    ],
)
def test_prints_the_value_at_its_place(sources, record, pointer, more, text):
    span = fact(sources, record.id, pointer, **more)
    assert span.text == text == expected_text(span, sources)


@pytest.mark.parametrize(
    ("pointer", "more"),
    [
        ("/payload/yes", {}),
        ("/payload/none", {}),
        ("/payload/rows", {}),
        ("/payload/words", {"form": "count"}),
        ("/payload/words", {"unit": "MPa"}),
        ("/payload/bound", {"form": "count"}),
        ("/0/q", {"blob": "other"}),
        ("/2/q", {"blob": "table"}),
    ],
)
def test_refuses_what_cannot_be_printed(sources, record, pointer, more):
    with pytest.raises(DocumentError):
        fact(sources, record.id, pointer, **more)


def test_refuses_a_record_that_is_not_there(sources, record):
    with pytest.raises(DocumentError, match="not among"):
        fact(Sources({}), record.id, "/kind")


def test_a_margin_just_below_zero_gets_the_digits_to_say_so(sources, record):
    span = fact(sources, record.id, "/payload/margin", Rounding(mode="decimals", digits=2, direction="up"))
    assert span.text == "\u22120.0004"
    with pytest.raises(RoundingError):
        expected_text(span.model_copy(update={"rounding": Rounding(mode="decimals", digits=2)}), sources)


def test_a_claim_widens_two_facts_that_would_meet(sources, record):
    demand = fact(sources, record.id, "/payload/demand", THREE_UP, unit="MPa")
    capacity = fact(sources, record.id, "/payload/capacity", THREE_DOWN, unit="MPa")
    assert demand.text == capacity.text == "100\u00a0MPa"[:7] or demand.text != capacity.text
    said = claim(sources, "capacity-suffices", demand=demand, capacity=capacity)
    assert said.text == "The charged demand is 99.96\u00a0MPa and the capacity is 100.0\u00a0MPa."


def test_a_claim_whose_relation_is_false_is_refused(sources, record):
    demand = fact(sources, record.id, "/payload/capacity")
    with pytest.raises(DocumentError, match="does not hold"):
        claim(
            sources, "capacity-suffices", demand=demand, capacity=fact(sources, record.id, "/payload/demand")
        )


def test_a_relation_needs_two_numbers_of_one_unit(sources, record):
    bound = fact(sources, record.id, "/payload/bound", unit="%", scale=2)
    for other in (
        Identifier(text="five"),
        fact(sources, record.id, "/payload/words"),
        fact(sources, record.id, "/payload/allowed"),
    ):
        with pytest.raises(DocumentError):
            claim(
                sources,
                "bound-exceeds" if other.text == "0.05" else "bound-holds",
                bound=bound,
                allowed=other,
            )


@pytest.mark.parametrize("arguments", [{}, {"assumption": "a", "other": "b"}])
def test_a_claim_has_its_arguments_and_no_others(sources, arguments):
    with pytest.raises(DocumentError, match="needs"):
        claim(sources, "given", **{name: Identifier(text=text) for name, text in arguments.items()})


def test_an_unknown_template_is_refused(sources):
    with pytest.raises(DocumentError, match="no claim template"):
        claim(sources, "invented")


def test_exact_is_the_default(sources, record):
    assert fact(sources, record.id, "/payload/bound").rounding == EXACT
