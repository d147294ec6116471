"""What is this document about, and what does it not show? Its first page."""

from __future__ import annotations

from collections.abc import Iterator

from assay.document.model import Contents, Element, Heading, PageBreak, Paragraph, Quotation, Spans
from assay.document.sections.writing import Desk, items, joined, label, pairs, paragraph, words

OPEN = ("REFUTED", "NOT SHOWN")
MOST_GIVEN = 4
"""Assumptions that the first page lists; all of them stand in the matrix."""


def title(desk: Desk) -> Iterator[Element]:
    """Yield the title page and the contents."""
    yield Paragraph(style="title", spans=(words("Compliance dossier"),))
    yield Paragraph(style="subtitle", spans=(desk.own("/title"),))
    yield from pairs(_identity(desk))
    if desk.payload.statement:
        quoted = Quotation(text=desk.payload.statement, file="programme.toml")
        yield Paragraph(style="quotation", spans=(quoted,))
    yield paragraph(*_not_shown(desk), style="notice")
    yield from _given(desk)
    yield from items(limits(desk))
    yield PageBreak()
    yield Heading(level=1, spans=(words("Contents"),), listed=False)
    yield Contents(depth=2)
    yield PageBreak()


def _identity(desk: Desk) -> list[tuple[str, Spans]]:
    record = desk.inputs.own[f"configuration:{desk.inputs.configuration}"]
    rows: list[tuple[str, Spans]] = [
        (
            "Document",
            (desk.own("/reference"), label(", issue "), desk.own("/issue"), label(", "), desk.own("/date")),
        ),
        (
            "Configuration",
            joined([(desk.own("/configuration"),), desk.text(record, "/title", style="muted")], ", "),
        ),
    ]
    identity = record.payload["identity"]
    if identity is not None:
        drawing = [desk.text(record, "/identity/drawing")]
        if identity["issue"]:
            drawing.append((label("issue "), desk.at(record, "/identity/issue")))
        rows += [
            ("Part", desk.text(record, "/identity/part")),
            ("Drawing", joined(drawing, ", ")),
            ("Serials", desk.text(record, "/identity/serials")),
            ("Derived from", desk.text(record, "/identity/parent")),
        ]
    rows.append(("Programme", (desk.own("/programme"),)))
    return rows


def _not_shown(desk: Desk) -> Spans:
    """Return every row that is not shown or refuted, by verdict."""
    spans = (words("What this document does not show.", "strong"),)
    groups: list[Spans] = [spans]
    for verdict in OPEN:
        rows = [index for index, row in enumerate(desk.payload.rows) if row.verdict == verdict]
        if not rows:
            continue
        names: list[Spans] = [(desk.own(f"/rows/{row}/requirement", link="open-rows"),) for row in rows]
        first = desk.own(f"/rows/{rows[0]}/verdict", style="verdict")
        groups.append((first, label(" "), *joined(names, ", "), label(".")))
    if len(groups) == 1:
        groups.append(
            (words("Every row of the matrix is shown; what its verdicts rest on stands with them."),)
        )
    return joined(groups)


def _given(desk: Desk) -> Iterator[Element]:
    """Yield every assumption that a verdict is given, with the rows that rest on it."""
    groups: dict[str, list[tuple[int, int]]] = {}
    for index, row in enumerate(desk.payload.rows):
        if row.verdict == "SHOWN GIVEN":
            for number, text in enumerate(row.given):
                groups.setdefault(text, []).append((index, number))
    if not groups:
        return
    first = next(iter(groups.values()))[0][0]
    verdict = desk.own(f"/rows/{first}/verdict", style="verdict")
    yield paragraph(words("What it shows under an assumption only.", "strong"), label(" "), verdict)
    told: list[Spans] = []
    for places in list(groups.values())[:MOST_GIVEN]:
        rows: list[Spans] = [
            (desk.own(f"/rows/{index}/requirement", link="matrix-table"),) for index, _ in places
        ]
        index, number = places[0]
        told.append((*joined(rows, ", "), label(": "), desk.own(f"/rows/{index}/given/{number}"), label(".")))
    yield from items(told)
    if len(groups) > MOST_GIVEN:
        yield paragraph(words("The list is cut; every assumption stands in the matrix."), style="small")


def limits(desk: Desk) -> list[Spans]:
    """Return the standing limits of the document, as far as they apply."""
    found: list[Spans] = [
        (
            words(
                "No signature stands under this document: its seal proves that nothing was changed since it "
                "was written, not who wrote it. Persons named in it are claims."
            ),
        )
    ]
    if any(row.method == "document" for row in desk.payload.rows):
        found.append(
            (words("Rows shown by a document rest on a person's approval; its content was not judged."),)
        )
    unmeasured = [
        name
        for name in desk.inputs.studies
        if desk.inputs.programme.studies[name].model_form.basis != "measured"
    ]
    if unmeasured:
        names = [desk.text(desk.inputs.own[f"study:{name}"], "/name") for name in unmeasured]
        found.append(
            (
                words("The model form is not compared with measurements: study "),
                *joined(names, ", "),
                words("."),
            )
        )
    if desk.payload.totals.unchecked_clauses:
        found.append(
            (
                words("Clauses whose paraphrase was not compared with its source: "),
                desk.own("/totals/unchecked_clauses"),
                words("."),
            )
        )
    if desk.inputs.freezes:
        found.append(
            (
                words("That limits and plan were fixed before the draws is attested by the programme's own "),
                words("journal only."),
            )
        )
    found.append((words("Numbers inside figures are drawn from the evidence and are not read again."),))
    return found
