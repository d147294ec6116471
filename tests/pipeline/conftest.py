"""The computed programme `tiny`, opened once, and everything that a walk over it finds."""

from __future__ import annotations

import pytest

from assay.evidence import open_store, read_ledger
from assay.pipeline import Looking, walk
from assay.programme import load


@pytest.fixture(scope="session")
def programme(tiny_done):
    return load(tiny_done.folder)


@pytest.fixture(scope="session")
def store(tiny_done):
    with open_store(tiny_done.folder) as opened:
        yield opened


@pytest.fixture(scope="session")
def ledger(tiny_done):
    return read_ledger(tiny_done.folder)


@pytest.fixture
def looking(store, ledger):
    return Looking(store, ledger)


@pytest.fixture(scope="session")
def walked(store, ledger, programme):
    return walk(Looking(store, ledger), programme, ("nominal", "thin"))


@pytest.fixture(scope="session")
def beam(walked):
    """What is known of the study `beam`."""
    return walked.studies["beam"]


@pytest.fixture(scope="session")
def support(walked):
    return walked.studies["support"]


@pytest.fixture(scope="session")
def nominal(walked):
    """What is known of the configuration `nominal`."""
    return walked.configurations["nominal"]


@pytest.fixture(scope="session")
def claims(nominal):
    """Claims of `nominal` by criterion."""
    return {claim.criterion.id: claim for claim in nominal.setting.claims}


@pytest.fixture(scope="session")
def betting(sequential_done):
    """The programme `sequential`, computed, and everything that a walk over it finds."""
    with open_store(sequential_done.folder) as opened:
        ledger = read_ledger(sequential_done.folder)
        return walk(Looking(opened, ledger), load(sequential_done.folder), ("nominal",))
