"""On which level does a run stand, and what bears out the bounds of the coarser ones?"""

from __future__ import annotations

from collections.abc import Iterator

from assay.document.model import Element, Spans
from assay.document.sections.inputs import DossierInputs
from assay.document.sections.writing import (
    PERCENT,
    Desk,
    Lines,
    decimals,
    grid,
    heading,
    items,
    joined,
    key,
    label,
    name,
    paragraph,
    significant,
    with_unit,
    words,
)
from assay.evidence import Json, Record
from assay.programme import value_of

HOW = (
    "Draws are run on a coarse level first, and only those that stay open once its bound is charged are "
    "refined. The bound of a level is the largest difference from the finest level over the points of the "
    "verification, and the error of the finest level, times the stated factor; it is charged in the unit of "
    "the quantity, in the place of the share of the value. Draws to check are picked by their index from the "
    "seed, before the first run, and run on the finest level too. A check misses where both runs differ by "
    "more than the bound; a single miss voids the level, and its draws are refined."
)
"""Reviewed like the sentences of `claims`."""
NOT_CLAIMED = (
    (
        "No proof of a bound: the checks say of the draws that no more than the rate of misses in the last "
        "column is to be reckoned with, at the confidence that is printed with each verdict."
    ),
    "Nothing about a level where it is void or has no bound: none of its draws decides.",
    "No credit for the AI model: the bound is of the solver's own levels.",
)


def anchor_of(inputs: DossierInputs, study: str) -> str:
    """Return the anchor of what is said of the coarser levels of a study."""
    return f"levels-{list(inputs.studies).index(study) + 1}"


def checks_of(inputs: DossierInputs, study: str) -> tuple[Record, ...]:
    """Return the checks of a study's levels on which some showing rests, each once."""
    named = [s.inputs["levels"] for s in inputs.showings.values() if "levels" in s.inputs]
    known = inputs.records()
    found = [known[identifier] for identifier in dict.fromkeys(named) if identifier in known]
    return tuple(record for record in found if record.payload["study"] == study)


def coarse_levels(desk: Desk, study: str) -> Iterator[Element]:
    """Yield the bounds of the coarser levels and their checks; nothing where every run is on the finest."""
    records = checks_of(desk.inputs, study)
    if not records:
        return
    own = desk.inputs.own[f"study:{study}"]
    yield heading(
        2,
        words("Study "),
        desk.at(own, "/name"),
        words(": draws on coarser levels"),
        anchor=anchor_of(desk.inputs, study),
    )
    yield paragraph(words(HOW))
    for record in records:
        rows = [
            _cells(desk, record, index, quantity)
            for index, level in enumerate(record.payload["levels"])
            for quantity in level["bounds"]
        ]
        caption = (
            words("Coarser levels of block "),
            desk.at(record, "/block"),
            words(" of draws; stated factor "),
            desk.at(record, "/factor"),
            words("; record "),
            desk.short(record),
        )
        heads = ("Level", "Quantity", "Bound", "Decided", "Checks", "Misses", "Misses reckoned with")
        widths = (1.2, 1.2, "auto", "auto", "auto", "auto", 1)
        yield from grid(caption, heads, rows, widths, right=(2, 3, 4, 5, 6))
    yield paragraph(words("What draws on coarser levels do not claim:"))
    yield from items([(words(text),) for text in NOT_CLAIMED])


def _cells(desk: Desk, record: Record, index: int, quantity: str) -> list[Spans]:
    level, at = record.payload["levels"][index], f"/levels/{index}"
    knobs: list[Spans] = [
        (name(knob), label(" "), desk.at(record, f"{at}/knobs/{key(knob)}")) for knob in level["knobs"]
    ]
    unit = desk.inputs.programme.studies[record.payload["study"]].quantities[quantity].unit
    bound: Spans = (words("none"),)
    if level["bounds"][quantity] is not None:
        bound = (desk.at(record, f"{at}/bounds/{key(quantity)}", significant(4, "up")),)
    excluded: Spans = (words("void"),)
    if level["excluded"] is not None:
        excluded = (words("up to "), desk.at(record, f"{at}/excluded", decimals(2, "up"), **PERCENT))
    return [
        (desk.at(record, f"{at}/level"), label(": "), *joined(knobs, ", ")),
        with_unit((name(quantity),), unit),
        bound,
        (desk.at(record, f"{at}/decided"),),
        (desk.at(record, f"{at}/checked", form="count"),),
        (desk.at(record, f"{at}/misses", form="count"),),
        excluded,
    ]


def stood_on(desk: Desk, record: Record, deciding: Json) -> tuple[Record | None, bool]:
    """Return the run table that the deciding run of a showing is from, and whether its level is coarser.

    Parameters
    ----------
    record
        A showing; where draws start on a coarse level it names a table a level, ``runs:1`` the finest, and
        ``runs:rest`` for finest runs of what stood on a void level.
    """
    known = desk.inputs.records()
    levels = sorted((role for role in record.inputs if role.startswith("runs:")), key=_level)
    if "levels" in record.inputs:
        for role in levels:
            table = known.get(record.inputs[role])
            if table is not None and _holds(desk, record, table, deciding):
                return table, _level(role) > 1
    return known.get(record.inputs.get("runs", "")), False


def _level(role: str) -> int:
    named = role.partition(":")[2]
    return 1 if named == "rest" else int(named)


def _holds(desk: Desk, record: Record, table: Record, deciding: Json) -> bool:
    """Say whether a run of a table is the deciding one, with its very value of the quantity."""
    derived = record.payload["charge"].get("derived")
    for line in Lines(desk.inputs.tables[table.blobs["table"]]):
        if (line["index"], line["row"]) != (deciding["index"], deciding["row"]) or line["state"] != "ok":
            continue
        if derived is None:
            value = line["quantities"].get(record.payload["quantity"])
        else:
            value = value_of(derived["steps"], line["quantities"], line["factors"])
        return bool(value == deciding["quantity"])
    return False
