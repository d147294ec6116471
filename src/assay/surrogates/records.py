"""Payload of a `model` record; its JSON Schema is generated from here."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, model_validator

Reason = Literal[
    "accepted", "too-few-runs", "constant-output", "no-better-than-constant", "no-better-than-linear"
]
"""Why a model may be used, or why not."""


class Frozen(BaseModel):
    """Immutable, closed, no NaN."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid", allow_inf_nan=False)


class Input(Frozen):
    """A factor as the model sees it."""

    name: str
    unit: str
    low: float
    """Lower end of the study's range."""
    high: float

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.low < self.high:
            raise ValueError(f"range [{self.low}, {self.high}] of {self.name} is empty or reversed")
        return self


class Score(Frozen):
    """How well a model predicts rows of runs that it was not fitted to (cross-validation)."""

    model: str
    """``constant``, ``linear`` or the family."""
    rmse: float
    """In the quantity's unit."""
    q2: float
    """1 - (sum of squared errors) / (sum of squares about the mean); 1 is perfect, 0 a constant."""


class ModelPayload(Frozen):
    """A trained model and what it was tested against; the arrays are in the record's blob."""

    family: str
    quantity: str
    unit: str
    inputs: tuple[Input, ...]
    rows: int
    """Rows trained on."""
    runs: int
    """Runs that the rows came from; a run never lies on both sides of a fold."""
    folds: int
    """Folds of the cross-validation; 0 where there was none."""
    form: dict[str, str]
    """What the family chose by leave-one-run-out error, such as ``transform``."""
    hyperparameters: dict[str, float]
    scores: tuple[Score, ...]
    """Constant, linear, family; empty where there was no cross-validation."""
    accepted: bool
    reason: Reason
    text: str
    """The reason as a sentence."""
    seed: str
    """Digest that seeded folds and starts."""
