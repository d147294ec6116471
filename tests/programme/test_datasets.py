from __future__ import annotations

from typing import Any

import pytest

from assay.evidence.records import digest

CAST, ORIGIN = "data/cast.csv", "data/cast.toml"


def test_a_data_set(tiny: Any) -> None:
    cast = tiny.load().datasets["cast"]
    column = cast.columns["strength"]
    assert (column.unit, len(column.values), column.values[0]) == ("psi", 60, 29314.0)
    assert cast.labels["specimen"][:2] == ("1", "2")
    assert cast.digest == digest((tiny.root / CAST).read_bytes())
    assert "Shewhart" in cast.source_text


def test_a_group(tiny: Any) -> None:
    tiny.append(ORIGIN, 'group = "specimen"\n')
    assert tiny.load().datasets["cast"].columns["strength"].group == "specimen"


@pytest.mark.parametrize(
    ("old", "new", "marker", "found", "instead"),
    [
        ("licence =", "license =", "license", "unknown key 'license'", "'licence'"),
        (
            "[columns.strength]",
            "[columns.strenght]",
            "[columns",
            "no column 'strenght' of numbers",
            "'strength'",
        ),
        ("uncertainty = 0.0", "uncertainty = -1.0", "uncertainty", "an uncertainty of -1", "0 or more"),
        ("uncertainty = 0.0", 'group = "batch"', "group", "unknown column of words 'batch'", "'specimen'"),
        ("uncertainty = 0.0", "uncertainity = 0.0", "uncertainity", "unknown key", "'uncertainty'"),
    ],
)
def test_origin(tiny: Any, old: str, new: str, marker: str, found: str, instead: str) -> None:
    tiny.edit(ORIGIN, old, new)
    problem = next(p for p in tiny.problems() if p.line == tiny.line(ORIGIN, marker))
    assert problem.file == ORIGIN
    assert found in problem.found
    assert instead in problem.instead
    assert {p.file for p in tiny.problems()} == {ORIGIN}


def test_numbers_without_origin(tiny: Any) -> None:
    (tiny.root / ORIGIN).unlink()
    problems = {p.file: p for p in tiny.problems()}
    assert "neither a data set nor" in problems[CAST].found
    assert "cast.toml with source and licence" in problems[CAST].instead
    assert "unknown data set 'cast'" in problems["criteria.toml"].found


def test_origin_without_numbers(tiny: Any) -> None:
    (tiny.root / CAST).unlink()
    tiny.check(CAST, None, "No such file", "readable file")


def test_no_rows(tiny: Any) -> None:
    tiny.write(CAST, "specimen,strength [psi]\n")
    tiny.check(CAST, 1, "no rows", "one measurement a row")
