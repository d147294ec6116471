from __future__ import annotations

import dataclasses

from assay.document.model import PageBreak
from assay.document.sections.history import MOST_FAILED, history


def test_it_begins_on_a_page_of_its_own(desk):
    assert isinstance(next(history(desk)), PageBreak)


def test_runs_failures_discarded_attempts_and_approvals(desk, said):
    text = said(desk, history(desk))
    assert "traytraining642641sha256:" in text
    assert "In all 170 solver runs." in text
    assert "traytraining31over:nx,nz#0not-convergedsha256:" in text
    assert "runstray@nominal/block-0159" in text
    assert "1fixed590.05tray: 0TRAY-002 sha256:" in text
    assert "60 specimens of 75; the reserve in the margin covers it." in text
    assert "attested by: self" in text


def test_what_did_not_happen_is_said(desk_of, evidence, said):
    bare = evidence.make_inputs(failed=(), discarded=False)
    desk = desk_of(dataclasses.replace(bare, attempts=(), approvals=(), freezes=()))
    text = said(desk, history(desk))
    assert "No run failed." in text
    assert "No evidence of an earlier recipe is on file." in text
    assert "No attempt is on file" in text
    assert "No deviation, allowance or document is approved." in text
    assert "frozen" not in text


def test_a_long_list_of_failures_is_cut_and_says_so(desk_of, evidence, said):
    lost = tuple((index, row) for index in range(64) for row in (0, 1))
    desk = desk_of(evidence.make_inputs(failed=lost))
    text = said(desk, history(desk))
    assert "Failed runs: 64" in text
    assert "The table is cut" in text
    assert len(desk.payload.failed) > MOST_FAILED


def test_attempts_that_differ_stand_apart(desk_of, inputs, said):
    second = dict(inputs.attempts[0].payload) | {"number": 2, "levels": {"TRAY-002.a": 0.025}}
    other = dataclasses.replace(inputs.attempts[0], payload=second, subject="TRAY-002@nominal#2")
    desk = desk_of(dataclasses.replace(inputs, attempts=(*inputs.attempts, other)))
    assert "2fixed590.025tray: 0TRAY-002 sha256:" in said(desk, history(desk))
