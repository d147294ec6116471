from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.programme import Fraction
from assay.showing import BasisCall, declarations_used, smallest_margin, worst
from assay.showing.decide import ORDER
from assay.showing.records import Charge, Margin, Price

CONTENT = Fraction(0.95, 0.95)
BAD = ("NOT SHOWN", "REFUTED")


def charge(x=0.0, f=1.0, basis="allowance"):
    return Charge(numerical_relative=x, model_basis=basis, model_factor=f)


def corner_claim(bench, *, others="nominal", kind="convex_in", sense="at_most"):
    study = bench.study(bench.declaration(kind, ["x"]))
    return bench.claim(bench.over("x", others=others), study=study, sense=sense)


def corners(bench, low, high, draws=1):
    return bench.rows([low] * draws, "over:x#0") + bench.rows([high] * draws, "over:x#1")


def test_worst_orders_the_verdicts():
    for size in (1, 2, 3):
        for verdicts in itertools.product(ORDER, repeat=size):
            assert worst(verdicts) == min(
                verdicts, key=["REFUTED", "NOT SHOWN", "SHOWN GIVEN", "SHOWN"].index
            )


def test_smallest_margin():
    margins = [None, Margin(value=0.2, mode="a", place=""), Margin(value=-0.1, mode="b", place="")]
    assert smallest_margin(margins).mode == "b"
    assert smallest_margin([None]) is None


def test_shown_says_what_it_rests_on(bench):
    payload = bench.plan([50.0] * 59)
    assert (payload.verdict, payload.rung, payload.method, payload.credit) == ("SHOWN", "0a", "fixed", "none")
    assert (payload.given, payload.closes_by, payload.price) == ((), "", None)
    assert (payload.attempt, payload.attempts) == (1, 1)
    assert len(payload.assumptions) == 4
    assert payload.margin == payload.parts[0].margin
    assert payload.references == ("clopper-pearson-1934", "wilks-1941")


@pytest.mark.parametrize(
    ("value", "verdict", "reason"),
    [
        (90.0, "SHOWN", "shown"),
        (99.0, "NOT SHOWN", "nominal-not-within"),
        (103.0, "NOT SHOWN", "nominal-not-within"),
        (120.0, "REFUTED", "refuted-by-run"),
        (None, "NOT SHOWN", "runs-failed"),
    ],
)
def test_nominal(bench, value, verdict, reason):
    claim = bench.claim(bench.at_cases(), cases=[bench.case("a", x=0.1)])
    payload = bench.decide(claim, [bench.row(value, 0, "data/cases.csv#a")], charge=charge(0.05))
    assert (payload.verdict, payload.reason) == (verdict, reason)
    assert (payload.rung, payload.method, payload.attempt) == ("0a", "fixed", None)
    (part,) = payload.parts
    assert (part.draws, part.error, part.bound, part.allowed, part.attained) == (1, None, None, None, None)


def test_the_worst_case_decides(bench):
    claim = bench.claim(bench.at_cases(), cases=[bench.case(name, x=0.1) for name in "abc"])
    rows = [bench.row(v, 0, f"data/cases.csv#{n}") for n, v in zip("abc", (50.0, 98.0, 60.0), strict=True)]
    payload = bench.decide(claim, rows, charge=charge(0.05))
    assert [part.verdict for part in payload.parts] == ["SHOWN", "NOT SHOWN", "SHOWN"]
    assert (payload.verdict, payload.margin.mode) == ("NOT SHOWN", "q, b")
    assert "berger-1982" in payload.references


BLOCKERS = {
    "numerical-not-assessed": {"charge": None},
    "model-form-not-assessed": {"charge": charge(basis="none")},
    "model-form-not-approved": {"model_form_approved": False},
}


@pytest.mark.parametrize("reason", BLOCKERS)
@pytest.mark.parametrize("value", [50.0, 150.0, None])
def test_nothing_is_said_without_charges(bench, reason, value):
    """Neither shown nor refuted; the runs are printed all the same."""
    for payload in (bench.plan([value] * 59, **BLOCKERS[reason]), nominal(bench, value, **BLOCKERS[reason])):
        assert (payload.verdict, payload.reason) == ("NOT SHOWN", reason)
        assert payload.closes_by
    if value == 150.0 and reason != "numerical-not-assessed":
        assert bench.plan([value] * 59, **BLOCKERS[reason]).parts[0].beyond == 59


