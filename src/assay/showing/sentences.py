"""How are a claim, its law and its ways out said in one sentence? Templates, no judgement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_CEILING, Context

from assay.programme import AtCases, DeclarationKind, Everywhere, Factor, Fraction
from assay.showing.claims import Claim, factors_of, varying
from assay.showing.inputs import LevelBound
from assay.showing.model_records import ModelCheckPayload, ModelStatementPayload
from assay.showing.records import DeclarationCheck, DerivedCharge
from assay.showing.residual_records import DeclaredBound, ResidualPayload

DECLARED: Mapping[DeclarationKind, str] = {
    "convex_in": "convex in",
    "linear_in": "linear in",
    "homogeneous_in": "homogeneous in",
    "increasing_in": "increasing in",
    "decreasing_in": "decreasing in",
    "symmetric_in": "symmetric in",
}
SENSES = {"at_most": "at most", "at_least": "at least", "between": "between"}


def percent(value: float) -> str:
    """Return a fraction as a percentage without trailing zeros."""
    return f"{100.0 * value:.6g} %"


def claim_sentence(claim: Claim) -> str:
    """Return what the criterion claims for the configuration."""
    criterion = claim.criterion
    limit = " and ".join(criterion.limit_texts)
    subject = f"{criterion.quantity} is {SENSES[criterion.sense]} {limit}"
    holds = criterion.holds
    name = claim.configuration.name
    if isinstance(holds, Fraction):
        return f"{subject} for {_content(holds)} of the joint law of configuration {name}"
    if isinstance(holds, Everywhere):
        return f"{subject} everywhere in configuration {name}"
    if isinstance(holds, AtCases):
        return f"{subject} at every case of {holds.file}, {_others(holds.others)}, configuration {name}"
    over = ", ".join(holds.factors)
    return f"{subject} everywhere over {over}, {_others(holds.others)}, configuration {name}"


def _content(content: Fraction) -> str:
    return f"at least {percent(content.fraction)} (confidence {percent(content.confidence)})"


def _others(others: Fraction | str) -> str:
    if isinstance(others, Fraction):
        return f"for {_content(others)} of the law of the others"
    return "the others at their nominal values" if others == "nominal" else "everywhere in the others"


def given_sentence(check: DeclarationCheck) -> str:
    """Return the GIVEN of a verdict: the declaration with its number of checks."""
    groups = "; ".join(", ".join(group) for group in check.groups)
    violations = f"{check.violations} violations"
    return f"{check.quantity} {DECLARED[check.kind]} {groups} ({check.checks} checks, {violations})"


def held_sentence(comparisons: int, violations: int) -> str:
    """Return how the declarations under a claim fared against the runs of its showing."""
    return (
        "the declarations held against the runs of this showing: "
        f"{_counted(comparisons, 'comparison')}, {_counted(violations, 'violation')}"
    )


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def level_sentence(quantity: str, unit: str, level: LevelBound) -> str:
    """Return the GIVEN of a verdict that rests on runs coarser than the finest level, with its checks."""
    misses = f"{level.misses} miss{'' if level.misses == 1 else 'es'}"
    text = f"{quantity} on {level.text} is off by at most "
    text += "nothing that is known" if level.bound is None else f"{_up(level.bound)} {unit}".rstrip()
    if level.bases:
        behind = [f"{name} by at most {_up(b)} {own}".rstrip() for name, (b, own) in level.bases.items()]
        text = f"{quantity} on {level.text} is derived from what is off: {joined(behind)}"
    excluded = (
        "" if level.excluded is None else f"; more than {_up(100.0 * level.excluded)} % excluded at 95 %"
    )
    return f"{text} ({level.checks} checks, {misses}{excluded})"


def derived_sentence(quantity: str, charge: DerivedCharge) -> str:
    """Return what is charged to a derived quantity: the interval from the charges of its bases."""
    shares = joined([f"{name} {percent(relative)}" for name, relative in charge.bases.items()])
    return (
        f"{quantity} = {charge.formula} lies in the interval that the numerical errors of the quantities in "
        f"it leave, at most this share of each value: {shares}"
    )


def _up(value: float) -> str:
    """Return a bound with four digits, rounded up."""
    return f"{Context(prec=4, rounding=ROUND_CEILING).create_decimal(value).normalize():f}"


def bound_sentence(quantity: str, unit: str, declared: DeclaredBound) -> str:
    """Return a declared bound on the error of a quantity's model."""
    terms = [f"{declared.absolute:.12g} {unit}".rstrip()] if declared.absolute else []
    terms += [f"{100.0 * declared.relative:.12g} % of the model's value"] if declared.relative else []
    return f"|{quantity} - model| <= {' + '.join(terms)}"


def residual_sentence(unit: str, said: ResidualPayload) -> str:
    """Return the GIVEN of a verdict that rests on a declared bound: the bound with its checks and reason."""
    counted = f"{_counted(said.checks, 'check')}, {_counted(said.violating, 'violation')}"
    return f"{bound_sentence(said.quantity, unit, said.declared)} ({counted}): {said.declared.reason}"


def model_sentence(said: ModelStatementPayload, check: ModelCheckPayload, *, accepted: bool = True) -> str:
    """Return the GIVEN of a verdict that rests on what a model states of itself (rung 3)."""
    counted = f"{_counted(check.places, 'check')}, {_counted(check.violating, 'violation')}"
    how = "accepted by" if accepted else "to be accepted by"
    return f"the error of the model of {said.quantity} is as it states, {how} {said.role} ({counted})"


def law_sentence(claim: Claim) -> str:
    """Return the joint law under which a fraction is claimed."""
    fixed = {name for part in claim.parts for row in part.rows for name, _ in row.overrides}
    factors = factors_of(claim.study, claim.configuration)
    parts = [_law(factors[name]) for name in varying(claim.study, claim.configuration, fixed)]
    pairs = claim.study.correlation
    joint = "independent" if not pairs else "correlated " + ", ".join(f"{a}~{b} {r:g}" for a, b, r in pairs)
    return f"joint law: {'; '.join(parts) or 'nothing varies'}; {joint}"


def _law(factor: Factor) -> str:
    if factor.law is None:
        return f"{factor.name} held at {factor.value:g} {factor.unit}".rstrip()
    listed = ", ".join(f"{key} {_number(value)}" for key, value in factor.law.parameters)
    return f"{factor.name} {factor.law.kind} ({listed}) {factor.unit}".rstrip()


def _number(value: float | tuple[float, ...]) -> str:
    if isinstance(value, tuple):
        return f"{len(value)} values"
    return f"{value:g}"


def joined(texts: Sequence[str]) -> str:
    """Return texts as one, separated by semicolons."""
    return "; ".join(texts)
