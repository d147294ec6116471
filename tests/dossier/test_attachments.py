"""What travels inside a dossier is complete, in order, and what its digest says."""

from __future__ import annotations

import hashlib
import json

import pytest

from assay.dossier import attachments, record_lines
from assay.errors import EvidenceError
from assay.evidence.records import digest, read_record


def test_names_and_bytes(sample):
    names = [file.name for file in sample.files]
    assert [name for name in names if "-" not in name] == [
        "model.json",
        "records.jsonl",
        "verify.py",
        "manifest.json",
    ]
    for file in sample.files:
        if "-" in file.name:
            kind, _, name = file.name.partition("-")
            assert kind in {"runs", "image"}
            assert name.partition(".")[0] == hashlib.sha256(file.data).hexdigest()
    assert sample.files[0].data == sample.document.data()


def test_records_are_lines_sorted_by_id_each_once(sample):
    lines = record_lines([*sample.records, *sample.records]).splitlines()
    ids = [read_record(line).id for line in lines]
    assert ids == sorted({record.id for record in sample.records})
    assert record_lines(()) == b""


def test_the_manifest_names_every_other_file(sample):
    manifest = json.loads(sample.files[-1].data)
    assert manifest["schema"] == "assay.manifest/1"
    assert manifest["dossier"] is None
    assert manifest["files"] == {
        file.name: {"sha256": digest(file.data), "size": len(file.data)} for file in sample.files[:-1]
    }


def test_a_damaged_table_and_a_missing_picture_are_refused(sample):
    with pytest.raises(EvidenceError, match="damaged"):
        attachments(sample.document, (), {digest(b"a"): b"b"}, sample.images, b"")
    with pytest.raises(EvidenceError, match="damaged"):
        attachments(sample.document, (), {}, dict.fromkeys(sample.images, b"x"), b"")
    with pytest.raises(EvidenceError, match="not in the store"):
        attachments(sample.document, (), {}, {}, b"")
