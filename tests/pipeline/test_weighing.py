"""Prices and chances of every plan."""

from __future__ import annotations

import pytest

from assay.pipeline.outlook import Outlook, view
from assay.pipeline.study_stages import charge_of
from assay.pipeline.weighing import first, next_run, options_of, saving
from assay.showing.choice_records import PlanOption


def option(plan, runs, assurance, needs=""):
    return PlanOption(
        rung="0a",
        plan=plan,
        statement="it holds",
        needs=needs,
        expected=runs,
        ninetieth=runs,
        assurance=assurance,
        minutes=1.0,
    )


def test_a_saving_counts_what_follows_where_a_plan_does_not_show():
    fixed = option("fixed", 100, 0.9)
    likely, unlikely = option("structure", 20, 0.95, "signs"), option("residual", 10, 0.5, "a bound")
    found = saving((fixed, likely, unlikely), "fixed")
    assert (found.plan, found.needs, found.runs) == ("structure", "signs", 85)
    assert saving((fixed, unlikely), "fixed").runs == 50
    assert saving((fixed, option("structure", 1, 0.4, "signs")), "fixed") is None
    assert saving((fixed, option("structure", 20, 0.95)), "fixed") is None
    assert saving((fixed, likely), "sequential") is None


def test_the_plan_in_force_comes_first():
    options = (option("fixed", 1, 1.0), option("sequential", 2, 1.0))
    assert [o.plan for o in first(options, "sequential")] == ["sequential", "fixed"]


@pytest.fixture
def looked(store, programme, nominal, walked):
    outlook = Outlook(store, programme, nominal.setting.configuration, nominal.setting.claims, walked.studies)

    def look(name):
        claim = next(c for c in nominal.setting.claims if c.criterion.id == name)
        charge = charge_of(walked.studies[claim.study.name], claim.criterion.quantity)
        seen = view(outlook, claim, nominal.setting.limits[name].values, charge, programme.packs)
        return outlook, seen, {o.plan: o for o in options_of(outlook, seen, claim.content, 0.05)}

    return look


def test_cases_have_no_plan_on_declarations_and_two_limits_none_on_signs(looked):
    assert set(looked("BEAM-10.a")[2]) == {"fixed", "sequential", "residual"}
    assert set(looked("BEAM-4.a")[2]) == {"fixed", "sequential"}
    assert set(looked("BEAM-2.a")[2]) == {"fixed", "sequential", "residual", "structure"}


def test_draws_of_a_fixed_plan_serve_every_case_and_bets_are_made_case_by_case(looked):
    found = looked("BEAM-4.a")[2]
    assert found["fixed"].expected == 3 * 59
    assert found["sequential"].expected > found["fixed"].expected
    assert found["fixed"].minutes == 3 * 59


def test_what_the_model_is_sure_of_needs_no_further_run(looked):
    outlook, seen, _ = looked("BEAM-6.a")
    assert next_run(outlook, seen) is None
