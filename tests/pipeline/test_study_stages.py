from __future__ import annotations

import dataclasses

from assay.pipeline.study_stages import charge_of, open_model, structure_payload, table_of, verification_rows


def test_what_a_study_is_once_for_all(beam, support):
    assert beam.models_known
    assert set(beam.models) == set(beam.guards) == {"stress", "deflection", "frequency"}
    assert beam.structure is None
    assert support.structure is not None
    assert len(beam.model_ids) == 3


def test_models_come_from_the_training_runs(beam, store):
    for record in beam.models.values():
        assert record.inputs == {"training": beam.training.id}
        model = open_model(store, record)
        assert model is not None
        mean, sd = model.predict([[10.0, 300.0, 70.0]])
        assert sd[0] >= 0.0
        assert mean[0] > 0.0


def test_a_refused_model_is_a_record_and_no_model(support, store):
    record = support.models["reaction"]
    assert record is not None
    assert open_model(store, record) is None
    assert open_model(store, None) is None
    assert support.guards["reaction"] is not None


def test_charges(beam, support):
    charge = charge_of(beam, "stress")
    assert (charge.model_basis, charge.model_factor) == ("allowance", 1.05)
    assert 0.0 < charge.numerical_relative < 0.01
    assert charge_of(beam, "nothing") is None
    assert charge_of(dataclasses.replace(beam, verification=None), "stress") is None
    form = dataclasses.replace(beam.study.model_form, basis="none")
    bare = dataclasses.replace(beam, study=dataclasses.replace(beam.study, model_form=form))
    assert charge_of(bare, "stress").model_factor == 1.0


def test_places_of_the_refinement_study(beam, store):
    """Centre of the envelope, then the model's worst point, fixed in a record before any of its runs."""
    rows = table_of(store, beam.verification_runs)
    centre = next(row for row in rows if row.index == 0).factors
    assert centre == {"thickness": 9.5, "load": 375.0, "modulus": 70.0}
    (design,) = store.records("design", "beam/verification")
    assert design.payload["places"][0] == centre
    worst = design.payload["places"][1]
    assert worst["thickness"] == 5.0, "thin is worst for stress, deflection and frequency alike"


def test_rows_of_the_refinement_study(claims):
    beam = [claim for claim in claims.values() if claim.study.name == "beam"]
    keys = [row.key for row in verification_rows(beam)]
    assert keys == ["", *(f"data/cases.csv#{name}" for name in ("stowed", "service", "gust"))]


def test_tested_declarations(support):
    payload = structure_payload(support.structure)
    (check,) = payload.declarations
    assert (check.quantity, check.kind, check.violations) == ("reaction", "convex_in", 0)
    assert check.runs >= check.required == 8
    assert structure_payload(None) is None
