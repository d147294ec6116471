"""`assay plan`: what would run, how long, how much disk, what is new or stale."""

from __future__ import annotations

from pathlib import Path

import typer

from assay.cli.folder import configurations, programme_folder
from assay.cli.options import CONFIGURATION, DIRECTORY, JSON

WIDE = 100
"""Columns of a terminal from which on a subject fits into one line."""
MOST_SAVINGS = 3
"""Declarations that are named below a table; `assay explain` names each criterion's own."""


def plan(
    context: typer.Context,
    directory: str | None = DIRECTORY,
    configuration: list[str] | None = CONFIGURATION,
    as_json: bool = JSON,
) -> None:
    """Say before anything runs: runs, time, disk, what is new or stale. Writes nothing."""
    show_plan(programme_folder(context.obj, directory), configuration, as_json=as_json)


def show_plan(folder: Path, wanted: list[str] | None, *, as_json: bool) -> None:
    """Print the plan of a programme."""
    from assay.cli.output import console, print_json, say
    from assay.cli.prospects import prospect_table, savings
    from assay.cli.session import opened
    from assay.pipeline import make_plan

    with opened(folder) as found:
        names = configurations(found.programme, wanted)
        made = make_plan(found.looking(), found.programme, names)
    if as_json:
        print_json(made.document())
        return
    from rich import box
    from rich.table import Table

    out = console()
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("stage", no_wrap=True)
    table.add_column("subject", no_wrap=True)
    table.add_column("state", no_wrap=True)
    table.add_column("runs", justify="right", no_wrap=True)
    table.add_column("to do", justify="right", no_wrap=True)
    table.add_column("note", min_width=16)
    for step in made.steps:
        if step.runs or step.state not in {"done", "waiting"}:
            left = str(step.runs - step.done) if step.runs else ""
            subject = step.subject.removesuffix(f"/{step.stage}")
            if out.width < WIDE:
                subject = subject.replace("@", "\n@")
            table.add_row(step.stage, subject, step.state, str(step.runs or ""), left, step.detail)
    out.print(table)
    for name in names:
        own = [prospect for prospect in made.prospects if prospect.weighed.configuration == name]
        if own:
            out.print(prospect_table(name, own))
        for told in savings(own)[:MOST_SAVINGS]:
            say(told)
    for line in made.lines():
        out.print(line)
