"""`assay freeze`: fix criteria, limits and plan before held-out data are read."""

from __future__ import annotations

import typer

from assay.cli.folder import programme_folder
from assay.cli.options import CONFIGURATION, DIRECTORY, WORKERS
from assay.cli.run import carry_out


def freeze(
    context: typer.Context,
    directory: str | None = DIRECTORY,
    configuration: list[str] | None = CONFIGURATION,
    workers: int = WORKERS,
    dry_run: bool = typer.Option(False, "--dry-run", help="Say what would run and be frozen; write nothing."),
) -> None:
    """Write the freeze; runs what it stands on (training, model, verification) and no draw."""
    folder = programme_folder(context.obj, directory)
    if dry_run:
        from assay.cli.plan import show_plan

        show_plan(folder, configuration, as_json=False)
        return
    carry_out(folder, configuration, workers, as_json=False, until_freeze=True)
