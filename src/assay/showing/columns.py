"""What do the draws of a table say of a limit? A table read once into columns, judged as a whole.

Every number is formed by the same operations in the same order as for a single run (`states`), so that
both give the same bits.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import overload

import numpy as np
import numpy.typing as npt

from assay.campaign import Row
from assay.showing.inputs import FINEST, Levels
from assay.showing.records import Charge
from assay.showing.states import Draw, Limit, State, at_run

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Column:
    """The runs of one row key as far as one quantity is concerned: arrays of a run each, by draw."""

    draws: IntArray
    """Ascending."""
    places: IntArray
    """Where the run stands in the table."""
    values: FloatArray
    """NaN where the run has none or has failed."""
    stands: BoolArray
    """Whether there is a value."""
    valued: IntArray
    """The places of runs with a value, -1 for the others."""


class RunColumns(Sequence[Row]):
    """The rows of a table; of each row key the draws, and of each quantity the values, as columns.

    Many criteria read one table: pass them one `RunColumns`, and each column is formed once.

    Parameters
    ----------
    rows
        In any order; of two with the same draw and row key the later one counts.
    """

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = rows
        self._places: dict[str, tuple[IntArray, IntArray]] | None = None
        self._columns: dict[tuple[str, str], Column] = {}
        self._reaches: dict[tuple[str, str, float, float], tuple[FloatArray, FloatArray]] = {}

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self._rows)

    def __iter__(self) -> Iterator[Row]:
        """Iterate over the rows."""
        return iter(self._rows)

    @overload
    def __getitem__(self, item: int) -> Row: ...

    @overload
    def __getitem__(self, item: slice) -> Sequence[Row]: ...

    def __getitem__(self, item: int | slice) -> Row | Sequence[Row]:
        """Return a row."""
        return self._rows[item]

    def places(self, key: str) -> tuple[IntArray, IntArray]:
        """Return the draws that have a row of this key, ascending, and where it stands in the table."""
        if self._places is None:
            found: dict[str, dict[int, int]] = {}
            for place, row in enumerate(self._rows):
                found.setdefault(row.row, {})[row.index] = place
            self._places = {name: _sorted(known) for name, known in found.items()}
        nothing = np.zeros(0, dtype=np.int64)
        return self._places.get(key, (nothing, nothing))

    def column(self, key: str, quantity: str) -> Column:
        """Return the values of a quantity in the runs of this key; not to be written to."""
        known = self._columns.get((key, quantity))
        if known is None:
            draws, places = self.places(key)
            rows = [self._rows[place] for place in places.tolist()]
            values = np.array(
                [row.quantities.get(quantity, math.nan) if row.state == "ok" else math.nan for row in rows],
                dtype=np.float64,
            )
            stands = ~np.isnan(values)
            known = Column(draws, places, values, stands, np.where(stands, places, -1))
            self._columns[key, quantity] = known
        return known

    def reaches(self, key: str, quantity: str, charge: Charge) -> tuple[FloatArray, FloatArray]:
        """Return the lowest and the highest that each value may be, charged as on the finest level."""
        what = key, quantity, charge.numerical_relative, charge.model_factor
        known = self._reaches.get(what)
        if known is None:
            values = self.column(key, quantity).values
            known = self._reaches[what] = _charged(values, charge.numerical_relative * np.abs(values), charge)
        return known


def _charged(values: FloatArray, numerical: FloatArray, charge: Charge) -> tuple[FloatArray, FloatArray]:
    """Return each value less, and with, its numerical and its model-form error (`states.charged`)."""
    allowance = numerical + (charge.model_factor - 1.0) * np.abs(values)
    return values - allowance, values + allowance


def _sorted(known: dict[int, int]) -> tuple[IntArray, IntArray]:
    draws = np.fromiter(known.keys(), dtype=np.int64, count=len(known))
    places = np.fromiter(known.values(), dtype=np.int64, count=len(known))
    order = np.argsort(draws, kind="stable")
    return draws[order], places[order]


@dataclass(frozen=True)
class Table:
    """The first draws of a run table."""

    columns: RunColumns
    draws: int
    """Number of draws in the plan."""
    levels: Levels = FINEST
    """On which level each draw stands."""

    @cached_property
    def coarse(self) -> BoolArray:
        """Return which draws stand on a coarser level."""
        found = np.zeros(self.draws, dtype=np.bool_)
        found[[draw for draw in self.levels.of if 0 <= draw < self.draws]] = True
        return found

    @cached_property
    def absolute(self) -> FloatArray:
        """Return what its level charges to each draw, in the quantity's unit; NaN where nothing stands."""
        found = np.zeros(self.draws, dtype=np.float64)
        for draw in np.flatnonzero(self.coarse).tolist():
            charged = self.levels.absolute(draw)
            found[draw] = math.nan if charged is None else charged
        return found


def index_rows(rows: Sequence[Row], draws: int, levels: Levels = FINEST) -> Table:
    """Return the first `draws` draws of a table, in columns."""
    return Table(rows if isinstance(rows, RunColumns) else RunColumns(rows), draws, levels)


