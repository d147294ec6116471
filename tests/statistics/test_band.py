"""Rung 1: the regions of a declared bound, its checks, and the statement."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.errors import InputError
from assay.statistics import (
    CONCEDED,
    SAFE,
    UNDECIDED,
    Masses,
    band_regions,
    band_statement,
    bound_violations,
    restricted_bound,
)

VALUES = st.floats(-10.0, 10.0)
SIZES = st.floats(0.0, 5.0)


def test_the_three_regions_from_above_and_below():
    s = [0.0, 4.0, 4.5, 6.0, 9.0]
    assert band_regions(s, 1.0, at_most=5.0).tolist() == [SAFE, SAFE, UNDECIDED, UNDECIDED, CONCEDED]
    assert band_regions(s, 1.0, at_least=5.0).tolist() == [CONCEDED, UNDECIDED, UNDECIDED, SAFE, SAFE]
    both = band_regions(s, 1.0, at_most=7.0, at_least=3.0)
    assert both.tolist() == [CONCEDED, SAFE, SAFE, SAFE, CONCEDED]


def test_charges_shift_the_limit():
    assert band_regions([4.0], 1.0, at_most=5.0, charge_up=0.5).tolist() == [UNDECIDED]
    assert band_regions([6.0], 0.5, at_least=5.0, charge_down=0.6).tolist() == [UNDECIDED]
    assert band_regions([6.0], 0.5, at_least=5.0, charge_up=9.0).tolist() == [SAFE]
    assert band_regions([0.0], 1.0, at_most=5.0, charge_up=np.inf).tolist() == [CONCEDED], "not validated"
    assert band_regions([0.0], np.inf, at_most=5.0).tolist() == [UNDECIDED], "nothing declared there"


@given(
    VALUES, SIZES, SIZES, st.floats(-1.0, 1.0), VALUES, st.sampled_from(["at_most", "at_least", "between"])
)
def test_regions_say_what_any_solver_inside_the_bound_does(s, b, charge, where, limit, sense):
    limits = {"at_most": {"at_most": limit}, "at_least": {"at_least": limit}}.get(
        sense, {"at_most": limit + 2.0, "at_least": limit - 2.0}
    )
    (code,) = band_regions([s], b, **limits, charge_up=charge, charge_down=charge)
    q = s + where * b
    within = q + charge <= limits.get("at_most", np.inf) and q - charge >= limits.get("at_least", -np.inf)
    near = min(
        abs(q + charge - limits.get("at_most", np.inf)), abs(q - charge - limits.get("at_least", -np.inf))
    )
    if near > 1e-9:
        assert code != SAFE or within
        assert code != CONCEDED or not within


@given(VALUES, SIZES, SIZES, SIZES, VALUES)
def test_a_wider_bound_or_charge_never_makes_a_point_safe(s, b, wider, charge, limit):
    (code,) = band_regions([s], b, at_most=limit, charge_up=charge)
    (looser,) = band_regions([s], b + wider, at_most=limit, charge_up=charge)
    (dearer,) = band_regions([s], b, at_most=limit, charge_up=charge + wider)
    assert code == SAFE or looser != SAFE
    assert code == SAFE or dearer != SAFE


def test_violations_come_worst_first_and_a_failed_run_is_none():
    assert bound_violations([1.0, 5.0, np.nan, -9.0], [1.5, 1.0, 0.0, 0.0], [0.5, 1.0, 0.0, 1.0]) == (3, 1)
    assert bound_violations([1.5], [1.0], 0.5) == (), "on the bound is inside it"
    assert bound_violations([np.inf], [1.0], np.inf) == (0,)


def statement(**changes):
    arguments = {
        "masses": Masses(0.0, 0.1), "within": np.ones(29, dtype=bool), "allowed": 0.01, "error": 0.05,
        "planned": 29, "quantity": np.zeros(29), "prediction": np.zeros(29), "bound": np.ones(29),
    }  # fmt: skip
    return band_statement(**(arguments | changes))


def test_a_band_of_a_tenth_needs_29_draws():
    found = statement()
    assert (found.state, found.draws, found.not_within, found.checks) == ("shown", 29, 0, 29)
    assert found.bound == restricted_bound(Masses(0.0, 0.1), 0, 29, 0.05) <= 0.01
    assert found.attained <= 0.05
    one = np.arange(29) > 0
    assert statement(within=one).state == "not-shown"
    assert statement(masses=Masses(0.0, 0.1, 1e-3)).state == "shown"
    assert statement(masses=Masses(0.0, 0.1, 1e-3)).attained == pytest.approx(found.attained + 1e-3)
    assert statement(masses=Masses(0.0, 0.1, 0.02)).state == "not-shown", "the masses spent the error"


def test_one_violation_ends_the_declaration():
    """Also by a run that is no draw, and whatever the draws say."""
    found = statement(quantity=[*[0.0] * 29, 3.0], prediction=np.zeros(30), bound=np.ones(30))
    assert (found.state, found.bound, found.attained, found.violations) == ("falsified", None, None, (29,))


@given(st.lists(st.floats(-3.0, 3.0), min_size=29, max_size=40))
def test_a_declaration_never_survives_a_run_that_contradicts_it(quantity):
    n = len(quantity)
    found = statement(quantity=quantity, prediction=np.zeros(n), bound=np.ones(n))
    assert (found.state == "falsified") == any(abs(q) > 1.0 for q in quantity)


@pytest.mark.parametrize(
    "changes",
    [
        {"planned": 30}, {"masses": Masses(0.0, 0.1, 0.05)}, {"bound": -np.ones(29)},
        {"prediction": np.full(29, np.nan)}, {"quantity": np.zeros(3)}, {"within": np.ones(29)},
    ],
)  # fmt: skip
def test_what_is_refused(changes):
    with pytest.raises(InputError):
        statement(**changes)


@pytest.mark.parametrize(
    "arguments",
    [
        {}, {"at_most": 1.0, "at_least": 2.0}, {"at_most": 1.0, "charge_up": -1.0},
        {"at_most": 1.0, "charge_up": [0.0, 0.0, 0.0]}, {"at_most": 1.0, "charge_down": np.nan},
    ],
)  # fmt: skip
def test_malformed_limits_and_charges_are_refused(arguments):
    with pytest.raises(InputError):
        band_regions([0.0, 1.0], 1.0, **arguments)
