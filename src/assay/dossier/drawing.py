"""A figure as SVG: lines, areas and outlined text, the same bytes everywhere.

Text is drawn as glyph outlines of the fonts shipped with Assay. So a figure needs no font where it is read,
and no numeral in it is text that a page's reader could take for a checked fact.
"""

from __future__ import annotations

import base64
from functools import cache
from importlib import resources
from typing import Any, Literal

from assay.document import DocumentError, named

INK = "#1a2430"
ACCENT = "#14406b"
QUIET = "#5b6875"
HAIRLINE = "#d3dae2"
WASH = "#f3f6f9"
VERDICT_COLOURS = {
    "SHOWN": "#2c8a58",
    "SHOWN GIVEN": "#2186a6",
    "NOT SHOWN": "#c98a1b",
    "REFUTED": "#c23b32",
}

Anchor = Literal["start", "middle", "end"]
Weight = Literal["regular", "semibold"]
_FILES = {"regular": "SourceSans3-Regular.otf", "semibold": "SourceSans3-Semibold.otf"}


@cache
def _font(weight: Weight) -> tuple[Any, Any, dict[int, str], int]:
    """Return font, glyph set, character map and units per em."""
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # it ships no annotations

    path = resources.files("assay.dossier") / "fonts" / _FILES[weight]
    with path.open("rb") as file:
        font = TTFont(file, lazy=False)
    return font, font.getGlyphSet(), font.getBestCmap(), font["head"].unitsPerEm


@cache
def _outline(character: str, weight: Weight) -> tuple[str, int]:
    """Return a glyph's SVG path in font units and its advance."""
    from fontTools.pens.svgPathPen import SVGPathPen  # type: ignore[import-untyped]  # the same

    _, glyphs, names, _ = _font(weight)
    if ord(character) not in names:
        raise DocumentError(f"the dossier's fonts cannot draw {named(character)}")
    glyph = glyphs[names[ord(character)]]
    pen = SVGPathPen(glyphs, ntos=lambda value: f"{value:g}")
    glyph.draw(pen)
    return pen.getCommands(), glyph.width


def text_width(text: str, size: float, weight: Weight = "regular") -> float:
    """Return the width of `text` set at `size`, in the drawing's units."""
    return sum(_outline(character, weight)[1] for character in text) * size / _font(weight)[3]


def number(value: float) -> str:
    """Return a coordinate to a hundredth, without a trailing zero or a negative zero."""
    return f"{round(value, 2) + 0.0:.2f}".rstrip("0").rstrip(".")


class Drawing:
    """An SVG being drawn; the origin is its upper left corner and y points down."""

    def __init__(self, width: float, height: float) -> None:
        self.width = width
        self.height = height
        self._parts: list[str] = []

    def rectangle(
        self, x: float, y: float, width: float, height: float, fill: str, *, opacity: float = 1
    ) -> None:
        """Draw a filled rectangle; a negative width reaches to the left."""
        left, across = (x + width, -width) if width < 0 else (x, width)
        see_through = "" if opacity == 1 else f' fill-opacity="{number(opacity)}"'
        self._parts.append(
            f'<rect x="{number(left)}" y="{number(y)}" width="{number(across)}" height="{number(height)}"'
            f' fill="{fill}"{see_through}/>'
        )

    def line(
        self, points: list[tuple[float, float]], colour: str, *, width: float = 1, dash: str = ""
    ) -> None:
        """Draw a line through `points`."""
        path = "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points)
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        self._parts.append(
            f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{number(width)}"{dashes}/>'
        )

    def area(self, points: list[tuple[float, float]], fill: str) -> None:
        """Draw a filled polygon."""
        path = "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points) + "Z"
        self._parts.append(f'<path d="{path}" fill="{fill}"/>')

    def circle(
        self, x: float, y: float, radius: float, *, fill: str = "none", stroke: str = "none", dash: str = ""
    ) -> None:
        """Draw a circle."""
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        self._parts.append(
            f'<circle cx="{number(x)}" cy="{number(y)}" r="{number(radius)}" fill="{fill}" stroke="{stroke}"'
            f' stroke-width="1.6"{dashes}/>'
        )

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 11,
        colour: str = INK,
        anchor: Anchor = "start",
        weight: Weight = "regular",
    ) -> None:
        """Draw `text` as outlines with its baseline at `y`.

        Raises
        ------
        DocumentError
            If the font has no glyph for a character.
        """
        scale = size / _font(weight)[3]
        width = text_width(text, size, weight)
        pen = {"start": 0.0, "middle": width / 2, "end": width}[anchor] * -1 + x
        glyphs = []
        for character in text:
            path, advance = _outline(character, weight)
            if path:
                glyphs.append(f'<path transform="translate({number((pen - x) / scale)} 0)" d="{path}"/>')
            pen += advance * scale
        self._parts.append(
            f'<g transform="translate({number(x)} {number(y)}) scale({scale:.5f} -{scale:.5f})"'
            f' fill="{colour}">{"".join(glyphs)}</g>'
        )

    def image(self, x: float, y: float, width: float, height: float, png: bytes) -> None:
        """Draw a PNG."""
        data = base64.b64encode(png).decode("ascii")
        self._parts.append(
            f'<image x="{number(x)}" y="{number(y)}" width="{number(width)}" height="{number(height)}"'
            f' href="data:image/png;base64,{data}"/>'
        )

    def svg(self) -> bytes:
        """Return the finished figure."""
        head = (
            '<svg xmlns="http://www.w3.org/2000/svg"'
            f' viewBox="0 0 {number(self.width)} {number(self.height)}"'
            f' width="{number(self.width)}" height="{number(self.height)}">'
        )
        return "\n".join([head, *self._parts, "</svg>\n"]).encode("utf-8")
