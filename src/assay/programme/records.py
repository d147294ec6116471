"""Payloads of the programme's own records, and the JSON of its objects.

JSON Schemas are generated from the models.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict

from assay.evidence.records import Json
from assay.programme import expressions
from assay.programme._files import document_digest
from assay.programme.model import (
    OMITTED_BY_DEFAULT,
    AtCases,
    Case,
    Configuration,
    Criterion,
    Dataset,
    Everywhere,
    Fraction,
    Over,
    Programme,
    Requirement,
    Source,
    Study,
)
from assay.statistics import Law

_HOLDS: Mapping[type, str] = {Fraction: "fraction", Everywhere: "everywhere", AtCases: "cases", Over: "over"}


class Payload(BaseModel):
    """Immutable, closed, no NaN."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid", allow_inf_nan=False)


class RequirementPayload(Payload):
    """What must hold."""

    id: str
    sources: tuple[str, ...]
    text: str
    means: tuple[str, ...]
    owner: str
    parent: str | None
    document: dict[str, str] | None
    """``file`` and ``role`` of a requirement that is shown by a document."""


class CriterionPayload(Payload):
    """The computable part of a requirement, with the case rows that it names."""

    id: str
    requirement: str
    study: str
    quantity: str
    sense: Literal["at_most", "at_least", "between"]
    limits: tuple[str, ...]
    """In canonical form, aliases resolved."""
    limit_texts: tuple[str, ...]
    """As written."""
    holds: dict[str, Any]
    """``kind`` (fraction, everywhere, cases, over) and what belongs to it."""
    rungs: tuple[str, ...]
    configurations: tuple[str, ...]
    allow: int
    cases: tuple[dict[str, Any], ...]


class StudyPayload(Payload):
    """One simulation question."""

    name: str
    title: str
    adapter: str
    solver_file: str
    solver_function: str
    length_unit: str
    factors: dict[str, dict[str, Any]]
    quantities: dict[str, dict[str, Any]]
    declarations: tuple[dict[str, Any], ...]
    verification: dict[str, Any] | None
    model_form: dict[str, Any]
    surrogate: dict[str, Any] | None
    correlation: tuple[tuple[str, str, float], ...]
    time_limit: float
    run_time: float | None
    files: dict[str, str]
    applied_factors: tuple[str, ...]


class ConfigurationPayload(Payload):
    """Design factors frozen, with the identity of the part."""

    name: str
    title: str
    identity: dict[str, str] | None
    factors: dict[str, dict[str, dict[str, Any]]]
    """Study to factor to its value, tolerance, law."""
    geometry: dict[str, str]


class DocumentPayload(Payload):
    """A document that shows a requirement, as it is on file."""

    requirement: str
    file: str
    role: str
    digest: str | None
    """None: missing or unreadable."""


class DatasetPayload(Payload):
    """Measurements with their origin."""

    name: str
    digest: str
    source_text: str
    licence: str
    columns: dict[str, dict[str, Any]]
    """Column to unit, values, uncertainty, group."""
    labels: dict[str, tuple[str, ...]]


def describe(thing: Any) -> Json:
    """Return the JSON of a model object: no source lines, no paths, expressions as canonical text.

    Raises
    ------
    TypeError
        If `thing` holds what has no place in a record.
    """
    if thing is None or isinstance(thing, (str, int, float)):
        return thing
    if isinstance(thing, expressions.KINDS):
        return expressions.expression_text(thing)
    if isinstance(thing, Law):
        return {"kind": thing.kind, **{name: describe(value) for name, value in thing.parameters}}
    if dataclasses.is_dataclass(thing) and not isinstance(thing, type):
        said: dict[str, Json] = {"kind": _HOLDS[type(thing)]} if type(thing) in _HOLDS else {}
        for name, default in _members(type(thing)):
            value = getattr(thing, name)
            if not isinstance(value, (Source, Path)) and (default is _ALWAYS or value != default):
                said[name] = describe(value)
        return said
    if isinstance(thing, Mapping):
        return {str(key): describe(value) for key, value in thing.items()}
    if isinstance(thing, tuple | list):
        return [describe(item) for item in thing]
    raise TypeError(f"{type(thing).__name__} has no place in a record")


_ALWAYS: Final = object()
"""Instead of a default: the field is said whatever it holds."""


@cache
def _members(kind: Any) -> tuple[tuple[str, Any], ...]:
    """Return the fields of a dataclass, each with the value at which nothing is said of it."""
    return tuple(
        (f.name, f.default if f.metadata == OMITTED_BY_DEFAULT else _ALWAYS) for f in dataclasses.fields(kind)
    )


def requirement_payload(requirement: Requirement) -> Json:
    """Return the payload of a ``requirement`` record."""
    return _dumped(RequirementPayload, describe(requirement))


def criterion_payload(criterion: Criterion, cases: Mapping[str, tuple[Case, ...]]) -> Json:
    """Return the payload of a ``criterion`` record."""
    rows = cases[criterion.holds.file] if isinstance(criterion.holds, AtCases) else ()
    return _dumped(CriterionPayload, {**describe(criterion), "cases": describe(rows)})


def study_payload(study: Study) -> Json:
    """Return the payload of a ``study`` record."""
    return _dumped(StudyPayload, describe(study))


def configuration_payload(configuration: Configuration) -> Json:
    """Return the payload of a ``configuration`` record."""
    return _dumped(ConfigurationPayload, describe(configuration))


def dataset_payload(dataset: Dataset) -> Json:
    """Return the payload of a ``dataset`` record."""
    return _dumped(DatasetPayload, describe(dataset))


def document_payload(programme: Programme, requirement: Requirement) -> Json:
    """Return the payload of a ``document`` record, with the digest of the file as it is now."""
    if requirement.document is None:
        raise ValueError(f"{requirement.id} is not shown by a document")
    found = document_digest(programme.folder, requirement.document.file)
    return _dumped(
        DocumentPayload, {"requirement": requirement.id, **describe(requirement.document), "digest": found}
    )


def programme_payloads(programme: Programme) -> tuple[tuple[str, str, Json], ...]:
    """Return (kind, subject, payload) of every record of the programme's files.

    A document's subject is its requirement; every other object's is its own name.
    """
    documents = [r for r in programme.requirements.values() if r.document is not None]
    return (
        *(("requirement", r.id, requirement_payload(r)) for r in programme.requirements.values()),
        *(("criterion", c.id, criterion_payload(c, programme.cases)) for c in programme.criteria.values()),
        *(("study", s.name, study_payload(s)) for s in programme.studies.values()),
        *(("configuration", c.name, configuration_payload(c)) for c in programme.configurations.values()),
        *(("dataset", d.name, dataset_payload(d)) for d in programme.datasets.values()),
        *(("document", r.id, document_payload(programme, r)) for r in documents),
    )


def _dumped(model: type[Payload], payload: Json) -> Json:
    return model.model_validate(payload).model_dump(mode="json")
