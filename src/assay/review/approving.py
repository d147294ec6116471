"""Who agrees? A person approves through this one door; software never does."""

from __future__ import annotations

from collections.abc import Sequence

from assay.compliance import Approvable, approvables, refusal
from assay.errors import InputError
from assay.evidence import Approval, write_approval
from assay.programme import Programme


def approve(
    programme: Programme,
    subject: str,
    *,
    person: str,
    role: str,
    statement: str,
    dry_run: bool = False,
    made: Sequence[Approvable] = (),
) -> Approval:
    """Write the approval of one subject in its present form by one person in one role.

    Parameters
    ----------
    made
        What may be approved besides, for it was made from the evidence: statements of AI models.

    Raises
    ------
    InputError
        If the subject is unknown, the role is not the one asked for, the person does not hold it,
        or is its author.
    """
    known = {item.subject: item for item in (*approvables(programme), *made)}
    if subject not in known:
        listed = "\n  ".join(known) or "nothing in this programme waits for an approval"
        first = (
            "; what an AI model states is there once `assay run` has asked it" if _of_model(subject) else ""
        )
        raise InputError(f"nothing to approve is called {subject!r}{first}; write one of\n  {listed}")
    item = known[subject]
    refused = refusal(programme, item, person, role)
    if refused is not None:
        raise InputError(refused)
    try:
        approval = Approval(
            kind=item.kind,
            subject=subject,
            of=item.of,
            role=role,
            person=person,
            author=item.author,
            statement=statement or item.text,
        )
    except ValueError as error:
        raise InputError(f"cannot approve {subject}: {error}") from error
    if not dry_run:
        write_approval(programme.folder, approval)
    return approval


def _of_model(subject: str) -> bool:
    return subject.startswith("model:")
