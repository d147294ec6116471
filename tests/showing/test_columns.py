"""Whole tables judged by columns say what judging run by run says, to the last bit."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from assay.campaign import Row
from assay.programme import Fraction
from assay.showing.columns import Judged, RunColumns, Table, index_rows, judge_columns
from assay.showing.inputs import FINEST, LevelBound, Levels
from assay.showing.records import Charge, DerivedCharge
from assay.showing.states import Draw, Limit, State, at_run, judge_draw, rooms

KEYS = ("data/cases.csv#a", "data/cases.csv#b")
DERIVED = DerivedCharge(formula="p / q", steps=(("quantity", "p"), ("quantity", "q"), ("/", 2)), bases={})


def one_by_one(keys: tuple[str, ...], table: Table, quantity: str, limit: Limit) -> list[Draw]:
    """Judge each draw by its own rows: what the columns are held against."""
    rows = {(row.index, row.row): row for row in table.columns}
    found = []
    for index in range(table.draws):
        own = charging(table, index, limit)
        mine = [rows[index, key] for key in keys if (index, key) in rows]
        if own is None or not mine:
            found.append(Draw(index, State.OPEN, False, None))
            continue
        draw = judge_draw(mine, quantity, own)
        if len(mine) < len(keys):
            state = State.OPEN if draw.state is State.WITHIN else draw.state
            draw = replace(draw, state=state, complete=False)
        found.append(draw)
    return found


def charging(table: Table, index: int, limit: Limit) -> Limit | None:
    absolute = table.levels.absolute(index)
    if absolute is None:
        return None
    return replace(limit, absolute=absolute, bases=table.levels.bases(index)) if absolute else limit


def ranked(draws: list[Draw], table: Table, quantity: str, limit: Limit) -> list[int]:
    """Return the draws with a value by their room, then by their number."""
    keyed = []
    for draw in draws:
        own = charging(table, draw.index, limit)
        if draw.worst is not None and own is not None:
            value = draw.worst.quantities[quantity]
            keyed.append((min(rooms(value, at_run(own, draw.worst))), draw.index))
    return [index for _, index in sorted(keyed)]


VALUES = st.one_of(
    st.none(),
    st.just("absent"),
    st.sampled_from((0.0, -0.0, 40.0, 50.0, 99.99999999999999, 100.0, 100.00000000000001, 110.0)),
    st.floats(-200.0, 200.0),
)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """Tables with rows that failed, were refused, are missing, lack the quantity or stand twice."""
    count = draw(st.integers(1, 8))
    rows = []
    for key in (*KEYS, ""):
        for index in range(count + 1):
            for value in draw(st.lists(VALUES, min_size=0 if draw(st.booleans()) else 1, max_size=2)):
                given = {"x": float(index)}
                if value is None:
                    rows.append(Row(index, key, given, "failed", "outside-range"))
                elif value == "absent":
                    rows.append(Row(index, key, given, "ok", None, {"p": 1.0}))
                else:
                    rows.append(Row(index, key, given, "ok", None, {"q": value, "p": float(index) + 1.0}))
    rows = draw(st.permutations(rows))
    bound = draw(st.sampled_from((None, 0.0, 0.5, 7.0)))
    one = LevelBound(2, bound, "", 10, 0, 0.3, draw(st.booleans()), {"q": (bound or 0.0, "1")})
    of = dict.fromkeys(draw(st.sets(st.integers(0, count + 2))), 2)
    levels = draw(st.sampled_from((FINEST, Levels(of, {2: one}))))
    return index_rows(rows, count, levels)


LIMITS = st.builds(
    lambda sense, low, width, factor, relative, model: Limit(
        sense,
        (low, low + width) if sense == "between" else (low + width,),
        factor,
        Charge(numerical_relative=relative, model_basis="allowance", model_factor=model),
    ),
    st.sampled_from(("at_most", "at_least", "between")),
    st.sampled_from((-50.0, 0.0, 40.0)),
    st.sampled_from((0.0, 60.0)),
    st.sampled_from((1.0, 1.5)),
    st.sampled_from((0.0, 0.1, 1.2)),
    st.sampled_from((1.0, 1.25)),
)


def same(judged: Judged, expected: list[Draw], table: Table) -> None:
    assert [judged.draw(table.columns, index) for index in range(table.draws)] == expected
    assert judged.not_within == sum(draw.state is not State.WITHIN for draw in expected)


@given(tables(), LIMITS, st.sampled_from(((KEYS[0],), KEYS, KEYS[::-1], ("",), (), ("nowhere",))))
def test_columns_say_what_runs_say_one_by_one(table, limit, keys):
    judged = judge_columns(keys, table, "q", limit)
    expected = one_by_one(keys, table, "q", limit)
    same(judged, expected, table)
    order = ranked(expected, table, "q", limit)
    for rank in range(-1, table.draws + 1):
        wanted = order[min(max(rank, 0), len(order) - 1)] if order else None
        assert judged.ranked(rank) == wanted


@given(tables(), LIMITS, st.sampled_from(((KEYS[0],), KEYS)), st.floats(0.0, 0.3))
def test_a_derived_quantity_is_judged_by_where_it_lies(table, limit, keys, share):
    """p / q: a divisor that may be zero leaves the run open."""
    derived = DERIVED.model_copy(update={"bases": {"p": 0.01, "q": share}})
    rows = [with_ratio(row) for row in table.columns]
    table = index_rows(rows, table.draws, table.levels)
    limit = replace(limit, charge=limit.charge.model_copy(update={"derived": derived}))
    same(judge_columns(keys, table, "r", limit), one_by_one(keys, table, "r", limit), table)


def with_ratio(row: Row) -> Row:
    if "q" not in row.quantities or row.quantities["q"] == 0.0:
        return row
    return replace(row, quantities={**row.quantities, "r": row.quantities["p"] / row.quantities["q"]})


def test_a_column_is_formed_once(bench):
    columns = RunColumns(bench.rows([50.0] * 3))
    assert index_rows(columns, 2).columns is columns
    assert columns.column("", "q") is columns.column("", "q")
    assert columns.reaches("", "q", LIMIT.charge)[0] is columns.reaches("", "q", LIMIT.charge)[0]
    more = LIMIT.charge.model_copy(update={"model_factor": 1.5})
    assert columns.reaches("", "q", more)[1].tolist() == [75.0] * 3, "each charge has its own"
    assert list(columns) == [columns[0], *columns[1:]]
    assert (len(columns), columns[1].index, [row.index for row in columns[1:]]) == (3, 1, [1, 2])


def test_only_the_first_draws_are_read(bench):
    judged = judge_columns([""], index_rows(bench.rows([1.0, 2.0, 300.0]), 2), "q", LIMIT)
    assert (judged.within.tolist(), judged.not_within) == ([True, True], 0)


def test_equal_rooms_are_ranked_by_their_number(bench):
    judged = judge_columns([""], index_rows(bench.rows([1.0, 5.0, 9.0, 5.0, 5.0]), 5), "q", LIMIT)
    assert [judged.ranked(rank) for rank in range(5)] == [2, 1, 3, 4, 0]


def test_no_rows_no_rank():
    judged = judge_columns([""], index_rows([], 2), "q", LIMIT)
    assert (judged.ranked(0), judged.not_within, judged.complete.any()) == (None, 2, False)


def test_many_criteria_may_share_their_columns(bench):
    """What a verdict says does not depend on whether another criterion has read the table before."""
    rows = bench.rows([50.0] * 52 + [150.0] * 7)
    shared = RunColumns(rows)
    for fraction in (0.9, 0.95, 0.9):
        claim = bench.claim(Fraction(fraction, 0.95))
        assert bench.decide(claim, shared) == bench.decide(claim, rows)


LIMIT = Limit(
    "at_most", (100.0,), 1.0, Charge(numerical_relative=0.0, model_basis="allowance", model_factor=1.0)
)
