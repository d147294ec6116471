from __future__ import annotations

from importlib.metadata import EntryPoint, EntryPoints

import pytest

from assay.errors import InputError
from assay.surrogates import families, family, library_version
from assay.surrogates.gaussian_process import FAMILY


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plug-ins as if packages had been installed."""
    points = [
        EntryPoint("plugged", "assay.surrogates.gaussian_process:FAMILY", "assay.surrogates"),
        EntryPoint("broken", "assay.surrogates.no_such_file:FAMILY", "assay.surrogates"),
        EntryPoint("gaussian-process", "assay.surrogates.no_such_file:FAMILY", "assay.surrogates"),
    ]

    def found(group: str, **wanted: str) -> EntryPoints:
        return EntryPoints(points).select(group=group, **wanted)

    monkeypatch.setattr("assay.surrogates.registry.entry_points", found)


def test_auto_is_a_gaussian_process() -> None:
    assert family("auto") is family("gaussian-process") is FAMILY
    assert library_version("auto") == FAMILY.library_version()


@pytest.mark.usefixtures("installed")
def test_plugged_in_families_are_found_and_cannot_take_a_built_in_name() -> None:
    assert families() == ("auto", "broken", "gaussian-process", "plugged")
    assert family("plugged") is FAMILY
    assert family("gaussian-process") is FAMILY


@pytest.mark.usefixtures("installed")
def test_a_family_that_does_not_load_or_exist_is_one_sentence() -> None:
    with pytest.raises(InputError, match=r"'broken'.*does not load"):
        family("broken")
    with pytest.raises(InputError, match="write one of auto, broken"):
        family("oracle")


def test_names_are_listed() -> None:
    assert "gaussian-process" in families()
