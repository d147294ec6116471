from __future__ import annotations

import dataclasses

from assay.document.model import Figure
from assay.document.sections.verification import verification, worst_convergence


def test_levels_order_index_and_charge(desk, said):
    text = said(desk, verification(desk))
    assert "fillet_stress [MPa]108.00104.00102.00monotone1.9301.25\u00a0%1.25\u00a0%" in text
    assert "order out of range2.4106.10\u00a0%" in text, "no index where the order is not credible"
    assert "fillet_stress [MPa]1.70\u00a0%worst point by the model1.252.13\u00a0%" in text


def test_the_solver_its_levels_and_the_model_form(desk, said):
    text = said(desk, verification(desk))
    assert "Solverngsolve 6.2.2505" in text
    assert "mesh_size: 12, 8, 5" in text
    assert "allowance, factor 1.1, to be approved by the role stress lead; not compared" in text


def test_the_solvers_own_checks_with_their_largest_value(desk, said):
    assert "equilibrium6.40\u00a0×\u00a010⁻¹¹" in said(desk, verification(desk))


def test_the_worst_quantity_is_drawn(desk):
    record = desk.inputs.studies["tray"].verification
    i, j = worst_convergence(record)
    assert record.payload["quantities"][i]["quantity"] == "deflection"
    assert j == 0
    assert [e.anchor for e in verification(desk) if isinstance(e, Figure)] == ["convergence-1"]


def test_without_levels_nothing_is_assessed(desk_of, evidence, said):
    desk = desk_of(evidence.make_inputs(evidence.make_programme(verified=False)))
    assert "the numerical error is not assessed" in said(desk, verification(desk))


def test_a_charge_that_could_not_be_found_says_why(desk_of, inputs, said):
    study = inputs.studies["tray"]
    payload = study.verification.payload
    first = dict(payload["quantities"][0])
    point = {**first["points"][0], "values": [1.0, None, None], "classification": "failed", "order": None}
    point |= {"index": None, "relative": None, "absolute": None, "extrapolated": None}
    first |= {"charge": None, "largest_relative": None, "worst_point": None, "points": [point]}
    first["text"] = "not assessed: a level failed at centre"
    changed = {**payload, "quantities": [first]}
    record = dataclasses.replace(study.verification, payload=changed)
    other = dataclasses.replace(study, verification=record)
    desk = desk_of(dataclasses.replace(inputs, studies={"tray": other}, closure=()))
    text = said(desk, verification(desk))
    assert "not assessed: a level failed at centre" in text
    assert worst_convergence(record) is None


def test_two_levels_are_coarse_and_finest(desk_of, inputs, evidence, said):
    study = inputs.studies["tray"]
    payload = evidence.make_verification(levels=2).model_dump(mode="json")
    record = dataclasses.replace(study.verification, payload=payload)
    other = dataclasses.replace(study, verification=record)
    desk = desk_of(dataclasses.replace(inputs, studies={"tray": other}))
    text = said(desk, verification(desk))
    assert "QuantityCoarseFinest" in text
