"""Carry out a plan that rests on declared signs: certify, draw what is left undecided, until shown (rung 2).

Each step is a record that is fixed before its runs: what the runs so far prove, what the model believes,
where the next run is placed or from which region the next draws come. STATISTICS.md, algorithm A3.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from assay.campaign import Row
from assay.evidence import Json, Record, recipe_digest
from assay.pipeline.attempting import Plan
from assay.pipeline.believing import Question, failing, rows_of_part
from assay.pipeline.blocks import (
    finest,
    rows_json,
    runs_of,
    seed_of,
    solver_recipe,
)
from assay.pipeline.drawing import payable
from assay.pipeline.engine import Computed, Engine, Needed
from assay.pipeline.setting import Certified, ConfigurationEvidence, Setting
from assay.pipeline.stream_blocks import stream_block
from assay.pipeline.streaming import stream_subject
from assay.pipeline.study_stages import StudyEvidence, charge_of, open_model, table_of
from assay.pipeline.undecided import CHEAP, Next, next_step
from assay.programme import Configuration, describe
from assay.showing.dominance import Climb, climb, dominance_payload, proofs, sign_vector
from assay.showing.dominance_records import DominanceStepPayload, RecordedMasses
from assay.showing.parts import limit_of
from assay.statistics import allowed_fraction, betting_level, constants_error
from assay.surrogates import Model
from assay.surrogates.refitting import refitted

STEP_REVISION = 1
PATH_REVISION = 1

Done = tuple[Record, Record | None]
"""A complete step with its runs, where it has some."""


@dataclass(frozen=True)
class _Way:
    """What all steps of one plan share."""

    engine: Engine
    setting: Setting
    study: StudyEvidence
    plan: Plan
    question: Question
    level: float
    allowed: float
    subject: str


def structure_runs(
    engine: Engine, setting: Setting, studies: Mapping[str, StudyEvidence], found: ConfigurationEvidence
) -> None:
    """Carry out every plan that rests on declared signs."""
    for name, plan in found.plans.items():
        study = studies[plan.claim.study.name]
        if plan.kind != "structure" or plan.level is None or plan.gap:
            continue
        if plan.recorded:
            certified = _carried_out(engine, setting, study, plan)
            if certified is not None:
                found.certified[name] = certified
        elif payable(setting, plan):
            runs = runs_of(study.solver, 1, len(plan.claim.rows)) * plan.draws
            subject = stream_subject(plan.claim, None, plan.number)
            engine.block(
                Needed("sequential", subject, runs, plan.draws, "at most", study=study.study.name), None
            )


def _carried_out(engine: Engine, setting: Setting, study: StudyEvidence, plan: Plan) -> Certified | None:
    """Walk over the steps until the claim is shown, given up, or its runs are used."""
    claim = plan.claim
    charge = charge_of(study, claim.criterion.quantity)
    if plan.level is None or claim.content is None or charge is None:
        return None
    (part,) = claim.parts
    limits = setting.limits[claim.criterion.id].values
    limit = limit_of(claim, part, limits, charge, setting.programme.packs)
    way = _Way(
        engine,
        setting,
        study,
        plan,
        Question(study.study, setting.configuration, part, limit),
        betting_level(plan.level, exact=False),
        allowed_fraction(claim.content.fraction),
        stream_subject(claim, None, plan.number),
    )
    done: list[Done] = []
    tables: list[tuple[DominanceStepPayload, tuple[Row, ...]]] = []
    path = climb((), part, claim.criterion.quantity, limit, way.level, way.allowed)
    complete = False
    while not complete:
        step = _step(way, path, done)
        first = len(path.rows)
        if step is None:
            rest = plan.draws - first
            cost = runs_of(study.solver, rest, len(part.rows))
            engine.block(
                Needed("sequential", way.subject, cost, rest, "at most", study=study.study.name), None
            )
            break
        payload = DominanceStepPayload.model_validate(step.payload)
        count = len(payload.places)
        runs = None
        if count:
            needed = Needed(
                "sequential",
                way.subject,
                runs_of(study.solver, count, 1),
                count,
                f"run {first + 1} on",
                study=study.study.name,
            )
            block = stream_block(
                study.study, study.solver, setting.configuration, way.subject, payload, part.rows, step.id
            )
            runs = engine.block(needed, block)
            if runs is None:
                break
        done.append((step, runs))
        tables.append((payload, table_of(engine.store, runs) if runs is not None else ()))
        path = climb(tables, part, claim.criterion.quantity, limit, way.level, way.allowed)
        complete = path.shown or path.lost or not count or len(path.rows) >= plan.draws
    end = _end(way, path, done, tables[0][0]) if complete else None
    return Certified(path, tuple(done), end)


def training_on_finest(study: StudyEvidence) -> Record | None:
    """Return the training runs where they prove something: those on the finest level."""
    record = study.training
    return record if record is not None and record.payload["level"] == finest(study.study) else None


def _step(way: _Way, path: Climb, done: Sequence[Done]) -> Record | None:
    """Fix the next step: what is proved, what is believed, what to run."""
    plan, study, question = way.plan, way.study, way.question
    number, first = len(done) + 1, len(path.rows)
    model = study.models.get(plan.claim.criterion.quantity)
    training = training_on_finest(study)
    inputs = {} if model is None else {"model": model.id}
    if training is not None:
        inputs["training"] = training.id
    if done:
        step, runs = done[-1]
        inputs |= {"step": step.id, **({"runs": runs.id} if runs is not None else {})}
    attempt = plan.payload["recipe"] if plan.payload else None
    solver = solver_recipe(study.study, study.solver, finest(study.study))
    seed = seed_of("dominance", attempt, way.subject, solver, number)
    left = plan.draws - first
    configuration: Configuration = way.setting.configuration
    settings: dict[str, Json] = {
        "attempt": attempt,
        "limit": [question.limit.sense, list(question.limit.values), question.limit.demand_factor],
        "charge": question.limit.charge.model_dump(mode="json"),
        "rows": rows_json(question.part.rows),
        "factors": {n: describe(f) for n, f in configuration.factors[study.study.name].items()},
        "signs": sign_vector(plan.claim).tolist(),
        "left": left,
        "seed": seed,
    }
    recipe = recipe_digest("dominance-step", STEP_REVISION, inputs=inputs, settings=settings)

    def compute() -> Computed:
        tables = [table_of(way.engine.store, runs) for _, runs in done if runs is not None]
        known = table_of(way.engine.store, training) if training is not None else ()
        opened = open_model(way.engine.store, model)
        payload = _chosen(way, path, opened, [known, *tables], done, seed, left)
        return payload.model_dump(mode="json"), {}

    return way.engine.record("dominance-step", f"{way.subject}/step-{number}", recipe, inputs, compute)


def _chosen(
    way: _Way,
    path: Climb,
    model: Model | None,
    tables: Sequence[Sequence[Row]],
    done: Sequence[Done],
    seed: str,
    left: int,
) -> DominanceStepPayload:
    """Say what the next step is. `tables`: the training runs, then the runs of each step."""
    claim, question = way.plan.claim, way.question
    study, quantity = question.study, claim.criterion.quantity
    present = model
    if model is not None:
        x, y = rows_of_part([row for t in tables[1:] for row in t], question.part, quantity, study)
        present = refitted(model, x, y, near=question.near)
    earlier = sum(step.payload["kind"] == "draw" for step, _ in done)
    error = constants_error(way.plan.level or 0.0, earlier + 1)
    chosen = next_step(
        question,
        sign_vector(claim),
        failing(present, question),
        proofs(claim, [row for table in tables for row in table], question.limit),
        Next(
            allowed=way.allowed,
            level=way.level,
            error=error,
            wealth=path.last,
            left=left,
            fallback=float(way.plan.draws),
        ),
        seed,
    )
    masses = chosen.masses
    order = list(study.factors)
    return DominanceStepPayload(
        criterion=claim.criterion.id,
        configuration=claim.configuration.name,
        study=study.name,
        attempt=way.plan.number,
        number=len(done) + 1,
        first=len(path.rows),
        kind=chosen.kind,
        signs={n: int(s) for n, s in zip(order, sign_vector(claim), strict=True) if s},
        level=way.level,
        allowed=way.allowed,
        spent=0.0 if masses is None else masses.error,
        cheap=0 if masses is None else CHEAP,
        masses=None
        if masses is None
        else RecordedMasses(conceded=min(1.0, masses.conceded), reach=min(1.0, masses.reach)),
        threshold=chosen.threshold if np.isfinite(chosen.threshold) else None,
        left=left,
        seed=seed,
        predicted=tuple(float(p) for p in chosen.predicted),
        places=tuple(dict(zip(order, map(float, place), strict=True)) for place in chosen.places),
        wealth=path.last,
    )


def _end(way: _Way, path: Climb, done: Sequence[Done], first: DominanceStepPayload) -> Record | None:
    """Record what the plan has come to, run by run."""
    inputs: dict[str, str] = {}
    for number, (step, runs) in enumerate(done, start=1):
        inputs |= {f"step:{number}": step.id}
        if runs is not None:
            inputs[f"runs:{number}"] = runs.id
    training = training_on_finest(way.study)
    if training is not None:
        inputs["training"] = training.id
    if way.study.verification is not None:
        inputs["charge"] = way.study.verification.id
    settings: dict[str, Json] = {"level": path.level, "allowed": path.allowed, "draws": way.plan.draws}
    recipe = recipe_digest("dominance", PATH_REVISION, inputs=inputs, settings=settings)

    def compute() -> Computed:
        return dominance_payload(path, first, way.plan.draws).model_dump(mode="json"), {}

    return way.engine.record("dominance", way.subject, recipe, inputs, compute)
