"""What do the runs of a sequential plan come to? Bets fixed before, wealth settled run by run (rung 0b)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from assay.campaign import Row
from assay.evidence import Json, canonical
from assay.showing.claims import Part
from assay.showing.states import Draw, Limit, State, judge_draw
from assay.showing.stream_records import RecordedBet, StepPayload, WealthPayload
from assay.statistics import Bet, BettingRow, betting_verdict, settle

BATCHES = ((32, 8), (128, 16), (10**9, 32))
"""(until so many runs, size of a step): what was learned is used soon, and workers are kept busy."""


@dataclass(frozen=True)
class Path:
    """The runs of one part's sequential plan, in order, with the wealth after each."""

    rows: tuple[BettingRow, ...]
    draws: tuple[Draw, ...]
    steps: int
    level: float
    allowed: float
    refuting: float | None = None
    """Level at which the one wealth refutes, less than `level` where the claim has several cases; None: the
    same."""

    @property
    def refuting_level(self) -> float:
        """Return the level at which it is refuted."""
        return self.level if self.refuting is None else self.refuting

    @property
    def wealths(self) -> tuple[tuple[float, float], ...]:
        """Return both wealths after each run."""
        return tuple((row.wealth_shown, row.wealth_refuted) for row in self.rows)

    @property
    def last(self) -> tuple[float, float]:
        """Return both wealths now; 1 before the first run."""
        return self.wealths[-1] if self.rows else (1.0, 1.0)

    @property
    def decided(self) -> str | None:
        """Return ``shown``, ``refuted`` or None."""
        return betting_verdict(self.wealths, self.level, self.refuting) if self.rows else None

    @property
    def decided_at(self) -> int | None:
        """Return the index of the run with which a wealth reached the reciprocal of its level."""
        for row in self.rows:
            if row.wealth_shown * self.level >= 1.0 or row.wealth_refuted * self.refuting_level >= 1.0:
                return row.index
        return None


def batch(done: int, left: int | None) -> int:
    """Return how many runs the next step makes after `done`."""
    size = next(size for until, size in BATCHES if done < until)
    return size if left is None else min(size, left)


def bet_payload(bet: Bet) -> RecordedBet:
    """Return a bet as it is recorded."""
    return RecordedBet(
        edges=bet.edges,
        density=bet.density,
        control=bet.control,
        norm=bet.norm,
        C=bet.C,
        shown=bet.shown,
        refuted=bet.refuted,
        goal="refuted" if bet.goal == "refuted" else "shown",
        growth=bet.growth,
        expected_runs=bet.expected_runs if math.isfinite(bet.expected_runs) else None,
    )


def bet_of(payload: RecordedBet) -> Bet:
    """Return the bet of a record."""
    return Bet(
        edges=payload.edges,
        density=payload.density,
        control=payload.control,
        norm=payload.norm,
        C=payload.C,
        shown=payload.shown,
        refuted=payload.refuted,
        goal=payload.goal,
        growth=payload.growth,
        expected_runs=math.inf if payload.expected_runs is None else payload.expected_runs,
    )


def follow(
    steps: Sequence[tuple[StepPayload, Sequence[Row]]],
    part: Part,
    quantity: str,
    limit: Limit,
    level: float,
    allowed: float,
    refuting: float | None = None,
) -> Path:
    """Settle every run of complete steps, in the order in which they were drawn.

    A run without a row, or with a failed one, is open.

    Parameters
    ----------
    steps
        Each step with the table of its runs.
    level, refuting
        At which it is shown and at which it is refuted; None: at the same.
    """
    keys = {spec.key for spec in part.rows}
    rows: list[BettingRow] = []
    draws: list[Draw] = []
    for payload, table in steps:
        bet = bet_of(payload.bet)
        by_index: dict[int, list[Row]] = {}
        for row in table:
            if row.row in keys:
                by_index.setdefault(row.index, []).append(row)
        for offset, place in enumerate(payload.places):
            index = payload.first + offset
            found = by_index.get(index, [])
            judged = _judged(index, found, len(keys), quantity, limit)
            wealth = (rows[-1].wealth_shown, rows[-1].wealth_refuted) if rows else (1.0, 1.0)
            rows.append(
                settle(
                    bet,
                    index=index,
                    # By name: a step that was read back from its record has its factors in this order.
                    x=[place[name] for name in sorted(place)],
                    predicted=payload.predicted[offset],
                    state=str(judged.state),
                    wealth_shown=wealth[0],
                    wealth_refuted=wealth[1],
                    allowed=allowed,
                )
            )
            draws.append(judged)
    return Path(tuple(rows), tuple(draws), len(steps), level, allowed, refuting)


def _judged(index: int, rows: Sequence[Row], expected: int, quantity: str, limit: Limit) -> Draw:
    if not rows:
        return Draw(index, State.OPEN, False, None)
    draw = judge_draw(rows, quantity, limit)
    if len(rows) < expected and draw.state is State.WITHIN:
        return Draw(index, State.OPEN, False, draw.worst)
    return draw


def path_lines(path: Path) -> bytes:
    """Return the path as canonical JSON Lines, a run each (RFC 8785)."""
    lines: list[Json] = [row.as_record() for row in path.rows]
    return b"".join(canonical(line) + b"\n" for line in lines)


def wealth_payload(path: Path, first: StepPayload, horizon: int) -> WealthPayload:
    """Return what a plan has come to."""
    decided = path.decided
    return WealthPayload(
        criterion=first.criterion,
        configuration=first.configuration,
        study=first.study,
        case=first.case,
        attempt=first.attempt,
        level=path.level,
        refuting_level=path.refuting_level,
        allowed=path.allowed,
        horizon=horizon,
        steps=path.steps,
        runs=len(path.rows),
        not_within=sum(draw.state is not State.WITHIN for draw in path.draws),
        beyond=sum(draw.state is State.BEYOND for draw in path.draws),
        wealth_shown=max(shown for shown, _ in path.wealths),
        wealth_refuted=max(refuted for _, refuted in path.wealths),
        decided="shown" if decided == "shown" else "refuted" if decided == "refuted" else None,
        decided_at=path.decided_at,
    )
