"""What would each plan take, as the model sees it? Prices and chances of SHOWN; nothing here decides."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from assay.errors import InputError
from assay.pipeline.blocks import runs_of, start_level
from assay.pipeline.outlook import Outlook, View
from assay.pipeline.planning import LONGEST, stated_minutes
from assay.programme import Fraction, ResidualBound
from assay.showing import Claim, critical_values, planned_draws, varying
from assay.showing.choice_records import NextRun, PlanOption, Saving
from assay.showing.corners import signs_of
from assay.showing.sentences import percent
from assay.statistics import (
    UNDECIDED,
    RunCount,
    allowed_fraction,
    band_regions,
    betting_level,
    concession,
    count_fixed,
    count_monotone,
    count_sequential,
)

_REFUTING = 9.0
"""Runs to REFUTED over the fewest that a perfect density needs; STATISTICS.md, conclusion 2: 8-10."""
_HALVING = (1, 8)
"""Placed runs that halve an undecided region: as many as factors vary, within what was measured."""
_ERRORS = 3.0
"""A bound that is not declared is imagined as so many errors of the model about the law."""
_PROBES = 12
"""Draws at which the model is asked whether it rises or falls in a factor."""
_WORTH = 0.5
"""Least believed probability of SHOWN for which a declaration is named."""
_SURE = 1e-4
"""Least probability of either answer at which a further run is worth naming."""


def options_of(outlook: Outlook, seen: View, content: Fraction, level: float) -> tuple[PlanOption, ...]:
    """Return every plan that could decide the claim: statement, needs, runs, chance of SHOWN, price.

    Parameters
    ----------
    seen
        The claim's worst part; other parts are taken to be no harder.
    level
        Error level a of the first attempt.
    """
    claim, allowed = seen.claim, allowed_fraction(content.fraction)
    draws = planned_draws(content, level, claim.criterion.allow)
    told = f"{percent(content.fraction)} of the law within, confidence {percent(content.confidence)}"
    price = _Price(outlook, claim)
    fixed = count_fixed(seen.belief, allowed, level, claim.criterion.allow)
    if claim.corners_over:
        given = f"{told}, GIVEN what is declared of {claim.criterion.quantity}"
        needs = f"a declaration that covers {', '.join(claim.uncovered)}" if claim.uncovered else ""
        return (price.option("2", "structure+fixed", given, needs, fixed, shared=True),)
    betting = count_sequential(
        seen.belief,
        allowed,
        betting_level(level, exact=False),
        budget=LONGEST * draws,
        refuting=_REFUTING,
    )
    plain = f"{told}; nothing assumed between runs"
    found = [
        price.option("0a", "fixed", plain, "", fixed, shared=True),
        price.option("0b", "sequential", f"{plain}; may stop or go on at any run", "", betting, shared=False),
    ]
    left = level - min(1e-3, level / 10.0)
    band = _band(outlook, seen, allowed, left, draws)
    if band is not None:
        bound, needs, count = band
        found.append(price.option("1", "residual", f"{told}, GIVEN {bound}", needs, count, shared=True))
    signs = _monotone(outlook, seen, allowed, left)
    if signs is not None:
        told_signs, needs, count = signs
        found.append(
            price.option("2", "structure", f"{told}, GIVEN {told_signs}", needs, count, shared=False)
        )
    return tuple(found)


@dataclass(frozen=True)
class _Price:
    """Turns draws of a claim into solver runs and minutes."""

    outlook: Outlook
    claim: Claim

    def option(
        self, rung: str, plan: str, statement: str, needs: str, count: RunCount, *, shared: bool
    ) -> PlanOption:
        """Return an option; `shared` draws serve all parts, others are made a part at a time."""
        name = self.claim.study.name
        study = self.outlook.studies[name]
        rows = [len(self.claim.rows)] if shared else [len(part.rows) for part in self.claim.parts]
        one = start_level(study.study) * sum(runs_of(study.solver, 1, count) for count in rows)
        expected = count.expected * one
        return PlanOption.model_validate(
            {
                "rung": rung,
                "plan": plan,
                "statement": statement,
                "needs": needs,
                "expected": expected,
                "ninetieth": count.ninetieth * one,
                "assurance": min(1.0, max(0.0, count.shown)),
                "minutes": stated_minutes(self.outlook.programme, name, math.ceil(expected)),
            }
        )


def _one_fraction(claim: Claim) -> bool:
    """Say whether a claim is one fraction of the joint law, as declarations of rungs 1 and 2 carry it."""
    return isinstance(claim.criterion.holds, Fraction) and len(claim.rows) == 1


def _band(
    outlook: Outlook, seen: View, allowed: float, level: float, draws: int
) -> tuple[str, str, RunCount] | None:
    """Return the residual bound, what it needs and its runs: declared, or imagined where it is not."""
    if not _one_fraction(seen.claim):
        return None
    study, quantity = seen.claim.study, seen.claim.criterion.quantity
    told = study.quantities[quantity]
    if told.formula is not None:
        return None
    edges = critical_values(seen.limit)
    bound, needs = told.residual, ""
    if bound is None:
        width = _ERRORS * max(outlook.error(study.name, quantity, row) for row in seen.part.rows)
        bound = ResidualBound(width, 0.0, "")
        needs = (
            f"[residual.{quantity}] absolute = {width:.2g} {told.unit}, with a reason from elsewhere than "
            "the runs the model saw"
        )
    regions = np.zeros(seen.failing.shape, dtype=np.int8)
    for row in seen.part.rows:
        centre = outlook.centre(study.name, quantity, row)
        width_at = bound.absolute + bound.relative * np.abs(centre)
        own = band_regions(
            centre,
            width_at,
            at_most=edges.within_high if np.isfinite(edges.within_high) else None,
            at_least=edges.within_low if np.isfinite(edges.within_low) else None,
        )
        own = np.where(outlook.outside(study.name, row) | (own != 0), np.int8(UNDECIDED), own)
        regions = np.maximum(regions, own)
    found = concession(regions, seen.failing, allowed, level, fallback=float(draws))
    if found is None:
        return None
    size = f"{bound.absolute:.2g}" + (f" + {bound.relative:.2g} |model|" if bound.relative else "")
    given = f"|{quantity} - model| <= {size} {told.unit}"
    return given, needs, RunCount(float(found.draws), found.draws, found.power)


def _monotone(outlook: Outlook, seen: View, allowed: float, level: float) -> tuple[str, str, RunCount] | None:
    """Return the signs, what they need and their runs: declared, or as the model shows them."""
    claim = seen.claim
    quantity = claim.criterion.quantity
    one_claim = isinstance(claim.criterion.holds, Fraction) and len(claim.rows) == 1
    derived = claim.study.quantities[quantity].formula is not None
    if not one_claim or derived or claim.criterion.sense == "between":
        return None
    names = varying(claim.study, claim.configuration)
    declared = signs_of(claim.study.declarations, quantity)
    missing = [name for name in names if name not in declared]
    signs = dict(declared)
    for name in missing:
        sign = _sign(outlook, seen, name)
        if sign is None:
            return None
        signs[name] = sign
    if not names:
        return None
    halving = float(min(_HALVING[1], max(_HALVING[0], len(names))))
    try:
        count = count_monotone(seen.belief, halving, 1.0, allowed, level)
    except InputError:
        return None
    needs = f"[structure] {quantity} {_words(signs, missing)}, with a reason" if missing else ""
    return f"{quantity} {_words(signs, names)}", needs, count


def _words(signs: Mapping[str, int], names: Sequence[str]) -> str:
    up = [name for name in names if signs[name] > 0]
    down = [name for name in names if signs[name] < 0]
    told = [
        f"{word} {', '.join(own)}" for word, own in (("increasing in", up), ("decreasing in", down)) if own
    ]
    return ", ".join(told)


def _sign(outlook: Outlook, seen: View, name: str) -> int | None:
    """Return in which sense the model's centre depends on a factor at all probed draws; None if in none."""
    study, quantity = seen.claim.study.name, seen.claim.criterion.quantity
    model = outlook.model(study, quantity)
    if model is None:
        return None
    column = list(outlook.studies[study].study.factors).index(name)
    x = np.clip(outlook.placed(study, seen.part.rows[0])[:_PROBES], *outlook.ranges(study))
    ends = np.quantile(outlook.points(study)[:, column], [0.05, 0.95])
    low, high = x.copy(), x.copy()
    low[:, column], high[:, column] = ends
    change = model.centre(high) - model.centre(low)
    if (change >= 0.0).all() or np.abs(change).max() <= outlook.error(study, quantity, seen.part.rows[0]):
        return 1
    return -1 if (change <= 0.0).all() else None


