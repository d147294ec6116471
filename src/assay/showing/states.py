"""Is one run within the limit, beyond it, or open once every error is charged (DESIGN.md section 5)?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from assay.campaign import Row
from assay.showing.records import Charge


class State(StrEnum):
    """What a run says about a limit."""

    WITHIN = "within"
    BEYOND = "beyond"
    OPEN = "open"


@dataclass(frozen=True)
class Limit:
    """A limit with everything that is charged before a run is held against it."""

    sense: str
    """``at_most``, ``at_least`` or ``between``."""
    values: tuple[float, ...]
    """One limit, or (lower, upper) for ``between``; in the quantity's unit."""
    demand_factor: float
    """Product of the factors that multiply the demand."""
    charge: Charge

    @property
    def upper(self) -> float | None:
        """Return the limit from above, if there is one."""
        return None if self.sense == "at_least" else self.values[-1]

    @property
    def lower(self) -> float | None:
        """Return the limit from below, if there is one."""
        return None if self.sense == "at_most" else self.values[0]


def charged(value: float, charge: Charge) -> tuple[float, float]:
    """Return (value - x - m, value + x + m): the value with numerical and model-form error charged."""
    allowance = charge.numerical_relative * abs(value) + (charge.model_factor - 1.0) * abs(value)
    return value - allowance, value + allowance


def slacks(value: float, limit: Limit) -> tuple[float, float]:
    """Return the distances to the upper and to the lower limit with every error charged; inf for none."""
    low, high = charged(value, limit.charge)
    above = math.inf if limit.upper is None else limit.upper - high * limit.demand_factor
    below = math.inf if limit.lower is None else low - limit.lower * limit.demand_factor
    return above, below


def slack(value: float, limit: Limit) -> float:
    """Return the distance left to the nearer limit with every error charged; >= 0 means within."""
    return min(slacks(value, limit))


def excess(value: float, limit: Limit) -> float:
    """Return how far the value lies beyond a limit with every error credited; > 0 means beyond."""
    low, high = charged(value, limit.charge)
    distances = []
    if limit.upper is not None:
        distances.append(low * limit.demand_factor - limit.upper)
    if limit.lower is not None:
        distances.append(limit.lower * limit.demand_factor - high)
    return max(distances)


def state_of(value: float, limit: Limit) -> State:
    """Return the state of one value."""
    if slack(value, limit) >= 0.0:
        return State.WITHIN
    if excess(value, limit) > 0.0:
        return State.BEYOND
    return State.OPEN


def crossed(value: float, limit: Limit) -> tuple[float, float]:
    """Return the numbers that prove a value beyond: demand with every error credited, and the limit.

    For a limit from above the first is the larger, for one from below the smaller. Of two limits the
    one that is exceeded more, or less missed, is told.
    """
    low, high = charged(value, limit.charge)
    sides = []
    if limit.upper is not None:
        demand = low * limit.demand_factor
        sides.append((demand - limit.upper, (demand, limit.upper)))
    if limit.lower is not None:
        demand = limit.lower * limit.demand_factor
        sides.append((demand - high, (high, demand)))
    return max(sides)[1]


def rooms(value: float, limit: Limit) -> tuple[float, float]:
    """Return how much room is left to the upper and to the lower limit; inf where there is none.

    The slack in the quantity's unit; between two positive limits the margin, for a distance that is
    short beside the one limit may be long beside the other.
    """
    if limit.sense != "between" or limit.values[0] <= 0.0:
        return slacks(value, limit)
    low, high = charged(value, limit.charge)
    demand = high * limit.demand_factor
    above = limit.values[-1] / demand - 1.0 if demand > 0.0 else math.inf
    return above, low / (limit.values[0] * limit.demand_factor) - 1.0


@dataclass(frozen=True)
class Draw:
    """One draw, judged by its worst row."""

    index: int
    state: State
    complete: bool
    """False where a row failed, was refused outside a factor's range, or is missing."""
    worst: Row | None
    """The row with the least room; None where no row has a value."""


def judge_draw(rows: Sequence[Row], quantity: str, limit: Limit) -> Draw:
    """Judge the rows of one draw.

    A failed row is open, also one that lies outside a factor's range: it counts against SHOWN and never
    for REFUTED, so that neither a crash nor numerical noise ever decides.

    Parameters
    ----------
    rows
        The draw's rows that the claim reads; at least one.
    """
    valued = [
        (row.quantities[quantity], row) for row in rows if row.state == "ok" and quantity in row.quantities
    ]
    complete = len(valued) == len(rows)
    states = {state_of(value, limit) for value, _ in valued}
    if State.BEYOND in states:
        state = State.BEYOND
    else:
        state = State.WITHIN if complete and states == {State.WITHIN} else State.OPEN
    worst = min(valued, key=lambda item: min(rooms(item[0], limit)), default=None)
    return Draw(rows[0].index, state, complete, worst[1] if worst is not None else None)
