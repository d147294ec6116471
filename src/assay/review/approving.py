"""Who agrees? A person approves through this one door; software never does."""

from __future__ import annotations

from assay.compliance import approvables, refusal
from assay.errors import InputError
from assay.evidence import Approval, write_approval
from assay.programme import Programme


def approve(
    programme: Programme, subject: str, *, person: str, role: str, statement: str, dry_run: bool = False
) -> Approval:
    """Write the approval of one subject in its present form by one person in one role.

    Raises
    ------
    InputError
        If the subject is unknown, the role is not the one asked for, the person does not hold it,
        or is its author.
    """
    known = {item.subject: item for item in approvables(programme)}
    if subject not in known:
        listed = "\n  ".join(known) or "nothing in this programme waits for an approval"
        raise InputError(f"nothing to approve is called {subject!r}; write one of\n  {listed}")
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
