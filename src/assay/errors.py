"""What can go wrong, as one small tree; every error carries a sentence for its reader.

The exit status of the command line is a property of the error's class, so that no command decides it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Problem:
    """One thing wrong in one place of an input file."""

    file: str
    """Path relative to the programme folder, with forward slashes."""
    line: int | None
    """1-based line; None where the file as a whole is meant."""
    found: str
    """What stands there."""
    instead: str
    """What to write instead, as an instruction."""

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.found}; {self.instead}"


class AssayError(Exception):
    """Root of everything that Assay raises on purpose."""

    exit_status: ClassVar[int] = 5

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InputError(AssayError):
    """The programme, an argument or a file cannot be used as it is; carries every problem found."""

    exit_status: ClassVar[int] = 2

    def __init__(self, message: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__(message)
        self.problems = tuple(problems)


class TrustError(InputError):
    """Solver code of the programme has not been trusted in its present form."""


class MissingSoftwareError(AssayError):
    """A program or optional package that this step needs is not installed."""

    exit_status: ClassVar[int] = 3


class CheckFailedError(AssayError):
    """A check that was asked for (verify, --require-shown, --final) did not pass."""

    exit_status: ClassVar[int] = 1


class EvidenceError(CheckFailedError):
    """Stored evidence is unreadable, truncated or not what its digest says."""


class StoppedError(AssayError):
    """Interrupted, out of budget, out of disk, or the programme is in use; run again to resume."""

    exit_status: ClassVar[int] = 4
