"""What a study needs once, whatever the configuration: campaign, model, charge, tested declarations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

from assay.campaign import Row, read_table, with_derived
from assay.credibility.solution_verification import REVISION as VERIFICATION_REVISION
from assay.evidence import Json, Record, Store, recipe_digest
from assay.pipeline.blocks import (
    finest,
    levels,
    runs_of,
    seed_of,
    solver_recipe,
    start_level,
    structure_block,
    superposable,
    training_block,
    union_rows,
    verification_block,
)
from assay.pipeline.engine import Computed, Engine, Needed
from assay.pipeline.proposing import questions_of, region_of_envelope
from assay.pipeline.refining import bounds_of, corners, verification_points, verify_study
from assay.programme import Study, describe
from assay.qualification.guarding import REVISION as GUARDING_REVISION
from assay.showing import (
    Claim,
    RowSpec,
    judge_declarations,
    orders,
    place_tests,
    rows_of_tests,
    runs_needed,
)
from assay.showing.records import Charge, DerivedCharge, StructureTestPayload
from assay.solvers import SolverSpec
from assay.surrogates import Model
from assay.surrogates.proposals import REVISION as PROPOSALS_REVISION
from assay.surrogates.training import REVISION as TRAINING_REVISION

STRUCTURE_REVISION = 1
DESIGN_REVISION = 1


@dataclass(frozen=True)
class StudyEvidence:
    """What is known of a study."""

    study: Study
    solver: SolverSpec
    training: Record | None
    models: Mapping[str, Record | None] = field(default_factory=dict)
    """Quantity to its `model` record."""
    guards: Mapping[str, Record | None] = field(default_factory=dict)
    verification_runs: Record | None = None
    verification: Record | None = None
    structure_runs: Record | None = None
    structure: Record | None = None
    bounds: Mapping[int, Mapping[str, float | None]] = field(default_factory=dict)
    """Level, coarser than the finest, to the bound of each quantity; empty unless draws start coarse."""

    @property
    def models_known(self) -> bool:
        """Whether every model that is to be trained exists, accepted or refused."""
        return all(record is not None for record in self.models.values())

    @property
    def model_ids(self) -> tuple[str, ...]:
        """Return the ids of the model records."""
        return tuple(record.id for record in self.models.values() if record is not None)


def table_of(store: Store, record: Record, study: Study | None = None) -> tuple[Row, ...]:
    """Return the rows of a `runs` record, re-hashed; with its study also the quantities that are derived."""
    rows = read_table(store.blob(record.blobs["table"]))
    return tuple(rows) if study is None else with_derived(rows, study)


def formulas_of(study: Study, quantities: Iterable[str]) -> dict[str, Json]:
    """Return the formulas of the derived ones of some quantities, as they enter a recipe; empty without."""
    found = {name: study.quantities[name].formula for name in quantities}
    return {name: describe(formula) for name, formula in found.items() if formula is not None}


def study_stages(
    engine: Engine,
    study: Study,
    solver: SolverSpec,
    claims: Sequence[Claim],
    limits: Mapping[str, tuple[float, ...]],
) -> StudyEvidence:
    """Walk the stages of one study in the order of the argument.

    Parameters
    ----------
    claims
        The study's claims in every configuration.
    limits
        Criterion id to its limits, in the first configuration that it applies to.
    """
    training = _training(engine, study, solver)
    models, guards = _models(engine, study, training)
    block = _verification_runs(engine, study, solver, claims, limits, models)
    verification = _verification(engine, study, block)
    structure_runs, structure = _structure(engine, study, solver, models)
    bounds: Mapping[int, Mapping[str, float | None]] = {}
    if block is not None and verification is not None and start_level(study) > 1:
        bounds = bounds_of(study, table_of(engine.store, block), verification.payload)
    return StudyEvidence(
        study, solver, training, models, guards, block, verification, structure_runs, structure, bounds
    )


def _training(engine: Engine, study: Study, solver: SolverSpec) -> Record | None:
    block = training_block(study, solver)
    if block is None or study.surrogate is None:
        return None
    points = study.surrogate.training
    rows = study.surrogate.rows if superposable(study, solver) else 1
    return engine.block(Needed("training", study.name, runs_of(solver, points, rows), points), block)


def _models(
    engine: Engine, study: Study, training: Record | None
) -> tuple[dict[str, Record | None], dict[str, Record | None]]:
    from assay.surrogates import library_version

    models: dict[str, Record | None] = {}
    guards: dict[str, Record | None] = {}
    if study.surrogate is None:
        return models, guards
    for quantity in study.quantities:
        recipe = inputs = None
        if training is not None:
            inputs = {"training": training.id}
            settings = {
                "quantity": quantity,
                "family": study.surrogate.family,
                "library": library_version(study.surrogate.family),
                **formulas_of(study, [quantity]),
            }
            recipe = recipe_digest("model", TRAINING_REVISION, inputs=inputs, settings=settings)
        subject = f"{study.name}.{quantity}"
        record = engine.record(
            "model", subject, recipe, inputs or {}, partial(_train, engine, study, quantity, training)
        )
        models[quantity] = record
        guards[quantity] = _guard(engine, study, subject, record)
    return models, guards


def _train(engine: Engine, study: Study, quantity: str, training: Record | None) -> Computed:
    from assay.surrogates import Input, to_bytes, train

    if training is None or study.surrogate is None:
        return {}, {}
    rows = [row for row in table_of(engine.store, training, study) if quantity in row.quantities]
    inputs = [Input(name=n, unit=f.unit, low=f.range[0], high=f.range[1]) for n, f in study.factors.items()]
    result = train(
        quantity,
        study.quantities[quantity].unit,
        inputs,
        [[row.factors[name] for name in study.factors] for row in rows],
        [row.quantities[quantity] for row in rows],
        seed=seed_of("model", training.id, quantity),
        groups=[row.index for row in rows],
        family=study.surrogate.family,
    )
    blobs = {}
    if result.model is not None:
        blobs["model"] = engine.store.put_blob(to_bytes(result.model))
    return result.payload.model_dump(mode="json"), blobs


def open_model(store: Store, record: Record | None) -> Model | None:
    """Return an accepted model from its record; None where it was refused or is not there."""
    from assay.surrogates import from_bytes

    if record is None or "model" not in record.blobs:
        return None
    return from_bytes(store.blob(record.blobs["model"]))


def _guard(engine: Engine, study: Study, subject: str, model: Record | None) -> Record | None:
    from assay.qualification import guard, refusal
    from assay.surrogates import ModelPayload

    inputs = {"model": model.id} if model is not None else {}
    envelope = {name: factor.envelope for name, factor in study.factors.items()}
    settings = {"envelope": {name: list(interval) for name, interval in envelope.items()}}
    recipe = None
    if model is not None:
        recipe = recipe_digest("guard", GUARDING_REVISION, inputs=inputs, settings=settings)

    def compute() -> Computed:
        opened = open_model(engine.store, model)
        if opened is None:
            payload = refusal(ModelPayload.model_validate(model.payload if model else {}))
        else:
            payload = guard(opened, envelope=envelope)
        return payload.model_dump(mode="json"), {}

    return engine.record("guard", subject, recipe, inputs, compute)


def _verification_runs(
    engine: Engine,
    study: Study,
    solver: SolverSpec,
    claims: Sequence[Claim],
    limits: Mapping[str, tuple[float, ...]],
    models: Mapping[str, Record | None],
) -> Record | None:
    """Run the refinement study at the centre and at the model's worst point."""
    if study.verification is None:
        return None
    rows = verification_rows(claims)
    count = verification_points(study) * len(levels(study))
    detail = "centre and the model's worst point"
    if start_level(study) > 1:
        detail += ", lowest and highest corner"
    cost = Needed(
        "verification", f"{study.name}/verification", runs_of(solver, count, len(rows)), count, detail
    )
    design = _verification_places(engine, study, solver, claims, limits, models)
    if design is None:
        return engine.block(cost, None)
    return engine.block(
        cost, verification_block(study, solver, design.payload["places"], rows, design.inputs)
    )


