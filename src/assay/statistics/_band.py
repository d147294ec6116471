"""Rung 1: verification of the band that a declared residual bound leaves undecided.

Declared is |q(x) - s(x)| <= B(x) for all x, with s the surrogate, q the solver, and B from outside the
runs that train s (a handbook's scatter, the grid bound of a coarse run, an energy bound). A bound
estimated from the same runs is not safe: STATISTICS.md, algorithm A2 and section 2.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from assay.errors import InputError
from assay.statistics._error_budget import whole
from assay.statistics._restricted_plan import (
    CONCEDED,
    SAFE,
    UNDECIDED,
    Masses,
    RegionArray,
    restricted_attained,
    restricted_bound,
    restricted_shown,
)
from assay.statistics._special import FloatArray


@dataclass(frozen=True)
class BandStatement:
    """What the runs say under the declared bound."""

    state: Literal["shown", "not-shown", "falsified"]
    """falsified: a run contradicts the declaration; nothing may be claimed with it."""
    bound: float | None
    """Upper limit of the violating fraction at the level of the draws; None if falsified."""
    attained: float | None
    """Attained error level, that spent on masses included; None if falsified."""
    draws: int
    not_within: int
    checks: int
    """Runs whose distance from the surrogate was compared with the bound."""
    violations: tuple[int, ...]
    """Runs beyond the bound, the worst first."""


def band_regions(
    prediction: npt.ArrayLike,
    bound: npt.ArrayLike,
    *,
    at_most: float | None = None,
    at_least: float | None = None,
    charge_up: npt.ArrayLike = 0.0,
    charge_down: npt.ArrayLike = 0.0,
) -> RegionArray:
    """Sort points into safe, band (undecided) and sure violations (conceded).

    Parameters
    ----------
    prediction, bound
        Surrogate s and declared bound B at each point, shape (M,), in the quantity's unit; an infinite
        bound leaves the point undecided.
    at_most, at_least
        Limits; both of them: `between`.
    charge_up, charge_down
        Errors charged to a run before it is compared with the upper and with the lower limit, per point
        or one for all: each at least 0, and at least what a run there would be charged. Infinite where
        the model form is not validated.

    Returns
    -------
    RegionArray
        Shape (M,). Safe: s + B + charge_up <= at_most and s - B - charge_down >= at_least. Conceded: a
        run there could not be within, whatever the solver says inside the bound. The rest is undecided.

    Raises
    ------
    InputError
        If no limit is given, a bound or charge is negative or not a number, a prediction is not a
        number, or shapes differ.
    """
    if at_most is None and at_least is None:
        raise InputError("give at_most, at_least or both")
    if at_most is not None and at_least is not None and not at_least <= at_most:
        raise InputError(f"between {at_least!r} and {at_most!r} nothing lies; write the lower limit first")
    s, b, up, down = _together(prediction, bound, charge_up, charge_down)
    safe, lost = np.ones(s.shape, dtype=bool), np.zeros(s.shape, dtype=bool)
    if at_most is not None:
        safe &= s + b + up <= at_most
        lost |= s - b + up > at_most
    if at_least is not None:
        safe &= s - b - down >= at_least
        lost |= s + b - down < at_least
    return np.where(lost, CONCEDED, np.where(safe, SAFE, UNDECIDED)).astype(np.int8)


def bound_violations(
    quantity: npt.ArrayLike, prediction: npt.ArrayLike, bound: npt.ArrayLike
) -> tuple[int, ...]:
    """Return the runs that contradict the declared bound, the worst first.

    Parameters
    ----------
    quantity
        Solver's value of each run, not a number where it failed: that contradicts nothing, it is open.
    prediction, bound
        Surrogate and declared bound where the run was made, shape (n,).

    Notes
    -----
    The comparison is of solver and surrogate as they are. Numerical and model-form errors of the solver
    belong to `charge_up` and `charge_down` of `band_regions`, not to the declaration.
    """
    q = np.asarray(quantity, dtype=np.float64)
    s, b, _, _ = _together(prediction, bound, 0.0, 0.0)
    if q.shape != s.shape:
        raise InputError(f"{q.size} runs, but {s.size} predictions")
    excess = np.full(q.shape, -np.inf)
    finite = np.isfinite(q)
    excess[finite] = np.abs(q[finite] - s[finite]) - b[finite]
    excess[np.isinf(q)] = np.inf  # no declared bound holds an infinite response
    order = np.argsort(-excess, kind="stable")
    return tuple(int(run) for run in order if excess[run] > 0.0)


def band_statement(
    masses: Masses,
    within: npt.ArrayLike,
    allowed: float,
    error: float,
    *,
    planned: int,
    quantity: npt.ArrayLike,
    prediction: npt.ArrayLike,
    bound: npt.ArrayLike,
) -> BandStatement:
    """Return the statement of a complete plan of draws from the band.

    Parameters
    ----------
    masses
        Of the split that was fixed, with what is conceded, before the draws.
    within
        For each draw from the band whether it is within; open and failed draws are not. Shape (n,).
    allowed, error
        Allowed violating fraction of the law, and the whole level, of which `masses.error` is a part.
    planned
        Number of draws planned; a statement over another number is refused, because stopping early
        voids the level.
    quantity, prediction, bound
        Of every run of the showing, draws and guided ones alike: all of them check the declaration.

    Raises
    ------
    InputError
        If the plan is not complete, or nothing is left of `error` after the masses.
    """
    whole("planned draws", planned, least=0)
    good = np.asarray(within)
    if good.shape != (planned,) or (planned > 0 and good.dtype != np.bool_):
        raise InputError(f"{planned} draws are planned; give yes or no for each of them, not {good.shape}")
    left = error - masses.error
    if not left > 0.0:
        raise InputError(
            f"the masses spend {masses.error} of an error of {error}; nothing is left to test at"
        )
    misses = bound_violations(quantity, prediction, bound)
    checks = int(np.count_nonzero(~np.isnan(np.asarray(quantity, dtype=np.float64))))
    not_within = planned - int(np.count_nonzero(good))
    if misses:
        return BandStatement("falsified", None, None, planned, not_within, checks, misses)
    shown = restricted_shown(masses, not_within, planned, allowed, left)
    return BandStatement(
        state="shown" if shown else "not-shown",
        bound=restricted_bound(masses, not_within, planned, left),
        attained=min(1.0, restricted_attained(masses, not_within, planned, allowed) + masses.error),
        draws=planned,
        not_within=not_within,
        checks=checks,
        violations=(),
    )


def _together(
    prediction: npt.ArrayLike, bound: npt.ArrayLike, up: npt.ArrayLike, down: npt.ArrayLike
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return arrays of one shape, checked."""
    s = np.asarray(prediction, dtype=np.float64)
    if s.ndim != 1 or not np.isfinite(s).all():
        raise InputError("a prediction is needed for every point, and each is to be a finite number")
    try:
        rest = [np.broadcast_to(np.asarray(item, dtype=np.float64), s.shape) for item in (bound, up, down)]
    except ValueError as problem:
        raise InputError("bounds and charges are one for all points, or one for each") from problem
    for name, item in zip(("bound", "upper charge", "lower charge"), rest, strict=True):
        if not (item >= 0.0).all():
            raise InputError(f"a {name} is negative or not a number; write 0 or more")
    return s, rest[0], rest[1], rest[2]
