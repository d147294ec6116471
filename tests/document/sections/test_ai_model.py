from __future__ import annotations

from assay.document.sections.ai_model import ai_model


def test_data_training_errors_guard_and_credit(desk, said):
    text = said(desk, ai_model(desk))
    assert "Training data: 64 points" in text
    assert "fillet_stress [MPa]6412.34.100.6100.9971accepted" in text
    assert "refused: no better than a line" in text
    assert "fillet_stress [MPa]3541.2\u00a0%0.7102.90\u22120.03000.9962" in text
    assert "too far from training data: 3, spread too large: 1" in text
    assert "TRAY-003.a: The credit that the AI model earned is: structure." in text
    assert "tray641659590" in text, "cost, and what was saved against the fixed plan"


def test_texts_that_all_models_share_are_said_once(desk, said):
    text = said(desk, ai_model(desk))
    assert text.count("abstains outside the envelope") == 1


def test_proposals_with_prediction_and_outcome(desk, said):
    assert "9TRAY-010.a97.00\u00a0MPa98.50\u00a0MPabeyond" in said(desk, ai_model(desk))


def test_without_a_model_the_section_says_so(desk_of, evidence, said):
    desk = desk_of(evidence.make_inputs(evidence.make_programme(surrogate=False)))
    text = said(desk, ai_model(desk))
    assert "No AI model was trained" in text
    assert "earned" not in text


def test_a_model_that_never_was_believed_has_no_errors(desk_of, inputs, said):
    import dataclasses

    study = inputs.studies["tray"]
    record = study.metrics["deflection"]
    payload = {**record.payload, "believed": None, "abstained_share": 1.0, "bound_text": ""}
    changed = {**study.metrics, "deflection": dataclasses.replace(record, payload=payload)}
    other = dataclasses.replace(inputs, studies={"tray": dataclasses.replace(study, metrics=changed)})
    desk = desk_of(other)
    assert "deflection [mm]354100.0\u00a0%sha256:" in said(desk, ai_model(desk))
