from __future__ import annotations

import itertools
import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.compliance import (
    VERDICTS,
    DocumentState,
    ShowingState,
    applicable,
    criterion_rows,
    matrix,
    status,
)
from assay.programme import Programme
from assay.showing.records import Finding, Price

DIGEST = "sha256:" + "1" * 64
FILED = {
    "BEAM-8": DocumentState(DIGEST, True, "sha256:d"),
    "BEAM-9": DocumentState(None, False, None),
}
ORDER = ["REFUTED", "NOT SHOWN", "SHOWN GIVEN", "SHOWN"]


@pytest.fixture
def rows_of(tiny, make_showing):
    """Return the matrix by requirement, every criterion shown but those that are given."""

    def rows(changed=(), documents=FILED, programme=tiny, default="SHOWN"):
        changed = dict(changed)
        states = {
            c: changed[c] if c in changed else ShowingState(make_showing(default), "sha256:r", stale=False)
            for c in programme.criteria
        }
        states = {c: s for c, s in states.items() if s is not None}
        return {row.requirement: row for row in matrix(programme, "nominal", states, documents)}

    return rows


def state(payload, *, stale=False):
    return ShowingState(payload, "sha256:r", stale=stale)


def test_a_row_for_every_requirement_in_their_order(tiny, rows_of):
    rows = rows_of()
    assert list(rows) == list(tiny.requirements)
    assert rows["BEAM-2"].sources == ("RULE 1(a)", "RULE 4")
    assert rows["BEAM-7"].means == ("M1", "M2")
    assert {row.configuration for row in rows.values()} == {"nominal"}


def test_a_shown_row(rows_of):
    row = rows_of()["BEAM-2"]
    assert (row.verdict, row.reason, row.method, row.closes_by, row.stale) == (
        "SHOWN",
        "shown",
        "fixed",
        "",
        False,
    )
    (claim,) = row.criteria
    assert (claim.verdict, claim.case, claim.records) == ("SHOWN", None, ("sha256:r",))


@pytest.mark.parametrize(
    ("document", "verdict", "reason"),
    [
        (DocumentState(DIGEST, True, "sha256:d"), "SHOWN", "document-approved"),
        (DocumentState(DIGEST, False, "sha256:d"), "NOT SHOWN", "document-not-approved"),
        (DocumentState(None, False, None), "NOT SHOWN", "document-missing"),
        (None, "NOT SHOWN", "document-missing"),
    ],
)
def test_a_requirement_shown_by_a_document(rows_of, document, verdict, reason):
    documents = {**FILED, "BEAM-8": document} if document else {}
    row = rows_of(documents=documents)["BEAM-8"]
    assert (row.verdict, row.reason) == (verdict, reason)
    assert bool(row.closes_by) == (verdict == "NOT SHOWN")
    if verdict == "SHOWN":
        assert (row.method, row.criteria[0].method, row.margin) == ("document", "document", None)
        assert row.criteria[0].records == ("sha256:d",)


def test_a_missing_report_names_its_file(rows_of):
    assert "documents/endurance.pdf" in rows_of()["BEAM-9"].closes_by
    documents = {"BEAM-8": DocumentState(DIGEST, False, None)}
    assert (
        '`assay approve document:BEAM-8 --as PERSON --role "quality"`'
        in rows_of(documents=documents)["BEAM-8"].closes_by
    )


def test_a_parent_is_the_worst_of_its_children(rows_of, make_showing):
    assert (rows_of()["BEAM-1"].verdict, rows_of()["BEAM-1"].method) == ("SHOWN", "children")
    for verdicts in itertools.product(ORDER, repeat=3):
        changed = {
            f"BEAM-{n}.a": state(make_showing(v, margin=m))
            for n, v, m in zip((2, 3, 4), verdicts, (0.3, 0.1, 0.2), strict=True)
        }
        row = rows_of(changed)["BEAM-1"]
        assert row.verdict == min(verdicts, key=ORDER.index)
        assert row.reason == "children"
        assert row.margin.value == 0.1, "the smallest margin below it"
        open_rows = [n for n, v in zip((2, 3, 4), verdicts, strict=True) if v in {"NOT SHOWN", "REFUTED"}]
        assert row.closes_by == "; ".join(f"close BEAM-{n}" for n in open_rows)
        assert bool(row.given) == ("SHOWN GIVEN" in verdicts)


