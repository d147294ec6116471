"""Payloads of `solution-verification` and `validation` records; JSON Schemas come from these.

Levels are listed coarse to fine throughout, as the study declares them.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

SizeSource = Literal["elements", "dof", "knob"]
"""Element counts, else degrees of freedom (h = N**(-1/dimension)), else the knob's own values."""

Classification = Literal[
    "monotone",
    "oscillatory",
    "divergent",
    "order-out-of-range",
    "exact",
    "two-levels",
    "one-level",
    "failed",
]


class Frozen(BaseModel):
    """Immutable, closed, no NaN."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid", allow_inf_nan=False)


class PointLevels(Frozen):
    """A point that was solved on every level."""

    label: str
    """``centre``, or what it is the worst point of."""
    row: str
    """Row key of the run table."""
    factors: dict[str, float]
    sizes: tuple[float, ...]
    """Mesh sizes; only their ratios count."""
    size_source: SizeSource
    counts: tuple[float, ...] | None
    """Elements or degrees of freedom, where the sizes come from them."""
    ratios: tuple[float, ...]
    """Refinement ratios, coarser over finer, each above 1."""
    notes: tuple[str, ...]
    """What a reader should know: a ratio below 1.3, counts that could not be used."""


class PointVerification(Frozen):
    """One quantity at one point."""

    point: str
    """Label of the point."""
    values: tuple[float | None, ...]
    """In the quantity's unit; None where the level failed."""
    classification: Classification
    order: float | None
    """Observed order, wherever its equation has a positive solution."""
    extrapolated: float | None
    """Value at mesh size zero; an estimate only where monotone."""
    index: float | None
    """Grid convergence index of the finest level, relative; None unless monotone."""
    asymptotic_ratio: float | None
    """GCI of the coarser pair / (r^p GCI of the finer)."""
    absolute: float | None
    """Error of the finest level, in the quantity's unit; None where it could not be assessed."""
    relative: float | None
    """absolute / |finest value|."""
    reason: str


class QuantityVerification(Frozen):
    """One quantity over all points, and what is charged to every run of it."""

    quantity: str
    unit: str
    formal_order: float
    points: tuple[PointVerification, ...]
    largest_relative: float | None
    """Largest relative error over the points; None if one of them could not be assessed."""
    worst_point: str | None
    charge: float | None
    """factor x largest_relative, charged to every run as a share of |q|; None: not assessed."""
    text: str


class SolutionVerificationPayload(Frozen):
    """Is the solver solved right? The charged numerical error of each quantity of a study."""

    study: str
    configuration: str | None
    knobs: dict[str, tuple[float, ...]]
    """Refinement knobs as declared."""
    factor: float
    """Stated factor on the largest relative error."""
    round_off: float
    """Relative difference between levels that is taken for the solver's noise."""
    dimension: int
    """Space dimension with which counts become sizes."""
    points: tuple[PointLevels, ...]
    quantities: tuple[QuantityVerification, ...]


class LevelResult(Frozen):
    """What one level coarser than the finest may be off by, and how its checks went."""

    level: int
    """1 is the finest."""
    knobs: dict[str, float]
    bounds: dict[str, float | None]
    """Quantity to U_j in its unit, charged to every run of the level; None: the level decides nothing."""
    decided: int
    """Draws that the level decided, within and beyond alike."""
    checked: tuple[int, ...]
    """Of these the draws picked from the seed before the first run, and run on the finest level."""
    misses: tuple[int, ...]
    """Draws run on both levels that differ by more than a bound."""
    worst: float | None
    """Largest |q_j - q_1| / U_j over all that was run on both."""
    excluded: float | None
    """Rate of misses that the checks exclude at 95 %; None after a miss."""
    void: bool


class LevelCheckPayload(Frozen):
    """Do runs on the finest level bear out the bounds of coarser ones? One block of draws."""

    study: str
    configuration: str
    block: int
    seed: str
    draws: int
    factor: float
    """Stated factor on the largest bound over the verification points."""
    levels: tuple[LevelResult, ...]
    """Coarse to fine, without the finest."""


class ValidationPayload(Frozen):
    """Is it the right model? The declared basis of the model-form error and what it charges."""

    study: str
    basis: Literal["measured", "similarity", "allowance", "none"]
    factor: float
    """Allowance factor; 1 where the basis is another."""
    approver: str
    approved: bool
    statement: str
    """The author's reason."""
    assessed: bool
    """False: nothing of the study can be SHOWN."""
    up: float | None
    """Charged upwards as a share of |q|; None where not assessed, like `down`."""
    down: float | None
    text: str
