from __future__ import annotations

import base64
from dataclasses import replace

import numpy as np
import pytest

from assay.document import DocumentError
from assay.dossier.viewer import FieldView, encoded
from assay.evidence.records import canonical

POINTS = np.array([[1000.0, 0, 0], [1002, 0, 0], [1000, 4, 0], [1000, 0, 6]])
TRIANGLES = np.array([[0, 1, 2], [0, 1, 3], [0, 2, 3], [1, 2, 3]])
VIEW = FieldView(
    "f", "Title", "stress", "MPa", POINTS, TRIANGLES, np.arange(4.0), (1000.0, 0.0, 6.0), "3 MPa"
)


def array(text, kind, *shape):
    return np.frombuffer(base64.b64decode(text), kind).reshape(shape)


def test_arrays_come_back():
    data = encoded(VIEW)
    points = array(data["points"], "<f4", -1, 3)
    assert np.array_equal(points, POINTS - [1001, 2, 3])
    assert np.array_equal(array(data["triangles"], "<u4", -1, 3), TRIANGLES)
    assert np.array_equal(array(data["values"], "<f4", -1), VIEW.values)
    assert np.array_equal(array(data["mark"], "<f4", 3), points[3])
    assert data["association"] == "node"
    assert canonical(data)


def test_a_part_far_from_its_origin_keeps_its_shape():
    far = encoded(replace(VIEW, points=POINTS + 1e9, maximum=None))
    assert far["points"] == encoded(VIEW)["points"]


def test_the_mark_is_where_the_caller_says_or_nowhere():
    elsewhere = encoded(replace(VIEW, maximum=(1000.0, 0.0, 0.0)))  # the largest value is at another node
    assert array(elsewhere["mark"], "<f4", 3).tolist() == [-1.0, -2.0, -3.0]
    assert encoded(replace(VIEW, maximum=None))["mark"] is None


def test_values_may_belong_to_triangles():
    more = np.vstack([TRIANGLES, TRIANGLES[:1]])
    assert encoded(replace(VIEW, triangles=more, values=np.arange(5.0)))["association"] == "cell"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"points": POINTS[:, :2]}, "shape"),
        ({"triangles": TRIANGLES + 1}, "not there"),
        ({"triangles": TRIANGLES[:0]}, "not there"),
        ({"values": np.arange(3.0)}, "neither"),
        ({"values": np.array([0, 1, np.nan, 2])}, "finite"),
        ({"points": np.where(POINTS > 1000, np.inf, POINTS)}, "finite"),
        ({"maximum": (0.0, np.nan, 0.0)}, "finite"),
    ],
)
def test_what_does_not_fit_is_refused(change, words):
    with pytest.raises(DocumentError, match=words):
        encoded(replace(VIEW, **change))
