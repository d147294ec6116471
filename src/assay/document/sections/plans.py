"""What does a plan do, and what does it not claim? Said once for all showings, and in short in each."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from assay.document.model import Element, Span, Spans
from assay.document.sections.writing import (
    PERCENT,
    Desk,
    decimals,
    grid,
    heading,
    in_unit,
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
"""A wealth is evidence for a verdict: down."""
NEEDED = significant(4, "up")
MASS = decimals(3, "up")
"""A share of the law that counts against a claim: up."""


@dataclass(frozen=True)
class Plan:
    """What such a plan does and what it does not claim, reviewed like the sentences of `claims`."""

    anchor: str
    title: str
    how: str
    not_claimed: tuple[tuple[str, str], ...]
    """Each in short, as it stands with every showing, and in full, as it stands once."""


FIXED: Final = Plan(
    anchor="fixed-plan",
    title="Fixed plans",
    how=(
        "Seed, number of draws and error level are on file before the first run. Every draw is an "
        "independent draw of the joint law, and the solver runs it. A draw counts as not within the limit "
        "if its run is beyond, failed, or stays open once its errors are charged. The exact upper limit of "
        "Clopper and Pearson on the violating fraction is compared with what is allowed; a claim is refuted "
        "by the lower limit, from draws that are beyond with every error credited. No count is printed "
        "before the last draw has run, so that nobody can stop where it suits."
    ),
    not_claimed=(
        (
            "anything about a single part",
            (
                "Nothing about a single part: the claim is of a share of the law, and the rest may lie far "
                "beyond the limit."
            ),
        ),
        (
            "a worst case",
            (
                "No worst case: the margin is of the run that decides among these draws, not of the worst "
                "point of the law."
            ),
        ),
        (
            "that the law is right",
            "Nothing about the law itself: it is declared. Under another law the share is another.",
        ),
        (
            "credit for the AI model",
            "No credit for the AI model: no draw was chosen by it.",
        ),
    ),
)
NOMINAL: Final = Plan(
    anchor="nominal-plan",
    title="Claims at nominal values",
    how=(
        "The solver runs each row with the factors that the claim names at their values there and all "
        "others at their nominal values. A run that is beyond the limit with every error credited refutes "
        "the claim."
    ),
    not_claimed=(
        (
            "anything away from the nominal values",
            (
                "Nothing away from the nominal values: tolerance and scatter of the other factors are not "
                "looked at."
            ),
        ),
        ("a probability", "No probability and no confidence: nothing was drawn."),
    ),
)
CORNERS: Final = Plan(
    anchor="corners",
    title="Claims on declared structure",
    how=(
        "A study may declare that a quantity is convex, linear or homogeneous in factors, that it rises or "
        "falls in them, or that it mirrors in them, each with its reason. The largest value over their "
        "ranges then lies at corners, and the solver runs those. Runs are placed to break the declaration, "
        "and every run of the showing is held against it; a single violation breaks it, and the corners "
        "then speak for themselves alone."
    ),
    not_claimed=(
        (
            "anything without the declaration",
            "Nothing without the declaration: runs can break it; they cannot prove it.",
        ),
        (
            "anything outside the ranges of the factors",
            "Nothing outside the ranges of the factors that the declaration names.",
        ),
        (
            "a refutation by the declaration",
            "No refutation by the declaration: what refutes has to be runs alone.",
        ),
    ),
)
LEVELS: Final = (
    "that no draw on a coarser level is off by more than its bound: the checks leave the rate of misses that "
    "is printed"
)
DERIVED: Final = "a refinement of the derived quantity itself; that its formula is the right one"


def told_once(plan: Plan) -> Iterator[Element]:
    """Yield what such a plan does and what it does not claim, in full."""
    yield heading(2, words(plan.title), anchor=plan.anchor)
    yield paragraph(words(plan.how))
    yield paragraph(words("What such a plan does not claim:"))
    yield from items([(words(why),) for _, why in plan.not_claimed])


def not_claimed(plans: Sequence[Plan], more: Sequence[Spans] = ()) -> Spans:
    """Return in short what a showing does not claim, and where that is explained."""
    told: list[Span] = []
    for plan in plans:
        told += [label("; ")] if told else []
        shorts = "; ".join(dict.fromkeys(short for short, _ in plan.not_claimed))
        told += [words(f"{shorts} ("), reference("Section", plan.anchor), label(")")]
    for spans in more:
        told += [label("; "), *spans] if told else [*spans]
    return tuple(told)


def steps_of(
    desk: Desk,
    whole: Record,
    caption: Spans,
    heads: Sequence[str],
    cells: Callable[[Record, int], list[Spans]],
    widths: Sequence[float | str],
) -> Iterator[Element]:
    """Yield the first steps of a plan that was carried out step by step; all but two columns are numbers.

    Parameters
    ----------
    whole
        The record that names every step as ``step:N``.
    cells
        A row from a step's record and its number.
    """
    known = desk.inputs.records()
    count = min(whole.payload["steps"], MOST_STEPS)
    rows = [cells(known[whole.inputs[f"step:{number}"]], number) for number in range(1, count + 1)]
    numbers = tuple(index for index in range(len(heads) - 1) if index != 3)
    yield from grid((*caption, desk.short(whole)), heads, rows, widths, right=numbers)
    if whole.payload["steps"] > MOST_STEPS:
        yield paragraph(
            words("The table is cut; every step stands among the attached records."), style="small"
        )


def masses(desk: Desk, record: Record, at: str, reach: str, conceded: str, *, enough: bool) -> list[Span]:
    """Return how much of the law is undecided or conceded, against what is allowed where it is enough."""
    whole = desk.at(record, f"{at}/{reach}", MASS, **PERCENT)
    if enough:
        allowed = desk.at(record, f"{at}/allowed", decimals(2, "down"), **PERCENT)
        return [desk.says("signs-enough", reach=whole, allowed=allowed)]
    given_up = desk.at(record, f"{at}/{conceded}", MASS, **PERCENT)
    return [desk.says("signs-undecided", reach=whole), desk.says("signs-conceded", conceded=given_up)]


def contradictions(desk: Desk, record: Record, unit: str, caption: Spans) -> Iterator[Element]:
    """Yield the runs that are farther from the model than is declared or stated; nothing without one."""
    rows: list[list[Spans]] = []
    for i, run in enumerate(record.payload["violations"]):
        at = f"/violations/{i}"
        digits = significant(_telling(run["quantity"], run["predicted"]))
        rows.append(
            [
                (desk.short(run["record"]),),
                (desk.at(record, f"{at}/index"),),
                (desk.at(record, f"{at}/quantity", digits),),
                (desk.at(record, f"{at}/predicted", digits),),
                (desk.at(record, f"{at}/bound", significant(4, "up")),),
            ]
        )
    heads = ("Runs", "Index", *(f"{head}{in_unit(unit)}" for head in ("Solver", "Model", "Bound")))
    yield from grid(caption, heads, rows, ("auto", "auto", 1, 1, 1), right=(1, 2, 3, 4))


def _telling(first: float, second: float) -> int:
    """Return as many significant digits as tell the numbers apart, at least four."""
    apart, size = abs(first - second), max(abs(first), abs(second))
    return 4 if not apart else min(12, max(4, 2 + math.ceil(math.log10(size / apart))))
