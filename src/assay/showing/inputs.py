"""What may a verdict rest on? The evidence of one criterion, gathered by the pipeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from assay.campaign import Row
from assay.programme import Pack
from assay.showing.claims import Claim
from assay.showing.limits import LimitValues
from assay.showing.records import Charge, Price, StructureTestPayload


@dataclass(frozen=True)
class AttemptState:
    """Where the attempt of a fraction claim stands."""

    number: int
    total: int
    """Attempts on file for the requirement and part."""
    level: float | None
    """None: the declared attempts are used up."""
    draws: int
    gap: bool
    frozen: bool
    """Whether the freeze that the attempt names is in the ledger."""
    paid: bool
    """Whether the budget pays for the plan."""
    price: Price | None


@dataclass(frozen=True)
class Evidence:
    """Everything that a verdict may rest on; None stands for 'not there yet'."""

    claim: Claim
    packs: Mapping[str, Pack]
    limits: LimitValues
    charge: Charge | None
    model_form_approved: bool
    structure: StructureTestPayload | None
    attempt: AttemptState | None
    """None for claims that need no draws."""
    rows: Sequence[Row] | None
    """The complete table of the validation block, or of the nominal run."""
    guided: Sequence[Row]
    """Runs that the model or the corners proposed against the criterion."""
    records: Mapping[str, str] = field(default_factory=dict)
    """Role to record id of what is used: runs, refutation, charge, structure, freeze, attempt, ..."""
    notes: Mapping[str, str] = field(default_factory=dict)
    """Sentences of earlier stages, by role, that assumption rows quote."""
