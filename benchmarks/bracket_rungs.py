"""The bracket's frequency by rungs 0a, 0b and 2: which verdicts, at what price, and what is the truth?

The example is copied and asked the same questions three times over: by a fixed plan (0a), by betting on
every run (0b), and by declared signs (2). The limit cases are asked by 0a and 0b; the polytopes of the
example itself are claims of rung 2 by corners. Everything runs in one programme, so that training, model,
refinement study and laws are the same for all. Then `bracket_truth` holds every verdict against 2,000
solver points of each configuration.

    python benchmarks/bracket_rungs.py [--store DIR] [--workers 2] [--points 2000] [--out FILE]

Takes about half an hour of solver runs, and another for the truth; both are resumed from `--store`.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import bracket_truth

from assay.evidence import Store, open_store
from assay.showing.records import ShowingPayload

HERE = Path(__file__).parent
RUNGS = {"0a": "fixed", "0b": "sequential", "2": "structure"}
FREQUENCY = (("33 Hz", 0.95), ("33 Hz", 0.99), ("35.4 Hz", 0.99))
"""Limits and fractions: the example's own; the same for a rarer exception; and one close to the truth."""


def main() -> int:
    """Write the programme, run it, hold it against the truth, write the result."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--store", default="", help="folder that keeps unfinished runs")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--points", type=int, default=2000)
    parser.add_argument("--out", default=str(HERE / "results" / "bracket_rungs.json"))
    options = parser.parse_args()
    store = Path(options.store or tempfile.mkdtemp(prefix="rungs-")).resolve()
    folder = store / "programme"
    if not folder.exists():
        write(folder)
    assay(folder, "trust", "--yes")
    assay(folder, "run", "--workers", str(options.workers))
    truth = store / "truth.json"
    held = bracket_truth.main(
        [str(folder), "--points", str(options.points), "--workers", str(options.workers),
         "--store", str(store / "truth"), "--out", str(truth)]
    )  # fmt: skip
    told = json.loads(truth.read_text(encoding="utf-8"))
    with open_store(folder) as evidence:
        rows = [row for record in evidence.records("showing") for row in rows_of(evidence, record, told)]
    document = {
        "schema": "assay.benchmark/1",
        "benchmark": "bracket_rungs",
        "date": datetime.now(UTC).date().isoformat(),
        **{name: told[name] for name in ("machine", "solvers", "points", "error", "contradictions")},
        "rows": sorted(rows, key=lambda row: (row["configuration"], row["criterion"])),
    }
    Path(options.out).write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    for row in document["rows"]:
        sys.stdout.write(
            f"{row['criterion']:<10} {row['configuration']:<10} {row['asked']:<52} rung {row['rung']:<3}"
            f" {row['verdict']:<12} {row['runs']:>5} runs {row['seconds']:>7.1f} s\n"
        )
    return held


def write(folder: Path) -> None:
    """Copy the example without its evidence and ask the questions."""
    example = HERE.parent / "examples" / "bracket"
    shutil.copytree(example, folder, ignore=shutil.ignore_patterns(".assay", "build", "attempts", "freezes"))
    requirements, criteria = [], []
    for number, (limit, fraction) in enumerate(FREQUENCY, 1):
        for rung, asked in RUNGS.items():
            name = f"FREQ-{number}{rung}"
            requirements.append(
                f"{name},TRAY-SPEC 4.2,First natural frequency by rung {rung}.,,stress lead,,,"
            )
            criteria.append(
                _criterion(name, "frequency", f'at_least = "{limit}"', f"fraction = {fraction}", asked)
            )
    for rung in ("0a", "0b"):
        name = f"CASE-1{rung}"
        requirements.append(f"{name},CS 25.305(a),Deflection at limit loads by rung {rung}.,,stress lead,,,")
        holds = 'at = "data/limit_cases.csv", others = { fraction = 0.95, confidence = 0.95 }'
        criteria.append(_criterion(name, "tip_deflection", 'at_most = "0.5 mm"', holds, RUNGS[rung]))
    _append(folder / "requirements.csv", "".join(f"{line}\n" for line in requirements))
    _append(folder / "criteria.toml", "".join(criteria))
    study = folder / "studies" / "tray.toml"
    _replace(study, "\n[structure]\n", "\n[structure]\n" + _structure_line())
    _replace(folder / "programme.toml", "max_runs = 320", "max_runs = 20000")


def _criterion(name: str, quantity: str, limit: str, holds: str, rung: str) -> str:
    whole = holds if holds.startswith("at ") else f"{holds}, confidence = 0.95"
    return (
        f'\n[[criterion]]\nid = "{name}.a"\nrequirement = "{name}"\nstudy = "tray"\nquantity = "{quantity}"\n'
        f'{limit}\nholds = {{ {whole} }}\nrungs = ["{rung}"]\n'
    )


def _structure_line() -> str:
    """Return the signs as one more line of the study's table of declarations."""
    increasing = '"thickness", "fillet", "hole_offset", "modulus"'
    reason = "more section and a stiffer metal stiffen the arm; more mass, further out, slows it down"
    return (
        f'frequency = {{ increasing_in = [{increasing}], decreasing_in = ["mass", "offset"], '
        f'reason = "{reason}" }}\n'
    )


