"""A field that the reader can turn: geometry and values as the bytes that a browser reads."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assay.document import DocumentError
from assay.dossier.field_picture import VIRIDIS, View
from assay.evidence.records import Json

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[Any]


DEFAULT_VIEW = View()


@dataclass(frozen=True, eq=False)
class FieldView:
    """A scalar field on a surface, shown instead of the figure that is its picture."""

    name: str
    """Anchor of the document's figure that shows the same field as a picture."""
    title: str
    quantity: str
    """Printed over the colour bar."""
    unit: str
    points: Array
    """Shape (n, 3)."""
    triangles: Array
    """Node numbers, shape (m, 3)."""
    values: Array
    """One a node, shape (n,), or one a triangle, shape (m,); in `unit`."""
    maximum: tuple[float, float, float] | None = None
    """Place of the mark: where the quantity has its maximum, which need not be the field's. None: no mark."""
    caption: str = ""
    """What is printed at the mark."""
    view: View = DEFAULT_VIEW


def encoded(field: FieldView) -> Json:
    """Return a field as JSON: arrays as base64 of little-endian float32 and uint32, C order.

    Points are moved to the middle of their box before they are narrowed, so that a part far from its origin
    keeps its shape.

    Raises
    ------
    DocumentError
        If shapes do not fit together or a number is not finite.
    """
    import numpy as np

    where = f"field {field.name!r}"
    points = np.asarray(field.points, dtype=np.float64)
    triangles = np.asarray(field.triangles)
    values = np.asarray(field.values, dtype=np.float64)
    if points.ndim != 2 or points.shape[1] != 3 or triangles.ndim != 2 or triangles.shape[1] != 3:
        raise DocumentError(f"{where}: points need shape (n, 3) and triangles (m, 3)")
    if not len(triangles) or triangles.min() < 0 or triangles.max() >= len(points):
        raise DocumentError(f"{where}: there is no triangle, or one names a point that is not there")
    if values.shape not in {(len(points),), (len(triangles),)}:
        raise DocumentError(f"{where}: values of shape {values.shape} fit neither points nor triangles")
    mark = np.zeros(3) if field.maximum is None else np.asarray(field.maximum, dtype=np.float64)
    if not (np.isfinite(points).all() and np.isfinite(values).all() and np.isfinite(mark).all()):
        raise DocumentError(f"{where}: a number is not finite")
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    return {
        "title": field.title,
        "quantity": field.quantity,
        "unit": field.unit,
        "association": "node" if values.shape == (len(points),) else "cell",
        "points": _base64((points - middle).astype("<f4")),
        "triangles": _base64(triangles.astype("<u4")),
        "values": _base64(values.astype("<f4")),
        "mark": None if field.maximum is None else _base64((mark - middle).astype("<f4")),
        "markText": field.caption,
        "azimuth": field.view.azimuth,
        "elevation": field.view.elevation,
        "colours": VIRIDIS,
    }


def _base64(array: Array) -> str:
    return base64.b64encode(array.tobytes()).decode("ascii")
