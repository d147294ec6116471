"""What may a verdict rest on? The evidence of one criterion, gathered by the pipeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from assay.campaign import Row
from assay.programme import Pack
from assay.showing.claims import Claim
from assay.showing.dominance import Climb
from assay.showing.limits import LimitValues
from assay.showing.model_records import ModelCheckPayload, ModelStatementPayload
from assay.showing.records import Charge, Price, StructureTestPayload
from assay.showing.residual_records import ResidualPayload
from assay.showing.sequential import Path


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
    plan: str = "fixed"
    """``fixed``, ``sequential`` where runs decide one by one, ``residual`` under a declared bound, ``model``
    where the AI model's own statement is to be credited."""


@dataclass(frozen=True)
class LevelBound:
    """One level coarser than the finest, as far as one quantity is concerned."""

    level: int
    """1 is the finest."""
    bound: float | None
    """Charged to every run of the level, in the quantity's unit; None: the level decides nothing."""
    text: str
    """The level in words: its knobs."""
    checks: int
    """Decided runs that were run again on the finest level."""
    misses: int
    excluded: float | None
    """Rate of misses that the checks exclude at 95 %."""
    void: bool
    """Whether a miss voids it, in this block or another of the study."""
    bases: Mapping[str, tuple[float, str]] = field(default_factory=dict)
    """Of a derived quantity: each solved one in its formula to its bound and unit; `bound` is then their sum,
    which says no more than that there is one."""


@dataclass(frozen=True)
class Levels:
    """On which level each draw stands."""

    of: Mapping[int, int]
    """Draw to its finest run's level; draws on the finest level are left out."""
    bounds: Mapping[int, LevelBound]
    """Level to its bound."""

    def absolute(self, draw: int) -> float | None:
        """Return what is charged in the quantity's unit: 0 on the finest level, None where nothing stands."""
        level = self.of.get(draw)
        if level is None:
            return 0.0
        bound = self.bounds.get(level)
        return None if bound is None or bound.void else bound.bound

    def bases(self, draw: int) -> Mapping[str, float]:
        """Return what is charged to each solved quantity in the formula of a derived one, in its unit."""
        bound = self.bounds.get(self.of.get(draw, 1))
        return {} if bound is None else {name: value for name, (value, _) in bound.bases.items()}

    def resting(self, draws: int) -> tuple[LevelBound, ...]:
        """Return the levels, coarse to fine, on which some of the first `draws` draws stand."""
        used = {level for draw, level in self.of.items() if draw < draws}
        return tuple(self.bounds[level] for level in sorted(used, reverse=True))


FINEST = Levels({}, {})


@dataclass(frozen=True)
class ModelBased:
    """What a model states by itself, how that fared, and who has accepted it (rung 3)."""

    statement: ModelStatementPayload
    check: ModelCheckPayload
    person: str | None
    """Holder of the role who has accepted exactly this statement; None: nobody who may."""


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
    levels: Levels = FINEST
    """Levels of the draws in `rows`; all on the finest unless the study starts on a coarser one."""
    paths: Mapping[str, Path] = field(default_factory=dict)
    """Case (empty without one) to the path of its wealth, where runs decide one by one."""
    climb: Climb | None = None
    """The runs of a plan that rests on declared signs, once it has come to its end."""
    elsewhere: Sequence[Row] = ()
    """Further runs of the study on the finest level that its declarations are held against: the training."""
    residual: ResidualPayload | None = None
    """What the plan of a declared bound came to; its runs are `rows`."""
    stated: ModelBased | None = None
    """What the model itself states, where its statement is to be credited."""
