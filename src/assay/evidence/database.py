"""One SQLite file: read through the driver, written through SQLAlchemy Core.

Write-ahead logging with ``synchronous=NORMAL``: a process killed at any moment loses nothing that
was committed, a power cut loses at most the last runs, and neither damages the file. A second
terminal reads while the first writes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assay.errors import EvidenceError
from assay.evidence import faults

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

_BUSY_SECONDS = 30.0
_BATCH = 256

VERSION = 1
"""Raised when a table changes; kept in the file as ``user_version``."""


class Database:
    """The file at `path`; made by the first write, so that looking never leaves a trace."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._reader: sqlite3.Connection | None = None
        self._engine: Engine | None = None

    def close(self) -> None:
        """Let go of the file; the next use opens it anew."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None

    def read(self, statement: str, *values: str | int) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query; none while there is no database yet.

        Raises
        ------
        EvidenceError
            If the file is damaged.
        StoppedError
            If it cannot be opened.
        """
        try:
            reader = self._open_reader()
            if reader is None:
                return
            with closing(reader.execute(statement, values)) as cursor:
                while batch := cursor.fetchmany(_BATCH):
                    yield from batch
        except sqlite3.Error as error:
            raise faults.from_sqlite(error, self.path) from error
        except OSError as error:
            raise faults.from_os(error, self.path) from error

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give a connection whose statements are committed together or not at all."""
        from sqlalchemy.exc import DBAPIError

        try:
            if self._engine is None:
                self._engine = _engine(self.path)
            with self._engine.begin() as connection:
                yield connection
        except DBAPIError as error:
            raise faults.from_sqlite(error.orig, self.path) from error
        except sqlite3.Error as error:
            raise faults.from_sqlite(error, self.path) from error
        except OSError as error:
            raise faults.from_os(error, self.path) from error

    def _open_reader(self) -> sqlite3.Connection | None:
        if self._reader is None:
            try:
                if self.path.stat().st_size == 0:
                    return None
            except FileNotFoundError:
                return None
            try:
                self._reader = _connect(self.path, "mode=ro")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF not in {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}:
                    raise
                # a folder that may only be read has no place for the log's index, and no writer either
                self._reader = _connect(self.path, "mode=ro&immutable=1")
        return self._reader


def _connect(path: Path, options: str) -> sqlite3.Connection | None:
    """Return a reading connection; None while the first writer has not yet made the tables."""
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?{options}",
        uri=True,
        timeout=_BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version in {0, VERSION}:
            connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
    except sqlite3.Error:
        connection.close()
        raise
    if version == VERSION:
        return connection
    connection.close()
    if version == 0:
        return None
    raise EvidenceError(f"{path} was written by another version of Assay (store {version}): use that version")


def _engine(path: Path) -> Engine:
    """Return an engine on `path` with its tables, made where missing."""
    from sqlalchemy import create_engine, event
    from sqlalchemy.pool import StaticPool

    from assay.evidence import tables

    path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        f"sqlite:///{path}",
        poolclass=StaticPool,
        connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False},
    )

    def prepare(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")

    event.listen(engine, "connect", prepare)
    with engine.begin() as connection:
        version = connection.exec_driver_sql("PRAGMA user_version").scalar()
        if version == 0:
            tables.metadata.create_all(connection)
            connection.exec_driver_sql(f"PRAGMA user_version={VERSION:d}")
        elif version != VERSION:
            raise EvidenceError(
                f"{path} was written by another version of Assay (store {version}): use that version"
            )
    return engine
