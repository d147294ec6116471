"""`assay run`: carry out what is missing; interrupt and repeat at will."""

from __future__ import annotations

import os
from pathlib import Path

import typer

from assay.cli.folder import configurations, programme_folder
from assay.cli.options import CONFIGURATION, DIRECTORY, JSON, WORKERS
from assay.cli.output import print_json, print_verdicts
from assay.cli.unchanged import Told, fingerprint, keep_if_unchanged, recall, remember, told_of


def run(
    context: typer.Context,
    directory: str | None = DIRECTORY,
    configuration: list[str] | None = CONFIGURATION,
    workers: int = WORKERS,
    dry_run: bool = typer.Option(False, "--dry-run", help="Same as `assay plan`."),
    as_json: bool = JSON,
) -> None:
    """Run what is missing, in the order of the argument. Nothing that is there is run again."""
    folder = programme_folder(context.obj, directory)
    if dry_run:
        from assay.cli.plan import show_plan

        show_plan(folder, configuration, as_json=as_json)
        return
    seen = fingerprint(folder, configuration)
    said = recall(folder, seen)
    if said is not None:
        _print(said, done=True, as_json=as_json)
        return
    carry_out(folder, configuration, workers, as_json=as_json, seen=seen)


def carry_out(
    folder: Path,
    wanted: list[str] | None,
    workers: int,
    *,
    as_json: bool,
    until_freeze: bool = False,
    seen: str | None = None,
) -> None:
    """Walk the stages with an engine that computes, then print the verdicts.

    Parameters
    ----------
    seen
        Fingerprint of the folder as it was before.
    """
    from assay.cli.progress import Reporter
    from assay.cli.session import opened, require_trusted, working
    from assay.pipeline import nothing_to_do, walk

    with opened(folder) as found:
        names = configurations(found.programme, wanted)
        looked, done = nothing_to_do(found.looking(), found.programme, names)
        if not done:
            require_trusted(found)
            count = workers or os.cpu_count() or 1
            with (
                Reporter(quiet=as_json) as reporter,
                working(found, count, reporter.block, reporter.say) as engine,
            ):
                looked = walk(engine, found.programme, names, until_freeze=until_freeze)
    if until_freeze:
        typer.echo("frozen: criteria, limits and plan are in ledger/freezes; no held-out run was read")
        return
    _print(told_of(looked), done=done, as_json=as_json)
    if done:
        keep_if_unchanged(folder, wanted, seen, looked)
    else:
        remember(folder, wanted)


def _print(said: Told, *, done: bool, as_json: bool) -> None:
    if as_json:
        print_json(said.status)
        return
    print_verdicts(said.tables, said.status["counts"])
    if done:
        typer.echo("nothing to do: all evidence is there", err=True)
