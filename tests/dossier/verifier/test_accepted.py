"""Rung 3 in the verifier: an accepted statement passes; what is changed, with all ids redone, is named."""

from __future__ import annotations

import copy
import importlib.util
from pathlib import Path

import pytest

from assay.evidence.records import canonical, digest

SHOWN, OPEN, NOTCHED, EXCEEDED, UNTESTED = (f"ACC-{number}.a@nominal" for number in range(1, 6))
PLAN = f"{SHOWN}/attempt-1"
ACCEPTANCE = f"model-acceptance:model:{SHOWN}"


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
def dossier(accepted_done, tmp_path_factory) -> bytes:
    """The PDF of the programme `accepted`."""
    own = accepted_done.copy(tmp_path_factory.mktemp("sealed") / "accepted")
    ended = own.within("dossier", "--format", "pdf")
    assert ended.code == 0, ended.err
    return (own.folder / "build" / "nominal" / "dossier.pdf").read_bytes()


@pytest.fixture(scope="module")
def files(forging, dossier):
    return forging.files_of(dossier)


def test_a_dossier_with_an_accepted_statement_is_verified(v, dossier):
    report = v.verify(dossier)
    assert report.failures == []
    assert "1 SHOWN GIVEN, 4 NOT SHOWN" in report.outcomes[-1].found


def test_what_cannot_be_recomputed_is_named(v):
    assert "on which nothing rests but what a role has accepted by name (rung 3)" in v.UNCHECKED


def write(desk, record, role, rows):
    """Give a record other lines; two records may share the lines that they had."""
    key, data = record["blobs"][role], desk.tables[record["blobs"][role]]
    desk.write(record, role, rows)
    desk.tables.setdefault(key, data)


def sealed(desk):
    """Return the attachments with every id true again, also those that checks and acceptances name."""
    for _ in range(2):  # what is accepted is known once the first round is done, then who accepted it
        trial = copy.deepcopy(desk)
        trial.together()
        new = {old: digest(canonical(document)) for old, document in trial.documents.items()}
        for document in desk.documents.values():
            if document["kind"] == "model-check":
                rows = desk.rows(document, "checks")
                told = [{**row, "record": new.get(row["record"], row["record"])} for row in rows]
                if told != rows:
                    write(desk, document, "checks", told)
            if document["kind"] == "approval":
                said = document["payload"]
                said["of"] = new.get(said["of"], said["of"])
    return desk.together()


def test_putting_the_evidence_together_again_changes_nothing(v, files):
    assert sealed(Desk(files)) == files
    assert judged(v, files) == ""


def change(kind, subject, key, value):
    def make(desk):
        payload = desk.record(kind, subject)["payload"]
        payload[key] = value(payload[key]) if callable(value) else value

    return make


def in_statement(key, value, subject=PLAN):
    return change("model-statement", subject, key, value)


def in_check(key, value, subject=PLAN):
    return change("model-check", subject, key, value)


def in_acceptance(key, value):
    return change("approval", ACCEPTANCE, key, value)


def in_part(key, value, subject=SHOWN):
    return lambda desk: desk.record("showing", subject)["payload"]["parts"][0].update({key: value})


def in_told(key, value, subject=SHOWN):
    return lambda desk: desk.record("showing", subject)["payload"]["parts"][0]["stated"].update({key: value})


def in_line(number, key, value):
    def make(desk):
        record = desk.record("model-check", PLAN)
        rows = desk.rows(record, "checks")
        rows[number][key] = value(rows[number][key])
        write(desk, record, "checks", rows)

    return make


def acceptance_removed(desk):
    """The verdict stays, nobody has accepted it."""
    del desk.record("showing", SHOWN)["inputs"]["acceptance"]


def acceptance_removed_everywhere(desk):
    acceptance_removed(desk)
    in_told("accepted", False)(desk)


def acceptance_of_another(desk):
    """What was accepted is the statement of another criterion."""
    other = next(i for i, d in desk.documents.items() if d["subject"] == f"model-acceptance:model:{EXCEEDED}")
    desk.record("showing", SHOWN)["inputs"]["acceptance"] = other


