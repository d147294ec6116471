"""The store of a programme: records, blobs, journal and the rows of unfinished blocks.

Everything lies in ``DIR/.assay/``, which may be deleted at any time: the next run makes it anew.
"""

from __future__ import annotations

import getpass
import hashlib
import json
import os
import re
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from assay.errors import EvidenceError, InputError, StoppedError
from assay.evidence import faults, why
from assay.evidence.blobs import BlobFolder
from assay.evidence.database import Database
from assay.evidence.records import Json, Record, canonical, read_json, read_record

FOLDER = ".assay"

_ROW_COST = 256
"""Bytes of keys, digest and page overhead per row, for the size limit."""


@dataclass(frozen=True)
class JournalEntry:
    """What happened, when, where and by whom; the only place where these are kept."""

    time: str
    """UTC, ISO 8601."""
    host: str
    user: str
    event: str
    subject: str
    detail: Json


def open_store(folder: Path, *, limit_bytes: int | None = None) -> Store:
    """Return the store of the programme in `folder`; nothing is written before the first `put`.

    Parameters
    ----------
    folder
        The programme's folder.
    limit_bytes
        Most bytes that the store may take; a write beyond it is refused as if the disk were full.
    """
    return Store(folder / FOLDER, limit_bytes=limit_bytes)