def saving(options: Sequence[PlanOption], chosen: str) -> Saving | None:
    """Return the declaration that is believed to save most against the chosen plan, if one saves anything.

    A plan that may end without SHOWN is charged the fixed plan's runs for that case.
    """
    fallback = max(
        (option.expected for option in options if option.plan in {"fixed", "structure+fixed"}), default=0.0
    )
    now = min((_total(option, fallback) for option in options if option.plan == chosen), default=None)
    would = [option for option in options if option.needs and option.assurance >= _WORTH]
    if now is None or not would:
        return None
    best = min(would, key=lambda option: _total(option, fallback))
    runs = math.floor(now - _total(best, fallback))
    return Saving(plan=best.plan, needs=best.needs, runs=runs) if runs >= 1 else None


def _total(option: PlanOption, fallback: float) -> float:
    return option.expected + (1.0 - option.assurance) * fallback


def next_run(outlook: Outlook, seen: View) -> NextRun | None:
    """Return the draw at which the model is least sure whether a run is within."""
    doubt = np.minimum(seen.failing, 1.0 - seen.failing)
    index = int(np.argmax(doubt))
    if doubt[index] < _SURE:
        return None
    row = seen.part.rows[int(seen.worst[index])]
    place = outlook.placed(seen.claim.study.name, row)[index]
    names = list(seen.claim.study.factors)
    return NextRun(
        factors=dict(zip(names, map(float, place), strict=True)), failing=float(seen.failing[index])
    )


def first(options: Sequence[PlanOption], chosen: str) -> tuple[PlanOption, ...]:
    """Return the options, the chosen one first."""
    return tuple(sorted(options, key=lambda option: option.plan != chosen))
