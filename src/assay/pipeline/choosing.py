"""By which plan is a fraction to be decided? Chosen from the training data, before any draw that counts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np

from assay.evidence import Json, Record, recipe_digest
from assay.pipeline.accepting import model_choice, rests_on_model
from assay.pipeline.attempting import FIXED, Choice
from assay.pipeline.band_plans import with_bands
from assay.pipeline.believing import Question, failing, law_points, left_out_pairs
from assay.pipeline.blocks import rows_json, seed_of, start_level
from assay.pipeline.engine import Computed, Engine
from assay.pipeline.model_statement import model_statement
from assay.pipeline.outlook import Outlook, view
from assay.pipeline.planning import LONGEST
from assay.pipeline.study_stages import StudyEvidence, charge_of
from assay.pipeline.weighing import first, next_run, options_of, saving
from assay.programme import Configuration, Fraction, Programme, describe
from assay.showing import Claim, LimitValues, error_level, planned_draws
from assay.showing.choice_records import PlanChoicePayload
from assay.showing.dominance import unfit
from assay.showing.parts import limit_of
from assay.showing.records import Charge
from assay.statistics import (
    allowed_fraction,
    believe,
    betting_level,
    choose_bet,
    sequential_or_fixed,
    smallest_refuting,
    union_level,
)
from assay.surrogates import Model

CHOICE_REVISION = 3
MOST_POINTS = 20_000
_MOST_WORK = 2e10
"""Multiplications that asking the model may take: points times the square of its rows."""
_SURE = 0.9
"""Believed probability of a verdict from which on the fixed plan is taken."""
_AHEAD = 2.0
"""A sequential plan is planned for so many times the runs that it is believed to take."""


def choose_plans(
    engine: Engine,
    programme: Programme,
    configuration: Configuration,
    claims: Sequence[Claim],
    limits: Mapping[str, LimitValues],
    studies: Mapping[str, StudyEvidence],
    recipes: Mapping[str, str],
    weighed: dict[str, Record],
) -> dict[str, Choice]:
    """Return the plan of every criterion that may be decided run by run; the others are fixed.

    Parameters
    ----------
    recipes
        Requirement to the digest of all that its attempt stands on.
    weighed
        Takes up, by criterion, the record of what each plan would take: for every fraction that a model
        may be asked about, chosen or not.
    """
    found = {}
    outlook = Outlook(engine.store, programme, configuration, claims, studies)
    for claim in claims:
        choice, record = FIXED, None
        if _may_be_sequential(claim) or _foreseeable(claim):
            choice, record = _chosen(engine, outlook, claim, limits[claim.criterion.id].values)
        if record is not None:
            weighed[claim.criterion.id] = record
        if _rests_on_signs(claim):
            # Asked for, and of the size of the fixed plan: the choice is no choice.
            found[claim.criterion.id] = Choice("structure", None)
        elif rests_on_model(claim):
            # Asked for by name, and never chosen otherwise.
            found[claim.criterion.id] = model_choice(claim, studies[claim.study.name])
        elif _may_be_sequential(claim):
            found[claim.criterion.id] = choice
    return with_bands(engine, programme, configuration, claims, limits, studies, recipes, found)


def _foreseeable(claim: Claim) -> bool:
    """Say whether a model may be asked how a claim of a fraction will fare."""
    study = claim.study
    return (
        claim.content is not None and bool(claim.rows) and None not in (study.surrogate, study.verification)
    )


def _rests_on_signs(claim: Claim) -> bool:
    """Say whether declared signs are to carry a fraction: asked for before other plans, and able to."""
    asked = next((w for w in claim.criterion.rungs if w in ("fixed", "sequential", "structure")), "fixed")
    return asked == "structure" and not claim.corners_over and unfit(claim) is None


def _may_be_sequential(claim: Claim) -> bool:
    """Say whether betting may decide the claim: asked for, or one claim of one part left to Assay."""
    if claim.content is None or claim.corners_over or not claim.rows:
        return False
    rungs = claim.criterion.rungs
    if rungs:
        return next((w for w in rungs if w in ("fixed", "sequential")), "fixed") == "sequential"
    return len(claim.parts) == 1 and claim.criterion.allow == 0 and claim.study.surrogate is not None


def _chosen(
    engine: Engine, outlook: Outlook, claim: Claim, limits: Sequence[float]
) -> tuple[Choice, Record | None]:
    programme, configuration = outlook.programme, outlook.configuration
    study = outlook.studies[claim.study.name]
    asked = "sequential" in claim.criterion.rungs
    model = study.models.get(claim.criterion.quantity)
    charge = charge_of(study, claim.criterion.quantity)
    ready = study.models_known and charge is not None
    if charge is None and study.verification is not None:
        # Nothing can be shown of a quantity without a charge, and no plan would change that.
        return Choice("sequential", None) if asked else FIXED, None
    inputs = {} if model is None else {"model": model.id}
    settings: dict[str, Json] = {
        "criterion": describe(claim.criterion),
        "limits": list(limits),
        "charge": charge.model_dump(mode="json") if charge is not None else None,
        "rows": rows_json(claim.rows),
        "factors": {n: describe(f) for n, f in configuration.factors[claim.study.name].items()},
        "correlation": [list(pair) for pair in claim.study.correlation],
        "shares": describe(programme.shares),
        "attempts": programme.attempts,
        "outlook": _foreseen_from(outlook, claim),
    }
    recipe = (
        recipe_digest("plan-choice", CHOICE_REVISION, inputs=inputs, settings=settings) if ready else None
    )

    content = claim.content
    level = None if content is None else error_level(content, programme.shares, 1, programme.attempts)

    def compute() -> Computed:
        if charge is None or content is None or level is None:
            return {}, {}
        payload = _weigh(outlook, claim, limits, charge, content, level)
        return payload.model_dump(mode="json"), {}

    subject = f"{claim.criterion.id}@{configuration.name}"
    record = engine.record("plan-choice", subject, recipe, inputs, compute)
    if record is None:
        return Choice("sequential", None) if asked else FIXED, None
    payload = PlanChoicePayload.model_validate(record.payload)
    return Choice(payload.plan, payload.horizon, asked=asked), record


def _foreseen_from(outlook: Outlook, claim: Claim) -> Json:
    """Return what the prices of a claim's plans depend on besides the claim itself."""
    study = claim.study
    return {
        "points": outlook.count(study.name),
        "declared": describe(study.declarations),
        "residual": describe(study.quantities[claim.criterion.quantity].residual),
        "seconds": study.run_time or study.time_limit,
        "superposes": outlook.studies[study.name].solver.superposes,
        "level": start_level(study),
    }