def nominal(bench, value, **changes):
    claim = bench.claim(bench.at_cases(), cases=[bench.case("a", x=0.1)])
    return bench.decide(claim, [bench.row(value, 0, "data/cases.csv#a")], **changes)


@pytest.mark.parametrize("basis", ["measured", "similarity", "none"])
def test_a_basis_that_is_not_charged_is_not_assessed(bench, basis):
    for value in (50.0, 150.0):
        payload = bench.plan([value] * 59, charge=charge(basis=basis))
        assert (payload.verdict, payload.reason) == ("NOT SHOWN", "model-form-not-assessed")


def test_a_limit_that_may_not_be_credited_shows_and_refutes_nothing(bench):
    call = BasisCall("d", "c", 0.99, 0.95)
    low = bench.limits(100.0, basis=(call,), not_creditable=("60 of 75 specimens",), blocked=(call,))
    rejected = bench.limits(100.0, basis=(call,), rejected=("normal distribution of d.c rejected",))
    for value in (50.0, 150.0):
        payload = bench.plan([value] * 59, limits=low)
        assert (payload.verdict, payload.reason) == ("NOT SHOWN", "limit-not-creditable")
        assert "60 of 75 specimens" in payload.closes_by
        assert "basis:d.c:0.99/0.95@c" in payload.closes_by
        payload = bench.plan([value] * 59, limits=rejected)
        assert (payload.verdict, payload.reason) == ("NOT SHOWN", "limit-assumption-failed")
        assert nominal(bench, value, limits=low).verdict == "NOT SHOWN"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"gap": True}, "attempts-gap"),
        ({"frozen": False}, "freeze-missing"),
        ({"level": None, "draws": 0}, "attempts-exhausted"),
        ({"paid": False}, "plan-not-paid"),
    ],
)
@pytest.mark.parametrize("value", [50.0, 150.0])
def test_draws_that_do_not_count(bench, changes, reason, value):
    payload = bench.plan([value] * 59, attempt=bench.attempt(**changes))
    assert (payload.verdict, payload.reason) == ("NOT SHOWN", reason)
    assert payload.closes_by


def test_an_unpaid_plan_has_a_price(bench):
    price = Price(runs=299, minutes=12.5)
    payload = bench.decide(rows=None, attempt=bench.attempt(299, paid=False, price=price))
    assert (payload.price, payload.parts, payload.rung, payload.method) == (price, (), None, None)
    assert "299 solver runs" in payload.closes_by
    assert bench.decide(rows=None).price is None


def test_a_fraction_without_an_attempt_is_not_decided_by_one_run(bench):
    payload = bench.decide(rows=[bench.row(50.0)], attempt=None)
    assert (payload.verdict, payload.reason) == ("NOT SHOWN", "not-run")


def test_without_runs_nothing_is_shown(bench):
    assert bench.decide(rows=None).reason == "not-run"
    claim = bench.claim(bench.at_cases(), cases=[bench.case("a", x=0.1)])
    assert bench.decide(claim, None).reason == "not-run"


@pytest.mark.parametrize(
    ("rungs", "others", "verdict"),
    [
        ((), None, "SHOWN"),
        (("fixed",), None, "SHOWN"),
        (("structure+fixed",), None, "NOT SHOWN"),
        ((), CONTENT, "SHOWN GIVEN"),
        (("structure+fixed", "fixed"), CONTENT, "SHOWN GIVEN"),
        (("structure",), CONTENT, "SHOWN GIVEN"),
        (("fixed",), CONTENT, "NOT SHOWN"),
        (("fixed",), "nominal", "NOT SHOWN"),
    ],
)
def test_only_a_plan_that_was_asked_for(bench, rungs, others, verdict):
    if others is None:
        payload = bench.decide(bench.claim(rungs=rungs), bench.rows([50.0] * 59))
    else:
        study = bench.study(bench.declaration("convex_in", ["x"]))
        claim = bench.claim(bench.over("x", others=others), study=study, rungs=rungs)
        payload = bench.decide(claim, corners(bench, 50.0, 60.0, 59))
    assert payload.verdict == verdict
    if verdict == "NOT SHOWN":
        assert payload.reason == "plan-not-available"
        assert "rungs" in payload.closes_by


# Declared structure


