"""Whether a limit is one number over the whole claim, as far as that is known before anything runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from assay.programme._documents import Place, shown
from assay.programme.evaluation import evaluate
from assay.programme.expressions import Expression, ExpressionError, basis_calls, names
from assay.programme.model import AtCases, Case, Criterion, Factor, Holds, Over, Study

_INSTEAD = "write the limit in constants and fixed factors"


def check_limit_values(
    place: Place,
    criterion: Criterion,
    study: Study,
    applied: Mapping[str, Mapping[str, Factor]],
    rows: Iterable[Case],
    tags: Mapping[str, float],
) -> None:
    """Note every limit that is not one number over the claim, has no value, or is on the wrong side.

    A basis value is computed later, from its data: limits that use one are judged as to their names here
    and as to their values when the criterion is shown.

    Parameters
    ----------
    applied
        Configuration to the study's factors in it, for those that the criterion applies to.
    rows
        The cases of the claim; empty without.
    tags
        Tag to value of all packs.
    """
    rows = tuple(rows)
    unit = study.quantities[criterion.quantity].unit
    steps = range(len(criterion.limits)) if len(criterion.limits) > 1 else [None]
    places = [
        place.at(criterion.sense) if step is None else place.at(criterion.sense, step) for step in steps
    ]
    for configuration, factors in applied.items():
        constants = constant_factors(criterion.holds, factors, rows)
        if not _check_names(places, criterion, study, configuration, constants):
            continue
        if any(basis_calls(limit) for limit in criterion.limits):
            continue
        known = {name: (constants[name].value, constants[name].unit) for name in constants}
        values = [_value(*item, unit, known, tags) for item in zip(places, criterion.limits, strict=True)]
        found = [value for value in values if value is not None]
        if len(found) == len(values):
            _check_sides(place, criterion, configuration, found, rows, tags)


def constant_factors(holds: Holds, factors: Mapping[str, Factor], rows: Iterable[Case]) -> dict[str, Factor]:
    """Return the factors that are one number wherever the claim holds."""
    moved = {name for row in rows for name in row.factors}
    if isinstance(holds, Over):
        moved.update(holds.factors)
    still = isinstance(holds, AtCases | Over) and holds.others == "nominal"
    return {name: f for name, f in factors.items() if name not in moved and (still or f.fixed)}


def _check_names(
    places: Iterable[Place],
    criterion: Criterion,
    study: Study,
    configuration: str,
    constants: Mapping[str, Factor],
) -> bool:
    """Note the names in a limit that stand for many numbers; say whether there is none."""
    fine = True
    for place, limit in zip(places, criterion.limits, strict=True):
        for name in dict.fromkeys(names(limit)):
            if name in constants:
                continue
            fine = False
            if name in study.quantities:
                what = f"the limit names the quantity {name}, which is another number in every run"
            else:
                what = f"the limit names {name}, which is not one number over the claim in {configuration}"
            place.refuse(what, _INSTEAD)
    return fine


def _value(
    place: Place,
    limit: Expression,
    unit: str,
    known: Mapping[str, tuple[float, str]],
    tags: Mapping[str, float],
) -> float | None:
    try:
        return evaluate(limit, unit, known, _no_basis, lambda tag: tags[tag])
    except ExpressionError as error:
        place.refuse(error.found, error.instead)
        return None


def _no_basis(*call: object) -> tuple[float, str]:
    raise ExpressionError(f"the basis value {call!r}", "write a constant")


def _check_sides(
    place: Place,
    criterion: Criterion,
    configuration: str,
    values: list[float],
    rows: Iterable[Case],
    tags: Mapping[str, float],
) -> None:
    where = place.at(criterion.sense)
    if values != sorted(values):
        named = any(names(limit) for limit in criterion.limits)
        worth = f", {values[0]:g} and {values[1]:g}, in {configuration}" if named else ""
        where.refuse(f"the limits {shown(where.value)} are reversed{worth}", "write the lower limit first")
    milder = dict.fromkeys(tag for row in rows for tag in row.tags if tags.get(tag, 1.0) != 1.0)
    if milder and min(values) < 0.0:
        # Times 1.5 a negative demand is milder against a limit from above, and a negative limit from
        # below is milder: what was meant to make the claim harder would make it easier.
        where.refuse(
            f"the limit {min(values):g} is negative, and {', '.join(milder)} would make it milder",
            "give the study a quantity of the other sign",
        )
