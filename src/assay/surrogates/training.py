"""Train a model of one quantity, or refuse it: it must beat a constant and a straight line."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assay.evidence.records import digest
from assay.statistics import uniforms
from assay.surrogates.protocol import Family, FloatArray, IntArray, Model, TrainingData, training_data
from assay.surrogates.records import Input, ModelPayload, Reason, Score
from assay.surrogates.registry import family as family_named
from assay.surrogates.threads import one_thread

REVISION = 1
"""Raised whenever a model of unchanged data would come out otherwise; part of a recipe."""
FOLDS = 5
FEWEST_RUNS = 8
"""Below, an error over folds is no evidence of anything."""
BEATS_BY = 1.5
"""A model beats a baseline if its error is smaller by a share of BEATS_BY / sqrt(runs) or more. That
is the chance in a ratio of two such errors: with a fixed tenth, 4 % of pure noise was accepted."""

Fit = Callable[[TrainingData, FloatArray], FloatArray]
"""Training rows and points, shape (m, d), to predictions, shape (m,)."""


@dataclass(frozen=True)
class Training:
    """What training ended with."""

    payload: ModelPayload
    model: Model | None
    """None where the model was refused; `payload` says why."""


def train(
    quantity: str,
    unit: str,
    inputs: Sequence[Input],
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    seed: str,
    groups: npt.ArrayLike | None = None,
    family: str = "auto",
) -> Training:
    """Train a model and test it by cross-validation over whole runs.

    Parameters
    ----------
    quantity, unit
        What is modelled, one scalar.
    inputs
        d inputs with the study's ranges.
    x, y
        Shapes (n, d) and (n,); failed runs are left out before.
    seed
        Digest, ``sha256:`` or bare; nothing else is random.
    groups
        Shape (n,), integers; rows of one run share a number and stay in one fold.
    family
        A name of `families`.

    Returns
    -------
    Training
        With a model, or refused. Equal bits with any number of cores on one kind of processor.

    Raises
    ------
    InputError
        If the data or the family cannot be used.
    """
    data = training_data(quantity, unit, inputs, x, y, groups)
    chosen = family_named(family)
    runs = np.unique(data.groups).size
    if runs < FEWEST_RUNS:
        return _refused(chosen, data, seed, "too-few-runs", f"{runs} runs; a model needs {FEWEST_RUNS}")
    if float(np.ptp(data.y)) <= 1e-12 * float(np.abs(data.y).max()):
        return _refused(chosen, data, seed, "constant-output", "every run gave the same value")
    with one_thread():
        model = chosen.fit(data, seed)
        folds = fold_of_rows(data.groups, seed)
        errors = {
            "constant": _held_out(data, folds, _constant),
            "linear": _held_out(data, folds, _linear),
            chosen.name: _held_out(data, folds, lambda rows, at: chosen.refit(model, rows).predict(at)[0]),
        }
    scores = tuple(_score(name, data.y, predicted) for name, predicted in errors.items())
    reason, text = _judge(scores, runs)
    payload = _payload(chosen, data, seed, reason, text, scores, int(folds.max()) + 1, model)
    return Training(payload, model if payload.accepted else None)


def fold_of_rows(groups: IntArray, seed: str) -> IntArray:
    """Return the fold, 0 to FOLDS - 1, of each row; all rows of a run lie in one."""
    runs = np.unique(groups)
    order = np.argsort(uniforms(1, digest(f"folds {seed}".encode()), 0, runs.size)[:, 0], kind="stable")
    fold_of_run = np.empty(runs.size, dtype=np.int64)
    fold_of_run[order] = np.arange(runs.size) % FOLDS
    rows: IntArray = fold_of_run[np.searchsorted(runs, groups)]
    return rows


def _held_out(data: TrainingData, folds: IntArray, fit: Fit) -> FloatArray:
    predicted = np.empty_like(data.y)
    for fold in range(int(folds.max()) + 1):
        tested = folds == fold
        predicted[tested] = fit(data.take(~tested), data.x[tested])
    return predicted


def _constant(rows: TrainingData, at: FloatArray) -> FloatArray:
    return np.full(at.shape[0], rows.y.mean())


def _linear(rows: TrainingData, at: FloatArray) -> FloatArray:
    design = np.column_stack([np.ones(rows.y.size), rows.scaled(rows.x)])
    # Least norm where there are fewer runs than coefficients, so that a baseline always exists.
    coefficients = np.linalg.lstsq(design, rows.y, rcond=None)[0]
    predicted: FloatArray = np.column_stack([np.ones(at.shape[0]), rows.scaled(at)]) @ coefficients
    return predicted


def _score(name: str, y: FloatArray, predicted: FloatArray) -> Score:
    squared = (predicted - y) ** 2
    about_mean = float(((y - y.mean()) ** 2).sum())
    return Score(model=name, rmse=float(np.sqrt(squared.mean())), q2=1.0 - float(squared.sum()) / about_mean)


def _judge(scores: tuple[Score, ...], runs: int) -> tuple[Reason, str]:
    constant, linear, own = scores
    share = 1.0 - BEATS_BY / math.sqrt(runs)
    text = (
        f"cross-validated error {own.rmse:.4g} against {constant.rmse:.4g} of a constant and "
        f"{linear.rmse:.4g} of a line"
    )
    if not own.rmse < share * constant.rmse:
        return "no-better-than-constant", f"{text}: not clearly better than a constant"
    if not own.rmse < share * linear.rmse:
        return "no-better-than-linear", f"{text}: not clearly better than a straight line"
    return "accepted", text


def _refused(family: Family, data: TrainingData, seed: str, reason: Reason, text: str) -> Training:
    return Training(_payload(family, data, seed, reason, text), None)


def _payload(
    family: Family,
    data: TrainingData,
    seed: str,
    reason: Reason,
    text: str,
    scores: tuple[Score, ...] = (),
    folds: int = 0,
    model: Model | None = None,
) -> ModelPayload:
    return ModelPayload(
        family=family.name,
        quantity=data.quantity,
        unit=data.unit,
        inputs=data.inputs,
        rows=data.y.size,
        runs=np.unique(data.groups).size,
        folds=folds,
        form={} if model is None else dict(model.form()),
        hyperparameters={} if model is None else dict(model.hyperparameters()),
        scores=scores,
        accepted=reason == "accepted",
        reason=reason,
        text=text,
        seed=seed,
    )