@pytest.mark.parametrize("others", ["nominal", CONTENT])
def test_shown_given_prints_its_declaration(bench, others):
    payload = bench.decide(corner_claim(bench, others=others), corners(bench, 50.0, 60.0, 59))
    assert (payload.verdict, payload.reason) == ("SHOWN GIVEN", "shown-given")
    assert payload.given == ("q convex in x (8 checks, 0 violations)",)
    assert (payload.rung, payload.credit) == ("2", "structure")
    assert payload.method == ("structure+fixed" if others == CONTENT else "structure")
    assert "rockafellar-1970" in payload.references


@pytest.mark.parametrize(
    ("tests", "reason"),
    [
        ({"runs": 7}, "declaration-not-tested"),
        ({"runs": 0}, "declaration-not-tested"),
        ({"violations": 1}, "declaration-broken"),
        (None, "declaration-not-tested"),
    ],
)
@pytest.mark.parametrize(("value", "verdict"), [(60.0, "NOT SHOWN"), (150.0, "REFUTED"), (None, "NOT SHOWN")])
def test_a_declaration_carries_only_what_it_survived(bench, tests, reason, value, verdict):
    """REFUTED rests on runs alone: the corners that were run lie in the claim."""
    claim = corner_claim(bench)
    structure = bench.tested(claim.study, **tests) if tests is not None else None
    payload = bench.decide(claim, corners(bench, 50.0, value), structure=structure)
    assert payload.verdict == verdict
    assert payload.given == ()
    assert payload.reason == (reason if verdict == "NOT SHOWN" else "refuted-by-run")


def test_tests_of_another_factor_do_not_carry_the_claim(bench):
    claim = corner_claim(bench)
    other = bench.study(bench.declaration("convex_in", ["y"]))
    payload = bench.decide(claim, corners(bench, 50.0, 60.0), structure=bench.tested(other))
    assert payload.reason == "declaration-not-tested"
    both = bench.study(bench.declaration("convex_in", ["x"], ["y"]))
    claim = bench.claim(bench.over("x", "y"), study=both)
    rows = [bench.row(50.0, 0, f"over:x,y#{n}") for n in range(4)]
    assert bench.decide(claim, rows).verdict == "SHOWN GIVEN"
    half = replace(claim.study, declarations=(bench.declaration("convex_in", ["x"]),))
    payload = bench.decide(claim, rows, structure=bench.tested(half))
    assert payload.reason == "declaration-not-tested"


@pytest.mark.parametrize(("value", "verdict"), [(60.0, "NOT SHOWN"), (150.0, "REFUTED")])
def test_an_undeclared_structure_shows_nothing_and_refutes_by_runs(bench, value, verdict):
    claim = bench.claim(bench.over("x"), study=bench.study())
    payload = bench.decide(claim, corners(bench, 50.0, value), structure=None)
    assert payload.verdict == verdict
    if verdict == "NOT SHOWN":
        assert payload.reason == "declaration-missing"
        assert "x" in payload.closes_by


def test_a_polytope_across_groups_is_explained(bench):
    study = bench.study(bench.declaration("convex_in", ["x"], ["y"]))
    segment = ({"x": 0.0, "y": 1.0}, {"x": 1.0, "y": 0.0})
    claim = bench.claim(bench.over("x", "y", corners=segment), study=study)
    rows = [bench.row(50.0, 0, row.key) for row in claim.rows]
    payload = bench.decide(claim, rows)
    assert (payload.verdict, payload.reason) == ("NOT SHOWN", "declaration-missing")
    assert "one group" in payload.closes_by


def test_a_case_that_is_shown_keeps_its_given_beside_one_that_is_not(bench):
    study = bench.study(bench.declaration("convex_in", ["y", "z"]))
    cases = [bench.case("a", x=0.1), bench.case("b", x=0.9)]
    claim = bench.claim(bench.at_cases("everywhere"), study=study, cases=cases)
    values = {"a": 50.0, "b": 99.0}
    rows = [
        bench.row(values[part.case.name], 0, row.key, **row.values)
        for part in claim.parts
        for row in part.rows
    ]
    payload = bench.decide(claim, rows, charge=charge(0.05))
    assert [part.verdict for part in payload.parts] == ["SHOWN GIVEN", "NOT SHOWN"]
    assert payload.verdict == "NOT SHOWN"
    assert payload.given
    broken = bench.decide(claim, rows, charge=charge(0.05), structure=bench.tested(study, violations=1))
    assert (broken.reason, broken.given) == ("declaration-broken", ())


