from __future__ import annotations

import dataclasses

import numpy as np

from assay.pipeline.draw_blocks import refined_block, validation_block, validation_seed


def test_draws_follow_from_their_design(beam, nominal, store):
    record = nominal.validation["beam", 0]
    design = store.get(record.inputs["design"])
    configuration = nominal.setting.configuration
    plan = validation_block(beam.study, beam.solver, configuration, design.payload, {"design": design.id})
    assert plan.recipe == record.recipe
    block = plan.build()
    assert len(block.points) == 59
    thickness = np.array([p.request.factors["thickness"] for p in block.points])
    load = np.array([p.request.factors["load"] for p in block.points])
    assert 9.9 <= thickness.min() < thickness.max() <= 10.1
    assert abs(load.mean() - 300.0) < 4 * 15 / 59**0.5
    assert 8.0 < load.std() < 22.0
    more = validation_block(
        beam.study, beam.solver, configuration, {**design.payload, "draws": 80}, {}
    ).build()
    assert [p.request.factors for p in more.points[:59]] == [p.request.factors for p in block.points]


def test_every_block_has_draws_of_its_own(beam, nominal):
    def seed(study=beam.study, solver=beam.solver, models=("m",), block=0):
        return validation_seed(study, solver, nominal.setting.configuration, models, block)

    assert seed() == seed()
    assert len({seed(), seed(block=1), seed(models=("n",)), seed(models=())}) == 4
    assert seed(models=("a", "b")) == seed(models=("b", "a"))
    retitled = dataclasses.replace(beam.study, title="x", model_form=None)
    assert seed(study=retitled) == seed(), "what draws are of does not depend on what is said of them"


def test_a_configuration_s_factors_are_in_its_seed(beam, walked):
    seeds = {
        validation_seed(beam.study, beam.solver, found.setting.configuration, (), 0)
        for found in walked.configurations.values()
    }
    assert len(seeds) == 2


def test_finer_runs_are_of_the_same_draws(beam, nominal, store):
    record = nominal.validation["beam", 0]
    design = store.get(record.inputs["design"])
    verification = dataclasses.replace(beam.study.verification, start=3)
    coarse = dataclasses.replace(beam.study, verification=verification)
    configuration = nominal.setting.configuration
    start = validation_block(coarse, beam.solver, configuration, design.payload, {})
    assert start.recipe != record.recipe, "a coarse run is not the run that a finer one replaces"
    block = start.build()
    assert block.level == {"cells": 10.0}
    assert {point.request.settings["cells"] for point in block.points} == {10.0}
    routing = {"subject": "beam@nominal/block-0/level-2", "level": 2, "indices": [3, 11]}
    finer = refined_block(coarse, beam.solver, configuration, design.payload, routing, {}).build()
    assert (finer.purpose, finer.level, finer.subject) == ("refined", {"cells": 20.0}, routing["subject"])
    assert [point.index for point in finer.points] == [3, 11]
    for point in finer.points:
        assert point.request.factors == block.points[point.index].request.factors
        assert point.keys == block.points[point.index].keys
