"""What does the author declare, and who answers for what?"""

from __future__ import annotations

from collections.abc import Iterator

from assay.document.model import Element, Paragraph, Quotation, Spans
from assay.document.sections.writing import Desk, grid, heading, paragraph, words


def statement(desk: Desk) -> Iterator[Element]:
    """Yield the author's statement and the roles."""
    yield heading(1, words("Statement and roles"), anchor="statement")
    if desk.payload.statement:
        quoted = Quotation(text=desk.payload.statement, file="programme.toml")
        yield Paragraph(style="quotation", spans=(quoted,))
    else:
        yield paragraph(words("The author of the programme makes no statement."))
    rows: list[list[Spans]] = [
        [
            desk.own_text(f"/roles/{i}/role"),
            desk.own_text(f"/roles/{i}/person"),
            (words("not signed", "muted"),),
        ]
        for i in range(len(desk.payload.roles))
    ]
    caption = (words("Roles of the programme; no signature stands under this document"),)
    yield from grid(caption, ("Role", "Person", "Signature"), rows, (1, 1.4, 1))
