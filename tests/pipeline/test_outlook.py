"""A configuration as the models see it."""

from __future__ import annotations

import numpy as np
import pytest

from assay.errors import InputError
from assay.pipeline.outlook import FEWEST_POINTS, MOST_POINTS, Outlook, believed_fraction, view
from assay.pipeline.study_stages import charge_of
from assay.showing import RowSpec


@pytest.fixture
def outlook(store, programme, nominal, walked):
    return Outlook(store, programme, nominal.setting.configuration, nominal.setting.claims, walked.studies)


def seen(outlook, programme, nominal, name):
    claim = next(c for c in nominal.setting.claims if c.criterion.id == name)
    charge = charge_of(outlook.studies[claim.study.name], claim.criterion.quantity)
    return view(outlook, claim, nominal.setting.limits[name].values, charge, programme.packs)


def test_a_model_is_asked_at_the_same_draws_for_every_criterion(outlook):
    assert outlook.count("beam") == MOST_POINTS
    assert outlook.points("beam") is outlook.points("beam")
    row = RowSpec("", ())
    assert outlook.centre("beam", "stress", row) is outlook.centre("beam", "stress", row)
    assert outlook.model("beam", "stress") is outlook.model("beam", "stress")


def test_large_models_are_asked_at_fewer_draws(outlook, monkeypatch):
    monkeypatch.setattr("assay.pipeline.outlook._MOST_WORK", 1.0)
    assert outlook.count("beam") == FEWEST_POINTS


def test_the_error_is_that_about_the_law_not_over_the_range(outlook, walked):
    error = outlook.error("beam", "deflection", RowSpec("", ()))
    rmse = walked.studies["beam"].models["deflection"].payload["scores"][-1]["rmse"]
    assert 0.0 < error < rmse


def test_the_worst_part_is_looked_at(outlook, programme, nominal):
    cases = seen(outlook, programme, nominal, "BEAM-4.a")
    assert cases.part.case is not None
    assert cases.part.case.name == "gust"
    assert 0.0 <= cases.fraction < 1e-3
    assert cases.failing.shape == (MOST_POINTS,)


def test_a_quantity_without_a_model_is_refused(outlook):
    with pytest.raises(InputError, match="no accepted model of weight"):
        outlook.centre("beam", "weight", RowSpec("", ()))


def test_outside_the_ranges_nothing_is_run(outlook):
    far = RowSpec("far", (("thickness", 99.0),))
    assert outlook.outside("beam", far).all()
    assert not outlook.outside("beam", RowSpec("", ())).any()


def test_a_belief_is_never_surer_than_its_draws_and_widens_with_the_models_error():
    sure = believed_fraction(0.02, (0.02, 0.02), 1000).fractions
    unsure = believed_fraction(0.02, (0.005, 0.05), 1000).fractions
    assert np.mean(sure) == pytest.approx(0.0205, abs=2e-4)
    assert np.std(sure) == pytest.approx(np.sqrt(0.02 * 0.98 / 1000), rel=0.05)
    assert np.std(unsure) > 2.0 * np.std(sure)
    assert max(believed_fraction(0.0, (0.0, 0.0), 256).fractions) < 0.02
