"""What do the complete draws of a plan say of one case? (STATISTICS.md A0: Clopper-Pearson.)"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from assay.campaign import Row
from assay.programme import Pack
from assay.showing.claims import Claim, Part
from assay.showing.records import Charge, ClaimPart, Deciding, DemandFactor, Margin, Verdict, WaterfallStep
from assay.showing.states import Draw, Limit, State, judge_draw, rooms
from assay.showing.waterfall import waterfall
from assay.statistics import (
    allowed_fraction,
    clopper_pearson_lower,
    clopper_pearson_upper,
    fixed_plan_attained,
    fixed_plan_refuted,
    fixed_plan_shown,
)


@dataclass(frozen=True)
class Table:
    """Rows of a run table by draw and row key."""

    rows: Mapping[tuple[int, str], Row]
    draws: int
    """Number of draws in the plan."""


@dataclass(frozen=True)
class _Judged:
    """What the counts of one part say."""

    verdict: Verdict
    reason: str
    bound: float | None = None
    lower_bound: float | None = None
    attained: float | None = None
    allowed: float | None = None


def index_rows(rows: Sequence[Row], draws: int) -> Table:
    """Index the first `draws` draws of a table."""
    return Table({(row.index, row.row): row for row in rows if row.index < draws}, draws)


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
    draws = [_draw(table, index, part, claim.criterion.quantity, limit) for index in range(table.draws)]
    not_within = sum(draw.state is not State.WITHIN for draw in draws)
    beyond = sum(draw.state is State.BEYOND for draw in draws)
    judged = _judged(claim, draws, not_within, beyond, error)
    deciding, steps, margin = _deciding(claim, part, draws, limit, factors)
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
        bound=judged.bound,
        lower_bound=judged.lower_bound,
        attained=judged.attained,
        verdict=judged.verdict,
        reason=judged.reason,
        deciding=deciding,
        waterfall=steps,
        margin=margin,
    )


def _draw(table: Table, index: int, part: Part, quantity: str, limit: Limit) -> Draw:
    rows = [table.rows[index, spec.key] for spec in part.rows if (index, spec.key) in table.rows]
    if not rows:
        return Draw(index, State.OPEN, False, None)
    draw = judge_draw(rows, quantity, limit)
    if len(rows) < len(part.rows):
        state = State.OPEN if draw.state is State.WITHIN else draw.state
        return replace(draw, state=state, complete=False)
    return draw


def _judged(
    claim: Claim, draws: Sequence[Draw], not_within: int, beyond: int, error: float | None
) -> _Judged:
    shown = _Judged("SHOWN GIVEN", "shown-given") if claim.corners_over else _Judged("SHOWN", "shown")
    if claim.content is None:
        if beyond:
            return _Judged("REFUTED", "refuted-by-run")
        return _Judged("NOT SHOWN", _open_reason(draws, "nominal-not-within")) if not_within else shown
    if error is None:
        # A fraction is claimed by a plan at a level or not at all; one run says nothing of it.
        return _Judged("NOT SHOWN", "not-run")
    n, allowed = len(draws), allowed_fraction(claim.content.fraction)
    if fixed_plan_refuted(beyond, n, allowed, error):
        judged = _Judged("REFUTED", "refuted-by-draws")
    elif fixed_plan_shown(not_within, n, allowed, error):
        judged = shown
    else:
        reason = "runs-not-within" if beyond else _open_reason(draws, "runs-open")
        judged = _Judged("NOT SHOWN", reason)
    return replace(
        judged,
        bound=clopper_pearson_upper(not_within, n, error),
        lower_bound=clopper_pearson_lower(beyond, n, error),
        attained=fixed_plan_attained(not_within, n, allowed),
        allowed=allowed,
    )


def _open_reason(draws: Sequence[Draw], otherwise: str) -> str:
    return otherwise if all(draw.complete for draw in draws) else "runs-failed"


def _deciding(
    claim: Claim, part: Part, draws: Sequence[Draw], limit: Limit, factors: tuple[DemandFactor, ...]
) -> tuple[Deciding | None, tuple[WaterfallStep, ...], Margin | None]:
    """Return the (allow + 1)-th worst charged draw, its waterfall and its margin.

    A draw that is not complete takes one of the places that are allowed, as it does in the count.
    """
    name = claim.criterion.quantity
    valued = sorted(
        (
            (min(rooms(draw.worst.quantities[name], limit)), draw.index, draw.worst)
            for draw in draws
            if draw.worst
        ),
        key=lambda item: item[:2],
    )
    if not valued:
        return None, (), None
    rank = max(0, claim.criterion.allow - sum(not draw.complete for draw in draws))
    _, index, row = valued[min(rank, len(valued) - 1)]
    case = part.case.name if part.case else row.row
    place = row.places.get(name)
    region = claim.study.quantities[name].region or (
        "" if place is None else "at the place of the deciding run"
    )
    steps, margin = waterfall(
        row.quantities[name], limit, factors, f"{name}, {case}" if case else name, region
    )
    deciding = Deciding(
        index=index, row=row.row, quantity=row.quantities[name], place=place, factors=dict(row.factors)
    )
    return deciding, steps, margin
