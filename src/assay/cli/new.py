"""`assay new`: start a programme that runs, from a template."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

TEMPLATES: Final = {
    "function": "a Python function with a closed-form answer",
    "command": "an executable with input and output files",
    "bracket": "finite elements with CAD, the example of the demo",
}
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
LEFT_OUT = frozenset({".assay", "build", "ledger", "__pycache__"})
"""What belongs to the programme that was copied: its evidence, its files made, its approvals."""
ARGUMENT = typer.Argument(..., metavar="NAME", help="Name of the programme and its new folder.")
TEMPLATE = typer.Option("function", "--template", help=f"One of {', '.join(TEMPLATES)}.")


def new(
    context: typer.Context,
    name: str = ARGUMENT,
    template: str = TEMPLATE,
    dry_run: bool = typer.Option(False, "--dry-run", help="List the files, write nothing."),
) -> None:
    """Start a programme in a new folder NAME. Templates: function, command, bracket."""
    from assay.errors import InputError

    if not NAME.fullmatch(name):
        raise InputError(
            f"the name {name!r}; write letters, digits, . - and _, at most 64, a letter or digit first"
        )
    if template not in TEMPLATES:
        listed = "; ".join(f"{key}, {text}" for key, text in TEMPLATES.items())
        raise InputError(f"no template is called {template!r}; write one of: {listed}")
    folder = Path(context.obj or ".") / name
    _refuse_occupied(folder)
    origin = _origin(template)
    files = sorted(_files(origin))
    for file in files:
        typer.echo(f"  {(folder / file).as_posix()}")
    if dry_run:
        typer.echo(f"would write {len(files)} files")
        return
    _write(origin, files, folder, name)
    typer.echo("next:")
    for command in ("check", "trust", "run"):
        typer.echo(f"  assay {command} {folder.as_posix()}")


def _refuse_occupied(folder: Path) -> None:
    from assay.errors import InputError

    if not folder.parent.is_dir():
        raise InputError(f"{folder.parent} is not a folder; name one that is there with -C")
    if folder.is_symlink() or folder.is_file():
        raise InputError(f"{folder} is there and is no folder; choose another name")
    if folder.is_dir() and any(folder.iterdir()):
        raise InputError(f"{folder} is not empty; choose another name, or empty it")


def _origin(template: str) -> Path:
    """Return a template's folder; the example is shipped with the package or stands beside its source."""
    from assay.errors import MissingSoftwareError

    package = Path(__file__).resolve().parent.parent
    for folder in (package / "templates" / template, package.parents[1] / "examples" / template):
        if (folder / "programme.toml").is_file():
            return folder
    raise MissingSoftwareError(f"the template {template} is not installed; install Assay anew")


def _files(origin: Path) -> Iterator[str]:
    for path in origin.rglob("*"):
        relative = path.relative_to(origin)
        if path.is_file() and not path.is_symlink() and not LEFT_OUT.intersection(relative.parts):
            yield relative.as_posix()


def _write(origin: Path, files: list[str], folder: Path, name: str) -> None:
    """Copy the files and give the programme its name; the folder appears whole or not at all."""
    import shutil
    import tempfile

    from assay.errors import StoppedError

    part = ""
    try:
        part = tempfile.mkdtemp(prefix=f".{name}.", dir=folder.parent)
        beside = Path(part)
        beside.chmod(0o755)
        for file in files:
            target = beside / file
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes((origin / file).read_bytes())
        head = beside / "programme.toml"
        text = head.read_text(encoding="utf-8")
        head.write_text(re.sub(r'(?m)^name = ".*"$', f'name = "{name}"', text, count=1), encoding="utf-8")
        beside.replace(folder)
    except OSError as error:
        if part:
            shutil.rmtree(part, ignore_errors=True)
        raise StoppedError(f"cannot write {folder}: {error.strerror}") from error
