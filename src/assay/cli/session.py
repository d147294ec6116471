"""What every command that walks the stages opens: programme, store, ledger, engine."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assay.errors import InputError, StoppedError

if TYPE_CHECKING:
    from assay.campaign import BlockProgress
    from assay.evidence import Ledger, Store
    from assay.pipeline import Looking, Needed, Working
    from assay.programme import Programme


@dataclass(frozen=True)
class Opened:
    """A programme with its evidence."""

    folder: Path
    programme: Programme
    store: Store
    ledger: Ledger

    def looking(self) -> Looking:
        """Return an engine that computes and writes nothing."""
        from assay.pipeline import Looking

        return Looking(self.store, self.ledger)


@contextmanager
def opened(folder: Path) -> Iterator[Opened]:
    """Open the programme in `folder` with its store and ledger.

    Raises
    ------
    InputError
        If the programme or the ledger has problems.
    """
    from assay.evidence import open_store, read_ledger
    from assay.programme import load

    programme = load(folder)
    ledger = read_ledger(folder)
    if ledger.problems:
        raise InputError("the ledger cannot be relied on", ledger.problems)
    with open_store(folder, limit_bytes=_limit()) as store:
        yield Opened(folder, programme, store, ledger)


def _limit() -> int | None:
    """Return the size limit of the evidence folder, in bytes, from the environment."""
    text = os.environ.get("ASSAY_MAX_BYTES", "")
    if not text:
        return None
    if not (text.isascii() and text.isdecimal()):
        raise InputError(f"ASSAY_MAX_BYTES is {text!r}; write a number of bytes")
    return int(text)


def require_trusted(found: Opened) -> None:
    """Refuse to run solver code that this account has not trusted in its present form."""
    from assay.solvers import require_trust

    files = {n: d for study in found.programme.studies.values() for n, d in study.files.items()}
    require_trust(found.folder, files)


@contextmanager
def working(
    found: Opened,
    workers: int,
    progress: Callable[[Needed, BlockProgress], None] | None,
    announce: Callable[[str], None] | None,
) -> Iterator[Working]:
    """Open an engine that computes what is missing, alone on the programme."""
    from assay.campaign import WorkerPool
    from assay.evidence import read_ledger
    from assay.pipeline import Working

    hours = found.programme.budget.max_hours
    end = None if hours is None else time.monotonic() + 3600.0 * hours

    def stop_when_over() -> None:
        if end is not None and time.monotonic() > end:
            raise StoppedError(f"[budget] max_hours = {hours:g} is used up: run again to go on")

    with found.store.lock():
        pool = WorkerPool(workers)
        try:
            ledger = read_ledger(found.folder)
            yield Working(found.folder, found.store, ledger, lambda: pool, progress, stop_when_over, announce)
            pool.shutdown()
        except BaseException:
            pool.stop()
            raise
