from __future__ import annotations

from dataclasses import replace

import pytest

from assay.compliance import (
    allowance_recipe,
    approvables,
    approval_of_document,
    approvals_in_force,
    approved_allowances,
    approved_deviations,
    deviates,
    holders,
    in_force,
    model_acceptance,
    refusal,
)
from assay.evidence import Approval, read_ledger
from assay.programme import document_digest, load
from assay.showing import make_claim

DEVIATION = "basis:cast.strength:0.9/0.95@nominal"


def item_of(programme, subject):
    return next(item for item in approvables(programme) if item.subject == subject)


def approval(programme, thing, person="Ada Example", role="analyst lead", **changes):
    item = item_of(programme, thing)
    usual = {
        "kind": item.kind,
        "subject": item.subject,
        "of": item.of,
        "role": role,
        "person": person,
        "author": item.author,
        "statement": item.text,
    }
    return Approval(**{**usual, **changes})


def test_what_a_programme_waits_for(tiny):
    found = {item.subject: item for item in approvables(tiny)}
    assert list(found) == [
        "model-form:beam",
        "model-form:support",
        DEVIATION,
        "basis:cast.strength:0.9/0.95@thin",
        "document:BEAM-8",
    ]
    assert found["model-form:beam"].role == "analyst lead"
    assert found["model-form:beam"].author == "Arthur Example"
    assert "1.05" in found["model-form:beam"].text
    assert found[DEVIATION].role is None
    assert found["document:BEAM-8"].of == document_digest(tiny.folder, "documents/assembly.txt")


def test_who_owns_a_document_may_not_approve_it(tiny):
    """An owner that is a person is its author; one that is a role is not a person at all."""
    assert item_of(tiny, "document:BEAM-8").author == "Arthur Example"
    owned = replace(tiny.requirements["BEAM-8"], owner="Quinn Example")
    programme = replace(tiny, requirements={**tiny.requirements, "BEAM-8": owned})
    item = item_of(programme, "document:BEAM-8")
    assert item.author == "Quinn Example"
    assert "somebody else" in refusal(programme, item, "Quinn Example", "quality")
    assert refusal(programme, item, "Quentin Example", "quality") is None


def test_holders_are_people(tiny):
    assert holders(tiny, "quality") == ("Quentin Example", "Quinn Example")
    assert holders(tiny, "no such role") == ()
    programme = replace(tiny, roles={**tiny.roles, "quality": "Assay, Quinn Example"})
    assert holders(programme, "quality") == ("Quinn Example",), "software approves nothing"


@pytest.mark.parametrize(
    ("person", "role", "said"),
    [
        ("Ada Example", "quality", "is for the role 'analyst lead'"),
        ("Quinn Example", "analyst lead", "gives 'analyst lead' to Ada Example"),
        ("ada example", "analyst lead", "not to 'ada example'"),
    ],
)
def test_who_may_not_approve(tiny, person, role, said):
    assert said in refusal(tiny, item_of(tiny, "model-form:beam"), person, role)


def test_one_of_several_authors_may_not_approve(tiny):
    programme = replace(tiny, roles={**tiny.roles, "author": "Arthur Example, ADA  example"})
    assert "somebody else" in refusal(
        programme, item_of(programme, "model-form:beam"), "Ada Example", "analyst lead"
    )


def test_an_approval_is_in_force(copy, ledger_of):
    programme = load(copy)
    given = approval(programme, "model-form:beam")
    ledger = ledger_of(programme, given)
    assert in_force(programme, item_of(programme, "model-form:beam"), ledger) == given
    assert approvals_in_force(ledger, programme) == (given,)
    allowances = approved_allowances(programme, approvals_in_force(ledger, programme))
    assert allowances["beam"].startswith("sha256:")
    assert allowances["support"] is None


@pytest.mark.parametrize(
    "changes",
    [
        {"role": "quality", "person": "Quinn Example"},
        {"person": "Somebody Else"},
        {"kind": "deviation"},
        {"subject": "model-form:support"},
        {"of": "sha256:" + "0" * 64},
    ],
)
def test_an_approval_of_something_else_does_not_count(copy, ledger_of, changes):
    programme = load(copy)
    ledger = ledger_of(programme, approval(programme, "model-form:beam", **changes))
    assert approvals_in_force(ledger, programme) == ()


def test_a_file_that_names_another_author_does_not_help(copy, ledger_of):
    """The ledger's own check compares what the file says; who the author is, the programme says."""
    programme = load(copy)
    programme = replace(programme, roles={**programme.roles, "analyst lead": "Arthur Example, Ada Example"})
    forged = approval(programme, "model-form:beam", person="Arthur Example", author="Somebody Else")
    assert approvals_in_force(ledger_of(programme, forged), programme) == ()


def test_a_person_who_lost_the_role_no_longer_counts(copy, ledger_of):
    programme = load(copy)
    ledger = ledger_of(programme, approval(programme, "model-form:beam"))
    gone = replace(programme, roles={**programme.roles, "analyst lead": "Somebody Else"})
    assert approvals_in_force(ledger, gone) == ()


