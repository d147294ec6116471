"""Reading a whole programme folder into one checked, frozen object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from assay.errors import InputError
from assay.programme import _criteria, _requirements, _studies
from assay.programme._configurations import configuration_files, configurations
from assay.programme._datasets import dataset_names, datasets, note_orphans
from assay.programme._documents import Place, Shape, Text, Word, shown, toml
from assay.programme._files import Folder
from assay.programme._packs import packs
from assay.programme._problems import Problems, TooManyProblems, nearest
from assay.programme.model import Budget, Configuration, DocumentHead, ErrorShares, Pack, Programme, Study

_TABLES = ("programme", "document", "roles", "budget", "packs", "error", "accept", "columns")
_ACCEPTED = ("model",)
_Share = Annotated[float, Field(ge=0.0, le=1.0)]


def _iso_text(value: Any) -> Any:
    return value.isoformat() if type(value) is date else value


class _Programme(Shape):
    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]
    title: Word
    attempts: Annotated[int, Field(ge=1, le=1000)] | None = None


class _Document(Shape):
    reference: Word
    issue: Word
    date: Annotated[str, BeforeValidator(_iso_text), Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    statement: Text


class _Budget(Shape):
    max_runs: Annotated[int, Field(ge=0, le=10**12)] | None = None
    max_hours: Annotated[float, Field(gt=0.0, le=1e9)] | None = None
    max_tokens: Annotated[int, Field(ge=0, le=10**15)] | None = None


class _Error(Shape):
    statistics: _Share = 1.0
    numerical: _Share = 0.0
    model: _Share = 0.0


@dataclass(frozen=True)
class _Head:
    """What programme.toml says."""

    programme: _Programme
    document: DocumentHead
    roles: Mapping[str, str]
    budget: Budget
    shares: ErrorShares
    accepts: Mapping[str, str]
    columns: Mapping[str, str]


_NO_HEAD = _Head(
    _Programme(name="programme", title="programme"),
    DocumentHead("", "", "", ""),
    {},
    Budget(None, None),
    ErrorShares(),
    {},
    {},
)


def load(folder: Path | str) -> Programme:
    """Read and check a programme folder; nothing of it is run.

    Parameters
    ----------
    folder
        Holds ``programme.toml``.

    Returns
    -------
    Programme
        Units are known, names resolve, limits parse; values are in the units beside them.

    Raises
    ------
    InputError
        With every problem found: file, line, what stands there, what to write instead.
    """
    problems = Problems()
    files = Folder(Path(folder), problems)
    try:
        return _checked(files)
    except TooManyProblems:
        problems.raise_any(f"the programme in {files.root.name}")
        raise


def _checked(files: Folder) -> Programme:
    problems = files.problems
    notices: list[str] = []
    document = toml(files, "programme.toml")
    if document is None:  # roles and packs are unknown: whatever else is found would follow from that
        problems.raise_any(f"the programme in {files.root.name}")
        raise InputError(f"{files.root} has no programme.toml that can be read; write one")
    head = _head(document)
    known_packs = packs(files, document.at("packs").table("packs"))
    data = datasets(files)
    study_names = _studies.study_files(files)
    studies = _studies.studies(files, _studies.Known(data, known_packs, head.roles), notices)
    broken = len(studies) < len(study_names)
    built = configurations(files, studies, broken, data, notices)
    required, ids = _requirements.requirements(
        files, _requirements.Known(known_packs, head.roles, head.columns)
    )
    known = _criteria.Known(
        requirements=required,
        requirement_ids=ids,
        studies=studies,
        study_names=frozenset(study_names),
        configurations=built,
        configuration_names=frozenset(configuration_files(files)),
        datasets=data,
        dataset_names=frozenset(dataset_names(files)),
        packs=known_packs,
        factors={tag: f.value for pack in known_packs.values() for tag, f in pack.factors.items()},
        aliases={name: text for pack in known_packs.values() for name, text in pack.aliases.items()},
        accepts=head.accepts,
    )
    criteria, cases, used = _criteria.criteria(files, known)
    note_orphans(files, used)
    if not configuration_files(files):
        problems.add("configurations", None, "there is no configuration", "add configurations/nominal.toml")
    narrative = {file: files.text(file) or "" for file in files.listing("narrative", ".md")}
    problems.raise_any(f"the programme in {files.root.name}")
    return Programme(
        folder=files.root,
        name=head.programme.name,
        title=head.programme.title,
        document=head.document,
        roles=head.roles,
        budget=head.budget,
        shares=head.shares,
        attempts=head.programme.attempts,
        accepts=head.accepts,
        packs=known_packs,
        requirements=required,
        criteria=criteria,
        studies=studies,
        configurations=built,
        cases=cases,
        datasets=data,
        narrative={file.removeprefix("narrative/"): text for file, text in narrative.items()},
        notices=(*notices, *_correlation_notices(studies, built), *_unchecked(known_packs)),
    )


def _head(document: Place) -> _Head:
    for key, place in document.table("programme.toml").items():
        if key not in _TABLES:
            place.refuse(f"unknown table {key!r}", nearest(key, _TABLES))
    programme = document.at("programme").shape(_Programme, "programme")
    head = document.at("document").shape(_Document, "document")
    budget = document.at("budget").shape(_Budget, "budget")
    error = document.at("error").shape(_Error, "error")
    roles = _people(document.at("roles"))
    accepts = _texts(document.at("accept"), "accept")
    for what, role in accepts.items():
        place = document.at("accept", what)
        if what not in _ACCEPTED:
            place.refuse(f"unknown thing to accept {what!r}", nearest(what, _ACCEPTED))
        elif role not in roles:
            place.refuse(f"the role {role!r}", nearest(role, roles, "add it under [roles]"))
    if error is not None and error.statistics + error.numerical + error.model > 1.0 + 1e-12:
        document.at("error").refuse("shares of the error that sum to more than 1", "lower one of them")
    if error is not None and error.statistics == 0.0:
        document.at("error", "statistics").refuse("no error left for statistics", "write a share above 0")
    return _Head(
        programme=programme or _NO_HEAD.programme,
        document=_NO_HEAD.document
        if head is None
        else DocumentHead(head.reference, head.issue, head.date, head.statement),
        roles=roles,
        budget=Budget(None, None)
        if budget is None
        else Budget(budget.max_runs, budget.max_hours, budget.max_tokens),
        shares=ErrorShares()
        if error is None
        else ErrorShares(error.statistics, error.numerical, error.model),
        accepts=accepts,
        columns=_columns(document.at("columns")),
    )


def _texts(place: Place, what: str) -> dict[str, str]:
    found = {}
    for key, below in place.table(what).items():
        if isinstance(below.value, str) and below.value.strip() and below.value.isprintable():
            found[key] = below.value.strip()
        else:
            below.refuse(f"{what}.{key} is {shown(below.value)}", "write text in quotes")
    return found


def _people(place: Place) -> dict[str, str]:
    """Read ``[roles]``: a person, or a list of persons."""
    found = {}
    for role, below in place.table("roles").items():
        if isinstance(below.value, list):
            found[role] = ", ".join(below.words(f"roles.{role}"))
        elif isinstance(below.value, str) and below.value.strip() and below.value.isprintable():
            found[role] = below.value.strip()
        else:
            found[role] = ""  # known, so that whatever names it is not refused as well
            below.refuse(
                f"roles.{role} is {shown(below.value)}", "write a name in quotes, or a list of names"
            )
    return found


def _columns(place: Place) -> dict[str, str]:
    known = [*_requirements.COLUMNS, *_requirements.OPTIONAL]
    found = _texts(place, "columns")
    for key in found:
        if key not in known:
            place.at(key).refuse(f"unknown column {key!r}", nearest(key, known))
    return found


def _correlation_notices(studies: Mapping[str, Study], built: Mapping[str, Configuration]) -> tuple[str, ...]:
    """Say which joint law is assumed: every claim of a fraction rests on it."""
    found = []
    for study in studies.values():
        random = [
            name
            for name in study.factors
            if any(c.factors[study.name][name].law is not None for c in built.values())
        ]
        if len(random) < 2:
            continue
        pairs = "; ".join(f"{a} and {b}: {r:g}" for a, b, r in study.correlation)
        rest = f"correlated ({pairs}), the rest independent" if pairs else "independent"
        found.append(f"studies/{study.name}.toml: the laws of {', '.join(random)} are taken as {rest}")
    return tuple(found)


def _unchecked(known: Mapping[str, Pack]) -> tuple[str, ...]:
    """Say what no person has looked at yet."""
    found = []
    for pack in known.values():
        checked = [clause.source_checked for clause in pack.clauses.values()]
        checked += [factor.source_checked for factor in pack.factors.values()]
        checked += [rule.source_checked for rule in pack.basis.values()]
        count = checked.count(False)
        if count:
            found.append(
                f"pack {pack.name}: {count} of {len(checked)} rows not yet held against the official text"
            )
    return tuple(found)
