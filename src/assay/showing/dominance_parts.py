"""What do certified runs and draws of the undecided say of a claim? (Rung 2, declared signs.)"""

from __future__ import annotations

import math

from assay.showing.claims import Claim, Part
from assay.showing.dominance import Climb
from assay.showing.parts import index_rows, nearest_run
from assay.showing.records import Charge, ClaimPart, DemandFactor, Dominance, Verdict
from assay.showing.states import Limit, State


def judge_climb(
    claim: Claim,
    part: Part,
    path: Climb,
    limits: tuple[float, ...],
    charge: Charge,
    factors: tuple[DemandFactor, ...],
    error: float,
) -> ClaimPart:
    """Judge a claim on the path of its certified runs and draws; it is shown given the signs, or not.

    There is a run with the least room to look at and no margin: runs are placed where they prove much,
    near the limit. A run beyond the limit refutes nothing about a fraction.

    Parameters
    ----------
    path
        Decided, given up, or as far as it was paid for.
    error
        Level a of the attempt; the path's own level is a less what the masses may take.
    """
    product = math.prod(factor.value for factor in factors)
    limit = Limit(claim.criterion.sense, limits, product, charge)
    verdict: Verdict = "SHOWN GIVEN" if path.shown else "NOT SHOWN"
    reason = "shown-given" if path.shown else "structure-undecided"
    if not path.shown and any(not draw.complete for draw in path.draws):
        reason = "runs-failed"
    deciding, steps = nearest_run(claim, part, index_rows((), 0), path.draws, limit, factors)
    drawn = [d for d, row in zip(path.draws, path.rows, strict=True) if row.drawn]
    return ClaimPart(
        case=None,
        level=None,
        rows=tuple(row.key for row in part.rows),
        limits=limits,
        demand_factors=factors,
        demand_factor=product,
        draws=len(path.draws),
        not_within=sum(draw.state is not State.WITHIN for draw in path.draws),
        beyond=sum(draw.state is State.BEYOND for draw in path.draws),
        allowed=path.allowed,
        error=error,
        bound=None,
        lower_bound=None,
        attained=attained(path, error),
        verdict=verdict,
        reason=reason,
        deciding=deciding,
        waterfall=steps,
        margin=None,
        dominance=Dominance(
            placed=len(path.draws) - len(drawn),
            drawn=len(drawn),
            conceded=path.masses.conceded if path.masses else None,
            reach=path.masses.reach if path.masses else None,
            enough=path.enough,
            wealth=path.largest,
            needed=1.0 / path.level,
            decided_at=path.decided_at,
        ),
    )


def attained(path: Climb, error: float) -> float:
    """Return the error level attained: 1 / largest wealth, and what the masses may take of `error`."""
    masses = error - path.level
    return masses if path.enough else min(1.0, 1.0 / path.largest + masses)