class Store:
    """Records, blobs, journal and unfinished rows of one programme.

    Every method raises `EvidenceError` where something stored is damaged, and `StoppedError` where
    the disk is full, the folder cannot be used, or another program holds it.
    """

    def __init__(self, folder: Path, *, limit_bytes: int | None = None) -> None:
        self.folder = folder
        self._database = Database(folder / "records.sqlite")
        self._blobs = BlobFolder(folder / "blobs")
        self._limit = limit_bytes
        self._used: int | None = None
        self._made = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the files."""
        self._database.close()

    # records

    def put(self, record: Record, *, finishes: str | None = None) -> str:
        """Store a record, unless it is there, and return its id.

        Parameters
        ----------
        record
            The record; what it names in `blobs` has to be stored before.
        finishes
            Block whose rows are dropped in the same transaction.
        """
        from sqlalchemy.dialects.sqlite import insert

        from assay.evidence import tables

        data = record.data()
        record_id = "sha256:" + hashlib.sha256(data).hexdigest()
        self._reserve(len(data) + _ROW_COST)
        statement = insert(tables.records).values(
            id=record_id, kind=record.kind, subject=record.subject, recipe=record.recipe, data=data
        )
        with self._database.write() as connection:
            connection.execute(statement.on_conflict_do_nothing(index_elements=["id"]))
            if finishes is not None:
                connection.execute(tables.rows.delete().where(tables.rows.c.block == finishes))
        return record_id

    def get(self, record_id: str) -> Record:
        """Return the record with this id, its bytes hashed again.

        Raises
        ------
        EvidenceError
            If the store does not have it or its bytes are damaged.
        """
        record = self._maybe(record_id)
        if record is None:
            raise EvidenceError(f"the store has no record {record_id}")
        return record

    def find(self, kind: str, subject: str, recipe: str) -> Record | None:
        """Return the record that was made by exactly this recipe, if there is one."""
        return self._last({"kind": kind, "subject": subject, "recipe": recipe})

    def latest(self, kind: str, subject: str) -> Record | None:
        """Return the record of this kind and subject that was stored last, if there is one."""
        return self._last({"kind": kind, "subject": subject})

    def records(self, kind: str | None = None, subject: str | None = None) -> Iterator[Record]:
        """Yield all records, or those of one kind or subject, in the order in which they were stored."""
        where, values = _where({"kind": kind, "subject": subject})
        for record_id, data in self._database.read(
            "SELECT id, data FROM records " + where + " ORDER BY seq",  # noqa: S608 (words of this file)
            *values,
        ):
            yield read_record(data, record_id)

    def resolve(self, prefix: str) -> str:
        """Return the one id that starts with `prefix`, with or without ``sha256:``.

        Raises
        ------
        InputError
            If none or several do.
        """
        digits = prefix.removeprefix("sha256:").lower()
        if not re.fullmatch(r"[0-9a-f]{4,64}", digits):
            raise InputError(f"{prefix!r} is not a record: write at least 4 of its hexadecimal digits")
        low = "sha256:" + digits
        query = "SELECT id FROM records WHERE id >= ? AND id <= ? ORDER BY id LIMIT 2"
        found = [row[0] for row in self._database.read(query, low, low + "g")]
        if not found:
            raise InputError(f"no record starts with {prefix}")
        if len(found) > 1:
            raise InputError(f"several records start with {prefix}: write more of its digits")
        return str(found[0])

    def why(self, record_id: str, depth: int) -> why.Why:
        """Return from what a record was made, `depth` levels deep."""
        self.get(record_id)
        return why.tree(record_id, depth, self._maybe)

    # blobs

    def put_blob(self, data: bytes) -> str:
        """Store bytes under their digest and return it."""
        return self.put_blob_stream([data])[0]

    def put_blob_stream(self, chunks: Iterable[bytes]) -> tuple[str, int]:
        """Store the chunks as one blob without holding all of them; return digest and size in bytes."""
        self._make_folder()
        return self._blobs.put(self._counted(chunks))

    def blob(self, wanted: str) -> bytes:
        """Return a blob, hashed again.

        Raises
        ------
        EvidenceError
            Naming the blob, if it is missing, truncated or damaged.
        """
        return self._blobs.get(wanted)

    def has_blob(self, wanted: str) -> bool:
        """Return whether a blob is there and hashes to its name."""
        return self._blobs.has(wanted)

    def has_blobs(self, record: Record) -> bool:
        """Return whether every blob of a record is there and whole."""
        return all(self.has_blob(wanted) for wanted in record.blobs.values())

    # journal

    def note(self, event: str, subject: str, detail: Json = None) -> None:
        """Write one line into the journal, with time, host and user."""
        from assay.evidence import tables

        text = canonical(detail).decode()
        self._reserve(len(text) + _ROW_COST)
        with self._database.write() as connection:
            connection.execute(
                tables.journal.insert().values(**_here(), event=event, subject=subject, detail=text)
            )

    def journal(self, event: str | None = None, subject: str | None = None) -> Iterator[JournalEntry]:
        """Yield the journal, or the lines of one event or subject, oldest first."""
        where, values = _where({"event": event, "subject": subject})
        for time, host, user, what, about, detail in self._database.read(
            "SELECT time, host, user, event, subject, detail FROM journal " + where + " ORDER BY seq",  # noqa: S608
            *values,
        ):
            yield JournalEntry(time, host, user, what, about, read_json(detail))

    # rows of unfinished blocks

    def put_row(self, block: str, index: int, data: bytes) -> None:
        """Keep what one run of an unfinished block said; a second write replaces the first."""
        from sqlalchemy.dialects.sqlite import insert

        from assay.evidence import tables

        self._reserve(len(data) + _ROW_COST)
        values = {"digest": hashlib.sha256(data).hexdigest(), "data": data}
        statement = insert(tables.rows).values(block=block, number=index, **values)
        with self._database.write() as connection:
            connection.execute(
                statement.on_conflict_do_update(index_elements=["block", "number"], set_=values)
            )

    def rows(self, block: str) -> dict[int, bytes]:
        """Return what is kept of an unfinished block, by index; damaged rows are left out."""
        return dict(self.iterate_rows(block))

    def iterate_rows(self, block: str) -> Iterator[tuple[int, bytes]]:
        """Yield what is kept of an unfinished block in order of index, a few rows in memory at a time."""
        query = "SELECT number, digest, data FROM rows WHERE block = ? ORDER BY number"
        for index, expected, data in self._database.read(query, block):
            if hashlib.sha256(data).hexdigest() == expected:
                yield index, data

    def count_rows(self, block: str) -> int:
        """Return how many runs of an unfinished block are kept."""
        return int(next(self._database.read("SELECT count(*) FROM rows WHERE block = ?", block), (0,))[0])

    def drop_rows(self, block: str) -> None:
        """Forget an unfinished block."""
        from assay.evidence import tables

        with self._database.write() as connection:
            connection.execute(tables.rows.delete().where(tables.rows.c.block == block))

    # one writer

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the store for the time of a ``with``; a second program is told who holds it.

        Raises
        ------
        StoppedError
            If another process holds it.
        """
        from filelock import FileLock, Timeout

        self._make_folder()
        holder = self.folder / "holder.json"
        lock = FileLock(self.folder / "lock", timeout=0)
        try:
            lock.acquire()
            holder.write_bytes(canonical({**_here(), "pid": os.getpid()}))
        except Timeout as error:
            raise StoppedError(
                f"this programme is in use by {_holder(holder)}: wait until that has ended, or stop it"
            ) from error
        except OSError as error:
            lock.release()
            raise faults.from_os(error, self.folder) from error
        try:
            yield
        finally:
            holder.unlink(missing_ok=True)
            lock.release()

    # within

    def _maybe(self, record_id: str) -> Record | None:
        for (data,) in self._database.read("SELECT data FROM records WHERE id = ?", record_id):
            return read_record(data, record_id)
        return None

    def _last(self, wanted: dict[str, str | None]) -> Record | None:
        where, values = _where(wanted)
        for record_id, data in self._database.read(
            "SELECT id, data FROM records " + where + " ORDER BY seq DESC LIMIT 1",  # noqa: S608 (as above)
            *values,
        ):
            return read_record(data, record_id)
        return None

    def _counted(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            self._reserve(len(chunk))
            yield chunk

    def _reserve(self, size: int) -> None:
        """Refuse what would take the store beyond its limit; make its folder before the first write."""
        self._make_folder()
        if self._limit is None:
            return
        if self._used is None:
            try:
                self._used = _size(self.folder)
            except OSError as error:
                raise faults.from_os(error, self.folder) from error
        if self._used + size > self._limit:
            raise faults.disk_full(self.folder)
        self._used += size

    def _make_folder(self) -> None:
        if self._made:
            return
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            ignore = self.folder / ".gitignore"
            if not ignore.exists():
                ignore.write_text("*\n", encoding="utf-8")
        except OSError as error:
            raise faults.from_os(error, self.folder) from error
        self._made = True


def _size(folder: Path) -> int:
    """Return the bytes in all files but the database's write-ahead log, which comes and goes."""
    files = (path for path in folder.rglob("*") if not path.name.endswith(("-wal", "-shm")))
    return sum(path.stat().st_size for path in files if path.is_file())


def _where(wanted: dict[str, str | None]) -> tuple[str, list[str]]:
    """Return the condition on the columns that are given, and its values."""
    given = {name: value for name, value in wanted.items() if value is not None}
    words = " AND ".join(f"{name} = ?" for name in given)
    return (f"WHERE {words}" if words else ""), list(given.values())


def _here() -> dict[str, str]:
    try:
        user = getpass.getuser()
    except (KeyError, OSError, ImportError):  # a container's user without a name
        user = "unknown"
    return {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "host": socket.gethostname(),
        "user": user,
    }


def _holder(path: Path) -> str:
    try:
        who: dict[str, Any] = json.loads(path.read_bytes())
        return f"{who['user']} on {who['host']} (process {who['pid']}, since {who['time']})"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"
