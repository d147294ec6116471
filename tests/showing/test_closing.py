from __future__ import annotations

import pytest

from assay.programme import Fraction
from assay.showing.closing import closes_by
from assay.showing.reasons import REASONS
from assay.showing.records import Charge, Price

NOTHING_TO_DO = {"shown", "shown-given", "stale", "children", "nothing-declared"}


@pytest.mark.parametrize("reason", sorted(REASONS))
def test_every_reason_of_a_showing_has_a_way_out(bench, reason):
    text = closes_by(reason, bench.evidence(), ())
    assert bool(text) == (reason not in NOTHING_TO_DO and not reason.startswith("document"))


def test_cases_that_have_to_change_are_named(bench):
    claim = bench.claim(bench.at_cases(), cases=[bench.case(n, x=0.1) for n in "abc"])
    rows = [bench.row(v, 0, f"data/cases.csv#{n}") for n, v in zip("abc", (150.0, 50.0, 160.0), strict=True)]
    assert "at a; c" in bench.decide(claim, rows).closes_by
    assert " at " not in bench.plan([150.0] * 59).closes_by


@pytest.mark.parametrize(("x", "f", "starts"), [(0.1, 1.0, "refine"), (0.01, 1.1, "support a smaller")])
def test_the_larger_charge_is_named_first(bench, x, f, starts):
    charge = Charge(numerical_relative=x, model_basis="allowance", model_factor=f)
    assert bench.plan([97.0] * 59, charge=charge).closes_by.startswith(starts)


def test_doing_what_closes_an_open_row_shows_it(bench):
    charge = Charge(numerical_relative=0.1, model_basis="allowance", model_factor=1.0)
    assert bench.plan([97.0] * 59, charge=charge).verdict == "NOT SHOWN"
    refined = Charge(numerical_relative=0.01, model_basis="allowance", model_factor=1.0)
    assert bench.plan([97.0] * 59, charge=refined).verdict == "SHOWN"


def test_a_plan_names_its_price(bench):
    attempt = bench.attempt(299, paid=False, price=Price(runs=299, minutes=12.4))
    assert bench.decide(rows=None, attempt=attempt).closes_by == (
        "raise [budget] max_runs by 299 and run again: 299 solver runs, about 12 min on one core"
    )


def test_the_plan_to_add_is_named(bench):
    study = bench.study(bench.declaration("convex_in", ["x"]))
    for others, word in (("nominal", "'structure'"), (Fraction(0.95, 0.95), "'structure+fixed'")):
        claim = bench.claim(bench.over("x", others=others), study=study, rungs=["fixed"])
        assert word in closes_by("plan-not-available", bench.evidence(claim), ())
    assert "'fixed'" in closes_by("plan-not-available", bench.evidence(), ())


def test_approval_commands_can_be_typed(bench):
    assert (
        '`assay approve model-form:s --as PERSON --role "lead"`'
        in bench.plan([50.0] * 59, model_form_approved=False).closes_by
    )
