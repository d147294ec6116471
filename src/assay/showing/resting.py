"""What does a verdict rest on? Assumption rows with their checks, and the methods it used."""

from __future__ import annotations

from collections.abc import Sequence

from assay.showing.inputs import Evidence
from assay.showing.limits import rejection
from assay.showing.records import Assumption, Check, ClaimPart
from assay.showing.sentences import given_sentence, law_sentence, percent
from assay.showing.structure import covering


def assumptions(evidence: Evidence) -> tuple[Assumption, ...]:
    """Return the assumption rows: law, numerical bound and model form always, the rest where used."""
    return (
        *_law(evidence),
        _numerical(evidence),
        _model_form(evidence),
        *_declarations(evidence),
        *_basis(evidence),
        *_order(evidence),
    )


def _law(evidence: Evidence) -> tuple[Assumption, ...]:
    claim = evidence.claim
    record = evidence.records.get("configuration")
    if claim.content is not None:
        return (Assumption(text=law_sentence(claim), check="not checked", record=record),)
    if claim.unconditional_refutation:
        return ()
    text = "the factors that the claim does not name stand at their nominal values"
    return (Assumption(text=text, check="not checked", record=record),)


def _numerical(evidence: Evidence) -> Assumption:
    record = evidence.records.get("charge")
    if evidence.charge is None:
        return Assumption(text="numerical error not assessed", check="failed", record=record)
    text = f"numerical error at most {percent(evidence.charge.numerical_relative)} of each value"
    note = evidence.notes.get("numerical", "")
    return Assumption(text=f"{text}{': ' + note if note else ''}", check="passed", record=record)


def _model_form(evidence: Evidence) -> Assumption:
    form = evidence.claim.study.model_form
    record = evidence.records.get("allowance")
    if form.basis != "allowance":
        return Assumption(text=f"model form: {form.basis}", check="not checked", record=record)
    approved = evidence.model_form_approved
    held = "approved" if approved else "not approved"
    text = f"model form: allowance {form.factor:g}, {held} by the role {form.approver}: {form.reason}"
    return Assumption(text=text, check="not checked" if approved else "failed", record=record)


def _declarations(evidence: Evidence) -> tuple[Assumption, ...]:
    claim = evidence.claim
    if not claim.corners_over:
        return ()
    record = evidence.records.get("structure")
    rows = []
    if claim.uncovered:
        text = f"no declared structure bounds {claim.criterion.quantity} over {', '.join(claim.uncovered)}"
        rows.append(Assumption(text=text, check="failed", record=None))
    if evidence.structure is None:
        return (*rows, Assumption(text="declared structure not tested", check="not checked", record=None))
    used = covering(evidence.structure, claim.criterion.quantity, claim.corners_over, claim.criterion.sense)
    for check in used:
        state: Check = "passed" if check.runs >= check.required else "not checked"
        text = f"{given_sentence(check)}: {check.reason}"
        rows.append(Assumption(text=text, check="failed" if check.violations else state, record=record))
    return tuple(rows)


def _basis(evidence: Evidence) -> tuple[Assumption, ...]:
    rows = []
    reasons = dict(zip(evidence.limits.blocked, evidence.limits.not_creditable, strict=False))
    for call in evidence.limits.basis:
        record = evidence.records.get(f"basis:{call.subject}")
        text = (
            f"{call.dataset}.{call.column} is normally distributed; its basis value has its own "
            f"confidence {percent(call.confidence)}, printed, not spent"
        )
        state: Check = "failed" if rejection(call) in evidence.limits.rejected else "passed"
        rows.append(Assumption(text=text, check=state, record=record))
        if call in reasons:
            text = f"basis value of {call.dataset}.{call.column}: {reasons[call]}"
            rows.append(Assumption(text=text, check="failed", record=record))
    for role, text in evidence.notes.items():
        if role.startswith("deviation:"):
            rows.append(Assumption(text=text, check="not checked", record=evidence.records.get(role)))
    return tuple(rows)


def _order(evidence: Evidence) -> tuple[Assumption, ...]:
    if evidence.attempt is None:
        return ()
    text = "criteria, limits and plan were fixed before the draws: attested by the journal (self)"
    return (Assumption(text=text, check="not checked", record=evidence.records.get("freeze")),)


def references(evidence: Evidence, parts: Sequence[ClaimPart]) -> tuple[str, ...]:
    """Return the citation keys of the methods that the verdict really used."""
    keys = []
    if any(part.bound is not None for part in parts):
        keys += ["clopper-pearson-1934", "wilks-1941"]
    if len(parts) > 1:
        keys.append("berger-1982")
    if evidence.claim.corners_over:
        keys.append("rockafellar-1970")
    if evidence.limits.basis:
        keys += ["owen-1968", "stephens-1974"]
    if evidence.charge is not None and evidence.charge.numerical_relative > 0.0:
        keys += ["roache-1994", "celik-2008"]
    return tuple(keys)
