"""What does the dossier say that no other record says? Its own record: matrix, clauses, history, totals."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from assay.compliance import MatrixRow
from assay.document.bibliography import references
from assay.document.records import (
    CheckReach,
    ClauseUsed,
    Count,
    Discarded,
    DossierPayload,
    Earned,
    Edition,
    FactorUsed,
    FailedRun,
    ListOfShown,
    MeansUsed,
    RoleHeld,
    Row,
    SetViolated,
    Totals,
)
from assay.document.sections.inputs import DossierInputs, StudyRecords
from assay.document.sections.writing import Lines
from assay.evidence import Json, Record, recipe_digest
from assay.programme import Criterion, Programme, factor_tags
from assay.showing import sentence

REVISION = 2
CHECKED = "yes"
UNCHECKED = "no"
_ROOTS = 64
"""Characters of a digest that make a role unique where a kind and subject stand twice."""


def dossier_record(inputs: DossierInputs, *, tool: Mapping[str, str]) -> Record:
    """Return the record of kind ``dossier``, from which every attached record is reached.

    Parameters
    ----------
    tool
        Name and version of the program that writes it.
    """
    payload: Json = dossier_payload(inputs).model_dump(mode="json")
    roots = _roots(inputs.records())
    recipe = recipe_digest("dossier", REVISION, inputs=roots, settings={"payload": payload})
    return Record("dossier", inputs.configuration, recipe, roots, payload, {}, dict(tool))


def _roots(records: Mapping[str, Record]) -> dict[str, str]:
    """Return ``kind:subject`` to the id of every attached record."""
    roots: dict[str, str] = {}
    for identifier in sorted(records):
        role = f"{records[identifier].kind}:{records[identifier].subject}"
        roots[role if role not in roots else f"{role}#{identifier[-_ROOTS:]}"] = identifier
    return roots


def dossier_payload(inputs: DossierInputs) -> DossierPayload:
    """Return what the document prints and no other record says."""
    programme = inputs.programme
    rows = tuple(_row(inputs, row) for row in inputs.status.rows)
    clauses = tuple(_clauses(programme, rows))
    failed = tuple(_failed(inputs))
    listwise = inputs.status.listwise
    codes = dict.fromkeys(
        [row.reason for row in rows]
        + [showing.payload["reason"] for showing in inputs.showings.values()]
        + [part["reason"] for showing in inputs.showings.values() for part in showing.payload["parts"]]
    )
    return DossierPayload(
        programme=programme.name,
        title=programme.title,
        reference=programme.document.reference,
        issue=programme.document.issue,
        date=programme.document.date,
        statement=programme.document.statement,
        configuration=inputs.configuration,
        roles=tuple(RoleHeld(role=role, person=person) for role, person in programme.roles.items()),
        editions=tuple(
            Edition(pack=pack.name, edition=pack.edition, source=pack.source_text, digest=pack.digest)
            for pack in programme.packs.values()
        ),
        clauses=clauses,
        factors=tuple(_factors(inputs)),
        means=tuple(_means(programme, rows)),
        rows=rows,
        counts=tuple(Count(verdict=word, rows=count) for word, count in inputs.status.counts.items()),
        listwise=None
        if listwise.confidence is None
        else ListOfShown(rows=listwise.rows, confidence=listwise.confidence, method=listwise.method),
        whole=inputs.status.whole.confidence,
        violated=_violated(inputs),
        failed=failed,
        discarded=tuple(_discarded(inputs)),
        checks=tuple(check for name in inputs.studies for check in _checks(inputs, name)),
        earned=tuple(_earned(inputs, name, study) for name, study in inputs.studies.items() if study.models),
        reasons={code: sentence(code) for code in codes},
        actions={
            name: printed_action(showing.payload["closes_by"])
            for name, showing in inputs.showings.items()
            if showing.payload["closes_by"]
        },
        references=references(_keys(inputs)),
        totals=Totals(
            solves=sum(record.payload["solves"] for record in _every_run(inputs)),
            failed=len(failed),
            unchecked_clauses=sum(clause.check == UNCHECKED for clause in clauses),
        ),
    )


def printed_action(text: str) -> str:
    """Return what would show a row as it is printed: a command in backticks, as in a terminal, is quoted."""
    return re.sub(r"`([^`]*)`", "\N{LEFT DOUBLE QUOTATION MARK}\\1\N{RIGHT DOUBLE QUOTATION MARK}", text)


def _row(inputs: DossierInputs, row: MatrixRow) -> Row:
    requirement = inputs.programme.requirements[row.requirement]
    own = dict.fromkeys(item.criterion for item in row.criteria)
    return Row(
        requirement=row.requirement,
        text=requirement.text,
        sources=row.sources,
        means=row.means,
        owner=requirement.owner,
        verdict=row.verdict,
        method=row.method,
        given=row.given,
        reason=row.reason,
        reason_text=sentence(row.reason),
        closes_by=printed_action(row.closes_by),
        price=row.price,
        margin=row.margin,
        criteria=tuple(name for name in own if name in inputs.showings),
        children=tuple(
            other.id for other in inputs.programme.requirements.values() if other.parent == requirement.id
        ),
        stale=row.stale,
    )


def _clauses(programme: Programme, rows: Sequence[Row]) -> Iterator[ClauseUsed]:
    """Yield the clauses that requirements name, in the order of the packs; the programme's own last."""
    used: dict[str, list[str]] = {}
    for row in rows:
        for source in row.sources:
            used.setdefault(source, []).append(row.requirement)
    for pack in programme.packs.values():
        for clause in pack.clauses.values():
            if clause.code in used:
                yield ClauseUsed(
                    code=clause.code,
                    pack=pack.name,
                    paraphrase=clause.paraphrase,
                    source=clause.source,
                    check=CHECKED if clause.source_checked else UNCHECKED,
                    requirements=tuple(used.pop(clause.code)),
                )
    for source, requirements in used.items():
        yield ClauseUsed(
            code=source,
            pack="",
            paraphrase="",
            source="",
            check="own source",
            requirements=tuple(requirements),
        )


