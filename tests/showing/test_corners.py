from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.errors import InputError
from assay.programme import Fraction

WIDE = {name: {"range": (-2.0, 2.0), "envelope": (-2.0, 2.0)} for name in "xyz"}
UP, DOWN = {"x": 2.0, "y": -2.0}, {"x": -2.0, "y": 2.0}


def signed(bench, *more, factors=WIDE):
    return bench.study(
        bench.declaration("increasing_in", ["x"]),
        bench.declaration("decreasing_in", ["y"]),
        *more,
        factors=factors,
    )


def points(claim):
    return [row.values for row in claim.rows]


@pytest.mark.parametrize(
    ("sense", "ends"), [("at_most", [UP]), ("at_least", [DOWN]), ("between", [DOWN, UP])]
)
def test_monotone_factors_stand_at_their_worst_end(bench, sense, ends):
    factors = {**WIDE, "z": {"fixed": True}}
    claim = bench.claim(bench.everywhere(), study=signed(bench, factors=factors), sense=sense)
    assert (claim.uncovered, claim.mirrored) == ((), ())
    assert sorted(points(claim), key=str) == sorted(ends, key=str)


def test_a_sign_covers_its_own_factor_only(bench):
    assert bench.claim(bench.everywhere(), study=signed(bench)).uncovered == ("z",)


@pytest.mark.parametrize("kind", ["convex_in", "linear_in"])
def test_all_corners_of_the_rest_at_the_worst_end(bench, kind):
    claim = bench.claim(bench.everywhere(), study=signed(bench, bench.declaration(kind, ["z"])))
    assert points(claim) == [{**UP, "z": -2.0}, {**UP, "z": 2.0}]


def test_a_sign_spares_a_corner_of_a_convex_group(bench):
    """Of a factor that is in a convex group and has a sign only the worst end is run."""
    claim = bench.claim(bench.everywhere(), study=signed(bench, bench.declaration("convex_in", ["x", "z"])))
    assert points(claim) == [{**UP, "z": -2.0}, {**UP, "z": 2.0}]


def test_over_a_box_with_draws_of_the_others(bench):
    others = Fraction(0.95, 0.95)
    holds = bench.over("x", "y", others=others)
    study = signed(bench, bench.declaration("convex_in", ["z"]))
    claim = bench.claim(holds, study=study)
    assert claim.corners_over == ("x", "y")
    assert points(claim) == [{"x": 1.0, "y": 0.0}]
    assert [row.key for row in claim.rows] == ["over:x,y#2"], "its number in the whole box"
    assert claim.content == others


def test_cases_keep_their_values_and_take_the_worst_end_of_the_rest(bench):
    cases = [bench.case("a", x=0.1), bench.case("b", x=0.9)]
    study = signed(bench, bench.declaration("linear_in", ["z"]))
    claim = bench.claim(bench.at_cases("everywhere"), study=study, cases=cases, sense="at_least")
    assert [row.values["x"] for part in claim.parts for row in part.rows] == [0.1, 0.1, 0.9, 0.9]
    assert {row.values["y"] for row in claim.rows} == {2.0}


def test_a_sign_says_nothing_of_a_segment_across_factors(bench):
    """min(x, y) rises in both and is largest in the middle of the segment from (0, 1) to (1, 0)."""
    rising = bench.study(
        bench.declaration("increasing_in", ["x"], ["y"]), bench.declaration("linear_in", ["z"])
    )
    segment = ({"x": 0.0, "y": 1.0}, {"x": 1.0, "y": 0.0})
    for others in ("nominal", "everywhere"):
        claim = bench.claim(bench.over("x", "y", others=others, corners=segment), study=rising)
        assert claim.uncovered == ("x", "y")
    square = tuple({"x": x, "y": y} for x in (0.0, 1.0) for y in (0.0, 1.0))
    claim = bench.claim(bench.over("x", "y", corners=square), study=rising)
    assert (claim.uncovered, len(claim.rows)) == ((), 4), "corners in a file are run as they are listed"


def mirrored(bench, *kinds, factors=WIDE):
    declared = [
        bench.declaration("symmetric_in", ["x", "y"]),
        *(bench.declaration(k, ["x", "y"]) for k in kinds),
    ]
    return bench.study(*declared, bench.declaration("linear_in", ["z"]), factors=factors)


def test_symmetry_by_itself_bounds_nothing(bench):
    assert bench.claim(bench.everywhere(), study=mirrored(bench)).uncovered == ("x", "y")


