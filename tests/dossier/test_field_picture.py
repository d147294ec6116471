"""The picture of a field shows the nearest surface, the right colours and the right maximum."""

from __future__ import annotations

import base64
import re
import struct
import zlib

import numpy as np
import pytest

from assay.document import DocumentError
from assay.dossier.field_picture import VIRIDIS, View, field_picture

SQUARE = np.array([[0.0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]])
TWO = np.array([[0, 1, 2], [0, 2, 3]])
ABOVE = View(azimuth=-90.0, elevation=90.0)
LOWEST, HIGHEST = (
    np.array(list(bytes.fromhex(VIRIDIS[i : i + 6] if i >= 0 else VIRIDIS[-6:]))) for i in (0, -6)
)


def raster(svg: bytes) -> np.ndarray:
    png = base64.b64decode(re.search(rb"base64,([^\"]+)", svg)[1])
    width, height = struct.unpack(">II", png[16:24])
    start = png.index(b"IDAT") + 4
    (length,) = struct.unpack(">I", png[start - 8 : start - 4])
    rows = np.frombuffer(zlib.decompress(png[start : start + length]), dtype=np.uint8)
    return rows.reshape(height, 1 + 3 * width)[:, 1:].reshape(height, width, 3)


def covered(image) -> np.ndarray:
    return (image < 250).any(axis=-1)


def hue(pixel) -> np.ndarray:
    colour = pixel[:3].astype(float)
    return colour / colour.sum()


def test_a_square_is_a_square_without_holes():
    image = raster(field_picture(SQUARE, TWO, np.array([1.0, 1, 1, 1]), "MPa", ABOVE))
    hit = covered(image)
    rows, columns = np.nonzero(hit)
    height, width = rows.max() - rows.min() + 1, columns.max() - columns.min() + 1
    assert height == pytest.approx(width, abs=1)
    assert hit[rows.min() : rows.max(), columns.min() : columns.max()].all()


def test_colours_run_from_lowest_to_highest():
    image = raster(field_picture(SQUARE, TWO, np.array([0.0, 10, 10, 0]), "MPa", ABOVE))
    rows, columns = np.nonzero(covered(image))
    middle = (rows.min() + rows.max()) // 2
    assert np.allclose(hue(image[middle, columns.min() + 6]), hue(LOWEST), atol=0.05)
    assert np.allclose(hue(image[middle, columns.max() - 6]), hue(HIGHEST), atol=0.05)


@pytest.mark.parametrize("order", [[0, 1], [1, 0]])
def test_the_nearer_surface_hides_the_other_in_whatever_order(order):
    points = np.vstack([SQUARE, SQUARE + np.array([0, 0, 1.0])])
    triangles = np.vstack([[TWO, TWO + 4][k] for k in order])
    values = np.array([0.0] * 4 + [10.0] * 4)
    image = raster(field_picture(points, triangles, values, "MPa", ABOVE))
    rows, columns = np.nonzero(covered(image))
    centre = image[(rows.min() + rows.max()) // 2, (columns.min() + columns.max()) // 2]
    assert np.allclose(hue(centre), hue(HIGHEST), atol=0.03)


def test_values_may_belong_to_triangles():
    image = raster(field_picture(SQUARE, TWO, np.array([0.0, 10.0]), "MPa", ABOVE))
    rows, columns = np.nonzero(covered(image))
    lower_right = image[rows.max() - 12, columns.max() - 12]
    upper_left = image[rows.min() + 12, columns.min() + 12]
    assert np.allclose(hue(lower_right), hue(LOWEST), atol=0.05)
    assert np.allclose(hue(upper_left), hue(HIGHEST), atol=0.05)


def test_the_same_bytes_twice_and_others_for_another_view():
    values = np.array([0.0, 1, 2, 3])
    first, second = (field_picture(SQUARE, TWO, values, "MPa", ABOVE) for _ in range(2))
    assert first == second
    assert first != field_picture(SQUARE, TWO, values, "MPa", View(30, 30))


def test_the_maximum_is_ringed_and_the_ring_dashed_where_it_is_hidden():
    points = np.vstack([SQUARE * 0.2 + np.array([0.4, 0.4, -1.0]), SQUARE])
    triangles = np.vstack([TWO, TWO + 4])
    values = np.array([9.0] * 4 + [0.0] * 4)
    hidden = field_picture(points, triangles, values, "MPa", ABOVE, title="stress", maximum_text="9 MPa")
    seen = field_picture(points, triangles, values, "MPa", View(-90, -90), maximum_text="9 MPa")
    assert hidden.count(b"<circle") == seen.count(b"<circle") == 2
    assert b"stroke-dasharray" in hidden
    assert b"stroke-dasharray" not in seen


def test_many_small_triangles_are_drawn_in_bounded_pieces(monkeypatch):
    from assay.dossier import field_picture as module

    side = 40
    a, b = np.meshgrid(np.linspace(0, 1, side), np.linspace(0, 1, side), indexing="ij")
    points = np.column_stack([a.ravel(), b.ravel(), np.sin(3 * a * b).ravel()])
    i = (np.arange(side - 1)[:, None] * side + np.arange(side - 1)).ravel()
    triangles = np.vstack(
        [np.column_stack([i, i + 1, i + side]), np.column_stack([i + 1, i + side + 1, i + side])]
    )
    whole = field_picture(points, triangles, points[:, 2], "mm")
    monkeypatch.setattr(module, "_CANDIDATES", 20_000)
    assert field_picture(points, triangles, points[:, 2], "mm") == whole


def test_flat_seen_from_its_edge_is_no_error():
    assert field_picture(SQUARE, TWO, np.array([0.0, 1, 2, 3]), "MPa", View(0, 0))


@pytest.mark.parametrize(
    ("points", "triangles", "values"),
    [
        (SQUARE[:, :2], TWO, np.ones(4)),
        (SQUARE, TWO[:0], np.ones(4)),
        (SQUARE, TWO + 2, np.ones(4)),
        (SQUARE, TWO - 1, np.ones(4)),
        (SQUARE, TWO, np.ones(3)),
        (SQUARE, TWO, np.array([0, 1, np.nan, 3])),
        (SQUARE + np.inf, TWO, np.ones(4)),
    ],
)
def test_what_does_not_fit_together_is_refused(points, triangles, values):
    with pytest.raises(DocumentError):
        field_picture(points, triangles, values, "MPa")


def test_the_mark_stands_where_it_is_told() -> None:
    points, triangles, values = (
        np.array([[0, 0, 0], [9, 0, 0], [0, 9, 0]]),
        np.array([[0, 1, 2]]),
        np.arange(3),
    )
    marks = [
        field_picture(points, triangles, values, "MPa", ABOVE, maximum_text="9 MPa", place=place)
        for place in (None, (0.0, 9.0, 0.0), (9.0, 0.0, 0.0))
    ]
    assert marks[0] == marks[1]
    assert marks[1] != marks[2]
