"""What is said of a plan that rests on declared signs: its runs, its masses, what it does not claim."""

from __future__ import annotations

import dataclasses

import pytest

from assay.document.model import Table
from assay.document.sections.plans import MOST_STEPS
from assay.document.sections.showing import showings
from assay.document.sections.signs import METHOD, SIGNS, on_signs, outcome_on_signs

CRITERION = "TRAY-004.a"
NEEDED = 1.0 / 0.049


@pytest.fixture
def signed(inputs, evidence):
    """Return inputs in which declared signs carry a criterion, by placed runs and draws."""

    def make(*, enough=False, drawn=6, wealth=25.0, steps=2, verdict="SHOWN GIVEN"):
        record = inputs.showings[CRITERION]
        made, known = [], {}
        for number in range(1, steps + 1):
            last = number == steps
            payload = {
                "number": number,
                "first": number - 1,
                "kind": "draw" if last else "certify",
                "places": [{"load": 1.0}] * (drawn if last else 1),
                "masses": {"conceded": 0.004, "reach": 0.0091} if last else None,
                "wealth": 1.0,
            }
            made.append(evidence.record("dominance-step", f"{CRITERION}/step-{number}", payload))
            known[f"step:{number}"] = made[-1].id
        shown = verdict == "SHOWN GIVEN"
        path = evidence.record(
            "dominance",
            f"{CRITERION}/attempt-1",
            {"level": 0.049, "horizon": 299, "steps": steps, "decided": "shown" if shown else None},
            inputs=known,
        )
        told = {
            "placed": steps - 1,
            "drawn": drawn,
            "conceded": 0.004,
            "reach": 0.0091,
            "enough": enough,
            "wealth": wealth,
            "needed": NEEDED,
            "decided_at": steps - 2 + drawn if wealth >= NEEDED else None,
        }
        nothing = {"bound": None, "lower_bound": None, "margin": None, "attained": 0.041}
        part = {
            **record.payload["parts"][0],
            **nothing,
            "allowed": 0.01,
            "error": 0.05,
            "draws": steps - 1 + drawn,
            "verdict": verdict,
            "reason": "shown-given" if shown else "structure-undecided",
            "dominance": told,
        }
        payload = {**record.payload, "parts": [part], "method": "structure", "rung": "2", "margin": None}
        payload |= {"verdict": verdict, "given": ["deflection increasing in load (16 checks, 0 violations)"]}
        payload |= {} if shown else {"reason": "structure-undecided", "closes_by": "wait", "given": []}
        showing = dataclasses.replace(record, payload=payload, inputs={**record.inputs, "dominance": path.id})
        more = {r.id: r for r in (*made, path)}
        return with_records(inputs, showing, more), showing

    return make


def with_records(inputs, showing, more):
    """Return inputs with another showing, and records that only it names."""
    changed = dataclasses.replace(inputs, showings={**inputs.showings, CRITERION: showing})
    own = {**changed.own, **{f"path:{number}": record for number, record in enumerate(more.values())}}
    return dataclasses.replace(changed, own=own)


def spoken(desk, showing):
    return " ".join(span.text for span in outcome_on_signs(desk, showing, 0))


def test_draws_that_show_it(desk_of, signed):
    inputs, showing = signed()
    text = spoken(desk_of(inputs, []), showing)
    assert "Runs placed where one within the limit proves much: 1." in text
    assert "Runs drawn at random where the law was undecided: 6." in text
    assert "At most 0.910\u00a0% of the law is undecided or conceded." in text
    assert "reached 25.00; 20.41 shows the claim" in text
    assert "tested at level 0.0490" in text


def test_nothing_to_draw(desk_of, signed):
    inputs, showing = signed(enough=True, drawn=0, wealth=1.0)
    text = spoken(desk_of(inputs, []), showing)
    assert "undecided or conceded; 1.00\u00a0% may violate" in text
    assert "wealth" not in text


def test_short_of_it(desk_of, signed):
    inputs, showing = signed(wealth=3.0, verdict="NOT SHOWN")
    text = spoken(desk_of(inputs, []), showing)
    assert "reached 3.000, below the 20.41" in text
    assert "attained" not in text


def test_steps_say_what_their_runs_were(desk_of, signed, said):
    inputs, showing = signed(steps=3)
    desk = desk_of(inputs, [])
    elements = list(on_signs(desk, showing, 0))
    (table,) = [element for element in elements if isinstance(element, Table)]
    assert len(table.rows) == 3
    text = said(desk, elements)
    assert "placed" in text
    assert "drawn" in text


def test_a_long_plan_is_cut(desk_of, signed):
    inputs, showing = signed(steps=MOST_STEPS + 5)
    elements = list(on_signs(desk_of(inputs, []), showing, 0))
    (table,) = [element for element in elements if isinstance(element, Table)]
    assert len(table.rows) == MOST_STEPS


def test_the_section_says_it_all_once(desk_of, signed, said):
    inputs, _ = signed()
    desk = desk_of(inputs, [])
    text = said(desk, showings(desk))
    assert text.count(SIGNS.how) == 1
    assert all(text.count(why) == 1 for _, why in SIGNS.not_claimed)
    assert "Not claimedanything without the declared signs; a margin; a refutation" in text
    assert METHOD in text
    assert "Run with the least room" in text


def test_other_plans_say_nothing_of_it(desk, inputs):
    record = inputs.showings[CRITERION]
    assert outcome_on_signs(desk, record, 0) == []
    assert list(on_signs(desk, record, 0)) == []
