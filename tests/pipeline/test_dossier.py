from __future__ import annotations

import dataclasses
import json

import pytest

from assay.errors import CheckFailedError
from assay.evidence import open_store, read_ledger
from assay.pipeline import Looking, walk
from assay.pipeline.dossier import Tables, discarded, gather, require_final, write_dossier
from assay.programme import load


def test_everything_that_the_document_may_say(store, walked):
    inputs = gather(store, walked, "nominal")
    assert set(inputs.showings) == {f"BEAM-{i}.a" for i in (2, 3, 4, 5, 6, 7, 10)}
    assert set(inputs.studies) == {"beam", "support"}
    assert {row.configuration for row in inputs.status.rows} == {"nominal"}
    assert len(inputs.attempts) == 4
    assert (
        inputs.studies["beam"].validation[0].id == walked.configurations["nominal"].validation["beam", 0].id
    )
    assert inputs.discarded == ()


def test_tables_are_read_when_asked_for(store, walked):
    record = walked.configurations["nominal"].nominal["beam"]
    tables = Tables(store, (record.blobs["table"],))
    assert list(tables) == [record.blobs["table"]]
    assert len(tables) == 1
    assert tables[record.blobs["table"]].startswith(b'{"checks"')
    with pytest.raises(KeyError):
        tables["sha256:" + "0" * 64]


def test_what_is_no_longer_used_is_told(done):
    """Superseded runs and showings stay on file and are printed, not hidden."""
    old = done.showing("BEAM-6.a")
    done.edit("criteria.toml", '"150 Hz"', '"140 Hz"')
    done.run()
    with open_store(done.folder) as store:
        walked = walk(Looking(store, read_ledger(done.folder)), load(done.folder), ("nominal", "thin"))
        found = {record.id: record.kind for record in discarded(store, walked)}
    assert found[old.id] == "showing"


@pytest.fixture
def own(done):
    """Store of a copy, and what a walk over it finds: a dossier leaves a record behind."""
    with open_store(done.folder) as store:
        yield store, walk(Looking(store, read_ledger(done.folder)), load(done.folder), ("nominal", "thin"))


def test_files_are_written_whole(own, tmp_path):
    store, walked = own
    said = []
    written = write_dossier(store, walked, "nominal", tmp_path, ("json",), said.append)
    assert set(written.files) == {"json"}
    path = tmp_path / "build" / "nominal" / "dossier.json"
    assert json.loads(path.read_text())["schema"] == "assay.document/1"
    assert [file.name for file in path.parent.iterdir()] == ["dossier.json"]
    assert store.get(written.record.id).kind == "dossier"
    assert said
    assert write_dossier(store, walked, "nominal", tmp_path, ("json",)).record.id == written.record.id


def test_a_file_that_is_still_right_is_not_written_again(own, tmp_path):
    store, walked = own
    written = write_dossier(store, walked, "thin", tmp_path, ("json",))
    path, said = written.files["json"], []
    before = path.stat().st_mtime_ns
    assert write_dossier(store, walked, "thin", tmp_path, ("json",), said.append).files == written.files
    assert said == ["thin: nothing has changed since it was written"]
    assert path.stat().st_mtime_ns == before
    good = path.read_bytes()
    path.write_bytes(b"damaged")
    write_dossier(store, walked, "thin", tmp_path, ("json",))
    assert path.read_bytes() == good


def test_final(walked):
    require_final(walked, "nominal")
    stale = dataclasses.replace(
        walked,
        rows={"nominal": tuple(row.model_copy(update={"stale": True}) for row in walked.rows["nominal"][:2])},
    )
    with pytest.raises(CheckFailedError, match="not final: BEAM-1, BEAM-2 of nominal"):
        require_final(stale, "nominal")
