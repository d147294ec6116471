from __future__ import annotations

import pytest


def test_writes_one_file_a_format(done):
    ended = done("dossier", "--configuration", "nominal")
    assert ended.code == 0, ended.err
    folder = done.folder / "build" / "nominal"
    assert sorted(path.name for path in folder.iterdir()) == ["dossier.html", "dossier.json", "dossier.pdf"]
    assert ended.out.count("wrote ") == 3
    assert done("verify", str(folder / "dossier.pdf")).code == 0
    assert not (done.folder / "build" / "thin").exists()


def test_dry_run(done):
    ended = done.within("dossier", "--dry-run", "--json")
    assert ended.json["schema"] == "assay.dossier/1"
    assert [file["file"] for file in ended.json["files"]][:1] == ["build/nominal/dossier.pdf"]
    assert len(ended.json["files"]) == 2 * 3
    assert not (done.folder / "build").exists()


def test_unknown_format(done):
    ended = done.within("dossier", "--format", "docx")
    assert ended.code == 2
    assert "write one of pdf, html, json" in ended.err


@pytest.mark.parametrize("words", [(), ("--dry-run",)])
def test_final_needs_complete_evidence(done, words):
    done.edit("criteria.toml", '"150 Hz"', '"140 Hz"')
    ended = done.within("dossier", "--final", *words)
    assert ended.code == 1
    assert "not final: BEAM-" in ended.err
    assert not (done.folder / "build").exists()


def test_a_dossier_runs_no_solver_and_changes_no_verdict(done):
    before, runs = done.rows(), set(done.records("runs"))
    assert done.within("dossier", "--configuration", "thin", "--format", "json").code == 0
    assert done.rows() == before
    assert set(done.records("runs")) == runs
    assert "nothing to do" in done.within("run").err
