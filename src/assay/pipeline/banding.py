"""Plan, draw and conclude what a declared bound on the model's error leaves undecided (rung 1).

Before the attempt is written a record `band` sorts the law by the frozen model and the declared bound and
fixes the number of draws. Then the draws of the undecided part are fixed, run on the finest level, and
every run of the study on that level is held against the declaration: one beyond it falsifies it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import numpy as np

from assay.campaign import Point, Row
from assay.evidence import Json, Record, recipe_digest
from assay.pipeline.attempting import Plan, band_subject
from assay.pipeline.band_plans import Sorter, question_of
from assay.pipeline.believing import FloatArray, law_points
from assay.pipeline.blocks import (
    BlockPlan,
    finest,
    levels,
    planned,
    point,
    rows_json,
    runs_of,
    seed_of,
    solver_recipe,
    start_level,
)
from assay.pipeline.drawing import payable
from assay.pipeline.engine import Computed, Engine, Needed
from assay.pipeline.setting import Banded, ConfigurationEvidence, Setting
from assay.pipeline.study_stages import StudyEvidence, charge_of, open_model, table_of
from assay.qualification import GuardPayload
from assay.showing import Claim, Part
from assay.showing.residual import (
    Checked,
    bounds_at,
    check_lines,
    residual_payload,
)
from assay.showing.residual_records import (
    BandDrawsPayload,
    BandPayload,
    DeclaredBound,
)
from assay.statistics import (
    UNDECIDED,
)
from assay.surrogates import Model

DRAWS_REVISION = 1
RESIDUAL_REVISION = 1
_MOST_CANDIDATES = 8_000_000
"""Draws of the law after which a search for the undecided part ends; what is missing counts as open."""


def residual_runs(
    engine: Engine, setting: Setting, studies: Mapping[str, StudyEvidence], found: ConfigurationEvidence
) -> None:
    """Carry out every plan under a declared bound: draws fixed, run, held against the declaration."""
    for name, plan in found.plans.items():
        if plan.kind != "residual" or plan.level is None or plan.gap or not plan.draws:
            continue
        study, choice = studies[plan.claim.study.name], setting.choices.get(name)
        subject = band_subject(plan.claim, plan.number)
        runs = runs_of(study.solver, plan.draws, len(plan.claim.parts[0].rows))
        detail = "draws of what the bound leaves undecided"
        needed = Needed("residual", subject, runs, plan.draws, detail, study=study.study.name)
        band = None if choice is None else choice.band
        if plan.recorded and band is not None and band.payload["draws"] == plan.draws:
            found.bands[name] = _carried_out(engine, setting, study, plan, band, needed, found)
        elif payable(setting, plan):
            engine.block(needed, None)


def _carried_out(
    engine: Engine,
    setting: Setting,
    study: StudyEvidence,
    plan: Plan,
    band: Record,
    needed: Needed,
    found: ConfigurationEvidence,
) -> Banded:
    fixed = _draws(engine, setting, study, plan, band)
    if fixed is None:
        engine.block(needed, None)
        return Banded(band, None, None, None)
    payload = BandDrawsPayload.model_validate(fixed.payload)
    part = plan.claim.parts[0]
    runs = engine.block(needed, _block(study, setting, part, payload, fixed, needed.subject))
    if runs is None:
        return Banded(band, fixed, None, None)
    return Banded(band, fixed, runs, _result(engine, setting, study, plan, (band, fixed, runs), found))


def _draws(engine: Engine, setting: Setting, study: StudyEvidence, plan: Plan, band: Record) -> Record | None:
    """Fix the points of the plan: independent draws of the undecided part of the law."""
    claim, subject = plan.claim, band_subject(plan.claim, plan.number)
    attempt = plan.payload["recipe"] if plan.payload else None
    solver = solver_recipe(study.study, study.solver, finest(study.study))
    seed = seed_of("band-draws", attempt, subject, solver, band.id)
    inputs = {"band": band.id, **{role: band.inputs[role] for role in ("model", "guard")}}
    settings: dict[str, Json] = {"attempt": attempt, "seed": seed, "draws": plan.draws}
    recipe = recipe_digest("band-draws", DRAWS_REVISION, inputs=inputs, settings=settings)

    def compute() -> Computed:
        said = BandPayload.model_validate(band.payload)
        points, predicted, tried = _found(engine, setting, study, claim, said, seed)
        order = list(study.study.factors)
        payload = BandDrawsPayload(
            criterion=claim.criterion.id,
            configuration=setting.configuration.name,
            study=study.study.name,
            attempt=plan.number,
            seed=seed,
            tried=tried,
            places=tuple(dict(zip(order, map(float, p), strict=True)) for p in points),
            predicted=tuple(float(p) for p in predicted),
        )
        return payload.model_dump(mode="json"), {}

    return engine.record("band-draws", subject, recipe, inputs, compute)


def _found(
    engine: Engine, setting: Setting, study: StudyEvidence, claim: Claim, band: BandPayload, seed: str
) -> tuple[FloatArray, FloatArray, int]:
    """Return the plan's points, shape (n, d), what the model says there, and the draws it took."""
    quantity, wanted = claim.criterion.quantity, band.draws or 0
    model, guard = open_model(engine.store, study.models[quantity]), study.guards[quantity]
    charge, declared = charge_of(study, quantity), claim.study.quantities[quantity].residual
    width = len(study.study.factors)
    if model is None or guard is None or charge is None or declared is None:
        return np.zeros((0, width)), np.zeros(0), 0
    question = question_of(setting, claim, charge)
    sorter = Sorter(model, GuardPayload.model_validate(guard.payload), question, declared)
    threshold = math.inf if band.threshold is None else band.threshold
    points, predicted = [np.zeros((0, width))], [np.zeros(0)]
    count, tried, chunk = 0, 0, wanted if band.whole else max(256, 8 * wanted)
    while count < wanted and tried < _MOST_CANDIDATES:
        drawn = law_points(study.study, setting.configuration, seed, tried, chunk)
        codes, values, _ = sorter(drawn, threshold)
        kept = np.ones(chunk, dtype=bool) if band.whole else codes == UNDECIDED
        points.append(drawn[kept])
        predicted.append(values[kept])
        count, tried, chunk = count + int(kept.sum()), tried + chunk, min(4 * chunk, 1 << 18)
    return np.concatenate(points)[:wanted], np.concatenate(predicted)[:wanted], tried


