from __future__ import annotations

from typing import Any

import pytest

FILE, BEAM, THIN = "criteria.toml", "studies/beam.toml", "configurations/thin.toml"
FRACTION = "holds = { fraction = 0.95, confidence = 0.95 }"


def test_a_tolerance_without_distribution(tiny: Any) -> None:
    tiny.edit(THIN, 'law = { kind = "uniform" }', "")
    problems = [p for p in tiny.problems() if "tolerance but no distribution in thin" in p.found]
    ids = {p.found.split()[0] for p in problems}
    assert ids == {"BEAM-2.a", "BEAM-4.a", "BEAM-5.a", "BEAM-6.a", "BEAM-10.a"}
    assert {p.line for p in problems if p.found.startswith("BEAM-2.a")} == {tiny.line(FILE, FRACTION)}
    assert "studies/beam.toml:" in problems[0].found
    assert "add law" in problems[0].instead


def test_only_factors_that_vary_in_the_claim_need_one(tiny: Any) -> None:
    """The cases set the load: a law of it is needed by claims about the draw itself only."""
    tiny.edit(BEAM, 'value = 300.0\nlaw = { kind = "normal", mean = 300.0, sd = 15.0 }', "")
    problems = tiny.problems()
    assert {p.found.split()[0] for p in problems} == {"BEAM-2.a", "BEAM-6.a", "BEAM-10.a"}
    assert all("load has a range but no distribution" in p.found for p in problems)


def test_only_configurations_that_it_applies_to(tiny: Any) -> None:
    tiny.edit(THIN, 'law = { kind = "uniform" }', "")
    text = (tiny.root / FILE).read_text("utf-8")
    tiny.write(FILE, text.replace("[[criterion]]", '[[criterion]]\nconfigurations = ["nominal"]'))
    assert tiny.load().criteria["BEAM-2.a"].configurations == ("nominal",)


def test_everywhere_needs_declarations(tiny: Any) -> None:
    tiny.edit(FILE, FRACTION, 'holds = "everywhere"')
    problems = tiny.problems()
    assert {p.line for p in problems} == {tiny.line(FILE, 'holds = "everywhere"')}
    assert sum("in nominal without a declaration" in p.found for p in problems) == 3
    assert "convex_in, linear_in, increasing_in or decreasing_in of" in problems[0].instead


def test_a_convex_response_has_its_smallest_value_anywhere(tiny: Any) -> None:
    tiny.edit(
        FILE,
        'at_most = "80 N"\nholds = { over = ["nx", "ny"], others = "nominal" }',
        'at_least = "-1 N"\nholds = "everywhere"',
    )
    assert all(
        "declare linear_in, increasing_in or decreasing_in of reaction" in p.instead for p in tiny.problems()
    )


def test_a_factor_in_limit_and_case(tiny: Any) -> None:
    tiny.edit(FILE, '"200 MPa"', "\"200 MPa / factor('RULE 7')\"")
    problems = tiny.problems()
    assert {p.line for p in problems} == {tiny.line(FILE, "200 MPa")}
    assert any(
        "'RULE 7' is applied twice, here and in case service (data/cases.csv:3)" in p.found for p in problems
    )
    assert any("'RULE 7' is applied at the level 'extreme' of case gust" in p.found for p in problems)


def test_a_factor_in_study_and_limit(tiny: Any) -> None:
    tiny.edit(BEAM, "time_limit = 60", 'time_limit = 60\napplied_factors = ["RULE 8"]')
    tiny.check(FILE, "cast_strength", "'RULE 8' is applied twice", "once")


def test_a_factor_in_study_and_case(tiny: Any) -> None:
    tiny.edit(BEAM, "time_limit = 60", 'time_limit = 60\napplied_factors = ["RULE 7"]')
    assert any("here and in case service" in p.found for p in tiny.problems())


SIGNS = """
[structure.deflection]
increasing_in = ["load"]
decreasing_in = ["thickness"{more}]
reason = "a beam"
"""


def on_signs(tiny: Any, more: str = "", limit: str = 'at_most = "8 mm"') -> None:
    """Claim the deflection as a fraction by the plan `structure`; `more` joins the factors it falls in."""
    tiny.edit(FILE, 'between = ["1 mm", "7 mm"]', f'{limit}\nrungs = ["structure"]')
    tiny.append(BEAM, SIGNS.replace("{more}", more))


def test_a_fraction_on_signs_needs_the_sign_of_every_factor_that_varies(tiny: Any) -> None:
    on_signs(tiny)
    tiny.check(
        FILE, 'rungs = ["structure"]', "no sign of deflection in modulus", "increasing_in or decreasing_in"
    )


def test_with_all_signs_it_may_be_claimed(tiny: Any) -> None:
    on_signs(tiny, ', "modulus"')
    assert tiny.load().criteria["BEAM-10.a"].rungs == ("structure",)


def test_a_fraction_on_signs_has_one_limit(tiny: Any) -> None:
    on_signs(tiny, ', "modulus"', 'between = ["1 mm", "7 mm"]')
    tiny.check(FILE, 'rungs = ["structure"]', "has two limits", "criteria of their own")


DRIFT = 'at_least = "150 Hz"'
"""Limit of a criterion that claims one fraction."""
ACCEPT = '[accept]\nmodel = "analyst lead"\n\n[error]'


@pytest.mark.parametrize(
    ("old", "new", "found", "instead"),
    [
        ('rungs = ["fixed"]', 'rungs = ["model", "fixed"]', "beside other plans", 'rungs = ["model"]'),
        ('rungs = ["fixed"]', 'rungs = ["fixed", "model"]', "beside other plans", 'rungs = ["model"]'),
        (DRIFT, DRIFT + '\nrungs = ["model"]\nallow = 1', "which runs no draws", "leave allow out"),
        (
            'holds = { at = "data/cases.csv", others = "nominal" }',
            'holds = { at = "data/cases.csv", others = "nominal" }\nrungs = ["model"]',
            "states one fraction of the joint law",
            "claim a fraction",
        ),
    ],
)
def test_what_a_model_may_be_credited_for(tiny: Any, old: str, new: str, found: str, instead: str) -> None:
    tiny.edit("programme.toml", "[error]", ACCEPT)
    tiny.edit(FILE, old, new)
    problem = next((p for p in tiny.problems() if found in p.found), None)
    assert problem is not None, tiny.problems()
    assert (problem.file, problem.line) == (FILE, tiny.line(FILE, '"model"'))
    assert instead in problem.instead


def test_a_model_may_be_credited_where_a_role_accepts_it(tiny: Any) -> None:
    tiny.edit("programme.toml", "[error]", ACCEPT)
    tiny.edit(FILE, DRIFT, DRIFT + '\nrungs = ["model"]')
    assert ("model",) in {criterion.rungs for criterion in tiny.load().criteria.values()}


def test_without_a_model_there_is_nothing_to_accept(tiny: Any) -> None:
    tiny.edit("programme.toml", "[error]", ACCEPT)
    tiny.edit(FILE, DRIFT, DRIFT + '\nrungs = ["model"]')
    text = (tiny.root / BEAM).read_text("utf-8")
    tiny.write(BEAM, text.partition("[surrogate]")[0])
    assert any("in a study without a model" in p.found for p in tiny.problems())