def test_declarations_used_are_those_that_cover(bench):
    study = bench.study(
        bench.declaration("convex_in", ["x"]),
        bench.declaration("linear_in", ["y"]),
        bench.declaration("homogeneous_in", ["x"]),
    )
    evidence = bench.evidence(bench.claim(bench.over("x"), study=study))
    assert [check.kind for check in declarations_used(evidence)] == ["convex_in"]
    assert declarations_used(replace(evidence, structure=None)) == ()


# Properties over whole plans

VALUES = st.one_of(st.none(), st.floats(0.0, 200.0))
PLANS = st.lists(VALUES, min_size=59, max_size=59)
CHARGES = st.builds(charge, st.floats(0.0, 0.3), st.floats(1.0, 1.3))


@given(
    st.lists(st.floats(0.0, 110.0), min_size=59, max_size=59),
    CHARGES,
    st.floats(0.0, 0.3),
    st.floats(0.0, 0.3),
)
def test_charging_more_never_shows(bench, values, less, x, m):
    more = charge(less.numerical_relative + x, less.model_factor + m)
    before, after = bench.plan(values, charge=less), bench.plan(values, charge=more)
    if before.verdict == "NOT SHOWN":
        assert after.verdict == "NOT SHOWN"
    if after.verdict == "REFUTED":
        assert before.verdict == "REFUTED"


@given(st.lists(st.floats(60.0, 110.0), min_size=59, max_size=59), st.floats(1.0, 2.0), st.floats(1.0, 2.0))
def test_a_larger_demand_factor_never_shows(bench, values, one, more):
    claim = bench.claim(bench.at_cases(CONTENT), cases=[bench.case("a", "F", x=0.1)])
    rows = bench.rows(values, "data/cases.csv#a")
    before = bench.decide(claim, rows, packs={"p": bench.pack(F=one)})
    after = bench.decide(claim, rows, packs={"p": bench.pack(F=one * more)})
    assert before.verdict == "SHOWN" or after.verdict != "SHOWN"


@given(PLANS, st.integers(0, 58), CHARGES)
def test_a_run_that_fails_never_improves_a_verdict(bench, values, index, charged):
    """It never makes a row shown, and never takes part in refuting one."""
    before = bench.plan(values, charge=charged)
    after = bench.plan([*values[:index], None, *values[index + 1 :]], charge=charged)
    assert not (after.verdict == "SHOWN" and before.verdict != "SHOWN")
    assert not (after.verdict == "REFUTED" and before.verdict != "REFUTED")
    assert after.parts[0].not_within >= before.parts[0].not_within
    assert after.parts[0].beyond <= before.parts[0].beyond


@given(PLANS, CHARGES, st.randoms())
def test_the_order_of_rows_is_of_no_consequence(bench, values, charged, random):
    rows = bench.rows(values)
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert bench.decide(rows=rows, charge=charged) == bench.decide(rows=shuffled, charge=charged)


@given(PLANS, CHARGES)
def test_at_least_mirrors_at_most(bench, values, charged):
    mirrored = [None if v is None else -v for v in values]
    one = bench.plan(values, charge=charged)
    other = bench.decide(
        bench.claim(sense="at_least"), bench.rows(mirrored), charge=charged, limits=bench.limits(-100.0)
    )
    assert (one.verdict, one.reason) == (other.verdict, other.reason)
    assert one.parts[0].not_within == other.parts[0].not_within


@given(PLANS, CHARGES, st.sampled_from(["at_most", "at_least", "between"]))
def test_a_payload_is_consistent(bench, values, charged, sense):
    payload = bench.decide(bench.claim(sense=sense), bench.rows(values), charge=charged)
    part = payload.parts[0]
    assert payload.verdict == part.verdict
    assert bool(payload.closes_by) == (payload.verdict in BAD)
    assert part.beyond <= part.not_within <= part.draws
    if payload.verdict == "SHOWN":
        assert part.bound <= part.allowed
        assert payload.margin is None or payload.margin.value >= 0.0
    if payload.verdict == "REFUTED":
        assert part.lower_bound > part.allowed
    assert payload.model_validate_json(payload.model_dump_json()) == payload
