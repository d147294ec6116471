"""What was run, what failed, what was discarded, what was attempted, and what did people agree to?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assay.document.model import Element, PageBreak, Spans
from assay.document.sections.writing import Desk, grid, heading, joined, key, label, name, paragraph, words
from assay.evidence import Record

MOST_FAILED = 40
"""Failed runs that are listed; all of them stand in the attached tables."""


def history(desk: Desk) -> Iterator[Element]:
    """Yield runs, failures, discarded evidence, attempts, approvals, from a page of their own."""
    yield PageBreak()
    yield heading(1, words("Runs, failures, attempts, deviations"), anchor="history")
    yield from _runs(desk)
    yield from _failed(desk)
    yield from _discarded(desk)
    yield from _attempts(desk)
    yield from _approvals(desk)
    yield from _freezes(desk)


def _runs(desk: Desk) -> Iterator[Element]:
    rows: list[list[Spans]] = [
        [
            desk.text(record, "/study"),
            desk.text(record, "/purpose"),
            *((desk.at(record, f"/{key}"),) for key in ("count", "rows", "solves", "failed")),
            (desk.short(record),),
        ]
        for study in desk.inputs.studies.values()
        for record in study.runs()
        if record not in study.sequential
    ]
    heads = ("Study", "Purpose", "Points", "Rows a point", "Solver runs", "Failed", "Record")
    betted = any(study.sequential for study in desk.inputs.studies.values())
    apart = ", but those of plans that decide run by run: they stand with their showings" if betted else ""
    caption = (words(f"All runs that this document rests on{apart}"),)
    yield from grid(caption, heads, rows, (1, 1, "auto", "auto", "auto", "auto", "auto"), right=(2, 3, 4, 5))
    yield paragraph(words("In all "), desk.own("/totals/solves"), words(" solver runs."))


def _failed(desk: Desk) -> Iterator[Element]:
    failed = desk.payload.failed
    if not failed:
        yield paragraph(words("No run failed."))
        return
    rows: list[list[Spans]] = [
        [
            desk.own_text(f"/failed/{i}/study"),
            desk.own_text(f"/failed/{i}/purpose"),
            (desk.own(f"/failed/{i}/index"),),
            (desk.own(f"/failed/{i}/rows", form="count"),),
            joined([desk.own_text(f"/failed/{i}/rows/{k}") for k in range(len(run.rows))], ", "),
            desk.own_text(f"/failed/{i}/reason"),
            (desk.short(run.record),),
        ]
        for i, run in enumerate(failed[:MOST_FAILED])
    ]
    heads = ("Study", "Purpose", "Point", "Rows", "Of which named", "Reason", "Record")
    caption = (words("Failed runs: "), desk.own("/totals/failed"), words(", each counted as open"))
    yield from grid(caption, heads, rows, ("auto", 1, "auto", "auto", 1.8, 1, "auto"), right=(2, 3))
    if len(failed) > MOST_FAILED:
        yield paragraph(words("The table is cut; every failed run stands in the attached run tables."))


def _discarded(desk: Desk) -> Iterator[Element]:
    if not desk.payload.discarded:
        yield paragraph(words("No evidence of an earlier recipe is on file."))
        return
    rows: list[list[Spans]] = [
        [
            desk.own_text(f"/discarded/{i}/kind"),
            joined([desk.own_text(f"/discarded/{i}/subjects/{k}") for k in range(len(old.subjects))], ", "),
            (desk.own(f"/discarded/{i}/records", form="count"),),
            () if old.solves is None else (desk.own(f"/discarded/{i}/solves"),),
        ]
        for i, old in enumerate(desk.payload.discarded)
    ]
    caption = (words("Discarded: evidence of an earlier recipe, on which nothing here rests"),)
    heads = ("Kind", "Subjects", "Records", "Solver runs")
    yield from grid(caption, heads, rows, ("auto", 1, "auto", "auto"), right=(2, 3))


def _attempts(desk: Desk) -> Iterator[Element]:
    """Yield the attempts on file; those that share number, plan and level stand in one row."""
    if not desk.inputs.attempts:
        yield paragraph(words("No attempt is on file: no claim rests on draws."))
        return
    groups: dict[tuple[object, ...], list[Record]] = {}
    for record in desk.inputs.attempts:
        said = record.payload
        shared = (
            said["number"],
            said["configuration"],
            said["plan"],
            *sorted(said["blocks"].items()),
            *sorted(set(said["draws"].values())),
            *sorted(set(said["levels"].values())),
        )
        groups.setdefault(shared, []).append(record)
    rows = [_attempt(desk, group) for group in groups.values()]
    heads = ("Attempt", "Plan", "Draws", "Level", "Block of draws", "Requirements and records")
    caption = (words("Attempts on file, credited or not"),)
    yield from grid(caption, heads, rows, ("auto", "auto", "auto", "auto", 1, 3), right=(0, 2, 3))


def _attempt(desk: Desk, group: Sequence[Record]) -> list[Spans]:
    first = group[0]
    said = first.payload

    def each(group: str) -> Spans:
        """Return the distinct numbers of a group, each from one of the criteria that it stands for."""
        told = {value: criterion for criterion, value in reversed(said[group].items())}
        return joined([(desk.at(first, f"/{group}/{key(told[value])}"),) for value in sorted(told)], ", ")

    blocks: list[Spans] = [
        (name(study), label(": "), desk.at(first, f"/blocks/{key(study)}")) for study in said["blocks"]
    ]
    named = [(desk.at(record, "/requirement"), label(" "), desk.short(record)) for record in group]
    return [
        (desk.at(first, "/number"),),
        desk.text(first, "/plan"),
        each("draws"),
        each("levels"),
        joined(blocks, ", "),
        joined(named, ", "),
    ]


def _approvals(desk: Desk) -> Iterator[Element]:
    rows: list[list[Spans]] = [
        [
            desk.text(record, "/kind"),
            desk.text(record, "/subject"),
            (*desk.text(record, "/person"), label(", "), *desk.text(record, "/role")),
            desk.text(record, "/statement"),
            (desk.short(record),),
        ]
        for record in sorted(
            desk.inputs.approvals_here(), key=lambda r: (r.payload["kind"], r.payload["subject"])
        )
    ]
    if not rows:
        yield paragraph(words("No deviation, allowance or document is approved."))
        return
    heads = ("Kind", "Subject", "Person and role", "Statement", "Record")
    caption = (words("Approvals and deviations in force; persons are claims until they sign"),)
    yield from grid(caption, heads, rows, ("auto", 1.2, 1, 1.6, "auto"))


def _freezes(desk: Desk) -> Iterator[Element]:
    for record in desk.inputs.freezes:
        yield paragraph(
            words("Criteria, limits and plan were frozen before the draws: record "),
            desk.short(record),
            words(", with "),
            desk.at(record, "/criteria", form="count"),
            words(" criteria; attested by: "),
            desk.at(record, "/attestation"),
            words("."),
        )
