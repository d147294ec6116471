from __future__ import annotations

import pytest


def test_list(tiny_done):
    ended = tiny_done.within("evidence", "ls")
    lines = ended.out.splitlines()
    assert len(lines) == len(tiny_done.records())
    assert max(map(len, lines)) <= 80
    document = tiny_done.within("evidence", "ls", "--kind", "showing", "--json").json
    assert document["schema"] == "assay.evidence/1"
    assert {record["kind"] for record in document["records"]} == {"showing"}
    assert {record["id"] for record in document["records"]} == set(tiny_done.records("showing"))


def test_show(tiny_done):
    record = tiny_done.showing("BEAM-4.a")
    for name in (record.id, record.id[7:19], record.id[:20]):
        assert tiny_done.within("evidence", "show", name).json == record.document()


def test_why_leads_to_the_files_and_the_runs(tiny_done):
    record = tiny_done.showing("BEAM-4.a")
    ended = tiny_done.within("evidence", "why", record.id, "--depth", "6")
    assert ended.code == 0
    for word in (
        "showing BEAM-4.a@nominal",
        "runs: runs beam@nominal/block-0",
        "design: design",
        "criterion:",
        "freeze:",
    ):
        assert word in ended.out, word
    tree = tiny_done.within("evidence", "why", record.id, "--json", "--depth", "6").json
    assert tree["id"] == record.id
    assert tree["inputs"].keys() == record.inputs.keys()
    shallow = tiny_done.within("evidence", "why", record.id, "--depth", "0").out
    assert len(shallow.splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "said"),
    [("7e", "at least 4"), ("zzzz", "at least 4"), ("0" * 64, "no record starts with")],
)
@pytest.mark.parametrize("word", ["show", "why"])
def test_no_such_record(tiny_done, word, name, said):
    ended = tiny_done.within("evidence", word, name)
    assert ended.code == 2
    assert said in ended.err


def test_before_anything_ran(tiny_unrun):
    ended = tiny_unrun.within("evidence", "ls")
    assert (ended.code, ended.out) == (0, "")
