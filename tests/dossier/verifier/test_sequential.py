"""Rung 0b in the verifier: real plans pass; every number that is changed, with all ids redone, is named."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.evidence.records import canonical, digest
from assay.statistics import Bet, factor_table

SHOWN, REFUTED = "SEQ-1.a@nominal", "SEQ-2.a@nominal"
PLAN = f"{SHOWN}/attempt-1"
LOST = 39
"""The run of SEQ-1 that is open."""


@pytest.fixture(scope="module")
def dossier(sequential_done, tmp_path_factory) -> bytes:
    """The PDF of the programme `sequential`."""
    own = sequential_done.copy(tmp_path_factory.mktemp("sealed") / "sequential")
    assert own.within("dossier", "--format", "pdf").code == 0
    return (own.folder / "build" / "nominal" / "dossier.pdf").read_bytes()


@pytest.fixture(scope="module")
def files(forging, dossier):
    return forging.files_of(dossier)


class Desk:
    """The attachments taken apart, to be changed and put together with every id true again."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = dict(files)
        lines = files["records.jsonl"].splitlines()
        self.documents = {digest(line): json.loads(line) for line in lines}
        self.tables = {
            "sha256:" + name.removeprefix("runs-").removesuffix(".jsonl"): data
            for name, data in files.items()
            if name.startswith("runs-")
        }

    def record(self, kind: str, subject: str) -> dict:
        (found,) = [d for d in self.documents.values() if (d["kind"], d["subject"]) == (kind, subject)]
        return found

    def rows(self, record: dict, role: str) -> list[dict]:
        return [json.loads(line) for line in self.tables[record["blobs"][role]].splitlines()]

    def write(self, record: dict, role: str, rows: list[dict]) -> None:
        data = b"".join(canonical(row) + b"\n" for row in rows)
        del self.tables[record["blobs"][role]]
        record["blobs"][role] = digest(data)
        self.tables[digest(data)] = data
        if role == "table":
            record["payload"]["table"] = {"lines": len(rows), "digest": digest(data)}

    def together(self) -> dict[str, bytes]:
        """Return the attachments with ids, digests and manifest that fit what they hold."""
        new: dict[str, str] = {}
        waiting = dict(self.documents)
        while waiting:
            ready = {i: d for i, d in waiting.items() if not set(d["inputs"].values()) & waiting.keys()}
            for old, document in ready.items():
                data = canonical(document)
                for before, after in new.items():
                    data = data.replace(before.encode(), after.encode())
                # A record that was changed is known by its content from here on.
                new[old] = digest(data)
                self.documents[old] = json.loads(data)
            waiting = {i: d for i, d in waiting.items() if i not in ready}
        used = self.reached(new)
        lines = sorted((canonical(d) for i, d in self.documents.items() if i in used), key=digest)
        files = {n: d for n, d in self.files.items() if not n.startswith("runs-") and n != "manifest.json"}
        blobs = {b for i in used for b in self.documents[i]["blobs"].values()}
        files |= {f"runs-{n.removeprefix('sha256:')}.jsonl": d for n, d in self.tables.items() if n in blobs}
        files["records.jsonl"] = b"".join(line + b"\n" for line in lines)
        for before, after in new.items():
            files["model.json"] = files["model.json"].replace(before.encode(), after.encode())
        manifest = json.loads(self.files["manifest.json"])
        manifest["dossier"] = new[manifest["dossier"]]
        manifest["files"] = {n: {"sha256": digest(d), "size": len(d)} for n, d in files.items()}
        return {**files, "manifest.json": canonical(manifest)}

    def reached(self, new: dict[str, str]) -> set[str]:
        """Return the (old) ids from which the dossier's record was made; what is dropped leads nowhere."""
        old = {after: before for before, after in new.items()}
        root = json.loads(self.files["manifest.json"])["dossier"]
        found, waiting = {root}, [root]
        while waiting:
            for identifier in self.documents[waiting.pop()]["inputs"].values():
                if old[identifier] not in found:
                    found.add(old[identifier])
                    waiting.append(old[identifier])
        return found


