"""What a row says would close it, done: the row moves."""

from __future__ import annotations

import pytest


def planned_draws(assay):
    """Solver runs of deciding draws that are still to be made."""
    steps = assay.within("plan", "--json").json["steps"]
    return sum(step["runs"] - step["done"] for step in steps if step["stage"] == "validation")


def test_a_larger_budget_pays_the_plan(done):
    """BEAM-5 names the budget that pays for its 299 draws of three cases; 60 mm hold with room."""
    row = done.rows()["BEAM-5"]
    assert row["reason"] == "plan-not-paid"
    runs, budget = row["price"]["runs"], row["price"]["max_runs"]
    assert f"raise [budget] max_runs to {budget}" in row["closes_by"]
    kept = {name: done.showing(name).id for name in ("BEAM-4.a", "BEAM-6.a", "BEAM-7.a")}
    before = sum(record.payload["solves"] for record in done.records("runs").values())
    done.edit("programme.toml", "max_runs = 800", f"max_runs = {budget}")
    assert planned_draws(done) == runs
    done.run()
    row = done.rows()["BEAM-5"]
    assert (row["verdict"], row["closes_by"]) == ("SHOWN", "")
    assert sum(record.payload["solves"] for record in done.records("runs").values()) - before == runs
    assert {name: done.showing(name).id for name in kept} == kept
    assert done.rows("thin")["BEAM-5"]["reason"] == "plan-not-paid"


def test_a_budget_too_small_by_one_does_not(done):
    """The price is no guess: less than what the block takes, on top of what is done, buys nothing."""
    price = done.rows()["BEAM-5"]["price"]
    spent = done.within("plan", "--json").json["runs"]["all"]
    done.edit("programme.toml", "max_runs = 800", f"max_runs = {spent + price['runs'] - 1}")
    assert planned_draws(done) == 0


def test_a_document_is_put_on_file_and_approved(done):
    row = done.rows()["BEAM-9"]
    assert row["closes_by"] == "put the report on file as documents/endurance.pdf and approve it"
    (done.folder / "documents" / "endurance.pdf").write_bytes(b"%PDF-1.7 report")
    row = done.rows()["BEAM-9"]
    assert row["reason"] == "document-not-approved"
    assert row["closes_by"] == '`assay approve document:BEAM-9 --as PERSON --role "quality"`'
    ended = done.within("approve", "document:BEAM-9", "--as", "Quinn Example", "--role", "quality")
    assert ended.code == 0, ended.err
    assert (done.rows()["BEAM-9"]["verdict"], done.rows()["BEAM-9"]["method"]) == ("SHOWN", "document")


def test_a_changed_document_needs_a_new_approval(done):
    assert done.rows()["BEAM-8"]["verdict"] == "SHOWN"
    done.edit("documents/assembly.txt", "issue 2", "issue 3")
    assert done.rows()["BEAM-8"]["reason"] == "document-not-approved"


def test_an_allowance_is_approved(unrun):
    """Without the approval of the model-form allowance nothing of the study is shown; with it, all of it."""
    for path in (unrun.folder / "ledger" / "approvals").glob("allowance-*"):
        path.unlink()
    unrun.run()
    row = unrun.rows()["BEAM-4"]
    assert (row["verdict"], row["reason"]) == ("NOT SHOWN", "model-form-not-approved")
    assert '`assay approve model-form:beam --as PERSON --role "analyst lead"`' in row["closes_by"]
    runs = set(unrun.records("runs"))
    ended = unrun.within("approve", "model-form:beam", "--as", "Ada Example", "--role", "analyst lead")
    assert ended.code == 0, ended.err
    unrun.run()
    assert unrun.rows()["BEAM-4"]["verdict"] == "SHOWN"
    assert unrun.rows()["BEAM-7"]["reason"] == "model-form-not-approved"
    assert set(unrun.records("runs")) == runs


@pytest.fixture
def strict(unrun):
    """BEAM-2 against a basis value that the pack does not credit: 60 of 75 specimens, batches unknown."""
    unrun.edit("packs/rules.toml", "'strength', 0.90, 0.95", "'strength', 0.99, 0.95")
    unrun.edit("criteria.toml", "max(factor('RULE 8'), factor('RULE 9'))", "factor('RULE 8')")  # far from it
    unrun.run()
    return unrun


def test_a_deviation_is_approved(strict):
    row = strict.rows()["BEAM-2"]
    assert (row["verdict"], row["reason"]) == ("NOT SHOWN", "limit-not-creditable")
    subject = "basis:cast.strength:0.99/0.95@nominal"
    assert f"`assay approve {subject}" in row["closes_by"]
    runs = set(strict.records("runs"))
    ended = strict.within("approve", subject, "--as", "Ada Example", "--role", "analyst lead")
    assert ended.code == 0, ended.err
    strict.run()
    row = strict.rows()["BEAM-2"]
    assert row["verdict"] == "SHOWN"
    said = " ".join(a["text"] for a in row["criteria"][0]["assumptions"])
    assert "deviation approved by Ada Example (analyst lead)" in said
    assert strict.rows("thin")["BEAM-2"]["verdict"] != "SHOWN"  # one configuration only
    assert set(strict.records("runs")) == runs


def test_another_design_is_a_new_part(done):
    """What a refuted row asks for: the design is changed, under a part number of its own."""
    row = done.rows("thin")["BEAM-3"]
    assert row["closes_by"].startswith("change the design")
    done.edit("configurations/thin.toml", "value = 6.0", "value = 9.0")
    done.edit("configurations/thin.toml", 'part = "B-6"', 'part = "B-9"')
    done.run()
    assert done.rows("thin")["BEAM-3"]["verdict"] == "SHOWN"
    assert done.rows("thin")["BEAM-6"]["verdict"] == "SHOWN"
    assert done.rows("nominal")["BEAM-6"]["verdict"] == "SHOWN"
