"""The plan of a declared bound, as the walk makes it: band, attempt, draws, checks."""

from __future__ import annotations

import numpy as np
import pytest

from assay.evidence import open_store, read_ledger
from assay.pipeline import Looking, walk
from assay.pipeline.attempting import band_subject
from assay.pipeline.banding import finest_runs
from assay.pipeline.study_stages import open_model
from assay.programme import load
from assay.showing.residual_records import BandDrawsPayload, BandPayload


@pytest.fixture(scope="module")
def walked(residual_done):
    with open_store(residual_done.folder) as opened:
        return walk(
            Looking(opened, read_ledger(residual_done.folder)), load(residual_done.folder), ("nominal",)
        )


@pytest.fixture(scope="module")
def nominal(walked):
    return walked.configurations["nominal"]


@pytest.fixture(scope="module")
def claims(nominal):
    return {claim.criterion.id: claim for claim in nominal.setting.claims}


def band_of(nominal, criterion):
    return BandPayload.model_validate(nominal.setting.choices[criterion].band.payload)


def test_draws_lie_where_the_bound_leaves_it_open(nominal, residual_done, walked):
    banded = nominal.bands["RES-1.a"]
    band, draws = band_of(nominal, "RES-1.a"), BandDrawsPayload.model_validate(banded.draws.payload)
    assert len(draws.places) == band.draws == nominal.plans["RES-1.a"].draws
    assert draws.tried > len(draws.places), "found by rejection"
    with open_store(residual_done.folder) as store:
        model = open_model(store, walked.studies["beam"].models["deflection"])
        x = np.array([[place[item.name] for item in model.data.inputs] for place in draws.places])
        predicted = model.predict(x)[0]
    assert predicted == pytest.approx(draws.predicted)
    reach = band.declared.absolute + band.declared.relative * np.abs(predicted)
    assert (predicted + reach > band.within_high).all()
    assert (predicted - reach <= band.within_high).all()


def test_records_stand_on_what_was_fixed_before(nominal, claims):
    banded = nominal.bands["RES-1.a"]
    assert banded.draws.inputs["band"] == banded.band.id
    assert banded.runs.inputs["draws"] == banded.draws.id
    assert banded.runs.payload["purpose"] == "residual"
    assert banded.result.inputs["runs"] == banded.runs.id
    assert banded.result.subject == band_subject(claims["RES-1.a"], 1) == "RES-1.a@nominal/attempt-1"


def test_every_table_of_the_study_on_the_finest_level_is_checked(nominal, walked):
    roles = dict(finest_runs(walked.studies["beam"], nominal))
    assert list(roles) == ["training", "verification", "nominal", "refutation"]
    inputs = nominal.bands["RES-1.a"].result.inputs
    assert {role: inputs[f"checked:{role}"] for role in roles} == {r: t.id for r, t in roles.items()}


def test_looking_before_it_ran_lists_what_it_takes(residual_unrun):
    with open_store(residual_unrun.folder) as store:
        looking = Looking(store, read_ledger(residual_unrun.folder))
        walk(looking, load(residual_unrun.folder), ("nominal",))
    steps = [step for step in looking.steps if step.stage == "residual"]
    assert steps
    assert all(step.runs > 0 and step.state != "done" for step in steps)
