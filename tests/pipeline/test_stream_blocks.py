"""Runs of a step."""

from __future__ import annotations

from assay.pipeline.blocks import finest
from assay.pipeline.stream_blocks import stream_block
from assay.showing.stream_records import StepPayload


def test_the_block_runs_the_places_of_its_step(betting):
    found = betting.configurations["nominal"]
    stream, study = found.streams["SEQ-1.a"][0], betting.studies["beam"]
    record, runs = stream.steps[1]
    step = StepPayload.model_validate(record.payload)
    plan = stream_block(
        study.study, study.solver, found.setting.configuration, "SEQ-1.a@nominal/attempt-1", step,
        stream.part.rows, record.id,
    )  # fmt: skip
    assert plan.recipe == runs.recipe
    block = plan.build()
    assert [point.index for point in block.points] == list(range(step.first, step.first + len(step.places)))
    assert [dict(point.request.factors) for point in block.points] == [dict(p) for p in step.places]
    assert dict(block.level) == finest(study.study)
    assert block.purpose == "sequential"
