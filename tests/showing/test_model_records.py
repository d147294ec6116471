"""What a statement of a model may say: closed, finite, and counted together."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from assay.showing.model_records import ModelStatementPayload

SAID = {
    "criterion": "R-1.a", "configuration": "c", "study": "s", "quantity": "q", "attempt": 1, "role": "owner",
    "level": 0.05, "allowed": 0.05, "seed": "x", "draws": 100, "outside": 1, "silent": 2, "wide": 4,
    "rows": 30, "two_sd": 1.0, "conformal": 2.0, "width": 2.0, "within_low": None, "within_high": 98.0,
    "bound": 0.13, "attained": 0.9,
}  # fmt: skip


def test_everything_that_is_not_within_is_counted():
    assert ModelStatementPayload(**SAID).not_within == 7


@pytest.mark.parametrize(
    "changes",
    [
        {"width": float("nan")},
        {"two_sd": -1.0},
        {"wide": -1},
        {"draws": 0},
        {"bound": 1.5},
        {"credit": "all"},
    ],
)
def test_what_no_statement_can_say_is_refused(changes):
    with pytest.raises(ValidationError):
        ModelStatementPayload(**{**SAID, **changes})
