"""What a solver is: factors in, quantities and fields out, a version, a refinement knob."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Field:
    """A quantity on a mesh; the one definition of a field in Assay (float64, C order)."""

    points: FloatArray
    """Node coordinates, shape (n, 3), in `length_unit`."""
    cells: IntArray
    """Triangles of the surface as node numbers, shape (m, 3)."""
    values: FloatArray
    """Shape (n, components) or (m, components) by `association`."""
    association: Literal["node", "cell"]
    unit: str
    length_unit: str
    components: tuple[str, ...] = ("value",)


@dataclass(frozen=True)
class Request:
    """One solver run: one geometry and mesh, one or many rows of factors that act on it."""

    factors: Mapping[str, float]
    """Every factor of the study, in the study's units."""
    rows: tuple[Mapping[str, float], ...]
    """At least one; each overrides some of `factors`. One `Response` is returned per row."""
    settings: Mapping[str, float]
    """Refinement knobs (``[verification] levels``) at the wanted level."""
    superpose: tuple[str, ...] = ()
    """Factors in which the study declares the response linear: the adapter may combine unit
    solutions over them. Empty: every row must be solved anew, never by superposition."""
    fields: tuple[str, ...] = ()
    """Names of quantities whose field is wanted for every row."""


@dataclass(frozen=True)
class Response:
    """What the solver says for one row."""

    quantities: Mapping[str, float]
    """Every scalar quantity of the study, in the study's units."""
    places: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    """Where a maximum sits, coordinates in the study's length unit."""
    checks: Mapping[str, float] = field(default_factory=dict)
    """Residual-like numbers that must be below `CHECK_LIMITS`-style limits of the adapter, e.g.
    ``equilibrium``; plus plain facts such as ``dof``."""
    fields: Mapping[str, Field] = field(default_factory=dict)


class Solver(Protocol):
    """An adapter bound to a study's own files. One file an adapter, found by entry point."""

    superposes: bool
    """Whether `Request.superpose` is used, so that many rows cost one run."""

    def version(self) -> str:
        """Name and version of the program that computes, without path or time."""
        ...

    def solve(self, request: Request) -> Sequence[Response]:
        """Solve one request, one response per row, in order.

        Raises
        ------
        SolverError
            With a reason code when the run failed; anything else that is raised becomes ``crash``.
        """
        ...


class SolverError(Exception):
    """A run failed in a way that the adapter can name."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        """``not-converged``, ``invalid-geometry``, ``unbalanced``, ``nan``, ``crash``, ``time-limit``."""
        self.message = message

    def __reduce__(self) -> tuple[type[SolverError], tuple[str, str]]:
        return (SolverError, (self.reason, self.message))
