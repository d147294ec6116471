"""What was analysed? The factors of the configuration with their laws, and the values that limits rest on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assay.document.model import Element, Span, Spans
from assay.document.sections.writing import (
    PERCENT,
    SPACE,
    Desk,
    decimals,
    grid,
    heading,
    joined,
    key,
    label,
    name,
    paragraph,
    significant,
    words,
)
from assay.evidence import Record


def part(desk: Desk) -> Iterator[Element]:
    """Yield the configuration's factors and the basis values."""
    yield heading(1, words("Configuration, laws and allowables"), anchor="part")
    record = desk.inputs.own[f"configuration:{desk.inputs.configuration}"]
    yield paragraph(
        words(
            "Factors stand at their nominal value with tolerance and law as the programme declares them. A "
            "law is never truncated: what lies outside a factor's range counts as beyond the limit."
        )
    )
    for study in desk.inputs.studies:
        yield from _factors(desk, record, study)
        yield from _joint(desk, study)
    yield from _basis_values(desk)


def _factors(desk: Desk, record: Record, study: str) -> Iterator[Element]:
    told: dict[str, dict[str, Any]] = record.payload["factors"].get(study, {})
    rows = [
        _factor(desk, record, f"/factors/{key(study)}/{key(factor)}", said) for factor, said in told.items()
    ]
    caption = (words("Factors of study "), desk.at(desk.inputs.own[f"study:{study}"], "/name"))
    heads = ("Factor", "Kind", "Nominal", "Tolerance or range", "Law")
    yield from grid(caption, heads, rows, ("auto", "auto", "auto", 1.2, 1.6), right=(2,))


def _factor(desk: Desk, record: Record, at: str, said: dict[str, Any]) -> list[Spans]:
    unit = said["unit"]
    if said["fixed"]:
        reach: Spans = (label("fixed", "muted"),)
    elif said["tolerance"] is not None:
        reach = _interval(desk, record, f"{at}/tolerance", unit)
    else:
        reach = (*_interval(desk, record, f"{at}/envelope", unit), label(" (range)", "muted"))
    law = _law(desk, record, f"{at}/law", said["law"]) if said["law"] else (label("none", "muted"),)
    return [
        desk.text(record, f"{at}/name"),
        desk.text(record, f"{at}/kind"),
        (desk.at(record, f"{at}/value", unit=unit),),
        reach,
        law,
    ]


def _interval(desk: Desk, record: Record, at: str, unit: str) -> Spans:
    return (desk.at(record, f"{at}/0"), label(" to "), desk.at(record, f"{at}/1", unit=unit))


def _law(desk: Desk, record: Record, at: str, law: dict[str, Any]) -> Spans:
    parameters: list[Spans] = []
    for parameter, value in law.items():
        if parameter == "kind":
            continue
        if isinstance(value, list):
            parameters.append(
                (desk.at(record, f"{at}/{parameter}", form="count"), label(" "), name(parameter))
            )
        elif isinstance(value, str):
            parameters.append(desk.text(record, f"{at}/{parameter}"))
        else:
            parameters.append((name(parameter), SPACE, desk.at(record, f"{at}/{parameter}")))
    shown = desk.text(record, f"{at}/kind")
    return (*shown, label(" ("), *joined(parameters, ", "), label(")")) if parameters else shown


def _joint(desk: Desk, study: str) -> Iterator[Element]:
    """Say how the factors depend on each other; independence is said too."""
    record = desk.inputs.own[f"study:{study}"]
    pairs: list[Spans] = [
        (
            *desk.text(record, f"/correlation/{i}/0"),
            label(" and "),
            *desk.text(record, f"/correlation/{i}/1"),
            label(": "),
            desk.at(record, f"/correlation/{i}/2"),
        )
        for i in range(len(record.payload["correlation"]))
    ]
    if pairs:
        yield paragraph(words("Correlated by a Gaussian copula: "), *joined(pairs, "; "), words("."))
    else:
        yield paragraph(words("The factors are taken as independent: a declaration that no run checks."))


def _basis_values(desk: Desk) -> Iterator[Element]:
    records = [record for role, record in desk.inputs.own.items() if role.startswith("basis:")]
    if not records:
        return
    yield heading(2, words("Allowables from data"), anchor="allowables")
    yield paragraph(
        words(
            "A basis value is computed from the attached measurements: mean less factor times standard "
            "deviation. It is credited where the pack's rule holds or a person has approved the deviation."
        )
    )
    normal = [record for record in records if record.payload.get("by") is None]
    others = [record for record in records if record.payload.get("by") is not None]
    if normal:
        rows = [_basis_value(desk, record) for record in normal]
        heads = ("Data and column", "Coverage / confidence", "n", "Mean", "Sd", "Factor", "Value", "Credit")
        widths = (1.1, "auto", "auto", "auto", "auto", "auto", "auto", 1.6)
        caption = (words("Basis values by the normal method"),)
        yield from grid(caption, heads, rows, widths, right=(2, 3, 4, 5, 6))
    if others:
        rows = [_by_method(desk, record) for record in others]
        named = ("Data and column", "Coverage / confidence", "n", "Method", "Factor", "Value", "Credit")
        caption = (words("Basis values by the method that the programme names"),)
        yield from grid(caption, named, rows, (1.1, "auto", "auto", 1, "auto", "auto", 1.6), right=(2, 4, 5))
    for record in normal:
        yield paragraph(*_fit(desk, record))
    for record in others:
        yield paragraph(*_grounds(desk, record))
    yield from _sources(desk)


