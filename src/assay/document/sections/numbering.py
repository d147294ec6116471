"""Which number has every heading, table and figure? Counted once the whole document stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from assay.document.model import (
    Element,
    Figure,
    Heading,
    ItemList,
    Paragraph,
    Span,
    Spans,
    Structure,
    Table,
)

APPENDIX = "appendix-"
"""Anchors of level-1 headings that are counted with letters begin with it."""
_KINDS = ("Section", "Table", "Figure")


@dataclass
class _Counters:
    headings: list[int] = field(default_factory=list)
    appendices: int = 0
    tables: int = 0
    figures: int = 0
    in_appendix: bool = False

    def heading(self, level: int, anchor: str | None) -> str:
        if level == 1:
            self.in_appendix = anchor is not None and anchor.startswith(APPENDIX)
            if self.in_appendix:
                self.appendices += 1
            self.headings = self.headings[:1] or [0]
            self.headings[0] += not self.in_appendix
        else:
            self.headings = [*self.headings[:level], *[0] * (level - len(self.headings))]
            self.headings[level - 1] += 1
        first = chr(ord("A") + self.appendices - 1) if self.in_appendix else str(self.headings[0])
        return ".".join([first, *map(str, self.headings[1:level])])


def numbered(elements: Sequence[Element]) -> tuple[Element, ...]:
    """Return the elements with their numbers, and with the numbers where they are referred to.

    Unlisted headings have no number; neither has a table without a caption.
    """
    counters = _Counters()
    numbers: dict[str, str] = {}
    counted: list[Element] = []
    for element in elements:
        number = _number(element, counters)
        if number is not None and element.anchor is not None:
            numbers[element.anchor] = number.strip()
        counted.append(element if number is None else _led(element, number))
    return tuple(_referring(element, numbers) for element in counted)


def _number(element: Element, counters: _Counters) -> str | None:
    if isinstance(element, Heading) and element.listed:
        return f"{counters.heading(element.level, element.anchor)} "
    if isinstance(element, Table) and element.caption:
        counters.tables += 1
        return f"Table\u00a0{counters.tables} "
    if isinstance(element, Figure):
        counters.figures += 1
        return f"Figure\u00a0{counters.figures} "
    return None


def _led(element: Element, number: str) -> Element:
    lead = Structure(text=number)
    if isinstance(element, Heading):
        return element.model_copy(update={"spans": (lead, *element.spans)})
    if isinstance(element, Table | Figure):
        return element.model_copy(update={"caption": (lead, *element.caption)})
    return element


def _referring(element: Element, numbers: dict[str, str]) -> Element:
    match element:
        case Paragraph() | Heading():
            return element.model_copy(update={"spans": _resolved(element.spans, numbers)})
        case ItemList():
            return element.model_copy(
                update={"items": tuple(_resolved(item, numbers) for item in element.items)}
            )
        case Table():
            rows = tuple(tuple(_resolved(cell, numbers) for cell in row) for row in element.rows)
            return element.model_copy(update={"rows": rows, "caption": _resolved(element.caption, numbers)})
        case Figure():
            return element.model_copy(update={"caption": _resolved(element.caption, numbers)})
        case _:
            return element


def _resolved(spans: Spans, numbers: dict[str, str]) -> Spans:
    return tuple(_resolved_span(span, numbers) for span in spans)


def _resolved_span(span: Span, numbers: dict[str, str]) -> Span:
    if not isinstance(span, Structure) or span.link is None or span.text not in _KINDS:
        return span
    number = numbers.get(span.link, "")
    whole = number if number.startswith(("Table", "Figure")) else f"{span.text}\u00a0{number}"
    return span.model_copy(update={"text": whole})
