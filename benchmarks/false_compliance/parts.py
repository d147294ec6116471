"""Which module works which part; what a worker calls."""

from __future__ import annotations

from functools import cache
from typing import Any

from benchmarks.false_compliance import everywhere, libraries, procedures, validity
from benchmarks.false_compliance.families import load
from benchmarks.false_compliance.harness import Cell
from benchmarks.false_compliance.problems import Family

WORK = {
    "validity": validity.result,
    "procedures": procedures.result,
    "peers": procedures.result,
    "libraries": libraries.result,
    "everywhere": everywhere.result,
}


@cache
def known(module: str) -> dict[str, Family]:
    """Return a module's families by name."""
    return {family.name: family for family in load(module)}


def result(cell: Cell, module: str) -> dict[str, Any]:
    """Return the result of one cell."""
    return WORK[cell.part](cell, known(module))
