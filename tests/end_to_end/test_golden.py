"""A stage whose output changes has to raise its REVISION, or old records would pass for new ones."""

from __future__ import annotations

import copy
import importlib.util
import json
import sys
from pathlib import Path

import pytest

TOOL = Path(__file__).resolve().parents[2] / "tools" / "golden_records.py"


@pytest.fixture(scope="module")
def tool():
    spec = importlib.util.spec_from_file_location("golden_records", TOOL)
    module = importlib.util.module_from_spec(spec)
    sys.modules["golden_records"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def computed(tool, tmp_path_factory):
    """`tiny` without models, computed."""
    folder = tmp_path_factory.mktemp("golden") / "tiny"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ASSAY_CONFIG_HOME", str(tmp_path_factory.mktemp("settings")))
        tool.without_models(folder)
    return folder


@pytest.fixture(scope="module")
def now(tool, computed):
    return tool.golden(computed)


def test_every_stage_says_what_it_said(tool, now):
    """`tools/golden_records.py --write` stores them anew once the revision is raised."""
    stored = json.loads(tool.GOLDEN.read_text(encoding="utf-8"))
    assert not tool.complaints(now, stored)


def test_the_stages_are_there(now):
    kinds = {name.split()[0] for name in now["records"]}
    assert kinds >= {
        "runs",
        "solution-verification",
        "structure-test",
        "basis-value",
        "design",
        "attempt",
        "freeze",
        "showing",
        "criterion",
        "configuration",
    }


def test_a_changed_number_is_seen(tool, computed, now):
    """The comparison can fail: the last digit that is kept, in one row of one table."""
    from assay.evidence import open_store

    with open_store(computed) as store:
        (record,) = store.records("runs", "beam@nominal/nominal")
        _, rows = tool.content(store, record)
    changed = copy.deepcopy(rows)
    changed[0]["quantities"]["stress"] *= 1 + 2e-9
    assert tool.plain(rows) == rows
    assert tool.plain(changed) != rows
    assert tool.plain([{"a": 1.0 + 1e-13}]) == [{"a": 1.0}], "noise of another processor is none"


def test_what_to_do_is_said(tool):
    def said(records, programme="p", python="3.11"):
        return {"programme": programme, "python": python, "records": records}

    old = {"a x": {"revisions": [1], "digest": "1"}, "runs y": {"revisions": [1], "digest": "1"}}
    new = {"a x": {"revisions": [1], "digest": "2"}, "c z": {"revisions": [1], "digest": "1"}}
    assert tool.complaints(said(new), said(old)) == [
        "a x: says something else; raise the REVISION of its stage",
        "c z: not stored yet",
        "runs y: no longer made",
    ]
    raised = {"a x": {"revisions": [2], "digest": "2"}, "runs y": old["runs y"]}
    assert tool.complaints(said(raised), said(old)) == ["a x: new revision, not stored yet"]
    assert len(tool.complaints(said(old, programme="q"), said(old))) == 1
    drawn = {**old, "runs y": {"revisions": [1], "digest": "9"}}
    assert tool.complaints(said(drawn), said(old))
    assert not tool.complaints(said(drawn, python="3.12"), said(old))
