"""What is not shown, why, and what would show it at which price?"""

from __future__ import annotations

from collections.abc import Iterator

from assay.document.model import Element, Spans
from assay.document.sections.title import OPEN
from assay.document.sections.writing import Desk, grid, heading, joined, paragraph, words


def gaps(desk: Desk) -> Iterator[Element]:
    """Yield the open rows, the refuted ones first."""
    yield heading(1, words("Open rows: what is not shown"), anchor="open-rows")
    ordered = [
        index for verdict in OPEN for index, row in enumerate(desk.payload.rows) if row.verdict == verdict
    ]
    if not ordered:
        yield paragraph(words("No row is open."))
        return
    rows = [_cells(desk, index) for index in ordered]
    heads = ("Requirement", "What must hold", "Verdict and reason", "What would show it")
    caption = (words("Open rows of configuration "), desk.own("/configuration"))
    yield from grid(caption, heads, rows, ("auto", 1.2, 1.3, 1.6))


def _cells(desk: Desk, index: int) -> list[Spans]:
    at = f"/rows/{index}"
    return [
        (desk.own(f"{at}/requirement"),),
        desk.own_text(f"{at}/text"),
        joined([(desk.own(f"{at}/verdict", style="verdict"),), desk.own_text(f"{at}/reason_text")]),
        desk.own_text(f"{at}/closes_by"),
    ]