def _block(
    study: StudyEvidence, setting: Setting, part: Part, draws: BandDrawsPayload, record: Record, subject: str
) -> BlockPlan:
    def points() -> list[Point]:
        level = finest(study.study)
        return [point(study.study, i, place, part.rows, level) for i, place in enumerate(draws.places)]

    return planned(
        "residual",
        f"{study.study.name}@{subject}",
        study.study,
        study.solver,
        {"count": len(draws.places), "rows": rows_json(part.rows)},
        points,
        inputs={"draws": record.id},
        configuration=setting.configuration.name,
        seed=draws.seed,
    )


def _result(
    engine: Engine,
    setting: Setting,
    study: StudyEvidence,
    plan: Plan,
    own: tuple[Record, Record, Record],
    found: ConfigurationEvidence,
) -> Record | None:
    """Hold every run against the declaration, and state what the draws say under it."""
    band, fixed, runs = own
    claim, quantity = plan.claim, plan.claim.criterion.quantity
    charge, model = charge_of(study, quantity), study.models[quantity]
    if charge is None or model is None:
        return None
    tables = dict(finest_runs(study, found))
    inputs = {"band": band.id, "draws": fixed.id, "runs": runs.id, "model": model.id}
    inputs |= {f"checked:{role}": record.id for role, record in tables.items()}
    if study.verification is not None:
        inputs["charge"] = study.verification.id
    settings: dict[str, Json] = {"charge": charge.model_dump(mode="json"), "draws": plan.draws}
    recipe = recipe_digest("residual", RESIDUAL_REVISION, inputs=inputs, settings=settings)

    def compute() -> Computed:
        said = BandPayload.model_validate(band.payload)
        opened = open_model(engine.store, model)
        if opened is None:
            return {}, {}
        checks = [
            check
            for role, record in (*tables.items(), ("runs", runs))
            for check in _checked(engine, study, opened, said.declared, role, record)
        ]
        limit = question_of(setting, claim, charge).limit
        payload = residual_payload(said, claim.parts[0], table_of(engine.store, runs), limit, checks)
        return payload.model_dump(mode="json"), {"checks": engine.store.put_blob(check_lines(checks))}

    return engine.record("residual", band_subject(claim, plan.number), recipe, inputs, compute)


def finest_runs(study: StudyEvidence, found: ConfigurationEvidence) -> Iterator[tuple[str, Record]]:
    """Yield every table with runs of the study on the finest level, as far as this configuration knows."""
    name = study.study.name
    if study.training is not None and study.training.payload["level"] == finest(study.study):
        yield "training", study.training
    single = {
        "verification": study.verification_runs,
        "structure": study.structure_runs,
        "nominal": found.nominal.get(name),
        "refutation": found.guided.get(name),
    }
    yield from ((role, record) for role, record in single.items() if record is not None)
    for (where, number), record in found.validation.items():
        if where == name and record is not None and start_level(study.study) == 1:
            yield f"validation-{number}", record
        levelled = found.levels.get((where, number))
        if where == name and levelled is not None:
            yield f"validation-{number}", levelled.tables[1]
    for criterion, streams in found.streams.items():
        steps = [runs for stream in streams for _, runs in stream.steps]
        if found.plans[criterion].claim.study.name == name:
            yield from ((f"{criterion}-{i}", record) for i, record in enumerate(steps, 1))


def finest_rows(engine: Engine, study: StudyEvidence, quantity: str, role: str, record: Record) -> list[Row]:
    """Return the rows on the finest level, of a table that `finest_runs` yields, that have the quantity."""
    good = [r for r in table_of(engine.store, record) if r.state == "ok" and quantity in r.quantities]
    if role == "verification":
        good = [r for r in good if r.index % len(levels(study.study)) == len(levels(study.study)) - 1]
    return good


def _checked(
    engine: Engine,
    study: StudyEvidence,
    model: Model,
    declared: DeclaredBound,
    role: str,
    record: Record,
) -> list[Checked]:
    quantity, order = model.data.quantity, list(study.study.factors)
    good = finest_rows(engine, study, quantity, role, record)
    if not good:
        return []
    x = np.array([[row.factors[name] for name in order] for row in good], dtype=np.float64)
    predicted = model.predict(x)[0]
    bounds = bounds_at(declared, predicted)
    return [
        Checked(record.id, row.index, row.row, row.quantities[quantity], float(s), float(b))
        for row, s, b in zip(good, predicted, bounds, strict=True)
    ]
