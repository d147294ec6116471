from __future__ import annotations

from typing import Any

import pytest

from assay.programme._cases import forbidden, split_tags

CASES = "data/cases.csv"


def test_cases(tiny: Any) -> None:
    rows = tiny.load().cases[CASES]
    assert [(c.name, c.level, c.factors, c.tags) for c in rows] == [
        ("stowed", "extreme", {"load": 150.0}, ()),
        ("service", "service", {"load": 300.0}, ("RULE 7",)),
        ("gust", "extreme", {"load": 500.0}, ()),
    ]
    assert rows[2].source.line == 4


def test_values_are_converted(tiny: Any) -> None:
    tiny.write(CASES, "case,level,load [kN],factors\na,extreme,0.25,\n")
    assert tiny.load().cases[CASES][0].factors == {"load": 250.0}


@pytest.mark.parametrize(
    ("old", "new", "line", "found", "instead"),
    [
        ("load [N]", "laod [N]", 1, "study beam has no factor 'laod'", "'load'"),
        ("load [N]", "load", 1, "the column 'load' has no unit", "load [N]"),
        ("load [N]", "load [mm]", 1, "load is in mm, in the study in N", "load [N]"),
        ("load [N]", "load [xyz]", 1, "unknown unit 'xyz'", "MPa"),
        ("500", "NaN", 4, "'NaN' is not a finite number", "decimal point"),
        ("500", "", 4, "an empty cell", "decimal point"),
        ("500", "700", 4, "load = 700 is outside its range [150, 600] N", "inside"),
        ("gust", "stowed", 4, "'stowed' stands twice", "own name"),
        ("gust", "", 4, "the case ''", "name"),
        ("gust,extreme", "gust,extrem", 4, "unknown level 'extrem'", "'extreme'"),
        ("300,RULE 7", "300,", 3, "the level 'service' without the factor 'RULE 7'", "add 'RULE 7'"),
        ("500,", "500,RULE 7", 4, "the level 'extreme' with the factor 'RULE 7'", "remove 'RULE 7'"),
        ("300,RULE 7", "300,RULE 7 RULE 7", 3, "'RULE 7' is applied twice", "once"),
        ("300,RULE 7", "300,RULE 7; RULE 88", 3, "unknown factor 'RULE 88'", "'RULE 8'"),
        ("case,level", "case,levl", 1, "the column 'level' is missing", "add 'level'"),
    ],
)
def test_bad_cases(tiny: Any, old: str, new: str, line: int, found: str, instead: str) -> None:
    tiny.edit(CASES, old, new)
    problem = next(p for p in tiny.problems() if found in p.found)
    assert (problem.file, problem.line) == (CASES, line)
    assert instead in problem.instead


def test_no_cases(tiny: Any) -> None:
    tiny.write(CASES, "case,level,load [N],factors\n")
    tiny.check(CASES, 1, "no rows", "one case a row")


@pytest.mark.parametrize(
    ("cell", "tags"),
    [
        ("", ()),
        ("A B", ("A", "B")),
        ("RULE 7 RULE 8", ("RULE 7", "RULE 8")),
        ("RULE 7 A", ("RULE 7", "A")),
        ("RULE 7; x y", ("RULE 7", "x y")),
        ("RULE 7 reduced A", ("RULE 7 reduced", "A")),
    ],
)
def test_tags_hold_spaces(cell: str, tags: tuple[str, ...]) -> None:
    assert split_tags(cell, {"RULE 7", "RULE 7 reduced", "RULE 8", "A"}) == tags


def test_a_tag_needed_by_another_level_only_is_forbidden() -> None:
    levels = {"limit": ("F", "G"), "ultimate": ("G",), "none": ()}
    assert forbidden("limit", levels) == ()
    assert forbidden("ultimate", levels) == ("F",)
    assert forbidden("none", levels) == ("F", "G")
