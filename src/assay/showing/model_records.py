"""Payloads of the records under which a model's own statement is credited, once accepted (rung 3)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from assay.showing.frozen import Frozen
from assay.showing.residual_records import Contradiction, Share

Width = Annotated[float, Field(ge=0.0)]


class ModelStatementPayload(Frozen):
    """What a model states of the violating fraction, on draws of its own; made once the attempt is on file.

    A draw counts as not within if it lies outside a factor's range, where the model's guard abstains, or
    where the mean of the model, moved by `width` to the side that harms, is not within.
    """

    criterion: str
    configuration: str
    study: str
    quantity: str
    attempt: int
    role: str
    """Who has to accept it, by ``[accept] model`` of the programme."""
    level: Share
    """Error level of the attempt; the conformal interval leaves out so large a share of runs."""
    allowed: Share
    seed: str
    draws: Annotated[int, Field(ge=1)]
    """Draws of the law at which the model was asked; no solver run."""
    outside: Annotated[int, Field(ge=0)]
    """Draws outside a factor's range."""
    silent: Annotated[int, Field(ge=0)]
    """Draws in the ranges at which the guard abstains."""
    wide: Annotated[int, Field(ge=0)]
    """Other draws that are not within once the width is added to their harm."""
    rows: Annotated[int, Field(ge=0)]
    """Training rows that were left out in turn."""
    two_sd: Width
    """Two deviations about the law, in the quantity's unit: of the model's own and the cross-validated one
    the larger."""
    conformal: Width | None
    """The error that 1 - `level` of the left-out runs keep to; None where they are too few for the level."""
    width: Width | None
    """The larger of the two; None, and nothing is within, where one of them is missing."""
    within_low: float | None
    """Smallest value of the quantity that is within with every error charged; None: no such end."""
    within_high: float | None
    bound: Share
    """Upper Clopper-Pearson limit of the share that is not within, at `level`."""
    attained: Share

    @property
    def not_within(self) -> int:
        """Return how many draws count as not within."""
        return self.outside + self.silent + self.wide


class ModelCheckPayload(Frozen):
    """How a model's statement fared; its blob ``checks`` has a line a run that the model had not seen."""

    criterion: str
    configuration: str
    study: str
    quantity: str
    attempt: int
    width: Width | None
    runs: Annotated[int, Field(ge=0)]
    """Runs inside the envelope, on the finest level, that the model was not trained on."""
    places: Annotated[int, Field(ge=0)]
    """Different points among them: so many checks."""
    required: Annotated[int, Field(ge=1)]
    """max(8, 2 x varied factors)."""
    violating: Annotated[int, Field(ge=0)]
    """Runs farther from the model's mean than its width; one ends the statement."""
    violations: tuple[Contradiction, ...]
    """The worst of them, the worst first."""


class Stated(Frozen):
    """What a model states, how that fared against runs, and who has to accept it (rung 3)."""

    role: str
    draws: Annotated[int, Field(ge=1)]
    """Draws of the law at which the model alone was asked."""
    not_within: Annotated[int, Field(ge=0)]
    width: Width | None
    """In the quantity's unit."""
    checks: Annotated[int, Field(ge=0)]
    required: Annotated[int, Field(ge=1)]
    violations: Annotated[int, Field(ge=0)]
    accepted: bool
    """Whether somebody who holds the role, and is not the author, has accepted this statement."""
