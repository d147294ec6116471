"""Several claims at once: against the definitions, by simulation, and against the verifier's own code."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from assay.compliance import listwise, violated, whole
from assay.showing.records import Wealth
from assay.statistics import ALL_HOLD, fixed_plan_attained


def test_holm_over_the_claims_that_were_put_to_draws(make_showing, make_part):
    one = fixed_plan_attained(0, 59, 0.05)
    assert listwise([make_showing()]).confidence == pytest.approx(1.0 - one)
    found = listwise([make_showing(), make_showing()])
    assert (found.rows, found.confidence) == (2, pytest.approx(1.0 - 2 * one))
    # a claim that was not shown was looked at all the same: picking is what is paid for
    found = listwise([make_showing(), make_showing("NOT SHOWN")])
    assert (found.rows, found.confidence) == (1, pytest.approx(1.0 - 2 * one))
    # a nominal run carries no probability
    without = make_part(attained=None, error=None, allowed=None, bound=None, draws=1)
    found = listwise([make_showing(), make_showing("SHOWN", without)])
    assert (found.rows, found.confidence) == (1, pytest.approx(1.0 - one))


def test_the_worst_case_of_a_criterion_counts(make_showing, make_part):
    parts = [make_part(case="a", attained=0.001), make_part(case="b", attained=0.04)]
    assert listwise([make_showing("SHOWN", *parts)]).confidence == pytest.approx(0.96)


def test_no_shown_row_no_confidence(make_showing):
    assert listwise([]).confidence is None
    found = listwise([make_showing("REFUTED")])
    assert (found.rows, found.confidence) == (0, None)


@pytest.mark.parametrize("holds", ["fraction", "cases"])
def test_a_later_attempt_is_raised_to_the_level_of_its_claim(make_showing, make_part, holds):
    """Attempt 2 is tested at a quarter of the error; Holm compares it at the criterion's own level."""
    content = {"fraction": 0.95, "confidence": 0.95}
    said = {"kind": "fraction", **content} if holds == "fraction" else {"kind": "cases", "others": content}
    later = make_showing("SHOWN", make_part(error=0.0125, attained=0.012), holds=said)
    assert listwise([later]).confidence == pytest.approx(1.0 - 4 * 0.012)


# Bets


@pytest.fixture
def betting(make_showing, make_part):
    """A showing whose parts are decided by bets: (largest, stopped) wealths that show and that refute."""

    def make(*parts, verdict="SHOWN", error=0.05, constants=0.001, holds=0.95):
        m = len(parts)
        made = [
            make_part(
                verdict, case=f"case {n}" if m > 1 else None, error=error, refuting_error=error / m,
                margin=None, bound=None, lower_bound=None,
                attained=min(1.0, 1.0 / shown[0] + constants) if shown[0] else 1.0,
                wealth=Wealth(
                    shown=shown[0], refuted=refuted[0], needed=1.0 / (error - constants),
                    needed_to_refute=1.0 / (error / m - constants), decided_at=None,
                    stopped_shown=shown[1], stopped_refuted=refuted[1],
                ),
            )
            for n, (shown, refuted) in enumerate(parts)
        ]  # fmt: skip
        content = {"fraction": 0.95, "confidence": holds}
        said = {"kind": "fraction", **content} if m == 1 else {"kind": "cases", "others": content}
        reason = "refuted-by-draws" if verdict == "REFUTED" else "shown"
        return make_showing(verdict, *made, holds=said, reason=reason)

    return make


def test_a_list_of_bets_is_adjusted_by_its_e_values(betting):
    """Smallest mean over sets that contain the row, and a thousandth a claim for the constants."""
    rows = [betting(((30.0, 30.0), (1.0, 0.1))), betting(((60.0, 60.0), (1.0, 0.1)))]
    rows.append(betting(((3.0, 0.2), (1.0, 0.1)), verdict="NOT SHOWN"))
    found = listwise(rows)
    least = min(30.0, (30.0 + 0.2) / 2, (30.0 + 60.0) / 2, (30.0 + 60.0 + 0.2) / 3)
    assert (found.rows, found.method) == (2, "e-holm")
    assert found.confidence == pytest.approx(1.0 - 1.0 / least - 3 * 0.001)


def test_one_fixed_plan_among_bets_makes_it_holm(betting, make_showing):
    rows = [betting(((30.0, 30.0), (1.0, 0.1))), make_showing()]
    levels = sorted([1.0 / 30.0 + 0.001, fixed_plan_attained(0, 59, 0.05)])
    found = listwise(rows)
    assert (found.rows, found.method) == (2, "holm")
    assert found.confidence == pytest.approx(1.0 - max(2 * levels[0], levels[1]))


def test_the_worst_case_carries_a_claim_of_several(betting):
    """An e-value of `some case fails` is the smallest of its cases'."""
    found = listwise([betting(((40.0, 40.0), (1, 1)), ((25.0, 25.0), (1, 1)))])
    assert found.confidence == pytest.approx(1.0 - 1 / 25.0 - 0.001)


