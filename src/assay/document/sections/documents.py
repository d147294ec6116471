"""Which requirements are answered by a document, and who approved it?"""

from __future__ import annotations

from collections.abc import Iterator

from assay.document.model import Element, Spans
from assay.document.records import Row
from assay.document.sections.matrix import verdict
from assay.document.sections.writing import Desk, grid, heading, joined, label, paragraph, words


def documents(desk: Desk) -> Iterator[Element]:
    """Yield the rows that name a document; nothing where there is none."""
    named = [
        (index, row)
        for index, row in enumerate(desk.payload.rows)
        if desk.inputs.programme.requirements[row.requirement].document is not None
    ]
    if not named:
        return
    yield heading(1, words("Requirements answered by documents"), anchor="documents")
    yield paragraph(
        words(
            "A document counts once a person in the named role has approved it with the digest given here. "
            "Its content was not judged."
        )
    )
    heads = ("Requirement", "Document", "Role", "Verdict", "File digest")
    rows = [_cells(desk, index, row) for index, row in named]
    yield from grid(
        (words("Documents on file and missing"),), heads, rows, ("auto", 1.4, "auto", 1.8, "auto")
    )


def _cells(desk: Desk, index: int, row: Row) -> list[Spans]:
    record = desk.inputs.own[f"document:{row.requirement}"]
    digest = record.payload["digest"]
    return [
        (desk.own(f"/rows/{index}/requirement"),),
        desk.text(record, "/file"),
        desk.text(record, "/role"),
        joined([verdict(desk, index, row), _reason(desk, index, row)]),
        (label("no file", "muted"),) if digest is None else (desk.short(digest),),
    ]


def _reason(desk: Desk, index: int, row: Row) -> Spans:
    return () if row.verdict == "SHOWN" else desk.own_text(f"/rows/{index}/reason_text", style="muted")
