"""How far a block is, in numbers; how they look is decided elsewhere."""

from __future__ import annotations

import statistics
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from assay.campaign.points import Block
from assay.evidence import Store

STARTED = "block-started"
FINISHED = "block-finished"
"""Events of the journal, subject the block's, between which a block is running or interrupted."""


def level_key(level: Mapping[str, float]) -> str:
    """Return a level's knobs as one word of the journal."""
    return ", ".join(f"{name} {value:g}" for name, value in sorted(level.items()))


@dataclass(frozen=True)
class BlockProgress:
    """State of a running block."""

    subject: str
    purpose: str
    done: int
    """Runs that are kept, those of earlier sessions among them."""
    total: int
    failed: int
    """Of `done`, in this session."""
    seconds_per_run: float | None
    """Median of the last runs; None before the first."""
    workers: int

    @property
    def remaining_seconds(self) -> float | None:
        """Return the expected time to the end; None before the first run has ended."""
        if self.seconds_per_run is None:
            return None
        return (self.total - self.done) * self.seconds_per_run / self.workers


class Tally:
    """Counts a block's runs as they end."""

    def __init__(self, block: Block, done: int, workers: int) -> None:
        self._block = block
        self._done = done
        self._failed = 0
        self._workers = workers
        self._seconds: deque[float] = deque(maxlen=101)
        self._by_level: dict[str, deque[float]] = {}

    def count(self, seconds: float, *, failed: bool, level: Mapping[str, float]) -> None:
        """Add one run made with the solver's settings `level`."""
        self._done += 1
        self._failed += failed
        self._seconds.append(seconds)
        self._by_level.setdefault(level_key(level), deque(maxlen=101)).append(seconds)

    def seconds_by_level(self) -> dict[str, float]:
        """Return the median of the last runs' seconds by the settings that they were made with."""
        return {key: statistics.median(seconds) for key, seconds in sorted(self._by_level.items())}

    def progress(self) -> BlockProgress:
        """Return the state now."""
        return BlockProgress(
            subject=self._block.subject,
            purpose=self._block.purpose,
            done=self._done,
            total=len(self._block.points),
            failed=self._failed,
            seconds_per_run=statistics.median(self._seconds) if self._seconds else None,
            workers=self._workers,
        )


@dataclass(frozen=True)
class UnfinishedBlock:
    """A block that another terminal is running, or that was interrupted."""

    subject: str
    purpose: str
    done: int
    total: int
    started: str
    """UTC, ISO 8601."""


def unfinished_blocks(store: Store) -> list[UnfinishedBlock]:
    """Return the blocks that the journal says were started and not finished, in order of their start."""
    open_blocks: dict[str, UnfinishedBlock] = {}
    for entry in store.journal():
        if entry.event == STARTED:
            key = str(entry.detail["block"])
            open_blocks[key] = UnfinishedBlock(
                subject=entry.subject,
                purpose=str(entry.detail["purpose"]),
                done=0,
                total=int(entry.detail["total"]),
                started=entry.time,
            )
        elif entry.event == FINISHED:
            open_blocks.pop(str(entry.detail["block"]), None)
    counted = ((key, found, store.count_rows(key)) for key, found in open_blocks.items())
    return [
        UnfinishedBlock(found.subject, found.purpose, done, found.total, found.started)
        for _, found, done in counted
    ]
