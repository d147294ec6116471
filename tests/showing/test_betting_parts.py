"""From a path of wealth to the claim of one case."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assay.programme import Fraction
from assay.showing.betting_parts import judge_path
from assay.showing.records import Charge
from assay.showing.sequential import Path
from assay.showing.states import Draw, State
from assay.statistics import BettingRow, betting_level

LEVEL, ERROR = 0.049, 0.05
CHARGE = Charge(numerical_relative=0.0, model_basis="allowance", model_factor=1.0)


def run(index: int, shown: float, refuted: float, state: str = "within") -> BettingRow:
    return BettingRow(index, (0.5,), (1.0, 1.0), 0.0, (0.0, 0.0), 0.5, 0.5, state, shown, refuted)


def path(*wealths: tuple[float, float], complete: bool = True) -> Path:
    rows = tuple(run(i, *wealth) for i, wealth in enumerate(wealths))
    draws = tuple(Draw(i, State.WITHIN if complete else State.OPEN, complete, None) for i in range(len(rows)))
    return Path(rows, draws, 1, LEVEL, 0.05)


@pytest.fixture
def judged(bench):
    claim = bench.claim(holds=Fraction(0.95, 0.95))

    def judge(found: Path):
        return judge_path(claim, claim.parts[0], found, (1.0,), CHARGE, (), ERROR)

    return judge


def test_wealth_reached_is_shown(judged):
    part = judged(path((2.0, 0.5), (21.0, 0.1), (3.0, 0.1)))
    assert (part.verdict, part.reason) == ("SHOWN", "shown")
    assert part.wealth is not None
    assert (part.wealth.shown, part.wealth.decided_at) == (21.0, 1)
    assert part.attained == pytest.approx(1.0 / 21.0 + ERROR - LEVEL)
    assert part.margin is None
    assert part.bound is None


def test_the_other_wealth_refutes(judged):
    part = judged(path((0.5, 2.0), (0.1, 25.0)))
    assert (part.verdict, part.reason) == ("REFUTED", "refuted-by-draws")


def test_one_case_of_six_needs_six_times_the_wealth_to_refute(bench):
    cases = [bench.case(f"c{n}", x=n / 10.0) for n in range(6)]
    claim = bench.claim(bench.at_cases(Fraction(0.95, 0.95)), cases=cases)
    share = ERROR / 6
    level = betting_level(share, exact=False)

    def judge(*wealths):
        found = replace(path(*wealths), refuting=level)
        return judge_path(claim, claim.parts[2], found, (1.0,), CHARGE, (), ERROR)

    short = judge((0.1, 0.999999 / level))
    assert (short.verdict, short.refuting_error) == ("NOT SHOWN", share)
    assert short.wealth is not None
    assert short.wealth.needed == 1.0 / LEVEL
    assert short.wealth.needed_to_refute == 1.0 / level > 6.0 / ERROR
    reached = judge((0.1, 25.0), (0.05, 1.0 / level + 1e-9))
    assert reached.wealth is not None
    assert (reached.verdict, reached.wealth.decided_at) == ("REFUTED", 1)
    assert judge((21.0, 0.5)).verdict == "SHOWN", "at the level of the attempt, case by case"


def test_neither_is_undecided(judged):
    part = judged(path((1.5, 0.5), (2.0, 0.5)))
    assert (part.verdict, part.reason) == ("NOT SHOWN", "sequential-undecided")


def test_just_short_of_it_is_not_shown(judged):
    almost = (1.0 / LEVEL) * (1.0 - 1e-12)
    assert judged(path((almost, 0.5))).verdict == "NOT SHOWN"


def test_failed_runs_are_told_where_they_stand_in_the_way(judged):
    assert judged(path((1.5, 0.5), complete=False)).reason == "runs-failed"
    assert judged(path((30.0, 0.5), complete=False)).verdict == "SHOWN", "open runs were counted as failing"


def test_no_run_is_no_verdict(judged):
    part = judged(replace(path((1.0, 1.0)), rows=(), draws=()))
    assert (part.verdict, part.attained) == ("NOT SHOWN", 1.0)
