"""What does each part of a dossier say? One file a section, from evidence to elements."""

from assay.document.sections.ai_model import ai_model
from assay.document.sections.basis import basis
from assay.document.sections.checking import checking
from assay.document.sections.documents import documents
from assay.document.sections.gaps import gaps
from assay.document.sections.history import history
from assay.document.sections.index import index
from assay.document.sections.inputs import DossierInputs, FigureRef, FigureRequest, StudyRecords
from assay.document.sections.matrix import matrix
from assay.document.sections.narrative import narrative
from assay.document.sections.numbering import numbered
from assay.document.sections.part import part
from assay.document.sections.references import bibliography
from assay.document.sections.showing import showings
from assay.document.sections.statement import statement
from assay.document.sections.structure import structure
from assay.document.sections.title import title
from assay.document.sections.verification import verification
from assay.document.sections.writing import Desk, parsed_tables

__all__ = [
    "Desk",
    "DossierInputs",
    "FigureRef",
    "FigureRequest",
    "StudyRecords",
    "ai_model",
    "basis",
    "bibliography",
    "checking",
    "documents",
    "gaps",
    "history",
    "index",
    "matrix",
    "narrative",
    "numbered",
    "parsed_tables",
    "part",
    "showings",
    "statement",
    "structure",
    "title",
    "verification",
]
