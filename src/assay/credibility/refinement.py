"""Mesh sizes of the levels: from what was really meshed where the solver tells, else from the knob.

An unstructured mesher does not halve its elements because its size parameter is halved; counts are
taken where every level reports them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from assay.credibility.records import SizeSource
from assay.errors import InputError

WANTED_RATIO = 1.3
"""Refinement ratio below which the observed order is mostly noise (Celik et al. 2008)."""
_SAME = 0.01
"""Relative difference within which two knobs refine alike."""


@dataclass(frozen=True)
class Levels:
    """Sizes of the levels of one point, coarse to fine."""

    sizes: tuple[float, ...]
    """Positive, falling; only their ratios count."""
    source: SizeSource
    counts: tuple[float, ...] | None
    ratios: tuple[float, ...]
    """One fewer than sizes, each above 1."""
    notes: tuple[str, ...]


def levels(
    knobs: Mapping[str, Sequence[float]],
    checks: Sequence[Mapping[str, float]] = (),
    dimension: int = 3,
) -> Levels:
    """Return the sizes of the levels.

    Parameters
    ----------
    knobs
        Knob to its values, coarse to fine. Falling values are sizes; rising ones are numbers of
        divisions, whose size is the reciprocal.
    checks
        The solver's checks of one point, a mapping a level; ``elements`` or else ``dof`` is used
        where every level has it and it rises.
    dimension
        1, 2 or 3: h = N**(-1/dimension).

    Raises
    ------
    InputError
        If the knobs do not refine from level to level, or several refine differently and the
        solver reports no counts.
    """
    if dimension not in (1, 2, 3):
        raise InputError(f"dimension is {dimension!r}; write 1, 2 or 3")
    by_knob, alike = _sizes_of_knobs(knobs)
    notes: list[str] = []
    if len(checks) == len(by_knob):
        for source in _COUNTS:
            counts = [float(check.get(source, math.nan)) for check in checks]
            if not all(math.isfinite(count) and count > 0.0 for count in counts):
                continue
            sizes = tuple(count ** (-1.0 / dimension) for count in counts)
            if all(fine < coarse for coarse, fine in pairwise(sizes)):
                return _told(sizes, source, tuple(counts), notes)
            notes.append(f"{source} do not rise from level to level: {_numbers(counts)}")
    if not alike:
        raise InputError(
            f"the knobs {', '.join(knobs)} refine by different ratios and the solver reports neither "
            "elements nor dof; refine them alike, or report the number of elements as a check"
        )
    return _told(by_knob, "knob", None, notes)


_COUNTS: tuple[SizeSource, ...] = ("elements", "dof")


def _sizes_of_knobs(knobs: Mapping[str, Sequence[float]]) -> tuple[tuple[float, ...], bool]:
    """Return the first varying knob's sizes and whether all that vary refine alike."""
    lengths = {len(values) for values in knobs.values()}
    if len(lengths) != 1 or 0 in lengths:
        raise InputError("every refinement knob needs a value at every level; write lists of equal length")
    found = [_sizes(name, values) for name, values in knobs.items() if len(set(values)) > 1]
    if not found:
        first = next(iter(knobs.values()))
        if len(first) > 1:
            raise InputError("no refinement knob changes from level to level; write falling mesh sizes")
        return (1.0,), True
    ratios = [[a / b for a, b in pairwise(sizes)] for sizes in found]
    first, *others = ratios
    alike = all(
        math.isclose(a, b, rel_tol=_SAME) for other in others for a, b in zip(other, first, strict=True)
    )
    return found[0], alike


def _sizes(name: str, values: Sequence[float]) -> tuple[float, ...]:
    if not all(math.isfinite(value) and value > 0.0 for value in values):
        raise InputError(f"refinement levels of {name} are {list(values)}; write positive numbers")
    pairs = list(pairwise(values))
    if all(fine < coarse for coarse, fine in pairs):
        return tuple(float(value) for value in values)
    if all(fine > coarse for coarse, fine in pairs):
        return tuple(1.0 / value for value in values)
    raise InputError(f"refinement levels of {name} are {list(values)}; list them coarse to fine")


def _told(
    sizes: tuple[float, ...], source: SizeSource, counts: tuple[float, ...] | None, notes: list[str]
) -> Levels:
    ratios = tuple(coarse / fine for coarse, fine in pairwise(sizes))
    small = [ratio for ratio in ratios if ratio < WANTED_RATIO]
    if small:
        notes = [
            *notes,
            f"refinement ratio {_numbers(small)} is below {WANTED_RATIO:g}: the observed order is uncertain",
        ]
    return Levels(sizes, source, counts, ratios, tuple(notes))


def _numbers(values: Sequence[float]) -> str:
    return ", ".join(f"{value:.4g}" for value in values)
