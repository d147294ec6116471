"""The compliance matrix as it is written down; `status --json` is this model (DESIGN.md section 8)."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import Field

from assay.showing.records import (
    Assumption,
    Credit,
    Frozen,
    Margin,
    Method,
    Price,
    Rung,
    Verdict,
)

STATUS_SCHEMA: Final = "assay.status/1"


class CriterionRow(Frozen):
    """One claim of one criterion: a row of its own for every case."""

    criterion: str
    case: str | None
    verdict: Verdict
    given: tuple[str, ...]
    rung: Rung | None
    method: Method | None
    credit: Credit
    margin: Margin | None
    assumptions: tuple[Assumption, ...]
    attempts: int
    records: tuple[str, ...]


class MatrixRow(Frozen):
    """One requirement in one configuration."""

    requirement: str
    configuration: str
    sources: tuple[str, ...]
    means: tuple[str, ...]
    verdict: Verdict
    method: Method | None
    given: tuple[str, ...]
    reason: str
    closes_by: str
    price: Price | None
    margin: Margin | None
    stale: bool
    criteria: tuple[CriterionRow, ...]


class Listwise(Frozen):
    """Confidence with which all the shown rows hold together when they are acted on one by one."""

    rows: int
    confidence: float | None


class Status(Frozen):
    """All rows of a programme."""

    schema_: Literal["assay.status/1"] = Field(STATUS_SCHEMA, alias="schema")
    programme: str
    rows: tuple[MatrixRow, ...]
    counts: dict[str, int]
    listwise: Listwise
