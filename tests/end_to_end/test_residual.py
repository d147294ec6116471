"""Fractions under a declared bound on the model's error, on a beam whose answers are known (rung 1)."""

from __future__ import annotations

import json
import sys

import numpy as np
import pytest

from assay.evidence import open_store
from assay.statistics import clopper_pearson_lower, clopper_pearson_upper

ALLOWED = 0.05
LIMITS = {"RES-1": ("deflection", 3.6), "RES-2": ("deflection", 3.9)}


def came_to(assay, criterion):
    """The record of what a plan came to, its band, and its checks."""
    with open_store(assay.folder) as store:
        record = store.latest("residual", f"{criterion}@nominal/attempt-1")
        band = store.latest("band", f"{criterion}@nominal")
        checks = [] if record is None else store.blob(record.blobs["checks"]).decode().splitlines()
        return record, band, [json.loads(line) for line in checks]


def test_verdicts(residual_done):
    rows = residual_done.rows()
    found = {name: (row["verdict"], row["reason"]) for name, row in rows.items()}
    assert found == {
        "RES-1": ("SHOWN GIVEN", "shown-given"),
        "RES-2": ("SHOWN GIVEN", "shown-given"),
        "RES-3": ("NOT SHOWN", "residual-falsified"),
        "RES-4": ("NOT SHOWN", "residual-no-plan"),
    }


def test_shown_rows_are_true(residual_done):
    sys.path.insert(0, str(residual_done.folder / "studies"))
    try:
        import beam
    finally:
        sys.path.pop(0)
        sys.modules.pop("beam", None)
    generator = np.random.default_rng(20261123)
    count = 5_000
    columns = {
        "load": generator.normal(300.0, 15.0, count),
        "modulus": generator.normal(70.0, 1.2, count),
        "thickness": generator.uniform(9.9, 10.1, count),
    }
    runs = [beam.bend({n: v[i] for n, v in columns.items()}, {"cells": 20}) for i in range(count)]
    for quantity, limit in LIMITS.values():
        beyond = sum(run[quantity] > limit for run in runs)
        assert clopper_pearson_upper(beyond, count, 0.01) <= ALLOWED
    stress = sum(run["stress"] > 85.0 for run in runs)
    assert clopper_pearson_lower(stress, count, 0.01) > ALLOWED


def test_the_sentence_the_rung_and_the_credit(residual_done):
    row = residual_done.rows()["RES-1"]["criteria"][0]
    assert (row["rung"], row["method"], row["credit"]) == ("1", "residual", "residual")
    (given,) = residual_done.showing("RES-1.a").payload["given"]
    assert given.startswith("|deflection - model| <= 0.02 mm + 10 % of the model's value (")
    assert " checks, 0 violations): scatter of a handbook's chart" in given
    assert residual_done.showing("RES-1.a").payload["margin"] is None


def test_far_fewer_draws_than_the_fixed_plan(residual_done):
    part = residual_done.showing("RES-1.a").payload["parts"][0]
    assert 0 < part["draws"] < 20
    assert 0.0 < part["attained"] <= 0.05
    assert part["not_within"] == 0
    assert not part["residual"]["whole"]
    assert part["residual"]["mass_conceded"] < ALLOWED < part["residual"]["mass_reach"]


def test_where_nothing_has_to_be_drawn_the_declaration_is_checked_all_the_same(residual_done):
    part = residual_done.showing("RES-2.a").payload["parts"][0]
    assert part["residual"]["whole"]
    assert part["draws"] == 8
    assert part["bound"] == part["residual"]["mass_reach"] <= ALLOWED


