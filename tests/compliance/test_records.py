from __future__ import annotations

import pytest
from pydantic import ValidationError

from assay.compliance import CriterionRow, Listwise, MatrixRow, Status, Violated, Whole


def test_the_status_document_names_its_schema():
    document = Status(
        programme="p",
        rows=(),
        counts={},
        listwise=Listwise(rows=0, confidence=None, method="holm"),
        whole=Whole(shown=False, confidence=None, reason="-"),
        violated=Violated(claims=0, confidence=None, method=None, concluded=False),
    )
    dumped = document.model_dump(by_alias=True, mode="json")
    assert dumped["schema"] == "assay.status/1"
    assert Status.model_validate(dumped) == document
    with pytest.raises(ValidationError):
        Status.model_validate({**dumped, "schema": "assay.status/2"})


@pytest.mark.parametrize("model", [Status, MatrixRow, CriterionRow, Listwise, Violated, Whole])
def test_rows_are_closed(model):
    assert model.model_json_schema()["additionalProperties"] is False


def test_fields_of_the_design_are_there():
    row = "requirement configuration sources means verdict given reason closes_by price margin stale criteria"
    claim = "criterion case verdict given rung method credit margin assumptions attempts records"
    assert set(row.split()) <= set(MatrixRow.model_fields)
    assert set(claim.split()) <= set(CriterionRow.model_fields)
