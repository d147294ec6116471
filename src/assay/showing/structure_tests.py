"""Where are the runs placed that shall break a declared structure? (DESIGN.md section 6, rule 4.)"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.programme import Declaration, Study
from assay.showing.corners import signs_of

LEAST_RUNS = 8
_CANDIDATES = 128
_SMALLEST_STEP = 0.01
"""Of the envelope: a bump that is narrower needs runs of its own to be met."""

Predict = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""What a model says at points of shape (points, factors); shape (points,)."""


def required_runs(declaration: Declaration) -> int:
    """Return how many test runs a declaration needs before it may be used."""
    return max(LEAST_RUNS, 2 * len(declaration.factors))


def runs_needed(study: Study) -> int:
    """Return how many test runs serve all declarations of a study."""
    return max((required_runs(declaration) for declaration in study.declarations), default=0)


def distinct_groups(study: Study) -> tuple[tuple[str, ...], ...]:
    """Return every group of factors tested along a chord, each once, in order."""
    return _groups(study, ("convex_in", "linear_in", "homogeneous_in"))


def symmetric_groups(study: Study) -> tuple[tuple[str, ...], ...]:
    """Return every group of factors that is mirrored, each once, in order."""
    return _groups(study, ("symmetric_in",))


def _groups(study: Study, kinds: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    found = (d.groups for d in study.declarations if d.kind in kinds)
    return tuple(dict.fromkeys(group for groups in found for group in groups))


def orders(study: Study) -> dict[str, dict[str, int]]:
    """Return, for every quantity declared monotone, factor to the sign of its effect."""
    found = {name: signs_of(study.declarations, name) for name in study.quantities}
    return {name: signs for name, signs in found.items() if signs}


def stepped_factors(study: Study) -> tuple[str, ...]:
    """Return every factor in which some quantity is declared monotone, each once, in order."""
    return tuple(dict.fromkeys(name for signs in orders(study).values() for name in signs))


def rows_of_tests(study: Study) -> int:
    """Return how many rows each test run has."""
    chords = sum(2 + _scaled(study, group) for group in distinct_groups(study))
    climbs = sum(len(signs) > 1 for signs in orders(study).values())
    return 1 + chords + len(stepped_factors(study)) + climbs + len(symmetric_groups(study))


@dataclass(frozen=True)
class BreakPoint:
    """One test run: a base point, and the points that are compared with it."""

    base: Mapping[str, float]
    rows: tuple[tuple[str, Mapping[str, float]], ...]
    """Row key to overrides. ``base``; for chord group number g ``end#g``, ``between#g``, ``scaled#g``;
    ``step#FACTOR`` with one factor moved, ``rise#QUANTITY`` with all factors moved that it is monotone in;
    ``mirror#FACTOR,FACTOR``."""
    weights: tuple[float, ...]
    """Weight of the base in the point between, by chord group."""
    scales: tuple[float, ...]
    """Factor of the scaled point, by chord group."""


def place_tests(
    study: Study, seed: str, models: Mapping[str, Predict] | None = None
) -> tuple[BreakPoint, ...]:
    """Place the test runs in the envelope, from the study's own seed.

    Uniformly; but where a model of a monotone quantity is at hand, every other base is the place, of 128
    uniform ones, where the model's slope against the declared sign is worst, for each factor in its turn.

    Parameters
    ----------
    seed
        Digest string; the points follow from it and from `models` alone.
    models
        Quantity to what its model predicts, the factors in the study's order.
    """
    generator = _generator(seed)
    groups, count = distinct_groups(study), runs_needed(study)
    points = [_break_point(study, groups, generator) for _ in range(count)]
    if not (stepped_factors(study) or symmetric_groups(study)):
        return tuple(points)
    more = _generator(f"{seed}/signs")
    steep = [
        (models[quantity], name, sign)
        for quantity, signs in orders(study).items()
        for name, sign in signs.items()
        if models and quantity in models
    ]
    placed = []
    for index, point in enumerate(points):
        base, small = point.base, index % 2 == 1
        if small and steep:
            base = _flattest(study, *steep[index // 2 % len(steep)], more)
            # The chords of this run start where it now starts.
            point = _break_point(study, groups, generator, base)  # noqa: PLW2901
        rows = (*point.rows, *_monotone_rows(study, base, small, more), *_mirrors(study, base))
        placed.append(BreakPoint(base, rows, point.weights, point.scales))
    return tuple(placed)


def _generator(seed: str) -> np.random.Generator:
    key = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:16], "big")
    return np.random.Generator(np.random.Philox(key=key))


def _uniform(study: Study, name: str, generator: np.random.Generator) -> float:
    low, high = study.factors[name].envelope
    return float(low + (high - low) * generator.random())


def _scaled(study: Study, group: tuple[str, ...]) -> bool:
    """Say whether a group is declared homogeneous: only then may its point be scaled out of the envelope."""
    return any(d.kind == "homogeneous_in" and group in d.groups for d in study.declarations)


def _scale(study: Study, point: Mapping[str, float], share: float) -> float:
    """Return by what a point is scaled: a quarter to three quarters, else as far as the ranges let it.

    The solver is not run outside a range, and a test that cannot be run would count for no declaration.
    """
    low, high = 0.0, math.inf
    for name, value in point.items():
        ends = [end / value for end in study.factors[name].range] if value else []
        if ends:
            low, high = max(low, min(ends)), min(high, max(ends))
    wanted = 0.25 + 0.5 * share
    if low <= wanted <= high:
        return wanted
    far = low if low > 0.0 and low * high < 1.0 else high
    return 1.0 + (far - 1.0) * (0.5 + 0.5 * share)


def _break_point(
    study: Study,
    groups: Sequence[tuple[str, ...]],
    generator: np.random.Generator,
    start: Mapping[str, float] | None = None,
) -> BreakPoint:
    base = start or {name: _uniform(study, name, generator) for name in study.factors}
    rows: list[tuple[str, Mapping[str, float]]] = [("base", {})]
    weights, scales = [], []
    for number, group in enumerate(groups):
        end = {name: _uniform(study, name, generator) for name in group}
        weight = 0.2 + 0.6 * float(generator.random())
        between = {name: weight * base[name] + (1.0 - weight) * end[name] for name in group}
        scale = _scale(study, {name: base[name] for name in group}, float(generator.random()))
        rows += [(f"end#{number}", end), (f"between#{number}", between)]
        if _scaled(study, group):
            rows.append((f"scaled#{number}", {name: scale * base[name] for name in group}))
        weights.append(weight)
        scales.append(scale)
    return BreakPoint(base, tuple(rows), tuple(weights), tuple(scales))


def _monotone_rows(
    study: Study, base: Mapping[str, float], small: bool, generator: np.random.Generator
) -> list[tuple[str, Mapping[str, float]]]:
    """Return a step in each factor, small or anywhere, and for each quantity a rise in all its factors."""
    rows: list[tuple[str, Mapping[str, float]]] = []
    for name in stepped_factors(study):
        low, high = study.factors[name].envelope
        if small:
            step = (high - low) * _SMALLEST_STEP ** float(generator.random())
            away = base[name] + step if base[name] + step <= high else max(low, base[name] - step)
        else:
            away = _uniform(study, name, generator)
        rows.append((f"step#{name}", {name: away}))
    for quantity, signs in orders(study).items():
        if len(signs) > 1:
            ends = {name: study.factors[name].envelope[1 if sign > 0 else 0] for name, sign in signs.items()}
            shares = {name: float(generator.random()) for name in signs}
            risen = {n: base[n] + (0.05 + 0.95 * shares[n]) * (ends[n] - base[n]) for n in signs}
            rows.append((f"rise#{quantity}", {n: _held(study, n, value) for n, value in risen.items()}))
    return rows


def _mirrors(study: Study, base: Mapping[str, float]) -> list[tuple[str, Mapping[str, float]]]:
    """Return the base mirrored in each symmetric group, about the middle of the range."""
    return [
        (
            f"mirror#{','.join(group)}",
            {n: _held(study, n, sum(study.factors[n].range) - base[n]) for n in group},
        )
        for group in symmetric_groups(study)
    ]


def _held(study: Study, name: str, value: float) -> float:
    """Return a value that no rounding has carried out of the factor's range."""
    low, high = study.factors[name].range
    return min(max(value, low), high)


def _flattest(
    study: Study, predict: Predict, name: str, sign: int, generator: np.random.Generator
) -> dict[str, float]:
    """Return the place, of some uniform ones, where a model rises least in the declared direction."""
    names = tuple(study.factors)
    low = np.array([study.factors[n].envelope[0] for n in names])
    high = np.array([study.factors[n].envelope[1] for n in names])
    points = low + generator.random((_CANDIDATES, len(names))) * (high - low)
    column = names.index(name)
    step = 0.05 * (high - low)[column]
    moved = points.copy()
    moved[:, column] += np.where(points[:, column] + step <= high[column], step, -step)
    rise = sign * (predict(moved) - predict(points)) * np.sign(moved[:, column] - points[:, column])
    return dict(zip(names, points[int(np.argmin(rise))].tolist(), strict=True))
