"""How are a claim, its law and its ways out said in one sentence? Templates, no judgement."""

from __future__ import annotations

from collections.abc import Sequence

from assay.programme import AtCases, Everywhere, Factor, Fraction
from assay.showing.claims import Claim, factors_of, varying
from assay.showing.records import DeclarationCheck

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
    kind = {"convex_in": "convex in", "linear_in": "linear in", "homogeneous_in": "homogeneous in"}
    groups = "; ".join(", ".join(group) for group in check.groups)
    violations = "0 violations" if check.violations == 0 else f"{check.violations} violations"
    return f"{check.quantity} {kind[check.kind]} {groups} ({check.checks} checks, {violations})"


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
