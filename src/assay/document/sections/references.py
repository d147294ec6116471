"""Where are the methods published that were really used?"""

from __future__ import annotations

from collections.abc import Iterator

from assay.document.model import Element, Spans
from assay.document.sections.writing import Desk, heading, items, paragraph, words


def bibliography(desk: Desk) -> Iterator[Element]:
    """Yield the references of the methods that verdicts of this document used."""
    yield heading(1, words("Bibliography of the methods used"), anchor="appendix-bibliography")
    if not desk.payload.references:
        yield paragraph(words("No verdict used a published method."))
    found: list[Spans] = [(desk.own(f"/references/{i}/text"),) for i in range(len(desk.payload.references))]
    yield from items(found)
