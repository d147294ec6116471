"""`assay verify`: check a dossier with the program that travels inside it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import typer

from assay.cli.options import JSON


def verify(
    file: Path = typer.Argument(..., metavar="DOSSIER.pdf", help="The finished PDF."),  # noqa: B008 (typer's way)
    recompile: bool = typer.Option(
        False, "--recompile", help="Also render the attached document anew and compare every byte."
    ),
    as_json: bool = JSON,
) -> None:
    """Check seal, text, records and verdicts. Same as: python3 -I verify.py DOSSIER.pdf."""
    from assay.errors import InputError

    if not file.is_file():
        raise InputError(f"{file} is not a file; write the path of a dossier's PDF")
    program = Path(__file__).parent.parent / "dossier" / "verify.py"
    command = [sys.executable, "-I", str(program), str(file), *(["--json"] if as_json else [])]
    ended = subprocess.run(command, check=False)  # noqa: S603 (fixed program, no shell)
    if ended.returncode:
        raise typer.Exit(ended.returncode)
    if recompile:
        from assay.dossier.recompile import recompiled

        same = recompiled(file.read_bytes())
        typer.echo(
            "recompiled: every byte equal" if same else "recompiled: the bytes differ",
            err=as_json or not same,
        )
        if not same:
            raise typer.Exit(1)
