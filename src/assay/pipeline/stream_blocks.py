"""Which points does a step of a plan run? Those that its record fixed."""

from __future__ import annotations

from collections.abc import Sequence

from assay.campaign import Point
from assay.evidence import Json
from assay.pipeline.blocks import BlockPlan, finest, planned, point, rows_json
from assay.programme import Configuration, Study
from assay.showing import RowSpec
from assay.showing.dominance_records import DominanceStepPayload
from assay.showing.stream_records import StepPayload
from assay.solvers import SolverSpec


def stream_block(
    study: Study,
    solver: SolverSpec,
    configuration: Configuration,
    subject: str,
    step: StepPayload | DominanceStepPayload,
    rows: Sequence[RowSpec],
    record: str,
) -> BlockPlan:
    """Return the runs of one step of a plan that goes step by step; their indices go on from the one before.

    Parameters
    ----------
    subject
        Of the plan.
    record
        Id of the step's record.
    """

    def points() -> list[Point]:
        level = finest(study)
        return [point(study, step.first + i, place, rows, level) for i, place in enumerate(step.places)]

    told: Json = {"first": step.first, "count": len(step.places), "rows": rows_json(rows)}
    return planned(
        "sequential",
        f"{study.name}@{subject}/step-{step.number}",
        study,
        solver,
        told,
        points,
        inputs={"step": record},
        configuration=configuration.name,
        seed=step.seed,
    )
