"""Decide at one point whether a model may be used; else abstain and say why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assay.errors import InputError
from assay.qualification.records import Abstention, GuardPayload, Limits
from assay.surrogates import Model, ModelPayload
from assay.surrogates.protocol import FloatArray, IntArray

BoolArray = npt.NDArray[np.bool_]

REVISION = 1
"""Raised whenever a guard of an unchanged model would come out otherwise; part of a recipe."""
QUANTILE = 0.95
_ROUNDING = 1e-9
"""Share of a range by which a unit conversion may carry a point past its end."""


@dataclass(frozen=True)
class Decision:
    """What the guard says at one point."""

    reason: Abstention | None
    """None: the model may be used."""
    text: str
    """Factor, value and limit as a sentence; empty where the model may be used."""

    @property
    def abstained(self) -> bool:
        """Whether the model must not be used here."""
        return self.reason is not None


def guard(
    model: Model,
    *,
    envelope: Mapping[str, tuple[float, float]] | None = None,
    spread: float | None = None,
    quantile: float = QUANTILE,
) -> GuardPayload:
    """Derive the guard of an accepted model from its own training runs.

    A point is sparse if it is farther from all training rows than `quantile` of the training rows
    are from the rows of all other runs; the spread is derived alike where none is declared.

    Parameters
    ----------
    model
        The model.
    envelope
        Input to (low, high) where claims live; the training ranges for inputs not named.
    spread
        Largest standard deviation that is believed, in the quantity's unit.
    quantile
        Share of the training rows that would pass, each left out with its run.

    Raises
    ------
    InputError
        If an envelope leaves the range, or a number makes no sense.
    """
    if not 0.0 < quantile <= 1.0 or (spread is not None and not 0.0 < spread < np.inf):
        raise InputError("a guard needs a quantile in (0, 1] and a positive spread")
    data = model.data
    if np.unique(data.groups).size < 2:
        raise InputError(f"the model of {data.quantity} stands on one run; a guard needs at least two")
    limits = _limits(model, {} if envelope is None else envelope)
    apart = _nearest(data.scaled(data.x), data.scaled(data.x), data.groups, data.groups)
    derived = float(np.quantile(model.left_out()[1], quantile, method="higher"))
    return GuardPayload(
        quantity=data.quantity,
        unit=data.unit,
        inputs=limits,
        model_accepted=True,
        text=(
            "abstains outside the envelope, farther from training data than "
            f"{quantile:g} of the training rows are from other runs, and where the standard deviation "
            f"is above {'the one declared' if spread is not None else 'that share of left-out ones'}"
        ),
        quantile=quantile,
        distance=float(np.quantile(apart, quantile, method="higher")),
        spread=spread if spread is not None else derived,
        spread_origin="derived" if spread is None else "declared",
    )


def refusal(payload: ModelPayload) -> GuardPayload:
    """Return the guard of a refused model: it abstains everywhere, with the reason of the refusal."""
    return GuardPayload(
        quantity=payload.quantity,
        unit=payload.unit,
        inputs=tuple(
            Limits(name=item.name, unit=item.unit, low=item.low, high=item.high) for item in payload.inputs
        ),
        model_accepted=False,
        text=payload.text,
        quantile=QUANTILE,
        distance=None,
        spread=None,
        spread_origin="derived",
    )


def decide(model: Model | None, rule: GuardPayload, points: FloatArray) -> tuple[Decision, ...]:
    """Return the decision at each point.

    Parameters
    ----------
    model
        The model; None where it was refused.
    rule
        Its guard.
    points
        Shape (m, d), columns in the order of `rule.inputs`, in their units.

    Raises
    ------
    InputError
        If the guard is of another model or the points have another shape.
    """
    x = np.asarray(points, dtype=np.float64)
    if x.ndim != 2 or x.shape[1] != len(rule.inputs):
        raise InputError(f"points have shape {x.shape}; give a column for each of {len(rule.inputs)} inputs")
    if model is None or not rule.model_accepted or rule.distance is None or rule.spread is None:
        return (Decision("model-refused", f"the model was refused: {rule.text}"),) * len(x)
    data = model.data
    names = [item.name for item in rule.inputs]
    if data.quantity != rule.quantity or [item.name for item in data.inputs] != names:
        raise InputError(f"the guard of {rule.quantity} is not that of the model of {data.quantity}")
    outside = [_outside(rule.inputs, row) for row in x]
    # Far outside (or at NaN) the model is not even asked.
    asked = np.where(np.array([text != "" for text in outside])[:, None], data.x[:1], x)
    others = np.full(x.shape[0], -1, dtype=np.int64)
    away = _nearest(data.scaled(asked), data.scaled(data.x), others, None)
    sd = model.predict(asked)[1]
    return tuple(
        Decision("outside-range", text)
        if text
        else _near_data(rule, rule.distance, rule.spread, float(away[i]), float(sd[i]))
        for i, text in enumerate(outside)
    )


def abstains(model: Model, rule: GuardPayload, points: FloatArray) -> BoolArray:
    """Return where the guard does not let the model speak, for very many points at once.

    Parameters
    ----------
    model, rule, points
        As for `decide`; an accepted model.

    Returns
    -------
    BoolArray
        Shape (m,): what `decide` says with a reason, up to round-off at the edges.
    """
    from scipy.spatial import cKDTree  # a third of a second to load: only where a million points are asked

    x = np.asarray(points, dtype=np.float64)
    if not rule.model_accepted or rule.distance is None or rule.spread is None:
        return np.ones(x.shape[0], dtype=bool)
    slack = _ROUNDING * np.array([item.high - item.low for item in rule.inputs])
    low = np.array([item.low for item in rule.inputs]) - slack
    high = np.array([item.high for item in rule.inputs]) + slack
    silent: BoolArray = np.asarray(((x < low) | (x > high) | np.isnan(x)).any(axis=1))
    asked, data = np.flatnonzero(~silent), model.data
    if asked.size:
        tree = cKDTree(data.scaled(data.x))
        away = tree.query(data.scaled(x[asked]))[0]
        silent[asked] = (away > rule.distance) | (model.predict(x[asked])[1] > rule.spread)
    return silent


def _near_data(rule: GuardPayload, distance: float, spread: float, away: float, sd: float) -> Decision:
    if away > distance:
        return Decision(
            "sparse-data",
            f"the nearest training run is {away:.3g} of the ranges away, {distance:.3g} is the limit",
        )
    if sd > spread:
        unit, origin = rule.unit, rule.spread_origin
        return Decision(
            "spread", f"standard deviation {sd:.4g} {unit} is above the {origin} limit {spread:.4g} {unit}"
        )
    return Decision(None, "")


def _limits(model: Model, envelope: Mapping[str, tuple[float, float]]) -> tuple[Limits, ...]:
    unknown = sorted(set(envelope) - {item.name for item in model.data.inputs})
    if unknown:
        raise InputError(f"the envelope names {', '.join(unknown)}, which the model does not know")
    limits = []
    for item in model.data.inputs:
        low, high = envelope.get(item.name, (item.low, item.high))
        slack = _ROUNDING * (item.high - item.low)
        if not item.low - slack <= low <= high <= item.high + slack:
            raise InputError(
                f"envelope [{low}, {high}] of {item.name} is not inside the range [{item.low}, {item.high}]"
            )
        limits.append(Limits(name=item.name, unit=item.unit, low=low, high=high))
    return tuple(limits)


def _outside(inputs: Sequence[Limits], row: FloatArray) -> str:
    """Name the first input outside its limits; a NaN is outside."""
    for item, value in zip(inputs, row, strict=True):
        slack = _ROUNDING * (item.high - item.low)
        if not item.low - slack <= value <= item.high + slack:
            return f"{item.name} = {value:g} {item.unit} is outside [{item.low:g}, {item.high:g}] {item.unit}"
    return ""


def _nearest(
    points: FloatArray,
    rows: FloatArray,
    groups: IntArray,
    row_groups: IntArray | None,
) -> FloatArray:
    """Return the distance of each point to the nearest row, of another run where `row_groups` is given."""
    nearest = np.empty(points.shape[0])
    for i, point in enumerate(points):
        squared = ((rows - point) ** 2).sum(axis=1)
        if row_groups is not None:
            squared = squared[row_groups != groups[i]]
        nearest[i] = np.sqrt(squared.min())
    return nearest
