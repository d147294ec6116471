"""What is to be run: points, and blocks of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from assay.errors import InputError
from assay.solvers import Request, SolverSpec

Purpose = Literal[
    "training",
    "nominal",
    "verification",
    "refutation",
    "validation",
    "refined",
    "sequential",
    "residual",
    "structure-test",
    "picture",
]


@dataclass(frozen=True)
class Point:
    """One solver run of a block, with the names of its rows."""

    index: int
    """Draw index; unique in the block, from 0."""
    request: Request
    keys: tuple[str, ...]
    """Row keys, one for each of ``request.rows``: ``""`` the draw itself, else case or corner."""
    refused: str | None = None
    """Reason for which the solver is not run here at all, such as ``outside-range``: a failed run."""


@dataclass(frozen=True)
class Block:
    """Runs that are planned, made and recorded together."""

    subject: str
    """Subject of the record, e.g. ``tray@nominal/validation-1``."""
    purpose: Purpose
    study: str
    configuration: str | None
    recipe: str
    """Digest of all that determines the runs, the solver's version and the user's files among it."""
    inputs: Mapping[str, str]
    """Role to the id of the record the block was made from."""
    points: tuple[Point, ...]
    quantities: tuple[str, ...]
    """Every scalar quantity that a response has to give, no more and no less."""
    level: Mapping[str, float]
    """Settings of the solver."""
    spec: SolverSpec
    seed: str | None = None
    """Digest from which the draws were made."""
    time_limit: float | None = None
    """Seconds a run may take; None is the pool's own limit."""
    check_limits: Mapping[str, float] = field(default_factory=lambda: {"equilibrium": 1e-6})
    """Largest absolute value of a response's check; above it the row is failed as ``unbalanced``."""

    def __post_init__(self) -> None:
        indices = [point.index for point in self.points]
        if len(set(indices)) != len(indices) or any(index < 0 for index in indices):
            raise InputError(f"block {self.subject}: the points' indices are not unique and from 0")
        for point in self.points:
            if not point.keys or len(set(point.keys)) != len(point.keys):
                raise InputError(f"block {self.subject}: point {point.index} has no rows or a row twice")
            if len(point.keys) != len(point.request.rows):
                raise InputError(f"block {self.subject}: point {point.index} has rows without a name")

    @property
    def key(self) -> str:
        """Return the name under which the store keeps the rows of the unfinished block."""
        return f"{self.recipe} {self.subject}"

    @property
    def solves(self) -> int:
        """Return how many solver runs the block is: one a point where rows share a run, else one a row."""
        return sum(1 if self.spec.superposes else len(point.keys) for point in self.points)
