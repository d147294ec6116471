"""What is said of a plan under a declared bound: the bound, its checks, the runs against it."""

from __future__ import annotations

import dataclasses

import pytest

from assay.document.model import Table
from assay.document.sections.bounded import BOUNDED, outcome_under_bound, under_bound
from assay.document.sections.showing import showings

CRITERION = "TRAY-004.a"
GIVEN = "|q - model| <= 10 % of the model's value (40 checks, 0 violations): a chart"


def plain(text):
    """With ordinary spaces before units."""
    return text.replace("\u202f", " ").replace("\u00a0", " ")


@pytest.fixture
def banded(inputs, evidence):
    """Return inputs in which a criterion was decided under a declared bound."""

    def make(*, whole=False, violations=0):
        record = inputs.showings[CRITERION]
        band = evidence.record(
            "band",
            f"{CRITERION}@nominal",
            {"cheap": 1_000_000, "safe": 915_000, "undecided": 80_000, "conceded": 5_000},
        )
        run = inputs.studies["tray"].nominal.id
        worst = {"record": run, "index": 7, "row": "", "quantity": 9.5, "predicted": 8.0, "bound": 0.8}
        result = evidence.record(
            "residual",
            f"{CRITERION}@nominal/attempt-1",
            {
                "declared": {"absolute": 0.02, "relative": 0.1, "reason": "a chart"},
                "checks": 40, "violating": violations, "violations": [worst] if violations else [],
            },
            {"band": band.id},
        )  # fmt: skip
        verdict = "NOT SHOWN" if violations else "SHOWN GIVEN"
        part = {
            **record.payload["parts"][0], "draws": 8, "not_within": 0, "margin": None, "allowed": 0.05,
            "error": 0.05, "lower_bound": None, "verdict": verdict,
            "bound": None if violations else 0.03, "attained": None if violations else 0.0321,
            "residual": {
                "absolute": 0.02, "relative": 0.1, "mass_conceded": 0.0052, "spent": 0.001,
                "mass_reach": 0.03 if whole else 0.0853, "whole": whole, "checks": 40,
                "violations": violations,
            },
        }  # fmt: skip
        payload = {**record.payload, "parts": [part], "method": "residual", "rung": "1", "margin": None}
        payload |= {"verdict": verdict, "given": [] if violations else [GIVEN]}
        payload |= {"reason": "residual-falsified", "closes_by": "withdraw it"} if violations else {}
        showing = dataclasses.replace(
            record, payload=payload, inputs={**record.inputs, "residual": result.id}
        )
        return dataclasses.replace(
            inputs,
            showings={**inputs.showings, CRITERION: showing},
            closure=(*inputs.closure, band, result),
        )

    return make


def test_what_is_shown_is_said_with_its_masses_and_checks(desk_of, banded, said):
    desk = desk_of(banded())
    text = plain(said(desk, showings(desk)))
    assert "Not within the limit: 0 of 8 draws of what the declared bound leaves undecided." in text
    assert "Runs held against the declared bound: 40; runs that contradict it: 0." in text
    assert "At most 8.530 % of the law is undecided or conceded." in text
    assert "At most 0.520 % of the law is conceded." in text
    assert "The upper confidence limit of the violating fraction is 3.00 %; 5.00 % is allowed." in text
    assert "Of the error level 0.05 the bounds of these masses take 0.00100." in text
    assert "The error level attained is 0.0321." in text
    assert GIVEN in text
    assert "Run with the least room" in text


def test_where_nothing_is_drawn_the_draws_are_checks(desk_of, banded, said):
    desk = desk_of(banded(whole=True))
    text = plain(said(desk, showings(desk)))
    assert "Not within the limit: 0 of 8 draws of the law that were run to check the declared bound." in text
    assert "At most 3.000 % of the law is undecided or conceded; 5.00 % may violate." in text


def test_the_method_is_told_once(desk_of, banded, inputs, said):
    desk = desk_of(banded())
    text = plain(said(desk, showings(desk)))
    assert text.count(BOUNDED.how) == 1
    assert all(text.count(why) == 1 for _, why in BOUNDED.not_claimed)
    assert "Not claimedanything without the declared bound; a margin; a refutation" in text
    other = desk_of(inputs)
    assert BOUNDED.how not in said(other, showings(other))


def test_bound_reason_and_sorted_draws_stand_with_it(desk_of, banded, said):
    desk = desk_of(banded())
    text = said(desk, list(under_bound(desk, desk.inputs.showings[CRITERION], 0)))
    assert "Declared bound0.02\u00a0mm plus 10\u00a0% of the model's value" in text
    assert "a chart" in text
    for number in ("1000000", "915000", "80000", "5000"):
        assert number in text.replace("\u202f", "").replace(",", "")


def test_runs_that_contradict_it_are_listed(desk_of, banded, said):
    desk = desk_of(banded(violations=1))
    record = desk.inputs.showings[CRITERION]
    elements = list(under_bound(desk, record, 0))
    tables = [e for e in elements if isinstance(e, Table)]
    cells = ["".join(span.text for span in cell) for cell in tables[-1].rows[-1]]
    assert cells[1] == "7"
    assert cells[2].startswith("9.5")
    assert "given" not in said(desk, elements)
    text = plain(said(desk, showings(desk)))
    start = text.index("Runs held against the declared bound: 40")
    own = text[start : text.index("bounds of these masses", start)]
    assert "; runs that contradict it: 1." in own
    assert "upper confidence limit" not in own


def test_another_plan_has_no_such_section(desk, inputs):
    record = inputs.showings["TRAY-002.a"]
    assert list(under_bound(desk, record, 0)) == []
    assert outcome_under_bound(desk, record, 0) == []
