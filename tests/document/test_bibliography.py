from __future__ import annotations

import ast
from pathlib import Path

import pytest

from assay.document import DocumentError
from assay.document.bibliography import REFERENCES, references


def test_every_key_that_a_showing_may_cite_has_a_reference():
    source = Path(__file__).parents[2] / "src" / "assay" / "showing" / "resting.py"
    found = {
        node.value
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        and node.value.rpartition("-")[2].isdigit() and len(node.value.rpartition("-")[2]) == 4
    }  # fmt: skip
    assert found, "the keys are written as words with a year"
    assert found <= set(REFERENCES)


def test_keys_are_sorted_and_each_once():
    found = references(["roache-1994", "celik-2008", "roache-1994"])
    assert [item.key for item in found] == ["celik-2008", "roache-1994"]
    assert all(str(item.key.rpartition("-")[2]) in item.text for item in found)


def test_an_unknown_key_is_an_error():
    with pytest.raises(DocumentError, match="nobody-1900"):
        references(["nobody-1900"])
