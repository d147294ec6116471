"""The options that several commands share, worded once."""

from __future__ import annotations

import typer

DIRECTORY = typer.Argument(None, metavar="[DIR]", help="Programme folder.")
CONFIGURATION = typer.Option(None, "--configuration", help="Repeatable; default all.")
WORKERS = typer.Option(0, "--workers", min=0, help="Processes; default one a core.")
JSON = typer.Option(False, "--json", help="One JSON document on stdout.")
