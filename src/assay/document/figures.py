"""Which pictures does the dossier need, and what is drawn in each?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assay.document.printed_units import printed_unit
from assay.document.sections.argument import governing
from assay.document.sections.betting import drawn_wealth
from assay.document.sections.charges import charges_of
from assay.document.sections.inputs import DossierInputs, FigureRequest
from assay.document.sections.showing_tables import run_by_run
from assay.document.sections.verification import worst_convergence
from assay.document.sections.writing import MARGIN, Desk, Lines, in_unit, significant
from assay.evidence import Json, Record


def requests(desk: Desk) -> tuple[FigureRequest, ...]:
    """Return the pictures that the document has room for; printed texts are those of the document."""
    found = [*_margins(desk)]
    for criterion, record in desk.inputs.showings.items():
        number = governing(record.payload)
        if number is not None:
            part = record.payload["parts"][number]
            if part["waterfall"] and not run_by_run(part):
                found += _waterfall(desk, desk.figure("waterfall", criterion), record, number)
            found += _wealth(desk, desk.figure("wealth", criterion), record, number)
            found += _field(desk, desk.figure("field", criterion), record, number)
    for study, records in desk.inputs.studies.items():
        if records.verification is not None:
            found += _convergence(desk, desk.figure("convergence", study), records.verification)
    return tuple(found)


def _margins(desk: Desk) -> Iterator[FigureRequest]:
    bars = [
        {
            "label": row.requirement,
            "value": row.margin.value,
            "text": desk.own(f"/rows/{index}/margin/value", MARGIN).text,
            "verdict": row.verdict,
            "detail": ", ".join(part for part in (row.margin.mode, row.margin.place) if part),
        }
        for index, row in enumerate(desk.payload.rows)
        if row.margin is not None
    ]
    if bars:
        yield FigureRequest("margins", "margins", {"bars": bars})


def _waterfall(desk: Desk, name: str, record: Record, number: int) -> Iterator[FigureRequest]:
    said = record.payload
    steps = [
        {"label": step["label"], "kind": step["kind"], "value": step["value"], "text": value.text}
        for step, value in charges_of(said, number).printed(desk, record)
    ]
    axis = f"{said['quantity']}{in_unit(said['unit'])}"
    yield FigureRequest(name, "waterfall", {"steps": steps, "axis": axis})


def _wealth(desk: Desk, name: str, record: Record, number: int) -> Iterator[FigureRequest]:
    data = drawn_wealth(desk, record, number)
    if data is not None:
        yield FigureRequest(name, "wealth", data)


def _field(desk: Desk, name: str, record: Record, number: int) -> Iterator[FigureRequest]:
    said = record.payload
    deciding = said["parts"][number]["deciding"]
    found = None if deciding is None else picture_of(desk.inputs, said["study"], said["quantity"], deciding)
    if found is None:
        return
    value = desk.at(record, f"/parts/{number}/deciding/quantity", significant(4), unit=said["unit"])
    data: dict[str, Any] = {
        "study": said["study"],
        "quantity": said["quantity"],
        "unit": printed_unit(said["unit"]),
        "field": found,
        "title": said["quantity"],
        "maximum_text": value.text,
        "place": deciding["place"],
    }
    yield FigureRequest(name, "field", data)


def picture_of(inputs: DossierInputs, study: str, quantity: str, deciding: Json) -> str | None:
    """Return the digest of the field that was written at the deciding run, if there is one."""
    record = inputs.studies[study].pictures
    if record is None:
        return None
    for line in Lines(inputs.tables[record.blobs["table"]]):
        same = line["row"] == deciding["row"] and line["factors"] == deciding["factors"]
        field = line.get("fields", {}).get(quantity)
        if same and field is not None:
            return str(field)
    return None


def _convergence(desk: Desk, name: str, record: Record) -> Iterator[FigureRequest]:
    where = worst_convergence(record)
    if where is None:
        return
    i, j = where
    quantity = record.payload["quantities"][i]
    point, levels = quantity["points"][j], record.payload["points"][j]
    at = f"/quantities/{i}/points/{j}"
    drawn = [
        {"size": size, "value": value, "text": desk.at(record, f"{at}/values/{k}", significant(5)).text}
        for k, (size, value) in enumerate(zip(levels["sizes"], point["values"], strict=True))
    ]
    data = {
        "levels": drawn,
        "size_axis": "representative cell size",
        "value_axis": f"{quantity['quantity']}{in_unit(quantity['unit'])}",
        "extrapolated": point["extrapolated"] if point["classification"] == "monotone" else None,
        "uncertainty": point["absolute"],
    }
    yield FigureRequest(name, "convergence", data)
