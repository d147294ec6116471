"""Whatever is wrong with a programme or a machine: one clear error or one recorded failed run each."""

from __future__ import annotations

import shutil

import pytest

from assay.campaign import read_table
from assay.evidence import open_store


def problems(assay):
    """Return the problems that `assay check` reports; everything else must refuse as well."""
    ended = assay.within("check", "--json")
    assert ended.code == 2
    assert ended.json["ok"] is False
    for command in ("plan", "run", "status"):
        again = assay.within(command)
        assert again.code == 2, command
        assert again.out == ""
    assert not (assay.folder / ".assay").exists(), "nothing is written for a programme that cannot be read"
    return ended.json["problems"]


def one(assay, file, *words):
    """Require exactly one problem, in this file, that names these words and says what to write instead."""
    found = problems(assay)
    assert len(found) == 1, found
    assert found[0]["file"] == file
    assert found[0]["instead"]
    for word in words:
        assert word in found[0]["found"] + found[0]["instead"], found[0]
    return found[0]


@pytest.mark.parametrize(
    ("gone", "file", "word"),
    [
        ("studies/beam.py", "studies/beam.toml", "beam.py"),
        ("data/cases.csv", "criteria.toml", "cases.csv"),
        ("data/cast.csv", "criteria.toml", "cast"),
    ],
)
def test_missing_file(unrun, gone, file, word):
    (unrun.folder / gone).unlink()
    found = problems(unrun)
    assert found
    assert all(word in p["found"] + p["instead"] + p["file"] for p in found), found


def test_missing_programme(tmp_path, unrun):
    ended = unrun("check", str(tmp_path))
    assert ended.code == 2
    assert "holds no programme.toml" in ended.err


def test_wrong_unit(unrun):
    unrun.edit("criteria.toml", '"8 mm"', '"8 kg"')
    found = one(unrun, "criteria.toml", "kg", "mm")
    assert found["line"] == 14


def test_unknown_clause(unrun):
    unrun.edit("requirements.csv", "BEAM-6,RULE 3,", "BEAM-6,RULE 33,")
    assert one(unrun, "requirements.csv", "RULE 33")["line"] == 7


def test_duplicate_id(unrun):
    unrun.edit("requirements.csv", "BEAM-6,RULE 3,", "BEAM-5,RULE 3,")
    assert any("BEAM-5" in p["found"] and p["file"] == "requirements.csv" for p in problems(unrun))


def test_cyclic_parents(unrun):
    unrun.edit(
        "requirements.csv",
        "BEAM-1,RULE 1,The beam carries its loads.,M1,analyst lead,,",
        "BEAM-1,RULE 1,The beam carries its loads.,M1,analyst lead,BEAM-2,",
    )
    found = problems(unrun)
    assert any("BEAM-1" in p["found"] and "BEAM-2" in p["found"] for p in found), found


def test_reversed_range(unrun):
    unrun.edit("studies/beam.toml", "range = [5.0, 14.0]", "range = [14.0, 5.0]")
    found = problems(unrun)
    assert found[0]["file"] == "studies/beam.toml"
    assert "14" in found[0]["found"]


def test_unknown_quantity(unrun):
    unrun.edit("criteria.toml", 'quantity = "frequency"', 'quantity = "frequence"')
    one(unrun, "criteria.toml", "frequence", "frequency")


def test_nan_in_a_table(unrun):
    unrun.edit("data/cast.csv", "7,35396", "7,nan")
    assert one(unrun, "data/cast.csv", "nan")["line"] == 8


def test_tolerance_without_a_law(unrun):
    unrun.edit("configurations/nominal.toml", 'law = { kind = "uniform" }', "")
    found = problems(unrun)
    assert all("thickness" in p["found"] and "law" in p["instead"] for p in found), found
    assert [p["line"] for p in found] == [7, 23, 32, 41, 58]  # each claim of a fraction, at its own place


def test_factor_applied_twice(unrun):
    unrun.edit(
        "criteria.toml",
        "cast_strength / max(factor('RULE 8'), factor('RULE 9'))",
        "cast_strength / factor('RULE 8') / factor('RULE 8')",
    )
    one(unrun, "criteria.toml", "RULE 8", "twice")


