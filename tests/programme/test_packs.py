from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import assay
from assay.programme import Pack, built_in_packs
from assay.programme._documents import parsed
from assay.programme._packs import read_pack
from assay.programme._problems import Problems

RULES = "packs/rules.toml"


def built_in(name: str) -> Pack:
    problems = Problems()
    text = (Path(assay.__file__).parent / "packs" / f"{name}.toml").read_text("utf-8")
    document = parsed(text, name, problems)
    pack = None if document is None else read_pack(document, "sha256:0")
    assert not problems.found
    assert pack is not None
    return pack


@pytest.mark.parametrize("name", built_in_packs())
def test_built_in_packs_are_sound(name: str) -> None:
    pack = built_in(name)
    assert pack.name == name
    assert pack.edition
    assert all(clause.paraphrase and clause.source for clause in pack.clauses.values())
    assert all(code.startswith(pack.clause_prefix) for code in pack.clauses)


def test_cs25() -> None:
    pack = built_in("cs25")
    assert list(pack.means) == [f"MC{n}" for n in range(10)]
    assert pack.factors["CS 25.303"].value == 1.5
    assert pack.factors["CS 25.625"].value == 1.15
    assert pack.factors["CS 25.621"].value == 1.25
    assert not pack.factors["CS 25.621"].source_checked
    assert pack.levels == {"limit": ("CS 25.303",), "ultimate": (), "limit-deformation": ()}
    assert (pack.basis["A"].coverage, pack.basis["A"].minimum_specimens, pack.basis["A"].minimum_batches) == (
        0.99,
        75,
        10,
    )
    assert pack.clauses["CS 25.613(b)"].source_checked
    assert not pack.clauses["CS 25.571"].source_checked
    for number in [
        "301",
        "303",
        "305",
        "307",
        "561",
        "571",
        "601",
        "603",
        "605",
        "607",
        "609",
        "613",
        "619",
        "621",
        "623",
        "625",
        "787",
        "789",
        "1529",
    ]:
        assert f"CS 25.{number}" in pack.clauses
    assert not re.search(r"25\.629", " ".join(pack.clauses))


def test_a_pack_of_the_programmes_own(tiny: Any) -> None:
    pack = tiny.load().packs["rules"]
    assert pack.means["M1"] == "analysis"
    assert pack.clauses["RULE 6"].source == "Made-up rules for tests"
    assert pack.levels == {"service": ("RULE 7",), "extreme": ()}
    assert pack.objectives[0].evidence == {"kind": "solution-verification", "where": {}, "count": 1}


def test_a_built_in_pack_beside_it(tiny: Any) -> None:
    edition = built_in("cs25").edition
    tiny.edit("programme.toml", "[packs]", f'[packs]\ncs25 = "{edition}"')
    tiny.edit("packs/rules.toml", "[levels]", "[levels]")
    tiny.edit("requirements.csv", "RULE 3", "CS 25.305(a)").edit("requirements.csv", "M2", "MC2")
    programme = tiny.load()
    assert set(programme.packs) == {"cs25", "rules"}
    assert any("pack cs25" in notice for notice in programme.notices)


def test_editions_have_to_agree(tiny: Any) -> None:
    tiny.edit("programme.toml", '"2026-1"', '"2025-4"')
    tiny.check("programme.toml", "rules =", "pack rules in edition '2025-4'", "'2026-1'")


@pytest.mark.parametrize(
    ("old", "new", "found", "instead"),
    [
        ('rules = "2026-1"', 'rule = "2026-1"', "unknown pack 'rule'", "'rules'"),
        ('rules = "2026-1"', '"../x" = "1"', "a pack called '../x'", "lower-case"),
        ('rules = "2026-1"', "rules = 3", "edition 3", "'2026-1'"),
    ],
)
def test_packs_that_are_asked_for(tiny: Any, old: str, new: str, found: str, instead: str) -> None:
    tiny.edit("programme.toml", old, new)
    problem = next(p for p in tiny.problems() if p.file == "programme.toml")
    assert problem.line == tiny.line("programme.toml", new)
    assert found in problem.found
    assert instead in problem.instead


@pytest.mark.parametrize(
    ("old", "new", "marker", "found", "instead"),
    [
        (
            'service = ["RULE 7"]',
            'service = ["RULE 77"]',
            "service =",
            "unknown factor 'RULE 77'",
            "'RULE 7'",
        ),
        ('code = "RULE 5"', 'code = "RULE 6"', "[[clause]]", "'RULE 6' stands 2 times", "keep one"),
        ("value = 1.15", "value = -1.15", "value = -1.15", "value is -1.15", "above 0"),
        ("coverage = 0.90", "coverage = 90", "coverage = 90", "coverage is 90", "below 1"),
        ('cast_strength = "basis', 'max = "basis', 'max = "', "an alias called 'max'", "a name"),
        ("'strength', 0.90, 0.95)", "'strength', 0.90", "cast_strength", "no place", "','"),
        ("[aliases]", "[alias]", "[alias]", "unknown table 'alias'", "'aliases'"),
        ('name = "rules"', 'name = "other"', "", "calls itself 'other'", "same name"),
        ('paraphrase = "Parts do not resonate."\n', "", "", "no paraphrase", "add paraphrase"),
    ],
)
def test_bad_packs(tiny: Any, old: str, new: str, marker: str, found: str, instead: str) -> None:
    tiny.edit(RULES, old, new)
    problem = next(p for p in reversed(tiny.problems()) if found in p.found)
    if marker:
        assert (problem.file, problem.line) == (RULES, tiny.line(RULES, marker))
    assert instead in problem.instead


def test_a_built_in_pack_cannot_be_replaced(tiny: Any) -> None:
    tiny.write("packs/cs25.toml", "")
    tiny.edit("programme.toml", "[packs]", f'[packs]\ncs25 = "{built_in("cs25").edition}"')
    tiny.check("packs/cs25.toml", None, "name of the built-in pack cs25", "rename")


def test_packs_that_contradict_each_other(tiny: Any) -> None:
    text = (tiny.root / RULES).read_text("utf-8").replace('name = "rules"', 'name = "more"')
    tiny.write("packs/more.toml", text.replace("value = 1.15", "value = 1.33"))
    tiny.edit("programme.toml", "[packs]", '[packs]\nmore = "2026-1"')
    problem = tiny.only()
    assert (problem.file, problem.line) == ("programme.toml", tiny.line("programme.toml", "rules ="))
    assert "'RULE 8' different meanings" in problem.found
