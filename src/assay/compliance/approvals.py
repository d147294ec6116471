"""What may be approved, and which approvals count? Only a person who holds the role, for the present form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from assay.evidence import Approval, Ledger, canonical, digest
from assay.programme import Programme, Requirement, Study, describe, document_digest
from assay.showing import Claim, basis_recipe, calls_of, deviation_subject
from assay.showing.closing import acceptance_subject


@dataclass(frozen=True)
class Approvable:
    """Something that a person may approve in its present form."""

    kind: str
    subject: str
    of: str
    """Digest of the present form."""
    role: str | None
    """Role that has to approve; None: any role of the programme."""
    author: str
    """Who answers for the thing approved."""
    text: str
    """What the person agrees to."""


def allowance_recipe(study: Study) -> str:
    """Return the digest of a study's declared model-form allowance."""
    return digest(canonical({"study": study.name, "model_form": describe(study.model_form)}))


def approvables(programme: Programme) -> tuple[Approvable, ...]:
    """Return everything in the programme that some verdict waits for a person to approve."""
    documents = (_document(programme, requirement) for requirement in programme.requirements.values())
    return (
        *_allowances(programme),
        *_deviations(programme),
        *(item for item in documents if item is not None),
    )


def _author(programme: Programme) -> str:
    return programme.roles.get("author", programme.name)


def _allowances(programme: Programme) -> list[Approvable]:
    found = []
    for study in programme.studies.values():
        form = study.model_form
        if form.basis == "allowance":
            subject, author = f"model-form:{study.name}", _author(programme)
            text = f"model-form allowance {form.factor:g} of study {study.name}: {form.reason}"
            found.append(
                Approvable("allowance", subject, allowance_recipe(study), form.approver, author, text)
            )
    return found


def _deviations(programme: Programme) -> list[Approvable]:
    found = []
    calls = dict.fromkeys(call for c in programme.criteria.values() for call in calls_of(c))
    for call in calls:
        recipe = basis_recipe(programme, call)
        for configuration in programme.configurations:
            subject = deviation_subject(call, configuration)
            text = (
                f"use of basis value {call.subject} in configuration {configuration} below the pack's minimum"
            )
            found.append(Approvable("deviation", subject, recipe, None, _author(programme), text))
    return found


def model_acceptance(programme: Programme, claim: Claim, statement: str) -> Approvable:
    """Return what a person accepts of a model that is to carry a claim by what it states (rung 3).

    Parameters
    ----------
    statement
        Id of the record of the statement: on which model and guard, how it was asked, what it said.
    """
    criterion, role = claim.criterion, programme.accepts.get("model", "")
    text = (
        f"criterion {criterion.id} is credited on what the AI model of {criterion.quantity} states of itself "
        f"in configuration {claim.configuration.name}; no solver run decides it"
    )
    subject, author = acceptance_subject(claim), _author(programme)
    return Approvable("model-acceptance", subject, statement, role, author, text)


def _document(programme: Programme, requirement: Requirement) -> Approvable | None:
    document = requirement.document
    present = document_digest(programme.folder, document.file) if document is not None else None
    if document is None or present is None:
        return None
    text = f"{document.file} shows {requirement.id}"
    # An owner that is a role names several people, one of whom may have to approve; the author may not.
    owner = requirement.owner
    author = owner if owner and owner not in programme.roles else _author(programme)
    return Approvable("document", f"document:{requirement.id}", present, document.role, author, text)


def holders(programme: Programme, role: str) -> tuple[str, ...]:
    """Return the persons who may hold a role; software is none."""
    return tuple(name for name in _people(programme.roles.get(role, "")) if name.casefold() != "assay")


def _people(written: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in written.split(",") if name.strip())


def refusal(programme: Programme, item: Approvable, person: str, role: str) -> str | None:
    """Return why a person may not approve a thing in a role; None where they may."""
    if item.role is not None and role != item.role:
        return f"{item.subject} is for the role {item.role!r}, not {role!r}"
    allowed = holders(programme, role)
    if person not in allowed:
        held = ", ".join(allowed) or "nobody"
        return f"[roles] of programme.toml gives {role!r} to {held}, not to {person!r}; change it there first"
    if any(_same(person, author) for author in _people(item.author)):
        return f"{person} answers for {item.subject}: somebody else has to approve"
    return None


def _same(one: str, other: str) -> bool:
    """Compare names without regard to case and spaces, as the ledger does."""
    return "".join(one.split()).casefold() == "".join(other.split()).casefold()


def in_force(programme: Programme, item: Approvable, ledger: Ledger) -> Approval | None:
    """Return the approval of a thing in its present form by somebody who holds the role, if there is one."""
    return _first_in_force(programme, item, ledger.approvals_of(item.of))


def _first_in_force(
    programme: Programme, item: Approvable, candidates: Iterable[Approval]
) -> Approval | None:
    for approval in candidates:
        named = (approval.kind, approval.subject, approval.of) == (item.kind, item.subject, item.of)
        if named and refusal(programme, item, approval.person, approval.role) is None:
            return approval
    return None


def approvals_in_force(ledger: Ledger, programme: Programme) -> tuple[Approval, ...]:
    """Return the approvals that count for the programme as it stands."""
    by_form: dict[str, list[Approval]] = {}
    for entry in ledger.approvals:
        by_form.setdefault(entry.approval.of, []).append(entry.approval)
    found = (_first_in_force(programme, item, by_form.get(item.of, ())) for item in approvables(programme))
    return tuple(approval for approval in found if approval is not None)


def deviates(approvals: Iterable[Approval]) -> Callable[[str, str], bool]:
    """Return a function that says whether a deviation (subject, recipe digest) is among the approvals."""
    approved = {(a.subject, a.of) for a in approvals if a.kind == "deviation"}
    return lambda subject, of: (subject, of) in approved


def approved_allowances(programme: Programme, approvals: Iterable[Approval]) -> Mapping[str, str | None]:
    """Return, by study, the digest of the approval of its allowance; None where there is none."""
    found = {a.subject: a for a in approvals if a.kind == "allowance"}
    result: dict[str, str | None] = {}
    for study in programme.studies:
        approval = found.get(f"model-form:{study}")
        result[study] = digest(canonical(approval.payload())) if approval else None
    return result


def approved_deviations(approvals: Iterable[Approval], configuration: str) -> dict[str, str]:
    """Return, by basis subject, the sentence of the deviation approved for a configuration."""
    sentences = {}
    for approval in approvals:
        prefix, _, where = approval.subject.rpartition("@")
        if approval.kind == "deviation" and where == configuration:
            sentences[prefix.removeprefix("basis:")] = (
                f"deviation approved by {approval.person} ({approval.role}): {approval.statement}"
            )
    return sentences


def approval_of_document(
    approvals: Iterable[Approval], requirement: Requirement, present: str
) -> Approval | None:
    """Return the approval of a requirement's document with the digest `present`, if it is among them."""
    wanted = ("document", f"document:{requirement.id}", present)
    return next((a for a in approvals if (a.kind, a.subject, a.of) == wanted), None)
