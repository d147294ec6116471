"""Criteria: the computable part of requirements, ``criteria.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import Field

from assay.programme import expressions
from assay.programme._basis_calls import check_basis_calls
from assay.programme._claims import check_claim, check_model, check_residual, check_signed, check_tags
from assay.programme._documents import Place, Sentence, Shape, Word, toml
from assay.programme._files import Folder
from assay.programme._holds import Claimed, Tables, read_holds
from assay.programme._limit_values import check_limit_values
from assay.programme._problems import nearest
from assay.programme._requirements import ID
from assay.programme.evaluation import check_dimension
from assay.programme.expressions import (
    Expression,
    ExpressionError,
    basis_calls,
    factor_tags,
    repeated_tags,
)
from assay.programme.model import (
    AtCases,
    Case,
    Configuration,
    Criterion,
    Dataset,
    Factor,
    Holds,
    Over,
    Pack,
    Requirement,
    Sense,
    Study,
)
from assay.programme.parsing import parse_expression

_SENSES: tuple[Sense, ...] = ("at_most", "at_least", "between")
_PLANS = ("fixed", "sequential", "structure", "structure+fixed", "residual", "model")


class _Criterion(Shape):
    id: Word
    requirement: Word
    study: Word
    quantity: Word
    at_most: Sentence | None = None
    at_least: Sentence | None = None
    between: Annotated[list[Sentence], Field(min_length=2, max_length=2)] | None = None
    holds: Any
    rungs: list[Word] = Field(default_factory=list)
    configurations: list[Word] = Field(default_factory=list)
    allow: Annotated[int, Field(ge=0, le=100_000)] = 0


@dataclass(frozen=True)
class Known:
    """What a criterion may refer to."""

    requirements: Mapping[str, Requirement]
    requirement_ids: frozenset[str] | None
    """Also of requirements that could not be read; None if none could."""
    studies: Mapping[str, Study]
    study_names: frozenset[str]
    """Also of studies that could not be read."""
    configurations: Mapping[str, Configuration]
    configuration_names: frozenset[str]
    """Also of configurations that could not be read."""
    datasets: Mapping[str, Dataset]
    dataset_names: frozenset[str]
    """Also of data sets that could not be read."""
    packs: Mapping[str, Pack]
    factors: Mapping[str, float] = field(default_factory=dict)
    """Tag to value of all packs."""
    aliases: Mapping[str, str] = field(default_factory=dict)
    accepts: Mapping[str, str] = field(default_factory=dict)
    """``[accept]`` of programme.toml."""


def criteria(
    folder: Folder, known: Known
) -> tuple[Mapping[str, Criterion], Mapping[str, tuple[Case, ...]], set[str]]:
    """Read criteria.toml, if there is one.

    Returns
    -------
    tuple
        The criteria; the case tables that they name; the files in data/ that they read.
    """
    if not folder.exists("criteria.toml"):
        return {}, {}, set()
    document = toml(folder, "criteria.toml")
    found: dict[str, Criterion] = {}
    tables = Tables(folder, known.packs)
    if document is None:
        return found, {}, set(folder.listing("data", ".csv"))
    for key, place in document.table("criteria.toml").items():
        if key != "criterion":
            place.refuse(f"unknown table {key!r}", "write [[criterion]]")
    for place in document.at("criterion").elements("criterion"):
        criterion = _criterion(place, known, tables)
        if criterion is None:
            continue
        if criterion.id in found:
            before = found[criterion.id].source.line
            place.at("id").refuse(
                f"the id {criterion.id!r} stands on line {before} too", "give each its own id"
            )
        found.setdefault(criterion.id, criterion)
    return found, tables.cases, tables.files


def _criterion(place: Place, known: Known, tables: Tables) -> Criterion | None:
    shape = place.shape(_Criterion, "criterion")
    tables.mention(place.at("holds"))
    if shape is None:
        return None
    if not ID.fullmatch(shape.id):
        place.at("id").refuse(f"the id {shape.id!r}", "write letters, digits, . - : and _, at most 80")
    _check_references(place, shape, known)
    senses = [sense for sense in _SENSES if getattr(shape, sense) is not None]
    if len(senses) != 1:
        found = f"criterion {shape.id} has {' and '.join(senses) or 'no limit'}"
        place.refuse(found, "write one of at_most, at_least, between")
        return None
    study = known.studies.get(shape.study)
    if study is None or shape.quantity not in study.quantities:
        return None
    limits = _limits(place, shape, senses[0], study, known)
    applied = _applied(shape, study, known)
    varying = tuple(n for n in study.factors if any(not factors[n].fixed for factors in applied.values()))
    claimed = Claimed(study, shape.quantity, varying, senses[0])
    holds = read_holds(place.at("holds"), claimed, tables)
    if limits is None or holds is None:
        return None
    texts = tuple(shape.between) if shape.between else (shape.at_most or shape.at_least or "",)
    criterion = Criterion(
        id=shape.id,
        requirement=shape.requirement,
        study=shape.study,
        quantity=shape.quantity,
        sense=senses[0],
        limits=limits,
        limit_texts=texts,
        holds=holds,
        rungs=tuple(shape.rungs),
        configurations=tuple(shape.configurations),
        allow=shape.allow,
        source=place.source,
    )
    check_claim(place, criterion, claimed, applied, _covered(holds, tables.cases))
    check_residual(place, criterion, study)
    check_signed(place, criterion, claimed)
    check_model(place, criterion, study, known.accepts)
    rows = tables.cases[holds.file] if isinstance(holds, AtCases) else ()
    levels = {level: tags for pack in known.packs.values() for level, tags in pack.levels.items()}
    check_tags(place, criterion, study, rows, levels)
    check_limit_values(place, criterion, study, applied, rows, known.factors)
    return criterion


def _covered(holds: Holds, cases: Mapping[str, tuple[Case, ...]]) -> tuple[str, ...]:
    if isinstance(holds, AtCases):
        return tuple(cases[holds.file][0].factors)
    return holds.factors if isinstance(holds, Over) else ()


def _applied(shape: _Criterion, study: Study, known: Known) -> dict[str, Mapping[str, Factor]]:
    """Return the study's factors in each configuration that the criterion applies to."""
    return {
        name: configuration.factors[study.name]
        for name, configuration in known.configurations.items()
        if not shape.configurations or name in shape.configurations
    }


