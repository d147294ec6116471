from __future__ import annotations

import itertools
import json
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.errors import InputError
from assay.statistics import (
    Bet,
    BettingRow,
    accepts,
    betting_verdict,
    factor_table,
    pick,
    replay,
    settle,
)
from assay.statistics._betting import STATES, bins_of

ALLOWED = 0.05

PLAIN = Bet(
    edges=(0.1, 0.5),
    density=(1.0, 2.0, 0.0),
    control=(0.01, 0.4, 1.0),
    norm=(1.05, 1.1),
    C=(0.02, 0.045),
    shown=0.9,
    refuted=0.3,
    goal="shown",
    growth=0.01,
    expected_runs=300.0,
)


def path(bet: Bet, runs: list[tuple[float, str]], allowed: float = ALLOWED) -> list[BettingRow]:
    rows: list[BettingRow] = []
    shown = refuted = 1.0
    for index, (predicted, state) in enumerate(runs):
        row = settle(
            bet, index=index, x=(predicted, 2.0), predicted=predicted, state=state,
            wealth_shown=shown, wealth_refuted=refuted, allowed=allowed,
        )  # fmt: skip
        shown, refuted = row.wealth_shown, row.wealth_refuted
        rows.append(row)
    return rows


def largest_stakes(bet: Bet, allowed: float) -> tuple[float, float]:
    """Bounds of both bets over the whole envelope, written anew from the definition of Z."""
    drawn = [(u, c) for u, c in zip(bet.density, bet.control, strict=True) if u > 0]
    highest = max(bet.C[1] + (1 - c) * bet.norm[1] / u for u, c in drawn)
    lowest = min(bet.C[0] - c * bet.norm[1] / u for u, c in drawn)
    return 1 / (highest - allowed), 1 / (allowed - lowest)


# --------------------------------------------------------------------------------- validity
unit = st.floats(0.0, 1.0)
points = st.lists(st.tuples(unit, st.sampled_from(STATES)), min_size=1, max_size=12)


@st.composite
def bets_on_a_pool(draw: st.DrawFn) -> tuple[Bet, list[tuple[float, str]]]:
    """Any pool, any prediction, any density, any control values: the adversary's choice."""
    pool = draw(points)
    edges = tuple(sorted(draw(st.sets(st.floats(0.01, 0.99), min_size=2, max_size=2))))
    density = draw(st.tuples(*[st.one_of(st.just(0.0), st.floats(0.01, 100.0))] * 3))
    control = draw(st.tuples(unit, unit, unit))
    bins = bins_of(edges, [c for c, _ in pool])
    u, c = np.array(density)[bins], np.array(control)[bins]
    if not u.any():
        pool, u, c = [(0.0, "open")], np.array([1.0]), np.array([control[0]])
        density = (1.0, 1.0, 1.0)
    low = float(np.where(u > 0, c, 0.0).mean())
    high = float(np.where(u > 0, c, 1.0).mean())
    slack = draw(st.floats(0.0, 0.2))
    norm = float(u.mean())
    bet = Bet(
        edges=edges, density=density, control=control, norm=(norm * (1 - slack), norm * (1 + slack)),
        C=(max(0.0, low - slack), min(1.0, high + slack)), shown=0.0, refuted=0.0, goal="shown",
        growth=0.0, expected_runs=math.inf,
    )  # fmt: skip
    return bet, pool


@given(bets_on_a_pool(), st.sampled_from([0.01, 0.05, 0.1, 0.3, 0.7]), unit, unit)
@settings(max_examples=150, deadline=None)
def test_no_bet_gains_under_its_null(
    case: tuple[Bet, list[tuple[float, str]]], allowed: float, share: float, share_refuted: float
) -> None:
    bet, pool = case
    stakes = largest_stakes(bet, allowed)
    bet = replace(
        bet,
        shown=share * stakes[0] if stakes[0] > 0 else 0.0,
        refuted=share_refuted * stakes[1] if stakes[1] > 0 else 0.0,
    )
    table = factor_table(bet, allowed)
    bins = bins_of(bet.edges, [c for c, _ in pool])
    states = [STATES.index(state) for _, state in pool]
    weight = np.array(bet.density)[bins]
    drawn = weight > 0
    factors = table[bins[drawn], np.array(states)[drawn]]
    mean = weight[drawn] @ factors / weight.sum()
    assert np.all(factors >= 0.0)
    assert np.all(
        table[np.array(bet.density) > 0.0] >= 0.0
    )  # whatever state, bin by bin: all of the envelope
    if np.mean([state != "within" for _, state in pool]) >= allowed:
        assert mean[0] <= 1.0
    if np.mean([state == "beyond" for _, state in pool]) <= allowed:
        assert mean[1] <= 1.0


