"""The closed-form programme, a copy that a test may spoil, and showings as the store would have them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assay.evidence import Approval, Ledger, read_ledger, write_approval
from assay.programme import Programme, load
from assay.showing.records import ClaimPart, Margin, ShowingPayload
from assay.statistics import fixed_plan_attained

TINY = Path(__file__).resolve().parents[1] / "programmes" / "tiny"


@pytest.fixture(scope="session")
def tiny() -> Programme:
    return load(TINY)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(
        shutil.copytree(TINY, tmp_path / "tiny", ignore=shutil.ignore_patterns("__pycache__", ".assay"))
    )


def _margin(value: float | None) -> Margin | None:
    return None if value is None else Margin(value=value, mode="q", place="")


def part(
    verdict: str = "SHOWN", case: str | None = None, margin: float | None = 0.5, **changes: Any
) -> ClaimPart:
    """Return a part of 59 draws as far as the matrix looks at it."""
    not_within = {"SHOWN": 0, "SHOWN GIVEN": 0, "NOT SHOWN": 3, "REFUTED": 7}[verdict]
    usual = {
        "case": case,
        "level": None,
        "rows": ("",),
        "limits": (100.0,),
        "demand_factors": (),
        "demand_factor": 1.0,
        "draws": 59,
        "not_within": not_within,
        "beyond": not_within,
        "allowed": 0.05,
        "error": 0.05,
        "bound": 0.05,
        "lower_bound": 0.0,
        "attained": fixed_plan_attained(not_within, 59, 0.05),
        "verdict": verdict,
        "reason": "shown",
        "deciding": None,
        "waterfall": (),
        "margin": _margin(margin),
    }
    return ClaimPart.model_validate({**usual, **changes})


REASONS = {
    "SHOWN": "shown",
    "SHOWN GIVEN": "shown-given",
    "NOT SHOWN": "runs-not-within",
    "REFUTED": "refuted-by-draws",
}


def showing(
    verdict: str = "SHOWN", *parts: ClaimPart, margin: float | None = 0.5, **changes: Any
) -> ShowingPayload:
    """Return a showing as far as the matrix looks at it."""
    own = parts or (part(verdict, margin=margin),)
    usual = {
        "criterion": "R-1.a",
        "requirement": "R-1",
        "configuration": "nominal",
        "study": "s",
        "quantity": "q",
        "unit": "MPa",
        "sense": "at_most",
        "limit_texts": ("100 MPa",),
        "holds": {"kind": "fraction", "fraction": 0.95, "confidence": 0.95},
        "claim_text": "q is at most 100 MPa",
        "parts": own,
        "charge": None,
        "verdict": verdict,
        "given": ("q convex in x (8 checks, 0 violations)",) if verdict == "SHOWN GIVEN" else (),
        "reason": REASONS[verdict],
        "closes_by": "" if verdict.startswith("SHOWN") else "change the design",
        "price": None,
        "rung": "0a",
        "method": "fixed",
        "credit": "structure" if verdict == "SHOWN GIVEN" else "none",
        "margin": _margin(margin),
        "assumptions": (),
        "attempt": 1,
        "attempts": 1,
        "findings": (),
        "references": (),
    }
    return ShowingPayload.model_validate({**usual, **changes})


@pytest.fixture(scope="session")
def make_part() -> Callable[..., ClaimPart]:
    return part


@pytest.fixture(scope="session")
def make_showing() -> Callable[..., ShowingPayload]:
    return showing


@pytest.fixture
def ledger_of() -> Callable[..., Ledger]:
    """Write approvals into a programme's folder and read its ledger."""

    def write(programme: Programme, *approvals: Approval) -> Ledger:
        for approval in approvals:
            write_approval(programme.folder, approval)
        return read_ledger(programme.folder)

    return write
