"""What a family of models must offer; one file a family, found by entry point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from assay.errors import InputError
from assay.evidence.records import Json
from assay.surrogates.records import Input

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

MOST_ROWS = 2000
"""Most rows a model is trained on; a dense factorisation beyond costs more than it gives."""


@dataclass(frozen=True, eq=False)
class TrainingData:
    """Rows of runs for one scalar quantity; made by `training_data`, which checks them."""

    quantity: str
    unit: str
    inputs: tuple[Input, ...]
    x: FloatArray
    """Shape (n, d), a column an input, in its unit."""
    y: FloatArray
    """Shape (n,), in the quantity's unit."""
    groups: IntArray
    """Shape (n,), number of the run that a row came from."""

    def take(self, kept: npt.NDArray[np.bool_]) -> TrainingData:
        """Return the rows where `kept`, shape (n,), is true."""
        return TrainingData(
            self.quantity, self.unit, self.inputs, self.x[kept], self.y[kept], self.groups[kept]
        )

    def scaled(self, x: FloatArray) -> FloatArray:
        """Return points, shape (m, d), with every input's range mapped to [0, 1]."""
        low = np.array([item.low for item in self.inputs])
        high = np.array([item.high for item in self.inputs])
        scaled: FloatArray = (x - low) / (high - low)
        return scaled


class Model(Protocol):
    """A trained model of one scalar quantity; immutable."""

    @property
    def family(self) -> str:
        """Name of its family."""
        ...

    @property
    def data(self) -> TrainingData:
        """What it was trained on."""
        ...

    def predict(self, x: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return mean and standard deviation, shape (m,) each, at points of shape (m, d)."""
        ...

    def centre(self, x: FloatArray) -> FloatArray:
        """Return the median of each prediction, shape (m,), at x, shape (m, d): cheap, for planning."""
        ...

    def left_out(self) -> tuple[FloatArray, FloatArray]:
        """Return mean and standard deviation at each training row without the runs of its group."""
        ...

    def form(self) -> Mapping[str, str]:
        """Return what was chosen, such as the transform of the output."""
        ...

    def hyperparameters(self) -> Mapping[str, float]:
        """Return what was estimated."""
        ...


class Family(Protocol):
    """A way to make models out of runs."""

    name: str

    def library_version(self) -> str:
        """Return name and version of the library that fits, for a recipe."""
        ...

    def fit(self, data: TrainingData, seed: str) -> Model:
        """Choose the form and estimate the hyperparameters on all rows."""
        ...

    def refit(self, model: Model, data: TrainingData) -> Model:
        """Estimate the hyperparameters of `model`'s form anew on `data`, without a look at `model`'s."""
        ...

    def settings(self, model: Model) -> dict[str, Json]:
        """Return what `open` needs beside the training data, as canonical JSON."""
        ...

    def open(self, data: TrainingData, settings: Mapping[str, Json]) -> Model:
        """Return the model again from untrusted settings.

        Raises
        ------
        EvidenceError
            If they do not describe a model of this family.
        """
        ...


def training_data(
    quantity: str,
    unit: str,
    inputs: Sequence[Input],
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    groups: npt.ArrayLike | None = None,
) -> TrainingData:
    """Return checked training data.

    Parameters
    ----------
    quantity, unit
        What is modelled.
    inputs
        d inputs with the study's ranges.
    x
        Shape (n, d); failed runs are left out before.
    y
        Shape (n,).
    groups
        Shape (n,), integers; rows of one run share a number. None: every row is a run of its own.

    Raises
    ------
    InputError
        If shapes disagree, a number is not finite, a name stands twice or there are too many rows.
    """
    points, values = np.array(x, dtype=np.float64), np.array(y, dtype=np.float64)
    n, d = values.size, len(inputs)
    runs = np.arange(n, dtype=np.int64) if groups is None else np.array(groups, dtype=np.int64)
    if values.shape != (n,) or points.shape != (n, d) or runs.shape != (n,) or d == 0:
        raise InputError(
            f"training data of {quantity}: x has shape {points.shape}, y {values.shape}, groups "
            f"{runs.shape} with {d} inputs; give (n, {d}), (n,) and (n,)"
        )
    if len({item.name for item in inputs}) != d:
        raise InputError(f"training data of {quantity}: an input stands twice; name each once")
    if not (np.isfinite(points).all() and np.isfinite(values).all()):
        raise InputError(f"training data of {quantity} hold NaN or infinity; leave failed runs out")
    if n > MOST_ROWS:
        raise InputError(f"{n} training rows of {quantity}; train on at most {MOST_ROWS}")
    for array in (points, values, runs):
        array.setflags(write=False)
    return TrainingData(quantity, unit, tuple(inputs), points, values, runs)
