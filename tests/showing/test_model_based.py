"""What a model states is counted against it, and one thing that stands against it is enough."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.showing.inputs import ModelBased
from assay.showing.model_based import (
    Asked,
    checked_statement,
    judge_statement,
    required_checks,
    statement,
    two_deviations,
)
from assay.showing.records import Charge, ClaimPart
from assay.showing.residual import Checked, edges_of
from assay.showing.states import Limit
from assay.statistics import clopper_pearson_upper

NOTHING = Charge(numerical_relative=0.0, model_basis="allowance", model_factor=1.0)
ROLE = "model owner"


def limit(sense="at_most", values=(100.0,), charge=NOTHING):
    return Limit(sense, values, 1.0, charge)


def asked(predicted, *, silent=False, outside=False, two_sd=1.0, conformal=2.0):
    s = np.array(predicted, dtype=np.float64)
    yes = [np.broadcast_to(np.asarray(x), s.shape).copy() for x in (silent, outside)]
    return Asked(s, *yes, two_sd, conformal, 30)


@pytest.fixture(scope="session")
def state(bench):
    """Return what a model states of the usual claim."""

    def make(predicted, *, of=None, allowed=0.05, level=0.05, **how):
        claim = bench.claim(rungs=("model",))
        usual = {"attempt": 1, "role": ROLE, "level": level, "allowed": allowed, "seed": "seed"}
        return statement(claim, **usual, asked=asked(predicted, **how), edges=edges_of(of or limit()))

    return make


def check(quantity, predicted, bound, index=0):
    return Checked("sha256:r", index, "", quantity, predicted, bound)


def checked(said, away=0.0, places=8, required=8):
    width = said.width if said.width is not None else 0.0
    checks = [check(50.0 + (away if i == 3 else 0.0), 50.0, width, i) for i in range(places)]
    return checked_statement(said, checks, places, required)


def test_the_larger_of_the_two_widths_counts(state):
    values = [98.5] * 10
    assert state(values, two_sd=1.0, conformal=1.4).wide == 0
    assert state(values, two_sd=1.6, conformal=1.0).wide == 10
    assert state(values, two_sd=1.0, conformal=1.6).wide == 10
    assert state(values, two_sd=1.6, conformal=1.0).width == 1.6


@pytest.mark.parametrize(
    ("of", "within", "beyond"),
    [
        (limit(), 97.0, 99.0),
        (limit("at_least", (10.0,)), 13.0, 11.0),
        (limit("between", (10.0, 100.0)), 97.0, 99.0),
        (limit("between", (10.0, 100.0)), 13.0, 11.0),
        (limit("between", (10.0, 13.0)), 12.0, 11.5),
    ],
)
def test_the_width_is_added_to_the_harm_on_every_side(state, of, within, beyond):
    assert state([beyond] * 4, of=of).wide == 4
    if of.values != (10.0, 13.0):
        assert state([within] * 4, of=of).wide == 0


def test_charged_errors_narrow_the_limit(state):
    charge = Charge(numerical_relative=0.05, model_basis="allowance", model_factor=1.05)
    assert state([90.0] * 4).wide == 0
    assert state([90.0] * 4, of=limit(charge=charge)).wide == 4
    everything = Charge(numerical_relative=0.5, model_basis="allowance", model_factor=1.5)
    assert state([1.0] * 4, of=limit(charge=everything)).wide == 4, "charges of 100 % are sure of nothing"


def test_what_the_guard_or_a_range_keeps_it_from_counts_as_not_within(state):
    said = state(
        [1.0, 1.0, 1.0, 99.9], silent=[True, True, False, False], outside=[True, False, False, False]
    )
    assert (said.outside, said.silent, said.wide, said.not_within) == (1, 1, 1, 3)
    assert said.bound == clopper_pearson_upper(3, 4, 0.05)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_never_within(state, value):
    assert state([value], of=limit("between", (0.0, 100.0))).wide == 1
    assert state([50.0], of=limit("between", (0.0, 100.0))).wide == 0


def test_without_a_conformal_interval_nothing_is_within(state):
    said = state([1.0] * 10, conformal=None)
    assert (said.width, said.wide, said.bound, said.attained) == (None, 10, 1.0, 1.0)


def test_the_oracle_of_the_limit(state):
    """STATISTICS.md: 0 of 59 is at most 0.049508 at 95 %."""
    assert state([1.0] * 59).bound == pytest.approx(0.049508, abs=1e-6)


@given(st.lists(st.floats(0.0, 200.0), min_size=1, max_size=30), st.floats(0.0, 20.0), st.floats(0.0, 20.0))
def test_a_wider_width_never_says_less(state, predicted, one, other):
    less, more = (state(predicted, conformal=width, two_sd=0.0) for width in sorted((one, other)))
    assert less.not_within <= more.not_within
    assert less.bound <= more.bound


@pytest.mark.parametrize(("varied", "required"), [(0, 8), (3, 8), (4, 8), (5, 10), (9, 18)])
def test_how_many_checks_are_needed(varied, required):
    assert required_checks(varied) == required


def test_the_deviation_is_what_it_states_or_what_it_was_off_by():
    here, elsewhere, errors = np.full(4, 0.5), np.full(6, 1.0), np.full(6, 2.0)
    assert two_deviations(here, elsewhere, errors, 0.0) == 2.0 * 2.0 * 0.5
    assert two_deviations(here, elsewhere, errors, 3.0) == 2.0 * 3.0 * 0.5
    assert two_deviations(here, elsewhere, errors * 0.01, 0.0) == 2.0 * 0.5, "never below what it states"
    assert two_deviations(here, np.zeros(6), errors, 0.0) == 2.0 * 2.0, "unscaled where it states nothing"
    assert two_deviations(np.zeros(0), elsewhere, errors, 0.0) == 2.0 * 2.0


def test_a_run_on_the_edge_is_no_violation_and_what_is_no_number_is_refused(state):
    said = state([1.0] * 59)
    runs = [check(52.0, 50.0, 2.0), check(47.9, 50.0, 2.0, 1), check(math.nan, 50.0, 2.0, 2)]
    assert checked_statement(said, runs[:1], 1, 8).violating == 0
    assert checked_statement(said, runs[:2], 2, 8).violating == 1
    with pytest.raises(ValueError, match="nan"):
        checked_statement(said, runs, 3, 8)


def test_the_worst_violation_is_told_first(state):
    said = state([1.0] * 59)
    found = checked_statement(said, [check(50.0 + i, 50.0, 2.0, i) for i in range(30)], 30, 8)
    assert (found.runs, found.violating, len(found.violations)) == (30, 27, 10)
    assert [item.index for item in found.violations[:2]] == [29, 28]


CASES = {
    "shown-given": ({}, {}, True),
    "model-not-accepted": ({}, {}, False),
    "model-contradicted": ({}, {"away": 2.5}, True),
    "model-not-tested": ({}, {"places": 7}, True),
    "model-not-within": ({"predicted": [1.0] * 58}, {}, True),
    "model-without-width": ({"conformal": None}, {"places": 0}, True),
}


@pytest.mark.parametrize("reason", CASES)
def test_one_thing_against_it_is_enough(bench, state, reason):
    how, held, accepted = CASES[reason]
    said = state(**{"predicted": [1.0] * 59, **how})
    part = judge_statement(bench.claim().parts[0], said, checked(said, **held), (100.0,), accepted=accepted)
    assert part.reason == reason
    assert part.verdict == ("SHOWN GIVEN" if reason == "shown-given" else "NOT SHOWN")
    assert (part.draws, part.lower_bound, part.margin, part.waterfall) == (0, None, None, ())
    assert (part.bound is None) == (reason == "model-contradicted")


def test_it_never_refutes(bench, state):
    said = state([1e6] * 59)
    part = judge_statement(bench.claim().parts[0], said, checked(said), (100.0,), accepted=True)
    assert (part.verdict, part.reason, part.bound) == ("NOT SHOWN", "model-not-within", 1.0)


@pytest.fixture
def decided(bench, state):
    """What is decided over a claim whose model states this."""

    def make(*, person="Grace", attempt=None, how=None, evidence=None, **held):
        said = state(**{"predicted": [1.0] * 59, **(how or {})})
        based = ModelBased(said, checked(said, **held), person)
        claim = bench.claim(rungs=("model",))
        records = {"model_check": "sha256:check", "acceptance": "sha256:approval"}
        usual = attempt or bench.attempt(0, plan="model")
        return bench.decide(claim, None, attempt=usual, stated=based, records=records, **(evidence or {}))

    return make


def test_the_showing_says_what_it_is_given(decided):
    payload = decided()
    assert (payload.verdict, payload.rung, payload.method) == ("SHOWN GIVEN", "3", "model")
    assert payload.credit == "residual"
    given = "the error of the model of q is as it states, accepted by model owner (8 checks, 0 violations)"
    assert payload.given == (given,)
    rows = {row.text: (row.check, row.record) for row in payload.assumptions}
    assert rows[given] == ("passed", "sha256:check")
    assert rows["the statement of the model is accepted by Grace for the role model owner"] == (
        "not checked", "sha256:approval",
    )  # fmt: skip
    (measured,) = [text for text in rows if "to be wrong on up to 38 % of the programmes" in text]
    assert rows[measured] == ("not checked", None)
    assert "vovk-2005" in payload.references
    assert "wilks-1941" not in payload.references


def test_nobody_has_accepted_it(decided):
    payload = decided(person=None)
    assert (payload.verdict, payload.reason, payload.given) == ("NOT SHOWN", "model-not-accepted", ())
    assert payload.credit == "none"
    assert '`assay approve model:R-1.a@c --as PERSON --role "model owner"`' in payload.closes_by
    assert "is not the author" in payload.closes_by
    failed = [row.text for row in payload.assumptions if row.check == "failed"]
    assert failed == ["the statement of the model is not accepted by the role model owner"]
    assert not any("states, accepted by" in row.text for row in payload.assumptions)


def test_a_run_against_it_is_named(decided):
    payload = decided(away=2.5)
    assert (payload.verdict, payload.reason, payload.given) == ("NOT SHOWN", "model-contradicted", ())
    assert "run 3 of the record sha256:r is 2.5 MPa from the model, which states 2:" in payload.closes_by
    assert any(row.check == "failed" and "1 violation)" in row.text for row in payload.assumptions)


def test_too_few_checks_say_how_many_are_missing(decided):
    payload = decided(places=5)
    assert (payload.reason, payload.given) == ("model-not-tested", ())
    assert "raise refutation in [surrogate] of test by 3 or more" in payload.closes_by


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"level": None, "paid": False}, "attempts-exhausted"),
        ({"gap": True}, "attempts-gap"),
        ({"frozen": False}, "freeze-missing"),
        ({"paid": False}, "model-refused"),
    ],
)
def test_an_attempt_that_may_not_be_credited_shows_nothing(decided, bench, changes, reason):
    payload = decided(attempt=bench.attempt(0, plan="model", **changes))
    assert (payload.verdict, payload.reason, payload.given) == ("NOT SHOWN", reason, ())


def test_without_its_records_nothing_is_shown(bench):
    claim = bench.claim(rungs=("model",))
    payload = bench.decide(claim, None, attempt=bench.attempt(0, plan="model"))
    assert (payload.verdict, payload.reason) == ("NOT SHOWN", "not-run")


def test_what_keeps_every_verdict_keeps_this_one(decided):
    for changes in ({"charge": None}, {"model_form_approved": False}):
        payload = decided(evidence=changes)
        assert (payload.verdict, payload.given) == ("NOT SHOWN", ())


def test_a_part_of_another_plan_says_nothing_of_a_statement(bench):
    part = bench.plan([1.0] * 59).parts[0]
    assert isinstance(part, ClaimPart)
    assert "stated" not in part.model_dump(mode="json")
