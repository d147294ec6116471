from __future__ import annotations

from typing import Any

import pytest

NOMINAL = "configurations/nominal.toml"


def test_a_configuration(tiny: Any) -> None:
    programme = tiny.load()
    thin = programme.configurations["thin"]
    assert thin.identity.part == "B-6"
    assert thin.identity.parent == "B-10"
    factor = thin.factors["beam"]["thickness"]
    assert (factor.value, factor.tolerance, factor.fixed) == (6.0, (-0.1, 0.1), False)
    assert dict(factor.law.parameters) == {"low": 5.9, "high": 6.1}
    assert thin.factors["beam"]["load"] == programme.studies["beam"].factors["load"]
    assert set(thin.factors) == {"beam", "support"}


def test_a_value_without_tolerance_or_law_is_fixed(tiny: Any) -> None:
    tiny.edit(NOMINAL, 'tolerance = [-0.1, 0.1]\nlaw = { kind = "uniform" }', "")
    assert tiny.load().configurations["nominal"].factors["beam"]["thickness"].fixed


def test_geometry_is_recorded_by_digest(tiny: Any) -> None:
    tiny.append(NOMINAL, '\n[geometry]\nfiles = ["documents/assembly.txt"]\n')
    assert list(tiny.load().configurations["nominal"].geometry) == ["documents/assembly.txt"]
    tiny.edit(NOMINAL, "assembly.txt", "none.txt")
    tiny.check(NOMINAL, "files =", "documents/none.txt is missing", "name a file")


@pytest.mark.parametrize(
    ("old", "new", "marker", "found", "instead"),
    [
        (
            "[factors.thickness]",
            "[factors.thicknes]",
            "[factors.thicknes]",
            "no study has the factor",
            "'thickness'",
        ),
        ("value = 10.0", "value = 20.0", "value = 20.0", "outside its range [5, 14] mm", "inside"),
        ("value = 10.0", "value = 5.0", "tolerance", "leaves the range [5, 14]", "narrow"),
        ("value = 10.0\n", "", "[factors.thickness]", "no value", "add value"),
        ("tolerance = [-0.1, 0.1]", "tolerance = [0.1, -0.1]", "tolerance", "reversed", "first"),
        ("[identity]", "[identiy]", "[identiy]", "unknown key 'identiy'", "'identity'"),
        ('part = "B-10"\n', "", "[identity]", "no part", "add part"),
        ('title = "Beam, 10 mm"', "title = 3", "title", "no text", "quotes"),
        (
            "[factors.thickness]",
            "[factors.load]\nvalue = 300\n[factors.thickness]",
            "[factors.load]",
            "operating",
            "study",
        ),
    ],
)
def test_bad_configurations(tiny: Any, old: str, new: str, marker: str, found: str, instead: str) -> None:
    tiny.edit(NOMINAL, old, new)
    problem = next(p for p in tiny.problems() if found in p.found)
    assert (problem.file, problem.line) == (NOMINAL, tiny.line(NOMINAL, marker))
    assert instead in problem.instead


def test_a_design_factor_left_out(tiny: Any) -> None:
    text = (tiny.root / NOMINAL).read_text("utf-8")
    tiny.write(NOMINAL, text[: text.index("[factors.thickness]")] + "[factors]\n")
    problem = next(p for p in tiny.problems() if p.file == NOMINAL)
    assert problem.line == tiny.line(NOMINAL, "[factors]")
    assert "design factor thickness of study beam is left out" in problem.found
    assert "thickness = { value" in problem.instead


def test_studies_that_disagree_about_a_unit(tiny: Any) -> None:
    tiny.edit(
        "studies/support.toml",
        "[factors.mass]",
        '[factors.thickness]\nunit = "inch"\nrange = [0.1, 20.0]\nkind = "design"\n[factors.mass]',
    )
    assert any("studies give thickness in inch and in mm" in p.found for p in tiny.problems())
