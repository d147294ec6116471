"""What a model says of itself."""

from __future__ import annotations

import numpy as np
import pytest

from assay.pipeline.model_statement import conformal_width, model_statement
from assay.pipeline.outlook import MOST_POINTS, Outlook, view
from assay.pipeline.study_stages import charge_of


@pytest.mark.parametrize(
    ("n", "level", "rank"),
    [(19, 0.05, 19), (20, 0.05, 20), (59, 0.05, 57), (99, 0.01, 99), (100, 0.01, 100), (100, 0.05, 96)],
)
def test_the_rank_of_the_conformal_width(n, level, rank):
    """STATISTICS.md, oracles: ceil((n + 1)(1 - a))."""
    assert conformal_width(np.arange(1.0, n + 1.0), level) == rank


def test_too_few_runs_have_no_conformal_width():
    assert conformal_width(np.arange(18.0), 0.05) is None
    assert conformal_width(np.zeros(0), 0.05) is None


def test_a_wider_interval_never_says_less(store, programme, nominal, walked):
    outlook = Outlook(store, programme, nominal.setting.configuration, nominal.setting.claims, walked.studies)
    for claim in nominal.setting.claims:
        if claim.content is None:
            continue
        charge = charge_of(walked.studies[claim.study.name], claim.criterion.quantity)
        values = nominal.setting.limits[claim.criterion.id].values
        said = model_statement(
            outlook, view(outlook, claim, values, charge, programme.packs), claim.content, 0.5
        )
        assert said.draws == MOST_POINTS
        assert said.conformal is not None
        assert said.width > 0.0
        assert said.mean <= min(said.two_sd, said.conformal)
        assert said.rows == 16


def test_the_model_is_about_right_where_the_answer_is_known(betting):
    """SEQ-1 is violated by about 2.5 %, SEQ-2 by about 13 % of the law; nothing rests on it."""
    found = {name: r.payload["model"] for name, r in betting.weighed["nominal"].items()}
    assert found["SEQ-1.a"]["mean"] == pytest.approx(0.025, abs=0.012)
    assert found["SEQ-2.a"]["mean"] == pytest.approx(0.13, abs=0.03)
    assert found["SEQ-3.a"]["mean"] == 0.0
    assert {record.payload["credit"] for record in betting.configurations["nominal"].showings.values()} == {
        "none"
    }
