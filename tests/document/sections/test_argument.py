"""The rows at the head of a showing: units, limits, attempts, and what is not claimed."""

from __future__ import annotations

import dataclasses

import pytest

from assay.document.sections.argument import argument, governing, plans_of
from assay.document.sections.plans import CORNERS, DERIVED, FIXED, LEVELS, NOMINAL

CRITERION = "TRAY-004.a"


def rows(desk, criterion=CRITERION):
    found = argument(desk, desk.inputs.showings[criterion])
    return {what: "".join(span.text for span in spans) for what, spans in found}


def test_the_quantity_has_its_unit(desk):
    assert rows(desk)["Quantity"].startswith("deflection [mm]")


def test_a_limit_that_is_a_number_is_printed_once(desk_of, inputs, changed):
    assert rows(desk_of(inputs))["Limit"] == "at most 2.5 mm"
    desk = desk_of(changed(inputs, CRITERION, limit_texts=["strength / 2"]))
    assert rows(desk)["Limit"] == "at most strength / 2 = 2.500\u00a0mm"


@pytest.mark.parametrize(
    ("declared", "attempt", "on_file", "text"),
    [
        (2, 1, 1, "attempt 1 of 2 declared; on file 1"),
        (None, 3, 3, "attempt 3, no number declared: each further one has a smaller share of the error; on"),
        (1, 1, 0, "not on file yet: attempt 1 of 1 declared"),
    ],
)
def test_an_attempt_is_counted_among_those_declared(
    desk_of, inputs, changed, declared, attempt, on_file, text
):
    (freeze,) = inputs.freezes
    freeze = dataclasses.replace(freeze, payload={**freeze.payload, "plan": {"attempts": declared}})
    other = changed(inputs, CRITERION, attempt=attempt, attempts=on_file)
    showing = other.showings[CRITERION]
    showing = dataclasses.replace(showing, inputs={**showing.inputs, "freeze": freeze.id})
    other = dataclasses.replace(other, freezes=(freeze,), showings={**other.showings, CRITERION: showing})
    assert text in rows(desk_of(other))["Plan"]


@pytest.mark.parametrize(("minutes", "text"), [(30.71, "30.8\u00a0min"), (1195.2, "1196\u00a0min")])
def test_many_minutes_have_no_decimals(desk_of, inputs, changed, minutes, text):
    price = {"runs": 1, "minutes": minutes}
    desk = desk_of(changed(inputs, "TRAY-008.a", price=price))
    told = rows(desk, "TRAY-008.a")["What it would take"]
    assert told == f"Estimated price in solver runs: 1; in time on one core: {text}."


def test_what_is_not_claimed_stands_with_every_showing(desk):
    for criterion, record in desk.inputs.showings.items():
        told = rows(desk, criterion)["Not claimed"]
        for plan in plans_of(record.payload):
            assert all(short in told for short, _ in plan.not_claimed), criterion
        assert bool(plans_of(record.payload)) == (record.payload["method"] is not None)


def test_plans_by_method(desk):
    parts = [{"allowed": 0.05}]
    assert plans_of({"method": "fixed", "parts": parts}) == (FIXED,)
    assert plans_of({"method": "fixed", "parts": [{"allowed": None}]}) == (NOMINAL,)
    assert plans_of({"method": "structure", "parts": [{"allowed": None}]}) == (CORNERS,)
    assert plans_of({"method": "structure+fixed", "parts": parts}) == (CORNERS, FIXED)
    assert plans_of({"method": "structure+fixed", "parts": [{"allowed": None}]}) == (CORNERS, NOMINAL)
    assert plans_of({"method": None, "parts": []}) == ()


def test_levels_formulas_and_margins_of_what_is_not_shown_have_their_own_line(desk_of, inputs, changed):
    showing = inputs.showings[CRITERION]
    charge = {**showing.payload["charge"], "derived": {"bases": {"stress": 0.001}}}
    other = changed(inputs, CRITERION, charge=charge, verdict="NOT SHOWN", reason="runs-open")
    showing = other.showings[CRITERION]
    showing = dataclasses.replace(showing, inputs={**showing.inputs, "levels": showing.id})
    told = rows(desk_of(dataclasses.replace(other, showings={**other.showings, CRITERION: showing})))
    assert LEVELS in told["Not claimed"]
    assert DERIVED in told["Not claimed"]
    assert "that its margin shows anything while the claim is not shown" in told["Not claimed"]


def test_a_part_without_bounded_errors_governs():
    within = {"waterfall": [1], "margin": {"value": 0.4}, "verdict": "SHOWN", "bound": 0.04}
    open_ = {"waterfall": [], "margin": None, "verdict": "NOT SHOWN", "bound": 1.0}
    assert governing({"parts": [within, open_]}) == 1
    assert governing({"parts": [within, {**open_, "bound": None}]}) == 0
