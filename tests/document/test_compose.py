from __future__ import annotations

import re

import pytest

from assay.document import Document, require, spans_of
from assay.document.compose import (
    FigureRef,
    attached_records,
    compose,
    dossier_record,
    figure_requests,
    sources_of,
)
from assay.document.model import Heading
from assay.evidence import digest

PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 1" width="4" height="1"></svg>'


def composed(evidence, inputs) -> tuple[Document, object]:
    summary = dossier_record(inputs, tool=evidence.TOOL)
    figures = {r.name: FigureRef(digest(PICTURE), "svg") for r in figure_requests(inputs, summary)}
    return compose(inputs, summary, figures), summary


@pytest.fixture(scope="module")
def whole(evidence):
    inputs = evidence.make_inputs()
    document, summary = composed(evidence, inputs)
    return inputs, summary, document


def test_the_gate_lets_it_through(whole):
    inputs, summary, document = whole
    require(document, sources_of(inputs, summary))


def test_the_gate_lets_the_poorest_programme_through(evidence):
    inputs = evidence.make_inputs(evidence.make_programme(surrogate=False, verified=False, narrative={}))
    document, summary = composed(evidence, inputs)
    require(document, sources_of(inputs, summary))


def test_sections_stand_in_the_order_of_the_argument(whole):
    heads = [
        "".join(s.text for s in e.spans) for e in whole[2].elements if isinstance(e, Heading) and e.level == 1
    ]
    assert [re.sub(r"^\S+ ", "", head) for head in heads[1:]] == [
        "In the author's words",
        "Basis: clauses and editions",
        "Compliance matrix",
        "Open rows: what is not shown",
        "Configuration, laws and allowables",
        "Showings",
        "Requirements answered by documents",
        "The AI model: data, errors, credit",
        "Verification of the solver and model form",
        "Tests of declared structure",
        "Runs, failures, attempts, deviations",
        "Statement and roles",
        "Bibliography of the methods used",
        "Index of evidence",
        "How to check this document",
    ]


def test_every_requirement_and_verdict_is_in_the_document(whole):
    inputs, _, document = whole
    text = " ".join(span.text for element in document.elements for span in spans_of(element))
    for row in inputs.status.rows:
        assert row.requirement in text
        for given in row.given:
            assert given in text


def test_references_lead_to_a_number(whole):
    linked = [s for e in whole[2].elements for s in spans_of(e) if s.kind == "structure" and s.link]
    assert linked
    assert all(re.search(r"\u00a0[0-9A-C]", span.text) for span in linked)


def test_the_document_names_the_record_it_stands_on(whole):
    inputs, summary, document = whole
    assert document.dossier == summary.id
    records = {record.id: record for record in attached_records(inputs, summary)}
    assert set(summary.inputs.values()) | {summary.id} == set(records)
    assert summary.id not in {record.id for record in attached_records(inputs, None)}
    pointed = {s.record for e in document.elements for s in spans_of(e) if s.kind == "fact"}
    assert pointed <= set(records)


def test_the_same_evidence_makes_the_same_bytes(evidence, whole):
    again, _ = composed(evidence, evidence.make_inputs())
    assert again.data() == whole[2].data()


def test_without_figures_there_is_none(evidence, whole):
    inputs, summary, _ = whole
    document = compose(inputs, summary, {})
    require(document, sources_of(inputs, summary))
    assert not [e for e in document.elements if e.type == "figure"]


def test_it_is_set_as_a_pdf_of_a_readable_length(whole):
    from assay.dossier import attachments, render_pdf

    inputs, summary, document = whole
    images = {digest(PICTURE): PICTURE}
    files = attachments(
        document, attached_records(inputs, summary), dict(inputs.tables), images, b"print()\n", summary.id
    )
    data = render_pdf(document, files, images)
    pages = len(re.findall(rb"/Type\s*/Page\b(?!s)", data))
    assert data.startswith(b"%PDF-")
    assert pages == 0 or 15 <= pages <= 45