def test_bare_factor(unrun):
    unrun.edit("criteria.toml", "max(factor('RULE 8'), factor('RULE 9'))", "1.15")
    one(unrun, "criteria.toml", "1.15", "factor(")


def test_all_problems_at_once(unrun):
    """A reader is told everything that is wrong in one go, with file and line."""
    unrun.edit("criteria.toml", '"8 mm"', '"8 kg"')
    unrun.edit("criteria.toml", 'quantity = "frequency"', 'quantity = "frequence"')
    unrun.edit("requirements.csv", "BEAM-6,RULE 3,", "BEAM-6,RULE 33,")
    unrun.edit("data/cast.csv", "7,35396", "7,nan")
    found = problems(unrun)
    assert {p["file"] for p in found} == {"criteria.toml", "requirements.csv", "data/cast.csv"}
    assert len(found) >= 4
    ended = unrun("check")
    assert ended.code == 2
    for problem in found:
        assert f"{problem['file']}:{problem['line']}" in ended.err


@pytest.mark.parametrize(
    ("file", "data"),
    [
        ("programme.toml", b"[programme\nname = 3"),
        ("criteria.toml", b"\xff\xfe\x00 not text"),
        ("requirements.csv", b""),
        ("data/cases.csv", b"\x00\x01\x02"),
        ("studies/beam.toml", b""),
    ],
)
def test_files_that_are_none(unrun, file, data):
    (unrun.folder / file).write_bytes(data)
    found = problems(unrun)
    assert file in {p["file"] for p in found}


# ------------------------------------------------------------------------------------------ solvers
DEATHS = {
    "exit": ("import os; os._exit(3)", "crash"),
    "exception": ('raise ValueError("diverged")', "crash"),
    "nan": ('return {"stress": float("nan"), "deflection": 1.0, "frequency": 1.0}', "nan"),
    "less": ('return {"stress": 1.0}', "bad-output"),
}


@pytest.mark.parametrize("death", DEATHS)
def test_solver_dying_on_one_point_in_ten(unrun, death):
    """Each is a recorded failed run with its reason; failed runs are open, so that nothing is SHOWN."""
    statement, reason = DEATHS[death]
    unrun.edit(
        "studies/beam.py",
        '    cells = settings["cells"]\n',
        '    cells = settings["cells"]\n'
        f'    if int(factors["modulus"] * 1e4) % 10 == 3:\n        {statement}\n',
    )
    unrun.trust()
    if death != "exit":
        (unrun.folder / "configurations" / "thin.toml").unlink()
    ended = unrun.within("run", "--workers", "2")
    assert ended.code == 0, ended.err
    (block,) = [r for r in unrun.records("runs").values() if r.subject == "beam@nominal/block-0"]
    with open_store(unrun.folder) as store:
        rows = list(read_table(store.blob(block.blobs["table"])))
        told = [note.detail for note in store.journal("run-failed")]
    failed = [row for row in rows if row.state == "failed"]
    assert {row.reason for row in failed} == {reason}
    assert block.payload["failed"] == len({row.index for row in failed}) >= 1
    assert 0.01 < len({row.index for row in failed}) / 59 < 0.3
    assert len(rows) == 4 * 59, "a failed run has its rows, and no other run is lost"
    assert all(note["reason"] == reason for note in told)
    for requirement in ("BEAM-2", "BEAM-4", "BEAM-6", "BEAM-10"):
        row = unrun.rows()[requirement]
        assert (row["verdict"], row["reason"]) == ("NOT SHOWN", "runs-failed"), requirement
    assert unrun.rows()["BEAM-3"]["verdict"] == "SHOWN"  # the nominal run is not one of them
    if death == "exit":  # failed runs do not hide so many beyond
        assert unrun.rows("thin")["BEAM-4"]["verdict"] == "REFUTED"
    assert "nothing to do" in unrun.within("run").err


def test_a_solver_that_cannot_be_loaded(unrun):
    (unrun.folder / "studies" / "beam.py").write_text("import nothing_of_this_name\n")
    unrun.trust()
    ended = unrun("run")
    assert ended.code == 2
    assert "nothing_of_this_name" in ended.err


