from __future__ import annotations

import dataclasses
from types import SimpleNamespace

from assay.evidence import canonical, digest
from assay.pipeline.freezing import (
    attempt_recipes,
    attempt_record,
    attempt_records_on_file,
    freeze_plan,
    freeze_record,
    ledger_record,
)


def test_an_attempt_stands_on_what_its_verdict_follows_from(nominal, walked):
    recipes = attempt_recipes(nominal.setting, walked.studies)
    assert set(recipes) == {"BEAM-2", "BEAM-4", "BEAM-5", "BEAM-6", "BEAM-10"}
    assert recipes["BEAM-6"] == nominal.plans["BEAM-6.a"].payload["recipe"]


def test_a_limit_changes_the_recipe_of_its_own_requirement_only(nominal, walked):
    before = attempt_recipes(nominal.setting, walked.studies)
    limits = dict(nominal.setting.limits)
    limits["BEAM-6.a"] = dataclasses.replace(limits["BEAM-6.a"], values=(140.0,))
    after = attempt_recipes(dataclasses.replace(nominal.setting, limits=limits), walked.studies)
    assert {name for name in before if before[name] != after[name]} == {"BEAM-6"}


def test_models_and_errors_and_shares_are_in_it(nominal, walked):
    setting, beam = nominal.setting, walked.studies["beam"]
    before = attempt_recipes(setting, walked.studies)["BEAM-6"]
    payload = beam.verification.payload
    larger = [{**item, "charge": 2 * item["charge"]} for item in payload["quantities"]]
    charged = dataclasses.replace(beam.verification, payload={**payload, "quantities": larger})
    fewer = {name: record for name, record in beam.models.items() if name == "stress"}
    for changed in (
        dataclasses.replace(beam, verification=charged),
        dataclasses.replace(beam, models=fewer),
        dataclasses.replace(beam, solver=dataclasses.replace(beam.solver, version="python-9")),
    ):
        assert attempt_recipes(setting, {**walked.studies, "beam": changed})["BEAM-6"] != before


def test_refined_anew_with_the_same_charge_is_the_same_attempt(nominal, walked):
    beam = walked.studies["beam"]
    again = dataclasses.replace(beam.verification, inputs={"runs": "sha256:" + "0" * 64})
    assert again.id != beam.verification.id
    studies = {**walked.studies, "beam": dataclasses.replace(beam, verification=again)}
    assert attempt_recipes(nominal.setting, studies) == attempt_recipes(nominal.setting, walked.studies)


def test_nothing_is_attempted_before_the_model_is_known(nominal, walked):
    beam = walked.studies["beam"]
    for unknown in (
        dataclasses.replace(beam, verification=None),
        dataclasses.replace(beam, models={**beam.models, "stress": None}),
    ):
        assert attempt_recipes(nominal.setting, {**walked.studies, "beam": unknown}) == {}


def test_the_freeze_is_the_one_on_file(looking, nominal, walked, ledger):
    found = freeze_plan(looking, nominal.setting, walked.studies, nominal.plans)
    assert found == nominal.freeze
    assert found in {entry.digest for entry in ledger.freezes}
    assert looking.steps[-1].state == "done"


def test_no_freeze_before_what_it_stands_on(looking, nominal, walked):
    studies = {**walked.studies, "beam": dataclasses.replace(walked.studies["beam"], verification=None)}
    assert freeze_plan(looking, nominal.setting, studies, nominal.plans) is None


def test_records_of_the_ledger(looking, nominal, ledger):
    plan = nominal.plans["BEAM-6.a"]
    record = attempt_record(looking, plan)
    assert (record.kind, record.subject) == ("attempt", "BEAM-6@nominal#1")
    assert record.payload == plan.payload
    freeze = freeze_record(looking, plan)
    assert freeze.kind == "freeze"
    assert digest(canonical(freeze.payload)) == plan.payload["freeze"]
    gone = SimpleNamespace(**{**vars(plan), "payload": {**plan.payload, "freeze": "sha256:" + "0" * 64}})
    assert freeze_record(looking, gone) is None
    attempts, freezes = attempt_records_on_file(ledger, nominal.setting)
    assert record in attempts
    assert freezes == (freeze,)
    assert len(attempts) == 4


def test_a_record_of_the_ledger_follows_from_its_content():
    assert ledger_record("freeze", "x", {"a": 1}) == ledger_record("freeze", "x", {"a": 1})
    assert ledger_record("freeze", "x", {"a": 1}).id != ledger_record("freeze", "x", {"a": 2}).id
