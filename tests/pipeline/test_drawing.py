from __future__ import annotations

import dataclasses

from assay.pipeline.drawing import payable, plans_of, validation_draws
from assay.pipeline.freezing import attempt_recipes
from assay.pipeline.setting import ConfigurationEvidence


def test_what_is_payable(nominal):
    setting, plan = nominal.setting, nominal.plans["BEAM-5.a"]
    assert not payable(setting, plan)
    rich = dataclasses.replace(setting, given_draws={"beam": 299})
    assert payable(rich, plan)
    assert not payable(dataclasses.replace(setting, given_draws={"beam": 298}), plan)
    assert not payable(rich, dataclasses.replace(plan, gap=True))
    assert not payable(rich, dataclasses.replace(plan, level=None))
    assert not payable(rich, dataclasses.replace(plan, draws=0))


def test_plans_are_those_of_the_ledger(looking, nominal, walked):
    recipes = attempt_recipes(nominal.setting, walked.studies)
    assert plans_of(looking, nominal.setting, recipes) == nominal.plans


def test_blocks_that_are_there_are_found(looking, nominal, walked):
    found = ConfigurationEvidence(nominal.setting, plans=dict(nominal.plans), freeze=nominal.freeze)
    recipes = attempt_recipes(nominal.setting, walked.studies)
    validation_draws(looking, nominal.setting, walked.studies, recipes, found)
    assert found.validation == nominal.validation
    assert {step.state for step in looking.steps} == {"done"}


def test_looking_at_new_plans_writes_nothing_and_lists_them(looking, nominal, walked, tiny_done):
    """With a budget for BEAM-5 the plan names its attempt and its draws of the next block."""
    before = tiny_done.ledger()
    setting = dataclasses.replace(nominal.setting, given_draws={"beam": 299})
    found = ConfigurationEvidence(setting, plans=dict(nominal.plans), freeze=nominal.freeze)
    validation_draws(looking, setting, walked.studies, attempt_recipes(setting, walked.studies), found)
    steps = [(s.stage, s.subject, s.state, s.runs) for s in looking.steps if s.state != "done"]
    assert steps == [
        ("attempt", "BEAM-5@nominal#1", "new", 0),
        ("validation", "beam@nominal/block", "waiting", 299 * 4),
    ]
    assert tiny_done.ledger() == before
