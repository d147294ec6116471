"""Ask a model at one point: value and spread, or an abstention with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from assay.errors import InputError, Problem
from assay.qualification.guarding import decide
from assay.qualification.records import Abstention, GuardPayload, MetricsPayload
from assay.surrogates import Model


@dataclass(frozen=True)
class Prediction:
    """What a model says at one point."""

    quantity: str
    unit: str
    value: float | None
    """Mean, in `unit`; None where the guard abstained, like `sd` and `bound`."""
    sd: float | None
    """Standard deviation of the model's own belief; no guarantee."""
    bound: float | None
    """Half width from runs that the model never saw, or None where they are too few for one."""
    abstained: bool
    reason: Abstention | None
    text: str
    """Why it abstained, or what the bound says."""


def predict(
    model: Model | None,
    rule: GuardPayload,
    point: Mapping[str, float],
    metrics: MetricsPayload | None = None,
) -> Prediction:
    """Return the prediction at a point, or an abstention.

    Parameters
    ----------
    model, rule
        The model (None: refused) and its guard.
    point
        Every input in its unit; further names are ignored, for a study has factors that a model
        may not use.
    metrics
        Held-out metrics of this model, whose order-statistic bound is given with the value.

    Raises
    ------
    InputError
        If an input is missing or not a finite number.
    """
    missing = [item.name for item in rule.inputs if not np.isfinite(point.get(item.name, np.nan))]
    if missing:
        problems = [Problem("--at", None, f"{name} has no finite value", f"add {name}=…") for name in missing]
        raise InputError(f"a prediction of {rule.quantity} needs {', '.join(missing)}", problems)
    x = np.array([[float(point[item.name]) for item in rule.inputs]])
    decision = decide(model, rule, x)[0]
    if model is None or decision.abstained:
        return Prediction(rule.quantity, rule.unit, None, None, None, True, decision.reason, decision.text)
    mean, sd = model.predict(x)
    bound = None if metrics is None else metrics.bound
    return Prediction(
        quantity=rule.quantity,
        unit=rule.unit,
        value=float(mean[0]),
        sd=float(sd[0]),
        bound=None if bound is None else bound.value,
        abstained=False,
        reason=None,
        text="no held-out runs on file" if metrics is None else metrics.bound_text,
    )
