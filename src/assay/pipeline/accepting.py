"""What does a model state by itself, do runs it never saw bear it out, and who accepts it? (Rung 3.)

The attempt is on file before the model is asked, at draws that follow from the attempt: a statement costs
no run, and without that every limit could be tried until one fits. The record `model-statement` is what a
person accepts; the record `model-check` holds every run of the study that the model had not seen against it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from assay.campaign import Row
from assay.compliance import Approvable, in_force, model_acceptance
from assay.evidence import Json, Record, recipe_digest
from assay.pipeline.attempting import Choice, Plan, band_subject
from assay.pipeline.band_plans import question_of
from assay.pipeline.banding import finest_rows, finest_runs
from assay.pipeline.believing import law_points, ranges_of
from assay.pipeline.blocks import seed_of
from assay.pipeline.drawing import payable
from assay.pipeline.engine import Computed, Engine
from assay.pipeline.freezing import attempt_record
from assay.pipeline.model_statement import conformal_width
from assay.pipeline.programme_records import approval_records
from assay.pipeline.setting import Accepting, ConfigurationEvidence, Setting
from assay.pipeline.study_stages import StudyEvidence, charge_of, open_model
from assay.programme import Fraction, Study, describe
from assay.qualification import GuardPayload, abstains
from assay.showing import Claim, varying
from assay.showing.model_based import (
    DRAWS,
    REVISION,
    Asked,
    checked_statement,
    required_checks,
    statement,
    two_deviations,
)
from assay.showing.model_records import ModelStatementPayload
from assay.showing.records import Charge
from assay.showing.residual import Checked, check_lines, edges_of
from assay.statistics import allowed_fraction
from assay.surrogates import Model

CHECK_REVISION = 1
_CHUNK = 1 << 16


def rests_on_model(claim: Claim) -> bool:
    """Say whether a claim asks to be carried by what its model states; `assay check` says where it may."""
    return claim.criterion.rungs == ("model",) and claim.content is not None and len(claim.parts) == 1


def open_acceptances(found: ConfigurationEvidence) -> Iterator[Approvable]:
    """Yield what of a configuration's models somebody may accept in its present form."""
    yield from (known.item for known in found.stated.values())


def model_choice(claim: Claim, study: StudyEvidence) -> Choice:
    """Return the plan without a draw; its `draws` are None where no model could state anything."""
    model = study.models.get(claim.criterion.quantity)
    ready = (
        model is not None
        and "model" in model.blobs
        and charge_of(study, claim.criterion.quantity) is not None
    )
    return Choice("model", 0 if ready else None)


@dataclass(frozen=True)
class _Asking:
    """What has to be there before a model can be asked, and what it is asked about."""

    plan: Plan
    model: Record
    guard: Record
    charge: Charge
    content: Fraction
    level: float
    role: str
    seed: str


def model_statements(
    engine: Engine, setting: Setting, studies: Mapping[str, StudyEvidence], found: ConfigurationEvidence
) -> None:
    """Ask every model whose statement is to be credited, check what it states, look for who accepts it."""
    for name, plan in found.plans.items():
        if plan.kind != "model" or plan.level is None or plan.gap:
            continue
        study, subject = studies[plan.claim.study.name], band_subject(plan.claim, plan.number)
        asking = _asking(setting, study, plan, subject) if plan.recorded else None
        if asking is None:
            if plan.recorded or payable(setting, plan):
                engine.record("model-statement", subject, None, {}, lambda: ({}, {}))
            continue
        said = _statement(engine, setting, study, asking, subject)
        if said is None:
            continue
        check = _check(engine, study, asking, said, found)
        item = model_acceptance(setting.programme, plan.claim, said.id)
        approval = in_force(setting.programme, item, engine.ledger)
        record = None if approval is None else approval_records(engine, [approval])[0]
        found.stated[name] = Accepting(said, check, item, record)


def _asking(setting: Setting, study: StudyEvidence, plan: Plan, subject: str) -> _Asking | None:
    claim, quantity = plan.claim, plan.claim.criterion.quantity
    model, guard, charge = study.models.get(quantity), study.guards.get(quantity), charge_of(study, quantity)
    content, level, role = claim.content, plan.level, setting.programme.accepts.get("model")
    if model is None or guard is None or charge is None or content is None or level is None or role is None:
        return None
    recipe = plan.payload["recipe"] if plan.payload else None
    seed = seed_of("model-statement", subject, recipe, model.id, guard.id)
    return _Asking(plan, model, guard, charge, content, level, role, seed)


def _statement(
    engine: Engine, setting: Setting, study: StudyEvidence, asking: _Asking, subject: str
) -> Record | None:
    """Ask the model at draws of its own, once the attempt is on file."""
    claim = asking.plan.claim
    attempt = attempt_record(engine, asking.plan)
    inputs = {"model": asking.model.id, "guard": asking.guard.id, "attempt": attempt.id}
    factors = setting.configuration.factors[claim.study.name]
    settings: dict[str, Json] = {
        "criterion": describe(claim.criterion),
        "limits": list(setting.limits[claim.criterion.id].values),
        "charge": asking.charge.model_dump(mode="json"),
        "factors": {name: describe(factor) for name, factor in factors.items()},
        "correlation": [list(pair) for pair in claim.study.correlation],
        "role": asking.role,
        "draws": DRAWS,
        "seed": asking.seed,
    }
    recipe = recipe_digest("model-statement", REVISION, inputs=inputs, settings=settings)

    def compute() -> Computed:
        opened = open_model(engine.store, asking.model)
        if opened is None:
            return {}, {}
        payload = statement(
            claim,
            attempt=asking.plan.number,
            role=asking.role,
            level=asking.level,
            allowed=allowed_fraction(asking.content.fraction),
            seed=asking.seed,
            asked=_asked(setting, study.study, asking, opened),
            edges=edges_of(question_of(setting, claim, asking.charge).limit),
        )
        return payload.model_dump(mode="json"), {}

    return engine.record("model-statement", subject, recipe, inputs, compute)


