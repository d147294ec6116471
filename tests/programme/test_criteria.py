from __future__ import annotations

from typing import Any

import pytest

from assay.programme import expression_text

FILE = "criteria.toml"


def test_criteria(tiny: Any) -> None:
    criteria = tiny.load().criteria
    assert [c.sense for c in criteria.values()].count("at_most") == 5
    first = criteria["BEAM-2.a"]
    assert expression_text(first.limits[0]) == (
        'basis("cast", "strength", 0.9, 0.95) / max(factor("RULE 8"), factor("RULE 9"))'
    )
    assert first.limit_texts == ("cast_strength / max(factor('RULE 8'), factor('RULE 9'))",)
    assert first.source.line == 1
    assert criteria["BEAM-10.a"].sense == "between"
    assert criteria["BEAM-7.a"].rungs == ("structure+fixed", "fixed")


@pytest.mark.parametrize(
    ("old", "new", "marker", "found", "instead"),
    [
        ('id = "BEAM-3.a"', 'id = "BEAM-2.a"', 10, "the id 'BEAM-2.a' stands on line 1 too", "own id"),
        ('id = "BEAM-3.a"', 'id = "BEAM 3.a"', 10, "the id 'BEAM 3.a'", "letters"),
        (
            'requirement = "BEAM-3"',
            'requirement = "BEAM-33"',
            "BEAM-33",
            "unknown requirement 'BEAM-33'",
            "'BEAM-3'",
        ),
        ('requirement = "BEAM-3"', 'requirement = "BEAM-8"', '"BEAM-8"', "shown by the document", "remove"),
        ('study = "beam"', 'study = "beem"', "beem", "unknown study 'beem'", "'beam'"),
        ('"deflection"', '"deflexion"', "deflexion", "unknown quantity 'deflexion' of beam", "'deflection'"),
        ('at_most = "8 mm"', "at_most = 8", "at_most = 8", "at_most is 8", "in quotes"),
        (
            'at_most = "8 mm"',
            'at_most = "8 MPa"',
            "8 MPa",
            "is in MPa, the quantity in mm",
            "converted to mm",
        ),
        ('at_most = "8 mm"', 'at_most = "8 milimeter"', "milimeter", "unknown unit", "a unit"),
        ('at_most = "8 mm"', 'at_most = "8 mm / 1.15"', "1.15", "the bare number 1.15", 'factor("RULE 8")'),
        (
            'at_most = "8 mm"',
            "at_most = \"8 mm / factor('RULE 88')\"",
            "RULE 88",
            "unknown factor 'RULE 88'",
            "'RULE 8'",
        ),
        ('at_most = "8 mm"', 'at_most = "8 mm + lenght"', "lenght", "unknown name 'lenght'", "write one of"),
        ('at_most = "8 mm"', 'at_most = "thicknes"', "thicknes", "unknown name 'thicknes'", "'thickness'"),
        ('at_most = "8 mm"', 'at_most = "8 mm +"', "8 mm +", "the end has no place", "grammar"),
        ('at_most = "8 mm"', 'at_mots = "8 mm"', "at_mots", "unknown key 'at_mots'", "'at_most'"),
        ('at_most = "8 mm"\n', "", 9, "BEAM-3.a has no limit", "at_most, at_least, between"),
        ('at_most = "8 mm"', 'at_most = "8 mm"\nat_least = "1 mm"', 9, "at_most and at_least", "one of"),
        (
            "cast_strength /",
            "basis('cats', 'strength', 0.9, 0.95) /",
            "cats",
            "unknown data set 'cats'",
            "'cast'",
        ),
        (
            "cast_strength /",
            "basis('cast', 'strenght', 0.9, 0.95) /",
            "strenght",
            "unknown column 'strenght'",
            "'strength'",
        ),
        (
            "cast_strength /",
            "factor('RULE 8') * cast_strength /",
            "cast_strength",
            "'RULE 8' is applied twice",
            "once",
        ),
        ('["1 mm", "7 mm"]', '["7 mm", "1 mm"]', '"7 mm"', "are reversed", "lower limit first"),
        ('["1 mm", "7 mm"]', '["7 mm"]', '"7 mm"', "between is", "at least 2"),
        ('["1 mm", "7 mm"]', '["1 mm", "7 mN"]', '"7 mN"', "is in mN", "converted to mm"),
        ('rungs = ["fixed"]', 'rungs = ["model"]', "model", "nobody is named who accepts", "[accept] model"),
        ('rungs = ["fixed"]', 'rungs = ["fixxed"]', "fixxed", "unknown plan 'fixxed'", "'fixed'"),
        (
            'rungs = ["fixed"]',
            'configurations = ["thick"]',
            "thick",
            "unknown configuration 'thick'",
            "'thin'",
        ),
        ('rungs = ["fixed"]', "allow = -1", "allow", "allow is -1", "at least 0"),
    ],
)
def test_bad_criteria(tiny: Any, old: str, new: str, marker: str | int, found: str, instead: str) -> None:
    tiny.edit(FILE, old, new)
    problem = next((p for p in tiny.problems() if found in p.found), None)
    assert problem is not None, tiny.problems()
    line = marker if isinstance(marker, int) else tiny.line(FILE, marker)
    assert (problem.file, problem.line) == (FILE, line), str(problem)
    assert instead in problem.instead, str(problem)
    if "at_mots" not in new:
        tiny.only()


def test_limits_may_name_quantities_and_factors(tiny: Any) -> None:
    tiny.edit(FILE, 'at_most = "8 mm"', 'at_most = "thickness - 1 [mm]"')
    assert expression_text(tiny.load().criteria["BEAM-3.a"].limits[0]) == "thickness - 1 [mm]"


def test_no_criteria_at_all(tiny: Any) -> None:
    (tiny.root / FILE).unlink()
    (tiny.root / "data/cases.csv").unlink()
    assert tiny.load().criteria == {}
    tiny.write(FILE, "[criteria]\n")
    tiny.check(FILE, 1, "unknown table 'criteria'", "[[criterion]]")
