"""Worker processes: a run may do what it likes, the campaign goes on."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import wait
from pathlib import Path

import pytest

from assay.campaign import Block, WorkerDiedError, WorkerPool, read_table, run_block
from assay.errors import StoppedError
from assay.evidence import open_store

Make = Callable[..., Block]


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
    with WorkerPool(2) as shared:
        yield shared


def test_nothing_is_started_before_it_is_needed() -> None:
    started = time.perf_counter()
    with WorkerPool(64) as idle:
        assert idle._crew.threads == []
    assert time.perf_counter() - started < 0.1


def test_every_way_to_die_fails_its_own_run_only(make_block: Make, programme: Path, pool: WorkerPool) -> None:
    ways = {1: 1, 2: 2, 3: 3, 4: 4, 6: 6, 7: 7, 8: 8, 9: 9, 10: 10}
    with open_store(programme) as store:
        record = run_block(store, make_block(12, ways=ways), executor_factory=lambda: pool)
        rows = read_table(store.blob(record.blobs["table"]))
    reasons = {row.index: row.reason for row in rows}
    assert reasons == {
        0: None, 1: "crash", 2: "crash", 3: "crash", 4: "nan", 5: None, 6: "not-converged",
        7: "bad-output", 8: "bad-output", 9: "crash", 10: "bad-output", 11: None,
    }  # fmt: skip
    assert record.payload["failed"] == 9
    assert not record.payload["time_limited"]


def test_a_run_past_its_limit_is_tried_once_more_and_then_failed(
    make_block: Make, programme: Path, pool: WorkerPool
) -> None:
    with open_store(programme) as store:
        block = make_block(4, ways={0: 5}, time_limit=0.4)
        started = time.perf_counter()
        record = run_block(store, block, executor_factory=lambda: pool)
        rows = read_table(store.blob(record.blobs["table"]))
    assert time.perf_counter() - started > 0.8
    assert [row.reason for row in rows if row.index == 0] == ["time-limit", "time-limit"]
    assert all(row.state == "ok" for row in rows if row.index)
    assert record.payload["time_limited"]


def test_a_dead_worker_tells_how_it_died(pool: WorkerPool) -> None:
    with pytest.raises(WorkerDiedError, match="status 3"):
        pool.submit(os._exit, 3).result()
    with pytest.raises(WorkerDiedError, match="signal 9"):
        pool.submit(signal.raise_signal, signal.SIGKILL).result()


def test_workers_compute_on_one_thread_and_with_one_hash(pool: WorkerPool) -> None:
    assert pool.submit(os.getenv, "OMP_NUM_THREADS").result() == "1"
    assert pool.submit(os.getenv, "PYTHONHASHSEED").result() == "0"
    assert pool.submit(hash, "assay").result() == pool.submit(hash, "assay").result()


def test_what_a_worker_cannot_send_or_take_is_an_error_of_the_call(pool: WorkerPool) -> None:
    with pytest.raises(Exception, match="pickle"):
        pool.submit(lambda: 1)
    with pytest.raises(TypeError, match="pickle"):
        pool.submit(open, "/dev/null").result()
    assert pool.submit(abs, -3).result() == 3


def test_a_stopped_pool_ends_at_once_and_can_be_used_again() -> None:
    pool = WorkerPool(1)
    first = pool.submit(time.sleep, 60)
    second = pool.submit(time.sleep, 60)
    wait([first], timeout=0.5)
    started = time.perf_counter()
    pool.stop()
    assert time.perf_counter() - started < 10
    with pytest.raises(StoppedError):
        first.result()
    assert second.cancelled()
    assert pool.submit(abs, -1).result() == 1
    pool.shutdown()


def test_a_pool_without_workers_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        WorkerPool(0)
