"""Where a criterion fails worst, says the model; the solver has the last word there.

A proposal decides nothing. It is a point of the configuration at which a run is worth its price:
first where the mean of each criterion's model exceeds its limit most, then where mean and one
standard deviation do, so that later runs also look where the model knows little. Without a model
(refused) the corners and then a space-filling sequence are taken, and the proposal says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, product
from typing import Literal

import numpy as np
import numpy.typing as npt

from assay.errors import InputError
from assay.evidence.records import digest
from assay.statistics import uniforms
from assay.surrogates.protocol import FloatArray, Model
from assay.surrogates.threads import one_thread

REVISION = 1
"""Raised whenever unchanged models would propose other points; part of a recipe."""
CANDIDATES = 1024
"""Random candidates a row; and most corners tried."""
REFINED = 3
"""Best candidates that a pattern search improves."""
KEPT = 16
"""Points a row hands on, by mean and one standard deviation."""
APART = 0.02
"""Two points nearer than this share of the box in every factor are one."""
_FIRST_STEP, _LAST_STEP = 0.25, 0.004

Why = Literal["predicted-worst", "exploration", "corner", "space-filling"]


@dataclass(frozen=True)
class Row:
    """Conditions of one case or corner, with the limits that hold there, factors applied."""

    key: str
    """Row key of the run table; empty for the draw itself."""
    overrides: Mapping[str, float]
    """Factors that the row fixes, in their units."""
    at_most: float | None = None
    """Limit from above in the quantity's unit."""
    at_least: float | None = None


@dataclass(frozen=True)
class Question:
    """One criterion and the model of its quantity."""

    name: str
    model: Model | None
    """None: refused."""
    rows: tuple[Row, ...] = ()
    """At least one."""


@dataclass(frozen=True)
class Proposal:
    """A point that the solver should run."""

    question: str
    row: str
    factors: Mapping[str, float]
    """Every factor, the row's overrides applied."""
    why: Why
    predicted: float | None
    """Mean of the model in the quantity's unit; None without a model, like what follows."""
    sd: float | None
    exceedance: float | None
    """(predicted - limit) / |limit|, positive on the wrong side."""


@dataclass(frozen=True)
class _Box:
    """The configuration: names, and ends with equal low and high where a factor is fixed."""

    names: tuple[str, ...]
    low: FloatArray
    high: FloatArray

    def points(self, unit: FloatArray, overrides: Mapping[str, float]) -> FloatArray:
        """Return points, shape (m, d), of shares of the box, shape (m, d)."""
        x = self.low + unit * (self.high - self.low)
        # low + (high - low) may round past high; a point outside its tolerance proves nothing.
        x = np.clip(x, self.low, self.high)
        for name, value in overrides.items():
            x[:, self.names.index(name)] = value
        return x


@dataclass(frozen=True)
class _Found:
    question: Question
    row: Row
    unit: FloatArray
    score: float
    why: Why


def propose(
    questions: Sequence[Question],
    bounds: Mapping[str, tuple[float, float]],
    count: int,
    seed: str,
    *,
    rows_together: bool = True,
) -> tuple[Proposal, ...]:
    """Return up to `count` distinct points, most telling first.

    Parameters
    ----------
    questions
        The criteria to refute, each with its model or None.
    bounds
        Every factor of the study to (low, high) in the configuration; equal where it is fixed.
    count
        Most points wanted; fewer where the box has no more that are apart.
    seed
        Digest, ``sha256:`` or bare.
    rows_together
        One run answers all rows, so that points which differ in a row's factors alone are one.

    Returns
    -------
    tuple of Proposal
        The worst point of each question, worst question first; then by optimistic exceedance.
        Questions without a model take turns with the others.

    Raises
    ------
    InputError
        If a question has no row or no limit, or a name is not in `bounds`.
    """
    _check(questions, bounds)
    names = tuple(bounds)
    box = _Box(
        names,
        np.array([bounds[name][0] for name in names], dtype=np.float64),
        np.array([bounds[name][1] for name in names], dtype=np.float64),
    )
    free = np.flatnonzero(box.high > box.low)
    with one_thread():
        shares = _candidates(len(names), free, seed)
        worst: list[_Found] = []
        explore: list[_Found] = []
        for question in questions:
            if question.model is not None:
                by_mean, by_both = _search(question, question.model, box, shares, free)
                worst.append(by_mean[0])
                explore += by_mean[1:] + by_both
        worst.sort(key=lambda found: -found.score)
        explore.sort(key=lambda found: -found.score)
        blind = _blind([q for q in questions if q.model is None], shares, free, count)
        filling = _blind(list(questions), shares, free, 4 * count)
        ordered = worst + _alternating(explore, blind) + filling
        return tuple(_told(box, found) for found in _distinct(ordered, box, free, rows_together, count))


