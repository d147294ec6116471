"""Run a block: only what is missing, every run kept as it ends, one record at the end."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Executor, Future, wait
from dataclasses import dataclass, field, replace
from itertools import islice

from assay import __version__
from assay.campaign.interrupts import Interrupts
from assay.campaign.points import Block, Point
from assay.campaign.pool import WorkerDiedError, WorkerPool
from assay.campaign.progress import FINISHED, STARTED, BlockProgress, Tally
from assay.campaign.records import RunsPayload, TableReference
from assay.campaign.tables import Row, read_line
from assay.campaign.worker import Outcome, Task, failed, prepare, run_point
from assay.errors import AssayError, EvidenceError, StoppedError
from assay.evidence import Record, Store, canonical, read_json

REVISION = 1
"""Raised when a table of the same recipe would come out differently; part of every block's recipe."""

KIND = "runs"

_WINDOW = 256
"""Runs handed to the executor ahead of time; bounds the memory of a campaign of any size."""

_POLL_SECONDS = 0.2


def run_block(
    store: Store,
    block: Block,
    *,
    executor_factory: Callable[[], Executor],
    progress: Callable[[BlockProgress], None] | None = None,
    should_stop: Callable[[], None] | None = None,
) -> Record:
    """Return the record of a block, made from what the store has and the runs that are missing.

    The record does not depend on the number of workers, on the order in which runs end, or on how
    often the block was interrupted.

    Parameters
    ----------
    store
        Where rows are kept as they come, and the record at the end.
    block
        What to run.
    executor_factory
        Called only if something is to be run; its executor remains the caller's to shut down. With
        a `WorkerPool` crashes and time-outs are failed runs; another executor has to bring its own
        limit of time.
    progress
        Told the state at the start and after every run.
    should_stop
        Called between runs; raises `StoppedError` when a budget is used up.

    Raises
    ------
    StoppedError
        On Ctrl-C, SIGTERM, a used-up budget, a full disk, or workers that cannot be started; what
        was run until then is kept, and the next call goes on from there.
    InputError
        If the user's solver file cannot be loaded.
    """
    known = store.find(KIND, block.subject, block.recipe)
    if known is not None and store.has_blobs(known):
        return known
    missing = _missing(store, block)
    if missing:
        detail = {"block": block.key, "purpose": block.purpose, "total": len(block.points)}
        store.note(STARTED, block.subject, {**detail, "kept": len(block.points) - len(missing)})
        tally = _run_missing(store, block, missing, executor_factory, progress, should_stop)
    record = _record(store, block)
    store.put(record, finishes=block.key)
    if missing:
        pace, levels = tally.progress().seconds_per_run, tally.seconds_by_level()
        told = {"failed": record.payload["failed"], "seconds_per_run": pace, "seconds_by_level": levels}
        store.note(FINISHED, block.subject, {"block": block.key, **told})
    return record


def _run_missing(
    store: Store,
    block: Block,
    missing: list[Point],
    executor_factory: Callable[[], Executor],
    progress: Callable[[BlockProgress], None] | None,
    should_stop: Callable[[], None] | None,
) -> Tally:
    """Run the points and return what was counted of them."""
    with Interrupts() as interrupts:
        executor = executor_factory()
        # every executor of the standard library keeps its size under this name
        size = executor.workers if isinstance(executor, WorkerPool) else getattr(executor, "_max_workers", 1)
        tally = Tally(block, len(block.points) - len(missing), max(1, int(size)))
        _Campaign(store, block, executor_factory, progress, should_stop, interrupts, executor, tally).run(
            missing
        )
        return tally


@dataclass
class _Campaign:
    """The runs of one block that are under way."""

    store: Store
    block: Block
    executor_factory: Callable[[], Executor]
    progress: Callable[[BlockProgress], None] | None
    should_stop: Callable[[], None] | None
    interrupts: Interrupts
    executor: Executor
    tally: Tally
    pending: dict[Future[Outcome], Point] = field(default_factory=dict)

    def run(self, missing: list[Point]) -> None:
        """Run the points; those that the machine's load may have failed once more, alone, at the end."""
        self._tell()
        try:
            for point in self._drive(missing, _WINDOW, last=False):
                self._drive([point], 1, last=True)
        except BaseException:
            for future in self.pending:
                future.cancel()
            if isinstance(self.executor, WorkerPool):
                self.executor.stop()
            raise

    def _drive(self, points: Iterable[Point], window: int, *, last: bool) -> list[Point]:
        """Run points, `window` at a time; return those that are worth another try."""
        again: list[Point] = []
        waiting = iter(points)
        while True:
            self._stop_if_told()
            for point in islice(waiting, window - len(self.pending)):
                self.pending[self._submit(point)] = point
            if not self.pending:
                return again
            done, _ = wait(self.pending, timeout=_POLL_SECONDS, return_when=FIRST_COMPLETED)
            for future in done:
                point = self.pending.pop(future)
                outcome = _outcome(future, point, last=last)
                if outcome is None:
                    again.append(point)
                else:
                    self._keep(point, outcome)

    def _submit(self, point: Point) -> Future[Outcome]:
        task = Task(self.block.spec, point, self.block.quantities, self.block.check_limits)
        for _ in range(2):
            try:
                if isinstance(self.executor, WorkerPool):
                    return self.executor.schedule(
                        run_point,
                        (task,),
                        time_limit=self.block.time_limit,
                        prepare=(prepare, (self.block.spec,)),
                    )
                return self.executor.submit(run_point, task)
            except BrokenExecutor:
                self.executor.shutdown(wait=False, cancel_futures=True)
                self.executor = self.executor_factory()
        raise StoppedError("the executor of the runs is broken, and so is a new one: run again")

    def _keep(self, point: Point, outcome: Outcome) -> None:
        """Write one run into the store, fields first, so that a row never names what is not there."""
        rows = [
            replace(row, fields={name: self.store.put_blob(data) for name, data in sorted(fields.items())})
            for row, fields in zip(outcome.rows, outcome.fields, strict=True)
        ]
        self.store.put_row(self.block.key, point.index, _write(rows, outcome.seconds))
        bad = [row for row in rows if row.state == "failed"]
        if bad:
            detail = {"index": point.index, "reason": bad[0].reason, "message": outcome.message[:2000]}
            self.store.note("run-failed", self.block.subject, detail)
        self.tally.count(outcome.seconds, failed=bool(bad), level=point.request.settings)
        self._tell()

    def _tell(self) -> None:
        if self.progress is not None:
            self.progress(self.tally.progress())

    def _stop_if_told(self) -> None:
        self.interrupts.check()
        if self.should_stop is not None:
            self.should_stop()


