"""Why does a criterion hold, or not? One section a showing: claim, method, result, what it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from assay.document.model import Claim, Element, Span, Spans
from assay.document.sections.betting import betting, least_grown, method, outcome, plan, refuting
from assay.document.sections.bounded import method_under_bound, outcome_under_bound, under_bound
from assay.document.sections.charges import charges_of
from assay.document.sections.showing_tables import assumptions, cases, findings, waterfall
from assay.document.sections.signs import (
    METHOD,
    method_on_signs,
    on_signs,
    outcome_on_signs,
    plan_on_signs,
)
from assay.document.sections.writing import (
    MARGIN,
    PERCENT,
    SHARE,
    SPACE,
    Desk,
    decimals,
    heading,
    joined,
    key,
    label,
    name,
    pairs,
    paragraph,
    sentence,
    significant,
    words,
)
from assay.evidence import Json, Record

METHODS: Final[Mapping[str, str]] = {
    "fixed": "fixed plan: independent draws, their number set beforehand, judged by the exact binomial limit",
    "sequential": "plan that decides run by run: bets on the claim, fixed before each step, and their wealth",
    "residual": "declared bound of the model's residual, checked by every run",
    "structure": "declared structure, tested by runs: corners stand for what lies between them",
    "structure+fixed": (
        "declared structure, tested by runs, for the worst corner of each draw; fixed plan of independent "
        "draws for the rest"
    ),
    "model": "model-based, accepted by the role that the programme names",
}
_DECIDING = ("Run that decides", "Run with the least room")
"""Run by run no single run decides."""
NOMINAL = "solver run with the factors that the claim does not name at their nominal values"
RUNGS: Final[Mapping[str, str]] = {
    "0a": "nothing is assumed about the response between runs",
    "0b": "nothing is assumed about the response between runs",
    "1": "rests on a declared bound",
    "2": "rests on declared structure of the physics",
    "3": "rests on the model",
}


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
    yield from method(desk)
    yield from method_on_signs(desk)
    yield from method_under_bound(desk)
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
    yield from pairs(_argument(desk, record))
    yield from cases(desk, record)
    number = governing(record.payload)
    if number is not None:
        yield from betting(desk, record, number)
        yield from on_signs(desk, record, number)
        yield from under_bound(desk, record, number)
        yield from waterfall(desk, record, number)
        yield from _picture(desk, record)
    yield from findings(desk, record)
    yield from assumptions(desk, record)


def governing(payload: Json) -> int | None:
    """Return the number of the part with the smallest margin, else of the first with a waterfall.

    Of parts that were decided run by run it is the one that is furthest from being shown.
    """
    if payload["parts"] and all(part.get("wealth") is not None for part in payload["parts"]):
        return least_grown(payload["parts"])
    parts = [(part["margin"], index) for index, part in enumerate(payload["parts"]) if part["waterfall"]]
    with_margin = [(margin["value"], index) for margin, index in parts if margin is not None]
    if with_margin:
        return min(with_margin)[1]
    return parts[0][1] if parts else None


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


def _argument(desk: Desk, record: Record) -> list[tuple[str, Spans]]:
    said = record.payload
    requirement = desk.inputs.own[f"requirement:{said['requirement']}"]
    return [
        (
            "Requirement",
            (
                desk.at(record, "/requirement", link="matrix-table"),
                label(": "),
                *desk.text(requirement, "/text"),
                label(" ("),
                *desk.texts(requirement, "/sources", "; "),
                label(")"),
            ),
        ),
        ("Quantity", _quantity(desk, record)),
        ("Limit", _limit(desk, record)),
        ("Method", _method(desk, record)),
        ("Plan", _plan(desk, record)),
        ("Price", _price(desk, record)),
        ("Charged to every run", _charged(desk, record)),
        (_DECIDING[_run_by_run(record)], _deciding(desk, record)),
        ("Evidence", _evidence(desk, record)),
    ]


def _run_by_run(record: Record) -> bool:
    """Say whether no single run decides."""
    said = record.payload
    marked = any(part.get("dominance") or part.get("residual") for part in said["parts"])
    return said["method"] == "sequential" or marked


def _quantity(desk: Desk, record: Record) -> Spans:
    """Return what the quantity is and where it is taken, if its author says so."""
    study = desk.inputs.own[f"study:{record.payload['study']}"]
    at = f"/quantities/{key(record.payload['quantity'])}"
    said = study.payload["quantities"][record.payload["quantity"]]
    region = (label("region "), *desk.text(study, f"{at}/region")) if said["region"] else ()
    formula = (words("derived: "), *desk.text(study, f"{at}/formula/text")) if "formula" in said else ()
    return joined([desk.text(study, f"{at}/text"), region, formula], ", ")


def _deciding(desk: Desk, record: Record) -> Spans:
    """Return the factors of the deciding run."""
    number = governing(record.payload)
    deciding = None if number is None else record.payload["parts"][number]["deciding"]
    if deciding is None:
        return ()
    known = desk.inputs.programme.studies[record.payload["study"]].factors
    at = f"/parts/{number}/deciding/factors"
    told: list[Spans] = [
        (
            name(factor),
            SPACE,
            desk.at(
                record,
                f"{at}/{key(factor)}",
                significant(5),
                unit=known[factor].unit if factor in known else "",
            ),
        )
        for factor in deciding["factors"]
    ]
    return joined(told, ", ")


def _limit(desk: Desk, record: Record) -> Spans:
    said = record.payload
    sense = {"at_most": "at most ", "at_least": "at least ", "between": "between "}[said["sense"]]
    texts: list[Spans] = []
    valued = next((i for i, part in enumerate(said["parts"]) if part["limits"]), None)
    for index in range(len(said["limit_texts"])):
        text: Spans = (desk.at(record, f"/limit_texts/{index}", style="mono"),)
        if valued is not None:
            upper = said["sense"] == "at_most" or (said["sense"] == "between" and index == 1)
            rounding = charges_of(said, valued).rounding("down" if upper else "up")
            pointer = f"/parts/{valued}/limits/{index}"
            text = (*text, label(" = "), desk.at(record, pointer, rounding, unit=said["unit"]))
        texts.append(text)
    return (label(sense), *joined(texts, " and "))


def _method(desk: Desk, record: Record) -> Spans:
    """Return what was done, what it assumes about the response, and what the AI model earned in it."""
    said = record.payload
    credit = (words("; credit of the AI model: "), *desk.text(record, "/credit"))
    if said["method"] is None:
        return (words("none was carried out"), *credit)
    by_draws = any(part["allowed"] is not None for part in said["parts"])
    method = NOMINAL if said["method"] == "fixed" and not by_draws else METHODS[said["method"]]
    if any(part.get("dominance") for part in said["parts"]):
        method = METHOD
    return (
        words(f"{method}; rung "),
        desk.at(record, "/rung"),
        words(f": {RUNGS[said['rung']]}"),
        *credit,
    )


def _plan(desk: Desk, record: Record) -> Spans:
    said = record.payload
    if said["attempt"] is None:
        return ()
    spans: tuple[Span, ...] = (
        words("attempt "),
        desk.at(record, "/attempt"),
        words(", on file "),
        desk.at(record, "/attempts"),
    )
    if said["method"] == "sequential":
        return (*plan(desk, record), words("; "), *spans)
    if any(part.get("dominance") for part in said["parts"]):
        return (*plan_on_signs(desk, record), *spans)
    if said["parts"] and said["parts"][0]["error"] is not None:
        spans = (
            desk.at(record, "/parts/0/draws"),
            words(" draws at error level "),
            desk.at(record, "/parts/0/error"),
            words("; "),
            *spans,
        )
    return spans


def _price(desk: Desk, record: Record) -> Spans:
    if record.payload["price"] is None:
        return ()
    minutes = desk.at(record, "/price/minutes", decimals(1, "up"), unit="min")
    return (desk.says("price", runs=desk.at(record, "/price/runs"), minutes=minutes),)


def _charged(desk: Desk, record: Record) -> Spans:
    charge = record.payload["charge"]
    if charge is None:
        return (words("not assessed"),)
    return (
        words("numerical error "),
        *_numerical(desk, record),
        words("; model form "),
        desk.at(record, "/charge/model_basis"),
        words(", factor "),
        desk.at(record, "/charge/model_factor"),
    )


def _numerical(desk: Desk, record: Record) -> Spans:
    """Return the share of each value that is charged; of a derived quantity its formula's."""
    derived = record.payload["charge"].get("derived")
    if derived is None:
        return (desk.at(record, "/charge/numerical_relative", SHARE, **PERCENT),)
    at = "/charge/derived/bases"
    shares: list[Spans] = [
        (name(base), label(" "), desk.at(record, f"{at}/{key(base)}", SHARE, **PERCENT))
        for base in derived["bases"]
    ]
    return (words("of the quantities in the formula: "), *joined(shares, ", "))


