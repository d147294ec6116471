"""What may be said?

A document is a list of elements made of spans; every visible character belongs to a span that is a fact, a
claim, an identifier, structure, a quotation or prose. Facts are rounded to the safe side, claims are rendered
from reviewed templates, and the gate refuses what the evidence does not bear out.
"""

from assay.document.claims import TEMPLATES, registry_digest
from assay.document.facts import DocumentError, Sources, claim, expected_text, fact
from assay.document.gate import check, named, numerals, require, unprintable
from assay.document.model import (
    SCHEMA,
    Claim,
    Code,
    Column,
    Contents,
    Document,
    Element,
    Fact,
    Figure,
    Heading,
    Identifier,
    ItemList,
    Margins,
    PageBreak,
    Paragraph,
    Prose,
    Quotation,
    Span,
    Spans,
    Structure,
    Table,
    Template,
    read_document,
    spans_of,
    text_of,
)
from assay.document.rounding import EXACT, Rounding, RoundingError, printed, relation_preserved

__all__ = [
    "EXACT",
    "SCHEMA",
    "TEMPLATES",
    "Claim",
    "Code",
    "Column",
    "Contents",
    "Document",
    "DocumentError",
    "Element",
    "Fact",
    "Figure",
    "Heading",
    "Identifier",
    "ItemList",
    "Margins",
    "PageBreak",
    "Paragraph",
    "Prose",
    "Quotation",
    "Rounding",
    "RoundingError",
    "Sources",
    "Span",
    "Spans",
    "Structure",
    "Table",
    "Template",
    "check",
    "claim",
    "expected_text",
    "fact",
    "named",
    "numerals",
    "printed",
    "read_document",
    "registry_digest",
    "relation_preserved",
    "require",
    "spans_of",
    "text_of",
    "unprintable",
]