@pytest.mark.parametrize(
    ("old", "new"), [("factor = 1.05", "factor = 1.02"), ("slender beam", "a slender beam")]
)
def test_a_changed_allowance_needs_a_new_approval(copy, ledger_of, old, new):
    programme = load(copy)
    ledger = ledger_of(programme, approval(programme, "model-form:beam"))
    path = copy / "studies" / "beam.toml"
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    changed = load(copy)
    assert allowance_recipe(changed.studies["beam"]) != allowance_recipe(programme.studies["beam"])
    assert approved_allowances(changed, approvals_in_force(ledger, changed))["beam"] is None
    anew = ledger_of(changed, approval(changed, "model-form:beam"))
    assert approved_allowances(changed, approvals_in_force(anew, changed))["beam"]


def test_a_changed_document_needs_a_new_approval(copy, ledger_of):
    programme = load(copy)
    requirement = programme.requirements["BEAM-8"]
    given = approval(programme, "document:BEAM-8", person="Quinn Example", role="quality")
    ledger = ledger_of(programme, given)
    present = document_digest(copy, "documents/assembly.txt")
    before = approvals_in_force(ledger, programme)
    assert approval_of_document(before, requirement, present) == given
    assert approval_of_document(before, requirement, "sha256:" + "0" * 64) is None
    (copy / "documents" / "assembly.txt").write_text("another procedure", "utf-8")
    now = document_digest(copy, "documents/assembly.txt")
    assert approvals_in_force(ledger, programme) == ()
    assert approval_of_document(before, requirement, now) is None


def test_a_document_that_is_missing_cannot_be_approved(tiny):
    assert "document:BEAM-9" not in [item.subject for item in approvables(tiny)]
    approvals = approvals_in_force(read_ledger(tiny.folder), tiny)
    for name in ("BEAM-9", "BEAM-2"):
        assert approval_of_document(approvals, tiny.requirements[name], "sha256:" + "0" * 64) is None


def test_a_deviation_is_for_one_configuration(copy, ledger_of):
    programme = load(copy)
    given = approval(
        programme, DEVIATION, person="Quentin Example", role="quality", statement="static margin"
    )
    ledger = ledger_of(programme, given)
    approvals = approvals_in_force(ledger, programme)
    approved = deviates(approvals)
    assert approved(DEVIATION, given.of)
    assert not approved(DEVIATION, "sha256:" + "0" * 64)
    assert not approved("basis:cast.strength:0.9/0.95@thin", given.of)
    said = {"cast.strength:0.9/0.95": "deviation approved by Quentin Example (quality): static margin"}
    assert approved_deviations(approvals, "nominal") == said
    assert approved_deviations(approvals, "thin") == {}


def test_new_data_need_a_new_deviation(copy, ledger_of):
    programme = load(copy)
    ledger = ledger_of(programme, approval(programme, DEVIATION))
    path = copy / "data" / "cast.csv"
    path.write_text(path.read_text("utf-8").replace("29314", "29315", 1), "utf-8")
    changed = load(copy)
    assert not deviates(approvals_in_force(ledger, changed))(DEVIATION, item_of(changed, DEVIATION).of)


def accepting(tiny, statement="sha256:" + "1" * 64):
    """What a person accepts of a model, where the programme names the analyst lead for it."""
    programme = replace(tiny, accepts={"model": "analyst lead"})
    claim = make_claim(programme, programme.criteria["BEAM-6.a"], programme.configurations["nominal"])
    return programme, model_acceptance(programme, claim, statement)


def test_what_a_model_states_is_accepted_by_the_role_that_the_programme_names(tiny):
    programme, item = accepting(tiny)
    assert (item.kind, item.subject) == ("model-acceptance", "model:BEAM-6.a@nominal")
    assert (item.of, item.role, item.author) == ("sha256:" + "1" * 64, "analyst lead", "Arthur Example")
    assert "no solver run decides it" in item.text
    assert refusal(programme, item, "Ada Example", "analyst lead") is None
    assert "is for the role 'analyst lead'" in refusal(programme, item, "Quinn Example", "quality")
    assert item not in approvables(programme), "it is made from the evidence"


def test_without_a_named_role_nobody_may_accept_it(tiny):
    claim = make_claim(tiny, tiny.criteria["BEAM-6.a"], tiny.configurations["nominal"])
    item = model_acceptance(tiny, claim, "sha256:" + "1" * 64)
    for role in tiny.roles:
        assert refusal(tiny, item, "Ada Example", role) is not None
    assert refusal(tiny, item, "Ada Example", "") is not None


def test_an_acceptance_is_of_one_statement(tiny):
    from assay.evidence import ApprovalEntry, Ledger

    programme, item = accepting(tiny)
    said = {"kind": item.kind, "subject": item.subject, "of": item.of, "author": item.author}
    given = Approval(**said, role="analyst lead", person="Ada Example", statement="seen")
    ledger = Ledger(approvals=(ApprovalEntry("a.json", "sha256:" + "0" * 64, given),))
    assert in_force(programme, item, ledger) == given
    assert in_force(programme, accepting(tiny, "sha256:" + "2" * 64)[1], ledger) is None
    assert in_force(programme, replace(item, subject="model:BEAM-2.a@nominal"), ledger) is None
    assert in_force(programme, replace(item, role="quality"), ledger) is None
