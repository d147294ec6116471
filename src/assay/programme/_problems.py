"""Collecting everything that is wrong with a programme, each thing with its place and its remedy."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from assay.errors import InputError, Problem

MAX_REPORTED = 200


class TooManyProblems(Exception):
    """Reading stops: nobody reads more, and an untrusted folder could make it endless."""


class Problems:
    """A growing list of problems; raised once, at the end."""

    def __init__(self) -> None:
        self._found: dict[Problem, None] = {}

    def add(self, file: str, line: int | None, found: str, instead: str) -> None:
        """Note one problem; the same one twice is noted once.

        Raises
        ------
        TooManyProblems
            If enough are noted.
        """
        self._found.setdefault(Problem(printable(file), line, printable(found), printable(instead)))
        if len(self._found) >= MAX_REPORTED:
            raise TooManyProblems

    @property
    def found(self) -> tuple[Problem, ...]:
        """All problems, by file and line."""
        return tuple(sorted(self._found, key=lambda p: (p.file, p.line or 0)))

    def raise_any(self, what: str) -> None:
        """Raise one InputError that carries all problems, if there is any.

        Raises
        ------
        InputError
            If a problem was noted.
        """
        if self._found:
            count = len(self._found)
            lines = "\n".join(f"  {problem}" for problem in self.found)
            noun = "problem" if count == 1 else "problems"
            more = " or more" if count >= MAX_REPORTED else ""
            raise InputError(f"{what} has {count}{more} {noun}:\n{lines}", self.found)


def printable(text: str) -> str:
    """Return `text` on one line without control characters, shortened to 300 characters."""
    clean = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return clean if len(clean) <= 300 else clean[:297] + "..."


def nearest(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """Return an instruction that proposes the known word nearest to `word`."""
    words = list(known)
    close = difflib.get_close_matches(word[:100], words, n=1, cutoff=0.6)
    if close:
        return f"write {close[0]!r}"
    if not words:
        return otherwise or "leave it out"
    shown = ", ".join(map(repr, words[:12])) + (", ..." if len(words) > 12 else "")
    return f"write one of {shown}"
