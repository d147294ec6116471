"""The store keeps what it is given, notices what was damaged, and stops in one sentence."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import assay
from assay.errors import EvidenceError, InputError, StoppedError
from assay.evidence import Record, Store, canonical, digest, open_store


def make(subject: str = "tray@nominal", *, recipe: str = "r1", **changes: object) -> Record:
    values: dict[str, object] = {
        "kind": "runs", "subject": subject, "recipe": digest(recipe.encode()), "inputs": {},
        "payload": {"count": 59}, "blobs": {}, "tool": {"name": "assay", "version": "0"},
    }  # fmt: skip
    return Record(**{**values, **changes})  # type: ignore[arg-type]


def test_looking_leaves_no_trace(tmp_path: Path, store: Store) -> None:
    assert store.find("runs", "x", "y") is None
    assert store.latest("runs", "x") is None
    assert list(store.records()) == []
    assert list(store.journal()) == []
    assert store.rows("b") == {}
    assert list(tmp_path.iterdir()) == []


def test_reading_loads_neither_sqlalchemy_nor_fsspec(tmp_path: Path) -> None:
    """A run with nothing to do may take one second in all; `import sqlalchemy` takes half of it."""
    with open_store(tmp_path) as store:
        record_id = store.put(make())
        store.put_blob(b"x")
    code = (
        "import sys; from pathlib import Path; from assay.evidence import open_store, digest\n"
        f"store = open_store(Path({str(tmp_path)!r})); store.get({record_id!r})\n"
        "assert store.has_blob(digest(b'x'))\n"
        "assert list(store.records()); list(store.journal())\n"
        "print([name for name in ('sqlalchemy', 'fsspec', 'filelock', 'numpy') if name in sys.modules])"
    )
    path = str(Path(assay.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    assert done.stdout.strip() == "[]"


def test_a_record_is_found_by_id_recipe_and_subject(store: Store) -> None:
    old, new, other = make(recipe="r1"), make(recipe="r2"), make("wing")
    ids = [store.put(record) for record in (old, new, other)]
    assert ids == [old.id, new.id, other.id]
    assert store.put(old) == old.id
    assert store.get(old.id) == old
    assert store.find("runs", old.subject, old.recipe) == old
    assert store.find("runs", old.subject, digest(b"r3")) is None
    assert store.latest("runs", old.subject) == new
    assert list(store.records()) == [old, new, other]
    assert list(store.records(subject="wing")) == [other]
    assert list(store.records(kind="model")) == []
    with pytest.raises(EvidenceError, match="has no record"):
        store.get("sha256:" + "0" * 64)


def test_what_is_stored_is_there_for_the_next_process(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        record_id = store.put(make())
    with open_store(tmp_path) as store:
        assert store.get(record_id) == make()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=3),
    max_leaves=12,
)  # fmt: skip


@given(payload=JSON, subject=st.text(st.characters(exclude_categories=["Cs"])))
def test_any_record_comes_back_as_itself(
    tmp_path_factory: pytest.TempPathFactory, payload: object, subject: str
) -> None:
    folder = tmp_path_factory.getbasetemp() / "round-trip"
    with open_store(folder) as store:
        record = make(subject, payload=payload)
        record_id = store.put(record)
        assert store.get(record_id).data() == record.data()
        assert store.latest("runs", subject) is not None


def test_whether_all_blobs_of_a_record_are_there(store: Store) -> None:
    record = make(blobs={"table": store.put_blob(b"abc")})
    assert store.has_blobs(record)
    assert not store.has_blobs(make(blobs={"table": digest(b"abc"), "field": digest(b"gone")}))


def test_rows_of_an_unfinished_block(store: Store) -> None:
    for index in (2, 0, 1):
        store.put_row("block", index, bytes([index]))
    store.put_row("block", 1, b"again")
    store.put_row("another", 0, b"x")
    assert store.rows("block") == {0: b"\x00", 1: b"again", 2: b"\x02"}
    assert list(store.rows("block")) == [0, 1, 2]
    assert store.count_rows("block") == 3
    store.put(make(), finishes="block")
    assert store.rows("block") == {}
    store.drop_rows("another")
    assert store.count_rows("another") == 0


def test_a_damaged_row_is_left_out(store: Store) -> None:
    store.put_row("block", 0, b"good")
    store.put_row("block", 1, b"bad")
    store.close()
    with sqlite3.connect(store.folder / "records.sqlite") as other:
        other.execute("UPDATE rows SET data = ? WHERE number = 1", (b"bat",))
    other.close()
    assert store.rows("block") == {0: b"good"}


def test_the_journal_keeps_time_host_and_user(store: Store) -> None:
    store.note("block-started", "tray", {"total": 59})
    store.note("block-finished", "tray")
    first, last = store.journal()
    assert (first.event, first.subject, first.detail) == ("block-started", "tray", {"total": 59})
    assert first.time.endswith("+00:00")
    assert first.host
    assert first.user
    assert last.detail is None
    assert [entry.event for entry in store.journal(event="block-finished")] == ["block-finished"]
    assert list(store.journal(subject="wing")) == []


def test_short_ids(store: Store) -> None:
    ids = sorted(store.put(make(f"s{number}")) for number in range(40))
    wanted = ids[7]
    assert store.resolve(wanted) == wanted
    assert store.resolve(wanted[:23]) == wanted
    assert store.resolve(wanted.removeprefix("sha256:")[:16].upper()) == wanted
    with pytest.raises(InputError, match="no record starts"):
        store.resolve("0" * 64)
    for word in ("abc", "%%%%", "xyzw", ""):
        with pytest.raises(InputError, match="at least 4"):
            store.resolve(word)


def test_an_ambiguous_short_id_is_refused(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        store.put(make())
    twins = ["sha256:abcd" + "0" * 60, "sha256:abcd" + "1" * 60]
    with sqlite3.connect(tmp_path / ".assay" / "records.sqlite") as other:
        for twin in twins:
            other.execute(
                "INSERT INTO records (id, kind, subject, recipe, data) VALUES (?, '', '', '', '')", (twin,)
            )
    other.close()
    with open_store(tmp_path) as store, pytest.raises(InputError, match="several"):
        store.resolve("abcd")


# damage, full disks, other programs


def test_a_record_edited_in_the_database_is_noticed(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        record_id = store.put(make())
    with sqlite3.connect(tmp_path / ".assay" / "records.sqlite") as other:
        other.execute(
            "UPDATE records SET data = ?", (canonical({**make().document(), "payload": {"count": 1}}),)
        )
    other.close()
    with open_store(tmp_path) as store:
        for look in (lambda: store.get(record_id), lambda: store.latest("runs", "tray@nominal"),
                     lambda: list(store.records())):  # fmt: skip
            with pytest.raises(EvidenceError, match="is damaged"):
                look()


def test_a_folder_that_is_a_file_stops_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / ".assay").write_text("")
    with open_store(tmp_path) as store:
        with pytest.raises(StoppedError, match=r"\.assay"):
            store.put(make())
        with pytest.raises(StoppedError, match=r"\.assay"):
            list(store.records())
        with pytest.raises(StoppedError, match=r"\.assay"), store.lock():
            pass


def test_beyond_its_limit_the_store_keeps_what_it_has(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        first = store.put(make())
        store.close()
        used = sum(path.stat().st_size for path in store.folder.rglob("*") if path.is_file())
    with open_store(tmp_path, limit_bytes=used + 2000) as store:
        with pytest.raises(StoppedError, match="disk full"):
            store.put(make("big", payload={"text": "x" * 3000}))
        with pytest.raises(StoppedError, match="disk full"):
            store.put_blob(b"x" * 3000)
        with pytest.raises(StoppedError, match="disk full"):
            store.put_row("block", 0, b"x" * 3000)
        store.put_row("block", 1, b"small")
        assert [record.id for record in store.records()] == [first]
        assert store.rows("block") == {1: b"small"}


def test_only_one_holds_the_store(tmp_path: Path) -> None:
    with open_store(tmp_path) as one, open_store(tmp_path) as other:
        with one.lock():
            with pytest.raises(StoppedError, match=f"in use by .*process {os.getpid()}"), other.lock():
                pass
            assert list(other.records()) == []
        with other.lock():
            pass


def test_an_error_inside_the_lock_is_its_own(store: Store) -> None:
    with pytest.raises(FileNotFoundError), store.lock():
        Path("/no/such/file").read_bytes()
    with store.lock():
        pass


def test_git_does_not_see_the_store(store: Store) -> None:
    store.note("start", "x")
    assert (store.folder / ".gitignore").read_text() == "*\n"
