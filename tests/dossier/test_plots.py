"""The charts draw what they are given, to scale."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.document import DocumentError
from assay.dossier.drawing import VERDICT_COLOURS
from assay.dossier.plots import (
    Level,
    MarginBar,
    Step,
    convergence_chart,
    margin_plot,
    tick_labels,
    ticks,
    waterfall_chart,
)

SVG = "{http://www.w3.org/2000/svg}"
STEPS = [
    Step("deciding run", "run", 100.0, "100.0"),
    Step("numerical error", "numerical", 5.0, "5.0"),
    Step("model form", "model", -3.0, "\u22123.0"),
    Step("demand", "total", 102.0, "102.0"),
    Step("capacity", "capacity", 150.0, "150.0"),
]


def parsed(svg):
    return ET.fromstring(svg)  # noqa: S314  # written by the code under test


def bars(svg, *, least=0.0):
    """Return x, width and fill of every bar that is no white underlay."""
    found = []
    for item in parsed(svg).findall(f".//{SVG}rect"):
        if item.get("fill") != "#ffffff" and float(item.get("width")) >= least:
            found.append((float(item.get("x")), float(item.get("width")), item.get("fill")))
    return found


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6))
def test_ticks_span_the_axis_and_are_few(low, span):
    high = low + span
    if not high > low:
        return
    marks = ticks(low, high)
    assert marks[0] <= low + 1e-6 * span + 1e-9 * abs(low)
    assert marks[-1] >= high - 1e-6 * span - 1e-9 * abs(high)
    assert 2 <= len(marks) <= 9
    if abs(low) < 1e6 * span:
        assert len(set(tick_labels(marks))) == len(marks)


def test_tick_labels_have_one_number_of_decimals_and_a_real_minus():
    assert tick_labels([-0.5, 0.0, 0.5]) == ["\u22120.5", "0.0", "0.5"]
    assert tick_labels([0, 200, 400]) == ["0", "200", "400"]


def test_margins_are_to_scale_and_coloured_by_verdict():
    rows = [
        MarginBar("A", 0.4, "0.4", "SHOWN"),
        MarginBar("B", -0.2, "\u22120.2", "REFUTED", "mode at place"),
    ]
    (x, width, fill), (left, back, red) = bars(margin_plot(rows))
    assert width == pytest.approx(2 * back, abs=0.02)
    assert left + back == pytest.approx(x, abs=0.02)
    assert (fill, red) == (VERDICT_COLOURS["SHOWN"], VERDICT_COLOURS["REFUTED"])


def test_a_margin_above_the_cap_is_cut_and_says_so():
    row = MarginBar("A", 7.5, "7.50", "SHOWN")
    assert bars(margin_plot([row]))[0][1] == bars(margin_plot([MarginBar("A", 2.0, "7.50", "SHOWN")]))[0][1]
    assert margin_plot([row]).count(b'Z" fill="#2c8a58"') == 1


def test_waterfall_steps_stand_on_each_other():
    run, numerical, model, total, capacity = bars(waterfall_chart(STEPS, "stress [MPa]"))
    unit = run[1] / 100
    assert numerical[0] == pytest.approx(run[0] + run[1], abs=0.02)
    assert numerical[1] == pytest.approx(5 * unit, abs=0.02)
    assert model[0] + model[1] == pytest.approx(numerical[0] + numerical[1], abs=0.02)
    assert total[1] == pytest.approx(102 * unit, abs=0.02)
    assert capacity[1] == pytest.approx(150 * unit, abs=0.02)


def test_convergence_puts_finer_levels_left_and_the_extrapolation_at_zero():
    levels = [Level(12, 96.0, "96.0"), Level(5, 101.0, "101.0"), Level(8, 99.0, "99.0")]
    svg = convergence_chart(levels, size_axis="h [mm]", value_axis="q", extrapolated=102.0, uncertainty=1.0)
    circles = [float(item.get("cx")) for item in parsed(svg).findall(f"{SVG}circle")]
    assert len(circles) == 4
    assert circles[0] == min(circles)
    assert circles[1:] == sorted(circles[1:], reverse=True)
    (band,) = [item for item in bars(svg) if item[2] == "#8fb0cd"]
    assert band[0] == pytest.approx(circles[0])
    assert len(parsed(convergence_chart(levels, size_axis="h", value_axis="q")).findall(f"{SVG}circle")) == 3


def test_levels_that_agree_exactly_still_have_an_axis():
    assert convergence_chart([Level(2, 5.0, "5"), Level(1, 5.0, "5")], size_axis="h", value_axis="q")


@pytest.mark.parametrize(
    "draw",
    [
        lambda: margin_plot([]),
        lambda: waterfall_chart([], "q"),
        lambda: convergence_chart([Level(1, 1, "1")], size_axis="h", value_axis="q"),
        lambda: ticks(1.0, 1.0),
        lambda: ticks(0.0, float("inf")),
    ],
)
def test_nothing_to_draw_is_an_error(draw):
    with pytest.raises(DocumentError):
        draw()


def test_no_numeral_of_a_chart_is_text():
    assert b"<text" not in margin_plot([MarginBar("A", 0.1, "0.100", "SHOWN")]) + waterfall_chart(STEPS, "q")
