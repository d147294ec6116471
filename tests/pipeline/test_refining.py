from __future__ import annotations

import dataclasses

import pytest

from assay.pipeline.refining import verify_study
from assay.pipeline.study_stages import table_of


@pytest.fixture
def rows(store, beam):
    return table_of(store, beam.verification_runs)


def told(payload):
    return {item.quantity: item for item in payload.quantities}


def test_the_charge_covers_the_true_error(rows, beam):
    """Trapezoid rule on 40 cells: its true relative error is known and is below what is charged."""
    found = told(verify_study(beam.study, rows))
    fine = [row for row in rows if row.index % 3 == 2 and row.row == ""]
    assert len(fine) == 2
    for row in fine:
        exact = 4.0 * row.factors["load"] * 200.0 / (25.0 * row.factors["thickness"] ** 2)
        error = abs(row.quantities["stress"] / exact - 1.0)
        assert 0.0 < error < found["stress"].charge < 0.01
    assert verify_study(beam.study, rows).model_dump(mode="json") == beam.verification.payload


def test_failed_runs_leave_nothing_to_charge(rows, beam):
    failed = [
        dataclasses.replace(row, state="failed", reason="crash", quantities={}, places={}, checks={})
        for row in rows
    ]
    found = told(verify_study(beam.study, failed))
    assert all(item.charge is None for item in found.values())


def test_the_governing_row_is_followed_over_the_levels(rows, beam):
    """The row with the largest value on the finest mesh counts, on all meshes."""
    moved = []
    for row in rows:
        factor = 10.0 if row.row.endswith("#gust") else 1.0
        moved.append(dataclasses.replace(row, quantities={k: factor * v for k, v in row.quantities.items()}))
    before, after = (told(verify_study(beam.study, r))["stress"].charge for r in (rows, moved))
    assert after == pytest.approx(before, rel=1e-6)


def test_without_levels(rows, beam):
    with pytest.raises(ValueError, match="no verification levels"):
        verify_study(dataclasses.replace(beam.study, verification=None), rows)
