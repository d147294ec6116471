"""What answers each requirement? One row a requirement and configuration, the worst of what is below it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assay.compliance.records import STATUS_SCHEMA, CriterionRow, MatrixRow, Status
from assay.compliance.sets import listwise, violated, whole
from assay.programme import Criterion, DocumentMeans, Programme, Requirement
from assay.showing import smallest_margin, worst
from assay.showing.decide import BY_RUNS
from assay.showing.records import Credit, Margin, Method, Price, ShowingPayload, Verdict
from assay.showing.sentences import joined

_BY_PARTS = BY_RUNS | {"shown", "shown-given", "refuted-by-run", "refuted-by-draws"}
VERDICTS: tuple[Verdict, ...] = ("SHOWN", "SHOWN GIVEN", "NOT SHOWN", "REFUTED")


@dataclass(frozen=True)
class ShowingState:
    """The showing of one criterion as the store has it."""

    payload: ShowingPayload | None
    """None: there is none for the programme as it stands."""
    record: str | None
    stale: bool
    """An older showing exists whose recipe is no longer the programme's."""


@dataclass(frozen=True)
class DocumentState:
    """A named document as the folder and the ledger have it."""

    digest: str | None
    """None: the file is missing."""
    approved: bool
    record: str | None


def applicable(programme: Programme, configuration: str) -> tuple[Criterion, ...]:
    """Return the criteria that apply to a configuration, in order."""
    return tuple(
        criterion
        for criterion in programme.criteria.values()
        if not criterion.configurations or configuration in criterion.configurations
    )


def matrix(
    programme: Programme,
    configuration: str,
    showings: Mapping[str, ShowingState],
    documents: Mapping[str, DocumentState],
) -> tuple[MatrixRow, ...]:
    """Return a row for every requirement, in the programme's order.

    Parameters
    ----------
    showings
        By criterion id; one that is missing has not been run.
    documents
        By requirement id, for requirements that name a document.
    """
    rows: dict[str, MatrixRow] = {}
    children: dict[str, list[str]] = {}
    for requirement in programme.requirements.values():
        if requirement.parent is not None:
            children.setdefault(requirement.parent, []).append(requirement.id)
    answers: dict[str, list[_Answer]] = {}
    for criterion in applicable(programme, configuration):
        state = showings.get(criterion.id, ShowingState(None, None, stale=False))
        answers.setdefault(criterion.requirement, []).append(_showing_answer(criterion, state))

    def row_of(identifier: str) -> MatrixRow:
        if identifier not in rows:
            requirement = programme.requirements[identifier]
            own = list(answers.get(identifier, ()))
            if requirement.document is not None:
                own.append(_document_answer(requirement, requirement.document, documents.get(identifier)))
            below = own or [_child_answer(row_of(child)) for child in children.get(identifier, ())]
            rows[identifier] = _row(requirement, configuration, below or [_nothing(requirement, programme)])
        return rows[identifier]

    return tuple(row_of(identifier) for identifier in programme.requirements)


def _row(requirement: Requirement, configuration: str, answers: Sequence[_Answer]) -> MatrixRow:
    verdict = worst([answer.verdict for answer in answers])
    deciding = next(answer for answer in answers if answer.verdict == verdict)
    closing = dict.fromkeys(answer.closes_by for answer in answers if answer.closes_by)
    return MatrixRow(
        requirement=requirement.id,
        configuration=configuration,
        sources=requirement.sources,
        means=requirement.means,
        verdict=verdict,
        method=deciding.method,
        given=tuple(dict.fromkeys(text for answer in answers for text in answer.given)),
        reason=deciding.reason,
        closes_by=joined(tuple(closing)),
        price=deciding.price,
        margin=smallest_margin([answer.margin for answer in answers]),
        stale=any(answer.stale for answer in answers),
        criteria=tuple(row for answer in answers for row in answer.rows),
    )


@dataclass(frozen=True)
class _Answer:
    verdict: Verdict
    reason: str
    closes_by: str
    given: tuple[str, ...] = ()
    method: Method | None = None
    price: Price | None = None
    margin: Margin | None = None
    stale: bool = False
    rows: tuple[CriterionRow, ...] = ()


def _nothing(requirement: Requirement, programme: Programme) -> _Answer:
    elsewhere = [c.id for c in programme.criteria.values() if c.requirement == requirement.id]
    closing = "declare a criterion in criteria.toml, or name the document that shows it"
    if elsewhere:
        closing = f"{', '.join(elsewhere)} is for other configurations: {closing}"
    return _Answer("NOT SHOWN", "nothing-declared", closing)


