"""Two clones, other workers, time zone, language and hash seed: the same records and the same bytes."""

from __future__ import annotations

import shutil

import pytest

OTHER = {
    "TZ": "Asia/Kolkata",
    "LANG": "de_DE.UTF-8",
    "LC_ALL": "C",
    "PYTHONHASHSEED": "4242",
    "COLUMNS": "133",
    "OMP_NUM_THREADS": "2",
}


@pytest.fixture(scope="module")
def clone(tiny_done, tmp_path_factory):
    """The same programme elsewhere, computed by a process of its own with two workers."""
    place = tmp_path_factory.mktemp("a clone with spaces and ü") / "elsewhere"
    assay = tiny_done.copy(place)
    shutil.rmtree(place / ".assay")
    for name in ("attempts", "freezes"):
        shutil.rmtree(place / "ledger" / name)
    ended = assay("run", "--workers", "2", **OTHER)
    assert ended.code == 0, ended.err
    return assay


def test_all_records_are_the_same(tiny_done, clone):
    """Every record and not only the showings; so also every blob, for records name their digests."""
    here, there = tiny_done.records(), clone.records()
    assert {r.subject for i, r in here.items() if i not in there} == set()
    assert set(here) == set(there)
    assert len(here) > 50


def test_the_ledgers_are_the_same(tiny_done, clone):
    assert tiny_done.ledger() == clone.ledger()


def test_status_is_the_same(tiny_done, clone):
    assert tiny_done.within("status", "--json").out == clone("status", "--json", **OTHER).out


def test_a_clone_of_the_ledger_goes_on_from_it(tiny_done, tmp_path):
    """A clone has the ledger of git and no store: the same attempts, the same draws, the same showings."""
    assay = tiny_done.copy(tmp_path / "tiny")
    shutil.rmtree(assay.folder / ".assay")
    assay.run()
    assert set(assay.records()) == set(tiny_done.records())
    assert assay.ledger() == tiny_done.ledger()


def test_dossiers_are_the_same_bytes(tiny_done, clone, tmp_path):
    here = tiny_done.copy(tmp_path / "tiny")
    there = clone.copy(tmp_path / "other" / "tiny")
    assert here("dossier", "--configuration", "nominal").code == 0
    assert there("dossier", "--configuration", "nominal", **OTHER).code == 0
    for name in ("pdf", "html", "json"):
        file = f"build/nominal/dossier.{name}"
        assert (here.folder / file).read_bytes() == (there.folder / file).read_bytes(), name
