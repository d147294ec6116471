"""Payloads of the records that a showing leaves behind; JSON Schemas are generated from these."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Verdict = Literal["SHOWN", "SHOWN GIVEN", "NOT SHOWN", "REFUTED"]
Rung = Literal["0a", "0b", "1", "2", "3"]
Method = Literal[
    "fixed", "sequential", "residual", "structure", "structure+fixed", "model", "document", "children"
]
Check = Literal["passed", "failed", "not checked"]
Credit = Literal["none", "structure", "residual"]


class Frozen(BaseModel):
    """Immutable, closed, no NaN."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Assumption(Frozen):
    """One row of what a verdict rests on."""

    text: str
    check: Check
    record: str | None
    """Record id of the check or the declaration."""


class Margin(Frozen):
    """capacity/demand - 1, where and in which mode."""

    value: float
    mode: str
    place: str


class DemandFactor(Frozen):
    """A tagged factor that multiplies the demand of a row."""

    tag: str
    value: float


class WaterfallStep(Frozen):
    """One increment, in the quantity's unit."""

    label: str
    kind: Literal["run", "numerical", "model", "factor", "total", "capacity", "margin"]
    value: float


class Deciding(Frozen):
    """The run that decides: the (k+1)-th largest charged draw of a fixed plan."""

    index: int
    row: str
    """Row key in the run table (empty: the draw itself)."""
    quantity: float
    place: tuple[float, ...] | None
    factors: dict[str, float]


class ClaimPart(Frozen):
    """The claim for one case row, or the whole criterion where it has no rows."""

    case: str | None
    level: str | None
    rows: tuple[str, ...]
    """Keys of the run-table rows read at each draw; a draw counts by its worst row."""
    limits: tuple[float, ...]
    demand_factors: tuple[DemandFactor, ...]
    demand_factor: float
    """Product of `demand_factors`."""
    draws: int
    """Planned draws n; 1 for nominal or everywhere."""
    not_within: int
    """Draws beyond, open or failed: what SHOWN counts."""
    beyond: int
    """Draws beyond for certain: what REFUTED counts."""
    allowed: float | None
    """Allowed violating fraction 1 - fraction; None for nominal and everywhere."""
    error: float | None
    """Error level a at which the claim is made."""
    bound: float | None
    """Upper Clopper-Pearson limit of the violating fraction at `error`."""
    lower_bound: float | None
    """Lower Clopper-Pearson limit at `error`, which REFUTED compares with `allowed`."""
    attained: float | None
    """Attained error level (p-value) of showing it: BinCDF(not_within; draws, allowed)."""
    verdict: Verdict
    reason: str
    deciding: Deciding | None
    waterfall: tuple[WaterfallStep, ...]
    margin: Margin | None


class Charge(Frozen):
    """Errors charged to every run of the quantity."""

    numerical_relative: Annotated[float, Field(ge=0.0)]
    """x = numerical_relative·|q|."""
    model_basis: Literal["measured", "similarity", "allowance", "none"]
    model_factor: Annotated[float, Field(ge=1.0)]
    """f of an allowance: m = (f - 1)·|q|."""


class Price(Frozen):
    """What closing it would cost."""

    runs: int
    """Solver runs of the plan in a block of its own."""
    minutes: float
    max_runs: int | None = None
    """Budget that pays for it, once everything cheaper is paid for."""


class Finding(Frozen):
    """A guided run beyond the limit: a finding, or a proof where the claim holds everywhere."""

    record: str
    index: int
    row: str
    quantity: float
    charged: float
    """From above: the value less every error, times the demand's factors. From below: plus every error."""
    limit: float
    """From above: the limit, less than `charged`. From below: times the factors, more than `charged`."""
    case: str | None = None
    """The case whose claim it is beyond; None where the claim has no cases."""


class ShowingPayload(Frozen):
    """The argument for one criterion and configuration, ending in a verdict."""

    criterion: str
    requirement: str
    configuration: str
    study: str
    quantity: str
    unit: str
    sense: Literal["at_most", "at_least", "between"]
    limit_texts: tuple[str, ...]
    holds: dict[str, Any]
    """``{"kind": "fraction"|"everywhere"|"cases"|"over", ...}`` as `programme.describe` writes it."""
    claim_text: str
    """The claim in one sentence, rendered from a template."""
    parts: tuple[ClaimPart, ...]
    charge: Charge | None
    verdict: Verdict
    given: tuple[str, ...]
    reason: str
    """Reason code, see `showing.reasons`."""
    closes_by: str
    price: Price | None
    rung: Rung | None
    method: Method | None
    credit: Credit
    margin: Margin | None
    assumptions: tuple[Assumption, ...]
    attempt: int | None
    attempts: int
    """Attempts on file for this requirement and part."""
    findings: tuple[Finding, ...]
    references: tuple[str, ...]
    """Citation keys of the methods really used."""


class AttemptPayload(Frozen):
    """One counted attempt, written before its first run."""

    requirement: str
    identity: dict[str, str]
    """part and serials, or configuration."""
    number: int
    criteria: tuple[str, ...]
    configuration: str
    plan: str
    draws: dict[str, int]
    """Criterion to planned number of draws."""
    levels: dict[str, float]
    """Criterion to error level a of this attempt."""
    blocks: dict[str, int]
    """Study to the number of the block of draws that the attempt uses."""
    freeze: str
    """Digest of the freeze in the ledger that was in force when the attempt was written."""
    recipe: str
    """Digest of everything the attempt stands on; unchanged means the same attempt."""


class FreezePayload(Frozen):
    """Criteria, limits and validation plan, fixed before held-out data are read."""

    configuration: str
    criteria: dict[str, str]
    """Criterion to recipe digest."""
    limits: dict[str, list[float]]
    plan: dict[str, Any]
    attestation: Literal["self", "git", "timestamp"]


class RefutationPayload(Frozen):
    """Points that the model proposed against the criteria, and what the solver said there."""

    configuration: str
    study: str
    proposals: tuple[dict[str, Any], ...]
    """index, criterion, row, predicted, quantity, charged, limit, state."""
    model_records: tuple[str, ...]
    budget: int
    beyond: tuple[str, ...]
    """Criteria that some guided run lies beyond; only their showings rest on these runs."""


class BasisValuePayload(Frozen):
    """A basis value, computed at any n and credited only under the pack's rule."""

    dataset: str
    column: str
    unit: str
    coverage: float
    confidence: float
    n: int
    mean: float
    sd: float
    factor: float
    value: float
    method: str
    observed_significance: float | None
    """None: too few specimens for a test; then the distribution counts as rejected."""
    normal_rejected: bool
    rule: str | None
    """Name of the pack's basis rule that applies, if any."""
    minimum_specimens: int | None
    minimum_batches: int | None
    batches: int | None
    """None: unknown."""
    creditable: bool
    reason: str


class DeclarationCheck(Frozen):
    """How one declaration fared in the runs placed to break it."""

    quantity: str
    kind: Literal["convex_in", "linear_in", "homogeneous_in"]
    groups: tuple[tuple[str, ...], ...]
    reason: str
    runs: int
    """Test runs with a value for every row that the checks need."""
    required: int
    """max(8, 2 x declared factors)."""
    checks: int
    violations: int
    worst: float
    """Largest relative violation; negative where every inequality holds with room."""


class StructureTestPayload(Frozen):
    """Tests of a study's declarations; the combined load is solved anew in each."""

    study: str
    tolerance: float
    declarations: tuple[DeclarationCheck, ...]
