"""Refute first: the nominal run and the points that the model proposes."""

from __future__ import annotations

import math
from collections.abc import Sequence

from assay.campaign import Row
from assay.evidence import Json, Record, recipe_digest
from assay.pipeline.blocks import (
    points_block,
    runs_of,
    seed_of,
    union_rows,
)
from assay.pipeline.engine import Computed, Engine, Needed
from assay.pipeline.proposing import questions_of, region_of_configuration, region_of_law
from assay.pipeline.setting import ConfigurationEvidence, Setting
from assay.pipeline.study_stages import (
    DESIGN_REVISION,
    StudyEvidence,
    charge_of,
    formulas_of,
    open_model,
    table_of,
)
from assay.programme import describe
from assay.showing import (
    Claim,
    excess,
    guided_beyond,
    nominal_values,
    state_of,
)
from assay.showing.parts import demand_factors
from assay.showing.records import RefutationPayload
from assay.showing.states import Limit, at_run
from assay.surrogates import propose
from assay.surrogates.proposals import REVISION as PROPOSALS_REVISION

REFUTATION_REVISION = 1


def nominal_run(
    engine: Engine, setting: Setting, study: StudyEvidence, claims: Sequence[Claim]
) -> Record | None:
    """Run the configuration at its nominal values, with every row that some claim reads."""
    rows = union_rows([row for claim in claims for row in claim.rows])
    point = nominal_values(study.study, setting.configuration)
    block = points_block("nominal", study.study, study.solver, setting.configuration, [point], rows, {})
    cost = Needed("nominal", block.subject, runs_of(study.solver, 1, len(rows)), 1, f"{len(rows)} rows")
    return engine.block(cost, block)


def _factor_products(setting: Setting, claims: Sequence[Claim]) -> dict[tuple[str, str], float]:
    products = {}
    for claim in claims:
        for part in claim.parts:
            product = 1.0
            for factor in demand_factors(claim, part, setting.programme.packs):
                product *= factor.value
            products[claim.criterion.id, part.case.name if part.case else ""] = product
    return products


def guided_runs(
    engine: Engine,
    setting: Setting,
    study: StudyEvidence,
    claims: Sequence[Claim],
    found: ConfigurationEvidence,
) -> None:
    """Refute first: the model proposes the worst points, the solver runs them."""
    name, spec = study.study.name, study.study.surrogate
    if spec is None or spec.refutation == 0:
        return
    rows = union_rows([row for claim in claims for row in claim.rows])
    subject = f"{name}@{setting.configuration.name}/refutation"
    runs = runs_of(study.solver, spec.refutation, len(rows))
    cost = Needed("refutation", subject, runs, spec.refutation, "at most")
    if not study.models_known or study.verification is None or found.freeze is None:
        found.guided[name] = engine.block(cost, None)
        found.refutation[name] = engine.record("refutation", subject, None, {}, lambda: ({}, {}))
        return
    design = _proposals(engine, setting, study, claims, spec.refutation)
    if design is None:
        found.guided[name] = engine.block(cost, None)
    else:
        places = [dict(proposal["factors"]) for proposal in design.payload["proposals"]]
        found.guided[name] = engine.block(
            cost,
            points_block(
                "refutation", study.study, study.solver, setting.configuration, places, rows, design.inputs
            ),
        )
    found.refutation[name] = _refutation_record(engine, setting, study, claims, found.guided[name], design)


