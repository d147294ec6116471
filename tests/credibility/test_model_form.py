from __future__ import annotations

import pytest

from assay.credibility import model_form_charge
from assay.errors import InputError
from assay.programme.model import ModelForm, Source


def form(basis: str, factor: float = 1.1) -> ModelForm:
    return ModelForm(basis, factor, "stress lead", "handbook scatter", Source("studies/tray.toml", 9))


def test_an_approved_allowance_is_charged_to_both_sides() -> None:
    charge = model_form_charge(form("allowance"), approved=True)
    assert charge.assessed
    assert charge.up == charge.down == pytest.approx(0.1)
    payload = charge.payload("tray", form("allowance"), approved=True)
    assert payload.assessed
    assert payload.factor == 1.1
    assert payload.statement == "handbook scatter"


def test_an_allowance_without_approval_is_not_assessed() -> None:
    charge = model_form_charge(form("allowance"), approved=False)
    assert not charge.assessed
    assert charge.up is None
    assert charge.text == "model form not assessed: the allowance 1.1 awaits approval by stress lead"


@pytest.mark.parametrize("basis", ["none", "measured", "similarity"])
def test_what_is_not_on_file_is_not_assessed(basis: str) -> None:
    charge = model_form_charge(form(basis), approved=True)
    assert not charge.assessed
    assert charge.text.startswith("model form not assessed: ")
    payload = charge.payload("tray", form(basis), approved=True)
    assert (payload.up, payload.down, payload.factor) == (None, None, 1.0)


@pytest.mark.parametrize("factor", [0.9, float("inf"), float("nan")])
def test_an_allowance_never_credits(factor: float) -> None:
    with pytest.raises(InputError, match="at least 1"):
        model_form_charge(form("allowance", factor), approved=True)