def test_bets_of_a_later_attempt_are_lowered_to_the_level_of_their_claim(betting):
    later = betting(((120.0, 120.0), (1.0, 1.0)), error=0.0125)
    assert listwise([later]).confidence == pytest.approx(1.0 - 4 / 120.0 - 4 * 0.001)


def test_bets_that_lost_everything_say_nothing(betting):
    lost = betting(((1.0, 0.0), (1.0, 0.0)), verdict="NOT SHOWN")
    won = betting(((30.0, 30.0), (1.0, 1.0)))
    assert listwise([lost, lost]).confidence is None
    assert listwise([won, lost]).confidence == pytest.approx(1.0 - 2 / 30.0 - 2 * 0.001)
    assert violated([lost, lost]).confidence == 0.0


# All of them


def test_the_whole_is_at_the_lowest_confidence_without_correction(betting, make_showing):
    rows = [make_showing(), betting(((200.0, 200.0), (1.0, 1.0)), error=0.01, holds=0.99)]
    found = whole(["SHOWN", "SHOWN GIVEN", "SHOWN"], rows)
    assert (found.shown, found.confidence, found.reason) == (True, pytest.approx(0.95), ALL_HOLD)
    assert whole(["SHOWN", "NOT SHOWN"], rows).confidence is None
    assert whole(["SHOWN"], []).confidence is None
    assert not whole([], []).shown


# At least one violated


def test_a_run_that_proves_it_needs_no_confidence(make_showing, betting):
    proved = make_showing("REFUTED", reason="refuted-by-run")
    found = violated([proved, betting(((30.0, 30.0), (1.0, 0.1)))])
    assert (found.claims, found.confidence, found.method, found.concluded) == (2, None, "run", True)


def test_nothing_that_draws_could_refute(make_showing):
    found = violated([make_showing()])
    assert (found.claims, found.confidence, found.method, found.concluded) == (0, None, None, False)


def test_the_mean_of_the_bets_against(betting):
    """Three claims, none refuted by itself at 1 %: together they are."""
    rows = [
        betting(((1.0, 0.1), (90.0, 80.0)), verdict="NOT SHOWN"),
        betting(((1.0, 0.1), (60.0, 60.0)), verdict="NOT SHOWN"),
        betting(((1.0, 0.1), (12.0, 0.5)), ((1.0, 0.1), (9.0, 7.0)), verdict="NOT SHOWN"),
    ]
    found = violated(rows)
    mean = (80.0 + 60.0 + (0.5 + 7.0) / 2) / 3
    assert found.concluded
    assert not violated([rows[2]]).concluded
    assert (found.claims, found.method) == (3, "average")
    assert found.confidence == pytest.approx(1.0 - 1.0 / mean - 4 * 0.001)


def test_fixed_plans_are_multiplied_by_their_number(make_showing, make_part):
    """P(at least 9 of 59 beyond at 5 %), from the other side than the code sums it."""
    bad = make_part("REFUTED", beyond=9, not_within=9, refuting_error=0.05)
    good = make_part("SHOWN", refuting_error=0.05)
    found = violated([make_showing("REFUTED", bad, reason="refuted-by-draws"), make_showing("SHOWN", good)])
    tail = math.fsum(math.comb(59, k) * 0.05**k * 0.95 ** (59 - k) for k in range(9, 60))
    assert (found.claims, found.method) == (2, "bonferroni")
    assert found.confidence == pytest.approx(1.0 - 2 * tail, rel=1e-12)
    cases = [make_part("SHOWN", case="a", refuting_error=0.025), bad.model_copy(update={"case": "b"})]
    several = make_showing("REFUTED", *cases, reason="refuted-by-draws", holds={
        "kind": "cases", "others": {"fraction": 0.95, "confidence": 0.95},
    })  # fmt: skip
    assert violated([several]).confidence == pytest.approx(1.0 - 2 * tail, rel=1e-12)


def test_no_digit_is_lost_where_the_level_is_tiny(make_showing, make_part):
    """1 - P(at most 58) would be 0 or 1e-16 here; nothing may be surer than it is."""
    part = make_part("REFUTED", draws=300, beyond=120, not_within=120, refuting_error=0.05)
    assert violated([make_showing("REFUTED", part, reason="refuted-by-draws")]).confidence == math.nextafter(
        1, 0
    )
    assert 0.0 < fixed_plan_attained(180, 300, 0.95) < 1e-70


# What they promise


def paths(chance, generator, claims, runs=80, allowed=0.05):
    """Wealths of bets on draws that violate with the given chance: largest and last, for and against."""
    shown = refuted = np.ones(claims)
    most = [np.ones(claims), np.ones(claims)]
    for _ in range(runs):
        beyond = generator.random(claims) < chance
        going = (shown < 1 / 0.049) & (refuted < 1 / 0.049)
        shown = np.where(going, shown * (1 + allowed - beyond), shown)
        refuted = np.where(going, refuted * (1 + 5 * (beyond - allowed)), refuted)
        most = [np.maximum(most[0], shown), np.maximum(most[1], refuted)]
    return list(zip(zip(most[0], shown, strict=True), zip(most[1], refuted, strict=True), strict=True))


