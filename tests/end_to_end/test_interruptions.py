"""Stopped at any moment, and started again: the same evidence in the end."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from assay.campaign import unfinished_blocks
from assay.evidence import open_store

CHAINS, KILLS = 4, 5


def stat(pid):
    """State and parent of a process; None once it is gone."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return words[0], int(words[1])


def children(pid):
    numbers = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
    return [number for number in numbers if (found := stat(number)) and found[1] == pid]


def wait_for(condition, seconds=60.0):
    """Whether the condition comes true within some time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False


def gone(pids):
    """Whether all processes end; a zombie has."""
    return wait_for(lambda: all((found := stat(pid)) is None or found[0] == "Z" for pid in pids), 20.0)


def kept(assay):
    """Runs of unfinished blocks in the store."""
    with open_store(assay.folder) as store:
        return sum(block.done for block in unfinished_blocks(store))


def slow(assay):
    """Make every run of the beam take a while, so that a signal arrives in the middle."""
    assay.edit(
        "studies/beam.py",
        'cells = settings["cells"]',
        'import time; time.sleep(0.2); cells = settings["cells"]',
    )
    assay.trust()


@pytest.mark.parametrize("chain", range(CHAINS))
def test_killed_at_random_moments(chain, unrun, tiny_done):
    """Killed again and again while it goes on, 20 times in all; then ids and ledger as if never killed."""
    chance = random.Random(chain)
    for _ in range(KILLS):
        process = unrun.start("run", "--workers", "2")
        wait_for((unrun.folder / ".assay" / "holder.json").exists, seconds=10.0)
        time.sleep(chance.uniform(0.0, 1.6))
        workers = children(process.pid)
        process.kill()
        process.communicate()
        assert gone(workers), "workers outlive a killed run"
    ended = unrun("run")
    assert ended.code == 0, ended.err
    assert set(unrun.records()) == set(tiny_done.records())
    assert unrun.ledger() == tiny_done.ledger()


@pytest.mark.long
def test_the_bracket_killed_with_all_its_processes(bracket_unrun, bracket_done, tmp_path, record_property):
    """Three times at random moments, elsewhere and otherwise set up; then as if never killed."""
    undisturbed, seconds = bracket_done
    own = bracket_unrun.copy(tmp_path / "another place" / "bracket")
    chance, moments = random.Random(3), []
    elsewhere = own.environment(TZ="Asia/Kolkata", LANG="de_DE.UTF-8", PYTHONHASHSEED="77")
    command = [sys.executable, "-m", "assay", "run"]
    for _ in range(3):
        # Together less than a whole run: each kill finds one under way.
        moments.append(round(chance.uniform(0.05, 0.33) * seconds, 1))
        process = subprocess.Popen(
            command,
            cwd=own.folder,
            env=elsewhere,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        time.sleep(moments[-1])
        assert process.poll() is None, "it ended before it was killed"
        workers = children(process.pid)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        assert gone(workers)
    ended = subprocess.run(command, cwd=own.folder, env=elsewhere, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    records = set(own.records())
    record_property("killed after seconds", moments)
    record_property("undisturbed seconds", round(seconds, 1))
    record_property("identical record ids", f"{len(records & set(undisturbed.records()))} of {len(records)}")
    assert records == set(undisturbed.records())
    assert own.ledger() == undisturbed.ledger()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_told_to_stop(unrun, number):
    """Ctrl-C: status 4, one sentence, workers gone, what was run is kept; the next run goes on from it."""
    slow(unrun)
    process = unrun.start("run", "--workers", "2")
    assert wait_for(lambda: kept(unrun) >= 3)
    workers = children(process.pid)
    process.send_signal(number)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 4, err
    assert "Traceback" not in err
    assert "interrupted" in err
    assert gone(workers)
    before = kept(unrun)
    assert before >= 3
    assert f"under way or interrupted: beam, {before} of 16 runs" in unrun.within("status").out
    if number == signal.SIGINT:
        process = unrun.start("run", "--workers", "1")
        assert wait_for(lambda: kept(unrun) > before), "the second run goes on from where the first stopped"
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        assert process.returncode == 4


def test_two_at_once(unrun):
    """The second run is told who holds the programme, and disturbs nothing; looking is always possible."""
    slow(unrun)
    first = unrun.start("run", "--workers", "1")
    assert wait_for(lambda: kept(unrun) >= 1)
    second = unrun("run")
    assert second.code == 4
    assert second.err.startswith("assay: this programme is in use by ")
    assert f"(process {first.pid}, since" in second.err
    assert unrun("status").code == 0
    assert first.poll() is None
    first.send_signal(signal.SIGINT)
    first.communicate(timeout=60)
    assert first.returncode == 4
    assert not (unrun.folder / ".assay" / "holder.json").exists()


def test_out_of_hours(unrun):
    """A budget of hours ends a run like Ctrl-C does, and the next goes on."""
    slow(unrun)
    unrun.edit("programme.toml", "max_runs = 800", "max_runs = 800\nmax_hours = 0.001")
    ended = unrun("run", "--workers", "1")
    assert ended.code == 4
    assert "max_hours = 0.001 is used up: run again to go on" in ended.err
    before = kept(unrun)
    unrun.edit("programme.toml", "max_hours = 0.001", "max_hours = 1e-9")
    assert unrun.within("run", "--workers", "1").code == 4
    assert kept(unrun) >= before
