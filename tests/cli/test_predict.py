from __future__ import annotations

import pytest

from assay.cli.predict import point_of
from assay.errors import InputError
from assay.programme import load


def answers(assay, *words):
    document = assay.within("predict", *words, "--json").json
    assert document["schema"] == "assay.predict/1"
    return {answer["quantity"]: answer for answer in document["answers"]}


def test_value_with_its_bound(tiny_done):
    """Inside a configuration, whose draws the model never saw: 96 MPa in closed form."""
    found = answers(tiny_done, "beam", "--at", "thickness=10mm", "--at", "load=300N", "--at", "modulus=70GPa")
    stress = found["stress"]
    assert stress["unit"] == "MPa"
    assert not stress["abstained"]
    assert abs(stress["value"] - 96.0) <= stress["bound"] + 0.05
    assert 0.0 < stress["bound"] < 5.0
    assert "assumes" in stress["text"]


def test_a_value_without_held_out_runs_has_no_bound(tiny_done):
    stress = answers(tiny_done, "beam", "--at", "thickness=8mm")["stress"]
    assert stress["bound"] is None
    assert stress["text"] == "no held-out runs on file"
    assert stress["value"] == pytest.approx(4 * 300 * 200 / (25 * 64), rel=0.05)


def test_abstention_with_its_reason(tiny_done):
    stress = answers(tiny_done, "beam", "--at", "load=700N")["stress"]
    assert (stress["abstained"], stress["value"], stress["reason"]) == (True, None, "outside-range")
    assert stress["text"] == "load = 700 N is outside [150, 600] N"
    said = tiny_done("predict", "beam", "--at", "load=700N").out
    assert "stress: abstains (outside-range)" in said
    assert max(map(len, said.splitlines())) <= 80


def test_a_refused_model_abstains(tiny_done):
    assert answers(tiny_done, "support")["reaction"]["reason"] == "model-refused"


def test_before_training(tiny_unrun):
    stress = answers(tiny_unrun, "beam")["stress"]
    assert (stress["reason"], stress["text"]) == ("no-model", "not trained yet: `assay run`")


def test_units_are_converted(tiny_done):
    study = load(tiny_done.folder).studies["beam"]
    assert point_of(study, ["thickness=1cm"])["thickness"] == pytest.approx(10.0)
    assert point_of(study, ["thickness=10"])["thickness"] == 10.0
    assert point_of(study, ["load=0.3 kN"])["load"] == pytest.approx(300.0)
    assert point_of(study, ["thickness=1e1mm"])["thickness"] == 10.0
    assert point_of(study, []) == {name: f.value for name, f in study.factors.items()}


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("thickness=4kg", "kg cannot be converted to mm"),
        ("thicknes=4mm", "write one of thickness, load, modulus"),
        ("thickness", "not a number"),
        ("thickness=", "not a number"),
        ("thickness=thick", "not a number"),
        ("thickness=nan", "not a number"),
        ("thickness=inf", "not a number"),
    ],
)
def test_points_that_are_none(tiny_done, word, said):
    study = load(tiny_done.folder).studies["beam"]
    with pytest.raises(InputError, match=said):
        point_of(study, [word])
    assert tiny_done.within("predict", "beam", "--at", word).code == 2


def test_unknown_study(tiny_done):
    ended = tiny_done.within("predict", "bean")
    assert ended.code == 2
    assert "write one of beam, support" in ended.err