def _proposals(
    engine: Engine, setting: Setting, study: StudyEvidence, claims: Sequence[Claim], count: int
) -> Record | None:
    """Fix in a `design` record which points the model proposes, before any of them is run."""
    name = study.study.name
    limits = {claim.criterion.id: setting.limits[claim.criterion.id].values for claim in claims}
    products = _factor_products(setting, claims)
    everywhere = any(claim.unconditional_refutation for claim in claims)
    factors = setting.configuration.factors[study.study.name]
    seed = seed_of("refutation", setting.configuration.name, sorted(study.model_ids), sorted(limits))
    inputs = {f"model:{q}": r.id for q, r in study.models.items() if r is not None}
    settings: dict[str, Json] = {
        "revision": PROPOSALS_REVISION,
        "factors": {n: describe(factor) for n, factor in factors.items()},
        "everywhere": everywhere,
        "limits": {n: list(values) for n, values in limits.items()},
        "demand_factors": [[*key, value] for key, value in products.items()],
        "asked": [
            [c.criterion.id, c.criterion.quantity, c.criterion.sense, row.key, row.values]
            for c in claims
            for row in c.rows
        ],
        "count": count,
        "seed": seed,
    }
    recipe = recipe_digest("design:refutation", DESIGN_REVISION, inputs=inputs, settings=settings)

    def compute() -> Computed:
        opened = {quantity: open_model(engine.store, record) for quantity, record in study.models.items()}
        box = region_of_configuration if everywhere else region_of_law
        region = box(study.study, setting.configuration)
        # A row's own values hold in that row alone: with them the draw itself would leave the configuration.
        rows = {"": {}, **{row.key: row.values for claim in claims for row in claim.rows}}
        nominal = nominal_values(study.study, setting.configuration)
        proposed = propose(questions_of(claims, limits, opened, products), region, count, seed)
        payload: Json = {
            "study": name,
            "configuration": setting.configuration.name,
            "purpose": "refutation",
            "proposals": [
                {
                    "criterion": p.question,
                    "row": p.row,
                    "why": p.why,
                    "predicted": p.predicted,
                    "sd": p.sd,
                    "factors": {n: float(nominal[n] if n in rows[p.row] else p.factors[n]) for n in nominal},
                }
                for p in proposed
            ],
        }
        return payload, {}

    return engine.record("design", f"{name}@{setting.configuration.name}/refutation", recipe, inputs, compute)


def _refutation_record(
    engine: Engine,
    setting: Setting,
    study: StudyEvidence,
    claims: Sequence[Claim],
    runs: Record | None,
    design: Record | None,
) -> Record | None:
    inputs = {
        role: record.id
        for role, record in (("runs", runs), ("design", design), ("charge", study.verification))
        if record is not None
    }
    settings: dict[str, Json] = {
        "limits": {c.criterion.id: list(setting.limits[c.criterion.id].values) for c in claims}
    }
    settings |= formulas_of(study.study, {claim.criterion.quantity for claim in claims})
    recipe = None
    if runs is not None:
        recipe = recipe_digest("refutation", REFUTATION_REVISION, inputs=inputs, settings=settings)

    def compute() -> Computed:
        guided = table_of(engine.store, runs, study.study) if runs is not None else ()
        table = {(r.index, r.row): r for r in guided}
        by_id = {claim.criterion.id: claim for claim in claims}
        outcomes = []
        for index, proposal in enumerate(design.payload["proposals"] if design is not None else ()):
            claim, key = by_id[proposal["criterion"]], proposal["row"]
            said = {k: proposal[k] for k in ("criterion", "row", "why", "predicted", "sd")}
            outcome = _outcome(setting, study, claim, key, table.get((index, key)))
            outcomes.append({"index": index, **said, **outcome})
        payload = RefutationPayload(
            configuration=setting.configuration.name,
            study=study.study.name,
            proposals=tuple(outcomes),
            model_records=study.model_ids,
            budget=study.study.surrogate.refutation if study.study.surrogate else 0,
            beyond=_beyond(setting, study, claims, guided),
        )
        return payload.model_dump(mode="json"), {}

    subject = f"{study.study.name}@{setting.configuration.name}/refutation"
    return engine.record("refutation", subject, recipe, inputs, compute)


def _beyond(
    setting: Setting, study: StudyEvidence, claims: Sequence[Claim], guided: Sequence[Row]
) -> tuple[str, ...]:
    """Return the criteria that some guided run lies beyond, in any row that they read."""
    found = []
    for claim in claims:
        charge = charge_of(study, claim.criterion.quantity)
        limits = setting.limits[claim.criterion.id].values
        if charge is not None and guided_beyond(claim, setting.programme.packs, limits, charge, guided):
            found.append(claim.criterion.id)
    return tuple(found)


def _outcome(setting: Setting, study: StudyEvidence, claim: Claim, key: str, row: object) -> dict[str, Json]:
    """Return what the solver said at a proposed point."""
    name = claim.criterion.quantity
    charge = charge_of(study, name)
    if not isinstance(row, Row) or name not in row.quantities or charge is None:
        return {"quantity": None, "state": "open"}
    product = 1.0
    for part in claim.parts:
        if key in {spec.key for spec in part.rows}:
            for factor in demand_factors(claim, part, setting.programme.packs):
                product *= factor.value
    values = setting.limits[claim.criterion.id].values
    limit = at_run(Limit(claim.criterion.sense, values, product, charge), row)
    value = row.quantities[name]
    over = excess(value, limit)
    said: dict[str, Json] = {"quantity": value, "state": str(state_of(value, limit))}
    return {**said, "excess": over} if math.isfinite(over) else said
