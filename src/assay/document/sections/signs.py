"""What do certified runs and draws of the undecided come to? Its sentences and its steps (rung 2)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from assay.document.model import Element, Span, Spans
from assay.document.sections.inputs import DossierInputs
from assay.document.sections.plans import MASS, NEEDED, WEALTH, Plan, masses, steps_of
from assay.document.sections.writing import PERCENT, SHARE, Desk, counted, label, significant, words
from assay.evidence import Record

METHOD: Final = (
    "declared signs, tested by runs: a run within the limit proves all that is at most as harmful; random "
    "draws of what is left undecided"
)
SIGNS: Final = Plan(
    anchor="signs",
    title="Plans that rest on declared signs",
    how=(
        "Where the quantity is declared to rise or to fall in every factor that varies, a run within the "
        "limit proves every point of the law that is at most as harmful in each factor; that takes no error. "
        "What no run proves is undecided, and a part of it, where the AI model believes the claim to fail, "
        "is conceded: it counts as violating. Before each step the AI model says where a run is likely to be "
        "within and proves most; such a run is placed. Once it is cheaper, points are drawn from the law "
        "where it is still undecided. How much of the law is undecided or conceded is bounded from further "
        "draws at which nothing is solved. Each draw within multiplies a wealth, a draw that is not within "
        "takes all of it. Where the claim is false and the declarations are true, the wealth ever reaches "
        "the reciprocal of the level with a probability of at most the level."
    ),
    not_claimed=(
        (
            "anything without the declared signs",
            "Nothing without the declared signs: runs can break them; they cannot prove them.",
        ),
        ("a margin", "No margin: runs were placed near the limit on purpose, where one within proves most."),
        (
            "a refutation",
            (
                "No refutation: under declared signs a run beyond the limit tells of all that is at least as "
                "harmful, but what refutes has to be runs alone."
            ),
        ),
        (
            "credit for what the AI model predicts",
            (
                "No credit for what the AI model predicts: it chose where to run and what to concede. A "
                "model that errs costs runs; it does not change what runs and declarations prove."
            ),
        ),
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
        spoken += masses(desk, record, at, "dominance/reach", "dominance/conceded", enough=told["enough"])
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
        *counted(desk.at(record, "/parts/0/draws"), "run"),
        words(" of a plan for at most "),
        desk.at(path, "/horizon"),
        words(", steps: "),
        desk.at(path, "/steps"),
        words("; error level "),
        desk.at(record, "/parts/0/error"),
        words("; "),
    )


def on_signs(desk: Desk, record: Record, number: int) -> Iterator[Element]:
    """Yield the steps of a plan that rests on declared signs; nothing for another plan."""
    path = path_of(desk.inputs, record, number)
    if path is None:
        return
    heads = (
        "Step", "First run", "Runs", "What",
        "Conceded", "Conceded or undecided", "Wealth before", "Run table",
    )  # fmt: skip
    caption: Spans = (
        words("Steps of the plan, each fixed before its runs; masses as bounded from above; record "),
    )
    widths = ("auto", "auto", "auto", 1, "auto", 1, "auto", "auto")
    yield from steps_of(desk, path, caption, heads, partial(_step, desk, path), widths)


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