def test_a_bound_is_held_against_every_run_on_the_finest_level(residual_done):
    record, _, checks = came_to(residual_done, "RES-1.a")
    roles = {role.partition(":")[2] for role in record.inputs if role.startswith("checked:")}
    assert {"training", "verification", "nominal", "refutation"} <= roles
    with open_store(residual_done.folder) as store:
        training = store.get(record.inputs["checked:training"])
        lines = store.blob(training.blobs["table"]).decode().splitlines()
    assert sum(check["record"] == training.id for check in checks) == len(lines) == 24
    assert record.payload["checks"] == len(checks)
    for check in checks:
        assert check["bound"] == pytest.approx(0.02 + 0.1 * abs(check["predicted"]))
        assert abs(check["quantity"] - check["predicted"]) <= check["bound"]


def test_a_falsified_bound_shows_nothing_and_names_the_run(residual_done):
    payload = residual_done.showing("RES-3.a").payload
    record, _, checks = came_to(residual_done, "RES-3.a")
    worst = max(checks, key=lambda c: abs(c["quantity"] - c["predicted"]) - c["bound"])
    assert payload["given"] == []
    assert payload["credit"] == "none"
    assert f"run {worst['index']} of the record {worst['record'][:19]}" in payload["closes_by"]
    assert "rungs = ['fixed']" in payload["closes_by"]
    assert record.payload["violations"][0]["record"] == worst["record"]
    assert payload["parts"][0]["bound"] is None
    failed = [row for row in payload["assumptions"] if row["check"] == "failed"]
    assert len(failed) == 1
    assert "violations" in failed[0]["text"]


def test_band_and_draws_are_on_file_before_the_runs(residual_done):
    attempts = [json.loads(data) for data in residual_done.ledger("attempts").values()]
    plans = {a["requirement"]: a for a in attempts}
    assert plans["RES-1"]["plan"] == "residual"
    assert plans["RES-1"]["blocks"] == {}
    assert "RES-4" not in plans, "no attempt is spent where no plan can show anything"
    record, band, _ = came_to(residual_done, "RES-1.a")
    assert plans["RES-1"]["draws"] == {"RES-1.a": band.payload["draws"]}
    assert record.inputs["band"] == band.id
    assert band.payload["cheap"] >= 1_000_000
    assert band.payload["safe"] + band.payload["undecided"] + band.payload["conceded"] == 1_000_000


def test_nothing_is_run_twice(residual_done, tmp_path):
    copy = residual_done.copy(tmp_path / "again")
    before = set(copy.records())
    ended = copy.within("run")
    assert "nothing to do" in ended.err
    assert set(copy.records()) == before


def test_the_next_attempt_by_the_fixed_plan(residual_done, tmp_path):
    copy = residual_done.copy(tmp_path / "fixed")
    copy.edit(
        "criteria.toml",
        'at_least = "199 Hz"\nholds = { fraction = 0.95, confidence = 0.95 }\nrungs = ["residual"]',
        'at_least = "199 Hz"\nholds = { fraction = 0.95, confidence = 0.95 }\nrungs = ["fixed"]',
    )
    copy.edit("programme.toml", "attempts = 1", "attempts = 2")
    copy.run()
    row = copy.rows()["RES-3"]
    assert (row["verdict"], row["criteria"][0]["attempts"]) == ("SHOWN", 2)


def test_the_dossier_verifies(residual_done, tmp_path):
    copy = residual_done.copy(tmp_path / "dossier")
    assert copy.within("dossier").code == 0
    ended = copy.within("verify", str(copy.folder / "build" / "nominal" / "dossier.pdf"))
    assert ended.code == 0, ended.out + ended.err


def test_a_plan_that_is_not_paid_is_not_begun(residual_unrun, tmp_path):
    copy = residual_unrun.copy(tmp_path / "poor")
    # 24 training + 6 refinement + 1 nominal + 2 guided + 4 pictures, and half of the smallest plan
    copy.edit("programme.toml", "max_runs = 1500", "max_runs = 39")
    copy.run()
    row = copy.rows()["RES-1"]
    assert (row["verdict"], row["reason"]) == ("NOT SHOWN", "plan-not-paid")
    assert "max_runs" in row["closes_by"]
    assert copy.ledger("attempts") == {}
