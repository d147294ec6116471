from __future__ import annotations

import numpy as np
import pytest

from assay.errors import InputError
from assay.surrogates import Input, training_data
from assay.surrogates.protocol import MOST_ROWS

INPUTS = [Input(name="a", unit="mm", low=2.0, high=4.0), Input(name="b", unit="N", low=-1.0, high=1.0)]


def test_every_row_is_a_run_of_its_own_unless_told() -> None:
    data = training_data("q", "MPa", INPUTS, np.zeros((3, 2)), [1, 2, 3])
    assert data.groups.tolist() == [0, 1, 2]
    assert data.x.dtype == data.y.dtype == np.float64


def test_data_cannot_be_changed_behind_a_model() -> None:
    given = np.zeros((3, 2))
    data = training_data("q", "MPa", INPUTS, given, [1, 2, 3])
    given[0, 0] = 9.0
    assert data.x[0, 0] == 0.0
    with pytest.raises(ValueError, match="read-only"):
        data.x[0, 0] = 1.0


def test_ranges_scale_to_one_and_rows_are_taken() -> None:
    data = training_data("q", "MPa", INPUTS, [[2, -1], [4, 1], [3, 0]], [1, 2, 3], [5, 5, 6])
    np.testing.assert_array_equal(data.scaled(data.x), [[0, 0], [1, 1], [0.5, 0.5]])
    taken = data.take(np.array([False, True, True]))
    assert taken.y.tolist() == [2.0, 3.0]
    assert taken.groups.tolist() == [5, 6]


@pytest.mark.parametrize(
    ("x", "y", "groups"),
    [
        (np.zeros((3, 3)), np.zeros(3), None),
        (np.zeros((2, 2)), np.zeros(3), None),
        (np.zeros((3, 2)), np.zeros(3), [1, 2]),
        (np.full((3, 2), np.inf), np.zeros(3), None),
        (np.zeros((MOST_ROWS + 1, 2)), np.zeros(MOST_ROWS + 1), None),
    ],
)
def test_wrong_shapes_and_numbers_are_refused(x, y, groups) -> None:
    with pytest.raises(InputError):
        training_data("q", "MPa", INPUTS, x, y, groups)


def test_names_stand_once_and_there_is_one() -> None:
    with pytest.raises(InputError, match="twice"):
        training_data("q", "MPa", [INPUTS[0]] * 2, np.zeros((3, 2)), np.zeros(3))
    with pytest.raises(InputError):
        training_data("q", "MPa", [], np.zeros((3, 0)), np.zeros(3))
