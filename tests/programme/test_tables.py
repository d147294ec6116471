from __future__ import annotations

from typing import Any

import pytest

from assay.programme._problems import Problems
from assay.programme._tables import parsed


def test_a_table_keeps_lines_units_and_words() -> None:
    problems = Problems()
    table = parsed('name,load [N],note\n\na, 1.5 ,"two\nlines, quoted"\nb,-2e3,\n', "a.csv", problems)
    assert table is not None
    assert table.names() == ("name", "load", "note")
    assert table.headings[1].unit == "N"
    assert table.headings[0].unit is None
    assert [row.line for row in table.rows] == [3, 5]
    assert table.numbers("load") == (1.5, -2000.0)
    assert table.column("note") == ("two\nlines, quoted", "")
    assert not problems.found


@pytest.mark.parametrize(
    ("text", "line", "found"),
    [
        ("", 1, "empty table"),
        ("a,a\n1,2\n", 1, "'a' stands twice"),
        ("a [nounit]\n1\n", 1, "unknown unit 'nounit'"),
        ("a [mm\n1\n", 1, "heading"),
        ("a,,b\n1,2,3\n", 1, "heading ''"),
        ("a,b\n1,2\n3\n", 3, "1 cells where the header has 2"),
        ("a,b\n1,2,5\n", 2, "3 cells"),
        ('a,b\n1,"x\n', 2, "not CSV"),
        ("a,b\n1," + "x" * 200_000 + "\n", 2, "not CSV"),
    ],
)
def test_not_a_table(text: str, line: int, found: str) -> None:
    problems = Problems()
    assert parsed(text, "a.csv", problems) is None
    assert (problems.found[0].line, len(problems.found)) == (line, 1)
    assert found in problems.found[0].found


@pytest.mark.parametrize(
    "cell", ["nan", "inf", "1e999", "1_000", "0x10", "1,5", "", "--1", "١", "1 000", "1."]
)
def test_only_plain_finite_numbers(cell: str) -> None:
    problems = Problems()
    table = parsed(f'x [mm]\n2\n"{cell}"\n' if cell else "x [mm],y\n2,a\n,a\n", "a.csv", problems)
    assert table is not None
    if cell == "1.":
        assert table.numbers("x") == (2.0, 1.0)
    else:
        assert table.numbers("x") is None
        assert problems.found[0].line == 3


def test_a_nan_in_a_data_set(tiny: Any) -> None:
    tiny.edit("data/cast.csv", "\n3,36818\n", "\n3,NaN\n")
    problem = next(p for p in tiny.problems() if p.file == "data/cast.csv")
    assert problem.line == 4
    assert "'NaN'" in problem.found


def test_a_missing_column(tiny: Any) -> None:
    tiny.edit("requirements.csv", "owner", "ovner")
    problems = [p for p in tiny.problems() if p.file == "requirements.csv"]
    assert [p.line for p in problems] == [1, 1]
    assert {"the column 'owner' is missing", "unknown column 'ovner'"} == {p.found for p in problems}


def test_another_cell_than_the_header_has(tiny: Any) -> None:
    tiny.edit("data/cases.csv", "gust,extreme,500,", "gust,extreme,500")
    tiny.check("data/cases.csv", 4, "3 cells", "one cell a column")
