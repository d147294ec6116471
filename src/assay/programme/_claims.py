"""Whether a criterion's claim can be made at all: laws, declarations, factors applied once."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping

from assay.programme._cases import forbidden
from assay.programme._documents import Place
from assay.programme._holds import Claimed
from assay.programme._structure import shown_kinds
from assay.programme.expressions import factor_tags, repeated_tags
from assay.programme.model import (
    AtCases,
    Case,
    Criterion,
    Everywhere,
    Factor,
    Fraction,
    Over,
    Study,
    bounding_kinds,
)


def check_claim(
    place: Place,
    criterion: Criterion,
    claimed: Claimed,
    applied: Mapping[str, Mapping[str, Factor]],
    covered: Container[str],
) -> None:
    """Note every factor that varies in the claim without the law or declaration that it needs.

    Parameters
    ----------
    applied
        Configuration to the study's factors in it, for those that the criterion applies to.
    covered
        Factors that the criterion's cases or polytope set, so that no law has to.
    """
    holds = criterion.holds
    others = holds.others if isinstance(holds, AtCases | Over) else holds
    for configuration, factors in applied.items():
        varying = [f for f in factors.values() if not f.fixed and f.name not in covered]
        if isinstance(others, Fraction):
            _check_laws(place, criterion.id, configuration, varying)
        elif isinstance(others, Everywhere) or others == "everywhere":
            _check_declared(place, criterion, claimed, configuration, varying)


def check_tags(
    place: Place,
    criterion: Criterion,
    study: Study,
    rows: Iterable[Case],
    levels: Mapping[str, tuple[str, ...]],
) -> None:
    """Note every tag applied twice on the path of limit, study and case, or forbidden at its level."""
    for position, limit in enumerate(criterion.limits):
        where = (
            place.at(criterion.sense, position) if len(criterion.limits) > 1 else place.at(criterion.sense)
        )
        applied = [*factor_tags(limit), *study.applied_to(criterion.quantity)]
        for row in rows:
            at = f"case {row.name} ({row.source.file}:{row.source.line})"
            for tag in repeated_tags(dict.fromkeys(applied), dict.fromkeys(row.tags)):
                where.refuse(f"the factor {tag!r} is applied twice, here and in {at}", "apply it once")
            for tag in forbidden(row.level, levels) if row.level in levels else ():
                if tag in applied:
                    where.refuse(
                        f"the factor {tag!r} is applied at the level {row.level!r} of {at}", "remove it"
                    )


def check_residual(place: Place, criterion: Criterion, study: Study) -> None:
    """Note a criterion that asks for the plan `residual` without what it rests on."""
    if "residual" not in criterion.rungs:
        return
    where, name = place.at("rungs", criterion.rungs.index("residual")), criterion.quantity
    if study.quantities[name].residual is None:
        found = f"the plan residual, and no bound on the error of the model of {name} is declared"
        where.refuse(found, f"add [residual.{name}] to {study.source.file}")
    elif study.surrogate is None:
        found = "the plan residual in a study without a model"
        where.refuse(found, f"add [surrogate] to {study.source.file}")
    elif not isinstance(criterion.holds, Fraction):
        where.refuse(
            f"the plan residual decides one fraction of the joint law; {criterion.id} claims something else",
            "write fixed, or a criterion of its own for each case",
        )


def check_model(place: Place, criterion: Criterion, study: Study, accepts: Mapping[str, str]) -> None:
    """Note a criterion that asks for the plan `model` where nobody accepts it, or for what it cannot say."""
    if "model" not in criterion.rungs:
        return
    where = place.at("rungs", criterion.rungs.index("model"))
    if "model" not in accepts:
        where.refuse(
            "the plan model, and nobody is named who accepts what an AI model states by itself",
            'write [accept] model = "ROLE" in programme.toml, ROLE one of [roles]; or write another plan',
        )
    elif len(criterion.rungs) > 1:
        where.refuse("the plan model beside other plans", 'write rungs = ["model"], or leave the word out')
    elif not isinstance(criterion.holds, Fraction):
        where.refuse(
            f"the plan model states one fraction of the joint law; {criterion.id} claims something else",
            "write fixed, or claim a fraction",
        )
    elif criterion.allow:
        where.refuse("allow with the plan model, which runs no draws", "leave allow out")
    elif study.surrogate is None:
        where.refuse("the plan model in a study without a model", f"add [surrogate] to {study.source.file}")
    elif study.quantities[criterion.quantity].formula is not None:
        where.refuse(f"the plan model, and {criterion.quantity} is derived", "write fixed or sequential")


def check_signed(place: Place, criterion: Criterion, claimed: Claimed) -> None:
    """Note a criterion that asks for the plan `structure` for a fraction that declared signs cannot carry."""
    if "structure" not in criterion.rungs or not isinstance(criterion.holds, Fraction):
        return
    where, name = place.at("rungs", criterion.rungs.index("structure")), criterion.quantity
    if claimed.study.quantities[name].formula is not None:
        where.refuse(f"the plan structure for a fraction, and {name} is derived", "write fixed or sequential")
    if criterion.sense == "between":
        where.refuse(
            f"the plan structure for a fraction, and {criterion.id} has two limits",
            "write at_most and at_least in criteria of their own",
        )
    signs = ("increasing_in", "decreasing_in")
    pertinent = [d for d in claimed.study.declarations if d.quantity == name and d.kind in signs]
    declared = {factor for declaration in pertinent for factor in declaration.factors}
    for factor in claimed.varying:
        if factor not in declared:
            where.refuse(
                f"the plan structure for a fraction, and no sign of {name} in {factor} is declared",
                f"add increasing_in or decreasing_in under [structure.{name}], or write fixed or sequential",
            )


def _check_laws(place: Place, criterion: str, configuration: str, varying: list[Factor]) -> None:
    for factor in varying:
        if factor.law is None:
            what = "a tolerance" if factor.tolerance is not None else "a range"
            file, line = factor.source.file, factor.source.line
            place.at("holds").refuse(
                f"{criterion} claims a fraction, and {factor.name} has {what} but no distribution in"
                f" {configuration} ({file}:{line})",
                f"add law = {{ kind = ... }} to {factor.name}, or a value without tolerance",
            )


def _check_declared(
    place: Place, criterion: Criterion, claimed: Claimed, configuration: str, varying: list[Factor]
) -> None:
    kinds = shown_kinds(bounding_kinds(criterion.sense))
    declared = claimed.covered()
    for factor in varying:
        if factor.name not in declared:
            place.at("holds").refuse(
                f"{criterion.id} holds everywhere, and {factor.name} varies in {configuration} without a"
                f" declaration that covers it",
                f"declare {kinds} of {criterion.quantity} in it under [structure],"
                " claim a fraction, or fix it",
            )
