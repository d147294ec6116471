"""`assay evidence ls|show|why`: list, show and trace the records."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import typer

from assay.cli.folder import programme_folder

if TYPE_CHECKING:
    from assay.evidence import Store, Why

group = typer.Typer(no_args_is_help=True, add_completion=False, help="List, show and trace the records.")
RECORD = typer.Argument(..., metavar="ID", help="Record id, or enough of it to be unique.")


def _store(context: typer.Context) -> Store:
    from assay.evidence import open_store

    return open_store(programme_folder(context.obj))


@group.command("ls")
def list_records(
    context: typer.Context,
    kind: str | None = typer.Option(None, "--kind", help="Only records of this kind."),
    as_json: bool = typer.Option(False, "--json", help="One JSON document on stdout."),
) -> None:
    """List the records in the order in which they were made."""
    from assay.cli.output import print_json

    with _store(context) as store:
        rows = [(record.id, record.kind, record.subject) for record in store.records(kind)]
    if as_json:
        keys = ("id", "kind", "subject")
        print_json({"schema": "assay.evidence/1", "records": [dict(zip(keys, r, strict=True)) for r in rows]})
        return
    for identifier, what, subject in rows:
        typer.echo(f"{identifier[7:19]}  {what:<22} {subject}")


@group.command("show")
def show_record(context: typer.Context, record: str = RECORD) -> None:
    """Print one record as JSON."""
    from assay.cli.output import print_json

    with _store(context) as store:
        print_json(store.get(store.resolve(record)).document())


@group.command("why")
def why_record(
    context: typer.Context,
    record: str = RECORD,
    depth: int = typer.Option(4, "--depth", min=0, max=50),
    as_json: bool = typer.Option(False, "--json", help="One JSON document on stdout."),
) -> None:
    """Print what a record was made from, down to the programme's files and the runs."""
    with _store(context) as store:
        tree = store.why(store.resolve(record), depth)
    if as_json:
        typer.echo(json.dumps(_document(tree), indent=1))
        return
    _print(tree, 0)


def _print(tree: Why, level: int) -> None:
    name = f"{tree.role}: " if tree.role else ""
    what = f"{tree.record.kind} {tree.record.subject}" if tree.record else "not in this store"
    again = "  (above)" if tree.seen else ""
    typer.echo(f"{'  ' * level}{name}{what}  {tree.id[7:19]}{again}")
    for branch in tree.inputs:
        _print(branch, level + 1)


def _document(tree: Why) -> dict[str, object]:
    return {
        "id": tree.id,
        "kind": tree.record.kind if tree.record else None,
        "subject": tree.record.subject if tree.record else None,
        "seen": tree.seen,
        "inputs": {branch.role: _document(branch) for branch in tree.inputs},
    }
