"""Which corners of a box stand for all of it, by what is declared?

Let q be the quantity over a product of a polytope and of intervals, and let every factor be covered.

*Monotone.* If q rises in x at every value of the other factors, then q(x, y) <= q(end, y) with x at its
upper end, for every y: over x one end is the worst, and it is the same end everywhere. All monotone
factors may be set to their worst ends at once, whatever is declared of the others, which then vary over
the box that is left. Only intervals qualify: over a segment from (0, 1) to (1, 0) the rising function
min(x, y) is largest in the middle. From below the other end is the worst; between two limits both are,
each jointly for all factors.

*Convex, linear.* What is left is convex in each group with the others held; so its maximum over a product
of polytopes is at a product of vertices (Rockafellar, Convex Analysis, 1970, section 32).

*Symmetric.* If q is unchanged when a group is mirrored about the middle of its range, and the box is its
own mirror image, then a corner and its mirror image have one value, and one of them is enough. Groups are
disjoint, so every corner is mirrored, group by group, to one whose first factors stand at their lower ends,
and its value stays. This needs the corners to bound q already; symmetry by itself bounds nothing.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence

from assay.programme import Criterion, Declaration, Sense, Study

SIGNS: Mapping[str, int] = {"increasing_in": 1, "decreasing_in": -1}
WAYS: Mapping[Sense, tuple[int, ...]] = {"at_most": (1,), "at_least": (-1,), "between": (1, -1)}
"""By the sense of a limit, the side from which a value is held against it."""
_SAME_MIDDLE = 1e-12
"""Relative to the range: two middles that differ by less are one."""


def signs_of(declarations: Sequence[Declaration], quantity: str) -> dict[str, int]:
    """Return factor to +1 where a quantity is declared to rise in it, -1 where it is declared to fall."""
    return {
        name: SIGNS[declaration.kind]
        for declaration in declarations
        if declaration.quantity == quantity and declaration.kind in SIGNS
        for name in declaration.factors
    }


def mirrored_groups(
    study: Study, criterion: Criterion, ends: Mapping[str, tuple[float, float]]
) -> tuple[tuple[str, ...], ...]:
    """Return the symmetric groups that halve a box.

    Parameters
    ----------
    ends
        The intervals of the box by factor, those only that its corners combine freely.
    """
    signs = signs_of(study.declarations, criterion.quantity)
    return tuple(
        group
        for declaration in study.declarations
        if declaration.quantity == criterion.quantity and declaration.kind == "symmetric_in"
        for group in declaration.groups
        if not signs.keys() & set(group)
        and all(name in ends and _centred(study, name, ends[name]) for name in group)
        and any(ends[name][0] < ends[name][1] for name in group)
    )


def _centred(study: Study, name: str, ends: tuple[float, float]) -> bool:
    low, high = study.factors[name].range
    return abs((ends[0] + ends[1]) - (low + high)) <= _SAME_MIDDLE * (high - low)


def fixed_ends(
    study: Study, criterion: Criterion, ends: Mapping[str, tuple[float, float]]
) -> tuple[dict[str, float], ...]:
    """Return, for each side of the limit, the factors that stand at one end in all corners needed."""
    signs = signs_of(study.declarations, criterion.quantity)
    lower = {}
    for group in mirrored_groups(study, criterion, ends):
        first = next(name for name in group if ends[name][0] < ends[name][1])
        lower[first] = ends[first][0]
    return tuple(
        {**{name: ends[name][1 if signs[name] * way > 0 else 0] for name in signs if name in ends}, **lower}
        for way in WAYS[criterion.sense]
    )


def count_corners(
    vertices: Sequence[Mapping[str, float]],
    levels: Mapping[str, Sequence[float]],
    fixed: Sequence[Mapping[str, float]],
) -> int:
    """Return how many corners `corners` yields at most."""
    return sum(
        len(_vertices(vertices, held)) * math.prod(len(v) for name, v in levels.items() if name not in held)
        for held in fixed
    )


def corners(
    vertices: Sequence[Mapping[str, float]],
    levels: Mapping[str, Sequence[float]],
    fixed: Sequence[Mapping[str, float]],
) -> list[tuple[int, dict[str, float]]]:
    """Return the corners needed, each with its number among all corners, in order.

    The number is that of the corner in the product of all vertices and levels: two claims that need
    different corners of one box never give one number to two of them.

    Parameters
    ----------
    vertices
        Corners of the polytope; one empty mapping where there is none.
    levels
        Factor to its ends, ascending, each once.
    fixed
        Factor to the end at which it stands, for each side of the limit.
    """
    found: dict[int, dict[str, float]] = {}
    for held in fixed:
        options = [
            [(place, value) for place, value in enumerate(values) if held.get(name, value) == value]
            for name, values in levels.items()
        ]
        for (number, vertex), chosen in itertools.product(
            _vertices(vertices, held), itertools.product(*options)
        ):
            for (place, _), values in zip(chosen, levels.values(), strict=True):
                number = number * len(values) + place  # noqa: PLW2901 - mixed radix
            found[number] = {**vertex, **{n: v for n, (_, v) in zip(levels, chosen, strict=True)}}
    return sorted(found.items())


def _vertices(
    vertices: Sequence[Mapping[str, float]], held: Mapping[str, float]
) -> list[tuple[int, Mapping[str, float]]]:
    return [
        (number, vertex)
        for number, vertex in enumerate(vertices)
        if all(held.get(name, value) == value for name, value in vertex.items())
    ]