def test_a_solver_that_is_not_trusted(unrun):
    with (unrun.folder / "studies" / "beam.py").open("a") as file:
        file.write("# changed\n")
    ended = unrun("run")
    assert ended.code == 2
    assert "has changed since it was trusted" in ended.err
    assert f"assay trust {unrun.folder}" in ended.err
    assert not unrun.records("runs")


# ------------------------------------------------------------------------------------------ machines
@pytest.mark.parametrize("kind", ["runs", "model"])
@pytest.mark.parametrize("how", ["truncated", "gone", "changed"])
def test_damaged_blob(done, kind, how):
    """A damaged blob is no evidence: `status` says so, `run` makes it again, the same to the last bit."""
    subject, name = {"runs": ("beam@nominal/block-0", "table"), "model": ("beam.stress", "model")}[kind]
    before = done.rows()
    (record,) = [r for r in done.records(kind).values() if r.subject == subject]
    digest = record.blobs[name].removeprefix("sha256:")
    path = done.folder / ".assay" / "blobs" / digest[:2] / digest[2:]
    data = path.read_bytes()
    if how == "gone":
        path.unlink()
    else:
        path.write_bytes(data[: len(data) // 2] if how == "truncated" else data[:-2] + b"xx")
    if kind == "runs":
        assert done.rows()["BEAM-4"]["verdict"] == "NOT SHOWN"
    assert done.within("evidence", "show", record.id).code == 0
    done.run()
    assert path.read_bytes() == data
    assert done.rows() == before


def test_damaged_database(done):
    (done.folder / ".assay" / "records.sqlite").write_bytes(b"SQLite format 3\x00" + b"\xff" * 4096)
    for suffix in ("-wal", "-shm"):
        (done.folder / ".assay" / f"records.sqlite{suffix}").unlink(missing_ok=True)
    ended = done("status")
    assert ended.code == 1
    assert "records.sqlite is damaged" in ended.err
    assert ended.out == ""


def test_full_disk(unrun, tiny_done, monkeypatch):
    """At a limit of size the run stops with one sentence; what was written is kept and used."""
    monkeypatch.setenv("ASSAY_MAX_BYTES", "220000")
    ended = unrun("run")
    assert ended.code == 4, ended.err
    assert "disk full at" in ended.err
    kept = set(unrun.records())
    assert kept
    assert unrun.within("run").code == 4
    monkeypatch.delenv("ASSAY_MAX_BYTES")
    unrun.run()
    assert kept <= set(unrun.records()) == set(tiny_done.records())


def test_a_limit_that_is_no_number(unrun):
    ended = unrun("run", ASSAY_MAX_BYTES="lots")
    assert ended.code == 2
    assert "ASSAY_MAX_BYTES is 'lots'; write a number of bytes" in ended.err


def test_folder_that_cannot_be_used(unrun):
    """A file where the store should be; the same as a folder without permission, which root ignores."""
    (unrun.folder / ".assay").write_text("not a folder")
    ended = unrun("run")
    assert ended.code == 4
    assert ".assay" in ended.err


def test_store_on_a_missing_disk(unrun):
    (unrun.folder / ".assay").symlink_to("/nowhere/at/all")
    ended = unrun("run")
    assert ended.code == 4
    assert ".assay" in ended.err


def test_solver_file_that_leads_nowhere(unrun):
    path = unrun.folder / "studies" / "beam.py"
    path.unlink()
    path.symlink_to("/nowhere/beam.py")
    assert all("beam.py" in p["found"] + p["instead"] for p in problems(unrun))


def test_solver_file_outside_the_programme(unrun, tmp_path):
    path = unrun.folder / "studies" / "beam.py"
    shutil.move(path, tmp_path / "beam.py")
    path.symlink_to(tmp_path / "beam.py")
    found = problems(unrun)
    assert {p["file"] for p in found} == {"studies/beam.toml", "studies/support.toml"}
    assert all("leads out of the programme folder" in p["found"] for p in found)


def test_ledger_that_is_no_folder(unrun):
    shutil.rmtree(unrun.folder / "ledger")
    (unrun.folder / "ledger").write_text("not a folder")
    ended = unrun("run")
    assert ended.code in {2, 4}
    assert "ledger" in ended.err