def _verification_places(
    engine: Engine,
    study: Study,
    solver: SolverSpec,
    claims: Sequence[Claim],
    limits: Mapping[str, tuple[float, ...]],
    models: Mapping[str, Record | None],
) -> Record | None:
    """Fix in a `design` record where the mesh is refined: centre of the envelope and worst point."""
    inputs = {f"model:{name}": record.id for name, record in models.items() if record is not None}
    settings: dict[str, Json] = {
        "revision": PROPOSALS_REVISION,
        "envelope": {name: list(factor.envelope) for name, factor in study.factors.items()},
        "asked": [
            [
                c.criterion.id,
                c.configuration.name,
                c.criterion.quantity,
                c.criterion.sense,
                row.key,
                row.values,
            ]
            for c in claims
            for row in c.rows
        ],
        "limits": {name: list(values) for name, values in limits.items()},
    }
    recipe = None
    if len(inputs) == len(models):
        recipe = recipe_digest("design:verification", DESIGN_REVISION, inputs=inputs, settings=settings)

    def compute() -> Computed:
        centre = {name: sum(factor.envelope) / 2.0 for name, factor in study.factors.items()}
        places = [centre, *_worst_point(engine, study, solver, claims, limits, models), *corners(study)]
        payload: Json = {
            "study": study.name,
            "configuration": None,
            "purpose": "verification",
            "places": places,
        }
        return payload, {}

    return engine.record("design", f"{study.name}/verification", recipe, inputs, compute)


