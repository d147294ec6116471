"""A bench: a study in three factors, claims about it, and evidence for them, each in one line."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from assay.campaign import Row
from assay.programme import (
    AtCases,
    Case,
    Configuration,
    Criterion,
    Declaration,
    DocumentHead,
    ErrorShares,
    Everywhere,
    Factor,
    Fraction,
    Holds,
    Identity,
    ModelForm,
    Over,
    Pack,
    PackFactor,
    Programme,
    QuantitySpec,
    Source,
    Study,
    load,
    parse_expression,
)
from assay.programme.model import Budget, Sense
from assay.showing import AttemptState, Claim, Evidence, LimitValues, decide, make_claim
from assay.showing.records import Charge, DeclarationCheck, ShowingPayload, StructureTestPayload
from assay.statistics import Law

TINY = Path(__file__).resolve().parents[1] / "programmes" / "tiny"
HERE = Source("test", 1)
USUAL = Fraction(0.95, 0.95)
UNIFORM = Law.of("uniform", low=0.0, high=1.0)
NOTHING = Charge(numerical_relative=0.0, model_basis="allowance", model_factor=1.0)


def _factor(name: str, **changes: object) -> Factor:
    base = Factor(
        name=name,
        unit="1",
        range=(0.0, 1.0),
        envelope=(0.0, 1.0),
        kind="operating",
        value=0.5,
        tolerance=None,
        law=UNIFORM,
        fixed=False,
        source=HERE,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Bench:
    """Builders; every one has usual values for what a test does not care about."""

    def declaration(self, kind: str, *groups: Sequence[str]) -> Declaration:
        return Declaration("q", kind, tuple(map(tuple, groups)), "by theory", HERE)  # type: ignore[arg-type]

    def study(
        self,
        *declarations: Declaration,
        basis: str = "allowance",
        factors: Mapping[str, Mapping[str, object]] | None = None,
    ) -> Study:
        """Return the study ``s`` of the quantity ``q`` in x, y, z, each uniform on [0, 1]."""
        given = factors if factors is not None else {"x": {}, "y": {}, "z": {}}
        return Study(
            name="s",
            title="s",
            adapter="python",
            solver_file="s.py",
            solver_function="f",
            length_unit="mm",
            factors={name: _factor(name, **changes) for name, changes in given.items()},
            quantities={"q": QuantitySpec("q", "MPa", "root", 1e-9, 2.0, "", HERE)},
            declarations=declarations,
            verification=None,
            model_form=ModelForm(basis, 1.0, "lead", "tests", HERE),  # type: ignore[arg-type]
            surrogate=None,
            correlation=(),
            time_limit=1.0,
            run_time=1.0,
            files={},
            source=HERE,
        )

    def configuration(self, study: Study, **identity: str) -> Configuration:
        part = Identity("P", "D", "A", "1", "") if not identity else Identity(**identity)
        return Configuration("c", "c", part, {study.name: study.factors}, {}, HERE)

    def case(self, name: str, *tags: str, **factors: float) -> Case:
        return Case(name, "limit", factors, tags, Source("data/cases.csv", 1))

    def over(self, *names: str, others: object = "nominal", corners: object = None) -> Over:
        """Return the claim over a box of [0, 1], or over the corners of a file."""
        points = [{}]
        for name in names:
            points = [{**point, name: end} for point in points for end in (0.0, 1.0)]
        file = "data/corners.csv" if corners is not None else None
        return Over(names, tuple(corners or points), file, others)  # type: ignore[arg-type]

    def criterion(
        self,
        holds: Holds = USUAL,
        sense: Sense = "at_most",
        limits: Sequence[str] = ("100 MPa",),
        allow: int = 0,
        rungs: Sequence[str] = (),
    ) -> Criterion:
        parsed = tuple(parse_expression(text, aliases={}, factors={}) for text in limits)
        return Criterion(
            "R-1.a", "R-1", "s", "q", sense, parsed, tuple(limits), holds, tuple(rungs), (), allow, HERE
        )

    def programme(self, criterion: Criterion, study: Study, cases: Sequence[Case] = ()) -> Programme:
        configuration = self.configuration(study)
        return Programme(
            folder=TINY,
            name="bench",
            title="bench",
            document=DocumentHead("B", "1", "2026-11-01", ""),
            roles={"author": "Arthur", "lead": "Ada"},
            budget=Budget(None, None),
            shares=ErrorShares(),
            attempts=1,
            accepts={},
            packs={"rules": self.pack()},
            requirements={},
            criteria={criterion.id: criterion},
            studies={study.name: study},
            configurations={configuration.name: configuration},
            cases={"data/cases.csv": tuple(cases)},
            datasets={},
        )

    def pack(self, **values: float) -> Pack:
        factors = {tag: PackFactor(tag, value, "", True) for tag, value in (values or {"F": 1.5}).items()}
        return Pack("rules", "1", "", {}, {}, factors, {}, {}, {}, (), "")

    def claim(
        self,
        holds: Holds = USUAL,
        *,
        study: Study | None = None,
        cases: Sequence[Case] = (),
        sense: Sense = "at_most",
        allow: int = 0,
        rungs: Sequence[str] = (),
    ) -> Claim:
        study = study or self.study()
        limits = ("1 MPa", "100 MPa") if sense == "between" else ("100 MPa",)
        criterion = self.criterion(holds, sense, limits, allow, rungs)
        programme = self.programme(criterion, study, cases)
        return make_claim(programme, criterion, programme.configurations["c"])

    def at_cases(self, others: object = "nominal") -> AtCases:
        return AtCases("data/cases.csv", others)  # type: ignore[arg-type]

    def everywhere(self) -> Everywhere:
        return Everywhere()

    def row(self, value: float | None, index: int = 0, key: str = "", **factors: float) -> Row:
        """Return a row; None is a run that failed."""
        if value is None:
            return Row(index, key, factors, "failed", "crash")
        return Row(index, key, factors, "ok", None, {"q": value})

    def rows(self, values: Sequence[float | None], key: str = "") -> list[Row]:
        return [self.row(value, index, key) for index, value in enumerate(values)]

    def attempt(self, draws: int = 59, **changes: object) -> AttemptState:
        usual = AttemptState(
            number=1, total=1, level=0.05, draws=draws, gap=False, frozen=True, paid=True, price=None
        )
        return replace(usual, **changes)  # type: ignore[arg-type]

    def tested(self, study: Study, *, runs: int = 8, violations: int = 0) -> StructureTestPayload:
        """Return how the study's declarations fared."""
        checks = tuple(
            DeclarationCheck(
                quantity=d.quantity,
                kind=d.kind,
                groups=d.groups,
                reason=d.reason,
                runs=runs,
                required=max(8, 2 * len(d.factors)),
                checks=runs * len(d.groups),
                violations=violations,
                worst=1.0 if violations else -0.1,
            )
            for d in study.declarations
        )
        return StructureTestPayload(study="s", tolerance=1e-6, declarations=checks)

    def limits(self, *values: float, **changes: object) -> LimitValues:
        return replace(LimitValues(values or (100.0,), (), (), ()), **changes)  # type: ignore[arg-type]

    def evidence(
        self, claim: Claim | None = None, rows: Sequence[Row] | None = (), **changes: object
    ) -> Evidence:
        claim = claim or self.claim()
        declared = claim.study.declarations
        values = (1.0, 100.0) if claim.criterion.sense == "between" else (100.0,)
        usual = Evidence(
            claim=claim,
            packs={"rules": self.pack()},
            limits=self.limits(*values),
            charge=NOTHING,
            model_form_approved=True,
            structure=self.tested(claim.study) if declared else None,
            attempt=self.attempt() if claim.content is not None else None,
            rows=rows,
            guided=(),
        )
        return replace(usual, **changes)  # type: ignore[arg-type]

    def decide(
        self, claim: Claim | None = None, rows: Sequence[Row] | None = (), **changes: object
    ) -> ShowingPayload:
        return decide(self.evidence(claim, rows, **changes))

    def plan(self, values: Sequence[float | None], **changes: object) -> ShowingPayload:
        """Decide a plan of as many draws as there are values."""
        attempt = self.attempt(len(values))
        return self.decide(rows=self.rows(values), **{"attempt": attempt, **changes})


@pytest.fixture(scope="session")
def bench() -> Bench:
    return Bench()


@pytest.fixture(scope="session")
def tiny() -> Programme:
    return load(TINY)


@pytest.fixture(scope="session")
def seed() -> Callable[[str], str]:
    return lambda name: hashlib.sha256(name.encode()).hexdigest()


@pytest.fixture(scope="session")
def too_many() -> Callable[[int, int, float], bool]:
    """Return the one-sided gate: would so many errors have probability < 1e-3 at the promised rate?"""

    def gate(events: int, programmes: int, promised: float) -> bool:
        from scipy.stats import binom

        return bool(binom.sf(events - 1, programmes, promised) < 1e-3)

    return gate
