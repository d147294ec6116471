"""What does a declared bound on the model's error leave, and how did it fare? Its sentences (rung 1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from assay.document.model import Element, Span, Spans
from assay.document.sections.inputs import DossierInputs
from assay.document.sections.plans import Plan, contradictions, masses
from assay.document.sections.writing import PERCENT, SHARE, Desk, decimals, joined, pairs, words
from assay.evidence import Record

BOUNDED: Final = Plan(
    anchor="declared-bound",
    title="Plans under a declared bound of the model's error",
    how=(
        "A study may declare how far the frozen AI model of a quantity is from the solver, with the reason "
        "for it; the reason is not the runs that the model was trained on. The declaration sorts the law: "
        "where the model's value with the bound stays within the limit, and the model's guard lets it speak, "
        "nothing has to be run; where it is beyond, or outside a factor's range, the law counts as "
        "violating; the rest is undecided. A part of that, where the claim is believed to fail, may be given "
        "up as well. How much of the law is undecided or counts as violating is bounded from further draws "
        "at which nothing is solved. Then as many independent draws of the undecided part as were planned "
        "are run. Every run of the study on the finest level is held against the declaration, the runs of "
        "the training too; one that is farther from the model than is declared falsifies it, and nothing is "
        "shown by it any more."
    ),
    not_claimed=(
        (
            "anything without the declared bound",
            (
                "Nothing without the declaration: where the bound is wrong at a place without a run, the "
                "verdict may be wrong. Runs can falsify it; they cannot prove it."
            ),
        ),
        (
            "a margin",
            (
                "No margin: the draws are of the part of the law near the limit, so that the distance of "
                "none of them from the limit says how far the law stays away from it."
            ),
        ),
        (
            "a refutation",
            "No refutation: what refutes has to be runs alone, drawn as the law draws.",
        ),
    ),
)


def result_of(inputs: DossierInputs, record: Record, number: int) -> Record | None:
    """Return the record of what a plan under a declared bound came to; None for another plan."""
    part = record.payload["parts"][number]
    return None if part.get("residual") is None else inputs.records()[record.inputs["residual"]]


def outcome_under_bound(desk: Desk, record: Record, number: int) -> list[Span]:
    """Return what the draws and the checks came to, in sentences; nothing where another plan judged it."""
    result = result_of(desk.inputs, record, number)
    if result is None:
        return []
    part, at = record.payload["parts"][number], f"/parts/{number}"
    told = part["residual"]
    spoken: list[Span] = [
        desk.says(
            "bounded-checks-only" if told["whole"] else "bounded-count",
            not_within=desk.at(record, f"{at}/not_within"),
            draws=desk.at(record, f"{at}/draws"),
        ),
        desk.says(
            "bounded-checks",
            checks=desk.at(record, f"{at}/residual/checks"),
            violations=desk.at(record, f"{at}/residual/violations"),
        ),
    ]
    spoken += masses(desk, record, at, "residual/mass_reach", "residual/mass_conceded", enough=told["whole"])
    if part["bound"] is not None:
        allowed = desk.at(record, f"{at}/allowed", decimals(2, "down"), **PERCENT)
        upper = desk.at(record, f"{at}/bound", decimals(2, "up"), **PERCENT)
        template = "bound-holds" if part["bound"] <= part["allowed"] else "bound-exceeds"
        spoken.append(desk.says(template, bound=upper, allowed=allowed))
    spent = desk.at(record, f"{at}/residual/spent", SHARE)
    spoken.append(desk.says("bounded-spent", spent=spent, error=desk.at(record, f"{at}/error")))
    if part["verdict"] == "SHOWN GIVEN":
        spoken.append(desk.says("betting-attained", attained=desk.at(record, f"{at}/attained", SHARE)))
    return spoken


def under_bound(desk: Desk, record: Record, number: int) -> Iterator[Element]:
    """Yield how the bound sorts the law, and the runs that contradict it; nothing for another plan."""
    result = result_of(desk.inputs, record, number)
    if result is None:
        return
    band = desk.inputs.records()[result.inputs["band"]]
    unit = record.payload["unit"]
    yield from pairs(
        [
            (
                "Declared bound",
                _declared(desk, result, unit),
            ),
            ("Its reason", desk.text(result, "/declared/reason")),
            (
                "Draws sorted",
                (
                    desk.at(band, "/cheap"),
                    words(": within under the bound "),
                    desk.at(band, "/safe"),
                    words(", undecided "),
                    desk.at(band, "/undecided"),
                    words(", counted as violating "),
                    desk.at(band, "/conceded"),
                    words("; record "),
                    desk.short(band),
                ),
            ),
            (
                "Runs held against it",
                (desk.at(result, "/checks"), words("; record "), desk.short(result)),
            ),
        ]
    )
    caption: Spans = (
        words("Runs that are farther from the model than is declared, the worst first; in all "),
        desk.at(result, "/violating"),
    )
    yield from contradictions(desk, result, unit, caption)


def _declared(desk: Desk, result: Record, unit: str) -> Spans:
    """Return the parts of the bound that are not zero."""
    said = result.payload["declared"]
    absolute: Spans = (desk.at(result, "/declared/absolute", unit=unit),)
    relative: Spans = (desk.at(result, "/declared/relative", **PERCENT), words(" of the model's value"))
    parts = [spans for spans, value in ((absolute, said["absolute"]), (relative, said["relative"])) if value]
    return joined(parts or [absolute], " plus ")
