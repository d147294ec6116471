"""A field is its bytes: what comes back is what was written, or an error."""

from __future__ import annotations

import numpy as np
import pytest

from assay.campaign import read_field, write_field
from assay.errors import EvidenceError
from assay.solvers import Field


def field(**changes: object) -> Field:
    values: dict[str, object] = {
        "points": np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 0]]),
        "cells": np.array([[0, 1, 2], [1, 3, 2]]), "values": np.array([[1.0], [2.0], [3.0], [4.0]]),
        "association": "node", "unit": "MPa", "length_unit": "mm",
    }  # fmt: skip
    return Field(**{**values, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changes",
    [{}, {"association": "cell", "values": np.zeros((2, 3)), "components": ("x", "y", "z")},
     {"points": np.zeros((0, 3)), "cells": np.zeros((0, 3), int), "values": np.zeros((0, 1))},
     {"points": np.asfortranarray(np.arange(12.0).reshape(4, 3))}],
)  # fmt: skip
def test_a_field_comes_back_as_it_was(changes: dict[str, object]) -> None:
    original = field(**changes)
    data = write_field(original)
    back = read_field(data)
    assert (back.points == original.points).all()
    assert (back.cells == original.cells).all()
    assert (back.values == original.values).all()
    assert back.components == original.components
    assert back.values.dtype == np.float64
    assert write_field(back) == data


@pytest.mark.parametrize(
    "changes",
    [{"values": np.zeros(3)}, {"values": np.full((4, 1), np.nan)}, {"cells": np.array([[0, 1, 4]])},
     {"cells": np.array([[0, 1, -1]])}, {"points": np.zeros((4, 2))}, {"association": "edge"},
     {"components": ("x", "y")}, {"points": np.full((4, 3), np.inf)}],
)  # fmt: skip
def test_a_field_that_does_not_fit_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(EvidenceError):
        write_field(field(**changes))


def test_damaged_bytes_of_a_field_are_refused() -> None:
    data = write_field(field())
    other = data.replace(b"assay.field/1", b"assay.field/2")
    negative = data.replace(b'"values":[4,1]', b'"values":[4,-1]')
    for damaged in (b"", b"{}\n", data[:-8], data + b"\0" * 8, other, negative):
        with pytest.raises(EvidenceError):
            read_field(damaged)
