"""The document model: every visible character belongs to a span, and every span says what it is.

The model is what the PDF, the HTML and the JSON are made from and what the verifier compares them with. It
holds printed strings only: a number that is printed stands here as its text, beside the place in the evidence
it was rounded from.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from assay.document.rounding import EXACT, Rounding
from assay.evidence.records import canonical

SCHEMA = "assay.document/1"

Style = Literal["plain", "strong", "emphasis", "muted", "mono", "verdict"]
"""How a span looks; never changes its text. `verdict` is a coloured label."""
Align = Literal["left", "right", "center"]
Digest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]


class Frozen(BaseModel):
    """Immutable and closed."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")


class _Span(Frozen):
    text: str = Field(min_length=1)
    style: Style = "plain"
    link: str | None = None
    """Anchor of an element of this document."""


class Fact(_Span):
    """A value of the evidence: a rounded number with its unit, a string as it stands, or a count."""

    kind: Literal["fact"] = "fact"
    record: Digest
    blob: str | None = None
    """Name of a JSON Lines blob of the record; then `pointer` starts with the 0-based line."""
    pointer: str
    """JSON pointer (RFC 6901) into the record's document."""
    form: Literal["value", "complement", "count"] = "value"
    """The value itself, one minus it, or the number of elements of a list or object."""
    rounding: Rounding = EXACT
    scale: Literal[0, 2] = 0
    """Power of ten that multiplies the number: 2 for per cent."""
    unit: str = ""


class Identifier(_Span):
    """A name: clause, requirement, record, file, part number."""

    kind: Literal["identifier"] = "identifier"


class Structure(_Span):
    """Numbering, column heads, labels, punctuation."""

    kind: Literal["structure"] = "structure"


class Quotation(_Span):
    """Words of the programme's author, shown as such."""

    kind: Literal["quotation"] = "quotation"
    file: str
    """Path relative to the programme folder."""


class Prose(_Span):
    """Connecting words; no numeral unless a person approved it."""

    kind: Literal["prose"] = "prose"
    approval: Digest | None = None
    """Record of the approval that covers this text."""


class Claim(_Span):
    """One atomic unit rendered from a reviewed template."""

    kind: Literal["claim"] = "claim"
    template: str
    """Key into the document's `templates`."""
    arguments: dict[str, Annotated[Fact | Identifier | Quotation, Field(discriminator="kind")]]


Span = Annotated[Fact | Claim | Identifier | Structure | Quotation | Prose, Field(discriminator="kind")]
Spans = tuple[Span, ...]
Text = Annotated[tuple[Span, ...], Field(min_length=1)]


class _Element(Frozen):
    anchor: str | None = Field(default=None, pattern=r"^[a-z0-9][a-z0-9.-]*$")
    """Name by which links reach this element; unique in the document."""


class Heading(_Element):
    """A heading; its number, if any, is its first span."""

    type: Literal["heading"] = "heading"
    level: int = Field(ge=1, le=4)
    spans: Text
    listed: bool = True
    """Whether tables of contents name it."""


class Paragraph(_Element):
    """Running text, or one of the title page's lines."""

    type: Literal["paragraph"] = "paragraph"
    style: Literal["body", "title", "subtitle", "lead", "small", "quotation", "notice"] = "body"
    spans: Text


class ItemList(_Element):
    """A list; bullets are the renderer's and are no text."""

    type: Literal["list"] = "list"
    items: Annotated[tuple[Text, ...], Field(min_length=1)]


class Column(Frozen):
    """Layout hints of a table column."""

    align: Align = "left"
    width: float | Literal["auto"] = "auto"
    """Share of the free width, or as wide as its content."""


class Table(_Element):
    """A table; `pairs` is a list of labels and values without a header row."""

    type: Literal["table"] = "table"
    style: Literal["grid", "pairs"] = "grid"
    caption: Spans = ()
    columns: Annotated[tuple[Column, ...], Field(min_length=1)]
    header: tuple[Spans, ...] = ()
    rows: Annotated[tuple[tuple[Spans, ...], ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _rectangular(self) -> Table:
        width = len(self.columns)
        if (self.style == "grid") != bool(self.header):
            raise ValueError("a grid has a header row, pairs have none")
        if self.header and (len(self.header) != width or not all(self.header)):
            raise ValueError(f"the header needs {width} cells with text")
        if any(len(row) != width for row in self.rows):
            raise ValueError(f"every row needs {width} cells")
        return self


class Figure(_Element):
    """A picture by digest; its inside is not text of the document."""

    type: Literal["figure"] = "figure"
    image: Digest
    format: Literal["svg", "png"]
    alt: str = Field(min_length=1)
    """What the picture shows, for who cannot see it; no numerals."""
    caption: Text
    width: int = Field(default=100, ge=10, le=100)
    """Per cent of the text width."""


class Code(_Element):
    """Lines of a file, or of a program's output, quoted."""

    type: Literal["code"] = "code"
    lines: Annotated[tuple[str, ...], Field(min_length=1)]
    file: str


class Contents(_Element):
    """Table of contents: a line for each heading up to `depth`, with its page."""

    type: Literal["contents"] = "contents"
    depth: int = Field(default=2, ge=1, le=4)


class PageBreak(_Element):
    """A new page; no text."""

    type: Literal["pagebreak"] = "pagebreak"


Element = Annotated[
    Heading | Paragraph | ItemList | Table | Figure | Code | Contents | PageBreak, Field(discriminator="type")
]


class Template(Frozen):
    """A reviewed sentence with ``{name}`` places, and the relations it states between them."""

    text: str
    relations: tuple[tuple[str, Literal["<", "<=", "=", ">=", ">"], str], ...] = ()
    """Each holds between the unrounded and between the printed numbers of two arguments."""


class Margins(Frozen):
    """Header or footer: two templates with {page} {pages} {title} {reference} {issue} {date}."""

    left: str
    right: str


class Document(Frozen):
    """A document: its identity, the templates that it uses, its elements."""

    schema_: Literal["assay.document/1"] = Field(default="assay.document/1", alias="schema")
    title: str = Field(min_length=1)
    reference: str
    issue: str
    date: str = Field(pattern=r"^\d{4}-\d\d-\d\d$")
    language: Literal["en"] = "en"
    header: Margins = Margins(left="{title}", right="{reference}")
    """Printed on every page but the first."""
    footer: Margins = Margins(left="{reference}, issue {issue}, {date}", right="Page {page} of {pages}")
    """Printed on every page."""
    dossier: Digest | None = None
    templates: dict[str, Template] = {}
    elements: tuple[Element, ...]

    def data(self) -> bytes:
        """Return the canonical JSON bytes, which are what is attached and hashed."""
        return canonical(self.model_dump(mode="json", by_alias=True))


def read_document(data: bytes) -> Document:
    """Parse what `Document.data` wrote.

    Raises
    ------
    pydantic.ValidationError
        If it is not a document of this version.
    """
    return Document.model_validate_json(data)


def spans_of(element: Element) -> Iterator[Span]:
    """Yield the spans of an element in reading order, the caption of a table before its cells."""
    match element:
        case Heading() | Paragraph():
            yield from element.spans
        case ItemList():
            for item in element.items:
                yield from item
        case Table():
            yield from element.caption
            for row in (element.header, *element.rows):
                for cell in row:
                    yield from cell
        case Figure():
            yield from element.caption
        case Code() | Contents() | PageBreak():
            return


def text_of(spans: Spans) -> str:
    """Return the visible text of spans, which is their texts one after the other."""
    return "".join(span.text for span in spans)