def _check(questions: Sequence[Question], bounds: Mapping[str, tuple[float, float]]) -> None:
    for name, (low, high) in bounds.items():
        if not (np.isfinite(low) and np.isfinite(high) and low <= high):
            raise InputError(f"bounds of {name} are [{low}, {high}]; write a finite low and high")
    for question in questions:
        if not question.rows:
            raise InputError(f"{question.name} has no row to search; give at least one")
        inputs = [] if question.model is None else [item.name for item in question.model.data.inputs]
        for row in question.rows:
            unknown = sorted({*row.overrides, *inputs} - set(bounds))
            if unknown:
                raise InputError(f"{question.name} names {', '.join(unknown)}, which have no bounds")
            if row.at_most is None and row.at_least is None:
                raise InputError(f"{question.name} has no limit in row {row.key!r}")


def _candidates(d: int, free: npt.NDArray[np.int64], seed: str) -> FloatArray:
    """Return shares of the box: its centre, corners, then random points; 0.5 where fixed."""
    random = uniforms(d, digest(f"candidates {seed}".encode()), 0, CANDIDATES)
    if 2**free.size <= CANDIDATES:
        corners = np.array(list(product((0.0, 1.0), repeat=free.size))).reshape(2**free.size, free.size)
    else:
        sides = uniforms(free.size, digest(f"corners {seed}".encode()), 0, CANDIDATES)
        corners = np.round(sides)
    shares = np.full((1 + corners.shape[0] + CANDIDATES, d), 0.5)
    shares[1 : 1 + corners.shape[0], free] = corners
    shares[1 + corners.shape[0] :, free] = random[:, free]
    return shares


def _search(
    question: Question, model: Model, box: _Box, shares: FloatArray, free: npt.NDArray[np.int64]
) -> tuple[list[_Found], list[_Found]]:
    """Return the worst points by mean, worst first, and by mean and one standard deviation."""
    by_mean: list[_Found] = []
    by_both: list[_Found] = []
    for row in question.rows:
        loose = np.array([i for i in free if box.names[i] not in row.overrides], dtype=np.int64)
        for sds, kept, why in ((0.0, by_mean, "predicted-worst"), (1.0, by_both, "exploration")):
            score = _scorer(model, row, box, sds)
            scores = score(shares)
            order = np.argsort(-scores, kind="stable")
            best = [_climb(score, shares[i], float(scores[i]), loose) for i in order[:REFINED]]
            best += [(shares[i], float(scores[i])) for i in order[: KEPT if sds else 0]]
            word: Why = "exploration" if why == "exploration" else "predicted-worst"
            kept += [_Found(question, row, unit, value, word) for unit, value in best]
    by_mean.sort(key=lambda found: -found.score)
    return by_mean, by_both


def _scorer(model: Model, row: Row, box: _Box, sds: float) -> Callable[[FloatArray], FloatArray]:
    columns = [box.names.index(item.name) for item in model.data.inputs]

    def score(unit: FloatArray) -> FloatArray:
        mean, sd = model.predict(box.points(unit, row.overrides)[:, columns])
        return _exceedance(model, row, mean, sds * sd)

    return score


