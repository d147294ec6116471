"""What is said of a model's own statement: whose word it is, how it fared, who accepts it, what it is not."""

from __future__ import annotations

import dataclasses

import pytest

from assay.document.model import Table
from assay.document.sections.ai_model import BY_ITSELF, ai_model
from assay.document.sections.model_based import STATED, by_model, outcome_by_model
from assay.document.sections.showing import showings

CRITERION = "TRAY-004.a"
GIVEN = "the error of the model of q is as it states, accepted by owner (11 checks, 0 violations)"


def plain(text):
    """With ordinary spaces before units."""
    return text.replace("\u202f", " ").replace("\u00a0", " ")


@pytest.fixture
def stated(inputs, evidence):
    """Return inputs in which a criterion rests on what its model states."""

    def make(*, violations=0, accepted=True, bound=0.0123, conformal=0.4):
        record = inputs.showings[CRITERION]
        said = evidence.record(
            "model-statement",
            f"{CRITERION}@nominal/attempt-1",
            {"wide": 900, "silent": 80, "outside": 7, "two_sd": 0.3, "conformal": conformal, "rows": 36},
        )
        run = inputs.studies["tray"].nominal.id
        worst = {"record": run, "index": 7, "row": "", "quantity": 9.5, "predicted": 8.0, "bound": 0.4}
        check = evidence.record(
            "model-check",
            f"{CRITERION}@nominal/attempt-1",
            {"runs": 12, "places": 11, "violating": violations, "violations": [worst] if violations else []},
            {"statement": said.id},
        )
        shown = accepted and not violations and bound <= 0.05
        verdict = "SHOWN GIVEN" if shown else "NOT SHOWN"
        part = {
            **record.payload["parts"][0], "draws": 0, "not_within": 0, "beyond": 0, "margin": None,
            "allowed": 0.05, "error": 0.05, "lower_bound": None, "verdict": verdict, "deciding": None,
            "waterfall": [], "bound": None if violations else bound, "attained": None,
            "stated": {
                "role": "owner", "draws": 100_000, "not_within": 987, "checks": 11, "required": 8,
                "violations": violations, "accepted": accepted, "width": conformal,
            },
        }  # fmt: skip
        payload = {**record.payload, "parts": [part], "method": "model", "rung": "3", "margin": None}
        payload |= {"verdict": verdict, "given": [GIVEN] if shown else []}
        payload |= {"credit": "residual" if shown else "none"}
        payload |= {} if shown else {"reason": "model-not-accepted", "closes_by": "accept it"}
        own = {"statement": said.id, "model_check": check.id}
        showing = dataclasses.replace(record, payload=payload, inputs={**record.inputs, **own})
        return dataclasses.replace(
            inputs,
            showings={**inputs.showings, CRITERION: showing},
            closure=(*inputs.closure, said, check),
        )

    return make


def sentences(desk_of, own):
    desk = desk_of(own)
    return [span.text for span in outcome_by_model(desk, own.showings[CRITERION], 0)]


def test_it_is_said_to_be_the_word_of_the_model(desk_of, stated):
    told = [plain(text) for text in sentences(desk_of, stated())]
    assert told[0] == (
        "By the word of the AI model alone, 987 of 100 000 draws of the law count as not within the limit."
    )
    assert told[1].startswith("The harm of each draw was widened by 0.4000")
    assert told[2] == (
        "11 runs that the AI model had not seen were held against that width; at least 8 are needed."
    )
    assert told[3] == "0 of these runs lie outside it."
    assert told[4] == (
        "As the AI model states it, the violating fraction is at most 1.23 %; 5.00 % is allowed."
    )
    assert told[5] == "The statement of the AI model is accepted by the role owner."


def test_what_speaks_against_it_is_said(desk_of, stated):
    told = [plain(text) for text in sentences(desk_of, stated(accepted=False))]
    assert told[-1] == "The statement of the AI model waits for the role owner to accept it."
    told = [plain(text) for text in sentences(desk_of, stated(bound=0.0712))]
    assert "may be up to 7.12 %, above the allowed 5.00 %" in told[4]
    told = [plain(text) for text in sentences(desk_of, stated(violations=2))]
    assert "2 of these runs lie outside it." in told
    assert not any("violating fraction" in text for text in told)


def test_runs_outside_are_a_table(desk_of, stated):
    own = stated(violations=2)
    tables = [e for e in by_model(desk_of(own), own.showings[CRITERION], 0) if isinstance(e, Table)]
    cells = [plain("".join(span.text for span in cell)) for row in tables[-1].rows for cell in row]
    assert cells[1] == "7"
    assert float(cells[2]) == 9.5


def test_without_a_conformal_interval_none_is_told(desk_of, stated, said):
    own = stated(conformal=None, bound=1.0)
    desk = desk_of(own)
    told = said(desk, by_model(desk, own.showings[CRITERION], 0))
    assert "Conformal interval" not in told
    assert "Deviation, with its factor" in told


def test_the_whole_showing(desk_of, stated, said):
    desk = desk_of(stated())
    told = plain(said(desk, showings(desk)))
    assert STATED.how in told
    assert all(text in told for short, full in STATED.not_claimed for text in (short, full))
    assert f"Given: {GIVEN}." in told
    assert "no solver run decides; rung 3: rests on the model; credit of the AI model: residual" in told
    assert "no draw is run; error level 0.05" in told
    assert "With 95 % confidence" not in told


def test_another_plan_says_nothing_of_it(desk_of, inputs, said):
    desk = desk_of(inputs)
    assert outcome_by_model(desk, inputs.showings[CRITERION], 0) == []
    assert list(by_model(desk, inputs.showings[CRITERION], 0)) == []
    assert STATED.how not in said(desk, showings(desk))


def test_the_section_on_the_model_says_that_it_decides_there(desk_of, stated, inputs, said):
    for own, told in ((stated(), True), (inputs, False)):
        desk = desk_of(own)
        assert (BY_ITSELF in said(desk, ai_model(desk))) == told
