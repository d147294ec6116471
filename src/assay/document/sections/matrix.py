"""Which requirement is answered by what? A row for each, and what may be said of all together."""

from __future__ import annotations

from collections.abc import Iterator

from assay.document.model import Element, Spans
from assay.document.records import Row
from assay.document.sections.writing import (
    MARGIN,
    PERCENT,
    Desk,
    decimals,
    grid,
    heading,
    joined,
    label,
    paragraph,
    reference,
    words,
)


def matrix(desk: Desk) -> Iterator[Element]:
    """Yield the compliance matrix, its counts, its listwise confidence and the margins."""
    yield heading(1, words("Compliance matrix"), anchor="matrix")
    yield paragraph(desk.says("listwise"), words(" "), desk.says("all-hold"))
    rows = [_cells(desk, index, row) for index, row in enumerate(desk.payload.rows)]
    heads = ("Row", "Source", "What must hold", "Means", "Verdict", "Margin", "Where")
    widths = ("auto", 1.75, 2.6, "auto", 1.6, "auto", 1.15)
    caption = (words("Verdicts of configuration "), desk.own("/configuration"))
    yield from grid(caption, heads, rows, widths, right=(5,), anchor="matrix-table")
    yield from _means(desk)
    yield heading(2, words("Counts and confidence"))
    yield from _counts(desk)
    yield from _margins(desk)


def _cells(desk: Desk, index: int, row: Row) -> list[Spans]:
    at = f"/rows/{index}"
    margin = () if row.margin is None else (desk.own(f"{at}/margin/value", MARGIN),)
    return [
        (desk.own(f"{at}/requirement"),),
        joined([desk.own_text(f"{at}/sources/{i}") for i in range(len(row.sources))], "; "),
        desk.own_text(f"{at}/text"),
        joined([desk.own_text(f"{at}/means/{i}") for i in range(len(row.means))], ", "),
        verdict(desk, index, row),
        margin,
        _where(desk, index, row),
    ]


def verdict(desk: Desk, index: int, row: Row) -> Spans:
    """Return a row's verdict with what it is given: neither is ever printed alone."""
    at = f"/rows/{index}"
    shown: list[Spans] = [(desk.own(f"{at}/verdict", style="verdict"),)]
    if row.verdict == "SHOWN GIVEN":
        given = joined([desk.own_text(f"{at}/given/{i}", style="muted") for i in range(len(row.given))], "; ")
        shown.append(given)
    elif row.method == "document" and row.verdict == "SHOWN":
        shown.append((label("(document)", "muted"),))
    return joined(shown)


def _where(desk: Desk, index: int, row: Row) -> Spans:
    """Return the section that argues a row, or the rows below it that it is the worst of."""
    if row.criteria:
        return joined([(reference("Section", desk.anchor(name)),) for name in row.criteria], ", ")
    if desk.inputs.programme.requirements[row.requirement].document is not None:
        return (reference("Section", "documents"),)
    if row.children:
        return joined([desk.own_text(f"/rows/{index}/children/{i}") for i in range(len(row.children))], ", ")
    return (reference("Section", "open-rows"),)


def _means(desk: Desk) -> Iterator[Element]:
    rows = [
        [desk.own_text(f"/means/{index}/code"), desk.own_text(f"/means/{index}/label")]
        for index in range(len(desk.payload.means))
    ]
    yield from grid((words("Means used"),), ("Code", "Means"), rows, ("auto", 1))


def _counts(desk: Desk) -> Iterator[Element]:
    rows: list[list[Spans]] = [
        [
            (desk.own(f"/counts/{index}/verdict", style="verdict"),),
            (desk.own(f"/counts/{index}/rows"),),
            (words(_MEANING[count.verdict]),),
        ]
        for index, count in enumerate(desk.payload.counts)
    ]
    heads = ("Verdict", "Rows", "What it says")
    yield from grid((words("Rows by verdict"),), heads, rows, ("auto", "auto", 1), right=(1,))
    if desk.payload.listwise is not None:
        spoken = desk.says(
            "listwise-confidence" if desk.payload.listwise.method == "holm" else "listwise-bets",
            rows=desk.own("/listwise/rows"),
            confidence=desk.own("/listwise/confidence", decimals(1, "down"), **PERCENT),
        )
        yield paragraph(spoken)
    if desk.payload.whole is not None:
        sure = desk.own("/whole", decimals(1, "down"), **PERCENT)
        yield paragraph(desk.says("whole-confidence", confidence=sure))
    found = desk.payload.violated
    if found is not None and found.confidence is None:
        yield paragraph(desk.says("one-proved-wrong"))
    elif found is not None:
        claims = desk.own("/violated/claims")
        sure = desk.own("/violated/confidence", decimals(1, "down"), **PERCENT)
        yield paragraph(desk.says("one-violated", claims=claims, confidence=sure))


_MEANING = {
    "SHOWN": (
        "the claim holds at its confidence; nothing is assumed about the AI or the response between runs"
    ),
    "SHOWN GIVEN": "the claim holds under the assumption that is printed with it and survived its checks",
    "NOT SHOWN": "nothing is claimed; the open rows say what would show it",
    "REFUTED": "solver runs prove that the requirement does not hold",
}


def _margins(desk: Desk) -> Iterator[Element]:
    if "margins" not in desk.figures:
        return
    yield paragraph(
        words(
            "A margin is capacity over demand, less one, after all charges and factors. It is of the run "
            "that decides; mode and place stand beside it. A bar has the colour of its row's verdict."
        )
    )
    yield from desk.drawn(
        "margins",
        "A bar for the margin of each requirement that has one, coloured by its verdict.",
        (words("Smallest margin of each requirement"),),
    )
