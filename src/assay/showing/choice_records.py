"""Payload of the record that fixes by which plan a criterion is decided."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from assay.showing.records import Frozen, Rung

Share = Annotated[float, Field(ge=0.0, le=1.0)]


class PlanOption(Frozen):
    """One plan that could decide the criterion, as the model sees it before any draw that counts."""

    rung: Rung
    plan: Literal["fixed", "sequential", "residual", "structure", "structure+fixed"]
    statement: str
    """What it would say."""
    needs: str
    """What has to be declared before it can say so; empty where it can be had as things stand."""
    expected: Annotated[float, Field(ge=0.0)]
    """Believed mean of its solver runs, all parts, on the level on which draws start."""
    ninetieth: Annotated[int, Field(ge=0)]
    """Solver runs that are enough in 90 % of the believed cases."""
    assurance: Share
    """Believed probability that it ends with SHOWN, or SHOWN GIVEN."""
    minutes: Annotated[float, Field(ge=0.0)]
    """Of the expected runs, on one core at the run time that the study states."""


class Saving(Frozen):
    """The declaration that is believed to save most."""

    plan: str
    needs: str
    runs: Annotated[int, Field(ge=1)]
    """Believed solver runs saved, counting what follows where a plan does not show."""


class NextRun(Frozen):
    """The draw of the law at which the model is least sure whether a run is within."""

    factors: dict[str, float]
    failing: Share
    """Believed probability of not being within."""


class ModelStatement(Frozen):
    """What the model itself says of the violating fraction (rung 3): it supports, it is never credited.

    Shares of draws of the law, errors charged, the worst case of the claim; fresh draws, no solver run.
    """

    case: str | None
    draws: int
    allowed: Share
    mean: Share
    """Not within by the centre of the prediction."""
    two_sd: Share
    """Not within once two deviations of the model about the law are added to its harm."""
    conformal: Share | None
    """Not within once `width` is added; None where the training has too few runs for the level."""
    width: Annotated[float, Field(ge=0.0)] | None
    """Of the marginal conformal interval, in the quantity's unit: the error that 1 - `level` of the runs
    keep to, each left out in turn."""
    level: float
    rows: int
    """Training rows that were left out in turn."""


class PlanChoicePayload(Frozen):
    """What was believed from the training data alone, and the plan chosen for it."""

    criterion: str
    configuration: str
    asked: tuple[str, ...]
    """Plans that the criterion asks for, in order; empty: chosen from the training data."""
    plan: Literal["fixed", "sequential"]
    fixed_draws: int
    """Draws of the fixed plan with the level of the first attempt."""
    horizon: int | None
    """Runs after which a sequential plan of one part is to end, budget permitting."""
    expected: float | None
    """Believed runs of the sequential plan to a verdict, over all parts; None: without end."""
    goal: Literal["shown", "refuted"] | None
    """What the sequential plan is believed to end with."""
    believed: Annotated[float, Field(ge=0.0, le=1.0)] | None
    """Violating fraction as the model sees it, of the worst part; None without a model."""
    cheap: int
    """Draws of the law at which the model was asked."""
    options: tuple[PlanOption, ...] = ()
    """Every plan that could decide it, the chosen one first; empty without a model."""
    saves: Saving | None = None
    next_run: NextRun | None = None
    """None where the model is sure of every draw that it was asked about."""
    model: ModelStatement | None = None
