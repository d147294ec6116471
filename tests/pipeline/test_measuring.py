from __future__ import annotations

import dataclasses

import numpy as np

from assay.campaign import read_table
from assay.pipeline.measuring import deciding_runs, held_out, measure_models, picture_runs
from assay.pipeline.planning import PICTURES
from assay.pipeline.setting import ConfigurationEvidence
from assay.pipeline.study_stages import open_model, table_of


def test_models_are_measured_on_draws_they_never_saw(nominal, beam):
    for quantity in beam.study.quantities:
        record = nominal.metrics["beam", quantity]
        assert record.inputs["runs"] == nominal.validation["beam", 0].id
        assert record.inputs["model"] == beam.models[quantity].id
    assert ("support", "reaction") not in nominal.metrics, "a refused model is not measured"


def test_the_error_told_is_the_error_made(nominal, beam, store):
    record = nominal.metrics["beam", "stress"]
    rows = [row for row in table_of(store, nominal.validation["beam", 0]) if row.state == "ok"]
    model = open_model(store, beam.models["stress"])
    mean, _ = model.predict([[row.factors[n] for n in beam.study.factors] for row in rows])
    errors = np.abs(mean - np.array([row.quantities["stress"] for row in rows]))
    payload = record.payload
    told = [value for value in payload.values() if isinstance(value, float)]
    assert (
        any(abs(value - errors.max()) < 1e-9 * errors.max() for value in told) or payload["bound"] is not None
    )
    again = held_out(
        store,
        beam.study,
        "stress",
        beam.models["stress"],
        beam.guards["stress"],
        table_of(store, nominal.validation["beam", 0]),
    )
    assert again == payload


def test_without_draws_nothing_is_measured(looking, nominal, beam):
    found = ConfigurationEvidence(nominal.setting)
    measure_models(looking, nominal.setting, beam, found)
    assert found.metrics == {}
    found = ConfigurationEvidence(nominal.setting, plans=dict(nominal.plans))
    measure_models(looking, nominal.setting, beam, found)
    assert set(found.metrics.values()) == {None}


def placed(record, margin, index):
    part = {
        **record.payload["parts"][0],
        "margin": {"value": margin, "mode": "m", "place": "p"},
        "deciding": {
            "index": index,
            "row": "",
            "quantity": 1.0,
            "place": [0.0, 0.0, 0.0],
            "factors": {"load": float(index)},
        },
    }
    return dataclasses.replace(record, payload={**record.payload, "parts": [part]})


def test_pictures_are_of_the_smallest_margins(beam, nominal):
    """One a showing, at most so many, each point and quantity once; without a place there is no picture."""
    assert deciding_runs(beam.study, nominal.showings) == []
    record = nominal.showings["BEAM-6.a"]
    showings = {str(i): placed(record, 1.0 - 0.1 * i, i) for i in range(10)}
    showings["again"] = placed(record, 0.0, 9)
    found = deciding_runs(beam.study, showings)
    assert [factors["load"] for factors, _, _ in found] == [9.0, 8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0]
    assert len(found) == PICTURES
    assert deciding_runs(beam.study, {"none": None}) == []


def test_pictures_wait_for_the_verdicts(looking, nominal, beam):
    found = ConfigurationEvidence(nominal.setting, showings={"BEAM-6.a": None})
    picture_runs(looking, nominal.setting, beam, "beam", found)
    assert found.pictures == {"beam": None}
    assert looking.steps[-1].state == "waiting"
    found = ConfigurationEvidence(nominal.setting, showings=dict(nominal.showings))
    picture_runs(looking, nominal.setting, beam, "beam", found)
    assert found.pictures == {}


def test_tables_are_read_whole(nominal, store):
    record = nominal.validation["beam", 0]
    assert len(list(read_table(store.blob(record.blobs["table"])))) == record.payload["table"]["lines"] == 236
