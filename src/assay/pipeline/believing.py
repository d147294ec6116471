"""How likely is a draw to fail, as the model sees it? Beliefs that steer runs and decide nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assay.campaign import Row
from assay.programme import Configuration, Study, joint_law
from assay.showing import Limit, Part, critical_values, nominal_values, state_of
from assay.showing.states import steering
from assay.statistics import draw
from assay.surrogates import Model

FloatArray = npt.NDArray[np.float64]

_CHUNK = 1 << 16
_LEAST_SPREAD = 1e-9
"""Of the quantity's scale: a model that is sure of itself is not taken at its word entirely."""


@dataclass(frozen=True)
class Question:
    """What is asked of each draw: does the worst of these rows stay within this limit?"""

    study: Study
    configuration: Configuration
    part: Part
    limit: Limit

    @property
    def near(self) -> tuple[float, ...]:
        """Return the values of the quantity at which the answer changes."""
        edges = critical_values(self.limit)
        return tuple(v for v in (edges.within_low, edges.within_high) if np.isfinite(v))


def ranges_of(study: Study) -> tuple[FloatArray, FloatArray]:
    """Return the lower and the upper ends of the factors' ranges, shape (d,) each, in the study's order."""
    ends = np.array([factor.range for factor in study.factors.values()], dtype=np.float64)
    return ends[:, 0], ends[:, 1]


def law_points(study: Study, configuration: Configuration, seed: str, start: int, count: int) -> FloatArray:
    """Return independent draws of the joint law with all factors, shape (count, d), in the study's order."""
    names, laws, correlation = joint_law(study, configuration, set())
    nominal = nominal_values(study, configuration)
    order = list(study.factors)
    points = np.tile([nominal[name] for name in order], (count, 1))
    if names:
        points[:, [order.index(name) for name in names]] = draw(laws, correlation, seed, start, count)
    return points


def failing(model: Model | None, question: Question) -> Callable[[FloatArray], FloatArray]:
    """Return what the model believes of points, shape (m, d): the probability of not being within.

    A draw outside the factors' ranges is never run and counts as open, so it is believed to fail.
    Without a model nothing inside is believed to fail: the plan then is one without its help.
    """

    def ask(points: FloatArray) -> FloatArray:
        chunks = [points[i : i + _CHUNK] for i in range(0, points.shape[0], _CHUNK)]
        found = [_failing(model, question, chunk) for chunk in chunks]
        return np.concatenate(found) if found else np.zeros(0)

    return ask


def _failing(model: Model | None, question: Question, points: FloatArray) -> FloatArray:
    worst = np.zeros(points.shape[0])
    for spec in question.part.rows:
        x = _with(question.study, points, spec.values)
        low, high = (np.array([f.range[i] for f in question.study.factors.values()]) for i in (0, 1))
        outside = ((x < low) | (x > high)).any(axis=1)
        believed = np.zeros(points.shape[0])
        if model is not None:
            mean, spread = model.predict(np.clip(x, low, high))
            believed = probability(mean, spread, question.limit)
        worst = np.maximum(worst, np.where(outside, 1.0, believed))
    return worst


def _with(study: Study, points: FloatArray, values: Mapping[str, float]) -> FloatArray:
    x = points.copy()
    order = list(study.factors)
    for name, value in values.items():
        x[:, order.index(name)] = value
    return x


def probability(mean: FloatArray, spread: FloatArray, limit: Limit) -> FloatArray:
    """Return the probability that a normal value is not within, shape (m,)."""
    from scipy.special import ndtr

    edges = critical_values(limit)
    scale = np.maximum(spread, _LEAST_SPREAD * max(float(np.max(np.abs(mean), initial=0.0)), 1e-300))
    fails = np.zeros(mean.shape)
    if np.isfinite(edges.within_high):
        fails = fails + ndtr((mean - edges.within_high) / scale)
    if np.isfinite(edges.within_low):
        fails = fails + ndtr((edges.within_low - mean) / scale)
    if edges.within_low > edges.within_high:
        return np.ones(mean.shape)
    return np.clip(fails, 0.0, 1.0)


def left_out_pairs(model: Model | None, limit: Limit) -> tuple[FloatArray, tuple[str, ...]]:
    """Return, for each training row, what the other runs made the model believe and what the run said."""
    if model is None:
        return np.zeros(0), ()
    mean, spread = model.left_out()
    said = steering(limit)
    return probability(mean, spread, limit), tuple(str(state_of(float(v), said)) for v in model.data.y)


def rows_of_part(
    rows: Sequence[Row], part: Part, quantity: str, study: Study
) -> tuple[FloatArray, FloatArray]:
    """Return inputs, shape (n, d), and values, shape (n,), of the rows that a part reads."""
    keys = {spec.key for spec in part.rows}
    good = [row for row in rows if row.row in keys and row.state == "ok" and quantity in row.quantities]
    x = [[row.factors[name] for name in study.factors] for row in good]
    return np.array(x, dtype=np.float64).reshape(-1, len(study.factors)), np.array(
        [row.quantities[quantity] for row in good], dtype=np.float64
    )
