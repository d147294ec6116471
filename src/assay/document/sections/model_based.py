"""What does an AI model state by itself, how did that fare, and who accepts it? Its sentences (rung 3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from assay.document.model import Element, Span, Spans
from assay.document.sections.plans import Plan, contradictions
from assay.document.sections.writing import (
    PERCENT,
    Desk,
    decimals,
    pairs,
    significant,
    words,
)
from assay.evidence import Record

FOUR = significant(4, "up")

STATED: Final = Plan(
    anchor="model-based",
    title="Statements of an AI model that a role accepts",
    how=(
        "Where a programme names the role that accepts it, a fraction may be credited on what the AI model "
        "states by itself. The attempt is on file before the model is asked, at draws of the law that follow "
        "from the attempt; none of them is solved. A draw counts as not within the limit if the mean of the "
        "model, moved to the side that harms by the larger of its deviation with a factor and a conformal "
        "interval of training runs left out, is not within, and also where it lies outside a range or the "
        "guard of the model abstains. Every run of the study inside the envelope, on the finest level, at "
        "which the model was not trained is held against that width; a single one outside it ends the "
        "statement. A person who holds the role, and is not the author, then accepts exactly this statement."
    ),
    not_claimed=(
        (
            "confidence in what the solver would say at its draws",
            (
                "No confidence of its own: the limit is exact for what the model says at its draws, not for "
                "what the solver would say there. The role that accepts it answers for the difference."
            ),
        ),
        (
            "a margin or a refutation",
            "No margin and no refutation: no run of the solver decides.",
        ),
    ),
)


def outcome_by_model(desk: Desk, record: Record, number: int) -> list[Span]:
    """Return what the model states and how it fared, in sentences; nothing where another plan judged it."""
    part, at = record.payload["parts"][number], f"/parts/{number}"
    told = part.get("stated")
    if told is None:
        return []
    spoken: list[Span] = [
        desk.says(
            "stated-count",
            not_within=desk.at(record, f"{at}/stated/not_within"),
            draws=desk.at(record, f"{at}/stated/draws"),
        )
    ]
    if told["width"] is not None:
        width = desk.at(record, f"{at}/stated/width", FOUR, unit=record.payload["unit"])
        spoken.append(desk.says("stated-width", width=width))
    counts = {name: desk.at(record, f"{at}/stated/{name}") for name in ("checks", "required", "violations")}
    violations = counts.pop("violations")
    spoken += [desk.says("stated-checks", **counts), desk.says("stated-violations", violations=violations)]
    if part["bound"] is not None:
        allowed = desk.at(record, f"{at}/allowed", decimals(2, "down"), **PERCENT)
        upper = desk.at(record, f"{at}/bound", decimals(2, "up"), **PERCENT)
        template = "stated-bound" if part["bound"] <= part["allowed"] else "stated-exceeds"
        spoken.append(desk.says(template, bound=upper, allowed=allowed))
    template = "stated-accepted" if told["accepted"] else "stated-open"
    spoken.append(desk.says(template, role=desk.at(record, f"{at}/stated/role")))
    return spoken


def by_model(desk: Desk, record: Record, number: int) -> Iterator[Element]:
    """Yield what the statement is made of, and the runs that contradict it; nothing for another plan."""
    if record.payload["parts"][number].get("stated") is None:
        return
    known, unit = desk.inputs.records(), record.payload["unit"]
    said, check = known[record.inputs["statement"]], known[record.inputs["model_check"]]
    rows: list[tuple[str, Spans]] = [
        (
            "Not within, by the model",
            (
                desk.at(said, "/wide"),
                words(" by its width, "),
                desk.at(said, "/silent"),
                words(" where its guard abstains, "),
                desk.at(said, "/outside"),
                words(" outside a range; record "),
                desk.short(said),
            ),
        ),
        ("Deviation, with its factor", (desk.at(said, "/two_sd", FOUR, unit=unit),)),
    ]
    if said.payload["conformal"] is not None:
        conformal = desk.at(said, "/conformal", FOUR, unit=unit)
        rows.append(("Conformal interval", (conformal, words(" of left-out rows: "), desk.at(said, "/rows"))))
    places = desk.at(check, "/places")
    held: Spans = (
        desk.at(check, "/runs"),
        words(" at different points: "),
        places,
        words("; record "),
        desk.short(check),
    )
    rows.append(("Runs held against it", held))
    yield from pairs(rows)
    if check.payload["violations"]:
        caption: Spans = (
            words("Runs outside the width that the model states, the worst first; in all "),
            desk.at(check, "/violating"),
        )
        yield from contradictions(desk, check, unit, caption)