def accepted_before(desk):
    """The acceptance is of a record that is not the statement, such as an older one."""
    desk.record("approval", ACCEPTANCE)["payload"]["of"] = "sha256:" + "0" * 64


def role_changed(desk):
    """Statement, acceptance and showing agree on a role that the person does not hold."""
    in_statement("role", "analyst lead")(desk)
    in_acceptance("role", "analyst lead")(desk)
    in_told("role", "analyst lead")(desk)


def counts_changed(desk):
    """More draws within, in statement and showing; the limit stays."""
    in_statement("draws", 200_000)(desk)
    in_told("draws", 200_000)(desk)


def level_changed(desk):
    in_statement("level", 0.2)(desk)


def checks_dropped(desk):
    """Half of the runs were never held against it, say the records."""
    record = desk.record("model-check", PLAN)
    rows = desk.rows(record, "checks")[:-4]
    write(desk, record, "checks", rows)
    record["payload"] |= {"runs": len(rows), "places": len(rows)}
    in_told("checks", len(rows))(desk)


def table_dropped(role):
    def make(desk):
        record = desk.record("model-check", PLAN)
        gone = record["inputs"].pop(f"checked:{role}")
        rows = [row for row in desk.rows(record, "checks") if row["record"] != gone]
        write(desk, record, "checks", rows)
        record["payload"] |= {"runs": len(rows), "places": len(rows)}
        in_told("checks", len(rows))(desk)

    return make


def made_shown(subject, **told):
    """What something stands against is shown all the same, says the showing."""

    def make(desk):
        showing = desk.record("showing", subject)["payload"]
        part = showing["parts"][0]
        part["stated"] |= {"accepted": True, **told}
        part["verdict"] = "SHOWN GIVEN"
        said = desk.record("model-statement", f"{subject}/attempt-1")["payload"]
        part |= {"bound": said["bound"], "attained": said["attained"]}
        showing |= {"verdict": "SHOWN GIVEN", "credit": "residual", "given": ["trust the model"]}

    return make


def a_run_away(desk):
    """A run of the solver says something else, every check of it too; what follows from it does not."""
    nominal = desk.record("model-check", PLAN)["inputs"]["checked:nominal"]
    table = desk.documents[nominal]
    lines = desk.rows(table, "table")
    lines[0]["quantities"]["sag"] += 1.0
    value = lines[0]["quantities"]["sag"]
    write(desk, table, "table", lines)
    for record in [d for d in desk.documents.values() if d["kind"] == "model-check"]:
        if record["payload"]["quantity"] == "sag":
            rows = desk.rows(record, "checks")
            moved = [{**row, "quantity": value} if row["record"] == nominal else row for row in rows]
            write(desk, record, "checks", moved)


def plan_of_attempt(desk):
    record = next(
        d for d in desk.documents.values() if d["kind"] == "attempt" and d["subject"][:5] == "ACC-1"
    )
    record["payload"]["plan"] = "fixed"


def asked_for_nothing(desk):
    desk.record("criterion", "ACC-1.a")["payload"]["rungs"] = []


def without_the_warning(desk):
    rows = desk.record("showing", SHOWN)["payload"]["assumptions"]
    rows[:] = [row for row in rows if "to be wrong" not in row["text"]]


