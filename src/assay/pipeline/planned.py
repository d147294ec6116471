"""What would run, how long, how much disk? The plan in numbers, before anything runs."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from assay.evidence import Store
from assay.pipeline.engine import Looking, Step
from assay.pipeline.setting import ConfigurationEvidence
from assay.pipeline.walk import Walked, walk
from assay.programme import Programme
from assay.showing.choice_records import PlanChoicePayload

PLAN_SCHEMA = "assay.plan/1"
BYTES_A_RUN = 2_000
BYTES_A_PICTURE = 400_000


@dataclass(frozen=True)
class Prospect:
    """What each plan of one fraction would take, from its record, and what has been run."""

    requirement: str
    record: str
    weighed: PlanChoicePayload
    kind: str
    """The plan in force: that of the attempt, once there is one."""
    made: int
    """Solver runs that it has made; draws of a fixed plan serve other criteria too."""


@dataclass(frozen=True)
class Plan:
    """A programme's plan."""

    programme: str
    steps: tuple[Step, ...]
    seconds_per_run: dict[str, float]
    """Study to measured seconds a run on this machine, else what the study states."""
    measured: dict[str, bool]
    max_runs: int | None
    seconds_by_level: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """Study to level, by its knobs, to measured seconds a run there."""
    prospects: tuple[Prospect, ...] = ()
    """Of every fraction that a model was asked about."""

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
        return sum((step.runs - step.done) * self.seconds_of(step) for step in self.steps)

    def seconds_of(self, step: Step) -> float:
        """Return the expected seconds of a run of a step: as measured on its level, else of its study."""
        study = step.study or _study(step.subject)
        by_level = self.seconds_by_level.get(study, {})
        return by_level.get(step.level, self.seconds_per_run.get(study, 0.0))

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
            "criteria": [prospect_document(prospect) for prospect in self.prospects],
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
    walked = walk(looking, programme, configurations)
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
        measured_by_level(looking.store),
        tuple(prospect for name in configurations for prospect in prospects(walked, name)),
    )


def prospects(walked: Walked, configuration: str) -> tuple[Prospect, ...]:
    """Return what each plan of the fractions of a configuration would take, as far as it is on record."""
    found, every = walked.configurations[configuration], []
    for name, record in walked.weighed.get(configuration, {}).items():
        weighed = PlanChoicePayload.model_validate(record.payload)
        if weighed.options:
            kind: str = "structure+fixed" if weighed.options[0].plan == "structure+fixed" else weighed.plan
            plan = found.plans.get(name)
            if plan is not None and kind != "structure+fixed":
                kind = plan.kind
            requirement = walked.programme.criteria[name].requirement
            every.append(Prospect(requirement, record.id, weighed, kind, runs_made(found, name)))
    return tuple(every)


def runs_made(found: ConfigurationEvidence, criterion: str) -> int:
    """Return the solver runs that the plan of a criterion has made."""
    plan = found.plans.get(criterion)
    if plan is None:
        return 0
    records = [runs for stream in found.streams.get(criterion, ()) for _, runs in stream.steps]
    if criterion in found.certified:
        records += [runs for _, runs in found.certified[criterion].steps if runs is not None]
    if criterion in found.bands:
        runs = found.bands[criterion].runs
        records += [runs] if runs is not None else []
    if plan.block is not None:
        where = (plan.claim.study.name, plan.block)
        draws, levelled = found.validation.get(where), found.levels.get(where)
        records += [draws] if draws is not None else []
        records += levelled.runs() if levelled is not None else ()
    return sum(int(record.payload["solves"]) for record in records)


def prospect_document(prospect: Prospect) -> dict[str, Any]:
    """Return what each plan would take as JSON."""
    weighed = prospect.weighed.model_dump(mode="json")
    return {
        "criterion": prospect.weighed.criterion,
        "requirement": prospect.requirement,
        "configuration": prospect.weighed.configuration,
        "plan": prospect.kind,
        "runs made": prospect.made,
        "believed": weighed["believed"],
        "options": weighed["options"],
        "saves": weighed["saves"],
        "next_run": weighed["next_run"],
        "model": weighed["model"],
        "record": prospect.record,
    }


def measured_seconds(store: Store) -> dict[str, float]:
    """Return, by study, the median of the seconds a run took in the journal's blocks."""
    found: dict[str, list[float]] = {}
    for note in store.journal("block-finished"):
        seconds = note.detail.get("seconds_per_run")
        if isinstance(seconds, int | float):
            found.setdefault(_study(note.subject), []).append(float(seconds))
    return {name: statistics.median(values) for name, values in found.items()}


def measured_by_level(store: Store) -> dict[str, dict[str, float]]:
    """Return, by study and level, the median over the journal's blocks of the seconds a run took."""
    found: dict[str, dict[str, list[float]]] = {}
    for note in store.journal("block-finished"):
        told = note.detail.get("seconds_by_level")
        for level, seconds in (told or {}).items():
            found.setdefault(_study(note.subject), {}).setdefault(level, []).append(float(seconds))
    return {
        study: {level: statistics.median(values) for level, values in levels.items()}
        for study, levels in found.items()
    }


def nothing_to_do(
    looking: Looking, programme: Programme, configurations: Sequence[str]
) -> tuple[Walked, bool]:
    """Look at every stage; say whether each has its record."""
    walked = walk(looking, programme, configurations)
    return walked, all(step.state == "done" for step in looking.steps)
