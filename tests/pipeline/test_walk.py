from __future__ import annotations

import pytest

from assay.errors import StoppedError
from assay.evidence import open_store, read_ledger
from assay.pipeline import Looking, solvers_of, walk
from assay.programme import load


def look(assay, *configurations):
    with open_store(assay.folder) as store:
        looking = Looking(store, read_ledger(assay.folder))
        return walk(looking, load(assay.folder), configurations or ("nominal", "thin")), looking


def test_everything_is_found(walked):
    assert set(walked.studies) == {"beam", "support"}
    assert set(walked.rows) == {"nominal", "thin"}
    for configuration, states in walked.showings.items():
        assert len(states) == 7, configuration
        assert all(state.payload is not None and not state.stale for state in states.values())
    assert len(walked.approvals) == 3


def test_a_walk_over_nothing_knows_nothing(unrun):
    walked, looking = look(unrun)
    assert all(state.payload is None for states in walked.showings.values() for state in states.values())
    assert {step.state for step in looking.steps} == {"new", "waiting"}
    assert not (unrun.folder / ".assay").exists()


def test_studies_serve_all_configurations(unrun):
    """A study's own recipes do not depend on which configurations are asked for."""
    both, one = look(unrun)[1].steps, look(unrun, "thin")[1].steps
    shared = [step for step in both if "@" not in step.subject]
    assert [step for step in one if "@" not in step.subject] == shared


def test_solvers_run_no_code_when_they_are_named(unrun):
    with (unrun.folder / "studies" / "beam.py").open("a") as file:
        file.write("raise SystemExit('executed')\n")
    specs = solvers_of(load(unrun.folder))
    assert {spec.version for spec in specs.values()}


def test_a_budget_below_what_comes_before_any_draw(unrun):
    unrun.edit("programme.toml", "max_runs = 800", "max_runs = 100")
    with pytest.raises(StoppedError, match=r"take \d+ solver runs, \[budget\] max_runs is 100: raise it"):
        look(unrun)
    assert unrun.within("run").code == 4


def test_stale_is_told_from_never_run(done):
    done.edit("criteria.toml", '"150 Hz"', '"140 Hz"')
    walked, _ = look(done)
    state = walked.showings["nominal"]["BEAM-6.a"]
    assert (state.payload, state.stale) == (None, True)
    assert walked.showings["nominal"]["BEAM-7.a"].payload is not None, "of another study"