def test_mean_is_preserved_where_nothing_is_conceded_and_constants_are_exact() -> None:
    """E_g[Z] = p: with p = p0 the mean factor is 1, so no power is given away for nothing."""
    pool = np.array([0.05] * 10 + [0.3] * 10)
    states = ["beyond"] + ["within"] * 18 + ["beyond"]
    u, c = np.array([1.0] * 10 + [2.0] * 10), np.array([0.01] * 10 + [0.4] * 10)
    bet = replace(PLAIN, density=(1.0, 2.0, 1.0), norm=(u.mean(),) * 2, C=(c.mean(),) * 2, shown=0.5)
    table = factor_table(bet, 0.1)[bins_of(bet.edges, pool), [STATES.index(state) for state in states]]
    assert u @ table / u.sum() == pytest.approx([1.0, 1.0], abs=1e-11)


def test_worse_outcomes_never_help_the_claim() -> None:
    for runs in itertools.product(STATES, repeat=4):
        shown = path(PLAIN, [(0.0, state) for state in runs])[-1]
        for place, state in enumerate(runs):
            for worse in STATES[STATES.index(state) + 1 :]:
                changed = [*runs[:place], worse, *runs[place + 1 :]]
                other = path(PLAIN, [(0.0, word) for word in changed])[-1]
                assert other.wealth_shown <= shown.wealth_shown
                assert other.wealth_refuted >= shown.wealth_refuted


def test_order_of_runs_under_one_bet_changes_nothing_at_the_end() -> None:
    runs = [(0.0, "within"), (0.3, "beyond"), (0.2, "open"), (0.05, "within")]
    ends = [path(PLAIN, list(order))[-1] for order in itertools.permutations(runs)]
    assert [row.wealth_shown for row in ends] == pytest.approx([ends[0].wealth_shown] * len(ends))
    assert [row.wealth_refuted for row in ends] == pytest.approx([ends[0].wealth_refuted] * len(ends))


def test_open_counts_against_both_claims() -> None:
    within, open_, beyond = (path(PLAIN, [(0.3, state)])[0] for state in STATES)
    assert open_.wealth_shown == beyond.wealth_shown < within.wealth_shown
    assert open_.wealth_refuted == within.wealth_refuted < beyond.wealth_refuted


def test_factor_by_hand() -> None:
    row = path(PLAIN, [(0.3, "beyond")])[0]
    assert row.density_ratio == (2.0 / 1.1, 2.0 / 1.05)
    # SHOWN: C upwards, weight upwards; REFUTED: C downwards, weight downwards
    assert row.wealth_shown == pytest.approx(1 + 0.9 * (0.05 - (0.045 + 0.6 * 1.1 / 2)), abs=1e-11)
    assert row.wealth_refuted == pytest.approx(1 + 0.3 * (0.02 + 0.6 * 1.05 / 2 - 0.05), abs=1e-11)
    passed = path(PLAIN, [(0.3, "within")])[0]
    assert passed.wealth_shown == pytest.approx(1 + 0.9 * (0.05 - (0.045 - 0.4 * 1.05 / 2)), abs=1e-11)
    assert passed.wealth_refuted == pytest.approx(1 + 0.3 * (0.02 - 0.4 * 1.1 / 2 - 0.05), abs=1e-11)


def test_table_is_what_settle_does() -> None:
    table = factor_table(PLAIN, ALLOWED)
    for k, predicted in enumerate((0.0, 0.3)):
        for j, state in enumerate(STATES):
            row = path(PLAIN, [(predicted, state)])[0]
            assert tuple(table[k, j]) == (row.wealth_shown, row.wealth_refuted)
    assert np.isnan(table[2]).all()


