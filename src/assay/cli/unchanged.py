"""Has anything changed since a run found nothing to do?

What the last look at a finished programme printed is kept beside the evidence, under the digest of all that
the look could depend on: every byte of the programme's folder, its ledger and evidence included, the code of
Assay and what is installed. The same bytes asked by the same code give the same answer, so it is given again
without walking the stages. Whatever is not as it was, cannot be read or is too much to hash is walked.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import stat
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import assay
from assay.cli.folder import EVIDENCE, configurations
from assay.cli.output import Row, rows_told

if TYPE_CHECKING:
    from assay.pipeline import Walked

FILE: Final = "unchanged.json"
SCHEMA: Final = "assay.unchanged/1"
LARGEST: Final = 512 * 2**20
"""Bytes of a programme's folder that are hashed at most; of more, walking is no slower."""
MOST: Final = 20_000
"""Files and folders that are hashed at most."""
_PASSING = frozenset({"lock", "holder.json", "records.sqlite-shm", FILE})
"""Files of the evidence folder that say nothing of the evidence."""
_PASSING_SETTINGS = frozenset({"ASSAY_TRACEBACK", "ASSAY_CONFIG_HOME"})
"""Environment variables that no look depends on: it runs no code of the programme, so asks for no trust."""


class _UnsettledError(Exception):
    """The folder holds what a digest cannot settle."""


@dataclass(frozen=True)
class Told:
    """What `assay run` says when nothing is left to do."""

    status: dict[str, Any]
    """The document of `status --json`."""
    tables: dict[str, tuple[Row, ...]]
    """Configuration to its rows."""


def fingerprint(folder: Path, wanted: list[str] | None) -> str | None:
    """Return the digest of all that a look at the programme depends on; None if that cannot be settled.

    Parameters
    ----------
    folder
        The programme's folder.
    wanted
        The configurations asked for; None for all.
    """
    if "ASSAY_MAX_BYTES" in os.environ:
        return None
    hasher = hashlib.sha256()
    asked = [assay.__version__, sys.version, platform.machine(), sys.byteorder, sorted(wanted or ())]
    own = {name for name in os.environ if name.startswith("ASSAY_")} - _PASSING_SETTINGS
    settings = sorted((name, os.environ[name]) for name in own)
    try:
        hasher.update(json.dumps([asked, settings, *_code(), *_installed()]).encode())
        for name, digest in _files(folder):
            hasher.update(json.dumps([name, digest]).encode())
    except (OSError, ValueError, _UnsettledError):
        return None
    return hasher.hexdigest()


def recall(folder: Path, found: str | None) -> Told | None:
    """Return what was kept under this fingerprint; None if there is nothing, or it is damaged."""
    if found is None:
        return None
    try:
        kept = json.loads((folder / EVIDENCE / FILE).read_bytes())
        if kept["fingerprint"] != found or kept["seal"] != _seal(kept):
            return None
        tables = {name: tuple(Row(**row) for row in rows) for name, rows in kept["tables"].items()}
        return Told(kept["status"], tables)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def remember(folder: Path, wanted: list[str] | None) -> None:
    """Look at the programme once more and keep what is to be said, if nothing is left to do."""
    from assay.cli.session import opened
    from assay.pipeline import nothing_to_do

    before = fingerprint(folder, wanted)
    if before is None or recall(folder, before) is not None:
        return
    with opened(folder) as found:
        names = configurations(found.programme, wanted)
        looked, done = nothing_to_do(found.looking(), found.programme, names)
    if done:
        keep_if_unchanged(folder, wanted, before, looked)


def keep_if_unchanged(folder: Path, wanted: list[str] | None, before: str | None, looked: Walked) -> None:
    """Keep what a look found, if the folder is as it was `before` the look.

    Nothing is kept where the version of a solver is not that of an installed Python package.
    """
    from assay.solvers import VERSIONED_BY_PACKAGE

    adapters = {looked.programme.studies[name].adapter for name in looked.studies}
    if before is None or not adapters <= VERSIONED_BY_PACKAGE or fingerprint(folder, wanted) != before:
        return
    keep(folder, before, told_of(looked))


def told_of(looked: Walked) -> Told:
    """Return what is said of a look."""
    tables = {name: rows_told(rows) for name, rows in looked.rows.items()}
    return Told(looked.status.model_dump(mode="json", by_alias=True), tables)


def keep(folder: Path, found: str, what: Told) -> None:
    """Write what was said under its fingerprint, whole or not at all."""
    kept: dict[str, Any] = {"schema": SCHEMA, "fingerprint": found, "status": what.status}
    kept["tables"] = {name: [asdict(row) for row in rows] for name, rows in what.tables.items()}
    kept["seal"] = _seal(kept)
    place = folder / EVIDENCE / FILE
    beside = place.with_name(f"{FILE}.{os.getpid()}")
    with suppress(OSError):
        try:
            beside.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
            beside.replace(place)
        finally:
            beside.unlink(missing_ok=True)


def _seal(kept: dict[str, Any]) -> str:
    rest = {name: value for name, value in kept.items() if name != "seal"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


def _code() -> Iterator[tuple[str, int, int]]:
    """Yield each file of Assay with size and time of change: hashing them all takes longer than running."""
    root = str(Path(assay.__file__).parent)
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        for name in sorted(files):
            path = os.path.join(folder, name)  # noqa: PTH118 (pathlib doubles the time of this loop)
            known = os.stat(path)  # noqa: PTH116
            yield os.path.relpath(path, root), known.st_size, known.st_mtime_ns


def _installed() -> Iterator[tuple[str, int]]:
    """Yield what is installed: every package's metadata folder with its time of change."""
    for place in sys.path:
        with suppress(OSError), os.scandir(place or ".") as entries:
            yield from sorted(
                (entry.name, entry.stat().st_mtime_ns)
                for entry in entries
                if entry.name.endswith((".dist-info", ".egg-info", ".pth"))
            )


def _files(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield everything in a programme's folder with the digest of its bytes, in a fixed order."""
    files = size = 0
    root = str(folder)
    evidence = os.path.join(root, EVIDENCE)  # noqa: PTH118
    for place, folders, names in os.walk(root, onerror=_raise):
        if place == root:
            folders[:] = [name for name in folders if name != ".git"]
        folders.sort()
        files += len(folders) + len(names)
        if files > MOST:
            raise _UnsettledError
        for name in folders:
            path = os.path.join(place, name)  # noqa: PTH118
            if os.path.islink(path):  # noqa: PTH114
                raise _UnsettledError
            yield os.path.relpath(path, root), "folder"
        for name in sorted(names):
            if place == evidence and (name in _PASSING or name.startswith(f"{FILE}.")):
                continue
            path = os.path.join(place, name)  # noqa: PTH118
            known = os.lstat(path)
            size += known.st_size
            if size > LARGEST or not stat.S_ISREG(known.st_mode):
                raise _UnsettledError
            if place == evidence and name.endswith("-wal") and not known.st_size:
                continue
            with open(path, "rb") as file:  # noqa: PTH123
                yield os.path.relpath(path, root), hashlib.file_digest(file, "sha256").hexdigest()


def _raise(error: OSError) -> None:
    raise error
