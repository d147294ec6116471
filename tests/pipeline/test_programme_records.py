from __future__ import annotations

from assay.compliance import approvals_in_force
from assay.pipeline.programme_records import (
    approval_records,
    approval_roles,
    basis_records,
    document_states,
    programme_records,
)
from assay.programme import load


def ids(looking, programme):
    return {name: record.id for name, record in programme_records(looking, programme).items()}


def test_every_part_of_the_programme_is_a_record(looking, programme):
    records = programme_records(looking, programme)
    kinds = {name.split(":")[0] for name in records}
    assert kinds == {"requirement", "criterion", "configuration", "study", "dataset", "document"}
    assert {f"requirement:{name}" for name in programme.requirements} <= set(records)
    assert all(record.inputs == {} for record in records.values())


def test_a_record_follows_what_it_is_of(looking, programme, unrun):
    before = ids(looking, programme)
    unrun.edit("criteria.toml", '"150 Hz"', '"140 Hz"')
    after = ids(looking, load(unrun.folder))
    assert {name for name in before if before[name] != after[name]} == {"criterion:BEAM-6.a"}


def test_a_comment_changes_nothing(looking, programme, unrun):
    path = unrun.folder / "criteria.toml"
    path.write_text("# words\n\n" + path.read_text())
    assert ids(looking, load(unrun.folder)) == ids(looking, programme)


def test_basis_values(looking, programme, walked):
    own = programme_records(looking, programme)
    (record,) = basis_records(looking, programme, own).values()
    assert record.subject == "cast.strength:0.9/0.95"
    assert record.inputs == {"dataset": own["dataset:cast"].id}
    assert record.payload["n"] == 60


def test_approvals(looking, programme):
    records = approval_records(looking, approvals_in_force(looking.ledger, programme))
    assert sorted(record.subject for record in records) == [
        "allowance:model-form:beam",
        "allowance:model-form:support",
        "document:document:BEAM-8",
    ]
    roles = approval_roles(programme, records)
    assert roles["allowance:beam"] == roles["approval:allowance:model-form:beam"]


def test_documents(looking, programme):
    approvals = approvals_in_force(looking.ledger, programme)
    states = document_states(programme, programme_records(looking, programme), approvals)
    assert set(states) == {"BEAM-8", "BEAM-9"}
    assert states["BEAM-8"].approved
    assert states["BEAM-8"].digest.startswith("sha256:")
    assert (states["BEAM-9"].digest, states["BEAM-9"].approved) == (None, False)
