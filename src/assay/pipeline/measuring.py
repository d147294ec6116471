"""How good was the model on draws it never saw, and what do the deciding runs look like?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assay.campaign import Row
from assay.evidence import Json, Record, Store, recipe_digest
from assay.pipeline.blocks import picture_block, start_level
from assay.pipeline.engine import Computed, Engine, Needed
from assay.pipeline.planning import PICTURES
from assay.pipeline.setting import ConfigurationEvidence, Setting
from assay.pipeline.study_stages import (
    StudyEvidence,
    open_model,
    table_of,
)
from assay.programme import Study
from assay.qualification.held_out import REVISION as METRICS_REVISION
from assay.showing import (
    RowSpec,
)
from assay.showing.records import ShowingPayload


def measure_models(
    engine: Engine, setting: Setting, study: StudyEvidence, found: ConfigurationEvidence
) -> None:
    """Measure every accepted model on the draws it never saw."""
    blocks = [r for (name, _), r in found.validation.items() if name == study.study.name]
    plans = [p for p in found.plans.values() if p.kind == "fixed" and p.claim.study.name == study.study.name]
    if not blocks and not plans:
        return
    runs = blocks[0] if blocks else None
    levelled = next((r for (name, _), r in found.levels.items() if name == study.study.name), None)
    if start_level(study.study) > 1:
        # A model of the finest level is measured there: on runs that were chosen, hence without a bound.
        runs = levelled.tables[1] if levelled is not None else None
    for quantity, model in study.models.items():
        subject = f"{study.study.name}.{quantity}@{setting.configuration.name}"
        guard = study.guards.get(quantity)
        inputs: dict[str, str] = {}
        recipe = None
        if runs is not None and model is not None and guard is not None:
            if "model" not in model.blobs:
                continue
            inputs = {"model": model.id, "guard": guard.id, "runs": runs.id}
            recipe = recipe_digest("metrics", METRICS_REVISION, inputs=inputs, settings={})

        def compute(
            quantity: str = quantity, model: Record | None = model, guard: Record | None = guard
        ) -> Computed:
            rows = table_of(engine.store, runs, study.study) if runs is not None else ()
            chosen = start_level(study.study) > 1
            return held_out(engine.store, study.study, quantity, model, guard, rows, chosen=chosen), {}

        found.metrics[study.study.name, quantity] = engine.record("metrics", subject, recipe, inputs, compute)


def held_out(
    store: Store,
    study: Study,
    quantity: str,
    model: Record | None,
    guard: Record | None,
    rows: Sequence[Row],
    *,
    chosen: bool = False,
) -> Json:
    """Return the payload of a model's metrics on rows of draws that it never saw.

    Parameters
    ----------
    chosen
        Whether the rows are of draws that were picked for what they said on a coarser level.
    """
    from assay.qualification import GuardPayload, metrics

    rule = GuardPayload.model_validate(guard.payload if guard is not None else {})
    good = [row for row in rows if quantity in row.quantities]
    payload = metrics(
        open_model(store, model),
        rule,
        [[row.factors[name] for name in study.factors] for row in good],
        [row.quantities[quantity] for row in good],
        groups=[row.index for row in good],
        independent=len(good) == len(rows) and not chosen,
    )
    return payload.model_dump(mode="json")


def deciding_runs(
    study: Study, showings: Mapping[str, Record | None]
) -> list[tuple[Mapping[str, float], RowSpec, str]]:
    """Return the deciding run of each showing that has a place, those with the smallest margins first."""
    found: list[tuple[float, Mapping[str, float], RowSpec, str]] = []
    for record in showings.values():
        if record is None or record.payload["study"] != study.name:
            continue
        payload = ShowingPayload.model_validate(record.payload)
        own = [
            (part.margin.value, part.deciding.factors, RowSpec(part.deciding.row, ()), payload.quantity)
            for part in payload.parts
            if part.deciding is not None and part.margin is not None and part.deciding.place is not None
        ]
        found += sorted(own, key=lambda item: (item[0], item[2].key))[:1]
    found.sort(key=lambda item: (item[0], item[2].key, item[3]))
    kept: list[tuple[Mapping[str, float], RowSpec, str]] = []
    for _, factors, row, quantity in found:
        if len(kept) < PICTURES and (factors, row, quantity) not in kept:
            kept.append((factors, row, quantity))
    return kept


def picture_runs(
    engine: Engine, setting: Setting, study: StudyEvidence, name: str, found: ConfigurationEvidence
) -> None:
    """Run the deciding draws once more to get their fields."""
    if any(record is None for record in found.showings.values()):
        wanted = None
    else:
        wanted = deciding_runs(study.study, found.showings)
    subject = f"{name}@{setting.configuration.name}/picture"
    if wanted is None:
        found.pictures[name] = engine.block(Needed("picture", subject, PICTURES, PICTURES, "at most"), None)
    elif wanted:
        block = picture_block(study.study, study.solver, setting.configuration, wanted)
        found.pictures[name] = engine.block(Needed("picture", subject, len(wanted), len(wanted)), block)
