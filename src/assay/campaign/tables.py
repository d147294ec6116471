"""The canonical run table: JSON Lines, one RFC 8785 object for each draw and row."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from assay.errors import EvidenceError
from assay.evidence import canonical, read_json

Reason = str
"""``time-limit``, ``crash``, ``nan``, ``not-converged``, ``invalid-geometry``, ``unbalanced``,
``bad-output``, or another word of the adapter."""


@dataclass(frozen=True)
class Row:
    """What is known of one row of one draw."""

    index: int
    row: str
    """Row key: empty for the draw itself."""
    factors: Mapping[str, float]
    """Every factor of the study, after the row's overrides."""
    state: Literal["ok", "failed"]
    reason: Reason | None = None
    """Why it failed; None for ``ok``."""
    quantities: Mapping[str, float] = field(default_factory=dict)
    places: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    checks: Mapping[str, float] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    """Quantity to the digest of its field's blob, where fields were asked for."""

    def line(self) -> bytes:
        """Return the line of the table, with its line feed."""
        document: dict[str, Any] = {
            "index": self.index,
            "row": self.row,
            "factors": dict(self.factors),
            "quantities": dict(self.quantities),
            "places": {name: list(place) for name, place in self.places.items()},
            "checks": dict(self.checks),
            "state": self.state,
            "reason": self.reason,
        }
        if self.fields:
            document["fields"] = dict(self.fields)
        return canonical(document) + b"\n"


def read_table(data: bytes) -> list[Row]:
    """Return the rows of a table's bytes.

    Raises
    ------
    EvidenceError
        Naming the line, if one is not what `Row.line` writes or they are not in order.
    """
    return list(iterate_table(data))


def iterate_table(data: bytes) -> Iterator[Row]:
    """Yield the rows of a table's bytes, checked as in `read_table`."""
    last = -1
    seen: set[str] = set()
    start = 0
    number = 0
    while start < len(data):
        number += 1
        end = data.find(b"\n", start) + 1
        if end == 0:
            raise EvidenceError(f"run table, line {number}: is cut off")
        row = read_line(data[start:end], number)
        if row.index < last or (row.index == last and row.row in seen):
            raise EvidenceError(f"run table, line {number}: is out of order or stands twice")
        if row.index != last:
            seen.clear()
        seen.add(row.row)
        last = row.index
        start = end
        yield row


def read_line(line: bytes, number: int) -> Row:
    """Return the row of one line.

    Raises
    ------
    EvidenceError
        Naming the line by `number`, if it is not exactly what `Row.line` writes.
    """
    try:
        document = read_json(line)
        row = Row(
            index=document["index"],
            row=document["row"],
            factors=_numbers(document["factors"]),
            state=document["state"],
            reason=document["reason"],
            quantities=_numbers(document["quantities"]),
            places={name: tuple(map(_number, place)) for name, place in document["places"].items()},
            checks=_numbers(document["checks"]),
            fields=dict(document.get("fields", {})),
        )
        same = _surely_same(document, line) or row.line() == line
        fault = _fault(document)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, EvidenceError) as error:
        raise EvidenceError(f"run table, line {number}: {type(error).__name__}: {error}") from error
    if fault or not same:
        raise EvidenceError(f"run table, line {number}: {fault or 'is not in canonical form'}")
    return row


_MEMBERS = {"index", "row", "factors", "quantities", "places", "checks", "state", "reason"}


def _surely_same(document: dict[str, Any], line: bytes) -> bool:
    """Say whether a line is what `Row.line` writes, where the standard library's encoder can tell.

    Both write the shortest number that reads back as the same, one with an exponent of two digits.
    False says nothing: the line has then to be written again by RFC 8785.

    Parameters
    ----------
    document
        What the line says; its numbers are known to stand in objects.
    """
    fields = document.get("fields")
    members = document.keys() - {"fields"} if fields and type(fields) is dict else document.keys()
    if members != _MEMBERS or not line.isascii() or _otherwise(line):
        return False
    if not all(type(place) is list for place in document["places"].values()):
        return False
    return _ENCODER.encode(document).replace("e-0", "e-").encode("ascii", "replace") + b"\n" == line


def _otherwise(line: bytes) -> bool:
    """Say whether a number may stand there that Python's encoder writes in another way than RFC 8785.

    Whole numbers as 1.0, 1e-05 for 0.00001, and large ones with an exponent.
    """
    if b".0," in line or b".0}" in line or b".0]" in line or b"e+" in line:
        return True
    if b"e-5," in line or b"e-5}" in line or b"e-5]" in line:
        return True
    return b"e-6," in line or b"e-6}" in line or b"e-6]" in line


_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _fault(document: dict[str, Any]) -> str | None:
    """Return what is wrong with a line beyond its numbers."""
    index, state, reason = document["index"], document["state"], document["reason"]
    if not isinstance(index, int) or isinstance(index, bool) or index < 0:
        return "`index` is not a whole number from 0"
    if not isinstance(document["row"], str):
        return "`row` is not a text"
    if state == "ok":
        good = reason is None and document["quantities"]
        return None if good else "an `ok` row has a reason or no quantities"
    if state != "failed":
        return f"unknown state {state!r}"
    results = any(document.get(name) for name in ("quantities", "places", "checks", "fields"))
    return "a failed row has no reason, or results" if results or not isinstance(reason, str) else None


def _numbers(values: Mapping[str, Any]) -> dict[str, float]:
    if set(map(type, values.values())) == {float} and all(map(math.isfinite, values.values())):
        return dict(values)
    return {name: _number(value) for name, value in values.items()}


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{value!r} is not a number")
    return float(value)
