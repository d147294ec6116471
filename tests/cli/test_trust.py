from __future__ import annotations

import json


def test_no_terminal_no_question(unrun):
    """Never a prompt that nobody can answer: status 2 and the command to give."""
    ended = unrun("trust", ASSAY_CONFIG_HOME=str(unrun.folder.parent / "fresh"))
    assert ended.code == 2
    assert "`assay trust DIR --yes`" in ended.err
    assert "studies/beam.py" in ended.out
    assert not (unrun.folder.parent / "fresh").exists()


def test_trust_is_of_these_bytes_in_this_folder(unrun, tmp_path):
    home = tmp_path / "settings"
    ended = unrun("trust", "--yes", ASSAY_CONFIG_HOME=str(home))
    assert ended.code == 0
    assert ended.out.endswith("trusted\n")
    assert max(map(len, ended.out.splitlines())) <= 80
    assert list(json.loads((home / "trusted.json").read_text())) == [str(unrun.folder)]
    assert "already trusted" in unrun("trust", ASSAY_CONFIG_HOME=str(home)).out
    with (unrun.folder / "studies" / "beam.py").open("a") as file:
        file.write("# changed\n")
    assert unrun("trust", ASSAY_CONFIG_HOME=str(home)).code == 2


def test_trust_is_kept_outside_the_programme(unrun, tmp_path):
    """A programme cannot bring its own trust."""
    before = sorted(unrun.folder.rglob("*"))
    unrun("trust", "--yes", ASSAY_CONFIG_HOME=str(tmp_path / "settings"))
    assert sorted(unrun.folder.rglob("*")) == before
