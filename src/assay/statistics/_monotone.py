"""Rung 2, monotone: what runs prove about a whole region when the sign of each factor's effect is declared.

A run at or below the limit proves every point that is at most as harmful in every factor, with no error
probability. A run beyond the limit says the same of every point at least as harmful, which is used for
planning only. `assay.statistics.monotone_step` chooses what to run next. STATISTICS.md, algorithm A3;
de Rocquigny, "Structural reliability under monotony", Structural Safety 31 (2009).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from assay.errors import InputError
from assay.statistics._restricted_plan import CONCEDED, SAFE, UNDECIDED, RegionArray
from assay.statistics._special import FloatArray

BoolArray = npt.NDArray[np.bool_]
_CHUNK = 65_536
"""Points compared at a time: what fits in a cache, whatever the size of the pool."""


def orient(points: npt.ArrayLike, signs: npt.ArrayLike) -> FloatArray:
    """Return points in coordinates in which larger in all means a response at least as large.

    Parameters
    ----------
    points
        Shape (m, d).
    signs
        Declared sign of the effect of each factor, shape (d,): 1 the response never falls as the factor
        rises, -1 it never rises, 0 nothing is declared.

    Returns
    -------
    FloatArray
        Shape (m, d + number of zeros): a factor without a declaration stands twice, with both signs, so
        that only points equal in it are ever compared.

    Raises
    ------
    InputError
        If a shape is wrong, a coordinate is not a number, or a sign is none of 1, -1, 0.
    """
    rows, wanted = np.asarray(points, dtype=np.float64), np.asarray(signs)
    if wanted.ndim != 1 or not np.isin(wanted, (1, -1, 0)).all() or not wanted.any():
        raise InputError("declare a sign for each factor: 1, -1 or 0, and at least one that is not 0")
    if rows.ndim != 2 or rows.shape[1] != wanted.size:
        raise InputError(f"points of shape {rows.shape} do not have the {wanted.size} declared factors")
    if np.isnan(rows).any():
        raise InputError("a point has a coordinate that is not a number")
    free = np.flatnonzero(wanted == 0)
    upward = rows * np.where(wanted == 0, 1, wanted)
    return np.ascontiguousarray(np.concatenate((upward, -rows[:, free]), axis=1))


def worst_corner(
    low: npt.ArrayLike, high: npt.ArrayLike, signs: npt.ArrayLike, *, at_most: bool = True
) -> FloatArray:
    """Return the corner of a box at which a monotone response is worst: one run decides `everywhere`.

    Parameters
    ----------
    low, high
        Ends of the box, shape (d,).
    signs
        As in `orient`, none of them 0.
    at_most
        True for a limit from above (the largest response), False for a limit from below.

    Raises
    ------
    InputError
        If a factor has no declared sign, or the box is turned around or has no end.
    """
    lower, upper = np.asarray(low, dtype=np.float64), np.asarray(high, dtype=np.float64)
    wanted = np.asarray(signs)
    if not (lower.ndim == 1 and lower.shape == upper.shape == wanted.shape):
        raise InputError("the box needs a lower and an upper end and a sign for each factor")
    if not np.isin(wanted, (1, -1)).all():
        free = ", ".join(str(n + 1) for n in np.flatnonzero(~np.isin(wanted, (1, -1))))
        raise InputError(f"no sign is declared for factor number {free}: a box has no worst corner without")
    if not (np.isfinite(lower).all() and np.isfinite(upper).all() and (lower <= upper).all()):
        raise InputError("the ends of the box are to be finite, the lower one not above the upper")
    rising = (wanted == 1) == at_most
    return np.where(rising, upper, lower)


def monotone_regions(
    points: npt.ArrayLike,
    runs: npt.ArrayLike,
    signs: npt.ArrayLike,
    *,
    below_upper: npt.ArrayLike | None = None,
    above_lower: npt.ArrayLike | None = None,
    beyond_upper: npt.ArrayLike | None = None,
    beyond_lower: npt.ArrayLike | None = None,
) -> RegionArray:
    """Sort points into safe, undecided and conceded by what runs prove under the declaration.

    Parameters
    ----------
    points
        Shape (M, d); 10^6 points and 50 runs take about a second.
    runs
        Where the solver was run, shape (n, d).
    signs
        As in `orient`.
    below_upper
        Which runs are, with their charges, at or below the upper limit, shape (n,); None: there is no
        upper limit. Open and failed runs are not.
    above_lower
        The same for the lower limit. With both (`between`) a point is safe only if it is safe from both.
    beyond_upper, beyond_lower
        Which runs violate a limit for certain. What they imply is conceded, which can only cost runs.

    Returns
    -------
    RegionArray
        Code of each point, shape (M,).

    Raises
    ------
    InputError
        If no limit is given or shapes differ.
    """
    if below_upper is None and above_lower is None:
        raise InputError("say which runs are at or below the upper limit, or at or above the lower one")
    pool, tried = orient(points, signs), orient(runs, signs)
    safe = np.ones(len(pool), dtype=bool)
    failing = np.zeros(len(pool), dtype=bool)
    if below_upper is not None:
        safe &= _dominated(pool, tried[_flags(below_upper, len(tried))])
    if above_lower is not None:
        safe &= _dominated(-pool, -tried[_flags(above_lower, len(tried))])
    if beyond_upper is not None:
        failing |= _dominated(-pool, -tried[_flags(beyond_upper, len(tried))])
    if beyond_lower is not None:
        failing |= _dominated(pool, tried[_flags(beyond_lower, len(tried))])
    # A point that is both stands on a contradiction, which `contradictions` reports; concede it.
    return np.where(failing, CONCEDED, np.where(safe, SAFE, UNDECIDED)).astype(np.int8)


def contradictions(
    runs: npt.ArrayLike, quantity: npt.ArrayLike, signs: npt.ArrayLike, *, tolerance: float = 0.0
) -> tuple[tuple[int, int], ...]:
    """Return every pair of runs that contradicts the declaration.

    Parameters
    ----------
    runs
        Shape (n, d), all runs of the showing, guided ones too.
    quantity
        Response of each run, shape (n,); not a number where a run failed.
    signs
        As in `orient`.
    tolerance
        Difference below which two responses count as equal, in the quantity's unit: the numerical bound
        of both runs together. One pair above it ends the declaration.

    Returns
    -------
    tuple
        Pairs (i, j): run i is at most as harmful as run j in every factor, yet its response is larger
        by more than `tolerance`. The largest contradiction comes first.

    Raises
    ------
    InputError
        If shapes differ or the tolerance is negative.
    """
    tried, value = orient(runs, signs), np.asarray(quantity, dtype=np.float64)
    if value.shape != (len(tried),):
        raise InputError(f"{len(tried)} runs, but responses of shape {value.shape}")
    if not tolerance >= 0.0:
        raise InputError(f"tolerance is {tolerance!r}; write 0 or the numerical bound of two runs")
    found: list[tuple[float, int, int]] = []
    for harmless, row in enumerate(tried):
        above = np.flatnonzero(value < value[harmless] - tolerance)
        above = above[(row <= tried[above]).all(axis=1)]
        found += [(float(value[harmless] - value[harmful]), harmless, int(harmful)) for harmful in above]
    found.sort(key=lambda pair: (-pair[0], pair[1], pair[2]))
    return tuple((harmless, harmful) for _, harmless, harmful in found)


def pairs_compared(runs: npt.ArrayLike, signs: npt.ArrayLike) -> int:
    """Return how many pairs of runs the declaration orders: the checks that it was exposed to."""
    tried = orient(runs, signs)
    return sum(int(np.count_nonzero((row <= tried).all(axis=1))) - 1 for row in tried)


def _flags(flags: npt.ArrayLike, count: int) -> BoolArray:
    chosen = np.asarray(flags)
    if chosen.shape != (count,) or chosen.dtype != np.bool_:
        raise InputError(f"one yes or no is needed for each of the {count} runs, not {chosen.shape}")
    return chosen


def _dominated(points: FloatArray, by: FloatArray) -> BoolArray:
    """Say for each point whether some row of `by` is at least as large in every column."""
    result = np.zeros(len(points), dtype=bool)
    for start in range(0, len(points), _CHUNK):
        block = points[start : start + _CHUNK]
        left = np.arange(len(block))
        for row in by:
            under = left
            for column in range(block.shape[1]):
                under = under[block[under, column] <= row[column]]
            result[start + under] = True
            left = left[~result[start + left]] if under.size else left
    return result
