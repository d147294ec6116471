"""`assay status`: the verdict of every requirement."""

from __future__ import annotations

import typer

from assay.cli.folder import configurations, programme_folder
from assay.cli.options import CONFIGURATION, DIRECTORY, JSON


def status(
    context: typer.Context,
    directory: str | None = DIRECTORY,
    configuration: list[str] | None = CONFIGURATION,
    require_shown: bool = typer.Option(False, "--require-shown", help="Exit 1 unless every row is shown."),
    as_json: bool = JSON,
) -> None:
    """Show what is decided, by what, and what is missing. Runs nothing."""
    from assay.campaign import unfinished_blocks
    from assay.cli.output import console, counts_line, print_json, rows_told, verdict_table
    from assay.cli.session import opened
    from assay.pipeline import walk

    folder = programme_folder(context.obj, directory)
    with opened(folder) as found:
        names = configurations(found.programme, configuration)
        looked = walk(found.looking(), found.programme, names)
        unfinished = unfinished_blocks(found.store)
    if as_json:
        print_json(looked.status.model_dump(mode="json", by_alias=True))
    else:
        out = console()
        for name in names:
            out.print(verdict_table(name, rows_told(looked.rows[name])))
        out.print(counts_line(looked.status.counts))
        for block in unfinished:
            out.print(f"under way or interrupted: {block.subject}, {block.done} of {block.total} runs")
    shown = all(row.verdict in {"SHOWN", "SHOWN GIVEN"} for row in looked.status.rows)
    if require_shown and not shown:
        raise typer.Exit(1)
