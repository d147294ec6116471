"""Models as bytes: one line of canonical JSON, then the training arrays; nothing is unpickled.

What prediction needs beside (a factorisation) is computed again on reading, so that a file cannot
say one thing about its data and predict another. The header holds the digest of all the rest.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from pydantic import ValidationError

from assay.errors import EvidenceError, InputError
from assay.evidence.records import Json, canonical, digest
from assay.surrogates.protocol import MOST_ROWS, FloatArray, Model, TrainingData, training_data
from assay.surrogates.records import Input
from assay.surrogates.registry import family

SCHEMA = "assay.model/1"
MOST_HEADER = 1 << 20
MOST_INPUTS = 500
_LARGEST_RUN = 2.0**53


def to_bytes(model: Model) -> bytes:
    """Return the file of `model`; the same model gives the same bytes."""
    data = model.data
    arrays = b"".join(_packed(array) for array in (data.x, data.y, data.groups.astype(np.float64)))
    header = {
        "schema": SCHEMA,
        "family": model.family,
        "quantity": data.quantity,
        "unit": data.unit,
        "inputs": [item.model_dump() for item in data.inputs],
        "rows": int(data.y.size),
        "settings": family(model.family).settings(model),
    }
    return canonical({**header, "digest": _digest(header, arrays)}) + b"\n" + arrays


def from_bytes(content: bytes) -> Model:
    """Return the model of an untrusted file.

    Raises
    ------
    EvidenceError
        If it is truncated, altered, of another schema, or does not describe a model.
    InputError
        If it names a family that is not installed.
    """
    line, newline, arrays = content[: MOST_HEADER + 1].partition(b"\n")
    if not newline:
        raise EvidenceError("not a model file: no header line")
    arrays = content[len(line) + 1 :]
    header = _header(line)
    if header.pop("digest") != _digest(header, arrays):
        raise EvidenceError("model file is damaged: its digest does not fit its content")
    data = _data(header, arrays)
    # The digest fits, so only a stranger's file gets here with settings that make no sense.
    with np.errstate(all="ignore"):
        return family(header["family"]).open(data, header["settings"])


def _packed(array: FloatArray) -> bytes:
    return np.ascontiguousarray(array, dtype="<f8").tobytes()


def _digest(header: dict[str, Json], arrays: bytes) -> str:
    return digest(canonical(header) + b"\n" + arrays)


def _header(line: bytes) -> dict[str, Any]:
    try:
        header = json.loads(line)
        same = isinstance(header, dict) and canonical(header) == line
    except (ValueError, RecursionError) as error:
        raise EvidenceError(f"not a model file: {error}") from error
    wanted = {"schema", "family", "quantity", "unit", "inputs", "rows", "settings", "digest"}
    if not same or set(header) != wanted:
        raise EvidenceError("not a model file: its header is not canonical or has other fields")
    if header["schema"] != SCHEMA:
        raise EvidenceError(f"model file has schema {header['schema']!r}, this version reads {SCHEMA!r}")
    words = ("family", "quantity", "unit")
    if not all(isinstance(header[word], str) for word in words) or not isinstance(header["settings"], dict):
        raise EvidenceError("not a model file: a field has the wrong type")
    checked: dict[str, Any] = header
    return checked


def _data(header: dict[str, Any], arrays: bytes) -> TrainingData:
    listed, n = header["inputs"], header["rows"]
    if not isinstance(listed, list) or not 1 <= len(listed) <= MOST_INPUTS:
        raise EvidenceError(f"model file must list 1 to {MOST_INPUTS} inputs")
    if isinstance(n, bool) or not isinstance(n, int) or not 2 <= n <= MOST_ROWS:
        raise EvidenceError(f"model file must hold 2 to {MOST_ROWS} rows")
    d = len(listed)
    if len(arrays) != 8 * n * (d + 2):
        raise EvidenceError(f"model file holds {len(arrays)} bytes of arrays, {8 * n * (d + 2)} belong there")
    numbers = np.frombuffer(arrays, dtype="<f8").astype(np.float64)
    x, y, groups = numbers[: n * d].reshape(n, d), numbers[n * d : n * (d + 1)], numbers[n * (d + 1) :]
    if not (np.isfinite(groups).all() and (np.abs(groups) <= _LARGEST_RUN).all()):
        raise EvidenceError("model file numbers its runs with something else than integers")
    try:
        inputs = [Input.model_validate(item, strict=True) for item in listed]
        return training_data(header["quantity"], header["unit"], inputs, x, y, groups.astype(np.int64))
    except (ValidationError, InputError) as error:
        raise EvidenceError(f"model file describes no training data: {error}") from error
