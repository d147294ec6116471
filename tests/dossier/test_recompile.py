"""A finished PDF is byte for byte what its own attachments render to, or it is said not to be."""

from __future__ import annotations

import pytest

from assay.dossier.recompile import recompiled
from assay.errors import EvidenceError


def test_a_dossier_is_what_its_attachments_render_to(sample_pdf: bytes) -> None:
    assert recompiled(sample_pdf)


def test_a_look_that_was_changed_is_found(sample_pdf: bytes) -> None:
    """A byte of a font or of the drawing changes no text and no attachment."""
    assert not recompiled(sample_pdf.replace(b"/Producer", b"/Producxr", 1) + b" ")


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\n", b"not a PDF at all" * 9])
def test_what_is_no_dossier_is_refused_in_one_sentence(data: bytes) -> None:
    with pytest.raises(EvidenceError):
        recompiled(data)
