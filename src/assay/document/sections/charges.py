"""How are the steps from the deciding run to the margin printed? Each to its unfavourable side."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from assay.document.model import Fact
from assay.document.rounding import Rounding, RoundingError, decimal_of, relation_preserved, round_decimal
from assay.document.sections.writing import Desk, Direction
from assay.evidence import Json, Record

_DIGITS = 4
"""Significant digits of the largest step; the smaller ones get as many decimals."""
_MOST = 12
"""Decimals at most."""
_AGAINST_US: tuple[Direction, Direction] = ("up", "down")
"""Demand, capacity."""


@dataclass(frozen=True)
class Charges:
    """The waterfall of one part."""

    part: int
    steps: tuple[Json, ...]
    """As the showing has them, without the margin."""
    unit: str

    @property
    def upper(self) -> bool:
        """Whether the run is the demand (limit from above) and not the capacity."""
        return bool(self.steps[-1]["kind"] == "capacity")

    @property
    def demand(self) -> float:
        """Return the demand in the quantity's unit."""
        return float(next(step["value"] for step in self.steps if step["kind"] == "total"))

    @property
    def capacity(self) -> float:
        """Return the capacity in the quantity's unit."""
        return float(next(step["value"] for step in self.steps if step["kind"] == "capacity"))

    def rounding(self, direction: Direction) -> Rounding:
        """Return one number of decimals for all steps: as many as tell demand and capacity apart."""
        largest = max((abs(step["value"]) for step in self.steps), default=0.0)
        digits = _DIGITS - 1 - math.floor(math.log10(largest)) if largest > 0.0 else _DIGITS
        digits = min(_MOST, max(0, digits))
        while digits < _MOST and not self._apart(digits):
            digits += 1
        return Rounding(mode="decimals", digits=digits, direction=direction)

    def _apart(self, digits: int) -> bool:
        """Say whether demand, rounded up, stands to capacity, rounded down, as it does in full."""
        kinds = {step["kind"]: step["value"] for step in self.steps}
        if "total" not in kinds or "capacity" not in kinds:
            return True
        demand, capacity = decimal_of(kinds["total"]), decimal_of(kinds["capacity"])
        up, down = (Rounding(mode="decimals", digits=digits, direction=way) for way in _AGAINST_US)
        try:
            return relation_preserved(
                demand, capacity, round_decimal(demand, up), round_decimal(capacity, down)
            )
        except RoundingError:
            return True

    def printed(self, desk: Desk, record: Record, *, unit: bool = False) -> Iterator[tuple[Json, Fact]]:
        """Yield every step with its printed value: demand up, capacity down."""
        on_demand_side = self.upper
        for index, step in enumerate(self.steps):
            demand = step["kind"] != "capacity" if self.upper else on_demand_side
            pointer = f"/parts/{self.part}/waterfall/{index}/value"
            rounding = self.rounding("up" if demand else "down")
            yield step, desk.at(record, pointer, rounding, unit=self.unit if unit else "")
            if step["kind"] == "capacity":
                on_demand_side = True

    def facts(self, desk: Desk, record: Record) -> tuple[Fact, Fact]:
        """Return demand and capacity with their unit."""
        found = {step["kind"]: fact for step, fact in self.printed(desk, record, unit=True)}
        return found["total"], found["capacity"]


def charges_of(payload: Json, part: int) -> Charges:
    """Return the waterfall of a part of a showing's payload."""
    steps = payload["parts"][part]["waterfall"]
    kept = tuple(step for step in steps if step["kind"] != "margin")
    if not kept:
        limits = [
            {"kind": "capacity", "label": "", "value": value} for value in payload["parts"][part]["limits"]
        ]
        return Charges(part, tuple(limits), payload["unit"])
    return Charges(part, kept, payload["unit"])
