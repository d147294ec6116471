"""Requirements: what must hold, from a table or a TOML file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from assay.programme import _tables
from assay.programme._documents import Place, Sentence, Shape, Text, Word, toml
from assay.programme._files import Folder
from assay.programme._problems import Problems, nearest
from assay.programme.model import DocumentMeans, Pack, Requirement, Source

ID = re.compile(r"\w[\w.:\-]{0,79}")
COLUMNS = ("id", "sources", "text", "means", "owner", "parent")
OPTIONAL = ("document", "role")


class _Requirement(Shape):
    id: Word
    sources: list[Word]
    text: Sentence
    means: list[Word]
    owner: Text = ""
    parent: Text = ""
    document: Text = ""
    role: Text = ""


@dataclass(frozen=True)
class Known:
    """What a requirement may refer to."""

    packs: Mapping[str, Pack]
    roles: Mapping[str, str]
    columns: Mapping[str, str]
    """Column of this format to the heading that the author's table has for it."""


def requirements(folder: Folder, known: Known) -> tuple[Mapping[str, Requirement], frozenset[str] | None]:
    """Read requirements.csv or requirements.toml; what is wrong in it is noted.

    Returns
    -------
    tuple
        The requirements; the ids that are written, also of rows that are wrong, or None if the file
        could not be read at all.
    """
    problems = folder.problems
    present = [f for f in ("requirements.csv", "requirements.toml") if folder.exists(f)]
    for other in ("requirements.xlsx", "requirements.reqif"):
        if folder.exists(other):
            problems.add(other, None, "this version reads no such file", "write requirements.csv or .toml")
    if not present:
        problems.add("requirements.csv", None, "there are no requirements", "write requirements.csv or .toml")
        return {}, None
    if len(present) > 1:
        problems.add(present[1], None, "there is a requirements.csv besides", "keep one requirements file")
    rows = _from_table(folder, known) if present[0].endswith(".csv") else _from_toml(folder)
    if rows is None:
        return {}, None
    read: dict[str, Requirement] = {}
    for place in rows:
        row = place.shape(_Requirement, "requirement")
        if row is None:
            continue
        if row.id in read:
            found = f"the id {row.id!r} stands on line {read[row.id].source.line} too"
            _note(problems, place.source, found, "give each its own id")
        else:
            read[row.id] = _requirement(row, place.source, known, folder)
    ids = frozenset(str(place.value.get("id")) for place in rows if isinstance(place.value, dict))
    _check_parents(read, ids, problems)
    return read, ids


def _from_table(folder: Folder, known: Known) -> list[Place] | None:
    table = _tables.table(folder, "requirements.csv")
    if table is None:
        return None
    heading = {column: known.columns.get(column, column) for column in (*COLUMNS, *OPTIONAL)}
    table.close(heading.values())
    if not table.require(heading[column] for column in COLUMNS):
        return None
    cells = {column: table.column(name) for column, name in heading.items()}
    places = []
    for position, row in enumerate(table.rows):
        values: dict[str, object] = {column: cells[column][position] for column in heading}
        values.update({column: _split(cells[column][position]) for column in ("sources", "means")})
        places.append(Place(table.file, {("row",): row.line}, table.problems, values, ("row",)))
    return places


def _from_toml(folder: Folder) -> list[Place] | None:
    document = toml(folder, "requirements.toml")
    if document is None:
        return None
    for key, place in document.table("requirements.toml").items():
        if key != "requirement":
            place.refuse(f"unknown table {key!r}", "write [[requirement]]")
    return document.at("requirement").elements("requirement")


def _split(cell: str) -> list[str]:
    return [word.strip() for word in cell.split(";") if word.strip()]


def _note(problems: Problems, source: Source, found: str, instead: str) -> None:
    problems.add(source.file, source.line, found, instead)


def _requirement(row: _Requirement, source: Source, known: Known, folder: Folder) -> Requirement:
    problems = folder.problems
    if not ID.fullmatch(row.id):
        _note(problems, source, f"the id {row.id!r}", "write letters, digits, . - : and _, at most 80")
    for clause in row.sources:
        _check_clause(clause, source, known, problems)
    labels = [code for pack in known.packs.values() for code in pack.means]
    for code in row.means:
        if labels and code not in labels:
            _note(problems, source, f"unknown means {code!r}", nearest(code, labels))
    document = None
    if row.document or row.role:
        document = _document(row, source, known, folder)
    return Requirement(
        id=row.id,
        sources=tuple(row.sources),
        text=row.text,
        means=tuple(row.means),
        owner=row.owner,
        parent=row.parent or None,
        document=document,
        source=source,
    )


def _check_clause(clause: str, source: Source, known: Known, problems: Problems) -> None:
    for pack in known.packs.values():
        if pack.clause_prefix and clause.startswith(pack.clause_prefix) and clause not in pack.clauses:
            found = f"clause {clause!r} is not in pack {pack.name}, edition {pack.edition}"
            _note(problems, source, found, nearest(clause, pack.clauses))


def _document(row: _Requirement, source: Source, known: Known, folder: Folder) -> DocumentMeans | None:
    if not row.document:
        _note(
            folder.problems, source, f"a role {row.role!r} and no document", "name the document, or no role"
        )
        return None
    refusal = folder.refusal(row.document)
    if refusal is not None:
        found = f"the document {row.document!r} {refusal}"
        _note(folder.problems, source, found, "name a file inside the programme folder")
        return None
    if row.role not in known.roles:
        found = f"the document's role {row.role!r}"
        _note(folder.problems, source, found, nearest(row.role, known.roles, "add it under [roles]"))
        return None
    return DocumentMeans(row.document, row.role)


def _check_parents(read: Mapping[str, Requirement], ids: frozenset[str], problems: Problems) -> None:
    settled: set[str] = set()
    for requirement in read.values():
        if requirement.parent is not None and requirement.parent not in ids:
            found = f"unknown parent {requirement.parent!r} of {requirement.id}"
            _note(problems, requirement.source, found, nearest(requirement.parent, read))
        path: list[str] = []
        step: str | None = requirement.id
        while step is not None and step in read and step not in settled and step not in path:
            path.append(step)
            step = read[step].parent
        if step in path:
            cycle = [*path[path.index(step) :], step]
            found = f"the parents go round: {' -> '.join(cycle)}"
            _note(problems, read[step].source, found, "leave one of the parents empty")
        settled.update(path)
