from __future__ import annotations

import json
from typing import Any

import pytest

from assay.programme import describe, programme_payloads

BEAM = "studies/beam.toml"


def with_quantity(tiny: Any, formula: str, unit: str = "1", more: str = "") -> Any:
    """`tiny` with one more quantity, before the one called frequency."""
    text = f"[quantities.more]\nunit = \"{unit}\"\nformula = '''{formula}'''\n{more}\n"
    return tiny.edit(BEAM, "[quantities.frequency]", f"{text}[quantities.frequency]")


def test_a_derived_quantity(tiny: Any) -> None:
    study = with_quantity(tiny, "load / (stress * 1 mm**2)").load().studies["beam"]
    formula = study.quantities["more"].formula
    assert formula is not None
    assert (formula.bases, formula.factors) == (("stress",), ("load",))
    assert "more" not in study.solved
    assert study.bases("more") == ("stress",)
    assert study.bases("stress") == ("stress",)


def test_one_quantity_may_be_derived_from_another(tiny: Any) -> None:
    with_quantity(tiny, "2 * other")
    other = '[quantities.other]\nunit = "1"\nformula = "1 MPa / stress"\n'
    tiny.edit(BEAM, "[quantities.more]", f"{other}[quantities.more]")
    study = tiny.load().studies["beam"]
    assert study.bases("more") == ("stress",)
    formula = study.quantities["more"].formula
    assert formula is not None
    assert formula.text == "2 * other"


def test_the_record_of_a_study_says_its_formulas_and_is_unchanged_without(tiny: Any) -> None:
    before = json.dumps(describe(tiny.load().studies["beam"]), sort_keys=True)
    assert "formula" not in before
    programme = with_quantity(tiny, "1 MPa / stress").load()
    (payload,) = [p for kind, name, p in programme_payloads(programme) if (kind, name) == ("study", "beam")]
    assert payload["quantities"]["more"]["formula"] == {
        "text": "1 [MPa] / stress",
        "steps": [["number", 1.0], ["quantity", "stress"], ["/", 2.0]],
        "tags": [],
    }


@pytest.mark.parametrize(
    ("formula", "unit", "more", "found", "instead"),
    [
        ("strain / stress", "1", "", "unknown name 'strain'", "stress"),
        ("more / stress", "1", "", "comes back to more", "do not depend on it"),
        ("load / stress", "1", "", "comes out in MPa**-1*N", "converted to 1"),
        ("load + stress", "1", "", "load is in N and stress in MPa", "one dimension"),
        ("load * 2", "N", "", "names no quantity that the solver gives", "in the limit"),
        ("3.7 * stress", "MPa", "", "the bare number 3.7", "factor("),
        ("basis('cast', 'strength', 0.9, 0.95) / stress", "1", "", "a basis value", "in the limit"),
        ("factor('RULE 77') * stress", "MPa", "", "unknown factor 'RULE 77'", "RULE 7"),
        ("factor('RULE 8') * factor('RULE 8') * stress", "MPa", "", "applied twice", "once"),
        ("stress /", "MPa", "", "the end has no place", "grammar"),
        ("2 * stress", "MPa", 'region = "root"', "formula and region", "remove region"),
        ("2 * stress", "MPa", "order = 2.0", "formula and order", "remove order"),
    ],
)
def test_a_wrong_formula(tiny: Any, formula: str, unit: str, more: str, found: str, instead: str) -> None:
    with_quantity(tiny, formula, unit, more)
    after = tiny.line(BEAM, "formula =")
    tiny.check(BEAM, after + 1 if more else after, found, instead)


def test_formulas_that_go_round(tiny: Any) -> None:
    with_quantity(tiny, "other / stress", "1/MPa")
    tiny.edit(
        BEAM,
        "[quantities.more]",
        '[quantities.other]\nunit = "1"\nformula = "more * stress"\n[quantities.more]',
    )
    problems = tiny.problems()
    assert [p.found for p in problems] == [
        "the formula of other comes back to other by way of more",
        "the formula of more comes back to more by way of other",
    ]


def test_a_tag_counts_on_the_whole_path(tiny: Any) -> None:
    with_quantity(tiny, "factor('RULE 8') * stress", "MPa")
    assert tiny.load().studies["beam"].applied_to("more") == ("RULE 8",)
    assert tiny.load().studies["beam"].applied_to("stress") == ()
    # The first criterion's limit divides by the same factor.
    tiny.edit("criteria.toml", 'quantity = "stress"', 'quantity = "more"')
    assert "the factor 'RULE 8' is applied twice" in tiny.only().found


@pytest.mark.parametrize(
    ("formula", "proportional"),
    [
        ("1 / stress * 2 MPa", True),
        ("abs(stress / 1 MPa)", True),
        ("stress / 1 MPa - 1", False),
        ("max(stress / 1 MPa, 1)", False),
    ],
)
def test_only_a_constant_relative_error_goes_with_a_declaration(
    tiny: Any, formula: str, proportional: bool
) -> None:
    with_quantity(tiny, formula)
    declared = '[structure.more]\nincreasing_in = ["load"]\nreason = "made up"\n'
    tiny.edit(BEAM, "[verification]", f"{declared}\n[verification]")
    if proportional:
        assert tiny.load().studies["beam"].declarations[-1].quantity == "more"
        tiny.edit(BEAM, "[verification]", "[verification]\nstart = 2")
        tiny.check(BEAM, "[structure.more]", "draws that start on a coarser level", "remove start")
    else:
        tiny.check(BEAM, "[structure.more]", "not the same share of it", "products, quotients")
