"""A record is its bytes: the same bytes, the same name."""

from __future__ import annotations

import pytest

from assay.errors import EvidenceError
from assay.evidence import Record, canonical, digest, read_record, recipe_digest

RECORD = Record(
    "runs", "tray", digest(b"r"), {"study": digest(b"s")}, {"b": 1.0, "a": "é"}, {}, {"name": "assay"}
)


def test_the_golden_record() -> None:
    assert RECORD.data() == (
        b'{"blobs":{},"inputs":{"study":"sha256:043a718774c572bd8a25adbeb1bfcd5c0256ae11cecf9f9c3f925d0e52beaf89"},'
        b'"kind":"runs","payload":{"a":"\xc3\xa9","b":1},'
        b'"recipe":"sha256:454349e422f05297191ead13e21d3db520e5abef52055e4964b82fb213f593a1",'
        b'"schema":"assay.record/1","subject":"tray","tool":{"name":"assay"}}'
    )
    assert RECORD.id == digest(RECORD.data())


def test_the_order_of_keys_does_not_matter() -> None:
    other = Record(
        "runs", "tray", digest(b"r"), {"study": digest(b"s")}, {"a": "é", "b": 1}, {}, {"name": "assay"}
    )
    assert other.id == RECORD.id


def test_other_bytes_are_refused() -> None:
    assert read_record(RECORD.data(), RECORD.id) == RECORD
    with pytest.raises(EvidenceError, match="is damaged"):
        read_record(RECORD.data() + b" ", RECORD.id)
    with pytest.raises(EvidenceError, match="canonical form"):
        read_record(RECORD.data().replace(b'"b":1', b'"b":1.0'))
    for data in (
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff",
        RECORD.data()[:-1],
        canonical({"schema": "assay.record/1"}),
    ):
        with pytest.raises(EvidenceError):
            read_record(data)
    with pytest.raises(EvidenceError, match="schema"):
        read_record(RECORD.data().replace(b"assay.record/1", b"assay.record/2"))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1: 2}, object(), 2**60, b"x"])
def test_what_json_cannot_say_is_refused(value: object) -> None:
    with pytest.raises(EvidenceError, match="not canonical"):
        canonical({"value": value})


def test_a_recipe_changes_with_each_of_its_parts() -> None:
    base = recipe_digest("runs", 1, inputs={"study": "a"}, settings={"seed": 1})
    others = {
        recipe_digest("run", 1, inputs={"study": "a"}, settings={"seed": 1}),
        recipe_digest("runs", 2, inputs={"study": "a"}, settings={"seed": 1}),
        recipe_digest("runs", 1, inputs={"study": "b"}, settings={"seed": 1}),
        recipe_digest("runs", 1, inputs={"study": "a"}, settings={"seed": 2}),
    }
    assert len(others) == 4
    assert base not in others