def test_a_parent_carries_price_and_staleness_of_what_decides(rows_of, make_showing):
    price = Price(runs=299, minutes=2.0)
    unpaid = make_showing("NOT SHOWN", reason="plan-not-paid", price=price)
    row = rows_of({"BEAM-3.a": state(unpaid)})["BEAM-1"]
    assert row.price == price
    assert rows_of({"BEAM-3.a": ShowingState(None, None, stale=True)})["BEAM-1"].stale


def test_nothing_declared(tiny, rows_of):
    bare = replace(tiny.requirements["BEAM-10"], id="BEAM-11")
    programme = replace(tiny, requirements={**tiny.requirements, "BEAM-11": bare})
    row = rows_of(programme=programme)["BEAM-11"]
    assert (row.verdict, row.reason, row.criteria) == ("NOT SHOWN", "nothing-declared", ())
    assert "declare a criterion" in row.closes_by


def test_a_criterion_for_another_configuration_answers_nothing_here(tiny, rows_of):
    elsewhere = replace(tiny.criteria["BEAM-10.a"], configurations=("thin",))
    programme = replace(tiny, criteria={**tiny.criteria, "BEAM-10.a": elsewhere})
    row = rows_of(programme=programme)["BEAM-10"]
    assert (row.verdict, row.reason) == ("NOT SHOWN", "nothing-declared")
    assert "BEAM-10.a is for other configurations" in row.closes_by
    assert "BEAM-10.a" not in [c.id for c in applicable(programme, "nominal")]
    assert "BEAM-10.a" in [c.id for c in applicable(programme, "thin")]


@pytest.mark.parametrize(
    ("given_state", "reason"),
    [
        (ShowingState(None, None, stale=True), "stale"),
        (ShowingState(None, None, stale=False), "not-run"),
        (None, "not-run"),
    ],
)
def test_without_a_present_showing_a_row_is_not_shown(rows_of, given_state, reason):
    row = rows_of({"BEAM-2.a": given_state})["BEAM-2"]
    assert (row.verdict, row.reason, row.closes_by) == ("NOT SHOWN", reason, "`assay run`")
    assert row.stale == (reason == "stale")
    (claim,) = row.criteria
    assert (claim.criterion, claim.verdict, claim.records) == ("BEAM-2.a", "NOT SHOWN", ())


def test_the_worst_criterion_decides_and_all_that_is_open_is_said(tiny, rows_of, make_showing):
    second = replace(tiny.criteria["BEAM-2.a"], id="BEAM-2.b")
    third = replace(tiny.criteria["BEAM-2.a"], id="BEAM-2.c")
    programme = replace(tiny, criteria={**tiny.criteria, "BEAM-2.b": second, "BEAM-2.c": third})
    changed = {
        "BEAM-2.a": state(make_showing("SHOWN GIVEN", margin=0.1)),
        "BEAM-2.b": state(make_showing("NOT SHOWN", closes_by="do one thing", margin=-0.2)),
        "BEAM-2.c": state(make_showing("NOT SHOWN", closes_by="do another", margin=None)),
    }
    row = rows_of(changed, programme=programme)["BEAM-2"]
    assert (row.verdict, row.margin.value) == ("NOT SHOWN", -0.2)
    assert row.closes_by == "do one thing; do another"
    assert row.given == ("q convex in x (8 checks, 0 violations)",)
    assert [c.verdict for c in row.criteria] == ["SHOWN GIVEN", "NOT SHOWN", "NOT SHOWN"]


# The rows of one criterion


def test_every_case_is_a_row(make_showing, make_part):
    parts = [make_part("SHOWN", "a"), make_part("NOT SHOWN", "b"), make_part("SHOWN", "c")]
    rows = criterion_rows(make_showing("NOT SHOWN", *parts), "sha256:r")
    assert [(row.case, row.verdict) for row in rows] == [("a", "SHOWN"), ("b", "NOT SHOWN"), ("c", "SHOWN")]
    assert all(row.records == ("sha256:r",) for row in rows)


def test_without_parts_the_whole_is_one_row(make_showing):
    payload = make_showing("NOT SHOWN", reason="not-run").model_copy(update={"parts": ()})
    (row,) = criterion_rows(payload, None)
    assert (row.case, row.verdict, row.records) == (None, "NOT SHOWN", ())


