"""What do all stages of one configuration share, and what do they find?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from assay.compliance import Approvable
from assay.evidence import Record
from assay.pipeline.attempting import Choice, Plan
from assay.programme import Configuration, Programme
from assay.showing import (
    Claim,
    LimitValues,
    Part,
)
from assay.showing.dominance import Climb
from assay.showing.records import Price
from assay.showing.sequential import Path


@dataclass(frozen=True)
class Setting:
    """What all stages of one configuration share."""

    programme: Programme
    configuration: Configuration
    claims: tuple[Claim, ...]
    limits: Mapping[str, LimitValues]
    records: Mapping[str, str]
    """Role to id of the programme's own records (criterion:ID, configuration, basis:...)."""
    allowances: Mapping[str, str | None]
    """Study to the digest of the approval of its allowance; None where there is none."""
    deviations: Mapping[str, str]
    """Basis subject to the sentence of its approved deviation."""
    given_draws: Mapping[str, int]
    """Study to the draws that the budget pays for."""
    prices: Mapping[str, Price] = field(default_factory=dict)
    """Criterion to the price of its plan, where the budget does not pay for it."""
    recipes: Mapping[str, str] = field(default_factory=dict)
    """Requirement to the digest of all that its attempt stands on (`freezing.attempt_recipes`)."""
    choices: Mapping[str, Choice] = field(default_factory=dict)
    """Criterion to the plan chosen for it; the fixed one where it is missing."""
    given_runs: Mapping[str, int] = field(default_factory=dict)
    """Criterion to the draws a part that the budget pays for, where its plan decides run by run."""


@dataclass(frozen=True)
class Levelled:
    """A block of draws that started on a coarser level, with all its finer runs."""

    tables: Mapping[int, Record]
    """Level to its runs; 1, the finest, among them."""
    rest: Record | None
    """Runs on the finest level of what stood on a void level."""
    check: Record
    against: tuple[Record, ...]
    """Level checks of other blocks of the study that void a level."""

    @property
    def inputs(self) -> dict[str, str]:
        """Return what a showing over these draws rests on, by role."""
        found = {f"runs:{level}": record.id for level, record in self.tables.items()}
        if self.rest is not None:
            found["runs:rest"] = self.rest.id
        found |= {
            f"levels:{record.subject}:{number}": record.id for number, record in enumerate(self.against)
        }
        return {**found, "levels": self.check.id}

    def runs(self) -> tuple[Record, ...]:
        """Return all tables but that of the start level."""
        first = max(self.tables)
        finer = [record for level, record in self.tables.items() if level != first]
        return (*finer, self.rest) if self.rest is not None else tuple(finer)


@dataclass(frozen=True)
class Stream:
    """A plan of one part of a claim that decides run by run, as far as it has come."""

    part: Part
    path: Path
    steps: tuple[tuple[Record, Record], ...]
    """Each complete step with its runs."""
    wealth: Record | None
    """What it came to, once it is decided or its runs are used up."""


@dataclass(frozen=True)
class Certified:
    """A plan that rests on declared signs, as far as it has come."""

    path: Climb
    steps: tuple[tuple[Record, Record | None], ...]
    """Each complete step with its runs, where it has some."""
    end: Record | None
    """What it came to, once it is decided, given up or its runs are used up."""


@dataclass(frozen=True)
class Banded:
    """The plan of a declared bound on the model's error, as far as it has come."""

    band: Record
    draws: Record | None
    runs: Record | None
    result: Record | None
    """What the draws and the checks came to, once every one is made."""


@dataclass(frozen=True)
class Accepting:
    """What a model states by itself, as far as it has come."""

    statement: Record
    check: Record | None
    item: Approvable
    """What a person has to accept: exactly this statement."""
    approval: Record | None
    """The acceptance in force, if there is one."""


@dataclass
class ConfigurationEvidence:
    """What is known of a configuration."""

    setting: Setting
    nominal: dict[str, Record | None] = field(default_factory=dict)
    guided: dict[str, Record | None] = field(default_factory=dict)
    refutation: dict[str, Record | None] = field(default_factory=dict)
    plans: dict[str, Plan] = field(default_factory=dict)
    validation: dict[tuple[str, int], Record | None] = field(default_factory=dict)
    """(study, block) to its runs, on the start level."""
    levels: dict[tuple[str, int], Levelled | None] = field(default_factory=dict)
    """(study, block) to its finer runs, where the study starts on a coarser level."""
    streams: dict[str, tuple[Stream, ...]] = field(default_factory=dict)
    """Criterion to its plans that decide run by run, one a part."""
    certified: dict[str, Certified] = field(default_factory=dict)
    """Criterion to its plan that rests on declared signs."""
    bands: dict[str, Banded] = field(default_factory=dict)
    """Criterion to its plan under a declared bound."""
    stated: dict[str, Accepting] = field(default_factory=dict)
    """Criterion to what its model states, where that is to be credited."""
    showings: dict[str, Record | None] = field(default_factory=dict)
    metrics: dict[tuple[str, str], Record | None] = field(default_factory=dict)
    """(study, quantity) to the model's metrics on the draws of this configuration."""
    pictures: dict[str, Record | None] = field(default_factory=dict)
    freeze: str | None = None
