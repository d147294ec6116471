from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.cli.output import (
    STYLES,
    Row,
    console,
    counts_line,
    percent_down,
    print_json,
    rounded_down,
    rounded_up,
    rows_told,
    say,
    told,
    verdict_table,
)
from assay.compliance import MatrixRow


def row(**more):
    given = {
        "requirement": "R-1",
        "configuration": "nominal",
        "sources": (),
        "means": (),
        "verdict": "SHOWN",
        "method": "fixed",
        "given": (),
        "reason": "shown",
        "closes_by": "",
        "price": None,
        "margin": None,
        "stale": False,
        "criteria": (),
    }
    return MatrixRow(**{**given, **more})


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.2349, "+23.4 %"),
        (0.0, "+0.0 %"),
        (-0.0001, "-0.1 %"),
        (-0.5, "-50.0 %"),
        (1.49, "+149.0 %"),
        (0.0009, "+0.0 %"),
    ],
)
def test_a_margin_is_rounded_down(value, text):
    assert percent_down(value) == text


@given(st.floats(min_value=-1e6, max_value=1e6))
def test_a_printed_margin_never_flatters(value):
    printed = float(percent_down(value).removesuffix(" %")) / 100
    assert printed <= value + 1e-9
    assert value - printed < 0.0011


@given(st.floats(min_value=1e-12, max_value=1e12))
def test_a_printed_wealth_never_flatters(value):
    assert float(rounded_down(value)) <= value
    assert float(rounded_down(value)) >= value * 0.999
    assert value * 1.001 >= float(rounded_up(value)) >= value


def test_a_wealth_has_four_digits():
    assert [rounded_down(w) for w in (21.9781, 0.999999999999, 609.5999)] == ["21.97", "0.9999", "609.5"]


def test_say_folds_and_never_cuts(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    digest = "sha256:" + "0" * 64
    say(f"one two three four five six seven eight nine ten {digest} end", "  ")
    lines = capsys.readouterr().out.splitlines()
    assert all(len(line) <= 40 for line in lines if digest not in line)
    assert any(digest in line for line in lines)
    assert lines[0].startswith("  one")
    assert lines[1].startswith("    ")


def test_json_is_json(capsys):
    print_json({"schema": "x/1", "text": "µ ≤ 1"})
    assert json.loads(capsys.readouterr().out) == {"schema": "x/1", "text": "µ ≤ 1"}
    with pytest.raises(ValueError, match="not JSON compliant"):
        print_json({"value": float("nan")})


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (row(), "every draw of the plan within"),
        (row(method="document"), "document approved"),
        (row(method="children"), "all rows below it"),
        (row(method="sequential"), "bets on the claim reached the wealth that shows it"),
        (row(method=None), ""),
        (row(verdict="SHOWN GIVEN", given=("a convex", "b linear")), "GIVEN a convex; b linear"),
        (
            row(verdict="NOT SHOWN", reason="not-run", closes_by="`assay run`"),
            "its runs are not complete → `assay run`",
        ),
        (
            row(
                verdict="REFUTED",
                reason="refuted-by-run",
                closes_by="change it",
                margin={"value": -0.1, "mode": "stress, gust", "place": ""},
            ),
            "a solver run inside the configuration is beyond the limit (stress, gust)",
        ),
    ],
)
def test_what_is_told_of_a_row(found, text):
    assert told(found) == text


def test_a_table_fits_80_columns_and_keeps_the_words(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    rows = tuple(
        row(
            requirement=f"REQUIREMENT-{i}",
            verdict=verdict,
            reason="plan-not-paid",
            closes_by="word " * 40,
            stale=True,
        )
        for i, verdict in enumerate(STYLES)
    )
    console().print(verdict_table("nominal", rows_told(rows)))
    console().print(counts_line({"SHOWN": 3, "SHOWN GIVEN": 0, "NOT SHOWN": 1, "REFUTED": 2}))
    said = capsys.readouterr().out
    assert all(len(line) <= 80 for line in said.splitlines())
    for verdict in STYLES:
        assert f"{verdict} stale" in said
    assert "3 SHOWN   0 SHOWN GIVEN   1 NOT SHOWN   2 REFUTED" in said
    assert "\x1b" not in said


def test_a_command_in_the_table_is_never_cut(capsys):
    """A word longer than its column goes on in the next line: what is told to be typed can be typed."""
    command = "`assay approve basis:casting.strength:0.99/0.95@lightened-by-one-millimetre --as PERSON`"
    console().print(verdict_table("lightened", [Row("TRAY-011", "NOT SHOWN", False, "+29.6 %", command)]))
    said = capsys.readouterr().out
    assert "\u2026" not in said
    assert command.replace(" ", "") in "".join(said.split())
