from __future__ import annotations

import ast
from pathlib import Path

import pytest

import assay.compliance
import assay.showing
from assay.programme import Fraction
from assay.showing import REASONS, sentence
from assay.showing.dominance import Climb, on_signs
from assay.showing.records import Charge
from assay.showing.residual_records import Contradiction, DeclaredBound, ResidualPayload
from assay.showing.sequential import Path as Wealth

OPEN = Charge(numerical_relative=0.1, model_basis="allowance", model_factor=1.0)
MATRIX = {
    "stale",
    "document-missing",
    "document-not-approved",
    "document-approved",
    "nothing-declared",
    "children",
}
"""Reached in tests/compliance/test_matrix.py."""


def over(bench, *values, declared=True, tests=None, **changes):
    study = bench.study(*([bench.declaration("convex_in", ["x"])] if declared else []))
    claim = bench.claim(bench.over("x"), study=study, **changes)
    rows = [bench.row(value, 0, f"over:x#{n}") for n, value in enumerate(values)]
    structure = bench.tested(study, **(tests or {})) if declared else None
    return bench.decide(claim, rows, structure=structure)


def nominal(bench, value, **changes):
    claim = bench.claim(bench.at_cases(), cases=[bench.case("a", x=0.1)])
    return bench.decide(claim, [bench.row(value, 0, "data/cases.csv#a")], **changes)


def falsified(bench):
    declared = DeclaredBound(absolute=0.1, relative=0.0, reason="a chart")
    away = Contradiction(record="sha256:r", index=3, row="", quantity=50.0, predicted=49.0, bound=0.1)
    said = ResidualPayload(
        criterion="R-1.a", configuration="c", study="s", quantity="q", attempt=1, declared=declared,
        level=0.05, allowed=0.05, spent=0.001, mass_conceded=0.01, mass_reach=0.1, share=0.4, planned=8,
        whole=False, not_within=0, beyond=0, checks=30, violating=1, violations=(away,), state="falsified",
        bound=None, attained=None,
    )  # fmt: skip
    attempt = bench.attempt(8, plan="residual")
    return bench.decide(
        bench.claim(rungs=("residual",)), bench.rows([50.0] * 8), attempt=attempt, residual=said
    )


def stated(bench, *, conformal=2.0, not_within=0, places=8, away=0.0, person="Grace"):
    from assay.showing.inputs import ModelBased
    from assay.showing.model_records import ModelCheckPayload, ModelStatementPayload

    about = {"criterion": "R-1.a", "configuration": "c", "study": "s", "quantity": "q", "attempt": 1}
    width = None if conformal is None else max(1.0, conformal)
    share = 1.0 if not_within else 0.04
    said = ModelStatementPayload(
        **about, role="model owner", level=0.05, allowed=0.05, seed="x", draws=59, outside=0, silent=0,
        wide=not_within, rows=30, two_sd=1.0, conformal=conformal, width=width, within_low=None,
        within_high=100.0, bound=share, attained=share,
    )  # fmt: skip
    run = Contradiction(record="sha256:r", index=3, row="", quantity=50.0 + away, predicted=50.0, bound=2.0)
    check = ModelCheckPayload(
        **about, width=width, runs=places, places=places, required=8, violating=int(away > 2.0),
        violations=(run,) if away > 2.0 else (),
    )  # fmt: skip
    attempt = bench.attempt(0, plan="model")
    based = ModelBased(said, check, person)
    return bench.decide(bench.claim(rungs=("model",)), None, attempt=attempt, stated=based)


