"""From the runs of the refinement study to the charged errors: each quantity at its governing row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from assay.campaign import Row
from assay.credibility import Observed, RefinedPoint, SolutionVerificationPayload, level_bounds, verify_levels
from assay.pipeline.blocks import levels, start_level
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
    # The corners of a coarse start bound its levels; the charged errors are the same without them.
    points = sorted({row.index // count for row in rows})
    points = points[: len(points) - len(corners(study))]
    refined = [_refined(study, rows, number, count) for number in points]
    observed = [Observed(name, q.unit, q.formal_order) for name, q in study.solved.items()]
    return verify_levels(study.name, observed, study.verification.levels, refined, study.verification.factor)


def corners(study: Study) -> list[dict[str, float]]:
    """Return the lowest and the highest corner of the envelope, where draws start on a coarser level."""
    if start_level(study) == 1:
        return []
    return [{name: factor.envelope[side] for name, factor in study.factors.items()} for side in (0, 1)]


def verification_points(study: Study) -> int:
    """Return the number of points of the refinement study."""
    return 2 + len(corners(study))


def bounds_of(
    study: Study, rows: Sequence[Row], charged: Mapping[str, Any]
) -> dict[int, dict[str, float | None]]:
    """Return the bounds of every level coarser than the finest, by level and quantity.

    Parameters
    ----------
    rows
        Of the verification block.
    charged
        Payload of the `solution-verification` record made from them.
    """
    if study.verification is None:
        return {}
    relative = {
        item["quantity"]: item["largest_relative"]
        for item in charged["quantities"]
        if item["largest_relative"] is not None
    }
    return level_bounds(rows, len(levels(study)), relative, study.verification.factor)


def _refined(study: Study, rows: Sequence[Row], number: int, count: int) -> RefinedPoint:
    own = [[row for row in rows if row.index == number * count + step] for step in range(count)]
    values = {name: _governing(own, name) for name in study.solved}
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
