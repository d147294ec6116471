"""The draws that decide a fraction: attempts written, blocks fixed, runs made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assay.evidence import Json, Record, recipe_digest
from assay.pipeline.attempting import Plan, lost_attempts, make_plans, open_block, record_attempts
from assay.pipeline.blocks import (
    runs_of,
    union_rows,
    validation_block,
    validation_seed,
)
from assay.pipeline.engine import Engine, Needed
from assay.pipeline.setting import ConfigurationEvidence, Setting
from assay.pipeline.study_stages import (
    DESIGN_REVISION,
    StudyEvidence,
)
from assay.showing import (
    RowSpec,
)


def validation_draws(
    engine: Engine,
    setting: Setting,
    studies: Mapping[str, StudyEvidence],
    recipes: Mapping[str, str],
    found: ConfigurationEvidence,
) -> None:
    """Write the attempts, fix the blocks, make the draws."""
    new = [plan for plan in found.plans.values() if not plan.recorded and payable(setting, plan)]
    ready = [plan for plan in new if plan.claim.criterion.requirement in recipes]
    if ready and found.freeze is not None:
        names = dict.fromkeys(plan.claim.study.name for plan in ready)
        where = setting.configuration.name
        blocks = {name: open_block(engine.store, engine.ledger, name, where) for name in names}
        if record_attempts(engine, setting.configuration, ready, recipes, blocks, found.freeze):
            found.plans = plans_of(engine, setting, recipes)
    for name, study in studies.items():
        own = [plan for plan in found.plans.values() if plan.claim.study.name == name]
        numbers = sorted({plan.block for plan in own if plan.recorded and plan.block is not None})
        waiting = [plan for plan in own if not plan.recorded and payable(setting, plan)]
        for number in numbers:
            sharing = [plan for plan in own if plan.recorded and plan.block == number]
            found.validation[name, number] = _draws(engine, setting, study, sharing, number)
        if waiting:
            rows = union_rows([row for plan in waiting for row in plan.claim.rows])
            runs = runs_of(study.solver, max(plan.draws for plan in waiting), len(rows))
            subject = f"{name}@{setting.configuration.name}/block"
            size = max(plan.draws for plan in waiting)
            engine.block(Needed("validation", subject, runs, size, f"{len(rows)} rows a draw"), None)


def plans_of(engine: Engine, setting: Setting, recipes: Mapping[str, str]) -> dict[str, Plan]:
    """Return the plans of a configuration as ledger and journal stand."""
    lost = lost_attempts(engine.store, engine.ledger, setting.configuration)
    return make_plans(setting.programme, setting.configuration, engine.ledger, setting.claims, recipes, lost)


def payable(setting: Setting, plan: Plan) -> bool:
    """Say whether a new plan may start: credited, unbroken numbering, and inside the budget."""
    paid = 0 < plan.draws <= setting.given_draws.get(plan.claim.study.name, 0)
    return paid and plan.level is not None and not plan.gap


def _draws(
    engine: Engine,
    setting: Setting,
    study: StudyEvidence,
    plans: Sequence[Plan],
    number: int,
) -> Record | None:
    """Run a block of draws that is fixed by its `design` record."""
    seed = validation_seed(study.study, study.solver, setting.configuration, study.model_ids, number)
    subject = f"{study.study.name}@{setting.configuration.name}/block-{number}"
    design = engine.store.latest("design", subject)
    rows = union_rows([row for plan in plans for row in plan.claim.rows])
    draws = max(plan.draws for plan in plans)
    if design is None or design.payload["seed"] != seed or not _serves(design.payload, rows, draws):
        payload: dict[str, Json] = {
            "study": study.study.name,
            "configuration": setting.configuration.name,
            "block": number,
            "seed": seed,
            "draws": draws,
            "rows": [{"key": row.key, "overrides": row.values} for row in rows],
        }
        inputs = {f"model:{q}": r.id for q, r in study.models.items() if r is not None}
        recipe = recipe_digest("design", DESIGN_REVISION, inputs=inputs, settings=payload)
        design = engine.record("design", subject, recipe, inputs, lambda: (payload, {}))
    kept = [RowSpec(r["key"], ()) for r in design.payload["rows"]] if design is not None else list(rows)
    count = int(design.payload["draws"]) if design is not None else draws
    runs = runs_of(study.solver, count, len(kept))
    cost = Needed("validation", subject, runs, count, f"{count} draws of {len(kept)} rows")
    if design is None:
        return engine.block(cost, None)
    inputs = {"design": design.id}
    block = validation_block(study.study, study.solver, setting.configuration, design.payload, inputs)
    return engine.block(cost, block)


def _serves(design: Mapping[str, Json], rows: Sequence[RowSpec], draws: int) -> bool:
    have = {row["key"]: row["overrides"] for row in design["rows"]}
    return int(design["draws"]) >= draws and all(have.get(row.key) == row.values for row in rows)
