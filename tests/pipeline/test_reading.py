from __future__ import annotations

from collections import Counter

import pytest

from assay.evidence import Record
from assay.pipeline import reading
from assay.pipeline.concluding import conclude
from assay.pipeline.engine import Looking
from assay.pipeline.reading import RunTables
from assay.pipeline.setting import Levelled
from assay.pipeline.tool import TOOL


@pytest.fixture
def parsed(monkeypatch):
    """How often each table is parsed."""
    counted: Counter[str] = Counter()
    parse = reading.table_of

    def counting(store, record, study=None):
        counted[record.id] += 1
        return parse(store, record, study)

    monkeypatch.setattr(reading, "table_of", counting)
    return counted


def test_a_table_is_parsed_once_and_its_columns_are_shared(store, nominal, beam, parsed):
    tables, record = RunTables(store), nominal.validation["beam", 0]
    rows = tables.of(record, beam.study)
    assert tables.of(record, beam.study) is rows
    assert rows.column("", "stress") is tables.of(record, beam.study).column("", "stress")
    assert parsed == {record.id: 1}
    assert tables.of(None, beam.study) is None
    assert RunTables(store).of(record, beam.study) is not rows, "nothing outlives the configuration"


def test_what_was_refined_is_merged_once(store, nominal, beam, monkeypatch):
    start = nominal.validation["beam", 0]
    check = Record("level-check", "s", start.recipe, {}, {"levels": []}, {}, TOOL)
    calls = []
    real = reading.merged
    monkeypatch.setattr(reading, "merged", lambda *given: calls.append(1) or real(*given))
    tables = RunTables(store)
    for _ in range(2):
        rows, of = tables.merged(Levelled({1: start}, None, check, ()), beam.study)
    assert (len(rows), of, len(calls)) == (len(tables.of(start, beam.study)), {}, 1)
    tables.merged(Levelled({1: start, 2: start}, None, check, ()), beam.study)
    assert len(calls) == 2


class Computing(Looking):
    """Computes what it is asked for, although it is there."""

    def record(self, kind, subject, recipe, inputs, compute):
        payload, blobs = compute()
        return Record(kind, subject, recipe, dict(inputs), payload, blobs, TOOL)


def test_all_criteria_of_a_configuration_share_their_tables(store, ledger, nominal, walked, claims, parsed):
    """Every one is decided as on file, and no table is parsed twice."""
    engine, tables = Computing(store, ledger), RunTables(store)
    for name, claim in claims.items():
        again = conclude(engine, nominal.setting, walked.studies, claim, nominal, tables)
        assert again.payload == nominal.showings[name].payload
    reads = Counter(
        identifier for record in nominal.showings.values() for identifier in record.inputs.values()
    )
    assert reads[nominal.validation["beam", 0].id] > 1, "or nothing is shared here"
    assert set(parsed.values()) == {1}