def _showing_answer(criterion: Criterion, state: ShowingState) -> _Answer:
    payload = state.payload
    if payload is None:
        reason = "stale" if state.stale else "not-run"
        row = CriterionRow(
            criterion=criterion.id, case=None, verdict="NOT SHOWN", given=(), rung=None, method=None,
            credit="none", margin=None, assumptions=(), attempts=0, records=(),
        )  # fmt: skip
        return _Answer("NOT SHOWN", reason, "`assay run`", stale=state.stale, rows=(row,))
    return _Answer(
        verdict=payload.verdict,
        reason=payload.reason,
        closes_by=payload.closes_by,
        given=payload.given if payload.verdict == "SHOWN GIVEN" else (),
        method=payload.method,
        price=payload.price,
        margin=payload.margin,
        stale=state.stale,
        rows=criterion_rows(payload, state.record),
    )


def criterion_rows(payload: ShowingPayload, record: str | None) -> tuple[CriterionRow, ...]:
    """Return the claim rows of a showing: one for each case, or one for the whole."""
    cases = _cases(payload) or ((None, payload.verdict, payload.margin),)
    return tuple(
        CriterionRow(
            criterion=payload.criterion,
            case=case,
            verdict=verdict,
            given=payload.given if verdict == "SHOWN GIVEN" else (),
            rung=payload.rung,
            method=payload.method,
            credit=_credit(payload) if verdict == "SHOWN GIVEN" else "none",
            margin=margin,
            assumptions=payload.assumptions,
            attempts=payload.attempts,
            records=(record,) if record else (),
        )
        for case, verdict, margin in cases
    )


def _credit(payload: ShowingPayload) -> Credit:
    """Return what the parts that are shown under a declaration earned, also beside parts that are not."""
    if any(part.residual is not None or part.stated is not None for part in payload.parts):
        return "residual"
    return "structure" if payload.rung == "2" else "none"


def _cases(payload: ShowingPayload) -> tuple[tuple[str | None, Verdict, Margin | None], ...]:
    """Return case, verdict and margin of every part.

    Where something other than the parts' own runs decides (an approval, a declaration, the ledger, a
    guided run), no single case may read better than NOT SHOWN.
    """
    own = [part.verdict for part in payload.parts]
    if own and worst(own) == payload.verdict and payload.reason in _BY_PARTS:
        return tuple((part.case, part.verdict, part.margin) for part in payload.parts)
    proved = {finding.case for finding in payload.findings} if payload.verdict == "REFUTED" else set()
    cases: list[tuple[str | None, Verdict, Margin | None]] = []
    for part in payload.parts:
        refuted = payload.verdict == "REFUTED" and (part.verdict == "REFUTED" or part.case in proved)
        cases.append((part.case, "REFUTED" if refuted else "NOT SHOWN", part.margin))
    return tuple(cases)


def _document_answer(
    requirement: Requirement, document: DocumentMeans, state: DocumentState | None
) -> _Answer:
    if state is None or state.digest is None:
        closing = f"put the report on file as {document.file} and approve it"
        return _Answer("NOT SHOWN", "document-missing", closing)
    if not state.approved:
        text = f'`assay approve document:{requirement.id} --as PERSON --role "{document.role}"`'
        return _Answer("NOT SHOWN", "document-not-approved", text)
    row = CriterionRow(
        criterion=f"document:{document.file}", case=None, verdict="SHOWN", given=(), rung=None,
        method="document", credit="none", margin=None, assumptions=(), attempts=0,
        records=(state.record,) if state.record else (),
    )  # fmt: skip
    return _Answer("SHOWN", "document-approved", "", method="document", rows=(row,))


def _child_answer(child: MatrixRow) -> _Answer:
    closing = f"close {child.requirement}" if child.verdict in {"NOT SHOWN", "REFUTED"} else ""
    return _Answer(
        child.verdict, "children", closing, child.given, "children", child.price, child.margin, child.stale
    )


def status(programme: Programme, rows: Sequence[MatrixRow], showings: Sequence[ShowingPayload]) -> Status:
    """Return the whole status document.

    Parameters
    ----------
    showings
        Payloads behind the rows; what they attained is what several say together.
    """
    counts = {verdict: sum(row.verdict == verdict for row in rows) for verdict in VERDICTS}
    return Status(
        schema=STATUS_SCHEMA,
        programme=programme.name,
        rows=tuple(rows),
        counts=counts,
        listwise=listwise(showings),
        whole=whole([row.verdict for row in rows], showings),
        violated=violated(showings),
    )
