"""A solver of one's own, as a file, and blocks of runs of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from assay.campaign import Block, Point
from assay.evidence import Store, digest, open_store
from assay.solvers import Request, solver_spec

SOLVER = '''
import os, sys, time

from assay.solvers import SolverError


def solve(factors, settings):
    """Stress of a bar; the draw's `way` says how the run ends."""
    way = int(factors["way"])
    if way == 1:
        os._exit(0)
    if way == 2:
        os._exit(139)
    if way == 3:
        raise ZeroDivisionError("by hand")
    if way == 4:
        return {"stress": float("nan")}
    if way == 5:
        time.sleep(60)
    if way == 6:
        raise SolverError("not-converged", "after 50 steps")
    if way == 7:
        return {"strain": 1.0}
    if way == 8:
        return {"stress": "much"}
    if way == 9:
        sys.exit(1)
    if way == 10:
        return {"stress": 1.0, "temperature": 2.0}
    time.sleep(settings.get("pause", 0.0))
    print("solvers talk too much")
    return {"stress": factors["load"] / factors["area"]}
'''


@pytest.fixture
def programme(tmp_path: Path) -> Path:
    """Return a programme folder with a solver in it."""
    folder = tmp_path / "bar"
    (folder / "studies").mkdir(parents=True)
    (folder / "studies" / "bar.py").write_text(SOLVER, encoding="utf-8")
    return folder


@pytest.fixture
def make_block(programme: Path) -> Callable[..., Block]:
    """Return a function that plans a block of `count` draws, of which some end in the ways given."""

    def make(count: int, ways: Mapping[int, int] | None = None, **changes: Any) -> Block:
        file = "studies/bar.py"
        spec = solver_spec(
            programme,
            adapter="python",
            file=file,
            function="solve",
            files={file: digest((programme / file).read_bytes())},
        )
        settings = changes.pop("settings", {})
        points = tuple(
            Point(
                index,
                Request(
                    factors={"load": 100.0 + index, "area": 7.0, "way": float((ways or {}).get(index, 0))},
                    rows=({}, {"load": 1.0 + index}),
                    settings=settings,
                ),
                ("", "data/cases.csv#half"),
            )
            for index in range(count)
        )
        values: dict[str, Any] = {
            "subject": "bar@nominal/validation-1",
            "purpose": "validation",
            "study": "bar",
            "configuration": "nominal",
            "recipe": digest(repr((count, sorted((ways or {}).items()))).encode()),
            "inputs": {},
            "points": points,
            "quantities": ("stress",),
            "level": settings,
            "spec": spec,
            "seed": digest(b"seed"),
        }
        return Block(**{**values, **changes})

    return make


@pytest.fixture
def store(programme: Path) -> Iterator[Store]:
    with open_store(programme) as opened:
        yield opened


@pytest.fixture
def threads() -> Iterator[Callable[[], Executor]]:
    with ThreadPoolExecutor(2) as executor:
        yield lambda: executor