def _outcome(future: Future[Outcome], point: Point, *, last: bool) -> Outcome | None:
    """Return what came of a run; None if the machine's load may be to blame and this is not the last try."""
    try:
        return future.result()
    except AssayError:
        raise
    except TimeoutError as error:
        return failed(point, "time-limit", str(error), 0.0) if last else None
    except WorkerDiedError as error:
        # killed from outside: the system was short of memory, perhaps because of the other workers
        killed = error.exit_code == -signal.SIGKILL
        return failed(point, "crash", str(error), 0.0) if last or not killed else None
    except BrokenExecutor as error:
        # which of the runs broke a pool shared by all is known only when it is alone
        return failed(point, "crash", str(error), 0.0) if last else None
    except (CancelledError, Exception) as error:
        if last:
            raise StoppedError(f"runs cannot be made here ({type(error).__name__}: {error})") from error
        return None


def _missing(store: Store, block: Block) -> list[Point]:
    """Return the points of which the store keeps no usable run."""
    keys = {point.index: point.keys for point in block.points}
    kept = {
        index
        for index, data in store.iterate_rows(block.key)
        if (rows := _read(data)) is not None
        and tuple(row.row for row in rows) == keys.get(index)
        and all(store.has_blob(stored) for row in rows for stored in row.fields.values())
    }
    return [point for point in block.points if point.index not in kept]


def _write(rows: list[Row], seconds: float) -> bytes:
    return canonical({"lines": [row.line().decode() for row in rows], "seconds": seconds})


def _read(data: bytes) -> list[Row] | None:
    """Return the rows of one kept run; None if it cannot be used."""
    try:
        lines = read_json(data)["lines"]
        return [read_line(line.encode(), number) for number, line in enumerate(lines, 1)]
    except (ValueError, TypeError, KeyError, AttributeError, EvidenceError):
        return None


def _record(store: Store, block: Block) -> Record:
    """Return the record over the kept rows; no more than one run is in memory at a time."""
    counts = _Counts()
    table, _ = store.put_blob_stream(counts.lines(store, block))
    payload = RunsPayload(
        subject=block.subject,
        study=block.study,
        configuration=block.configuration,
        purpose=block.purpose,
        level=dict(block.level),
        count=len(block.points),
        rows=max((len(point.keys) for point in block.points), default=0),
        solves=block.solves,
        failed=counts.failed,
        time_limited=counts.time_limited,
        seed=block.seed,
        solver=block.spec.version,
        table=TableReference(lines=counts.total, digest=table),
    )
    return Record(
        kind=KIND,
        subject=block.subject,
        recipe=block.recipe,
        inputs=dict(block.inputs),
        payload=payload.model_dump(mode="json"),
        blobs={"table": table, **counts.fields},
        tool={"name": "assay", "version": __version__},
    )


@dataclass
class _Counts:
    """What is learned while the table is written."""

    total: int = 0
    failed: int = 0
    time_limited: bool = False
    fields: dict[str, str] = field(default_factory=dict)
    """``field/INDEX/ROW/QUANTITY`` to the blob."""

    def lines(self, store: Store, block: Block) -> Iterator[bytes]:
        """Yield the table's lines in order, every row of every point and no other."""
        expected = {point.index: point.keys for point in block.points}
        written = 0
        for index, data in store.iterate_rows(block.key):
            rows = _read(data)
            if index not in expected:
                continue
            if rows is None or tuple(row.row for row in rows) != expected[index]:
                raise EvidenceError(f"run {index} of {block.subject} is not as it was written: run again")
            written += 1
            self.failed += any(row.state == "failed" for row in rows)
            for row in rows:
                self.total += 1
                self.time_limited |= row.reason == "time-limit"
                for name, stored in row.fields.items():
                    self.fields[f"field/{row.index}/{row.row}/{name}"] = stored
                yield row.line()
        if written != len(expected):
            raise EvidenceError(f"{len(expected) - written} runs of {block.subject} are gone: run again")
