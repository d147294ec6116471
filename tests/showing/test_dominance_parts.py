"""From certified runs and draws to the claim of a criterion."""

from __future__ import annotations

import pytest

from assay.programme import Fraction
from assay.showing import decide
from assay.showing.dominance import Climb, on_signs
from assay.showing.dominance_parts import attained, judge_climb
from assay.showing.dominance_records import DominanceRow, RecordedMasses
from assay.showing.records import Charge
from assay.showing.states import Draw, State

LEVEL, ERROR, ALLOWED = 0.049, 0.05, 0.05
CHARGE = Charge(numerical_relative=0.0, model_basis="allowance", model_factor=1.0)


@pytest.fixture
def claim(bench):
    kinds = [bench.declaration("increasing_in", ["x"], ["y"]), bench.declaration("decreasing_in", ["z"])]
    study = bench.study(*kinds)
    return on_signs(bench.claim(Fraction(0.95, 0.95), study=study, rungs=["structure"]))


def path(bench, *runs, enough=False) -> Climb:
    """Return a path of runs (drawn, value, wealth after)."""
    rows, draws = [], []
    for index, (drawn, value, wealth) in enumerate(runs):
        state = State.OPEN if value is None else State.BEYOND if value > 100.0 else State.WITHIN
        rows.append(DominanceRow(index=index, step=1, drawn=drawn, state=state.value, wealth=wealth))
        at = {"x": 0.1 * index, "y": 0.5, "z": 0.5}
        worst = None if value is None else bench.row(value, index, **at)
        draws.append(Draw(index, state, value is not None, worst))
    masses = RecordedMasses(conceded=0.01, reach=0.4)
    return Climb(tuple(rows), tuple(draws), 1, LEVEL, ALLOWED, masses, enough)


def judged(claim, found):
    return judge_climb(claim, claim.parts[0], found, (100.0,), CHARGE, (), ERROR)


def test_wealth_reached_is_shown_given(bench, claim):
    part = judged(claim, path(bench, (False, 60.0, 1.0), (True, 50.0, 21.0)))
    assert (part.verdict, part.reason) == ("SHOWN GIVEN", "shown-given")
    assert part.dominance is not None
    assert (part.dominance.placed, part.dominance.drawn, part.dominance.decided_at) == (1, 1, 1)
    assert part.attained == pytest.approx(1.0 / 21.0 + ERROR - LEVEL)
    assert (part.bound, part.lower_bound, part.margin) == (None, None, None)
    assert part.deciding is not None
    assert part.deciding.quantity == 60.0, "the run with the least room, whoever placed it"
    assert part.waterfall[0].label == "least room"


def test_nothing_left_to_draw_attains_what_the_masses_took(bench, claim):
    found = path(bench, (False, 60.0, 1.0), enough=True)
    assert judged(claim, found).verdict == "SHOWN GIVEN"
    assert attained(found, ERROR) == pytest.approx(ERROR - LEVEL)


def test_what_falls_short_is_not_shown_and_never_refuted(bench, claim):
    part = judged(claim, path(bench, *[(True, 150.0, 0.0)] * 40))
    assert (part.verdict, part.reason, part.beyond) == ("NOT SHOWN", "structure-undecided", 40)
    part = judged(claim, path(bench, (True, None, 0.0)))
    assert (part.verdict, part.reason) == ("NOT SHOWN", "runs-failed")


def test_decided_by_rung_two_with_its_declarations(bench, claim):
    found = path(bench, (False, 60.0, 1.0), (True, 50.0, 21.0))
    evidence = bench.evidence(claim, climb=found, attempt=bench.attempt(plan="structure"))
    payload = decide(evidence)
    assert (payload.verdict, payload.rung, payload.method) == ("SHOWN GIVEN", "2", "structure")
    assert payload.credit == "structure"
    assert len(payload.given) == 2
    assert "rocquigny-2009" in payload.references
    broken = bench.evidence(
        claim,
        climb=found,
        attempt=bench.attempt(plan="structure"),
        structure=bench.tested(claim.study, violations=1),
    )
    assert (decide(broken).verdict, decide(broken).reason) == ("NOT SHOWN", "declaration-broken")


def test_a_run_against_a_sign_ends_it(bench, claim):
    """x rises by itself from run to run and the quantity falls: no test run saw it, the showing does."""
    found = path(bench, (False, 60.0, 1.0), (True, 50.0, 21.0))
    rows = tuple(draw.worst for draw in found.draws)
    evidence = bench.evidence(claim, rows, climb=found, attempt=bench.attempt(plan="structure"))
    assert decide(evidence).reason == "declaration-broken"


def test_without_its_end_nothing_is_judged(bench, claim):
    evidence = bench.evidence(claim, attempt=bench.attempt(plan="structure"))
    assert (decide(evidence).verdict, decide(evidence).reason) == ("NOT SHOWN", "not-run")


def test_other_showings_keep_their_content(bench):
    payload = bench.decide(bench.claim(), bench.rows([50.0] * 59))
    assert "dominance" not in payload.model_dump(mode="json")["parts"][0]
