"""What is proved, undecided and conceded of a law whose violating part is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm

from assay.evidence import open_store, read_ledger
from assay.pipeline import Looking, walk
from assay.pipeline.believing import Question, failing
from assay.pipeline.study_stages import charge_of, open_model, table_of
from assay.pipeline.undecided import MOST_AT_ONCE, POOL, Next, next_step, regions
from assay.programme import load
from assay.showing.dominance import proofs, sign_vector
from assay.showing.parts import limit_of
from assay.statistics import CONCEDED, SAFE, UNDECIDED

SEED = "sha256:" + "cd" * 32
START = Next(allowed=0.01, level=0.049, error=5e-4, wealth=1.0, left=299, fallback=299.0)


@pytest.fixture(scope="module")
def asked(dominance_done):
    """Question, signs, belief and training runs of DOM-1: deflection is at most 4 mm."""
    with open_store(dominance_done.folder) as store:
        walked = walk(
            Looking(store, read_ledger(dominance_done.folder)), load(dominance_done.folder), ("nominal",)
        )
        setting, study = walked.configurations["nominal"].setting, walked.studies["beam"]
        claim = next(c for c in setting.claims if c.criterion.id == "DOM-1.a")
        limits = setting.limits["DOM-1.a"].values
        limit = limit_of(claim, claim.parts[0], limits, charge_of(study, "deflection"), {})
        question = Question(claim.study, setting.configuration, claim.parts[0], limit)
        model = open_model(store, study.models["deflection"])
        rows = table_of(store, study.training)
    return question, sign_vector(claim), failing(model, question), proofs(claim, rows, limit)


def at(question, **factors):
    return np.array([[factors[name] for name in question.study.factors]])


def nothing(proved):
    points, within, beyond = proved
    return points, np.zeros_like(within), np.zeros_like(beyond)


def test_a_run_within_proves_what_is_at_most_as_harmful(asked):
    question, signs, _, proved = asked
    own = (at(question, thickness=9.9, load=310.0, modulus=68.0), np.array([True]), np.array([False]))
    mild = at(question, thickness=10.0, load=300.0, modulus=69.0)
    worse = at(question, thickness=10.0, load=311.0, modulus=69.0)
    assert regions(question, mild, signs, own).tolist() == [SAFE]
    assert regions(question, worse, signs, own).tolist() == [UNDECIDED]
    assert regions(question, mild, signs, nothing(own)).tolist() == [UNDECIDED]
    beyond = (own[0], np.array([False]), np.array([True]))
    assert regions(question, worse, signs, beyond).tolist() == [UNDECIDED], "it is thicker"
    worst = at(question, thickness=9.9, load=311.0, modulus=67.0)
    assert regions(question, worst, signs, beyond).tolist() == [CONCEDED]
    assert len(proved[0]) > 0


def test_what_may_not_be_run_is_conceded_though_a_sign_would_prove_it(asked):
    question, signs, _, _ = asked
    own = (at(question, thickness=9.9, load=310.0, modulus=68.0), np.array([True]), np.array([False]))
    outside = at(question, thickness=14.5, load=300.0, modulus=69.0)
    assert regions(question, outside, signs, own).tolist() == [CONCEDED]


def test_from_below_the_other_way(asked):
    question, signs, _, _ = asked
    below = replace(question, limit=replace(question.limit, sense="at_least"))
    own = (at(question, thickness=9.9, load=310.0, modulus=68.0), np.array([True]), np.array([False]))
    assert regions(below, at(question, thickness=9.8, load=311.0, modulus=67.0), signs, own).tolist() == [
        SAFE
    ]
    assert regions(below, at(question, thickness=10.0, load=300.0, modulus=69.0), signs, own).tolist() == [
        UNDECIDED
    ]


def test_at_first_a_run_is_placed_inside_the_ranges(asked):
    question, signs, believed, proved = asked
    step = next_step(question, signs, believed, nothing(proved), START, SEED)
    assert step.kind == "certify"
    assert (step.masses, len(step.places)) == (None, 1)
    for value, factor in zip(step.places[0], question.study.factors.values(), strict=True):
        assert factor.range[0] <= value <= factor.range[1]
    again = next_step(question, signs, believed, nothing(proved), START, SEED)
    assert np.array_equal(step.places, again.places)


def test_enough_is_shown_by_masses_alone(asked):
    question, signs, believed, _ = asked
    own = (at(question, thickness=9.85, load=360.0, modulus=65.0), np.array([True]), np.array([False]))
    step = next_step(question, signs, believed, own, START, SEED)
    assert (step.kind, len(step.places)) == ("draw", 0)
    assert step.masses is not None
    # Thicker than 9.85 for certain; load and modulus are normal, four deviations and more away.
    undecided = norm.sf(4.0) + norm.cdf(-25.0 / 6.0)
    assert undecided <= step.masses.reach <= 0.01


def test_draws_come_from_the_undecided_below_the_threshold(asked):
    question, signs, _, _ = asked
    own = (at(question, thickness=9.85, load=322.0, modulus=65.0), np.array([True]), np.array([False]))

    def doubtful(points):
        return np.where(points[:, list(question.study.factors).index("load")] > 335.0, 0.9, 0.0)

    # One draw is enough from here, so that no placed run can be cheaper.
    step = next_step(question, signs, doubtful, own, replace(START, allowed=0.05, wealth=15.0), SEED)
    assert step.kind == "draw"
    assert 0 < len(step.places) <= MOST_AT_ONCE
    assert (regions(question, step.places, signs, own) == UNDECIDED).all()
    assert (step.predicted < step.threshold).all()
    assert step.masses is not None
    assert step.masses.error == START.error


def test_it_gives_up_where_draws_are_believed_to_fail(asked):
    question, signs, _, proved = asked
    step = next_step(
        question, signs, lambda points: np.full(len(points), 0.9999), nothing(proved), START, SEED
    )
    assert step.kind == "end"
    assert len(step.places) == 0
    assert POOL >= 10_000
