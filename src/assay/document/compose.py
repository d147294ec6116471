"""How does the evidence of one configuration become its compliance dossier? Sections in their order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from assay.document import sections
from assay.document.claims import TEMPLATES
from assay.document.facts import Sources
from assay.document.figures import requests
from assay.document.model import Claim, Document, Element, spans_of
from assay.document.records import DossierPayload
from assay.document.sections import (
    Desk,
    DossierInputs,
    FigureRef,
    FigureRequest,
    StudyRecords,
    numbered,
    parsed_tables,
)
from assay.document.summary import dossier_record
from assay.evidence import Record


def sources_of(inputs: DossierInputs, summary: Record) -> Sources:
    """Return the evidence that the spans of the document point into.

    Parameters
    ----------
    summary
        The record that `dossier_record` returned.
    """
    records = {identifier: record.document() for identifier, record in inputs.records().items()}
    return Sources({**records, summary.id: summary.document()}, parsed_tables(inputs.tables))


def attached_records(inputs: DossierInputs, summary: Record | None) -> tuple[Record, ...]:
    """Return every record that belongs into the dossier, its own last where it is known already."""
    return (*inputs.records().values(), *(() if summary is None else (summary,)))


def figure_requests(inputs: DossierInputs, summary: Record) -> tuple[FigureRequest, ...]:
    """Return the pictures to draw before `compose`."""
    return requests(_desk(inputs, summary, {}))


def compose(inputs: DossierInputs, summary: Record, figures: Mapping[str, FigureRef]) -> Document:
    """Return the dossier of one configuration; the gate has not seen it yet.

    Parameters
    ----------
    inputs
        The evidence by its role.
    summary
        The record that `dossier_record` made of it.
    figures
        Name of a request to what was drawn; a figure that is missing is left out.

    Raises
    ------
    DocumentError
        If a sentence would say what its evidence does not.
    """
    desk = _desk(inputs, summary, figures)
    elements = numbered(tuple(_elements(desk)))
    used = {span.template for e in elements for span in spans_of(e) if isinstance(span, Claim)}
    head = inputs.programme.document
    return Document(
        title=f"Compliance dossier: {inputs.programme.title}",
        reference=head.reference,
        issue=head.issue,
        date=head.date,
        dossier=summary.id,
        templates={name: TEMPLATES[name] for name in sorted(used)},
        elements=elements,
    )


def _desk(inputs: DossierInputs, summary: Record, figures: Mapping[str, FigureRef]) -> Desk:
    payload = DossierPayload.model_validate(summary.payload)
    sources = sources_of(inputs, summary)
    return Desk(inputs, summary, summary.id, payload, sources, figures)


def _elements(desk: Desk) -> Iterator[Element]:
    yield from sections.title(desk)
    yield from sections.narrative(desk)
    yield from sections.basis(desk)
    yield from sections.matrix(desk)
    yield from sections.gaps(desk)
    yield from sections.part(desk)
    yield from sections.showings(desk)
    yield from sections.documents(desk)
    yield from sections.ai_model(desk)
    yield from sections.verification(desk)
    yield from sections.structure(desk)
    yield from sections.history(desk)
    yield from sections.statement(desk)
    yield from sections.bibliography(desk)
    yield from sections.index(desk)
    yield from sections.checking(desk)


__all__ = [
    "DossierInputs",
    "FigureRef",
    "FigureRequest",
    "StudyRecords",
    "attached_records",
    "compose",
    "dossier_record",
    "figure_requests",
    "sources_of",
]
