"""How long does it take to decide many criteria over one large table of runs?

Every criterion reads every run, in two shapes: 10,000 draws of 10 cases, a verdict for each case and one
over them, and 100,000 draws of one. Each of 1,000 criteria holds all of them against a limit of its own.
The table is parsed once for all of them, as the pipeline does (`pipeline.reading`). The clock starts at
the table's bytes, canonical JSON Lines, and stops at the last verdict; one process, one thread. On a
machine that others use as well the processor's seconds say more than the clock's; both are kept, of every
repeat.

    python benchmarks/decide_speed.py [--criteria 1000] [--shape 10000x10] [--shape 100000x1] [--repeats 3]
                                      [--profile] [--out FILE]
"""

from __future__ import annotations

import argparse
import cProfile
import json
import os
import platform
import pstats
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import numpy as np  # noqa: E402 - one thread, before numpy is imported

from assay.campaign import Row, read_table  # noqa: E402
from assay.programme import (  # noqa: E402
    AtCases,
    Case,
    Configuration,
    Criterion,
    Factor,
    Fraction,
    Identity,
    ModelForm,
    QuantitySpec,
    Source,
    Study,
    parse_expression,
)
from assay.showing import AttemptState, Claim, Evidence, LimitValues, Part, RowSpec, decide  # noqa: E402
from assay.showing.columns import RunColumns  # noqa: E402
from assay.showing.records import Charge, ShowingPayload  # noqa: E402
from assay.statistics import Law  # noqa: E402

HERE = Path(__file__).parent
SOURCE = Source("benchmark", 1)
SHAPES = ("10000x10", "100000x1")
"""Draws x cases; 100,000 runs each."""
QUANTITIES = ("stress", "deflection", "temperature", "frequency")
FACTORS = ("load", "thickness", "modulus", "angle")
CHARGE = Charge(numerical_relative=0.01, model_basis="allowance", model_factor=1.1)


def table(draws: int, cases: int) -> bytes:
    """Return the bytes of a table: a row for each draw and case, one run in 5,000 failed."""
    rng = np.random.default_rng(20261123)
    lines = []
    for index in range(draws):
        factors = dict(zip(FACTORS, rng.uniform(size=len(FACTORS)).tolist(), strict=True))
        for case in range(cases):
            key = f"data/cases.csv#c{case}"
            values = (50.0 + case + 10.0 * rng.standard_normal(len(QUANTITIES))).tolist()
            found = dict(zip(QUANTITIES, values, strict=True))
            if rng.uniform() < 1.0 / 5000.0:
                lines.append(Row(index, key, factors, "failed", "crash").line())
            else:
                places = {"stress": (values[0], values[1], 0.5)}
                checks = {"balance": 1e-9 * values[0]}
                lines.append(Row(index, key, factors, "ok", None, found, places, checks).line())
    return b"".join(lines)


def study() -> Study:
    """Return the study of the table."""
    law = Law.of("uniform", low=0.0, high=1.0)
    factors = {
        name: Factor(
            name=name, unit="1", range=(0.0, 1.0), envelope=(0.0, 1.0), kind="operating", value=0.5,
            tolerance=None, law=law, fixed=False, source=SOURCE,
        )
        for name in FACTORS
    }  # fmt: skip
    return Study(
        name="s", title="s", adapter="python", solver_file="s.py", solver_function="f", length_unit="mm",
        factors=factors,
        quantities={name: QuantitySpec(name, "1", None, 1e-9, 2.0, "", SOURCE) for name in QUANTITIES},
        declarations=(), verification=None, model_form=ModelForm("allowance", 1.1, "lead", "", SOURCE),
        surrogate=None, correlation=(), time_limit=1.0, run_time=1.0, files={}, source=SOURCE,
    )  # fmt: skip


