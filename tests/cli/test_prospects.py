"""What each plan would take, as the terminal tells it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from assay.cli.prospects import chance, minutes, price_told, prospect_table, savings
from assay.showing.choice_records import Saving


def test_what_speaks_for_a_plan_is_rounded_down_and_what_it_costs_up():
    assert chance(0.99999) == "99 %"
    assert chance(1.0) == "100 %"
    assert minutes(0.01) == "0.1"
    assert minutes(59.2) == "60"


def test_a_declaration_that_serves_several_criteria_is_said_once_the_largest_saving_first():
    def one(name, runs, needs="[structure] it"):
        saves = Saving(plan="structure", needs=needs, runs=runs)
        return SimpleNamespace(weighed=SimpleNamespace(criterion=name, saves=saves))

    nothing = SimpleNamespace(weighed=SimpleNamespace(criterion="D", saves=None))
    told = savings([one("A", 12), nothing, one("B", 30), one("C", 20, "[residual.q] x")])
    assert told == [
        "declaring [structure] it: about 30 runs less for A, B",
        "declaring [residual.q] x: about 20 runs less for C",
    ]


def test_the_table_fits_a_terminal(tiny_done):
    said = tiny_done.within("plan").out
    assert "what each plan would take, as the model sees it: configuration" in said
    assert "fixed, in force" in said
    assert max(map(len, said.splitlines())) <= 80


@pytest.mark.parametrize(
    ("expected", "ninetieth", "made", "told"),
    [
        (59.0, 59, 0, "59 runs, 59 min on one core; SHOWN with 95 %"),
        (57.2, 80, 0, "about 58 runs, 58 min on one core; at most 80 runs in 9 of 10 cases; SHOWN with 95 %"),
        (57.2, 80, 57, "about 1 run, 1.0 min on one core; at most 23 runs in 9 of 10 cases; SHOWN with 95 %"),
        (57.2, 80, 80, "no run more; SHOWN with 95 %"),
        (0.0, 0, 0, "no run; SHOWN with 95 %"),
    ],
)
def test_the_price_of_going_on_is_of_the_runs_still_to_be_made(expected, ninetieth, made, told):
    option = SimpleNamespace(expected=expected, ninetieth=ninetieth, minutes=expected, assurance=0.95)
    assert price_told(option, made) == told


@pytest.mark.parametrize("empty", [()])
def test_a_configuration_without_fractions_has_an_empty_table(empty):
    assert prospect_table("nominal", empty).row_count == 0
