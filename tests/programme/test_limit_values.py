"""What `assay check` says of limits before anything runs; what it cannot know is refused when shown."""

from __future__ import annotations

from typing import Any

import pytest

FILE, THIN = "criteria.toml", "configurations/thin.toml"
NOMINAL, DRAWN = 'at_most = "8 mm"', 'between = ["1 mm", "7 mm"]'
CASES = 'at_most = "200 MPa"'


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        # the cases move the load, and the draws move thickness
        (NOMINAL, 'at_most = "8 mm * load / (300 N)"', "the limit names load, which is not one number"),
        (DRAWN, 'between = ["1 mm", "thickness"]', "the limit names thickness, which is not one number"),
        (CASES, 'at_most = "20 MPa * thickness / (1 mm)"', "names thickness, which is not one number"),
        ('at_most = "80 N"', 'at_most = "80 N * nx"', "the limit names nx, which is not one number"),
    ],
)
def test_a_limit_is_one_number_over_the_whole_claim(tiny: Any, old: str, new: str, found: str) -> None:
    tiny.edit(FILE, old, new)
    problems = tiny.problems()
    assert {(p.file, p.line) for p in problems} == {(FILE, tiny.line(FILE, new))}
    assert all(found in p.found and "constants and fixed factors" in p.instead for p in problems)
    said = " ".join(p.found for p in problems)
    assert all(f"over the claim in {name}" in said for name in ("nominal", "thin"))


def test_a_quantity_is_no_limit(tiny: Any) -> None:
    tiny.edit(FILE, NOMINAL, 'at_most = "deflection / 2"')
    tiny.check(FILE, "deflection / 2", "names the quantity deflection, which is another number", "constants")


def test_only_configurations_that_it_applies_to(tiny: Any) -> None:
    """Thickness is fixed in one configuration and drawn in the other."""
    tiny.edit(THIN, 'tolerance = [-0.1, 0.1]\nlaw = { kind = "uniform" }\n', "")
    tiny.edit(FILE, DRAWN, 'between = ["1 mm", "thickness"]\nconfigurations = ["thin"]')
    assert tiny.load().criteria["BEAM-10.a"].configurations == ("thin",)
    tiny.edit(FILE, '\nconfigurations = ["thin"]', "")
    tiny.check(FILE, '"thickness"', "not one number over the claim in nominal", "fixed factors")


@pytest.mark.parametrize(
    ("limits", "found"),
    [
        ('["7 mm", "1 mm"]', "the limits ['7 mm', '1 mm'] are reversed"),
        ("[\"factor('RULE 8') * 6 mm\", \"factor('RULE 8') * 5 mm\"]", "are reversed"),
        ('["1 mm", "-1 mm + 1 mm"]', "are reversed"),
    ],
)
def test_reversed_limits(tiny: Any, limits: str, found: str) -> None:
    tiny.edit(FILE, '["1 mm", "7 mm"]', limits)
    tiny.check(FILE, "between", found, "lower limit first")


def test_limits_that_are_reversed_in_one_configuration(tiny: Any) -> None:
    """Nominal thickness is 10 mm and 6 mm; the claim holds others nominal."""
    tiny.edit(FILE, NOMINAL, 'between = ["9 mm", "thickness"]')
    problem = tiny.only()
    assert (problem.file, problem.line) == (FILE, tiny.line(FILE, '["9 mm"'))
    assert problem.found.endswith("are reversed, 9 and 6, in thin")


def test_limits_with_a_basis_value_wait_for_it(tiny: Any) -> None:
    tiny.edit(FILE, CASES, 'between = ["cast_strength * 2", "cast_strength"]')
    assert len(tiny.load().criteria["BEAM-4.a"].limits) == 2
    tiny.edit(FILE, '"cast_strength * 2"', '"cast_strength * thickness / (1 mm)"')
    assert "names thickness" in tiny.problems()[0].found


def test_a_limit_without_a_value(tiny: Any) -> None:
    tiny.edit(FILE, NOMINAL, 'at_most = "8 mm * (1 mm / (2 mm - 2 mm))"')
    tiny.check(FILE, "2 mm - 2 mm", "has no value", "a limit that is a number")


def test_a_negative_limit_and_a_factor_on_the_demand(tiny: Any) -> None:
    tiny.edit(FILE, CASES, 'between = ["-100 MPa", "200 MPa"]')
    tiny.check(FILE, "-100 MPa", "is negative, and RULE 7 would make it milder", "other sign")
    fraction = "{ fraction = 0.95, confidence = 0.95 }"
    tiny.edit(FILE, f'{{ at = "data/cases.csv", others = {fraction} }}', fraction)
    assert len(tiny.load().criteria["BEAM-4.a"].limits) == 2
