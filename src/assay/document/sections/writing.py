"""How does evidence become spans, cells and tables? The few ways in which a section may write."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, overload

from assay.document.claims import TEMPLATES
from assay.document.facts import Sources, claim, fact
from assay.document.gate import numerals
from assay.document.model import (
    Claim,
    Column,
    Fact,
    Figure,
    Heading,
    Identifier,
    ItemList,
    Paragraph,
    Prose,
    Quotation,
    Span,
    Spans,
    Structure,
    Style,
    Table,
)
from assay.document.printed_units import UNIT_POWER, printed_unit
from assay.document.records import DossierPayload
from assay.document.rounding import EXACT, Rounding
from assay.document.sections.inputs import DossierInputs, FigureRef
from assay.evidence import Record

SPACE = Structure(text=" ")
SHORT = 12
"""Hexadecimal digits by which a record is named in tables."""
PERCENT: Mapping[str, Any] = {"scale": 2, "unit": "%"}
Direction = Literal["up", "down", "nearest"]


class Lines(Sequence[Any]):
    """The lines of a JSON Lines file, parsed one at a time: no table is held as objects."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._starts: list[int] = []
        start = 0
        while start < len(data):
            self._starts.append(start)
            end = data.find(b"\n", start)
            start = len(data) if end < 0 else end + 1

    def __len__(self) -> int:
        return len(self._starts)

    @overload
    def __getitem__(self, index: int) -> Any: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Any]: ...

    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(len(self)))]
        start = self._starts[index]
        end = self._data.find(b"\n", start)
        return json.loads(self._data[start : len(self._data) if end < 0 else end])


def parsed_tables(tables: Mapping[str, bytes]) -> dict[str, Lines]:
    """Return the run tables as sequences of lines."""
    return {name: Lines(tables[name]) for name in tables}


@dataclass(frozen=True)
class Desk:
    """What lies before whoever writes a section: the evidence, and the pictures made of it."""

    inputs: DossierInputs
    summary: Record
    """The `dossier` record."""
    summary_id: str
    payload: DossierPayload
    sources: Sources
    figures: Mapping[str, FigureRef]

    def id_of(self, record: Record) -> str:
        """Return the id of a record."""
        return self.summary_id if record is self.summary else self.inputs.id_of(record)

    def short(self, record: Record | str) -> Identifier:
        """Return the first digits of a record's id."""
        whole = record if isinstance(record, str) else self.id_of(record)
        algorithm, _, digits = whole.partition(":")
        return Identifier(text=f"{algorithm}:{digits[:SHORT]}", style="mono")

    def at(
        self,
        record: Record,
        pointer: str,
        rounding: Rounding = EXACT,
        *,
        unit: str = "",
        scale: int = 0,
        form: Literal["value", "complement", "count"] = "value",
        blob: str | None = None,
        style: Style = "plain",
        link: str | None = None,
    ) -> Fact:
        """Return the fact at ``/payload`` + pointer, or in a table of the record where `blob` names it."""
        return fact(
            self.sources,
            self.id_of(record),
            pointer if blob is not None else f"/payload{pointer}",
            rounding,
            unit=printed_unit(unit),
            scale=scale,
            form=form,
            blob=blob,
            style=style,
            link=link,
        )

    def own(self, pointer: str, rounding: Rounding = EXACT, **how: Any) -> Fact:
        """Return a fact of the dossier's own record."""
        return self.at(self.summary, pointer, rounding, **how)

    def text(self, record: Record, pointer: str, *, style: Style = "plain", link: str | None = None) -> Spans:
        """Return a text of the evidence as it stands; nothing where it is empty or missing."""
        value = self.sources.value(self.id_of(record), f"/payload{pointer}")
        return (self.at(record, pointer, style=style, link=link),) if value else ()

    def own_text(self, pointer: str, *, style: Style = "plain", link: str | None = None) -> Spans:
        """Return a text of the dossier's own record, or nothing."""
        return self.text(self.summary, pointer, style=style, link=link)

    def texts(self, record: Record, pointer: str, between: str = ", ") -> Spans:
        """Return a list of texts of the evidence with a separator between them."""
        count = len(self.sources.value(self.id_of(record), f"/payload{pointer}"))
        return joined([self.text(record, f"{pointer}/{index}") for index in range(count)], between)

    def anchor(self, criterion: str) -> str:
        """Return the anchor of a criterion's section."""
        return f"showing-{list(self.inputs.showings).index(criterion) + 1}"

    def figure(self, kind: Literal["waterfall", "wealth", "field", "convergence"], name: str) -> str:
        """Return the name of a showing's or a study's figure, which is its anchor too."""
        group = self.inputs.studies if kind == "convergence" else self.inputs.showings
        return f"{kind}-{list(group).index(name) + 1}"

    def drawn(self, name: str, alt: str, caption: Spans, width: int = 100) -> Iterator[Figure]:
        """Yield a figure, if it was drawn."""
        found = self.figures.get(name)
        if found is not None:
            yield Figure(
                anchor=name, image=found.digest, format=found.format, alt=alt, caption=caption, width=width
            )

    def says(self, template: str, **arguments: Fact | Identifier | Quotation) -> Claim:
        """Return a reviewed sentence."""
        return claim(self.sources, template, style="plain", templates=TEMPLATES, **arguments)


