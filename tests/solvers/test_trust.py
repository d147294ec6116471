"""Solver code runs after the user has said so, for exactly the files that were read."""

from __future__ import annotations

from pathlib import Path

import pytest

from assay.errors import TrustError
from assay.evidence import digest
from assay.solvers import is_trusted, require_trust, trust

FILES = {"studies/tray.py": digest(b"one")}


@pytest.fixture(autouse=True)
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ASSAY_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path / "config"


def test_nothing_is_trusted_by_itself(tmp_path: Path, config: Path) -> None:
    with pytest.raises(TrustError, match=rf"not been trusted \(studies/tray.py\).*assay trust {tmp_path}"):
        require_trust(tmp_path, FILES)
    assert not config.exists()


def test_changed_files_need_it_again(tmp_path: Path) -> None:
    trust(tmp_path, FILES)
    require_trust(tmp_path, FILES)
    for changed in ({"studies/tray.py": digest(b"two")}, {**FILES, "studies/more.py": digest(b"x")},
                    {"studies/other.py": digest(b"one")}):  # fmt: skip
        with pytest.raises(TrustError, match="changed since"):
            require_trust(tmp_path, changed)
    require_trust(tmp_path, FILES)


def test_trust_is_for_one_folder(tmp_path: Path) -> None:
    trust(tmp_path / "a", FILES)
    trust(tmp_path / "b", {"x.py": digest(b"x")})
    assert is_trusted(tmp_path / "a", FILES)
    assert not is_trusted(tmp_path / "b", FILES)


def test_without_code_there_is_nothing_to_trust(tmp_path: Path) -> None:
    require_trust(tmp_path, {})


@pytest.mark.parametrize("content", [b"{", b"[]", b"\xff", b'{"x": 1}'])
def test_a_damaged_list_trusts_nothing(tmp_path: Path, config: Path, content: bytes) -> None:
    config.mkdir()
    (config / "trusted.json").write_bytes(content)
    assert not is_trusted(tmp_path, FILES)
    trust(tmp_path, FILES)
    assert is_trusted(tmp_path, FILES)


def test_without_an_override_it_lies_in_the_users_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ASSAY_CONFIG_HOME")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    trust(tmp_path, FILES)
    assert [path.name for path in tmp_path.rglob("trusted.json")] == ["trusted.json"]
