"""What do the complete draws of a plan say of one case? (STATISTICS.md A0: Clopper-Pearson.)"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from assay.campaign import Row
from assay.programme import Pack
from assay.showing.claims import Claim, Part
from assay.showing.columns import Table as Table
from assay.showing.columns import index_rows as index_rows
from assay.showing.columns import judge_columns
from assay.showing.records import Charge, ClaimPart, Deciding, DemandFactor, Margin, Verdict, WaterfallStep
from assay.showing.states import Draw, Limit, at_run, rooms
from assay.showing.waterfall import waterfall
from assay.statistics import (
    allowed_fraction,
    clopper_pearson_lower,
    clopper_pearson_upper,
    fixed_plan_attained,
    fixed_plan_refuted,
    fixed_plan_shown,
    union_level,
)


@dataclass(frozen=True)
class _Judged:
    """What the counts of one part say."""

    verdict: Verdict
    reason: str
    bound: float | None = None
    lower_bound: float | None = None
    attained: float | None = None
    allowed: float | None = None
    refuting: float | None = None


def demand_factors(claim: Claim, part: Part, packs: Mapping[str, Pack]) -> tuple[DemandFactor, ...]:  # noqa: ARG001 - the pipeline calls it so
    """Return the tagged factors that multiply the demand of a case."""
    if part.case is None:
        return ()
    known = {tag: factor for pack in packs.values() for tag, factor in pack.factors.items()}
    return tuple(DemandFactor(tag=tag, value=known[tag].value) for tag in part.case.tags)


def limit_of(
    claim: Claim, part: Part, limits: Sequence[float], charge: Charge, packs: Mapping[str, Pack]
) -> Limit:
    """Return what the runs of a part are held against."""
    product = math.prod(factor.value for factor in demand_factors(claim, part, packs))
    return Limit(claim.criterion.sense, tuple(limits), product, charge)


def judge_part(
    claim: Claim,
    part: Part,
    table: Table,
    limits: Sequence[float],
    charge: Charge,
    factors: tuple[DemandFactor, ...],
    error: float | None,
) -> ClaimPart:
    """Judge one part of a claim on the complete draws of its plan.

    Parameters
    ----------
    table
        Complete: a row that the plan names and the table lacks counts as open.
    error
        Level a of the attempt; None for nominal and everywhere claims, which one draw carries.
    """
    product = math.prod(factor.value for factor in factors)
    limit = Limit(claim.criterion.sense, tuple(limits), product, charge)
    judged_draws = judge_columns([spec.key for spec in part.rows], table, claim.criterion.quantity, limit)
    # Beyond on a coarser level proves nothing, for a bound stands under it: it counts as open.
    proved = judged_draws.beyond & ~table.coarse if table.levels.of else judged_draws.beyond
    not_within, beyond = judged_draws.not_within, int(np.count_nonzero(proved))
    complete = bool(judged_draws.complete.all())
    judged = _judged(claim, table, complete, not_within, beyond, error)
    lost = table.draws - int(np.count_nonzero(judged_draws.complete))
    decides = judged_draws.ranked(claim.criterion.allow - lost)
    told: tuple[Deciding | None, tuple[WaterfallStep, ...], Margin | None] = None, (), None
    if decides is not None:
        worst = table.columns[int(judged_draws.worst[decides])]
        told = _told(claim, part, table, decides, worst, limit, factors)
    deciding, steps, margin = told
    return ClaimPart(
        case=part.case.name if part.case else None,
        level=part.case.level if part.case else None,
        rows=tuple(row.key for row in part.rows),
        limits=tuple(limits),
        demand_factors=factors,
        demand_factor=product,
        draws=table.draws,
        not_within=not_within,
        beyond=beyond,
        allowed=judged.allowed,
        error=error if judged.allowed is not None else None,
        refuting_error=judged.refuting,
        bound=judged.bound,
        lower_bound=judged.lower_bound,
        attained=judged.attained,
        verdict=judged.verdict,
        reason=judged.reason,
        deciding=deciding,
        waterfall=steps,
        margin=margin,
    )


def judge_draws(part: Part, table: Table, quantity: str, limit: Limit) -> list[Draw]:
    """Return what every draw of a part says, each by itself and as its own level allows."""
    judged = judge_columns([spec.key for spec in part.rows], table, quantity, limit)
    return [judged.draw(table.columns, index) for index in range(table.draws)]


def _judged(
    claim: Claim, table: Table, complete: bool, not_within: int, beyond: int, error: float | None
) -> _Judged:
    given = claim.corners_over or table.levels.resting(table.draws)
    shown = _Judged("SHOWN GIVEN", "shown-given") if given else _Judged("SHOWN", "shown")
    if claim.content is None:
        if beyond:
            return _Judged("REFUTED", "refuted-by-run")
        return _Judged("NOT SHOWN", _open_reason(complete, "nominal-not-within")) if not_within else shown
    if error is None:
        # A fraction is claimed by a plan at a level or not at all; one run says nothing of it.
        return _Judged("NOT SHOWN", "not-run")
    said = _counted(table.draws, not_within, beyond, claim.content.fraction, error, len(claim.parts))
    if said.reason:
        return said
    if said.verdict == "SHOWN":
        return replace(said, verdict=shown.verdict, reason=shown.reason)
    return replace(said, reason="runs-not-within" if beyond else _open_reason(complete, "runs-open"))


@functools.lru_cache(maxsize=4096)
def _counted(n: int, not_within: int, beyond: int, fraction: float, error: float, parts: int) -> _Judged:
    """Return what the counts of one part say; the reason is left to the caller unless it is refuted.

    Of many criteria over one table many have the same counts.
    """
    allowed = allowed_fraction(fraction)
    # One case beyond refutes the whole claim: a union of its cases, each tested at its share of the level.
    refuting = union_level(error, parts)
    verdict: Verdict = "SHOWN" if fixed_plan_shown(not_within, n, allowed, error) else "NOT SHOWN"
    refuted = fixed_plan_refuted(beyond, n, allowed, refuting)
    return _Judged(
        "REFUTED" if refuted else verdict,
        "refuted-by-draws" if refuted else "",
        bound=clopper_pearson_upper(not_within, n, error),
        lower_bound=clopper_pearson_lower(beyond, n, refuting),
        attained=fixed_plan_attained(not_within, n, allowed),
        allowed=allowed,
        refuting=refuting,
    )


def _open_reason(complete: bool, otherwise: str) -> str:
    return otherwise if complete else "runs-failed"


def nearest_run(
    claim: Claim,
    part: Part,
    table: Table,
    draws: Sequence[Draw],
    limit: Limit,
    factors: tuple[DemandFactor, ...],
) -> tuple[Deciding | None, tuple[WaterfallStep, ...]]:
    """Return the run with the least room of a plan that draws near the limit on purpose, and its waterfall.

    There is no margin: how far such runs lie from the limit says nothing of how far the law does.
    """
    name = claim.criterion.quantity
    seen = [draw for draw in draws if draw.worst is not None]
    held = [(draw.index, draw.worst, _charging(table, draw.index, limit)) for draw in seen if draw.worst]
    valued = sorted(
        (
            (min(rooms(row.quantities[name], at_run(own or limit, row))), index, row)
            for index, row, own in held
        ),
        key=lambda item: item[:2],
    )
    if not valued:
        return None, ()
    rank = max(0, claim.criterion.allow - sum(not draw.complete for draw in seen))
    _, index, row = valued[min(rank, len(valued) - 1)]
    deciding, steps, _ = _told(claim, part, table, index, row, limit, factors)
    return deciding, tuple(
        step.model_copy(update={"label": "least room"}) if step.label == "deciding run" else step
        for step in steps
        if step.kind != "margin"
    )


def _told(
    claim: Claim,
    part: Part,
    table: Table,
    index: int,
    row: Row,
    limit: Limit,
    factors: tuple[DemandFactor, ...],
) -> tuple[Deciding, tuple[WaterfallStep, ...], Margin | None]:
    """Return a run as the deciding one, with its waterfall and its margin."""
    name = claim.criterion.quantity
    case = part.case.name if part.case else row.row
    place = row.places.get(name)
    region = claim.study.quantities[name].region or (
        "" if place is None else "at the place of the deciding run"
    )
    steps, margin = waterfall(
        row.quantities[name],
        at_run(_charging(table, index, limit) or limit, row),
        factors,
        f"{name}, {case}" if case else name,
        region,
    )
    deciding = Deciding(
        index=index, row=row.row, quantity=row.quantities[name], place=place, factors=dict(row.factors)
    )
    return deciding, steps, margin


def _charging(table: Table, draw: int, limit: Limit) -> Limit | None:
    """Return the limit with what the draw's own level charges; None where nothing stands on it."""
    absolute = table.levels.absolute(draw)
    if not absolute:
        return limit if absolute is not None else None
    return replace(limit, absolute=absolute, bases=table.levels.bases(draw))
