"""Which run tables do the showings of a configuration read? Each is parsed, and cut into columns, once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from assay.evidence import Record, Store
from assay.pipeline.levelling import merged
from assay.pipeline.setting import Levelled
from assay.pipeline.study_stages import table_of
from assay.programme import Study
from assay.showing.columns import RunColumns


@dataclass(frozen=True)
class RunTables:
    """The run tables that the criteria of one configuration share, as long as it is being concluded.

    They are kept for no longer: no walk holds the runs of all configurations in memory.
    """

    store: Store
    _parsed: dict[tuple[str, ...], RunColumns] = field(default_factory=dict)
    _merged: dict[tuple[str, ...], tuple[RunColumns, Mapping[int, int]]] = field(default_factory=dict)

    def of(self, record: Record | None, study: Study) -> RunColumns | None:
        """Return the rows of a `runs` record with the quantities that its study derives; None without one."""
        if record is None:
            return None
        key = (study.name, record.id)
        if key not in self._parsed:
            self._parsed[key] = RunColumns(table_of(self.store, record, study))
        return self._parsed[key]

    def merged(self, levelled: Levelled, study: Study) -> tuple[RunColumns, Mapping[int, int]]:
        """Return for every draw of a block its finest run, and the levels of the coarse ones."""
        key = (study.name, *(f"{role} {identifier}" for role, identifier in levelled.inputs.items()))
        if key not in self._merged:
            rows, of = merged(self.store, levelled, study)
            self._merged[key] = RunColumns(rows), of
        return self._merged[key]
