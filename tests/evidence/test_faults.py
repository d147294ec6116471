"""Every fault of disk and database is one sentence with a way out."""

from __future__ import annotations

import errno
import os
import sqlite3
from pathlib import Path

import pytest

from assay.errors import AssayError, EvidenceError, StoppedError
from assay.evidence import faults

PLACE = Path("bracket/.assay/records.sqlite")


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.ENOSPC, "disk full"), (errno.EDQUOT, "disk full"), (errno.EFBIG, "disk full"),
     (errno.EACCES, "no permission"), (errno.EROFS, "no permission"), (errno.EIO, "cannot use")],
)  # fmt: skip
def test_an_error_of_the_operating_system_can_be_resumed(number: int, words: str) -> None:
    error = faults.from_os(OSError(number, os.strerror(number)), PLACE)
    assert isinstance(error, StoppedError)
    assert words in error.message
    assert str(PLACE) in error.message


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        (sqlite3.SQLITE_FULL, StoppedError, "disk full"),
        (sqlite3.SQLITE_CORRUPT, EvidenceError, "is damaged"),
        (sqlite3.SQLITE_CORRUPT_INDEX, EvidenceError, "is damaged"),
        (sqlite3.SQLITE_NOTADB, EvidenceError, "is damaged"),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, StoppedError, "in use"),
        (sqlite3.SQLITE_READONLY, StoppedError, "read and write"),
        (sqlite3.SQLITE_IOERR_WRITE, StoppedError, "disk failed"),
        (sqlite3.SQLITE_ERROR, EvidenceError, "not a store"),
        (None, StoppedError, "disk failed"),
    ],
)
def test_an_error_of_the_database_says_what_to_do(
    code: int | None, kind: type[AssayError], words: str
) -> None:
    cause = sqlite3.OperationalError("something")
    if code is not None:
        cause.sqlite_errorcode = code
    error = faults.from_sqlite(cause, PLACE)
    assert type(error) is kind
    assert words in error.message
    assert str(PLACE) in error.message
