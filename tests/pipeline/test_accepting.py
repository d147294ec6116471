"""What is asked of a model whose statement is to be credited, and which runs it is held against."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from assay.evidence import open_store, read_ledger
from assay.pipeline import Looking, walk
from assay.pipeline.accepting import model_choice, open_acceptances, rests_on_model, unseen_runs
from assay.pipeline.attempting import note_of
from assay.pipeline.believing import law_points
from assay.pipeline.drawing import payable
from assay.pipeline.study_stages import open_model
from assay.programme import load
from assay.qualification import GuardPayload, abstains
from assay.showing.model_based import DRAWS


@pytest.fixture(scope="module")
def walked(accepted_done):
    with open_store(accepted_done.folder) as opened:
        ledger = read_ledger(accepted_done.folder)
        return walk(Looking(opened, ledger), load(accepted_done.folder), ("nominal",))


@pytest.fixture(scope="module")
def nominal(walked):
    return walked.configurations["nominal"]


@pytest.fixture(scope="module")
def claims(nominal):
    return {claim.criterion.id: claim for claim in nominal.setting.claims}


@pytest.mark.parametrize("criterion", ["ACC-1.a", "ACC-4.a"])
def test_the_counts_are_those_of_the_model_at_its_draws(accepted_done, walked, nominal, criterion):
    said, study = nominal.stated[criterion].statement.payload, walked.studies["plate"]
    with open_store(accepted_done.folder) as store:
        model = open_model(store, study.models["sag"])
    guard = GuardPayload.model_validate(study.guards["sag"].payload)
    x = law_points(study.study, nominal.setting.configuration, said["seed"], 0, DRAWS)
    ends = np.array([factor.range for factor in study.study.factors.values()])
    outside = ((x < ends[:, 0]) | (x > ends[:, 1])).any(axis=1)
    inside = np.clip(x, ends[:, 0], ends[:, 1])
    silent = abstains(model, guard, inside)
    beyond = model.predict(inside)[0] + said["width"] > said["within_high"]
    assert said["outside"] == outside.sum()
    assert said["silent"] == (silent & ~outside).sum()
    assert said["wide"] == (beyond & ~silent & ~outside).sum()
    mean, _ = model.left_out()
    errors = np.sort(np.abs(mean - model.data.y))
    assert said["rows"] == errors.size == 36
    assert said["conformal"] == pytest.approx(errors[-1]), "the 36th of 36 at 5 %"
    assert said["two_sd"] >= 2.0 * np.sqrt(np.mean(model.predict(inside[~outside])[1] ** 2)) * (1 - 1e-9)


def test_draws_of_a_statement_are_of_its_attempt(nominal):
    seeds = {name: known.statement.payload["seed"] for name, known in nominal.stated.items()}
    assert len(set(seeds.values())) == len(seeds) == 5
    for name, known in nominal.stated.items():
        assert known.statement.payload["attempt"] == nominal.plans[name].number == 1
        assert set(known.statement.inputs) == {"model", "guard", "attempt"}


def test_only_what_a_person_accepted_is_accepted(nominal, walked):
    found = {name: known.approval is not None for name, known in nominal.stated.items()}
    assert found == {"ACC-1.a": True, "ACC-2.a": False, "ACC-3.a": True, "ACC-4.a": True, "ACC-5.a": True}
    for known in nominal.stated.values():
        assert known.item.of == known.statement.id
        assert known.item.role == "model owner"
        if known.approval is not None:
            assert known.approval.payload["of"] == known.statement.id
            assert known.approval in walked.approvals
    assert [item.subject for item in open_acceptances(nominal)] == [
        f"model:ACC-{number}.a@nominal" for number in range(1, 6)
    ]


def test_the_training_is_no_check_and_everything_else_is(nominal, walked):
    roles = {role for role, _ in unseen_runs(walked.studies["plate"], nominal)}
    assert roles == {"nominal", "refutation", "verification"}


def test_runs_outside_the_envelope_are_left_out(accepted_asked, tmp_path):
    made = shutil.ignore_patterns(".assay", "attempts", "freezes")
    shutil.copytree(accepted_asked.folder, tmp_path / "narrow", ignore=made)
    copy = replace(accepted_asked, folder=tmp_path / "narrow")
    copy.trust()
    copy.edit("studies/plate.toml", "range = [30.0, 70.0]", "range = [30.0, 70.0]\nenvelope = [48.0, 70.0]")
    copy.run()
    with open_store(copy.folder) as store:
        record = store.latest("model-check", "ACC-1.a@nominal/attempt-1")
        lines = [json.loads(line) for line in store.blob(record.blobs["checks"]).splitlines()]
        told = {(line["record"], line["index"]) for line in lines}
        assert told
        for role, identifier in record.inputs.items():
            if role in ("checked:nominal", "checked:refutation"):
                table = store.get(identifier)
                for line in map(json.loads, store.blob(table.blobs["table"]).splitlines()):
                    inside = line["factors"]["load"] >= 48.0
                    assert ((identifier, line["index"]) in told) == inside


def test_a_model_is_asked_only_where_the_criterion_says_so(claims):
    claim = claims["ACC-1.a"]
    assert rests_on_model(claim)
    for rungs in ((), ("fixed",), ("model", "fixed")):
        assert not rests_on_model(replace(claim, criterion=replace(claim.criterion, rungs=rungs)))


def test_a_refused_model_spends_no_attempt(claims, walked, nominal):
    study = walked.studies["plate"]
    assert model_choice(claims["ACC-1.a"], study).draws == 0
    refused = replace(study.models["sag"], blobs={})
    without = replace(study, models={**study.models, "sag": refused})
    choice = model_choice(claims["ACC-1.a"], without)
    assert (choice.kind, choice.draws) == ("model", None)
    plan = replace(nominal.plans["ACC-1.a"], recorded=False)
    assert payable(nominal.setting, plan)
    setting = replace(nominal.setting, choices={"ACC-1.a": choice})
    assert not payable(setting, plan)
    assert not payable(nominal.setting, replace(plan, level=None))
    assert not payable(nominal.setting, replace(plan, gap=True))


def test_an_attempt_begins_with_its_statement(nominal):
    plan = nominal.plans["ACC-1.a"]
    noted = note_of(plan.payload, "plate", [plan])
    assert noted["begins"] == ["model-statement ACC-1.a@nominal/attempt-1"]
