"""Payload of the record of a block of runs; a JSON Schema is generated from it."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from assay.campaign.points import Purpose


class _Frozen(BaseModel):
    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid", allow_inf_nan=False)


class TableReference(_Frozen):
    """The canonical run table, stored as the record's blob ``table``."""

    lines: int
    digest: str
    """Of the JSON Lines, each RFC 8785, sorted by draw index and row position."""


class RunsPayload(_Frozen):
    """A finished block of runs."""

    subject: str
    study: str
    configuration: str | None
    purpose: Purpose
    level: dict[str, float]
    """Settings of the solver."""
    count: int
    """Draws."""
    rows: int
    """Rows a draw; the largest number where draws differ."""
    solves: int
    """Runs of the solver: one a draw where an adapter solves all rows in one, else one a row."""
    failed: int
    """Draws with at least one failed row."""
    time_limited: bool
    """Whether a row failed for its time limit: then the table may differ on another machine."""
    seed: str | None
    """Digest from which the draws were made."""
    solver: str
    """Name and version of the program that computed."""
    table: TableReference