def verification_rows(claims: Sequence[Claim]) -> tuple[RowSpec, ...]:
    """Return the rows that the refinement study evaluates: those that claims read."""
    rows = [row for claim in claims for row in claim.rows if "everywhere#" not in row.key]
    return union_rows(rows)


def _worst_point(
    engine: Engine,
    study: Study,
    solver: SolverSpec,
    claims: Sequence[Claim],
    limits: Mapping[str, tuple[float, ...]],
    models: Mapping[str, Record | None],
) -> list[dict[str, float]]:
    from assay.surrogates import propose

    opened = {name: open_model(engine.store, record) for name, record in models.items()}
    questions = questions_of(claims, limits, opened)
    seed = seed_of("worst", solver_recipe(study, solver, finest(study)), sorted(limits))
    found = propose(questions, region_of_envelope(study), 1, seed)
    return [{name: float(proposal.factors[name]) for name in study.factors} for proposal in found]


def _verification(engine: Engine, study: Study, runs: Record | None) -> Record | None:
    """Fix the charged errors in a record."""
    if study.verification is None:
        return None
    recipe = None
    inputs = {"runs": runs.id} if runs is not None else {}
    if runs is not None:
        settings = {
            "factor": study.verification.factor,
            "orders": {name: q.formal_order for name, q in study.solved.items()},
        }
        recipe = recipe_digest(
            "solution-verification", VERIFICATION_REVISION, inputs=inputs, settings=settings
        )

    def compute() -> Computed:
        rows = table_of(engine.store, runs) if runs is not None else ()
        return verify_study(study, rows).model_dump(mode="json"), {}

    return engine.record("solution-verification", study.name, recipe, inputs, compute)


def _structure(
    engine: Engine, study: Study, solver: SolverSpec, models: Mapping[str, Record | None]
) -> tuple[Record | None, Record | None]:
    """Test the declarations of the study; what is declared monotone also where its model is flattest."""
    if not study.declarations:
        return None, None
    seed = seed_of("structure", describe(study.declarations), solver_recipe(study, solver, finest(study)))
    count = runs_needed(study)
    runs = runs_of(solver, count, rows_of_tests(study))
    subject = f"{study.name}/structure"
    cost = Needed("structure-test", subject, runs, count, "combined rows solved anew")
    asked = {quantity: models[quantity] for quantity in orders(study) if quantity in models}
    told = {f"model:{quantity}": record.id for quantity, record in asked.items() if record is not None}
    opened = {quantity: open_model(engine.store, record) for quantity, record in asked.items()}
    points = place_tests(study, seed, {q: partial(_mean, m) for q, m in opened.items() if m is not None})
    plan = structure_block(study, solver, points, seed, told) if len(told) == len(asked) else None
    table = engine.block(cost, plan)
    inputs = {"runs": table.id} if table is not None else {}
    recipe = None
    if table is not None:
        settings = {"declarations": describe(study.declarations)}
        settings |= formulas_of(study, {declaration.quantity for declaration in study.declarations})
        recipe = recipe_digest("structure-test", STRUCTURE_REVISION, inputs=inputs, settings=settings)

    def compute() -> Computed:
        rows = table_of(engine.store, table, study) if table is not None else ()
        return judge_declarations(study, points, rows).model_dump(mode="json"), {}

    return table, engine.record("structure-test", study.name, recipe, inputs, compute)


def _mean(model: Model, points: NDArray[np.float64]) -> NDArray[np.float64]:
    return model.predict(points)[0]


def structure_payload(record: Record | None) -> StructureTestPayload | None:
    """Return the tested declarations."""
    return None if record is None else StructureTestPayload.model_validate(record.payload)


def charge_of(evidence: StudyEvidence, quantity: str) -> Charge | None:
    """Return what is charged to every run of a quantity; None where it is not assessed."""
    form = evidence.study.model_form
    if evidence.verification is None or quantity not in evidence.study.quantities:
        return None
    told = {item["quantity"]: item["charge"] for item in evidence.verification.payload["quantities"]}
    bases = {name: told.get(name) for name in evidence.study.bases(quantity)}
    known = {name: float(relative) for name, relative in bases.items() if relative is not None}
    if len(known) < len(bases):
        return None
    formula = evidence.study.quantities[quantity].formula
    return Charge(
        numerical_relative=sum(known.values()),
        model_basis=form.basis,
        model_factor=form.factor if form.basis == "allowance" else 1.0,
        derived=formula and DerivedCharge(formula=formula.text, steps=formula.steps, bases=known),
    )
