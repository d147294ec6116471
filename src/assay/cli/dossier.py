"""`assay dossier`: write the compliance document that proves itself."""

from __future__ import annotations

import typer

from assay.cli.folder import configurations, programme_folder
from assay.cli.options import CONFIGURATION, DIRECTORY, JSON

FORMATS = ("pdf", "html", "json")


def dossier(
    context: typer.Context,
    directory: str | None = DIRECTORY,
    configuration: list[str] | None = CONFIGURATION,
    formats: list[str] | None = typer.Option(None, "--format", help="pdf, html, json; default all."),  # noqa: B008 (typer's way)
    final: bool = typer.Option(False, "--final", help="Exit 1 if a row is stale or not run."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Say what would be written."),
    as_json: bool = JSON,
) -> None:
    """Write build/CONFIGURATION/dossier.pdf, .html and .json. Runs no solver."""
    from assay.cli.output import print_json
    from assay.cli.progress import Reporter
    from assay.cli.session import opened
    from assay.cli.unchanged import remember
    from assay.errors import InputError
    from assay.pipeline import walk
    from assay.pipeline.dossier import require_final, write_dossier

    wanted = tuple(formats or FORMATS)
    if unknown := sorted(set(wanted) - set(FORMATS)):
        raise InputError(f"unknown format {', '.join(unknown)}; write one of {', '.join(FORMATS)}")
    folder = programme_folder(context.obj, directory)
    files = []
    with opened(folder) as found:
        names = configurations(found.programme, configuration)
        walked = walk(found.looking(), found.programme, names)
        for name in names:
            if final:
                require_final(walked, name)
            if dry_run:
                files += [{"configuration": name, "file": f"build/{name}/dossier.{f}"} for f in wanted]
                continue
            with Reporter(quiet=as_json) as reporter:
                written = write_dossier(found.store, walked, name, folder, wanted, reporter.say)
            for path in written.files.values():
                relative = path.relative_to(folder).as_posix()
                files.append({"configuration": name, "file": relative, "record": written.record.id})
    if not dry_run:
        remember(folder, None)
    if as_json:
        print_json({"schema": "assay.dossier/1", "files": files})
        return
    for file in files:
        typer.echo(f"{'would write' if dry_run else 'wrote'} {folder / file['file']}")
