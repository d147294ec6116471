"""How does the deciding run become a margin? Increments that add up (DESIGN.md section 5)."""

from __future__ import annotations

import math
from collections.abc import Sequence

from assay.showing.records import DemandFactor, Margin, WaterfallStep
from assay.showing.states import Limit, numerical_error, reaches, rooms


def governing_side(value: float, limit: Limit) -> str:
    """Return ``upper`` or ``lower``: the side with less room for this value."""
    above, below = rooms(value, limit)
    return "upper" if above <= below else "lower"


def _step(label: str, kind: str, value: float) -> WaterfallStep:
    return WaterfallStep(label=label, kind=kind, value=value)


def _errors(value: float, limit: Limit, sign: float) -> list[WaterfallStep]:
    numerical = sign * numerical_error(value, limit.charge, limit.absolute)
    model = sign * (limit.charge.model_factor - 1.0) * abs(value)
    if limit.ends is not None:
        side = 1 if sign > 0.0 else 0
        discretised, total = limit.ends.numerical[side], limit.ends.total[side]
        numerical, model = discretised - value, total - discretised
    return [
        _step("deciding run", "run", value),
        _step("numerical error", "numerical", numerical),
        _step("model form", "model", model),
    ]


def _factor_steps(start: float, factors: Sequence[DemandFactor]) -> list[WaterfallStep]:
    steps = []
    running = start
    for factor in factors:
        steps.append(_step(factor.tag, "factor", running * factor.value - running))
        running *= factor.value
    return steps


def waterfall(
    value: float, limit: Limit, factors: Sequence[DemandFactor], mode: str, place: str
) -> tuple[tuple[WaterfallStep, ...], Margin | None]:
    """Return the steps from the deciding run to the margin, and the margin.

    For a limit from above the charged run times its factors is the demand and the limit the
    capacity; for a limit from below the two change places. Demand and capacity are the very numbers
    that decided, so that the margin's sign never contradicts the run's state. The margin
    capacity/demand - 1 is left out where the demand is not positive, for the quotient then says nothing.
    There are no steps where nothing bounds a derived quantity: a divisor may be zero.
    """
    low, high = reaches(value, limit)
    if not (math.isfinite(low) and math.isfinite(high)):
        return (), None
    if governing_side(value, limit) == "upper":
        demand, capacity = high * limit.demand_factor, limit.values[-1]
        steps = _errors(value, limit, 1.0)
        steps += _factor_steps(high, factors)
        steps += [_step("demand", "total", demand), _step("limit", "capacity", capacity)]
    else:
        demand, capacity = limit.values[0] * limit.demand_factor, low
        steps = _errors(value, limit, -1.0)
        steps += [_step("capacity", "capacity", capacity), _step("limit", "run", limit.values[0])]
        steps += _factor_steps(limit.values[0], factors)
        steps.append(_step("demand", "total", demand))
    margin = capacity / demand - 1.0 if demand > 0.0 else math.inf
    if not math.isfinite(margin):
        return tuple(steps), None
    steps.append(_step("margin", "margin", margin))
    return tuple(steps), Margin(value=margin, mode=mode, place=place)
