"""Which programme does a command work on?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from assay.errors import InputError

if TYPE_CHECKING:
    from assay.programme import Programme

MARK = "programme.toml"
EVIDENCE = ".assay"
"""Folder of the evidence within a programme's."""


def programme_folder(directory: str, given: str | None = None) -> Path:
    """Return the folder named, or the nearest parent of the working directory with a programme.

    Raises
    ------
    InputError
        If there is no programme.toml.
    """
    named = given or directory
    if named:
        folder = Path(named)
        if not (folder / MARK).is_file():
            raise InputError(
                f"{folder} holds no {MARK}; name a programme's folder, or start one: `assay new NAME`"
            )
        return folder.resolve()
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / MARK).is_file():
            return folder
    raise InputError(
        f"no {MARK} here or in a parent folder; go to a programme, name it with -C DIR, or `assay new NAME`"
    )


def configurations(programme: Programme, wanted: list[str] | None) -> tuple[str, ...]:
    """Return the configurations asked for, all by default.

    Raises
    ------
    InputError
        If one is unknown.
    """
    known = tuple(programme.configurations)
    for name in wanted or ():
        if name not in known:
            raise InputError(f"no configuration is called {name!r}; write one of {', '.join(known)}")
    return tuple(name for name in known if not wanted or name in wanted)
