"""The charts of a dossier: margins, the waterfall of a deciding run, the convergence of a solver.

Printed numbers are given as texts, the same ones that the document prints as facts; only bar lengths and axes
are computed here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from assay.document import DocumentError
from assay.document.rounding import MINUS
from assay.dossier.drawing import (
    ACCENT,
    HAIRLINE,
    INK,
    QUIET,
    VERDICT_COLOURS,
    Drawing,
    text_width,
)

WIDTH = 640.0
_ROW = 21.0
_LIGHT = "#8fb0cd"


@dataclass(frozen=True)
class MarginBar:
    """One row of a margin plot."""

    label: str
    value: float
    text: str
    """Printed margin."""
    verdict: str
    detail: str = ""
    """Mode and place."""


@dataclass(frozen=True)
class Step:
    """One row of a waterfall; the kinds are those of a showing's waterfall."""

    label: str
    kind: Literal["run", "numerical", "model", "factor", "total", "capacity"]
    value: float
    text: str
    """Printed value."""


@dataclass(frozen=True)
class Level:
    """One level of a refinement study."""

    size: float
    """Representative cell size; smaller is finer."""
    value: float
    text: str
    """Printed value."""


def ticks(low: float, high: float, count: int = 6) -> list[float]:
    """Return round numbers (1, 2 or 5 times a power of ten apart) that span from `low` to `high`."""
    span = high - low
    if not (math.isfinite(span) and span > 0):
        raise DocumentError(f"an axis from {low} to {high} has no length")
    power = 10.0 ** math.floor(math.log10(span / count))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor * count >= span)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [index * step for index in range(first, last + 1)]


def tick_labels(values: Sequence[float]) -> list[str]:
    """Return the labels of an axis, all with the same number of decimals."""
    step = values[1] - values[0]
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    return [f"{value + 0.0:.{decimals}f}".replace("-", MINUS) for value in values]


def margin_plot(bars: Sequence[MarginBar], *, cap: float = 2.0) -> bytes:
    """Return an SVG with a bar a requirement, coloured by its verdict; zero is where it stops to hold.

    Parameters
    ----------
    bars
        From top to bottom.
    cap
        Margins above it are drawn up to it, with an arrow head; their printed text is the whole margin.
    """
    if not bars:
        raise DocumentError("a margin plot needs a bar")
    shown = [max(-1.0, min(bar.value, cap)) for bar in bars]
    marks = ticks(min(*shown, -0.05), max(*shown, 0.1))
    left = 24 + max(text_width(bar.label, 11) for bar in bars)
    right = WIDTH - 24 - max(text_width(bar.text, 10.5, "semibold") for bar in bars)
    scale = (right - left) / (marks[-1] - marks[0])
    bottom = 12 + _ROW * len(bars)
    drawing = Drawing(WIDTH, bottom + 44)
    _axis(drawing, marks, left, scale, bottom, "margin")
    for index, (bar, value) in enumerate(zip(bars, shown, strict=True)):
        middle = 12 + _ROW * (index + 0.5)
        zero, end = left - marks[0] * scale, left + (value - marks[0]) * scale
        colour = VERDICT_COLOURS.get(bar.verdict, QUIET)
        drawing.text(left - 10, middle + 4, bar.label, anchor="end")
        drawing.rectangle(zero, middle - 6, end - zero, 12, colour)
        if bar.value > cap:
            drawing.area([(end, middle - 6), (end + 6, middle), (end, middle + 6)], colour)
        beside = end + (10 if bar.value > cap else 5) if value >= 0 else zero + 5
        drawing.text(beside, middle + 4, bar.text, size=10.5, weight="semibold")
        after = beside + text_width(bar.text, 10.5, "semibold") + 8
        if bar.detail and after + text_width(bar.detail, 9.5) < WIDTH - 4:
            drawing.text(after, middle + 4, bar.detail, size=9.5, colour=QUIET)
        elif bar.detail and value >= 0 and left + text_width(bar.detail, 9.5) < zero - 5:
            drawing.text(zero - 5, middle + 4, bar.detail, size=9.5, colour=QUIET, anchor="end")
    zero = left - marks[0] * scale
    drawing.line([(zero, 8), (zero, bottom)], INK, width=1.2)
    return drawing.svg()


def _axis(
    drawing: Drawing,
    marks: Sequence[float],
    left: float,
    scale: float,
    bottom: float,
    title: str,
    *,
    top: float = 8,
) -> None:
    """Draw vertical grid lines, their labels below and the axis title."""
    for mark, label in zip(marks, tick_labels(marks), strict=True):
        x = left + (mark - marks[0]) * scale
        drawing.line([(x, top), (x, bottom)], HAIRLINE, width=0.7)
        drawing.text(x, bottom + 14, label, size=9.5, colour=QUIET, anchor="middle")
    middle = left + (marks[-1] - marks[0]) * scale / 2
    drawing.text(middle, bottom + 32, title, size=10.5, colour=QUIET, anchor="middle")


