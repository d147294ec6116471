"""Refitting between the steps of a campaign."""

from __future__ import annotations

import numpy as np
import pytest

from assay.errors import InputError
from assay.surrogates import Input, train
from assay.surrogates.refitting import MOST_STEERING_ROWS, refitted

INPUTS = [Input(name="a", unit="mm", low=0.0, high=1.0), Input(name="b", unit="mm", low=0.0, high=1.0)]


def _response(x: np.ndarray) -> np.ndarray:
    return np.sin(6.0 * x[:, 0]) + x[:, 1] ** 2


@pytest.fixture(scope="module")
def model():
    x = np.random.default_rng(1).random((16, 2))
    trained = train("q", "MPa", INPUTS, x, _response(x), seed="ab" * 32).model
    assert trained is not None
    return trained


def test_further_runs_sharpen_it_and_leave_the_first_as_it_was(model) -> None:
    x = np.random.default_rng(2).random((40, 2))
    before = model.data.y.size
    better = refitted(model, x, _response(x))
    at = np.random.default_rng(3).random((200, 2))
    error = [np.abs(m.predict(at)[0] - _response(at)).max() for m in (model, better)]
    assert error[1] < 0.5 * error[0]
    assert better.form() == model.form()
    assert model.data.y.size == before


def test_same_runs_same_model(model) -> None:
    x = np.random.default_rng(2).random((10, 2))
    at = np.random.default_rng(3).random((20, 2))
    first, second = (refitted(model, x, _response(x)).predict(at) for _ in range(2))
    assert np.array_equal(first, second)


def test_many_rows_are_thinned_to_those_near_what_matters(model) -> None:
    x = np.random.default_rng(4).random((MOST_STEERING_ROWS + 50, 2))
    near = refitted(model, x, _response(x), near=(1.5,))
    assert near.data.y.size == MOST_STEERING_ROWS
    every = np.concatenate([model.data.y, _response(x)])
    assert np.abs(near.data.y - 1.5).max() <= np.sort(np.abs(every - 1.5))[MOST_STEERING_ROWS - 1]


def test_no_further_run_is_a_refit_too(model) -> None:
    assert refitted(model, np.zeros((0, 2)), []).data.y.size == model.data.y.size


def test_a_run_without_a_number_is_refused(model) -> None:
    with pytest.raises(InputError, match="NaN"):
        refitted(model, [[0.5, 0.5]], [float("nan")])
