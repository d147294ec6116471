"""Does the criterion hold? Evidence in, one verdict out; nothing defaults to SHOWN."""

from __future__ import annotations

from collections.abc import Sequence

from assay.programme import describe
from assay.showing.closing import closes_by
from assay.showing.findings import findings
from assay.showing.inputs import Evidence
from assay.showing.parts import Table, demand_factors, index_rows, judge_part
from assay.showing.records import (
    ClaimPart,
    DeclarationCheck,
    Finding,
    Margin,
    Method,
    Rung,
    ShowingPayload,
    Verdict,
)
from assay.showing.resting import assumptions, references
from assay.showing.sentences import claim_sentence, given_sentence
from assay.showing.structure import covering

ORDER: tuple[Verdict, ...] = ("REFUTED", "NOT SHOWN", "SHOWN GIVEN", "SHOWN")

BY_RUNS = frozenset({"runs-not-within", "runs-open", "runs-failed", "nominal-not-within"})
"""Reasons that speak of nothing but runs: other parts of the same claim keep their own verdicts."""


def worst(verdicts: Sequence[Verdict]) -> Verdict:
    """Return the worst of several verdicts in the order REFUTED, NOT SHOWN, SHOWN GIVEN, SHOWN."""
    return min(verdicts, key=ORDER.index)


def decide(evidence: Evidence) -> ShowingPayload:
    """Decide one criterion for one configuration."""
    claim, attempt = evidence.claim, evidence.attempt
    parts = _parts(evidence)
    found = findings(evidence)
    verdict, reason = _verdict(evidence, parts, found)
    rung, method = _by(evidence, parts, reason)
    return ShowingPayload(
        criterion=claim.criterion.id,
        requirement=claim.criterion.requirement,
        configuration=claim.configuration.name,
        study=claim.study.name,
        quantity=claim.criterion.quantity,
        unit=claim.study.quantities[claim.criterion.quantity].unit,
        sense=claim.criterion.sense,
        limit_texts=claim.criterion.limit_texts,
        holds=describe(claim.criterion.holds),
        claim_text=claim_sentence(claim),
        parts=parts,
        charge=evidence.charge,
        verdict=verdict,
        given=_given(evidence, parts, reason),
        reason=reason,
        closes_by=closes_by(reason, evidence, parts),
        price=attempt.price if attempt and reason == "plan-not-paid" else None,
        rung=rung,
        method=method,
        credit="structure" if verdict == "SHOWN GIVEN" else "none",
        margin=smallest_margin([part.margin for part in parts]),
        assumptions=assumptions(evidence),
        attempt=attempt.number if attempt else None,
        attempts=attempt.total if attempt else 0,
        findings=found,
        references=references(evidence, parts),
    )


def smallest_margin(margins: Sequence[Margin | None]) -> Margin | None:
    """Return the smallest of the margins that exist."""
    return min((m for m in margins if m is not None), key=lambda m: m.value, default=None)


def _parts(evidence: Evidence) -> tuple[ClaimPart, ...]:
    """Judge the parts where the plan is complete; before that no run state is looked at.

    A part without rows needs corners that nothing declared bounds: there is no run to judge it by.
    """
    claim, attempt = evidence.claim, evidence.attempt
    if evidence.rows is None or evidence.charge is None:
        return ()
    draws, level = 1, None
    if claim.content is not None:
        if attempt is None or attempt.level is None:
            return ()
        draws, level = attempt.draws, attempt.level
    table: Table = index_rows(evidence.rows, draws)
    return tuple(
        judge_part(
            claim,
            part,
            table,
            evidence.limits.values,
            evidence.charge,
            demand_factors(claim, part, evidence.packs),
            level,
        )
        for part in claim.parts
        if part.rows
    )


def _by(evidence: Evidence, parts: Sequence[ClaimPart], reason: str) -> tuple[Rung | None, Method | None]:
    """Return the rung and the method that the parts were judged by."""
    if not parts:
        # A guided run that refutes needs neither plan nor structure.
        return ("0a", "fixed") if reason == "refuted-by-run" else (None, None)
    if reason in {"plan-not-paid", "not-run"}:
        return None, None
    if not evidence.claim.corners_over:
        return "0a", "fixed"
    return "2", "structure+fixed" if evidence.claim.content else "structure"


