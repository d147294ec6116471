from __future__ import annotations

import time

import pytest

from assay.cli.session import opened, require_trusted, working
from assay.errors import InputError, StoppedError, TrustError


def test_looking_writes_nothing(unrun):
    with opened(unrun.folder) as found:
        found.looking()
        assert found.programme.name == "tiny"
    assert not (unrun.folder / ".assay").exists()


def test_a_ledger_that_was_edited_is_refused(unrun):
    (path, *_) = sorted((unrun.folder / "ledger" / "approvals").glob("allowance-*"))
    path.write_bytes(path.read_bytes().replace(b"Ada", b"Eve"))
    with pytest.raises(InputError, match="cannot be relied on") as caught, opened(unrun.folder):
        pass
    assert [p.file for p in caught.value.problems] == [f"ledger/approvals/{path.name}"]


@pytest.mark.parametrize(("text", "limit"), [("", None), ("1000", 1000)])
def test_limit_of_size(unrun, monkeypatch, text, limit):
    monkeypatch.setenv("ASSAY_MAX_BYTES", text)
    with opened(unrun.folder) as found:
        assert found.store._limit == limit


@pytest.mark.parametrize("text", ["-1", "1e6", "²"])
def test_limit_of_size_that_is_no_number(unrun, monkeypatch, text):
    monkeypatch.setenv("ASSAY_MAX_BYTES", text)
    with pytest.raises(InputError, match="write a number of bytes"), opened(unrun.folder):
        pass


def test_trust_is_asked_for_every_solver_file(unrun, monkeypatch):
    with opened(unrun.folder) as found:
        monkeypatch.setenv("ASSAY_CONFIG_HOME", str(unrun.settings))
        require_trusted(found)
        monkeypatch.setenv("ASSAY_CONFIG_HOME", str(unrun.folder / "nobody"))
        with pytest.raises(TrustError, match=r"studies/beam\.py"):
            require_trusted(found)


def test_working_is_alone_and_lets_go(unrun):
    with opened(unrun.folder) as found:
        with working(found, 1, None, None) as engine:
            assert engine.folder == found.folder
            with (
                opened(unrun.folder) as other,
                pytest.raises(StoppedError, match="in use"),
                working(other, 1, None, None),
            ):
                pass
        with pytest.raises(RuntimeError), working(found, 1, None, None):
            raise RuntimeError
        with working(found, 1, None, None):
            pass


def test_hours_are_a_budget(unrun):
    unrun.edit("programme.toml", "max_runs = 800", "max_hours = 1e-6")
    with opened(unrun.folder) as found, working(found, 1, None, None) as engine:
        time.sleep(0.02)
        with pytest.raises(StoppedError, match="max_hours = 1e-06 is used up: run again"):
            engine.should_stop()
