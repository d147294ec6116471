"""What the declared basis of the model-form error allows to be charged."""

from __future__ import annotations

import math
from dataclasses import dataclass

from assay.credibility.records import ValidationPayload
from assay.errors import InputError
from assay.programme.model import ModelForm

REVISION = 1
"""Raised whenever an unchanged declaration would be charged otherwise; part of a recipe."""


@dataclass(frozen=True)
class ModelFormCharge:
    """m_up and m_lo of DESIGN.md section 5, as shares of |q|."""

    up: float | None
    """Reality may lie this much above the run; None where not assessed."""
    down: float | None
    """Reality may lie this much below the run."""
    text: str

    @property
    def assessed(self) -> bool:
        """Whether anything of the study can be shown or refuted at all."""
        return self.up is not None and self.down is not None

    def payload(self, study: str, spec: ModelForm, approved: bool) -> ValidationPayload:
        """Return the payload of a `validation` record."""
        return ValidationPayload(
            study=study,
            basis=spec.basis,
            factor=spec.factor if spec.basis == "allowance" else 1.0,
            approver=spec.approver,
            approved=approved,
            statement=spec.reason,
            assessed=self.assessed,
            up=self.up,
            down=self.down,
            text=self.text,
        )


def model_form_charge(spec: ModelForm, approved: bool) -> ModelFormCharge:
    """Return what is charged for the model being another than reality.

    Parameters
    ----------
    spec
        The study's ``[validation]``.
    approved
        Whether the named role has approved this very declaration.

    Raises
    ------
    InputError
        If an allowance factor is below 1.
    """
    if spec.basis == "allowance":
        if not 1.0 <= spec.factor < math.inf:
            raise InputError(f"the model-form allowance is {spec.factor!r}; write a factor of at least 1")
        if not approved:
            return _not_assessed(f"the allowance {spec.factor:g} awaits approval by {spec.approver}")
        share = spec.factor - 1.0
        text = f"allowance {spec.factor:g}, approved by {spec.approver}: {share:.4g} of the value is charged"
        return ModelFormCharge(share, share, text)
    if spec.basis == "none":
        return _not_assessed("no basis is declared")
    return _not_assessed(f"the basis {spec.basis!r} has no measurements on file")


def _not_assessed(why: str) -> ModelFormCharge:
    return ModelFormCharge(None, None, f"model form not assessed: {why}")
