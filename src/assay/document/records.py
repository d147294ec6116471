"""Payload of the `dossier` record: what the document prints and no other record says."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from assay.showing.records import Margin, Method, Price, Verdict


class Frozen(BaseModel):
    """Immutable, closed, no NaN."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid", allow_inf_nan=False)


class Edition(Frozen):
    """A pack in the edition that the programme names."""

    pack: str
    edition: str
    source: str
    digest: str


class ClauseUsed(Frozen):
    """A clause that some requirement names, in the pack's own words."""

    code: str
    pack: str
    """Empty: the programme's own source."""
    paraphrase: str
    source: str
    check: str
    """Whether the paraphrase was compared with its source: yes, no, or a source of the programme's own."""
    requirements: tuple[str, ...]


class FactorUsed(Frozen):
    """A tagged factor that multiplies some demand or divides some limit."""

    tag: str
    pack: str
    value: float
    condition: str
    check: str


class MeansUsed(Frozen):
    """A code of the means by which something is shown."""

    code: str
    label: str


class RoleHeld(Frozen):
    """Who may hold a role; a claim until a signature stands under it."""

    role: str
    person: str


class Row(Frozen):
    """One requirement of the matrix, with its sentences."""

    requirement: str
    text: str
    sources: tuple[str, ...]
    means: tuple[str, ...]
    owner: str
    verdict: Verdict
    method: Method | None
    given: tuple[str, ...]
    reason: str
    reason_text: str
    closes_by: str
    price: Price | None
    margin: Margin | None
    criteria: tuple[str, ...]
    """Criteria with a section of their own in the document."""
    children: tuple[str, ...]
    stale: bool


class Count(Frozen):
    """How many rows have a verdict."""

    verdict: Verdict
    rows: int


class ListOfShown(Frozen):
    """Confidence of the list of shown rows, adjusted for picking them."""

    rows: int
    confidence: float
    method: Literal["holm", "e-holm"]


class SetViolated(Frozen):
    """Confidence that at least one claim does not hold, where it is that of every claim by itself."""

    claims: int
    confidence: float | None
    """None: a run proves it."""
    method: Literal["run", "average", "bonferroni"]


class FailedRun(Frozen):
    """A point of a run table of which some rows have no result, for one reason."""

    study: str
    purpose: str
    record: str
    index: int
    rows: tuple[str, ...]
    """Keys of the rows that failed; empty for the point itself."""
    reason: str


class Discarded(Frozen):
    """Records of one kind and of earlier recipes, on which nothing in this document rests."""

    kind: str
    subjects: tuple[str, ...]
    records: tuple[str, ...]
    solves: int | None
    """Solver runs that they hold; None where they are no run tables."""


class CheckReach(Frozen):
    """The largest value of one of the solver's own checks over all attached runs of a study."""

    study: str
    check: str
    largest: float
    runs: int


class Earned(Frozen):
    """What the AI model of a study cost and what it saved."""

    study: str
    training_runs: int
    guided_runs: int
    planned_runs: int
    """Draws of the fixed plans on file."""
    drawn_runs: int
    """Draws that were made."""
    saved_runs: int
    """Draws of the fixed plans that did not have to be made."""


class Reference(Frozen):
    """A source of a method that some verdict of this document used."""

    key: str
    text: str


class Totals(Frozen):
    """Over all runs that this document rests on."""

    solves: int
    failed: int
    unchecked_clauses: int


class DossierPayload(Frozen):
    """What the document prints and no other record says: matrix, clauses, history, totals, references."""

    programme: str
    title: str
    reference: str
    issue: str
    date: str
    statement: str
    configuration: str
    roles: tuple[RoleHeld, ...]
    editions: tuple[Edition, ...]
    clauses: tuple[ClauseUsed, ...]
    factors: tuple[FactorUsed, ...]
    means: tuple[MeansUsed, ...]
    rows: tuple[Row, ...]
    counts: tuple[Count, ...]
    listwise: ListOfShown | None
    whole: float | None
    """Confidence that all requirements hold; None where not every row is shown by draws or otherwise."""
    violated: SetViolated | None
    failed: tuple[FailedRun, ...]
    discarded: tuple[Discarded, ...]
    checks: tuple[CheckReach, ...]
    earned: tuple[Earned, ...]
    reasons: dict[str, str]
    """Reason code to its sentence, for the codes that occur."""
    actions: dict[str, str]
    """Criterion to what would show it, in the words of its showing, with a command in quotation marks."""
    references: tuple[Reference, ...]
    totals: Totals