@pytest.mark.parametrize("shared", [False, True])
def test_a_list_is_wrong_no_more_often_than_it_says(betting, shared):
    """500 lists of 6 claims at the boundary, independent or of one path: how often one shown is false."""
    generator, wrong, level = np.random.default_rng(7), 0, 0.2
    for _ in range(500):
        wealths = paths(0.05, generator, 1) * 6 if shared else paths(0.05, generator, 6)
        verdicts = ["SHOWN" if shown[1] >= 1 / 0.049 else "NOT SHOWN" for shown, _ in wealths]
        rows = [betting(wealth, verdict=verdict) for wealth, verdict in zip(wealths, verdicts, strict=True)]
        sure = listwise(rows).confidence
        wrong += sure is not None and sure >= 1 - level
        against = violated(rows).confidence
        assert against is not None
    assert wrong <= 500 * level + 3 * math.sqrt(500 * level * (1 - level))


@pytest.mark.parametrize("shared", [False, True])
def test_violated_is_said_wrongly_no_more_often_than_it_says(betting, shared):
    """500 programmes whose claims all hold, exactly at the boundary."""
    generator, wrong, level = np.random.default_rng(11), 0, 0.1
    for _ in range(500):
        wealths = paths(0.05, generator, 1) * 4 if shared else paths(0.05, generator, 4)
        rows = [betting(wealth, verdict="NOT SHOWN") for wealth in wealths]
        found = violated(rows)
        wrong += (found.confidence or 0.0) >= 1 - level
    assert wrong <= 500 * level + 3 * math.sqrt(500 * level * (1 - level))


# A second implementation: the verifier's


def as_record(payload):
    return payload.model_dump(mode="json")


wealth = st.one_of(st.just(0.0), st.floats(1e-6, 1e6))
pair = st.tuples(wealth, wealth).map(lambda two: (max(two), min(two)))
bet = st.tuples(pair, pair)
claim = st.tuples(
    st.lists(bet, min_size=1, max_size=3), st.sampled_from(["SHOWN", "SHOWN GIVEN", "NOT SHOWN"]),
    st.sampled_from([0.05, 0.0125, 0.01]),
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # it makes showings, it keeps none
@given(st.lists(claim, min_size=1, max_size=5), st.booleans(), st.integers(0, 20))
def test_the_verifier_says_the_same(verifier, betting, make_showing, make_part, claims, fixed, beyond):
    rows = [betting(*parts, verdict=verdict, error=error) for parts, verdict, error in claims]
    if fixed:
        changes = {"beyond": beyond, "not_within": beyond, "attained": fixed_plan_attained(beyond, 59, 0.05)}
        verdict = "SHOWN" if beyond == 0 else "NOT SHOWN"
        rows.append(make_showing(verdict, make_part(verdict, refuting_error=0.05, **changes)))
    said = listwise(rows)
    listed = None if said.confidence is None else said.model_dump(mode="json")
    tested = [verifier.Together(as_record(row)) for row in rows]
    verifier.check_list(listed, tested, "here")
    confidence, method, asked = verifier.violated_by_draws(tested)
    found = violated(rows)
    assert (found.method, found.claims) == (method, len(rows))
    assert found.concluded == (confidence >= asked)
    told = found.model_dump(mode="json", exclude={"concluded"}) if found.concluded else None
    verifier.check_violated(told, tested, "here")
    with pytest.raises(verifier.Failed):
        verifier.check_violated(None if told else {"claims": 1, "confidence": 0.99}, tested, "here")
    assert found.confidence == pytest.approx(confidence, rel=1e-9, abs=1e-12)
    if listed is not None:
        for lie in ({**listed, "rows": 99}, {**listed, "confidence": listed["confidence"] + 0.01}):
            with pytest.raises(verifier.Failed):
                verifier.check_list(lie, tested, "here")
    with pytest.raises(verifier.Failed):
        verifier.check_list(None if listed else {"rows": 1, "method": "holm"}, tested, "here")


@given(st.lists(st.floats(0.0, 1e6), min_size=1, max_size=6))
def test_the_smallest_mean_over_all_sets(verifier, values):
    for own in range(len(values)):
        others = [n for n in range(len(values)) if n != own]
        sets = [s for size in range(len(others) + 1) for s in itertools.combinations(others, size)]
        least = min(math.fsum(values[n] for n in (own, *s)) / (len(s) + 1) for s in sets)
        assert verifier.smallest_mean(values, own) == pytest.approx(least, rel=1e-12)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(claim, st.floats(1.0, 100.0))
def test_more_wealth_never_makes_a_list_less_sure(betting, one, factor):
    parts, _, error = one
    richer = [((a * factor, b * factor), against) for (a, b), against in parts]
    before = listwise([betting(*parts, error=error)]).confidence
    after = listwise([betting(*richer, error=error)]).confidence
    assume(before is not None)
    assert after >= before - 1e-12
