"""The dossier as HTML: one file that needs nothing else, from the same model as the PDF.

Each number carries the record and the pointer it was rounded from, and the records are in the file, so a
reader can open any of them. The file is not sealed: the PDF beside it is what proves itself.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from assay.document import Claim, Code, Document, DocumentError, Figure, Heading, Span, Table, spans_of
from assay.document.claims import PLACE
from assay.dossier.viewer import FieldView, encoded
from assay.errors import EvidenceError
from assay.evidence.records import canonical, digest

VERDICTS = {"SHOWN": "shown", "SHOWN GIVEN": "given", "NOT SHOWN": "open", "REFUTED": "refuted"}
_MIMES = {"svg": "image/svg+xml", "png": "image/png"}
_TABLE = re.compile(r"runs-([0-9a-f]{64})\.jsonl")
_RECORD = re.compile(r"sha256:[0-9a-f]{12,64}")
_FACES = (
    ("SourceSans3-Regular.otf", 400, "normal"),
    ("SourceSans3-Semibold.otf", 600, "normal"),
    ("SourceSans3-It.otf", 400, "italic"),
)
_ALWAYS = frozenset(map(chr, range(0x20, 0x7F))) | frozenset("·–—×−…“”‘’•§°±≤≥→✓\u00a0\u202f")
"""Characters every face has, for what the page itself says."""


@dataclass(frozen=True)
class _Entry:
    """A line of the table of contents."""

    target: str
    level: int
    spans: tuple[Span, ...]


def render_html(
    document: Document, files: Mapping[str, bytes] | None = None, fields: Sequence[FieldView] = ()
) -> bytes:
    """Return the HTML file of a document.

    Parameters
    ----------
    document
        What is rendered; it has passed the gate.
    files
        The dossier's attachments by name: ``records.jsonl``, the run tables and the pictures are embedded.
    fields
        Fields that can be turned, each instead of the figure whose anchor it names.

    Raises
    ------
    EvidenceError
        If a picture is missing or is not what its digest says.
    DocumentError
        If a field names no figure or its arrays do not fit.
    """
    given = files or {}
    records = given.get("records.jsonl", b"")
    lines = {digest(line): line for line in records.splitlines()}
    styles = _read("style.css") + _widths(document) + _faces(_characters(document))
    scripts = [_read("dossier.js")]
    if fields:
        scripts += [_read("twgl.min.js"), _read("viewer.js")]
    html = (
        _environment()
        .get_template("dossier.html.j2")
        .render(
            document=document,
            policy=_policy(styles, scripts),
            styles=_raw(styles),
            scripts=[_raw(script) for script in scripts],
            names=_names(document),
            entries=_entries(document),
            pictures=_pictures(document, given),
            fields=_fields(document, fields),
            records=_data(b"".join(name.encode() + b" " + lines[name] + b"\n" for name in sorted(lines))),
            tables={
                found[1]: _data(given[name]) for name in sorted(given) if (found := _TABLE.fullmatch(name))
            },
            record_of=_finder(lines.keys()),
            model=digest(document.data()),
        )
    )
    return str(html).encode("utf-8")


@cache
def _environment() -> Any:
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    environment = Environment(
        loader=FunctionLoader(_read),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["pieces"] = _pieces
    environment.filters["share"] = _share
    environment.filters["in_cards"] = _in_cards
    environment.globals["verdicts"] = VERDICTS
    return environment


@cache
def _read(name: str) -> str:
    return (resources.files("assay.dossier") / "web" / name).read_text(encoding="utf-8")


def _raw(text: str) -> Any:
    """Return text that goes between script or style tags as it is.

    Raises
    ------
    DocumentError
        If it would end the element it stands in.
    """
    from markupsafe import Markup

    if re.search(r"</(script|style)|<!--", text, re.IGNORECASE):
        raise DocumentError("a script or style of the dossier would end its own element")
    return Markup(text)  # noqa: S704  # checked above, and made of Assay's own files


def _data(content: bytes) -> Any:
    """Return JSON lines as the content of a script element.

    A less-than sign occurs in JSON inside strings only, where its escape means the same.
    """
    return _raw(content.decode("utf-8").replace("<", "\\u003c"))


def _policy(styles: str, scripts: Sequence[str]) -> str:
    """Return a content security policy: nothing from anywhere, and no code but the dossier's own."""

    def allowed(texts: Sequence[str]) -> str:
        hashes = (base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode() for text in texts)
        return " ".join(f"'sha256-{text}'" for text in hashes)

    return (
        f"default-src 'none'; script-src {allowed(scripts)}; style-src {allowed([styles])}; img-src data:; "
        "font-src data:; base-uri 'none'; form-action 'none'"
    )


