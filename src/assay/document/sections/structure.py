"""Did the declared structure survive runs placed to break it?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from assay.document.model import Element, Spans
from assay.document.sections.writing import (
    Desk,
    grid,
    heading,
    joined,
    label,
    paragraph,
    significant,
    words,
)
from assay.evidence import Record

KINDS: Final[Mapping[str, str]] = {
    "convex_in": "convex in",
    "linear_in": "linear in",
    "homogeneous_in": "homogeneous in",
    "increasing_in": "increasing in",
    "decreasing_in": "decreasing in",
    "symmetric_in": "symmetric in",
}


def structure(desk: Desk) -> Iterator[Element]:
    """Yield the tests of every study's declarations; nothing where nothing is declared."""
    tested = {name: study.structure for name, study in desk.inputs.studies.items() if study.structure}
    if not tested:
        return
    yield heading(1, words("Tests of declared structure"), anchor="structure")
    yield paragraph(
        words(
            "A declaration stands until a run breaks it. Every test solves the combined load anew, never by "
            "the superposition under test. A violation that is negative is room to spare."
        )
    )
    for record in tested.values():
        rows = [_cells(desk, record, index) for index in range(len(record.payload["declarations"]))]
        heads = ("Declaration", "Reason", "Runs", "Needed", "Checks", "Violations", "Worst")
        caption = (
            words("Declarations of study "),
            desk.at(record, "/study"),
            words("; relative tolerance "),
            desk.at(record, "/tolerance", significant(2)),
            words("; record "),
            desk.short(record),
        )
        widths = (1.5, 1.7, "auto", "auto", "auto", "auto", "auto")
        yield from grid(caption, heads, rows, widths, right=(2, 3, 4, 5, 6))


def _cells(desk: Desk, record: Record, index: int) -> list[Spans]:
    said, at = record.payload["declarations"][index], f"/declarations/{index}"
    groups: list[Spans] = [desk.texts(record, f"{at}/groups/{i}") for i in range(len(said["groups"]))]
    declared = (
        *desk.text(record, f"{at}/quantity"),
        label(f" {KINDS[said['kind']]} "),
        *joined(groups, "; "),
    )
    return [
        declared,
        desk.text(record, f"{at}/reason"),
        *((desk.at(record, f"{at}/{key}"),) for key in ("runs", "required", "checks", "violations")),
        (desk.at(record, f"{at}/worst", significant(2, "up")),),
    ]
