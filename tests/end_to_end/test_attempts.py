"""Attempts are counted, draws are never used twice, and what nobody changed stays as it is."""

from __future__ import annotations

import json

import pytest

LIMIT = ("criteria.toml", '"150 Hz"', '"140 Hz"')
"""BEAM-6: at_least for the first natural frequency."""


def attempts(assay, requirement, part="B-10"):
    found = [json.loads(data) for data in assay.ledger("attempts").values()]
    mine = [a for a in found if a["requirement"] == requirement and a["identity"]["part"] == part]
    return sorted(mine, key=lambda attempt: attempt["number"])


def draws(record, assay):
    """The law's own factors of every draw of a block."""
    from assay.campaign import read_table
    from assay.evidence import open_store

    with open_store(assay.folder) as store:
        rows = read_table(store.blob(record.blobs["table"]))
        return {tuple(sorted(row.factors.items())) for row in rows if row.row == ""}


def block(assay, number, configuration="nominal"):
    from assay.evidence import open_store

    with open_store(assay.folder) as store:
        return store.latest("runs", f"beam@{configuration}/block-{number}")


@pytest.fixture(scope="module")
def three_done(tiny_unrun, tmp_path_factory):
    """`tiny` with three attempts declared, everything computed. Not to be changed."""
    assay = tiny_unrun.copy(tmp_path_factory.mktemp("three") / "tiny")
    assay.edit("programme.toml", "attempts = 1", "attempts = 3")
    assay.run()
    return assay


@pytest.fixture
def three(three_done, tmp_path):
    return three_done.copy(tmp_path / "tiny")


def test_criteria_recorded_before_the_first_run_share_the_block(tiny_done):
    """BEAM-2, -4, -6 and -10 stand on the same 59 draws."""
    blocks = {
        r: [a["blocks"] for a in attempts(tiny_done, r)] for r in ("BEAM-2", "BEAM-4", "BEAM-6", "BEAM-10")
    }
    assert all(found == [{"beam": 0}] for found in blocks.values())
    used = {tiny_done.showing(f"{r}.a").inputs["runs"] for r in blocks}
    assert used == {block(tiny_done, 0).id}
    assert len(draws(block(tiny_done, 0), tiny_done)) == 59


def test_draws_are_independent_of_training(tiny_done):
    """No draw of a deciding block was trained on."""
    training = next(r for r in tiny_done.records("runs").values() if r.subject == "beam")
    assert not draws(training, tiny_done) & draws(block(tiny_done, 0), tiny_done)


def test_attempt_is_written_with_its_level(tiny_done):
    (attempt,) = attempts(tiny_done, "BEAM-4")
    assert attempt["number"] == 1
    assert attempt["levels"] == {"BEAM-4.a": pytest.approx(0.05, abs=1e-12)}
    assert attempt["draws"] == {"BEAM-4.a": 59}
    assert attempt["freeze"].startswith("sha256:")


def test_one_attempt_declared_and_used_up(done):
    """The limit is lowered after the draws are seen: no draw made after the last attempt is credited."""
    before = {r: done.rows()[r] for r in ("BEAM-4", "BEAM-7", "BEAM-10")}
    files = set(done.ledger("attempts"))
    done.edit(*LIMIT)
    done.run()
    after = done.rows()
    row = after["BEAM-6"]
    assert (row["verdict"], row["reason"]) == ("NOT SHOWN", "attempts-exhausted")
    assert row["closes_by"] == "no further draws are credited for this part: a new part number starts anew"
    assert set(done.ledger("attempts")) == files
    assert {r: after[r] for r in before} == before


def test_what_nobody_changed_keeps_its_showing(done):
    """Record ids and not only verdicts: the showings of the other criteria are the same records."""
    others = [f"{r}.a" for r in ("BEAM-2", "BEAM-3", "BEAM-4", "BEAM-7", "BEAM-10")]
    before = {name: done.showing(name).id for name in others}
    old = done.showing("BEAM-6.a").id
    done.edit(*LIMIT)
    done.run()
    assert {name: done.showing(name).id for name in others} == before
    assert done.showing("BEAM-6.a").id != old


def test_back_to_the_old_limit_is_the_old_attempt(done):
    """The attempt whose recipe is the programme's counts, with its own draws and no new one."""
    before = done.rows()
    records = set(done.records("runs"))
    done.edit(*LIMIT)
    done.run()
    done.edit(LIMIT[0], LIMIT[2], LIMIT[1])
    done.run()
    assert done.rows() == before
    assert set(done.records("runs")) == records


def test_next_attempt_has_its_level_and_new_draws(three):
    """Attempt 2 of 3 is at a/3 with the draws that this needs, in the next block."""
    first = attempts(three, "BEAM-6")
    assert [a["number"] for a in first] == [1]
    assert first[0]["levels"]["BEAM-6.a"] == pytest.approx(0.05 / 3)
    assert first[0]["draws"]["BEAM-6.a"] == 80  # 0.95^80 < 0.05/3 < 0.95^79
    kept = {name: three.showing(name).id for name in ("BEAM-4.a", "BEAM-10.a")}
    three.edit(*LIMIT)
    three.run()
    (again, second) = attempts(three, "BEAM-6")
    assert again == first[0]
    assert (second["number"], second["blocks"], second["draws"]) == (2, {"beam": 1}, {"BEAM-6.a": 80})
    assert second["levels"]["BEAM-6.a"] == pytest.approx(0.05 / 3)
    row = three.rows()["BEAM-6"]
    assert (row["verdict"], row["criteria"][0]["attempts"]) == ("SHOWN", 2)
    old, new = draws(block(three, 0), three), draws(block(three, 1), three)
    assert len(old) == len(new) == 80
    assert not old & new
    assert {name: three.showing(name).id for name in kept} == kept