def test_symmetry_halves_a_box_that_is_bounded_already(bench):
    claim = bench.claim(bench.everywhere(), study=mirrored(bench, "convex_in"))
    assert claim.mirrored == (("x", "y"),)
    assert points(claim) == [{"x": -2.0, "y": y, "z": z} for y in (-2.0, 2.0) for z in (-2.0, 2.0)]
    full = bench.claim(
        bench.everywhere(), study=mirrored(bench, "convex_in", factors={**WIDE, "z": {"fixed": True}})
    )
    assert len(full.rows) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"envelope": (-2.0, 1.9)},
        {"value": 0.5, "tolerance": (-0.1, 0.1)},
        {"fixed": True},
    ],
)
def test_a_box_that_is_not_its_own_mirror_image_is_not_halved(bench, change):
    factors = {**WIDE, "y": {"range": (-2.0, 2.0), **change}}
    claim = bench.claim(bench.everywhere(), study=mirrored(bench, "convex_in", factors=factors))
    assert claim.mirrored == ()
    assert len(claim.rows) == (4 if "fixed" in change else 8)


def test_the_middle_is_that_of_the_range(bench):
    factors = {**WIDE, "y": {"range": (-2.0, 4.0), "envelope": (0.0, 2.0)}}
    claim = bench.claim(bench.everywhere(), study=mirrored(bench, "convex_in", factors=factors))
    assert claim.mirrored == (("x", "y"),)


def test_draws_of_a_mirrored_factor_are_not_halved(bench):
    claim = bench.claim(bench.over("x", others=Fraction(0.9, 0.9)), study=mirrored(bench, "convex_in"))
    assert (claim.mirrored, len(claim.rows)) == ((), 2)


def test_hundreds_of_signs_need_one_corner(bench):
    names = [f"f{i}" for i in range(300)]
    study = bench.study(
        bench.declaration("increasing_in", *([n] for n in names)), factors={n: {} for n in names}
    )
    claim = bench.claim(bench.everywhere(), study=study)
    assert points(claim) == [dict.fromkeys(sorted(names), 1.0)]


def test_too_many_corners_of_the_rest_are_refused_before_they_are_made(bench):
    names = [f"f{i}" for i in range(64)]
    study = bench.study(
        bench.declaration("increasing_in", [names[0]]),
        bench.declaration("linear_in", names[1:]),
        factors={n: {} for n in names},
    )
    with pytest.raises(InputError, match="fix some factors"):
        bench.claim(bench.everywhere(), study=study)


def test_two_claims_never_share_a_key_for_different_corners(bench):
    seen = {}
    for study in (
        signed(bench, bench.declaration("linear_in", ["z"])),
        mirrored(bench, "linear_in"),
        bench.study(bench.declaration("linear_in", ["x"], ["y"], ["z"]), factors=WIDE),
    ):
        for sense, holds in itertools.product(
            ("at_most", "at_least", "between"),
            (bench.everywhere(), bench.over("x", "y"), bench.over("x", "y", others="everywhere")),
        ):
            for row in bench.claim(holds, study=study, sense=sense).rows:
                assert seen.setdefault(row.key, row.values) == row.values


NUMBERS = st.floats(-2.0, 2.0).map(lambda x: round(x, 3))


@given(data=st.data(), sense=st.sampled_from(["at_most", "at_least", "between"]))
def test_no_point_of_the_box_is_worse_than_the_corners(bench, data, sense):
    """Random responses with a rising x, a falling y and a rest that is symmetric, and convex or linear."""
    a, b, c, d = (abs(data.draw(NUMBERS)) for _ in range(4))
    tilt = data.draw(NUMBERS)
    linear = sense != "at_most"

    def q(x, y, z):
        rest = 0.0 if linear else d * z * z + abs(tilt * z)
        return a * x**3 + c * np.sign(x) - b * np.arctan(y) + rest

    study = signed(
        bench,
        bench.declaration("linear_in" if linear else "convex_in", ["z"]),
        bench.declaration("symmetric_in", ["z"]),
    )
    claim = bench.claim(bench.everywhere(), study=study, sense=sense)
    assert len(claim.rows) == (2 if sense == "between" else 1)
    known = [q(**row.values) for row in claim.rows]
    for _ in range(20):
        value = q(*(data.draw(NUMBERS) for _ in range(3)))
        assert sense == "at_least" or value <= max(known) + 1e-12
        assert sense == "at_most" or value >= min(known) - 1e-12
