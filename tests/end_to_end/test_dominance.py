"""Fractions that rest on declared signs, from file to sealed dossier (rung 2)."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path

import numpy as np
import pytest

from assay.evidence import open_store
from assay.statistics import clopper_pearson_lower

HERE = Path(__file__).parent
FIXED = 299
"""Draws of the fixed plan for 99 % at 95 %, none of them beyond."""


@pytest.fixture(scope="module")
def rows(dominance_done):
    return dominance_done.rows()


@pytest.fixture(scope="module")
def law(dominance_done):
    """Deflection and frequency of 20,000 draws of the law, by the solver itself."""
    sys.path.insert(0, str(dominance_done.folder / "studies"))
    try:
        import beam
    finally:
        sys.path.pop(0)
        sys.modules.pop("beam", None)
    generator = np.random.default_rng(20261124)
    count = 20_000
    columns = {
        "load": generator.normal(300.0, 15.0, count),
        "modulus": generator.normal(70.0, 1.2, count),
        "thickness": generator.uniform(9.9, 10.1, count),
    }
    runs = [beam.bend({n: v[i] for n, v in columns.items()}, {"cells": 20}) for i in range(count)]
    return {name: np.array([run[name] for run in runs]) for name in ("deflection", "frequency")}


def path(assay, number):
    """The record of what a plan came to, and its steps."""
    subject = f"DOM-{number}.a@nominal/attempt-1"
    with open_store(assay.folder) as store:
        record = store.latest("dominance", subject)
        steps = [
            store.latest("dominance-step", f"{subject}/step-{k}").payload
            for k in range(1, record.payload["steps"] + 1)
        ]
    return record.payload, steps


def test_true_claims_are_shown_given_in_far_fewer_runs(dominance_done, rows, law):
    for number in (1, 2):
        row = rows[f"DOM-{number}"]
        assert (row["verdict"], row["reason"]) == ("SHOWN GIVEN", "shown-given")
        payload, _ = path(dominance_done, number)
        assert payload["placed"] + payload["drawn"] <= FIXED // 10
    assert rows["DOM-1"]["given"] == [
        "deflection increasing in load (16 checks, 0 violations)",
        "deflection decreasing in thickness; modulus (24 checks, 0 violations)",
    ]
    for violating in (law["deflection"] > 4.0, law["frequency"] < 201.3):
        assert clopper_pearson_lower(int(violating.sum()), violating.size, 0.01) <= 0.01


def test_a_fraction_that_is_not_zero_needs_draws_and_a_concession(dominance_done, law):
    assert (law["frequency"] < 201.3).mean() > 0.002
    payload, steps = path(dominance_done, 2)
    assert payload["drawn"] > 0
    assert payload["wealth"] * payload["level"] >= 1.0
    (drawn,) = [step for step in steps if step["kind"] == "draw"]
    assert drawn["cheap"] >= 10**6
    assert 0.0 < drawn["spent"] <= 0.05 - payload["level"]
    assert all(p < drawn["threshold"] for p in drawn["predicted"])


def test_a_false_claim_is_not_shown_and_never_refuted(rows, law, dominance_done):
    assert (law["deflection"] > 3.2).mean() > 0.05
    assert (rows["DOM-3"]["verdict"], rows["DOM-3"]["reason"]) == ("NOT SHOWN", "structure-undecided")
    assert "fixed" in rows["DOM-3"]["closes_by"]
    payload, steps = path(dominance_done, 3)
    assert payload["decided"] is None
    assert steps[-1]["kind"] == "end", "no draws are made that are believed to fail"


def test_a_false_sign_carries_nothing(rows, dominance_done):
    assert (rows["DOM-4"]["verdict"], rows["DOM-4"]["reason"]) == ("NOT SHOWN", "declaration-broken")
    payload, _ = path(dominance_done, 4)
    assert payload["decided"] == "shown", "which shows what the tests of a declaration are for"


def test_rung_method_and_credit(rows):
    told = rows["DOM-2"]["criteria"][0]
    assert (told["rung"], told["method"], told["credit"]) == ("2", "structure", "structure")
    assert rows["DOM-2"]["margin"] is None


def test_every_run_is_held_against_the_signs(dominance_done):
    said = [row["text"] for row in dominance_done.showing("DOM-2.a").payload["assumptions"]]
    assert any("held against the runs of this showing" in text and "0 violations" in text for text in said)
    assert any("taken from the level of the claim" in text for text in said)


def test_the_attempt_is_on_file_with_its_plan(dominance_done):
    attempts = [json.loads(data) for data in dominance_done.ledger("attempts").values()]
    assert {a["plan"] for a in attempts} == {"structure"}
    assert all(a["blocks"] == {} and set(a["draws"].values()) == {FIXED} for a in attempts)


def test_nothing_is_run_twice(dominance_done, tmp_path):
    copy = dominance_done.copy(tmp_path / "again")
    before = set(copy.records())
    assert "nothing to do" in copy.within("run").err
    assert set(copy.records()) == before


def test_a_lost_attempt_credits_nothing(dominance_done, tmp_path):
    copy = dominance_done.copy(tmp_path / "lost")
    for file in (copy.folder / "ledger" / "attempts").iterdir():
        if json.loads(file.read_text())["requirement"] == "DOM-1":
            file.unlink()
    copy.run()
    row = copy.rows()["DOM-1"]
    assert (row["verdict"], row["reason"]) == ("NOT SHOWN", "attempts-gap")


@pytest.fixture(scope="module")
def written(dominance_done, tmp_path_factory):
    """A copy with its dossier."""
    copy = dominance_done.copy(tmp_path_factory.mktemp("written") / "dominance")
    ended = copy.within("dossier")
    assert ended.code == 0, ended.err
    return copy


def test_the_dossier_says_how_it_was_shown(written):
    text = (written.folder / "build" / "nominal" / "dossier.json").read_text(encoding="utf-8")
    for wanted in ("Plans that rest on declared signs", "What such a plan does not claim", "signs-placed"):
        assert wanted in text


@pytest.fixture(scope="module")
def recomputation():
    """The tools that tell lies about evidence and listen to what the verifier says."""
    place = HERE.parent / "dossier" / "verifier" / "test_recomputation.py"
    spec = importlib.util.spec_from_file_location("recomputation", place)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def files(written, forging):
    return forging.files_of((written.folder / "build" / "nominal" / "dossier.pdf").read_bytes())


def test_the_verifier_recomputes_it_all(recomputation, verifier, files):
    assert recomputation.failures(verifier, recomputation.retold(files, {})) == ""


SHOWN, FALSE = (("showing", f"DOM-{n}.a@nominal") for n in (2, 3))
PATH, LOST = (("dominance", f"DOM-{n}.a@nominal/attempt-1") for n in (2, 3))
FIRST, DRAW = (("dominance-step", f"DOM-2.a@nominal/attempt-1/step-{n}") for n in (1, 11))
LIES = [
    (SHOWN, "parts/0/dominance/reach", 0.009, "tells of other runs, masses or wealth"),
    (SHOWN, "parts/0/dominance/needed", 10.0, "needs 1/level"),
    (SHOWN, "parts/0/attained", 0.01, "attains"),
    (SHOWN, "parts/0/bound", 0.009, "that it does not give"),
    (SHOWN, "parts/0/draws", lambda n: n - 1, "its runs give"),
    (SHOWN, "parts/0/allowed", 0.02, "allows another fraction"),
    (SHOWN, "given", lambda given: given[:1], "does not say that it is given"),
    (SHOWN, "method", "fixed", "names another plan"),
    (FALSE, "parts/0/verdict", "SHOWN GIVEN", "its runs say NOT SHOWN"),
    (LOST, "decided", "shown", "says decided shown, its path None"),
    (PATH, "wealth", 400.0, "says wealth"),
    (PATH, "rows/12/wealth", 400.0, "its path is not what its runs give"),
    (PATH, "placed", 3, "says placed 3"),
    (PATH, "level", 0.05, "is at another level"),
    (DRAW, "masses/conceded", 0.0, "that no draws of the law could give"),
    (DRAW, "masses/conceded", 0.0099, "its path is not what its runs give"),
    (DRAW, "masses/reach", 0.0095, "its path is not what its runs give"),
    (DRAW, "cheap", 1000, "from 1000 draws only"),
    (DRAW, "spent", 0.0, "without spending an error"),
    (DRAW, "spent", 0.01, "take more than 0.05"),
    (DRAW, "threshold", 0.0, "draws what it concedes"),
    (DRAW, "places/0/thickness", 10.05, "is at another place than it fixed|has proved that it holds"),
    (DRAW, "wealth", 2.0, "starts from 2, not 1.0"),
    (DRAW, "number", 3, "is not the step that follows"),
    (FIRST, "spent", 0.0001, "spends error on a step that draws nothing"),
    (FIRST, "signs/load", 1, "takes the signs"),
    (FIRST, "places/0/load", 300.0, "is at another place than it fixed"),
    (("study", "beam"), "declarations/2/kind", "decreasing_in", "takes the signs"),
    (("attempt", "DOM-2@nominal#1"), "plan", "fixed", "its attempt planned to decide it fixed"),
]


def unnamed(payload):
    for row in payload["assumptions"]:
        row["record"] = None


@pytest.mark.parametrize(("where", "at", "value", "sentence"), LIES)
def test_a_lie_is_found(recomputation, verifier, files, where, at, value, sentence):
    changes = {where: recomputation.at(at, value)}
    for showing in (SHOWN, FALSE):
        # An id inside a payload does not follow the record that was told anew.
        changes.setdefault(showing, unnamed)
    said = recomputation.failures(verifier, recomputation.retold(files, changes))
    assert any(one in said for one in sentence.split("|")), said


def test_a_draw_where_a_run_has_proved_it_is_found(verifier, files):
    evidence = verifier.Evidence(files)
    verifier.check_manifest(evidence)
    verifier.check_records(evidence)
    (record,) = [r for r in evidence.of_kind("showing") if r.subject == SHOWN[1]]
    showing = verifier.Showing(evidence, record)
    part = record.payload["parts"][0]
    replayed = verifier.Certifying(showing, part, "here")
    replayed.check(showing.limit(part, record.payload["charge"]))
    assert not replayed.is_proved({"thickness": 9.9, "load": 400.0, "modulus": 60.0})
    # Thicker and stiffer than any run within, at the load of none: proved, for the signs are declared.
    best = replayed.proved[0]
    assert replayed.is_proved({**best, "thickness": best["thickness"] + 0.1})
