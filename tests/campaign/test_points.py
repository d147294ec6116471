"""Points and blocks are checked before anything runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from assay.campaign import Block, Point
from assay.errors import InputError

Make = Callable[..., Block]


def test_points_of_a_block_have_names_and_numbers_of_their_own(make_block: Make) -> None:
    (point,) = make_block(1).points
    with pytest.raises(InputError, match="not unique"):
        make_block(1, points=(point, point))
    with pytest.raises(InputError, match="row twice"):
        make_block(1, points=(Point(0, point.request, ("", "")),))
    with pytest.raises(InputError, match="without a name"):
        make_block(1, points=(Point(0, point.request, ("",)),))


def test_rows_that_share_a_run_are_one_solve(make_block: Make) -> None:
    block = make_block(5)
    assert block.solves == 10, "this adapter solves every row anew"
    assert replace(block, spec=replace(block.spec, superposes=True)).solves == 5


def test_two_subjects_of_one_recipe_do_not_share_rows(make_block: Make) -> None:
    assert make_block(1).key != make_block(1, subject="bar@other/validation-1").key
