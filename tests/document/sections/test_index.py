from __future__ import annotations

from assay.document.sections.index import index


def test_every_attached_record_is_named_once(desk, said):
    text = said(desk, index(desk))
    for identifier in desk.inputs.records():
        assert text.count(f"sha256:{identifier[7:19]}") == 1
    assert f"sha256:{desk.summary_id[7:19]}" in text
