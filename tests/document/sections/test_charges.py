from __future__ import annotations

import pytest

from assay.document.sections.charges import charges_of


def printed(desk, criterion, part=0):
    record = desk.inputs.showings[criterion]
    return {
        step["label"]: (step["value"], fact)
        for step, fact in charges_of(record.payload, part).printed(desk, record)
    }


def number(fact):
    return float(fact.text.replace("\u2212", "-"))


def test_demand_is_rounded_up_and_capacity_down(desk):
    steps = printed(desk, "TRAY-002.a")
    for name, (value, fact) in steps.items():
        assert number(fact) <= value if name == "limit" else number(fact) >= value
        assert abs(number(fact) - value) <= 0.1


def test_for_a_limit_from_below_the_run_is_rounded_down(desk):
    steps = printed(desk, "TRAY-006.a")
    for name in ("deciding run", "numerical error", "model form", "capacity"):
        assert number(steps[name][1]) <= steps[name][0]
    assert number(steps["demand"][1]) >= steps["demand"][0]


def test_all_steps_have_one_number_of_decimals(desk):
    steps = printed(desk, "TRAY-004.a")
    assert {len(fact.text.partition(".")[2]) for _, fact in steps.values()} == {3}


def test_demand_and_capacity_by_side(desk):
    upper = charges_of(desk.inputs.showings["TRAY-002.a"].payload, 0)
    lower = charges_of(desk.inputs.showings["TRAY-006.a"].payload, 0)
    assert upper.upper
    assert not lower.upper
    assert lower.demand == 55.0
    demand, capacity = lower.facts(desk, desk.inputs.showings["TRAY-006.a"])
    assert demand.text.endswith("\u00a0Hz")
    assert number(capacity.model_copy(update={"text": capacity.text.split("\u00a0")[0]})) <= lower.capacity


@pytest.mark.parametrize(
    ("demand", "capacity"), [(2.49999, 2.5), (2.5, 2.49999), (2.5, 2.5), (1e-5, 2e-5), (2.4999999999, 2.5)]
)
def test_demand_and_capacity_are_printed_as_they_stand_to_each_other(
    desk_of, inputs, changed, demand, capacity
):
    (part, *_) = inputs.showings["TRAY-004.a"].payload["parts"]
    steps = [{**step, "value": {"total": demand, "capacity": capacity}.get(step["kind"], 0.1 * demand)}
             for step in part["waterfall"]]  # fmt: skip
    desk = desk_of(changed(inputs, "TRAY-004.a", parts=[{**part, "waterfall": steps}]))
    told = {step["kind"]: number(fact) for step, fact in (
        (step, fact) for step, fact in charges_of(
            desk.inputs.showings["TRAY-004.a"].payload, 0
        ).printed(desk, desk.inputs.showings["TRAY-004.a"])
    )}  # fmt: skip
    assert (told["total"] > told["capacity"]) == (demand > capacity)
    assert (told["total"] == told["capacity"]) == (demand == capacity)
    assert told["total"] >= demand
    assert told["capacity"] <= capacity
