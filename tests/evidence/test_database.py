"""The database survives its readers, its writer and its disk, or says in one sentence why not."""

from __future__ import annotations

import os
import random
import sqlite3
import threading
from pathlib import Path

import pytest

from assay.errors import AssayError, EvidenceError, StoppedError
from assay.evidence import Record, Store, digest, open_store


def make(subject: str = "tray@nominal", *, payload: object = 59) -> Record:
    return Record("runs", subject, digest(b"r"), {}, payload, {}, {"name": "assay"})


def _put_many(store: Store) -> None:
    for number in range(60):
        store.put(make(f"t{number}"))


def test_a_damaged_database_is_one_sentence(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        for number in range(60):
            store.put(make(f"s{number}"))
    path = tmp_path / ".assay" / "records.sqlite"
    whole = path.read_bytes()
    for damaged in (
        b"not a database" * 100,
        whole[:1000],
        whole[:100] + random.Random(1).randbytes(len(whole) - 100),
    ):
        path.write_bytes(damaged)
        with open_store(tmp_path) as store, pytest.raises(AssayError, match=r"records\.sqlite"):
            list(store.records())
        with open_store(tmp_path) as store, pytest.raises(AssayError, match=r"records\.sqlite"):
            _put_many(store)


def test_a_store_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        store.put(make())
    with sqlite3.connect(tmp_path / ".assay" / "records.sqlite") as other:
        other.execute("PRAGMA user_version=99")
    other.close()
    with open_store(tmp_path) as store:
        with pytest.raises(EvidenceError, match="another version"):
            list(store.records())
        with pytest.raises(EvidenceError, match="another version"):
            store.put(make("new"))


@pytest.mark.skipif(os.getuid() == 0, reason="everything is open to root")
def test_a_folder_without_permission_stops_in_one_sentence(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        store.put(make())
    (tmp_path / ".assay").chmod(0)
    try:
        with open_store(tmp_path) as store, pytest.raises(StoppedError):
            list(store.records())
    finally:
        (tmp_path / ".assay").chmod(0o700)


def test_a_full_database_is_a_full_disk(store: Store) -> None:
    store.put(make())
    with store._database.write() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    with pytest.raises(StoppedError, match="disk full"):
        store.put(make("big", payload="x" * 100_000))
    assert [record.subject for record in store.records()] == ["tray@nominal"]


def test_reading_goes_on_while_another_writes(tmp_path: Path) -> None:
    failures: list[Exception] = []

    def read() -> None:
        try:
            with open_store(tmp_path) as other:
                for _ in range(200):
                    list(other.records())
                    other.count_rows("block")
        except Exception as error:  # noqa: BLE001
            failures.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    with open_store(tmp_path) as store:
        for number in range(100):
            store.put_row("block", number, b"x")
            store.put(make(f"s{number}"))
    reader.join()
    assert failures == []
