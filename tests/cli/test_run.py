from __future__ import annotations

import pytest

from assay.evidence import open_store


def journal(assay):
    with open_store(assay.folder) as store:
        return len(list(store.journal()))


def files(assay):
    return {
        path.relative_to(assay.folder).as_posix(): path.stat().st_mtime_ns
        for path in assay.folder.rglob("*")
        if path.is_file() and not path.name.endswith(("-wal", "-shm"))
    }


def test_with_nothing_to_do_nothing_is_executed(done):
    records, notes, before = set(done.records()), journal(done), files(done)
    ended = done("run")
    assert ended.code == 0
    assert ended.err == "nothing to do: all evidence is there\n"
    assert set(done.records()) == records
    assert journal(done) == notes
    assert files(done) == before


def test_nothing_to_do_needs_no_trust(done):
    """Looking at evidence executes nothing, so that a colleague's clone may always be looked at."""
    ended = done("run", ASSAY_CONFIG_HOME=str(done.folder / "nobody"))
    assert ended.code == 0, ended.err


def test_progress_on_stderr_and_verdicts_on_stdout(unrun):
    ended = unrun("run", "--workers", "1", "--configuration", "nominal")
    assert ended.code == 0
    assert "training       beam: 16/16 runs" in ended.err
    assert "showing BEAM-4.a@nominal" in ended.err
    assert "configuration nominal" in ended.out
    assert "configuration thin" not in ended.out
    assert max(map(len, ended.out.splitlines())) <= 80
    assert not [r for r in unrun.records("runs").values() if "@thin" in r.subject]


def test_json_is_the_status(done):
    ended = done("run", "--json")
    assert ended.json == done.within("status", "--json").json


def test_dry_run_is_the_plan_and_writes_nothing(unrun):
    before = files(unrun)
    dry = unrun.within("run", "--dry-run")
    assert dry.out == unrun.within("plan").out
    assert unrun.within("run", "--dry-run", "--json").json["schema"] == "assay.plan/1"
    assert files(unrun) == before


def test_a_second_configuration_costs_its_own_runs_only(unrun):
    """Campaign, model and verification serve both: DESIGN.md and slice 1a."""
    assert unrun.within("run", "--configuration", "nominal").code == 0
    shared = {r.id for r in unrun.records("runs").values() if "@" not in r.subject}
    unrun.run()
    assert {r.id for r in unrun.records("runs").values() if "@" not in r.subject} == shared


def test_unknown_configuration(done):
    ended = done.within("run", "--configuration", "thick")
    assert ended.code == 2
    assert "write one of nominal, thin" in ended.err


@pytest.mark.parametrize("words", [("run",), ("freeze",)])
def test_untrusted_code_is_never_run(unrun, words):
    ended = unrun(*words, ASSAY_CONFIG_HOME=str(unrun.folder / "nobody"))
    assert ended.code == 2
    assert f"assay trust {unrun.folder}" in ended.err
    assert unrun.records("runs") == {}
