"""Do runs placed to break a declared structure break it? (DESIGN.md section 6, rule 4.)"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from assay.campaign import Row
from assay.programme import Declaration, Study
from assay.showing.records import DeclarationCheck, StructureTestPayload

TOLERANCE = 1e-6
"""Relative: solver round-off on one mesh stays below, a broken declaration does not."""
LEAST_RUNS = 8


def required_runs(declaration: Declaration) -> int:
    """Return how many test runs a declaration needs before it may be used."""
    return max(LEAST_RUNS, 2 * len(declaration.factors))


def runs_needed(study: Study) -> int:
    """Return how many test runs serve all declarations of a study."""
    return max((required_runs(declaration) for declaration in study.declarations), default=0)


def distinct_groups(study: Study) -> tuple[tuple[str, ...], ...]:
    """Return every group of factors that some declaration names, each once, in order."""
    groups: dict[tuple[str, ...], None] = {}
    for declaration in study.declarations:
        for group in declaration.groups:
            groups.setdefault(group, None)
    return tuple(groups)


def rows_of_tests(study: Study) -> int:
    """Return how many rows each test run has."""
    return 1 + sum(2 + _scaled(study, group) for group in distinct_groups(study))


@dataclass(frozen=True)
class BreakPoint:
    """One test run: a base point and, for each group, an end, a point between, a scaled one."""

    base: Mapping[str, float]
    rows: tuple[tuple[str, Mapping[str, float]], ...]
    """Row key to overrides. ``base``, ``end#g``, ``between#g``, ``scaled#g`` for group number g."""
    weights: tuple[float, ...]
    """Weight of the base in the point between, by group."""
    scales: tuple[float, ...]
    """Factor of the scaled point, by group."""


def place_tests(study: Study, seed: str) -> tuple[BreakPoint, ...]:
    """Place the test runs: uniform in the envelope, from the study's own seed.

    Parameters
    ----------
    seed
        Digest string; the points follow from it alone.
    """
    key = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:16], "big")
    generator = np.random.Generator(np.random.Philox(key=key))
    groups = distinct_groups(study)
    return tuple(_break_point(study, groups, generator) for _ in range(runs_needed(study)))


def _uniform(study: Study, name: str, generator: np.random.Generator) -> float:
    low, high = study.factors[name].envelope
    return float(low + (high - low) * generator.random())


def _scaled(study: Study, group: tuple[str, ...]) -> bool:
    """Say whether a group is declared homogeneous: only then may its point be scaled out of the envelope."""
    return any(d.kind == "homogeneous_in" and group in d.groups for d in study.declarations)


def _scale(study: Study, point: Mapping[str, float], share: float) -> float:
    """Return by what a point is scaled: a quarter to three quarters, else as far as the ranges let it.

    The solver is not run outside a range, and a test that cannot be run would count for no declaration.
    """
    low, high = 0.0, math.inf
    for name, value in point.items():
        ends = [end / value for end in study.factors[name].range] if value else []
        if ends:
            low, high = max(low, min(ends)), min(high, max(ends))
    wanted = 0.25 + 0.5 * share
    if low <= wanted <= high:
        return wanted
    far = low if low > 0.0 and low * high < 1.0 else high
    return 1.0 + (far - 1.0) * (0.5 + 0.5 * share)


def _break_point(
    study: Study, groups: Sequence[tuple[str, ...]], generator: np.random.Generator
) -> BreakPoint:
    base = {name: _uniform(study, name, generator) for name in study.factors}
    rows: list[tuple[str, Mapping[str, float]]] = [("base", {})]
    weights, scales = [], []
    for number, group in enumerate(groups):
        end = {name: _uniform(study, name, generator) for name in group}
        weight = 0.2 + 0.6 * float(generator.random())
        between = {name: weight * base[name] + (1.0 - weight) * end[name] for name in group}
        scale = _scale(study, {name: base[name] for name in group}, float(generator.random()))
        rows += [(f"end#{number}", end), (f"between#{number}", between)]
        if _scaled(study, group):
            rows.append((f"scaled#{number}", {name: scale * base[name] for name in group}))
        weights.append(weight)
        scales.append(scale)
    return BreakPoint(base, tuple(rows), tuple(weights), tuple(scales))


def judge_declarations(
    study: Study, points: Sequence[BreakPoint], rows: Sequence[Row]
) -> StructureTestPayload:
    """Hold every declaration against the test runs.

    A run that failed on a row that a check needs does not count towards the runs required.
    """
    groups = distinct_groups(study)
    values = {(row.index, row.row): row for row in rows if row.state == "ok"}
    checks = tuple(_judge(declaration, groups, points, values) for declaration in study.declarations)
    return StructureTestPayload(study=study.name, tolerance=TOLERANCE, declarations=checks)


def _judge(
    declaration: Declaration,
    groups: Sequence[tuple[str, ...]],
    points: Sequence[BreakPoint],
    values: Mapping[tuple[int, str], Row],
) -> DeclarationCheck:
    runs = checks = violations = 0
    worst = -np.inf
    for index, point in enumerate(points):
        gaps = [_gap(declaration, index, groups.index(group), point, values) for group in declaration.groups]
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


def _gap(
    declaration: Declaration,
    index: int,
    group: int,
    point: BreakPoint,
    values: Mapping[tuple[int, str], Row],
) -> float | None:
    """Return by how much one check is missed, relative to the largest value in it; > 0 breaks it."""
    keys = ["base", f"scaled#{group}"]
    if declaration.kind != "homogeneous_in":
        keys = ["base", f"end#{group}", f"between#{group}"]
    found = [values.get((index, key)) for key in keys]
    numbers = [row.quantities.get(declaration.quantity) for row in found if row is not None]
    if len(numbers) < len(keys) or any(number is None for number in numbers):
        return None
    known = [float(number) for number in numbers if number is not None]
    scale = max(abs(number) for number in known) or 1.0
    if declaration.kind == "homogeneous_in":
        return abs(known[1] - point.scales[group] * known[0]) / scale
    weight = point.weights[group]
    chord = weight * known[0] + (1.0 - weight) * known[1]
    difference = (known[2] - chord) / scale
    return abs(difference) if declaration.kind == "linear_in" else difference


def covering(
    payload: StructureTestPayload, quantity: str, factors: Sequence[str], sense: str
) -> tuple[DeclarationCheck, ...]:
    """Return the declarations that make corners bound `quantity` over `factors`."""
    kinds = {"linear_in"} if sense != "at_most" else {"linear_in", "convex_in"}
    wanted = set(factors)
    return tuple(
        check
        for check in payload.declarations
        if check.quantity == quantity
        and check.kind in kinds
        and wanted & {name for group in check.groups for name in group}
    )
