from __future__ import annotations

import ast
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

import assay
from assay.compliance import Approvable, approvals_in_force
from assay.errors import InputError
from assay.evidence import read_ledger
from assay.programme import load
from assay.review import approve

TINY = Path(__file__).resolve().parents[1] / "programmes" / "tiny"
ADA = {"person": "Ada Example", "role": "analyst lead"}


@pytest.fixture
def programme(tmp_path):
    ignored = shutil.ignore_patterns("__pycache__", ".assay")
    return load(Path(shutil.copytree(TINY, tmp_path / "tiny", ignore=ignored)))


def files(programme):
    return sorted(path.name for path in (programme.folder / "ledger").rglob("*.json"))


def test_a_person_approves(programme):
    given = approve(programme, "model-form:beam", statement="checked against the test", **ADA)
    assert (given.author, given.statement) == ("Arthur Example", "checked against the test")
    assert approvals_in_force(read_ledger(programme.folder), programme) == (given,)
    assert len(files(programme)) == 1
    assert approve(programme, "model-form:beam", statement="checked against the test", **ADA) == given
    assert len(files(programme)) == 1, "the same approval is one file"


def test_without_a_statement_the_thing_itself_is_agreed_to(programme):
    given = approve(programme, "document:BEAM-8", person="Quinn Example", role="quality", statement="")
    assert given.statement == "documents/assembly.txt shows BEAM-8"


def test_a_dry_run_writes_nothing(programme):
    approve(programme, "model-form:beam", statement="", dry_run=True, **ADA)
    assert files(programme) == []


@pytest.mark.parametrize(
    ("subject", "person", "role", "said"),
    [
        (
            "model-form:frame",
            "Ada Example",
            "analyst lead",
            "nothing to approve is called 'model-form:frame'",
        ),
        ("document:BEAM-9", "Quinn Example", "quality", "model-form:beam"),
        ("model-form:beam", "Quinn Example", "quality", "is for the role 'analyst lead'"),
        ("model-form:beam", "Quinn Example", "analyst lead", "not to 'Quinn Example'"),
        ("model-form:beam", "assay", "analyst lead", "not to 'assay'"),
        ("document:BEAM-8", "Quinn Example", "no role", "is for the role 'quality'"),
        ("basis:cast.strength:0.9/0.95@thin", "Arthur Example", "author", "somebody else"),
        ("basis:cast.strength:0.9/0.95@thin", "Ada Example", "no role", "to nobody"),
    ],
)
def test_refusals_write_nothing(programme, subject, person, role, said):
    with pytest.raises(InputError) as caught:
        approve(programme, subject, person=person, role=role, statement="")
    assert said in caught.value.message
    assert files(programme) == []


def test_the_author_may_not_approve_in_another_role(programme):
    both = replace(programme, roles={**programme.roles, "analyst lead": "Arthur Example"})
    with pytest.raises(InputError, match="somebody else"):
        approve(both, "model-form:beam", person="Arthur Example", role="analyst lead", statement="")


def test_software_holds_no_role(programme):
    machine = replace(programme, roles={**programme.roles, "analyst lead": "Assay"})
    with pytest.raises(InputError, match="to nobody"):
        approve(machine, "model-form:beam", person="Assay", role="analyst lead", statement="")


def test_what_cannot_be_written_is_said(programme):
    with pytest.raises(InputError, match="cannot approve"):
        approve(programme, "model-form:beam", statement="   ", **ADA)


def test_what_was_made_from_the_evidence_is_approved_by_the_same_door(programme):
    made = Approvable(
        "model-acceptance", "model:R@n", "sha256:" + "1" * 64, "analyst lead", "Arthur Example", "?"
    )
    given = approve(programme, "model:R@n", statement="", made=(made,), **ADA)
    assert (given.of, given.kind, given.statement) == (made.of, "model-acceptance", "?")
    both = replace(programme, roles={**programme.roles, "analyst lead": "Arthur Example"})
    with pytest.raises(InputError, match="somebody else has to approve"):
        approve(both, "model:R@n", person="Arthur Example", role="analyst lead", statement="", made=(made,))
    with pytest.raises(InputError, match="is there once `assay run` has asked it"):
        approve(programme, "model:R@n", statement="", **ADA)


def test_there_is_one_door():
    """Only `review` writes approvals, and only a command of a person opens it."""
    root = Path(assay.__file__).parent
    writers, callers = set(), set()
    for path in root.rglob("*.py"):
        text, where = path.read_text("utf-8"), path.relative_to(root)
        if "write_approval" not in text and "assay.review" not in text:
            continue
        nodes = list(ast.walk(ast.parse(text)))
        if "write_approval" in {n.id for n in nodes if isinstance(n, ast.Name)}:
            writers.add(where.parts[0])
        modules = {n.module for n in nodes if isinstance(n, ast.ImportFrom)}
        if "assay.review" in modules:
            callers.add(where.parts[0])
    assert writers == {"review"}
    assert callers <= {"cli"}
