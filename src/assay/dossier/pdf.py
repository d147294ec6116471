"""The dossier as PDF/A-3a and PDF/UA-1: tagged, with its evidence attached, sealed, the same bytes anywhere.

Typst typesets. It reads the document as JSON, so that no text of a programme is ever evaluated as markup; it
sees no system font, no clock and no file but the ones handed over here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib import resources

from assay.document import Document, DocumentError, named, spans_of, unprintable
from assay.document.model import Code, Figure
from assay.dossier.attachments import Attachment
from assay.dossier.seal import seal
from assay.errors import AssayError, MissingSoftwareError
from assay.evidence.records import Json, canonical

STANDARDS = ("a-3a", "ua-1")
_UNDISPLAYED = re.compile(r"the text `\"(.+?)\"` could not be displayed", re.DOTALL)


class RenderError(AssayError):
    """The typesetter refused a document that the gate let through: a defect of Assay."""


def render_pdf(
    document: Document, files: Sequence[Attachment] = (), images: Mapping[str, bytes] | None = None
) -> bytes:
    """Return the sealed PDF of a document.

    Parameters
    ----------
    document
        What is rendered; it has passed the gate.
    files
        What is embedded, see `assay.dossier.attachments.attachments`.
    images
        Digest to the bytes of every picture the document shows.

    Raises
    ------
    DocumentError
        If a character cannot be printed: invisible, right to left, or in none of the dossier's fonts.
    MissingSoftwareError
        If typst is not installed.
    """
    _refuse_unprintable(document)
    return seal(_typeset(document, _sources(document, files, images or {})))


def _refuse_unprintable(document: Document) -> None:
    for number, element in enumerate(document.elements):
        texts = [span.text for span in spans_of(element)]
        if isinstance(element, Code):
            texts += element.lines
        if isinstance(element, Figure):
            texts.append(element.alt)
        for text in texts:
            for character in unprintable(text):
                where = f"element {number} ({element.type})"
                raise DocumentError(f"{where}: {named(character)} cannot be printed")


def _sources(
    document: Document, files: Sequence[Attachment], images: Mapping[str, bytes]
) -> dict[str, bytes]:
    """Return every file that the typesetter may read, by its path below the template."""
    listing: Json = [
        {
            "name": file.name,
            "mime": file.mime,
            "relationship": file.relationship,
            "description": file.description,
        }
        for file in files
    ]
    template = resources.files("assay.dossier") / "templates" / "dossier.typ"
    return {
        "main.typ": template.read_bytes(),
        "model.json": document.data(),
        "attachments.json": canonical(listing),
        **{f"files/{file.name}": file.data for file in files},
        **{
            f"images/{element.image.removeprefix('sha256:')}.{element.format}": images[element.image]
            for element in document.elements
            if isinstance(element, Figure)
        },
    }


def _typeset(document: Document, sources: Mapping[str, bytes]) -> bytes:
    try:
        import typst
    except ImportError as error:
        raise MissingSoftwareError("PDF needs the Python package typst: pip install typst") from error
    date = datetime.fromisoformat(document.date).replace(tzinfo=UTC)
    with resources.as_file(resources.files("assay.dossier") / "fonts") as fonts:
        try:
            pdf = typst.compile(  # type: ignore[call-overload]  # its stub forgets the dict of files
                dict(sources),
                root=str(fonts),
                font_paths=[str(fonts)],
                ignore_system_fonts=True,
                format="pdf",
                pdf_standards=list(STANDARDS),
                timestamp=int(date.timestamp()),
            )
        except typst.TypstError as error:
            raise _explained(error.message) from error
    return bytes(pdf)


def _explained(message: str) -> AssayError:
    undisplayed = _UNDISPLAYED.search(message)
    if undisplayed is None:
        return RenderError(f"the typesetter refused the document: {message}")
    names = ", ".join(named(character) for character in dict.fromkeys(undisplayed.group(1)))
    return DocumentError(f"the dossier's fonts cannot print {undisplayed.group(1)!r} ({names})")
