"""Payloads of the records of a plan under a declared bound on the model's error (rung 1)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from assay.showing.frozen import Frozen

Share = Annotated[float, Field(ge=0.0, le=1.0)]


class DeclaredBound(Frozen):
    """|q - s| <= absolute + relative |s|, as the study declares it."""

    absolute: Annotated[float, Field(ge=0.0)]
    relative: Annotated[float, Field(ge=0.0)]
    reason: str


class BandPayload(Frozen):
    """How the bound sorts the law, and the plan for what it leaves undecided; fixed before the attempt."""

    criterion: str
    configuration: str
    study: str
    quantity: str
    attempt: int
    """Number of the attempt that the plan is for."""
    declared: DeclaredBound
    within_low: float | None
    """Smallest value of the quantity that is within with every error charged; None: no such end."""
    within_high: float | None
    level: Share
    """Error level of the attempt."""
    allowed: Share
    spent: Share
    """Error that the masses take, a part of the level."""
    planning: int
    """Draws of the law from which the concession was chosen."""
    cheap: int
    """Further draws of the law, from which the masses were bounded; no solver run."""
    seed: str
    threshold: float | None
    """Undecided points that are believed to fail with this probability or more are conceded; None: none."""
    safe: int
    """Of `cheap`: within under the declared bound, and the model's guard lets it speak."""
    undecided: int
    conceded: int
    """Of `cheap`: outside a factor's range, beyond under the bound, or given up."""
    mass_conceded: Share
    """Upper limit of the mass of what is conceded."""
    mass_reach: Share
    """Upper limit of the mass of what is conceded or undecided."""
    share: float
    """Fraction of the undecided part that may fail; 1 or more: nothing has to be drawn."""
    draws: int | None
    """Draws of the plan; None: no plan of reasonable size can show the claim."""
    whole: bool
    """Whether the draws are of the whole law: nothing has to be drawn, they only check the declaration."""
    power: Share
    """Believed probability that the plan shows the claim."""
    expected: float | None
    """Believed runs: the draws, and the fixed plan's in case that they do not show it; None: no plan."""


class BandDrawsPayload(Frozen):
    """Where a plan runs the solver: independent draws of the undecided part, by rejection."""

    criterion: str
    configuration: str
    study: str
    attempt: int
    seed: str
    tried: int
    """Draws of the law that were sorted until enough of them lay in the part."""
    places: tuple[dict[str, float], ...]
    predicted: tuple[float, ...]
    """The model's value at each place, before the run."""


class Contradiction(Frozen):
    """A run that is farther from the model than is declared."""

    record: str
    index: int
    row: str
    quantity: float
    predicted: float
    bound: float


class ResidualPayload(Frozen):
    """What the plan has come to; its blob ``checks`` has a line a run held against the bound."""

    criterion: str
    configuration: str
    study: str
    quantity: str
    attempt: int
    declared: DeclaredBound
    level: Share
    allowed: Share
    spent: Share
    mass_conceded: Share
    mass_reach: Share
    share: float
    planned: int
    """Draws of the plan."""
    whole: bool
    not_within: int
    beyond: int
    checks: int
    violating: int
    """Of these runs, those that are farther from the model than is declared; one falsifies it."""
    violations: tuple[Contradiction, ...]
    """The worst of them, the worst first."""
    state: Literal["shown", "not-shown", "falsified"]
    bound: Share | None
    """Upper limit of the violating fraction at the level; None if falsified."""
    attained: Share | None


class Residual(Frozen):
    """What a declared bound on the model's error leaves, and how it fared against runs (rung 1)."""

    absolute: Annotated[float, Field(ge=0.0)]
    """In the quantity's unit."""
    relative: Annotated[float, Field(ge=0.0)]
    """Share of the model's value."""
    mass_conceded: Annotated[float, Field(ge=0.0, le=1.0)]
    """Upper limit of the mass that counts as failing without a run."""
    mass_reach: Annotated[float, Field(ge=0.0, le=1.0)]
    """Upper limit of that mass with the undecided one."""
    spent: Annotated[float, Field(ge=0.0, le=1.0)]
    """Error that the two masses take, a part of the level."""
    whole: bool
    """Whether the draws are of the whole law: the masses alone show the claim, the draws check the bound."""
    checks: int
    """Runs held against the bound."""
    violations: int
