"""What is said of a plan that decides run by run: of its wealth, its steps, and what it does not claim."""

from __future__ import annotations

import dataclasses

import pytest

from assay.document.compose import dossier_record, figure_requests
from assay.document.model import Figure, Table
from assay.document.sections.betting import BETTING, betting, drawn_wealth, least_grown
from assay.document.sections.history import history
from assay.document.sections.plans import MOST_STEPS
from assay.document.sections.showing import governing, showings
from assay.evidence import canonical, digest

CRITERION = "TRAY-004.a"
NEEDED = 1.0 / 0.049


def path(count, growth, states=None):
    """Rows of a path whose wealths grow and fall; members that the document does not read are left out."""
    states = states or ["within"] * count
    return [
        {"index": i, "state": states[i], "wealth_shown": growth ** (i + 1), "wealth_refuted": 0.9 ** (i + 1)}
        for i in range(count)
    ]


@pytest.fixture
def betted(inputs, evidence):
    """Return inputs in which a criterion was decided run by run, in steps of `size` runs."""

    def make(decided="shown", *, size=4, count=8, growth=1.5, states=None, goal="shown"):
        record = inputs.showings[CRITERION]
        rows = path(count, growth, states)
        data = b"".join(canonical(row) + b"\n" for row in rows)
        steps, runs, known = [], [], {}
        for number in range(1, count // size + 1):
            first = (number - 1) * size
            before = rows[first - 1] if first else {"wealth_shown": 1.0, "wealth_refuted": 1.0}
            payload = {
                "number": number,
                "first": first,
                "places": [{"load": 1.0}] * size,
                "spent": 0.001 * 2.0**-number,
                "bet": {"goal": goal},
                "wealth_shown": before["wealth_shown"],
                "wealth_refuted": before["wealth_refuted"],
            }
            steps.append(evidence.record("step", f"{CRITERION}/step-{number}", payload))
            nominal = inputs.studies["tray"].nominal
            told = {**nominal.payload, "purpose": "sequential", "solves": size}
            runs.append(evidence.record("runs", f"tray/step-{number}", told, blobs=nominal.blobs))
            known |= {f"step:{number}": steps[-1].id, f"runs:{number}": runs[-1].id}
        at = next((i for i, row in enumerate(rows) if row["wealth_shown"] >= NEEDED), None)
        largest = {key: max(row[key] for row in rows) for key in ("wealth_shown", "wealth_refuted")}
        wealth = evidence.record(
            "wealth",
            f"{CRITERION}/attempt-1",
            {
                "steps": len(steps), "runs": count, "horizon": 59, "level": 0.049,
                "decided": decided, "decided_at": at if decided else None, **largest,
            },
            known,
            {"path": digest(data)},
        )  # fmt: skip
        verdict = {"shown": "SHOWN", "refuted": "REFUTED", None: "NOT SHOWN"}[decided]
        part = {
            **record.payload["parts"][0], "draws": count, "not_within": 1, "margin": None, "bound": None,
            "lower_bound": None, "attained": 0.046, "verdict": verdict,
            "wealth": {
                "shown": largest["wealth_shown"], "refuted": largest["wealth_refuted"],
                "needed": NEEDED, "needed_to_refute": NEEDED, "decided_at": at if decided else None,
            },
        }  # fmt: skip
        payload = {**record.payload, "parts": [part], "method": "sequential", "rung": "0b"}
        payload |= {"verdict": verdict, "margin": None}
        payload |= {"reason": "sequential-undecided", "closes_by": "wait"} if decided is None else {}
        showing = dataclasses.replace(record, payload=payload, inputs={**record.inputs, "wealth": wealth.id})
        study = dataclasses.replace(inputs.studies["tray"], sequential=tuple(runs))
        return dataclasses.replace(
            inputs,
            showings={**inputs.showings, CRITERION: showing},
            studies={**inputs.studies, "tray": study},
            closure=(*inputs.closure, wealth, *steps),
            tables={**inputs.tables, digest(data): data},
        )

    return make


def test_what_is_shown_is_said_with_the_wealth_that_shows_it(desk_of, betted, said):
    desk = desk_of(betted())
    text = said(desk, showings(desk))
    assert "Not within the limit: 1 of 8 runs." in text
    assert "bets that the claim holds reached 25.62; 20.41 shows it. The run that decided has" in text
    assert "has the index 7." in text
    assert "The bets are tested at level 0.0490; the rest of the error level 0.05 pays" in text
    assert "The error level attained is 0.0460." in text
    assert "8 runs of a plan for 59, steps: 2; error level 0.05; attempt 1; on file 1" in text
    assert "Run with the least room" in text
    assert "wealth sha256:" in text


def test_the_method_is_told_once(desk_of, betted, inputs, said):
    desk = desk_of(betted())
    text = said(desk, showings(desk))
    assert text.count(BETTING.how) == 1
    assert all(text.count(why) == 1 for _, why in BETTING.not_claimed)
    assert "Plans that decide run by run" in text
    assert "Not claimeda margin; a violating fraction; another limit" in text
    other = desk_of(inputs)
    assert BETTING.how not in said(other, showings(other))


def test_the_share_at_which_a_case_is_refuted_is_said(desk_of, betted, said):
    inputs = betted(None, growth=1.1)
    record = inputs.showings[CRITERION]
    (part, *others) = record.payload["parts"]
    wealth = {**part["wealth"], "needed_to_refute": 123.0}
    part = {**part, "refuting_error": 0.05 / 6, "wealth": wealth}
    told = dataclasses.replace(record, payload={**record.payload, "parts": [part, *others]})
    desk = desk_of(dataclasses.replace(inputs, showings={**inputs.showings, CRITERION: told}))
    text = said(desk, showings(desk))
    assert "each case is refuted at the error level 0.00834 only, its equal share of 0.05." in text
    assert "below the 123.0 that refutes it" in text
    assert drawn_wealth(desk, told, 0)["needed_to_refute"] == 123.0
    assert "equal share" not in said(desk_of(inputs), showings(desk_of(inputs)))


def test_no_bound_no_margin_and_no_chart_of_a_single_run(desk_of, betted, said):
    inputs = betted()
    number = list(inputs.showings).index(CRITERION) + 1
    desk = desk_of(inputs, [f"wealth-{number}", f"waterfall-{number}"])
    elements = list(showings(desk))
    anchors = [e.anchor for e in elements if isinstance(e, Figure)]
    assert f"wealth-{number}" in anchors
    assert f"waterfall-{number}" not in anchors
    text = said(desk, elements)
    start = text.index("reached 25.62")
    own = text[start : text.index("rests on", start)]
    assert "upper confidence limit" not in own
    assert "capacity over demand" not in own
    assert "it decides nothing by itself" in own


def test_steps_stand_with_their_wealth_before_and_after(desk_of, betted, said):
    desk = desk_of(betted())
    record = desk.inputs.showings[CRITERION]
    (table,) = [e for e in betting(desk, record, 0) if isinstance(e, Table)]
    cells = [["".join(span.text for span in cell) for cell in row] for row in table.rows]
    assert [row[:7] for row in cells] == [
        ["1", "0", "4", "holds", "0.00050", "1.00 to 5.06", "1.00 to 0.656"],
        ["2", "4", "4", "holds", "0.00025", "5.06 to 25.6", "0.656 to 0.430"],
    ]


def test_undecided_and_refuted_are_said(desk_of, betted, said):
    desk = desk_of(betted(None, growth=1.2))
    text = said(desk, showings(desk))
    assert "claim holds reached 4.299, below the 20.41 that shows it." in text
    assert "claim fails reached 0.9000, below the 20.41 that refutes it." in text
    start = text.index("reached 4.299")
    assert "error level attained" not in text[start : text.index("pays for the bounds", start) + 60]


def test_a_long_plan_is_cut_and_says_so(desk_of, betted, said):
    desk = desk_of(betted(size=1, count=MOST_STEPS + 1, growth=1.1))
    record = desk.inputs.showings[CRITERION]
    elements = list(betting(desk, record, 0))
    (table,) = [e for e in elements if isinstance(e, Table)]
    assert len(table.rows) == MOST_STEPS
    assert "every step stands among the attached records" in said(desk, elements)


def test_another_plan_has_no_such_section(desk, inputs):
    record = inputs.showings["TRAY-002.a"]
    assert list(betting(desk, record, 0)) == []
    assert drawn_wealth(desk, record, 0) is None


def test_the_part_that_governs_is_furthest_from_being_shown():
    def part(verdict, shown):
        return {"verdict": verdict, "wealth": {"shown": shown}, "waterfall": [], "margin": None}

    parts = [part("SHOWN", 25.0), part("SHOWN", 21.0), part("SHOWN", 30.0)]
    assert least_grown(parts) == governing({"parts": parts}) == 1
    assert least_grown([*parts, part("NOT SHOWN", 40.0)]) == 3
    assert least_grown([*parts, part("NOT SHOWN", 4.0), part("REFUTED", 9.0)]) == 4


def test_the_chart_has_every_run_and_prints_what_the_document_prints(betted, evidence, desk_of):
    states = ["within"] * 7 + ["open"]
    inputs = betted(states=states)
    requests = {r.name: r for r in figure_requests(inputs, dossier_record(inputs, tool=evidence.TOOL))}
    number = list(inputs.showings).index(CRITERION) + 1
    data = requests[f"wealth-{number}"].data
    assert data["states"] == states
    assert data["shown"] == [1.5 ** (i + 1) for i in range(8)]
    assert (data["needed_text"], data["decided_at"]) == ("20.41", 7)
    assert f"waterfall-{number}" not in requests


def test_its_runs_count_and_stand_with_the_showing(betted, inputs, desk_of, said):
    desk = desk_of(betted())
    text = said(desk, history(desk))
    assert "but those of plans that decide run by run: they stand with their showings" in text
    assert "sequential" not in text
    assert "In all 178 solver runs." in text
    other = desk_of(inputs)
    assert "stand with their showings" not in said(other, history(other))
