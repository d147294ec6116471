"""Which evidence is attached? Every record by name, kind and subject."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from assay.document.facts import fact
from assay.document.model import Element, Spans
from assay.document.sections.writing import Desk, grid, heading, joined, label, paragraph, words
from assay.evidence import Record


def index(desk: Desk) -> Iterator[Element]:
    """Yield a row for every attached record."""
    yield heading(1, words("Index of evidence"), anchor="appendix-index")
    yield paragraph(
        words(
            "Every record is attached in full; its name is the digest of its bytes, of which the first "
            "digits are printed here. The dossier's own record, from which all others are reached, is "
        ),
        desk.short(desk.summary),
        words("."),
    )
    records = desk.inputs.records()
    ordered = sorted(records.values(), key=lambda record: (record.kind, record.subject, record.id))
    rows: list[list[Spans]] = []
    for kind, group in groupby(ordered, key=lambda record: record.kind):
        entries = [_entry(desk, record) for record in group]
        rows.append([(label(kind),), joined(entries, ", ")])
    yield from grid((words("Attached records by kind"),), ("Kind", "Subjects and records"), rows, ("auto", 1))


def _entry(desk: Desk, record: Record) -> Spans:
    """Return a record's subject and name, kept on one line."""
    return (fact(desk.sources, desk.id_of(record), "/subject"), label("\u00a0"), desk.short(record))
