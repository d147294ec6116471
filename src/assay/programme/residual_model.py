"""A bound on how far the frozen model of a quantity is from the solver, as its author declares it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ResidualBound:
    """|q(x) - s(x)| <= absolute + relative |s(x)| for every x in the ranges, q the solver, s the model."""

    absolute: float
    """In the quantity's unit; at least 0."""
    relative: float
    """Share of the model's value; at least 0. One of the two is above 0."""
    reason: str
    """Where the bound comes from: not from the runs that the model was trained on."""
