"""Does the criterion hold? Evidence in, one verdict out; nothing defaults to SHOWN."""

from __future__ import annotations

from collections.abc import Sequence

from assay.programme import describe
from assay.showing.betting_parts import judge_path
from assay.showing.closing import closes_by
from assay.showing.contradictions import held_against_runs
from assay.showing.dominance_parts import judge_climb
from assay.showing.findings import findings
from assay.showing.inputs import AttemptState, Evidence
from assay.showing.model_based import judge_statement
from assay.showing.parts import Table, demand_factors, index_rows, judge_part
from assay.showing.records import (
    ClaimPart,
    Credit,
    DeclarationCheck,
    Finding,
    Margin,
    Method,
    Rung,
    ShowingPayload,
    Verdict,
)
from assay.showing.residual import judge_band
from assay.showing.resting import assumptions, references
from assay.showing.sentences import (
    claim_sentence,
    given_sentence,
    level_sentence,
    model_sentence,
    residual_sentence,
)
from assay.showing.structure import carrying

ORDER: tuple[Verdict, ...] = ("REFUTED", "NOT SHOWN", "SHOWN GIVEN", "SHOWN")

BY_RUNS = frozenset(
    {
        "runs-not-within",
        "runs-open",
        "runs-failed",
        "nominal-not-within",
        "sequential-undecided",
        "structure-undecided",
    }
)
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
        credit=_credit(evidence, parts, verdict),
        margin=_margin(parts),
        assumptions=assumptions(evidence),
        attempt=attempt.number if attempt else None,
        attempts=attempt.total if attempt else 0,
        findings=found,
        references=references(evidence, parts),
    )


def _margin(parts: Sequence[ClaimPart]) -> Margin | None:
    """Return the smallest margin of the parts; None where one has none, for that one may be the worst."""
    margins = [part.margin for part in parts]
    return None if None in margins else smallest_margin(margins)


def smallest_margin(margins: Sequence[Margin | None]) -> Margin | None:
    """Return the smallest of the margins that exist."""
    return min((m for m in margins if m is not None), key=lambda m: m.value, default=None)


def _parts(evidence: Evidence) -> tuple[ClaimPart, ...]:
    """Judge the parts where the plan is complete; before that no run state is looked at.

    A part without rows needs corners that nothing declared bounds: there is no run to judge it by.
    """
    claim, attempt = evidence.claim, evidence.attempt
    if attempt is not None and attempt.plan == "sequential":
        return _betted(evidence, attempt)
    if attempt is not None and attempt.plan == "structure":
        return _certified(evidence, attempt)
    if attempt is not None and attempt.plan == "model":
        return _stated(evidence)
    if evidence.rows is None or evidence.charge is None:
        return ()
    if attempt is not None and attempt.plan == "residual":
        return _banded(evidence)
    draws, level = 1, None
    if claim.content is not None:
        if attempt is None or attempt.level is None:
            return ()
        draws, level = attempt.draws, attempt.level
    table: Table = index_rows(evidence.rows, draws, evidence.levels)
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


def _betted(evidence: Evidence, attempt: AttemptState) -> tuple[ClaimPart, ...]:
    """Judge the parts whose runs decide one by one; looking early costs nothing there."""
    claim, charge = evidence.claim, evidence.charge
    if charge is None or attempt.level is None:
        return ()
    return tuple(
        judge_path(
            claim,
            part,
            evidence.paths[part.case.name if part.case else ""],
            evidence.limits.values,
            charge,
            demand_factors(claim, part, evidence.packs),
            attempt.level,
        )
        for part in claim.parts
        if (part.case.name if part.case else "") in evidence.paths
    )


def _certified(evidence: Evidence, attempt: AttemptState) -> tuple[ClaimPart, ...]:
    """Judge the one part of a plan that rests on declared signs."""
    claim, charge, path = evidence.claim, evidence.charge, evidence.climb
    if charge is None or attempt.level is None or path is None:
        return ()
    (part,) = claim.parts
    factors = demand_factors(claim, part, evidence.packs)
    return (judge_climb(claim, part, path, evidence.limits.values, charge, factors, attempt.level),)


def _banded(evidence: Evidence) -> tuple[ClaimPart, ...]:
    """Judge the one part of a plan under a declared bound on the model's error."""
    claim, charge, said = evidence.claim, evidence.charge, evidence.residual
    if charge is None or said is None or evidence.rows is None:
        return ()
    (part,) = claim.parts
    factors = demand_factors(claim, part, evidence.packs)
    return (judge_band(claim, part, evidence.rows, said, evidence.limits.values, charge, factors),)


def _stated(evidence: Evidence) -> tuple[ClaimPart, ...]:
    """Judge the one part of a claim that rests on what a model states."""
    claim, said = evidence.claim, evidence.stated
    if evidence.charge is None or said is None:
        return ()
    (part,) = claim.parts
    accepted = said.person is not None
    limits = evidence.limits.values
    return (judge_statement(part, said.statement, said.check, limits, accepted=accepted),)


