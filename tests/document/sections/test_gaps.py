from __future__ import annotations

import dataclasses

from assay.document.model import Table
from assay.document.sections.gaps import gaps


def test_refuted_first_each_with_what_would_show_it(desk, said):
    table = next(e for e in gaps(desk) if isinstance(e, Table))
    names = ["".join(s.text for s in row[0]) for row in table.rows]
    assert names == ["TRAY-010", "TRAY-008", "TRAY-011", "TRAY-012", "TRAY-013", "TRAY-015", "TRAY-016"]
    text = said(desk, gaps(desk))
    assert "raise [budget] max_runs by 299" in text
    assert "put the report on file as documents/fatigue.pdf" in text
    assert "nothing declared" in text


def test_no_open_row_is_said(desk_of, inputs, said):
    rows = tuple(row.model_copy(update={"verdict": "SHOWN"}) for row in inputs.status.rows)
    status = inputs.status.model_copy(update={"rows": rows})
    desk = desk_of(dataclasses.replace(inputs, status=status))
    assert "No row is open." in said(desk, gaps(desk))
