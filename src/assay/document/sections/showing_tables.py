"""What stands in the tables of a showing? Its cases, its waterfall, its findings, its assumptions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from assay.document.model import Element, Spans, Style
from assay.document.sections.charges import charges_of
from assay.document.sections.coarse_levels import stood_on
from assay.document.sections.writing import (
    MARGIN,
    PERCENT,
    Desk,
    decimals,
    grid,
    in_unit,
    joined,
    key,
    label,
    name,
    paragraph,
    significant,
    words,
)
from assay.evidence import Json, Record


def cases(desk: Desk, record: Record) -> Iterator[Element]:
    """Yield a row for every case; nothing where the claim has no cases.

    Where something other than the runs keeps the claim from being shown, no case has a verdict of its own.
    """
    said = record.payload
    if len(said["parts"]) < 2:
        return
    unit = in_unit(said["unit"])
    by_draws = any(part["allowed"] is not None for part in said["parts"])
    by_runs = said["reason"] in {part["reason"] for part in said["parts"]}
    heads = [
        "Case",
        "Level, factors",
        "Not within",
        "Bound",
        f"Demand{unit}",
        f"Capacity{unit}",
        "Margin",
        "Verdict",
    ]
    kept = [head for head in heads if (by_draws or head != "Bound") and (by_runs or head != "Verdict")]
    rows = [
        [cell for head, cell in zip(heads, _case(desk, record, index), strict=True) if head in kept]
        for index in range(len(said["parts"]))
    ]
    widths: tuple[float | str, ...] = (1.2, 1.5, *("auto",) * (len(kept) - 2))
    numbers = tuple(index for index, head in enumerate(kept) if index > 1 and head != "Verdict")
    caption: Spans = (words("Cases; each holds by itself"),)
    if not by_runs:
        caption = (words("Cases as the runs have them; what keeps the claim from being shown is said above"),)
    yield from grid(caption, kept, rows, widths, right=numbers)


def _case(desk: Desk, record: Record, index: int) -> list[Spans]:
    """Return all cells of a case."""
    part, at = record.payload["parts"][index], f"/parts/{index}"
    demand: Spans = ()
    capacity: Spans = ()
    if part["waterfall"]:
        printed = {
            step["kind"]: fact for step, fact in charges_of(record.payload, index).printed(desk, record)
        }
        demand, capacity = (printed["total"],), (printed["capacity"],)
    margin = () if part["margin"] is None else (desk.at(record, f"{at}/margin/value", MARGIN),)
    bound: Spans = ()
    if part["bound"] is not None:
        bound = (desk.at(record, f"{at}/bound", decimals(2, "up"), **PERCENT),)
    return [
        desk.text(record, f"{at}/case") if part["case"] else (label("whole claim"),),
        _factors(desk, record, at, part),
        (desk.at(record, f"{at}/not_within"), label(" of "), desk.at(record, f"{at}/draws")),
        bound,
        demand,
        capacity,
        margin,
        (desk.at(record, f"{at}/verdict", style="verdict"),),
    ]


def _factors(desk: Desk, record: Record, at: str, part: Json) -> Spans:
    tags: list[Spans] = [
        (
            *desk.text(record, f"{at}/demand_factors/{i}/tag"),
            label(" × "),
            desk.at(record, f"{at}/demand_factors/{i}/value"),
        )
        for i in range(len(part["demand_factors"]))
    ]
    level = desk.text(record, f"{at}/level") if part["level"] else ()
    return joined([level, *tags], ", ")


def run_by_run(part: Json) -> bool:
    """Say whether no single run decides a part, so that no run's way to the limit is drawn."""
    return any(part.get(plan) is not None for plan in ("wealth", "dominance", "residual", "stated"))


def waterfall(desk: Desk, record: Record, number: int) -> Iterator[Element]:
    """Yield the way from the deciding run to the margin, as a table and as a chart."""
    said = record.payload
    part, at = said["parts"][number], f"/parts/{number}"
    if part.get("stated") is not None:  # no run, no way from it to a margin
        return
    rows: list[list[Spans]] = []
    charges, deciding = charges_of(said, number), part["deciding"]
    table, coarse = (None, False) if deciding is None else stood_on(desk, record, deciding)
    level = _level(desk, table) if coarse and table is not None else ()
    for index, (step, value) in enumerate(charges.printed(desk, record)):
        whole = step["kind"] in {"total", "capacity"}
        style: Style = "strong" if whole else "plain"
        pointer = f"{at}/waterfall/{index}/label"
        told = (value.model_copy(update={"style": style}),)
        rows.append(
            [
                (desk.at(record, pointer, style=style),),
                told,
                _how(record, step, upper=charges.upper, level=level),
            ]
        )
    if part["margin"] is not None:
        rows.append(
            [
                (label("margin", "strong"),),
                (desk.at(record, f"{at}/margin/value", MARGIN, style="strong"),),
                (words("capacity over demand, less one", "muted"),),
            ]
        )
    caption: Spans = (words("From the run that decides to the margin"),)
    if part["margin"] is None and run_by_run(part):
        caption = (words("From the run with the least room to its demand; it decides nothing by itself"),)
    if deciding is not None:
        caption = (*caption, words(": run "), desk.at(record, f"{at}/deciding/index"))
        if deciding["row"]:
            caption = (*caption, words(", row "), desk.at(record, f"{at}/deciding/row"))
        if table is not None:
            caption = (*caption, words(" of "), desk.short(table))
    heads = ("Step", f"Value{in_unit(said['unit'])}", "How it comes about")
    yield from grid(caption, heads, rows, (1.1, "auto", 2.6), right=(1,))
    if not run_by_run(part):
        yield from _chart(desk, record)