def words(text: str, style: Style = "plain", link: str | None = None) -> Prose:
    """Return connecting words of ours, without a numeral."""
    return Prose(text=text, style=style, link=link)


def label(text: str, style: Style = "plain", link: str | None = None) -> Structure:
    """Return a column head, a label or punctuation."""
    return Structure(text=text, style=style, link=link)


def name(text: str, style: Style = "plain", link: str | None = None) -> Identifier:
    """Return a name."""
    return Identifier(text=text, style=style, link=link)


def reference(kind: Literal["Section", "Table", "Figure"], anchor: str) -> Structure:
    """Return a reference to an element whose number is not known yet; see `numbering`."""
    return Structure(text=kind, link=anchor)


def decimals(digits: int, direction: Direction) -> Rounding:
    """Return a rounding to a number of digits behind the point."""
    return Rounding(mode="decimals", digits=digits, direction=direction)


def significant(digits: int, direction: Direction = "nearest") -> Rounding:
    """Return a rounding to a number of significant digits."""
    return Rounding(mode="significant", digits=digits, direction=direction)


MARGIN = decimals(2, "down")
SHARE = significant(3, "up")
"""Probabilities of failure and errors: up."""


def key(of: str) -> str:
    """Return a name as it stands in a JSON pointer (RFC 6901)."""
    return of.replace("~", "~0").replace("/", "~1")


def in_unit(unit: str) -> str:
    """Return a unit in brackets behind a column head; nothing where there is none."""
    shown = printed_unit(unit)
    return f" [{shown}]" if shown else ""


def head(text: str, style: Style = "plain") -> Spans:
    """Return a label, its unit in brackets a name of its own where that name holds a digit (g0)."""
    before, bracket, behind = text.partition(" [")
    if not numerals(UNIT_POWER.sub("", behind)):
        return (Structure(text=text, style=style),)
    unit = Identifier(text=behind.removesuffix("]"), style=style)
    return (Structure(text=f"{before}{bracket}", style=style), unit, Structure(text="]", style=style))


def with_unit(quantity: Spans, unit: str) -> Spans:
    """Return a quantity's name with its unit in brackets, quieter."""
    shown = in_unit(unit)
    return (*quantity, *head(shown, "muted")) if shown else quantity


def joined(groups: Sequence[Spans], between: str = " ") -> Spans:
    """Return groups of spans as one, with a separator between those that are not empty."""
    filled = [group for group in groups if group]
    spans: list[Span] = []
    for number, group in enumerate(filled):
        if number:
            spans.append(Structure(text=between))
        spans += group
    return tuple(spans)


def sentence(*spans: Span) -> Spans:
    """Return sentences with a space between them."""
    return joined([(span,) for span in spans])


def counted(number: Fact, thing: str) -> Spans:
    """Return a count with the word for what is counted, in the singular for one."""
    return (number, words(f" {thing}" if number.text == "1" else f" {thing}s"))


def heading(level: int, *spans: Span, anchor: str | None = None) -> Heading:
    """Return a heading without its number; see `numbering`."""
    return Heading(level=level, spans=spans, anchor=anchor)


def paragraph(*spans: Span, style: Literal["body", "lead", "small", "notice"] = "body") -> Paragraph:
    """Return a paragraph."""
    return Paragraph(style=style, spans=spans)


def items(groups: Sequence[Spans]) -> Iterator[ItemList]:
    """Yield a list, or nothing where there is no item."""
    if groups:
        yield ItemList(items=tuple(groups))


def grid(
    caption: Spans,
    heads: Sequence[str],
    rows: Sequence[Sequence[Spans]],
    widths: Sequence[float | str],
    *,
    right: Sequence[int] = (),
    anchor: str | None = None,
) -> Iterator[Table]:
    """Yield a table with a caption and a header row, or nothing where it has no row.

    Parameters
    ----------
    widths
        Share of the free width of each column, or as wide as its content.
    right
        Columns of numbers, flush right.
    """
    if not rows:
        return
    columns = tuple(
        Column(align="right" if index in right else "left", width="auto" if width == "auto" else float(width))
        for index, width in enumerate(widths)
    )
    yield Table(
        anchor=anchor,
        caption=caption,
        columns=columns,
        header=tuple(head(text) for text in heads),
        rows=tuple(tuple(row) for row in rows),
    )


def pairs(rows: Sequence[tuple[str, Spans]]) -> Iterator[Table]:
    """Yield labels with their values, those that have one; nothing where none has."""
    filled = tuple(((Structure(text=what),), spans) for what, spans in rows if spans)
    if filled:
        yield Table(style="pairs", columns=(Column(width=1), Column(width=3.4)), rows=filled)


def fact_of_tool(desk: Desk) -> Spans:
    """Return name and version of the program that wrote the dossier's record."""
    tool, version = (fact(desk.sources, desk.summary_id, f"/tool/{key}") for key in ("name", "version"))
    return (tool, SPACE, version)
