"""Value, tolerance and law of one factor, as the study or a configuration writes them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from assay import units
from assay.programme._documents import Place, shown
from assay.programme._problems import nearest
from assay.programme.model import Dataset, Factor
from assay.statistics import Law, mass_outside

PARAMETERS: Mapping[str, tuple[str, ...]] = {
    "uniform": ("low", "high"),
    "normal": ("mean", "sd"),
    "lognormal": ("median", "log_sd"),
    "weibull": ("shape", "scale"),
    "triangular": ("low", "mode", "high"),
    "discrete": ("values", "weights"),
    "empirical": ("dataset", "column"),
}


@dataclass(frozen=True)
class Written:
    """What an author wrote of a factor's value."""

    value: float | None
    tolerance: list[float] | None
    law: dict[str, Any] | None


def settled(
    base: Factor, written: Written, place: Place, datasets: Mapping[str, Dataset], notices: list[str]
) -> Factor | None:
    """Return `base` with value, tolerance and law; None, with problems noted, if they do not fit.

    Parameters
    ----------
    base
        The factor with its range, envelope and default value.
    place
        The factor's table, whose keys ``value``, ``tolerance`` and ``law`` are pointed at.
    notices
        Receives the mass of the law outside of range and tolerance, which is never truncated.
    """
    low, high = base.range
    if written.value is not None and not low <= written.value <= high:
        place.at("value").refuse(
            f"{base.name} = {written.value:g} is outside its range [{low:g}, {high:g}] {base.unit}",
            "write a value inside the range, or widen the range of the study",
        )
        return None
    if written.tolerance is not None and not _fits(base, written, place.at("tolerance")):
        return None
    value = base.value if written.value is None else written.value
    tolerance = None if written.tolerance is None else (written.tolerance[0], written.tolerance[1])
    factor = replace(base, value=value, tolerance=tolerance, law=None, fixed=written.value is not None)
    if written.law is not None:
        law = _law(factor, written.law, place.at("law"), datasets)
        if law is None:
            return None
        _notice(factor, law, place, notices)
        return replace(factor, law=law, fixed=False)
    return replace(factor, fixed=False) if tolerance not in (None, (0.0, 0.0)) else factor


def _fits(base: Factor, written: Written, place: Place) -> bool:
    tolerance = written.tolerance or []
    if written.value is None:
        place.refuse(f"{base.name} has a tolerance and no value", "add value = ...")
    elif len(tolerance) != 2:
        place.refuse(
            f"a tolerance of {len(tolerance)} numbers", "write [lower, upper], offsets from the value"
        )
    elif not tolerance[0] <= 0.0 <= tolerance[1]:
        found = f"the tolerance [{tolerance[0]:g}, {tolerance[1]:g}] is reversed or leaves the value out"
        place.refuse(found, "write offsets from the value, the lower (0 or negative) first")
    elif not (
        base.range[0] <= written.value + tolerance[0] and written.value + tolerance[1] <= base.range[1]
    ):
        low, high = base.range
        found = f"{base.name} at its tolerance leaves the range [{low:g}, {high:g}] {base.unit}"
        place.refuse(found, "narrow the tolerance, or widen the range of the study")
    else:
        return True
    return False


def _law(factor: Factor, raw: dict[str, Any], place: Place, datasets: Mapping[str, Dataset]) -> Law | None:
    kind = raw.get("kind")
    if not isinstance(kind, str) or kind not in PARAMETERS:
        place.at("kind").refuse(f"a law of kind {shown(kind)}", nearest(str(kind), PARAMETERS))
        return None
    given = {key: value for key, value in raw.items() if key != "kind"}
    unknown = [key for key in given if key not in PARAMETERS[kind]]
    for key in unknown:
        place.at(key).refuse(f"{kind} has no parameter {key!r}", nearest(key, PARAMETERS[kind]))
    if unknown:
        return None
    if kind == "empirical":
        return _empirical(factor, given, place, datasets)
    if kind in ("uniform", "triangular") and factor.tolerance is not None:
        given.setdefault("low", factor.value + factor.tolerance[0])
        given.setdefault("high", factor.value + factor.tolerance[1])
        if kind == "triangular":
            given.setdefault("mode", factor.value)
    missing = [key for key in PARAMETERS[kind] if key not in given]
    if missing:
        place.refuse(
            f"the law {kind} has no {', '.join(missing)}", f"add {missing[0]} = ..., in {factor.unit or '1'}"
        )
        return None
    try:
        return Law.of(kind, **{key: _numeric(key, value) for key, value in given.items()})
    except (ValueError, OverflowError) as error:
        found, _, instead = str(error).partition("; ")
        place.refuse(found, instead or "write parameters that the law can have")
        return None


def _numeric(key: str, value: Any) -> float | list[float]:
    if isinstance(value, list) and value and all(_is_number(v) for v in value):
        return [float(v) for v in value]
    if _is_number(value):
        return float(value)
    raise ValueError(f"{key} is {shown(value)}; write a number, or a list of numbers for discrete")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _empirical(
    factor: Factor, given: dict[str, Any], place: Place, datasets: Mapping[str, Dataset]
) -> Law | None:
    dataset, column = given.get("dataset"), given.get("column")
    if not isinstance(dataset, str) or dataset not in datasets:
        place.at("dataset").refuse(f"unknown data set {shown(dataset)}", nearest(str(dataset), datasets))
        return None
    columns = datasets[dataset].columns
    if not isinstance(column, str) or column not in columns:
        place.at("column").refuse(
            f"unknown column {shown(column)} of {dataset}", nearest(str(column), columns)
        )
        return None
    measured = columns[column]
    if not units.same_dimension(measured.unit, factor.unit):
        found = f"{dataset}.{column} is in {measured.unit or '1'}, {factor.name} in {factor.unit or '1'}"
        place.at("column").refuse(found, "name a column of the factor's dimension")
        return None
    values = [units.convert(value, measured.unit, factor.unit) for value in measured.values]
    try:
        return Law.of("empirical", values=values)
    except ValueError as error:
        place.refuse(str(error), "name a column with more values")
        return None


def _notice(factor: Factor, law: Law, place: Place, notices: list[str]) -> None:
    zones = {"range": (*factor.range, "draws there count as beyond")}
    if factor.envelope != factor.range:
        zones["envelope"] = (*factor.envelope, "it is not truncated")
    if factor.tolerance is not None:
        low, high = (factor.value + offset for offset in factor.tolerance)
        zones["tolerance"] = (low, high, "it is not truncated")
    for zone, (low, high, consequence) in zones.items():
        mass = _outside(law, low, high)
        if mass > 1e-12:  # less is rounding of limits that are the law's own
            notices.append(
                f"{place.file}:{place.at('law').line}: {mass:.3g} of the law of {factor.name} lies outside"
                f" its {zone} [{low:g}, {high:g}] {factor.unit}; {consequence}"
            )


def _outside(law: Law, low: float, high: float) -> float:
    """Return `mass_outside`; of a normal law without loading scipy, which takes half a second."""
    if law.kind != "normal":
        return mass_outside(law, low, high)
    parameters = dict(law.parameters)
    mean, sd = parameters["mean"], parameters["sd"]
    if isinstance(mean, tuple) or isinstance(sd, tuple):
        raise TypeError("a normal law has a number for its mean and one for its sd")
    scale = sd * math.sqrt(2.0)
    return 0.5 * (math.erfc((mean - low) / scale) + math.erfc((high - mean) / scale))