MOST_FINDINGS = 10
"""Guided runs beyond the limit that a showing lists."""
_STEPS: Final[Mapping[str, str]] = {
    "numerical": "charged to every run, see the verification of the solver",
    "model": "charged to every run as the programme declares",
    "factor": "multiplies the demand",
    "total": "the sum of the steps above",
    "capacity": "the limit of the criterion",
}


def _level(desk: Desk, table: Record) -> Spans:
    """Return the level of a table of runs."""
    knobs: list[Spans] = [
        (name(knob, "muted"), label(" "), desk.at(table, f"/level/{key(knob)}", style="muted"))
        for knob in table.payload["level"]
    ]
    return joined(knobs, ", ")


def _how(record: Record, step: Json, *, upper: bool, level: Spans) -> Spans:
    """Say where a step comes from; `level` names a coarser one that the run stands on."""
    if step["kind"] == "run" and step["label"] == "limit":
        return (words("the limit of the criterion", "muted"),)
    if step["kind"] == "run":
        derived = record.payload["charge"].get("derived") is not None
        said = "what the formula makes of what the solver says" if derived else "what the solver says"
        where = (words(", on the coarser level ", "muted"), *level) if level else ()
        return (words(said if level else f"{said}, on the finest level", "muted"), *where)
    if step["kind"] == "numerical" and level:
        return (words("the bound of that level, see the verification of the solver", "muted"),)
    if step["kind"] == "capacity" and step["label"] == "capacity":
        return (words("what is left of the run", "muted"),)
    if step["kind"] == "total" and not upper:
        return (words("the limit with its factors", "muted"),) if step["label"] == "demand" else ()
    return (words(_STEPS[step["kind"]], "muted"),)


def _chart(desk: Desk, record: Record) -> Iterator[Element]:
    yield from desk.drawn(
        desk.figure("waterfall", record.payload["criterion"]),
        "Bars from the run that decides over its charges to the demand, beside the capacity.",
        (words("Demand and capacity of "), desk.at(record, "/criterion")),
        width=74,
    )


def findings(desk: Desk, record: Record) -> Iterator[Element]:
    """Yield the guided runs beyond the limit."""
    unit = in_unit(record.payload["unit"])
    found = record.payload["findings"]
    heads = ("Run", "Row", f"Solver{unit}", f"Demand{unit}", f"Capacity{unit}")
    kept = [head for head in heads if head != "Row" or any(finding["row"] for finding in found)]
    rows = [
        [cell for head, cell in zip(heads, _finding(desk, record, index), strict=True) if head in kept]
        for index in range(min(len(found), MOST_FINDINGS))
    ]
    caption = (
        words(
            "Guided runs beyond the limit, with every error credited: found by the AI model, run by the "
            "solver"
        ),
    )
    widths: tuple[float | str, ...] = (*(1,) * (len(kept) - 3), "auto", "auto", "auto")
    yield from grid(caption, kept, rows, widths, right=tuple(range(len(kept) - 3, len(kept))))
    if len(found) > MOST_FINDINGS:
        yield paragraph(
            words("The table is cut; the showing's record lists every run beyond."), style="small"
        )


def _finding(desk: Desk, record: Record, index: int) -> list[Spans]:
    """Return the numbers that prove a run beyond, each rounded against the proof."""
    finding, at = record.payload["findings"][index], f"/findings/{index}"
    upper = finding["charged"] > finding["limit"]
    charged = (desk.at(record, f"{at}/charged", significant(4, "down" if upper else "up")),)
    limit = (desk.at(record, f"{at}/limit", significant(4, "up" if upper else "down")),)
    return [
        (desk.at(record, f"{at}/index"), label(" of "), desk.short(finding["record"])),
        desk.text(record, f"{at}/row"),
        (desk.at(record, f"{at}/quantity", significant(4)),),
        charged if upper else limit,
        limit if upper else charged,
    ]


def assumptions(desk: Desk, record: Record) -> Iterator[Element]:
    """Yield what the verdict rests on, with the checks passed."""
    rows: list[list[Spans]] = []
    for index, assumption in enumerate(record.payload["assumptions"]):
        at = f"/assumptions/{index}"
        rows.append(
            [
                desk.text(record, f"{at}/text"),
                desk.text(record, f"{at}/check"),
                () if assumption["record"] is None else (desk.short(assumption["record"]),),
            ]
        )
    caption = (words("What "), desk.at(record, "/criterion"), words(" rests on"))
    yield from grid(caption, ("Assumption", "Check", "Record"), rows, (3, "auto", "auto"))
