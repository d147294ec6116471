from __future__ import annotations

import pytest


@pytest.fixture(scope="module")
def pdf(tiny_done, tmp_path_factory):
    assay = tiny_done.copy(tmp_path_factory.mktemp("verify") / "tiny")
    ended = assay.within("dossier", "--configuration", "nominal", "--format", "pdf")
    assert ended.code == 0, ended.err
    return assay, assay.folder / "build" / "nominal" / "dossier.pdf"


def test_a_dossier_proves_itself(pdf):
    assay, file = pdf
    ended = assay("verify", str(file))
    assert ended.code == 0, ended.err
    document = assay("verify", str(file), "--json")
    assert document.code == 0
    assert document.json["schema"].startswith("assay.")


def test_one_changed_byte(pdf, tmp_path):
    assay, file = pdf
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "forged.pdf").write_bytes(bytes(data))
    ended = assay("verify", str(tmp_path / "forged.pdf"))
    assert ended.code == 1


def test_recompile(pdf):
    assay, file = pdf
    ended = assay("verify", str(file), "--recompile")
    assert ended.code == 0, ended.err
    assert "recompiled: every byte equal" in ended.out


def test_no_such_file(tiny_done):
    ended = tiny_done.within("verify", "nowhere.pdf")
    assert ended.code == 2
    assert "nowhere.pdf is not a file" in ended.err


def test_no_pdf(tiny_done):
    ended = tiny_done("verify", str(tiny_done.folder / "programme.toml"))
    assert ended.code in {1, 2}