BLOCKED = [
    "model-form-not-approved", "limit-not-creditable", "attempts-gap", "freeze-missing", "declaration-broken",
    "declaration-not-tested", "numerical-not-assessed", "plan-not-available",
]  # fmt: skip


@pytest.mark.parametrize("reason", BLOCKED)
@pytest.mark.parametrize("others", [(), ("NOT SHOWN",), ("REFUTED",)])
def test_no_case_reads_better_than_what_blocks_all_of_them(make_showing, make_part, reason, others):
    verdicts = ["SHOWN", "SHOWN GIVEN", *others]
    parts = [make_part(verdict, f"case {n}") for n, verdict in enumerate(verdicts)]
    rows = criterion_rows(make_showing("NOT SHOWN", *parts, reason=reason), "sha256:r")
    assert {row.verdict for row in rows} == {"NOT SHOWN"}
    assert all(row.given == () and row.credit == "none" for row in rows)


def test_a_shown_given_case_carries_its_given(make_showing, make_part):
    parts = [make_part("SHOWN GIVEN", "a"), make_part("NOT SHOWN", "b")]
    payload = make_showing("NOT SHOWN", *parts, given=("convex (8 checks, 0 violations)",), rung="2")
    first, second = criterion_rows(payload, "sha256:r")
    assert (first.given, first.credit) == (payload.given, "structure")
    assert (second.given, second.credit) == ((), "none")


@pytest.mark.parametrize(
    ("case", "verdicts"),
    [("b", ["NOT SHOWN", "REFUTED", "REFUTED"]), ("a", ["REFUTED", "NOT SHOWN", "REFUTED"])],
)
def test_a_guided_run_refutes_its_own_case(make_showing, make_part, case, verdicts):
    parts = [make_part("SHOWN GIVEN", "a"), make_part("SHOWN GIVEN", "b"), make_part("REFUTED", "c")]
    finding = Finding(record="r", index=0, row="", quantity=120.0, charged=120.0, limit=100.0, case=case)
    payload = make_showing("REFUTED", *parts[:2], reason="refuted-by-run", findings=(finding,))
    assert [row.verdict for row in criterion_rows(payload, "r")] == verdicts[:2]


@given(
    st.lists(st.sampled_from(ORDER), min_size=1, max_size=4),
    st.sampled_from([*BLOCKED, "runs-not-within", "runs-open", "runs-failed", "nominal-not-within"]),
)
def test_a_showing_never_reads_better_by_its_cases(make_showing, make_part, verdicts, reason):
    worst = min(verdicts, key=ORDER.index)
    parts = [make_part(verdict, f"case {n}") for n, verdict in enumerate(verdicts)]
    for verdict, why in ((worst, None), ("NOT SHOWN", reason)):
        payload = make_showing(verdict, *parts, **({"reason": why} if why else {}))
        rows = criterion_rows(payload, "r")
        assert len(rows) == len(parts)
        found = min((row.verdict for row in rows), key=ORDER.index)
        assert ORDER.index(found) <= ORDER.index(verdict)


# The list as a whole


def test_status_counts_every_verdict(tiny, rows_of, make_showing):
    rows = list(rows_of({"BEAM-3.a": state(make_showing("REFUTED"))}).values())
    document = status(tiny, rows, [])
    assert document.counts == {"SHOWN": 7, "SHOWN GIVEN": 0, "NOT SHOWN": 1, "REFUTED": 2}
    assert tuple(document.counts) == VERDICTS
    assert document.model_dump(by_alias=True)["schema"] == "assay.status/1"


def test_the_matrix_is_not_quadratic(tiny, make_showing):
    """DESIGN.md section 11: 10,000 requirements."""

    def seconds(count: int) -> float:
        base, criterion = tiny.requirements["BEAM-10"], tiny.criteria["BEAM-10.a"]
        names = [f"R-{n}" for n in range(count)]
        programme: Programme = replace(
            tiny,
            requirements={n: replace(base, id=n) for n in names},
            criteria={f"{n}.a": replace(criterion, id=f"{n}.a", requirement=n) for n in names},
        )
        shown = ShowingState(make_showing(), "sha256:r", stale=False)
        start = time.process_time()
        rows = matrix(programme, "nominal", dict.fromkeys(programme.criteria, shown), {})
        assert len(rows) == count
        return time.process_time() - start

    seconds(100)
    assert seconds(4000) < 25 * seconds(500)
