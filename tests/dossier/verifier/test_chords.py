"""The verifier's own comparison of runs with their corners agrees with that of the product."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.showing.contradictions import _off_the_chord, exceeds
from assay.showing.corners import WAYS

NAMES = ("a", "b", "c")


def line(place):
    return {"factors": dict(zip(NAMES, place, strict=True))}


@st.composite
def boxes(draw):
    """Corners with values, runs inside, signs, linear factors, the sense of the limit."""
    number = st.floats(-2.0, 2.0).map(lambda x: round(x, 3))
    sides = [sorted((draw(number), draw(number))) for _ in NAMES]
    sides = [(low, high if high > low else low + 1.0) for low, high in sides]
    corners = list(itertools.product(*sides))
    if draw(st.booleans()):
        corners = [corner for corner in corners if corner[0] == sides[0][0]]
    values = draw(st.lists(number, min_size=len(corners), max_size=len(corners)))
    shares = draw(st.lists(st.tuples(*[st.sampled_from((0.0, 0.25, 0.5, 1.0))] * 3), min_size=1, max_size=4))
    places = [
        [low + s * (high - low) for s, (low, high) in zip(share, sides, strict=True)] for share in shares
    ]
    found = draw(st.lists(number, min_size=len(places), max_size=len(places)))
    signs = draw(st.tuples(*[st.sampled_from((-1, 0, 1))] * 3))
    linear = draw(st.frozensets(st.sampled_from(NAMES)))
    return (
        corners,
        values,
        places,
        found,
        signs,
        linear,
        draw(st.sampled_from(("at_most", "at_least", "between"))),
    )


def by_the_product(corners, values, places, found, signs, linear, sense):
    """Count as `contradictions._beside` does, for runs in the hull."""
    points, known, at = np.array(corners), np.array(values), np.array(places)
    side = np.array(signs) * {"at_most": 1, "at_least": -1, "between": 0}[sense]
    low = np.where(side > 0, -np.inf, points.min(axis=0))
    high = np.where(side < 0, np.inf, points.max(axis=0))
    inside = np.all((at >= low) & (at <= high), axis=1)
    at, seen = at[inside], np.array(found)[inside]
    if not inside.any():
        return 0, 0
    wrong = np.zeros(len(seen), dtype=bool)
    straight = np.array([name in linear for name in NAMES])
    for way in WAYS[sense]:
        wrong |= [exceeds(way * value, float((way * known).max())) for value in seen.tolist()]
        wrong |= _off_the_chord(points, way * known, at, way * seen, way * np.array(signs), straight)
    return int(inside.sum()), int(wrong.sum())


@settings(max_examples=300, deadline=None)
@given(boxes())
def test_both_count_the_same_contradictions(verifier, box):
    corners, values, places, found, signs, linear, sense = box
    bounding = verifier.Bounding(
        {name: sign for name, sign in zip(NAMES, signs, strict=True) if sign}, [], linear
    )
    corner_runs = [(True, line(place), value) for place, value in zip(corners, values, strict=True)]
    others = [(False, line(place), value) for place, value in zip(places, found, strict=True)]
    assert verifier.beside(sense, corner_runs, others, bounding) == by_the_product(*box)


@pytest.mark.parametrize(("value", "wrong"), [(0.5, 0), (0.51, 1), (0.2, 0)])
def test_a_run_above_the_chord_is_no_convex_response(verifier, value, wrong):
    corners = [(True, {"factors": {"x": x}}, x) for x in (0.0, 1.0)]
    middle = [(False, {"factors": {"x": 0.5}}, value)]
    convex = verifier.Bounding({}, [], ())
    assert verifier.beside("at_most", corners, middle, convex) == (1, wrong)


@pytest.mark.parametrize(("value", "wrong"), [(0.5, 0), (0.51, 1), (0.2, 1)])
def test_a_linear_response_lies_on_the_chord(verifier, value, wrong):
    corners = [(True, {"factors": {"x": x}}, x) for x in (0.0, 1.0)]
    middle = [(False, {"factors": {"x": 0.5}}, value)]
    assert verifier.beside("at_most", corners, middle, verifier.Bounding({}, [], ("x",))) == (1, wrong)


def test_mirror_images_of_corners_bound_too(verifier):
    corners = [(True, {"factors": {"x": -1.0, "y": y}}, 1.0) for y in (0.0, 1.0)]
    mirrored = verifier.Bounding({}, [{"x": 0.0}], ())
    places = [(False, {"factors": {"x": 0.5, "y": 0.5}}, value) for value in (1.0, 1.1)]
    assert verifier.beside("at_most", corners, places, mirrored) == (2, 1)
    assert verifier.beside("at_most", corners, places, verifier.Bounding({}, [], ())) == (0, 0)
