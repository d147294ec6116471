"""The chart of wealth: every run stands at its place on a logarithmic scale, and its state below."""

from __future__ import annotations

import itertools
import math
import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.document import DocumentError
from assay.dossier.drawing import VERDICT_COLOURS
from assay.dossier.wealth_chart import wealth_chart

SVG = "{http://www.w3.org/2000/svg}"
HOLDS, FAILS = VERDICT_COLOURS["SHOWN"], VERDICT_COLOURS["REFUTED"]


def drawn(shown, refuted, states=None, **more):
    given = {"needed": 20.0, "needed_text": "20.00", "decided_at": None} | more
    states = states or ["within"] * len(shown)
    return ET.fromstring(wealth_chart(shown, refuted, states, **given))  # noqa: S314  # written by the code under test


def points(tree, colour, *, dashed=False):
    """The points of the line of a colour."""
    (path,) = [
        p.get("d")
        for p in tree.iter(f"{SVG}path")
        if p.get("stroke") == colour and (p.get("stroke-dasharray") is not None) == dashed
    ]
    return [tuple(map(float, pair.split())) for pair in re.split("[ML]", path)[1:]]


def circles(tree, fill):
    return [float(c.get("cx")) for c in tree.iter(f"{SVG}circle") if c.get("fill") == fill]


def test_both_wealths_start_at_one_and_have_a_point_a_run():
    tree = drawn([2.0, 4.0, 8.0], [0.5, 0.25, 0.125])
    up, down = points(tree, HOLDS), points(tree, FAILS)
    assert len(up) == len(down) == 4
    assert up[0] == down[0]
    assert [x for x, _ in up] == pytest.approx([x for x, _ in down])


def test_what_refutes_has_a_line_of_its_own_where_it_is_more():
    tree = drawn([10.0, 100.0], [1.0, 1.0], needed_to_refute=1000.0)
    (dashed,) = {y for _, y in points(tree, FAILS, dashed=True)}
    assert dashed < min(y for _, y in points(tree, HOLDS))


def test_the_scale_is_logarithmic_and_common_to_both():
    tree = drawn([10.0, 100.0], [0.1, 0.01])
    (_, y0), (_, y1), (_, y2) = points(tree, HOLDS)
    (_, z0), (_, z1), (_, z2) = points(tree, FAILS)
    assert y0 - y1 == pytest.approx(y1 - y2, abs=0.02) == pytest.approx(z1 - z0, abs=0.02)
    assert z2 - z1 == pytest.approx(y0 - y1, abs=0.02)


def test_what_decides_is_a_line_at_its_height():
    tree = drawn([10.0, 100.0], [1.0, 1.0], needed=10.0, decided_at=0)
    level = points(tree, HOLDS)[1][1]
    lines = [p.get("d") for p in tree.iter(f"{SVG}path") if p.get("stroke-dasharray") == "4 3"]
    assert len(lines) == 1
    assert f" {level:g}L" in lines[0]
    upright = [p.get("d") for p in tree.iter(f"{SVG}path") if p.get("stroke-dasharray") == "2 3"]
    assert len(upright) == 1
    assert upright[0].startswith(f"M{points(tree, HOLDS)[1][0]:g} ")
    assert not [p for p in drawn([1.0], [1.0]).iter(f"{SVG}path") if p.get("stroke-dasharray") == "2 3"], (
        "nothing is decided"
    )


def test_states_are_marked_at_their_runs():
    states = ["within", "beyond", "open", "beyond"]
    tree = drawn([1.0] * 4, [2.0] * 4, states)
    ends = [x for x, _ in points(tree, HOLDS)]
    middles = [(a + b) / 2 for a, b in itertools.pairwise(ends)]
    # The last of each is the sample beside the word that says what it means.
    assert circles(tree, FAILS)[:-1] == pytest.approx([middles[1], middles[3]], abs=0.02)
    assert circles(tree, "none")[:-1] == pytest.approx([middles[2]], abs=0.02)


def test_a_wealth_of_nothing_is_drawn_at_the_foot():
    tree = drawn([0.5, 0.0], [1.0, 1e-9])
    foot = max(y for _, y in points(tree, HOLDS))
    assert points(tree, FAILS)[-1][1] == foot
    assert math.isfinite(foot)


@given(st.lists(st.tuples(st.floats(0.0, 1e12), st.floats(0.0, 1e12)), min_size=1, max_size=40))
def test_everything_stays_on_the_picture(wealths):
    shown, refuted = zip(*wealths, strict=True)
    tree = drawn(shown, refuted)
    width, height = map(float, tree.get("viewBox").split()[2:])
    for colour in (HOLDS, FAILS):
        assert all(0 <= x <= width and 0 <= y <= height for x, y in points(tree, colour))


def test_the_same_bytes_every_time():
    given = {"needed": 20.0, "needed_text": "20.00", "decided_at": 1}
    assert wealth_chart([2.0, 30.0], [1.0, 1.0], ["within", "open"], **given) == wealth_chart(
        [2.0, 30.0], [1.0, 1.0], ["within", "open"], **given
    )


@pytest.mark.parametrize(
    ("shown", "refuted", "states"),
    [([], [], []), ([1.0], [1.0, 2.0], ["open"]), ([1.0], [1.0], [])],
)
def test_what_cannot_be_drawn_is_refused(shown, refuted, states):
    with pytest.raises(DocumentError, match="one a run"):
        wealth_chart(shown, refuted, states, needed=20.0, needed_text="20.00", decided_at=None)
