"""How much solver time does a coarse start save on the bracket, and are the verdicts the same?

The programme is run twice from nothing, on copies: all draws on the finest mesh, then from the
coarsest with refinements and checks. Runs are made one after the other in this process, and the CPU
seconds of each are counted by purpose and level. "Draws" are the runs that decide fractions; what is
needed either way (training, refinement study, tests, nominal and guided runs) is reported beside them.

    python benchmarks/cost_lever.py [PROGRAMME] [--configuration NAME] [--draws small|large]
                                    [--divisions 2 3 4] [--training N] [--out FILE]

`--draws small` keeps to the plans of 59 draws, `large` pays for those of 299 too. Takes minutes to an
hour by the finest mesh.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Executor, Future
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

from assay.evidence import open_store, read_ledger  # noqa: E402 - one thread, before numpy is imported
from assay.pipeline import Working, walk  # noqa: E402
from assay.programme import load  # noqa: E402

HERE = Path(__file__).parent
WANTED = 5.0
BUDGETS = {"small": {"1": 320, '"coarse"': 560}, "large": {"1": 20_000, '"coarse"': 20_000}}
"""A draw may take a run on each level: the same plans need more runs where they start coarse."""


class Counting(Executor):
    """Makes every run at once, in this process, and counts its CPU seconds by level."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()
        self.runs: Counter[str] = Counter()
        self.stage = ""

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        """Run `function` now."""
        future: Future[Any] = Future()
        before = time.process_time()
        try:
            future.set_result(function(*arguments, **named))
        except Exception as error:  # noqa: BLE001 - the campaign decides what becomes of it
            future.set_exception(error)
        settings = arguments[0].point.request.settings
        key = f"{self.stage}, {', '.join(f'{name} {value:g}' for name, value in settings.items())}"
        self.seconds[key] += time.process_time() - before
        self.runs[key] += 1
        return future


def main() -> int:
    """Run both, compare, write the result."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("programme", nargs="?", default=str(HERE.parent / "examples" / "bracket"))
    parser.add_argument("--configuration", action="append")
    parser.add_argument("--draws", choices=sorted(BUDGETS), default="small")
    parser.add_argument("--training", type=int, help="training runs of the model; default: as the study says")
    parser.add_argument("--divisions", type=int, nargs="+", default=[2, 3, 4])
    parser.add_argument("--out", default=str(HERE / "results" / "cost_lever.json"))
    given = parser.parse_args()
    results = {}
    for name, start in (("fine", "1"), ("coarse", '"coarse"')):
        results[name] = one(Path(given.programme), given, start)
        print(name, json.dumps(results[name]["draws"]), flush=True)
    fine, coarse = results["fine"], results["coarse"]
    ratio = fine["draws"]["seconds"] / coarse["draws"]["seconds"]
    differing = [
        [row, verdict, coarse["verdicts"].get(row)]
        for row, verdict in fine["verdicts"].items()
        if not same(verdict, coarse["verdicts"].get(row))
    ]
    document = {
        "schema": "assay.bench/1",
        "name": "cost_lever",
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {"system": platform.platform(), "processor": platform.machine(), "cores": os.cpu_count()},
        "versions": {"python": platform.python_version(), **{n: version(n) for n in ("ngsolve", "numpy")}},
        "divisions": given.divisions,
        "plans": given.draws,
        "training": given.training,
        "seeds": "of each block of draws, in its record; the same in both runs where the programme is",
        "ratio_of_draws": ratio,
        "ratio_of_all_runs": fine["all_seconds"] / coarse["all_seconds"],
        "verdicts_that_differ": differing,
        "wanted": WANTED,
        "met": ratio >= WANTED and not differing,
        **results,
    }
    Path(given.out).parent.mkdir(parents=True, exist_ok=True)
    Path(given.out).write_text(json.dumps(document, indent=2, sort_keys=True) + "\n")
    print(f"draws {ratio:.2f} x less solver time, {len(differing)} verdicts differ; {given.out}")
    return 0 if document["met"] else 1


def same(fine: str, coarse: str | None) -> bool:
    """Say whether two verdicts agree: SHOWN becomes SHOWN GIVEN the level's bound, nothing else changes."""
    return coarse == fine or (fine, coarse) == ("SHOWN", "SHOWN GIVEN")


def one(programme: Path, given: argparse.Namespace, start: str) -> dict[str, Any]:
    """Run a copy of the programme from nothing and return what it took and what it said."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / programme.name
        shutil.copytree(
            programme, folder, ignore=shutil.ignore_patterns(".assay", "build", "attempts", "freezes")
        )
        prepare(folder, given, start)
        loaded = load(folder)
        counting = Counting()

        def tell(_: Any, progress: Any) -> None:
            counting.stage = str(progress.purpose)

        names = given.configuration or list(loaded.configurations)
        with open_store(folder) as store:
            engine = Working(folder, store, read_ledger(folder), lambda: counting, tell)
            walked = walk(engine, loaded, names)
            checks = [record.payload for record in store.records("level-check")]
    deciding = ("validation", "refined")
    mine = {key: value for key, value in counting.seconds.items() if key.startswith(deciding)}
    return {
        "draws": {
            "seconds": sum(mine.values()),
            "runs": {key: counting.runs[key] for key in sorted(mine)},
            "seconds_by_level": dict(sorted(mine.items())),
        },
        "all_seconds": sum(counting.seconds.values()),
        "seconds": dict(sorted(counting.seconds.items())),
        "verdicts": {
            f"{row.requirement}@{name}": str(row.verdict) for name in names for row in walked.rows[name]
        },
        "checks": [
            {
                "block": f"{check['study']}@{check['configuration']}/block-{check['block']}",
                "levels": [
                    {
                        "level": level["level"],
                        "decided": level["decided"],
                        "checks": len(level["checked"]),
                        "misses": len(level["misses"]),
                        "worst": level["worst"],
                        "excluded": level["excluded"],
                        "bounds": level["bounds"],
                    }
                    for level in check["levels"]
                ],
            }
            for check in checks
        ],
    }


def prepare(folder: Path, given: argparse.Namespace, start: str) -> None:
    """Set start level, mesh levels and budget in a copy."""
    for study in (folder / "studies").glob("*.toml"):
        text = study.read_text(encoding="utf-8")
        divisions = ", ".join(map(str, given.divisions))
        levels = f"levels = {{ divisions = [{divisions}] }}\nstart = {start}"
        text, changed = re.subn(r"levels = \{ divisions = \[[^]]*\] \}", levels, text)
        if changed != 1:
            sys.exit(
                f"{study.name}: {changed} lines of [verification] levels by divisions; there has to be one"
            )
        if given.training is not None:
            text = re.sub(r"(?m)^training = \d+", f"training = {given.training}", text)
        study.write_text(text, encoding="utf-8")
    file = folder / "programme.toml"
    budget = BUDGETS[given.draws][start]
    text = re.sub(r"max_runs = \d+", f"max_runs = {budget}", file.read_text(encoding="utf-8"))
    file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
