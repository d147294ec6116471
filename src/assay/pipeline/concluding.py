"""From the evidence to the verdicts: one showing a criterion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assay.campaign import Row
from assay.evidence import Json, Record, recipe_digest
from assay.pipeline.attempting import Plan
from assay.pipeline.blocks import finest, start_level
from assay.pipeline.drawing import payable
from assay.pipeline.engine import Computed, Engine
from assay.pipeline.freezing import attempt_record, freeze_record
from assay.pipeline.levelling import levels_of
from assay.pipeline.reading import RunTables
from assay.pipeline.setting import ConfigurationEvidence, Levelled, Setting
from assay.pipeline.study_stages import (
    StudyEvidence,
    charge_of,
    structure_payload,
    table_of,
)
from assay.programme import describe
from assay.showing import (
    AttemptState,
    Claim,
    Evidence,
    decide,
    orders,
)
from assay.showing.dominance import on_signs
from assay.showing.inputs import FINEST, ModelBased
from assay.showing.model_records import ModelCheckPayload, ModelStatementPayload
from assay.showing.records import Charge
from assay.showing.residual_records import ResidualPayload

SHOWING_REVISION = 5


def _attempt_state(engine: Engine, setting: Setting, plan: Plan | None) -> AttemptState | None:
    if plan is None:
        return None
    paid = plan.recorded or payable(setting, plan)
    return AttemptState(
        number=plan.number,
        total=plan.total,
        level=plan.level,
        draws=plan.draws,
        gap=plan.gap,
        frozen=not plan.recorded or freeze_record(engine, plan) is not None,
        paid=paid,
        price=None if paid else setting.prices.get(plan.claim.criterion.id),
        plan=plan.kind,
    )


def _told(attempt: AttemptState | None) -> Json:
    """Return an attempt as far as the verdict follows from it."""
    if attempt is None:
        return None
    return [
        attempt.number,
        attempt.total,
        attempt.level,
        attempt.draws,
        attempt.gap,
        attempt.frozen,
        attempt.paid,
        attempt.plan,
    ]


def conclude(
    engine: Engine,
    setting: Setting,
    studies: Mapping[str, StudyEvidence],
    claim: Claim,
    found: ConfigurationEvidence,
    tables: RunTables,
) -> Record | None:
    """Gather the evidence of one criterion and decide.

    Parameters
    ----------
    tables
        Those that the criteria of the configuration share.
    """
    study, criterion = studies[claim.study.name], claim.criterion
    plan = found.plans.get(criterion.id)
    if plan is not None and plan.kind == "structure":
        claim = on_signs(claim)
    runs = _runs_for(claim, plan, found)
    inputs = _showing_inputs(engine, setting, study, claim, runs, found, plan)
    attempt = _attempt_state(engine, setting, plan)
    expects_runs = attempt is None or (attempt.paid and attempt.level is not None and not attempt.gap)
    lacking = runs is None if attempt is None or attempt.plan == "fixed" else not _settled(claim, found)
    pending = (expects_runs and lacking) or (
        study.study.verification is not None and study.verification is None
    )
    settings: dict[str, Json] = {
        "attempt": _told(attempt),
        "price": attempt.price.model_dump(mode="json") if attempt and attempt.price else None,
        "limits": list(setting.limits[criterion.id].values),
        "not_creditable": list(setting.limits[criterion.id].not_creditable),
        "allowance": setting.allowances.get(claim.study.name),
        "deviations": {
            c.subject: setting.deviations.get(c.subject) for c in setting.limits[criterion.id].basis
        },
        "claim": [[row.key, row.values] for row in claim.rows],
        "study": describe(study.study.model_form),
    }
    recipe = None if pending else recipe_digest("showing", SHOWING_REVISION, inputs=inputs, settings=settings)
    subject = f"{criterion.id}@{setting.configuration.name}"

    def compute() -> Computed:
        levelled = _levelled(claim, plan, found)
        evidence = _evidence(engine, setting, study, claim, runs, levelled, found, attempt, inputs, tables)
        return decide(evidence).model_dump(mode="json"), {}

    return engine.record("showing", subject, recipe, inputs, compute)


def _settled(claim: Claim, found: ConfigurationEvidence) -> bool:
    """Say whether every part whose runs decide one by one has come to its end."""
    certified = found.certified.get(claim.criterion.id)
    if certified is not None:
        return certified.end is not None
    banded = found.bands.get(claim.criterion.id)
    if banded is not None:
        return banded.result is not None
    stated = found.stated.get(claim.criterion.id)
    if stated is not None:
        return stated.check is not None
    streams = found.streams.get(claim.criterion.id, ())
    return len(streams) == len(claim.parts) and all(stream.wealth is not None for stream in streams)


def _runs_for(claim: Claim, plan: Plan | None, found: ConfigurationEvidence) -> Record | None:
    if claim.content is None:
        return found.nominal.get(claim.study.name)
    if plan is not None and plan.kind == "residual" and claim.criterion.id in found.bands:
        return found.bands[claim.criterion.id].runs
    if plan is None or plan.block is None:
        return None
    where = (claim.study.name, plan.block)
    if start_level(claim.study) > 1 and found.levels.get(where) is None:
        return None
    return found.validation.get(where)


def _levelled(claim: Claim, plan: Plan | None, found: ConfigurationEvidence) -> Levelled | None:
    """Return the finer runs of the draws that decide, where they started on a coarser level."""
    if claim.content is None or plan is None or plan.block is None:
        return None
    return found.levels.get((claim.study.name, plan.block))


def _showing_inputs(
    engine: Engine,
    setting: Setting,
    study: StudyEvidence,
    claim: Claim,
    runs: Record | None,
    found: ConfigurationEvidence,
    plan: Plan | None,
) -> dict[str, str]:
    name = claim.study.name
    guided, training = _guided_runs(claim, found), _training_runs(claim, study)
    optional = {
        "runs": runs.id if runs is not None else None,
        "charge": study.verification.id if study.verification else None,
        "structure": study.structure.id if claim.corners_over and study.structure else None,
        "refutation_runs": guided.id if guided else None,
        "training": training.id if training else None,
    }
    inputs = {role: value for role, value in optional.items() if value is not None}
    levelled = _levelled(claim, plan, found)
    if runs is not None and levelled is not None:
        inputs |= levelled.inputs
    for stream in found.streams.get(claim.criterion.id, ()):
        if stream.wealth is not None:
            case = f":{stream.part.case.name}" if stream.part.case else ""
            inputs[f"wealth{case}"] = stream.wealth.id
    certified = found.certified.get(claim.criterion.id)
    if certified is not None and certified.end is not None:
        inputs["dominance"] = certified.end.id
    result = _residual(claim, found)
    if result is not None:
        inputs["residual"] = result.id
    inputs |= _accepting(claim, found)
    for role in (f"criterion:{claim.criterion.id}", "configuration", f"study:{name}"):
        inputs[role.split(":")[0]] = setting.records[role]
    if f"allowance:{name}" in setting.records:
        inputs["allowance"] = setting.records[f"allowance:{name}"]
    for call in setting.limits[claim.criterion.id].basis:
        where = f"approval:deviation:basis:{call.subject}@{setting.configuration.name}"
        if where in setting.records:
            inputs[f"deviation:{call.subject}"] = setting.records[where]
        inputs[f"basis:{call.subject}"] = setting.records[f"basis:{call.subject}"]
    if plan is not None and plan.recorded and plan.payload is not None:
        inputs["attempt"] = attempt_record(engine, plan).id
        freeze = freeze_record(engine, plan)
        if freeze is not None:
            inputs["freeze"] = freeze.id
    return inputs


def _accepting(claim: Claim, found: ConfigurationEvidence) -> dict[str, str]:
    """Return what a claim rests on that its model states, by role."""
    known = found.stated.get(claim.criterion.id)
    if known is None:
        return {}
    records = {"statement": known.statement, "model_check": known.check, "acceptance": known.approval}
    return {role: record.id for role, record in records.items() if record is not None}


def _model_based(claim: Claim, found: ConfigurationEvidence) -> ModelBased | None:
    """Return what the model of a claim states, with how that fared and who has accepted it."""
    known = found.stated.get(claim.criterion.id)
    if known is None or known.check is None:
        return None
    return ModelBased(
        ModelStatementPayload.model_validate(known.statement.payload),
        ModelCheckPayload.model_validate(known.check.payload),
        None if known.approval is None else str(known.approval.payload["person"]),
    )


def _residual(claim: Claim, found: ConfigurationEvidence) -> Record | None:
    """Return what the plan of a declared bound came to."""
    banded = found.bands.get(claim.criterion.id)
    return None if banded is None else banded.result


def _guided_runs(claim: Claim, found: ConfigurationEvidence) -> Record | None:
    """Return the guided runs where the claim rests on them.

    `everywhere` always does, for one run beyond is a proof. For a fraction a run beyond is a finding;
    where there is none, other criteria may send other runs out without touching this showing.
    """
    name = claim.study.name
    refutation = found.refutation.get(name)
    told = refutation is not None and claim.criterion.id in refutation.payload["beyond"]
    return found.guided.get(name) if claim.unconditional_refutation or told else None


def _training_runs(claim: Claim, study: StudyEvidence) -> Record | None:
    """Return the training runs where they can contradict what the claim rests on: a declared sign.

    Only runs on the finest level are compared.
    """
    record = study.training
    signed = claim.corners_over and claim.criterion.quantity in orders(claim.study)
    return record if signed and record and record.payload["level"] == finest(claim.study) else None


def _evidence(
    engine: Engine,
    setting: Setting,
    study: StudyEvidence,
    claim: Claim,
    runs: Record | None,
    levelled: Levelled | None,
    found: ConfigurationEvidence,
    attempt: AttemptState | None,
    inputs: Mapping[str, str],
    tables: RunTables,
) -> Evidence:
    guided_record, training = _guided_runs(claim, found), _training_runs(claim, study)
    form = claim.study.model_form
    approved = form.basis != "allowance" or setting.allowances.get(claim.study.name) is not None
    charge: Charge | None = charge_of(study, claim.criterion.quantity)
    notes = {
        f"deviation:{k}": v
        for k, v in setting.deviations.items()
        if any(k == call.subject for call in setting.limits[claim.criterion.id].basis)
    }
    if study.verification is not None:
        told = {item["quantity"]: item for item in study.verification.payload["quantities"]}
        notes["numerical"] = told.get(claim.criterion.quantity, {}).get("text", "")
    rows: Sequence[Row] | None
    levels = FINEST
    if runs is not None and levelled is not None:
        rows, of = tables.merged(levelled, study.study)
        levels = levels_of(study, levelled, of, claim.criterion.quantity)
    else:
        rows = tables.of(runs, study.study)
    certified = found.certified.get(claim.criterion.id)
    if certified is not None:
        rows = tuple(row for _, r in certified.steps if r is not None for row in table_of(engine.store, r))
    result = _residual(claim, found)
    return Evidence(
        claim=claim,
        packs=setting.programme.packs,
        limits=setting.limits[claim.criterion.id],
        charge=charge,
        model_form_approved=approved,
        structure=structure_payload(study.structure),
        attempt=attempt,
        rows=rows,
        guided=tables.of(guided_record, study.study) or (),
        elsewhere=tables.of(training, study.study) or (),
        records=inputs,
        notes=notes,
        levels=levels,
        residual=None if result is None else ResidualPayload.model_validate(result.payload),
        paths={
            stream.part.case.name if stream.part.case else "": stream.path
            for stream in found.streams.get(claim.criterion.id, ())
            if stream.wealth is not None
        },
        stated=_model_based(claim, found),
        climb=certified.path if certified is not None and certified.end is not None else None,
    )
