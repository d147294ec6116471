"""What is a dossier composed from? Records of one configuration, by their role in the argument."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from assay.compliance import Status
from assay.evidence import Record
from assay.programme import Programme


@dataclass(frozen=True)
class StudyRecords:
    """The evidence of one study for one configuration; what does not exist is None or left out."""

    training: Record | None = None
    models: Mapping[str, Record] = field(default_factory=dict)
    """Quantity to its `model` record, accepted or refused; `guards` and `metrics` likewise."""
    guards: Mapping[str, Record] = field(default_factory=dict)
    metrics: Mapping[str, Record] = field(default_factory=dict)
    verification_runs: Record | None = None
    verification: Record | None = None
    structure_runs: Record | None = None
    structure: Record | None = None
    nominal: Record | None = None
    guided: Record | None = None
    """The runs that the model proposed; `refutation` is what came of them."""
    refutation: Record | None = None
    validation: Mapping[int, Record] = field(default_factory=dict)
    """Block number to its runs."""
    designs: Mapping[int, Record] = field(default_factory=dict)
    pictures: Record | None = None
    sequential: tuple[Record, ...] = ()
    """Runs of the plans that decide run by run, a table a step."""

    def runs(self) -> tuple[Record, ...]:
        """Return the run records, in the order of the argument."""
        first = (self.training, self.verification_runs, self.structure_runs, self.nominal, self.guided)
        blocks = (self.validation[number] for number in sorted(self.validation))
        return tuple(r for r in (*first, *blocks, *self.sequential, self.pictures) if r is not None)

    def every(self) -> Iterator[Record]:
        """Yield all records."""
        yield from self.runs()
        for group in (self.models, self.guards, self.metrics):
            yield from group.values()
        yield from self.designs.values()
        yield from (r for r in (self.verification, self.structure, self.refutation) if r is not None)


@dataclass(frozen=True)
class DossierInputs:
    """Everything that the dossier of one configuration is written from."""

    programme: Programme
    configuration: str
    status: Status
    """Of this configuration alone: its rows, counts and listwise confidence."""
    showings: Mapping[str, Record]
    """Criterion to its `showing` record; criteria without one are left out."""
    studies: Mapping[str, StudyRecords]
    """Every study that a criterion of this configuration uses."""
    own: Mapping[str, Record]
    """``kind:name`` to the programme's own records; those of other configurations are not used."""
    approvals: tuple[Record, ...] = ()
    """`approval` records in force."""
    attempts: tuple[Record, ...] = ()
    """`attempt` records of this part that are on file, credited or not."""
    freezes: tuple[Record, ...] = ()
    discarded: tuple[Record, ...] = ()
    """Superseded records: named in the history, not attached."""
    closure: tuple[Record, ...] = ()
    """Further records that inputs of the above name."""
    tables: Mapping[str, bytes] = field(default_factory=dict)
    """Blob digest to the canonical bytes of the table of every `runs` record."""
    weighed: Mapping[str, Record] = field(default_factory=dict)
    """Criterion to its `plan-choice` record, where the model says something of its own."""

    def records(self) -> Mapping[str, Record]:
        """Return all attached records by id, without the dossier's own."""
        return self._known[0]

    def id_of(self, record: Record) -> str:
        """Return the id of a record; that of an attached one is hashed once, not at every use."""
        return self._known[1].get(id(record)) or record.id

    @cached_property
    def _known(self) -> tuple[dict[str, Record], dict[int, str]]:
        """Records by id, and ids by the object's address: the inputs keep the objects alive."""
        found: dict[str, Record] = {}
        names: dict[int, str] = {}
        for record in self._every():
            if id(record) not in names:
                names[id(record)] = record.id
                found.setdefault(names[id(record)], record)
        return found, names

    def approvals_here(self) -> tuple[Record, ...]:
        """Return the approvals but those whose subject names another configuration (``...@NAME``)."""
        others = set(self.programme.configurations) - {self.configuration}
        return tuple(
            record for record in self.approvals if record.payload["subject"].rpartition("@")[2] not in others
        )

    def _every(self) -> Iterator[Record]:
        yield from (record for role, record in self.own.items() if self._is_used(role))
        for study in self.studies.values():
            yield from study.every()
        yield from self.showings.values()
        yield from self.weighed.values()
        yield from (*self.approvals_here(), *self.attempts, *self.freezes, *self.closure)

    def _is_used(self, role: str) -> bool:
        kind, _, name = role.partition(":")
        if kind == "configuration":
            return name == self.configuration
        if kind == "criterion":
            where = self.programme.criteria[name].configurations
            return not where or self.configuration in where
        return True


@dataclass(frozen=True)
class FigureRef:
    """A figure that was drawn."""

    digest: str
    format: Literal["svg", "png"]


@dataclass(frozen=True)
class FigureRequest:
    """A figure to draw before the document is composed; `data` fits the chart of its kind."""

    name: str
    """``margins``; of a showing ``waterfall-N``, ``wealth-N`` or ``field-N``; of a study ``convergence-N``.

    N counts from 1. It is the anchor of the figure in the document too.
    """
    kind: Literal["margins", "waterfall", "wealth", "convergence", "field"]
    data: Mapping[str, Any]
