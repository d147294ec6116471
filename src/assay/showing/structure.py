"""Do runs placed to break a declared structure break it? (DESIGN.md section 6, rule 4.)"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from assay.campaign import Row
from assay.programme import Declaration, Sense, Study, bounding_kinds
from assay.showing.claims import Claim
from assay.showing.corners import SIGNS
from assay.showing.records import DeclarationCheck, StructureTestPayload
from assay.showing.structure_tests import BreakPoint, distinct_groups, orders, required_runs

TOLERANCE = 1e-6
"""Relative: solver round-off on one mesh stays below, a broken declaration does not."""

Values = Mapping[tuple[int, str], Row]
"""Rows that have a value, by test run and row key."""


def judge_declarations(
    study: Study, points: Sequence[BreakPoint], rows: Sequence[Row]
) -> StructureTestPayload:
    """Hold every declaration against the test runs.

    A run that failed on a row that a check needs does not count towards the runs required.
    """
    values = {(row.index, row.row): row for row in rows if row.state == "ok"}
    checks = tuple(_judge(study, declaration, points, values) for declaration in study.declarations)
    return StructureTestPayload(study=study.name, tolerance=TOLERANCE, declarations=checks)


def _judge(
    study: Study, declaration: Declaration, points: Sequence[BreakPoint], values: Values
) -> DeclarationCheck:
    runs = checks = violations = 0
    worst = -np.inf
    for index, point in enumerate(points):
        gaps = _gaps(study, declaration, index, point, values)
        complete = [gap for gap in gaps if gap is not None]
        if len(complete) == len(gaps):
            runs += 1
        checks += len(complete)
        violations += sum(gap > TOLERANCE for gap in complete)
        worst = max([worst, *complete])
    return DeclarationCheck(
        quantity=declaration.quantity,
        kind=declaration.kind,
        groups=declaration.groups,
        reason=declaration.reason,
        runs=runs,
        required=required_runs(declaration),
        checks=checks,
        violations=violations,
        worst=float(worst) if np.isfinite(worst) else 0.0,
    )


def _gaps(
    study: Study, declaration: Declaration, index: int, point: BreakPoint, values: Values
) -> list[float | None]:
    """Return by how much each check of a test run is missed; > 0 breaks it, None has a run missing."""
    if declaration.kind in SIGNS:
        order = orders(study)[declaration.quantity]
        keys = [f"step#{name}" for name in declaration.factors]
        if len(order) > 1:
            keys.append(f"rise#{declaration.quantity}")
        return [_fall(declaration.quantity, order, index, key, values) for key in keys]
    if declaration.kind == "symmetric_in":
        keys = [f"mirror#{','.join(group)}" for group in declaration.groups]
        pairs = [_numbers(declaration.quantity, index, ["base", key], values) for key in keys]
        return [None if pair is None else abs(pair[1] - pair[0]) / _scale_of(pair) for pair in pairs]
    groups = distinct_groups(study)
    return [_gap(declaration, index, groups.index(group), point, values) for group in declaration.groups]


def _numbers(quantity: str, index: int, keys: Sequence[str], values: Values) -> list[float] | None:
    """Return the quantity in some rows of a test run; None if one has no value."""
    rows = [values.get((index, key)) for key in keys]
    found = [row.quantities.get(quantity) for row in rows if row is not None]
    known = [float(number) for number in found if number is not None]
    return known if len(known) == len(keys) else None


def _scale_of(numbers: Sequence[float]) -> float:
    return max(abs(number) for number in numbers) or 1.0


def _fall(quantity: str, order: Mapping[str, int], index: int, key: str, values: Values) -> float | None:
    """Return by how much a quantity falls from the lower to the upper of two points, in its own order."""
    pair = _numbers(quantity, index, ["base", key], values)
    if pair is None:
        return None
    base, moved = values[index, "base"].factors, values[index, key].factors
    upward = all(sign * (moved[name] - base[name]) >= 0.0 for name, sign in order.items())
    lower, upper = pair if upward else reversed(pair)
    return (lower - upper) / _scale_of(pair)


def _gap(declaration: Declaration, index: int, group: int, point: BreakPoint, values: Values) -> float | None:
    """Return by how much one check along a chord is missed, relative to the largest value in it."""
    keys = ["base", f"scaled#{group}"]
    if declaration.kind != "homogeneous_in":
        keys = ["base", f"end#{group}", f"between#{group}"]
    known = _numbers(declaration.quantity, index, keys, values)
    if known is None:
        return None
    scale = _scale_of(known)
    if declaration.kind == "homogeneous_in":
        return abs(known[1] - point.scales[group] * known[0]) / scale
    weight = point.weights[group]
    chord = weight * known[0] + (1.0 - weight) * known[1]
    difference = (known[2] - chord) / scale
    return abs(difference) if declaration.kind == "linear_in" else difference


def covering(
    payload: StructureTestPayload,
    quantity: str,
    factors: Sequence[str],
    sense: Sense,
    mirrored: Sequence[tuple[str, ...]] = (),
) -> tuple[DeclarationCheck, ...]:
    """Return the declarations that make corners bound `quantity` over `factors`.

    All of them that touch a factor, also where one alone would do: a broken declaration about the quantity
    stands beside none that is used. Symmetry is used only where it spared corners, in `mirrored`.
    """
    kinds, wanted, halved = bounding_kinds(sense), set(factors), set(mirrored)
    return tuple(
        check
        for check in payload.declarations
        if check.quantity == quantity
        and (
            (check.kind in kinds and wanted & {name for group in check.groups for name in group})
            or (check.kind == "symmetric_in" and halved & set(check.groups))
        )
    )


def carrying(payload: StructureTestPayload, claim: Claim) -> tuple[DeclarationCheck, ...]:
    """Return the tested declarations that a claim's corners rest on."""
    criterion = claim.criterion
    return covering(payload, criterion.quantity, claim.corners_over, criterion.sense, claim.mirrored)
