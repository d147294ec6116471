from __future__ import annotations

from assay.document.model import ItemList
from assay.document.sections.references import bibliography


def test_only_what_was_used_is_listed(desk, said):
    listed = next(e for e in bibliography(desk) if isinstance(e, ItemList))
    assert len(listed.items) == len(desk.payload.references)
    text = said(desk, bibliography(desk))
    assert "Clopper" in text
    assert "Berger" not in text


def test_nothing_used_is_said(desk, said):
    import dataclasses

    bare = dataclasses.replace(desk, payload=desk.payload.model_copy(update={"references": ()}))
    assert "No verdict used a published method." in said(bare, bibliography(bare))
