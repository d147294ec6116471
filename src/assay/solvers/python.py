"""The adapter ``python``: physics written as a Python function of scalars.

``solve(factors: dict[str, float], settings: dict[str, float]) -> dict[str, float]`` is called once
per row, each time anew; nothing is superposed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from assay.solvers.protocol import Request, Response, SolverError


class PythonSolver:
    """A function of factors and settings, as a solver."""

    superposes: ClassVar[bool] = False

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function

    @staticmethod
    def version() -> str:
        """Return the language's version; what the function imports is in the lock file."""
        return f"python-{sys.version_info.major}.{sys.version_info.minor}"

    def solve(self, request: Request) -> Sequence[Response]:
        """Call the function once a row.

        Raises
        ------
        SolverError
            ``bad-output`` if it returns anything but names with numbers; what the function raises
            itself passes through. A number that is not finite passes too: it fails its own row only.
        """
        if request.fields:
            raise SolverError("bad-output", "the adapter `python` gives scalars only, no fields")
        return [
            Response(_quantities(self._function({**request.factors, **row}, dict(request.settings))))
            for row in request.rows
        ]


def _quantities(answer: object) -> dict[str, float]:
    if not isinstance(answer, Mapping):
        raise SolverError("bad-output", f"the function returned {type(answer).__name__}, not a dict")
    return {str(name): _number(str(name), value) for name, value in answer.items()}


def _number(name: str, value: object) -> float:
    if isinstance(value, bool | str | bytes):
        raise SolverError("bad-output", f"{name} is {type(value).__name__}, not a number")
    try:
        return float(value)  # type: ignore[arg-type]  # numpy's scalars are numbers too
    except (TypeError, ValueError, OverflowError) as error:
        raise SolverError("bad-output", f"{name} is {type(value).__name__}, not a number") from error