def judged(v, files: dict[str, bytes]) -> str:
    """Check everything but pages and sentences; return what the check of the verdicts says."""
    evidence = v.Evidence(files)
    v.check_manifest(evidence)
    v.check_records(evidence)
    v.check_tables(evidence)
    v.check_attempts(evidence)
    try:
        v.check_showings(evidence)
    except v.Failed as failure:
        return str(failure)
    return ""


def test_a_dossier_with_sequential_plans_is_verified(v, dossier):
    report = v.verify(dossier)
    assert report.failures == []
    assert "2 SHOWN, 2 REFUTED" in report.outcomes[-1].found


def test_putting_the_evidence_together_again_changes_nothing(v, files):
    assert Desk(files).together() == files
    assert judged(v, files) == ""


def test_what_cannot_be_recomputed_is_named(v):
    assert "the bets of a plan that decides run by run came from past runs only" in v.UNCHECKED
    assert "the means over the law that these bets use" in v.UNCHECKED


def test_the_path_is_attached(files, sequential_done):
    desk = Desk(files)
    for subject in (PLAN, f"{REFUTED}/attempt-1"):
        record = desk.record("wealth", subject)
        assert len(desk.rows(record, "path")) == record["payload"]["runs"]
        assert {f"{role}:1" for role in ("step", "runs")} <= record["inputs"].keys()


def in_path(key, value):
    """Change a member of one row of the path."""

    def change(desk):
        record = desk.record("wealth", PLAN)
        rows = desk.rows(record, "path")
        rows[LOST][key] = value(rows[LOST][key]) if callable(value) else value
        desk.write(record, "path", rows)

    return change


def in_step(key, value, number=1):
    def change(desk):
        payload = desk.record("step", f"{PLAN}/step-{number}")["payload"]
        payload[key] = value(payload[key]) if callable(value) else value

    return change


def in_bet(key, value, number=1):
    return in_step("bet", lambda bet: {**bet, key: value(bet[key]) if callable(value) else value}, number)


def in_wealth(key, value):
    def change(desk):
        payload = desk.record("wealth", PLAN)["payload"]
        payload[key] = value(payload[key]) if callable(value) else value

    return change


def in_part(change_part, subject=SHOWN):
    return lambda desk: change_part(desk.record("showing", subject)["payload"]["parts"][0])


def bolder_everywhere(desk):
    """A bet of twice the size, in its step and in its rows."""
    bet = desk.record("step", f"{PLAN}/step-1")["payload"]["bet"]
    bet["shown"] *= 2.0
    record = desk.record("wealth", PLAN)
    rows = desk.rows(record, "path")
    for row in rows[:8]:
        row["bet_shown"] = bet["shown"]
    desk.write(record, "path", rows)


def last_step_dropped(desk):
    record = desk.record("wealth", PLAN)
    last = record["payload"]["steps"]
    del record["inputs"][f"step:{last}"], record["inputs"][f"runs:{last}"]
    record["payload"]["steps"] = last - 1
    unlisted(desk, f"{PLAN}/step-{last}")


def last_step_dropped_with_its_runs(desk):
    """What is left says by itself that nothing is decided."""
    last_step_dropped(desk)
    record = desk.record("wealth", PLAN)
    count = desk.record("step", f"{PLAN}/step-9")["payload"]["first"]
    rows = desk.rows(record, "path")[:count]
    desk.write(record, "path", rows)
    largest = max(row["wealth_shown"] for row in rows)
    record["payload"] |= {"runs": count, "decided": None, "decided_at": None, "wealth_shown": largest}
    part = desk.record("showing", SHOWN)["payload"]["parts"][0]
    level = record["payload"]["level"]
    part["wealth"] |= {"shown": largest, "decided_at": None}
    part["wealth"] |= {f"stopped_{way}": rows[-1][f"wealth_{way}"] for way in ("shown", "refuted")}
    part |= {"draws": count, "attained": min(1.0, 1.0 / largest + 0.05 - level)}


def second_step_dropped(desk):
    """The step with the open run never was, say the records."""
    record = desk.record("wealth", PLAN)
    last = record["payload"]["steps"]
    for role in ("step", "runs"):
        kept = [record["inputs"].pop(f"{role}:{number}") for number in range(1, last + 1)]
        del kept[4]
        record["inputs"] |= {f"{role}:{number}": found for number, found in enumerate(kept, 1)}
    record["payload"]["steps"] = last - 1


