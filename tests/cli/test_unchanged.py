"""The same bytes asked by the same code give the same answer; anything else is asked anew."""

from __future__ import annotations

import json
import os
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

import assay
from assay.cli import unchanged
from assay.cli.unchanged import FILE, fingerprint, recall
from assay.evidence.store import FOLDER


def kept(programme):
    return programme.folder / FOLDER / FILE


def contents(programme):
    """Every file of a programme by path, but those that say nothing of the evidence."""
    passing = {"lock", "holder.json", "records.sqlite-shm", "records.sqlite-wal", FILE}
    return [
        path
        for path in sorted(programme.folder.rglob("*"))
        if path.is_file() and not (path.parent.name == FOLDER and path.name in passing)
    ]


def test_the_folder_of_the_evidence_is_named_once_in_effect():
    assert unchanged.EVIDENCE == FOLDER


def test_said_again_it_is_the_same_to_the_byte(done):
    """What is kept and what is found by walking are printed alike."""
    said = {words: done(*words) for words in (("run",), ("run", "--json"))}
    assert kept(done).is_file()
    for words, ended in said.items():
        assert done(*words) == ended
        kept(done).unlink()
        assert done(*words) == ended


def test_what_is_kept_is_said_without_a_walk(done, monkeypatch):
    done.run()
    monkeypatch.setattr("assay.pipeline.nothing_to_do", None)
    assert done.within("run").err == "nothing to do: all evidence is there\n"


def test_kept_at_the_end_of_a_run_that_computed_and_of_a_dossier(unrun):
    assert not kept(unrun).exists()
    unrun.run()
    first = fingerprint(unrun.folder, None)
    with_settings = unrun.within("run")
    assert with_settings.err == "nothing to do: all evidence is there\n"
    assert kept(unrun).is_file()
    assert unrun.within("dossier", "--format", "json").code == 0
    assert fingerprint(unrun.folder, None) != first
    before = kept(unrun).read_bytes()
    assert unrun.within("run").err == "nothing to do: all evidence is there\n"
    assert kept(unrun).read_bytes() == before


def test_every_byte_counts(done):
    """One bit of any file, its end, its name, a file more or less: each asks for a walk."""
    before = fingerprint(done.folder, None)
    assert before is not None
    for path in contents(done):
        data = path.read_bytes()
        for changed in (data[:-1], data + b"\n", bytes([data[0] ^ 1]) + data[1:] if data else b"0"):
            if changed != data:
                path.write_bytes(changed)
                assert fingerprint(done.folder, None) != before, path
        path.unlink()
        assert fingerprint(done.folder, None) != before, path
        beside = path.with_name(f"{path.name}.old")
        beside.write_bytes(data)
        assert fingerprint(done.folder, None) != before, path
        beside.rename(path)
    assert fingerprint(done.folder, None) == before


def test_a_new_file_or_folder_counts_and_git_does_not(done):
    before = fingerprint(done.folder, None)
    (done.folder / "studies" / "more").mkdir()
    assert fingerprint(done.folder, None) != before
    (done.folder / "studies" / "more").rmdir()
    (done.folder / ".git").mkdir()
    (done.folder / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    (done.folder / FOLDER / "holder.json").write_text("{}")
    assert fingerprint(done.folder, None) == before


def test_code_packages_and_settings_count(done, monkeypatch, tmp_path):
    before = fingerprint(done.folder, None)
    (tmp_path / "new-1.0.dist-info").mkdir()
    for change in (
        lambda m: m.setattr(assay, "__version__", "0.0.0"),
        lambda m: m.setattr(sys, "version", "2.7"),
        lambda m: m.setattr(sys, "path", [*sys.path, str(tmp_path)]),
        lambda m: m.setattr(unchanged, "_code", lambda: iter([("cli/run.py", 1, 2)])),
        lambda m: m.setenv("ASSAY_SOMETHING", "1"),
    ):
        with monkeypatch.context() as patched:
            change(patched)
            assert fingerprint(done.folder, None) not in {None, before}
    assert fingerprint(done.folder, ["nominal"]) != before
    assert fingerprint(done.folder, ["thin", "nominal"]) == fingerprint(done.folder, ["nominal", "thin"])
    assert fingerprint(done.folder, None) == before


def test_an_edited_file_of_assay_is_seen(tmp_path, monkeypatch):
    package = tmp_path / "assay"
    (package / "cli").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "cli" / "run.py").write_text("one")
    monkeypatch.setattr(assay, "__file__", str(package / "__init__.py"))
    before = list(unchanged._code())
    assert [name for name, *_ in before] == ["__init__.py", "cli/run.py"]
    (package / "cli" / "run.py").write_text("two")
    os.utime(package / "cli" / "run.py", ns=(0, 0))
    assert list(unchanged._code()) != before


