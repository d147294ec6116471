"""The files inside a dossier: the document, the evidence it stands on, and the program that checks both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from assay.document import Document, Figure
from assay.errors import EvidenceError
from assay.evidence.records import Json, Record, canonical, digest

MANIFEST_SCHEMA = "assay.manifest/1"

Relationship = Literal["source", "data", "supplement"]


@dataclass(frozen=True)
class Attachment:
    """One embedded file."""

    name: str
    """Plain file name: poppler's ``pdfdetach -saveall`` makes no folders."""
    data: bytes
    mime: str
    relationship: Relationship
    """PDF/A-3 associated-file relationship."""
    description: str


def attachments(
    document: Document,
    records: Iterable[Record],
    tables: Mapping[str, bytes],
    images: Mapping[str, bytes],
    verifier: bytes,
    dossier: str | None = None,
) -> tuple[Attachment, ...]:
    """Return the files that make a dossier checkable alone, the manifest last.

    Parameters
    ----------
    document
        What is rendered.
    records
        Every record that a fact points into, and their inputs.
    tables
        Blob digest to the bytes of a canonical run table.
    images
        Digest to the bytes of every picture that the document shows.
    verifier
        The file ``verify.py``.
    dossier
        Id of the dossier record, if there is one already.

    Raises
    ------
    EvidenceError
        If a table or a picture is not what its digest says, or a picture is missing.
    """
    files = [
        Attachment("model.json", document.data(), "application/json", "source", "The document, span by span"),
        Attachment("records.jsonl", record_lines(records), "application/jsonl", "data", "The evidence"),
        *(_table(name, tables[name]) for name in sorted(tables)),
        *_pictures(document, images),
        Attachment("verify.py", verifier, "text/x-python", "supplement", "Checks this file without Assay"),
    ]
    manifest: Json = {
        "schema": MANIFEST_SCHEMA,
        "dossier": dossier,
        "files": {file.name: {"sha256": digest(file.data), "size": len(file.data)} for file in files},
    }
    description = "Digest and size of every other attachment"
    return (
        *files,
        Attachment("manifest.json", canonical(manifest), "application/json", "data", description),
    )


def record_lines(records: Iterable[Record]) -> bytes:
    """Return the canonical records, one a line, sorted by id, each once."""
    by_id = {record.id: record.data() for record in records}
    return b"".join(by_id[name] + b"\n" for name in sorted(by_id))


def _checked(name: str, data: bytes) -> bytes:
    if digest(data) != name:
        raise EvidenceError(f"{name} is damaged: its bytes hash to {digest(data)}")
    return data


def _table(name: str, data: bytes) -> Attachment:
    path = f"runs-{name.removeprefix('sha256:')}.jsonl"
    return Attachment(path, _checked(name, data), "application/jsonl", "data", "A run table, one row a line")


def _pictures(document: Document, images: Mapping[str, bytes]) -> list[Attachment]:
    figures = {figure.image: figure for figure in document.elements if isinstance(figure, Figure)}
    missing = sorted(set(figures) - set(images))
    if missing:
        raise EvidenceError(f"picture {missing[0]} is in the document but not in the store")
    mimes = {"svg": "image/svg+xml", "png": "image/png"}
    return [
        Attachment(
            f"image-{name.removeprefix('sha256:')}.{figure.format}",
            _checked(name, images[name]),
            mimes[figure.format],
            "source",
            "A figure of the document",
        )
        for name, figure in sorted(figures.items())
    ]
