"""How the permitted error is spent: over shares, over attempts, over a list of rows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np

from assay.errors import InputError


def allowed_fraction(coverage: float) -> float:
    """Return 1 - `coverage` for the decimal that was written, so that 0.95 gives 0.05.

    The subtraction in binary gives 0.050000000000000044, which is more than was allowed.

    Parameters
    ----------
    coverage
        Fraction that has to hold, or a confidence; inside (0, 1).

    Raises
    ------
    InputError
        If `coverage` is not inside (0, 1).
    """
    inside("coverage or confidence", coverage)
    return float(1 - _decimal(coverage))


def error_levels(confidence: float, shares: Mapping[str, float]) -> dict[str, float]:
    """Split the permitted error 1 - `confidence` into levels by share.

    Parameters
    ----------
    confidence
        Inside (0, 1).
    shares
        Name (``statistics``, ``numerical``, ``model``) to share of the error; each in [0, 1],
        their sum at most 1: errors that strike all runs at once add, they never cancel.

    Returns
    -------
    dict
        Name to level, (1 - confidence) x share; a share 0 gives 0 (the bound is declared).

    Raises
    ------
    InputError
        If a share is outside [0, 1] or the shares exceed 1 together.
    """
    inside("confidence", confidence)
    for name, share in shares.items():
        if not 0.0 <= share <= 1.0:
            raise InputError(f"error share {name} is {share!r}; write a share from 0 to 1")
    exact = {name: _decimal(share) for name, share in shares.items()}
    # Thirds cannot be written exactly: 0.333... three times may exceed 1 by the last digit.
    if sum(exact.values(), Fraction(0)) > 1 + Fraction(1, 10**12):
        raise InputError(f"the error shares {dict(shares)} add up to more than 1; lower one of them")
    error = 1 - _decimal(confidence)
    return {name: float(error * share) for name, share in exact.items()}


def attempt_level(error: float, number: int, declared_attempts: int | None = None) -> float | None:
    """Return the level at which attempt `number` is tested, so that all attempts stay below `error`.

    Parameters
    ----------
    error
        Level of the criterion, inside (0, 1).
    number
        1 for the first attempt.
    declared_attempts
        K, where it was declared before the first attempt; None if nothing was declared.

    Returns
    -------
    float or None
        error x 2**-number, or error / K; None for an attempt beyond the K declared ones: it is
        never credited.

    Raises
    ------
    InputError
        If a count is below 1 or `error` is not inside (0, 1).

    Notes
    -----
    Union bound: the levels of any number of attempts sum to at most `error`.
    """
    inside("error level", error)
    whole("attempt", number, least=1)
    if declared_attempts is None:
        return math.ldexp(error, -number)
    whole("attempts", declared_attempts, least=1)
    return error / declared_attempts if number <= declared_attempts else None


def holm(levels: Sequence[float]) -> tuple[float, ...]:
    """Adjust attained error levels of rows for the claim that all rows picked from a list hold.

    Parameters
    ----------
    levels
        Attained error level (p-value) of each row, in [0, 1]; 0 for a row without probability.
        A row in its attempt k counts with its attained level times criterion level / attempt level.

    Returns
    -------
    tuple of float
        Adjusted levels in the order of `levels`. Any set of rows with adjusted level at most a
        is shown jointly with confidence 1 - a, however the rows depend on each other.

    Raises
    ------
    InputError
        If a level is not a number in [0, 1].

    References
    ----------
    Holm, "A simple sequentially rejective multiple test procedure", Scand. J. Stat. 6 (1979).
    """
    for level in levels:
        if not 0.0 <= level <= 1.0:
            raise InputError(f"attained error level {level!r} is not in [0, 1]")
    order = sorted(range(len(levels)), key=lambda row: levels[row])
    adjusted = [0.0] * len(levels)
    worst = 0.0
    for rank, row in enumerate(order):
        worst = max(worst, min(1.0, (len(levels) - rank) * levels[row]))
        adjusted[row] = worst
    return tuple(adjusted)


def inside(name: str, value: float) -> None:
    """Refuse a probability outside the open interval (0, 1), NaN included."""
    if not 0.0 < value < 1.0:
        raise InputError(f"{name} is {value!r}; write a number above 0 and below 1")


def whole(name: str, value: object, *, least: int) -> None:
    """Refuse a count that is not an integer of at least `least`."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
        raise InputError(f"{name} is {value!r}; write a whole number of at least {least}")


def _decimal(value: float) -> Fraction:
    """Return the shortest decimal that reads back as `value`: what the author wrote."""
    return Fraction(repr(float(value)))
