from __future__ import annotations

from collections import defaultdict


def planned(document):
    """Runs by stage and study@configuration; numbers of blocks are not known before they are begun."""
    found = defaultdict(int)
    for step in document["steps"]:
        if step["runs"] and step["stage"] != "picture":
            subject = step["subject"].split("/")[0]
            found[step["stage"], subject] += step["runs"]
    return dict(found)


def test_the_plan_before_any_run_is_what_then_runs(unrun, tiny_done):
    before = unrun.within("plan", "--json").json
    assert {step["state"] for step in before["steps"]} <= {"new", "waiting"}
    ran = defaultdict(int)
    for record in tiny_done.records("runs").values():
        ran[record.payload["purpose"], record.subject.split("/")[0]] += record.payload["solves"]
    assert planned(before) == dict(ran)
    assert not (unrun.folder / ".assay").exists()
    after = tiny_done.within("plan", "--json").json
    assert after["runs"]["to do"] == 0
    assert after["runs"]["all"] == sum(ran.values())
    assert {step["state"] for step in after["steps"]} == {"done"}


def test_the_plan_names_what_it_would_write(done):
    """A freeze that is missing from the ledger is a step, so that `run` does not pass over it."""
    (path,) = (done.folder / "ledger" / "freezes").glob("nominal-*")
    path.unlink()
    steps = {(s["stage"], s["subject"]): s["state"] for s in done.within("plan", "--json").json["steps"]}
    assert steps["freeze", "nominal"] == "new"
    assert steps["freeze", "thin"] == "done"
    done.run()
    assert path.exists()


def test_document(unrun):
    document = unrun.within("plan", "--json").json
    assert document["schema"] == "assay.plan/1"
    assert document["runs"]["max_runs"] == 800
    assert document["runs"]["to do"] == document["runs"]["all"] <= 800
    assert document["seconds"]["unit"] == "s on one core"
    assert document["disk"]["value"] > 0


def test_table(unrun, tiny_done):
    said = unrun.within("plan").out
    assert max(map(len, said.splitlines())) <= 80
    assert "…" not in said
    assert "as the studies state" in said
    assert "4 rows" in said
    assert "measured here" in tiny_done.within("plan").out


def test_what_went_stale_is_told(done):
    done.edit("studies/support.toml", "training = 16", "training = 18")
    steps = {(s["stage"], s["subject"]): s["state"] for s in done.within("plan", "--json").json["steps"]}
    assert steps["training", "support"] == "stale"
    assert steps["training", "beam"] == "done"
    assert steps["validation", "beam@nominal/block-0"] == "done"


def test_every_fraction_has_its_plans_with_their_price(tiny_done):
    """Kept in records, so that looking asks no model."""
    found = {
        c["criterion"]: c
        for c in tiny_done.within("plan", "--json", "--configuration", "nominal").json["criteria"]
    }
    assert set(found) == {"BEAM-2.a", "BEAM-4.a", "BEAM-5.a", "BEAM-6.a", "BEAM-10.a"}
    for told in found.values():
        assert told["record"] in tiny_done.records("plan-choice")
        assert [option["plan"] for option in told["options"]][:2] == ["fixed", "sequential"]
    fixed, sequential, residual, structure = found["BEAM-6.a"]["options"]
    assert (fixed["expected"], fixed["ninetieth"], fixed["minutes"]) == (59, 59, 59)
    assert fixed["assurance"] > 0.9
    assert sequential["expected"] > 59
    assert residual["needs"].startswith("[residual.frequency] absolute = ")
    assert "frequency increasing in thickness" in structure["needs"]
    assert structure["expected"] < 59
    assert found["BEAM-6.a"]["saves"]["plan"] in {"residual", "structure"}
    assert found["BEAM-6.a"]["runs made"] >= 59
    assert found["BEAM-4.a"]["options"][0]["expected"] == 3 * 59


def test_before_any_run_no_plan_has_a_chance_yet(unrun):
    assert unrun.within("plan", "--json").json["criteria"] == []
