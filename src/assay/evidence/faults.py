"""What a fault of disk or database means to the reader of the message."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

from assay.errors import AssayError, EvidenceError, StoppedError

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_DENIED = {errno.EACCES, errno.EPERM, errno.EROFS}
_PRIMARY = 0xFF
"""SQLite keeps the primary error code in the low byte of an extended one."""


def disk_full(path: Path) -> StoppedError:
    """Return the error of a full disk or of the store's own size limit."""
    return StoppedError(
        f"disk full at {path}: everything written before is kept; free some space and run again"
    )


def from_os(error: OSError, path: Path) -> AssayError:
    """Return what an operating system's error means for the store at `path`."""
    if error.errno in _FULL:
        return disk_full(path)
    if error.errno in _DENIED:
        return StoppedError(f"no permission at {error.filename or path}: {error.strerror}")
    return StoppedError(f"cannot use {error.filename or path}: {error.strerror or error}")


def from_sqlite(error: BaseException | None, path: Path) -> AssayError:
    """Return what a database error means for the store at `path`."""
    code = getattr(error, "sqlite_errorcode", None)
    primary = None if code is None else code & _PRIMARY
    if primary == sqlite3.SQLITE_FULL:
        return disk_full(path)
    if primary in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT}:
        return EvidenceError(
            f"{path} is damaged ({error}): restore it, or move it away and run again to recompute"
        )
    if primary in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return StoppedError(f"{path} is in use by another program: try again when that has ended")
    if primary in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}:
        return StoppedError(f"cannot open {path} ({error}): check that you may read and write there")
    if primary == sqlite3.SQLITE_ERROR:
        return EvidenceError(f"{path} is not a store of this version ({error}): move it away and run again")
    return StoppedError(f"the disk failed under {path}: {error}")