def unlisted(desk, subject):
    """Take a step and its runs out of the dossier's own list."""
    root = desk.record("dossier", "nominal")
    gone = [role for role in root["inputs"] if role.endswith(subject)]
    for role in gone:
        del root["inputs"][role]


def run_made_to_pass(desk):
    """The open run gets a smaller value in its table; nothing else is changed."""
    record = desk.record("runs", f"beam@{PLAN}/step-5")
    rows = desk.rows(record, "table")
    (row,) = [row for row in rows if row["index"] == LOST]
    row["quantities"]["deflection"] = 3.3
    desk.write(record, "table", rows)


def run_elsewhere(desk):
    record = desk.record("runs", f"beam@{PLAN}/step-1")
    rows = desk.rows(record, "table")
    rows[0]["factors"]["load"] += 1.0
    desk.write(record, "table", rows)


def on_a_coarse_mesh(desk):
    desk.record("runs", f"beam@{PLAN}/step-2")["payload"]["level"] = {"cells": 40}


def no_past(desk):
    del desk.record("step", f"{PLAN}/step-3")["inputs"]["runs"]


def attempt_was_fixed(desk):
    desk.record("attempt", "SEQ-1@nominal#1")["payload"]["plan"] = "fixed"


def other_verdict(desk):
    payload = desk.record("showing", REFUTED)["payload"]
    payload["verdict"] = payload["parts"][0]["verdict"] = "SHOWN"


def as_a_fixed_plan(desk):
    payload = desk.record("showing", SHOWN)["payload"]
    payload |= {"rung": "0a", "method": "fixed"}


