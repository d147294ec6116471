"""What do formulas make of a run? Derived quantities beside what the solver said.

The canonical run table holds what the solver said and nothing else: a formula that is changed leaves
every run as it is. Derived quantities are added whenever rows are read for a stage.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from assay.campaign.tables import Row
from assay.programme import Study, value_of


def with_derived(rows: Iterable[Row], study: Study) -> tuple[Row, ...]:
    """Return rows with the derived quantities of their study.

    A quantity whose formula has no finite value for a run (a divisor of zero, the root of a negative
    number) is missing from its row, as if the run had failed for it.
    """
    formulas = {name: spec.formula for name, spec in study.quantities.items() if spec.formula is not None}
    if not formulas:
        return tuple(rows)
    found = []
    for row in rows:
        if row.state != "ok":
            found.append(row)
            continue
        values = {name: value_of(f.steps, row.quantities, row.factors) for name, f in formulas.items()}
        known = {name: value for name, value in values.items() if value is not None}
        found.append(replace(row, quantities={**row.quantities, **known}))
    return tuple(found)
