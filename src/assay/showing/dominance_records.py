"""Payloads of a plan that rests on declared signs: its steps, and what they came to (rung 2)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from assay.showing.records import Frozen

Share = Annotated[float, Field(ge=0.0, le=1.0)]


class RecordedMasses(Frozen):
    """Upper ends of what a step gives up and of what it gives up or leaves undecided."""

    conceded: Share
    reach: Share
    """Of what is conceded or undecided; the rest is proved by runs under the declared signs."""


class DominanceStepPayload(Frozen):
    """One step, fixed before its runs: a run placed to prove much, or draws of what is undecided."""

    criterion: str
    configuration: str
    study: str
    attempt: int
    number: int
    """Number of the step, from 1."""
    first: int
    """Index of its first run in the plan."""
    kind: Literal["certify", "draw", "end"]
    """end: nothing that is left to run is believed to show the claim."""
    signs: dict[str, int]
    """Factor to 1 where the quantity is declared to rise in it, -1 where it is declared to fall."""
    level: Share
    """Level of the wealth: what the masses leave of the attempt's."""
    allowed: Share
    spent: Share
    """Error that the masses of this step take; 0 where nothing is drawn."""
    cheap: int
    """Draws of the law from which they were bounded, none of which chose the region."""
    masses: RecordedMasses | None
    threshold: Share | None
    """What is believed to fail with at least this probability is conceded; None: nothing for that."""
    left: int | None
    """Runs that the plan still had; None: beyond what it planned."""
    seed: str
    predicted: tuple[Share, ...]
    """The model's probability of not being within at each place, before the run."""
    places: tuple[dict[str, float], ...]
    wealth: Annotated[float, Field(ge=0.0)]
    """Before the step."""


class DominanceRow(Frozen):
    """One run of such a plan."""

    index: int
    step: int
    drawn: bool
    """Whether it was drawn at random from what was undecided; else it was placed."""
    state: Literal["within", "beyond", "open"]
    wealth: Annotated[float, Field(ge=0.0)]
    """After the run; only what was drawn changes it."""


class DominancePayload(Frozen):
    """What a plan that rests on declared signs has come to, run by run."""

    criterion: str
    configuration: str
    study: str
    attempt: int
    level: Share
    allowed: Share
    horizon: int
    """Runs that the attempt planned for."""
    steps: int
    placed: int
    drawn: int
    not_within: int
    """Of the runs drawn at random."""
    beyond: int
    """Of all runs."""
    masses: RecordedMasses | None
    """Of the last step that drew or needed no draw."""
    enough: bool
    """Whether no more was left undecided or conceded than may violate, so that nothing was to be drawn."""
    wealth: float
    """Largest on the path."""
    decided: Literal["shown"] | None
    decided_at: int | None
    """Index of the run with which it was decided; None also where nothing was to be drawn."""
    rows: tuple[DominanceRow, ...]
