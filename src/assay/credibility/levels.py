"""What may a run on a coarser level be off by, and do runs on the finest level bear it out?

Levels are numbered from 1, the finest. The bound of level j at a verification point is
|q_j - q_1| + U_1, with U_1 the error of the finest level; the largest over all points and rows times
the stated factor is charged in the quantity's unit. That is the bound relative to a scale times that
scale: the scale cancels, and the local value, which may be next to nothing, never enters.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from assay.campaign import Row
from assay.credibility.records import LevelResult

REVISION = 1
"""Raised whenever unchanged runs would be bounded or checked otherwise; part of a recipe."""
FEWEST = 10
"""Decided runs of a level that are checked at least, where there are as many."""
SHARE = 10
"""One of so many decided runs is checked."""
CONFIDENCE = 0.95

Bounds = Mapping[str, float | None]
"""Quantity to the bound of one level, in the quantity's unit; None where a point could not be assessed."""


def level_bounds(
    rows: Sequence[Row], count: int, relative: Mapping[str, float], factor: float
) -> dict[int, dict[str, float | None]]:
    """Return the bounds of all levels but the finest.

    Parameters
    ----------
    rows
        Of the refinement study: index = point number x `count` + step, steps coarse to fine.
    count
        Number of levels.
    relative
        Quantity to the largest relative error U_1/|q_1| of the finest level over the points.
    factor
        At least 1, on the largest bound over points and rows.

    Returns
    -------
    dict
        Level, 2 the next to the finest, to its bounds. A point or row that failed on the level or on
        the finest leaves the level without a bound.
    """
    values = {(row.index, row.row): row.quantities for row in rows if row.state == "ok"}
    places = [(row.index // count, row.row) for row in rows if row.index % count == count - 1]
    found: dict[int, dict[str, float | None]] = {}
    for level in range(2, count + 1):
        bounds: dict[str, float | None] = {}
        for name, share in relative.items():
            errors = []
            for point, row in places:
                coarse = values.get((point * count + count - level, row), {}).get(name)
                fine = values.get((point * count + count - 1, row), {}).get(name)
                if coarse is None or fine is None:
                    errors.append(math.inf)
                else:
                    errors.append(abs(coarse - fine) + share * abs(fine))
            largest = max(errors, default=math.inf)
            bounds[name] = factor * largest if math.isfinite(largest) else None
        found[level] = bounds
    return found


def check_order(seed: str, draws: int) -> tuple[int, ...]:
    """Return the draws in the order in which they are picked for checks: it follows from the seed alone.

    The order of SHA-256 digests of seed and index: anyone recomputes it without a random generator.
    """
    return tuple(
        sorted(range(draws), key=lambda i: hashlib.sha256(f"{seed}/level-check/{i}".encode()).digest())
    )


def wanted_checks(decided: int) -> int:
    """Return how many of `decided` decided draws are checked: ten, or a tenth if that is more."""
    return min(decided, max(FEWEST, -(-decided // SHARE)))


def picked(seed: str, draws: int, decided: Collection[int]) -> tuple[int, ...]:
    """Return the draws that are checked: of those decided the first ten, or a tenth if that is more."""
    chosen = set(decided)
    return tuple(
        [index for index in check_order(seed, draws) if index in chosen][: wanted_checks(len(chosen))]
    )


def excluded_rate(checks: int) -> float | None:
    """Return the rate of misses that `checks` checks without a miss exclude at 95 %; None without checks.

    Clopper and Pearson (1934) for no event: (1 - rate)^checks = 0.05.
    """
    return -math.expm1(math.log1p(-CONFIDENCE) / checks) if checks else None


@dataclass(frozen=True)
class Compared:
    """Draws that were run on a level and on the finest."""

    misses: tuple[int, ...]
    """Draws further from the finest level than its bound; those that gave no value there among them."""
    worst: float | None
    """Largest |q_j - q_1| / U_j; None where no value could be compared."""


def compare(coarse: Sequence[Row], fine: Sequence[Row], bounds: Bounds, must: Collection[int]) -> Compared:
    """Hold every draw that was run on both levels against the level's bounds.

    Parameters
    ----------
    bounds
        Of the quantities that criteria read.
    must
        Draws that have to agree: there a run that failed on the finest level is a miss.
    """
    known = {(row.index, row.row): row for row in fine}
    misses: set[int] = set()
    worst: float | None = None
    for row in coarse:
        other = known.get((row.index, row.row))
        if other is None or row.state != "ok":
            continue
        if other.state != "ok":
            misses |= {row.index} & set(must)
            continue
        for name, bound in bounds.items():
            if bound is None:
                continue
            off = abs(row.quantities[name] - other.quantities[name])
            if off > bound:
                misses.add(row.index)
            ratio = off / bound if bound > 0.0 else 0.0
            worst = ratio if worst is None else max(worst, ratio)
    return Compared(tuple(sorted(misses)), worst)


def level_result(
    level: int,
    knobs: Mapping[str, float],
    bounds: Bounds,
    compared: Compared,
    decided: Collection[int],
    checked: Sequence[int],
) -> LevelResult:
    """Return what the checks say of one level; one miss, or a bound that is missing, voids it."""
    return LevelResult(
        level=level,
        knobs=dict(knobs),
        bounds=dict(bounds),
        decided=len(decided),
        checked=tuple(checked),
        misses=compared.misses,
        worst=compared.worst,
        excluded=excluded_rate(len(checked)) if not compared.misses else None,
        void=bool(compared.misses),
    )
