"""Charge a numerical error to every run from a few points solved on every level."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from assay.credibility.records import (
    Classification,
    PointLevels,
    PointVerification,
    QuantityVerification,
    SolutionVerificationPayload,
)
from assay.credibility.refinement import Levels, levels
from assay.errors import InputError
from assay.statistics import Convergence, charged_error, grid_convergence

REVISION = 1
"""Raised whenever unchanged runs would be charged otherwise; part of a recipe."""
IRREGULAR = 3.0
"""Multiple of the range that two levels charge, as `statistics` does for an irregular series."""
ROUND_OFF = 1e-10
"""Default relative difference that is the solver's noise."""

_WORDS: dict[Convergence, Classification] = {
    Convergence.MONOTONE: "monotone",
    Convergence.OSCILLATORY: "oscillatory",
    Convergence.DIVERGENT: "divergent",
    Convergence.ORDER_OUT_OF_RANGE: "order-out-of-range",
    Convergence.EXACT: "exact",
}


@dataclass(frozen=True)
class Observed:
    """A quantity whose convergence is looked at."""

    name: str
    unit: str
    formal_order: float
    """Order of the discretisation for this quantity."""


@dataclass(frozen=True)
class RefinedPoint:
    """A point solved on every level, coarse to fine."""

    label: str
    """Unique in a study: ``centre``, ``worst fillet_stress``."""
    factors: Mapping[str, float]
    row: str
    values: Mapping[str, Sequence[float | None]]
    """Quantity to its values; None where the level's run failed."""
    checks: Sequence[Mapping[str, float]] = field(default_factory=tuple)
    """The solver's checks, a mapping a level; empty where there are none."""


@dataclass(frozen=True)
class Stale:
    """A quantity for which a later verification found more than is charged."""

    quantity: str
    charged: float
    found: float
    point: str


def verify_levels(
    study: str,
    quantities: Sequence[Observed],
    knobs: Mapping[str, Sequence[float]],
    points: Sequence[RefinedPoint],
    factor: float,
    *,
    configuration: str | None = None,
    dimension: int = 3,
    round_off: float = ROUND_OFF,
) -> SolutionVerificationPayload:
    """Classify the convergence of every quantity at every point and say what is charged.

    Parameters
    ----------
    study, configuration
        What the points belong to.
    quantities
        Names, units and formal orders.
    knobs
        ``[verification] levels``: knob to its values, coarse to fine; of more than three levels the
        finest three are used.
    points
        At least one; each is one word of evidence on a charge for all.
    factor
        At least 1, on the largest relative error over the points.
    dimension
        Space dimension with which element counts become sizes.
    round_off
        Relative difference between levels that is noise of the solver.

    Returns
    -------
    SolutionVerificationPayload
        A quantity's `charge` is None if one of its points could not be assessed: then nothing of
        it can be shown.

    Raises
    ------
    InputError
        If there is no point, labels repeat, a quantity is missing at a point, the factor is below
        1 or the levels do not refine.
    """
    _check(quantities, points, factor)
    used = {name: tuple(values)[-3:] for name, values in knobs.items()}
    every = [levels(used, tuple(point.checks)[-3:], dimension) for point in points]
    dropped = max((len(tuple(values)) for values in knobs.values()), default=0) - 3
    return SolutionVerificationPayload(
        study=study,
        configuration=configuration,
        knobs={name: tuple(float(value) for value in values) for name, values in knobs.items()},
        factor=factor,
        round_off=round_off,
        dimension=dimension,
        points=tuple(
            _point_levels(point, found, dropped) for point, found in zip(points, every, strict=True)
        ),
        quantities=tuple(_quantity(quantity, points, every, factor, round_off) for quantity in quantities),
    )


def charge_is_stale(
    charge: SolutionVerificationPayload, later: Sequence[SolutionVerificationPayload]
) -> tuple[Stale, ...]:
    """Return the quantities for which a later verification found a larger error than is charged.

    The stated factor is there for points that were not refined, so a later error between the
    largest one known and the charge leaves the charge standing.
    """
    charged = {item.quantity: item.charge for item in charge.quantities if item.charge is not None}
    found = []
    for name, limit in charged.items():
        worst = max(
            (
                (item.largest_relative, item.worst_point or "")
                for payload in later
                for item in payload.quantities
                if item.quantity == name and item.largest_relative is not None
            ),
            default=None,
        )
        if worst is not None and worst[0] > limit:
            found.append(Stale(name, limit, worst[0], worst[1]))
    return tuple(found)