def _criteria(inputs: DossierInputs) -> list[Criterion]:
    where = inputs.configuration
    every = inputs.programme.criteria.values()
    return [item for item in every if not item.configurations or where in item.configurations]


def _factors(inputs: DossierInputs) -> Iterator[FactorUsed]:
    """Yield the factors that a limit, a case or a solver applies, in the order of the packs."""
    tags: set[str] = set()
    for criterion in _criteria(inputs):
        tags.update(tag for limit in criterion.limits for tag in factor_tags(limit))
        tags.update(inputs.programme.studies[criterion.study].applied_factors)
    for showing in inputs.showings.values():
        tags.update(f["tag"] for part in showing.payload["parts"] for f in part["demand_factors"])
    for pack in inputs.programme.packs.values():
        for factor in pack.factors.values():
            if factor.tag in tags:
                yield FactorUsed(
                    tag=factor.tag,
                    pack=pack.name,
                    value=factor.value,
                    condition=factor.condition,
                    check=CHECKED if factor.source_checked else UNCHECKED,
                )


def _means(programme: Programme, rows: Sequence[Row]) -> Iterator[MeansUsed]:
    labels = {code: text for pack in programme.packs.values() for code, text in pack.means.items()}
    used = {code for row in rows for code in row.means}
    ordered = [code for code in labels if code in used] + sorted(used - set(labels))
    for code in ordered:
        yield MeansUsed(code=code, label=labels.get(code, ""))


def _every_run(inputs: DossierInputs) -> Iterator[Record]:
    for study in inputs.studies.values():
        yield from study.runs()


def _lines(inputs: DossierInputs, record: Record) -> Lines:
    return Lines(inputs.tables[record.blobs["table"]])