def _evidence(desk: Desk, record: Record) -> Spans:
    known: list[Spans] = [(words("showing "), desk.short(record))]
    for role, what in (("runs", "runs"), ("attempt", "attempt"), ("freeze", "freeze")):
        if role in record.inputs:
            known.append((words(f"{what} "), desk.short(record.inputs[role])))
    paths = sorted(role for role in record.inputs if role.partition(":")[0] == "wealth")
    known += [(words("wealth "), desk.short(record.inputs[role])) for role in paths]
    if "dominance" in record.inputs:
        known.append((words("path "), desk.short(record.inputs["dominance"])))
    if "residual" in record.inputs:
        known.append((words("declared bound "), desk.short(record.inputs["residual"])))
    return joined(known, ", ")


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
    spoken = spoken or outcome_under_bound(desk, record, number)
    if spoken:
        return (*lead, *sentence(*spoken))
    if part["allowed"] is not None:
        counted = {"not_within": desk.at(record, f"{at}/not_within"), "draws": desk.at(record, f"{at}/draws")}
        spoken.append(desk.says("count", **counted))
        spoken.append(_bound(desk, record, number))
        spoken += refuting(desk, record, number)
    charges = charges_of(said, number)
    demand, capacity = charges.facts(desk, record)
    holds = charges.demand <= charges.capacity
    spoken.append(
        desk.says("capacity-suffices" if holds else "capacity-exceeded", demand=demand, capacity=capacity)
    )
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
