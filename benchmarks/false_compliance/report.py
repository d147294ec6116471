"""From cells to a result: rates with exact intervals, the gates, and the goals with what was found."""

from __future__ import annotations

import os
import platform
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np
from benchmarks.false_compliance import libraries, procedures
from benchmarks.false_compliance.harness import Cell, Record, code_digest
from benchmarks.false_compliance.problems import POOL, SEED, Family
from benchmarks.false_compliance.programmes import ERROR

from assay.statistics import clopper_pearson_lower, clopper_pearson_upper

GATE_ERROR = 0.01
"""Of all gates of a part together: a part that is right fails with at most this probability."""
INTERVAL = 0.025
"""Error of each end of a printed interval."""

Results = Mapping[Cell, Record]


def rate(events: int, trials: int) -> Record:
    """Return a rate with its exact two-sided 95 % interval (Clopper & Pearson 1934)."""
    if trials == 0:
        return {"events": 0, "trials": 0, "rate": None, "low": None, "high": None}
    return {
        "events": events,
        "trials": trials,
        "rate": events / trials,
        "low": clopper_pearson_lower(events, trials, INTERVAL),
        "high": clopper_pearson_upper(events, trials, INTERVAL),
    }


def gate(cells: Iterable[tuple[str, int, int]]) -> Record:
    """Hold rates against 5 %: each exact lower limit at 1 % divided by the number of cells.

    Parameters
    ----------
    cells
        Name, events, trials.
    """
    held = [item for item in cells if item[2]]
    error = GATE_ERROR / max(1, len(held))
    rows = [
        {
            "cell": name,
            **rate(events, trials),
            "lower_limit": clopper_pearson_lower(events, trials, error),
        }
        for name, events, trials in held
    ]
    failed = [row for row in rows if row["lower_limit"] > ERROR]
    return {"cells": len(rows), "error_of_a_cell": error, "failed": failed, "holds": not failed, "rows": rows}


def validity(results: Results) -> Record:
    """Return the validity part: exact plans, and each cell's rate of false SHOWN and false REFUTED."""
    exact = [
        {"allowed": cell.allowed, "draws": cell.budget, **found}
        for cell, found in sorted(results.items()) if "exact" in found
    ]  # fmt: skip
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for cell, found in sorted(results.items()):
        if "exact" in found:
            continue
        name = f"{cell.method} · {cell.family} · {cell.allowed:g} · {found['boundary']}"
        entry = counts[name]
        entry[0] += found["shown"]
        entry[1] += found["refuted"]
        entry[2] += found["replications"]
    shown = [(f"SHOWN · {name}", entry[0], entry[2]) for name, entry in counts.items()]
    refuted = [
        (f"REFUTED · {name}", entry[1], entry[2]) for name, entry in counts.items() if name.endswith(" at")
    ]
    found = gate(shown + refuted)
    found["exact"] = exact
    found["holds"] = found["holds"] and all(row["holds"] for row in exact)
    return found


def procedure_rows(results: Results, by: Callable[[Cell], Any]) -> list[Record]:
    """Return a row for each value of `by`: false SHOWN, power by p/p0, REFUTED, runs and solver cost."""
    grouped: dict[Any, list[tuple[Cell, Record]]] = defaultdict(list)
    for cell, found in sorted(results.items()):
        grouped[by(cell)].append((cell, found))
    return [row(key, found) for key, found in sorted(grouped.items())]


def row(key: Any, found: list[tuple[Cell, Record]]) -> Record:
    """Return one row of the tables."""
    wrong = [record for _, record in found if not record["complies"]]
    edge = [record for cell, record in found if not record["complies"] and cell.ratio in procedures.BOUNDARY]
    return {
        "key": list(key) if isinstance(key, tuple) else [key],
        "programmes": len(found),
        "false_shown": rate(sum(procedures.is_false(r) for r in wrong), len(wrong)),
        "false_shown_boundary": rate(sum(procedures.is_false(r) for r in edge), len(edge)),
        "false_refuted": rate(
            sum(r["verdict"] == "REFUTED" for _, r in found if r["complies"]), len(found) - len(wrong)
        ),
        "by_ratio": [_ratio(ratio, found) for ratio in sorted({cell.ratio for cell, _ in found})],
        "caught": sum(r["caught"] for _, r in found),
    }


