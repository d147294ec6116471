from __future__ import annotations

import dataclasses

from assay.document.sections.statement import statement


def test_the_authors_words_and_the_roles(desk, said):
    text = said(desk, statement(desk))
    assert "This document is the proof of compliance for the rows that it shows." in text
    assert "stress leadB. Turnernot signed" in text


def test_no_statement_is_said(desk_of, evidence, said):
    programme = evidence.make_programme()
    silent = dataclasses.replace(programme, document=dataclasses.replace(programme.document, statement=""))
    desk = desk_of(evidence.make_inputs(silent))
    assert "makes no statement" in said(desk, statement(desk))
