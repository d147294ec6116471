"""Errors carry a sentence and an exit status, and form one tree."""

from __future__ import annotations

import inspect

import pytest

from assay import errors
from assay.errors import AssayError, InputError, Problem

EXIT = {
    "AssayError": 5,
    "CheckFailedError": 1,
    "EvidenceError": 1,
    "InputError": 2,
    "MissingSoftwareError": 3,
    "StoppedError": 4,
    "TrustError": 2,
}
CLASSES = [c for _, c in inspect.getmembers(errors, inspect.isclass) if issubclass(c, Exception)]


def test_every_error_has_its_exit_status() -> None:
    assert {c.__name__: c.exit_status for c in CLASSES} == EXIT


@pytest.mark.parametrize("kind", CLASSES)
def test_the_message_is_what_its_reader_sees(kind: type[AssayError]) -> None:
    error = kind("say what to do")
    assert isinstance(error, AssayError)
    assert error.message == str(error) == "say what to do"


def test_a_problem_names_file_line_found_and_remedy() -> None:
    found = Problem("criteria.toml", 12, "limit 1.15", "write factor('RULE 9')")
    assert str(found) == "criteria.toml:12: limit 1.15; write factor('RULE 9')"
    assert str(Problem("a.csv", None, "is missing", "add it")) == "a.csv: is missing; add it"
    assert InputError("two problems", [found, found]).problems == (found, found)
