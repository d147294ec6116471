"""Steps of a plan that rests on declared signs, as the walk makes them."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from assay.evidence import open_store, read_ledger
from assay.pipeline import Looking, walk
from assay.pipeline.dominating import training_on_finest
from assay.pipeline.undecided import CHEAP
from assay.programme import load
from assay.showing.dominance_records import DominanceStepPayload


@pytest.fixture(scope="module")
def walked(dominance_done):
    with open_store(dominance_done.folder) as store:
        yield walk(
            Looking(store, read_ledger(dominance_done.folder)), load(dominance_done.folder), ("nominal",)
        )


@pytest.fixture(scope="module")
def certified(walked):
    return walked.configurations["nominal"].certified


@pytest.fixture(scope="module")
def steps(certified):
    return [DominanceStepPayload.model_validate(step.payload) for step, _ in certified["DOM-2.a"].steps]


def test_steps_go_on_from_one_another(certified, steps):
    assert [step.number for step in steps] == list(range(1, len(steps) + 1))
    assert [step.first for step in steps] == np.cumsum([0, *(len(s.places) for s in steps[:-1])]).tolist()
    pairs = certified["DOM-2.a"].steps
    for (_, runs), (after, _) in itertools.pairwise(pairs):
        assert runs is not None
        assert after.inputs["runs"] == runs.id, "a step stands on the runs before it"


def test_every_step_stands_on_the_training_runs(certified, walked):
    training = training_on_finest(walked.studies["beam"])
    assert training is not None
    assert {step.inputs["training"] for step, _ in certified["DOM-2.a"].steps} == {training.id}
    assert certified["DOM-2.a"].end.inputs["training"] == training.id


def test_only_draws_spend_error_and_their_errors_fit(steps):
    for step in steps:
        assert (step.spent > 0.0) == (step.kind == "draw") == (step.masses is not None)
        assert step.cheap == (CHEAP if step.kind == "draw" else 0)
    assert sum(step.spent for step in steps) <= 0.05 - steps[0].level
    assert CHEAP >= 10**6


def test_draws_lie_where_no_run_proves_anything(certified, steps, dominance_done):
    """Of frequency, which rises with thickness and modulus: a point above a run within is proved."""
    path, names = certified["DOM-2.a"].path, ("thickness", "modulus")
    within = [draw.worst.factors for draw in path.draws if draw.state == "within" and draw.worst]
    placed = [w for w, row in zip(within, path.rows, strict=True) if not row.drawn]
    drawn = [place for step in steps if step.kind == "draw" for place in step.places]
    assert drawn
    for place in drawn:
        proved = [all(place[n] >= w[n] for n in names) and place["load"] <= w["load"] for w in placed]
        assert not any(proved)


def test_what_is_given_up_makes_no_run(certified):
    *_, (last, runs) = certified["DOM-3.a"].steps
    assert (last.payload["kind"], runs) == ("end", None)
    assert certified["DOM-3.a"].end is not None


def test_looking_before_it_ran_lists_what_it_may_take(dominance_done, tmp_path):
    copy = dominance_done.copy(tmp_path / "raised")
    copy.edit("programme.toml", "attempts = 1", "attempts = 2")
    with open_store(copy.folder) as store:
        looking = Looking(store, read_ledger(copy.folder))
        walk(looking, load(copy.folder), ("nominal",))
    waiting = [s for s in looking.steps if s.stage == "sequential" and s.state == "waiting"]
    assert {s.subject for s in waiting} == {f"DOM-{n}.a@nominal/attempt-2" for n in (1, 2, 3, 4)}
    assert all(s.runs >= 299 for s in waiting)
