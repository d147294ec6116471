"""Declared bounds on the model's error: what is read, and what is refused with file and line."""

from __future__ import annotations

from typing import Any

import pytest

from assay.programme import ResidualBound, describe, programme_payloads

BEAM = "studies/beam.toml"
GOOD = '\n[residual.stress]\nabsolute = 0.5\nrelative = 0.01\nreason = "a handbook"\n'


def bound(**changes: str) -> str:
    """A table with some of its lines changed; an empty text leaves a line out."""
    lines = {"absolute": "0.5", "relative": "0.01", "reason": '"a handbook"', **changes}
    return "\n[residual.stress]\n" + "".join(f"{key} = {value}\n" for key, value in lines.items() if value)


def test_a_bound_stands_with_its_quantity_and_in_the_study_record(tiny: Any) -> None:
    tiny.append(BEAM, GOOD)
    programme = tiny.load()
    stress = programme.studies["beam"].quantities["stress"]
    assert stress.residual == ResidualBound(0.5, 0.01, "a handbook")
    assert describe(stress)["residual"] == {"absolute": 0.5, "relative": 0.01, "reason": "a handbook"}
    (record,) = [p for kind, name, p in programme_payloads(programme) if (kind, name) == ("study", "beam")]
    assert record["quantities"]["stress"]["residual"]["relative"] == 0.01
    assert "residual" not in record["quantities"]["deflection"], "studies without a bound keep their records"


def test_one_of_the_two_numbers_is_enough(tiny: Any) -> None:
    tiny.append(BEAM, bound(absolute=""))
    assert tiny.load().studies["beam"].quantities["stress"].residual == ResidualBound(0.0, 0.01, "a handbook")


@pytest.mark.parametrize(
    ("text", "marker", "found", "instead"),
    [
        (bound(reason=""), "[residual.stress]", "no reason", "add reason"),
        (bound(reason='""'), "reason =\x00", "reason", "write something"),
        (bound(absolute="-1.0"), "absolute = -1.0", "absolute = -1 of stress", "at least 0"),
        (bound(relative="-0.1"), "relative = -0.1", "relative = -0.1 of stress", "at least 0"),
        (bound(absolute="inf"), "absolute = inf", "inf", "finite"),
        (bound(absolute="true"), "absolute = true", "True", "a number"),
        (bound(absolute="0.0", relative="0.0"), "[residual.stress]", "bounds the error by 0", "above 0"),
        (bound(absolute='"estimated"'), "estimated", "from the same runs is refused", "where it comes from"),
        (bound(relative='"from training"'), "from training", "is refused", "write a number"),
        (GOOD.replace(".stress", ".strees"), "strees", "unknown quantity 'strees'", "stress"),
        (bound(scale="2.0"), "scale = 2.0", "unknown key 'scale'", ""),
    ],
)
def test_what_is_refused(tiny: Any, text: str, marker: str, found: str, instead: str) -> None:
    tiny.append(BEAM, text)
    problem = tiny.only()
    assert found in problem.found
    assert instead in problem.instead
    assert problem.file == BEAM
    assert problem.line == tiny.line(BEAM, marker) if "\x00" not in marker else problem.line


def test_a_table_is_wanted(tiny: Any) -> None:
    tiny.append(BEAM, "\n[residual]\nstress = 0.5\n")
    assert "table" in tiny.only().found


def criterion(tiny: Any, rungs: str, holds: str = "{ fraction = 0.95, confidence = 0.95 }") -> Any:
    """Add a criterion about the stress that asks for some plans."""
    return tiny.append(
        "criteria.toml",
        '\n[[criterion]]\nid = "RES-X"\nrequirement = "BEAM-1"\nstudy = "beam"\nquantity = "stress"\n'
        f'at_most = "200 MPa"\nholds = {holds}\nrungs = {rungs}\n',
    )


def test_a_criterion_may_ask_for_the_plan_where_a_bound_is_declared(tiny: Any) -> None:
    tiny.append(BEAM, GOOD)
    criterion(tiny, '["residual", "fixed"]')
    assert tiny.load().criteria["RES-X"].rungs == ("residual", "fixed")


def test_a_criterion_that_asks_for_it_without_a_bound_is_refused(tiny: Any) -> None:
    criterion(tiny, '["fixed", "residual"]')
    problem = tiny.only()
    assert "no bound on the error of the model of stress" in problem.found
    assert "[residual.stress]" in problem.instead
    assert problem.line == tiny.line("criteria.toml", '["fixed", "residual"]')


def test_a_criterion_of_cases_is_refused(tiny: Any) -> None:
    tiny.append(BEAM, GOOD)
    others = "others = { fraction = 0.95, confidence = 0.95 }"
    criterion(tiny, '["residual"]', f'{{ at = "data/cases.csv", {others} }}')
    assert any("one fraction of the joint law" in problem.found for problem in tiny.problems())
