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
    method: Literal["holm", "e-holm"]
    """Over attained levels, or over the wealth at which bets stopped where every claim was put to bets."""


class Whole(Frozen):
    """Confidence that all requirements hold."""

    shown: bool
    """Whether every row is shown, with or without GIVEN."""
    confidence: float | None
    """The lowest of the claims that rest on draws; None where a row is not shown, or none rests on any."""
    reason: str
    """Why no correction is due."""


class Violated(Frozen):
    """Confidence that at least one claim does not hold."""

    claims: int
    """Claims that could be refuted."""
    confidence: float | None
    """None where a run proves it, or where no claim could be refuted by draws."""
    method: Literal["run", "average", "bonferroni"] | None
    concluded: bool
    """Whether a run proves it, or it is as sure as the most confident claim was to be."""


class Status(Frozen):
    """All rows of a programme."""

    schema_: Literal["assay.status/1"] = Field(STATUS_SCHEMA, alias="schema")
    programme: str
    rows: tuple[MatrixRow, ...]
    counts: dict[str, int]
    listwise: Listwise
    whole: Whole
    violated: Violated
