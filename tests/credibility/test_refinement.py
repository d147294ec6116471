from __future__ import annotations

import pytest

from assay.credibility import levels
from assay.errors import InputError


def test_sizes_of_a_falling_knob_and_of_a_rising_one() -> None:
    falling = levels({"mesh_size": [12, 8, 5]})
    assert falling.sizes == (12, 8, 5)
    assert falling.source == "knob"
    assert falling.ratios == pytest.approx((1.5, 1.6))
    assert falling.notes == ()
    rising = levels({"cells": [10, 20, 40]})
    assert rising.sizes == pytest.approx((0.1, 0.05, 0.025))


def test_what_was_really_meshed_is_believed_over_the_knob() -> None:
    checks = [{"elements": 1000, "dof": 3}, {"elements": 4000, "dof": 4}, {"elements": 8000, "dof": 5}]
    found = levels({"mesh_size": [12, 8, 5]}, checks)
    assert found.source == "elements"
    assert found.counts == (1000, 4000, 8000)
    assert found.ratios == pytest.approx((4 ** (1 / 3), 2 ** (1 / 3)))
    assert "1.26" in found.notes[0]
    assert "below 1.3" in found.notes[0]
    plane = levels({"mesh_size": [12, 8, 5]}, checks, dimension=2)
    assert plane.ratios == pytest.approx((2.0, 2**0.5))


def test_degrees_of_freedom_are_second_and_the_knob_last() -> None:
    knobs = {"mesh_size": [4.0, 2.0]}
    assert levels(knobs, [{"dof": 100}, {"dof": 900}]).source == "dof"
    assert levels(knobs, [{"dof": 100}, {}]).source == "knob"
    assert levels(knobs, [{"dof": 100}, {"dof": float("nan")}]).source == "knob"
    assert levels(knobs, [{"dof": 100}]).source == "knob"


def test_counts_that_do_not_rise_are_told_and_not_used() -> None:
    found = levels({"mesh_size": [4.0, 2.0]}, [{"elements": 70}, {"elements": 70}])
    assert found.source == "knob"
    assert found.notes == ("elements do not rise from level to level: 70, 70",)


def test_knobs_that_refine_alike_are_one() -> None:
    assert levels({"x": [4.0, 2.0], "cells": [8, 16], "order": [2, 2]}).ratios == (2.0,)
    with pytest.raises(InputError, match="different ratios"):
        levels({"x": [4.0, 2.0], "y": [4.0, 3.0]})
    counted = levels({"x": [4.0, 2.0], "y": [4.0, 3.0]}, [{"elements": 10}, {"elements": 80}])
    assert counted.ratios == pytest.approx((2.0,))


@pytest.mark.parametrize(
    ("knobs", "message"),
    [
        ({}, "value at every level"),
        ({"x": []}, "value at every level"),
        ({"x": [1.0, 0.5], "y": [1.0]}, "value at every level"),
        ({"x": [2.0, 2.0]}, "no refinement knob changes"),
        ({"x": [2.0, 1.0, 1.5]}, "coarse to fine"),
        ({"x": [2.0, 0.0]}, "positive"),
        ({"x": [2.0, float("nan")]}, "positive"),
    ],
)
def test_levels_that_do_not_refine_are_refused(knobs, message: str) -> None:
    with pytest.raises(InputError, match=message):
        levels(knobs)


def test_one_level_has_no_ratio_and_a_space_three_dimensions() -> None:
    assert levels({"mesh_size": [5.0]}).ratios == ()
    with pytest.raises(InputError, match="dimension"):
        levels({"mesh_size": [5.0]}, dimension=4)
