from __future__ import annotations

import pytest

from assay.cli.folder import configurations, programme_folder
from assay.errors import InputError
from assay.programme import load


@pytest.fixture
def programme(tmp_path):
    (tmp_path / "programme.toml").write_text("")
    (tmp_path / "studies" / "deep").mkdir(parents=True)
    return tmp_path


def test_nearest_parent(programme, monkeypatch):
    monkeypatch.chdir(programme / "studies" / "deep")
    assert programme_folder("") == programme


def test_named_folder_goes_before_where_one_stands(programme, monkeypatch, tmp_path_factory):
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert programme_folder(str(programme)) == programme
    assert programme_folder("", str(programme)) == programme
    assert programme_folder("/nowhere", str(programme)) == programme


def test_relative_names_are_resolved(programme, monkeypatch):
    monkeypatch.chdir(programme / "studies")
    assert programme_folder("..") == programme


@pytest.mark.parametrize("name", ["/nowhere", "studies"])
def test_a_folder_without_programme(programme, monkeypatch, name):
    monkeypatch.chdir(programme)
    with pytest.raises(InputError, match=r"holds no programme\.toml.*assay new"):
        programme_folder(name)


def test_no_programme_above(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="-C DIR"):
        programme_folder("")


def test_configurations_in_the_order_of_the_programme(tiny_done):
    programme = load(tiny_done.folder)
    assert configurations(programme, None) == ("nominal", "thin")
    assert configurations(programme, []) == ("nominal", "thin")
    assert configurations(programme, ["thin", "nominal", "thin"]) == ("nominal", "thin")
    assert configurations(programme, ["thin"]) == ("thin",)
    with pytest.raises(InputError, match="'thick'; write one of nominal, thin"):
        configurations(programme, ["thick"])
