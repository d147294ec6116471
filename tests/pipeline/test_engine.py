from __future__ import annotations

import pytest

from assay.evidence import Record, open_store, read_ledger
from assay.pipeline.engine import ATTEMPT_NOTE, Looking, Needed, Working, state_of
from assay.pipeline.tool import TOOL

RECIPE = "sha256:" + "1" * 64
ATTEMPT = {
    "requirement": "R",
    "identity": {"part": "P", "serials": "1"},
    "number": 1,
    "configuration": "nominal",
    "blocks": {"beam": 0},
}


@pytest.fixture
def working(tmp_path):
    with open_store(tmp_path) as store:
        said = []

        def no_executor():
            raise AssertionError("nothing is to be run")

        engine = Working(tmp_path, store, read_ledger(tmp_path), no_executor, announce=said.append)
        engine.said = said
        yield engine


def looking(engine):
    return Looking(engine.store, engine.ledger)


def test_a_record_is_computed_once(working):
    calls = []

    def compute():
        calls.append(1)
        return {"answer": 42}, {}

    first = working.record("model", "beam.stress", RECIPE, {"a": RECIPE}, compute)
    assert working.record("model", "beam.stress", RECIPE, {"a": RECIPE}, compute) == first
    assert calls == [1]
    assert working.said == ["model beam.stress"]
    assert first.payload == {"answer": 42}
    assert first.tool == TOOL


def test_a_record_whose_blob_is_damaged_is_computed_again(working):
    def compute():
        return {}, {"model": working.store.put_blob(b"weights")}

    record = working.record("model", "m", RECIPE, {}, compute)
    digest = record.blobs["model"].removeprefix("sha256:")
    path = working.store.folder / "blobs" / digest[:2] / digest[2:]
    path.write_bytes(b"weigh")
    look = looking(working)
    assert look.record("model", "m", RECIPE, {}, compute) is None
    assert look.steps[0].state == "stale"
    assert working.record("model", "m", RECIPE, {}, compute) == record
    assert path.read_bytes() == b"weights"


def test_what_waits_is_not_computed(working):
    def compute():
        raise AssertionError

    assert working.record("model", "m", None, {}, compute) is None
    assert working.block(Needed("training", "beam", 1, 1), None) is None
    look = looking(working)
    assert look.record("model", "m", None, {}, compute) is None
    assert look.block(Needed("training", "beam", 7, 7), None) is None
    assert [(step.state, step.runs) for step in look.steps] == [("waiting", 0), ("waiting", 7)]


def test_looking_computes_nothing(working):
    def compute():
        raise AssertionError

    look = looking(working)
    assert look.record("model", "m", RECIPE, {}, compute) is None
    look.fixed(Record("study", "beam", RECIPE, {}, {}, {}, TOOL))
    assert list(working.store.records()) == []
    assert state_of(working.store, "model", "m") == "new"


def test_an_attempt_is_noted_before_it_is_written(working, monkeypatch):
    """A machine that dies in between has a note too many, never a draw without a note."""
    order = []
    monkeypatch.setattr("assay.pipeline.engine.write_attempt", lambda *_: order.append("file"))
    monkeypatch.setattr(type(working.store), "note", lambda *_: order.append("note"))
    working.attempt(ATTEMPT, {"beam@nominal": {}})
    assert order == ["note", "file"]


def test_an_attempt_is_written_once(working):
    look = looking(working)
    assert look.attempt(ATTEMPT, {}) is False
    assert look.steps[-1].subject == "R@nominal#1"
    for _ in range(2):
        assert working.attempt(ATTEMPT, {"beam@nominal": {"attempt": "x"}}) is True
    assert [entry.payload for entry in working.ledger.attempts] == [ATTEMPT]
    notes = list(working.store.journal(ATTEMPT_NOTE))
    assert [(note.subject, note.detail) for note in notes] == [("beam@nominal", {"attempt": "x"})]
    assert looking(working).attempt(ATTEMPT, {}) is True


def test_a_freeze_is_written_once(working):
    payload = {"configuration": "nominal", "limits": {}}
    assert looking(working).freeze(payload) is False
    for _ in range(2):
        assert working.freeze(payload) is True
    assert len(working.ledger.freezes) == 1
    look = looking(working)
    assert look.freeze(payload) is True
    assert look.steps[-1].state == "done"
