from __future__ import annotations

from typing import Any

import pytest

from assay.programme._laws import PARAMETERS, _outside
from assay.statistics import Law, mass_outside

BEAM = "studies/beam.toml"
LAW = 'law = { kind = "normal", mean = 300.0, sd = 15.0 }'


@pytest.mark.parametrize(
    ("new", "found", "instead"),
    [
        ('law = { kind = "nromal", mean = 300.0, sd = 15.0 }', "kind 'nromal'", "'normal'"),
        ('law = { kind = "normal", mean = 300.0 }', "has no sd", "add sd"),
        ('law = { kind = "normal", mean = 300.0, sd = -1.0 }', "sd is -1.0", "above 0"),
        ('law = { kind = "normal", mean = 300.0, sigma = 1.0 }', "no parameter 'sigma'", "write one of"),
        ('law = { kind = "normal", mean = "x", sd = 1.0 }', "mean is 'x'", "a number"),
        ('law = { kind = "normal", mean = nan, sd = 1.0 }', "mean", "finite"),
        ('law = { kind = "uniform" }', "uniform has no low, high", "add low"),
        ('law = { kind = "uniform", low = 400.0, high = 300.0 }', "low", ""),
        ('law = { kind = "discrete", values = [1.0, 2.0], weights = [1.0] }', "discrete", ""),
        ('law = { kind = "empirical", dataset = "cats", column = "x" }', "unknown data set 'cats'", "'cast'"),
        ('law = { kind = "empirical", dataset = "cast", column = "x" }', "unknown column 'x'", "'strength'"),
        (
            'law = { kind = "empirical", dataset = "cast", column = "strength" }',
            "is in psi, load in N",
            "dimension",
        ),
        ("tolerance = [-1.0, 1.0, 2.0]", "3 numbers", "[lower, upper]"),
        ("tolerance = [1.0, -1.0]", "reversed", "lower"),
        ("tolerance = [-200.0, 0.0]", "leaves the range [150, 600]", "narrow"),
        ("law = 3", "law is 3", "a table"),
    ],
)
def test_bad_laws(tiny: Any, new: str, found: str, instead: str) -> None:
    tiny.edit(BEAM, LAW, new)
    problem = next(p for p in tiny.problems() if p.file == BEAM)
    assert problem.line == tiny.line(BEAM, new.split(" =", maxsplit=1)[0] + " = "), str(problem)
    assert found in problem.found, str(problem)
    assert instead in problem.instead, str(problem)


def test_a_tolerance_needs_a_value(tiny: Any) -> None:
    tiny.edit(BEAM, "value = 300.0\n" + LAW, "tolerance = [-1.0, 1.0]")
    problem = tiny.problems()[0]
    assert (problem.file, problem.line) == (BEAM, tiny.line(BEAM, "tolerance ="))
    assert "no value" in problem.found


def test_limits_come_from_the_tolerance(tiny: Any) -> None:
    tiny.edit(BEAM, LAW, 'tolerance = [-20.0, 10.0]\nlaw = { kind = "triangular" }')
    law = tiny.load().studies["beam"].factors["load"].law
    assert dict(law.parameters) == {"low": 280.0, "mode": 300.0, "high": 310.0}


def test_a_column_is_converted_to_the_factors_unit(tiny: Any) -> None:
    tiny.edit(
        BEAM,
        '[factors.modulus]\nunit = "GPa"\nrange = [60.0, 80.0]',
        '[factors.modulus]\nunit = "MPa"\nrange = [1.0, 80e3]',
    )
    tiny.edit(
        BEAM,
        'value = 70.0\nlaw = { kind = "normal", mean = 70.0, sd = 1.2 }',
        'law = { kind = "empirical", dataset = "cast", column = "strength" }',
    )
    law = tiny.load().studies["beam"].factors["modulus"].law
    assert max(dict(law.parameters)["values"]) == pytest.approx(39580 * 0.006894757293168361, rel=0.1)
    assert len(dict(law.parameters)["values"]) == 60


def test_mass_outside_is_told_not_truncated(tiny: Any) -> None:
    tiny.edit(BEAM, "sd = 15.0", "sd = 75.0")
    programme = tiny.load()
    line = tiny.line(BEAM, "sd = 75.0")
    notice = next(n for n in programme.notices if n.startswith(f"{BEAM}:{line}:"))
    assert "0.0228 of the law of load lies outside its range [150, 600] N" in notice
    assert dict(programme.studies["beam"].factors["load"].law.parameters)["sd"] == 75.0


def test_mass_outside_tolerance_and_envelope(tiny: Any) -> None:
    tiny.edit(BEAM, LAW, "tolerance = [-15.0, 15.0]\nenvelope = [270.0, 330.0]\n" + LAW)
    notices = "\n".join(tiny.load().notices)
    assert "0.317 of the law of load lies outside its tolerance [285, 315] N" in notices
    assert "0.0455 of the law of load lies outside its envelope [270, 330] N" in notices


def test_the_normal_law_without_scipy_has_the_same_mass() -> None:
    law = Law.of("normal", mean=3.0, sd=2.0)
    for low, high in [(-1.0, 9.0), (2.0, 3.0), (-40.0, 40.0), (10.0, 11.0)]:
        assert _outside(law, low, high) == pytest.approx(mass_outside(law, low, high), rel=1e-12)
    assert _outside(Law.of("uniform", low=0.0, high=4.0), 1.0, 3.0) == 0.5


def test_every_kind_is_known_to_statistics() -> None:
    from assay.statistics._law_kinds import KINDS

    assert set(PARAMETERS) == set(KINDS)
    for kind in set(PARAMETERS) - {"empirical"}:
        assert set(PARAMETERS[kind]) == {*KINDS[kind].numbers, *KINDS[kind].columns}
