"""Requirements about what follows from solved quantities, on a tie bar whose answers are known exactly."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from assay.campaign import read_table
from assay.evidence import open_store, read_ledger
from assay.pipeline.blocks import training_block
from assay.pipeline.engine import Looking
from assay.pipeline.study_stages import charge_of, formulas_of
from assay.pipeline.walk import walk
from assay.programme import load
from assay.statistics import clopper_pearson_lower, clopper_pearson_upper

VERDICTS = ["SHOWN", "REFUTED", "SHOWN", "NOT SHOWN", "SHOWN", "SHOWN GIVEN", "REFUTED"]
ALLOWED = 0.05
GAP = 0.2857
ALLOWANCE = 1.02


def solved(factors):
    """Stress and stretch without discretisation error."""
    stress = 1e3 * factors["load"] / (25.0 * factors["thickness"])
    return {"stress": stress, "stretch": stress * 200.0 / 70e3}


def values(factors, quantities):
    """The derived quantities of the study `bar`, each by its definition in words."""
    strength, stress, stretch = factors["strength"], quantities["stress"], quantities["stretch"]
    return {
        "reserve": strength / stress,
        "used": np.maximum(stress / strength, stretch / 0.5),
        "left": (strength - stress) / 6.894757293168361,
        "closeness": 0.1 / (stretch - GAP),
    }


@pytest.fixture(scope="module")
def law():
    """The derived quantities of 20,000 exact draws of the law."""
    generator = np.random.default_rng(20261123)
    factors = {
        "load": generator.normal(25.0, 1.0, 20_000),
        "strength": 150.0 * np.exp(generator.normal(0.0, 0.05, 20_000)),
        "thickness": generator.uniform(9.9, 10.1, 20_000),
    }
    return values(factors, solved(factors))


def payload(assay, number):
    return assay.showing(f"DER-{number}.a").payload


def validation(assay):
    """The rows of the block of draws, as the canonical table has them."""
    with open_store(assay.folder) as store:
        (record,) = [r for r in store.records("runs") if r.payload["purpose"] == "validation"]
        return {row.index: row for row in read_table(store.blob(record.blobs["table"]))}


def test_verdicts_are_true(derived_done, law):
    rows = derived_done.rows()
    assert [rows[f"DER-{n}"]["verdict"] for n in range(1, 8)] == VERDICTS
    beyond = {1: law["reserve"] < 1.2, 2: law["reserve"] < 1.5, 3: law["used"] > 1.0, 5: law["left"] < 1.0}
    beyond[7] = law["reserve"] < 1.45
    for number, failing in beyond.items():
        count = int(failing.sum())
        if rows[f"DER-{number}"]["verdict"] == "SHOWN":
            assert clopper_pearson_upper(count, failing.size, 0.01) <= ALLOWED
        else:
            assert clopper_pearson_lower(count, failing.size, 0.01) >= ALLOWED


def test_strength_that_scatters_with_its_law_is_a_factor_like_any_other(derived_done):
    text = payload(derived_done, 1)["assumptions"][0]["text"]
    assert "strength lognormal" in text
    assert "load normal" in text


def test_the_run_table_holds_only_what_the_solver_said(derived_done):
    rows = validation(derived_done)
    assert {frozenset(row.quantities) for row in rows.values()} == {frozenset({"stress", "stretch"})}


def test_a_deciding_run_has_the_value_of_its_formula(derived_done):
    rows = validation(derived_done)
    for number, quantity in ((1, "reserve"), (3, "used"), (4, "closeness"), (5, "left")):
        deciding = payload(derived_done, number)["parts"][0]["deciding"]
        row = rows[deciding["index"]]
        wanted = values(row.factors, row.quantities)[quantity]
        assert deciding["quantity"] == pytest.approx(float(wanted), rel=1e-12)


def test_the_charge_is_the_interval_from_the_charges_of_the_formula(derived_done):
    said = payload(derived_done, 1)
    (verification,) = [
        r for r in derived_done.records("solution-verification").values() if r.payload["study"] == "bar"
    ]
    told = {item["quantity"]: item["charge"] for item in verification.payload["quantities"]}
    assert told.keys() == {"stress", "stretch"}, "a derived quantity has no refinement of its own"
    share = said["charge"]["derived"]["bases"]["stress"]
    assert said["charge"]["derived"]["bases"] == {"stress": told["stress"]}
    part = said["parts"][0]
    row = validation(derived_done)[part["deciding"]["index"]]
    strength, stress = row.factors["strength"], row.quantities["stress"]
    numerical = strength / (stress * (1.0 + share)) - strength / stress
    total = strength / (stress * (ALLOWANCE + share)) - strength / stress
    steps = {step["kind"]: step["value"] for step in part["waterfall"] if step["kind"] != "run"}
    assert steps["numerical"] == pytest.approx(numerical, rel=1e-9)
    assert steps["numerical"] + steps["model"] == pytest.approx(total, rel=1e-9)
    assert steps["capacity"] == pytest.approx(strength / stress + total, rel=1e-12)
    assert said["margin"]["value"] == pytest.approx((strength / stress + total) / 1.2 - 1.0, rel=1e-9)
    text = said["assumptions"][1]["text"]
    assert text.startswith("reserve = strength / stress lies in the interval")


def test_a_run_whose_divisor_may_be_zero_is_open(derived_done):
    part = payload(derived_done, 4)["parts"][0]
    share = payload(derived_done, 4)["charge"]["derived"]["bases"]["stretch"]
    runs = [row for row in validation(derived_done).values() if row.index < part["draws"]]
    reach = [row.quantities["stretch"] * (ALLOWANCE - 1.0 + share) for row in runs]
    straddling = sum(
        abs(row.quantities["stretch"] - GAP) <= around for row, around in zip(runs, reach, strict=True)
    )
    assert straddling > 0
    assert (part["not_within"], part["beyond"]) == (straddling, 0)
    assert (part["waterfall"], part["margin"]) == ([], None)


def test_a_declaration_about_a_derived_quantity_is_tested_by_runs(derived_done):
    said = payload(derived_done, 6)
    assert (said["rung"], said["method"]) == ("2", "structure")
    assert [given.partition(" (")[0] for given in said["given"]] == [
        "reserve increasing in strength; thickness",
        "reserve decreasing in load",
    ]
    corner = said["parts"][0]["deciding"]["factors"]
    assert corner == {"thickness": 9.9, "load": 30.0, "strength": 135.0}


def test_the_model_learns_a_derived_quantity_like_any_other(derived_done):
    models = {r.subject: r.payload for r in derived_done.records("model").values()}
    assert models["bar.reserve"]["quantity"] == "reserve"
    assert {"bar.stress", "bar.used", "bar.left", "tie.reserve"} <= models.keys()


def test_another_formula_needs_no_run_again(derived_done, tmp_path):
    other = derived_done.copy(tmp_path / "derived")
    other.edit("studies/bar.toml", '"strength / stress"', '"strength / (stress + 1 MPa)"')
    with open_store(derived_done.folder) as opened:
        ledger = read_ledger(derived_done.folder)
        bar = walk(Looking(opened, ledger), load(derived_done.folder), ("nominal",)).studies["bar"]
    changed = load(other.folder).studies["bar"]
    assert changed != bar.study
    assert training_block(changed, bar.solver).recipe == bar.training.recipe
    assert (
        charge_of(bar, "reserve").derived.bases
        == charge_of(replace(bar, study=changed), "reserve").derived.bases
    )
    assert formulas_of(changed, ["reserve"]) != formulas_of(bar.study, ["reserve"])


def test_the_dossier_says_it_and_is_verified(derived_done, tmp_path):
    own = derived_done.copy(tmp_path / "derived")
    assert own.within("dossier", "--format", "pdf", "--format", "html").code == 0
    ended = own.within("verify", str(own.folder / "build" / "nominal" / "dossier.pdf"))
    assert ended.code == 0, ended.out
    html = (own.folder / "build" / "nominal" / "dossier.html").read_text("utf-8")
    assert "strength / stress" in html
    assert "Derived quantities have no refinement of their own" in html
    assert "Interval Analysis" in html


def test_draws_on_a_coarser_level_are_charged_the_bounds_of_what_is_in_the_formula(derived_unrun, tmp_path):
    coarse = derived_unrun.copy(tmp_path / "derived")
    coarse.edit("studies/bar.toml", "cells = [10, 20, 40] }", 'cells = [10, 20, 40] }\nstart = "coarse"')
    coarse.edit("criteria.toml", 'rungs = ["sequential"]', 'rungs = ["fixed"]')
    coarse.trust()
    coarse.run()
    rows = coarse.rows()
    wanted = ["SHOWN GIVEN" if verdict == "SHOWN" else verdict for verdict in VERDICTS]
    assert [rows[f"DER-{n}"]["verdict"] for n in range(1, 8)] == wanted
    given = rows["DER-3"]["given"]
    assert any("used on level 3" in text and "stress by at most" in text for text in given)
    (check,) = coarse.records("level-check").values()
    bounded = [level["bounds"].keys() for level in check.payload["levels"]]
    assert bounded == [{"stress", "stretch"}] * len(bounded)
    assert coarse.within("dossier", "--format", "pdf").code == 0
    ended = coarse.within("verify", str(coarse.folder / "build" / "nominal" / "dossier.pdf"))
    assert ended.code == 0, ended.out