def waterfall_chart(steps: Sequence[Step], axis: str) -> bytes:
    """Return an SVG of how a deciding run becomes a demand, and how far that is from the capacity.

    Parameters
    ----------
    steps
        A `run` starts a bar at zero; `numerical`, `model` and `factor` add to what stands; `total` and
        `capacity` are whole bars. A dashed line runs at the capacity.
    axis
        Quantity and unit.
    """
    spans = _spans(steps)
    reach = [end for span in spans for end in span]
    marks = ticks(min(*reach, 0.0), max(reach))
    left = 24 + max(text_width(step.label, 11, _weight(step)) for step in steps)
    right = WIDTH - 16 - max(text_width(step.text, 10.5, "semibold") for step in steps)
    scale = (right - left) / (marks[-1] - marks[0])
    bottom = 14 + 26 * len(steps)

    def at(value: float) -> float:
        return left + (value - marks[0]) * scale

    drawing = Drawing(WIDTH, bottom + 44)
    _axis(drawing, marks, left, scale, bottom, axis)
    for step in steps:
        if step.kind == "capacity":
            drawing.line([(at(step.value), 8), (at(step.value), bottom)], INK, width=1.2, dash="4 3")
    for index, (step, (start, end)) in enumerate(zip(steps, spans, strict=True)):
        middle = 14 + 26 * (index + 0.5)
        drawing.text(left - 10, middle + 4, step.label, anchor="end", weight=_weight(step))
        drawing.rectangle(at(start), middle - 8, at(end) - at(start), 16, _step_colour(step))
        after = steps[index + 1].kind if index + 1 < len(steps) else "capacity"
        if after not in {"capacity", "run"}:
            drawing.line([(at(end), middle + 8), (at(end), middle + 18)], QUIET, width=0.8)
        beside = max(at(start), at(end)) + 6
        drawing.rectangle(beside - 2, middle - 7, text_width(step.text, 10.5, "semibold") + 4, 14, "#ffffff")
        drawing.text(beside, middle + 4, step.text, size=10.5, weight="semibold")
    drawing.line([(at(0), 8), (at(0), bottom)], INK, width=1)
    return drawing.svg()


def _spans(steps: Sequence[Step]) -> list[tuple[float, float]]:
    if not steps:
        raise DocumentError("a waterfall needs a step")
    spans, level = [], 0.0
    for step in steps:
        if step.kind in {"run", "total", "capacity"}:
            spans.append((0.0, step.value))
            level = step.value
        else:
            spans.append((level, level + step.value))
            level += step.value
    return spans


def _weight(step: Step) -> Literal["regular", "semibold"]:
    return "semibold" if step.kind in {"total", "capacity"} else "regular"


def _step_colour(step: Step) -> str:
    return {"run": ACCENT, "total": ACCENT, "capacity": VERDICT_COLOURS["SHOWN"]}.get(step.kind, _LIGHT)


def convergence_chart(
    levels: Sequence[Level],
    *,
    size_axis: str,
    value_axis: str,
    extrapolated: float | None = None,
    uncertainty: float | None = None,
) -> bytes:
    """Return an SVG of a quantity over the cell size, with the extrapolated value at size zero.

    Parameters
    ----------
    levels
        At least two, in any order.
    size_axis, value_axis
        Names with units.
    extrapolated
        Richardson's value at size zero, drawn hollow and dashed.
    uncertainty
        Half-width of the band around the finest level's value (grid convergence index times value).
    """
    if len(levels) < 2:
        raise DocumentError("a convergence chart needs two levels")
    ordered = sorted(levels, key=lambda level: -level.size)
    finest, band = ordered[-1], uncertainty or 0.0
    reach = [level.value for level in ordered] + [finest.value - band, finest.value + band]
    reach += [] if extrapolated is None else [extrapolated]
    pad = 0.12 * (max(reach) - min(reach) or abs(finest.value) or 1.0)
    sizes, values = ticks(0.0, ordered[0].size), ticks(min(reach) - pad, max(reach) + pad, 5)
    left, bottom = 40 + max(text_width(label, 9.5) for label in tick_labels(values)), 236.0
    across, up = (WIDTH - 90 - left) / sizes[-1], (bottom - 30) / (values[-1] - values[0])
    drawing = Drawing(WIDTH, bottom + 44)

    def at(size: float, value: float) -> tuple[float, float]:
        return left + size * across, bottom - (value - values[0]) * up

    if uncertainty is not None:
        top, low = at(0, finest.value + band)[1], at(0, finest.value - band)[1]
        drawing.rectangle(left, top, sizes[-1] * across, low - top, _LIGHT, opacity=0.25)
    for value, label in zip(values, tick_labels(values), strict=True):
        y = at(0, value)[1]
        drawing.line([(left, y), (left + sizes[-1] * across, y)], HAIRLINE, width=0.7)
        drawing.text(left - 8, y + 3.5, label, size=9.5, colour=QUIET, anchor="end")
    _axis(drawing, sizes, left, across, bottom, size_axis, top=30)
    drawing.text(8, 16, value_axis, size=10.5, colour=QUIET)
    if extrapolated is not None:
        drawing.line([at(finest.size, finest.value), at(0, extrapolated)], ACCENT, width=1.2, dash="4 3")
        drawing.circle(*at(0, extrapolated), 4, fill="#ffffff", stroke=ACCENT)
    drawing.line([at(level.size, level.value) for level in ordered], ACCENT, width=1.6)
    for level in ordered:
        x, y = at(level.size, level.value)
        drawing.circle(x, y, 4, fill=ACCENT)
        drawing.text(x + 7, y - 7, level.text, size=10.5, weight="semibold")
    return drawing.svg()
