"""A blob is what hashes to its name."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.errors import EvidenceError, StoppedError
from assay.evidence import Store, digest, open_store


@given(data=st.binary(max_size=2000), cut=st.integers(0, 2000))
def test_any_blob_comes_back_or_is_refused(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, cut: int
) -> None:
    with open_store(tmp_path_factory.getbasetemp() / "blobs") as store:
        name = store.put_blob(data)
        assert store.blob(name) == data
        place = store.folder / "blobs" / name[7:9] / name[9:]
        place.write_bytes(data[:cut])
        whole = cut >= len(data)
        assert store.has_blob(name) is whole
        if not whole:
            with pytest.raises(EvidenceError, match=name):
                store.blob(name)
        assert store.put_blob(data) == name
        assert store.blob(name) == data


def test_a_missing_blob_is_named(store: Store) -> None:
    name = digest(b"never stored")
    assert not store.has_blob(name)
    with pytest.raises(EvidenceError, match=f"{name} is missing"):
        store.blob(name)
    for word in ("../../etc/passwd", "sha256:../../" + "a" * 58, ""):
        assert not store.has_blob(word)
        with pytest.raises(EvidenceError, match="not a digest"):
            store.blob(word)


def test_a_stream_is_stored_like_its_bytes(store: Store) -> None:
    name, size = store.put_blob_stream(chunk for chunk in (b"ab", b"", b"c"))
    assert (name, size) == (digest(b"abc"), 3)
    assert store.blob(name) == b"abc"
    assert list((store.folder / "blobs" / "new").iterdir()) == []


def test_a_stream_that_breaks_leaves_nothing(store: Store) -> None:
    def chunks() -> Iterator[bytes]:
        yield b"ab"
        raise EvidenceError("gone")

    with pytest.raises(EvidenceError, match="gone"):
        store.put_blob_stream(chunks())
    assert [path for path in (store.folder / "blobs").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_under_a_blob(store: Store, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def full(_: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoppedError, match="disk full"):
        store.put_blob(b"abc")
    monkeypatch.undo()
    assert not store.has_blob(digest(b"abc"))
    assert [path for path in (store.folder / "blobs").rglob("*") if path.is_file()] == []
