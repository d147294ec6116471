"""Planning numbers; the printed oracles are in test_oracles.py."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.errors import InputError
from assay.statistics import (
    Belief,
    Masses,
    best_power,
    count_band,
    count_fixed,
    count_monotone,
    count_sequential,
    fixed_power,
    fixed_runs_for_power,
    ideal_refuting_runs,
    optimum_runs,
    refuting_runs_for_power,
)


def test_assurance_is_power_averaged_over_the_belief():
    """Beta-binomial: P(no draw of n beyond) = B(a, b + n)/B(a, b), in closed form."""
    from scipy.special import betaln

    for a, b in ((0.5, 30.5), (2.0, 400.0), (1.0, 1.0)):
        exact = np.exp(betaln(a, b + 59) - betaln(a, b))
        assert count_fixed(Belief.beta(a, b), 0.05, 0.05).shown == pytest.approx(exact, abs=0.01)


def test_the_fixed_plan_costs_the_same_whatever_is_believed():
    sure = count_fixed(Belief.point(0.0), 0.01, 0.05)
    assert (sure.expected, sure.ninetieth, sure.shown) == (299.0, 299, 1.0)
    assert count_fixed(Belief.point(0.001), 0.01, 0.05).shown == pytest.approx(0.999**299)
    assert count_fixed(Belief.point(0.001), 0.01, 0.05, allow=1).ninetieth == 473


def test_above_the_allowed_fraction_the_sequential_plan_refutes():
    found = count_sequential(Belief.point(0.02), 0.01, 0.05, budget=1000, refuting=9.0)
    assert (found.expected, found.shown) == (9.0 * ideal_refuting_runs(0.01, 0.02, 0.05), 0.0)
    assert count_sequential(Belief.point(0.0101), 0.01, 0.05, budget=1000, refuting=9.0).expected == 1000


def test_the_sequential_plan_stops_at_its_budget():
    found = count_sequential(Belief.point(0.0), 0.01, 0.05, budget=1000, efficiency=1.0, training=20)
    assert (found.expected, found.ninetieth, found.shown) == (319.0, 319, 1.0)
    found = count_sequential(Belief.point(0.02), 0.01, 0.05, budget=1000)
    assert (found.expected, found.shown) == (1000.0, 0.0)
    mixed = Belief((0.0,) * 9 + (0.02,))
    found = count_sequential(mixed, 0.01, 0.05, budget=1000, efficiency=1.0)
    assert (found.ninetieth, found.shown) == (299, 0.9)
    assert found.expected == pytest.approx(0.9 * 299 + 0.1 * 1000)


def test_the_band_costs_its_mass():
    found = count_band(Belief.point(0.0), Masses(0.0, 0.1), 0.01, 0.05, training=15)
    assert (found.expected, found.ninetieth, found.shown) == (44.0, 44, 1.0)
    assert count_band(Belief.point(0.1), Masses(0.0, 0.005), 0.01, 0.05).ninetieth == 0
    assert count_band(Belief.point(0.02), Masses(0.0, 0.1), 0.01, 0.05).shown == pytest.approx(0.98**29)
    with pytest.raises(InputError):
        count_band(Belief.point(0.0), Masses(0.02, 0.1), 0.01, 0.05)


def test_placed_runs_pay_until_a_draw_is_cheaper():
    found = count_monotone(Belief.point(0.0), 4.0, 1.0, 0.01, 0.05)
    assert found.shown == 1.0
    assert 20 <= found.expected <= 45
    assert count_monotone(Belief.point(0.0), 1e9, 1.0, 0.01, 0.05).expected == 299
    assert count_monotone(Belief.point(0.0), 4.0, 0.009, 0.01, 0.05).expected == 0
    slower = count_monotone(Belief.point(0.0), 8.0, 1.0, 0.01, 0.05)
    assert slower.expected > found.expected
    with pytest.raises(InputError):
        count_monotone(Belief.point(0.0), 4.0, 0.5, 0.01, 0.05, conceded=0.01)


@given(st.floats(0.001, 0.3), st.floats(0.0, 0.95), st.sampled_from([0.05, 0.01]))
def test_no_fixed_plan_beats_the_bound(allowed, ratio, error):
    fraction = allowed * ratio
    least = optimum_runs(allowed, fraction, error)
    assert best_power(least, allowed, error, fraction) >= 1.0 - 1e-9
    for allow in (0, 2):
        plan = count_fixed(Belief.point(fraction), allowed, error, allow)
        assert plan.shown <= best_power(plan.ninetieth, allowed, error, fraction) + 1e-9


@given(st.floats(0.01, 0.2), st.floats(0.0, 0.8))
def test_the_plan_for_a_power_has_it(allowed, ratio):
    draws = fixed_runs_for_power(allowed, allowed * ratio, 0.05)
    assert draws is not None
    assert best_power(draws, allowed, 0.05, allowed * ratio) >= 0.8
    assert any(
        count_fixed(Belief.point(allowed * ratio), allowed, 0.05, k).shown >= 0.8
        for k in range(200)
        if count_fixed(Belief.point(0.0), allowed, 0.05, k).ninetieth == draws
    )


def test_out_of_reach_is_said_so():
    assert fixed_runs_for_power(0.01, 0.0099999, 0.05) is None
    assert refuting_runs_for_power(0.01, 0.0100001, 0.05) is None
    assert refuting_runs_for_power(0.5, 1.0, 0.05) == 5


@pytest.mark.parametrize(
    "call",
    [
        lambda: Belief.point(1.0), lambda: Belief.beta(0.0, 1.0), lambda: optimum_runs(0.01, 0.01, 0.05),
        lambda: optimum_runs(0.01, -0.1, 0.05), lambda: fixed_power(10, 0, 1.5),
        lambda: fixed_power(0, 0, 0.5),
        lambda: refuting_runs_for_power(0.05, 0.05, 0.05), lambda: ideal_refuting_runs(0.05, 0.01, 0.05),
        lambda: count_sequential(Belief.point(0.0), 0.01, 0.05, budget=10, efficiency=0.9),
        lambda: count_monotone(Belief.point(0.0), 0.0, 0.5, 0.01, 0.05), lambda: best_power(-1, 0.01, 0.05),
    ],
)  # fmt: skip
def test_what_is_refused(call):
    with pytest.raises(InputError):
        call()
