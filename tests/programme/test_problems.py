from __future__ import annotations

import time
from typing import Any

import pytest

from assay.errors import InputError
from assay.programme._problems import MAX_REPORTED, Problems, nearest, printable


def test_problems_are_sorted_unique_and_raised_once() -> None:
    problems = Problems()
    problems.raise_any("nothing")
    for line in (9, 2, 9):
        problems.add("b.toml", line, "x", "y")
    problems.add("a.toml", None, "x", "y")
    assert [(p.file, p.line) for p in problems.found] == [("a.toml", None), ("b.toml", 2), ("b.toml", 9)]
    with pytest.raises(InputError, match="3 problems") as caught:
        problems.raise_any("it")
    assert caught.value.problems == problems.found
    assert "b.toml:2: x; y" in caught.value.message


def test_reading_stops_at_a_flood(tiny: Any) -> None:
    rows = "".join(f"R-{n},RULE 99,text,M1,me,,,\n" for n in range(5_000))
    tiny.write("requirements.csv", "id,sources,text,means,owner,parent,document,role\n" + rows)
    start = time.perf_counter()
    problems = tiny.problems()
    assert len(problems) == MAX_REPORTED
    assert time.perf_counter() - start < 10.0


def test_what_is_printed_cannot_steer_a_terminal() -> None:
    assert "\x1b" not in printable("\x1b[2J")
    assert len(printable("x" * 5000)) == 300


def test_nearest() -> None:
    assert nearest("stres", ["stress", "mass"]) == "write 'stress'"
    assert nearest("zzz", ["stress", "mass"]) == "write one of 'stress', 'mass'"
    assert nearest("zzz", [], "add it") == "add it"
    assert "..." in nearest("zzz", [str(i) for i in range(50)])
