"""`assay trust`: allow the solver code of a programme to run on this account."""

from __future__ import annotations

import sys

import typer

from assay.cli.folder import programme_folder


def trust(
    context: typer.Context,
    directory: str | None = typer.Argument(None, metavar="[DIR]", help="Programme folder."),
    yes: bool = typer.Option(False, "--yes", help="Do not ask."),
    dry_run: bool = typer.Option(False, "--dry-run", help="List the files and their digests only."),
) -> None:
    """Record the digest of the programme's solver files in your own configuration."""
    from assay.errors import InputError
    from assay.programme import load
    from assay.solvers import is_trusted
    from assay.solvers import trust as remember

    folder = programme_folder(context.obj, directory)
    programme = load(folder)
    files = {name: found for study in programme.studies.values() for name, found in study.files.items()}
    if is_trusted(folder, files):
        typer.echo("already trusted: " + ", ".join(sorted(files)))
        return
    for name in sorted(files):
        typer.echo(f"  {name}\n    {files[name]}")
    if dry_run:
        return
    if not yes:
        if not sys.stdin.isatty():
            raise InputError("no terminal to ask on: read the files, then `assay trust DIR --yes`")
        typer.confirm("Runs of this programme execute these files as you. Trust them?", abort=True)
    remember(folder, files)
    typer.echo("trusted")
