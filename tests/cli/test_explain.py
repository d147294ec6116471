from __future__ import annotations

import pytest


@pytest.mark.parametrize("name", ["BEAM-4", "BEAM-4.a"])
def test_from_the_clause_to_the_deciding_run(tiny_done, name):
    ended = tiny_done("explain", name)
    assert ended.code == 0
    text = " ".join(ended.out.replace("│", " ").split())
    for word in (
        "BEAM-4 · nominal: SHOWN",
        "BEAM-4 · thin: REFUTED",
        "source RULE 1(a): Stress stays below strength.",
        "0 of 59 draws not within",
        "RULE 7",
        "violating fraction <= 0.04951 at error level 0.05; 0.05 allowed",
        "deciding run",
        "numerical error",
        "model form",
        "[not checked] joint law",
    ):
        assert word in text, word
    assert max(map(len, ended.out.splitlines())) <= 80


def test_a_waterfall_adds_up(tiny_done):
    document = tiny_done.within("explain", "BEAM-4", "--configuration", "nominal", "--json").json
    assert document["schema"] == "assay.explain/1"
    (row,) = document["rows"]
    (showing,) = row["showings"]
    for part in showing["showing"]["parts"]:
        steps = {step["kind"]: step["value"] for step in part["waterfall"]}
        added = sum(
            s["value"] for s in part["waterfall"] if s["kind"] in {"run", "numerical", "model", "factor"}
        )
        assert steps["total"] == pytest.approx(added, rel=1e-12)
        assert steps["margin"] == pytest.approx(steps["capacity"] / steps["total"] - 1.0, rel=1e-9)
    assert showing["record"] in tiny_done.records("showing")


def test_given_and_price(tiny_done):
    assert (
        "GIVEN reaction convex in nx, ny; mass (16 checks, 0 violations)"
        in tiny_done.within("explain", "BEAM-7").out
    )
    assert "price of the plan: 1196 runs" in tiny_done.within("explain", "BEAM-5").out


@pytest.mark.parametrize("name", ["BEAM-1", "BEAM-8", "BEAM-9"])
def test_rows_without_criteria(tiny_done, name):
    ended = tiny_done.within("explain", name)
    assert ended.code == 0
    assert f"{name} · nominal" in ended.out


def test_unknown(tiny_done):
    ended = tiny_done.within("explain", "BEAM-99")
    assert ended.code == 2
    assert "no requirement or criterion is called 'BEAM-99'" in ended.err


def test_before_anything_ran(tiny_unrun):
    assert "its runs are not complete" in " ".join(tiny_unrun.within("explain", "BEAM-4").out.split())
