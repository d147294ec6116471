from __future__ import annotations

from assay.document.model import Code
from assay.document.sections.checking import checking


def test_two_commands_check_it(desk, said):
    code = next(e for e in checking(desk) if isinstance(e, Code))
    assert code.lines == ("pdfdetach -saveall dossier.pdf", "python3 -I verify.py dossier.pdf")
    assert "Written with assay 0.1.0." in said(desk, checking(desk))
