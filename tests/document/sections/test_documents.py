from __future__ import annotations

import dataclasses

from assay.document.sections.documents import documents


def test_each_document_with_role_verdict_and_digest(desk, said):
    text = said(desk, documents(desk))
    assert "TRAY-013documents/fatigue.pdffatigue leadNOT SHOWN the document that would show it" in text
    assert "TRAY-014documents/assembly.pdfqualitySHOWN (document)sha256:" in text
    assert "no file" in text
    assert "Its content was not judged" in text


def test_nothing_where_no_requirement_names_one(desk, desk_of, inputs):
    bare = {n: dataclasses.replace(r, document=None) for n, r in inputs.programme.requirements.items()}
    programme = dataclasses.replace(inputs.programme, requirements=bare)
    assert not list(documents(desk_of(dataclasses.replace(inputs, programme=programme))))
