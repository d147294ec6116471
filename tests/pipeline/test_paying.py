"""Who pays for which plan."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assay.pipeline.paying import _streams
from assay.pipeline.planning import LONGEST


@pytest.fixture
def stream(betting):
    """SEQ-1's plan, as it was before its attempt was written."""
    found = betting.configurations["nominal"]
    solver = betting.studies["beam"].solver
    plan = replace(found.plans["SEQ-1.a"], payload=None, recorded=False, draws=150)
    return found.setting.programme, plan, solver


def test_without_a_budget_it_gets_what_it_is_planned_for(stream):
    programme, plan, solver = stream
    assert _streams(programme, [(plan, solver, "nominal")], None) == ({("SEQ-1.a", "nominal"): 150}, {})


def test_a_short_budget_shortens_it_down_to_the_fixed_plan(stream):
    programme, plan, solver = stream
    given, unpaid = _streams(programme, [(plan, solver, "nominal")], 80)
    assert (given, unpaid) == ({("SEQ-1.a", "nominal"): 80}, {})


def test_below_the_fixed_plan_it_is_priced_and_not_begun(stream):
    programme, plan, solver = stream
    given, unpaid = _streams(programme, [(plan, solver, "nominal")], 58)
    assert given == {}
    price = unpaid["SEQ-1.a", "nominal"]
    assert price.runs == 150
    assert price.max_runs == programme.budget.max_runs + 150 - 58


def test_what_is_begun_comes_first_and_may_go_on(stream):
    programme, plan, solver = stream
    begun = replace(plan, recorded=True, draws=60)
    new = replace(plan, claim=replace(plan.claim, criterion=replace(plan.claim.criterion, id="SEQ-9.a")))
    given, unpaid = _streams(programme, [(new, solver, "nominal"), (begun, solver, "nominal")], 100)
    assert given == {("SEQ-1.a", "nominal"): 160}
    assert set(unpaid) == {("SEQ-9.a", "nominal")}
    alone, _ = _streams(programme, [(begun, solver, "nominal")], None)
    assert alone == {("SEQ-1.a", "nominal"): LONGEST * 59}, "no plan goes on for ever"
