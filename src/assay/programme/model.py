"""The checked, frozen objects of a programme (DESIGN.md section 4).

Everything here has passed `assay check`: units are known, names resolve, limits parse. Values are
floats in the unit named beside them. `Source` remembers where each object was written, so that any
later stage can still name file and line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from assay.programme.expressions import Expression
from assay.programme.formulas import Formula as Formula
from assay.programme.pack_model import BasisRule as BasisRule
from assay.programme.pack_model import Clause as Clause
from assay.programme.pack_model import Objective as Objective
from assay.programme.pack_model import Pack as Pack
from assay.programme.pack_model import PackFactor as PackFactor
from assay.programme.residual_model import ResidualBound as ResidualBound
from assay.statistics import Law

OMITTED_BY_DEFAULT: Final = {"record": "omitted where it is the default"}
"""Metadata of a field that a record leaves out at its default: older records keep their ids."""

FactorKind = Literal["design", "operating", "material"]
Sense = Literal["at_most", "at_least", "between"]
DeclarationKind = Literal[
    "convex_in", "linear_in", "homogeneous_in", "increasing_in", "decreasing_in", "symmetric_in"
]


def bounding_kinds(sense: Sense) -> tuple[DeclarationKind, ...]:
    """Return the kinds of declaration by which corners bound a quantity from the side of its limit."""
    convex: tuple[DeclarationKind, ...] = ("convex_in",) if sense == "at_most" else ()
    return (*convex, "linear_in", "increasing_in", "decreasing_in")


@dataclass(frozen=True)
class Source:
    """Where something was written."""

    file: str
    line: int | None


@dataclass(frozen=True)
class DocumentMeans:
    """A requirement answered by a named document instead of a computation."""

    file: str
    """Path inside the programme folder; the file may be missing (then NOT SHOWN, report missing)."""
    role: str
    """The role that has to approve the file's digest."""


@dataclass(frozen=True)
class Requirement:
    """What must hold."""

    id: str
    sources: tuple[str, ...]
    """Clause codes of the packs, or the programme's own source (``TRAY-SPEC 4.2``)."""
    text: str
    means: tuple[str, ...]
    owner: str
    parent: str | None
    document: DocumentMeans | None
    source: Source


@dataclass(frozen=True)
class Fraction:
    """At least `fraction` of the joint law complies, with `confidence`."""

    fraction: float
    confidence: float


Others = Fraction | Literal["everywhere", "nominal"]


@dataclass(frozen=True)
class Everywhere:
    """Every point of the configuration complies."""


@dataclass(frozen=True)
class AtCases:
    """Every row of a case table complies, for `others`."""

    file: str
    others: Others


@dataclass(frozen=True)
class Over:
    """Everywhere over the polytope of the named factors, for `others`."""

    factors: tuple[str, ...]
    vertices: tuple[Mapping[str, float], ...]
    """The polytope's corners: the box of the ranges, or the rows of a CSV."""
    file: str | None
    others: Others


Holds = Fraction | Everywhere | AtCases | Over


@dataclass(frozen=True)
class Criterion:
    """The computable part of a requirement."""

    id: str
    requirement: str
    study: str
    quantity: str
    sense: Sense
    limits: tuple[Expression, ...]
    """One, or (lower, upper) for ``between``; in the quantity's unit."""
    limit_texts: tuple[str, ...]
    """The limits as their author wrote them."""
    holds: Holds
    rungs: tuple[str, ...]
    """Ordered plans asked for; empty means auto."""
    configurations: tuple[str, ...]
    """Configurations it applies to; empty means all."""
    allow: int
    source: Source


@dataclass(frozen=True)
class Factor:
    """An input of a study."""

    name: str
    unit: str
    range: tuple[float, float]
    """Where the solver may be run."""
    envelope: tuple[float, float]
    """Where claims and the guard live; default the range."""
    kind: FactorKind
    value: float
    """Nominal value; default the middle of the envelope for a factor that carries none."""
    tolerance: tuple[float, float] | None
    """Offsets from `value`; None where the factor is fixed or spans its envelope."""
    law: Law | None
    fixed: bool
    """True where a configuration or the study gives a value without tolerance or law."""
    source: Source


@dataclass(frozen=True)
class QuantitySpec:
    """An output of a study."""

    name: str
    unit: str
    region: str | None
    tolerance: float
    """Relative tolerance within which `reproduce` accepts another machine's value."""
    formal_order: float
    """Formal order of accuracy of the discretisation for this quantity."""
    text: str
    source: Source
    formula: Formula | None = field(default=None, metadata=OMITTED_BY_DEFAULT)
    """What it is derived from; None where the solver gives it."""
    residual: ResidualBound | None = field(default=None, metadata=OMITTED_BY_DEFAULT)
    """Declared bound of its model's error; None where nothing is declared."""


@dataclass(frozen=True)
class Declaration:
    """Declared, falsifiable structure of one quantity."""

    quantity: str
    kind: DeclarationKind
    groups: tuple[tuple[str, ...], ...]
    """Jointly within a group, separately between groups; monotone in a factor is a group of one."""
    reason: str
    source: Source

    @property
    def factors(self) -> tuple[str, ...]:
        """All declared factors, in order."""
        return tuple(name for group in self.groups for name in group)


@dataclass(frozen=True)
class Verification:
    """Solution verification: refinement levels of the solver's knobs, coarse to fine."""

    levels: Mapping[str, tuple[float, ...]]
    factor: float
    """Stated factor on the largest relative u_num before it is charged to all runs; default 1.25."""
    source: Source
    start: int = field(default=1, metadata=OMITTED_BY_DEFAULT)
    """Level on which draws start, 1 the finest; open ones are refined from there."""


