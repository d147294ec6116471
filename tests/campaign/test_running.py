"""A block of runs: nothing lost, nothing run twice, the same record whoever computes."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from assay.campaign import (
    REVISION,
    Block,
    BlockProgress,
    RunsPayload,
    WorkerPool,
    read_table,
    run_block,
    unfinished_blocks,
)
from assay.errors import InputError, StoppedError
from assay.evidence import Store, open_store

Make = Callable[..., Block]


def never() -> Executor:
    raise AssertionError("no executor is needed where nothing is to be run")


def test_the_record_is_the_same_on_one_and_two_workers(make_block: Make, tmp_path: Path) -> None:
    block = make_block(6, ways={3: 3})
    ids = set()
    for workers in (1, 2):
        with open_store(tmp_path / str(workers)) as store, WorkerPool(workers) as pool:
            ids.add(run_block(store, block, executor_factory=lambda pool=pool: pool).id)
    with open_store(tmp_path / "threads") as store, ThreadPoolExecutor(3) as pool:
        ids.add(run_block(store, block, executor_factory=lambda: pool).id)
    assert len(ids) == 1


def test_a_finished_block_is_not_run_again(
    make_block: Make, store: Store, threads: Callable[[], Executor]
) -> None:
    block = make_block(3)
    first = run_block(store, block, executor_factory=threads)
    assert run_block(store, block, executor_factory=never) == first
    assert store.rows(block.key) == {}
    assert unfinished_blocks(store) == []


def test_the_table_is_as_the_contract_says(
    make_block: Make, store: Store, threads: Callable[[], Executor]
) -> None:
    record = run_block(store, make_block(3, ways={1: 6}), executor_factory=threads)
    payload = RunsPayload.model_validate(record.payload)
    table = store.blob(record.blobs["table"])
    assert payload.table.digest == record.blobs["table"]
    assert (payload.count, payload.rows, payload.solves, payload.failed) == (3, 2, 6, 1)
    assert payload.table.lines == 6
    assert payload.solver.startswith("python-3.")
    assert not payload.time_limited
    assert table.splitlines()[0] == (
        b'{"checks":{},"factors":{"area":7,"load":100,"way":0},"index":0,"places":{},'
        b'"quantities":{"stress":14.285714285714286},"reason":null,"row":"","state":"ok"}'
    )
    rows = read_table(table)
    assert [(row.index, row.row) for row in rows] == [
        (index, key) for index in range(3) for key in ("", "data/cases.csv#half")
    ]
    assert [row.reason for row in rows] == [None, None, "not-converged", "not-converged", None, None]
    assert rows[1].factors["load"] == 1.0


def test_the_golden_table(make_block: Make, store: Store, threads: Callable[[], Executor]) -> None:
    """Whoever changes this digest raises `REVISION`: every programme's runs are made anew."""
    record = run_block(store, make_block(4, ways={2: 3}), executor_factory=threads)
    assert REVISION == 1
    assert record.blobs["table"] == "sha256:d67a9bdea33d5a6cfc15852f4412029f9ee961a096429fdce022c379cb5e94ca"


def test_only_what_is_missing_is_run(make_block: Make, store: Store, threads: Callable[[], Executor]) -> None:
    block = make_block(8, settings={"pause": 0.05})
    seen: list[BlockProgress] = []

    def stop_after_three() -> None:
        if seen and seen[-1].done >= 3:
            raise StoppedError("over budget")

    with pytest.raises(StoppedError, match="over budget"):
        run_block(store, block, executor_factory=threads, progress=seen.append, should_stop=stop_after_three)
    kept = store.count_rows(block.key)
    assert kept >= 3
    (unfinished,) = unfinished_blocks(store)
    assert (unfinished.subject, unfinished.done, unfinished.total) == (block.subject, kept, 8)
    again: list[BlockProgress] = []
    resumed = run_block(store, block, executor_factory=threads, progress=again.append)
    assert again[0].done == kept
    assert again[-1].done == 8
    with open_store(store.folder.parent / "other") as fresh:
        assert run_block(fresh, block, executor_factory=threads).id == resumed.id


def test_a_damaged_table_is_computed_again(
    make_block: Make, store: Store, threads: Callable[[], Executor]
) -> None:
    block = make_block(2)
    first = run_block(store, block, executor_factory=threads)
    name = first.blobs["table"].removeprefix("sha256:")
    place = store.folder / "blobs" / name[:2] / name[2:]
    place.write_bytes(place.read_bytes()[:50])
    assert run_block(store, block, executor_factory=threads).id == first.id
    assert len(read_table(store.blob(first.blobs["table"]))) == 4


def test_a_kept_row_that_was_damaged_is_run_again(
    make_block: Make, store: Store, threads: Callable[[], Executor]
) -> None:
    block = make_block(2)
    store.put_row(block.key, 0, b"neither JSON nor a run")
    record = run_block(store, block, executor_factory=threads)
    assert record.payload["table"]["lines"] == 4


