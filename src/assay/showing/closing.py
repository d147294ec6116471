"""What would close a row that is not shown? One instruction for its reader, with its price."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from assay.programme import Over
from assay.showing.claims import Claim, covered
from assay.showing.dominance import unfit
from assay.showing.inputs import Evidence
from assay.showing.limits import deviation_subject
from assay.showing.records import ClaimPart
from assay.showing.sentences import joined


def closes_by(reason: str, evidence: Evidence, parts: Sequence[ClaimPart]) -> str:
    """Return what to do; empty where nothing is left to do."""
    if reason in _REDESIGN:
        return _redesign(parts)
    if reason in _FIXED:
        return _FIXED[reason]
    return _BY_EVIDENCE[reason](evidence) if reason in _BY_EVIDENCE else ""


def _redesign(parts: Sequence[ClaimPart]) -> str:
    worst = [part for part in parts if part.verdict in {"NOT SHOWN", "REFUTED"}]
    cases = joined([part.case for part in worst if part.case])
    where = f" at {cases}" if cases else ""
    return f"change the design, the tolerance or the limit{where}; that is the next attempt, with new draws"


def _charge_less(evidence: Evidence) -> str:
    refine = "refine the finest level in [verification] levels so that less numerical error is charged"
    charge = evidence.charge
    if charge is None or charge.numerical_relative >= charge.model_factor - 1.0:
        return refine
    return f"support a smaller model-form allowance than {charge.model_factor:g}, or {refine}"


def _single(evidence: Evidence) -> str:
    return f"{_charge_less(evidence)}; or change the design or the limit"


def _not_paid(evidence: Evidence) -> str:
    attempt = evidence.attempt
    if attempt is None or attempt.price is None:
        return "raise [budget] max_runs"
    price = attempt.price
    budget = f"by {price.runs}" if price.max_runs is None else f"to {price.max_runs}"
    return (
        f"raise [budget] max_runs {budget} and run again: {price.runs} solver runs, "
        f"about {price.minutes:.0f} min on one core"
    )


def _approve_model(evidence: Evidence) -> str:
    study = evidence.claim.study
    return (
        f"`assay approve model-form:{study.name} --as PERSON --role "
        f'"{study.model_form.approver}"` by a person who holds that role'
    )


def _credit(evidence: Evidence) -> str:
    where = evidence.claim.configuration.name
    commands = [
        f"`assay approve {deviation_subject(call, where)} --as PERSON --role ROLE`"
        for call in evidence.limits.blocked
    ]
    why = joined(evidence.limits.not_creditable)
    return f"{why}: more specimens and batches, or an approved deviation: {joined(commands)}"


def _declare(evidence: Evidence) -> str:
    claim = evidence.claim
    missing, holds = ", ".join(claim.uncovered), claim.criterion.holds
    if isinstance(holds, Over) and set(claim.uncovered) <= covered(claim.study, claim.criterion):
        return (
            f"list in {holds.file} every combination of the corners of the declared groups, or declare "
            f"{missing} as one group: corners bound nothing over a polytope that cuts across groups"
        )
    return (
        f"declare in [structure] how {claim.criterion.quantity} depends on {missing}, or claim a "
        "fraction: a worst case over a continuum cannot be shown by samples"
    )


def _other_plan(evidence: Evidence) -> str:
    claim = evidence.claim
    why = unfit(claim) if "structure" in claim.criterion.rungs and claim.content is not None else None
    if why is not None and not claim.corners_over:
        return f"{claim.criterion.id} does not fit the plan structure, for {why}: add 'fixed' to its rungs"
    word = "fixed" if not claim.corners_over else "structure+fixed" if claim.content else "structure"
    return f"add {word!r} to the rungs of criterion {claim.criterion.id}"


def _falsified(evidence: Evidence) -> str:
    """Name the run that contradicts the declared bound most, and what is left without the bound."""
    said, claim = evidence.residual, evidence.claim
    instead = (
        f"withdraw the bound and write rungs = ['fixed'] in criterion {claim.criterion.id}, a new attempt "
        "with new draws"
    )
    if said is None or not said.violations:
        return instead
    run, unit = said.violations[0], claim.study.quantities[claim.criterion.quantity].unit
    away = f"{abs(run.quantity - run.predicted):.4g} {unit}".rstrip()
    return (
        f"run {run.index} of the record {run.record[:19]} is {away} from the model, declared is "
        f"{run.bound:.4g}: {instead}"
    )


def _no_plan(evidence: Evidence) -> str:
    claim = evidence.claim
    return (
        f"add 'fixed' to the rungs of criterion {claim.criterion.id}: too much of the law is beyond the "
        f"limit as the model and its bound see it; or change the design or the limit"
    )


def _more_checks(evidence: Evidence) -> str:
    said, study = evidence.stated, evidence.claim.study
    missing = 0 if said is None else said.check.required - said.check.places
    return (
        f"raise refutation in [surrogate] of {study.source.file} by {missing} or more: the solver then runs "
        "so many points that the model had not seen"
    )


def _contradicted(evidence: Evidence) -> str:
    """Name the run that is farthest outside the width, and what is left without the statement."""
    said, claim = evidence.stated, evidence.claim
    instead = f"write rungs = ['fixed'] in criterion {claim.criterion.id}, a new attempt with new draws"
    if said is None or not said.check.violations:
        return instead
    run, unit = said.check.violations[0], claim.study.quantities[claim.criterion.quantity].unit
    away = f"{abs(run.quantity - run.predicted):.4g} {unit}".rstrip()
    return (
        f"run {run.index} of the record {run.record[:19]} is {away} from the model, which states "
        f"{run.bound:.4g}: {instead}"
    )


def _accept(evidence: Evidence) -> str:
    said, claim = evidence.stated, evidence.claim
    role = "ROLE" if said is None else said.statement.role
    return (
        f'`assay approve {acceptance_subject(claim)} --as PERSON --role "{role}"` by a person who holds '
        "that role and is not the author, then `assay run`"
    )


def acceptance_subject(claim: Claim) -> str:
    """Return the name under which a person accepts what a model states of a claim."""
    return f"model:{claim.criterion.id}@{claim.configuration.name}"


_REDESIGN: Final = frozenset({"runs-not-within", "refuted-by-run", "refuted-by-draws"})

_FIXED: Final[dict[str, str]] = {
    "not-run": "`assay run`",
    "runs-failed": "repair the runs that failed (`assay explain` lists them); "
    "a changed solver is the next attempt",
    "model-form-not-assessed": "declare a basis in [validation]: an allowance with its reason and approver",
    "numerical-not-assessed": "give the study [verification] levels, three or more, coarse to fine",
    "limit-assumption-failed": "use a basis value by a method that the data do not reject",
    "declaration-not-tested": "make the test runs succeed: the declaration needs them all",
    "declaration-broken": "withdraw the declaration, or correct what it overlooked; a claim of a fraction by "
    "the fixed plan needs none, and is a new attempt with new draws",
    "sequential-undecided": "raise [budget] max_runs and run again: going on is the same attempt and costs "
    "no error",
    "structure-undecided": "claim it by another plan (rungs: fixed, sequential), a new attempt with new "
    "draws; or give it more room to the limit",
    "model-refused": "train the model on more runs ([surrogate] training) or ask for another plan",
    "model-without-width": "train the model on more runs ([surrogate] training), a new attempt; or ask for "
    "another plan, a new attempt with new draws",
    "model-not-within": "train the model on more runs, change the design or the limit, or ask for another "
    "plan; each is the next attempt",
    "attempts-exhausted": "no further draws are credited for this part: a new part number starts anew",
    "attempts-gap": "restore the missing file in ledger/attempts from version control",
    "freeze-missing": "restore the missing file in ledger/freezes from version control",
}

_BY_EVIDENCE: Final[dict[str, Callable[[Evidence], str]]] = {
    "plan-not-paid": _not_paid,
    "residual-falsified": _falsified,
    "residual-no-plan": _no_plan,
    "model-contradicted": _contradicted,
    "model-not-tested": _more_checks,
    "model-not-accepted": _accept,
    "runs-open": _charge_less,
    "nominal-not-within": _single,
    "model-form-not-approved": _approve_model,
    "limit-not-creditable": _credit,
    "declaration-missing": _declare,
    "plan-not-available": _other_plan,
}
