"""What do runs prove under declared signs, and what must still be drawn? (Rung 2, algorithm A3.)

A run within the limit proves every point that is at most as harmful in every factor: that needs the
declared signs, and no error probability. What is left undecided is drawn at random, and each draw within
multiplies a wealth that reaches 1/level with a probability of at most the level where the claim is false.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from assay.campaign import Row
from assay.programme import Fraction
from assay.showing.claims import Claim, Part, varying
from assay.showing.corners import signs_of
from assay.showing.dominance_records import (
    DominancePayload,
    DominanceRow,
    DominanceStepPayload,
    RecordedMasses,
)
from assay.showing.states import Draw, Limit, State, judge_draw, state_of
from assay.statistics import Masses, RegionDraw, region_wealth

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


def unfit(claim: Claim) -> str | None:
    """Return why declared signs cannot show a claim of a fraction by certified runs; None if they can."""
    if not isinstance(claim.criterion.holds, Fraction) or len(claim.rows) != 1:
        return "it is not one claim of a fraction without cases"
    if claim.study.quantities[claim.criterion.quantity].formula is not None:
        return "its quantity is derived"
    if claim.criterion.sense == "between":
        return "it has two limits: claim each by a criterion of its own"
    signs = signs_of(claim.study.declarations, claim.criterion.quantity)
    free = [name for name in varying(claim.study, claim.configuration) if name not in signs]
    if free:
        return f"no sign is declared for {', '.join(free)}"
    return None if signs else "no sign is declared"


def on_signs(claim: Claim) -> Claim:
    """Return the claim as it stands on the declared signs of all factors that vary."""
    return replace(claim, corners_over=varying(claim.study, claim.configuration))


def sign_vector(claim: Claim) -> npt.NDArray[np.int64]:
    """Return the declared sign of each factor, in the study's order; 0 where none is declared."""
    signs = signs_of(claim.study.declarations, claim.criterion.quantity)
    return np.array([signs.get(name, 0) for name in claim.study.factors], dtype=np.int64)


def carries(limit: Limit) -> bool:
    """Say whether a smaller value is within wherever a larger one is: a charge above 100 % breaks that."""
    return limit.charge.numerical_relative + limit.charge.model_factor - 1.0 < 1.0


def proofs(claim: Claim, rows: Sequence[Row], limit: Limit) -> tuple[FloatArray, BoolArray, BoolArray]:
    """Return where runs with a value were made, shape (n, d), and which are within and which beyond."""
    name, factors = claim.criterion.quantity, tuple(claim.study.factors)
    good = [
        row
        for row in rows
        if row.state == "ok" and name in row.quantities and row.factors.keys() == set(factors)
    ]
    points = np.array([[row.factors[n] for n in factors] for row in good], dtype=np.float64)
    states = [state_of(row.quantities[name], limit) for row in good]
    within = np.array([carries(limit) and s is State.WITHIN for s in states], dtype=np.bool_)
    beyond = np.array([carries(limit) and s is State.BEYOND for s in states], dtype=np.bool_)
    return points.reshape(len(good), len(factors)), within, beyond


@dataclass(frozen=True)
class Climb:
    """The runs of a plan that rests on declared signs, in order, with the wealth after each."""

    rows: tuple[DominanceRow, ...]
    draws: tuple[Draw, ...]
    """Every run, the placed ones too."""
    steps: int
    level: float
    allowed: float
    masses: RecordedMasses | None
    enough: bool

    @property
    def last(self) -> float:
        """Return the wealth now; 1 before the first draw."""
        return self.rows[-1].wealth if self.rows else 1.0

    @property
    def largest(self) -> float:
        """Return the largest wealth on the path, from 1 before the first draw."""
        return max([1.0, *(row.wealth for row in self.rows)])

    @property
    def decided_at(self) -> int | None:
        """Return the index of the run with which the wealth reached 1/level."""
        return next((row.index for row in self.rows if row.wealth * self.level >= 1.0), None)

    @property
    def shown(self) -> bool:
        """Say whether the claim is shown under the declared signs."""
        return self.enough or self.decided_at is not None

    @property
    def lost(self) -> bool:
        """Say whether a random draw that was not within took all the wealth."""
        return self.last == 0.0


def masses_of(step: DominanceStepPayload) -> Masses | None:
    """Return the masses of a step."""
    if step.masses is None:
        return None
    return Masses(step.masses.conceded, step.masses.reach, step.spent)


def climb(
    steps: Sequence[tuple[DominanceStepPayload, Sequence[Row]]],
    part: Part,
    quantity: str,
    limit: Limit,
    level: float,
    allowed: float,
) -> Climb:
    """Follow the runs of complete steps, in the order in which they were made.

    A run without a row, or with a failed one, is open.

    Parameters
    ----------
    steps
        Each step with the table of its runs.
    """
    keys = {spec.key for spec in part.rows}
    rows: list[DominanceRow] = []
    draws: list[Draw] = []
    drawn: list[RegionDraw] = []
    last: RecordedMasses | None = None
    enough, wealth = False, 1.0
    for payload, table in steps:
        masses = masses_of(payload)
        last = payload.masses or last
        enough = enough or (masses is not None and masses.threshold(allowed) >= 1.0)
        by_index = {row.index: row for row in table if row.row in keys}
        for offset in range(len(payload.places)):
            index = payload.first + offset
            found = by_index.get(index)
            judged = (
                Draw(index, State.OPEN, False, None)
                if found is None
                else judge_draw([found], quantity, limit)
            )
            draws.append(judged)
            if payload.kind == "draw" and masses is not None:
                drawn.append(RegionDraw(masses, judged.state is State.WITHIN))
                wealth = region_wealth(drawn, allowed)[-1]
            rows.append(
                DominanceRow(
                    index=index,
                    step=payload.number,
                    drawn=payload.kind == "draw",
                    state=judged.state.value,
                    wealth=wealth,
                )
            )
    return Climb(tuple(rows), tuple(draws), len(steps), level, allowed, last, enough)


def draws_needed(masses: Masses, allowed: float, level: float, wealth: float) -> int:
    """Return how many draws within bring the wealth to 1/level; 0 where none has to be made or helps."""
    share = masses.threshold(allowed)
    if not 0.0 < share < 1.0 or wealth * level >= 1.0:
        return 0
    return max(1, math.ceil(math.log(wealth * level) / math.log1p(-share) - 1e-9))


def dominance_payload(path: Climb, first: DominanceStepPayload, horizon: int) -> DominancePayload:
    """Return what a plan has come to."""
    drawn = [d for d, row in zip(path.draws, path.rows, strict=True) if row.drawn]
    return DominancePayload(
        criterion=first.criterion,
        configuration=first.configuration,
        study=first.study,
        attempt=first.attempt,
        level=path.level,
        allowed=path.allowed,
        horizon=horizon,
        steps=path.steps,
        placed=len(path.rows) - len(drawn),
        drawn=len(drawn),
        not_within=sum(draw.state is not State.WITHIN for draw in drawn),
        beyond=sum(draw.state is State.BEYOND for draw in path.draws),
        masses=path.masses,
        enough=path.enough,
        wealth=path.largest,
        decided="shown" if path.shown else None,
        decided_at=path.decided_at,
        rows=path.rows,
    )
