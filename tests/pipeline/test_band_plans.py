"""How a declared bound sorts the law, and which plan follows, as the walk makes it."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from assay.evidence import open_store, read_ledger
from assay.pipeline import Looking, walk
from assay.pipeline.attempting import Choice
from assay.pipeline.band_plans import CHEAP, CHECKS, _with_band, may_be_banded
from assay.programme import load
from assay.showing.residual_records import BandPayload


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


def test_masses_come_from_a_million_fresh_draws(nominal):
    band = band_of(nominal, "RES-1.a")
    assert band.cheap == CHEAP == band.safe + band.undecided + band.conceded
    assert 0.0 < band.spent == min(1e-3, band.level / 10.0)
    assert band.mass_conceded > band.conceded / CHEAP, "a limit, not an estimate"
    assert band.mass_reach > (band.conceded + band.undecided) / CHEAP


def test_where_nothing_is_undecided_enough_the_whole_law_is_checked(nominal):
    band = band_of(nominal, "RES-2.a")
    assert band.whole
    assert band.draws == CHECKS
    assert band.share >= 1.0
    assert len(nominal.bands["RES-2.a"].draws.payload["places"]) == CHECKS


def test_no_plan_spends_no_attempt(nominal):
    assert band_of(nominal, "RES-4.a").draws is None
    plan = nominal.plans["RES-4.a"]
    assert (plan.kind, plan.draws, plan.recorded) == ("residual", 0, False)
    assert "RES-4.a" not in nominal.bands


def test_only_one_fraction_with_a_declared_bound_may_take_the_plan(claims):
    claim = claims["RES-2.a"]
    assert may_be_banded(claim)
    assert not may_be_banded(replace(claim, content=None))
    assert not may_be_banded(replace(claim, parts=claim.parts * 2))
    assert not may_be_banded(replace(claim, criterion=replace(claim.criterion, rungs=("fixed",))))
    assert not may_be_banded(replace(claim, study=replace(claim.study, surrogate=None)))
    spec = claim.study.quantities["deflection"]
    bare = {**claim.study.quantities, "deflection": replace(spec, residual=None)}
    assert not may_be_banded(replace(claim, study=replace(claim.study, quantities=bare)))


def test_the_choice_between_plans(nominal, claims):
    claim, record = claims["RES-2.a"], nominal.setting.choices["RES-2.a"].band
    asked = replace(claim, criterion=replace(claim.criterion, rungs=("residual", "fixed")))
    later = replace(claim, criterion=replace(claim.criterion, rungs=("fixed", "residual")))
    fixed = Choice("fixed", None)
    assert _with_band(claim, record, fixed).kind == "residual", "8 runs against 59"
    assert _with_band(claim, record, Choice("sequential", 3)).kind == "sequential"
    assert _with_band(asked, record, Choice("sequential", 3)).kind == "residual"
    assert _with_band(later, record, fixed).kind == "fixed"
    hopeless = nominal.setting.choices["RES-4.a"].band
    assert _with_band(asked, hopeless, fixed).kind == "fixed"
    alone = replace(claim, criterion=replace(claim.criterion, rungs=("residual",)))
    assert (_with_band(alone, hopeless, fixed).kind, _with_band(alone, hopeless, fixed).draws) == (
        "residual",
        0,
    )
    assert _with_band(claim, None, fixed) == fixed
    assert _with_band(alone, None, fixed) == Choice("residual", None)


def test_the_expected_runs_count_a_failure(nominal):
    band = band_of(nominal, "RES-1.a")
    assert band.expected == pytest.approx(band.draws + (1.0 - band.power) * 59)
    assert math.isfinite(band.expected)