def _check(quantities: Sequence[Observed], points: Sequence[RefinedPoint], factor: float) -> None:
    if not points or not quantities:
        raise InputError("a solution verification needs at least one point and one quantity")
    if len({point.label for point in points}) != len(points):
        raise InputError("two refined points have the same label; name each once")
    if not 1.0 <= factor < math.inf:
        raise InputError(f"the factor on the numerical error is {factor!r}; write at least 1")
    for point in points:
        missing = [item.name for item in quantities if item.name not in point.values]
        if missing:
            raise InputError(f"the levels of {point.label} lack {', '.join(missing)}")


def _point_levels(point: RefinedPoint, found: Levels, dropped: int) -> PointLevels:
    notes = found.notes
    if dropped > 0:
        notes = (*notes, f"the finest three of {dropped + 3} levels are used")
    return PointLevels(
        label=point.label,
        row=point.row,
        factors={name: float(value) for name, value in point.factors.items()},
        sizes=found.sizes,
        size_source=found.source,
        counts=found.counts,
        ratios=found.ratios,
        notes=notes,
    )


def _quantity(
    quantity: Observed,
    points: Sequence[RefinedPoint],
    every: Sequence[Levels],
    factor: float,
    round_off: float,
) -> QuantityVerification:
    told = tuple(
        _point(quantity, point, found, round_off) for point, found in zip(points, every, strict=True)
    )
    unknown = [item for item in told if item.relative is None]
    errors = [(item.relative, item.point) for item in told if item.relative is not None]
    if unknown:
        largest, where, charge = None, None, None
        text = f"not assessed: {unknown[0].reason} at {unknown[0].point}"
    else:
        # max keeps the first of equals: the points' order decides, not their names.
        largest, where = max(errors, key=lambda pair: pair[0])
        charge = factor * largest
        text = (
            f"{factor:g} times the largest relative error {largest:.3g} of {len(told)} points, at {where}, "
            "is charged to every run"
        )
    return QuantityVerification(
        quantity=quantity.name,
        unit=quantity.unit,
        formal_order=quantity.formal_order,
        points=told,
        largest_relative=largest,
        worst_point=where,
        charge=charge,
        text=text,
    )


def _point(quantity: Observed, point: RefinedPoint, found: Levels, round_off: float) -> PointVerification:
    listed = tuple(_finite(value) for value in point.values[quantity.name])[-3:]
    values = [value for value in listed if value is not None]
    if len(listed) != len(found.sizes) or len(values) != len(listed):
        return _unassessed(point, listed, "failed", "a level failed")
    if len(values) == 1:
        return _unassessed(point, listed, "one-level", "one level shows no convergence")
    if len(values) == 2:
        return _two_levels(point, values, round_off)
    study = grid_convergence(values[::-1], found.sizes[::-1], quantity.formal_order, round_off)
    charged = charged_error(study)
    apparent = study.apparent
    relative, reason = _relative(charged.absolute, charged.relative, charged.reason)
    return PointVerification(
        point=point.label,
        values=tuple(values),
        classification=_WORDS[study.convergence],
        order=None if apparent is None else apparent.order,
        extrapolated=None if apparent is None else apparent.extrapolated,
        index=_finite(study.index),
        asymptotic_ratio=None if apparent is None else _finite(apparent.asymptotic_ratio),
        absolute=charged.absolute,
        relative=relative,
        reason=reason,
    )


def _two_levels(point: RefinedPoint, values: Sequence[float], round_off: float) -> PointVerification:
    """Charge 3 times the range: with two levels no order is observed, and none is assumed."""
    noise = round_off * max(abs(value) for value in values)
    absolute = IRREGULAR * max(abs(values[1] - values[0]), noise)
    share = absolute / abs(values[1]) if values[1] != 0.0 else None
    relative, reason = _relative(absolute, share, "two levels: 3 times their range is charged")
    return PointVerification(
        point=point.label,
        values=tuple(values),
        classification="two-levels",
        order=None,
        extrapolated=None,
        index=None,
        asymptotic_ratio=None,
        absolute=absolute,
        relative=relative,
        reason=reason,
    )


def _relative(absolute: float, relative: float | None, reason: str) -> tuple[float | None, str]:
    """Return the relative error; where the finest value is next to zero there is none to charge."""
    if _finite(relative) is not None:
        return relative, reason
    if absolute == 0.0:
        return 0.0, reason
    return None, "the value on the finest level is zero, so that no relative error can be charged"


def _finite(value: float | None) -> float | None:
    """Return None for what is not a number: a failed level, or a quotient by next to nothing."""
    return float(value) if value is not None and math.isfinite(value) else None


def _unassessed(
    point: RefinedPoint, values: Sequence[float | None], word: Classification, reason: str
) -> PointVerification:
    return PointVerification(
        point=point.label,
        values=tuple(values),
        classification=word,
        order=None,
        extrapolated=None,
        index=None,
        asymptotic_ratio=None,
        absolute=None,
        relative=None,
        reason=reason,
    )
