"""What runs prove under declared signs, and the wealth of the draws of the rest."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from assay.programme import Fraction
from assay.showing.dominance import (
    carries,
    climb,
    dominance_payload,
    draws_needed,
    on_signs,
    proofs,
    sign_vector,
    unfit,
)
from assay.showing.dominance_records import DominanceStepPayload, RecordedMasses
from assay.showing.records import Charge
from assay.showing.states import Limit
from assay.statistics import Masses

LEVEL, ALLOWED = 0.049, 0.05
CHARGE = Charge(numerical_relative=0.0, model_basis="allowance", model_factor=1.0)
LIMIT = Limit("at_most", (100.0,), 1.0, CHARGE)


@pytest.fixture
def signed(bench):
    """A claim whose quantity rises in x and y and falls in z."""
    kinds = [bench.declaration("increasing_in", ["x"], ["y"]), bench.declaration("decreasing_in", ["z"])]
    return bench.claim(Fraction(0.95, 0.95), study=bench.study(*kinds))


def step(number=1, first=0, kind="draw", places=1, masses=(0.0, 0.5), spent=1e-4) -> DominanceStepPayload:
    drawn = kind == "draw"
    return DominanceStepPayload(
        criterion="R-1.a",
        configuration="c",
        study="s",
        attempt=1,
        number=number,
        first=first,
        kind=kind,
        signs={"x": 1},
        level=LEVEL,
        allowed=ALLOWED,
        spent=spent if drawn else 0.0,
        cheap=10**6 if drawn else 0,
        masses=RecordedMasses(conceded=masses[0], reach=masses[1]) if drawn else None,
        threshold=None,
        left=59,
        seed="s",
        predicted=(0.0,) * places,
        places=({"x": 0.5, "y": 0.5, "z": 0.5},) * places,
        wealth=1.0,
    )


def followed(bench, claim, *told):
    """Follow steps with the values of their runs."""
    steps, first = [], 0
    for number, (kind, values, masses) in enumerate(told, start=1):
        payload = step(number, first, kind, len(values), masses)
        steps.append((payload, [bench.row(value, first + i) for i, value in enumerate(values)]))
        first += len(values)
    return climb(steps, claim.parts[0], "q", LIMIT, LEVEL, ALLOWED)


def test_who_fits(bench, signed):
    assert unfit(signed) is None
    assert sign_vector(signed).tolist() == [1, 1, -1]
    assert on_signs(signed).corners_over == ("x", "y", "z")
    half = bench.claim(study=bench.study(bench.declaration("increasing_in", ["x"])))
    assert "no sign is declared for y, z" in str(unfit(half))
    both = bench.claim(study=signed.study, sense="between")
    assert "two limits" in str(unfit(both))
    cases = bench.claim(
        bench.at_cases(Fraction(0.95, 0.95)), study=signed.study, cases=[bench.case("a", x=0.1)]
    )
    assert "without cases" in str(unfit(cases))
    assert "without cases" in str(unfit(bench.claim(bench.everywhere(), study=signed.study)))


def test_only_whole_runs_with_a_value_prove(bench, signed):
    rows = [
        bench.row(99.0, 0, x=0.1, y=0.2, z=0.3),
        bench.row(101.0, 1, x=0.4, y=0.5, z=0.6),
        bench.row(None, 2, x=0.4, y=0.5, z=0.6),
        bench.row(1.0, 3, x=0.4),
    ]
    points, within, beyond = proofs(signed, rows, LIMIT)
    assert points.tolist() == [[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]]
    assert (within.tolist(), beyond.tolist()) == ([True, False], [False, True])


def test_a_charge_above_the_whole_value_proves_nothing(bench, signed):
    heavy = replace(LIMIT, charge=replace_charge(1.0))
    assert carries(LIMIT)
    assert not carries(heavy)
    points, within, _ = proofs(signed, [bench.row(-1.0, 0, x=0.1, y=0.2, z=0.3)], heavy)
    assert (len(points), within.tolist()) == (1, [False])


def replace_charge(relative: float) -> Charge:
    return Charge(numerical_relative=relative, model_basis="allowance", model_factor=1.0)


def test_draws_within_multiply_the_wealth_and_placed_runs_do_not(bench, signed):
    path = followed(bench, signed, ("certify", [1.0], None), ("draw", [1.0] * 2, (0.0, 0.5)))
    assert [row.drawn for row in path.rows] == [False, True, True]
    assert [row.wealth for row in path.rows] == pytest.approx([1.0, 1.0 / 0.9, 1.0 / 0.81])
    assert not path.shown


def test_shown_once_the_wealth_reaches_the_reciprocal_of_its_level(bench, signed):
    needed = draws_needed(Masses(0.0, 0.5, 1e-4), ALLOWED, LEVEL, 1.0)
    assert (0.9**needed <= LEVEL) & (0.9 ** (needed - 1) > LEVEL)
    path = followed(bench, signed, ("draw", [1.0] * needed, (0.0, 0.5)))
    assert path.shown
    assert path.decided_at == needed - 1
    short = followed(bench, signed, ("draw", [1.0] * (needed - 1), (0.0, 0.5)))
    assert not short.shown


@pytest.mark.parametrize("value", [101.0, None])
def test_a_draw_that_is_not_within_takes_it_all(bench, signed, value):
    path = followed(bench, signed, ("draw", [1.0, value, 1.0], (0.0, 0.5)))
    assert path.lost
    assert not path.shown
    assert path.largest == pytest.approx(1.0 / 0.9)
    first = followed(bench, signed, ("draw", [value, 1.0], (0.0, 0.5)))
    assert (first.last, first.largest) == (0.0, 1.0), "the wealth before the first draw"


def test_nothing_is_drawn_where_little_is_left(bench, signed):
    path = followed(bench, signed, ("certify", [1.0], None), ("draw", [], (0.01, 0.05)))
    assert path.enough
    assert path.shown
    assert path.decided_at is None
    more = followed(bench, signed, ("certify", [1.0], None), ("draw", [], (0.01, 0.0501)))
    assert not more.shown


def test_draws_needed_has_no_answer_where_too_much_is_conceded():
    assert draws_needed(Masses(0.05, 0.5, 1e-4), ALLOWED, LEVEL, 1.0) == 0
    assert draws_needed(Masses(0.0, 0.04, 1e-4), ALLOWED, LEVEL, 1.0) == 0
    fewer = draws_needed(Masses(0.0, 0.5, 1e-4), ALLOWED, LEVEL, 4.0)
    assert 0 < fewer < draws_needed(Masses(0.0, 0.5, 1e-4), ALLOWED, LEVEL, 1.0)


def test_a_row_that_is_missing_is_open(bench, signed):
    path = climb([(step(places=2), [bench.row(1.0, 0)])], signed.parts[0], "q", LIMIT, LEVEL, ALLOWED)
    assert [row.state for row in path.rows] == ["within", "open"]
    assert path.lost


def test_the_payload_counts_draws_apart_from_placed_runs(bench, signed):
    path = followed(bench, signed, ("certify", [101.0], None), ("draw", [1.0, 101.0], (0.01, 0.5)))
    payload = dominance_payload(path, step(), 59)
    counts = (payload.placed, payload.drawn, payload.not_within, payload.beyond)
    assert counts == (1, 2, 1, 2)
    assert (payload.decided, payload.horizon) == (None, 59)
    assert payload.masses == RecordedMasses(conceded=0.01, reach=0.5)
    assert np.isclose(payload.wealth, path.largest)
