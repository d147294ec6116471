"""What a block that started on a coarser level is made of."""

from __future__ import annotations

from assay.evidence import Record
from assay.pipeline.setting import Levelled
from assay.pipeline.tool import TOOL

RECIPE = "sha256:" + "3" * 64


def record(kind: str, subject: str) -> Record:
    return Record(kind, subject, RECIPE, {}, {"of": subject}, {}, TOOL)


def test_roles_of_a_block_that_started_coarse():
    tables = {3: record("runs", "start"), 2: record("runs", "finer"), 1: record("runs", "finest")}
    rest, check, other = record("runs", "rest"), record("level-check", "own"), record("level-check", "other")
    levelled = Levelled(tables, rest, check, (other,))
    assert levelled.inputs == {
        "runs:3": tables[3].id,
        "runs:2": tables[2].id,
        "runs:1": tables[1].id,
        "runs:rest": rest.id,
        "levels": check.id,
        "levels:other:0": other.id,
    }
    assert levelled.runs() == (tables[2], tables[1], rest)


def test_without_a_void_level_nothing_is_left_to_run_again():
    tables = {2: record("runs", "start"), 1: record("runs", "finest")}
    levelled = Levelled(tables, None, record("level-check", "own"), ())
    assert set(levelled.inputs) == {"runs:2", "runs:1", "levels"}
    assert levelled.runs() == (tables[1],)
