"""What a plan does not claim stands once in full and in short with every showing."""

from __future__ import annotations

import pytest

from assay.document import numerals
from assay.document.model import Heading, ItemList, Table
from assay.document.sections.betting import BETTING
from assay.document.sections.bounded import BOUNDED
from assay.document.sections.plans import (
    CORNERS,
    FIXED,
    NOMINAL,
    contradictions,
    not_claimed,
    told_once,
)
from assay.document.sections.signs import SIGNS
from assay.document.sections.writing import counted, words

PLANS = (FIXED, NOMINAL, CORNERS, BETTING, BOUNDED, SIGNS)


@pytest.mark.parametrize("plan", PLANS, ids=[plan.anchor for plan in PLANS])
def test_every_plan_says_what_it_does_not_claim(plan):
    heading, *_, listed = told_once(plan)
    assert isinstance(heading, Heading)
    assert heading.anchor == plan.anchor
    assert isinstance(listed, ItemList)
    assert len(listed.items) == len(plan.not_claimed) >= 2
    assert not numerals(" ".join([plan.title, plan.how, *(a + b for a, b in plan.not_claimed)]))
    assert all(not short.endswith(".") and full.endswith(".") for short, full in plan.not_claimed)


def test_in_short_each_plan_is_followed_by_the_section_that_explains_it():
    spans = not_claimed([CORNERS, FIXED], [(words("more"),)])
    text = "".join(span.text for span in spans)
    assert text.startswith("anything without the declaration; ")
    assert text.endswith("credit for the AI model (Section); more")
    assert [span.link for span in spans if span.link] == ["corners", "fixed-plan"]
    assert "".join(span.text for span in not_claimed([], [(words("more"),)])) == "more"


@pytest.mark.parametrize(("count", "text"), [(1, "1 run"), (0, "0 runs"), (7, "7 runs")])
def test_a_count_has_its_word_in_the_right_number(desk_of, inputs, changed, count, text):
    desk = desk_of(changed(inputs, "TRAY-004.a", attempts=count))
    spans = counted(desk.at(desk.inputs.showings["TRAY-004.a"], "/attempts"), "run")
    assert "".join(span.text for span in spans) == text


@pytest.mark.parametrize(
    ("quantity", "predicted", "shown"),
    [(9.5, 8.0, ["9.500", "8.000"]), (198.9124, 198.9041, ["198.9124", "198.9041"])],
)
def test_runs_far_from_the_model_are_printed_so_that_one_sees_it(
    desk_of, inputs, changed, quantity, predicted, shown
):
    run = inputs.studies["tray"].nominal.id
    worst = {
        "record": run,
        "index": 7,
        "row": "",
        "quantity": quantity,
        "predicted": predicted,
        "bound": 1e-9,
    }
    desk = desk_of(changed(inputs, "TRAY-004.a", violations=[worst]))
    (table,) = contradictions(desk, desk.inputs.showings["TRAY-004.a"], "mm", (words("caption"),))
    assert isinstance(table, Table)
    assert ["".join(span.text for span in cell) for cell in table.rows[0]][2:4] == shown
    assert ["".join(span.text for span in cell) for cell in table.header][2:] == [
        "Solver [mm]", "Model [mm]", "Bound [mm]",
    ]  # fmt: skip
