from __future__ import annotations

import json

import pytest

LEAD = ("--as", "Ada Example", "--role", "analyst lead")
QUALITY = ("--as", "Quinn Example", "--role", "quality")


def approvals(assay):
    return [json.loads(data) for data in assay.ledger("approvals").values()]


@pytest.fixture
def open_rows(unrun):
    for path in (unrun.folder / "ledger" / "approvals").iterdir():
        path.unlink()
    return unrun


def test_what_there_is_to_approve(tiny_unrun):
    ended = tiny_unrun.within("approve")
    assert ended.code == 0
    assert "model-form:beam  [analyst lead]  approved by Ada Example" in ended.out
    assert "basis:cast.strength:0.9/0.95@nominal  [any role]  open" in ended.out
    assert max(map(len, ended.out.splitlines())) <= 80


def test_an_approval_is_a_file(open_rows):
    ended = open_rows("approve", "document:BEAM-8", *QUALITY, "--statement", "read and found good")
    assert ended.code == 0, ended.err
    (approval,) = approvals(open_rows)
    assert approval["subject"] == "document:BEAM-8"
    assert (approval["person"], approval["role"]) == ("Quinn Example", "quality")
    assert approval["statement"] == "read and found good"
    assert not {"time", "date"} & approval.keys()
    assert open_rows("approve", "document:BEAM-8", *QUALITY, "--statement", "read and found good").code == 0
    assert len(approvals(open_rows)) == 1


def test_several_at_once(open_rows):
    assert open_rows.within("approve", "model-form:beam", "model-form:support", *LEAD).code == 0
    assert len(approvals(open_rows)) == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("model-form:bean", *LEAD), "nothing to approve is called 'model-form:bean'"),
        (("model-form:beam", *QUALITY), "is for the role 'analyst lead', not 'quality'"),
        (("model-form:beam", "--as", "Quinn Example", "--role", "analyst lead"), "not to 'Quinn Example'"),
        (("model-form:beam", "--as", "Ada Example"), "add --as PERSON --role ROLE"),
        (("model-form:beam", "--role", "analyst lead"), "add --as PERSON --role ROLE"),
        (("document:BEAM-9", *QUALITY), "nothing to approve is called 'document:BEAM-9'"),  # not on file
        (("document:BEAM-8", "--as", "Arthur Example", "--role", "author"), "is for the role 'quality'"),
    ],
)
def test_refused(open_rows, words, said):
    ended = open_rows("approve", *words)
    assert ended.code == 2
    assert said in ended.err
    assert approvals(open_rows) == []


def test_nobody_approves_what_is_their_own(open_rows):
    """The author of the allowance holds the role too, and is refused all the same."""
    open_rows.edit(
        "programme.toml",
        '"analyst lead" = "Ada Example"',
        '"analyst lead" = ["Ada Example", "Arthur Example"]',
    )
    ended = open_rows("approve", "model-form:beam", "--as", "arthur  EXAMPLE", "--role", "analyst lead")
    assert ended.code == 2
    ended = open_rows("approve", "model-form:beam", "--as", "Arthur Example", "--role", "analyst lead")
    assert ended.code == 2
    assert "somebody else has to approve" in ended.err
    assert approvals(open_rows) == []


def test_dry_run(open_rows):
    ended = open_rows("approve", "model-form:beam", *LEAD, "--dry-run")
    assert ended.code == 0
    assert ended.out == "would record: Ada Example (analyst lead) approves model-form:beam\n"
    assert approvals(open_rows) == []


def test_a_changed_allowance_needs_a_new_approval(unrun):
    assert "model-form:beam  [analyst lead]  approved" in unrun.within("approve").out
    unrun.edit("studies/beam.toml", "factor = 1.05", "factor = 1.02")
    assert "model-form:beam  [analyst lead]  open" in unrun.within("approve").out
    assert "model-form:support  [analyst lead]  approved" in unrun.within("approve").out


def test_who_lost_the_role_no_longer_counts(unrun):
    unrun.edit("programme.toml", '"analyst lead" = "Ada Example"', '"analyst lead" = "Eve Example"')
    assert "model-form:beam  [analyst lead]  open" in unrun.within("approve").out
