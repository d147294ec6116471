"""Payloads of the records that a showing leaves behind; JSON Schemas are generated from these."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from assay.programme import DeclarationKind
from assay.showing.frozen import Frozen as Frozen
from assay.showing.model_records import Stated as Stated
from assay.showing.residual_records import Residual as Residual

Verdict = Literal["SHOWN", "SHOWN GIVEN", "NOT SHOWN", "REFUTED"]
Rung = Literal["0a", "0b", "1", "2", "3"]
Method = Literal[
    "fixed", "sequential", "residual", "structure", "structure+fixed", "model", "document", "children"
]
Check = Literal["passed", "failed", "not checked"]
Credit = Literal["none", "structure", "residual"]


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


class Wealth(Frozen):
    """What betting against the claim, and for it, has come to (rung 0b)."""

    shown: Annotated[float, Field(ge=0.0)]
    """Largest wealth of the bets that show; `needed` of it shows."""
    refuted: Annotated[float, Field(ge=0.0)]
    """Largest wealth of the bets that refute; `needed_to_refute` of it refutes."""
    needed: Annotated[float, Field(ge=1.0)]
    needed_to_refute: Annotated[float, Field(ge=1.0)]
    """`needed` where the claim has one case; more of several, for one of them refutes them all."""
    decided_at: int | None
    """Index of the run with which one of them was reached."""
    stopped_shown: Annotated[float, Field(ge=0.0)]
    """Wealth of the bets that show after the last run: an e-value, which the largest on the way is not."""
    stopped_refuted: Annotated[float, Field(ge=0.0)]
    """Wealth of the bets that refute after the last run."""


class Dominance(Frozen):
    """What certified runs and draws of the undecided have come to under declared signs (rung 2)."""

    placed: int
    """Runs placed where one within proves much."""
    drawn: int
    """Runs drawn at random from what was undecided."""
    conceded: float | None
    """Upper end of the mass given up; None before any step bounded it."""
    reach: float | None
    """Upper end of the mass given up or left undecided."""
    enough: bool
    """Whether that is no more than may violate, so that nothing has to be drawn."""
    wealth: Annotated[float, Field(ge=0.0)]
    """Largest wealth of the draws; `needed` of it shows."""
    needed: Annotated[float, Field(ge=1.0)]
    decided_at: int | None
    """Index of the run with which it was reached."""


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
    refuting_error: float | None = None
    """a/m of a claim of m cases: REFUTED is tested at it, for one case refutes them all; None where no
    number of draws or bets refutes."""
    bound: float | None
    """Upper Clopper-Pearson limit of the violating fraction at `error`."""
    lower_bound: float | None
    """Lower Clopper-Pearson limit at `refuting_error`, which REFUTED compares with `allowed`."""
    attained: float | None
    """Attained error level (p-value) of showing it: BinCDF(not_within; draws, allowed)."""
    verdict: Verdict
    reason: str
    deciding: Deciding | None
    waterfall: tuple[WaterfallStep, ...]
    margin: Margin | None
    wealth: Wealth | None = None
    """Where the plan decides run by run."""
    residual: Residual | None = None
    """Where a declared bound decides; left out of the record where none does."""
    dominance: Dominance | None = None
    """Where declared signs carry a fraction; left out of the record elsewhere."""
    stated: Stated | None = None
    """Where a model's own statement does, accepted or not; left out of the record elsewhere."""

    @model_serializer(mode="wrap")
    def _without_none(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave `residual`, `dominance`, `stated` out where None: other showings keep their content."""
        written: dict[str, Any] = write(self)
        for name in ("residual", "dominance", "stated"):
            if written.get(name) is None:
                written.pop(name, None)
        return written


class DerivedCharge(Frozen):
    """What is charged to a derived quantity: the errors of the solved quantities in its formula."""

    formula: str
    steps: tuple[tuple[str, str | float], ...]
    """The formula in reverse Polish order, every unit converted."""
    bases: dict[str, Annotated[float, Field(ge=0.0)]]
    """Solved quantity to its numerical_relative."""


class Charge(Frozen):
    """Errors charged to every run of the quantity."""

    numerical_relative: Annotated[float, Field(ge=0.0)]
    """x = numerical_relative·|q|; of a derived quantity the sum of its bases', which only steers."""
    model_basis: Literal["measured", "similarity", "allowance", "none"]
    model_factor: Annotated[float, Field(ge=1.0)]
    """f of an allowance: m = (f - 1)·|q|; of a derived quantity for each of its bases."""
    derived: DerivedCharge | None = None
    """None, and left out of the record: the solver gives the quantity."""

    @model_serializer(mode="wrap")
    def _without_none(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave `derived` out where it is None: records of other quantities keep their ids."""
        written: dict[str, Any] = write(self)
        if self.derived is None:
            written.pop("derived", None)
        return written


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


class RecordedBatches(Frozen):
    """The k-sample Anderson-Darling test of a sample's batches."""

    batches: int
    statistic: float
    critical: float
    """At a significance level of 0.025."""
    differ: bool


class RecordedMethod(Frozen):
    """How a basis value was computed where the programme asked for a method by name."""

    asked: str
    """As the programme writes it; ``auto`` leaves the method to the procedure."""
    why: str
    """Why the method, where the procedure chose it."""
    numbers: dict[str, float]
    """What the value follows from, besides the factor."""
    test: Literal["anderson-darling", "brown-forsythe"] | None
    """None: the method assumes nothing that the data could reject."""
    law: str | None
    """What the test is of: normal, lognormal, weibull, equal variances."""
    significance: float | None
    """Its observed significance level; None beside a test: too few values, hence rejected."""
    batch_test: RecordedBatches | None
    """None: fewer than two batches are known."""
    rejected: bool
    """Whether the data reject the law, or tell batches apart that the method pools."""
    references: tuple[str, ...]
    """Citation keys of the methods really used."""


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
    by: RecordedMethod | None = None
    """None, and left out of the record: the normal method, for which the programme names none."""

    @property
    def rejected(self) -> bool:
        """Whether the data reject what the value rests on."""
        return self.normal_rejected if self.by is None else self.by.rejected

    @model_serializer(mode="wrap")
    def _without_none(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave `by` out where it is None: records of older programmes keep their ids."""
        written: dict[str, Any] = write(self)
        if self.by is None:
            written.pop("by", None)
        return written


class DeclarationCheck(Frozen):
    """How one declaration fared in the runs placed to break it."""

    quantity: str
    kind: DeclarationKind
    groups: tuple[tuple[str, ...], ...]
    """Groups of factors; one factor each where the quantity rises or falls in it."""
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
