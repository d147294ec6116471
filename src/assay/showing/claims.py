"""Which rows of which draws does a criterion read, and which structure does it need?"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from assay.errors import InputError
from assay.programme import (
    Case,
    Configuration,
    Criterion,
    Everywhere,
    Factor,
    Fraction,
    Over,
    Programme,
    Study,
    bounding_kinds,
)
from assay.showing.corners import corners, count_corners, fixed_ends, mirrored_groups

MAX_CORNERS = 4096


@dataclass(frozen=True)
class RowSpec:
    """A row of the run table that a claim reads at each draw."""

    key: str
    overrides: tuple[tuple[str, float], ...]

    @property
    def values(self) -> dict[str, float]:
        """Return the overrides as a mapping."""
        return dict(self.overrides)


@dataclass(frozen=True)
class Part:
    """A criterion's claim for one case, or the whole of it."""

    case: Case | None
    rows: tuple[RowSpec, ...]
    """Empty where the claim needs a structure that is not declared."""


@dataclass(frozen=True)
class Claim:
    """A criterion made concrete for one configuration."""

    criterion: Criterion
    study: Study
    configuration: Configuration
    parts: tuple[Part, ...]
    content: Fraction | None
    """The fraction claimed over draws; None where one nominal draw carries the claim."""
    corners_over: tuple[str, ...]
    """Factors over which corners stand for a continuum: needs a declaration that covers them."""
    uncovered: tuple[str, ...]
    """Factors that would have to be covered by a declaration and are not."""
    unconditional_refutation: bool
    """Whether any one run beyond, inside the configuration, is a proof (``everywhere``)."""
    mirrored: tuple[tuple[str, ...], ...] = ()
    """Groups of which one corner of each mirrored pair is read: needs the declaration of symmetry."""

    @property
    def rows(self) -> tuple[RowSpec, ...]:
        """Return all rows of all parts, each once, in order."""
        seen: dict[str, RowSpec] = {}
        for part in self.parts:
            for row in part.rows:
                seen.setdefault(row.key, row)
        return tuple(seen.values())


def factors_of(study: Study, configuration: Configuration) -> Mapping[str, Factor]:
    """Return the study's factors with the configuration's values."""
    return configuration.factors[study.name]


def nominal_values(study: Study, configuration: Configuration) -> dict[str, float]:
    """Return every factor at its nominal value."""
    return {name: factor.value for name, factor in factors_of(study, configuration).items()}


def interval_of(factor: Factor) -> tuple[float, float]:
    """Return the interval over which a factor varies in its configuration."""
    if factor.fixed:
        return factor.value, factor.value
    if factor.tolerance is not None:
        return factor.value + factor.tolerance[0], factor.value + factor.tolerance[1]
    return factor.envelope


