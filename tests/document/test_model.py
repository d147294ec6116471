"""The model is closed, canonical and read back as it was written."""

from __future__ import annotations

import json

import pytest
from pydantic import ValidationError

from assay.document import (
    Column,
    Contents,
    Document,
    Fact,
    Figure,
    Heading,
    ItemList,
    PageBreak,
    Paragraph,
    Prose,
    Structure,
    Table,
    read_document,
    spans_of,
    text_of,
)
from assay.evidence.records import digest

WORDS = (Prose(text="words"),)


def document(*elements):
    return Document(title="T", reference="R", issue="A", date="2026-01-02", elements=elements)


def test_is_read_back_as_it_was_written():
    table = Table(
        caption=WORDS, columns=(Column(align="right", width=1.5),), header=(WORDS,), rows=((WORDS,), ((),))
    )
    figure = Figure(image=digest(b"x"), format="svg", alt="bars", caption=WORDS)
    number = Fact(text="1", record=digest(b"r"), pointer="/a", unit="")
    made = document(
        Heading(level=1, spans=WORDS), Paragraph(spans=(number,)), table, figure, Contents(), PageBreak()
    )
    assert read_document(made.data()) == made
    assert json.loads(made.data())["schema"] == "assay.document/1"
    assert read_document(made.data()).data() == made.data()


def test_reading_refuses_other_versions_and_unknown_fields():
    good = json.loads(document(Paragraph(spans=WORDS)).data())
    for change in ({"schema": "assay.document/2"}, {"extra": 1}, {"date": "yesterday"}, {"language": "ar"}):
        with pytest.raises(ValidationError):
            read_document(json.dumps(good | change).encode())


@pytest.mark.parametrize(
    "fields",
    [
        {"header": (), "rows": ((WORDS,),)},
        {"header": (WORDS, WORDS), "rows": ((WORDS,),)},
        {"header": ((),), "rows": ((WORDS,),)},
        {"header": (WORDS,), "rows": ((WORDS, WORDS),)},
        {"header": (WORDS,), "rows": ()},
        {"style": "pairs", "header": (WORDS,), "rows": ((WORDS,),)},
    ],
)
def test_a_table_is_rectangular_and_a_grid_has_a_header(fields):
    with pytest.raises(ValidationError):
        Table(columns=(Column(),), **fields)


def test_no_span_is_empty_and_no_paragraph():
    with pytest.raises(ValidationError):
        Prose(text="")
    with pytest.raises(ValidationError):
        Paragraph(spans=())


def test_spans_come_in_reading_order():
    a, b, c, d = (Structure(text=letter) for letter in "abcd")
    table = Table(caption=(a,), columns=(Column(), Column()), header=((b,), (c,)), rows=(((d,), ()),))
    assert text_of(tuple(spans_of(table))) == "abcd"
    assert text_of(tuple(spans_of(ItemList(items=((a, b), (c,)))))) == "abc"
    assert not tuple(spans_of(PageBreak()))
