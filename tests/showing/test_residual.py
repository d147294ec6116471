"""What a declared bound sorts, and what its plan says: against brute force over all that the bound allows."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.programme import Fraction, ResidualBound
from assay.showing.records import Charge, ClaimPart
from assay.showing.residual import (
    MOST_TOLD,
    Checked,
    bounds_at,
    check_lines,
    edges_of,
    judge_band,
    residual_payload,
    sort_points,
)
from assay.showing.residual_records import BandPayload, DeclaredBound
from assay.showing.states import Limit, State, state_of
from assay.statistics import CONCEDED, SAFE, UNDECIDED, region_masses

CHARGE = Charge(numerical_relative=0.02, model_basis="allowance", model_factor=1.05)
NOTHING = Charge(numerical_relative=0.0, model_basis="allowance", model_factor=1.0)
BOUND = ResidualBound(0.1, 0.02, "a handbook")


def sort(predicted, limit, *, abstains=False, outside=False, bound=BOUND, believed=0.0, threshold=np.inf):
    s = np.array(predicted, dtype=np.float64)
    yes = [np.broadcast_to(np.asarray(x), s.shape).copy() for x in (abstains, outside)]
    belief = np.broadcast_to(np.asarray(believed, dtype=np.float64), s.shape)
    return sort_points(s, belief, *yes, bound, edges_of(limit), threshold)


def limits():
    number = st.floats(-5.0, 5.0)
    one = st.builds(lambda s, v: (s, (v,)), st.sampled_from(["at_most", "at_least"]), number)
    two = st.builds(lambda a, b: ("between", (min(a, b), max(a, b))), number, number)
    charge = st.builds(
        lambda x, f: Charge(numerical_relative=x, model_basis="allowance", model_factor=f),
        st.floats(0.0, 0.8),
        st.floats(1.0, 1.6),
    )
    return st.builds(
        lambda said, factor, own: Limit(said[0], said[1], factor, own),
        st.one_of(one, two),
        st.floats(0.5, 2.0),
        charge,
    )


@given(limits(), st.floats(-6.0, 6.0), st.floats(0.0, 1.0), st.floats(0.0, 0.2))
def test_a_run_that_keeps_the_bound_is_within_where_the_law_is_safe(limit, s, absolute, relative):
    bound = ResidualBound(absolute, relative, "any")
    (code,) = sort([s], limit, bound=bound)
    reach = float(bounds_at(bound, np.array([s]))[0])
    states = {state_of(q, limit) for q in np.linspace(s - reach, s + reach, 41)}
    if code == SAFE:
        assert states == {State.WITHIN}
    if code == CONCEDED:
        assert State.WITHIN not in states


def test_the_three_regions_at_a_limit():
    limit = Limit("at_most", (10.0,), 1.0, NOTHING)
    assert sort([9.0, 9.75, 10.0, 10.25, 11.0], limit).tolist() == [SAFE, UNDECIDED, UNDECIDED, UNDECIDED, 2]


def test_where_the_guard_abstains_nothing_is_safe():
    limit = Limit("at_most", (10.0,), 1.0, NOTHING)
    assert sort([1.0, 1.0], limit, abstains=[True, False]).tolist() == [UNDECIDED, SAFE]


def test_where_the_solver_is_not_run_the_law_counts_as_failing():
    limit = Limit("at_most", (10.0,), 1.0, NOTHING)
    assert sort([1.0, 1.0], limit, outside=[True, False], abstains=True).tolist() == [CONCEDED, UNDECIDED]


def test_what_is_conceded_was_undecided():
    limit = Limit("at_most", (10.0,), 1.0, NOTHING)
    codes = sort([1.0, 10.0, 10.0], limit, believed=[0.9, 0.9, 0.1], threshold=0.5)
    assert codes.tolist() == [SAFE, CONCEDED, UNDECIDED]


def test_charges_of_the_whole_value_are_sure_of_nothing():
    limit = Limit(
        "at_most", (10.0,), 1.0, Charge(numerical_relative=0.6, model_basis="allowance", model_factor=1.5)
    )
    assert not edges_of(limit).sure
    assert sort([-50.0, 0.1, 50.0], limit).tolist() == [UNDECIDED] * 3


def test_edges_lie_inside_the_limits_with_every_charge():
    for values in ((1.0, 2.0), (-2.0, -1.0), (-1.0, 1.0)):
        limit = Limit("between", values, 1.25, CHARGE)
        edges = edges_of(limit)
        if edges.sure:
            assert {state_of(edges.low, limit), state_of(edges.high, limit)} == {State.WITHIN}


def band(codes, draws, *, whole=False, level=0.05):
    spent = 0.001
    masses = region_masses(np.array(codes, dtype=np.int8), error=spent)
    return BandPayload(
        criterion="C",
        configuration="nominal",
        study="s",
        quantity="q",
        attempt=1,
        declared=DeclaredBound(absolute=0.1, relative=0.0, reason="a handbook"),
        within_low=None,
        within_high=1.0,
        level=level,
        allowed=0.05,
        spent=spent,
        planning=10,
        cheap=len(codes),
        seed="seed",
        threshold=None,
        safe=codes.count(0),
        undecided=codes.count(1),
        conceded=codes.count(2),
        mass_conceded=masses.conceded,
        mass_reach=masses.reach,
        share=masses.threshold(0.05),
        draws=draws,
        whole=whole,
        power=1.0,
        expected=float(draws),
    )


WIDE = [0] * 88_000 + [1] * 12_000
NARROW = [0] * 99_000 + [1] * 1_000


@pytest.fixture
def came(bench):
    """What a plan comes to whose draws have these values, with checks off by `away`."""
    claim = bench.claim(holds=Fraction(0.95, 0.95))

    def make(values, codes=WIDE, *, whole=False, away=(0.05,), draws=None):
        limit = Limit("at_most", (1.0,), 1.0, NOTHING)
        rows = [bench.row(q, i) for i, q in enumerate(values) if q is not None]
        checks = [Checked("sha256:r", i, "", 0.5 + x, 0.5, 0.1) for i, x in enumerate(away)]
        plan = band(codes, draws or len(values), whole=whole)
        said = residual_payload(plan, claim.parts[0], rows, limit, checks)
        return said, judge_band(claim, claim.parts[0], rows, said, (1.0,), NOTHING, ())

    return make


def test_within_draws_of_the_undecided_part_show_under_the_bound(came):
    said, part = came([0.95] * 8)
    assert (said.state, part.verdict, part.reason) == ("shown", "SHOWN GIVEN", "shown-given")
    assert 0.0 < part.attained <= part.error == 0.05
    assert part.bound <= 0.05
    assert part.margin is None
    assert part.residual.violations == 0


def test_too_few_draws_do_not_show(came):
    said, part = came([0.95] * 4)
    assert (said.state, part.verdict) == ("not-shown", "NOT SHOWN")
    assert part.reason == "runs-open"
    assert part.attained > 0.05


def test_draws_beyond_are_told_and_never_refute(came):
    said, part = came([2.0] * 8)
    assert (part.verdict, part.reason, part.beyond) == ("NOT SHOWN", "runs-not-within", 8)
    assert said.bound > 0.05


def test_a_missing_draw_is_open(came):
    said, part = came([0.95] * 7, draws=8)
    assert said.not_within == 1
    assert (part.verdict, part.reason) == ("NOT SHOWN", "runs-failed")


@pytest.mark.parametrize("away", [(0.05, 0.2), (0.05, -0.2), (0.2, 0.05)])
def test_one_run_farther_away_falsifies_everything(came, away):
    said, part = came([0.95] * 8, away=away)
    assert (said.state, part.verdict, part.reason) == ("falsified", "NOT SHOWN", "residual-falsified")
    assert (part.bound, part.attained) == (None, None)
    assert said.violations[0].index == int(np.argmax(np.abs(away)))
    assert part.residual.violations == 1


def test_the_worst_contradictions_are_told_and_all_are_counted(came):
    said, part = came([0.95] * 8, away=tuple(0.2 + 0.01 * i for i in range(30)))
    assert said.violating == part.residual.violations == 30
    assert [run.index for run in said.violations] == list(range(29, 29 - MOST_TOLD, -1))


def test_where_nothing_has_to_be_drawn_the_masses_alone_show_it(came):
    for values in ([0.5] * 8, [2.0] * 8):
        said, part = came(values, NARROW, whole=True)
        assert (said.state, part.verdict) == ("shown", "SHOWN GIVEN")
        assert said.bound == said.mass_reach, "draws of the whole law say nothing of the undecided part"
        assert said.attained == said.spent


def test_lines_of_checks_are_canonical():
    lines = check_lines([Checked("sha256:r", 3, "", 1.5, 1.25, 0.5)]).splitlines()
    assert json.loads(lines[0]) == {
        "bound": 0.5, "index": 3, "predicted": 1.25, "quantity": 1.5, "record": "sha256:r", "row": "",
    }  # fmt: skip


def test_a_part_of_another_plan_says_nothing_of_a_bound(bench):
    part = bench.plan([1.0] * 59).parts[0]
    assert isinstance(part, ClaimPart)
    assert "residual" not in part.model_dump(mode="json")


@pytest.fixture
def decided(came, bench):
    """What is decided over a claim whose plan came to this."""
    study = bench.study()
    study = replace(study, quantities={"q": replace(study.quantities["q"], residual=BOUND)})

    def make(values, **changes):
        said, _ = came(values, **changes)
        claim = bench.claim(study=study, rungs=("residual",))
        attempt = bench.attempt(len(values), plan="residual")
        rows = [bench.row(q, i) for i, q in enumerate(values)]
        return bench.decide(claim, rows, attempt=attempt, residual=said, records={"residual": "sha256:x"})

    return make


def test_the_showing_says_what_it_is_given(decided):
    payload = decided([0.95] * 8)
    assert (payload.verdict, payload.rung, payload.method) == ("SHOWN GIVEN", "1", "residual")
    assert payload.credit == "residual"
    assert payload.given == ("|q - model| <= 0.1 MPa (1 check, 0 violations): a handbook",)
    row = next(row for row in payload.assumptions if row.text == payload.given[0])
    assert (row.check, row.record) == ("passed", "sha256:x")
    assert any("taken from the level" in row.text for row in payload.assumptions)


def test_a_falsified_bound_is_no_given_and_earns_nothing(decided):
    payload = decided([0.95] * 8, away=(0.05, 0.3))
    assert (payload.verdict, payload.reason) == ("NOT SHOWN", "residual-falsified")
    assert (payload.given, payload.credit) == ((), "none")
    assert "run 1 of the record sha256:r is 0.3 MPa from the model, declared is 0.1" in payload.closes_by
    assert any(row.check == "failed" and "1 violation)" in row.text for row in payload.assumptions)


def test_draws_beyond_never_refute(decided):
    payload = decided([1e6] * 8)
    assert (payload.verdict, payload.reason) == ("NOT SHOWN", "runs-not-within")
    assert payload.given == ()


def test_no_plan_is_told_as_no_plan(bench):
    claim = bench.claim(rungs=("residual",))
    attempt = bench.attempt(0, plan="residual", paid=False)
    payload = bench.decide(claim, None, attempt=attempt)
    assert (payload.verdict, payload.reason, payload.parts) == ("NOT SHOWN", "residual-no-plan", ())
    assert "'fixed'" in payload.closes_by


def test_without_its_record_nothing_is_shown(bench):
    claim = bench.claim(rungs=("residual",))
    rows = [bench.row(0.5, i) for i in range(8)]
    payload = bench.decide(claim, rows, attempt=bench.attempt(8, plan="residual"))
    assert (payload.verdict, payload.reason) == ("NOT SHOWN", "not-run")
