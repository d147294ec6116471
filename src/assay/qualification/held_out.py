"""Held-out metrics: how a model did on runs that it never saw."""

from __future__ import annotations

from collections import Counter

import numpy as np
import numpy.typing as npt

from assay.errors import InputError
from assay.qualification.guarding import decide
from assay.qualification.records import Errors, GuardPayload, MetricsPayload, OrderStatisticBound
from assay.statistics import wilks_size
from assay.surrogates import Model
from assay.surrogates.protocol import FloatArray, IntArray

REVISION = 1
"""Raised whenever metrics of unchanged runs would come out otherwise; part of a recipe."""


def metrics(
    model: Model | None,
    rule: GuardPayload,
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    groups: npt.ArrayLike | None = None,
    independent: bool,
    content: float = 0.95,
    confidence: float = 0.95,
) -> MetricsPayload:
    """Compare a model with held-out runs.

    Parameters
    ----------
    model, rule
        The model (None: refused) and its guard, both fixed before the runs were made.
    x, y
        Shapes (n, d) and (n,): points and what the solver said there; failed runs left out.
    groups
        Shape (n,), number of the run a row came from; None: every row is a run of its own.
    independent
        Whether the runs are independent draws of one law and none failed. Only then is there a
        bound; failed runs are not missing at random.
    content, confidence
        Of the order-statistic bound: runs whose worst error it covers, and how surely.

    Raises
    ------
    InputError
        If shapes disagree, there is no run, or a number is not finite.

    References
    ----------
    Wilks, "Determination of sample sizes for setting tolerance limits", Ann. Math. Stat. 12 (1941).
    """
    points, values, runs = _held_out(rule, x, y, groups)
    decisions = decide(model, rule, points)
    believed = np.array([not decision.abstained for decision in decisions])
    reasons = Counter(decision.reason for decision in decisions if decision.reason is not None)
    everywhere = inside = None
    bound, text = None, "the model was refused"
    if model is not None and rule.model_accepted:
        mean, sd = model.predict(points)
        everywhere = _errors(mean, sd, values, runs)
        text = "the guard abstained at every run"
        if believed.any():
            inside = _errors(mean[believed], sd[believed], values[believed], runs[believed])
            errors = np.abs(mean - values)[believed]
            bound, text = _bound(errors, runs[believed], independent, content, confidence)
    return MetricsPayload(
        quantity=rule.quantity,
        unit=rule.unit,
        rows=values.size,
        runs=np.unique(runs).size,
        abstained=dict(sorted(reasons.items())),
        abstained_share=float(1.0 - believed.mean()),
        believed=inside,
        everywhere=everywhere,
        bound=bound,
        bound_text=text,
    )


def _held_out(
    rule: GuardPayload, x: npt.ArrayLike, y: npt.ArrayLike, groups: npt.ArrayLike | None
) -> tuple[FloatArray, FloatArray, IntArray]:
    points, values = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    n = values.size
    runs = np.arange(n, dtype=np.int64) if groups is None else np.asarray(groups, dtype=np.int64)
    wanted = (n, len(rule.inputs))
    if n == 0 or points.shape != wanted or values.shape != (n,) or runs.shape != (n,):
        raise InputError(
            f"held-out runs of {rule.quantity}: x has shape {points.shape}, y {values.shape}, groups "
            f"{runs.shape}; give {wanted}, (n,) and (n,) with at least one run"
        )
    if not (np.isfinite(points).all() and np.isfinite(values).all()):
        raise InputError(f"held-out runs of {rule.quantity} hold NaN or infinity; leave failed runs out")
    return points, values, runs


def _errors(mean: FloatArray, sd: FloatArray, y: FloatArray, runs: IntArray) -> Errors:
    error = mean - y
    about_mean = float(((y - y.mean()) ** 2).sum())
    return Errors(
        rows=y.size,
        runs=np.unique(runs).size,
        rmse=float(np.sqrt((error**2).mean())),
        mean_absolute=float(np.abs(error).mean()),
        largest_absolute=float(np.abs(error).max()),
        bias=float(error.mean()),
        q2=1.0 - float((error**2).sum()) / about_mean if about_mean > 0.0 else None,
        within_two_sd=float((np.abs(error) <= 2.0 * sd).mean()),
    )


def _bound(
    errors: FloatArray, runs: IntArray, independent: bool, content: float, confidence: float
) -> tuple[OrderStatisticBound | None, str]:
    """Return the order statistic that bounds `content` of the law's errors, a run by its worst row."""
    if not independent:
        return None, "no bound: the runs are not independent draws of one law, or some failed"
    numbers = np.unique(runs)
    worst = np.sort([float(errors[runs == number].max()) for number in numbers])[::-1]
    # As a decimal, for 1 - 0.95 is not 0.05; the difference would cost a run at the edge.
    error = round(1.0 - confidence, 12)
    needed = wilks_size(content, error)
    if numbers.size < needed:
        return None, f"no bound: {numbers.size} runs, {needed} are needed at {content:g}/{confidence:g}"
    rank = 1
    while wilks_size(content, error, rank) <= numbers.size:
        rank += 1
    value = float(worst[rank - 1])
    bound = OrderStatisticBound(
        content=content, confidence=confidence, value=value, rank=rank, runs=numbers.size
    )
    text = (
        f"at confidence {confidence:g}, {content:g} of the runs of this law at which the guard does not "
        "abstain have a smaller error; assumes independent draws made after the model was fixed"
    )
    return bound, text