def _basis_value(desk: Desk, record: Record) -> list[Spans]:
    unit = record.payload["unit"]
    four = significant(4)
    return [
        (*desk.text(record, "/dataset"), label("."), *desk.text(record, "/column")),
        (desk.at(record, "/coverage", **PERCENT), label(" / "), desk.at(record, "/confidence", **PERCENT)),
        (desk.at(record, "/n"),),
        (desk.at(record, "/mean", four),),
        (desk.at(record, "/sd", four),),
        (desk.at(record, "/factor", significant(5, "up")),),
        (desk.at(record, "/value", significant(5, "down"), unit=unit),),
        desk.text(record, "/reason"),
    ]


def _by_method(desk: Desk, record: Record) -> list[Spans]:
    asked = desk.text(record, "/by/asked")
    chosen = record.payload["by"]["asked"] == "auto"
    method = desk.text(record, "/method")
    return [
        (*desk.text(record, "/dataset"), label("."), *desk.text(record, "/column")),
        (desk.at(record, "/coverage", **PERCENT), label(" / "), desk.at(record, "/confidence", **PERCENT)),
        (desk.at(record, "/n"),),
        (*method, label(" ("), *asked, label(")")) if chosen else method,
        (desk.at(record, "/factor", significant(5, "up")),),
        (desk.at(record, "/value", significant(5, "down"), unit=record.payload["unit"]),),
        desk.text(record, "/reason"),
    ]


def _grounds(desk: Desk, record: Record) -> Spans:
    """Say what a method's value follows from, how its assumptions were tested, and where it is published."""
    by = record.payload["by"]
    numbers = [
        (name(number.replace("_", " ")), SPACE, desk.at(record, f"/by/numbers/{key(number)}", significant(6)))
        for number in sorted(by["numbers"])
    ]
    spans: list[Span] = [
        *desk.text(record, "/dataset"), label("."), *desk.text(record, "/column"), words(" by the method "),
        *desk.text(record, "/method"), words(" (record "), desk.short(record), words("): from "),
        *joined(numbers, ", "), words("."),
    ]  # fmt: skip
    if by["why"]:
        spans += [words(" Chosen by the procedure: "), *desk.text(record, "/by/why"), words(".")]
    if by["test"] is None:
        spans.append(words(" The method assumes no law that the data could reject."))
    else:
        spans += [
            words(" Test of "),
            *desk.text(record, "/by/law"),
            words(" ("),
            *desk.text(record, "/by/test"),
        ]
        if by["significance"] is None:
            spans.append(words("): too few specimens to test it, which counts as rejected."))
        else:
            level = desk.at(record, "/by/significance", decimals(3, "down"))
            spans += [words("): the observed significance level is "), level, words(".")]
    if by["batch_test"] is not None:
        statistic = desk.at(record, "/by/batch_test/statistic", significant(4, "up"))
        critical = desk.at(record, "/by/batch_test/critical", significant(4, "down"))
        outcome = " the batches differ." if by["batch_test"]["differ"] else " the batches do not differ."
        spans += [words(" Anderson-Darling test of "), desk.at(record, "/by/batch_test/batches")]
        spans += [words(" batches: "), statistic, words(" against "), critical, words(";" + outcome)]
    if by["rejected"]:
        spans.append(words(" The data reject what the method assumes: the value supports no verdict."))
    return (*spans, words(" Published in: "), *desk.texts(record, "/by/references"), words("."))


def _fit(desk: Desk, record: Record) -> Spans:
    """Say whether the data reject the distribution."""
    outcome = "reject" if record.payload["normal_rejected"] else "do not reject"
    return (
        words("Goodness of fit of "),
        *desk.text(record, "/dataset"),
        label("."),
        *desk.text(record, "/column"),
        words(" (record "),
        desk.short(record),
        words("): the observed significance level is "),
        desk.at(record, "/observed_significance", decimals(3, "down")),
        words(f"; the data {outcome} a normal distribution."),
    )


def _sources(desk: Desk) -> Iterator[Element]:
    used = dict.fromkeys(
        record.payload["dataset"] for role, record in desk.inputs.own.items() if role.startswith("basis:")
    )
    for dataset in used:
        record = desk.inputs.own.get(f"dataset:{dataset}")
        if record is not None:
            origin = desk.text(record, "/source_text")
            yield paragraph(
                words("Data "), *desk.text(record, "/name"), words(": "), *origin, words(". Licence: "),
                *desk.text(record, "/licence"), words("."), style="small",
            )  # fmt: skip
