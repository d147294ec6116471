"""What the model believes of draws, against the solver's own closed form."""

from __future__ import annotations

import numpy as np
import pytest

from assay.evidence import open_store
from assay.pipeline.believing import Question, failing, law_points, left_out_pairs, rows_of_part
from assay.pipeline.study_stages import charge_of, open_model, table_of
from assay.showing.parts import limit_of

SEED = "sha256:" + "ab" * 32


@pytest.fixture(scope="module")
def asked(betting, sequential_done):
    """The question of SEQ-1 and the model that answers it."""
    setting = betting.configurations["nominal"].setting
    claim = next(c for c in setting.claims if c.criterion.id == "SEQ-1.a")
    study = betting.studies["beam"]
    limits = setting.limits["SEQ-1.a"].values
    limit = limit_of(claim, claim.parts[0], limits, charge_of(study, "deflection"), {})
    with open_store(sequential_done.folder) as store:
        model = open_model(store, study.models["deflection"])
    return Question(claim.study, setting.configuration, claim.parts[0], limit), model


def test_points_follow_the_law_and_the_seed(asked):
    question, _ = asked
    points = law_points(question.study, question.configuration, SEED, 0, 20_000)
    columns = dict(zip(question.study.factors, points.T, strict=True))
    assert columns["load"].mean() == pytest.approx(300.0, abs=0.5)
    assert columns["load"].std() == pytest.approx(15.0, rel=0.03)
    assert columns["thickness"].min() >= 9.9
    again = law_points(question.study, question.configuration, SEED, 100, 5)
    assert np.array_equal(again, points[100:105]), "a draw depends on its number alone"


def test_a_good_model_knows_who_fails(asked):
    question, model = asked
    points = law_points(question.study, question.configuration, SEED, 0, 4_000)
    believed = failing(model, question)(points)
    load, modulus, thickness = (
        points[:, list(question.study.factors).index(n)] for n in ("load", "modulus", "thickness")
    )
    exact = 11.0 * load * 200.0**3 / (60.0 * 1e3 * modulus * 25.0 * thickness**3 / 12.0)
    truly = exact > 3.37
    assert believed[truly].mean() > 0.8
    assert believed[~truly].mean() < 0.02
    assert believed.min() >= 0.0
    assert believed.max() <= 1.0


def test_outside_the_range_a_draw_fails_for_sure(asked):
    question, model = asked
    points = law_points(question.study, question.configuration, SEED, 0, 2)
    points[0, list(question.study.factors).index("load")] = 1e4
    assert failing(model, question)(points)[0] == 1.0
    assert failing(None, question)(points).tolist() == [1.0, 0.0]


def test_training_rows_are_judged_without_themselves(asked):
    question, model = asked
    predicted, states = left_out_pairs(model, question.limit)
    assert len(predicted) == len(states) == model.data.y.size
    assert set(states) <= {"within", "open", "beyond"}
    wrong = sum((p > 0.5) != (s != "within") for p, s in zip(predicted, states, strict=True))
    assert wrong <= 3
    assert left_out_pairs(None, question.limit)[1] == ()


def test_rows_of_a_part_are_inputs_and_values(asked, betting, sequential_done):
    question, _ = asked
    stream = betting.configurations["nominal"].streams["SEQ-1.a"][0]
    with open_store(sequential_done.folder) as store:
        rows = table_of(store, stream.steps[0][1])
    x, y = rows_of_part(rows, question.part, "deflection", question.study)
    assert x.shape == (len(rows), len(question.study.factors))
    assert y[0] == rows[0].quantities["deflection"]
    assert question.near == (pytest.approx(3.37, rel=0.02),)
