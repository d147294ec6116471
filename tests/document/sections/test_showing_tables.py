from __future__ import annotations

from assay.document.model import Table
from assay.document.sections.showing_tables import MOST_FINDINGS, assumptions, cases, findings, waterfall


def cells(elements):
    table = next(e for e in elements if isinstance(e, Table))
    return [["".join(s.text for s in cell) for cell in row] for row in table.rows]


def test_a_row_for_each_case_with_its_factors(desk):
    rows = cells(cases(desk, desk.inputs.showings["TRAY-002.a"]))
    assert [row[0] for row in rows] == ["forward", "upward", "downward", "sideward", "rearward", "gust"]
    assert rows[5][1] == "limit, CS 25.303 × 1.5"
    assert rows[0][2:4] == ["0 of 59", "4.95\u00a0%"]
    assert all(row[-1] == "SHOWN" for row in rows)


def test_nominal_cases_have_no_bound(desk):
    table = next(iter(cases(desk, desk.inputs.showings["TRAY-007.a"])))
    assert "Bound" not in [head[0].text for head in table.header]


def test_no_case_reads_better_than_a_claim_that_something_else_holds_up(desk_of, inputs, changed):
    other = changed(inputs, "TRAY-002.a", verdict="NOT SHOWN", reason="limit-not-creditable")
    table = next(iter(cases(desk_of(other), other.showings["TRAY-002.a"])))
    assert "Verdict" not in [head[0].text for head in table.header]
    assert "what keeps the claim from being shown" in "".join(span.text for span in table.caption)


def test_a_claim_without_cases_has_no_table_of_them(desk):
    assert not list(cases(desk, desk.inputs.showings["TRAY-004.a"]))


def test_the_waterfall_ends_in_the_margin(desk):
    rows = cells(waterfall(desk, desk.inputs.showings["TRAY-002.a"], 5))
    assert [row[0] for row in rows] == [
        "deciding run", "numerical error", "model form", "CS 25.303", "demand", "limit", "margin",
    ]  # fmt: skip
    assert rows[3][2] == "multiplies the demand"


def test_the_demand_of_an_upper_limit_is_a_sum_also_between_limits(desk):
    rows = cells(waterfall(desk, desk.inputs.showings["TRAY-009.a"], 0))
    assert [row[2] for row in rows if row[0] == "demand"] == ["the sum of the steps above"]


def test_of_a_derived_quantity_the_formula_speaks(desk_of, inputs, changed):
    charge = {**inputs.showings["TRAY-004.a"].payload["charge"], "derived": {"bases": {}, "steps": []}}
    desk = desk_of(changed(inputs, "TRAY-004.a", charge=charge))
    first = cells(waterfall(desk, desk.inputs.showings["TRAY-004.a"], 0))[0]
    assert first[2] == "what the formula makes of what the solver says, on the finest level"


def test_findings_are_proofs_on_the_printed_side(desk):
    row = cells(findings(desk, desk.inputs.showings["TRAY-010.a"]))[0]
    assert row[0].startswith("3 of sha256:")
    assert (row[2], row[3]) == ("115.5", "90.00")


def test_a_row_of_findings_is_named_where_one_has_a_name(desk_of, inputs, changed):
    one = inputs.showings["TRAY-010.a"].payload["findings"][0]
    heads = []
    for row in ("", "data/cases.csv#gust"):
        desk = desk_of(changed(inputs, "TRAY-010.a", findings=[{**one, "row": row}]))
        (table,) = findings(desk, desk.inputs.showings["TRAY-010.a"])
        heads.append(["".join(span.text for span in cell) for cell in table.header])
    assert [head[:2] for head in heads] == [["Run", "Solver [MPa]"], ["Run", "Row"]]


def test_a_long_list_of_findings_is_cut_and_says_so(desk_of, inputs, changed, said):
    one = inputs.showings["TRAY-010.a"].payload["findings"][0]
    desk = desk_of(changed(inputs, "TRAY-010.a", findings=[one] * (MOST_FINDINGS + 1)))
    record = desk.inputs.showings["TRAY-010.a"]
    assert len(cells(findings(desk, record))) == MOST_FINDINGS
    assert "The table is cut" in said(desk, findings(desk, record))


def test_assumptions_with_check_and_record(desk):
    rows = cells(assumptions(desk, desk.inputs.showings["TRAY-003.a"]))
    assert [row[1] for row in rows] == ["not checked", "passed", "not checked", "passed"]
    assert all(row[2].startswith("sha256:") for row in rows)
