"""Draws on coarser levels: their bounds and checks, and which table a deciding run is from."""

from __future__ import annotations

import dataclasses

import pytest

from assay.document.model import Heading, Table
from assay.document.sections.coarse_levels import NOT_CLAIMED, anchor_of, coarse_levels, stood_on
from assay.document.sections.showing_tables import waterfall
from assay.document.sections.verification import verification
from assay.evidence import canonical, digest

CRITERION = "TRAY-004.a"


@pytest.fixture
def coarse(inputs, evidence):
    """Return inputs in which the deciding draw of a criterion stands on a level of its own choice."""

    def make(level, *, void=False):
        showing = inputs.showings[CRITERION]
        deciding = showing.payload["parts"][0]["deciding"]
        tables, known = {}, {}
        for number, size in ((1, 5), (2, 8)):
            value = deciding["quantity"] if number == level else deciding["quantity"] + 0.01
            line = {
                "index": deciding["index"], "row": deciding["row"], "state": "ok", "reason": None,
                "factors": deciding["factors"], "quantities": {"deflection": value},
                "places": {}, "checks": {},
            }  # fmt: skip
            data = canonical(line) + b"\n"
            nominal = inputs.studies["tray"].nominal
            payload = {**nominal.payload, "level": {"mesh_size": size}}
            known[f"runs:{number}"] = evidence.record(
                "runs", f"tray/level-{number}", payload, blobs={"table": digest(data)}
            )
            tables[digest(data)] = data
        check = evidence.record(
            "level-check",
            "tray@nominal/block-0",
            {
                "study": "tray", "configuration": "nominal", "block": 0, "factor": 1.25,
                "levels": [
                    {
                        "level": 2, "knobs": {"mesh_size": 8}, "bounds": {"deflection": 0.0123},
                        "decided": 40, "checked": list(range(10)), "misses": [3] if void else [],
                        "worst": 0.5, "excluded": None if void else 0.25887, "void": void,
                    }
                ],
            },
        )  # fmt: skip
        roles = {**showing.inputs, "levels": check.id, **{role: r.id for role, r in known.items()}}
        showing = dataclasses.replace(showing, inputs=roles)
        changed = dataclasses.replace(
            inputs,
            showings={**inputs.showings, CRITERION: showing},
            closure=(*inputs.closure, check, *known.values()),
            tables={**inputs.tables, **tables},
        )
        return changed, known

    return make


def cells(table):
    return [["".join(span.text for span in cell) for cell in row] for row in table.rows]


def test_bounds_and_checks_are_told_and_what_they_do_not_claim(coarse, desk_of, said):
    desk = desk_of(coarse(2)[0])
    elements = list(coarse_levels(desk, "tray"))
    (table,) = [e for e in elements if isinstance(e, Table)]
    assert cells(table) == [
        ["2: mesh_size 8", "deflection [mm]", "0.01230", "40", "10", "0", "up to 25.89\u00a0%"]
    ]
    told = said(desk, verification(desk))
    assert all(told.count(line) == 1 for line in NOT_CLAIMED)
    assert "draws also on the coarser levels of Section" in told


def test_a_level_that_missed_is_void(coarse, desk_of):
    (table,) = [e for e in coarse_levels(desk_of(coarse(2, void=True)[0]), "tray") if isinstance(e, Table)]
    assert cells(table)[0][-2:] == ["1", "void"]


def test_the_section_can_be_referred_to(coarse, desk_of):
    desk = desk_of(coarse(2)[0])
    (heading,) = [e for e in coarse_levels(desk, "tray") if isinstance(e, Heading)]
    assert heading.anchor == anchor_of(desk.inputs, "tray") == "levels-1"


@pytest.mark.parametrize("level", [1, 2])
def test_the_run_that_decides_is_named_with_the_table_it_is_from(coarse, desk_of, level):
    inputs, known = coarse(level)
    desk, showing = desk_of(inputs), inputs.showings[CRITERION]
    table, below = stood_on(desk, showing, showing.payload["parts"][0]["deciding"])
    assert (table, below) == (known[f"runs:{level}"], level > 1)
    printed = next(iter(waterfall(desk, showing, 0)))
    assert desk.short(table).text in "".join(span.text for span in printed.caption)
    first, second = (row[2] for row in cells(printed)[:2])
    if level == 1:
        assert first == "what the solver says, on the finest level"
        assert second.startswith("charged to every run")
    else:
        assert first == "what the solver says, on the coarser level mesh_size 8"
        assert second.startswith("the bound of that level")


def test_what_a_void_level_left_was_run_on_the_finest(coarse, desk_of):
    inputs, known = coarse(1)
    showing = inputs.showings[CRITERION]
    renamed = {"runs:rest" if role == "runs:1" else role: name for role, name in showing.inputs.items()}
    moved = dataclasses.replace(showing, inputs=renamed)
    table, below = stood_on(desk_of(inputs), moved, showing.payload["parts"][0]["deciding"])
    assert (table, below) == (known["runs:1"], False)


def test_where_all_runs_are_on_the_finest_level_there_is_no_such_section(desk, said):
    assert not list(coarse_levels(desk, "tray"))
    showing = desk.inputs.showings[CRITERION]
    table, below = stood_on(desk, showing, showing.payload["parts"][0]["deciding"])
    assert not below
    assert table is None or table.id == showing.inputs["runs"]
    assert "coarser" not in said(desk, verification(desk))