@pytest.mark.parametrize(("name", "value"), [("LARGEST", 1000), ("MOST", 3)])
def test_too_much_is_walked(done, monkeypatch, name, value):
    monkeypatch.setattr(unchanged, name, value)
    assert fingerprint(done.folder, None) is None


def test_what_a_digest_cannot_settle_is_walked(done, monkeypatch, tmp_path):
    plain, folder = done.folder / "studies" / "link.py", done.folder / "studies" / "folder"
    plain.symlink_to(done.folder / "studies" / "beam.py")
    assert fingerprint(done.folder, None) is None
    plain.unlink()
    folder.symlink_to(tmp_path)
    assert fingerprint(done.folder, None) is None
    folder.unlink()
    os.mkfifo(plain)
    assert fingerprint(done.folder, None) is None
    plain.unlink()
    assert fingerprint(done.folder / "missing", None) is None
    monkeypatch.setenv("ASSAY_MAX_BYTES", "100000000")
    assert fingerprint(done.folder, None) is None


@given(data=st.data())
def test_damage_is_never_believed(tiny_done, data):
    """Any byte of what is kept, changed or cut off: it is walked."""
    whole = sealed(tiny_done)
    place = data.draw(st.integers(0, len(whole) - 1))
    replaced = bytes([data.draw(st.integers(0, 255).filter(lambda b: b != whole[place]))])
    for damaged in (whole[:place], whole[:place] + replaced + whole[place + 1 :]):
        try:
            same = json.loads(damaged) == json.loads(whole)
        except ValueError:
            same = False
        assert same or read(tiny_done, damaged) is None


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"fingerprint": "0"}', "[" * 100_000, "\xff"])
def test_nonsense_is_never_believed(tiny_done, text):
    assert read(tiny_done, text.encode("latin-1")) is None


def sealed(programme):
    """What is kept of a programme, under the fingerprint `0`."""
    found = json.loads(kept(programme).read_bytes())
    found["fingerprint"] = "0"
    found["seal"] = unchanged._seal(found)
    return json.dumps(found).encode()


def read(programme, data):
    """What is recalled of bytes that lie where a programme keeps its own."""
    place = programme.folder.parent / "recalled"
    (place / FOLDER).mkdir(parents=True, exist_ok=True)
    (place / FOLDER / FILE).write_bytes(data)
    return recall(place, "0")


def test_what_is_whole_is_believed(tiny_done):
    said = read(tiny_done, sealed(tiny_done))
    assert said is not None
    assert list(said.tables) == ["nominal", "thin"]
    assert recall(tiny_done.folder, "0") is None
    assert recall(tiny_done.folder, None) is None


def test_a_solver_that_is_no_package_is_asked_at_every_look(done, monkeypatch):
    """Another program may be replaced without any file that is hashed."""
    kept(done).unlink()
    monkeypatch.setattr("assay.solvers.VERSIONED_BY_PACKAGE", frozenset())
    done.run()
    assert not kept(done).exists()


def test_nothing_is_kept_while_something_is_missing(done):
    done.edit("criteria.toml", 'at_most = "200 MPa"', 'at_most = "201 MPa"')
    kept(done).unlink()
    unchanged.remember(done.folder, None)
    assert not kept(done).exists()
    assert "nothing to do" not in done("run").err
    assert kept(done).exists()


def test_a_folder_that_changes_meanwhile_is_not_kept(done, monkeypatch):
    kept(done).unlink()
    seen = iter(["before", "after"])
    monkeypatch.setattr(unchanged, "fingerprint", lambda *_: next(seen))
    unchanged.remember(done.folder, None)
    assert not kept(done).exists()


def test_where_nothing_can_be_written_nothing_is_said(done):
    kept(done).unlink()
    kept(done).mkdir()
    (kept(done) / "in the way").write_text("")
    ended = done.within("run")
    assert (ended.code, ended.err) == (0, "nothing to do: all evidence is there\n")
    assert [path.name for path in (done.folder / FOLDER).glob(f"{FILE}*")] == [FILE]
