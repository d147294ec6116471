from __future__ import annotations

import dataclasses

import pytest

from assay.pipeline.concluding import conclude
from assay.pipeline.reading import RunTables


@pytest.fixture
def tables(store):
    return RunTables(store)


def test_showings_are_found_by_their_recipe(looking, nominal, walked, claims, tables):
    for name, claim in claims.items():
        assert (
            conclude(looking, nominal.setting, walked.studies, claim, nominal, tables)
            == nominal.showings[name]
        )
    assert {step.state for step in looking.steps} == {"done"}


def test_what_a_showing_rests_on(walked, nominal, store):
    for name, record in nominal.showings.items():
        kinds = {role: store.get(identifier).kind for role, identifier in record.inputs.items()}
        assert kinds["criterion"] == "criterion", name
        assert kinds["configuration"] == "configuration"
        assert kinds["study"] == "study"
        assert kinds["charge"] == "solution-verification"
        assert kinds["allowance"] == "approval"
    assert "basis:cast.strength:0.9/0.95" in nominal.showings["BEAM-2.a"].inputs
    assert "structure" in nominal.showings["BEAM-7.a"].inputs
    assert "structure" not in nominal.showings["BEAM-4.a"].inputs


def test_draws_come_with_attempt_and_freeze(nominal):
    with_draws = {name for name, record in nominal.showings.items() if "attempt" in record.inputs}
    assert with_draws == {"BEAM-2.a", "BEAM-4.a", "BEAM-6.a", "BEAM-10.a"}
    for name in with_draws:
        assert {"attempt", "freeze", "runs"} <= nominal.showings[name].inputs.keys()
        assert nominal.showings[name].inputs["runs"] == nominal.validation["beam", 0].id
    assert nominal.showings["BEAM-3.a"].inputs["runs"] == nominal.nominal["beam"].id
    assert "runs" not in nominal.showings["BEAM-5.a"].inputs


def test_every_setting_that_decides_is_in_the_recipe(looking, nominal, walked, claims, tables):
    setting, claim = nominal.setting, claims["BEAM-6.a"]
    lower = dataclasses.replace(setting.limits["BEAM-6.a"], values=(140.0,))
    for changed in (
        dataclasses.replace(setting, limits={**setting.limits, "BEAM-6.a": lower}),
        dataclasses.replace(setting, allowances={**setting.allowances, "beam": None}),
        dataclasses.replace(setting, records={**setting.records, "criterion:BEAM-6.a": "sha256:" + "0" * 64}),
    ):
        assert conclude(looking, changed, walked.studies, claim, nominal, tables) is None
        assert looking.steps[-1].state == "stale"


def test_runs_that_are_missing_are_waited_for(looking, nominal, walked, claims, tables):
    bare = dataclasses.replace(nominal, validation={}, nominal={})
    for name in ("BEAM-6.a", "BEAM-3.a"):
        assert conclude(looking, nominal.setting, walked.studies, claims[name], bare, tables) is None
        assert looking.steps[-1].state == "waiting"
    assert conclude(looking, nominal.setting, walked.studies, claims["BEAM-5.a"], bare, tables) is not None


def test_the_price_is_that_of_the_setting(nominal):
    price = nominal.showings["BEAM-5.a"].payload["price"]
    assert price == nominal.setting.prices["BEAM-5.a"].model_dump(mode="json")
    assert nominal.showings["BEAM-4.a"].payload["price"] is None
