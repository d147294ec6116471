"""Whole procedures with refits: every method on the same programmes, every budget on its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.false_compliance import peers, rungs
from benchmarks.false_compliance.harness import Cell
from benchmarks.false_compliance.problems import Family, points_beyond, problem, stream
from benchmarks.false_compliance.programmes import Outcome, OverBudgetError, Programme

BUDGETS = {0.05: (60, 100, 300, 1000), 0.01: (300, 1000, 3000)}
RATIOS = (0.0, 0.1, 0.25, 0.5, 0.8, 1.02, 1.25, 1.5, 2.0, 4.0)
BOUNDARY = (1.02, 1.25)
"""p/p0 between which the gate pools programmes."""
PROGRAMMES = 200
"""Programmes a family: replicates times ratios times allowed rates."""

Method = Callable[[Programme], Outcome]

RUNGS: dict[str, Method] = {
    "fixed": rungs.fixed,
    "sequential": rungs.sequential,
    "residual": rungs.residual,
    "monotone": rungs.monotone,
    "coarse": rungs.coarse_fixed,
    "auto": rungs.auto,
}
PEERS: dict[str, Method] = {
    "wilks": peers.wilks,
    "gp-mean": peers.gp_mean,
    "gp-2-sigma": peers.gp_two_sigma,
    "normal-factor": peers.normal_factor,
    "conformal": peers.conformal,
    "ppi": peers.prediction_powered,
    "ak-mcs": peers.ak_mcs,
}
GATED = ("fixed", "sequential", "residual", "monotone", "coarse", "auto")
LARGEST: dict[str, int] = {"ak-mcs": 100}
"""Largest budget of a method that fits too often to be given more."""


def applies(method: str, family: Family) -> bool:
    """Say whether a method has anything to do on a family."""
    if method == "monotone":
        return bool(family.signs)
    if method == "coarse":
        return family.name.startswith("mesh_")
    return True


def replicates(programmes: int) -> int:
    """Return how many replicates make at least so many programmes a family."""
    return max(1, -(-programmes // (len(RATIOS) * len(BUDGETS))))


def cells(
    families: Sequence[Family],
    methods: Sequence[str],
    programmes: int = PROGRAMMES,
    budgets: dict[float, tuple[int, ...]] | None = None,
    ratios: Sequence[float] = RATIOS,
    part: str = "procedures",
) -> list[Cell]:
    """Return the cells of all programmes, replicate by replicate."""
    return [
        Cell(part, replicate, family.name, allowed, points_beyond(allowed, ratio), ratio, budget, method)
        for replicate in range(replicates(programmes))
        for family in families
        for allowed, sizes in (budgets or BUDGETS).items()
        for ratio in ratios
        for budget in sizes
        for method in methods
        if applies(method, family) and budget <= LARGEST.get(method, budget)
    ]


def result(cell: Cell, families: dict[str, Family]) -> dict[str, Any]:
    """Return the outcome of one programme."""
    found = problem(families[cell.family], cell.replicate, cell.allowed, cell.beyond)
    programme = Programme(found, cell.budget, stream("programme", cell.key))
    began = time.process_time()
    method = RUNGS.get(cell.method) or PEERS[cell.method]
    try:
        outcome = method(programme)
    except OverBudgetError:
        outcome = programme.outcome("NOT SHOWN")
    record = outcome.as_record()
    record["seconds"] = round(time.process_time() - began, 3)
    record["complies"] = found.complies
    return record


def is_false(record: dict[str, Any]) -> bool:
    """Say whether a verdict is a false SHOWN, with or without GIVEN."""
    return not record["complies"] and record["verdict"] in {"SHOWN", "SHOWN GIVEN"}
