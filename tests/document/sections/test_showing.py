from __future__ import annotations

import dataclasses

import pytest

from assay.document.model import Figure, Heading
from assay.document.sections.showing import governing, showings


@pytest.fixture(scope="module")
def text(desk, said):
    return said(desk, showings(desk))


def section(text, criterion):
    """Return the lines from a criterion's heading to the next one."""
    start = text.index(f"{criterion}: ")
    end = text.find("TRAY-", text.find("What TRAY", start) + 10)
    return text[start : text.find("\n1.", start) if text.find("\n1.", start) > 0 else end]


def test_a_section_for_each_showing(desk):
    anchors = [e.anchor for e in showings(desk) if isinstance(e, Heading) and e.level == 2]
    assert anchors[:3] == ["fixed-plan", "corners", "nominal-plan"]
    assert anchors[3:] == [f"showing-{n + 1}" for n in range(len(desk.inputs.showings))]


def test_a_shown_claim_with_count_bound_and_margin(text):
    told = section(text, "TRAY-004.a")
    assert "SHOWN deflection is at most 2.5 mm for at least 95 %" in told
    assert "Not within the limit: 0 of 59 draws." in told
    assert "is 4.95\u00a0%; 5.00\u00a0% is allowed" in told
    assert "The charged demand is 2.019\u00a0mm and the capacity is 2.500\u00a0mm." in told
    assert "59 draws at error level 0.05; attempt 1; on file 1" in told


def test_a_given_stands_beside_its_verdict(text):
    assert "Given: fillet_stress convex in nx, nz; equipment_mass (48 checks, 0 violations)." in section(
        text, "TRAY-003.a"
    )


def test_what_is_not_shown_says_why_and_what_would_show_it(text):
    told = section(text, "TRAY-008.a")
    assert "Reason: the plan that it needs does not fit the budget." in told
    assert "What would show it: raise [budget] max_runs by 299" in told
    assert (
        "What it would takeEstimated price in solver runs: 299; in time on one core: 30.7\u00a0min." in told
    )
    assert "Not claimedanything: no plan was carried out" in told
    assert "none was carried out" in told


def test_a_refuted_claim_states_the_lower_limit(text):
    told = section(text, "TRAY-010.a")
    assert "The lower confidence limit of the violating fraction is 41.00\u00a0%, above the allowed" in told
    assert "exceeds the capacity" in told
    assert "Guided runs beyond the limit" in told


def test_nominal_claims_have_no_bound_and_name_their_method(text):
    told = section(text, "TRAY-007.a")
    assert "violating fraction" not in told
    assert "at their nominal values; rung 0a" in told
    assert "The case that governs is forward." in told


def test_both_limits_of_between_are_printed(text):
    assert "Limitbetween 0.1 mm and 2.5 mmMethod" in section(text, "TRAY-009.a")


def test_governing_is_the_smallest_margin():
    parts = [
        {"waterfall": [1], "margin": {"value": 0.4}},
        {"waterfall": [1], "margin": {"value": -0.1}},
        {"waterfall": [], "margin": None},
    ]
    assert governing({"parts": parts}) == 1
    assert governing({"parts": [{"waterfall": [1], "margin": None}]}) == 0
    assert governing({"parts": []}) is None


def test_a_bound_above_the_allowed_fraction_is_said(desk_of, inputs, changed, said):
    part = dict(inputs.showings["TRAY-004.a"].payload["parts"][0])
    part |= {"verdict": "NOT SHOWN", "reason": "runs-not-within", "not_within": 2, "bound": 0.1024}
    other = changed(inputs, "TRAY-004.a", parts=[part], verdict="NOT SHOWN", reason="runs-not-within")
    desk = desk_of(other)
    assert "is 10.24\u00a0%, above the allowed 5.00\u00a0%" in said(desk, showings(desk))


def test_charges_that_are_not_assessed_are_said(desk_of, inputs, changed, said):
    desk = desk_of(changed(inputs, "TRAY-011.a", charge=None))
    assert "Charged to every runnot assessed" in said(desk, showings(desk))


def test_pictures_stand_where_they_were_drawn(desk, desk_of, inputs):
    assert [e.anchor for e in showings(desk) if isinstance(e, Figure)] == ["waterfall-1", "field-1"]
    assert not any(isinstance(e, Figure) for e in showings(desk_of(inputs)))


def test_without_showings_there_is_no_section(desk_of, inputs):
    assert not list(showings(desk_of(dataclasses.replace(inputs, showings={}))))


def test_without_bounded_errors_the_count_and_the_bound_are_still_said(desk_of, inputs, changed, said):
    part = {
        **inputs.showings["TRAY-004.a"].payload["parts"][0],
        "verdict": "NOT SHOWN",
        "reason": "runs-open",
    }
    part |= {"not_within": 59, "bound": 1.0, "waterfall": [], "deciding": None, "margin": None}
    other = changed(inputs, "TRAY-004.a", parts=[part], verdict="NOT SHOWN", reason="runs-open", margin=None)
    desk = desk_of(other)
    told = section(said(desk, showings(desk)), "TRAY-004.a")
    assert "Not within the limit: 59 of 59 draws." in told
    assert "is 100.00\u00a0%, above the allowed 5.00\u00a0%" in told
    assert "From the run that decides" not in told


def test_corners_are_counted(desk_of, inputs, changed, said):
    part = dict(inputs.showings["TRAY-004.a"].payload["parts"][0])
    part |= {"allowed": None, "bound": None, "rows": ["everywhere#0", "everywhere#1", "everywhere#2"]}
    desk = desk_of(changed(inputs, "TRAY-004.a", parts=[part], method="structure", rung="2"))
    told = section(said(desk, showings(desk)), "TRAY-004.a")
    assert "Corners that the solver ran: 3. The charged demand is" in told


@pytest.mark.parametrize(("unit", "shown"), [("1/mm", "mm⁻¹"), ("MPa*m**0.5", "MPa·√m"), ("g0", "g0")])
def test_the_gate_lets_a_unit_with_a_numeral_through(desk_of, inputs, changed, said, unit, shown):
    desk = desk_of(changed(inputs, "TRAY-004.a", unit=unit))
    told = section(said(desk, showings(desk)), "TRAY-004.a")
    assert f"deflection [{shown}]" in told
    assert f"Value [{shown}]" in told
    assert f"the capacity is 2.500\u00a0{shown}." in told
