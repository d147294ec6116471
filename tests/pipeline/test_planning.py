from __future__ import annotations

import dataclasses

import pytest

from assay.pipeline.planning import (
    PICTURES,
    BlockWish,
    affordable,
    configuration_runs,
    prices,
    stated_minutes,
    study_runs,
)
from assay.showing import RowSpec

DRAW = (RowSpec("", ()),)
CASES = tuple(RowSpec(f"cases#{i}", ()) for i in range(3))


@pytest.fixture
def wish(beam):
    def make(draws, configuration="nominal", promised=0, rows=None):
        rows = rows or dict.fromkeys(draws, CASES)
        return BlockWish("beam", configuration, draws, rows, beam.solver, promised)

    return make


def test_a_block_costs_the_rows_of_the_plans_it_serves(wish):
    one = wish({"a": 59, "b": 299}, rows={"a": DRAW, "b": CASES})
    assert (one.cost(0), one.cost(59), one.cost(299)) == (0, 59, 4 * 299)


def test_no_budget_pays_for_everything(wish):
    assert affordable(None, 100, [wish({"a": 59, "b": 299})]) == {("beam", "nominal"): 299}


@pytest.mark.parametrize(
    ("budget", "given"),
    [(335, (0, 0)), (336, (59, 0)), (571, (59, 0)), (572, (59, 59)), (1531, (59, 59)), (1532, (299, 59))],
)
def test_smaller_plans_first_and_the_first_configuration_first(wish, budget, given):
    wishes = [wish({"a": 59, "b": 299}), wish({"a": 59, "b": 299}, "thin")]
    found = affordable(budget, 100, wishes)
    assert (found["beam", "nominal"], found["beam", "thin"]) == given


def test_what_is_promised_is_paid_before_anything_new(wish):
    wishes = [wish({"a": 59}), wish({"a": 59}, "thin", promised=59)]
    assert affordable(236, 0, wishes) == {("beam", "nominal"): 0, ("beam", "thin"): 59}
    assert affordable(0, 0, wishes)["beam", "thin"] == 59, "an attempt on file is never taken back"


def test_the_price_pays(wish, programme):
    """The budget that a price names pays for the plan, whatever was left before."""
    wishes = [wish({"a": 59, "b": 299}), wish({"a": 59, "b": 299}, "thin")]
    given = affordable(programme.budget.max_runs, 300, wishes)
    assert given == {("beam", "nominal"): 59, ("beam", "thin"): 59}
    found = prices(programme, wishes, given)
    assert {key: price.runs for key, price in found.items()} == {("b", "nominal"): 1196, ("b", "thin"): 1196}
    for (name, where), price in found.items():
        paid = affordable(price.max_runs, 300, wishes)
        assert paid["beam", where] >= wishes[0].draws[name]
        assert affordable(price.max_runs - 1196, 300, wishes)["beam", where] == 59


def test_a_price_does_not_depend_on_what_is_begun(wish, programme):
    before = [wish({"a": 59, "b": 299})]
    after = [wish({"b": 299})]
    assert prices(programme, before, {("beam", "nominal"): 59}) == prices(
        programme, after, {("beam", "nominal"): 0}
    )


def test_without_budget_nothing_has_a_price(wish, programme):
    free = dataclasses.replace(programme, budget=dataclasses.replace(programme.budget, max_runs=None))
    wishes = [wish({"a": 59})]
    assert prices(free, wishes, affordable(None, 0, wishes)) == {}


def test_runs_of_the_stages_are_those_that_were_made(walked, store, beam, claims):
    """The plan's arithmetic against the store's records."""
    shared = [
        c for found in walked.configurations.values() for c in found.setting.claims if c.study.name == "beam"
    ]
    made = {r.subject: r.payload["solves"] for r in store.records("runs")}
    assert study_runs(beam.study, beam.solver, shared) == made["beam"] + made["beam/verification"]
    mine = [claim for claim in claims.values() if claim.study.name == "beam"]
    known = made["beam@nominal/nominal"] + made["beam@nominal/refutation"]
    assert configuration_runs(beam.study, beam.solver, mine) == known + min(PICTURES, len(mine))


def test_minutes_are_what_the_study_states(programme):
    assert stated_minutes(programme, "beam", 60) == 60 * programme.studies["beam"].time_limit / 60
