"""The chart of a plan that decides run by run: both wealths after each run, and what each run came to."""

from __future__ import annotations

import math
from collections.abc import Sequence

from assay.document import DocumentError
from assay.dossier.drawing import HAIRLINE, INK, QUIET, VERDICT_COLOURS, WASH, Drawing, text_width
from assay.dossier.plots import WIDTH, tick_labels, ticks

_HOLDS, _FAILS = VERDICT_COLOURS["SHOWN"], VERDICT_COLOURS["REFUTED"]
_LOWEST = 1e-3
"""A wealth below this is drawn at it: it takes no part in the verdict any more."""
_TOP, _BOTTOM, _LANE = 40.0, 200.0, 16.0
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def wealth_chart(
    shown: Sequence[float],
    refuted: Sequence[float],
    states: Sequence[str],
    *,
    needed: float,
    needed_text: str,
    decided_at: int | None,
    needed_to_refute: float | None = None,
) -> bytes:
    """Return an SVG of both wealths over the number of runs, on a logarithmic scale.

    Parameters
    ----------
    shown, refuted
        Wealth of the bets that the claim holds, and that it fails, after each run; both start at 1.
    states
        ``within``, ``open`` or ``beyond`` of each run.
    needed
        Wealth that decides, drawn as a dashed line.
    needed_to_refute
        Wealth that refutes, a dashed line of its own; None: the same.
    needed_text
        The same as it is printed.
    decided_at
        Index of the run that decided, from 0.
    """
    if not shown or len({len(shown), len(refuted), len(states)}) != 1:
        raise DocumentError("a chart of wealth needs as many states and wealths of both kinds, one a run")
    runs = len(shown)
    powers = _powers([*shown, *refuted, needed, needed_to_refute or 1.0, 1.0])
    marks = [mark for mark in ticks(0, runs) if mark == round(mark)]
    names = ("that it holds", "that it fails")
    left = 44 + max(text_width(_power(power), 9.5) for power in powers)
    across = (WIDTH - 28 - max(text_width(name, 10.5) for name in names) - left) / runs
    up = (_BOTTOM - _TOP) / (powers[-1] - powers[0])
    drawing = Drawing(WIDTH, _BOTTOM + _LANE + 52)

    def at(run: float, wealth: float) -> tuple[float, float]:
        power = math.log10(max(wealth, 10.0 ** powers[0]))
        return left + run * across, _BOTTOM - (power - powers[0]) * up

    for power in powers:
        y = at(0, 10.0**power)[1]
        drawing.line([(left, y), (left + runs * across, y)], INK if power == 0 else HAIRLINE, width=0.7)
        drawing.text(left - 8, y + 3.5, _power(power), size=9.5, colour=QUIET, anchor="end")
    _runs_axis(drawing, [mark for mark in marks if mark <= runs], left, across, runs)
    y = at(0, needed)[1]
    drawing.line([(left, y), (left + runs * across, y)], INK, width=1.2, dash="4 3")
    drawing.text(left + 4, y - 5, f"needed: {needed_text}", size=10.5, weight="semibold")
    if needed_to_refute is not None:
        y = at(0, needed_to_refute)[1]
        drawing.line([(left, y), (left + runs * across, y)], _FAILS, width=1.0, dash="4 3")
        drawing.text(left + runs * across - 4, y - 5, "to refute", size=10.5, anchor="end")
    if decided_at is not None:
        x = left + (decided_at + 1) * across
        drawing.line([(x, _TOP), (x, _BOTTOM)], QUIET, width=1, dash="2 3")
        drawing.text(x, _TOP - 6, "decided", size=10.5, colour=QUIET, anchor="middle")
    drawing.line([at(i, w) for i, w in enumerate([1.0, *refuted])], _FAILS, width=1.4)
    drawing.line([at(i, w) for i, w in enumerate([1.0, *shown])], _HOLDS, width=1.8)
    ends = [at(runs, shown[-1])[1], at(runs, refuted[-1])[1]]
    if abs(ends[0] - ends[1]) < 13:
        middle, lower = sum(ends) / 2, ends[0] > ends[1]
        ends = [middle + (7 if lower else -7), middle - (7 if lower else -7)]
    for name, end, colour in zip(names, ends, (_HOLDS, _FAILS), strict=True):
        drawing.text(left + runs * across + 6, end + 4, name, size=10.5, colour=colour, weight="semibold")
    _lane(drawing, states, left, across)
    drawing.text(8, 16, "wealth of the bets", size=10.5, colour=QUIET)
    return drawing.svg()


def _powers(values: Sequence[float]) -> list[int]:
    """Return the powers of ten from below the smallest value, which is cut off, to above the largest."""
    low = math.floor(math.log10(max(_LOWEST, min(values))) + 1e-9)
    high = math.ceil(math.log10(max(values)) + 0.1)
    return list(range(low, high + 1))


def _power(power: int) -> str:
    """Return a power of ten as it stands at an axis."""
    if -3 <= power <= 4:
        return f"{10.0**power:.{max(0, -power)}f}"
    return "10" + str(power).translate(_RAISED)


def _runs_axis(drawing: Drawing, marks: Sequence[float], left: float, across: float, runs: int) -> None:
    for mark, text in zip(marks, tick_labels(marks), strict=True):
        x = left + mark * across
        drawing.line([(x, _TOP), (x, _BOTTOM)], HAIRLINE, width=0.7)
        drawing.text(x, _BOTTOM + _LANE + 18, text, size=9.5, colour=QUIET, anchor="middle")
    middle = left + runs * across / 2
    drawing.text(middle, _BOTTOM + _LANE + 36, "runs", size=10.5, colour=QUIET, anchor="middle")


def _lane(drawing: Drawing, states: Sequence[str], left: float, across: float) -> None:
    """Mark the runs that are open or beyond, below the axis, and say what the marks mean."""
    drawing.rectangle(left, _BOTTOM + 4, len(states) * across, _LANE - 4, WASH)
    for index, state in enumerate(states):
        x, y = left + (index + 0.5) * across, _BOTTOM + 10
        if state == "beyond":
            drawing.circle(x, y, 3.2, fill=_FAILS)
        elif state == "open":
            drawing.circle(x, y, 3, stroke=VERDICT_COLOURS["NOT SHOWN"])
    x, y = left + len(states) * across + 10, _BOTTOM + _LANE + 36
    told = [("beyond", _FAILS, "none"), ("open", "none", VERDICT_COLOURS["NOT SHOWN"])]
    for word, fill, stroke in reversed(told):
        width = text_width(word, 9.5)
        x = (WIDTH - 8 if word == "open" else x) - width
        drawing.text(x, y, word, size=9.5, colour=QUIET)
        drawing.circle(x - 8, y - 3.5, 3.2 if fill != "none" else 3, fill=fill, stroke=stroke)
        x -= 24