def _exceedance(model: Model, row: Row, mean: FloatArray, slack: FloatArray) -> FloatArray:
    """Return how far beyond its limit the mean lies, the slack against the criterion added."""
    beyond = np.full(mean.shape, -np.inf)
    for limit, sign in ((row.at_most, 1.0), (row.at_least, -1.0)):
        if limit is not None:
            scale = abs(limit) if limit != 0.0 else max(float(model.data.y.std()), 1e-300)
            beyond = np.maximum(beyond, (sign * (mean - limit) + slack) / scale)
    return beyond


def _climb(
    score: Callable[[FloatArray], FloatArray], start: FloatArray, value: float, free: npt.NDArray[np.int64]
) -> tuple[FloatArray, float]:
    """Improve a point by steps along single factors, halved when none helps."""
    point, step = start.copy(), _FIRST_STEP
    while free.size and step >= _LAST_STEP:
        trials = np.repeat(point[None, :], 2 * free.size, axis=0)
        for k, column in enumerate(free):
            trials[2 * k, column] = min(point[column] + step, 1.0)
            trials[2 * k + 1, column] = max(point[column] - step, 0.0)
        scores = score(trials)
        best = int(np.argmax(scores))
        # A gain below rounding could go on for ever.
        if scores[best] > value + 1e-12 * max(abs(value), 1.0):
            point, value = trials[best], float(scores[best])
        else:
            step *= 0.5
    return point, value


def _blind(
    questions: Sequence[Question], shares: FloatArray, free: npt.NDArray[np.int64], count: int
) -> list[_Found]:
    """Return the centre's farthest points, then the farthest from those: corners come first."""
    if not questions or count < 1:
        return []
    space = shares[:, free]
    distance = np.full(space.shape[0], np.inf)
    nearest = 0
    turns = cycle([(question, row) for question in questions for row in question.rows])
    found: list[_Found] = []
    for _ in range(min(count, space.shape[0] - 1)):
        distance = np.minimum(distance, ((space - space[nearest]) ** 2).sum(axis=1))
        nearest = int(np.argmax(distance))
        unit = shares[nearest]
        corner = bool(np.isin(unit[free], (0.0, 1.0)).all())
        question, row = next(turns)
        found.append(_Found(question, row, unit, -np.inf, "corner" if corner else "space-filling"))
    return found


def _alternating(first: list[_Found], second: list[_Found]) -> list[_Found]:
    pairs = min(len(first), len(second))
    mixed = [found for pair in zip(second[:pairs], first[:pairs], strict=True) for found in pair]
    return mixed + first[pairs:] + second[pairs:]


def _distinct(
    found: Sequence[_Found], box: _Box, free: npt.NDArray[np.int64], rows_together: bool, count: int
) -> list[_Found]:
    """Keep the first `count` that are apart from all before.

    Where a run answers all rows, a factor that a point's own row fixes says nothing of the point.
    """

    def share(item: _Found) -> FloatArray:
        unit = item.unit.copy()
        if rows_together:
            unit[[box.names.index(name) for name in item.row.overrides]] = 0.5
        return unit[free]

    kept: list[_Found] = []
    for item in found:
        if len(kept) >= count:
            break
        near = any(
            (rows_together or other.row.key == item.row.key)
            and (np.abs(share(other) - share(item)) < APART).all()
            for other in kept
        )
        if not near:
            kept.append(item)
    return kept


def _told(box: _Box, found: _Found) -> Proposal:
    point = box.points(found.unit[None, :], found.row.overrides)
    factors = {name: float(value) for name, value in zip(box.names, point[0], strict=True)}
    model = found.question.model
    if model is None:
        return Proposal(found.question.name, found.row.key, factors, found.why, None, None, None)
    mean, sd = model.predict(point[:, [box.names.index(item.name) for item in model.data.inputs]])
    beyond = _exceedance(model, found.row, mean, np.zeros_like(mean))
    return Proposal(
        found.question.name,
        found.row.key,
        factors,
        found.why,
        float(mean[0]),
        float(sd[0]),
        float(beyond[0]),
    )
