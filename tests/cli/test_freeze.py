from __future__ import annotations

import json


def test_freeze_before_the_run_reads_no_held_out_run(unrun, tiny_done):
    ended = unrun("freeze")
    assert ended.code == 0, ended.err
    assert "no held-out run was read" in ended.out
    purposes = {record.payload["purpose"] for record in unrun.records("runs").values()}
    assert purposes == {"training", "verification", "structure-test"}
    assert unrun.records("showing") == {}
    assert unrun.records("refutation") == {}
    assert unrun.ledger("attempts") == {}
    assert unrun.ledger("freezes") == tiny_done.ledger("freezes")
    unrun.run()
    assert set(unrun.records()) == set(tiny_done.records())
    assert unrun.ledger() == tiny_done.ledger()


def test_what_is_frozen(tiny_done):
    frozen = {name.split("-")[0]: json.loads(data) for name, data in tiny_done.ledger("freezes").items()}
    assert set(frozen) == {"nominal", "thin"}
    nominal = frozen["nominal"]
    assert nominal["attestation"] == "self"
    assert nominal["limits"]["BEAM-6.a"] == [150.0]
    assert nominal["plan"]["draws"]["BEAM-4.a"] == 59
    assert "BEAM-5.a" not in nominal["plan"]["paid"]
    assert nominal["criteria"].keys() == nominal["limits"].keys()
    ids = tiny_done.records("criterion")
    assert set(nominal["criteria"].values()) <= set(ids)


def test_whatever_reads_held_out_runs_rests_on_the_freeze(tiny_done):
    records = tiny_done.records()
    for requirement in ("BEAM-2", "BEAM-4", "BEAM-6", "BEAM-10"):
        showing = tiny_done.showing(f"{requirement}.a")
        assert records[showing.inputs["freeze"]].kind == "freeze"
        assert records[showing.inputs["attempt"]].payload["freeze"].startswith("sha256:")


def test_dry_run(unrun):
    ended = unrun.within("freeze", "--dry-run")
    assert ended.code == 0
    assert not (unrun.folder / ".assay").exists()
    assert unrun.ledger("freezes") == {}


def test_again(done):
    before = done.ledger()
    assert done.within("freeze").code == 0
    assert done.ledger() == before
