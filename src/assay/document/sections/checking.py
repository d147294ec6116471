"""How does a reader check this document without the program that wrote it?"""

from __future__ import annotations

from collections.abc import Iterator

from assay.document.model import Code, Element
from assay.document.sections.writing import Desk, fact_of_tool, heading, paragraph, words


def checking(desk: Desk) -> Iterator[Element]:
    """Yield how the attached verifier is taken out and run."""
    yield heading(1, words("How to check this document"), anchor="appendix-checking")
    yield paragraph(
        words(
            "The evidence, this document as data and a verifier that needs nothing but a Python interpreter "
            "are attached to the PDF. The verifier compares every word of the pages with the data, finds "
            "every number in its record again, recomputes the verdicts from the run tables, and names in its "
            "last line what it cannot recompute."
        )
    )
    yield Code(lines=("pdfdetach -saveall dossier.pdf", "python3 -I verify.py dossier.pdf"), file="verify.py")
    yield paragraph(
        words(
            "It proves that pages, evidence and verdicts agree with each other. Who wrote them is proved by "
            "a signature only."
        )
    )
    yield paragraph(words("Written with "), *fact_of_tool(desk), words("."), style="small")
