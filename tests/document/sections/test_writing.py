from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.document import DocumentError
from assay.document.model import Structure
from assay.document.sections.writing import (
    Lines,
    grid,
    in_unit,
    joined,
    key,
    pairs,
    parsed_tables,
    with_unit,
    words,
)
from assay.evidence import canonical


@given(st.lists(st.dictionaries(st.text(max_size=5), st.integers(-9, 9), max_size=3), max_size=20))
def test_lines_are_those_of_the_file(rows):
    data = b"".join(canonical(row) + b"\n" for row in rows)
    lines = Lines(data)
    assert len(lines) == len(rows)
    assert [lines[i] for i in range(len(lines))] == rows
    assert list(lines[1:]) == rows[1:]
    assert list(lines) == rows


def test_a_last_line_without_its_end_is_read_too():
    assert list(Lines(b'{"a":1}\n{"a":2}')) == [{"a": 1}, {"a": 2}]
    assert list(parsed_tables({"x": b"[1]\n"})["x"]) == [[1]]


@given(st.text(max_size=20))
def test_a_key_leads_back_to_its_name(name):
    from assay.document.facts import resolve

    assert resolve({name: {"x": 1}}, f"/{key(name)}/x") == 1


def test_a_unit_stands_in_brackets_behind_a_head_and_none_for_a_bare_number():
    assert in_unit("1/mm") == " [mm⁻¹]"
    assert in_unit("1") == ""


def test_a_unit_whose_name_holds_a_digit_is_a_name_of_its_own():
    (table,) = grid((words("c"),), ("Value [mm⁻¹]", "Load [g0]"), [((words("a"),), (words("b"),))], (1, 1))
    assert [[span.kind for span in cell] for cell in table.header] == [
        ["structure"],
        ["structure", "identifier", "structure"],
    ]
    assert ["".join(span.text for span in cell) for cell in table.header] == ["Value [mm⁻¹]", "Load [g0]"]
    assert [span.text for span in with_unit((words("q"),), "g0")] == ["q", " [", "g0", "]"]
    assert with_unit((words("q"),), "1") == (words("q"),)


def test_empty_groups_take_no_separator():
    spans = joined([(), (words("a"),), (), (words("b"),)], "; ")
    assert [span.text for span in spans] == ["a", "; ", "b"]
    assert isinstance(spans[1], Structure)


def test_tables_without_rows_are_left_out():
    assert not list(grid((words("c"),), ("a",), [], (1,)))
    assert not list(pairs([("a", ())]))
    assert len(next(pairs([("a", ()), ("b", (words("x"),))])).rows) == 1


def test_numbers_are_refused_where_the_record_has_none(desk):
    record = desk.inputs.showings["TRAY-004.a"]
    with pytest.raises(DocumentError):
        desk.at(record, "/nowhere")
    assert desk.text(record, "/reason")[0].text == "shown"
    assert desk.texts(record, "/limit_texts")[0].text == "2.5 mm"


def test_a_short_name_always_has_a_letter(desk):
    assert desk.short("sha256:" + "1" * 64).text == "sha256:111111111111"
