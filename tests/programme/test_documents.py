from __future__ import annotations

from typing import Annotated

import pytest
from pydantic import Field

from assay.errors import Problem
from assay.programme._documents import Place, Shape, Text, Word, parsed
from assay.programme._problems import Problems


class Thing(Shape):
    name: Word
    note: Text = ""
    size: Annotated[float, Field(gt=0.0)] = 1.0
    count: int = 1
    pair: Annotated[list[float], Field(min_length=2, max_length=2)] | None = None


def read(text: str) -> tuple[Thing | None, tuple[Problem, ...]]:
    problems = Problems()
    document = parsed(text, "a.toml", problems)
    thing = None if document is None else document.at("thing").shape(Thing, "thing")
    return thing, problems.found


def test_a_good_table() -> None:
    thing, problems = read("[thing]\nname = ' x '\nsize = 2")
    assert thing == Thing(name="x", size=2.0)
    assert not problems


@pytest.mark.parametrize(
    ("text", "line", "found", "instead"),
    [
        ("[thing]\n", 1, "thing has no name", "add name"),
        ("[thing]\nname = 3", 2, "name is 3", "in quotes"),
        ("[thing]\nname = ''", 2, "name is ''", "write something"),
        ("[thing]\nname = 'x'\nnmae = 1", 3, "unknown key 'nmae'", "'name'"),
        ("[thing]\nname = 'x'\n\nsize = -1", 4, "size is -1", "above 0"),
        ("[thing]\nname = 'x'\nsize = nan", 3, "size is nan", "finite"),
        ("[thing]\nname = 'x'\nsize = true", 3, "size is True", "a number"),
        ("[thing]\nname = 'x'\ncount = 1.5", 3, "count is 1.5", "whole number"),
        ("[thing]\nname = 'x'\npair = [1,\n'b']", 4, "pair.1 is 'b'", "a number"),
        ("[thing]\nname = 'x'\npair = [1]", 3, "pair is [1]", "at least 2 values"),
        ("[thing]\nname = 'x'\nnote = \"\\u001b\"", 3, "note is", "control character"),
        ("[thing]\nname = '" + "x" * 300 + "'", 2, "name is", "at most 200 characters"),
        ("thing = 3", 1, "not a table", "as a table"),
        ("thing = { name = 'x', size = 0x" + "f" * 6000 + " }", 1, "size is", "number"),
    ],
)
def test_a_bad_table(text: str, line: int, found: str, instead: str) -> None:
    thing, problems = read(text)
    assert thing is None
    assert len(problems) == 1
    assert problems[0].line == line, str(problems[0])
    assert found in problems[0].found
    assert instead in problems[0].instead


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = 1\nb = \n", 2),
        ("a = 1\na = 2\n", 2),
        ("a = [1,\n", 2),
        ("a = " + "9" * 5000, None),
        ("a = " + "[" * 5000 + "]" * 5000, None),
        ("x = {" * 400 + "}" * 400, None),
    ],
)
def test_not_toml(text: str, line: int | None) -> None:
    problems = Problems()
    assert parsed(text, "a.toml", problems) is None
    assert len(problems.found) == 1
    assert problems.found[0].line == line, str(problems.found[0])


def test_lists_and_tables_of_the_wrong_kind() -> None:
    problems = Problems()
    document = parsed("a = 1\nb = 'x'\nc = ['x', 3, '']\nd = []", "a.toml", problems)
    assert isinstance(document, Place)
    assert document.at("a").table("a") == {}
    assert document.at("b").elements("b") == []
    assert document.at("c").words("c") == ["x"]
    assert document.at("d").words("d") == []
    assert document.at("nothing", 3).value is None
    assert [p.line for p in problems.found] == [1, 2, 3, 3]
