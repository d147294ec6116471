"""A desk with a whole configuration on it, and the texts of what a section writes."""

from __future__ import annotations

import dataclasses

import pytest

from assay.document.model import Document, spans_of
from assay.document.sections import numbered


@pytest.fixture(scope="session")
def inputs(evidence):
    return evidence.make_inputs()


@pytest.fixture(scope="session")
def desk(desk_of, inputs):
    return desk_of(inputs, ["margins", "waterfall-1", "field-1", "convergence-1"])


@pytest.fixture(scope="session")
def said():
    """Return the text of elements, a line each, after the gate let them through."""
    from assay.document import TEMPLATES, check

    def text(desk, elements):
        elements = tuple(elements)
        counted = numbered(elements)
        document = Document(
            title="T",
            reference="R",
            issue="1",
            date="2026-01-01",
            templates=dict(TEMPLATES),
            elements=counted,
        )
        problems = check(document, desk.sources)
        # a section alone refers to others, so links and their numbers lead nowhere here
        bad = [p for p in problems if "leads nowhere" not in p]
        assert not bad, bad
        return "\n".join("".join(span.text for span in spans_of(element)) for element in counted)

    return text


@pytest.fixture(scope="session")
def changed():
    """Return inputs with the payload of one showing changed."""

    def change(inputs, criterion, **changes):
        record = inputs.showings[criterion]
        other = dataclasses.replace(record, payload={**record.payload, **changes})
        return dataclasses.replace(inputs, showings={**inputs.showings, criterion: other})

    return change
