from __future__ import annotations

import pytest

from assay.programme import Fraction
from assay.showing import BasisCall
from assay.showing.limits import rejection
from assay.showing.records import Charge

CALL = BasisCall("cast", "strength", 0.9, 0.95)


def rows(payload):
    return [(row.text, row.check) for row in payload.assumptions]


def test_law_numerical_bound_and_model_form_are_always_rows(bench):
    payload = bench.plan(
        [50.0] * 59, records={"charge": "c", "allowance": "a", "configuration": "k", "freeze": "f"}
    )
    law, numerical, model, order = payload.assumptions
    laws = "; ".join(f"{name} uniform (low 0, high 1) 1" for name in "xyz")
    assert law.text == f"joint law: {laws}; independent"
    assert numerical.text == "numerical error at most 0 % of each value"
    assert model.text == "model form: allowance 1, approved by the role lead: tests"
    assert "fixed before the draws" in order.text
    assert [row.record for row in payload.assumptions] == ["k", "c", "a", "f"]
    assert [row.check for row in payload.assumptions] == [
        "not checked",
        "passed",
        "not checked",
        "not checked",
    ]


def test_a_nominal_claim_says_that_the_others_are_nominal(bench):
    claim = bench.claim(bench.at_cases(), cases=[bench.case("a", x=0.1)])
    texts = [text for text, _ in rows(bench.decide(claim, [bench.row(50.0, 0, "data/cases.csv#a")]))]
    assert "stand at their nominal values" in texts[0]
    assert len(texts) == 3


def test_what_failed_is_a_row_that_failed(bench):
    said = dict(rows(bench.plan([50.0] * 59, charge=None, model_form_approved=False)))
    assert said["numerical error not assessed"] == "failed"
    assert said["model form: allowance 1, not approved by the role lead: tests"] == "failed"


def test_a_model_form_without_a_basis(bench):
    claim = bench.claim(study=bench.study(basis="none"))
    charge = Charge(numerical_relative=0.0, model_basis="none", model_factor=1.0)
    assert ("model form: none", "not checked") in rows(
        bench.decide(claim, bench.rows([50.0] * 59), charge=charge)
    )


def test_a_note_of_the_numerical_stage_is_quoted(bench):
    payload = bench.plan([50.0] * 59, notes={"numerical": "GCI on 3 levels"})
    assert payload.assumptions[1].text.endswith("each value: GCI on 3 levels")


@pytest.mark.parametrize(
    ("tests", "check"), [({}, "passed"), ({"runs": 7}, "not checked"), ({"violations": 1}, "failed")]
)
def test_a_declaration_is_a_row_with_its_check(bench, tests, check):
    study = bench.study(bench.declaration("convex_in", ["x"]))
    claim = bench.claim(bench.over("x"), study=study)
    found = rows(bench.decide(claim, [], structure=bench.tested(study, **tests)))
    assert [c for text, c in found if text.startswith("q convex in x")] == [check]
    assert any("by theory" in text for text, _ in found)


def test_a_declaration_that_is_missing_or_untested_is_a_row(bench):
    missing = bench.claim(bench.over("x"), study=bench.study())
    assert ("no declared structure bounds q over x", "failed") in rows(
        bench.decide(missing, [], structure=None)
    )
    declared = bench.claim(bench.over("x"), study=bench.study(bench.declaration("convex_in", ["x"])))
    assert ("declared structure not tested", "not checked") in rows(
        bench.decide(declared, [], structure=None)
    )


def test_a_basis_value_is_a_row(bench):
    limits = bench.limits(100.0, basis=(CALL,))
    (row,) = [a for a in bench.plan([50.0] * 59, limits=limits).assumptions if "cast.strength" in a.text]
    assert row.check == "passed"
    assert "confidence 95 %, printed, not spent" in row.text


def test_a_rejected_law_fails_its_own_row_only(bench):
    other = BasisCall("forecast", "strength", 0.9, 0.95)
    limits = bench.limits(100.0, basis=(CALL, other), rejected=(rejection(other),))
    payload = bench.plan([50.0] * 59, limits=limits)
    found = {text.split()[0]: check for text, check in rows(payload) if "normally distributed" in text}
    assert found == {"cast.strength": "passed", "forecast.strength": "failed"}
    assert payload.references[-2:] == ("owen-1968", "stephens-1974")


def test_what_is_not_creditable_and_what_was_approved_are_rows(bench):
    limits = bench.limits(100.0, basis=(CALL,), not_creditable=("60 of 75 specimens",), blocked=(CALL,))
    assert ("basis value of cast.strength: 60 of 75 specimens", "failed") in rows(
        bench.plan([50.0] * 59, limits=limits)
    )
    notes = {"deviation:cast.strength:0.9/0.95": "deviation approved by Ada (lead): static margin"}
    payload = bench.plan([50.0] * 59, notes=notes, records={"deviation:cast.strength:0.9/0.95": "d"})
    row = payload.assumptions[-2]
    assert (row.text, row.check, row.record) == (notes.popitem()[1], "not checked", "d")


def test_references_are_of_methods_really_used(bench):
    from assay.document.bibliography import REFERENCES

    charge = Charge(numerical_relative=0.01, model_basis="allowance", model_factor=1.0)
    study = bench.study(bench.declaration("convex_in", ["x"]))
    claim = bench.claim(bench.over("x", others=Fraction(0.95, 0.95)), study=study)
    every = bench.rows([50.0] * 59, "over:x#0") + bench.rows([60.0] * 59, "over:x#1")
    payload = bench.decide(claim, every, charge=charge, limits=bench.limits(100.0, basis=(CALL,)))
    assert set(payload.references) == {
        "clopper-pearson-1934", "wilks-1941", "rockafellar-1970", "owen-1968", "stephens-1974", "roache-1994",
        "celik-2008",
    }  # fmt: skip
    assert set(payload.references) <= set(REFERENCES)
    assert bench.decide(rows=None).references == ()
