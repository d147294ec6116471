"""`assay status`: the verdict of every requirement."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import typer

from assay.cli.folder import configurations, programme_folder
from assay.cli.options import CONFIGURATION, DIRECTORY, JSON

if TYPE_CHECKING:
    from assay.compliance import Status


def status(
    context: typer.Context,
    directory: str | None = DIRECTORY,
    configuration: list[str] | None = CONFIGURATION,
    require_shown: bool = typer.Option(False, "--require-shown", help="Exit 1 unless every row is shown."),
    as_json: bool = JSON,
) -> None:
    """Show what is decided, by what, and what is missing. Runs nothing."""
    from assay.campaign import unfinished_blocks
    from assay.cli.output import console, print_json, print_verdicts, rows_told, say
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
        print_verdicts({name: rows_told(looked.rows[name]) for name in names}, looked.status.counts)
        for line in together(looked.status):
            say(line)
        for block in unfinished:
            console().print(f"under way or interrupted: {block.subject}, {block.done} of {block.total} runs")
    shown = all(row.verdict in {"SHOWN", "SHOWN GIVEN"} for row in looked.status.rows)
    if require_shown and not shown:
        raise typer.Exit(1)


def together(found: Status) -> Iterator[str]:
    """Yield what may be said of several rows at once, rounded against us."""
    from assay.cli.output import percent_down

    def at(confidence: float) -> str:
        return percent_down(confidence).lstrip("+")

    if found.whole.confidence is not None:
        yield f"the whole holds at {at(found.whole.confidence)}: all rows are shown, and no correction is due"
    rows, confidence = found.listwise.rows, found.listwise.confidence
    if confidence is not None and rows > 1:
        several = f"the {rows} shown rows that rest on draws"
        yield f"acted on one by one, {several} hold together at {at(confidence)}"
    if found.violated.concluded and found.violated.confidence is not None:
        against = at(found.violated.confidence)
        yield f"at least one of {found.violated.claims} claims does not hold, at {against}"
