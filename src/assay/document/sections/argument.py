"""Which claim, limit, method, plan, charges and evidence make up a showing? The rows at its head."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from assay.document.model import Spans
from assay.document.sections.betting import BETTING, least_grown, plan
from assay.document.sections.bounded import BOUNDED
from assay.document.sections.charges import charges_of
from assay.document.sections.coarse_levels import anchor_of
from assay.document.sections.model_based import STATED
from assay.document.sections.plans import CORNERS, DERIVED, FIXED, LEVELS, NOMINAL, Plan, not_claimed
from assay.document.sections.signs import METHOD, SIGNS, plan_on_signs
from assay.document.sections.writing import (
    PERCENT,
    SHARE,
    SPACE,
    Desk,
    counted,
    decimals,
    joined,
    key,
    label,
    name,
    reference,
    significant,
    with_unit,
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
    "model": "the AI model's own statement, credited where the role that the programme names accepts it; no "
    "solver run decides",
}
_MANY_MINUTES = 100.0
_LITERAL = re.compile(r"-?\d+(?:\.\d+)?(?: ?\[?[^\[\]()]*\]?)?")
"""A limit that is a number with its unit: it needs no value beside it."""
_DECIDING = ("Run that decides", "Run with the least room")
"""Run by run no single run decides."""
_OPEN = ("NOT SHOWN", "REFUTED")
AT_NOMINAL = "solver run with the factors that the claim does not name at their nominal values"
RUNGS: Final[Mapping[str, str]] = {
    "0a": "nothing is assumed about the response between runs",
    "0b": "nothing is assumed about the response between runs",
    "1": "rests on a declared bound",
    "2": "rests on declared structure of the physics",
    "3": "rests on the model",
}


def governing(payload: Json) -> int | None:
    """Return the number of the part with the smallest margin, else of the first with a waterfall.

    Of parts that were decided run by run it is the one that is furthest from being shown. A part that is
    not shown since its errors have no bound comes before all that have a margin.
    """
    if payload["parts"] and all(part.get("wealth") is not None for part in payload["parts"]):
        return least_grown(payload["parts"])
    if payload["parts"] and payload["parts"][0].get("stated"):
        return 0
    for index, part in enumerate(payload["parts"]):
        if not part["waterfall"] and part.get("bound") is not None and part["verdict"] in _OPEN:
            return index
    parts = [(part["margin"], index) for index, part in enumerate(payload["parts"]) if part["waterfall"]]
    with_margin = [(margin["value"], index) for margin, index in parts if margin is not None]
    if with_margin:
        return min(with_margin)[1]
    return parts[0][1] if parts else None


def plans_of(payload: Json) -> tuple[Plan, ...]:
    """Return the plans that a showing was decided by; none where nothing was carried out."""
    method, parts = payload["method"], payload["parts"]
    for kind, own in (("dominance", SIGNS), ("residual", BOUNDED), ("stated", STATED)):
        if any(part.get(kind) is not None for part in parts):
            return (own,)
    by_draws = any(part["allowed"] is not None for part in parts)
    fixed = FIXED if by_draws else NOMINAL
    known = {"sequential": (BETTING,), "fixed": (fixed,), "structure": (CORNERS,)}
    return (*known.get(method, ()), *((CORNERS, fixed) if method == "structure+fixed" else ()))


def argument(desk: Desk, record: Record) -> list[tuple[str, Spans]]:
    """Return the rows of a showing: what is claimed, how it was looked at, what is not claimed."""
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
        ("What it would take", _price(desk, record)),
        ("Charged to every run", _charged(desk, record)),
        (_DECIDING[_run_by_run(record)], _deciding(desk, record)),
        ("Not claimed", _not_claimed(desk, record)),
        ("Evidence", _evidence(desk, record)),
    ]


def _run_by_run(record: Record) -> bool:
    """Say whether no single run decides."""
    said = record.payload
    marked = any(part.get(kind) for part in said["parts"] for kind in ("dominance", "residual", "stated"))
    return said["method"] == "sequential" or marked


def _quantity(desk: Desk, record: Record) -> Spans:
    """Return the quantity with its unit, what it is and where it is taken, if its author says so."""
    study = desk.inputs.own[f"study:{record.payload['study']}"]
    at = f"/quantities/{key(record.payload['quantity'])}"
    said = study.payload["quantities"][record.payload["quantity"]]
    named = with_unit((desk.at(record, "/quantity"),), record.payload["unit"])
    region = (label("region "), *desk.text(study, f"{at}/region")) if said["region"] else ()
    formula = (words("derived: "), *desk.text(study, f"{at}/formula/text")) if "formula" in said else ()
    told = joined([desk.text(study, f"{at}/text"), region, formula], ", ")
    return joined([named, told], ": ")


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
        if valued is not None and not _LITERAL.fullmatch(said["limit_texts"][index]):
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
    method = AT_NOMINAL if said["method"] == "fixed" and not by_draws else METHODS[said["method"]]
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
    spans = _attempts(desk, record)
    if said["method"] == "sequential":
        return (*plan(desk, record), words("; "), *spans)
    if any(part.get("dominance") for part in said["parts"]):
        return (*plan_on_signs(desk, record), *spans)
    if said["method"] == "model":
        return (words("no draw is run; error level "), desk.at(record, "/parts/0/error"), words("; "), *spans)
    if said["parts"] and said["parts"][0]["error"] is not None:
        spans = (
            *counted(desk.at(record, "/parts/0/draws"), "draw"),
            words(" at error level "),
            desk.at(record, "/parts/0/error"),
            words("; "),
            *spans,
        )
    return spans


def _attempts(desk: Desk, record: Record) -> Spans:
    """Return which attempt of how many it is, and how many are on file."""
    said = record.payload
    freeze = desk.inputs.records().get(record.inputs.get("freeze", ""))
    declared: Spans = ()
    if freeze is not None and "attempts" in freeze.payload["plan"]:
        declared = (words(", no number declared: each further one has a smaller share of the error"),)
        if freeze.payload["plan"]["attempts"] is not None:
            declared = (words(" of "), desk.at(freeze, "/plan/attempts"), words(" declared"))
    if said["attempts"] < said["attempt"]:
        return (words("not on file yet: attempt "), desk.at(record, "/attempt"), *declared)
    on_file = (words("; on file "), desk.at(record, "/attempts"))
    return (words("attempt "), desk.at(record, "/attempt"), *declared, *on_file)


def _price(desk: Desk, record: Record) -> Spans:
    if record.payload["price"] is None:
        return ()
    digits = decimals(1 if record.payload["price"]["minutes"] < _MANY_MINUTES else 0, "up")
    minutes = desk.at(record, "/price/minutes", digits, unit="min")
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
    for role, what in (("statement", "statement"), ("model_check", "checks"), ("acceptance", "acceptance")):
        if role in record.inputs:
            known.append((words(f"{what} "), desk.short(record.inputs[role])))
    if "residual" in record.inputs:
        known.append((words("declared bound "), desk.short(record.inputs["residual"])))
    return joined(known, ", ")


def _not_claimed(desk: Desk, record: Record) -> Spans:
    """Return in short what the showing does not claim."""
    said = record.payload
    if said["method"] is None:
        return (words("anything: no plan was carried out"),)
    more: list[Spans] = []
    if said["verdict"] == "NOT SHOWN" and said["margin"] is not None:
        more.append((words("that its margin shows anything while the claim is not shown"),))
    if "levels" in record.inputs:
        where = reference("Section", anchor_of(desk.inputs, said["study"]))
        more.append((words(f"{LEVELS} ("), where, label(")")))
    if (said["charge"] or {}).get("derived") is not None:
        more.append((words(DERIVED),))
    return not_claimed(plans_of(said), more)
