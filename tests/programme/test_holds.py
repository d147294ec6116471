from __future__ import annotations

from typing import Any

import pytest

from assay.programme import AtCases, Everywhere, Fraction, Over

FILE = "criteria.toml"
OVER = 'holds = { over = ["nx", "ny"], others = "nominal" }'
AT = 'holds = { at = "data/cases.csv", others = "nominal" }'


def test_forms(tiny: Any) -> None:
    tiny.edit(
        "studies/support.toml", 'kind = "operating"\n\n[factors.ny]', 'kind = "operating"\n\n[factors.ny]'
    )
    criteria = tiny.load().criteria
    assert criteria["BEAM-2.a"].holds == Fraction(0.95, 0.95)
    assert criteria["BEAM-3.a"].holds == AtCases("data/cases.csv", "nominal")
    assert criteria["BEAM-5.a"].holds == AtCases("data/cases.csv", Fraction(0.99, 0.95))
    over = criteria["BEAM-7.a"].holds
    assert isinstance(over, Over)
    assert over.vertices == (
        {"nx": -2.0, "ny": -1.0},
        {"nx": -2.0, "ny": 3.0},
        {"nx": 2.0, "ny": -1.0},
        {"nx": 2.0, "ny": 3.0},
    )


def test_everywhere(tiny: Any) -> None:
    tiny.edit(FILE, OVER, 'holds = "everywhere"')
    assert tiny.load().criteria["BEAM-7.a"].holds == Everywhere()


def test_vertices_of_a_table(tiny: Any) -> None:
    tiny.write("data/corners.csv", "nx [1],ny [%]\n-1,0\n1,0\n0,200\n")
    tiny.edit(
        FILE, OVER, 'holds = { over = ["nx", "ny"], vertices = "data/corners.csv", others = "nominal" }'
    )
    holds = tiny.load().criteria["BEAM-7.a"].holds
    assert holds.file == "data/corners.csv"
    assert holds.vertices == ({"nx": -1.0, "ny": 0.0}, {"nx": 1.0, "ny": 0.0}, {"nx": 0.0, "ny": 2.0})


@pytest.mark.parametrize(
    ("text", "line", "found"),
    [
        ("nx [1]\n1\n", 1, "the column 'ny' is missing"),
        ("nx [1],ny [1],mass [kg]\n1,1,2\n", 1, "the column 'mass' is not in over"),
        ("nx [1],ny [1]\n", 1, "no rows"),
        ("nx [1],ny [1]\n1,9\n", 2, "ny = 9 is outside its range"),
        ("nx [1],ny [1]\n1,inf\n", 2, "'inf' is not a finite number"),
    ],
)
def test_bad_vertices(tiny: Any, text: str, line: int, found: str) -> None:
    tiny.write("data/corners.csv", text)
    tiny.edit(
        FILE, OVER, 'holds = { over = ["nx", "ny"], vertices = "data/corners.csv", others = "nominal" }'
    )
    tiny.check("data/corners.csv", line, found, "")


@pytest.mark.parametrize(
    ("old", "new", "found", "instead"),
    [
        (AT, 'holds = "evrywhere"', "holds is 'evrywhere'", '"everywhere"'),
        (AT, "holds = 0.95", "holds is 0.95", '"everywhere"'),
        (AT, "holds = { fraction = 0.95 }", "no confidence", "add confidence"),
        (AT, "holds = { fraction = 95, confidence = 0.95 }", "fraction is 95", "below 1"),
        (
            AT,
            'holds = { at = "data/cases.csv" }',
            "others is left out, while thickness, modulus vary",
            "nominal",
        ),
        (AT, 'holds = { at = "data/cases.csv", others = "all" }', "others is 'all'", '"nominal"'),
        (AT, 'holds = { at = "data/none.csv", others = "nominal" }', "is missing", "data/cases.csv"),
        (AT, 'holds = { at = "../cases.csv", others = "nominal" }', "leads out", "inside"),
        (AT, 'holds = { at = "programme.toml", others = "nominal" }', "is not CSV", "data/cases.csv"),
        (AT, 'holds = { at = "data/cases.csv", other = "nominal" }', "unknown key 'other'", "'others'"),
        (OVER, 'holds = { over = ["nx", "nz"], others = "nominal" }', "unknown factor 'nz'", "'n"),
        (OVER, 'holds = { over = ["nx", "nx"], others = "nominal" }', "nx stands twice", "once"),
        (OVER, 'holds = { over = [], others = "nominal" }', "over is []", "at least 1"),
        (OVER, 'holds = { over = ["nx"], others = "nominal", more = 1 }', "unknown key 'more'", "write"),
    ],
)
def test_bad_holds(tiny: Any, old: str, new: str, found: str, instead: str) -> None:
    tiny.edit(FILE, old, new)
    problem = next(p for p in tiny.problems() if found in p.found)
    assert (problem.file, problem.line) == (FILE, tiny.line(FILE, new))
    assert instead in problem.instead


def test_over_needs_a_declaration(tiny: Any) -> None:
    tiny.edit("studies/support.toml", '[["nx", "ny"], ["mass"]]', '[["nx"], ["mass"]]')
    tiny.check(FILE, OVER, "no structure of reaction in ny is declared", "[structure]")


def test_over_is_not_for_design_factors(tiny: Any) -> None:
    tiny.edit(
        "studies/beam.toml",
        "[verification]",
        '[structure]\nstress = { convex_in = ["thickness"], reason = "r" }\n[verification]',
    )
    tiny.edit(
        FILE,
        "holds = { fraction = 0.95, confidence = 0.95 }",
        'holds = { over = ["thickness"], others = "nominal" }',
    )
    tiny.check(FILE, 'over = ["thickness"]', "thickness is a design factor", "freeze")


def test_others_may_be_left_out_where_nothing_else_varies(tiny: Any) -> None:
    for name in ("nominal", "thin"):
        tiny.edit(f"configurations/{name}.toml", 'tolerance = [-0.1, 0.1]\nlaw = { kind = "uniform" }', "")
    tiny.edit("studies/beam.toml", 'law = { kind = "normal", mean = 70.0, sd = 1.2 }', "")
    tiny.edit(FILE, AT, 'holds = { at = "data/cases.csv" }')
    assert tiny.load().criteria["BEAM-3.a"].holds == AtCases("data/cases.csv", "nominal")


def test_corners_do_not_bound_a_convex_response_from_below(tiny: Any) -> None:
    tiny.edit(FILE, 'at_most = "80 N"', 'at_least = "-1 N"')
    problems = tiny.problems()
    assert [p.found.split(" is declared")[0] for p in problems] == [
        "no structure of reaction in nx",
        "no structure of reaction in ny",
    ]
    tiny.edit("studies/support.toml", "convex_in", "linear_in")
    assert tiny.load().criteria["BEAM-7.a"].sense == "at_least"