def varying(study: Study, configuration: Configuration, fixed: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the factors that vary in the configuration, without those in `fixed`."""
    left_out = set(fixed)
    return tuple(
        name
        for name, factor in factors_of(study, configuration).items()
        if not factor.fixed and name not in left_out
    )


def bounding_groups(study: Study, criterion: Criterion) -> tuple[tuple[str, ...], ...]:
    """Return the declared groups of factors for which corners bound this criterion's quantity.

    A convex response has its maximum at a corner, not its minimum; a linear or a monotone one has both.
    """
    kinds = bounding_kinds(criterion.sense)
    return tuple(
        group
        for declaration in study.declarations
        if declaration.quantity == criterion.quantity and declaration.kind in kinds
        for group in declaration.groups
    )


def covered(study: Study, criterion: Criterion) -> set[str]:
    """Return the factors for which corners bound this criterion's quantity, by declaration."""
    return {name for group in bounding_groups(study, criterion) for name in group}


def make_claim(programme: Programme, criterion: Criterion, configuration: Configuration) -> Claim:
    """Make a criterion concrete: its parts, its rows and what it needs to be declared.

    Raises
    ------
    InputError
        If it needs more than `MAX_CORNERS` corners.
    """
    study = programme.studies[criterion.study]
    holds = criterion.holds
    if isinstance(holds, Fraction):
        return _claim(criterion, study, configuration, (Part(None, (RowSpec("", ()),)),), holds, None)
    if isinstance(holds, Everywhere):
        return _everywhere_claim(criterion, study, configuration, (None,), None)
    if isinstance(holds, Over):
        return _over_claim(criterion, study, configuration, holds)
    cases = programme.cases[holds.file]
    if holds.others == "everywhere":
        return _everywhere_claim(criterion, study, configuration, cases, None)
    content = holds.others if isinstance(holds.others, Fraction) else None
    parts = tuple(Part(case, (_case_row(holds.file, case),)) for case in cases)
    return _claim(criterion, study, configuration, parts, content, None)


def _over_claim(criterion: Criterion, study: Study, configuration: Configuration, holds: Over) -> Claim:
    if holds.others == "everywhere":
        return _everywhere_claim(criterion, study, configuration, (None,), holds)
    content = holds.others if isinstance(holds.others, Fraction) else None
    needed = corners(holds.vertices, {}, fixed_ends(study, criterion, _ends(holds)))
    rows = tuple(
        RowSpec(f"over:{_over_name(holds)}#{number}", tuple(sorted(vertex.items())))
        for number, vertex in needed
    )
    return _claim(criterion, study, configuration, (Part(None, rows),), content, holds)


def _ends(holds: Over | None) -> dict[str, tuple[float, float]]:
    """Return the intervals of a box; none for a polytope whose corners a file lists."""
    if holds is None or holds.file is not None:
        return {}
    sides = {name: [vertex[name] for vertex in holds.vertices] for name in holds.factors}
    return {name: (min(side), max(side)) for name, side in sides.items()}


def _over_name(holds: Over) -> str:
    return ",".join(holds.factors) + (f"@{holds.file}" if holds.file else "")


def _case_row(file: str, case: Case) -> RowSpec:
    return RowSpec(f"{file}#{case.name}", tuple(sorted(case.factors.items())))


def _claim(
    criterion: Criterion,
    study: Study,
    configuration: Configuration,
    parts: tuple[Part, ...],
    content: Fraction | None,
    holds: Over | None,
) -> Claim:
    names = holds.factors if holds is not None else ()
    missing = _missing(study, criterion, names, holds)
    mirrored = mirrored_groups(study, criterion, _ends(holds))
    return Claim(criterion, study, configuration, parts, content, names, missing, False, mirrored)


def _everywhere_claim(
    criterion: Criterion,
    study: Study,
    configuration: Configuration,
    cases: Sequence[Case | None],
    holds: Over | None,
) -> Claim:
    """Return a claim over the box of all varying factors, by its corners where that is covered."""
    own = {name for case in cases if case is not None for name in case.factors}
    over = holds.factors if holds is not None else ()
    names = (*over, *varying(study, configuration, {*own, *over}))
    missing = _missing(study, criterion, names, holds)
    parts = tuple(
        Part(case, () if missing else _box_rows(study, configuration, criterion, case, names, holds))
        for case in cases
    )
    ends = {**_free_ends(study, configuration, names, holds), **_ends(holds)}
    mirrored = () if missing else mirrored_groups(study, criterion, ends)
    return Claim(criterion, study, configuration, parts, None, names, missing, True, mirrored)


def _free_ends(
    study: Study, configuration: Configuration, names: Sequence[str], holds: Over | None
) -> dict[str, tuple[float, float]]:
    """Return the intervals of the factors that no polytope moves."""
    factors, moved = factors_of(study, configuration), holds.factors if holds is not None else ()
    return {name: interval_of(factors[name]) for name in names if name not in moved}


def _missing(study: Study, criterion: Criterion, names: Sequence[str], holds: Over | None) -> tuple[str, ...]:
    """Return the factors whose corners do not bound the quantity by what is declared.

    Declared groups are convex each by itself, so the maximum is at a corner only over a product of
    polytopes, one a group: x y has none of its corners on the segment from (0, 1) to (1, 0). Boxes are
    products; the corners listed in a file have to be.
    """
    groups = bounding_groups(study, criterion)
    missing = tuple(name for name in names if not any(name in group for group in groups))
    if missing or holds is None or holds.file is None:
        return missing
    listed = {tuple(vertex[name] for name in holds.factors) for vertex in holds.vertices}
    sides = [
        len({tuple(vertex[name] for name in block) for vertex in holds.vertices})
        for block in _blocks(groups, holds.factors)
    ]
    return () if len(listed) == math.prod(sides) else holds.factors


def _blocks(groups: Sequence[tuple[str, ...]], names: Sequence[str]) -> list[list[str]]:
    """Return `names` in blocks, each inside one declared group, largest first."""
    left, blocks = list(names), []
    while left:
        largest = max(groups, key=lambda group: sum(name in group for name in left))
        blocks.append([name for name in left if name in largest])
        left = [name for name in left if name not in largest]
    return blocks


def _box_rows(
    study: Study,
    configuration: Configuration,
    criterion: Criterion,
    case: Case | None,
    names: Sequence[str],
    holds: Over | None,
) -> tuple[RowSpec, ...]:
    own = dict(case.factors) if case is not None else {}
    if not names:
        return (RowSpec("", ()) if case is None else _case_row(case.source.file, case),)
    polytope: Sequence[Mapping[str, float]] = holds.vertices if holds is not None else ({},)
    ends = _free_ends(study, configuration, names, holds)
    levels = {name: sorted(set(interval)) for name, interval in ends.items()}
    fixed = fixed_ends(study, criterion, {**ends, **_ends(holds)})
    count = count_corners(polytope, levels, fixed)
    if count > MAX_CORNERS:
        raise InputError(
            f"criterion {criterion.id} needs {count} corners in configuration "
            f"{configuration.name}; at most {MAX_CORNERS} are run: fix some factors"
        )
    where = f"{case.source.file}#{case.name}" if case is not None else ""
    group = "#".join(word for word in (where, _over_name(holds) if holds is not None else "") if word)
    rows = []
    for number, corner in corners(polytope, levels, fixed):
        # Two claims never give one key to two corners: what they are corners of is in the key.
        key = f"everywhere#{group}#{number}" if group else f"everywhere#{number}"
        rows.append(RowSpec(key, tuple(sorted({**own, **corner}.items()))))
    return tuple(rows)