REACHED = {
    "shown": lambda b: b.plan([50.0] * 59),
    "shown-given": lambda b: over(b, 50.0, 60.0),
    "refuted-by-run": lambda b: nominal(b, 150.0),
    "refuted-by-draws": lambda b: b.plan([150.0] * 7 + [50.0] * 52),
    "not-run": lambda b: b.decide(rows=None),
    "plan-not-paid": lambda b: b.decide(rows=None, attempt=b.attempt(paid=False)),
    "runs-not-within": lambda b: b.plan([150.0] * 3 + [50.0] * 56),
    "runs-open": lambda b: b.plan([100.0] * 3 + [50.0] * 56, charge=OPEN),
    "runs-failed": lambda b: b.plan([None] + [50.0] * 58),
    "nominal-not-within": lambda b: nominal(b, 99.0, charge=OPEN),
    "model-form-not-assessed": lambda b: b.plan(
        [50.0] * 59, charge=Charge(numerical_relative=0.0, model_basis="none", model_factor=1.0)
    ),
    "model-form-not-approved": lambda b: b.plan([50.0] * 59, model_form_approved=False),
    "numerical-not-assessed": lambda b: b.plan([50.0] * 59, charge=None),
    "limit-not-creditable": lambda b: b.plan(
        [50.0] * 59, limits=b.limits(100.0, not_creditable=("60 of 75",))
    ),
    "limit-assumption-failed": lambda b: b.plan([50.0] * 59, limits=b.limits(100.0, rejected=("rejected",))),
    "declaration-missing": lambda b: over(b, 50.0, 60.0, declared=False),
    "declaration-not-tested": lambda b: over(b, 50.0, 60.0, tests={"runs": 7}),
    "declaration-broken": lambda b: over(b, 50.0, 60.0, tests={"violations": 1}),
    "sequential-undecided": lambda b: b.decide(
        rows=None, attempt=b.attempt(60, plan="sequential"), paths={"": Wealth((), (), 0, 0.049, 0.05)}
    ),
    "structure-undecided": lambda b: b.decide(
        on_signs(b.claim(study=b.study(b.declaration("increasing_in", ["x"], ["y"], ["z"])))),
        rows=(),
        attempt=b.attempt(60, plan="structure"),
        climb=Climb((), (), 1, 0.049, 0.05, None, enough=False),
    ),
    "residual-falsified": falsified,
    "residual-no-plan": lambda b: b.decide(
        b.claim(rungs=("residual",)), None, attempt=b.attempt(0, plan="residual", paid=False)
    ),
    "model-refused": lambda b: b.decide(
        b.claim(rungs=("model",)), None, attempt=b.attempt(0, plan="model", paid=False)
    ),
    "model-contradicted": lambda b: stated(b, away=3.0),
    "model-without-width": lambda b: stated(b, conformal=None),
    "model-not-tested": lambda b: stated(b, places=7),
    "model-not-within": lambda b: stated(b, not_within=59),
    "model-not-accepted": lambda b: stated(b, person=None),
    "attempts-exhausted": lambda b: b.decide(
        rows=None, attempt=b.attempt(0, number=2, level=None, paid=False)
    ),
    "attempts-gap": lambda b: b.plan([50.0] * 59, attempt=b.attempt(gap=True)),
    "freeze-missing": lambda b: b.plan([50.0] * 59, attempt=b.attempt(frozen=False)),
    "plan-not-available": lambda b: over(b, 50.0, 60.0, rungs=["fixed"]),
}


@pytest.mark.parametrize("reason", REACHED)
def test_every_reason_is_reached_with_a_way_out(bench, reason):
    payload = REACHED[reason](bench)
    assert payload.reason == reason
    shown = payload.verdict in {"SHOWN", "SHOWN GIVEN"}
    assert shown == (payload.closes_by == "")
    assert shown == reason.startswith("shown")


def test_every_reason_has_a_sentence_and_a_test():
    assert set(REACHED) | MATRIX == set(REASONS)
    for code in REASONS:
        assert sentence(code)
        assert not sentence(code).endswith(".")
    with pytest.raises(KeyError):
        sentence("no such reason")


def test_no_reason_is_written_that_has_no_sentence():
    """Every code that the sources hand out as a reason stands in the table."""
    used = set()
    for module in (assay.showing, assay.compliance):
        for path in Path(module.__file__).parent.glob("*.py"):
            if path.stem == "reasons":
                continue
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    used.add(node.value)
    assert set(REASONS) <= used, f"never used: {set(REASONS) - used}"


def test_a_fraction_over_corners_is_reached_too(bench):
    study = bench.study(bench.declaration("convex_in", ["x"]))
    claim = bench.claim(bench.over("x", others=Fraction(0.95, 0.95)), study=study)
    rows = bench.rows([50.0] * 59, "over:x#0") + bench.rows([60.0] * 59, "over:x#1")
    assert bench.decide(claim, rows).reason == "shown-given"