CHANGES = {
    "acceptance removed": (acceptance_removed, "other numbers, checks or acceptance"),
    "acceptance removed everywhere": (acceptance_removed_everywhere, "says SHOWN GIVEN, its records say"),
    "acceptance of another": (acceptance_of_another, "accepts model:ACC-4.a@nominal"),
    "acceptance of another form": (accepted_before, "accepts another statement than was credited"),
    "role of the acceptance": (in_acceptance("role", "analyst lead"), "is by the role 'analyst lead'"),
    "role of the statement": (in_statement("role", "analyst lead"), "is by the role 'model owner', not"),
    "role everywhere": (role_changed, "is by nobody who holds the role"),
    "person": (in_acceptance("person", "Ada Example"), "is by nobody who holds the role"),
    "author accepts": (in_acceptance("person", "arthur  example"), "is by the author"),
    "made by who accepts": (in_acceptance("author", "Grace Example"), "is by the author"),
    "subject of the acceptance": (in_acceptance("subject", "model:ACC-9.a@nominal"), "accepts model:ACC-9.a"),
    "kind of the acceptance": (in_acceptance("kind", "allowance"), "accepts model:ACC-1.a"),
    "draws": (counts_changed, "is not the upper limit for 0 of 200000"),
    "more not within": (in_statement("wide", 9), "is not the upper limit for 9 of"),
    "fewer than none": (in_statement("wide", -1), "counts -1 of"),
    "bound": (in_statement("bound", 1e-6), "is not the upper limit"),
    "attained": (in_statement("attained", 1e-9), "attains"),
    "level": (level_changed, "is for the level"),
    "allowed": (in_statement("allowed", 0.1), "allows another fraction"),
    "narrower": (in_statement("width", 1e-6), "not by the larger"),
    "conformal left out": (in_statement("conformal", None), "of too few rows"),
    "fewer rows": (in_statement("rows", 12), "of too few rows"),
    "edge": (in_statement("within_high", 1.2), "where a run is not within"),
    "no edge": (in_statement("within_high", None), "an edge for each limit"),
    "checks": (in_check("places", 40), "says places 40"),
    "required": (in_check("required", 1), "says required 1"),
    "checks dropped": (checks_dropped, "is not held against each run once"),
    "nominal dropped": (table_dropped("nominal"), "leaves out the runs for nominal"),
    "guided runs dropped": (table_dropped("refutation"), "leaves out the runs for refutation"),
    "refinement dropped": (table_dropped("verification"), "leaves out the runs for verification"),
    "quantity of a check": (in_line(0, "quantity", lambda q: q + 1e-4), "is not held against each run once"),
    "width of a check": (in_line(0, "bound", lambda b: 2.0 * b), "is held against"),
    "prediction of a check": (in_line(0, "predicted", lambda s: s + 1.0), "says violating 0"),
    "a run far away": (a_run_away, "says violating 0"),
    "not accepted made shown": (made_shown(OPEN), "other numbers, checks or acceptance"),
    "contradicted made shown": (made_shown(NOTCHED), "is told with another limit"),
    "contradicted told as none": (made_shown(NOTCHED, violations=0), "other numbers, checks"),
    "exceeded made shown": (made_shown(EXCEEDED), "says SHOWN GIVEN, its records say NOT SHOWN"),
    "untested made shown": (made_shown(UNTESTED), "says SHOWN GIVEN, its records say NOT SHOWN"),
    "part's verdict": (in_part("verdict", "SHOWN"), "says SHOWN"),
    "part's bound": (in_part("bound", 1e-9), "is told with another limit"),
    "part's draws": (in_part("draws", 59), "runs or a margin that it has not"),
    "part refutes": (in_part("verdict", "REFUTED"), "says REFUTED"),
    "part without it": (in_part("stated", None), ""),
    "another plan": (plan_of_attempt, "planned to decide it fixed"),
    "not asked for": (asked_for_nothing, "was not asked for"),
    "without the warning": (without_the_warning, "how often such statements are wrong"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_named(v, files, name):
    make, wanted = CHANGES[name]
    desk = Desk(files)
    make(desk)
    found = judged(v, sealed(desk))
    assert found, "nothing was found"
    assert wanted in found


def test_a_given_that_was_dropped_is_named(v, files):
    for given in (
        ["trust us"],
        [],
        ["the error of the model of sag is as it states (11 checks, 0 violations)"],
    ):
        desk = Desk(files)
        desk.record("showing", SHOWN)["payload"]["given"] = given
        assert "GIVEN without" in (found := judged(v, sealed(desk))) or "that it is given: the error" in found


def test_credit_and_method_are_those_of_the_plan(v, files):
    for key, value in (("method", "fixed"), ("credit", "none"), ("rung", "1"), ("verdict", "SHOWN")):
        desk = Desk(files)
        desk.record("showing", SHOWN)["payload"][key] = value
        assert judged(v, sealed(desk)), key
