"""Figures hold outlines, no text, and the same bytes whoever draws them."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from assay.document import DocumentError
from assay.dossier.drawing import Drawing, number, text_width

SVG = "{http://www.w3.org/2000/svg}"


def parsed(svg):
    return ET.fromstring(svg)  # noqa: S314  # written by the code under test


def test_text_is_outlines_and_no_text():
    drawing = Drawing(100, 50)
    drawing.text(10, 20, "0.95 MPa", size=10, anchor="end", weight="semibold")
    root = parsed(drawing.svg())
    assert not root.findall(f".//{SVG}text")
    assert len(root.findall(f".//{SVG}path")) == len("0.95MPa")
    assert b"MPa" not in drawing.svg()


@pytest.mark.parametrize(("anchor", "start"), [("start", 0), ("middle", -0.5), ("end", -1)])
def test_anchors(anchor, start):
    drawing = Drawing(100, 50)
    drawing.text(50, 20, "WW", size=10, anchor=anchor)
    first = parsed(drawing.svg()).findall(f".//{SVG}path")[0].get("transform")
    moved = float(first.removeprefix("translate(").split()[0])
    assert moved == pytest.approx(start * text_width("WW", 1000), abs=1)


def test_width_grows_with_text_and_size():
    assert text_width("", 10) == 0
    assert text_width("iii", 10) < text_width("WWW", 10)
    assert text_width("W", 20) == pytest.approx(2 * text_width("W", 10))


def test_a_character_without_a_glyph_is_named():
    with pytest.raises(DocumentError, match=r"U\+4E2D"):
        Drawing(1, 1).text(0, 0, "\u4e2d")


@pytest.mark.parametrize(
    ("value", "text"),
    [(1, "1"), (-0.001, "0"), (1.005, "1"), (2.5, "2.5"), (100, "100"), (-3.14159, "-3.14")],
)
def test_coordinates_are_short(value, text):
    assert number(value) == text


def test_shapes():
    drawing = Drawing(100, 50)
    drawing.rectangle(10, 5, -4, 3, "#fff", opacity=0.5)
    drawing.line([(0, 0), (1, 1)], "#000", dash="4 3")
    drawing.area([(0, 0), (1, 1), (0, 1)], "#000")
    drawing.circle(1, 2, 3, stroke="#000", dash="1 1")
    drawing.image(0, 0, 5, 5, b"png")
    root = parsed(drawing.svg())
    assert [child.tag.removeprefix(SVG) for child in root] == ["rect", "path", "path", "circle", "image"]
    assert (root[0].get("x"), root[0].get("width")) == ("6", "4")
    assert root[4].get("href") == "data:image/png;base64,cG5n"
