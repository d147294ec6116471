"""What does the wealth of a plan that decides run by run say of one case? (Rung 0b.)"""

from __future__ import annotations

import math

from assay.showing.claims import Claim, Part
from assay.showing.parts import index_rows, nearest_run
from assay.showing.records import Charge, ClaimPart, DemandFactor, Verdict, Wealth
from assay.showing.sequential import Path
from assay.showing.states import Limit, State
from assay.statistics import allowed_fraction, union_level


def judge_path(
    claim: Claim,
    part: Part,
    path: Path,
    limits: tuple[float, ...],
    charge: Charge,
    factors: tuple[DemandFactor, ...],
    error: float,
) -> ClaimPart:
    """Judge one part of a claim on the path of its wealth.

    There is a deciding run to look at, the one with the least room, and no margin: runs are drawn near
    the limit on purpose, so that no run's distance to it says how far the law stays away from it.

    Parameters
    ----------
    path
        Decided, or as far as it was paid for.
    error
        Level a of the attempt; the path's own level is a less what the bounds of its constants took.
    """
    product = math.prod(factor.value for factor in factors)
    limit = Limit(claim.criterion.sense, limits, product, charge)
    verdict, reason = _VERDICTS[path.decided]
    if verdict == "NOT SHOWN" and any(not draw.complete for draw in path.draws):
        reason = "runs-failed"
    deciding, steps = nearest_run(claim, part, index_rows((), 0), path.draws, limit, factors)
    return ClaimPart(
        case=part.case.name if part.case else None,
        level=part.case.level if part.case else None,
        rows=tuple(row.key for row in part.rows),
        limits=limits,
        demand_factors=factors,
        demand_factor=product,
        draws=len(path.draws),
        not_within=sum(draw.state is not State.WITHIN for draw in path.draws),
        beyond=sum(draw.state is State.BEYOND for draw in path.draws),
        allowed=None if claim.content is None else allowed_fraction(claim.content.fraction),
        error=error,
        refuting_error=union_level(error, len(claim.parts)),
        bound=None,
        lower_bound=None,
        attained=_attained(path, error),
        verdict=verdict,
        reason=reason,
        deciding=deciding,
        waterfall=steps,
        margin=None,
        wealth=Wealth(
            shown=max((shown for shown, _ in path.wealths), default=1.0),
            refuted=max((refuted for _, refuted in path.wealths), default=1.0),
            needed=1.0 / path.level,
            needed_to_refute=1.0 / path.refuting_level,
            decided_at=path.decided_at,
            stopped_shown=path.last[0],
            stopped_refuted=path.last[1],
        ),
    )


_VERDICTS: dict[str | None, tuple[Verdict, str]] = {
    "shown": ("SHOWN", "shown"),
    "refuted": ("REFUTED", "refuted-by-draws"),
    None: ("NOT SHOWN", "sequential-undecided"),
}


def _attained(path: Path, error: float) -> float:
    """Return the error level that the largest wealth attains: 1 / wealth, and what the constants took."""
    largest = max((shown for shown, _ in path.wealths), default=1.0)
    return min(1.0, 1.0 / largest + (error - path.level)) if largest > 0.0 else 1.0
