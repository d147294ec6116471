"""What does a verdict rest on? Assumption rows with their checks, and the methods it used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from assay.showing.contradictions import held_against_runs
from assay.showing.corners import signs_of
from assay.showing.inputs import Evidence
from assay.showing.limits import assumed, rejection
from assay.showing.records import Assumption, Check, ClaimPart
from assay.showing.sentences import (
    derived_sentence,
    given_sentence,
    held_sentence,
    law_sentence,
    level_sentence,
    model_sentence,
    percent,
    residual_sentence,
)
from assay.showing.structure import carrying


def assumptions(evidence: Evidence) -> tuple[Assumption, ...]:
    """Return the assumption rows: law, numerical bound and model form always, the rest where used."""
    return (
        *_law(evidence),
        _numerical(evidence),
        *_levels(evidence),
        _model_form(evidence),
        *_betting(evidence),
        *_residual(evidence),
        *_stated(evidence),
        *_masses(evidence),
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
    if evidence.charge.derived is not None:
        text = derived_sentence(evidence.claim.criterion.quantity, evidence.charge.derived)
        return Assumption(text=text, check="passed", record=record)
    text = f"numerical error at most {percent(evidence.charge.numerical_relative)} of each value"
    note = evidence.notes.get("numerical", "")
    return Assumption(text=f"{text}{': ' + note if note else ''}", check="passed", record=record)


def _levels(evidence: Evidence) -> tuple[Assumption, ...]:
    """Return a row a coarser level: those that draws stand on, and those that a miss voided."""
    draws = evidence.attempt.draws if evidence.attempt else 1
    standing, claim = evidence.levels.resting(draws), evidence.claim
    quantity, unit = claim.criterion.quantity, claim.study.quantities[claim.criterion.quantity].unit
    record = evidence.records.get("levels")
    rows = []
    for bound in evidence.levels.bounds.values():
        count = sum(level == bound.level and draw < draws for draw, level in evidence.levels.of.items())
        text = f"{level_sentence(quantity, unit, bound)}: {count} of {draws} draws stand on it"
        if bound in standing:
            rows.append(
                Assumption(text=text, check="passed" if bound.checks else "not checked", record=record)
            )
        elif bound.void:
            text = f"{bound.text} is void for a miss: its draws were run again on the finest level"
            rows.append(Assumption(text=text, check="passed", record=record))
    return tuple(rows)


def _betting(evidence: Evidence) -> tuple[Assumption, ...]:
    """Return what the constants of the bets took of the error level."""
    attempt = evidence.attempt
    if attempt is None or attempt.level is None or not evidence.paths:
        return ()
    taken = max(attempt.level - path.level for path in evidence.paths.values())
    text = (
        "the constants of the bets were bounded from draws of the law, no solver run among them, at an "
        f"error of {percent(taken)}, taken from the level of the claim"
    )
    record = next((evidence.records[role] for role in evidence.records if role.startswith("wealth")), None)
    return (Assumption(text=text, check="passed", record=record),)


def _masses(evidence: Evidence) -> tuple[Assumption, ...]:
    """Return what the masses of the regions of a plan on declared signs took of the error level."""
    attempt, path = evidence.attempt, evidence.climb
    if attempt is None or attempt.level is None or path is None:
        return ()
    text = (
        "what is undecided and what is conceded was bounded from draws of the law, no solver run among "
        f"them, at an error of {percent(attempt.level - path.level)}, taken from the level of the claim"
    )
    return (Assumption(text=text, check="passed", record=evidence.records.get("dominance")),)


def _residual(evidence: Evidence) -> tuple[Assumption, ...]:
    """Return the declared bound with how it fared, and what the masses of its plan took of the level."""
    said = evidence.residual
    if said is None:
        return ()
    unit = evidence.claim.study.quantities[evidence.claim.criterion.quantity].unit
    state: Check = "failed" if said.violations else "passed" if said.checks else "not checked"
    masses = (
        "the masses of what the declared bound leaves undecided were bounded from draws of the law, no "
        f"solver run among them, at an error of {percent(said.spent)}, taken from the level of the claim"
    )
    record = evidence.records.get("residual")
    return (
        Assumption(text=residual_sentence(unit, said), check=state, record=record),
        Assumption(text=masses, check="passed", record=record),
    )


MEASURED: Final = (
    "what AI models state by themselves was measured, in Assay's benchmark of false compliance, to be wrong "
    "on up to 38 % of the programmes near the limit that do not comply, by method and size"
)


def _stated(evidence: Evidence) -> tuple[Assumption, ...]:
    """Return what a model states of itself, how often such statements are wrong, and who accepts this one."""
    said = evidence.stated
    if said is None:
        return ()
    check = said.check
    enough: Check = "passed" if check.places >= check.required and said.statement.width else "not checked"
    state: Check = "failed" if check.violating else enough
    role = said.statement.role
    held = f"not accepted by the role {role}"
    if said.person is not None:
        held = f"accepted by {said.person} for the role {role}"
    accepted: Check = "failed" if said.person is None else "not checked"
    record = evidence.records.get("acceptance")
    sentence = model_sentence(said.statement, check, accepted=said.person is not None)
    return (
        Assumption(text=sentence, check=state, record=evidence.records.get("model_check")),
        Assumption(text=MEASURED, check="not checked", record=None),
        Assumption(text=f"the statement of the model is {held}", check=accepted, record=record),
    )


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
    for check in carrying(evidence.structure, claim):
        state: Check = "passed" if check.runs >= check.required else "not checked"
        text = f"{given_sentence(check)}: {check.reason}"
        rows.append(Assumption(text=text, check="failed" if check.violations else state, record=record))
    return (*rows, *_held(evidence))


def _held(evidence: Evidence) -> tuple[Assumption, ...]:
    """Return how the declarations fared against the runs of the showing, once there are any."""
    if evidence.rows is None or evidence.claim.uncovered:
        return ()
    held = held_against_runs(evidence)
    state: Check = "failed" if held.violations else "passed" if held.comparisons else "not checked"
    text = held_sentence(held.comparisons, held.violations)
    return (Assumption(text=text, check=state, record=evidence.records.get("runs")),)


def _basis(evidence: Evidence) -> tuple[Assumption, ...]:
    rows = []
    reasons = dict(zip(evidence.limits.blocked, evidence.limits.not_creditable, strict=False))
    for call in evidence.limits.basis:
        record = evidence.records.get(f"basis:{call.subject}")
        text = (
            f"{assumed(call)}; its basis value has its own "
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
    if any(part.bound is not None and part.stated is None for part in parts):
        keys += ["clopper-pearson-1934", "wilks-1941"]
    if any(part.stated is not None for part in parts):
        keys += ["clopper-pearson-1934", "vovk-2005"]
    if any(part.wealth is not None for part in parts):
        keys += ["ville-1939", "shekhar-2023", "waudby-smith-ramdas-2024"]
    if any(part.dominance is not None for part in parts):
        keys += ["rocquigny-2009", "ville-1939", "waudby-smith-ramdas-2024", "clopper-pearson-1934"]
    if len(parts) > 1:
        keys.append("berger-1982")
    signed = signs_of(evidence.claim.study.declarations, evidence.claim.criterion.quantity)
    if set(evidence.claim.corners_over) - signed.keys():
        keys.append("rockafellar-1970")
    if evidence.limits.basis:
        keys += evidence.limits.references or ("owen-1968", "stephens-1974")
    if evidence.charge is not None and evidence.charge.numerical_relative > 0.0:
        keys += ["roache-1994", "celik-2008"]
    if evidence.charge is not None and evidence.charge.derived is not None:
        keys.append("moore-1966")
    return tuple(keys)
