"""Payloads of the records of a plan that decides run by run: its steps and what they came to."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from assay.showing.records import Frozen

Fraction = Annotated[float, Field(ge=0.0, le=1.0)]


class RecordedBet(Frozen):
    """Where the runs of a step are drawn and how much is staked on them (`statistics.Bet`)."""

    edges: tuple[float, ...]
    density: tuple[float, ...]
    control: tuple[float, ...]
    norm: tuple[float, float]
    """Lower and upper end of the mean of `density` over the law."""
    C: tuple[float, float]
    """Lower and upper end of the mean of `control` over the law."""
    shown: Annotated[float, Field(ge=0.0)]
    refuted: Annotated[float, Field(ge=0.0)]
    goal: Literal["shown", "refuted"]
    growth: float
    expected_runs: float | None
    """None: without end, as far as is believed."""


class StepPayload(Frozen):
    """One step of a sequential plan, fixed before its runs: what is drawn and what is staked."""

    criterion: str
    configuration: str
    study: str
    case: str | None
    attempt: int
    number: int
    """Number of the step, from 1."""
    first: int
    """Index of its first run in the plan."""
    level: Fraction
    """Error level at which it is shown."""
    refuting_level: Fraction
    """Error level at which it is refuted: a share of the claim's, for one case refutes them all."""
    allowed: Fraction
    spent: Fraction
    """Error that the bounds of this step's constants take."""
    cheap: int
    """Draws of the law from which the constants were bounded."""
    left: int | None
    """Runs that the plan still had; None: no end in sight."""
    seed: str
    bet: RecordedBet
    predicted: tuple[Fraction, ...]
    """The surrogate's probability of failing at each place, before the run."""
    places: tuple[dict[str, float], ...]
    wealth_shown: Annotated[float, Field(ge=0.0)]
    """Before the step."""
    wealth_refuted: Annotated[float, Field(ge=0.0)]


class WealthPayload(Frozen):
    """What a sequential plan has come to; its blob ``path`` has a line a run."""

    criterion: str
    configuration: str
    study: str
    case: str | None
    attempt: int
    level: Fraction
    refuting_level: Fraction
    allowed: Fraction
    horizon: int
    """Runs that the attempt planned for; it may be extended beyond."""
    steps: int
    runs: int
    not_within: int
    beyond: int
    wealth_shown: float
    """Largest on the path."""
    wealth_refuted: float
    decided: Literal["shown", "refuted"] | None
    decided_at: int | None
    """Index of the run with which it was decided."""
