"""A record with one of everything that a span may point at."""

from __future__ import annotations

import pytest

from assay.document import Document, Sources, require
from assay.evidence.records import Record, digest

TABLE = digest(b"table")


@pytest.fixture
def record() -> Record:
    payload = {
        "bound": 0.04949275,
        "allowed": 0.05,
        "demand": 99.96,
        "capacity": 100.02,
        "margin": -0.0004,
        "confidence": 0.95,
        "error": 0.05,
        "words": "SHOWN GIVEN",
        "rows": [1, 2, 3],
        "yes": True,
        "none": None,
        "a/b": {"m~n": 206000},
        "zero": 0,
        "tiny": 3.1e-13,
    }
    return Record("showing", "x", digest(b"r"), {}, payload, {"table": TABLE}, {"name": "assay"})


@pytest.fixture
def approval() -> Record:
    return Record("approval", "narrative/a.md", digest(b"r"), {}, {"role": "author"}, {}, {"name": "assay"})


@pytest.fixture
def sources(record: Record, approval: Record) -> Sources:
    return Sources(
        {item.id: item.document() for item in (record, approval)}, {TABLE: [{"q": 1.5}, {"q": 2.5}]}
    )


@pytest.fixture
def refused(sources: Sources):
    """Return what the gate says about a document with the given elements and templates."""
    from assay.document import TEMPLATES, check

    def problems(*elements, templates=None, **identity) -> str:
        fields = {"title": "T", "reference": "R", "issue": "A", "date": "2026-01-02"} | identity
        used = {name: TEMPLATES[name] for name in TEMPLATES} if templates is None else templates
        document = Document(**fields, templates=used, elements=elements)
        found = check(document, sources)
        if not found:
            require(document, sources)
        return "\n".join(found)

    return problems


@pytest.fixture(scope="session")
def evidence():
    """Return the builders of a whole configuration's made-up evidence."""
    import importlib.util
    import sys
    from pathlib import Path

    path = Path(__file__).parent / "dossier_evidence.py"
    spec = importlib.util.spec_from_file_location("dossier_evidence", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["dossier_evidence"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def desk_of(evidence):
    """Return a function from inputs and names of drawn figures to a section's desk."""
    from assay.document.compose import FigureRef, dossier_record, sources_of
    from assay.document.records import DossierPayload
    from assay.document.sections import Desk

    def make(inputs, figures=()):
        summary = dossier_record(inputs, tool=evidence.TOOL)
        drawn = {name: FigureRef("sha256:" + "0" * 64, "svg") for name in figures}
        payload = DossierPayload.model_validate(summary.payload)
        return Desk(inputs, summary, summary.id, payload, sources_of(inputs, summary), drawn)

    return make
