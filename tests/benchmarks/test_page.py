"""The page says what the result says, and nothing is typed in by hand."""

from __future__ import annotations

import json
import math
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from benchmarks.false_compliance import everywhere, page, procedures, report, validity
from benchmarks.false_compliance.families import FAMILIES
from benchmarks.false_compliance.harness import Store, run

from assay.showing.resting import MEASURED

MODULE = "benchmarks.false_compliance.families"
ROOT = Path(__file__).resolve().parents[2]
BY_NAME = {family.name: family for family in FAMILIES}
RESULT = ROOT / "benchmarks" / "results" / "false_compliance.json"


@pytest.fixture(scope="module")
def result():
    few = [BY_NAME[name] for name in ("beam", "mesh_dishonest", "loads", "convex_false")]
    store = Store(None, "procedures", MODULE)

    def finish(cells):
        return run(cells, store, workers=1, families=MODULE, say=lambda _: None)

    budgets = {0.05: (60,), 0.01: (300,)}
    parts = {
        "validity": finish([c for c in validity.cells(few, 0.01, (0.05,)) if c.method.startswith("fixed")]),
        "procedures": finish(procedures.cells(few, ("fixed", "coarse"), 20, budgets)),
        "peers": finish(
            procedures.cells(few[:1], ("wilks", "gp-mean"), 20, {0.05: (60,)}, (0.5, 1.25), "peers")
        ),
        "everywhere": finish(everywhere.cells(few, ("vertices",), 8)),
    }
    settings = {"finished": {"validity": 1}, "planned": {"validity": 1}}
    return report.document(parts, BY_NAME, settings)


def test_a_result_is_json_and_survives_it(result) -> None:
    assert json.loads(json.dumps(result, allow_nan=False)) == result
    assert result["schema"] == "assay.benchmark/1"


def test_the_page_tells_the_rates(result) -> None:
    text = page.page(result)
    for name, _, rate in page.near_the_limit(result):
        assert page.NAMES[name] in text
        assert page.told(rate) in text
    row = next(row for row in result["misdeclared"] if row["family"] == "convex_false")
    assert page.told(row["caught"]) in text
    assert all(len(line) <= 120 or line.startswith(("|", "<!--")) for line in text.splitlines())


def test_false_declarations_do_not_hide_in_a_method_that_rests_on_none(result) -> None:
    counted = {(name, allowed): rate for name, allowed, rate in page.near_the_limit(result)}
    programmes = 2 * 4  # ratios 1.02 and 1.25, four families; the dishonest mesh counts for the fixed plan
    assert counted["fixed", 0.05]["trials"] == programmes
    assert ("coarse", 0.05) not in counted


def test_figures_are_drawn(result) -> None:
    for drawing in page.pictures(result).values():
        assert ET.fromstring(drawing).tag.endswith("svg")  # noqa: S314  # our own bytes
    assert "how-often-wrong.svg" in page.pictures(result)


def test_the_gate_of_worst_cases_counts_true_declarations_only(result) -> None:
    assert result["gates"]["everywhere"]
    row = next(row for row in result["everywhere"] if row["key"] == ["vertices", "loads"])
    assert row["false_shown"]["events"] == 0
    good = [item["right"] for item in row["by_ratio"] if item["complies"]]
    assert all(item["rate"] == 1.0 for item in good)


def test_the_docs_are_those_of_the_result() -> None:
    if not RESULT.exists():
        assert not page.PAGE.exists(), "a page of figures without the result that they come from"
        return
    kept = json.loads(RESULT.read_text(encoding="utf-8"))
    assert page.PAGE.read_text(encoding="utf-8") == page.page(kept)
    for name, drawing in page.pictures(kept).items():
        assert (page.PICTURES / name).read_bytes() == drawing


BY_A_MODEL = {"gp-mean", "gp-2-sigma", "conformal", "ppi", "ak-mcs"}
"""Methods of the benchmark whose verdict is what a model states of itself."""


def test_what_showings_say_of_models_is_what_was_measured():
    """The figure in every showing of rung 3 is the largest in the committed result, rounded up."""
    rows = json.loads(RESULT.read_text())["peers"]["by_budget"]
    found = {row["key"][0]: 0.0 for row in rows if row["key"][0] in BY_A_MODEL}
    assert found.keys() == BY_A_MODEL
    largest = max(row["false_shown_boundary"]["rate"] for row in rows if row["key"][0] in BY_A_MODEL)
    assert f"on up to {math.ceil(100 * largest)} % of the programmes near the limit" in MEASURED
