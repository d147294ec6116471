"""Is one run within the limit, beyond it, or open once every error is charged (DESIGN.md section 5)?"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from assay.campaign import Row
from assay.showing.derived import Ends, ends_of
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
    absolute: float = 0.0
    """Numerical error of a run on a coarser level, in the quantity's unit; 0 on the finest level."""
    bases: Mapping[str, float] = field(default_factory=dict)
    """The same for each solved quantity in the formula of a derived one; empty on the finest level."""
    ends: Ends | None = None
    """Where one run's derived quantity lies; None where the solver gives the quantity. See `at_run`."""

    @property
    def upper(self) -> float | None:
        """Return the limit from above, if there is one."""
        return None if self.sense == "at_least" else self.values[-1]

    @property
    def lower(self) -> float | None:
        """Return the limit from below, if there is one."""
        return None if self.sense == "at_most" else self.values[0]


def numerical_error(value: float, charge: Charge, absolute: float = 0.0) -> float:
    """Return x: the finest level's share of the value, or what its coarser level charges if that is more."""
    return max(charge.numerical_relative * abs(value), absolute)


def charged(value: float, charge: Charge, absolute: float = 0.0) -> tuple[float, float]:
    """Return (value - x - m, value + x + m): the value with numerical and model-form error charged."""
    allowance = numerical_error(value, charge, absolute) + (charge.model_factor - 1.0) * abs(value)
    return value - allowance, value + allowance


def at_run(limit: Limit, row: Row) -> Limit:
    """Return the limit as one run is held against it: with where its derived quantity lies."""
    if limit.charge.derived is None:
        return limit
    return replace(limit, ends=ends_of(row, limit.charge, limit.bases))


def steering(limit: Limit) -> Limit:
    """Return the limit as a value without its run is held against it, approximately: it decides nothing."""
    return replace(limit, charge=limit.charge.model_copy(update={"derived": None}))


def reaches(value: float, limit: Limit) -> tuple[float, float]:
    """Return (lowest, highest) that the value may be with every error charged.

    Raises
    ------
    ValueError
        If the quantity is derived and it is not said of which run the value is.
    """
    if limit.ends is not None:
        return limit.ends.total
    if limit.charge.derived is not None:
        raise ValueError("a derived quantity is held against its limit run by run: see at_run")
    return charged(value, limit.charge, limit.absolute)


def slacks(value: float, limit: Limit) -> tuple[float, float]:
    """Return the distances to the upper and to the lower limit with every error charged; inf for none."""
    low, high = reaches(value, limit)
    above = math.inf if limit.upper is None else limit.upper - high * limit.demand_factor
    below = math.inf if limit.lower is None else low - limit.lower * limit.demand_factor
    return above, below


def slack(value: float, limit: Limit) -> float:
    """Return the distance left to the nearer limit with every error charged; >= 0 means within."""
    return min(slacks(value, limit))


def excess(value: float, limit: Limit) -> float:
    """Return how far the value lies beyond a limit with every error credited; > 0 means beyond."""
    low, high = reaches(value, limit)
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
    low, high = reaches(value, limit)
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
    low, high = reaches(value, limit)
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
        (row.quantities[quantity], row, at_run(limit, row))
        for row in rows
        if row.state == "ok" and quantity in row.quantities
    ]
    complete = len(valued) == len(rows)
    states = {state_of(value, own) for value, _, own in valued}
    if State.BEYOND in states:
        state = State.BEYOND
    else:
        state = State.WITHIN if complete and states == {State.WITHIN} else State.OPEN
    worst = min(valued, key=lambda item: min(rooms(item[0], item[2])), default=None)
    return Draw(rows[0].index, state, complete, worst[1] if worst is not None else None)
