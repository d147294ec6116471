"""The programme's own records: what its files say, the data they carry, who approved what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assay.compliance import DocumentState, approval_of_document
from assay.evidence import Approval, Json, Record, canonical, digest, recipe_digest
from assay.pipeline.engine import Engine
from assay.pipeline.tool import TOOL
from assay.programme import Programme, programme_payloads
from assay.showing import basis_recipe, basis_value, calls_of

REVISION = 1


def _fixed(kind: str, subject: str, payload: Json, blobs: Mapping[str, str] | None = None) -> Record:
    """Return a record that is a function of the files alone."""
    recipe = recipe_digest(kind, REVISION, inputs={}, settings={"payload": digest(canonical(payload))})
    return Record(kind, subject, recipe, {}, payload, dict(blobs or {}), TOOL)


def programme_records(engine: Engine, programme: Programme) -> dict[str, Record]:
    """Return ``kind:name`` to the record of every requirement, criterion, configuration, study, ..."""
    records = {}
    for kind, subject, payload in programme_payloads(programme):
        record = _fixed(kind, subject, payload)
        engine.fixed(record)
        records[f"{kind}:{subject}"] = record
    return records


def basis_records(engine: Engine, programme: Programme, own: Mapping[str, Record]) -> dict[str, Record]:
    """Return the record of every basis value that some limit uses, by subject."""
    records: dict[str, Record] = {}
    for criterion in programme.criteria.values():
        for call in calls_of(criterion):
            if call.subject in records:
                continue
            inputs = {"dataset": own[f"dataset:{call.dataset}"].id}
            recipe = basis_recipe(programme, call)
            record = engine.store.find("basis-value", call.subject, recipe)
            if record is None:
                payload = basis_value(programme, call).model_dump(mode="json")
                record = Record("basis-value", call.subject, recipe, inputs, payload, {}, TOOL)
                engine.fixed(record)
            records[call.subject] = record
    return records


def approval_records(engine: Engine, approvals: Sequence[Approval]) -> tuple[Record, ...]:
    """Return a record of every approval in force."""
    records = []
    for approval in approvals:
        record = _fixed("approval", f"{approval.kind}:{approval.subject}", approval.payload())
        engine.fixed(record)
        records.append(record)
    return tuple(records)


def approval_roles(programme: Programme, records: Sequence[Record]) -> dict[str, str]:
    """Return the roles in which approvals enter showings: ``approval:KIND:SUBJECT``, ``allowance:STUDY``."""
    found = {f"approval:{record.subject}": record.id for record in records}
    for study in programme.studies:
        subject = f"approval:allowance:model-form:{study}"
        if subject in found:
            found[f"allowance:{study}"] = found[subject]
    return found


def document_states(
    programme: Programme, own: Mapping[str, Record], approvals: Sequence[Approval]
) -> dict[str, DocumentState]:
    """Return, by requirement, whether its named document is on file and approved."""
    states = {}
    for requirement in programme.requirements.values():
        if requirement.document is None:
            continue
        record = own[f"document:{requirement.id}"]
        found = record.payload["digest"]
        approval = approval_of_document(approvals, requirement, found) if found else None
        states[requirement.id] = DocumentState(found, approval is not None, record.id)
    return states
