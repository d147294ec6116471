from __future__ import annotations

from typing import Any

import pytest

from assay.evidence.records import digest

BEAM = "studies/beam.toml"


def test_a_study(tiny: Any) -> None:
    study = tiny.load().studies["beam"]
    assert (study.adapter, study.solver_file, study.solver_function) == ("python", "studies/beam.py", "bend")
    assert study.files == {"studies/beam.py": digest((tiny.root / "studies/beam.py").read_bytes())}
    assert list(study.factors) == ["thickness", "load", "modulus"]
    assert study.factors["load"].envelope == (150.0, 600.0)
    assert not study.factors["thickness"].fixed
    assert study.quantities["stress"].tolerance == 1e-9
    assert study.quantities["stress"].formal_order == 2.0
    assert study.time_limit == 60.0
    assert study.factors["load"].source.line == tiny.line(BEAM, "[factors.load]")


def test_more_files_of_a_study(tiny: Any) -> None:
    tiny.edit(BEAM, "time_limit = 60", 'time_limit = 60\nfiles = ["data/cast.csv"]')
    assert set(tiny.load().studies["beam"].files) == {"studies/beam.py", "data/cast.csv"}
    tiny.edit(BEAM, "data/cast.csv", "data/none.csv")
    tiny.check(BEAM, "files =", "data/none.csv is missing", "name a file")


@pytest.mark.parametrize(
    ("old", "new", "marker", "found", "instead"),
    [
        ('\nunit = "mm"', '\nunit = "milimeter"', "milimeter", "unknown unit 'milimeter'", "MPa"),
        ('unit = "Hz"', 'unit = "Herz"', "Herz", "unknown unit 'Herz'", "MPa"),
        ("range = [150.0, 600.0]", "range = [600.0, 150.0]", "[600.0, 150.0]", "reversed", "[lower, upper]"),
        ("range = [150.0, 600.0]", "range = [150.0, nan]", "nan", "range.1 is nan", "finite"),
        ("range = [150.0, 600.0]", "range = [150.0]", "[150.0]", "range is [150.0]", "at least 2"),
        ("range = [150.0, 600.0]", "range = 150.0", "range = 150.0", "range is 150.0", "a list"),
        ("range = [150.0, 600.0]\n", "", "[factors.load]", "no range", "add range"),
        ('kind = "operating"', 'kind = "operation"', "operation", "kind is 'operation'", "'operating'"),
        ("value = 300.0", "value = '300'", "value = '300'", "value is '300'", "without quotes"),
        ("value = 300.0", "value = 700.0", "value = 700.0", "outside its range [150, 600] N", "inside"),
        ("value = 300.0", "value = 300.0\nvalu = 3", "valu = 3", "unknown key 'valu'", "'value'"),
        ("value = 300.0", "envelope = [100.0, 600.0]", "envelope", "outside the range", "inside"),
        (
            'kind = "design"',
            'kind = "design"\nvalue = 9.0',
            "value = 9.0",
            "has its value in the study",
            "configuration",
        ),
        ("[factors.load]", "[factors.max]", "[factors.max]", "the name 'max'", "no name of a function"),
        (
            "[factors.load]",
            '[factors."load case"]',
            '[factors."load case"]',
            "the name 'load case'",
            "letters",
        ),
        (
            "[quantities.frequency]",
            "[quantities.load]",
            "[quantities.load]",
            "is a factor too",
            "another name",
        ),
        ('"python:beam.py:bend"', '"beam.py"', "solver =", "the solver 'beam.py'", "adapter:file:function"),
        (
            '"python:beam.py:bend"',
            '"python:bean.py:bend"',
            "solver =",
            "studies/bean.py is missing",
            "studies/",
        ),
        ('"python:beam.py:bend"', '"python:../x.py:bend"', "solver =", "leads out", "studies/"),
        ('length_unit = "mm"', 'length_unit = "N"', "length_unit", "the length unit 'N'", "mm"),
        ("time_limit = 60", "time_limit = 0", "time_limit", "time_limit is 0", "above 0"),
        (
            "time_limit = 60",
            'applied_factors = ["RULE 77"]',
            "applied_factors",
            "unknown factor 'RULE 77'",
            "'RULE 7'",
        ),
        ("[surrogate]", "[surogate]", "[surogate]", "unknown table 'surogate'", "'surrogate'"),
    ],
)
def test_beam_toml(tiny: Any, old: str, new: str, marker: str, found: str, instead: str) -> None:
    tiny.edit(BEAM, old, new)
    problems = [p for p in tiny.problems() if p.file == BEAM]
    assert len(problems) == 1, problems
    assert problems[0].line == tiny.line(BEAM, marker), str(problems[0])
    assert found in problems[0].found
    assert instead in problems[0].instead


def test_what_a_broken_study_would_explain_is_not_reported(tiny: Any) -> None:
    tiny.edit(BEAM, 'unit = "mm"', 'unit = "milimeter"')
    assert {p.file for p in tiny.problems()} == {BEAM}


def test_a_name_that_is_no_name(tiny: Any) -> None:
    tiny.write("studies/a b.toml", "")
    tiny.check("studies/a b.toml", None, "name that cannot be used", "letters")


def test_an_empty_study(tiny: Any) -> None:
    tiny.write("studies/empty.toml", "")
    found = {p.found for p in tiny.problems() if p.file == "studies/empty.toml"}
    assert {"study has no solver", "a study without factors", "a study without quantities"} <= found