def _append(file: Path, text: str) -> None:
    before = file.read_text(encoding="utf-8")
    file.write_text(before.rstrip("\n") + "\n" + text, encoding="utf-8")


def _replace(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    if text.count(old) != 1:
        sys.exit(f"{file.name}: {text.count(old)} times {old!r}; the example has changed, change this too")
    file.write_text(text.replace(old, new), encoding="utf-8")


def assay(folder: Path, *arguments: str) -> None:
    """Run the command line as a user would; status 1 says only that a verdict is not SHOWN."""
    command = [sys.executable, "-m", "assay", "-C", str(folder), *arguments]
    done = subprocess.run(command, check=False)  # noqa: S603 - this program, on a folder written above
    if done.returncode not in (0, 1):
        sys.exit(f"{' '.join(command)} failed")


def rows_of(store: Store, record: Any, truth: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what one showing says, what its runs took, and what the truth says of it."""
    payload = ShowingPayload.model_validate(record.payload)
    if not payload.criterion.startswith(("FREQ", "CASE", "TRAY-021", "TRAY-022")):
        return []
    block = f"tray@{payload.configuration}/block-0"
    own = f"tray@{payload.criterion}@{payload.configuration}/"
    runs = 0
    for made in store.records("runs"):
        mine = made.subject.startswith(own)
        if not mine and not (made.subject == block and payload.method in ("fixed", "structure+fixed")):
            continue
        count = int(made.payload["solves"])
        if not mine:
            count = min(count, max((part.draws or 0 for part in payload.parts), default=0))
        runs += count
    return [
        {
            "criterion": payload.criterion,
            "configuration": payload.configuration,
            "asked": asked_of(payload),
            "rung": payload.rung,
            "method": payload.method,
            "verdict": payload.verdict,
            "reason": payload.reason,
            "runs": runs,
            "seconds": round(runs * seconds_of_a_run(store), 1),
            "truth": [
                row["told"]
                for row in truth["rows"]
                if (row["criterion"], row["configuration"]) == (payload.criterion, payload.configuration)
            ],
        }
    ]


def asked_of(payload: ShowingPayload) -> str:
    """Return the claim in a few words."""
    part = payload.parts[0]
    of_all = "" if part.allowed is None else f" for {1 - part.allowed:.0%}"
    cases = f", {len(payload.parts)} cases" if len(payload.parts) > 1 else ""
    limits = ", ".join(f"{limit:g}" for limit in part.limits)
    return f"{payload.quantity} {payload.sense} {limits}{of_all}{cases}"


def seconds_of_a_run(store: Store) -> float:
    """Return one price for all: the median over the journal's blocks of the seconds a run took."""
    notes = store.journal("block-finished")
    return statistics.median(float(note.detail["seconds_per_run"]) for note in notes)


if __name__ == "__main__":
    raise SystemExit(main())
