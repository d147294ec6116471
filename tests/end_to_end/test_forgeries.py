"""Real dossiers forged in every way of issue A: F1 to F4 and single bytes are caught and named, F5 passes."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from assay.campaign import read_table
from assay.evidence import canonical, digest, open_store

ROOT = Path(__file__).parents[2]
BRACKETS = ("nominal", "lightened")


@pytest.fixture(scope="module")
def tiny_dossiers(tiny_done, tmp_path_factory):
    """The PDFs of both configurations of `tiny`."""
    own = tiny_done.copy(tmp_path_factory.mktemp("forged") / "tiny")
    assert own.within("dossier", "--format", "pdf").code == 0
    return [(own.folder / "build" / name / "dossier.pdf").read_bytes() for name in ("nominal", "thin")]


def test_the_attached_verifier_passes_the_dossier(forging, tiny_dossiers, tmp_path):
    """Taken out of the PDF and run by a bare interpreter, as an authority would."""
    files = forging.files_of(tiny_dossiers[0])
    (tmp_path / "verify.py").write_bytes(files["verify.py"])
    (tmp_path / "dossier.pdf").write_bytes(tiny_dossiers[0])
    command = [sys.executable, "-I", "verify.py", "dossier.pdf", "--json"]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout
    assert json.loads(ended.stdout)["verified"] is True


def test_forgeries_of_tiny_are_caught(verifier, forging, tiny_dossiers, forgery):
    assert sum(forging.all_caught(verifier, forgery, *tiny_dossiers, 50, 1).values()) == 50


def test_everything_above_a_changed_run_recomputed_passes(verifier, done):
    """F5: whoever recomputes all of it with the published algorithm has a dossier that is consistent.

    Only a signature tells who wrote it; the guide says so (docs/guide/verifying.md).
    """
    before = done.rows("nominal")["BEAM-4"]["margin"]["value"]
    with open_store(done.folder) as store:
        runs = store.latest("runs", "beam@nominal/block-0")
        lines = store.blob(runs.blobs["table"]).splitlines()
        rows = [json.loads(line) for line in lines]
        for row in rows:
            if row["index"] == 3 and row["row"].endswith("#gust"):
                row["quantities"]["stress"] = 199.0 / 1.05 / 1.001
        table = b"".join(canonical(row) + b"\n" for row in rows)
        assert len(read_table(table)) == len(rows)
        name = store.put_blob(table)
        assert name == digest(table)
        payload = {**runs.payload, "table": {**runs.payload["table"], "digest": name}}
        forged = replace(runs, payload=payload, blobs={**runs.blobs, "table": name})
    forget(done.folder, runs.id)
    with open_store(done.folder) as store:
        store.put(forged)
    done.run()
    assert done.rows("nominal")["BEAM-4"]["margin"]["value"] < before - 0.05
    assert done.within("dossier", "--configuration", "nominal", "--format", "pdf").code == 0
    report = verifier.verify((done.folder / "build" / "nominal" / "dossier.pdf").read_bytes())
    assert report.failures == []
    assert "verdicts" in {outcome.check for outcome in report.outcomes}
    guide = (ROOT / "docs" / "guide" / "verifying.md").read_text(encoding="utf-8")
    assert "signature" in guide


def forget(folder: Path, record: str) -> None:
    """Take a record out of a store, as a forger with access to the folder would."""
    database = sqlite3.connect(folder / ".assay" / "records.sqlite")
    with database:
        database.execute("DELETE FROM records WHERE id = ?", (record,))
    database.close()


@pytest.fixture(scope="module")
def bracket_dossiers(verifier, request, tmp_path_factory):
    """The PDFs of both configurations of the bracket, as `make demo` left them or computed here."""
    build = ROOT / "examples" / "bracket" / "build"
    if not all((build / name / "dossier.pdf").is_file() for name in BRACKETS):
        undisturbed, _ = request.getfixturevalue("bracket_done")
        done = undisturbed.copy(tmp_path_factory.mktemp("forged") / "bracket")
        assert done.within("dossier", "--format", "pdf").code == 0
        build = done.folder / "build"
    found = [(build / name / "dossier.pdf").read_bytes() for name in BRACKETS]
    for pdf in found:
        assert verifier.verify(pdf).failures == [], "what is forged must be whole, and of today's format"
    return found


@pytest.mark.long
def test_many_forgeries_of_the_bracket_are_caught(
    verifier, forging, bracket_dossiers, forgery, record_property
):
    found = forging.all_caught(verifier, forgery, *bracket_dossiers, 500, 2)
    record_property("dossier", digest(bracket_dossiers[0]))
    record_property("caught", f"{sum(found.values())} of 500")
    record_property("by check", found)
    assert sum(found.values()) == 500
