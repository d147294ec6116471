"""Fractions that are decided run by run, on a beam whose violating fractions are known (rung 0b)."""

from __future__ import annotations

import json
import sys

import numpy as np
import pytest

from assay.evidence import open_store
from assay.statistics import clopper_pearson_lower, clopper_pearson_upper, replay

ALLOWED = 0.05
LIMITS = {"SEQ-1": ("deflection", 3.37), "SEQ-2": ("deflection", 3.21), "SEQ-4": ("frequency", 203.9)}


@pytest.fixture(scope="module")
def law(sequential_done):
    """Deflection and frequency of 20,000 draws of the law, by the solver itself."""
    sys.path.insert(0, str(sequential_done.folder / "studies"))
    try:
        import beam
    finally:
        sys.path.pop(0)
        sys.modules.pop("beam", None)
    generator = np.random.default_rng(20261123)
    count = 20_000
    columns = {
        "load": generator.normal(300.0, 15.0, count),
        "modulus": generator.normal(70.0, 1.2, count),
        "thickness": generator.uniform(9.9, 10.1, count),
    }
    runs = [beam.bend({n: v[i] for n, v in columns.items()}, {"cells": 20}) for i in range(count)]
    return {name: np.array([run[name] for run in runs]) for name in ("deflection", "frequency")}


def wealth(assay, criterion):
    """The record of what a plan came to, and its path."""
    with open_store(assay.folder) as store:
        record = store.latest("wealth", f"{criterion}@nominal/attempt-1")
        lines = store.blob(record.blobs["path"]).decode().splitlines()
        return record.payload, [json.loads(line) for line in lines]


def part(assay, criterion):
    return assay.showing(criterion).payload["parts"][0]


def test_verdicts_are_true(sequential_done, law):
    rows = sequential_done.rows()
    for requirement, (quantity, limit) in LIMITS.items():
        beyond = law[quantity] > limit if quantity == "deflection" else law[quantity] < limit
        count, verdict = int(beyond.sum()), rows[requirement]["verdict"]
        if verdict == "SHOWN":
            assert clopper_pearson_lower(count, beyond.size, 0.01) <= ALLOWED
        else:
            assert verdict == "REFUTED"
            assert clopper_pearson_upper(count, beyond.size, 0.01) >= ALLOWED
    assert [rows[f"SEQ-{n}"]["verdict"] for n in (1, 2, 3, 4)] == ["SHOWN", "REFUTED", "SHOWN", "REFUTED"]


def test_methods_are_those_asked_for_or_chosen(sequential_done):
    rows = sequential_done.rows()
    methods = {name: (row["criteria"][0]["rung"], row["criteria"][0]["method"]) for name, row in rows.items()}
    betting = ("0b", "sequential")
    assert methods == {"SEQ-1": betting, "SEQ-2": betting, "SEQ-3": ("0a", "fixed"), "SEQ-4": betting}
    assert rows["SEQ-1"]["margin"] is None, "runs are drawn near the limit on purpose"
    assert rows["SEQ-1"]["criteria"][0]["credit"] == "none"


def test_far_fewer_runs_than_counting_takes(sequential_done):
    payload, _ = wealth(sequential_done, "SEQ-2.a")
    assert payload["decided"] == "refuted"
    assert payload["runs"] <= 16, "counting refutes a true 13 % with 80 % probability after 100 draws or so"
    payload, _ = wealth(sequential_done, "SEQ-1.a")
    assert payload["runs"] < 361, "counting shows a true 2.5 % with 80 % probability after 361 draws"


@pytest.mark.parametrize("criterion", ["SEQ-1.a", "SEQ-2.a", "SEQ-4.a"])
def test_paths_replay_and_agree_with_the_runs(sequential_done, criterion):
    payload, path = wealth(sequential_done, criterion)
    found = replay(path, payload["allowed"])
    assert max(shown for shown, _ in found) == pytest.approx(payload["wealth_shown"], rel=1e-9)
    assert [row["index"] for row in path] == list(range(payload["runs"]))
    told = part(sequential_done, criterion)
    assert told["wealth"]["needed"] == pytest.approx(1.0 / payload["level"])
    assert told["not_within"] == sum(row["state"] != "within" for row in path)
    assert (told["verdict"] == "SHOWN") == (payload["decided"] == "shown")
    assert payload["level"] < 0.05 == told["error"]


def test_nothing_is_run_twice(sequential_done, tmp_path):
    copy = sequential_done.copy(tmp_path / "again")
    before = set(copy.records())
    ended = copy.within("run")
    assert "nothing to do" in ended.err
    assert set(copy.records()) == before


def test_an_attempt_is_on_file_before_its_steps(sequential_done):
    attempts = [json.loads(data) for data in sequential_done.ledger("attempts").values()]
    plans = {a["requirement"]: (a["plan"], a["blocks"]) for a in attempts}
    assert plans["SEQ-1"] == ("sequential", {})
    assert plans["SEQ-3"][0] == "fixed"
    assert plans["SEQ-3"][1]


def test_a_lost_attempt_credits_nothing(sequential_done, tmp_path):
    copy = sequential_done.copy(tmp_path / "lost")
    for file in (copy.folder / "ledger" / "attempts").iterdir():
        if json.loads(file.read_text())["requirement"] == "SEQ-1":
            file.unlink()
    copy.run()
    row = copy.rows()["SEQ-1"]
    assert (row["verdict"], row["reason"]) == ("NOT SHOWN", "attempts-gap")


def test_stopped_after_any_step_it_goes_on_to_the_same_records(sequential_done, sequential_unrun, tmp_path):
    copy = sequential_unrun.copy(tmp_path / "stopped")
    copy.edit("programme.toml", "max_runs = 1500", "max_runs = 1500\nmax_hours = 0.002")
    codes = {copy.within("run", "--workers", "1").code for _ in range(2)}
    assert codes <= {0, 4}
    copy.edit("programme.toml", "\nmax_hours = 0.002", "")
    copy.run()
    kinds = ("step", "wealth", "plan-choice", "showing")
    same = {kind: set(copy.records(kind)) == set(sequential_done.records(kind)) for kind in kinds}
    assert all(same.values()), same


def test_undecided_within_its_budget_it_is_extended_by_a_larger_one(
    sequential_unrun, sequential_done, tmp_path
):
    copy = sequential_unrun.copy(tmp_path / "short")
    text = (copy.folder / "criteria.toml").read_text(encoding="utf-8")
    only = text[: text.index("# violated by about 13 %")]
    (copy.folder / "criteria.toml").write_text(only, encoding="utf-8")
    # 24 training + 6 refinement + 1 nominal + 2 guided + 1 picture, and the least that a plan may have
    copy.edit("programme.toml", "max_runs = 1500", "max_runs = 94")
    copy.edit("criteria.toml", "3.37 mm", "3.33 mm")
    copy.run()
    row = copy.rows()["SEQ-1"]
    assert (row["verdict"], row["reason"]) == ("NOT SHOWN", "sequential-undecided")
    assert "max_runs" in row["closes_by"]
    steps = set(copy.records("step"))
    copy.edit("programme.toml", "max_runs = 94", "max_runs = 600")
    copy.run()
    row = copy.rows()["SEQ-1"]
    assert steps < set(copy.records("step")), "the steps made so far stand"
    payload, path = wealth(copy, "SEQ-1.a")
    assert payload["runs"] == len(path) > 60
    assert row["verdict"] in {"SHOWN", "NOT SHOWN"}, "3.9 % of the law violate it"
    assert row["criteria"][0]["attempts"] == 1
