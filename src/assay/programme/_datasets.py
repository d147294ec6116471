"""Measurements: ``data/NAME.csv`` with its origin in ``data/NAME.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from assay.evidence.records import digest
from assay.programme import _tables
from assay.programme._documents import Place, Sentence, Shape, Word, toml
from assay.programme._files import Folder
from assay.programme._problems import nearest
from assay.programme._tables import Table
from assay.programme.model import Column, Dataset, Source


class _Origin(Shape):
    source: Sentence
    licence: Sentence
    columns: dict[str, Any] = Field(default_factory=dict)


class _ColumnNote(Shape):
    uncertainty: float | None = None
    group: Word | None = None


def dataset_names(folder: Folder) -> tuple[str, ...]:
    """Return the names of all data sets, also of those that cannot be read."""
    files = folder.listing("data", ".toml")
    return tuple(file.removeprefix("data/").removesuffix(".toml") for file in files)


def datasets(folder: Folder) -> Mapping[str, Dataset]:
    """Read every data set; what is not one is noted."""
    found: dict[str, Dataset] = {}
    for name in dataset_names(folder):
        file = f"data/{name}.toml"
        dataset = _dataset(folder, name, file)
        if dataset is not None:
            found[name] = dataset
    return found


def note_orphans(folder: Folder, used: set[str]) -> None:
    """Note every CSV file in data/ that is neither a data set nor read by a criterion."""
    described = {file.removesuffix(".toml") for file in folder.listing("data", ".toml")}
    for file in folder.listing("data", ".csv"):
        stem = file.removesuffix(".csv")
        if stem not in described and file not in used:
            folder.problems.add(
                file,
                None,
                "is neither a data set nor a table of cases that a criterion names",
                f"add {stem}.toml with source and licence, or remove the file",
            )


def _dataset(folder: Folder, name: str, file: str) -> Dataset | None:
    document = toml(folder, file)
    origin = None if document is None else document.shape(_Origin, file)
    data = file.removesuffix(".toml") + ".csv"
    table = _tables.table(folder, data)
    if document is None or origin is None or table is None:
        return None
    if not table.rows:
        table.refuse(1, "no rows", "write one measurement a row")
        return None
    return _described(document, origin, table, name, digest(folder.read(data) or b""))


def _described(document: Place, origin: _Origin, table: Table, name: str, content: str) -> Dataset | None:
    notes = _notes(document, table)
    columns: dict[str, Column] = {}
    labels: dict[str, tuple[str, ...]] = {}
    complete = True
    for heading in table.headings:
        if heading.unit is None:
            labels[heading.name] = table.column(heading.name)
            continue
        values = table.numbers(heading.name)
        note = notes.get(heading.name, _ColumnNote())
        if values is None:
            complete = False
        else:
            columns[heading.name] = Column(heading.name, heading.unit, values, note.uncertainty, note.group)
    if not complete:
        return None
    source = Source(table.file, 1)
    return Dataset(name, content, origin.source, origin.licence, columns, labels, source)


def _notes(document: Place, table: Table) -> dict[str, _ColumnNote]:
    notes: dict[str, _ColumnNote] = {}
    words = [heading.name for heading in table.headings if heading.unit is None]
    numeric = [heading.name for heading in table.headings if heading.unit is not None]
    for name, place in document.at("columns").table("columns").items():
        if name not in numeric:
            place.refuse(f"{table.file} has no column {name!r} of numbers", nearest(name, numeric))
            continue
        note = place.shape(_ColumnNote, f"columns.{name}")
        if note is None:
            continue
        if note.uncertainty is not None and note.uncertainty < 0.0:
            place.at("uncertainty").refuse(f"an uncertainty of {note.uncertainty:g}", "write 0 or more")
        if note.group is not None and note.group not in words:
            place.at("group").refuse(f"unknown column of words {note.group!r}", nearest(note.group, words))
        notes[name] = note
    return notes