def _weigh(
    outlook: Outlook,
    claim: Claim,
    limits: Sequence[float],
    charge: Charge,
    content: Fraction,
    level: float,
) -> PlanChoicePayload:
    """Ask the model how often the law fails, what betting would take, and what every other plan."""
    model = outlook.model(claim.study.name, claim.criterion.quantity)
    fixed = planned_draws(content, level, claim.criterion.allow)
    payload = PlanChoicePayload(
        criterion=claim.criterion.id,
        configuration=claim.configuration.name,
        asked=claim.criterion.rungs,
        plan="fixed",
        fixed_draws=fixed,
        horizon=None,
        expected=None,
        goal=None,
        believed=None,
        cheap=0,
    )
    if _may_be_sequential(claim):
        payload = _bet(outlook, claim, limits, charge, content, level, payload)
    if model is None:
        return payload
    seen = view(outlook, claim, limits, charge, outlook.programme.packs)
    options = options_of(outlook, seen, content, level)
    plan: str = "structure+fixed" if claim.corners_over else payload.plan
    if _rests_on_signs(claim):
        plan = "structure"
    points = outlook.points(claim.study.name).shape[0]
    return payload.model_copy(
        update={
            "believed": seen.fraction if payload.believed is None else payload.believed,
            "cheap": payload.cheap or points,
            "options": first(options, plan),
            "saves": saving(options, plan),
            "next_run": next_run(outlook, seen),
            "model": model_statement(outlook, seen, content, level),
        }
    )


def _bet(
    outlook: Outlook,
    claim: Claim,
    limits: Sequence[float],
    charge: Charge,
    content: Fraction,
    level: float,
    payload: PlanChoicePayload,
) -> PlanChoicePayload:
    """Say whether betting on every run is believed to be the cheaper plan, and how far it may go."""
    model = outlook.model(claim.study.name, claim.criterion.quantity)
    configuration, fixed, asked = outlook.configuration, payload.fixed_draws, payload.asked
    allowed = allowed_fraction(content.fraction)
    points = _points(model, len(claim.parts))
    expected, fraction, plan = 0.0, 0.0, "fixed"
    goal: Literal["shown", "refuted"] = "shown"
    for part in claim.parts:
        limit = limit_of(claim, part, limits, charge, outlook.programme.packs)
        question = Question(claim.study, configuration, part, limit)
        seed = seed_of("plan-choice", claim.criterion.id, configuration.name, points)
        cheap = failing(model, question)(law_points(claim.study, configuration, seed, 0, points))
        belief = believe(*_pairs(model, question), allowed)
        bet = choose_bet(
            cheap,
            belief,
            allowed=allowed,
            level=betting_level(level, exact=False),
            refuting=betting_level(union_level(level, len(claim.parts)), exact=False),
        )
        expected += bet.expected_runs
        fraction = max(fraction, float(np.mean(cheap)))
        goal = "refuted" if bet.goal == "refuted" else goal
        if sequential_or_fixed(cheap, belief, allowed=allowed, error=level, fixed_runs=fixed) == "sequential":
            plan = "sequential"
    if model is None or _counting_decides(
        fraction, fixed, allowed, level, claim.criterion.allow, len(claim.parts)
    ):
        plan = "fixed"
    if "sequential" in asked:
        plan = "sequential"
    runs = _AHEAD * expected / len(claim.parts)
    horizon = (
        LONGEST * fixed if not math.isfinite(runs) else min(LONGEST * fixed, max(fixed, math.ceil(runs)))
    )
    return payload.model_copy(
        update={
            "plan": plan,
            "horizon": horizon if plan == "sequential" else None,
            "expected": expected if math.isfinite(expected) else None,
            "goal": goal,
            "believed": None if model is None else fraction,
            "cheap": points,
        }
    )


def _counting_decides(
    fraction: float, draws: int, allowed: float, error: float, allow: int, parts: int
) -> bool:
    """Say whether the fixed plan is believed to end in a verdict, whose draws other criteria may share."""
    from scipy.special import bdtr, bdtrc

    refuting = smallest_refuting(draws, allowed, union_level(error, parts))
    beyond = 0.0 if refuting is None else float(bdtrc(refuting - 1, draws, fraction))
    return float(bdtr(allow, draws, fraction)) + beyond >= _SURE


def _pairs(model: Model | None, question: Question) -> tuple[list[float], tuple[str, ...]]:
    predicted, states = left_out_pairs(model, question.limit)
    return predicted.tolist(), states


def _points(model: Model | None, parts: int) -> int:
    """Return at how many draws the model is asked: many, unless it has many rows."""
    if model is None:
        return MOST_POINTS
    return int(min(MOST_POINTS, max(2_000, _MOST_WORK / (model.data.y.size**2 * parts))))
