"""Which pictures does the dossier show? Each is drawn from the data of one request."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assay.campaign import read_field
from assay.document import Document, Figure
from assay.document.compose import FigureRequest
from assay.dossier.viewer import FieldView
from assay.evidence import Store
from assay.solvers import Field


def draw(store: Store, request: FigureRequest) -> bytes:
    """Return the SVG of one request; deterministic, from facts alone."""
    from assay.dossier.field_picture import field_picture
    from assay.dossier.plots import Level, MarginBar, Step, convergence_chart, margin_plot, waterfall_chart
    from assay.dossier.wealth_chart import wealth_chart

    data: dict[str, Any] = dict(request.data)
    if request.kind == "margins":
        return margin_plot([MarginBar(**bar) for bar in data["bars"]])
    if request.kind == "waterfall":
        return waterfall_chart([Step(**step) for step in data["steps"]], data["axis"])
    if request.kind == "wealth":
        return wealth_chart(data.pop("shown"), data.pop("refuted"), data.pop("states"), **data)
    if request.kind == "convergence":
        points = [Level(**level) for level in data.pop("levels")]
        return convergence_chart(points, **data)
    found = read_field(store.blob(data["field"]))
    return field_picture(
        found.points,
        found.cells,
        scalar(found),
        data["unit"],
        title=data["title"],
        maximum_text=data["maximum_text"],
        place=data["place"],
    )


def scalar(found: Field) -> Any:
    """Return the one component of a field that is drawn."""
    return found.values[:, 0] if found.values.ndim == 2 else found.values


def field_views(store: Store, document: Document, requests: Sequence[FigureRequest]) -> list[FieldView]:
    """Return the fields that turn in the browser: those whose picture the document shows."""
    anchors = {e.anchor for e in document.elements if isinstance(e, Figure)}
    views = []
    for request in requests:
        if request.kind != "field" or request.name not in anchors:
            continue
        found = read_field(store.blob(str(request.data["field"])))
        views.append(
            FieldView(
                name=request.name,
                title=str(request.data["title"]),
                quantity=str(request.data["title"]),
                unit=str(request.data["unit"]),
                points=found.points,
                triangles=found.cells,
                values=scalar(found),
                maximum=tuple(request.data["place"]) if request.data["place"] is not None else None,
                caption=str(request.data["maximum_text"]),
            )
        )
    return views
