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


def test_what_a_model_says_by_itself_is_printed_and_not_credited(desk_of, inputs, said):
    import dataclasses

    model = {
        "case": None,
        "draws": 4096,
        "allowed": 0.05,
        "mean": 0.0131,
        "two_sd": 0.0442,
        "conformal": None,
    }
    payload = {"criterion": "TRAY-003.a", "model": model}
    weighed = dataclasses.replace(next(iter(inputs.showings.values())), kind="plan-choice", payload=payload)
    other = dataclasses.replace(inputs, weighed={"TRAY-003.a": weighed})
    desk = desk_of(other)
    text = said(desk, ai_model(desk))
    assert "Not credited: no verdict rests on this." in text
    assert "TRAY-003.a40965\u00a0%1.4\u00a0%4.5\u00a0%sha256:" in text
    assert "Not credited" not in said(desk_of(inputs), ai_model(desk_of(inputs)))