def _verdict(evidence: Evidence, parts: Sequence[ClaimPart], found: Sequence[Finding]) -> tuple[Verdict, str]:
    """Refute first, by runs alone; then let nothing be shown that something stands against."""
    blocked = _blocked(evidence)
    if blocked is not None:
        return "NOT SHOWN", blocked
    if evidence.claim.unconditional_refutation and found:
        return "REFUTED", "refuted-by-run"
    unplanned = _unplanned(evidence)
    if unplanned is not None:
        return "NOT SHOWN", unplanned
    refuted = [part.reason for part in parts if part.verdict == "REFUTED"]
    if refuted:
        # The corners that were run lie in the claim, whatever is declared between them.
        return "REFUTED", refuted[0]
    if evidence.claim.uncovered:
        return "NOT SHOWN", "declaration-missing"
    if not _asked_for(evidence):
        return "NOT SHOWN", "plan-not-available"
    if len(parts) < len(evidence.claim.parts):
        return "NOT SHOWN", "not-run"
    untested = _untested(evidence)
    if untested is not None:
        return "NOT SHOWN", untested
    verdict = worst([part.verdict for part in parts])
    return verdict, next(part.reason for part in parts if part.verdict == verdict)


def _blocked(evidence: Evidence) -> str | None:
    """Return what keeps any verdict from being given, whatever the runs say."""
    if evidence.charge is None:
        return "numerical-not-assessed"
    if evidence.charge.model_basis != "allowance":
        # Measurements are charged by nothing here yet; what is not charged is not assessed.
        return "model-form-not-assessed"
    if not evidence.model_form_approved:
        return "model-form-not-approved"
    if evidence.limits.rejected:
        return "limit-assumption-failed"
    if evidence.limits.not_creditable:
        return "limit-not-creditable"
    return None


def _unplanned(evidence: Evidence) -> str | None:
    """Return what keeps draws from being counted, where the claim is one of a fraction."""
    attempt = evidence.attempt
    if evidence.claim.content is None:
        return None
    if attempt is None:
        return "not-run"
    if attempt.gap:
        return "attempts-gap"
    if not attempt.frozen:
        return "freeze-missing"
    if attempt.level is None:
        return "attempts-exhausted"
    return None if attempt.paid else "plan-not-paid"


def _asked_for(evidence: Evidence) -> bool:
    """Say whether the plan that the claim needs is among those that its criterion asks for, if it does."""
    claim, rungs = evidence.claim, set(evidence.claim.criterion.rungs)
    if claim.corners_over:
        return not rungs or bool(rungs & {"structure", "structure+fixed"})
    return not rungs or claim.content is None or "fixed" in rungs


def declarations_used(evidence: Evidence) -> tuple[DeclarationCheck, ...]:
    """Return the tested declarations that carry the claim's corners."""
    claim = evidence.claim
    if not claim.corners_over or evidence.structure is None:
        return ()
    return covering(evidence.structure, claim.criterion.quantity, claim.corners_over, claim.criterion.sense)


def _untested(evidence: Evidence) -> str | None:
    """Return why the declarations under the claim do not carry it, if they do not."""
    if not evidence.claim.corners_over:
        return None
    used = declarations_used(evidence)
    if any(check.violations for check in used):
        return "declaration-broken"
    tested = {name for check in used for group in check.groups for name in group}
    enough = all(check.runs >= check.required for check in used)
    return None if enough and set(evidence.claim.corners_over) <= tested else "declaration-not-tested"


def _given(evidence: Evidence, parts: Sequence[ClaimPart], reason: str) -> tuple[str, ...]:
    """Return the declarations that stand under the parts that are shown, also beside parts that are not."""
    stands = reason == "shown-given" or reason in BY_RUNS
    if stands and any(part.verdict == "SHOWN GIVEN" for part in parts) and _untested(evidence) is None:
        return tuple(given_sentence(check) for check in declarations_used(evidence))
    return ()