def _by(evidence: Evidence, parts: Sequence[ClaimPart], reason: str) -> tuple[Rung | None, Method | None]:
    """Return the rung and the method that the parts were judged by."""
    if not parts:
        # A guided run that refutes needs neither plan nor structure.
        return ("0a", "fixed") if reason == "refuted-by-run" else (None, None)
    if reason in {"plan-not-paid", "not-run"}:
        return None, None
    if any(part.wealth is not None for part in parts):
        return "0b", "sequential"
    if any(part.dominance is not None for part in parts):
        return "2", "structure"
    if any(part.residual is not None for part in parts):
        return "1", "residual"
    if any(part.stated is not None for part in parts):
        return "3", "model"
    if not evidence.claim.corners_over:
        return "0a", "fixed"
    return "2", "structure+fixed" if evidence.claim.content else "structure"


def _credit(evidence: Evidence, parts: Sequence[ClaimPart], verdict: Verdict) -> Credit:
    """Return what a model or a declared structure earned: nothing, unless the claim is shown under it."""
    if verdict != "SHOWN GIVEN":
        return "none"
    if any(part.residual is not None or part.stated is not None for part in parts):
        return "residual"
    return "structure" if evidence.claim.corners_over else "none"


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
    if attempt.plan == "residual" and attempt.draws == 0:
        return "residual-no-plan"
    if attempt.plan == "model" and not attempt.paid:
        return "model-refused"
    return None if attempt.paid else "plan-not-paid"


def _asked_for(evidence: Evidence) -> bool:
    """Say whether the plan that the claim needs is among those that its criterion asks for, if it does."""
    claim, rungs = evidence.claim, set(evidence.claim.criterion.rungs)
    if claim.corners_over:
        return not rungs or bool(rungs & {"structure", "structure+fixed"})
    plan = evidence.attempt.plan if evidence.attempt is not None else "fixed"
    return not rungs or claim.content is None or plan in rungs


def declarations_used(evidence: Evidence) -> tuple[DeclarationCheck, ...]:
    """Return the tested declarations that carry the claim's corners."""
    claim = evidence.claim
    if not claim.corners_over or evidence.structure is None:
        return ()
    return carrying(evidence.structure, claim)


def _untested(evidence: Evidence) -> str | None:
    """Return why the declarations under the claim do not carry it, if they do not."""
    if not evidence.claim.corners_over:
        return None
    used = declarations_used(evidence)
    if any(check.violations for check in used) or held_against_runs(evidence).violations:
        return "declaration-broken"
    bounding = [check for check in used if check.kind != "symmetric_in"]
    tested = {name for check in bounding for group in check.groups for name in group}
    enough = all(check.runs >= check.required for check in used)
    return None if enough and set(evidence.claim.corners_over) <= tested else "declaration-not-tested"


def level_sentences(evidence: Evidence) -> tuple[str, ...]:
    """Return the bounds of the coarser levels on which counted draws stand."""
    draws = evidence.attempt.draws if evidence.attempt else 1
    claim = evidence.claim
    quantity, unit = claim.criterion.quantity, claim.study.quantities[claim.criterion.quantity].unit
    return tuple(level_sentence(quantity, unit, level) for level in evidence.levels.resting(draws))


def residual_sentences(evidence: Evidence) -> tuple[str, ...]:
    """Return the declared bound on the model's error that carries the claim, with its checks."""
    said = evidence.residual
    unit = evidence.claim.study.quantities[evidence.claim.criterion.quantity].unit
    return () if said is None or said.violations else (residual_sentence(unit, said),)


def model_sentences(evidence: Evidence) -> tuple[str, ...]:
    """Return what a model states of its error, with who accepts it and its checks, where that carries it."""
    said = evidence.stated
    carries = said is not None and said.person is not None and not said.check.violating
    return (model_sentence(said.statement, said.check),) if said is not None and carries else ()


def _given(evidence: Evidence, parts: Sequence[ClaimPart], reason: str) -> tuple[str, ...]:
    """Return the declarations that stand under the parts that are shown, also beside parts that are not."""
    stands = reason == "shown-given" or reason in BY_RUNS
    if not any(part.verdict == "SHOWN GIVEN" for part in parts) or _untested(evidence) is not None:
        return ()
    # Cases that are shown beside a refuted one may stand on a coarser level; its bound is said with them.
    used = tuple(given_sentence(check) for check in declarations_used(evidence)) if stands else ()
    used = (*used, *residual_sentences(evidence), *model_sentences(evidence)) if stands else used
    return (*used, *level_sentences(evidence)) if stands or reason == "refuted-by-draws" else ()
