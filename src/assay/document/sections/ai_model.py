"""What is the AI model worth? Its data, its training, its errors on runs it never saw, what it earned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from assay.document.model import Element, Spans
from assay.document.sections.inputs import StudyRecords
from assay.document.sections.writing import (
    PERCENT,
    Desk,
    decimals,
    grid,
    heading,
    joined,
    label,
    paragraph,
    significant,
    with_unit,
    words,
)
from assay.evidence import Record

ABSTENTIONS: Final[Mapping[str, str]] = {
    "model-refused": "model refused",
    "outside-range": "outside the range",
    "sparse-data": "too far from training data",
    "spread": "spread too large",
}


OUTCOMES: Final[Mapping[str, str]] = {
    "accepted": "accepted",
    "too-few-runs": "refused: too few runs",
    "constant-output": "refused: nothing varies",
    "no-better-than-constant": "refused: no better than a constant",
    "no-better-than-linear": "refused: no better than a line",
}


BY_ITSELF: Final = (
    "Some criteria of this document ask for what the model states by itself. Where a role has accepted that, "
    "no run of the solver decides: the statement does, made on draws of its own and held against runs that "
    "the model had not seen. The showing says so beside its verdict."
)


def ai_model(desk: Desk) -> Iterator[Element]:
    """Yield a section on the models of every study."""
    yield heading(1, words("The AI model: data, errors, credit"), anchor="ai-model")
    trained = {name: study for name, study in desk.inputs.studies.items() if study.models}
    if not trained:
        yield paragraph(words("No AI model was trained; solver runs alone decided."))
        return
    yield paragraph(
        words(
            "The model proposes where the solver is run; the solver's runs decide. A guard makes it abstain "
            "where it is not to be believed. Nothing of it is credited unless a verdict says so."
        )
    )
    if any(record.payload["method"] == "model" for record in desk.inputs.showings.values()):
        yield paragraph(words(BY_ITSELF))
    for name, study in trained.items():
        yield heading(2, words("Study "), desk.at(desk.inputs.own[f"study:{name}"], "/name"))
        yield from _data(desk, study)
        yield from _training(desk, study)
        yield from _unseen(desk, study)
        yield from _guard(desk, study)
        yield from _proposals(desk, study)
    yield from _own_statements(desk)
    yield from _earned(desk)


def _data(desk: Desk, study: StudyRecords) -> Iterator[Element]:
    runs = study.training
    if runs is not None:
        yield paragraph(
            words("Training data: "),
            desk.at(runs, "/count"),
            words(" points, scrambled Sobol over the ranges, "),
            desk.at(runs, "/solves"),
            words(" solver runs, "),
            desk.at(runs, "/failed"),
            words(" failed; record "),
            desk.short(runs),
            words(". Draws that decide are made after the model and are never trained on."),
        )
    model = next(iter(study.models.values()))
    rows: list[list[Spans]] = [
        [
            desk.text(model, f"/inputs/{i}/name"),
            (desk.at(model, f"/inputs/{i}/low"),),
            (desk.at(model, f"/inputs/{i}/high", unit=said["unit"]),),
        ]
        for i, said in enumerate(model.payload["inputs"])
    ]
    caption = (words("Inputs of the model and their ranges"),)
    yield from grid(caption, ("Input", "From", "To"), rows, (2, 1, 1), right=(1, 2))


def _training(desk: Desk, study: StudyRecords) -> Iterator[Element]:
    rows = [_trained(desk, model) for model in study.models.values()]
    heads = ("Quantity", "Runs", "Constant", "Linear", "Model", "R squared", "Outcome", "Record")
    caption = (
        words(
            "Training: root-mean-square errors on runs left out of the fit, of a constant, a line, the model"
        ),
    )
    widths = (1.5, "auto", "auto", "auto", "auto", "auto", 1, "auto")
    yield from grid(caption, heads, rows, widths, right=(1, 2, 3, 4, 5))


def _trained(desk: Desk, model: Record) -> list[Spans]:
    found: dict[str, int] = {score["model"]: i for i, score in enumerate(model.payload["scores"])}
    own = next((i for name, i in found.items() if name not in {"constant", "linear"}), None)

    def rmse(index: int | None) -> Spans:
        return () if index is None else (desk.at(model, f"/scores/{index}/rmse", significant(3, "up")),)

    return [
        with_unit(desk.text(model, "/quantity"), model.payload["unit"]),
        (desk.at(model, "/runs"),),
        rmse(found.get("constant")),
        rmse(found.get("linear")),
        rmse(own),
        () if own is None else (desk.at(model, f"/scores/{own}/q2", decimals(4, "down")),),
        (label(OUTCOMES[model.payload["reason"]]),),
        (desk.short(model),),
    ]


def _unseen(desk: Desk, study: StudyRecords) -> Iterator[Element]:
    rows = [_seen(desk, record) for record in study.metrics.values()]
    heads = ("Quantity", "Rows", "Abstained", "Rmse", "Largest error", "Bias", "R squared", "Record")
    caption = (
        words("Errors on the draws that decided, which no model had seen; where the guard did not abstain"),
    )
    yield from grid(caption, heads, rows, (1.2, *("auto",) * 7), right=(1, 2, 3, 4, 5, 6))
    yield from _once(desk, list(study.metrics.values()), "bound_text")


def _once(desk: Desk, records: Sequence[Record], key: str) -> Iterator[Element]:
    """Yield every distinct text with the quantities that it is said of."""
    for text in dict.fromkeys(record.payload[key] for record in records if record.payload[key]):
        own = [record for record in records if record.payload[key] == text]
        names = joined([desk.text(record, "/quantity") for record in own], ", ")
        yield paragraph(*names, words(": "), desk.at(own[0], f"/{key}"), words("."), style="small")


def _seen(desk: Desk, record: Record) -> list[Spans]:
    errors = record.payload["believed"]
    at = "/believed"
    cells: list[Spans] = [
        with_unit(desk.text(record, "/quantity"), record.payload["unit"]),
        (desk.at(record, "/rows"),),
        (desk.at(record, "/abstained_share", decimals(1, "up"), **PERCENT),),
    ]
    if errors is None:
        cells += [(), (), (), ()]
    else:
        cells += [
            (desk.at(record, f"{at}/rmse", significant(3, "up")),),
            (desk.at(record, f"{at}/largest_absolute", significant(3, "up")),),
            (desk.at(record, f"{at}/bias", significant(3)),),
            () if errors["q2"] is None else (desk.at(record, f"{at}/q2", decimals(4, "down")),),
        ]
    return [*cells, (desk.short(record),)]


def _guard(desk: Desk, study: StudyRecords) -> Iterator[Element]:
    rows: list[list[Spans]] = []
    for quantity, guard in study.guards.items():
        metrics = study.metrics.get(quantity)
        told: Spans = ()
        if metrics is not None:
            told = joined(
                [
                    (label(f"{ABSTENTIONS[reason]}: "), desk.at(metrics, f"/abstained/{reason}"))
                    for reason in metrics.payload["abstained"]
                ],
                ", ",
            ) or (label("none"),)
        rows.append([desk.text(guard, "/quantity"), told, (desk.short(guard),)])
    caption = (words("Guards, and at how many rows of the draws they abstained"),)
    yield from grid(caption, ("Quantity", "Abstentions", "Record"), rows, (1, 2, "auto"))
    yield from _once(desk, list(study.guards.values()), "text")


def _proposals(desk: Desk, study: StudyRecords) -> Iterator[Element]:
    record = study.refutation
    if record is None:
        return
    rows = [_proposal(desk, record, index) for index in range(len(record.payload["proposals"]))]
    caption = (words("Runs that the model proposed against the criteria, and what the solver said"),)
    heads = ("Run", "Criterion", "Row", "Predicted", "Solver", "State")
    yield from grid(caption, heads, rows, ("auto", "auto", 1, "auto", "auto", "auto"), right=(0, 3, 4))


def _proposal(desk: Desk, record: Record, index: int) -> list[Spans]:
    """Return what was predicted at a proposed run, and what the solver said there."""
    proposal, at = record.payload["proposals"][index], f"/proposals/{index}"
    criterion = desk.inputs.programme.criteria.get(proposal["criterion"])
    quantities = desk.inputs.programme.studies[record.payload["study"]].quantities
    unit = quantities[criterion.quantity].unit if criterion is not None else ""

    def number(member: str) -> Spans:
        known = proposal.get(member) is not None
        return (desk.at(record, f"{at}/{member}", significant(4), unit=unit),) if known else ()

    return [
        (desk.at(record, f"{at}/index"),),
        desk.text(record, f"{at}/criterion"),
        desk.text(record, f"{at}/row"),
        number("predicted"),
        number("quantity"),
        desk.text(record, f"{at}/state"),
    ]


def _own_statements(desk: Desk) -> Iterator[Element]:
    """Yield what the models say of the violating fractions by themselves: beside the evidence."""
    if not desk.inputs.weighed:
        return
    yield heading(2, words("What the models say by themselves"), anchor="model-statements")
    yield paragraph(
        words(
            "Not credited: no verdict rests on this. Near the limit such statements are often wrong, for "
            "a model does not know what its runs did not show it."
        )
    )
    rows = [_own_statement(desk, record) for record in desk.inputs.weighed.values()]
    caption = (
        words(
            "Violating fraction as the model sees it, of draws of the law with the errors charged: by its "
        ),
        words("mean, widened by its deviation, widened to a conformal interval of training runs left out"),
    )
    heads = ("Criterion", "Draws", "Allowed", "Mean", "With deviation", "Conformal", "Record")
    yield from grid(caption, heads, rows, (1.2, *("auto",) * 6), right=(1, 2, 3, 4, 5))


def _own_statement(desk: Desk, record: Record) -> list[Spans]:
    def share(member: str) -> Spans:
        known = record.payload["model"][member] is not None
        return (desk.at(record, f"/model/{member}", decimals(1, "up"), **PERCENT),) if known else ()

    return [
        desk.text(record, "/criterion", link=desk.anchor(record.payload["criterion"])),
        (desk.at(record, "/model/draws"),),
        (desk.at(record, "/model/allowed", **PERCENT),),
        share("mean"),
        share("two_sd"),
        share("conformal"),
        (desk.short(record),),
    ]


def _earned(desk: Desk) -> Iterator[Element]:
    yield heading(2, words("What it earned"), anchor="earned")
    earned = {record.payload["credit"]: record for record in desk.inputs.showings.values()}
    for record in earned.values():
        names = [
            desk.text(other, "/criterion", link=desk.anchor(criterion))
            for criterion, other in desk.inputs.showings.items()
            if other.payload["credit"] == record.payload["credit"]
        ]
        yield paragraph(
            *joined(names, ", "), label(": "), desk.says("ai-earned", credit=desk.at(record, "/credit"))
        )
    rows: list[list[Spans]] = [
        [
            desk.own_text(f"/earned/{i}/study"),
            *(
                (desk.own(f"/earned/{i}/{key}"),)
                for key in ("training_runs", "guided_runs", "planned_runs", "drawn_runs", "saved_runs")
            ),
        ]
        for i in range(len(desk.payload.earned))
    ]
    heads = ("Study", "Training runs", "Guided runs", "Draws of the fixed plan", "Draws made", "Saved")
    caption = (words("Cost of the model, and what it saved against the fixed plan"),)
    yield from grid(caption, heads, rows, (1, 1, 1, 1, 1, 1), right=(1, 2, 3, 4, 5))
