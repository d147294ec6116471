"""The random step on the undecided part: exact arithmetic, properties, and what a shrinking region earns."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.errors import InputError
from assay.statistics import (
    CONCEDED,
    SAFE,
    UNDECIDED,
    Masses,
    RegionDraw,
    clopper_pearson_upper,
    concession,
    fixed_plan_attained,
    region_masses,
    region_wealth,
    restricted_attained,
    restricted_bound,
    restricted_shown,
    restricted_size,
    wilks_size,
)

SHARES = st.floats(0.0, 1.0)
ALLOWED = st.sampled_from([0.01, 0.05, 0.1, 0.3])


@st.composite
def splits(draw):
    conceded = draw(st.floats(0.0, 0.2))
    return Masses(conceded, draw(st.floats(conceded, 1.0)))


def test_masses_of_a_frozen_pool_are_counts():
    masses = region_masses([SAFE] * 90 + [UNDECIDED] * 8 + [CONCEDED] * 2)
    assert (masses.conceded, masses.reach, masses.error) == (0.02, 0.1, 0.0)
    assert masses.rest == pytest.approx(0.08)
    assert masses.threshold(0.05) == pytest.approx(0.03 / 0.08)


def test_masses_from_draws_are_upper_limits_each_at_half_the_error():
    codes = np.repeat([SAFE, UNDECIDED, CONCEDED], [970_000, 25_000, 5_000])
    masses = region_masses(codes, error=1e-3)
    assert masses.conceded == clopper_pearson_upper(5_000, 1_000_000, 5e-4) > 0.005
    assert masses.reach == clopper_pearson_upper(30_000, 1_000_000, 5e-4) > 0.03
    assert masses.error == 1e-3
    assert masses.reach < 0.0306, "10^6 points cost little"


@pytest.mark.parametrize("codes", [[], [0, 3], [[0, 1]], [0.5]])
def test_malformed_regions_are_refused(codes):
    with pytest.raises(InputError):
        region_masses(codes)


def test_the_whole_law_undecided_is_the_fixed_plan():
    whole = Masses(0.0, 1.0)
    for allowed in (0.05, 0.01):
        for allow in range(3):
            n = restricted_size(whole, allowed, 0.05, allow)
            assert n == wilks_size(1 - allowed, 0.05, allow)
            assert restricted_shown(whole, allow, n, allowed, 0.05)
            assert not restricted_shown(whole, allow + 1, n, allowed, 0.05)
        assert restricted_bound(whole, 1, 93, 0.05) == pytest.approx(clopper_pearson_upper(1, 93, 0.05))
        assert restricted_attained(whole, 2, 100, allowed) == pytest.approx(
            fixed_plan_attained(2, 100, allowed)
        )


@given(splits(), ALLOWED, st.integers(0, 3), st.sampled_from([0.05, 0.0125]))
def test_size_is_the_smallest_that_shows(masses, allowed, allow, error):
    n = restricted_size(masses, allowed, error, allow)
    if n is None:
        assert masses.threshold(allowed) <= 0.0
        assert not restricted_shown(masses, 0, 1000, allowed, error)
    elif n == 0:
        assert masses.reach <= allowed
    else:
        assert restricted_shown(masses, allow, n, allowed, error)
        assert n == allow + 1 or not restricted_shown(masses, allow, n - 1, allowed, error)


@given(splits(), ALLOWED, st.integers(1, 400), st.data())
def test_bound_verdict_and_attained_level_agree(masses, allowed, draws, data):
    beyond = data.draw(st.integers(0, draws))
    bound = restricted_bound(masses, beyond, draws, 0.05)
    attained = restricted_attained(masses, beyond, draws, allowed)
    shown = restricted_shown(masses, beyond, draws, allowed, 0.05)
    if abs(bound - allowed) > 1e-9 and abs(attained - 0.05) > 1e-9:
        assert shown == (bound <= allowed) == (attained <= 0.05)
    if beyond < draws:
        assert restricted_bound(masses, beyond + 1, draws, 0.05) >= bound, "a run turned beyond never helps"
        assert not restricted_shown(masses, beyond + 1, draws, allowed, 0.05) or shown


@given(splits(), ALLOWED, st.floats(0.0, 0.05), st.floats(0.0, 0.05))
def test_larger_masses_never_help(masses, allowed, more, wider):
    worse = Masses(masses.conceded + more, masses.reach + more + wider)
    assert restricted_bound(worse, 0, 50, 0.05) >= restricted_bound(masses, 0, 50, 0.05) - 1e-12
    assert worse.threshold(allowed) <= masses.threshold(allowed) + 1e-12
    conceding = Masses(min(masses.conceded + more, masses.reach), masses.reach)
    assert conceding.threshold(allowed) <= masses.threshold(allowed) + 1e-9, "conceding alone pays nothing"


def test_no_draws_leave_all_undecided_as_violating():
    assert restricted_bound(Masses(0.01, 0.2), 0, 0, 0.05) == 0.2
    assert restricted_attained(Masses(0.01, 0.2), 0, 0, 0.05) == 1.0
    assert restricted_attained(Masses(0.01, 0.04), 0, 0, 0.05) == 0.0
    assert not restricted_shown(Masses(0.01, 0.2), 0, 0, 0.05, 0.05)
    assert restricted_shown(Masses(0.01, 0.04), 0, 0, 0.05, 0.05)


# Conceding


def pool(failing=40, band=800, points=10_000):
    """The believed failing probability is 1 on `failing` points of the band, 0 elsewhere."""
    regions = np.repeat(np.array([SAFE, UNDECIDED], dtype=np.int8), [points - band, band])
    belief = np.zeros(points)
    belief[points - failing :] = 1.0
    return regions, belief


def test_what_surely_fails_is_conceded():
    regions, belief = pool()
    plan = concession(regions, belief, 0.01, 0.05, fallback=299.0)
    assert plan is not None
    assert np.array_equal(plan.regions == CONCEDED, belief == 1.0)
    assert (plan.threshold, plan.power, plan.allow) == (1.0, 1.0, 0)
    assert plan.draws == restricted_size(Masses(0.004, 0.08), 0.01, 0.05) == plan.expected_runs


def test_without_belief_nothing_is_conceded():
    regions, _ = pool()
    plan = concession(regions, np.zeros(10_000), 0.01, 0.05, fallback=299.0)
    assert plan is not None
    assert (plan.threshold, plan.draws) == (math.inf, restricted_size(Masses(0.0, 0.08), 0.01, 0.05))


def test_conceding_beats_not_conceding_in_expected_runs():
    regions, belief = pool()
    belief[-400:] = np.linspace(0.0, 1.0, 400) ** 6
    plan = concession(regions, belief, 0.01, 0.05, fallback=299.0)
    draws = restricted_size(Masses(0.0, 0.08), 0.01, 0.05)
    power = (1.0 - belief.sum() / 800) ** draws
    assert plan is not None
    assert plan.expected_runs < draws + (1.0 - power) * 299.0


def test_a_budget_is_kept_and_its_power_is_the_largest():
    regions, belief = pool()
    belief[-400:] = np.linspace(0.0, 1.0, 400) ** 6
    powers = []
    for budget in (5, 23, 30, 60, 200):
        plan = concession(regions, belief, 0.01, 0.05, budget=budget)
        assert plan is None or plan.draws <= budget
        powers.append(0.0 if plan is None else plan.power)
    assert powers == sorted(powers)
    assert powers[0] == 0.0 < powers[2] <= powers[-1]


def test_ties_are_conceded_together_and_a_hopeless_split_has_no_plan():
    regions, belief = pool(failing=40)
    assert concession(np.full(100, CONCEDED, dtype=np.int8), np.ones(100), 0.01, 0.05, fallback=9.0) is None
    belief[-150:] = 0.7  # 150 tied points are more than 1 % of the pool: none can be conceded alone
    plan = concession(regions, belief, 0.01, 0.05, fallback=299.0)
    assert plan is None or not (plan.regions == CONCEDED).any()


@pytest.mark.parametrize("arguments", [{}, {"budget": None, "fallback": None}])
def test_an_objective_is_needed(arguments):
    with pytest.raises(InputError):
        concession(*pool(), 0.01, 0.05, **arguments)
    with pytest.raises(InputError):
        concession(pool()[0], [0.0], 0.01, 0.05, budget=3)


# A region that shrinks


def test_a_fixed_region_with_full_bets_is_the_plan_with_none_beyond():
    masses = Masses(0.002, 0.08)
    n = restricted_size(masses, 0.01, 0.05)
    path = region_wealth([RegionDraw(masses, within=True)] * n, 0.01)
    assert path[-1] >= 20.0 > path[-2]


def test_a_shrinking_region_needs_fewer_draws():
    path = region_wealth([RegionDraw(Masses(0.0, 0.1 * 0.9**n), within=True) for n in range(29)], 0.01)
    assert int(np.argmax(np.array(path) >= 20.0)) + 1 < 20


def test_a_draw_not_within_loses_the_bet():
    masses = Masses(0.0, 0.1)
    assert region_wealth([RegionDraw(masses, within=False)], 0.01) == (0.0,)
    assert region_wealth([RegionDraw(masses, within=False, bet=0.25)], 0.01) == (0.75,)
    assert region_wealth([RegionDraw(Masses(0.0, 0.01), within=False)], 0.01) == (math.inf,)
    with pytest.raises(InputError):
        region_wealth([RegionDraw(masses, within=True, bet=1.5)], 0.01)


@given(splits(), ALLOWED, st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_wealth_is_a_supermartingale_under_the_null(masses, allowed, bet, extra):
    """Exactly: the expectation of a step is at most 1 wherever the restricted law may violate too much."""
    share = masses.threshold(allowed)
    if share >= 1.0:
        return  # then no law with these masses violates too much
    fraction = max(0.0, share) + extra * (1.0 - max(0.0, share))
    up, down = (region_wealth([RegionDraw(masses, within=w, bet=bet)], allowed)[0] for w in (True, False))
    assert (1.0 - fraction) * up + fraction * down <= 1.0 + 1e-9


@settings(max_examples=50)
@given(st.lists(st.tuples(splits(), st.booleans(), SHARES), max_size=12), ALLOWED, st.data())
def test_turning_a_run_to_beyond_never_raises_the_wealth(steps, allowed, data):
    draws = [RegionDraw(masses, within, bet) for masses, within, bet in steps]
    if draws:
        turned = data.draw(st.integers(0, len(draws) - 1))
        worse = [
            RegionDraw(d.masses, d.within and n != turned, d.bet) for n, d in enumerate(draws)
        ]  # bets and regions held as recorded
        assert all(
            b <= a for a, b in zip(region_wealth(draws, allowed), region_wealth(worse, allowed), strict=True)
        )