@dataclass(frozen=True)
class Judged:
    """What each draw of a part says, by itself and as its own level allows: arrays of a draw each."""

    within: BoolArray
    beyond: BoolArray
    complete: BoolArray
    """False where a row failed, was refused outside a factor's range, or is missing."""
    room: FloatArray
    """Room of the worst row with a value; NaN where no row has one."""
    worst: IntArray
    """Where the worst row stands in the table; -1 where no row has a value."""

    @property
    def not_within(self) -> int:
        """Return how many draws are beyond or open."""
        return int(self.within.size - np.count_nonzero(self.within))

    def draw(self, columns: RunColumns, index: int) -> Draw:
        """Return one draw."""
        state = State.BEYOND if self.beyond[index] else State.WITHIN if self.within[index] else State.OPEN
        place = int(self.worst[index])
        return Draw(index, state, bool(self.complete[index]), None if place < 0 else columns[place])

    def ranked(self, rank: int) -> int | None:
        """Return the draw that is `rank`-th, from 0, by its room; the last where there are fewer."""
        count = int(np.count_nonzero(self.worst >= 0))
        if not count:
            return None
        if rank <= 0:
            return int(np.argmax(self.room == np.fmin.reduce(self.room)))
        rank = min(rank, count - 1)
        room = np.partition(self.room, rank)[rank]  # NaN sorts last
        before = int(np.count_nonzero(self.room < room))
        return int(np.flatnonzero(self.room == room)[rank - before])


def judge_columns(keys: Sequence[str], table: Table, quantity: str, limit: Limit) -> Judged:
    """Judge every draw of a plan by the rows of these keys (`states.judge_draw`, all draws at once).

    Parameters
    ----------
    keys
        Row keys of the part, in its order; of rows with equal room the first is the worst.
    limit
        With what is charged on the finest level; each draw is charged what its own level does.
    """
    n = table.draws
    if len(keys) == 1:
        _, one = _judge_key(keys[0], table, quantity, limit)
        if one.within.size == n:
            return one  # every draw has its one row
    beyond, whole = np.zeros(n, dtype=np.bool_), np.full(n, bool(keys))
    complete = whole.copy()
    room, worst = np.full(n, math.nan), np.full(n, -1, dtype=np.int64)
    for key in keys:
        draws, one = _judge_key(key, table, quantity, limit)
        found = np.zeros(n, dtype=np.bool_)
        found[draws] = one.complete
        complete &= found
        whole[draws] &= one.within
        beyond[draws] |= one.beyond
        less = one.complete & ((one.room < room[draws]) | (worst[draws] < 0))
        room[draws[less]], worst[draws[less]] = one.room[less], one.worst[less]
    return Judged(whole & complete & ~beyond, beyond, complete, room, worst)


def _judge_key(key: str, table: Table, quantity: str, limit: Limit) -> tuple[IntArray, Judged]:
    """Return the draws of the plan that have a row of this key, and what that row says by itself."""
    column = table.columns.column(key, quantity)
    cut = slice(int(np.searchsorted(column.draws, table.draws)))
    draws, stands = column.draws[cut], column.stands[cut]
    with np.errstate(all="ignore"):  # a quotient may overflow, for a single run as for a column
        if limit.charge.derived is None and not table.levels.of:
            low, high = (ends[cut] for ends in table.columns.reaches(key, quantity, limit.charge))
        else:
            stands = stands & ~np.isnan(table.absolute[draws])
            low, high = _reaches(column, stands, table, limit)
        slack, excess, room = _compared(low, high, limit)
    within = slack >= 0.0
    # A comparison with NaN is false: a row without a value is neither, and has no room.
    worst = column.valued[cut] if not table.levels.of else np.where(stands, column.places[cut], -1)
    return draws, Judged(within, (excess > 0.0) & ~within, stands, room, worst)


def _reaches(column: Column, stands: BoolArray, table: Table, limit: Limit) -> tuple[FloatArray, FloatArray]:
    """Return between what each value may lie where a level charges it, or where the quantity is derived."""
    draws, values = column.draws[: stands.size], column.values[: stands.size]
    if limit.charge.derived is not None:
        ends = np.full((values.size, 2), math.nan)
        for i in np.flatnonzero(stands).tolist():
            ends[i] = _ends(int(draws[i]), int(column.places[i]), table, limit)
        return ends[:, 0], ends[:, 1]
    numerical = limit.charge.numerical_relative * np.abs(values)
    return _charged(values, np.maximum(numerical, table.absolute[draws]), limit.charge)


def _ends(draw: int, place: int, table: Table, limit: Limit) -> tuple[float, float]:
    """Return between which values a derived quantity lies in one run."""
    coarse = bool(table.levels.of) and bool(table.absolute[draw])
    own = replace(limit, bases=table.levels.bases(draw)) if coarse else limit
    ends = at_run(own, table.columns[place]).ends
    return ends.total if ends is not None else (-math.inf, math.inf)


def _compared(low: FloatArray, high: FloatArray, limit: Limit) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return slack, excess and room of each run, as `states` defines them."""
    factor, upper, lower = limit.demand_factor, limit.upper, limit.lower
    slacks, excesses = [], []
    if upper is not None:
        most, least = (high, low) if factor == 1.0 else (high * factor, low * factor)
        slacks.append(upper - most)
        excesses.append(least - upper)
    if lower is not None:
        slacks.append(low - lower * factor)
        excesses.append(lower * factor - high)
    if len(slacks) == 1:
        return slacks[0], excesses[0], slacks[0]
    slack = np.minimum(slacks[0], slacks[1])
    excess = np.maximum(excesses[0], excesses[1])
    if limit.values[0] <= 0.0:
        return slack, excess, slack
    demand = high * factor
    above = np.full(demand.shape, math.inf)
    np.divide(limit.values[-1], demand, out=above, where=demand > 0.0)
    return slack, excess, np.minimum(above - 1.0, low / (limit.values[0] * factor) - 1.0)