def _failed(inputs: DossierInputs) -> Iterator[FailedRun]:
    """Yield every point with failed rows, once for each reason."""
    for record in _every_run(inputs):
        if not record.payload["failed"]:
            continue
        lost: dict[tuple[int, str], list[str]] = {}
        for line in _lines(inputs, record):
            if line["state"] == "failed":
                lost.setdefault((line["index"], line["reason"]), []).append(line["row"])
        for (index, reason), rows in lost.items():
            yield FailedRun(
                study=record.payload["study"],
                purpose=record.payload["purpose"],
                record=record.id,
                index=index,
                rows=tuple(rows),
                reason=reason,
            )


def _checks(inputs: DossierInputs, study: str) -> Iterator[CheckReach]:
    """Yield the largest value of every check of the solver over all runs of a study."""
    largest: dict[str, float] = {}
    runs: dict[str, int] = {}
    for record in inputs.studies[study].runs():
        for line in _lines(inputs, record):
            for check, value in line["checks"].items():
                largest[check] = max(abs(value), largest.get(check, 0.0))
                runs[check] = runs.get(check, 0) + 1
    for check in sorted(largest):
        yield CheckReach(study=study, check=check, largest=largest[check], runs=runs[check])


def _discarded(inputs: DossierInputs) -> Iterator[Discarded]:
    """Yield the superseded records of this configuration and of its studies, by kind."""
    mine = [r for r in inputs.discarded if r.payload.get("configuration") in {None, inputs.configuration}]
    for kind in sorted({record.kind for record in mine}):
        group = [record for record in mine if record.kind == kind]
        yield Discarded(
            kind=kind,
            subjects=tuple(sorted({record.subject for record in group})),
            records=tuple(sorted(record.id for record in group)),
            solves=sum(record.payload["solves"] for record in group) if kind == "runs" else None,
        )


def _earned(inputs: DossierInputs, name: str, study: StudyRecords) -> Earned:
    """Set the draws that were made against those of the fixed plans on file."""
    planned: dict[int, int] = {}
    criteria = inputs.programme.criteria
    for attempt in inputs.attempts:
        block = attempt.payload["blocks"].get(name)
        if block is None or attempt.payload["configuration"] != inputs.configuration:
            continue
        own = [n for c, n in attempt.payload["draws"].items() if c in criteria and criteria[c].study == name]
        planned[block] = max([planned.get(block, 0), *own])
    drawn = {block: int(runs.payload["count"]) for block, runs in study.validation.items()}
    return Earned(
        study=name,
        training_runs=study.training.payload["solves"] if study.training else 0,
        guided_runs=study.guided.payload["solves"] if study.guided else 0,
        planned_runs=sum(planned.values()),
        drawn_runs=sum(drawn.values()),
        saved_runs=sum(max(0, planned[block] - drawn[block]) for block in drawn if block in planned),
    )


def _violated(inputs: DossierInputs) -> SetViolated | None:
    said = inputs.status.violated
    if said.method is None or not said.concluded:
        return None
    return SetViolated(claims=said.claims, confidence=said.confidence, method=said.method)


def _keys(inputs: DossierInputs) -> set[str]:
    """Return the citation keys of the methods that this document used."""
    keys = {key for showing in inputs.showings.values() for key in showing.payload["references"]}
    if inputs.status.listwise.confidence is not None:
        keys.add("holm-1979" if inputs.status.listwise.method == "holm" else "vovk-wang-2021")
    if inputs.status.whole.confidence is not None:
        keys.add("berger-1982")
    if (found := _violated(inputs)) is not None and found.method == "average":
        keys.add("vovk-wang-2021")
    for study in inputs.studies.values():
        if study.validation:
            keys.add("salmon-2011")
        if study.training is not None:
            keys.add("sobol-1967")
        families = {m.payload["family"] for m in study.models.values() if m.payload["accepted"]}
        if any(family.startswith("gaussian") for family in families):
            keys.add("rasmussen-williams-2006")
    return keys
