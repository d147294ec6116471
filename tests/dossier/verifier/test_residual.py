"""Rung 1 in the verifier: real plans pass; every number that is changed, with all ids redone, is named."""

from __future__ import annotations

import copy
import importlib.util
from pathlib import Path

import pytest

from assay.evidence.records import canonical, digest

SHOWN, WHOLE, FALSE = "RES-1.a@nominal", "RES-2.a@nominal", "RES-3.a@nominal"
PLAN = f"{SHOWN}/attempt-1"


def _sibling():
    spec = importlib.util.spec_from_file_location(
        "sequential_desk", Path(__file__).parent / "test_sequential.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SIBLING = _sibling()
Desk, judged = SIBLING.Desk, SIBLING.judged


@pytest.fixture(scope="module")
def dossier(residual_done, tmp_path_factory) -> bytes:
    """The PDF of the programme `residual`."""
    own = residual_done.copy(tmp_path_factory.mktemp("sealed") / "residual")
    ended = own.within("dossier", "--format", "pdf")
    assert ended.code == 0, ended.err
    return (own.folder / "build" / "nominal" / "dossier.pdf").read_bytes()


@pytest.fixture(scope="module")
def files(forging, dossier):
    return forging.files_of(dossier)


def test_a_dossier_with_declared_bounds_is_verified(v, dossier):
    report = v.verify(dossier)
    assert report.failures == []
    assert "2 SHOWN GIVEN" in report.outcomes[-1].found


def test_putting_the_evidence_together_again_changes_nothing(v, files):
    assert sealed(Desk(files)) == files
    assert judged(v, files) == ""


def test_what_cannot_be_recomputed_is_named(v):
    assert "what the AI model says where a declared bound on its error is used" in v.UNCHECKED
    assert "what of the law its guard leaves undecided or a plan conceded" in v.UNCHECKED


def sealed(desk):
    """Return the attachments with every id true again, also those of runs in the lines of the checks."""
    trial = copy.deepcopy(desk)
    trial.together()
    new = {old: digest(canonical(document)) for old, document in trial.documents.items()}
    for subject in (PLAN, f"{WHOLE}/attempt-1", f"{FALSE}/attempt-1"):
        record = desk.record("residual", subject)
        rows = desk.rows(record, "checks")
        desk.write(
            record, "checks", [{**row, "record": new.get(row["record"], row["record"])} for row in rows]
        )
    return desk.together()


def in_record(kind, key, value, subject=PLAN):
    def change(desk):
        payload = desk.record(kind, subject)["payload"]
        payload[key] = value(payload[key]) if callable(value) else value

    return change


def in_both(key, value):
    """In the band and in what the plan came to, which have to agree."""

    def change(desk):
        in_record("band", key, value, SHOWN)(desk)
        in_record("residual", key, value)(desk)

    return change


def in_part(key, value, subject=SHOWN):
    return lambda desk: desk.record("showing", subject)["payload"]["parts"][0].update({key: value})


def in_told(key, value):
    def change(desk):
        desk.record("showing", SHOWN)["payload"]["parts"][0]["residual"][key] = value

    return change


def wider(desk):
    """A wider bound than the study declares, in every record of the plan."""
    declared = {**desk.record("band", SHOWN)["payload"]["declared"], "relative": 0.2}
    in_both("declared", declared)(desk)
    desk.record("showing", SHOWN)["payload"]["parts"][0]["residual"]["relative"] = 0.2


def in_check(number, key, value):
    def change(desk):
        record = desk.record("residual", PLAN)
        rows = desk.rows(record, "checks")
        rows[number][key] = value(rows[number][key])
        desk.write(record, "checks", rows)

    return change


def check_dropped(desk):
    record = desk.record("residual", PLAN)
    rows = desk.rows(record, "checks")[:-1]
    desk.write(record, "checks", rows)
    record["payload"]["checks"] = len(rows)
    desk.record("showing", SHOWN)["payload"]["parts"][0]["residual"]["checks"] = len(rows)


def training_dropped(desk):
    """The training, which speaks against the bound more than other runs, was never held against it."""
    record = desk.record("residual", PLAN)
    gone = record["inputs"].pop("checked:training")
    rows = [row for row in desk.rows(record, "checks") if row["record"] != gone]
    desk.write(record, "checks", rows)
    record["payload"]["checks"] = len(rows)
    desk.record("showing", SHOWN)["payload"]["parts"][0]["residual"]["checks"] = len(rows)


def falsified_made_shown(desk):
    """What a run contradicts is shown all the same, say the records."""
    said = desk.record("residual", f"{FALSE}/attempt-1")["payload"]
    said |= {"state": "shown", "violating": 0, "violations": [], "bound": said["mass_reach"]}
    said["attained"] = said["spent"]
    showing = desk.record("showing", FALSE)["payload"]
    part = showing["parts"][0]
    part |= {"verdict": "SHOWN GIVEN", "bound": said["bound"], "attained": said["attained"]}
    part["residual"]["violations"] = 0
    showing |= {"verdict": "SHOWN GIVEN", "credit": "residual", "given": ["|frequency - model| is small"]}


def run_away(desk):
    """A draw far from the model, and a check that says so; the statement stays."""
    record = desk.record("residual", PLAN)
    runs = record["inputs"]["runs"]
    table = desk.documents[runs]
    lines = desk.rows(table, "table")
    lines[0]["quantities"]["deflection"] = 1.0
    desk.write(table, "table", lines)
    rows = desk.rows(record, "checks")
    for row in rows:
        if row["record"] == runs and row["index"] == 0:
            row["quantity"] = 1.0
    desk.write(record, "checks", rows)
    # The draw stays within, so that nothing but the declaration is contradicted.


def moved(desk):
    """A draw of the undecided part stands somewhere else."""
    desk.record("band-draws", PLAN)["payload"]["places"][0]["load"] += 1.0


def outside(desk):
    record = desk.record("residual", PLAN)
    table = desk.documents[record["inputs"]["runs"]]
    lines = desk.rows(table, "table")
    lines[0]["factors"]["load"] = 1e4
    desk.write(table, "table", lines)
    desk.record("band-draws", PLAN)["payload"]["places"][0]["load"] = 1e4


def another_draws(desk):
    desk.record("residual", PLAN)["inputs"]["draws"] = next(
        i
        for i, d in desk.documents.items()
        if (d["kind"], d["subject"]) == ("band-draws", f"{WHOLE}/attempt-1")
    )


CHANGES = {
    "mass": (in_both("mass_reach", lambda x: 0.9 * x), "is not the upper limit of mass reach"),
    "conceded mass": (in_both("mass_conceded", lambda x: 0.5 * x), "is not the upper limit of mass conceded"),
    "counts": (in_record("band", "safe", lambda n: n + 1, SHOWN), "draws"),
    "few draws": (in_record("band", "cheap", 1000, SHOWN), "from 1000 draws only"),
    "spent": (in_both("spent", 0.0), "without spending an error"),
    "share": (in_both("share", 0.9), "may fail"),
    "level": (in_both("level", 0.2), "is for the level"),
    "edge": (in_record("band", "within_high", 3.7, SHOWN), "where a run is not within"),
    "no edge": (in_record("band", "within_high", None, SHOWN), "an edge for each limit"),
    "planned": (in_record("band", "draws", 3, SHOWN), "planned other draws"),
    "whole": (in_both("whole", True), "whether anything has to be drawn"),
    "not within": (in_record("residual", "not_within", 1), "says not_within 1"),
    "state": (in_record("residual", "state", "not-shown"), "says not-shown"),
    "bound": (in_record("residual", "bound", lambda x: 0.9 * x), "is not the upper limit"),
    "attained": (in_record("residual", "attained", lambda x: 0.5 * x), "attains"),
    "checks": (in_record("residual", "checks", lambda n: n + 5), "checks"),
    "wider bound": (wider, "another bound than its study declares"),
    "prediction of a check": (in_check(3, "predicted", lambda x: 1.5 * x), "is held against"),
    "quantity of a check": (in_check(3, "quantity", lambda x: 1.01 * x), "each of its runs once"),
    "bound of a check": (in_check(3, "bound", lambda x: 2.0 * x), "is held against"),
    "prediction of a draw": (in_check(-1, "predicted", lambda x: x + 1e-3), "its model says"),
    "a check dropped": (check_dropped, "each of its runs once"),
    "training dropped": (training_dropped, "leaves out the runs for training"),
    "falsified made shown": (falsified_made_shown, "says violating 0"),
    "a run far from the model": (run_away, "violating"),
    "a draw moved": (moved, "is at another place"),
    "a draw out of range": (outside, "where the solver may not be run"),
    "other draws": (another_draws, "is about criterion"),
    "part's bound": (in_part("bound", 0.01), "tells"),
    "part's verdict": (in_part("verdict", "SHOWN"), "says SHOWN"),
    "part's masses": (in_told("mass_reach", 0.01), "other masses"),
    "part's checks": (in_told("checks", 1000), "other masses or checks"),
    "part without it": (in_part("residual", None), ""),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_named(v, files, name):
    change, wanted = CHANGES[name]
    desk = Desk(files)
    change(desk)
    found = judged(v, sealed(desk))
    assert found, "nothing was found"
    assert wanted in found


def test_a_given_that_was_dropped_is_named(v, files):
    desk = Desk(files)
    desk.record("showing", SHOWN)["payload"]["given"] = ["trust us"]
    assert "does not say that it is given: |deflection - model| <= 0.02 mm" in judged(v, sealed(desk))


def test_credit_and_method_are_those_of_the_plan(v, files):
    for key, value in (("method", "fixed"), ("credit", "none"), ("rung", "0a"), ("verdict", "SHOWN")):
        desk = Desk(files)
        desk.record("showing", SHOWN)["payload"][key] = value
        assert judged(v, sealed(desk)), key
