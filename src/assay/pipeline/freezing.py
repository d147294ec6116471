"""What is fixed before held-out data are read: freeze, and what each attempt stands on."""

from __future__ import annotations

from collections.abc import Mapping

from assay.evidence import Json, Ledger, Record, canonical, digest, recipe_digest
from assay.pipeline.attempting import Plan
from assay.pipeline.blocks import (
    finest,
    solver_recipe,
)
from assay.pipeline.drawing import payable
from assay.pipeline.engine import Engine
from assay.pipeline.setting import Setting
from assay.pipeline.study_stages import (
    StudyEvidence,
    charge_of,
)
from assay.pipeline.tool import TOOL
from assay.programme import describe
from assay.showing import (
    Claim,
    identity_of,
)
from assay.showing.model_based import REVISION as MODEL_REVISION
from assay.showing.residual import REVISION as RESIDUAL_REVISION

LEDGER_REVISION = 1


def attempt_recipes(setting: Setting, studies: Mapping[str, StudyEvidence]) -> dict[str, str]:
    """Return, for every requirement with draws, the digest of all that its attempt stands on."""
    recipes = {}
    by_requirement: dict[str, list[Claim]] = {}
    for claim in setting.claims:
        if claim.content is not None:
            by_requirement.setdefault(claim.criterion.requirement, []).append(claim)
    shared: dict[str, str] = {}
    for requirement, claims in by_requirement.items():
        parts: list[Json] = []
        for claim in claims:
            study = studies[claim.study.name]
            ready = study.models_known and study.verification is not None
            if claim.study.declarations and study.structure is None:
                ready = False
            if not ready:
                break
            if claim.study.name not in shared:
                shared[claim.study.name] = _shared_part(setting, study)
            parts.append(_attempt_part(setting, study, claim, shared[claim.study.name]))
        else:
            recipes[requirement] = digest(canonical([setting.programme.attempts, parts]))
    return recipes


def _shared_part(setting: Setting, study: StudyEvidence) -> str:
    """Return the digest of what the attempts of all criteria of a study stand on."""
    factors = setting.configuration.factors[study.study.name]
    content = {
        "factors": {name: describe(factor) for name, factor in factors.items()},
        "correlation": [list(pair) for pair in study.study.correlation],
        "solver": solver_recipe(study.study, study.solver, finest(study.study)),
        "model_form": describe(study.study.model_form),
        "models": sorted(study.model_ids),
        "structure": study.structure.id if study.structure else None,
        "shares": describe(setting.programme.shares),
    }
    return digest(canonical(content))


def _attempt_part(setting: Setting, study: StudyEvidence, claim: Claim, shared: str) -> Json:
    bases = claim.study.bases(claim.criterion.quantity)
    bounds: dict[str, Json] = {}
    for level, known in study.bounds.items():
        if len(bases) == 1 and bases[0] in known:
            bounds[str(level)] = known[bases[0]]
        elif len(bases) > 1:
            bounds[str(level)] = {name: known.get(name) for name in bases}
    return {
        **({"levels": bounds} if bounds else {}),
        "criterion": describe(claim.criterion),
        "limits": list(setting.limits[claim.criterion.id].values),
        "rows": [[row.key, row.values] for row in claim.rows],
        "charge": _charged(study, claim),
        **_declared(claim),
        "shared": shared,
    }


def _declared(claim: Claim) -> dict[str, Json]:
    """Return the declared bound on the model's error, or how the model is asked, where that may carry it."""
    bound, rungs = claim.study.quantities[claim.criterion.quantity].residual, claim.criterion.rungs
    if "model" in rungs:
        return {"model": MODEL_REVISION}
    if bound is None or (rungs and "residual" not in rungs):
        return {}
    return {"residual": [describe(bound), RESIDUAL_REVISION]}


def _charged(study: StudyEvidence, claim: Claim) -> Json:
    """Return the numerical error charged to the quantity: the number, not the record that it is in.

    A refinement study that was run anew and charges the same leaves the attempt as it is.
    """
    charge = charge_of(study, claim.criterion.quantity)
    if charge is None:
        return None
    return charge.numerical_relative if charge.derived is None else charge.derived.model_dump(mode="json")


def freeze_plan(
    engine: Engine, setting: Setting, studies: Mapping[str, StudyEvidence], plans: Mapping[str, Plan]
) -> str | None:
    """Freeze criteria, limits and plan; return the digest of the freeze as the ledger has it, or will."""
    if any(not s.models_known or (s.study.verification and not s.verification) for s in studies.values()):
        return None
    payload: dict[str, Json] = {
        "configuration": setting.configuration.name,
        "criteria": {
            claim.criterion.id: setting.records[f"criterion:{claim.criterion.id}"] for claim in setting.claims
        },
        "limits": {name: list(limit.values) for name, limit in setting.limits.items()},
        "plan": {
            "attempts": setting.programme.attempts,
            "shares": describe(setting.programme.shares),
            "draws": {name: plan.draws for name, plan in plans.items()},
            "paid": sorted(n for n, plan in plans.items() if plan.recorded or payable(setting, plan)),
            "charges": {n: s.verification.id for n, s in studies.items() if s.verification is not None},
            "models": {n: sorted(s.model_ids) for n, s in studies.items()},
        },
        "attestation": "self",
    }
    engine.freeze(payload)
    return digest(canonical(payload))


def freeze_record(engine: Engine, plan: Plan) -> Record | None:
    """Return the record of the freeze under which an attempt was written; None if its file is gone."""
    named = (plan.payload or {}).get("freeze")
    for entry in engine.ledger.freezes:
        if entry.digest == named:
            record = ledger_record("freeze", str(entry.payload["configuration"]), entry.payload)
            engine.fixed(record)
            return record
    return None


def ledger_record(kind: str, subject: str, payload: Mapping[str, Json]) -> Record:
    """Return a file of the ledger as a record, so that showings can rest on it."""
    content = dict(payload)
    recipe = recipe_digest(kind, LEDGER_REVISION, inputs={}, settings={"payload": digest(canonical(content))})
    return Record(kind, subject, recipe, {}, content, {}, TOOL)


def attempt_records_on_file(
    ledger: Ledger, setting: Setting
) -> tuple[tuple[Record, ...], tuple[Record, ...]]:
    """Return the attempts of this part and the freezes of this configuration, as records."""
    identity, name = identity_of(setting.configuration), setting.configuration.name
    attempts = sorted(
        (e.payload for e in ledger.attempts if e.payload["identity"] == identity),
        key=lambda payload: (payload["requirement"], payload["number"]),
    )
    freezes = [e.payload for e in ledger.freezes if e.payload["configuration"] == name]
    return (
        tuple(
            ledger_record("attempt", f"{p['requirement']}@{p['configuration']}#{p['number']}", p)
            for p in attempts
        ),
        tuple(ledger_record("freeze", name, payload) for payload in freezes),
    )


def attempt_record(engine: Engine, plan: Plan) -> Record:
    """Return the record of an attempt that is in the ledger."""
    payload = plan.payload or {}
    subject = f"{payload['requirement']}@{payload['configuration']}#{payload['number']}"
    record = ledger_record("attempt", subject, payload)
    engine.fixed(record)
    return record
