"""The dossier as JSON: the document model itself, canonical, ended by a line feed."""

from __future__ import annotations

from assay.document import Document


def render_json(document: Document) -> bytes:
    """Return the document as one line of RFC 8785 JSON, the bytes of ``model.json`` and a line feed."""
    return document.data() + b"\n"
