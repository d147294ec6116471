"""What is finished is finished: a store survives interruptions and refuses what does not belong to it."""

from __future__ import annotations

import json

import pytest
from benchmarks.false_compliance import procedures
from benchmarks.false_compliance.families import FAMILIES
from benchmarks.false_compliance.harness import Store, StoreError, run

MODULE = "benchmarks.false_compliance.families"
FEW = tuple(family for family in FAMILIES if family.name in {"beam", "dust"})
CELLS = procedures.cells(FEW, ("fixed", "gp-mean"), 20, {0.05: (60,)}, (0.0, 0.5, 1.25))


def timeless(results):
    return {cell.key: {k: v for k, v in found.items() if k != "seconds"} for cell, found in results.items()}


@pytest.fixture(scope="module")
def whole():
    return run(CELLS, Store(None, "procedures", MODULE), workers=1, families=MODULE, say=lambda _: None)


def test_an_interrupted_run_goes_on_to_the_same_result(tmp_path, whole) -> None:
    path = tmp_path / "cells.jsonl"

    class Stop(Exception):
        pass

    class Stopping(Store):
        def add(self, cell, result):
            super().add(cell, result)
            if len(self.finished) == 5:
                raise Stop

    with pytest.raises(Stop):
        run(CELLS, Stopping(path, "procedures", MODULE), workers=1, families=MODULE, say=lambda _: None)
    with path.open("ab") as file:
        file.write(b'{"cell": "cut off by a cra')
    again = Store(path, "procedures", MODULE)
    assert len(again.finished) == 5
    assert timeless(run(CELLS, again, workers=1, families=MODULE, say=lambda _: None)) == timeless(whole)
    assert len(path.read_text(encoding="utf-8").splitlines()) == 1 + len(CELLS)


def test_processes_give_the_same_result(tmp_path, whole) -> None:
    store = Store(tmp_path / "cells.jsonl", "procedures", MODULE)
    assert timeless(run(CELLS, store, workers=2, families=MODULE, say=lambda _: None)) == timeless(whole)


def test_a_store_of_other_code_is_refused(tmp_path) -> None:
    path = tmp_path / "cells.jsonl"
    Store(path, "procedures", MODULE)
    with pytest.raises(StoreError, match="families"):
        Store(path, "procedures", "other_module")
    header = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**header, "code": "0"}) + "\n", encoding="utf-8")
    with pytest.raises(StoreError, match="code"):
        Store(path, "procedures", MODULE)


def test_a_deadline_stops_between_cells(tmp_path) -> None:
    lines = []
    store = Store(None, "procedures", MODULE)
    found = run(CELLS, store, workers=1, families=MODULE, say=lines.append, deadline=0.0)
    assert found == {}
    assert "stopped at the time limit" in lines[-1]
