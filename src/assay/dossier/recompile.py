"""Is the finished PDF byte for byte what its own attachments render to?"""

from __future__ import annotations

import io
import json

from assay.document import read_document
from assay.dossier.attachments import attachments
from assay.dossier.pdf import render_pdf
from assay.errors import EvidenceError
from assay.evidence import digest, read_record


def recompiled(pdf: bytes) -> bool:
    """Render the attached document with the attached evidence and compare every byte.

    Equal text is not equal look; equal bytes are. Needs the typesetter's version that wrote the file.

    Raises
    ------
    EvidenceError
        If the file is not a dossier.
    """
    files = _attached(pdf)
    try:
        document = read_document(files["model.json"])
        dossier = json.loads(files["manifest.json"])["dossier"]
        records = [read_record(line) for line in files["records.jsonl"].splitlines()]
        verifier = files["verify.py"]
    except (KeyError, ValueError, TypeError) as error:
        raise EvidenceError(f"not a dossier: {error}") from error
    images = {digest(data): data for name, data in files.items() if name.startswith("image-")}
    tables = {digest(data): data for name, data in files.items() if name.startswith("runs-")}
    made = attachments(document, records, tables, images, verifier, dossier)
    return render_pdf(document, made, images) == pdf


def _attached(pdf: bytes) -> dict[str, bytes]:
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        found = PdfReader(io.BytesIO(pdf)).attachments
        return {name: contents[0] for name, contents in found.items()}
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise EvidenceError(f"not a readable PDF: {error}") from error
