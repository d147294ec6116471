"""`assay approve`: record that a person approves something in its present form."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from assay.cli.folder import programme_folder

if TYPE_CHECKING:
    from assay.compliance import Approvable
    from assay.programme import Programme

SUBJECTS = typer.Argument(None, metavar="[SUBJECT...]", help="What is approved; none lists what there is.")


def approve(
    context: typer.Context,
    subjects: list[str] = SUBJECTS,
    person: str = typer.Option("", "--as", metavar="PERSON", help="Who approves."),
    role: str = typer.Option("", "--role", help="In which role of programme.toml."),
    statement: str = typer.Option("", "--statement", help="In the person's own words."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Check, write nothing."),
) -> None:
    """Record a person's approval in ledger/approvals. A changed subject needs a new one."""
    from assay.cli.output import say
    from assay.compliance import approvables, in_force
    from assay.errors import InputError
    from assay.evidence import read_ledger
    from assay.programme import load
    from assay.review import approve as record

    folder = programme_folder(context.obj)
    programme = load(folder)
    made = _stated(folder, programme)
    if not subjects:
        ledger = read_ledger(folder)
        for item in (*approvables(programme), *made):
            found = in_force(programme, item, ledger)
            state = f"approved by {found.person}" if found else "open"
            say(f"{item.subject}  [{item.role or 'any role'}]  {state}")
            say(item.text, "    ")
        return
    if not person or not role:
        raise InputError("an approval is a person's, in a role: add --as PERSON --role ROLE")
    for subject in subjects:
        approval = record(
            programme, subject, person=person, role=role, statement=statement, dry_run=dry_run, made=made
        )
        say(f"{'would record' if dry_run else 'recorded'}: {approval.person} ({role}) approves {subject}")


def _stated(folder: Path, programme: Programme) -> tuple[Approvable, ...]:
    """Return what AI models state by themselves in their present form, where criteria rest on that."""
    from assay.cli.session import opened
    from assay.pipeline import open_acceptances, walk

    if not any("model" in criterion.rungs for criterion in programme.criteria.values()):
        return ()
    with opened(folder) as found:
        walked = walk(found.looking(), programme, list(programme.configurations))
        return tuple(item for known in walked.configurations.values() for item in open_acceptances(known))