def _asked(setting: Setting, study: Study, asking: _Asking, model: Model) -> Asked:
    """Ask the model at every draw: its mean, whether its guard abstains, and how far it may be off."""
    points = law_points(study, setting.configuration, asking.seed, 0, DRAWS)
    low, high = ranges_of(study)
    outside = np.asarray(((points < low) | (points > high)).any(axis=1))
    inside, rule = np.clip(points, low, high), GuardPayload.model_validate(asking.guard.payload)
    chunks = [inside[i : i + _CHUNK] for i in range(0, len(inside), _CHUNK)]
    told = [model.predict(chunk) for chunk in chunks]
    mean, deviation = model.left_out()
    errors = np.abs(mean - model.data.y)
    scores = [float(score["rmse"]) for score in asking.model.payload["scores"]]
    here = np.concatenate([spread for _, spread in told])[~outside]
    return Asked(
        predicted=np.concatenate([centre for centre, _ in told]),
        silent=np.concatenate([abstains(model, rule, chunk) for chunk in chunks]),
        outside=outside,
        two_sd=two_deviations(here, deviation, errors, scores[-1] if scores else 0.0),
        conformal=conformal_width(errors, asking.level),
        rows=int(errors.size),
    )


def _check(
    engine: Engine, study: StudyEvidence, asking: _Asking, said: Record, found: ConfigurationEvidence
) -> Record | None:
    """Hold every run of the study that the model had not seen against what it states."""
    claim = asking.plan.claim
    tables = dict(unseen_runs(study, found))
    inputs = {"statement": said.id, "model": asking.model.id}
    inputs |= {f"checked:{role}": record.id for role, record in tables.items()}
    required = required_checks(len(varying(claim.study, claim.configuration)))
    settings: dict[str, Json] = {"required": required}
    recipe = recipe_digest("model-check", CHECK_REVISION, inputs=inputs, settings=settings)

    def compute() -> Computed:
        payload = ModelStatementPayload.model_validate(said.payload)
        opened = open_model(engine.store, asking.model)
        if opened is None:
            return {}, {}
        trained = {tuple(map(float, row)) for row in opened.data.x}
        rows = [
            (record, row)
            for role, record in tables.items()
            for row in finest_rows(engine, study, opened.data.quantity, role, record)
            if _unseen(study.study, row, trained)
        ]
        checks = _held(opened, study.study, rows, payload.width)
        places = {tuple(row.factors[name] for name in study.study.factors) for _, row in rows}
        count = len(places) if checks else 0
        result = checked_statement(payload, checks, count, required)
        return result.model_dump(mode="json"), {"checks": engine.store.put_blob(check_lines(checks))}

    return engine.record("model-check", said.subject, recipe, inputs, compute)


def unseen_runs(study: StudyEvidence, found: ConfigurationEvidence) -> Iterator[tuple[str, Record]]:
    """Yield the tables of the study on the finest level, but the training, that this configuration knows."""
    yield from ((role, record) for role, record in finest_runs(study, found) if role != "training")
    name = study.study.name
    for (where, number), levelled in found.levels.items():
        if where == name and levelled is not None and levelled.rest is not None:
            yield f"validation-{number}-rest", levelled.rest
    for criterion, certified in found.certified.items():
        if found.plans[criterion].claim.study.name == name:
            steps = [runs for _, runs in certified.steps if runs is not None]
            yield from ((f"{criterion}-signs-{i}", record) for i, record in enumerate(steps, 1))
    for criterion, banded in found.bands.items():
        if found.plans[criterion].claim.study.name == name and banded.runs is not None:
            yield f"{criterion}-band", banded.runs


def _unseen(study: Study, row: Row, trained: Collection[tuple[float, ...]]) -> bool:
    """Say whether a row lies inside the envelope, where the model was not trained."""
    inside = all(f.envelope[0] <= row.factors[n] <= f.envelope[1] for n, f in study.factors.items())
    return inside and tuple(row.factors[name] for name in study.factors) not in trained


def _held(model: Model, study: Study, rows: list[tuple[Record, Row]], width: float | None) -> list[Checked]:
    """Return each row beside the model's mean and the width that it states; none without a width."""
    if not rows or width is None:
        return []
    x = np.array([[row.factors[name] for name in study.factors] for _, row in rows], dtype=np.float64)
    predicted, quantity = model.predict(x)[0], model.data.quantity
    return [
        Checked(record.id, row.index, row.row, row.quantities[quantity], float(s), width)
        for (record, row), s in zip(rows, predicted, strict=True)
    ]
