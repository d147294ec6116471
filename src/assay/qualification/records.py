"""Payloads of `guard` and `metrics` records; JSON Schemas are generated from these."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

Abstention = Literal["model-refused", "outside-range", "sparse-data", "spread"]
"""Why a model is not believed at a point, the gravest first."""


class Frozen(BaseModel):
    """Immutable, closed, no NaN."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid", allow_inf_nan=False)


class Limits(Frozen):
    """Where the guard lets an input be; the study's envelope."""

    name: str
    unit: str
    low: float
    high: float


class GuardPayload(Frozen):
    """The rule by which a model abstains; with the model's file it is all that a decision needs."""

    quantity: str
    unit: str
    inputs: tuple[Limits, ...]
    model_accepted: bool
    """False: it abstains everywhere."""
    text: str
    """Why the model was refused, or one sentence on the rule."""
    quantile: float
    """Share of the training rows that `distance` and a derived `spread` let pass, each left out in turn."""
    distance: float | None
    """Largest distance to the nearest training row, ranges scaled to 1; None for a refused model."""
    spread: float | None
    """Largest standard deviation of a prediction, in the quantity's unit."""
    spread_origin: Literal["declared", "derived"]


class Errors(Frozen):
    """Errors (predicted - run) on runs that the model never saw, in the quantity's unit."""

    rows: int
    runs: int
    rmse: float
    mean_absolute: float
    largest_absolute: float
    bias: float
    """Mean of the error."""
    q2: float | None
    """1 - (sum of squares) / (sum about the runs' mean); None where the runs do not vary."""
    within_two_sd: float
    """Share of rows with an error of at most two of the standard deviations predicted."""


class OrderStatisticBound(Frozen):
    """Distribution-free statement on the error (Wilks): true of one model under one law."""

    content: float
    """Share of the law's runs whose error is at most `value`."""
    confidence: float
    value: float
    """In the quantity's unit."""
    rank: int
    """Which largest error it is; 1 is the largest."""
    runs: int


class MetricsPayload(Frozen):
    """How a model did on runs that it never saw."""

    quantity: str
    unit: str
    rows: int
    runs: int
    abstained: dict[Abstention, int]
    """Rows at which the guard abstained, by first reason; only reasons that occurred."""
    abstained_share: float
    believed: Errors | None
    """Over rows at which the guard did not abstain; None where there is none."""
    everywhere: Errors | None
    """Over all rows, guard or not; None for a refused model."""
    bound: OrderStatisticBound | None
    """On the error of a run at which the guard does not abstain; supporting evidence, never credited."""
    bound_text: str
    """What the bound says and assumes, or why there is none."""
