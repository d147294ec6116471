"""Steps of a sequential plan, as the walk makes them."""

from __future__ import annotations

import numpy as np
import pytest

from assay.evidence import open_store, read_ledger
from assay.pipeline import Looking, walk
from assay.pipeline.streaming import CHEAP, stream_subject
from assay.programme import load
from assay.showing.stream_records import StepPayload


@pytest.fixture(scope="module")
def stream(betting):
    return betting.configurations["nominal"].streams["SEQ-1.a"][0]


@pytest.fixture(scope="module")
def steps(stream):
    return [StepPayload.model_validate(step.payload) for step, _ in stream.steps]


def test_steps_go_on_from_one_another(stream, steps):
    assert [step.number for step in steps] == list(range(1, len(steps) + 1))
    assert [step.first for step in steps] == np.cumsum([0, *(len(s.places) for s in steps[:-1])]).tolist()
    assert steps[0].wealth_shown == 1.0
    for step in steps[1:]:
        assert step.wealth_shown == stream.path.rows[step.first - 1].wealth_shown
    for (_, runs), (after, _) in zip(stream.steps, stream.steps[1:], strict=False):
        assert after.inputs["runs"] == runs.id, "a step stands on the runs before it"


def test_constants_come_from_a_million_draws_and_their_errors_fit(steps):
    assert all(step.cheap == CHEAP >= 10**6 for step in steps)
    assert sum(step.spent for step in steps) <= 0.05 - steps[0].level
    assert all(step.bet.norm[0] < step.bet.norm[1] for step in steps), "bounded, not guessed"


def test_runs_lie_where_the_bet_draws(steps):
    for step in steps:
        density = np.array(step.bet.density)[np.digitize(step.predicted, step.bet.edges)]
        assert (density > 0.0).all()


def test_seeds_differ_from_step_to_step(steps):
    assert len({step.seed for step in steps}) == len(steps)
    places = [tuple(sorted(place.items())) for step in steps for place in step.places]
    assert len(set(places)) == len(places)


def test_subjects_name_criterion_attempt_and_case(stream, betting):
    claim = next(c for c in betting.configurations["nominal"].setting.claims if c.criterion.id == "SEQ-1.a")
    assert stream_subject(claim, None, 2) == "SEQ-1.a@nominal/attempt-2"
    assert stream_subject(claim, "gust", 1) == "SEQ-1.a@nominal/attempt-1/gust"


def test_looking_before_it_ran_lists_what_it_may_take(sequential_unrun):
    with open_store(sequential_unrun.folder) as store:
        looking = Looking(store, read_ledger(sequential_unrun.folder))
        walk(looking, load(sequential_unrun.folder), ("nominal",))
    waiting = [s for s in looking.steps if s.stage == "sequential"]
    assert {s.subject for s in waiting} == {f"SEQ-{n}.a@nominal/attempt-1" for n in (1, 2)}
    assert all(s.state == "waiting" and s.runs >= 59 for s in waiting)
