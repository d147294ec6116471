"""The record: one immutable, content-addressed piece of evidence (DESIGN.md section 7)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import rfc8785

from assay.errors import EvidenceError

SCHEMA = "assay.record/1"

Json = Any
"""A JSON value: None, bool, int, finite float, str, list or dict with str keys."""


def canonical(value: Json) -> bytes:
    """Return the RFC 8785 bytes of `value`; a NaN or an infinity is refused.

    Raises
    ------
    EvidenceError
        If `value` cannot be written canonically.
    """
    try:
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, RecursionError) as error:
        raise EvidenceError(f"not canonical JSON: {error}") from error


def read_json(data: bytes | str) -> Json:
    """Return the value of JSON such that `canonical` writes it again.

    RFC 8785 writes a float from 2**53 to 1e21 without point or exponent; read as an int it could not
    be written again, so that it is read as the float that it was. NaN and infinities are refused.

    Raises
    ------
    ValueError
        If the bytes are not JSON.
    """
    if isinstance(data, str):
        text = data
    elif data.isascii() and b"\0" not in data:
        text = data.decode("ascii")
    else:
        text = data.decode(json.detect_encoding(data), "surrogatepass")
    if text.startswith("\ufeff"):
        raise ValueError("JSON starts with a byte order mark")
    return _DECODER.decode(text)


def _whole(text: str) -> int | float:
    exact = len(text) <= 17 and abs(int(text)) < 2**53
    return int(text) if exact else float(text)


def _refuse(text: str) -> float:
    raise ValueError(f"{text} is no JSON number")


_DECODER = json.JSONDecoder(parse_int=_whole, parse_constant=_refuse)
"""Made once: a table is read line by line."""


def digest(data: bytes) -> str:
    """Return ``sha256:`` and the 64 hexadecimal digits of `data`."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def recipe_digest(
    stage: str,
    revision: int,
    *,
    inputs: Mapping[str, Json],
    settings: Mapping[str, Json],
) -> str:
    """Return the digest of everything that determines a stage's output.

    Parameters
    ----------
    stage, revision
        Name of the stage and its integer ``REVISION``, raised whenever its output changes.
    inputs
        Role to record id, file digest or recipe digest.
    settings
        Seed, solver version and every other setting; canonical JSON.
    """
    return digest(
        canonical({"stage": stage, "revision": revision, "inputs": dict(inputs), "settings": dict(settings)})
    )


@dataclass(frozen=True)
class Record:
    """One record. Its id is the digest of its canonical bytes, so it cannot change under its name."""

    kind: str
    """Word of DESIGN.md section 7: runs, model, showing, ..."""
    subject: str
    """What it is about, unique per kind among live records, e.g. ``tray@nominal``."""
    recipe: str
    """Digest of all that determined it (`recipe_digest`)."""
    inputs: Mapping[str, str]
    """Role to the id of the record it was made from."""
    payload: Json
    """What it says; the pydantic model of its kind, dumped."""
    blobs: Mapping[str, str]
    """Name to the digest of a stored file."""
    tool: Mapping[str, str]
    """Program that wrote it: name and version."""

    def document(self) -> dict[str, Json]:
        """Return the record as the JSON object whose canonical bytes are hashed."""
        return {
            "schema": SCHEMA,
            "kind": self.kind,
            "subject": self.subject,
            "recipe": self.recipe,
            "inputs": dict(self.inputs),
            "payload": self.payload,
            "blobs": dict(self.blobs),
            "tool": dict(self.tool),
        }

    def data(self) -> bytes:
        """Return the canonical bytes."""
        return canonical(self.document())

    @cached_property
    def id(self) -> str:
        """Return the content address; worked out once, for nothing in a record changes."""
        return digest(self.data())


def read_record(data: bytes, expected_id: str | None = None) -> Record:
    """Parse canonical bytes; refuse bytes that do not hash to `expected_id`.

    Bytes without an expected id come from a stranger and are also checked for their form; bytes with
    one are those that this program once wrote.

    Raises
    ------
    EvidenceError
        If the bytes are not a record, not canonical, or not the one asked for.
    """
    if expected_id is not None and digest(data) != expected_id:
        raise EvidenceError(f"record {expected_id} is damaged: its bytes hash to {digest(data)}")
    try:
        document = read_json(data)
        schema = document.pop("schema")
        record = Record(**document)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise EvidenceError(f"not a record: {error}") from error
    if schema != SCHEMA:
        raise EvidenceError(f"record has schema {schema!r}, this version reads {SCHEMA!r}")
    if expected_id is None and record.data() != data:
        raise EvidenceError("record is not in canonical form")
    record.__dict__["id"] = expected_id or digest(data)
    return record
