from __future__ import annotations

import pytest

from assay.programme import Fraction
from assay.showing import guided_beyond
from assay.showing.findings import inside
from assay.showing.records import Charge

INSIDE = {"x": 0.2, "y": 0.3, "z": 0.4}


def everywhere(bench, *, covered=True, cases=(), sense="at_most", factors=None):
    declared = (bench.declaration("linear_in", ["x"], ["y"], ["z"]),) if covered else ()
    study = bench.study(*declared, factors=factors)
    holds = bench.at_cases("everywhere") if cases else bench.everywhere()
    return bench.claim(holds, study=study, cases=cases, sense=sense)


@pytest.mark.parametrize("covered", [True, False])
def test_one_guided_run_beyond_refutes_everywhere(bench, covered):
    """Inside the box, at whatever row; the run that breaks a declaration is the best of proofs."""
    claim = everywhere(bench, covered=covered)
    good = [bench.row(50.0, 0, row.key, **row.values) for row in claim.rows]
    payload = bench.decide(
        claim, good, guided=[bench.row(150.0, 4, "", **INSIDE)], records={"refutation_runs": "r"}
    )
    assert (payload.verdict, payload.reason) == ("REFUTED", "refuted-by-run")
    (finding,) = payload.findings
    assert (finding.record, finding.index, finding.row, finding.quantity) == ("r", 4, "", 150.0)
    assert (finding.charged, finding.limit, finding.case) == (150.0, 100.0, None)
    assert payload.given == ()
    assert (payload.rung, payload.method) == (("2", "structure") if covered else ("0a", "fixed"))


@pytest.mark.parametrize(
    "row",
    [
        {"value": 99.0},
        {"value": 105.0},
        {"value": None},
        {"value": 150.0, "x": 1.1},
        {"value": 150.0, "z": -0.1},
    ],
)
def test_what_is_not_beyond_or_not_inside_refutes_nothing(bench, row):
    claim = everywhere(bench)
    charge = Charge(numerical_relative=0.1, model_basis="allowance", model_factor=1.0)
    factors = {**INSIDE, **{k: v for k, v in row.items() if k != "value"}}
    payload = bench.decide(claim, None, guided=[bench.row(row["value"], 0, "", **factors)], charge=charge)
    assert (payload.verdict, payload.findings) == ("NOT SHOWN", ())


def test_a_fixed_factor_has_to_be_where_the_configuration_holds_it(bench):
    factors = {"x": {"fixed": True}, "y": {}, "z": {"tolerance": (-0.1, 0.1)}}
    claim = everywhere(bench, factors=factors)
    (part,) = claim.parts
    assert inside(claim, part, bench.row(1.0, x=0.5, y=0.0, z=0.6))
    assert not inside(claim, part, bench.row(1.0, x=0.4, y=0.0, z=0.6))
    assert not inside(claim, part, bench.row(1.0, x=0.5, y=0.0, z=0.7))
    assert not inside(claim, part, bench.row(1.0, x=0.5, y=0.0))


@pytest.mark.parametrize("covered", [True, False])
def test_a_run_away_from_the_case_says_nothing_of_it(bench, covered):
    cases = [bench.case("a", x=0.1), bench.case("b", "F", x=0.9)]
    claim = everywhere(bench, covered=covered, cases=cases)
    away = [bench.row(150.0, 0, "", **INSIDE)]
    assert bench.decide(claim, None, guided=away).verdict == "NOT SHOWN"
    at_b = [bench.row(80.0, 0, "", **{**INSIDE, "x": 0.9})]
    payload = bench.decide(claim, None, guided=at_b)
    assert payload.verdict == "REFUTED"
    assert [(f.case, f.charged, f.limit) for f in payload.findings] == [("b", 120.0, 100.0)]


def test_inside_a_polytope(bench):
    box = bench.claim(bench.over("x", "y", others="everywhere"), study=bench.study())
    (part,) = box.parts
    assert inside(box, part, bench.row(1.0, x=0.2, y=1.0, z=0.5))
    assert not inside(box, part, bench.row(1.0, x=0.2, y=1.2, z=0.5))
    assert not inside(box, part, bench.row(1.0, x=0.2, z=0.5))
    corners = ({"x": 0.0, "y": 1.0}, {"x": 1.0, "y": 0.0})
    segment = bench.claim(bench.over("x", "y", others="everywhere", corners=corners), study=bench.study())
    (part,) = segment.parts
    assert inside(segment, part, bench.row(1.0, x=0.0, y=1.0, z=0.5))
    # inside the box around the segment, but who knows whether inside the polytope: no proof
    assert not inside(segment, part, bench.row(1.0, x=1.0, y=1.0, z=0.5))


def test_for_a_fraction_a_guided_run_is_a_finding_only(bench):
    claim = bench.claim(Fraction(0.95, 0.95))
    payload = bench.decide(claim, bench.rows([50.0] * 59), guided=[bench.row(150.0, 0, "", **INSIDE)])
    assert payload.verdict == "SHOWN"
    assert [f.quantity for f in payload.findings] == [150.0]


def test_a_finding_stands_at_a_row_that_the_claim_reads(bench):
    claim = bench.claim(bench.at_cases(Fraction(0.95, 0.95)), cases=[bench.case("a", "F", x=0.1)])
    rows = [bench.row(80.0, 0, "data/cases.csv#a"), bench.row(80.0, 0, "data/cases.csv#other")]
    found = guided_beyond(claim, {"p": bench.pack()}, (100.0,), bench.evidence().charge, rows)
    assert [(b.row.row, b.charged, b.limit) for b in found] == [("data/cases.csv#a", 120.0, 100.0)]


@pytest.mark.parametrize(
    ("sense", "value", "proof", "limit"),
    [
        ("at_most", 120.0, 108.0, 100.0),
        ("at_least", 80.0, 88.0, 100.0),
        ("between", 120.0, 108.0, 100.0),
        ("between", 0.5, 0.55, 1.0),
    ],
)
def test_a_finding_carries_the_two_numbers_that_prove_it(bench, sense, value, proof, limit):
    charge = Charge(numerical_relative=0.05, model_basis="allowance", model_factor=1.05)
    claim = everywhere(bench, sense=sense, covered=False)
    (finding,) = bench.decide(claim, None, guided=[bench.row(value, 0, "", **INSIDE)], charge=charge).findings
    assert (finding.charged, finding.limit) == (pytest.approx(proof), limit)


def test_without_a_charge_there_is_no_finding(bench):
    payload = bench.decide(everywhere(bench), None, guided=[bench.row(150.0, 0, "", **INSIDE)], charge=None)
    assert payload.findings == ()


def test_an_unapproved_allowance_refutes_nothing_everywhere(bench):
    guided = [bench.row(150.0, 0, "", **INSIDE)]
    payload = bench.decide(everywhere(bench), None, guided=guided, model_form_approved=False)
    assert payload.verdict == "NOT SHOWN"
    assert payload.findings, "printed all the same"
