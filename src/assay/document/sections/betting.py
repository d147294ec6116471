"""What do the bets of a plan that decides run by run come to? Its sentences, its steps, its wealth."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from assay.document.model import Element, Span, Spans
from assay.document.sections.inputs import DossierInputs
from assay.document.sections.plans import NEEDED, WEALTH, Plan, steps_of
from assay.document.sections.writing import (
    SHARE,
    Desk,
    Lines,
    counted,
    joined,
    label,
    significant,
    words,
)
from assay.evidence import Json, Record

BETTING: Final = Plan(
    anchor="betting",
    title="Plans that decide run by run",
    how=(
        "Before each step the AI model, refitted to the runs so far, says at draws of the law how likely "
        "each is to fail. From that follow a density, which draws more often where the outcome is uncertain, "
        "and a stake. Then points are drawn, the solver runs them, and every run multiplies both wealths. "
        "The wealth of the bets that the claim holds takes every run that is not within the limit as "
        "failing, an open one too; the wealth of the bets that it fails takes only a run beyond the limit, "
        "with every error credited, as failing. A run weighs as much as the law draws its point more often "
        "than the step did, so that the choice of points cancels out in the mean, however well or badly the "
        "model predicts. Where a claim is false, betting on it is at best a fair game: its wealth ever "
        "reaches the reciprocal of the level with a probability of at most the level, whenever one looks, "
        "stops, or goes on."
    ),
    not_claimed=(
        (
            "a margin",
            (
                "No margin: runs were drawn near the limit on purpose, so that the distance of none of them "
                "from the limit says how far the law stays away from it."
            ),
        ),
        (
            "a violating fraction",
            (
                "No violating fraction: the share of these runs that are not within the limit is no estimate "
                "of it, for they were not drawn as the law draws."
            ),
        ),
        (
            "another limit or another claim",
            (
                "Nothing about another limit of the same quantity, nor about another claim: the runs were "
                "chosen for this one."
            ),
        ),
        (
            "credit for the AI model",
            (
                "No credit for the AI model: it chose where to run and what to stake. A model that errs "
                "costs runs; it does not change what the wealth proves."
            ),
        ),
    ),
)


def wealth_of(inputs: DossierInputs, record: Record, number: int) -> Record | None:
    """Return the record of the wealth of a part of a showing; None where it was judged by another plan."""
    part = record.payload["parts"][number]
    if part.get("wealth") is None:
        return None
    role = "wealth" if part["case"] is None else f"wealth:{part['case']}"
    return inputs.records()[record.inputs[role]]


def least_grown(parts: Json) -> int:
    """Return the number of the part that is furthest from being shown; refuted ones first."""
    ranks = {"REFUTED": 0, "NOT SHOWN": 1}
    order = [(ranks.get(part["verdict"], 2), part["wealth"]["shown"], i) for i, part in enumerate(parts)]
    return min(order)[2]


def outcome(desk: Desk, record: Record, number: int) -> list[Span]:
    """Return what the wealth of a part came to, in sentences."""
    part, at = record.payload["parts"][number], f"/parts/{number}"
    wealth = wealth_of(desk.inputs, record, number)
    if wealth is None:
        return []
    spoken: list[Span] = [
        desk.says(
            "betting-count",
            not_within=desk.at(record, f"{at}/not_within"),
            runs=desk.at(record, f"{at}/draws"),
        )
    ]
    shown = desk.at(record, f"{at}/wealth/shown", WEALTH)
    refuted = desk.at(record, f"{at}/wealth/refuted", WEALTH)
    needed = desk.at(record, f"{at}/wealth/needed", NEEDED)
    to_refute = desk.at(record, f"{at}/wealth/needed_to_refute", NEEDED)
    if wealth.payload["decided"] is None:
        spoken.append(desk.says("wealth-short-of-shown", wealth=shown, needed=needed))
        spoken.append(desk.says("wealth-short-of-refuted", wealth=refuted, needed=to_refute))
    else:
        decided = wealth.payload["decided"]
        reached, taken = (shown, needed) if decided == "shown" else (refuted, to_refute)
        spoken.append(desk.says(f"wealth-{decided}", wealth=reached, needed=taken))
        spoken.append(desk.says("wealth-decided", index=desk.at(record, f"{at}/wealth/decided_at")))
    level, error = desk.at(wealth, "/level", SHARE), desk.at(record, f"{at}/error")
    spoken.append(desk.says("betting-level", level=level, error=error))
    spoken += refuting(desk, record, number)
    if part["verdict"] == "SHOWN":
        spoken.append(desk.says("betting-attained", attained=desk.at(record, f"{at}/attained", SHARE)))
    return spoken


def refuting(desk: Desk, record: Record, number: int) -> list[Span]:
    """Return at which level a part is refuted, where that is a share of the error level of the claim."""
    part, at = record.payload["parts"][number], f"/parts/{number}"
    told = part["verdict"] in {"NOT SHOWN", "REFUTED"} and part.get("refuting_error") is not None
    if not told or not part["refuting_error"] < part["error"]:
        return []
    share = desk.at(record, f"{at}/refuting_error", SHARE)
    return [desk.says("refuting-level", refuting=share, error=desk.at(record, f"{at}/error"))]


def plan(desk: Desk, record: Record) -> Spans:
    """Return how many runs were made and planned, over all parts."""
    told: list[Spans] = []
    for number, part in enumerate(record.payload["parts"]):
        wealth = wealth_of(desk.inputs, record, number)
        if wealth is not None:
            case = (*desk.text(record, f"/parts/{number}/case"), label(": ")) if part["case"] else ()
            runs = counted(desk.at(wealth, "/runs"), "run")
            horizon = desk.at(wealth, "/horizon")
            told.append(
                (
                    *case,
                    *runs,
                    words(" of a plan for "),
                    horizon,
                    words(", steps: "),
                    desk.at(wealth, "/steps"),
                )
            )
    error = (words("; error level "), desk.at(record, "/parts/0/error"))
    return (*joined(told, "; "), *error)


def betting(desk: Desk, record: Record, number: int) -> Iterator[Element]:
    """Yield how a part was decided run by run; nothing where it was judged by another plan."""
    wealth = wealth_of(desk.inputs, record, number)
    if wealth is None:
        return
    yield from _steps(desk, wealth)
    yield from desk.drawn(
        desk.figure("wealth", record.payload["criterion"]),
        "The wealth of the bets that the claim holds, and of those that it fails, after each run on a "
        "logarithmic scale; a dashed line marks the wealth that decides, marks below the state of each run.",
        (words("Wealth of "), desk.at(record, "/criterion"), words(" after each run")),
        width=88,
    )


def _steps(desk: Desk, wealth: Record) -> Iterator[Element]:
    heads = (
        "Step", "First run", "Runs", "Bets that it", "Error for constants",
        "Wealth that it holds", "Wealth that it fails", "Run table",
    )  # fmt: skip
    caption: Spans = (
        words("Steps of the plan, each fixed before its runs; wealth before and after it; record "),
    )
    widths = ("auto", "auto", "auto", "auto", 1, 1.3, 1.3, "auto")
    yield from steps_of(desk, wealth, caption, heads, partial(_step, desk, wealth), widths)


def _step(desk: Desk, wealth: Record, step: Record, number: int) -> list[Spans]:
    last = step.payload["first"] + len(step.payload["places"]) - 1

    def moved(key: str) -> Spans:
        before = desk.at(step, f"/{key}", significant(3, "down"))
        after = desk.at(wealth, f"/{last}/{key}", significant(3, "down"), blob="path")
        return (before, label(" to "), after)

    return [
        (desk.at(step, "/number"),),
        (desk.at(step, "/first"),),
        (desk.at(step, "/places", form="count"),),
        (label({"shown": "holds", "refuted": "fails"}[step.payload["bet"]["goal"]]),),
        (desk.at(step, "/spent", significant(2, "up")),),
        moved("wealth_shown"),
        moved("wealth_refuted"),
        (desk.short(wealth.inputs[f"runs:{number}"]),),
    ]


def drawn_wealth(desk: Desk, record: Record, number: int) -> Json | None:
    """Return the data of the chart of a part's wealth, or None where there is no run."""
    wealth = wealth_of(desk.inputs, record, number)
    if wealth is None or not wealth.payload["runs"]:
        return None
    path = Lines(desk.inputs.tables[wealth.blobs["path"]])
    rows = [path[index] for index in range(len(path))]
    came = record.payload["parts"][number]["wealth"]
    needed, to_refute = came["needed"], came["needed_to_refute"]
    return {
        "shown": [row["wealth_shown"] for row in rows],
        "refuted": [row["wealth_refuted"] for row in rows],
        "states": [row["state"] for row in rows],
        "needed": needed,
        "needed_to_refute": to_refute if to_refute > needed else None,
        "needed_text": desk.at(record, f"/parts/{number}/wealth/needed", NEEDED).text,
        "decided_at": wealth.payload["decided_at"],
    }