def evidence(number: int, of: Study, draws: int, cases: int, rows: RunColumns) -> Evidence:
    """Return what criterion `number` rests on: a limit of its own, every case, every draw."""
    limit = 70.0 + 0.035 * number
    holds = AtCases("data/cases.csv", Fraction(0.95, 0.95))
    text = (f"{limit!r} [1]",)
    parsed = tuple(parse_expression(t, aliases={}, factors={}) for t in text)
    name = f"R-{number}"
    criterion = Criterion(
        f"{name}.a", name, "s", QUANTITIES[number % len(QUANTITIES)], "at_most", parsed, text, holds, (), (),
        0, SOURCE,
    )  # fmt: skip
    configuration = Configuration("c", "c", Identity("P", "D", "A", "1", ""), {"s": of.factors}, {}, SOURCE)
    parts = tuple(
        Part(Case(f"c{case}", "limit", {}, (), SOURCE), (RowSpec(f"data/cases.csv#c{case}", ()),))
        for case in range(cases)
    )
    claim = Claim(criterion, of, configuration, parts, Fraction(0.95, 0.95), (), (), False)
    attempt = AttemptState(
        number=1, total=1, level=0.05, draws=draws, gap=False, frozen=True, paid=True, price=None
    )
    return Evidence(
        claim=claim, packs={}, limits=LimitValues((limit,), (), (), ()), charge=CHARGE,
        model_form_approved=True, structure=None, attempt=attempt, rows=rows, guided=(),
    )  # fmt: skip


def decided(
    data: bytes, criteria: int, draws: int, cases: int
) -> tuple[dict[str, float], list[ShowingPayload]]:
    """Return the seconds that reading and deciding took, by the clock and of the processor; the showings."""
    start, cpu = time.perf_counter(), time.process_time()
    rows = RunColumns(read_table(data))
    read = time.perf_counter()
    of = study()
    found = [decide(evidence(number, of, draws, cases, rows)) for number in range(criteria)]
    end = time.perf_counter()
    took = {"reading": read - start, "deciding": end - read, "seconds": end - start}
    return took | {"cpu_seconds": time.process_time() - cpu}, found


def measured(criteria: int, draws: int, cases: int, repeats: int) -> dict[str, Any]:
    """Return how long one shape of table took: the best of some repeats, and all of them."""
    data = table(draws, cases)
    took: list[dict[str, float]] = []
    for _ in range(repeats):
        seconds, found = decided(data, criteria, draws, cases)
        took.append(seconds)
    best = min(took, key=lambda one: one["seconds"])
    return {
        "criteria": criteria,
        "runs": draws * cases,
        "bytes": len(data),
        "runs_read_by_each_criterion": draws * cases,
        "cases": cases,
        "verdicts": dict(sorted(Counter(one.verdict for one in found).items())),
        **best,
        "criteria_per_second": criteria / best["seconds"],
        "repeats": took,
    }


def main(arguments: list[str] | None = None) -> int:
    """Measure, print and write the result."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--criteria", type=int, default=1000)
    parser.add_argument("--shape", action="append", help="draws x cases; repeatable")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--out", default=str(HERE / "results" / "decide_speed.json"))
    given = parser.parse_args(arguments)
    shapes = [tuple(map(int, shape.split("x"))) for shape in given.shape or SHAPES]
    if given.profile:
        draws, cases = shapes[0]
        data = table(draws, cases)
        with cProfile.Profile() as profile:
            decided(data, given.criteria, draws, cases)
        pstats.Stats(profile).sort_stats("tottime").print_stats(25)
        return 0
    document: dict[str, Any] = {
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "command": f"python benchmarks/decide_speed.py {' '.join(arguments or sys.argv[1:])}".strip(),
        "machine": {
            "cpu": _cpu(), "cores": os.cpu_count(), "load": os.getloadavg()[0], "system": platform.platform(),
        },
        "versions": {"python": platform.python_version(), **{n: version(n) for n in ("numpy", "scipy")}},
        "shapes": [measured(given.criteria, draws, cases, given.repeats) for draws, cases in shapes],
    }  # fmt: skip
    Path(given.out).parent.mkdir(parents=True, exist_ok=True)
    Path(given.out).write_text(json.dumps(document, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    sys.stdout.write(json.dumps(document, indent=2, sort_keys=True) + "\n")
    return 0


def _cpu() -> str:
    """Return the processor's name, where the system says it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown"
    )


if __name__ == "__main__":
    raise SystemExit(main())
