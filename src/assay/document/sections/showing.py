"""Why does a criterion hold, or not? One section a showing: claim, method, result, what it rests on."""

from __future__ import annotations

from collections.abc import Iterator

from assay.document.model import Claim, Element, Span, Spans
from assay.document.sections.argument import argument, governing, plans_of
from assay.document.sections.betting import betting, outcome, refuting
from assay.document.sections.bounded import outcome_under_bound, under_bound
from assay.document.sections.charges import charges_of
from assay.document.sections.model_based import by_model, outcome_by_model
from assay.document.sections.plans import told_once
from assay.document.sections.showing_tables import assumptions, cases, findings, waterfall
from assay.document.sections.signs import on_signs, outcome_on_signs
from assay.document.sections.writing import (
    MARGIN,
    PERCENT,
    Desk,
    decimals,
    heading,
    joined,
    key,
    label,
    pairs,
    paragraph,
    sentence,
    words,
)
from assay.evidence import Record


def showings(desk: Desk) -> Iterator[Element]:
    """Yield a section for every showing."""
    if not desk.inputs.showings:
        return
    yield heading(1, words("Showings"), anchor="showings")
    yield paragraph(
        words(
            "Each section argues a criterion of its own. Demand is rounded up, capacity and margin down; "
            "single increments are rounded to their unfavourable side, so that printed ones may add up to "
            "more than the printed sum."
        )
    )
    showings = desk.inputs.showings.values()
    for plan in dict.fromkeys(plan for record in showings for plan in plans_of(record.payload)):
        yield from told_once(plan)
    for criterion, record in desk.inputs.showings.items():
        yield from _showing(desk, criterion, record)


def _showing(desk: Desk, criterion: str, record: Record) -> Iterator[Element]:
    yield heading(
        2,
        desk.at(record, "/criterion"),
        label(": "),
        desk.at(record, "/quantity"),
        anchor=desk.anchor(criterion),
    )
    yield paragraph(*joined([_verdict(desk, record), _result(desk, record)]), style="notice")
    yield from pairs(argument(desk, record))
    yield from cases(desk, record)
    number = governing(record.payload)
    if number is not None:
        yield from betting(desk, record, number)
        yield from on_signs(desk, record, number)
        yield from under_bound(desk, record, number)
        yield from by_model(desk, record, number)
        if record.payload["parts"][number]["waterfall"]:
            yield from waterfall(desk, record, number)
        yield from _picture(desk, record)
    yield from findings(desk, record)
    yield from assumptions(desk, record)


def _verdict(desk: Desk, record: Record) -> Spans:
    """Return the claim with its verdict, and with what that is given or what would show it."""
    said = record.payload
    spoken: list[Span] = []
    if said["verdict"] == "SHOWN GIVEN":
        many = range(len(said["given"]))
        spoken += [desk.says("given", assumption=desk.at(record, f"/given/{i}")) for i in many]
    elif said["verdict"] != "SHOWN":
        spoken.append(desk.says("reason", reason=desk.own(f"/reasons/{said['reason']}")))
        if said["closes_by"]:
            spoken.append(desk.says("closes-by", action=desk.own(f"/actions/{key(said['criterion'])}")))
    claim = desk.says("statement", claim=desk.at(record, "/claim_text"))
    statement = (claim.model_copy(update={"style": "strong"}), label(".", "strong"))
    return joined([(desk.at(record, "/verdict", style="verdict"),), statement, sentence(*spoken)])


def _result(desk: Desk, record: Record) -> Spans:
    """Return the result in sentences: of the whole plan, or of the case that governs."""
    said = record.payload
    number = governing(said)
    if number is None:
        return ()
    part = said["parts"][number]
    at = f"/parts/{number}"
    lead = _governing_case(desk, record, number)
    spoken = outcome(desk, record, number) or outcome_on_signs(desk, record, number)
    spoken = spoken or outcome_under_bound(desk, record, number) or outcome_by_model(desk, record, number)
    if spoken:
        return (*lead, *sentence(*spoken))
    if part["allowed"] is not None:
        told = {"not_within": desk.at(record, f"{at}/not_within"), "draws": desk.at(record, f"{at}/draws")}
        spoken.append(desk.says("count", **told))
        spoken.append(_bound(desk, record, number))
        spoken += refuting(desk, record, number)
    if said["method"] == "structure" and part["allowed"] is None:
        spoken.append(desk.says("corners", corners=desk.at(record, f"{at}/rows", form="count")))
    if part["waterfall"]:
        spoken.append(_demand(desk, record, number))
    if part["margin"] is not None:
        told = {
            "margin": desk.at(record, f"{at}/margin/value", MARGIN),
            "mode": desk.at(record, f"{at}/margin/mode"),
        }
        if part["margin"]["place"]:
            spoken.append(desk.says("margin", place=desk.at(record, f"{at}/margin/place"), **told))
        else:
            spoken.append(desk.says("margin-mode", **told))
    return (*lead, *sentence(*spoken))


def _demand(desk: Desk, record: Record, number: int) -> Claim:
    charges = charges_of(record.payload, number)
    demand, capacity = charges.facts(desk, record)
    holds = charges.demand <= charges.capacity
    return desk.says("capacity-suffices" if holds else "capacity-exceeded", demand=demand, capacity=capacity)


def _governing_case(desk: Desk, record: Record, number: int) -> Spans:
    if len(record.payload["parts"]) < 2 or record.payload["parts"][number]["case"] is None:
        return ()
    return (words("The case that governs is "), desk.at(record, f"/parts/{number}/case"), words(". "))


def _bound(desk: Desk, record: Record, number: int) -> Claim:
    part = record.payload["parts"][number]
    at = f"/parts/{number}"
    allowed = desk.at(record, f"{at}/allowed", decimals(2, "down"), **PERCENT)
    if part["verdict"] == "REFUTED" and part["lower_bound"] is not None:
        lower = desk.at(record, f"{at}/lower_bound", decimals(2, "down"), **PERCENT)
        return desk.says("violation-proved", bound=lower, allowed=allowed)
    upper = desk.at(record, f"{at}/bound", decimals(2, "up"), **PERCENT)
    template = "bound-holds" if part["bound"] <= part["allowed"] else "bound-exceeds"
    return desk.says(template, bound=upper, allowed=allowed)


def _picture(desk: Desk, record: Record) -> Iterator[Element]:
    """Yield the field at the deciding run, where there is one."""
    yield from desk.drawn(
        desk.figure("field", record.payload["criterion"]),
        "The field of the quantity on the surface of the part at the deciding run; its maximum is marked.",
        (
            words("Field of "),
            desk.at(record, "/quantity"),
            words(" at the run that decides, without charges"),
        ),
        width=78,
    )
