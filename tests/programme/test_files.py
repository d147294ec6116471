from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from assay.evidence.records import digest
from assay.programme import _files, document_digest
from assay.programme._files import Folder
from assay.programme._problems import Problems


def test_not_utf8(tiny: Any) -> None:
    tiny.write("narrative/introduction.md", b"one\ntwo \xff\n")
    tiny.check("narrative/introduction.md", 2, "not UTF-8", "UTF-8")


def test_a_byte_order_mark_and_windows_line_ends_are_read_over(tiny: Any) -> None:
    before = tiny.load()
    for file in ("requirements.csv", "criteria.toml", "data/cast.csv"):
        data = (tiny.root / file).read_bytes()
        tiny.write(file, b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n"))
    after = tiny.load()
    assert after.requirements == before.requirements
    assert after.criteria == before.criteria
    assert after.datasets["cast"].columns == before.datasets["cast"].columns


def test_utf16_is_said_not_to_be_utf8(tiny: Any) -> None:
    tiny.write("criteria.toml", (tiny.root / "criteria.toml").read_text("utf-8").encode("utf-16"))
    tiny.check("criteria.toml", 1, "not UTF-8", "UTF-8")


def test_a_control_character(tiny: Any) -> None:
    tiny.write("narrative/introduction.md", "fine\n\x1b[2J\n")
    tiny.check("narrative/introduction.md", 2, "control character", "remove")


def test_too_large(tiny: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_files, "MAX_TEXT", 20_000)
    tiny.write("narrative/introduction.md", "x" * 20_001)
    tiny.check("narrative/introduction.md", None, "larger than 20000 bytes", "split")


def test_a_link_out_of_the_folder(tiny: Any, tmp_path: Path) -> None:
    (tmp_path / "outside.md").write_text("secret")
    (tiny.root / "narrative" / "more.md").symlink_to(tmp_path / "outside.md")
    tiny.check("narrative/more.md", None, "through a link", "inside")


def test_a_link_that_goes_round(tiny: Any) -> None:
    (tiny.root / "narrative" / "loop.md").symlink_to(tiny.root / "narrative" / "loop.md")
    assert tiny.only().file == "narrative/loop.md"


def test_a_folder_where_a_file_should_be(tiny: Any) -> None:
    (tiny.root / "narrative" / "more.md").mkdir()
    tiny.check("narrative/more.md", None, "not a plain file", "plain file")


def test_a_pipe_is_not_waited_for(tiny: Any) -> None:
    os.mkfifo(tiny.root / "narrative" / "pipe.md")
    tiny.check("narrative/pipe.md", None, "not a plain file", "plain file")


def test_an_error_of_the_system_is_a_problem(tiny: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Path.open

    def denied(path: Path, *args: object, **kwargs: object) -> object:
        if path.name == "introduction.md":
            raise PermissionError(13, "Permission denied")
        return opened(path, *args, **kwargs)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", denied)
    tiny.check("narrative/introduction.md", None, "Permission denied", "readable")


@pytest.mark.parametrize(
    "path",
    ["", "/etc/passwd", "../x", "a/../b", "a//b", "./a", "a\\b", "C:/x", "~/x", "a\nb", "x" * 600, "a\0b"],
)
def test_refused_paths(tmp_path: Path, path: str) -> None:
    folder = Folder(tmp_path, Problems())
    assert folder.refusal(path) is not None
    assert not folder.exists(path)
    assert folder.read(path) is None


def test_document_digest(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"abc")
    assert document_digest(tmp_path, "a.txt") == digest(b"abc")
    assert document_digest(tmp_path, "b.txt") is None
    assert document_digest(tmp_path, "../a.txt") is None
