"""What AI models state, credited where a role accepts it and nowhere else: by the command line (rung 3)."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import numpy as np
import pytest

from assay.evidence import open_store
from assay.statistics import clopper_pearson_upper

ALLOWED = 0.05
GIVEN = "the error of the model of sag is as it states, accepted by model owner (11 checks, 0 violations)"
OWNER = ("--as", "Grace Example", "--role", "model owner")


def latest(assay, kind, criterion, suffix="/attempt-1"):
    with open_store(assay.folder) as store:
        record = store.latest(kind, f"{criterion}@nominal{suffix}")
        lines = store.blob(record.blobs["checks"]).decode().splitlines() if "checks" in record.blobs else []
    return record, [json.loads(line) for line in lines]


def reasons(assay):
    return {name: (row["verdict"], row["reason"]) for name, row in assay.rows().items()}


def test_verdicts(accepted_done):
    assert reasons(accepted_done) == {
        "ACC-1": ("SHOWN GIVEN", "shown-given"),
        "ACC-2": ("NOT SHOWN", "model-not-accepted"),
        "ACC-3": ("NOT SHOWN", "model-contradicted"),
        "ACC-4": ("NOT SHOWN", "model-not-within"),
        "ACC-5": ("NOT SHOWN", "model-not-tested"),
    }


def test_what_is_shown_is_true_and_what_is_not_need_not_be(accepted_done):
    sys.path.insert(0, str(accepted_done.folder / "studies"))
    try:
        import closed
    finally:
        sys.path.pop(0)
        sys.modules.pop("closed", None)
    generator = np.random.default_rng(20261123)
    count = 5_000
    columns = {
        "load": generator.normal(50.0, 4.0, count),
        "modulus": generator.uniform(190.0, 210.0, count),
        "thickness": generator.uniform(7.8, 8.2, count),
    }
    runs = [closed.plate({n: v[i] for n, v in columns.items()}, {"cells": 40}) for i in range(count)]
    beyond = sum(1.05 * run["sag"] > 1.2 for run in runs)
    assert clopper_pearson_upper(beyond, count, 0.01) <= ALLOWED


def test_nothing_is_credited_before_somebody_accepts_it(accepted_asked):
    found = reasons(accepted_asked)
    assert found["ACC-1"] == found["ACC-2"] == ("NOT SHOWN", "model-not-accepted")
    row = accepted_asked.rows()["ACC-1"]
    assert '`assay approve model:ACC-1.a@nominal --as PERSON --role "model owner"`' in row["closes_by"]
    assert (row["given"], row["criteria"][0]["credit"]) == ([], "none")


def test_the_sentence_the_rung_and_the_credit(accepted_done):
    row = accepted_done.rows()["ACC-1"]
    own = row["criteria"][0]
    assert (own["rung"], own["method"], own["credit"], own["margin"]) == ("3", "model", "residual", None)
    assert row["given"] == own["given"] == [GIVEN]
    texts = {item["text"]: item["check"] for item in own["assumptions"]}
    assert texts[GIVEN] == "passed"
    assert any("wrong on up to 38 %" in text and check == "not checked" for text, check in texts.items())
    assert any("accepted by Grace Example for the role model owner" in text for text in texts)
    told = " ".join(accepted_done.within("explain", "ACC-1").out.replace("│", " ").split())
    assert "GIVEN the error of the model of sag is as it states, accepted by model owner" in told
    assert "no solver run decides" in told
    assert "rung 3, model: in force" in told
    listed = " ".join(accepted_done.within("status").out.split())
    assert "as it states, accepted by model owner (11 checks, 0 violations)" in listed


def test_the_statement_stands_on_an_attempt_of_no_draws(accepted_done):
    attempts = {p["requirement"]: p for p in map(json.loads, accepted_done.ledger("attempts").values())}
    assert {p["plan"] for p in attempts.values()} == {"model"}
    assert attempts["ACC-1"]["draws"] == {"ACC-1.a": 0}
    assert attempts["ACC-1"]["blocks"] == {}
    said, _ = latest(accepted_done, "model-statement", "ACC-1.a")
    with open_store(accepted_done.folder) as store:
        assert store.get(said.inputs["attempt"]).payload["requirement"] == "ACC-1"
    payload = said.payload
    assert (payload["draws"], payload["level"], payload["role"]) == (100_000, 0.05, "model owner")
    assert payload["width"] == max(payload["two_sd"], payload["conformal"])
    other, _ = latest(accepted_done, "model-statement", "ACC-2.a")
    assert other.payload["seed"] != payload["seed"], "every attempt has draws of its own"


def test_every_run_that_it_had_not_seen_is_held_against_it(accepted_done):
    record, checks = latest(accepted_done, "model-check", "ACC-1.a")
    roles = {role.partition(":")[2] for role in record.inputs if role.startswith("checked:")}
    assert roles == {"nominal", "refutation", "verification"}, "the training is no check"
    assert record.payload["runs"] == len(checks) == 12
    assert (record.payload["places"], record.payload["required"]) == (11, 8)
    for check in checks:
        assert check["bound"] == record.payload["width"]
        assert abs(check["quantity"] - check["predicted"]) <= check["bound"]


def test_a_run_in_the_notch_ends_the_statement_although_it_is_accepted(accepted_done):
    record, checks = latest(accepted_done, "model-check", "ACC-3.a")
    wrong = [check for check in checks if abs(check["quantity"] - check["predicted"]) > check["bound"]]
    assert {check["record"] for check in wrong} == {
        record.inputs["checked:nominal"], record.inputs["checked:verification"],
    }  # fmt: skip
    row = accepted_done.rows()["ACC-3"]
    assert record.payload["violations"][0]["record"][:19] in row["closes_by"]
    assert "rungs = ['fixed']" in row["closes_by"]
    assert latest(accepted_done, "model-statement", "ACC-3.a")[0].payload["bound"] <= ALLOWED


def test_a_limit_tried_again_is_another_attempt_and_not_credited(accepted_done, tmp_path):
    copy = accepted_done.copy(tmp_path / "again")
    copy.edit("criteria.toml", 'at_most = "0.8 mm"', 'at_most = "1.4 mm"')
    copy.run()
    assert reasons(copy)["ACC-4"] == ("NOT SHOWN", "attempts-exhausted")
    copy.edit("programme.toml", "attempts = 1", "attempts = 2")
    copy.run()
    row = copy.rows()["ACC-4"]
    assert (row["reason"], row["criteria"][0]["attempts"]) == ("model-without-width", 2), "at half the level"


def test_an_attempt_that_is_gone_is_missed(accepted_done, tmp_path):
    copy = accepted_done.copy(tmp_path / "gone")
    (file,) = (copy.folder / "ledger" / "attempts").glob("ACC-1-*.json")
    file.unlink()
    copy.run()
    assert reasons(copy)["ACC-1"] == ("NOT SHOWN", "attempts-gap")


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("programme.toml", '["Grace Example", "Arthur Example"]', '["Arthur Example"]'),
        ("programme.toml", 'author = "Arthur Example"', 'author = "Grace Example"'),
        ("programme.toml", 'model = "model owner"', 'model = "analyst lead"'),
    ],
)
def test_an_acceptance_that_no_longer_counts(accepted_done, tmp_path, file, old, new):
    copy = accepted_done.copy(tmp_path / "changed")
    copy.edit(file, old, new)
    copy.run()
    assert reasons(copy)["ACC-1"] == ("NOT SHOWN", "model-not-accepted")


def test_an_acceptance_taken_back(accepted_done, tmp_path):
    copy = accepted_done.copy(tmp_path / "back")
    for path in (copy.folder / "ledger" / "approvals").glob("model-acceptance-*"):
        path.unlink()
    copy.run()
    assert reasons(copy)["ACC-1"] == ("NOT SHOWN", "model-not-accepted")


def test_one_statement_is_accepted_and_not_another(accepted_done, tmp_path):
    """A model that was trained anew states something else, which nobody has accepted."""
    copy = accepted_done.copy(tmp_path / "retrained")
    copy.edit("programme.toml", "attempts = 1", "attempts = 1\n# more training")
    copy.edit("studies/plate.toml", "training = 36", "training = 38")
    copy.run()
    assert reasons(copy)["ACC-1"] == ("NOT SHOWN", "attempts-exhausted")


def test_what_checks_refuses(accepted_done, tmp_path):
    copy = accepted_done.copy(tmp_path / "refused")
    copy.edit("programme.toml", '[accept]\nmodel = "model owner"\n', "")
    ended = copy.within("check", "--json")
    assert ended.code == 2
    problems = ended.json["problems"]
    assert {(p["file"], "nobody is named who accepts" in p["found"]) for p in problems} == {
        ("criteria.toml", True)
    }
    assert len(problems) == 5
    assert all('[accept] model = "ROLE"' in p["instead"] for p in problems)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--as", "Arthur Example", "--role", "model owner"), "somebody else has to approve"),
        (("--as", "Ada Example", "--role", "analyst lead"), "is for the role 'model owner'"),
        (("--as", "Ada Example", "--role", "model owner"), "not to 'Ada Example'"),
    ],
)
def test_who_may_not_accept(accepted_asked, words, said):
    ended = accepted_asked.within("approve", "model:ACC-2.a@nominal", *words)
    assert ended.code == 2
    assert said in ended.err


def test_what_may_be_accepted_is_listed(accepted_done):
    listed = " ".join(accepted_done.within("approve").out.split())
    assert "model:ACC-1.a@nominal [model owner] approved by Grace Example" in listed
    assert "model:ACC-2.a@nominal [model owner] open" in listed
    assert "no solver run decides it" in listed


def test_before_the_model_is_asked_there_is_nothing_to_accept(accepted_asked, tmp_path):
    place = tmp_path / "unrun"
    shutil.copytree(
        accepted_asked.folder, place, ignore=shutil.ignore_patterns(".assay", "attempts", "freezes")
    )
    ended = type(accepted_asked)(place, accepted_asked.settings).within(
        "approve", "model:ACC-1.a@nominal", *OWNER
    )
    assert ended.code == 2
    assert "is there once `assay run` has asked it" in ended.err


def test_nothing_is_asked_twice(accepted_done, tmp_path):
    copy = accepted_done.copy(tmp_path / "twice")
    before = set(copy.records())
    assert "nothing to do" in copy.within("run").err
    assert set(copy.records()) == before


def test_the_dossier_says_so_and_is_verified_alone(accepted_done, tmp_path, forging):
    copy = accepted_done.copy(tmp_path / "dossier")
    assert copy.within("dossier", "--format", "pdf").code == 0
    pdf = copy.folder / "build" / "nominal" / "dossier.pdf"
    alone = tmp_path / "verify.py"
    files = forging.files_of(pdf.read_bytes())
    alone.write_bytes(files["verify.py"])
    done = subprocess.run([sys.executable, "-I", alone, pdf], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 SHOWN GIVEN, 4 NOT SHOWN" in done.stdout
    assert "what a role has accepted by name (rung 3)" in " ".join(done.stdout.split())
    model = json.dumps(json.loads(files["model.json"]), ensure_ascii=False)
    assert model.count(GIVEN) >= 3, "matrix, showing, assumptions"
    assert "No margin and no refutation" in model
