from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize(
    ("old", "new", "marker", "found", "instead"),
    [
        ("BEAM-3,RULE 2", "BEAM-6,RULE 2", "BEAM-6,RULE 3", "'BEAM-6' stands on line 4", "own id"),
        ("BEAM-3,RULE 2", "BE AM,RULE 2", "BE AM", "the id 'BE AM'", "letters"),
        ("RULE 3", "RULE 33", "RULE 33", "'RULE 33' is not in pack rules, edition 2026-1", "'RULE 3'"),
        ("M1; M2", "M1; M9", "M9", "unknown means 'M9'", "'M"),
        (
            "lead,BEAM-1,,\nBEAM-3",
            "lead,BEAM-11,,\nBEAM-3",
            "BEAM-11",
            "unknown parent 'BEAM-11'",
            "'BEAM-1'",
        ),
        ("lead,,,\nBEAM-2", "lead,BEAM-2,,\nBEAM-2", "BEAM-1,", "BEAM-1 -> BEAM-2 -> BEAM-1", "empty"),
        ("txt,quality", "txt,qality", "qality", "role 'qality'", "'quality'"),
        ("txt,quality", "txt,", "assembly", "role ''", "write one of"),
        ("documents/assembly.txt", "", "RULE 5", "and no document", "name the document"),
        ("documents/assembly.txt", "../assembly.txt", "RULE 5", "leads out", "inside"),
        ("documents/assembly.txt", "/etc/passwd", "RULE 5", "not a path inside", "inside"),
        ("The first natural frequency is at least 150 Hz.", "", "RULE 3", "text is ''", "something"),
    ],
)
def test_requirements_csv(tiny: Any, old: str, new: str, marker: str, found: str, instead: str) -> None:
    tiny.edit("requirements.csv", old, new)
    if old.startswith("BEAM-3"):  # else its criterion would speak of an unknown requirement
        tiny.edit("criteria.toml", 'requirement = "BEAM-3"', 'requirement = "BEAM-4"')
    tiny.check("requirements.csv", marker, found, instead)


def test_a_missing_document_is_no_problem(tiny: Any) -> None:
    document = tiny.load().requirements["BEAM-9"].document
    assert document.file == "documents/endurance.pdf"
    assert document.role == "quality"


def test_requirements_toml_says_the_same(tiny: Any) -> None:
    before = tiny.load().requirements
    rows = []
    for r in before.values():
        lines = [
            f"id = {r.id!r}",
            f"sources = {list(r.sources)}",
            f'text = "{r.text}"',
            f"means = {list(r.means)}",
        ]
        lines += [f"owner = {r.owner!r}"] + ([f"parent = {r.parent!r}"] if r.parent else [])
        if r.document:
            lines += [f"document = {r.document.file!r}", f"role = {r.document.role!r}"]
        rows.append("[[requirement]]\n" + "\n".join(lines))
    (tiny.root / "requirements.csv").unlink()
    tiny.write("requirements.toml", "\n\n".join(rows))
    after = tiny.load().requirements
    assert [(r.id, r.sources, r.text, r.means, r.parent, r.document) for r in after.values()] == [
        (r.id, r.sources, r.text, r.means, r.parent, r.document) for r in before.values()
    ]
    tiny.write("requirements.toml", "stray = 1\n[other]\n" + "\n\n".join(rows))
    problems = tiny.problems()
    assert {p.line for p in problems} == {
        tiny.line("requirements.toml", "stray"),
        tiny.line("requirements.toml", "[other]"),
    }


def test_one_file_of_requirements(tiny: Any) -> None:
    tiny.write("requirements.toml", "")
    assert any("besides" in p.found for p in tiny.problems())
    (tiny.root / "requirements.toml").unlink()
    (tiny.root / "requirements.csv").unlink()
    assert any(p.found == "there are no requirements" for p in tiny.problems())


def test_formats_of_a_later_version_are_refused_by_name(tiny: Any) -> None:
    tiny.write("requirements.reqif", "<x/>")
    tiny.check("requirements.reqif", None, "reads no such file", "requirements.csv")


def test_columns_by_the_names_of_the_author(tiny: Any) -> None:
    before = tiny.load().requirements
    tiny.edit("requirements.csv", "id,sources,text", "Number,Basis,Statement")
    tiny.append("programme.toml", "\n[columns]\nid = 'Number'\nsources = 'Basis'\ntext = 'Statement'\n")
    assert tiny.load().requirements == before


def test_a_chain_of_ten_thousand_parents_is_quick(tiny: Any) -> None:
    rows = "".join(f"R-{n},X,text,M1,me,{f'R-{n - 1}' if n else ''},,\n" for n in range(10_000))
    tiny.write("requirements.csv", "id,sources,text,means,owner,parent,document,role\n" + rows)
    tiny.write("criteria.toml", "")
    (tiny.root / "data" / "cases.csv").unlink()
    assert len(tiny.load().requirements) == 10_000
