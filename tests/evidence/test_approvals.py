"""An approval is two people and one thing in its present form."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from assay.evidence import Approval, digest

APPROVAL = Approval(
    kind="allowance",
    subject="tray/model-form",
    of=digest(b"recipe"),
    role="stress lead",
    person="B. Reviewer",
    author="A. Analyst",
    statement="10 % covers the clamp.",
)


@pytest.mark.parametrize(
    "changes",
    [
        {"person": "A. Analyst"}, {"person": " a.analyst "}, {"of": "sha256:12"}, {"of": "TRAY-012"},
        {"role": ""}, {"statement": "  "}, {"person": "B.\nReviewer"}, {"schema": "assay.approval/2"},
        {"time": "2026-11-23"},
    ],
)  # fmt: skip
def test_an_approval_that_is_none_is_refused(changes: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Approval.model_validate({**APPROVAL.payload(), **changes})


def test_an_approval_says_what_its_file_says() -> None:
    assert Approval.model_validate(APPROVAL.payload()) == APPROVAL
    assert APPROVAL.payload()["schema"] == "assay.approval/1"
