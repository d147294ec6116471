"""Real dossiers forged in every way of issue A: F1 to F4 and single bytes are caught and named, F5 passes."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from assay.campaign import read_table
from assay.evidence import canonical, digest, open_store

ROOT = Path(__file__).parents[2]
BRACKET = ROOT / "examples" / "bracket"
CAUGHT_BY = {
    "byte": {"seal", "file layout"},
    "F1": {"seal"},
    "F2": {"page text"},
    "F3": {"records"},
    "F4": {"attachments", "records", "page text"},
}


def loaded(path: Path) -> ModuleType:
    name = f"loaded_{path.stem}"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, path)
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


VERIFIER = loaded(ROOT / "src" / "assay" / "dossier" / "verify.py")
FORGING = loaded(ROOT / "tests" / "dossier" / "forging.py")


def all_caught(kind: str, pdf: bytes, other: bytes, count: int, seed: int) -> int:
    """Forge `count` times; return how many were caught and named by the check that should."""
    caught = 0
    for told, forged in FORGING.mutations(pdf, kind, count, seed, other):
        report = VERIFIER.verify(forged)
        assert report.failures, f"not detected: {told}"
        assert report.outcomes[-1].check in CAUGHT_BY[kind], f"{told}: {report.failures[0]}"
        caught += 1
    return caught


@pytest.fixture(scope="module")
def tiny_dossiers(tiny_done, tmp_path_factory):
    """The PDFs of both configurations of `tiny`."""
    own = tiny_done.copy(tmp_path_factory.mktemp("forged") / "tiny")
    assert own.within("dossier", "--format", "pdf").code == 0
    return [(own.folder / "build" / name / "dossier.pdf").read_bytes() for name in ("nominal", "thin")]


def test_the_attached_verifier_passes_the_dossier(tiny_dossiers, tmp_path):
    """Taken out of the PDF and run by a bare interpreter, as an authority would."""
    files = FORGING.files_of(tiny_dossiers[0])
    (tmp_path / "verify.py").write_bytes(files["verify.py"])
    (tmp_path / "dossier.pdf").write_bytes(tiny_dossiers[0])
    command = [sys.executable, "-I", "verify.py", "dossier.pdf", "--json"]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout
    assert json.loads(ended.stdout)["verified"] is True


@pytest.mark.parametrize("kind", CAUGHT_BY)
def test_forgeries_of_tiny_are_caught(tiny_dossiers, kind):
    assert all_caught(kind, *tiny_dossiers, 50, seed=1) == 50


def test_everything_above_a_changed_run_recomputed_passes(done):
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
    report = VERIFIER.verify((done.folder / "build" / "nominal" / "dossier.pdf").read_bytes())
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
def bracket_dossiers(tmp_path_factory):
    """The PDFs of both configurations of the bracket, as `make demo` left them or computed here."""
    built = [BRACKET / "build" / name / "dossier.pdf" for name in ("nominal", "lightened")]
    if not all(path.is_file() for path in built):
        place = tmp_path_factory.mktemp("bracket") / "bracket"
        shutil.copytree(BRACKET, place, ignore=shutil.ignore_patterns(".assay", "build"))
        environment = {**os.environ, "ASSAY_CONFIG_HOME": str(place.parent)}
        for words in (["trust", "--yes"], ["run"], ["dossier", "--format", "pdf"]):
            command = [sys.executable, "-m", "assay", words[0], str(place), *words[1:]]
            subprocess.run(command, env=environment, check=True)
        built = [place / "build" / name / "dossier.pdf" for name in ("nominal", "lightened")]
    return [path.read_bytes() for path in built]


@pytest.mark.long
@pytest.mark.parametrize("kind", CAUGHT_BY)
def test_many_forgeries_of_the_bracket_are_caught(bracket_dossiers, kind):
    assert all_caught(kind, *bracket_dossiers, 500, seed=2) == 500
