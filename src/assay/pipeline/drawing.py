"""The draws that decide a fraction: attempts written, blocks fixed, runs made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assay.evidence import Json, Record, recipe_digest
from assay.pipeline.attempting import Plan, lost_attempts, make_plans, open_block, record_attempts
from assay.pipeline.blocks import runs_of, start_level, union_rows
from assay.pipeline.draw_blocks import validation_block, validation_seed
from assay.pipeline.engine import Engine, Needed
from assay.pipeline.levelling import expected_later, needed_on, refine, settle
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
        names = dict.fromkeys(plan.claim.study.name for plan in ready if plan.kind == "fixed")
        where = setting.configuration.name
        blocks = {name: open_block(engine.store, engine.ledger, name, where) for name in names}
        if record_attempts(engine, setting.configuration, ready, recipes, blocks, found.freeze):
            found.plans = plans_of(engine, setting, recipes)
    for name, study in studies.items():
        own = [plan for plan in found.plans.values() if plan.claim.study.name == name]
        numbers = sorted({plan.block for plan in own if plan.recorded and plan.block is not None})
        waiting = [p for p in own if not p.recorded and p.kind == "fixed" and payable(setting, p)]
        for number in numbers:
            sharing = [plan for plan in own if plan.recorded and plan.block == number]
            start = _draws(engine, setting, study, sharing, number)
            found.validation[name, number] = start
            if start_level(study.study) > 1:
                found.levels[name, number] = refine(engine, setting, study, sharing, start)
        if waiting:
            rows = union_rows([row for plan in waiting for row in plan.claim.rows])
            runs = runs_of(study.solver, max(plan.draws for plan in waiting), len(rows))
            subject = f"{name}@{setting.configuration.name}/block"
            size = max(plan.draws for plan in waiting)
            engine.block(_needed(study, subject, runs, size, f"{len(rows)} rows a draw"), None)
            expected_later(engine, study, subject, size, len(rows))


def settle_levels(engine: Engine, studies: Mapping[str, StudyEvidence], found: ConfigurationEvidence) -> None:
    """Refine what stands on a level that the checks of another configuration void."""
    for (name, number), known in found.levels.items():
        own = [plan for plan in found.plans.values() if plan.claim.study.name == name]
        sharing = [plan for plan in own if plan.recorded and plan.block == number]
        again = settle(engine, found.setting, studies[name], sharing, found.validation[name, number], known)
        found.levels[name, number] = again


def _needed(study: StudyEvidence, subject: str, runs: int, points: int, detail: str) -> Needed:
    first = start_level(study.study)
    if first == 1:
        return Needed("validation", subject, runs, points, detail)
    return needed_on(study, first, subject, runs, points, detail)


def plans_of(engine: Engine, setting: Setting, recipes: Mapping[str, str]) -> dict[str, Plan]:
    """Return the plans of a configuration as ledger and journal stand."""
    lost = lost_attempts(engine.store, engine.ledger, setting.configuration)
    return make_plans(
        setting.programme,
        setting.configuration,
        engine.ledger,
        setting.claims,
        recipes,
        lost,
        setting.choices,
        setting.given_runs,
    )


def payable(setting: Setting, plan: Plan) -> bool:
    """Say whether a new plan may start: credited, unbroken numbering, and inside the budget.

    A statement of a model costs no draw, and counts as an attempt all the same: it needs a model.
    """
    if plan.kind == "model":
        choice = setting.choices.get(plan.claim.criterion.id)
        return choice is not None and choice.draws == 0 and plan.level is not None and not plan.gap
    given = setting.given_draws.get(plan.claim.study.name, 0)
    if plan.kind != "fixed":
        given = setting.given_runs.get(plan.claim.criterion.id, 0)
    paid = 0 < plan.draws <= given
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
    cost = _needed(study, subject, runs, count, f"{count} draws of {len(kept)} rows")
    if design is None:
        return engine.block(cost, None)
    inputs = {"design": design.id}
    block = validation_block(study.study, study.solver, setting.configuration, design.payload, inputs)
    record = engine.block(cost, block)
    if record is None:
        expected_later(engine, study, subject, count, len(kept))
    return record


def _serves(design: Mapping[str, Json], rows: Sequence[RowSpec], draws: int) -> bool:
    have = {row["key"]: row["overrides"] for row in design["rows"]}
    return int(design["draws"]) >= draws and all(have.get(row.key) == row.values for row in rows)
