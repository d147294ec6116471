"""Plans chosen from the training data."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assay.evidence import open_store, read_ledger
from assay.pipeline import Looking, walk
from assay.pipeline.attempting import FIXED
from assay.pipeline.choosing import _may_be_sequential, _rests_on_signs
from assay.programme import load
from assay.showing.choice_records import PlanChoicePayload


def payloads(assay):
    with open_store(assay.folder) as store:
        found = [PlanChoicePayload.model_validate(r.payload) for r in store.records("plan-choice")]
    return {payload.criterion: payload for payload in found}


def test_what_nothing_comes_near_is_counted_and_what_comes_near_is_bet_on(sequential_done):
    found = payloads(sequential_done)
    assert {name: payload.plan for name, payload in found.items()} == {
        "SEQ-1.a": "sequential",
        "SEQ-2.a": "sequential",
        "SEQ-3.a": "fixed",
        "SEQ-4.a": "sequential",
    }
    assert found["SEQ-2.a"].goal == "refuted"
    assert found["SEQ-3.a"].horizon is None
    assert found["SEQ-1.a"].believed == pytest.approx(0.025, abs=0.012)
    assert found["SEQ-1.a"].horizon >= found["SEQ-1.a"].fixed_draws == 59


def test_cases_are_left_to_the_fixed_plan_unless_it_is_asked_otherwise(claims):
    assert not _may_be_sequential(claims["BEAM-4.a"])
    asked = replace(claims["BEAM-4.a"].criterion, rungs=("sequential",))
    assert _may_be_sequential(replace(claims["BEAM-4.a"], criterion=asked))
    first = replace(claims["BEAM-4.a"].criterion, rungs=("fixed", "sequential"))
    assert not _may_be_sequential(replace(claims["BEAM-4.a"], criterion=first))


def test_claims_without_draws_or_over_corners_have_no_choice(claims):
    assert not _may_be_sequential(claims["BEAM-3.a"])
    assert not _may_be_sequential(claims["BEAM-7.a"])


def test_the_choice_is_kept_by_the_setting(betting):
    choices = betting.configurations["nominal"].setting.choices
    assert (choices["SEQ-3.a"].kind, choices["SEQ-3.a"].draws) == (FIXED.kind, FIXED.draws)
    assert choices["SEQ-1.a"].kind == "sequential"


def test_what_each_plan_would_take_is_kept_for_every_fraction_and_looking_asks_no_model(
    store, ledger, programme, monkeypatch
):
    def refuse(*_):
        raise AssertionError("a model was opened to look at the plan")

    monkeypatch.setattr("assay.pipeline.outlook.open_model", refuse)
    looked = walk(Looking(store, ledger), programme, ("nominal",))
    weighed = looked.weighed["nominal"]
    assert set(weighed) == {"BEAM-2.a", "BEAM-4.a", "BEAM-5.a", "BEAM-6.a", "BEAM-10.a"}
    assert all(record.payload["options"] and record.payload["model"] for record in weighed.values())
    assert weighed["BEAM-4.a"].payload["expected"] is None, "cases are left to the fixed plan"


def test_signs_carry_a_fraction_only_where_asked_for_first_and_able_to(dominance_done):
    with open_store(dominance_done.folder) as opened:
        programme = load(dominance_done.folder)
        walked = walk(Looking(opened, read_ledger(dominance_done.folder)), programme, ("nominal",))
    setting = walked.configurations["nominal"].setting
    claim = next(c for c in setting.claims if c.criterion.id == "DOM-1.a")
    assert setting.choices["DOM-1.a"].kind == "structure"
    for rungs, carried in ((("structure", "fixed"), True), (("fixed", "structure"), False), ((), False)):
        asked = replace(claim, criterion=replace(claim.criterion, rungs=rungs))
        assert _rests_on_signs(asked) == carried
    both = replace(claim, criterion=replace(claim.criterion, sense="between"))
    assert not _rests_on_signs(both)
