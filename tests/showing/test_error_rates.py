"""A whole showing keeps its promised error rate: cases, factors and charged errors included.

Truth is exact: the violating fraction of one case is the allowed one, the worst case of the claim. The
run is as wrong as the charged errors let it be, in the direction that misleads, so that nothing is left
over that could hide a mistake. The gate is a one-sided binomial test of the count of false verdicts.
"""

from __future__ import annotations

import numpy as np
import pytest

from assay.campaign import Row
from assay.programme import Fraction
from assay.showing import decide
from assay.showing.records import Charge
from assay.statistics import Law, draw

DIMENSION, DRAWS, CELLS = 3, 59, 10_000
UNIT = [Law.of("uniform", low=0.0, high=1.0)] * DIMENSION
CHARGED = Charge(numerical_relative=0.03, model_basis="allowance", model_factor=1.05)
REACH = 0.08
LOADS = {"a": 1.0, "b": 1.5, "c": 1.5}
"""Case to the factor on its demand; the limit is 100."""


def dust(x, place):
    """Beyond on random cells of the first factor, their mass exactly 5 %."""
    order = np.argsort(np.modf(np.arange(1, CELLS + 1) * (1e4 * place[0] + 0.6180339887))[0])
    beyond = np.zeros(CELLS, dtype=bool)
    beyond[order[: CELLS // 20]] = True
    return beyond[(x[:, 0] * CELLS).astype(int)]


def spike(x, place):
    """Beyond in one box at a random place, volume exactly 5 %."""
    side = 0.05 ** (1 / DIMENSION)
    return np.all(np.abs(x - (side / 2 + place * (1 - side))) <= side / 2, axis=1)


def edge(x, place):
    """Smooth response: beyond on the upper 5 % of a factor."""
    return x[:, 1] > 0.95


def programmes(response, seed, count):
    """Yield, for each programme, which draws are truly beyond in case b."""
    places = draw(UNIT, None, seed, 0, count)
    x = draw(UNIT, None, seed, count, count * DRAWS).reshape(count, DRAWS, DIMENSION)
    for rows, place in zip(x, places, strict=True):
        yield response(rows, place)


def evidence(bench, claim, beyond, misleading, lost=()):
    """Case a is far from its limit, b violates 5 % by a little, c lies just below its limit."""
    rows = []
    for index, bad in enumerate(beyond):
        for case, factor in LOADS.items():
            truth = {"a": 10.0, "b": 100.001 if bad else 99.999, "c": 99.999}[case] / factor
            key = f"data/cases.csv#{case}"
            if index in lost:
                rows.append(Row(index, key, {}, "failed", "crash"))
            else:
                rows.append(Row(index, key, {}, "ok", None, {"q": truth / (1.0 + misleading)}))
    return bench.evidence(claim, rows, charge=CHARGED)


def claim_of(bench):
    cases = [bench.case("a", x=0.1), bench.case("b", "F", x=0.1), bench.case("c", "F", x=0.9)]
    return bench.claim(bench.at_cases(Fraction(0.95, 0.95)), cases=cases)


def check(bench, response, seed, count, too_many):
    claim = claim_of(bench)
    shown = refuted = beyond_in_all = 0
    for beyond in programmes(response, seed, count):
        beyond_in_all += int(beyond.sum())
        shown += decide(evidence(bench, claim, beyond, REACH)).verdict == "SHOWN"
        parts = decide(evidence(bench, claim, beyond, -REACH)).parts
        refuted += parts[1].verdict == "REFUTED"
        assert [part.verdict == "REFUTED" for part in parts][::2] == [False, False]
    assert abs(beyond_in_all / (count * DRAWS) - 0.05) < 5 * np.sqrt(0.05 * 0.95 / (count * DRAWS))
    assert not too_many(shown, count, 0.05)
    assert not too_many(refuted, count, 0.05)
    assert shown > 0, "the gate stands at the edge of the claim, not far inside"


@pytest.mark.parametrize("response", [dust, spike, edge])
def test_false_verdicts_stay_within_the_level(bench, response, seed, too_many):
    check(bench, response, seed(f"showing {response.__name__}"), 150, too_many)


@pytest.mark.long
@pytest.mark.parametrize("response", [dust, spike, edge])
def test_false_verdicts_stay_within_the_level_over_many_programmes(bench, response, seed, too_many):
    check(bench, response, seed(f"showing long {response.__name__}"), 10_000, too_many)


def test_the_gate_can_fail(bench, seed, too_many):
    """Without the charges the same runs mislead into a false SHOWN far more often."""
    claim, shown = claim_of(bench), 0
    free = Charge(numerical_relative=0.0, model_basis="allowance", model_factor=1.0)
    for beyond in programmes(dust, seed("free"), 100):
        found = evidence(bench, claim, beyond, REACH)
        shown += decide(type(found)(**{**found.__dict__, "charge": free})).verdict == "SHOWN"
    assert too_many(shown, 100, 0.05)


def test_crashes_that_hide_what_is_beyond_do_not_help(bench, seed):
    """A solver that dies wherever it would be beyond: every lost run counts against SHOWN."""
    claim = claim_of(bench)
    for beyond in programmes(dust, seed("crash"), 60):
        lost = set(np.flatnonzero(beyond))
        payload = decide(evidence(bench, claim, beyond, REACH, lost))
        assert payload.verdict == ("NOT SHOWN" if lost else "SHOWN")


def test_a_compliant_part_is_shown(bench):
    payload = decide(evidence(bench, claim_of(bench), np.zeros(DRAWS, dtype=bool), REACH))
    assert payload.verdict == "SHOWN"
    assert payload.margin.value == pytest.approx(0.00001, abs=1e-6)