FORGERIES = {
    "a state": (in_path("state", "within"), "is said to be within, its table says open"),
    "a wealth": (in_path("wealth_shown", lambda w: w * 1.001), "its wealths are"),
    "the other wealth": (in_path("wealth_refuted", lambda w: w * 1.001), "its wealths are"),
    "a bet of a run": (in_path("bet_shown", lambda b: b * 0.5), "are not those of its step"),
    "a density ratio": (in_path("density_ratio", lambda r: [x * 1.01 for x in r]), "its density ratio"),
    "a control value": (in_path("c", lambda c: c / 2), "its control value"),
    "a mean of the control": (in_path("C", lambda c: [x / 2 for x in c]), "another mean of the control"),
    "a place": (in_path("x", lambda x: [x[0] + 1.0, *x[1:]]), "another place than its step"),
    "a run's number": (in_path("index", lambda i: i + 1), "is no run of the path"),
    "a predicted value": (in_step("predicted", lambda p: [0.4, *p[1:]]), "its density ratio"),
    "a predicted value out of range": (in_step("predicted", lambda p: [1.5, *p[1:]]), "no probability"),
    "a bet above its bound": (bolder_everywhere, "above its bound"),
    "a negative density": (in_bet("density", lambda u: [-1.0, *u[1:]]), "density is negative"),
    "a mean too good to be true": (in_bet("C", [0.0, 1e-4]), "better than any law"),
    "a bin out of order": (in_bet("edges", lambda e: [e[1], e[0], *e[2:]]), "not in order"),
    "too few cheap draws": (in_step("cheap", lambda n: n // 10), "draws only"),
    "free constants": (in_step("spent", 0.0), "without spending"),
    "dear constants": (in_step("spent", 0.01), "take more than"),
    "the wealth before a step": (in_step("wealth_shown", lambda w: w * 2, 2), "starts from the wealths"),
    "another level": (in_wealth("level", 0.05), "at another level than its plan"),
    "the decision": (in_wealth("decided_at", lambda i: i - 1), "says decided_at"),
    "the largest wealth": (in_wealth("wealth_shown", lambda w: w * 1.01), "says wealth_shown"),
    "the horizon": (in_wealth("horizon", lambda n: n + 1), "runs were planned"),
    "the last step": (last_step_dropped, "its path has 112 runs, its steps 96"),
    "the last step with its runs": (last_step_dropped_with_its_runs, "says SHOWN, its runs say NOT SHOWN"),
    "the step with the failure": (second_step_dropped, "is not the step that follows"),
    "a run's value": (run_made_to_pass, "is said to be open, its table says within"),
    "a run's place": (run_elsewhere, "run at another place"),
    "a run's mesh": (on_a_coarse_mesh, "not on the finest level"),
    "a step without its past": (no_past, "does not stand on the step before it"),
    "the plan of the attempt": (attempt_was_fixed, "its attempt planned to decide it fixed"),
    "a part's wealth": (in_part(lambda p: p["wealth"].update(shown=30.0)), "tells of another wealth"),
    "the wealth it stopped with": (
        in_part(lambda p: p["wealth"].update(stopped_shown=30.0)),
        "stopped with another wealth",
    ),
    "the wealth against it at the end": (
        in_part(lambda p: p["wealth"].update(stopped_refuted=0.0)),
        "stopped with another wealth",
    ),
    "what is needed": (in_part(lambda p: p["wealth"].update(needed=20.0)), "needs 1/level"),
    "what refutes": (in_part(lambda p: p["wealth"].update(needed_to_refute=20.0)), "1/level to refute"),
    "the level of refuting": (in_part(lambda p: p.update(refuting_error=0.04)), "refuted at level 0.04"),
    "a refuting level of its own": (in_wealth("refuting_level", 0.04), "at another refuting_level"),
    "what is attained": (in_part(lambda p: p.update(attained=0.01)), "attains"),
    "a count": (in_part(lambda p: p.update(not_within=0)), "counts"),
    "a margin": (
        in_part(lambda p: p.update(margin={"value": 0.1, "mode": "", "place": ""})),
        "a margin that betting does not give",
    ),
    "the verdict": (other_verdict, "says SHOWN, its runs say REFUTED"),
    "the method": (as_a_fixed_plan, "another plan than its parts"),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_every_change_is_named_though_all_ids_are_true(v, files, name):
    change, sentence = FORGERIES[name]
    desk = Desk(files)
    change(desk)
    forged = desk.together()
    assert forged != files
    assert sentence in judged(v, forged)


def test_forgeries_with_ids_of_their_own_are_caught(v, forging, dossier):
    """F3: a record or a row changed, its own id redone, the manifest true, the file sealed again."""
    for done, forged in forging.mutations(dossier, "F3", 12, 5):
        report = v.verify(forged)
        assert report.failures, done
        assert report.outcomes[-1].check == "records", done


ENDS = st.floats(0.0, 1.0)


@given(
    control=ENDS,
    density=st.floats(1e-3, 10.0),
    norm=st.tuples(st.floats(0.1, 2.0), st.floats(1.0, 1.1)),
    mean=st.tuples(ENDS, ENDS),
    bets=st.tuples(st.floats(0.0, 5.0), st.floats(0.0, 5.0)),
    allowed=st.floats(0.001, 0.5),
)
def test_factors_are_those_of_the_statistics(v, control, density, norm, mean, bets, allowed):
    """Two programs, one rule: the verifier's own lines against `assay.statistics`."""
    ends = (norm[0], norm[0] * norm[1])
    low, high = sorted(mean)
    bet = Bet((), (density,), (control,), ends, (low, high), *bets, "shown", 0.0, math.inf)
    table = factor_table(bet, allowed)[0]
    ratio = (density / ends[1], density / ends[0])
    for index, counts in enumerate(((False, False), (True, False), (True, True))):
        found = v.betting_factors(ratio, control, (low, high), bets, allowed, counts)
        assert np.allclose([max(0.0, factor) for factor in found], table[index], rtol=1e-12, atol=1e-12)


@given(st.lists(st.tuples(ENDS, ENDS), min_size=1, max_size=8), st.integers(0, 2**32 - 1), ENDS, ENDS)
def test_no_weights_reach_above_the_hull(v, points, seed, a, b):
    span = tuple(sorted((a, b)))
    reach = v.highest(points, span)
    weights = np.random.default_rng(seed).dirichlet(np.ones(len(points)), 50)
    for x, y in weights @ np.array(points):
        if span[0] <= x <= span[1]:
            assert y <= reach + 1e-9
