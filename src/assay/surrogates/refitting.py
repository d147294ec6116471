"""Fit a model of an accepted form to more runs, between the steps of a campaign that it steers.

The form (transform, features) stays as training chose it; only what follows from the rows is
estimated anew. A refitted model steers runs. It earns no credit, and nothing is claimed of it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from assay.surrogates.protocol import Model, training_data
from assay.surrogates.registry import family

MOST_STEERING_ROWS = 300
"""A model is asked at a million points between two steps; each answer costs the square of the rows."""


def refitted(model: Model, x: npt.ArrayLike, y: npt.ArrayLike, *, near: Sequence[float] = ()) -> Model:
    """Return the model estimated anew on its training rows and further runs.

    Parameters
    ----------
    model
        Accepted in training.
    x, y
        Shapes (n, d) and (n,): further runs of the same inputs and quantity, each a run of its own.
    near
        Values of the quantity that matter: of more than `MOST_STEERING_ROWS` rows those nearest to
        one of them are kept.

    Raises
    ------
    InputError
        If shapes disagree or a number is not finite.
    """
    data = model.data
    points = np.asarray(x, dtype=np.float64).reshape(-1, data.x.shape[1])
    values = np.concatenate([data.y, np.asarray(y, dtype=np.float64)])
    first = int(data.groups.max(initial=-1)) + 1
    groups = np.concatenate([data.groups, first + np.arange(points.shape[0])])
    kept = _nearest(values, near)
    rows = np.concatenate([data.x, points])[kept]
    more = training_data(data.quantity, data.unit, data.inputs, rows, values[kept], groups[kept])
    return family(model.family).refit(model, more)


def _nearest(values: npt.NDArray[np.float64], near: Sequence[float]) -> npt.NDArray[np.intp]:
    """Return which rows stay: all, or those nearest to a value that matters."""
    if values.size <= MOST_STEERING_ROWS:
        return np.arange(values.size)
    targets = near or (float(np.median(values)),)
    distance = np.min([np.abs(values - value) for value in targets], axis=0)
    return np.sort(np.argsort(distance, kind="stable")[:MOST_STEERING_ROWS])
