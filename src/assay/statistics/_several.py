"""Several claims at once: all of them, a list acted on one by one, or at least one violated."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from assay.errors import InputError
from assay.statistics._error_budget import holm, inside, whole

ALL_HOLD = (
    "All requirements hold is shown when each is shown at its own level, without correction: if one does "
    "not hold, all are shown only if that one is shown falsely, which happens no more often than its level."
)
"""Why no correction is due for a whole (Berger 1982)."""


def all_hold(attained: Sequence[float]) -> float:
    """Return the attained error level of the claim that every requirement holds.

    Parameters
    ----------
    attained
        Attained level of each requirement, in [0, 1]. They may share runs and depend in any way.

    Returns
    -------
    float
        The largest of them: the intersection-union test.

    Raises
    ------
    InputError
        If there is none, or one is not in [0, 1].

    References
    ----------
    Berger, "Multiparameter hypothesis testing and acceptance sampling", Technometrics 24 (1982).
    """
    if not attained:
        raise InputError("a whole needs at least one requirement")
    return max(_level(level) for level in attained)


def any_violated(levels: Sequence[float]) -> float:
    """Return the attained level of the claim that at least one requirement is violated.

    Parameters
    ----------
    levels
        Attained level of refuting each requirement, in [0, 1].

    Returns
    -------
    float
        min(1, m x the smallest): Bonferroni, valid under any dependence.

    Raises
    ------
    InputError
        If there is none, or one is not in [0, 1].
    """
    if not levels:
        raise InputError("nothing can be violated in an empty list")
    return min(1.0, len(levels) * min(_level(level) for level in levels))


def union_level(error: float, count: int) -> float:
    """Return the level at which each of `count` cases is tested when one REFUTED case refutes them all.

    Returns
    -------
    float
        error / count (Bonferroni; the first step of Holm, and no later step is needed for one case).

    Raises
    ------
    InputError
        If `error` is not in (0, 1) or `count` is below 1.
    """
    inside("error level", error)
    whole("cases", count, least=1)
    return error / count


def e_to_p(e_value: float) -> float:
    """Return min(1, 1/e), the attained level that an e-value supports.

    Parameters
    ----------
    e_value
        Non-negative with expectation at most 1 under the null; the *largest* wealth of an e-process so
        far may stand here too (Ville's inequality), though it is no e-value itself.

    Raises
    ------
    InputError
        If the value is negative or not a number.
    """
    if not e_value >= 0.0:
        raise InputError(f"e-value {e_value!r} is negative or not a number")
    return 1.0 if e_value <= 1.0 else 1.0 / e_value


def average_e(e_values: Sequence[float], weights: Sequence[float] | None = None) -> float:
    """Return an e-value of the claim that at least one requirement is violated.

    Parameters
    ----------
    e_values
        e-value against each requirement: the wealth when it stopped, not the largest on its way. They
        may depend in any way.
    weights
        Fixed before the runs, non-negative, with a positive sum; equal by default.

    Returns
    -------
    float
        The weighted mean.

    Raises
    ------
    InputError
        If lengths differ, the list is empty, a value or a weight is negative or not a number.

    References
    ----------
    Vovk & Wang, "E-values: calibration, combination and applications", Ann. Stat. 49 (2021).
    """
    if not e_values:
        raise InputError("nothing to average")
    for value in e_values:
        e_to_p(value)
    chosen = [1.0] * len(e_values) if weights is None else list(weights)
    if len(chosen) != len(e_values) or not all(weight >= 0.0 for weight in chosen) or not sum(chosen) > 0.0:
        raise InputError("give a weight of 0 or more for each e-value, not all of them 0")
    total = sum(chosen)
    return sum(weight / total * value for weight, value in zip(chosen, e_values, strict=True) if weight)


def e_holm(e_values: Sequence[float]) -> tuple[float, ...]:
    """Adjust e-values of rows for the claim that all rows picked from a list hold.

    Parameters
    ----------
    e_values
        For each row the wealth when it stopped, under any dependence.

    Returns
    -------
    tuple of float
        Adjusted e-values in the order given: for each row the smallest mean over all sets of rows that
        contain it (closed testing with the arithmetic mean). The rows with an adjusted value of at least
        1/a hold jointly with confidence 1 - a; never below what Holm says of the values 1/e.

    Raises
    ------
    InputError
        If a value is negative or not a number.

    References
    ----------
    Vovk & Wang, Ann. Stat. 49 (2021), section on multiple testing; Holm, Scand. J. Stat. 6 (1979); for
    claims about the rate of false discoveries instead: Wang & Ramdas, "False discovery rate control with
    e-values", JRSS-B 84 (2022).
    """
    for value in e_values:
        e_to_p(value)
    adjusted = [0.0] * len(e_values)
    order = sorted(range(len(e_values)), key=lambda row: e_values[row])
    taken, total = 0, 0.0  # the smallest values that lower the mean of the set of the row at hand
    for row in order:
        own = e_values[row]
        if np.isinf(own):
            # Any finite set with an infinite value has an infinite mean.
            adjusted[row] = own
            continue
        while taken < len(order) and e_values[order[taken]] < (own + total) / (taken + 1):
            if order[taken] == row:
                break
            total += e_values[order[taken]]
            taken += 1
        adjusted[row] = (own + total) / (taken + 1)
    return tuple(adjusted)


def list_confidence(levels: Sequence[float], shown: Sequence[bool]) -> float | None:
    """Return the confidence with which all shown rows of a list hold together.

    Parameters
    ----------
    levels
        Attained level of every row that was tested, shown or not: the picking is what is paid for.
    shown
        Which rows are shown.

    Returns
    -------
    float or None
        1 - the largest Holm-adjusted level of the shown rows; None if none is shown.

    Raises
    ------
    InputError
        If lengths differ or a level is not in [0, 1].

    References
    ----------
    Holm, "A simple sequentially rejective multiple test procedure", Scand. J. Stat. 6 (1979).
    """
    if len(levels) != len(shown):
        raise InputError(f"{len(levels)} attained levels, but {len(shown)} rows")
    adjusted = [level for level, ok in zip(holm(levels), shown, strict=True) if ok]
    return 1.0 - max(adjusted) if adjusted else None


def _level(level: float) -> float:
    if not 0.0 <= level <= 1.0:
        raise InputError(f"attained error level {level!r} is not in [0, 1]")
    return level
