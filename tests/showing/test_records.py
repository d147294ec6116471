from __future__ import annotations

import pytest
from pydantic import ValidationError

from assay.showing import records

PAYLOADS = [
    records.ShowingPayload,
    records.AttemptPayload,
    records.FreezePayload,
    records.RefutationPayload,
    records.BasisValuePayload,
    records.StructureTestPayload,
]


@pytest.mark.parametrize("model", PAYLOADS)
def test_payloads_are_closed_and_have_a_schema(model):
    schema = model.model_json_schema()
    assert schema["additionalProperties"] is False
    assert schema["type"] == "object"


def test_no_nan_and_nothing_extra():
    with pytest.raises(ValidationError):
        records.Margin(value=float("nan"), mode="", place="")
    with pytest.raises(ValidationError):
        records.Price(runs=1, minutes=float("inf"))
    with pytest.raises(ValidationError):
        records.Price(runs=1, minutes=1.0, hours=1.0)


def test_a_payload_is_immutable(bench):
    payload = bench.plan([50.0] * 59)
    with pytest.raises(ValidationError):
        payload.verdict = "REFUTED"


def test_only_the_four_verdicts(bench):
    document = bench.plan([50.0] * 59).model_dump(mode="json")
    with pytest.raises(ValidationError):
        records.ShowingPayload.model_validate({**document, "verdict": "PROBABLY"})
