"""What does the programme's author say? The files of ``narrative/``, quoted."""

from __future__ import annotations

from collections.abc import Iterator

from assay.document.model import Element, Paragraph, Quotation
from assay.document.sections.writing import Desk, heading, words


def narrative(desk: Desk) -> Iterator[Element]:
    """Yield the author's paragraphs as quotations; nothing where there are none."""
    files = {name: text for name, text in desk.inputs.programme.narrative.items() if text.strip()}
    if not files:
        return
    yield heading(1, words("In the author's words"))
    for name, text in files.items():
        for block in text.split("\n\n"):
            line = " ".join(block.split())
            if not line:
                continue
            title = line.startswith("#")
            quoted = Quotation(text=line.lstrip("# "), file=_path(name), style="strong" if title else "plain")
            yield Paragraph(style="quotation", spans=(quoted,))


def _path(name: str) -> str:
    return name if "/" in name else f"narrative/{name}"
