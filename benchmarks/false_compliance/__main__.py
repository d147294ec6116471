"""How often is a verdict wrong? Run the benchmark of false SHOWN, resumably, and write tables and figures.

    python -m benchmarks.false_compliance [--part all] [--workers 2] [--store FILE] [--out FILE]
    python -m benchmarks.false_compliance --quick        gates only, within a minute; exit 1 if one fails
    python -m benchmarks.false_compliance --page         docs and figures anew from the result

Interrupt it at any time: the same command goes on where it stopped. Exit status 0 done, 1 a gate failed,
2 bad input, 4 interrupted or out of --minutes.
"""

from __future__ import annotations

import os

for _library in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_library, "1")  # before numpy: workers are the parallelism

import argparse  # noqa: E402
import json  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from pathlib import Path  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
if __package__ in (None, ""):  # run by its path: `python benchmarks/false_compliance`
    sys.path[0] = str(ROOT)

from benchmarks.false_compliance import everywhere, libraries, page, procedures, quick, report, validity  # noqa: E402
from benchmarks.false_compliance.families import PEER_FAMILIES, load  # noqa: E402
from benchmarks.false_compliance.harness import Cell, Store, StoreError, run  # noqa: E402
from benchmarks.false_compliance.problems import Family  # noqa: E402

PARTS = ("validity", "procedures", "peers", "everywhere")
RESULT = ROOT / "benchmarks" / "results" / "false_compliance.json"


def main(arguments: list[str] | None = None) -> int:
    """Run what is asked for."""
    options = parse(arguments)
    if options.page:
        page.write(json.loads(Path(options.out).read_text(encoding="utf-8")))
        return 0
    try:
        families = load(options.families)
    except (ImportError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if options.quick:
        return quick.main(families, options.families, options.workers, say)
    try:
        return measure(options, families)
    except StoreError as error:
        sys.stderr.write(f"{error}\n")
        return 2


def measure(options: argparse.Namespace, families: tuple[Family, ...]) -> int:
    """Run the parts asked for, report on all that their stores have, hold the gates."""
    by_name = {family.name: family for family in families}
    deadline = time.monotonic() + 60 * options.minutes if options.minutes else None
    parts, whole = {}, True
    try:
        for part, work in plan(options, families).items():
            say(f"{part}: {len(work)} cells")
            began = time.monotonic()
            store = Store(Path(options.store) / f"{part}.jsonl", part, options.families)
            found = run(
                work, store, workers=options.workers, families=options.families, say=say, deadline=deadline
            )
            say(f"{part}: {len(found)} cells done in {(time.monotonic() - began) / 60:.1f} min")
            parts[part] = found
            whole = whole and len(found) == len(work)
    except KeyboardInterrupt:
        say(f"interrupted; what is finished is in {options.store}. The same command goes on")
        return 4
    settings = {
        "programmes": options.programmes,
        "scale": options.scale,
        "finished": {part: len(found) for part, found in parts.items()},
        "planned": {part: len(work) for part, work in plan(options, families).items()},
    }
    made = report.document(parts, by_name, settings)
    out = Path(options.out)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(made, indent=1, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")
    for name, holds in made["gates"].items():
        say(f"gate {name}: {'holds' if holds else 'FAILED'}")
    if not all(made["gates"].values()):
        return 1
    return 0 if whole else 4


def plan(options: argparse.Namespace, families: tuple[Family, ...]) -> dict[str, list[Cell]]:
    """Return the cells of each part that is asked for."""
    wanted = PARTS if options.part == "all" else (options.part,)
    few = [family for family in families if family.name in PEER_FAMILIES] or list(families)
    made: dict[str, list[Cell]] = {}
    if "validity" in wanted:
        made["validity"] = validity.cells(families, options.scale)
    if "procedures" in wanted:
        made["procedures"] = procedures.cells(families, tuple(procedures.RUNGS), options.programmes)
    if "peers" in wanted:
        made["peers"] = procedures.cells(
            few, tuple(procedures.PEERS), options.peer_programmes, {0.05: (100, 300), 0.01: (100, 300)},
            (0.25, 0.5, 1.02, 1.25), "peers",
        )  # fmt: skip
        made["libraries"] = libraries.cells(few, options.peer_programmes)
        for method, module in libraries.missing().items():
            say(f"peer {method} is not run: {module} is missing (benchmarks/requirements-peers.txt)")
    if "everywhere" in wanted:
        methods = ["corner", "vertices"] + (["smt-ego"] if options.ego else [])
        made["everywhere"] = everywhere.cells(families, methods, options.programmes)
    return made


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Return the options."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.false_compliance",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--part", choices=("all", *PARTS), default="all")
    parser.add_argument("--quick", action="store_true", help="hold the gates within a minute; writes nothing")
    parser.add_argument("--page", action="store_true", help="write docs and figures from --out, run nothing")
    parser.add_argument(
        "--families", default="benchmarks.false_compliance.families", help="module with FAMILIES"
    )
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--minutes", type=float, default=0.0, help="start no cell after so long; 0: no limit")
    parser.add_argument("--programmes", type=int, default=procedures.PROGRAMMES, help="a family")
    parser.add_argument("--peer-programmes", type=int, default=100, help="a family")
    parser.add_argument("--scale", type=float, default=1.0, help="share of the validity part's replications")
    parser.add_argument("--ego", action="store_true", help="SMT's EGO too: minutes a programme")
    parser.add_argument(
        "--store", default=str(ROOT / "build" / "false_compliance"), help="folder of unfinished work"
    )
    parser.add_argument("--out", default=str(RESULT))
    return parser.parse_args(arguments)


def say(line: str) -> None:
    """Print a line of progress."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