# --------------------------------------------------------------------------------- draws
def test_pick_follows_the_density_exactly() -> None:
    pool = np.array([0.9, 0.05, 0.3, 0.6, 0.2, 0.0])  # bins 2 1 ... : densities 0 1 2 0 2 1
    u = (np.arange(6000) + 0.5) / 6000
    drawn = np.bincount(pick(PLAIN, pool, u), minlength=6)
    assert drawn.tolist() == [0, 1000, 2000, 0, 2000, 1000]
    ends = pick(PLAIN, np.array([0.9, 0.0, 0.9]), np.array([0.0, np.nextafter(1.0, 0.0), 1.0]))
    assert ends.tolist() == [1, 1, 1]  # never a conceded point, also where rounding reaches the total


def test_accepts_follows_the_density_exactly() -> None:
    u = (np.arange(1000) + 0.5) / 1000
    kept = [int(accepts(PLAIN, np.full(1000, c), u).sum()) for c in (0.0, 0.3, 0.7)]
    assert kept == [500, 1000, 0]


def test_nothing_to_draw() -> None:
    with pytest.raises(InputError, match="concedes every point"):
        pick(PLAIN, [0.7, 0.8], 0.5)
    with pytest.raises(InputError, match="concedes and never draws"):
        path(PLAIN, [(0.7, "within")])


@pytest.mark.parametrize("c", [math.nan, -0.1, 1.1])
def test_prediction_is_a_probability(c: float) -> None:
    with pytest.raises(InputError, match=r"number in \[0, 1\]"):
        path(PLAIN, [(c, "within")])


# --------------------------------------------------------------------------------- replay
RUNS = [(0.0, "within"), (0.3, "beyond"), (0.2, "open"), (0.05, "within")]


def written(rows: list[BettingRow]) -> list[dict[str, object]]:
    return [dict(row) for row in json.loads(json.dumps([row.as_record() for row in rows]))]


def test_replay_equals_the_path() -> None:
    rows = path(PLAIN, RUNS)
    assert replay(written(rows), ALLOWED) == [(row.wealth_shown, row.wealth_refuted) for row in rows]
    exact = path(replace(PLAIN, norm=(1.07, 1.07), C=(0.03, 0.03)), RUNS)
    records = written(exact)
    assert isinstance(records[0]["C"], float)
    assert isinstance(records[0]["density_ratio"], float)
    assert replay(records, ALLOWED)[-1] == (exact[-1].wealth_shown, exact[-1].wealth_refuted)


def test_row_has_the_fields_of_the_contract() -> None:
    fields = {
        "index", "x", "density_ratio", "c", "C", "bet_shown", "bet_refuted", "state", "wealth_shown",
        "wealth_refuted",
    }  # fmt: skip
    assert path(PLAIN, RUNS)[0].as_record().keys() == fields


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("state", "within", "recorded wealth"),
        ("state", "fine", "unknown"),
        ("wealth_shown", 1.5, "recorded wealth"),
        ("wealth_refuted", math.nan, "recorded wealth"),
        ("bet_shown", 30.0, "above its bound"),
        ("bet_refuted", 30.0, "above its bound"),
        ("bet_shown", -0.1, "out of range"),
        ("bet_shown", math.nan, "out of range"),
        ("bet_refuted", math.inf, "out of range"),
        ("density_ratio", 0.0, "out of range"),
        ("density_ratio", [2.0, 1.0], "lower and upper end"),
        ("C", math.nan, "lower and upper end"),
        ("c", 1.5, "out of range"),
        ("index", 0, "behind row"),
    ],
)
def test_replay_refuses_what_was_tampered_with(field: str, value: object, said: str) -> None:
    records = written(path(PLAIN, RUNS))
    records[1][field] = value
    with pytest.raises(InputError, match=said):
        replay(records, ALLOWED)


# --------------------------------------------------------------------------------- verdict
def test_the_first_to_arrive_decides_for_good() -> None:
    assert betting_verdict([(1.0, 1.0), (19.9, 0.1)], 0.05) is None
    assert betting_verdict([(20.0, 0.1), (0.0, 30.0)], 0.05) == "shown"
    assert betting_verdict([(0.1, 20.0), (20.0, 0.0)], 0.05) == "refuted"
    assert betting_verdict([(0.1, 20.0), (20.0, 0.0)], 0.05, 0.01) == "shown"
    assert betting_verdict([(0.1, 20.0), (0.1, 100.0)], 0.05, 0.01) == "refuted"
    with pytest.raises(InputError):
        betting_verdict([], 0.0)
