from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assay.campaign import Row, with_derived
from assay.programme import Formula, load
from assay.programme.model import QuantitySpec, Study

TINY = Path(__file__).resolve().parents[1] / "programmes" / "tiny"


@pytest.fixture(scope="module")
def study() -> Study:
    """The beam with the quotient load / (stress - 50 MPa)."""
    beam = load(TINY).studies["beam"]
    steps = (
        ("factor", "load"),
        ("quantity", "stress"),
        ("number", 50.0),
        ("-", 2.0),
        ("/", 2.0),
    )
    made = QuantitySpec(
        "quotient", "1", None, 1e-9, 2.0, "", beam.source, formula=Formula("load / (stress - 50 MPa)", steps)
    )
    return replace(beam, quantities={**beam.quantities, "quotient": made})


def row(stress: float, state: str = "ok") -> Row:
    ok = state == "ok"
    quantities = {"stress": stress} if ok else {}
    return Row(0, "", {"load": 300.0}, state, None if ok else "crash", quantities)  # type: ignore[arg-type]


def test_a_formula_is_worked_out_beside_what_the_solver_said(study: Study) -> None:
    (found,) = with_derived([row(80.0)], study)
    assert found.quantities == {"stress": 80.0, "quotient": 10.0}


def test_a_formula_without_a_value_leaves_its_quantity_out(study: Study) -> None:
    found = with_derived([row(50.0), row(80.0, "failed")], study)
    assert [dict(r.quantities) for r in found] == [{"stress": 50.0}, {}]


def test_rows_of_a_study_without_formulas_are_the_same_objects() -> None:
    rows = [row(80.0)]
    assert with_derived(rows, load(TINY).studies["beam"])[0] is rows[0]
