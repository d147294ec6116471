"""A campaign in a process of its own, killed and interrupted from outside."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import assay
from assay.campaign import Block, WorkerPool, run_block
from assay.evidence import open_store

Make = Callable[..., Block]

SCRIPT = """
import pickle, sys
from pathlib import Path
from assay.campaign import WorkerPool, run_block
from assay.errors import AssayError
from assay.evidence import open_store

if __name__ == "__main__":
    block = pickle.loads(Path(sys.argv[2]).read_bytes())
    try:
        with open_store(Path(sys.argv[1])) as store, store.lock(), WorkerPool(2, 30.0) as pool:
            print(run_block(store, block, executor_factory=lambda: pool).id)
    except AssayError as error:
        print(error, file=sys.stderr)
        sys.exit(error.exit_status)
"""


@pytest.fixture
def start(tmp_path: Path, programme: Path) -> Callable[[Block], subprocess.Popen[str]]:
    """Return a function that runs a block in another process."""
    import pickle

    def begin(block: Block) -> subprocess.Popen[str]:
        (tmp_path / "script.py").write_text(SCRIPT, encoding="utf-8")
        (tmp_path / "block").write_bytes(pickle.dumps(block))
        return subprocess.Popen(
            [sys.executable, "script.py", str(programme), "block"],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(Path(assay.__file__).parents[1])},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return begin


def _rows(programme: Path, block: Block) -> int:
    with open_store(programme) as store:
        return store.count_rows(block.key)


def _wait_for_rows(programme: Path, block: Block, count: int) -> None:
    deadline = time.monotonic() + 60
    while _rows(programme, block) < count:
        assert time.monotonic() < deadline, "the campaign does not move"
        time.sleep(0.02)


def _alive(marker: str) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                environment = (entry / "environ").read_bytes()
            except OSError:
                continue
            if marker.encode() in environment:
                found.append(int(entry.name))
    return found


def test_killed_at_any_moment_it_goes_on_to_the_same_record(
    make_block: Make, programme: Path, tmp_path: Path, start: Callable[[Block], subprocess.Popen[str]]
) -> None:
    block = make_block(24, ways={5: 3}, settings={"pause": 0.05})
    with open_store(tmp_path / "undisturbed") as store, WorkerPool(2) as pool:
        undisturbed = run_block(store, block, executor_factory=lambda: pool)
    moments = random.Random(7)
    kept = 0
    for _ in range(3):
        process = start(block)
        _wait_for_rows(programme, block, kept + 2)
        time.sleep(moments.uniform(0, 0.15))
        process.kill()
        process.communicate()
        assert process.returncode == -signal.SIGKILL
        now = _rows(programme, block)
        assert now >= kept + 2, "what was kept before was lost"
        kept = now
    process = start(block)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err.replace("solvers talk too much", "").strip()) == (0, "")
    assert out.strip() == undisturbed.id


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_it_keeps_its_runs_and_ends_with_status_4(
    make_block: Make,
    programme: Path,
    start: Callable[[Block], subprocess.Popen[str]],
    number: signal.Signals,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    marker = f"ASSAY_TEST_RUN={os.getpid()}-{number}-{time.monotonic_ns()}"
    monkeypatch.setenv(*marker.split("=", 1))
    block = make_block(40, ways={39: 5}, settings={"pause": 0.05})
    process = start(block)
    _wait_for_rows(programme, block, 3)
    process.send_signal(number)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 4, err
    assert "what was run is kept" in err
    assert "Traceback" not in err
    assert 3 <= _rows(programme, block) < 40
    assert _alive(marker) == []


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes in /proc")
def test_workers_do_not_outlive_a_killed_campaign(
    make_block: Make,
    programme: Path,
    start: Callable[[Block], subprocess.Popen[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    marker = f"ASSAY_TEST_RUN={os.getpid()}-orphans-{time.monotonic_ns()}"
    monkeypatch.setenv(*marker.split("=", 1))
    block = make_block(6, ways={4: 5, 5: 5})
    process = start(block)
    _wait_for_rows(programme, block, 4)
    process.kill()
    process.communicate()
    deadline = time.monotonic() + 10
    while _alive(marker):
        assert time.monotonic() < deadline, "a worker lives on without its campaign"
        time.sleep(0.1)


def test_a_second_campaign_is_told_who_runs_the_first(
    make_block: Make, programme: Path, start: Callable[[Block], subprocess.Popen[str]]
) -> None:
    with open_store(programme) as store, store.lock():
        process = start(make_block(1))
        _, err = process.communicate(timeout=30)
    assert process.returncode == 4
    assert f"process {os.getpid()}" in err


def test_a_script_without_a_guard_is_told_so(
    make_block: Make, programme: Path, start: Callable[[Block], subprocess.Popen[str]], tmp_path: Path
) -> None:
    global SCRIPT  # noqa: PLW0603
    whole = SCRIPT
    SCRIPT = whole.replace('if __name__ == "__main__":', "if True:")
    try:
        process = start(make_block(2))
        _, err = process.communicate(timeout=60)
    finally:
        SCRIPT = whole
    assert process.returncode == 4
    assert "needs the guard" in err
