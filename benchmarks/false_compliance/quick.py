"""The gates in a minute, for continuous integration; and a check that the gates can see.

A benchmark that nothing can fail proves nothing: the Gaussian process's mean, known to be wrong, has to fail
the same gate on the same programmes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from benchmarks.false_compliance import procedures, report, validity
from benchmarks.false_compliance.harness import Cell, Store, run
from benchmarks.false_compliance.problems import Family

FAMILIES = ("dust", "loads", "mesh_honest", "series", "spike")
SCALE = 0.05
PROGRAMMES = 40
BUDGETS: dict[float, tuple[int, ...]] = {0.05: (60,), 0.01: (60,)}


def main(families: Sequence[Family], module: str, workers: int, say: Callable[[str], None]) -> int:
    """Run a small share of the benchmark in memory; return 1 if a gate fails or sees nothing."""
    few = [family for family in families if family.name in FAMILIES] or list(families)[:5]
    by_name = {family.name: family for family in families}
    store = Store(None, "procedures", module)
    held = run(validity.cells(few, SCALE, (0.05,)), store, workers=workers, families=module, say=say)
    found = report.validity(held)
    whole = run(boundary(few, procedures.GATED), store, workers=workers, families=module, say=say)
    pooled = report.procedures_gate(whole, by_name)
    bad = run(boundary(few, ("gp-mean",)), store, workers=workers, families=module, say=say)
    wrong = report.gate([("gp-mean", sum(procedures.is_false(record) for record in bad.values()), len(bad))])
    say(f"validity: {found['cells']} cells, {'holds' if found['holds'] else 'FAILED'}")
    say(f"procedures: {pooled['cells']} pools, {'holds' if pooled['holds'] else 'FAILED'}")
    say(f"the gate {'catches' if not wrong['holds'] else 'MISSES'} the Gaussian process's mean")
    for row in [*found["failed"], *pooled["failed"]]:
        say(f"FAILED {row['cell']}: {row['events']} of {row['trials']}, lower limit {row['lower_limit']:.4f}")
    return 0 if found["holds"] and pooled["holds"] and not wrong["holds"] else 1


def boundary(families: Sequence[Family], methods: Sequence[str]) -> list[Cell]:
    """Return boundary programmes with small budgets."""
    return procedures.cells(families, methods, PROGRAMMES, BUDGETS, procedures.BOUNDARY)
