"""How is the document rendered, and how does it prove itself?

One file a format: `pdf` (PDF/A-3a and PDF/UA-1 by typst, evidence attached, sealed), `html` (one
file whose numbers open their evidence and whose fields turn) and `json_format`.
`verify.py` is the program that travels inside the PDF and is imported by nothing.
"""

from assay.dossier.attachments import Attachment, attachments, record_lines
from assay.dossier.html import render_html
from assay.dossier.json_format import render_json
from assay.dossier.pdf import RenderError, render_pdf
from assay.dossier.seal import seal, seal_of
from assay.dossier.viewer import FieldView

__all__ = [
    "Attachment",
    "FieldView",
    "RenderError",
    "attachments",
    "record_lines",
    "render_html",
    "render_json",
    "render_pdf",
    "seal",
    "seal_of",
]