def _check_references(place: Place, shape: _Criterion, known: Known) -> None:
    requirement = known.requirements.get(shape.requirement)
    ids = known.requirement_ids
    if ids is not None and shape.requirement not in ids:
        instead = nearest(shape.requirement, known.requirements)
        place.at("requirement").refuse(f"unknown requirement {shape.requirement!r}", instead)
    if requirement is not None and requirement.document is not None:
        found = f"{shape.requirement} is shown by the document {requirement.document.file}"
        place.at("requirement").refuse(found, "remove the document or the criterion")
    if shape.study not in known.study_names:
        place.at("study").refuse(f"unknown study {shape.study!r}", nearest(shape.study, known.study_names))
    study = known.studies.get(shape.study)
    if study is not None and shape.quantity not in study.quantities:
        instead = nearest(shape.quantity, study.quantities)
        place.at("quantity").refuse(f"unknown quantity {shape.quantity!r} of {shape.study}", instead)
    for position, name in enumerate(shape.configurations):
        if name not in known.configuration_names:
            instead = nearest(name, sorted(known.configuration_names))
            place.at("configurations", position).refuse(f"unknown configuration {name!r}", instead)
    for position, word in enumerate(shape.rungs):
        if word not in _PLANS:
            place.at("rungs", position).refuse(f"unknown plan {word!r}", nearest(word, _PLANS))


def _limits(
    place: Place, shape: _Criterion, sense: Sense, study: Study, known: Known
) -> tuple[Expression, ...] | None:
    places = [place.at(sense, 0), place.at(sense, 1)] if sense == "between" else [place.at(sense)]
    limits = [_limit(p, study, shape.quantity, known) for p in places]
    found = tuple(limit for limit in limits if limit is not None)
    return found if len(found) == len(places) else None


def _limit(place: Place, study: Study, quantity: str, known: Known) -> Expression | None:
    names = {name: q.unit for name, q in study.quantities.items()}
    names.update({name: f.unit for name, f in study.factors.items()})
    unit = study.quantities[quantity].unit
    try:
        limit = parse_expression(str(place.value), aliases=known.aliases, factors=known.factors)
        _resolve(limit, names, study.applied_to(quantity), known)
        if any(call[0] in known.dataset_names - known.datasets.keys() for call in basis_calls(limit)):
            return None  # what is wrong with the data set has been said
        check_dimension(limit, unit, names, lambda d, c: _column_unit(d, c, known))
        check_basis_calls(limit, known.datasets)
    except ExpressionError as error:
        place.refuse(error.found, error.instead)
        return None
    return limit


def _resolve(limit: Expression, names: Mapping[str, str], applied: tuple[str, ...], known: Known) -> None:
    """Refuse names and tags that mean nothing here, and tags that are applied twice."""
    for name in expressions.names(limit):
        if name not in names:
            raise ExpressionError(f"unknown name {name!r}", nearest(name, [*names, *known.aliases]))
    tags = factor_tags(limit)
    for tag in dict.fromkeys(tags):
        if tag not in known.factors:
            instead = nearest(tag, known.factors, "name a pack that has it under [packs]")
            raise ExpressionError(f"unknown factor {tag!r}", instead)
    for tag in repeated_tags(tags, applied):
        raise ExpressionError(
            f"the factor {tag!r} is applied twice", "apply it once: in limit, study or case"
        )


def _column_unit(dataset: str, column: str, known: Known) -> str:
    if dataset not in known.datasets:
        raise ExpressionError(
            f"unknown data set {dataset!r}",
            nearest(dataset, known.datasets, f"add data/{dataset}.csv and .toml"),
        )
    columns = known.datasets[dataset].columns
    if column not in columns:
        raise ExpressionError(f"unknown column {column!r} of {dataset}", nearest(column, columns))
    return columns[column].unit
