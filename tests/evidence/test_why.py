"""A record names all that it was made from, each once."""

from __future__ import annotations

import pytest

from assay.errors import EvidenceError
from assay.evidence import Record, Store, digest


def make(subject: str, inputs: dict[str, str] | None = None) -> Record:
    return Record("runs", subject, digest(b"r"), inputs or {}, None, {}, {"name": "assay"})


def test_why_names_everything_once(store: Store) -> None:
    study = make("study")
    runs = make("runs", inputs={"study": study.id})
    gone = digest(b"gone")
    model = make("model", inputs={"runs": runs.id, "study": study.id, "old": gone})
    for record in (study, runs, model):
        store.put(record)
    tree = store.why(model.id, 5)
    assert tree.record == model
    assert [node.role for node in tree.inputs] == ["old", "runs", "study"]
    assert tree.inputs[0].record is None
    assert tree.inputs[1].inputs[0].record == study
    assert tree.inputs[2].seen
    assert store.why(model.id, 0).inputs == ()
    with pytest.raises(EvidenceError):
        store.why(gone, 1)
