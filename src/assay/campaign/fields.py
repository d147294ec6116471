"""Fields as blobs: one line of RFC 8785 JSON, then the numbers, little-endian, C order.

Nothing is compressed: the digest would depend on the build of the compressor.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from assay.errors import EvidenceError
from assay.evidence import canonical, read_json
from assay.solvers import Field

SCHEMA = "assay.field/1"


def write_field(field: Field) -> bytes:
    """Return the bytes of a field.

    The header has ``schema, association, unit, length_unit, components`` and the ``shape`` of each
    array; then come points (float64), cells (int64) and values (float64).

    Raises
    ------
    EvidenceError
        If the arrays do not fit together or a number is not finite.
    """
    points = np.ascontiguousarray(field.points, dtype="<f8")
    cells = np.ascontiguousarray(field.cells, dtype="<i8")
    values = np.ascontiguousarray(field.values, dtype="<f8")
    values = values.reshape(len(values), -1) if values.size else values.reshape(0, len(field.components))
    header = {
        "schema": SCHEMA,
        "association": field.association,
        "unit": field.unit,
        "length_unit": field.length_unit,
        "components": list(field.components),
        "shape": {"points": list(points.shape), "cells": list(cells.shape), "values": list(values.shape)},
    }
    data = b"".join((canonical(header), b"\n", points.tobytes(), cells.tobytes(), values.tobytes()))
    read_field(data)
    return data


def read_field(data: bytes) -> Field:
    """Return the field of these bytes.

    Raises
    ------
    EvidenceError
        If the header, a size, a cell's node number or a value is wrong.
    """
    line, _, body = data.partition(b"\n")
    try:
        header: dict[str, Any] = read_json(line)
        schema = header["schema"]
        shape = {name: tuple(map(int, header["shape"][name])) for name in ("points", "cells", "values")}
        components = tuple(map(str, header["components"]))
        association = header["association"]
        units = str(header["unit"]), str(header["length_unit"])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise EvidenceError(f"not a field: {error}") from error
    if schema != SCHEMA:
        raise EvidenceError(f"field has schema {schema!r}, this version reads {SCHEMA!r}")
    _check_shapes(shape, association, len(components))
    sizes = [8 * rows * columns for rows, columns in shape.values()]
    if len(body) != sum(sizes):
        raise EvidenceError(f"field is cut off or too long: {len(body)} bytes instead of {sum(sizes)}")
    points = np.frombuffer(body, "<f8", count=sizes[0] // 8).reshape(shape["points"])
    cells = np.frombuffer(body, "<i8", count=sizes[1] // 8, offset=sizes[0]).reshape(shape["cells"])
    values = np.frombuffer(body, "<f8", offset=sizes[0] + sizes[1]).reshape(shape["values"])
    if cells.size and (cells.min() < 0 or cells.max() >= len(points)):
        raise EvidenceError("field has a triangle with a node that is not there")
    if not (np.isfinite(points).all() and np.isfinite(values).all()):
        raise EvidenceError("field has a number that is not finite")
    return Field(
        points=points.astype(np.float64),
        cells=cells.astype(np.int64),
        values=values.astype(np.float64),
        association=association,
        unit=units[0],
        length_unit=units[1],
        components=components,
    )


def _check_shapes(shape: dict[str, tuple[int, ...]], association: str, components: int) -> None:
    if any(len(size) != 2 or min(size) < 0 for size in shape.values()):
        raise EvidenceError(f"field has arrays of shape {shape}")
    rows = {"node": shape["points"][0], "cell": shape["cells"][0]}.get(association)
    if rows is None:
        raise EvidenceError(f"field has association {association!r} instead of node or cell")
    if shape["points"][1] != 3 or shape["cells"][1] != 3 or shape["values"] != (rows, components):
        raise EvidenceError(f"field has arrays that do not fit together: {shape}, {components} components")
