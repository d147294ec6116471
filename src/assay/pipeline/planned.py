"""What would run, how long, how much disk? The plan in numbers, before anything runs."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from assay.evidence import Store
from assay.pipeline.engine import Looking, Step
from assay.pipeline.walk import Walked, walk
from assay.programme import Programme

PLAN_SCHEMA = "assay.plan/1"
BYTES_A_RUN = 2_000
BYTES_A_PICTURE = 400_000


@dataclass(frozen=True)
class Plan:
    """A programme's plan."""

    programme: str
    steps: tuple[Step, ...]
    seconds_per_run: dict[str, float]
    """Study to measured seconds a run on this machine, else what the study states."""
    measured: dict[str, bool]
    max_runs: int | None

    @property
    def runs_left(self) -> int:
        """Return the solver runs still to be made."""
        return sum(step.runs - step.done for step in self.steps)

    @property
    def runs(self) -> int:
        """Return all solver runs of the programme as it stands."""
        return sum(step.runs for step in self.steps)

    @property
    def seconds_left(self) -> float:
        """Return the expected time of the runs still to be made, on one core."""
        return sum(
            (step.runs - step.done) * self.seconds_per_run.get(_study(step.subject), 0.0)
            for step in self.steps
        )

    @property
    def bytes_left(self) -> int:
        """Return the disk that the runs still to be made will take, roughly."""
        pictures = sum(step.runs - step.done for step in self.steps if step.stage == "picture")
        return BYTES_A_RUN * self.runs_left + BYTES_A_PICTURE * pictures

    def document(self) -> dict[str, Any]:
        """Return the plan as one JSON document."""
        return {
            "schema": PLAN_SCHEMA,
            "programme": self.programme,
            "steps": [asdict(step) for step in self.steps],
            "runs": {"all": self.runs, "to do": self.runs_left, "max_runs": self.max_runs},
            "seconds": {"value": self.seconds_left, "unit": "s on one core"},
            "disk": {"value": self.bytes_left, "unit": "B"},
        }

    def lines(self) -> list[str]:
        """Return the summary."""
        budget = f" of {self.max_runs} paid for" if self.max_runs is not None else ""
        how = "measured here" if any(self.measured.values()) else "as the studies state"
        return [
            f"runs: {self.runs}{budget}, {self.runs_left} to do",
            f"time: about {self.seconds_left / 60:.1f} min on one core ({how})",
            f"disk: about {self.bytes_left / 1e6:.1f} MB",
        ]


def _study(subject: str) -> str:
    return subject.split("@", maxsplit=1)[0].split("/", maxsplit=1)[0]


def make_plan(looking: Looking, programme: Programme, configurations: Sequence[str]) -> Plan:
    """Look at every stage and list what it would take."""
    walk(looking, programme, configurations)
    measured = measured_seconds(looking.store)
    seconds = {
        name: measured.get(name, study.run_time or study.time_limit)
        for name, study in programme.studies.items()
    }
    return Plan(
        programme.name,
        tuple(looking.steps),
        seconds,
        {name: name in measured for name in programme.studies},
        programme.budget.max_runs,
    )


def measured_seconds(store: Store) -> dict[str, float]:
    """Return, by study, the median of the seconds a run took in the journal's blocks."""
    found: dict[str, list[float]] = {}
    for note in store.journal("block-finished"):
        seconds = note.detail.get("seconds_per_run")
        if isinstance(seconds, int | float):
            found.setdefault(_study(note.subject), []).append(float(seconds))
    return {name: statistics.median(values) for name, values in found.items()}


def nothing_to_do(
    looking: Looking, programme: Programme, configurations: Sequence[str]
) -> tuple[Walked, bool]:
    """Look at every stage; say whether each has its record."""
    walked = walk(looking, programme, configurations)
    return walked, all(step.state == "done" for step in looking.steps)
