"""Which plan does a declared bound on the model's error allow? Sorts the law before any attempt (rung 1)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from assay.evidence import Json, Record, recipe_digest
from assay.pipeline.attempting import Choice, ledger_attempts
from assay.pipeline.believing import FloatArray, Question, failing, law_points, ranges_of
from assay.pipeline.blocks import (
    rows_json,
    seed_of,
)
from assay.pipeline.engine import Computed, Engine
from assay.pipeline.planning import LONGEST
from assay.pipeline.setting import Setting
from assay.pipeline.study_stages import StudyEvidence, charge_of, open_model
from assay.programme import Configuration, Programme, ResidualBound, describe
from assay.qualification import GuardPayload, abstains
from assay.showing import Claim, LimitValues, error_level, identity_of, planned_draws, standing
from assay.showing.parts import limit_of
from assay.showing.records import Charge
from assay.showing.residual import (
    REVISION,
    RegionArray,
    edges_of,
    sort_points,
)
from assay.showing.residual_records import (
    BandPayload,
    DeclaredBound,
)
from assay.statistics import (
    CONCEDED,
    SAFE,
    UNDECIDED,
    allowed_fraction,
    concession,
    region_masses,
    restricted_size,
)
from assay.surrogates import Model

CHEAP = 1_000_000
"""Fresh draws of the law that bound the masses; no solver run."""
PLANNING = 100_000
"""Other draws of the law, from which it is chosen what to concede."""
CHECKS = 8
"""Draws of the whole law where nothing has to be drawn: no declaration stands without runs of its own."""
MOST_SPENT = 1e-3
"""Most error that the masses take, and a tenth of the level at most."""
_CHUNK = 1 << 16

Sorted = tuple[RegionArray, FloatArray, FloatArray]
"""Codes, the model's values, and believed probabilities of failing, each of shape (n,)."""


@dataclass(frozen=True)
class Sorter:
    """What sorts draws of the law: the model, its guard, the declared bound, the limit."""

    model: Model
    guard: GuardPayload
    question: Question
    declared: ResidualBound

    def __call__(self, points: FloatArray, threshold: float = math.inf) -> Sorted:
        """Sort points, shape (n, d)."""
        parts = [self._sorted(points[i : i + _CHUNK], threshold) for i in range(0, len(points), _CHUNK)]
        codes, predicted, believed = zip(*parts, strict=True)
        return np.concatenate(codes), np.concatenate(predicted), np.concatenate(believed)

    def _sorted(self, points: FloatArray, threshold: float) -> Sorted:
        low, high = ranges_of(self.question.study)
        outside = np.asarray(((points < low) | (points > high)).any(axis=1))
        inside = np.clip(points, low, high)
        predicted = self.model.predict(inside)[0]
        believed = failing(self.model, self.question)(points)
        silent = abstains(self.model, self.guard, inside)
        edges = edges_of(self.question.limit)
        codes = sort_points(predicted, believed, silent, outside, self.declared, edges, threshold)
        return codes, predicted, believed


def may_be_banded(claim: Claim) -> bool:
    """Say whether a declared bound may carry the claim: one fraction of the law, asked for or left open."""
    rungs = claim.criterion.rungs
    return (
        claim.content is not None
        and not claim.corners_over
        and len(claim.parts) == 1
        and claim.study.quantities[claim.criterion.quantity].residual is not None
        and claim.study.surrogate is not None
        and (not rungs or "residual" in rungs)
    )


def with_bands(
    engine: Engine,
    programme: Programme,
    configuration: Configuration,
    claims: Sequence[Claim],
    limits: Mapping[str, LimitValues],
    studies: Mapping[str, StudyEvidence],
    recipes: Mapping[str, str],
    choices: Mapping[str, Choice],
) -> dict[str, Choice]:
    """Return the choices of plans, with those that a declared bound decides.

    One that is asked for first is taken if there is a plan at all; one that is not asked for only where
    the declared bound is believed to take fewer runs than the plan that was chosen without it.
    """
    found = dict(choices)
    setting = Setting(programme, configuration, tuple(claims), limits, {}, {}, {}, {})
    for claim in claims:
        if may_be_banded(claim):
            name = claim.criterion.id
            band = _band(engine, setting, studies[claim.study.name], claim, recipes)
            found[name] = _with_band(claim, band, choices.get(name, Choice("fixed", None)))
            study = studies[claim.study.name]
            if study.verification is not None and charge_of(study, claim.criterion.quantity) is None:
                # Nothing can be shown of a quantity without a charge, and no draw would change that.
                asked = claim.criterion.rungs[:1] == ("residual",)
                found[name] = Choice("residual", 0) if asked else choices.get(name, Choice("fixed", None))
    return found


def _with_band(claim: Claim, band: Record | None, other: Choice) -> Choice:
    """Choose between the plan of a declared bound and another one."""
    rungs = claim.criterion.rungs
    if band is None:
        return Choice("residual", None) if rungs[:1] == ("residual",) else other
    payload = BandPayload.model_validate(band.payload)
    if payload.draws is None:
        alone = set(rungs) == {"residual"}
        return Choice("residual", 0, band) if alone else replace(other, band=band)
    fewer = payload.expected is not None and payload.expected < _runs(claim, other, payload)
    if rungs[:1] == ("residual",) or (not rungs and fewer):
        return Choice("residual", payload.draws, band)
    return replace(other, band=band)


def _runs(claim: Claim, other: Choice, band: BandPayload) -> float:
    """Return the runs of the plan that would be taken without the declaration."""
    if claim.content is None:
        return 0.0
    fixed = planned_draws(claim.content, band.level, claim.criterion.allow)
    return float(fixed if other.kind == "fixed" or other.draws is None else min(fixed, other.draws))


