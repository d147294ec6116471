"""Quantities that no solver gives: ``formula`` of ``[quantities.NAME]``, read and checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from assay import units
from assay.programme._documents import Place
from assay.programme._problems import nearest
from assay.programme.evaluation import unit_of
from assay.programme.expressions import (
    Expression,
    ExpressionError,
    basis_calls,
    expression_text,
    factor_tags,
    names,
    repeated_tags,
)
from assay.programme.formulas import Formula, Scope, compiled
from assay.programme.model import Pack, QuantitySpec, Verification
from assay.programme.parsing import parse_expression


@dataclass(frozen=True)
class _Known:
    """What the formulas of a study may refer to."""

    units: Mapping[str, str]
    """Every quantity and factor of the study to its unit."""
    factors: frozenset[str]
    tags: Mapping[str, float]
    aliases: Mapping[str, str]
    applied: tuple[str, ...]
    """Tags that the solver's function applies itself."""


def with_formulas(
    quantities: Mapping[str, QuantitySpec | None],
    places: Mapping[str, Place],
    factors: Mapping[str, str],
    packs: Iterable[Pack],
    applied: tuple[str, ...],
) -> dict[str, QuantitySpec | None]:
    """Return the quantities of a study with the formulas of those that have one.

    What is wrong is noted at its place, and the quantity is None then.

    Parameters
    ----------
    places
        Quantity to its table, for those that have a formula.
    factors
        The study's factors with their units.
    applied
        Tags that the solver's function applies itself.
    """
    packs = tuple(packs)
    spoken = {name: spec.unit for name, spec in quantities.items() if spec is not None}
    known = _Known(
        units={**factors, **spoken},
        factors=frozenset(factors),
        tags={tag: factor.value for pack in packs for tag, factor in pack.factors.items()},
        aliases={name: text for pack in packs for name, text in pack.aliases.items()},
        applied=applied,
    )
    read = {name: _read(name, place.at("formula"), known, quantities) for name, place in places.items()}
    expressions = {name: expression for name, expression in read.items() if expression is not None}
    found = {**quantities, **{name: None for name in places if name not in expressions}}
    formulas: dict[str, Formula] = {}
    for name in _in_order(expressions, places, found):
        formula = _formula(name, expressions[name], places[name].at("formula"), known, formulas)
        spec = quantities[name]
        found[name] = None if formula is None or spec is None else replace(spec, formula=formula)
        if formula is not None:
            formulas[name] = formula
    return found


def check_declared(
    document: Place, quantities: Mapping[str, QuantitySpec | None], verification: Verification | None
) -> None:
    """Note declarations about derived quantities that carry no errors from one run to another."""
    for name, place in document.at("structure").table("structure").items():
        spec = quantities.get(name)
        formula = None if spec is None else spec.formula
        if formula is None:
            continue
        if not formula.proportional:
            place.refuse(
                f"a declaration about {name}, whose error is not the same share of it in every run",
                "declare products, quotients and powers of quantities, or the quantities in the formula",
            )
        elif verification is not None and verification.start > 1:
            place.refuse(
                f"a declaration about the derived quantity {name}, and draws that start on a coarser level",
                "remove start from [verification], or declare the quantities in the formula",
            )


def _read(
    name: str, place: Place, known: _Known, quantities: Mapping[str, QuantitySpec | None]
) -> Expression | None:
    """Read a formula whose names and tags mean something; None where it is wrong, or its quantity is."""
    if quantities[name] is None:
        return None
    try:
        expression = parse_expression(str(place.value), aliases=known.aliases, factors=known.tags)
        if any(quantities.get(other, "a factor") is None for other in names(expression)):
            return None  # what is wrong with it has been said
        _resolve(expression, known)
    except ExpressionError as error:
        place.refuse(error.found, error.instead)
        return None
    return expression


def _resolve(expression: Expression, known: _Known) -> None:
    """Refuse names and tags that mean nothing here, and constants of data."""
    for other in names(expression):
        if other not in known.units:
            raise ExpressionError(f"unknown name {other!r}", nearest(other, known.units))
    if basis_calls(expression):
        instead = "write it in the limit of the criterion: it is the same in every run"
        raise ExpressionError("a basis value in a formula", instead)
    for tag in dict.fromkeys(factor_tags(expression)):
        if tag not in known.tags:
            instead = nearest(tag, known.tags, "name a pack that has it under [packs]")
            raise ExpressionError(f"unknown factor {tag!r}", instead)


def _in_order(
    expressions: Mapping[str, Expression], places: Mapping[str, Place], found: dict[str, QuantitySpec | None]
) -> list[str]:
    """Return the derived quantities so that each comes after those in its formula; note what goes round."""
    waiting = {name: {n for n in names(e) if n in places} for name, e in expressions.items()}
    order: list[str] = []
    while ready := [name for name, needs in waiting.items() if needs <= set(order)]:
        order += ready
        for name in ready:
            del waiting[name]
    for name, needs in waiting.items():
        found[name] = None
        if name in _behind(name, waiting):
            places[name].at("formula").refuse(
                f"the formula of {name} comes back to {name} by way of {', '.join(sorted(needs))}",
                "write it in quantities that do not depend on it",
            )
    return order


def _behind(name: str, needs: Mapping[str, set[str]]) -> set[str]:
    """Return every quantity that one needs, directly or by way of others."""
    seen: set[str] = set()
    front = set(needs[name])
    while front:
        seen |= front
        front = {n for other in front for n in needs.get(other, ())} - seen
    return seen


def _formula(
    name: str, expression: Expression, place: Place, known: _Known, formulas: Mapping[str, Formula]
) -> Formula | None:
    try:
        formula = _compiled(name, expression, known, formulas)
    except ExpressionError as error:
        place.refuse(error.found, error.instead)
        return None
    if not formula.bases:
        place.refuse(
            f"the formula of {name} names no quantity that the solver gives",
            "name one, or write the expression in the limit of the criterion",
        )
        return None
    return formula


def _compiled(name: str, expression: Expression, known: _Known, formulas: Mapping[str, Formula]) -> Formula:
    found, unit = unit_of(expression, known.units, _no_basis), known.units[name]
    if not units.same_dimension(found, unit):
        raise ExpressionError(
            f"the formula of {name} comes out in {found}, the quantity is in {unit or '1'}",
            f"write a formula that can be converted to {unit or '1'}, or give the unit of the formula",
        )
    inner = [tag for n in names(expression) if n in formulas for tag in formulas[n].tags]
    tags = (*factor_tags(expression), *inner)
    for tag in repeated_tags(tags, known.applied):
        raise ExpressionError(
            f"the factor {tag!r} is applied twice", "apply it once: in formula, study or limit"
        )
    scope = Scope(known.units, known.factors, formulas, known.tags)
    return Formula(expression_text(expression), compiled(expression, unit, scope), tags)


def _no_basis(dataset: str, column: str) -> str:
    raise ExpressionError(f"the basis value of {dataset}.{column} in a formula", "write it in the limit")
