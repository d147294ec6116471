from __future__ import annotations

import dataclasses

from assay.campaign import read_table
from assay.pipeline.guiding import guided_runs, nominal_run
from assay.pipeline.setting import ConfigurationEvidence


def claims_of(found, study):
    return [claim for claim in found.setting.claims if claim.study.name == study]


def test_the_nominal_run_is_found(looking, nominal, beam):
    record = nominal_run(looking, nominal.setting, beam, claims_of(nominal, "beam"))
    assert record == nominal.nominal["beam"]
    assert (record.payload["count"], record.payload["rows"]) == (1, 4)


def test_guided_runs_are_inside_the_configuration(walked, store):
    for name, thickness in (("nominal", 10.0), ("thin", 6.0)):
        rows = list(read_table(store.blob(walked.configurations[name].guided["beam"].blobs["table"])))
        assert {row.index for row in rows} == {0, 1, 2, 3}
        assert all(abs(row.factors["thickness"] - thickness) <= 0.1 + 1e-9 for row in rows)


def test_the_model_finds_the_worst_corner(walked, store):
    """Stress is largest where the beam is thinnest; the model knows it from 16 runs."""
    record = walked.configurations["nominal"].refutation["beam"]
    worst = record.payload["proposals"][0]
    assert worst["why"] == "predicted-worst"
    rows = list(read_table(store.blob(walked.configurations["nominal"].guided["beam"].blobs["table"])))
    assert min(row.factors["thickness"] for row in rows) < 9.9 + 0.02
    assert abs(worst["predicted"] / worst["quantity"] - 1.0) < 0.05


def test_what_lies_beyond_is_told_by_criterion(walked):
    """The thin beam fails everything that is asked of the beam; the thick one nothing."""
    beyond = {n: set(f.refutation["beam"].payload["beyond"]) for n, f in walked.configurations.items()}
    assert beyond["nominal"] == set()
    assert beyond["thin"] >= {"BEAM-2.a", "BEAM-4.a", "BEAM-6.a", "BEAM-10.a"}


def test_a_showing_rests_on_guided_runs_only_where_they_say_something(walked):
    thin, nominal = walked.configurations["thin"], walked.configurations["nominal"]
    assert thin.showings["BEAM-4.a"].inputs["refutation_runs"] == thin.guided["beam"].id
    assert thin.showings["BEAM-4.a"].payload["findings"]
    assert "refutation_runs" not in nominal.showings["BEAM-4.a"].inputs


def test_a_row_s_own_values_hold_in_that_row_alone(walked, store):
    """A point proposed for the gust of 500 N is no draw of 500 N: the law has 300 N, give or take 46 N."""
    for found in walked.configurations.values():
        rows = list(read_table(store.blob(found.guided["beam"].blobs["table"])))
        assert all(abs(row.factors["load"] - 300.0) < 47.0 for row in rows if row.row == "")
        assert {row.factors["load"] for row in rows if row.row.endswith("#gust")} == {500.0}


def test_points_are_fixed_before_they_are_run(walked, store):
    found = walked.configurations["nominal"]
    design = store.get(found.refutation["beam"].inputs["design"])
    rows = list(read_table(store.blob(found.guided["beam"].blobs["table"])))
    own = {row.index: row.factors for row in rows if row.row == ""}
    for index, proposal in enumerate(design.payload["proposals"]):
        assert {k: own[index][k] for k in ("thickness",)} == {"thickness": proposal["factors"]["thickness"]}


def test_a_study_without_model_is_not_guided(looking, nominal, beam):
    for surrogate in (None, dataclasses.replace(beam.study.surrogate, refutation=0)):
        bare = dataclasses.replace(beam, study=dataclasses.replace(beam.study, surrogate=surrogate))
        found = ConfigurationEvidence(nominal.setting, freeze=nominal.freeze)
        guided_runs(looking, nominal.setting, bare, claims_of(nominal, "beam"), found)
        assert found.guided == found.refutation == {}


def test_nothing_is_guided_before_the_freeze(looking, nominal, beam):
    found = ConfigurationEvidence(nominal.setting, freeze=None)
    guided_runs(looking, nominal.setting, beam, claims_of(nominal, "beam"), found)
    assert found.guided == found.refutation == {"beam": None}
    assert {step.state for step in looking.steps} == {"waiting"}
