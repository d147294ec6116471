"""Figures as SVG, drawn with what draws a dossier's charts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assay.dossier.drawing import ACCENT, HAIRLINE, INK, QUIET, VERDICT_COLOURS, Drawing, text_width
from assay.dossier.plots import WIDTH, tick_labels, ticks

_ROW = 17.0
_COLOURS = (
    ACCENT,
    VERDICT_COLOURS["SHOWN GIVEN"],
    VERDICT_COLOURS["NOT SHOWN"],
    VERDICT_COLOURS["SHOWN"],
    QUIET,
)


@dataclass(frozen=True)
class Rate:
    """A bar with its interval."""

    label: str
    allowed: float
    rate: float
    low: float
    high: float
    own: bool


def rates(bars: Sequence[Rate], limit: float) -> bytes:
    """Return horizontal bars with exact intervals, and a line at what is promised."""
    labels = [f"{bar.label}, allowed {100 * bar.allowed:g} %" for bar in bars]
    left = 14 + max(text_width(label, 10.5) for label in labels)
    marks = ticks(0.0, max([bar.high for bar in bars] + [2 * limit]) * 100)
    scale = (WIDTH - 30 - left) / marks[-1]
    bottom = 24 + _ROW * len(bars)
    drawing = Drawing(WIDTH, bottom + 40)
    for mark, label in zip(marks, tick_labels(marks), strict=True):
        x = left + mark * scale
        drawing.line([(x, 20), (x, bottom)], HAIRLINE, width=0.7)
        drawing.text(x, bottom + 14, label, size=9.5, colour=QUIET, anchor="middle")
    drawing.text((left + WIDTH) / 2, bottom + 32, "false SHOWN, %", size=10.5, colour=QUIET, anchor="middle")
    for index, (bar, label) in enumerate(zip(bars, labels, strict=True)):
        middle = 24 + _ROW * (index + 0.5)
        drawing.text(left - 8, middle + 4, label, size=10.5, anchor="end")
        colour = ACCENT if bar.own else VERDICT_COLOURS["REFUTED"]
        drawing.rectangle(left, middle - 5, 100 * bar.rate * scale, 10, colour, opacity=0.75)
        ends = [left + 100 * end * scale for end in (bar.low, bar.high)]
        drawing.line([(ends[0], middle), (ends[1], middle)], INK, width=1)
        for end in ends:
            drawing.line([(end, middle - 3), (end, middle + 3)], INK, width=1)
    x = left + 100 * limit * scale
    drawing.line([(x, 16), (x, bottom)], INK, width=1.2, dash="4 3")
    drawing.text(x, 12, f"promised: at most {100 * limit:g} %", size=9.5, anchor="middle")
    return drawing.svg()


def power(lines: Sequence[tuple[str, Sequence[tuple[float, float]]]]) -> bytes:
    """Return the share shown over p/p0, a line a method."""
    left, top, bottom = 48.0, 18.0, 236.0
    right = WIDTH - 24 - max(text_width(name, 10) for name, _ in lines) - 22
    drawing = Drawing(WIDTH, bottom + 44)
    for share in (0, 20, 40, 60, 80, 100):
        y = bottom - share / 100 * (bottom - top)
        drawing.line([(left, y), (right, y)], HAIRLINE, width=0.7)
        drawing.text(left - 8, y + 3.5, f"{share}", size=9.5, colour=QUIET, anchor="end")
    for mark in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0):
        x = left + mark * (right - left)
        drawing.text(x, bottom + 14, f"{mark:g}", size=9.5, colour=QUIET, anchor="middle")
    drawing.text((left + right) / 2, bottom + 32, "p / p0", size=10.5, colour=QUIET, anchor="middle")
    drawing.text(left - 40, 10, "SHOWN, %", size=10, colour=QUIET)
    for index, (name, points) in enumerate(lines):
        colour = _COLOURS[index % len(_COLOURS)]
        path = [(left + ratio * (right - left), bottom - share * (bottom - top)) for ratio, share in points]
        drawing.line(path, colour, width=1.8)
        for x, y in path:
            drawing.circle(x, y, 2.6, fill=colour)
        y = top + 16 * (index + 1)
        drawing.line([(right + 14, y - 3.5), (right + 28, y - 3.5)], colour, width=1.8)
        drawing.text(right + 33, y, name, size=10)
    return drawing.svg()
