"""How wrong is the solver? Refinement, charges, its own checks, and the basis of the model form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from assay.document.model import Element, Span, Spans
from assay.document.rounding import Rounding
from assay.document.sections.coarse_levels import anchor_of, checks_of, coarse_levels
from assay.document.sections.inputs import StudyRecords
from assay.document.sections.writing import (
    PERCENT,
    SHARE,
    Desk,
    decimals,
    grid,
    heading,
    joined,
    key,
    label,
    name,
    pairs,
    paragraph,
    reference,
    significant,
    with_unit,
    words,
)
from assay.evidence import Record

CLASSES: Final[Mapping[str, str]] = {
    "monotone": "monotone",
    "oscillatory": "oscillatory",
    "divergent": "divergent",
    "order-out-of-range": "order out of range",
    "exact": "no change above round-off",
    "two-levels": "too few levels for an order",
    "one-level": "a single level",
    "failed": "a level failed",
}


def verification(desk: Desk) -> Iterator[Element]:
    """Yield solution verification, checks and model form of every study."""
    yield heading(1, words("Verification of the solver and model form"), anchor="verification")
    yield paragraph(
        words(
            "The grid convergence index of the finest level is charged where refinement is monotone and the "
            "observed order credible; else a multiple of the range of the levels. The largest relative error "
            "over the points, times the stated factor, is charged to every run of the quantity."
        )
    )
    for study, records in desk.inputs.studies.items():
        yield heading(2, words("Study "), desk.at(desk.inputs.own[f"study:{study}"], "/name"))
        yield from pairs(_solver(desk, study, records))
        if records.verification is None:
            yield paragraph(words("No refinement levels are declared: the numerical error is not assessed."))
        else:
            yield from _levels(desk, records.verification)
            yield from _charges(desk, records.verification)
            yield from _derived(desk, study)
            yield from _figure(desk, study, records.verification)
        yield from _checks(desk, study)
        yield from coarse_levels(desk, study)


def _solver(desk: Desk, study: str, records: StudyRecords) -> list[tuple[str, Spans]]:
    own = desk.inputs.own[f"study:{study}"]
    runs = next(iter(records.runs()), None)
    knobs: list[Spans] = []
    if records.verification is not None:
        for knob, values in records.verification.payload["knobs"].items():
            at = f"/knobs/{key(knob)}"
            levels = [(desk.at(records.verification, f"{at}/{i}"),) for i in range(len(values))]
            knobs.append((name(knob), label(": "), *joined(levels, ", ")))
    level: list[Spans] = []
    if runs is not None and records.nominal is not None:
        level = [
            (name(knob), label(" "), desk.at(records.nominal, f"/level/{key(knob)}"))
            for knob in records.nominal.payload["level"]
        ]
    return [
        ("Question", desk.text(own, "/title")),
        ("Solver", () if runs is None else desk.text(runs, "/solver")),
        ("Levels, coarse to fine", joined(knobs, "; ")),
        ("Level of the runs that decide", _deciding_level(desk, study, joined(level, ", "))),
        ("Model form", _model_form(desk, own)),
    ]


def _deciding_level(desk: Desk, study: str, finest: Spans) -> Spans:
    """Return the finest level, and where draws that decide may stand on a coarser one."""
    if not checks_of(desk.inputs, study):
        return finest
    anchor = anchor_of(desk.inputs, study)
    return (*finest, words("; draws also on the coarser levels of "), reference("Section", anchor))


def _model_form(desk: Desk, own: Record) -> Spans:
    form = own.payload["model_form"]
    spans: tuple[Span, ...] = (desk.at(own, "/model_form/basis"),)
    if form["basis"] == "allowance":
        spans = (*spans, words(", factor "), desk.at(own, "/model_form/factor"))
        if form["approver"]:
            spans = (*spans, words(", to be approved by the role "), desk.at(own, "/model_form/approver"))
        spans = (*spans, words("; not compared with measurements"))
    if form["reason"]:
        spans = (*spans, label(": "), desk.at(own, "/model_form/reason"))
    return spans


def _levels(desk: Desk, record: Record) -> Iterator[Element]:
    """Yield the values on every level, a table a point."""
    quantities = record.payload["quantities"]
    most = max((len(p["values"]) for q in quantities for p in q["points"]), default=0)
    steps = {1: ("Finest",), 2: ("Coarse", "Finest"), 3: ("Coarse", "Medium", "Finest")}.get(most, ())
    heads = ("Quantity", *steps, "Convergence", "Order", "Index", "Relative error")
    widths: tuple[float | str, ...] = (1.3, *("auto",) * most, 1.4, "auto", "auto", "auto")
    numbers = (*range(1, 1 + most), 2 + most, 3 + most, 4 + most)
    for j in range(len(record.payload["points"])):
        rows = [
            _point(desk, record, f"/quantities/{i}", j, most)
            for i, quantity in enumerate(quantities)
            if j < len(quantity["points"])
        ]
        caption = (
            words("Refinement at the point: "),
            desk.at(record, f"/points/{j}/label"),
            words("; record "),
            desk.short(record),
        )
        yield from grid(caption, heads, rows, widths, right=numbers)


def _point(desk: Desk, record: Record, above: str, number: int, most: int) -> list[Spans]:
    """Return a quantity's values on every level, the finest in the last column, and its errors."""
    at = f"{above}/points/{number}"
    quantity = desk.sources.value(desk.id_of(record), f"/payload{above}")
    point = quantity["points"][number]
    values: list[Spans] = [
        () if value is None else (desk.at(record, f"{at}/values/{k}", significant(5)),)
        for k, value in enumerate(point["values"])
    ]

    def told(member: str, rounding: Rounding, **how: Any) -> Spans:
        return () if point[member] is None else (desk.at(record, f"{at}/{member}", rounding, **how),)

    return [
        with_unit(desk.text(record, f"{above}/quantity"), quantity["unit"]),
        *[()] * (most - len(values)),
        *values,
        (label(CLASSES[point["classification"]]),),
        told("order", decimals(3, "nearest")),
        told("index", SHARE, **PERCENT),
        told("relative", SHARE, **PERCENT),
    ]


