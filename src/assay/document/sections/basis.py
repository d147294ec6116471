"""By which clauses and in which edition? What the requirements go back to."""

from __future__ import annotations

from collections.abc import Iterator

from assay.document.model import Element, Spans
from assay.document.sections.writing import Desk, grid, heading, joined, label, paragraph, words


def basis(desk: Desk) -> Iterator[Element]:
    """Yield editions, clauses and factors used."""
    yield heading(1, words("Basis: clauses and editions"), anchor="basis")
    yield paragraph(
        words(
            "Clauses are given in words of the pack's author, which do not replace their text. The last "
            "column says whether the paraphrase was compared with the source."
        )
    )
    yield from _editions(desk)
    yield from _clauses(desk)
    yield from _factors(desk)


def _editions(desk: Desk) -> Iterator[Element]:
    rows = [
        [
            desk.own_text(f"/editions/{index}/pack"),
            desk.own_text(f"/editions/{index}/edition"),
            desk.own_text(f"/editions/{index}/source"),
        ]
        for index in range(len(desk.payload.editions))
    ]
    yield from grid((words("Packs used"),), ("Pack", "Edition", "Source"), rows, ("auto", 1, 2))


def _clauses(desk: Desk) -> Iterator[Element]:
    rows: list[list[Spans]] = []
    for index, clause in enumerate(desk.payload.clauses):
        at = f"/clauses/{index}"
        needs = [desk.own_text(f"{at}/requirements/{i}") for i in range(len(clause.requirements))]
        rows.append(
            [
                desk.own_text(f"{at}/code"),
                desk.own_text(f"{at}/paraphrase"),
                joined(needs, ", "),
                desk.own_text(f"{at}/check", style="muted"),
            ]
        )
    heads = ("Clause", "What it asks, in our words", "Requirements", "Compared")
    yield from grid((words("Clauses and other sources used"),), heads, rows, ("auto", 2.4, 1.3, "auto"))


def _factors(desk: Desk) -> Iterator[Element]:
    rows: list[list[Spans]] = [
        [
            desk.own_text(f"/factors/{index}/tag"),
            (desk.own(f"/factors/{index}/value"),),
            desk.own_text(f"/factors/{index}/condition"),
            desk.own_text(f"/factors/{index}/check", style="muted"),
        ]
        for index in range(len(desk.payload.factors))
    ]
    caption = (words("Factors used; each is applied once on the way from run to margin"), label("."))
    heads = ("Tag", "Value", "Condition", "Compared")
    yield from grid(caption, heads, rows, ("auto", "auto", 1, "auto"), right=(1,))
