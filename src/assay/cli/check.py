"""`assay check`: read the programme and report every problem at once."""

from __future__ import annotations

import typer

from assay.cli.folder import programme_folder


def check(
    context: typer.Context,
    directory: str | None = typer.Argument(None, metavar="[DIR]", help="Programme folder."),
    as_json: bool = typer.Option(False, "--json", help="One JSON document on stdout."),
) -> None:
    """Read the programme and report every problem with file and line; nothing is run."""
    from assay.cli.output import print_json, say
    from assay.errors import InputError
    from assay.programme import load

    folder = programme_folder(context.obj, directory)
    try:
        programme = load(folder)
    except InputError as error:
        if not as_json:
            raise
        problems = [
            {"file": p.file, "line": p.line, "found": p.found, "instead": p.instead} for p in error.problems
        ]
        print_json({"schema": "assay.check/1", "ok": False, "message": error.message, "problems": problems})
        raise typer.Exit(error.exit_status) from error
    if as_json:
        document = {"schema": "assay.check/1", "ok": True, "message": "", "problems": []}
        print_json({**document, "notices": list(programme.notices)})
        return
    for notice in programme.notices:
        say(f"note: {notice}")
    say(
        f"{programme.name}: {len(programme.requirements)} requirements, {len(programme.criteria)} criteria, "
        f"{len(programme.studies)} studies, {len(programme.configurations)} configurations; no problems"
    )
