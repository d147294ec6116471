"""A field on a surface as a picture: triangles projected, shaded and rasterised in plain array code.

No graphics library of the system takes part, so the bytes are the same on any machine of one processor
family. The picture is an SVG: the raster inside it is cropped, the colour bar and the marks are outlines.
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assay.document import DocumentError
from assay.dossier.drawing import HAIRLINE, INK, QUIET, Drawing, text_width
from assay.dossier.plots import tick_labels, ticks

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[Any]

WIDTH, HEIGHT = 640.0, 400.0
_STAGE = (16.0, 16.0, 508.0, 368.0)
"""Left, top, width and height of the room for the surface."""
_PIXELS = 4
"""Pixels per unit of the drawing, before smoothing."""
_SMOOTHING = 2
_CANDIDATES = 2_000_000
"""Pixels looked at in one go; bounds the memory."""
VIRIDIS = (
    "440154470d6048186a482374472d7b4537814240863e49893b528b375b8d33638d2f6b8e2c728e297a8e26828e23898e21918c"
    "1f988b1fa08822a78528ae8032b67a3fbc734ec36b5ec96270cf5784d44b98d83eaddc30c2df23d8e219ece51bfde725"
)
"""The map of Smith and van der Walt (CC0) at 33 equal steps."""


@dataclass(frozen=True)
class View:
    """Direction of the camera, degrees."""

    azimuth: float = -60.0
    """Around z, from x towards y."""
    elevation: float = 25.0
    """Above the x-y plane."""


def field_picture(
    points: Array,
    triangles: Array,
    values: Array,
    unit: str,
    view: View = View(),  # frozen, so one for all calls is safe
    *,
    title: str = "",
    maximum_text: str = "",
    place: Sequence[float] | None = None,
) -> bytes:
    """Return an SVG of a scalar field on a surface, with colour bar, axes and the marked maximum.

    Parameters
    ----------
    points
        Shape (n, 3).
    triangles
        Node numbers, shape (m, 3).
    values
        One a node, shape (n,), or one a triangle, shape (m,).
    unit
        Unit of `values`, printed at the colour bar.
    view
        Where the camera stands; the projection is parallel.
    title
        Name of the quantity, printed over the colour bar.
    maximum_text
        What is printed at the mark, empty for no mark. The ring is dashed where the place is behind the
        surface.
    place
        Where the mark stands, in the coordinates of `points`; None is the place of the largest value.

    Raises
    ------
    DocumentError
        If shapes do not fit together or a number is not finite.
    """
    import numpy as np

    corners, colours = _corner_values(points, triangles, values)
    camera = _camera(view)
    seen = np.asarray(points, dtype=np.float64) @ camera.T
    scale, offset = _fit(seen)
    size = (round(_STAGE[3] * _PIXELS), round(_STAGE[2] * _PIXELS))
    pixels = np.column_stack([(seen[:, :2] * (1, -1)) * scale + offset, seen[:, 2] * scale])
    low, high = _range(colours)
    shade = _shade(seen, corners)
    depth, value, light = _rasterise(pixels, corners, colours, shade, size)
    crop = _covered(depth)
    image = _smoothed(_painted(depth[crop], (value[crop] - low) / (high - low), light[crop]))
    drawing = Drawing(WIDTH, HEIGHT)
    left, top = (_STAGE[k] + crop[1 - k].start / _PIXELS for k in (0, 1))
    wide, tall = (image.shape[1 - k] * _SMOOTHING / _PIXELS for k in (0, 1))
    drawing.image(left, top, wide, tall, write_png(image))
    _colour_bar(drawing, low, high, unit, title)
    _triad(drawing, camera)
    if maximum_text:
        mark = pixels[corners].reshape(-1, 3)[int(np.argmax(colours))]
        if place is not None:
            x, y, z = np.asarray(place, dtype=np.float64) @ camera.T
            mark = np.array([x * scale + offset[0], -y * scale + offset[1], z * scale])
        _mark(drawing, mark, depth, maximum_text)
    return drawing.svg()


def _corner_values(points: Array, triangles: Array, values: Array) -> tuple[Array, Array]:
    """Return the triangles and the value at each of their corners, shapes (m, 3)."""
    import numpy as np

    points, corners = np.asarray(points), np.asarray(triangles)
    numbers = np.asarray(values, dtype=np.float64)
    if (
        points.ndim != 2
        or points.shape[1] != 3
        or corners.ndim != 2
        or corners.shape[1] != 3
        or not len(corners)
    ):
        raise DocumentError("a field picture needs points (n, 3) and at least one triangle (m, 3)")
    if not np.isfinite(points).all() or not np.isfinite(numbers).all():
        raise DocumentError("a field picture needs finite points and values")
    if corners.min() < 0 or corners.max() >= len(points):
        raise DocumentError("a triangle names a point that is not there")
    if numbers.shape == (len(points),):
        return corners, numbers[corners]
    if numbers.shape == (len(corners),):
        return corners, np.repeat(numbers[:, None], 3, axis=1)
    raise DocumentError(f"values of shape {numbers.shape} fit neither points nor triangles")


def _camera(view: View) -> Array:
    """Return the rows right, up and towards the viewer."""
    import numpy as np

    azimuth, elevation = math.radians(view.azimuth), math.radians(view.elevation)
    ca, sa, ce, se = math.cos(azimuth), math.sin(azimuth), math.cos(elevation), math.sin(elevation)
    return np.array([[-sa, ca, 0.0], [-se * ca, -se * sa, ce], [ce * ca, ce * sa, se]])


def _fit(seen: Array) -> tuple[float, Array]:
    """Return scale and offset (pixels) that centre the surface on the stage."""
    import numpy as np

    low, high = seen[:, :2].min(axis=0), seen[:, :2].max(axis=0)
    span = np.maximum(high - low, 1e-12 * max(1.0, float(np.abs(seen).max())))
    room = np.array([_STAGE[2], _STAGE[3]]) * _PIXELS
    scale = float((0.94 * room / span).min())
    middle = (low + high) / 2 * (1, -1)
    return scale, room / 2 - middle * scale


def _range(colours: Array) -> tuple[float, float]:
    low, high = float(colours.min()), float(colours.max())
    return (low, high) if high > low else (low - max(abs(low), 1.0) * 0.5, high + max(abs(high), 1.0) * 0.5)


def _shade(seen: Array, corners: Array) -> Array:
    """Return the light on each triangle, both sides alike: a lamp beside the camera and one from above."""
    import numpy as np

    a, b, c = (seen[corners[:, k]] for k in range(3))
    normal = np.cross(b - a, c - a)
    length = np.sqrt((normal * normal).sum(axis=1))
    normal = normal / np.where(length > 0, length, 1.0)[:, None]
    normal = normal * np.where(normal[:, 2] < 0, -1.0, 1.0)[:, None]
    lamps = normal[:, 2] * 0.42 + np.maximum(0.0, normal[:, 0] * -0.3 + normal[:, 1] * 0.7) * 0.2
    return np.asarray(np.minimum(1.0, 0.5 + lamps))


def _rasterise(
    pixels: Array, corners: Array, colours: Array, shade: Array, size: tuple[int, int]
) -> tuple[Array, Array, Array]:
    """Return depth (-inf: nothing), value and light of every pixel; the nearest triangle wins."""
    import numpy as np

    depth = np.full(size[0] * size[1], -np.inf)
    value, light = np.zeros_like(depth), np.zeros_like(depth)
    lines, solid = _barycentric(pixels, corners)
    corners, colours, shade = corners[solid], colours[solid], shade[solid]
    low = np.floor(pixels[corners, :2].min(axis=1)).astype(np.int64).clip(0, (size[1] - 1, size[0] - 1))
    high = np.floor(pixels[corners, :2].max(axis=1)).astype(np.int64).clip(0, (size[1] - 1, size[0] - 1))
    across = high[:, 0] - low[:, 0] + 1
    boxes = across * (high[:, 1] - low[:, 1] + 1)
    starts = np.concatenate([[0], np.cumsum(boxes)])
    first = 0
    while first < len(corners):
        last = max(first + 1, int(np.searchsorted(starts, starts[first] + _CANDIDATES, side="right")) - 1)
        chosen = np.repeat(np.arange(first, last), boxes[first:last])
        inside = np.arange(len(chosen)) - np.repeat(starts[first:last] - starts[first], boxes[first:last])
        row, column = np.divmod(inside, across[chosen])
        row, column = row + low[chosen, 1], column + low[chosen, 0]
        weights, hit = _weights(lines[chosen], column + 0.5, row + 0.5)
        chosen, place = chosen[hit], (row * size[1] + column)[hit]
        near = (weights * pixels[corners[chosen], 2]).sum(axis=1)
        order = np.argsort(near, kind="stable")
        order = order[near[order] > depth[place[order]]]
        place, chosen = place[order], chosen[order]
        # The last of several assignments to one pixel stays: the nearest, for they are sorted.
        depth[place], light[place] = near[order], shade[chosen]
        value[place] = (weights[order] * colours[chosen]).sum(axis=1)
        first = last
    return depth.reshape(size), value.reshape(size), light.reshape(size)


def _barycentric(pixels: Array, corners: Array) -> tuple[Array, Array]:
    """Return first corner and gradients of the second and third coordinate of triangles that have an area.

    Shape (k, 6), and which of the triangles they are, shape (m,).
    """
    import numpy as np

    origin, second, third = (pixels[corners[:, k], :2] for k in range(3))
    second, third = second - origin, third - origin
    area = second[:, 0] * third[:, 1] - third[:, 0] * second[:, 1]
    solid = np.abs(area) > 1e-9
    origin, second, third, area = origin[solid], second[solid], third[solid], area[solid, None]
    to_second = np.column_stack([third[:, 1], -third[:, 0]]) / area
    to_third = np.column_stack([-second[:, 1], second[:, 0]]) / area
    return np.hstack([origin, to_second, to_third]), solid


def _weights(lines: Array, px: Array, py: Array) -> tuple[Array, Array]:
    """Return the barycentric coordinates of the pixels inside their triangles, and which are inside."""
    import numpy as np

    dx, dy = px - lines[:, 0], py - lines[:, 1]
    second = dx * lines[:, 2] + dy * lines[:, 3]
    third = dx * lines[:, 4] + dy * lines[:, 5]
    # A hair of overlap: no pixel between two triangles stays empty by rounding.
    hit = (second >= -1e-9) & (third >= -1e-9) & (second + third <= 1 + 1e-9)
    second, third = second[hit], third[hit]
    return np.column_stack([1 - second - third, second, third]), hit


def _covered(depth: Array) -> tuple[slice, slice]:
    """Return the rows and columns that hold all of the surface, in whole blocks of `_SMOOTHING`."""
    import numpy as np

    def block(hit: Array) -> slice:
        places = np.flatnonzero(hit)
        if not len(places):
            return slice(0, _SMOOTHING)
        first = int(places[0]) // _SMOOTHING * _SMOOTHING
        return slice(first, -(-(int(places[-1]) + 1) // _SMOOTHING) * _SMOOTHING)

    hit = np.isfinite(depth)
    return block(np.any(hit, axis=1)), block(np.any(hit, axis=0))


def _painted(depth: Array, share: Array, light: Array) -> Array:
    """Return RGB in 0..255 on white, with shaded colours and dark lines at creases and outlines."""
    import numpy as np

    anchors = np.frombuffer(bytes.fromhex(VIRIDIS), dtype=np.uint8).reshape(-1, 3).astype(np.float64)
    covered = np.isfinite(depth)
    position = np.clip(share[covered], 0, 1) * (len(anchors) - 1)
    index = np.minimum(position.astype(np.int64), len(anchors) - 2)
    part = (position - index)[:, None]
    strength = light[covered] * np.where(_creases(depth, light)[covered], 0.35, 1.0)
    image = np.full((*depth.shape, 3), 255.0)
    image[covered] = (anchors[index] * (1 - part) + anchors[index + 1] * part) * strength[:, None]
    return image


def _creases(depth: Array, light: Array) -> Array:
    """Return the pixels beside a jump in depth or in light."""
    import numpy as np

    edges = np.zeros(depth.shape, dtype=bool)
    flat = np.where(np.isfinite(depth), depth, -1e9)
    for axis in (0, 1):
        jump = np.abs(np.diff(flat, axis=axis)) > 12.0 * _PIXELS
        bend = np.abs(np.diff(light, axis=axis)) > 0.09
        nearer = np.diff(flat, axis=axis) > 0
        first = [slice(None), slice(None)]
        second = [slice(None), slice(None)]
        first[axis], second[axis] = slice(None, -1), slice(1, None)
        edges[tuple(second)] |= (jump | bend) & nearer
        edges[tuple(first)] |= (jump | bend) & ~nearer
    return edges & np.isfinite(depth)


def _smoothed(image: Array) -> Array:
    """Return the picture at half the resolution, each pixel the mean of four, as bytes."""
    import numpy as np

    height, width = (length // _SMOOTHING for length in image.shape[:2])
    means = image.reshape(height, _SMOOTHING, width, _SMOOTHING, 3).mean(axis=(1, 3))
    return np.asarray(np.rint(means).astype(np.uint8))


def write_png(image: Array) -> bytes:
    """Return an RGB picture of bytes, shape (height, width, 3), as PNG."""
    height, width = image.shape[:2]
    rows = b"".join(b"\x00" + image[row].tobytes() for row in range(height))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def _colour_bar(drawing: Drawing, low: float, high: float, unit: str, title: str) -> None:
    left, top, height = 548.0, 56.0, 280.0
    steps = len(VIRIDIS) // 6
    for index in range(steps):
        y = top + height * (1 - (index + 1) / steps)
        drawing.rectangle(left, y, 14, height / steps + 0.6, f"#{VIRIDIS[6 * index : 6 * index + 6]}")
    marks = [mark for mark in ticks(low, high) if low <= mark <= high]
    for mark, label in zip(marks, tick_labels(marks), strict=True) if len(marks) > 1 else ():
        y = top + height * (1 - (mark - low) / (high - low))
        drawing.line([(left + 14, y), (left + 18, y)], QUIET, width=0.8)
        drawing.text(left + 22, y + 3.5, label, size=10, colour=INK)
    if title:
        drawing.text(WIDTH - 8, top - 28, title, size=10.5, weight="semibold", anchor="end")
    drawing.text(WIDTH - 8, top - 13, unit, size=10, colour=QUIET, anchor="end")


def _triad(drawing: Drawing, camera: Array) -> None:
    x, y = 44.0, HEIGHT - 44.0
    for axis, name in enumerate("xyz"):
        dx, dy = float(camera[0, axis]) * 24, -float(camera[1, axis]) * 24
        drawing.line([(x, y), (x + dx, y + dy)], QUIET, width=1.2)
        drawing.text(x + dx * 1.35, y + dy * 1.35 + 3, name, size=10, colour=QUIET, anchor="middle")


def _mark(drawing: Drawing, place: Array, depth: Array, text: str) -> None:
    row = min(max(int(place[1]), 0), depth.shape[0] - 1)
    column = min(max(int(place[0]), 0), depth.shape[1] - 1)
    around = depth[max(row - 2, 0) : row + 3, max(column - 2, 0) : column + 3]
    hidden = bool(around.min() > place[2] + 3.0 * _PIXELS)
    x, y = _STAGE[0] + float(place[0]) / _PIXELS, _STAGE[1] + float(place[1]) / _PIXELS
    width = text_width(text, 11, "semibold") + 14
    left = min(max(x + 26, 4.0), _STAGE[0] + _STAGE[2] - width)
    top = y - 44 if y > 80 else y + 26
    drawing.circle(x, y, 7, stroke="#ffffff")
    drawing.circle(x, y, 5.5, stroke="#c23b32", dash="2.5 2" if hidden else "")
    drawing.line(
        [(x + 4, y + (-4 if top < y else 4)), (left + 6, top + (20 if top < y else 0))], "#c23b32", width=1.2
    )
    drawing.rectangle(left - 0.8, top - 0.8, width + 1.6, 21.6, HAIRLINE)
    drawing.rectangle(left, top, width, 20, "#ffffff")
    drawing.text(left + 7, top + 14, text, size=11, weight="semibold", colour="#961b1b")