def _ratio(ratio: float, found: list[tuple[Cell, Record]]) -> Record:
    here = [record for cell, record in found if cell.ratio == ratio]
    complies = here[0]["complies"]
    word = {"SHOWN", "SHOWN GIVEN"} if complies else {"REFUTED"}
    right = [record for record in here if record["verdict"] in word]
    runs = [record["training"] + record["validation"] for record in here]
    # A programme that is not decided needs more than all its runs: it stands at infinity.
    until = [
        record["training"] + record["validation"] if record["verdict"] in word else np.inf for record in here
    ]
    eightieth = float(np.quantile(until, 0.8, method="higher"))
    return {
        "ratio": ratio,
        "complies": complies,
        "right": rate(len(right), len(here)),
        "runs_mean": round(float(np.mean(runs)), 2),
        "validation_mean": round(float(np.mean([record["validation"] for record in here])), 2),
        "runs_for_80": None if np.isinf(eightieth) else eightieth,
        "cost_mean": round(float(np.mean([record["cost"] for record in here])), 2),
        "seconds_mean": round(float(np.mean([record["seconds"] for record in here])), 4),
    }


def procedures_gate(results: Results, families: Mapping[str, Family]) -> Record:
    """Pool boundary programmes with true declarations per method and allowed rate, and hold them to 5 %."""
    pooled: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for cell, found in sorted(results.items()):
        family = families[cell.family]
        rests = cell.method in {"residual", "monotone", "coarse", "auto"}
        if found["complies"] or cell.ratio not in procedures.BOUNDARY or cell.method not in procedures.GATED:
            continue
        if rests and not family.true_structure:
            continue
        entry = pooled[f"{cell.method} · {cell.allowed:g}"]
        entry[0] += procedures.is_false(found)
        entry[1] += 1
    return gate((name, entry[0], entry[1]) for name, entry in sorted(pooled.items()))


def misdeclared(results: Results) -> list[Record]:
    """Return what a false declaration costs: share caught by a run, false SHOWN left."""
    wanted = {
        "monotone_false": ("monotone", "auto"),
        "bound_false": ("residual",),
        "mesh_dishonest": ("coarse",),
        "convex_false": ("vertices",),
    }
    grouped: dict[tuple[str, str, float], list[Record]] = defaultdict(list)
    for cell, found in sorted(results.items()):
        if cell.method in wanted.get(cell.family, ()) and not found["complies"]:
            grouped[cell.family, cell.method, cell.allowed].append(found)
    return [
        {
            "family": family,
            "method": method,
            "allowed": allowed,
            "caught": rate(sum(record["caught"] for record in found), len(found)),
            "false_shown": rate(sum(procedures.is_false(record) for record in found), len(found)),
        }
        for (family, method, allowed), found in sorted(grouped.items())
    ]


def document(parts: Mapping[str, Results], families: Mapping[str, Family], settings: Record) -> Record:
    """Return the result as JSON's types (schema assay.benchmark/1)."""
    made: Record = {
        "schema": "assay.benchmark/1",
        "benchmark": "false_compliance",
        "date": datetime.now(UTC).date().isoformat(),
        "machine": {
            "cores": os.cpu_count(), "processor": platform.machine(), "python": platform.python_version(),
        },
        "versions": versions(),
        "seed": SEED,
        "code": {part: code_digest(part) for part in parts},
        "pool": POOL,
        "settings": settings,
        "families": [
            {"name": f.name, "dimension": f.dimension, "group": f.group, "source": f.source}
            for f in families.values()
        ],
        "missing_peers": libraries.missing(),
        "gates": {},
    }  # fmt: skip
    if parts.get("validity"):
        made["validity"] = validity(parts["validity"])
        made["gates"]["validity"] = made["validity"]["holds"]
    ours = parts.get("procedures", {})
    if ours:
        made["procedures"] = {
            "gate": procedures_gate(ours, families),
            "by_budget": procedure_rows(ours, lambda c: (c.method, c.allowed, c.budget)),
            "by_family": procedure_rows(ours, lambda c: (c.method, c.allowed, c.family)),
            "by_group": procedure_rows(
                ours, lambda c: (c.method, c.allowed, c.budget, families[c.family].group)
            ),
        }
        made["gates"]["procedures"] = made["procedures"]["gate"]["holds"]
    for part in ("peers", "libraries"):
        if parts.get(part):
            made[part] = {
                "by_budget": procedure_rows(parts[part], lambda c: (c.method, c.allowed, c.budget)),
                "by_family": procedure_rows(parts[part], lambda c: (c.method, c.allowed, c.family)),
            }
    if parts.get("everywhere"):
        made["everywhere"] = procedure_rows(parts["everywhere"], lambda c: (c.method, c.family))
        own = [item for item in made["everywhere"] if item["key"][0] in {"corner", "vertices"}]
        wrong = sum(item["false_shown"]["events"] for item in own if families[item["key"][1]].true_structure)
        made["gates"]["everywhere"] = wrong == 0
    made["misdeclared"] = misdeclared({**ours, **parts.get("everywhere", {})})
    return made


def versions() -> dict[str, str]:
    """Return the versions of what computed."""
    from importlib.metadata import version

    return {name: version(name) for name in ("numpy", "scipy")} | libraries.versions()
