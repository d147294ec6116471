"""The JSON dossier is the document model."""

from __future__ import annotations

from assay.document import read_document
from assay.dossier import render_json


def test_is_the_model_and_a_line_feed(sample):
    data = render_json(sample.document)
    assert data.endswith(b"}\n")
    assert data.count(b"\n") == 1
    assert read_document(data) == sample.document
