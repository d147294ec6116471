from __future__ import annotations

import pytest

from assay.pipeline.asking import Answer, ask

NOMINAL = {"thickness": 10.0, "load": 300.0, "modulus": 70.0}


@pytest.fixture
def answers(looking, programme, beam):
    def said(**point):
        found = ask(looking, programme, beam.study, {**NOMINAL, **point})
        return {answer.quantity: answer for answer in found}

    return said


def test_a_bound_inside_a_configuration_only(answers):
    assert answers()["stress"].bound is not None
    assert answers(thickness=6.0)["stress"].bound is not None, "thin has draws of its own"
    assert answers(thickness=8.0)["stress"].bound is None
    assert answers(thickness=8.0)["stress"].value is not None


def test_closed_form(answers):
    for t in (6.0, 8.0, 10.0, 13.0):
        assert answers(thickness=t)["stress"].value == pytest.approx(32.0 * 300.0 / t**2, rel=0.05)


def test_no_extrapolation(answers):
    for answer in answers(load=601.0).values():
        assert answer.abstained
        assert answer.value is None
        assert answer.bound is None
        assert "abstains (outside-range)" in answer.line()


def test_lines():
    good = Answer("stress", "MPa", 96.0, 0.5, 1.25, False, None, "text")
    assert good.line() == "stress: 96 MPa (sd 0.5, error at most 1.25 MPa). text"
    assert (
        Answer("stress", "MPa", 96.0, 0.5, None, False, None, "text").line()
        == "stress: 96 MPa (sd 0.5). text"
    )
    assert good.document()["quantity"] == "stress"
