"""Whether a criterion's claim can be made at all: laws, declarations, factors applied once."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping

from assay.programme._cases import forbidden
from assay.programme._documents import Place
from assay.programme._holds import Claimed
from assay.programme.expressions import factor_tags, repeated_tags
from assay.programme.model import AtCases, Case, Criterion, Everywhere, Factor, Fraction, Over, Study


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
        applied = [*factor_tags(limit), *study.applied_factors]
        for row in rows:
            at = f"case {row.name} ({row.source.file}:{row.source.line})"
            for tag in repeated_tags(dict.fromkeys(applied), dict.fromkeys(row.tags)):
                where.refuse(f"the factor {tag!r} is applied twice, here and in {at}", "apply it once")
            for tag in forbidden(row.level, levels) if row.level in levels else ():
                if tag in applied:
                    where.refuse(
                        f"the factor {tag!r} is applied at the level {row.level!r} of {at}", "remove it"
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
    kinds = "convex_in or linear_in" if criterion.sense == "at_most" else "linear_in"
    declared = claimed.covered()
    for factor in varying:
        if factor.name not in declared:
            place.at("holds").refuse(
                f"{criterion.id} holds everywhere, and {factor.name} varies in {configuration} without a"
                f" declaration that covers it",
                f"declare {kinds} of {criterion.quantity} in it under [structure],"
                " claim a fraction, or fix it",
            )