def _finder(ids: Collection[str]) -> Callable[[str], str | None]:
    """Return a function from what a document prints of a record's id to the id, if only one begins so."""
    short: dict[str, list[str]] = {}
    for name in ids:
        short.setdefault(name[:19], []).append(name)

    def find(text: str) -> str | None:
        if not _RECORD.fullmatch(text):
            return None
        found = [name for name in short.get(text[:19], ()) if name.startswith(text)]
        return found[0] if len(found) == 1 else None

    return find


def _names(document: Document) -> tuple[str, ...]:
    """Return the id of every element; an underscore cannot begin an anchor."""
    return tuple(element.anchor or f"_{number}" for number, element in enumerate(document.elements))


def _entries(document: Document) -> tuple[_Entry, ...]:
    return tuple(
        _Entry(name, element.level, element.spans)
        for name, element in zip(_names(document), document.elements, strict=True)
        if isinstance(element, Heading) and element.listed
    )


def _pieces(claim: Claim, text: str) -> Iterator[str | Span]:
    """Yield a claim's words and its arguments in reading order."""
    for number, part in enumerate(PLACE.split(text)):
        if number % 2:
            yield claim.arguments[part]
        elif part:
            yield part


def _in_cards(table: Table) -> bool:
    """Return whether a narrow screen shows a table row by row: one of words, not one of numbers."""
    numbers = sum(column.align == "right" for column in table.columns)
    return table.style == "grid" and len(table.columns) > 2 and 2 * numbers < len(table.columns)


def _share(table: Table) -> tuple[int, ...]:
    """Return the width of each column in per cent, or nothing where a column is as wide as its content."""
    widths = [column.width for column in table.columns]
    numbers = [width for width in widths if width != "auto"]
    if len(numbers) < len(widths):
        return ()
    return tuple(round(100 * width / sum(numbers)) for width in numbers)


def _widths(document: Document) -> str:
    """Return a rule for each width that occurs; the policy allows no style attribute."""
    used = {element.width for element in document.elements if isinstance(element, Figure)}
    for element in document.elements:
        if isinstance(element, Table):
            used.update(_share(element))
    return "".join(f".w{width}{{width:{width}%}}\n" for width in sorted(used))


def _characters(document: Document) -> frozenset[str]:
    texts = [span.text for element in document.elements for span in spans_of(element)]
    texts += [line for element in document.elements if isinstance(element, Code) for line in element.lines]
    return _ALWAYS.union(*texts)


def _faces(characters: frozenset[str]) -> str:
    """Return the dossier's fonts as style rules, cut down to the characters that occur."""
    rules = []
    for file, weight, style in _FACES:
        font = base64.b64encode(_subset(file, characters)).decode("ascii")
        rules.append(
            f"@font-face{{font-family:'Dossier Sans';font-weight:{weight};font-style:{style};"
            f"src:url(data:font/otf;base64,{font})}}\n"
        )
    return "".join(rules)


@cache
def _subset(file: str, characters: frozenset[str]) -> bytes:
    import io
    import logging

    from fontTools import subset  # type: ignore[import-untyped]  # it ships no annotations

    # It tells of every table it drops.
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    options = subset.Options()
    options.recalc_timestamp = False
    options.layout_features = ["kern", "tnum", "lnum", "mark", "mkmk"]
    with resources.as_file(resources.files("assay.dossier") / "fonts" / file) as path:
        font = subset.load_font(str(path), options)
        cutter = subset.Subsetter(options)
        cutter.populate(text="".join(sorted(characters)))
        cutter.subset(font)
        out = io.BytesIO()
        font.save(out)
        font.close()
    return out.getvalue()


def _pictures(document: Document, files: Mapping[str, bytes]) -> dict[str, str]:
    """Return the data URL of every picture by its digest."""
    found = {}
    for figure in document.elements:
        if isinstance(figure, Figure):
            name = f"image-{figure.image.removeprefix('sha256:')}.{figure.format}"
            if name not in files:
                raise EvidenceError(f"picture {figure.image} is in the document but not among the files")
            if digest(files[name]) != figure.image:
                raise EvidenceError(f"{name} is damaged: its bytes hash to {digest(files[name])}")
            data = base64.b64encode(files[name]).decode("ascii")
            found[figure.image] = f"data:{_MIMES[figure.format]};base64,{data}"
    return found


def _fields(document: Document, fields: Sequence[FieldView]) -> dict[str, Any]:
    """Return the data of every field by the anchor of its figure."""
    figures = {element.anchor for element in document.elements if isinstance(element, Figure)}
    for field in fields:
        if field.name not in figures:
            raise DocumentError(f"field {field.name!r} is the anchor of no figure of the document")
    return {field.name: _data(canonical(encoded(field))) for field in fields}
