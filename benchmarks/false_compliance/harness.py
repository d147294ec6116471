"""Run cells in parallel, each once: what is finished is on disk, so an interruption loses nothing.

The store is JSON Lines. Its first line says what made it; a store of another code or seed is refused. Every
other line is one finished cell. The parent alone appends, one write a line; a line cut off by a crash is
dropped when the store is opened again.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from benchmarks.false_compliance.problems import SEED

Record = dict[str, Any]
ROOT = Path(__file__).resolve().parents[2]
CHUNK = 4
"""Cells of one pool that a worker gets at once."""
_COMMON = ("problems", "formulas", "families", "matern", "programmes", "rungs")
MODULES = {
    "validity": (*_COMMON, "validity"),
    "procedures": (*_COMMON, "procedures"),
    "peers": (*_COMMON, "procedures", "peers"),
    "libraries": (*_COMMON, "libraries"),
    "everywhere": (*_COMMON, "everywhere", "libraries"),
}
"""Modules that a part's results depend on: a change of another one keeps its store."""


class StoreError(Exception):
    """A store cannot be continued."""


@dataclass(frozen=True, order=True)
class Cell:
    """One piece of work. Sorted by replicate first: a run cut short has whole replicates."""

    part: str
    replicate: int
    family: str
    allowed: float
    beyond: int
    """Points of the pool beyond the limit."""
    ratio: float
    """p/p0 that was asked for."""
    budget: int
    method: str
    replications: int = 1

    @property
    def key(self) -> str:
        """Return the name of the cell in a store."""
        return "/".join(
            str(part)
            for part in (self.part, self.replicate, self.family, self.allowed, self.ratio, self.beyond,
                         self.budget, self.method, self.replications)
        )  # fmt: skip


class Store:
    """Finished cells of one part, on disk or (path `None`) in memory only."""

    def __init__(self, path: Path | None, part: str, families: str) -> None:
        self.path = path
        self.finished: dict[str, Record] = {}
        header = {"part": part, "seed": SEED, "families": families, "code": code_digest(part)}
        if path is None:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size:
            self._read(path, header)
        else:
            self._append(header)

    def add(self, cell: Cell, result: Record) -> None:
        """Keep a finished cell."""
        self.finished[cell.key] = result
        if self.path is not None:
            self._append({"cell": cell.key, "result": result})

    def _read(self, path: Path, header: Record) -> None:
        raw = path.read_bytes()
        whole = raw[: raw.rfind(b"\n") + 1]
        if len(whole) < len(raw):
            os.truncate(path, len(whole))
        lines = whole.decode().splitlines()
        if not lines:
            self._append(header)
            return
        found = json.loads(lines[0])
        different = sorted(key for key in header if found.get(key) != header[key])
        if different:
            raise StoreError(
                f"{path} was made with another {', '.join(different)}; its cells cannot be mixed with "
                "new ones. Remove it, or name another folder: --store DIR"
            )
        for line in lines[1:]:
            record = json.loads(line)
            self.finished[record["cell"]] = record["result"]

    def _append(self, record: Record) -> None:
        line = json.dumps(record, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"
        handle = os.open(str(self.path), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            os.write(handle, line.encode())
        finally:
            os.close(handle)


def code_digest(part: str) -> str:
    """Return the digest of all code that a part's results depend on, assay.statistics included."""
    here = Path(__file__).parent
    files = [here / f"{name}.py" for name in MODULES[part]]
    files += sorted((ROOT / "src" / "assay" / "statistics").glob("*.py"))
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def run(
    cells: Sequence[Cell],
    store: Store,
    *,
    workers: int,
    families: str,
    say: Callable[[str], None],
    deadline: float | None = None,
) -> dict[Cell, Record]:
    """Return the result of every cell that is finished when this returns.

    Parameters
    ----------
    cells
        Work to do; what the store has is not done again.
    workers
        Processes; 1 works in this one.
    families
        Module of the families, imported by each worker.
    say
        Takes a line of progress.
    deadline
        `time.monotonic()` after which no new cell is started.
    """
    left = sorted({cell for cell in cells if cell.key not in store.finished})
    progress = Progress(len(left), len(set(cells)) - len(left), say)
    chunks = list(_chunks(left))
    if workers > 1 and len(left) > 1:
        made = _in_processes(chunks, workers, families, deadline)
    else:
        made = _here(chunks, families, deadline)
    for cell, result in made:
        store.add(cell, result)
        progress.step()
    progress.close()
    return {cell: store.finished[cell.key] for cell in cells if cell.key in store.finished}


def _chunks(cells: Sequence[Cell]) -> Iterator[list[Cell]]:
    chunk: list[Cell] = []
    for cell in cells:
        same = chunk and (chunk[0].part, chunk[0].family, chunk[0].replicate) == (
            cell.part,
            cell.family,
            cell.replicate,
        )
        if chunk and (not same or len(chunk) >= CHUNK):
            yield chunk
            chunk = []
        chunk.append(cell)
    if chunk:
        yield chunk


def _past(deadline: float | None) -> bool:
    return deadline is not None and time.monotonic() > deadline


def _here(chunks: list[list[Cell]], families: str, deadline: float | None) -> Iterator[tuple[Cell, Record]]:
    for chunk in chunks:
        for cell in chunk:
            if _past(deadline):
                return
            yield from _work([cell], families)


def _in_processes(
    chunks: list[list[Cell]], workers: int, families: str, deadline: float | None
) -> Iterator[tuple[Cell, Record]]:
    """Keep two chunks a worker in flight; on an interruption give up what is not finished."""
    waiting, running = iter(chunks), set[Future[list[tuple[Cell, Record]]]]()
    pool = ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), initializer=_start, initargs=(sys.path,)
    )
    try:
        more = True
        while more or running:
            while more and len(running) < 2 * workers:
                chunk = None if _past(deadline) else next(waiting, None)
                if chunk is None:
                    more = False
                else:
                    running.add(pool.submit(_work, chunk, families))
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                yield from future.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _start(path: list[str]) -> None:
    """Prepare a worker: an interruption is the parent's business."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.path[:] = path


def _work(cells: list[Cell], families: str) -> list[tuple[Cell, Record]]:
    """Return each cell with its result; runs in a worker."""
    from benchmarks.false_compliance import parts

    return [(cell, parts.result(cell, families)) for cell in cells]


class Progress:
    """Lines with the share done and the time that is left at the pace so far."""

    def __init__(self, total: int, before: int, say: Callable[[str], None]) -> None:
        self.total, self.before, self.say = total, before, say
        self.done, self.began, self.told = 0, time.monotonic(), 0.0
        if before:
            say(f"{before} cells are in the store already")

    def step(self) -> None:
        """Count one cell and tell now and then."""
        self.done += 1
        now = time.monotonic()
        if now - self.told >= 10:
            self.told = now
            pace = (now - self.began) / self.done
            left = pace * (self.total - self.done)
            self.say(f"{self.done} of {self.total} cells, about {left / 60:.0f} min left")

    def close(self) -> None:
        """Tell the end."""
        if self.done < self.total:
            self.say(f"{self.done} of {self.total} cells: stopped at the time limit, run again to go on")
