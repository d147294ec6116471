"""From the runs of the refinement study to the charged errors: each quantity at its governing row."""

from __future__ import annotations

from collections.abc import Sequence

from assay.campaign import Row
from assay.credibility import Observed, RefinedPoint, SolutionVerificationPayload, verify_levels
from assay.pipeline.blocks import levels
from assay.programme import Study

LABELS = ("centre of the envelope", "worst point by the model")


def verify_study(study: Study, rows: Sequence[Row]) -> SolutionVerificationPayload:
    """Judge the convergence of every quantity of a study.

    Parameters
    ----------
    rows
        Of the verification block: index = point number x number of levels + level.
    """
    if study.verification is None:
        raise ValueError("the study has no verification levels")
    count = len(levels(study))
    points = sorted({row.index // count for row in rows})
    refined = [_refined(study, rows, number, count) for number in points]
    observed = [Observed(name, q.unit, q.formal_order) for name, q in study.quantities.items()]
    return verify_levels(study.name, observed, study.verification.levels, refined, study.verification.factor)


def _refined(study: Study, rows: Sequence[Row], number: int, count: int) -> RefinedPoint:
    own = [[row for row in rows if row.index == number * count + step] for step in range(count)]
    values = {name: _governing(own, name) for name in study.quantities}
    base = own[-1][0]
    checks = [dict(level[0].checks) for level in own]
    return RefinedPoint(
        label=LABELS[number] if number < len(LABELS) else f"point {number + 1}",
        factors=dict(base.factors),
        row="each quantity at the row where it is largest",
        values=values,
        checks=checks if all(checks) else (),
    )


def _governing(own: Sequence[Sequence[Row]], quantity: str) -> list[float | None]:
    """Return the values, coarse to fine, of the row in which the quantity is largest on the finest level."""
    finest = [row for row in own[-1] if row.state == "ok"]
    if not finest:
        return [None] * len(own)
    key = max(finest, key=lambda row: abs(row.quantities[quantity])).row
    found = []
    for level in own:
        row = next((row for row in level if row.row == key and row.state == "ok"), None)
        found.append(None if row is None else row.quantities[quantity])
    return found
