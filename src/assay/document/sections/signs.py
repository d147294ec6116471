"""What do certified runs and draws of the undecided come to? Its sentences and its steps (rung 2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from assay.document.model import Element, Span, Spans
from assay.document.sections.inputs import DossierInputs
from assay.document.sections.writing import (
    PERCENT,
    SHARE,
    Desk,
    decimals,
    grid,
    heading,
    items,
    label,
    paragraph,
    reference,
    significant,
    words,
)
from assay.evidence import Record

MOST_STEPS = 40
"""Steps that a showing lists; all of them stand in the attached records."""
WEALTH = significant(4, "down")
NEEDED = significant(4, "up")
MASS = decimals(3, "up")

ANCHOR = "signs"
METHOD: Final = (
    "declared signs, tested by runs: a run within the limit proves all that is at most as harmful; random "
    "draws of what is left undecided"
)
HOW = (
    "Where the quantity is declared to rise or to fall in every factor that varies, a run within the limit "
    "proves every point of the law that is at most as harmful in each factor; that takes no error. What no "
    "run proves is undecided, and a part of it, where the AI model believes the claim to fail, is conceded: "
    "it counts as violating. Before each step the AI model says where a run is likely to be within and "
    "proves most; such a run is placed. Once it is cheaper, points are drawn from the law where it is still "
    "undecided. How much of the law is undecided or conceded is bounded from further draws at which "
    "nothing is solved. Each draw within multiplies a wealth, a draw that is not within takes all of it. "
    "Where the claim is false and the declarations are true, the wealth ever reaches the reciprocal of the "
    "level with a probability of at most the level."
)
"""What each run of such a plan does, reviewed like the sentences of `claims`."""

NOT_CLAIMED = (
    "No margin: runs were placed near the limit on purpose, where one within proves most.",
    (
        "No refutation: under declared signs a run beyond the limit tells of all that is at least as "
        "harmful, but what refutes has to be runs alone."
    ),
    (
        "No credit for the AI model: it chose where to run and what to concede. A model that errs costs "
        "runs; it does not change what runs and declarations prove."
    ),
)


def path_of(inputs: DossierInputs, record: Record, number: int) -> Record | None:
    """Return the record of the path of a part that rests on declared signs; None for another plan."""
    part = record.payload["parts"][number]
    return None if part.get("dominance") is None else inputs.records()[record.inputs["dominance"]]


def outcome_on_signs(desk: Desk, record: Record, number: int) -> list[Span]:
    """Return what the runs of a part came to, in sentences; nothing where another plan judged it."""
    path = path_of(desk.inputs, record, number)
    if path is None:
        return []
    part, at = record.payload["parts"][number], f"/parts/{number}"
    told = part["dominance"]
    spoken: list[Span] = [
        desk.says("signs-placed", placed=desk.at(record, f"{at}/dominance/placed")),
        desk.says("signs-drawn", drawn=desk.at(record, f"{at}/dominance/drawn")),
    ]
    if told["reach"] is not None:
        if told["enough"]:
            reach = desk.at(record, f"{at}/dominance/reach", significant(6, "up"), **PERCENT)
            allowed = desk.at(record, f"{at}/allowed", significant(6, "down"), **PERCENT)
            spoken.append(desk.says("signs-enough", reach=reach, allowed=allowed))
        else:
            reach = desk.at(record, f"{at}/dominance/reach", MASS, **PERCENT)
            spoken.append(desk.says("signs-undecided", reach=reach))
            conceded = desk.at(record, f"{at}/dominance/conceded", MASS, **PERCENT)
            spoken.append(desk.says("signs-conceded", conceded=conceded))
    if told["drawn"]:
        wealth = desk.at(record, f"{at}/dominance/wealth", WEALTH)
        needed = desk.at(record, f"{at}/dominance/needed", NEEDED)
        reached = told["decided_at"] is not None
        word = "signs-wealth" if reached else "signs-wealth-short"
        spoken.append(desk.says(word, wealth=wealth, needed=needed))
        if reached:
            index = desk.at(record, f"{at}/dominance/decided_at")
            spoken.append(desk.says("wealth-decided", index=index))
    level, error = desk.at(path, "/level", SHARE), desk.at(record, f"{at}/error")
    spoken.append(desk.says("signs-level", level=level, error=error))
    if part["verdict"] == "SHOWN GIVEN":
        spoken.append(desk.says("betting-attained", attained=desk.at(record, f"{at}/attained", SHARE)))
    return spoken


def plan_on_signs(desk: Desk, record: Record) -> Spans:
    """Return how many runs were made and planned; nothing where another plan judged it."""
    parts = record.payload["parts"]
    path = path_of(desk.inputs, record, 0) if parts else None
    if path is None:
        return ()
    return (
        desk.at(record, "/parts/0/draws"),
        words(" runs of a plan for at most "),
        desk.at(path, "/horizon"),
        words(", steps: "),
        desk.at(path, "/steps"),
        words("; error level "),
        desk.at(record, "/parts/0/error"),
        words("; "),
    )


def method_on_signs(desk: Desk) -> Iterator[Element]:
    """Yield, once for all showings, what each run of such a plan does; nothing where none rests on signs."""
    parts = [part for record in desk.inputs.showings.values() for part in record.payload["parts"]]
    if any(part.get("dominance") is not None for part in parts):
        yield heading(2, words("Plans that rest on declared signs"), anchor=ANCHOR)
        yield paragraph(words(HOW))


def on_signs(desk: Desk, record: Record, number: int) -> Iterator[Element]:
    """Yield the steps of a plan that rests on declared signs; nothing for another plan."""
    path = path_of(desk.inputs, record, number)
    if path is None:
        return
    known = desk.inputs.records()
    count = min(path.payload["steps"], MOST_STEPS)
    rows = [_step(desk, path, known[path.inputs[f"step:{n}"]], n) for n in range(1, count + 1)]
    heads = (
        "Step",
        "First run",
        "Runs",
        "What",
        "Conceded",
        "Conceded or undecided",
        "Wealth before",
        "Runs",
    )
    caption: Spans = (
        words("Steps of the plan, each fixed before its runs; masses as bounded from above; record "),
        desk.short(path),
    )
    widths = ("auto", "auto", "auto", 1, "auto", 1, "auto", "auto")
    yield from grid(caption, heads, rows, widths, right=(0, 1, 2, 4, 5, 6))
    if path.payload["steps"] > MOST_STEPS:
        yield paragraph(
            words("The table is cut; every step stands among the attached records."), style="small"
        )
    yield paragraph(
        words("What this plan does not claim (how it works stands in "),
        reference("Section", ANCHOR),
        words("):"),
    )
    yield from items([(words(text),) for text in NOT_CLAIMED])


_KINDS: Final = {"certify": "placed", "draw": "drawn", "end": "given up"}


def _step(desk: Desk, path: Record, step: Record, number: int) -> list[Spans]:
    masses = step.payload["masses"]
    told: list[Spans] = [(), ()]
    if masses is not None:
        told = [(desk.at(step, f"/masses/{key}", MASS, **PERCENT),) for key in ("conceded", "reach")]
    runs = path.inputs.get(f"runs:{number}")
    return [
        (desk.at(step, "/number"),),
        (desk.at(step, "/first"),),
        (desk.at(step, "/places", form="count"),),
        (label(_KINDS[step.payload["kind"]]),),
        *told,
        (desk.at(step, "/wealth", significant(3, "down")),),
        () if runs is None else (desk.short(runs),),
    ]
