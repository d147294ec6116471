from __future__ import annotations

import dataclasses

from assay.document.model import Paragraph, Quotation
from assay.document.sections.narrative import narrative


def test_paragraphs_are_quoted_with_their_file(desk, said):
    found = [e for e in narrative(desk) if isinstance(e, Paragraph)]
    assert [e.spans[0].text for e in found] == ["The bracket", "It holds a tray of 8 kg of equipment."]
    assert all(isinstance(e.spans[0], Quotation) for e in found)
    assert found[0].spans[0].file == "narrative/introduction.md"
    assert "In the author's words" in said(desk, narrative(desk))


def test_nothing_written_nothing_said(desk, desk_of, inputs):
    silent = dataclasses.replace(inputs.programme, narrative={"a.md": "\n \n"})
    assert not list(narrative(desk_of(dataclasses.replace(inputs, programme=silent))))
