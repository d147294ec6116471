"""Steps of a sequential plan settled run by run: a small bet table, tables of runs made by hand."""

from __future__ import annotations

import json
import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from assay.campaign import Row
from assay.showing import Limit, Part, RowSpec
from assay.showing.records import Charge
from assay.showing.sequential import (
    BATCHES,
    batch,
    bet_of,
    bet_payload,
    follow,
    path_lines,
    wealth_payload,
)
from assay.showing.stream_records import StepPayload
from assay.statistics import Bet, replay

LIMIT = Limit(
    "at_most", (10.0,), 1.0, Charge(numerical_relative=0.0, model_basis="allowance", model_factor=1.0)
)
WHOLE = Part(None, (RowSpec("", ()),))
ALLOWED, LEVEL = 0.05, 0.049
# Two bins: what the model thinks safe, drawn by the law, and what it concedes, never drawn.
BET = Bet(
    edges=(0.5,),
    density=(1.0, 0.0),
    control=(0.0, 1.0),
    norm=(0.98, 0.98),
    C=(0.0, 0.02),
    shown=1.0 / 0.95,
    refuted=0.0,
    goal="shown",
    growth=0.03,
    expected_runs=math.inf,
)


def step(number: int, first: int, count: int) -> StepPayload:
    return StepPayload(
        criterion="R-1.a",
        configuration="nominal",
        study="beam",
        case=None,
        attempt=1,
        number=number,
        first=first,
        level=LEVEL,
        refuting_level=LEVEL,
        allowed=ALLOWED,
        spent=0.0005,
        cheap=1_000_000,
        left=None,
        seed="sha256:" + "0" * 64,
        bet=bet_payload(BET),
        predicted=(0.1,) * count,
        places=tuple({"a": float(first + i)} for i in range(count)),
        wealth_shown=1.0,
        wealth_refuted=1.0,
    )


def row(index: int, value: float | None, key: str = "") -> Row:
    state = "failed" if value is None else "ok"
    return Row(
        index=index,
        row=key,
        factors={"a": 1.0},
        quantities={} if value is None else {"q": value},
        places={},
        checks={},
        state=state,
        reason=None if value is not None else "crash",
    )


def path(values: list[float | None], split: int):
    table = [row(i, value) for i, value in enumerate(values)]
    steps = [(step(1, 0, split), table[:split]), (step(2, split, len(values) - split), table[split:])]
    return follow(steps, WHOLE, "q", LIMIT, LEVEL, ALLOWED)


def test_a_bet_is_recorded_and_read_again():
    assert bet_of(bet_payload(BET)) == BET
    assert bet_payload(BET).expected_runs is None


def test_all_within_it_grows_until_it_is_shown():
    found = path([1.0] * 120, 50)
    assert found.decided == "shown"
    assert found.decided_at == found.rows[found.decided_at].index
    # One run gains log((1 - p)/(1 - p0)) at most, p the conceded mass: no plan takes fewer.
    assert found.decided_at + 1 >= math.log(1 / LEVEL) / math.log(0.98 / 0.95) - 1
    assert found.steps == 2


@given(st.lists(st.sampled_from([1.0, 11.0, None]), min_size=2, max_size=40), st.data())
def test_a_run_turned_beyond_never_raises_the_wealth_that_shows(values, data):
    split = data.draw(st.integers(1, len(values) - 1))
    where = data.draw(st.integers(0, len(values) - 1))
    worse = [11.0 if i == where else value for i, value in enumerate(values)]
    before, after = path(values, split), path(worse, split)
    assert all(b[0] >= a[0] for b, a in zip(before.wealths, after.wealths, strict=True))


@given(st.lists(st.sampled_from([1.0, 11.0]), min_size=2, max_size=20), st.floats(0.5, 12.0))
def test_over_fixed_runs_a_tighter_limit_never_shows_more(values, limit):
    table = [row(i, value) for i, value in enumerate(values)]
    tight = Limit("at_most", (min(limit, 10.0),), 1.0, LIMIT.charge)
    steps = [(step(1, 0, len(values)), table)]
    loose = follow(steps, WHOLE, "q", LIMIT, LEVEL, ALLOWED).last[0]
    assert follow(steps, WHOLE, "q", tight, LEVEL, ALLOWED).last[0] <= loose


def test_rows_in_any_order_give_the_same_path():
    table = [row(i, 11.0 if i % 7 == 0 else 1.0) for i in range(30)]
    steps = [(step(1, 0, 30), table)], [(step(1, 0, 30), table[::-1])]
    first, second = (follow(s, WHOLE, "q", LIMIT, LEVEL, ALLOWED) for s in steps)
    assert first.rows == second.rows


def test_a_failed_or_missing_run_is_open():
    table = [row(0, 1.0), row(1, None)]
    found = follow([(step(1, 0, 3), table)], WHOLE, "q", LIMIT, LEVEL, ALLOWED)
    assert [r.state for r in found.rows] == ["within", "open", "open"]
    assert [draw.complete for draw in found.draws] == [True, False, False]


def test_a_draw_counts_by_its_worst_row_and_needs_all():
    part = Part(None, (RowSpec("u", ()), RowSpec("v", ())))
    table = [row(0, 1.0, "u"), row(0, 11.0, "v"), row(1, 1.0, "u"), row(2, 1.0, "u"), row(2, 2.0, "v")]
    found = follow([(step(1, 0, 3), table)], part, "q", LIMIT, LEVEL, ALLOWED)
    assert [r.state for r in found.rows] == ["beyond", "open", "within"]


def test_the_lines_replay():
    found = path([1.0] * 20 + [11.0] + [1.0] * 20, 8)
    lines = [json.loads(line) for line in path_lines(found).splitlines()]
    assert np.allclose(replay(lines, ALLOWED), found.wealths, rtol=1e-9)


def test_what_it_came_to():
    found = path([1.0, 11.0, None, 1.0], 2)
    payload = wealth_payload(found, step(1, 0, 2), horizon=60)
    assert (payload.runs, payload.not_within, payload.beyond, payload.decided) == (4, 2, 1, None)
    assert payload.wealth_shown == max(w[0] for w in found.wealths)


def test_steps_are_short_at_first_and_never_over_what_is_left():
    assert batch(0, None) == BATCHES[0][1]
    assert batch(BATCHES[0][0], None) == BATCHES[1][1]
    assert batch(10**6, None) == BATCHES[-1][1]
    assert batch(0, 3) == 3
