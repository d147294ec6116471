from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest


def test_evidence_is_not_changed_by_what_is_decided_from_it(bench):
    from assay.showing import decide

    evidence = bench.evidence(rows=bench.rows([50.0] * 59))
    assert decide(evidence) == decide(evidence)
    with pytest.raises(FrozenInstanceError):
        evidence.charge = None


def test_evidence_rests_on_nothing_that_is_not_given(bench):
    evidence = bench.evidence()
    assert (dict(evidence.records), dict(evidence.notes)) == ({}, {})