def _band(
    engine: Engine,
    setting: Setting,
    study: StudyEvidence,
    claim: Claim,
    recipes: Mapping[str, str],
) -> Record | None:
    """Fix how the declared bound sorts the law, and the plan for the rest."""
    quantity, part = claim.criterion.quantity, claim.parts[0]
    model, guard = study.models.get(quantity), study.guards.get(quantity)
    declared = claim.study.quantities[quantity].residual
    charge, requirement = charge_of(study, quantity), claim.criterion.requirement
    if claim.content is None or declared is None:
        return None
    identity = identity_of(setting.configuration)
    stands = standing(ledger_attempts(engine.ledger), requirement, identity, recipes.get(requirement, ""))
    number = int(stands.current["number"]) if stands.current else stands.next_number
    level = error_level(claim.content, setting.programme.shares, number, setting.programme.attempts)
    if level is None:
        return None
    limits = setting.limits[claim.criterion.id].values
    ready = model is not None and guard is not None and charge is not None and requirement in recipes
    inputs = {} if model is None or guard is None else {"model": model.id, "guard": guard.id}
    factors = setting.configuration.factors[claim.study.name]
    settings: dict[str, Json] = {
        "criterion": describe(claim.criterion),
        "attempt": [number, level],
        "limits": list(limits),
        "charge": charge.model_dump(mode="json") if charge is not None else None,
        "rows": rows_json(part.rows),
        "factors": {name: describe(factor) for name, factor in factors.items()},
        "correlation": [list(pair) for pair in claim.study.correlation],
        "declared": describe(declared),
    }
    recipe = recipe_digest("band", REVISION, inputs=inputs, settings=settings) if ready else None

    def compute() -> Computed:
        opened = open_model(engine.store, model)
        if charge is None or guard is None or recipe is None:
            return {}, {}
        question = question_of(setting, claim, charge)
        rule = GuardPayload.model_validate(guard.payload)
        sorter = None if opened is None else Sorter(opened, rule, question, declared)
        return _plan(claim, question, sorter, declared, number, level, recipe).model_dump(mode="json"), {}

    subject = f"{claim.criterion.id}@{setting.configuration.name}"
    return engine.record("band", subject, recipe, inputs, compute)


def question_of(setting: Setting, claim: Claim, charge: Charge) -> Question:
    """Return what is asked of the model: does a draw of the claim's one part stay within its limit?"""
    limits = setting.limits[claim.criterion.id].values
    limit = limit_of(claim, claim.parts[0], limits, charge, setting.programme.packs)
    return Question(claim.study, setting.configuration, claim.parts[0], limit)


def _plan(
    claim: Claim,
    question: Question,
    sorter: Sorter | None,
    declared: ResidualBound,
    number: int,
    level: float,
    recipe: str,
) -> BandPayload:
    """Choose what to concede on one pool, bound the masses on another, and size the plan."""
    if claim.content is None:
        raise ValueError("a band is of a fraction")
    allowed, spent = allowed_fraction(claim.content.fraction), min(MOST_SPENT, level / 10.0)
    left, seed = level - spent, seed_of("band", recipe)
    fixed = planned_draws(claim.content, level, claim.criterion.allow)
    threshold, power, size, codes = _sized(question, sorter, allowed, left, spent, fixed, seed)
    masses = region_masses(codes, error=spent)
    draws = None if size is None else size or CHECKS
    edges = edges_of(question.limit)
    return BandPayload(
        criterion=claim.criterion.id,
        configuration=claim.configuration.name,
        study=claim.study.name,
        quantity=claim.criterion.quantity,
        attempt=number,
        declared=DeclaredBound(
            absolute=declared.absolute, relative=declared.relative, reason=declared.reason
        ),
        within_low=_finite(edges.low),
        within_high=_finite(edges.high),
        level=level,
        allowed=allowed,
        spent=spent,
        planning=PLANNING,
        cheap=CHEAP,
        seed=seed,
        threshold=_finite(threshold),
        safe=int(np.count_nonzero(codes == SAFE)),
        undecided=int(np.count_nonzero(codes == UNDECIDED)),
        conceded=int(np.count_nonzero(codes == CONCEDED)),
        mass_conceded=masses.conceded,
        mass_reach=masses.reach,
        share=masses.threshold(allowed),
        draws=draws,
        whole=size == 0,
        power=power,
        expected=None if draws is None else draws + (1.0 - power) * fixed,
    )


def _sized(
    question: Question,
    sorter: Sorter | None,
    allowed: float,
    left: float,
    spent: float,
    fixed: int,
    seed: str,
) -> tuple[float, float, int | None, RegionArray]:
    """Return what is conceded, the believed power, the draws of the plan, and the codes of fresh draws."""
    study, configuration = question.study, question.configuration
    if sorter is None:  # a refused model sorts nothing
        return math.inf, 0.0, None, np.full(CHEAP, UNDECIDED, dtype=np.int8)
    codes, _, believed = sorter(law_points(study, configuration, seed_of("planning", seed), 0, PLANNING))
    given_up = concession(codes, believed, allowed, left, fallback=float(fixed))
    threshold = math.inf if given_up is None else given_up.threshold
    fresh = sorter(law_points(study, configuration, seed_of("masses", seed), 0, CHEAP), threshold)[0]
    if given_up is None:
        return threshold, 0.0, None, fresh
    size = restricted_size(region_masses(fresh, error=spent), allowed, left, given_up.allow)
    return threshold, given_up.power, None if size is None or size > LONGEST * fixed else size, fresh


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