@dataclass(frozen=True)
class ModelForm:
    """Declared basis of the model-form error (``[validation]``)."""

    basis: Literal["measured", "similarity", "allowance", "none"]
    factor: float
    """Allowance factor f >= 1; the charge is (f - 1)·|q|."""
    approver: str
    """Role that has to approve the allowance; empty for ``none``."""
    reason: str
    source: Source


@dataclass(frozen=True)
class SurrogateSpec:
    """What AI model to train, on how many runs."""

    family: str
    training: int
    """Number of training runs (scrambled Sobol over the ranges)."""
    rows: int
    """Rows of the superposable factors evaluated per training run; 1 without superposition."""
    refutation: int
    """Most runs a configuration that the model may propose against a criterion."""
    source: Source


@dataclass(frozen=True)
class Study:
    """One simulation question."""

    name: str
    title: str
    adapter: str
    solver_file: str
    solver_function: str
    length_unit: str
    factors: Mapping[str, Factor]
    quantities: Mapping[str, QuantitySpec]
    declarations: tuple[Declaration, ...]
    verification: Verification | None
    model_form: ModelForm
    surrogate: SurrogateSpec | None
    correlation: tuple[tuple[str, str, float], ...]
    time_limit: float
    """Seconds a run may take."""
    run_time: float | None
    """Seconds a run takes on one core as its author states it; prices of plans are printed from it."""
    files: Mapping[str, str]
    """The user's own files that the solver reads: path to ``sha256:`` digest."""
    source: Source
    applied_factors: tuple[str, ...] = ()
    """Tags of pack factors that the solver's function applies itself; no criterion or case may again."""

    @property
    def solved(self) -> dict[str, QuantitySpec]:
        """Return the quantities that the solver gives; the others are derived from them."""
        return {name: spec for name, spec in self.quantities.items() if spec.formula is None}

    def bases(self, quantity: str) -> tuple[str, ...]:
        """Return the solved quantities behind one: itself, or those in its formula."""
        formula = self.quantities[quantity].formula
        return (quantity,) if formula is None else formula.bases

    def applied_to(self, quantity: str) -> tuple[str, ...]:
        """Return the tags on the path of a quantity: the solver's own and those in its formula."""
        formula = self.quantities[quantity].formula
        return self.applied_factors if formula is None else (*self.applied_factors, *formula.tags)


@dataclass(frozen=True)
class Identity:
    """The part that a configuration describes."""

    part: str
    drawing: str
    issue: str
    serials: str
    parent: str


@dataclass(frozen=True)
class Configuration:
    """Design factors frozen at value and tolerance, with the identity of the part."""

    name: str
    title: str
    identity: Identity | None
    factors: Mapping[str, Mapping[str, Factor]]
    """Study name to the study's factors with this configuration's values, tolerances, laws."""
    geometry: Mapping[str, str]
    """File path to digest of geometry that the configuration names."""
    source: Source


@dataclass(frozen=True)
class Case:
    """One row of operating conditions that must hold by itself."""

    name: str
    level: str
    factors: Mapping[str, float]
    """Factor to value, in the study's units."""
    tags: tuple[str, ...]
    """Tags of pack factors that multiply the demand of this row."""
    source: Source


@dataclass(frozen=True)
class Column:
    """One column of a data set."""

    name: str
    unit: str
    values: tuple[float, ...]
    uncertainty: float | None
    group: str | None


@dataclass(frozen=True)
class Dataset:
    """Measurements with their origin."""

    name: str
    digest: str
    """Digest of the CSV's bytes."""
    source_text: str
    licence: str
    columns: Mapping[str, Column]
    labels: Mapping[str, tuple[str, ...]]
    """Columns that hold words (specimen, batch)."""
    source: Source


@dataclass(frozen=True)
class Budget:
    """Hard, resumable stops."""

    max_runs: int | None
    max_hours: float | None
    max_tokens: int | None = None


@dataclass(frozen=True)
class ErrorShares:
    """Shares of 1 - confidence; they sum to at most 1."""

    statistics: float = 1.0
    numerical: float = 0.0
    model: float = 0.0


@dataclass(frozen=True)
class DocumentHead:
    """``[document]`` of programme.toml."""

    reference: str
    issue: str
    date: str
    """ISO date as written by the author; never the clock."""
    statement: str


@dataclass(frozen=True)
class Programme:
    """A whole programme, checked."""

    folder: Path
    name: str
    title: str
    document: DocumentHead
    roles: Mapping[str, str]
    """Role to the person (or persons, comma separated) who may hold it."""
    budget: Budget
    shares: ErrorShares
    attempts: int | None
    """K declared before the first attempt, or None."""
    accepts: Mapping[str, str]
    """``[accept]``: what is accepted (``model``) to the role that accepts it."""
    packs: Mapping[str, Pack]
    requirements: Mapping[str, Requirement]
    """In the order of the file."""
    criteria: Mapping[str, Criterion]
    studies: Mapping[str, Study]
    configurations: Mapping[str, Configuration]
    cases: Mapping[str, tuple[Case, ...]]
    """File path to its rows."""
    datasets: Mapping[str, Dataset]
    narrative: Mapping[str, str] = field(default_factory=dict)
    """Narrative file name to its text."""
    notices: tuple[str, ...] = ()
    """Things that `check` prints without refusing: mass outside a range, correlations assumed."""
