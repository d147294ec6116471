"""Files under their own digest; what does not hash to its name is not there."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from assay.errors import AssayError, EvidenceError
from assay.evidence import faults

if TYPE_CHECKING:
    from fsspec.implementations.local import LocalFileSystem

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


class BlobFolder:
    """A folder of blobs: ``ab/cdef...`` holds the bytes whose SHA-256 is ``abcdef...``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, chunks: Iterable[bytes]) -> tuple[str, int]:
        """Store the chunks as one blob and return its digest and size in bytes.

        A reader sees the whole file or none: it is written beside its place, flushed to the disk
        and renamed.
        """
        files = _files()
        beside = self.folder / "new" / f"{os.getpid()}-{os.urandom(8).hex()}"
        try:
            beside.parent.mkdir(parents=True, exist_ok=True)
            try:
                found, size = _write(files, beside, chunks)
                place = self.place(found)
                if self._is_whole(found):
                    return found, size
                place.parent.mkdir(parents=True, exist_ok=True)
                # os.replace and not fsspec's move, which copies where a rename fails
                os.replace(beside, place)  # noqa: PTH105
                _flush_folder(place.parent)
            finally:
                beside.unlink(missing_ok=True)
        except OSError as error:
            raise faults.from_os(error, self.folder) from error
        return found, size

    def get(self, wanted: str) -> bytes:
        """Return the bytes of a blob, hashed again.

        Raises
        ------
        EvidenceError
            If it is missing, truncated or damaged.
        """
        place = self.place(wanted)
        try:
            data: bytes = _files().cat_file(str(place))
        except FileNotFoundError as error:
            raise EvidenceError(f"blob {wanted} is missing at {place}: run again to recompute it") from error
        except OSError as error:
            raise faults.from_os(error, place) from error
        found = "sha256:" + hashlib.sha256(data).hexdigest()
        if found != wanted:
            raise EvidenceError(
                f"blob {wanted} is damaged: {place} has {len(data)} bytes that hash to {found}; "
                "run again to recompute it"
            )
        return data

    def has(self, wanted: str) -> bool:
        """Return whether the blob is there and whole."""
        try:
            return self._is_whole(wanted)
        except (AssayError, OSError):
            return False

    def place(self, wanted: str) -> Path:
        """Return where a blob lies, or would lie."""
        if not _DIGEST.fullmatch(wanted):
            raise EvidenceError(f"{wanted!r} is not a digest")
        name = wanted.removeprefix("sha256:")
        return self.folder / name[:2] / name[2:]

    def size(self) -> int:
        """Return the bytes in all blobs."""
        return sum(path.stat().st_size for path in self.folder.rglob("*") if path.is_file())

    def _is_whole(self, wanted: str) -> bool:
        place = self.place(wanted)
        if not place.is_file():
            return False
        with place.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == wanted.removeprefix("sha256:")


def _files() -> LocalFileSystem:
    from fsspec.implementations.local import LocalFileSystem

    return LocalFileSystem()


def _write(files: LocalFileSystem, path: Path, chunks: Iterable[bytes]) -> tuple[str, int]:
    hasher = hashlib.sha256()
    size = 0
    with files.open(str(path), "wb") as file:
        for chunk in chunks:
            hasher.update(chunk)
            size += len(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return "sha256:" + hasher.hexdigest(), size


def _flush_folder(folder: Path) -> None:
    """Make a rename outlive a power cut; not every file system can."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError:
        return
    finally:
        os.close(handle)