def test_failures_are_told_in_the_journal(
    make_block: Make, store: Store, threads: Callable[[], Executor]
) -> None:
    run_block(store, make_block(2, ways={1: 3}), executor_factory=threads)
    (entry,) = store.journal(event="run-failed")
    assert entry.detail == {"index": 1, "message": "ZeroDivisionError: by hand", "reason": "crash"}


def test_a_file_that_cannot_be_imported_is_an_error_of_the_programme(
    make_block: Make, programme: Path, store: Store, threads: Callable[[], Executor]
) -> None:
    (programme / "studies" / "bar.py").write_text("import no_such_module", encoding="utf-8")
    with pytest.raises(InputError, match=r"studies/bar\.py cannot be imported .*no_such_module"):
        run_block(store, make_block(2), executor_factory=threads)
    (programme / "studies" / "bar.py").write_text("solver = 1", encoding="utf-8")
    with pytest.raises(InputError, match="has no function solve"):
        run_block(store, make_block(2), executor_factory=threads)


def test_a_file_changed_while_running_stops_without_failed_runs(
    make_block: Make, programme: Path, store: Store, threads: Callable[[], Executor]
) -> None:
    block = make_block(2)
    (programme / "studies" / "bar.py").write_text("def solve(f, s): return {'stress': 0.0}", encoding="utf-8")
    with pytest.raises(StoppedError, match="was changed"):
        run_block(store, block, executor_factory=threads)
    assert store.rows(block.key) == {}


class _Breaking(Executor):
    """A pool shared by all runs, broken by one of them, as `ProcessPoolExecutor` is."""

    made = 0

    def __init__(self, culprit: int) -> None:
        type(self).made += 1
        self._culprit = culprit
        self._broken = False

    def submit(self, fn, /, *args, **kwargs):  # type: ignore[no-untyped-def]
        if self._broken:
            raise BrokenExecutor("broken")
        future: Future[object] = Future()
        if args[0].point.index == self._culprit:
            self._broken = True
            future.set_exception(BrokenExecutor("broken"))
        else:
            future.set_result(fn(*args, **kwargs))
        return future


def test_who_broke_a_shared_pool_is_found_and_the_others_are_kept(make_block: Make, store: Store) -> None:
    record = run_block(store, make_block(5), executor_factory=lambda: _Breaking(2))
    rows = read_table(store.blob(record.blobs["table"]))
    assert {row.index for row in rows if row.state == "failed"} == {2}
    assert {row.reason for row in rows if row.index == 2} == {"crash"}


def test_an_executor_that_stays_broken_stops_the_run(make_block: Make, store: Store) -> None:
    broken = _Breaking(0)
    with pytest.raises(StoppedError, match="broken"):
        run_block(store, make_block(3), executor_factory=lambda: broken)


def test_a_process_pool_of_the_standard_library_works(make_block: Make, store: Store) -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor:
        record = run_block(store, make_block(3), executor_factory=lambda: executor)
    assert record.payload["failed"] == 0


def test_a_full_disk_keeps_what_is_there(
    make_block: Make, programme: Path, threads: Callable[[], Executor]
) -> None:
    block = make_block(40)
    with open_store(programme) as store:
        store.note("start", "x")
    used = sum(path.stat().st_size for path in store.folder.rglob("*") if path.is_file())
    with (
        open_store(programme, limit_bytes=used + 20_000) as store,
        pytest.raises(StoppedError, match="disk full"),
    ):
        run_block(store, block, executor_factory=threads)
    with open_store(programme) as store:
        kept = store.count_rows(block.key)
        assert 0 < kept < 40
        seen: list[BlockProgress] = []
        run_block(store, block, executor_factory=threads, progress=seen.append)
        assert seen[0].done == kept


def test_a_block_outside_of_the_main_thread_runs_too(
    make_block: Make, programme: Path, threads: Callable[[], Executor]
) -> None:
    found = []

    def work() -> None:
        with open_store(programme) as store:
            found.append(run_block(store, make_block(2), executor_factory=threads))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found[0].payload["count"] == 2


def test_rows_are_written_as_they_come(
    make_block: Make, store: Store, threads: Callable[[], Executor]
) -> None:
    """A second terminal sees them while the block is running."""
    block = make_block(3)
    counts = []

    def look(_: BlockProgress) -> None:
        with sqlite3.connect(f"file:{store.folder / 'records.sqlite'}?mode=ro", uri=True) as other:
            counts.append(other.execute("SELECT count(*) FROM rows").fetchone()[0])
        other.close()

    run_block(store, block, executor_factory=threads, progress=look)
    assert counts == [0, 1, 2, 3]