def test_numbers_go_on_until_none_is_left(three):
    for number, limit in ((2, "145 Hz"), (3, "140 Hz"), (4, "135 Hz")):
        text = (three.folder / "criteria.toml").read_text()
        present = text.split('at_least = "')[1].split('"')[0]
        three.edit("criteria.toml", f'at_least = "{present}"', f'at_least = "{limit}"')
        three.run()
        row = three.rows()["BEAM-6"]
        assert (row["verdict"], row["reason"]) == (
            ("SHOWN", "shown") if number <= 3 else ("NOT SHOWN", "attempts-exhausted")
        )
    assert [a["blocks"]["beam"] for a in attempts(three, "BEAM-6")] == [0, 1, 2]
    blocks = [draws(block(three, number), three) for number in range(3)]
    assert not (blocks[0] & blocks[1] | blocks[1] & blocks[2] | blocks[0] & blocks[2])
    assert block(three, 3) is None


def test_a_gap_in_the_numbering(three):
    three.edit(*LIMIT)
    three.run()
    assert three.rows()["BEAM-6"]["verdict"] == "SHOWN"
    (first,) = [
        n for n, data in three.ledger("attempts").items() if json.loads(data) == attempts(three, "BEAM-6")[0]
    ]
    (three.folder / "ledger" / "attempts" / first).unlink()
    three.run()
    row = three.rows()["BEAM-6"]
    assert (row["verdict"], row["reason"]) == ("NOT SHOWN", "attempts-gap")
    assert "version control" in row["closes_by"]


@pytest.mark.parametrize("changed", [False, True])
def test_a_deleted_attempt_is_missed(done, changed):
    """Deleting the only attempt does not buy another: the journal saw that its draws were made."""
    (name,) = [
        n
        for n in done.ledger("attempts")
        if n.startswith("BEAM-6") and "B-10" in done.ledger("attempts")[n].decode()
    ]
    path = done.folder / "ledger" / "attempts" / name
    kept = path.read_bytes()
    path.unlink()
    if changed:
        done.edit(*LIMIT)
    done.run()
    assert done.rows()["BEAM-6"]["reason"] == "attempts-gap"
    assert done.rows()["BEAM-4"]["verdict"] == "SHOWN"
    assert not path.exists()
    if not changed:
        path.write_bytes(kept)
        done.run()
        assert done.rows()["BEAM-6"]["verdict"] == "SHOWN"


def test_a_deleted_freeze_of_an_older_form(three):
    """The freeze that an attempt names stays its freeze; without its file the verdict falls."""
    named = attempts(three, "BEAM-4")[0]["freeze"]
    three.edit(*LIMIT)
    three.run()
    (name,) = [n for n in three.ledger("freezes") if n.startswith("nominal") and named[7:19] in n]
    (three.folder / "ledger" / "freezes" / name).unlink()
    three.run()
    row = three.rows()["BEAM-4"]
    assert (row["verdict"], row["reason"]) == ("NOT SHOWN", "freeze-missing")
    assert three.rows()["BEAM-6"]["verdict"] == "SHOWN"


def test_an_edited_attempt_is_refused(done):
    (name, *_) = done.ledger("attempts")
    path = done.folder / "ledger" / "attempts" / name
    path.write_bytes(path.read_bytes().replace(b'"number":1', b'"number":2'))
    ended = done.within("run")
    assert ended.code == 2
    assert name in ended.err
    assert "was changed after it was written" in ended.err


def test_two_configurations_of_one_part(unrun):
    """Two designs of one part are two attempts at it; each keeps its own, run after run."""
    unrun.edit("configurations/thin.toml", 'part = "B-6"', 'part = "B-10"')
    unrun.edit("programme.toml", "attempts = 1", "attempts = 2")
    unrun.edit("programme.toml", "max_runs = 800", "max_runs = 900")
    unrun.run()
    assert [(a["number"], a["configuration"]) for a in attempts(unrun, "BEAM-6")] == [
        (1, "nominal"),
        (2, "thin"),
    ]
    assert unrun.rows("nominal")["BEAM-6"]["verdict"] == "SHOWN"
    assert unrun.rows("thin")["BEAM-6"]["verdict"] == "REFUTED"
    assert unrun.rows("nominal")["BEAM-6"]["criteria"][0]["attempts"] == 2
    assert "nothing to do" in unrun.within("run").err
    assert len(attempts(unrun, "BEAM-6")) == 2


def test_a_new_solver_is_the_next_attempt(done):
    """Anything that the runs depend on, even a comment in the solver's file, makes an attempt anew."""
    with (done.folder / "studies" / "beam.py").open("a") as file:
        file.write("# said later\n")
    done.trust()
    done.run()
    assert done.rows()["BEAM-4"]["reason"] == "attempts-exhausted"
    assert done.rows()["BEAM-3"]["verdict"] == "SHOWN"  # one nominal run, no draws, no attempts
