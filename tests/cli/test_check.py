from __future__ import annotations


def test_a_good_programme(tiny_done):
    ended = tiny_done.within("check")
    assert ended.code == 0
    assert "10 requirements, 7 criteria, 2 studies, 2 configurations; no problems" in " ".join(
        ended.out.split()
    )
    assert "taken as independent" in " ".join(ended.out.split())
    assert max(map(len, ended.out.splitlines())) <= 80
    document = tiny_done.within("check", "--json").json
    assert document["schema"] == "assay.check/1"
    assert document["ok"] is True
    assert document["notices"]


def test_problems_have_file_and_line(unrun):
    unrun.edit("criteria.toml", '"8 mm"', '"8 kg"')
    ended = unrun("check")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.count("criteria.toml:14: ") == 1
    document = unrun("check", "--json")
    assert document.code == 2
    assert document.json["ok"] is False
    assert document.json["problems"] == [
        {
            "file": "criteria.toml",
            "line": 14,
            "found": "8 [kg] is in kg, the quantity in mm",
            "instead": "write a limit that can be converted to mm",
        }
    ]


def test_nothing_is_written(unrun):
    before = sorted(unrun.folder.rglob("*"))
    unrun.within("check")
    assert sorted(unrun.folder.rglob("*")) == before