def _charges(desk: Desk, record: Record) -> Iterator[Element]:
    """Yield how the largest error becomes the charge."""
    rows: list[list[Spans]] = []
    for i, quantity in enumerate(record.payload["quantities"]):
        at = f"/quantities/{i}"
        told = with_unit(desk.text(record, f"{at}/quantity"), quantity["unit"])
        if quantity["charge"] is None:
            rows.append([told, (), desk.text(record, f"{at}/text"), (), (label("not assessed"),)])
            continue
        rows.append(
            [
                told,
                (desk.at(record, f"{at}/largest_relative", SHARE, **PERCENT),),
                desk.text(record, f"{at}/worst_point"),
                (desk.at(record, "/factor"),),
                (desk.at(record, f"{at}/charge", SHARE, **PERCENT),),
            ]
        )
    heads = ("Quantity", "Largest relative error", "At", "Factor", "Charged")
    caption = (words("Numerical error charged to every run, relative to its value"),)
    yield from grid(caption, heads, rows, (1.2, "auto", 1.6, "auto", "auto"), right=(1, 3, 4))


def _derived(desk: Desk, study: str) -> Iterator[Element]:
    """Yield what is said of the quantities that no solver gives."""
    own = desk.inputs.own[f"study:{study}"]
    formulas: list[Spans] = [
        (name(quantity), label(" = "), *desk.text(own, f"/quantities/{key(quantity)}/formula/text"))
        for quantity, said in own.payload["quantities"].items()
        if "formula" in said
    ]
    if formulas:
        yield paragraph(
            words(
                "Derived quantities have no refinement of their own. Each lies in the interval that the "
                "charges of the quantities in its formula leave, worked out anew for every run: "
            ),
            *joined(formulas, "; "),
        )


def worst_convergence(record: Record) -> tuple[int, int] | None:
    """Return the quantity and the point with the largest relative error that has its levels."""
    found = [
        (point["relative"], -i, -j)
        for i, quantity in enumerate(record.payload["quantities"])
        for j, point in enumerate(quantity["points"])
        if point["relative"] is not None and len(point["values"]) >= 2 and None not in point["values"]
    ]
    if not found:
        return None
    _, i, j = max(found)
    return -i, -j


def _figure(desk: Desk, study: str, record: Record) -> Iterator[Element]:
    where = worst_convergence(record)
    if where is None:
        return
    i, j = where
    yield from desk.drawn(
        desk.figure("convergence", study),
        "The quantity over the cell size on every level, with the value extrapolated to size zero.",
        (
            words("Convergence of "),
            desk.at(record, f"/quantities/{i}/quantity"),
            words(" at the point with the largest error: "),
            desk.at(record, f"/quantities/{i}/points/{j}/point"),
        ),
        width=76,
    )


def _checks(desk: Desk, study: str) -> Iterator[Element]:
    rows: list[list[Spans]] = [
        [
            desk.own_text(f"/checks/{i}/check"),
            (desk.own(f"/checks/{i}/largest", significant(3, "up")),),
            (desk.own(f"/checks/{i}/runs"),),
        ]
        for i, check in enumerate(desk.payload.checks)
        if check.study == study
    ]
    caption = (words("The solver's own checks: largest magnitude over all attached rows of runs"),)
    yield from grid(caption, ("Check", "Largest", "Rows"), rows, (2, 1, 1), right=(1, 2))
