"""The same walk over the stages, either carried out or only looked at.

`assay run` walks with `Working`: what is missing is computed and stored. `assay plan` and
`assay status` walk with `Looking`: what is missing stays None and is listed as a step.
"""

# ruff: noqa: ARG002  (an engine that only looks has no use for what would be computed)

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Literal, Protocol

from assay.campaign import BlockProgress, run_block
from assay.evidence import (
    Json,
    Ledger,
    Record,
    Store,
    read_ledger,
    write_attempt,
    write_freeze,
)
from assay.pipeline.blocks import BlockPlan
from assay.pipeline.tool import TOOL

StepState = Literal["done", "new", "stale", "waiting", "not paid"]
Computed = tuple[Json, Mapping[str, str]]
"""Payload and blobs of a record."""
ATTEMPT_NOTE: Final = "attempt-written"
"""Event of the journal: this store saw an attempt before its file was written."""


@dataclass(frozen=True)
class Step:
    """One stage as `assay plan` lists it."""

    stage: str
    subject: str
    state: StepState
    runs: int
    """Solver runs that it takes in all."""
    done: int
    """Of these, already there."""
    detail: str = ""
    level: str = ""
    """Knobs of the solver's level, where a block of draws starts on a coarser one."""
    study: str = ""
    """Study whose solver runs, where the subject is that of a criterion."""


@dataclass(frozen=True)
class Needed:
    """What a block will cost, known before its points are."""

    stage: str
    subject: str
    runs: int
    points: int
    detail: str = ""
    level: str = ""
    study: str = ""
    """Study whose solver runs, where the subject does not begin with it."""

    def step(self, state: StepState, done: int) -> Step:
        """Return the step as it is listed, `done` runs being there."""
        return Step(self.stage, self.subject, state, self.runs, done, self.detail, self.level, self.study)


class Engine(Protocol):
    """How the walk gets its records."""

    store: Store
    ledger: Ledger

    def block(self, needed: Needed, block: BlockPlan | None) -> Record | None:
        """Return the `runs` record of a block; None where it is not there and not computed."""
        ...

    def record(
        self,
        kind: str,
        subject: str,
        recipe: str | None,
        inputs: Mapping[str, str],
        compute: Callable[[], Computed],
    ) -> Record | None:
        """Return a stage's record; `recipe` None says that something before it is missing."""
        ...

    def fixed(self, record: Record) -> None:
        """Keep a record that follows from the programme's files alone."""
        ...

    def attempt(self, payload: Mapping[str, Json], notes: Mapping[str, Json]) -> bool:
        """Make an attempt known in the ledger; False where it is not and this walk only looks.

        `notes` are what the journal keeps of it, by ``study@configuration`` whose draws it will use.
        """
        ...

    def freeze(self, payload: Mapping[str, Json]) -> bool:
        """Make a freeze known in the ledger; False where it is not and this walk only looks."""
        ...


def _known(entries: tuple[object, ...], payload: Mapping[str, Json]) -> bool:
    return any(getattr(entry, "payload", None) == dict(payload) for entry in entries)


def state_of(store: Store, kind: str, subject: str) -> StepState:
    """Return whether a missing record is new, or replaces one that has gone stale."""
    return "new" if store.latest(kind, subject) is None else "stale"


@dataclass
class Looking:
    """Looks, computes nothing, writes nothing."""

    store: Store
    ledger: Ledger
    steps: list[Step] = field(default_factory=list)

    def block(self, needed: Needed, block: BlockPlan | None) -> Record | None:
        """Find a block's record and list the step."""
        if block is None:
            self.steps.append(needed.step("waiting", 0))
            return None
        record = self.store.find("runs", block.subject, block.recipe)
        if record is not None and self.store.has_blobs(record):
            runs = int(record.payload["solves"])
            self.steps.append(replace(needed, runs=runs).step("done", runs))
            return record
        started = self.store.count_rows(block.key) * needed.runs // max(1, needed.points)
        state = state_of(self.store, "runs", block.subject)
        self.steps.append(needed.step(state, started))
        return None

    def record(
        self,
        kind: str,
        subject: str,
        recipe: str | None,
        inputs: Mapping[str, str],
        compute: Callable[[], Computed],
    ) -> Record | None:
        """Find a record and list the step."""
        found = None if recipe is None else self.store.find(kind, subject, recipe)
        if found is not None and not self.store.has_blobs(found):
            found = None
        waiting: StepState = "waiting" if recipe is None else state_of(self.store, kind, subject)
        self.steps.append(Step(kind, subject, "done" if found else waiting, 0, 0))
        return found

    def fixed(self, record: Record) -> None:
        """Keep nothing: the record follows from the files at any time."""

    def attempt(self, payload: Mapping[str, Json], notes: Mapping[str, Json]) -> bool:
        """Say whether the attempt is in the ledger, and list it."""
        known = _known(self.ledger.attempts, payload)
        name = f"{payload['requirement']}@{payload['configuration']}#{payload['number']}"
        self.steps.append(Step("attempt", name, "done" if known else "new", 0, 0))
        return known

    def freeze(self, payload: Mapping[str, Json]) -> bool:
        """Say whether the freeze is in the ledger, and list it."""
        known = _known(self.ledger.freezes, payload)
        self.steps.append(Step("freeze", str(payload["configuration"]), "done" if known else "new", 0, 0))
        return known


@dataclass
class Working:
    """Carries out what is missing."""

    folder: Path
    """The programme's folder, which holds the ledger."""
    store: Store
    ledger: Ledger
    executors: Callable[[], Executor]
    progress: Callable[[Needed, BlockProgress], None] | None = None
    should_stop: Callable[[], None] | None = None
    announce: Callable[[str], None] | None = None

    def block(self, needed: Needed, block: BlockPlan | None) -> Record | None:
        """Return the block's record, running what is missing of it."""
        if block is None:
            return None
        found = self.store.find("runs", block.subject, block.recipe)
        if found is not None and self.store.has_blobs(found):
            return found
        report = None
        if self.progress is not None:
            tell = self.progress

            def report(progress: BlockProgress) -> None:
                tell(needed, progress)

        return run_block(
            self.store,
            block.build(),
            executor_factory=self.executors,
            progress=report,
            should_stop=self.should_stop,
        )

    def record(
        self,
        kind: str,
        subject: str,
        recipe: str | None,
        inputs: Mapping[str, str],
        compute: Callable[[], Computed],
    ) -> Record | None:
        """Return the stage's record, computing it where it is missing or its blobs are damaged."""
        if recipe is None:
            return None
        found = self.store.find(kind, subject, recipe)
        if found is not None and self.store.has_blobs(found):
            return found
        if self.announce is not None:
            self.announce(f"{kind} {subject}")
        payload, blobs = compute()
        record = Record(kind, subject, recipe, dict(inputs), payload, dict(blobs), TOOL)
        self.store.put(record)
        return record

    def fixed(self, record: Record) -> None:
        """Store the record."""
        self.store.put(record)

    def attempt(self, payload: Mapping[str, Json], notes: Mapping[str, Json]) -> bool:
        """Write the attempt before its first run, and before that a note that this store saw it."""
        if not _known(self.ledger.attempts, payload):
            for block, detail in notes.items():
                self.store.note(ATTEMPT_NOTE, block, detail)
            write_attempt(self.folder, payload)
            self.ledger = read_ledger(self.folder)
        return True

    def freeze(self, payload: Mapping[str, Json]) -> bool:
        """Write the freeze before held-out data are read."""
        if not _known(self.ledger.freezes, payload):
            write_freeze(self.folder, payload)
            self.ledger = read_ledger(self.folder)
        return True
