from __future__ import annotations

import pytest

from assay.evidence import open_store, read_ledger
from assay.pipeline import Looking, Step, make_plan, nothing_to_do
from assay.pipeline.planned import Plan, measured_seconds
from assay.programme import load

BOTH = ("nominal", "thin")


def test_with_everything_there(looking, programme):
    plan = make_plan(looking, programme, BOTH)
    assert (plan.runs_left, plan.seconds_left, plan.bytes_left) == (0, 0.0, 0)
    assert plan.runs <= plan.max_runs == 800
    assert nothing_to_do(looking, programme, BOTH)[1]


def test_before_anything_ran(tiny_unrun):
    programme = load(tiny_unrun.folder)
    with open_store(tiny_unrun.folder) as store:
        looking = Looking(store, read_ledger(tiny_unrun.folder))
        plan = make_plan(looking, programme, BOTH)
        assert not nothing_to_do(looking, programme, BOTH)[1]
    assert plan.runs_left == plan.runs > 600
    assert not any(plan.measured.values())
    assert plan.seconds_left == pytest.approx(60.0 * plan.runs_left), "a run is taken at its time limit"
    assert plan.bytes_left > 2_000 * plan.runs_left
    assert "as the studies state" in " ".join(plan.lines())


def test_measured_times_replace_stated_ones(store):
    seconds = measured_seconds(store)
    assert set(seconds) == {"beam", "support"}
    assert all(0.0 <= value < 5.0 for value in seconds.values())


def test_arithmetic():
    steps = (
        Step("training", "beam", "stale", 10, 4),
        Step("validation", "beam@nominal/block-0", "new", 100, 0),
        Step("picture", "support@nominal/picture", "new", 2, 0),
        Step("model", "beam.stress", "waiting", 0, 0),
    )
    plan = Plan("p", steps, {"beam": 2.0, "support": 3.0}, {"beam": True, "support": False}, None)
    assert (plan.runs, plan.runs_left) == (112, 108)
    assert plan.seconds_left == 2.0 * 106 + 3.0 * 2
    assert plan.bytes_left == 2_000 * 108 + 400_000 * 2
    assert plan.lines()[0] == "runs: 112, 108 to do"
    assert plan.document()["steps"][0] == {
        "stage": "training",
        "subject": "beam",
        "state": "stale",
        "runs": 10,
        "done": 4,
        "detail": "",
        "level": "",
        "study": "",
    }


def test_runs_of_a_criterion_take_the_time_of_their_study():
    """Their subject begins with the criterion: no study is called so, and nothing takes no time."""
    steps = (Step("sequential", "BEAM-1.a@nominal/attempt-1", "new", 100, 0, study="beam"),)
    plan = Plan("p", steps, {"beam": 2.0}, {"beam": True}, None)
    assert plan.seconds_left == 200.0
