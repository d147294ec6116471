"""Grid convergence on three levels: observed order, extrapolated value, index, what is charged.

Level 1 is the finest, as in the literature: eps21 = phi2 - phi1, r21 = h2 / h1.

References
----------
Celik, Ghia, Roache, Freitas, "Procedure for estimation and reporting of uncertainty due to
discretization in CFD applications", J. Fluids Eng. 130 (2008); Roache, "Perspective: a method for
uniform reporting of grid refinement studies", J. Fluids Eng. 116 (1994).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from assay.errors import InputError

SAFETY = 1.25
"""Factor of safety of the index with three levels and an observed order (Roache 1994)."""
IRREGULAR_SAFETY = 3.0
"""Multiple of the range of the levels that is charged where there is no regular convergence."""
SMALLEST_ORDER = 0.5
"""Observed order below which Richardson extrapolation is not believed (Oberkampf & Roy 2010)."""
ROUND_OFF = 1e-10
"""Default relative difference between levels that is taken for noise of the solver."""
_ORDER_SLACK = 1e-6
"""Relative excess over the formal order that is rounding, not superconvergence."""

Three = tuple[float, float, float]


class Convergence(Enum):
    """How three values behave under refinement."""

    MONOTONE = "monotone"
    """Same sign, observed order inside [0.5, formal order]."""
    OSCILLATORY = "oscillatory"
    """The differences change sign."""
    DIVERGENT = "divergent"
    """Same sign, and the differences do not shrink as the mesh does: no positive order fits."""
    ORDER_OUT_OF_RANGE = "order-out-of-range"
    """Same sign, but the observed order is outside [0.5, formal order], or drowned in noise."""
    EXACT = "exact"
    """All differences are below round-off."""


@dataclass(frozen=True)
class Richardson:
    """The arithmetic of Celik et al. (2008); says nothing about whether it may be believed."""

    order: float
    """Apparent order p."""
    extrapolated: float
    """Value at mesh size zero, in the quantity's unit."""
    error_bound: float
    """1.25 |phi1 - phi2| / (r21**p - 1): the index of the finest level in the quantity's unit."""
    approximate_error: float | None
    """e_a = |phi1 - phi2| / |phi1|; None where phi1 is 0, like every relative number here."""
    extrapolated_error: float | None
    """e_ext = |phi_ext - phi1| / |phi_ext|."""
    index_fine: float | None
    """Grid convergence index of levels 1 and 2, relative to phi1."""
    index_coarse: float | None
    """Grid convergence index of levels 2 and 3, relative to phi2."""
    asymptotic_ratio: float | None
    """index_coarse / (r21**p index_fine). With one refinement ratio it is |phi1 / phi2| by algebra:
    near 1 also far from the asymptotic range, hence no evidence."""


@dataclass(frozen=True)
class GridConvergence:
    """Three levels, classified."""

    values: Three
    """Finest first, in the quantity's unit."""
    sizes: Three
    """Mesh sizes, finest first, any unit."""
    formal_order: float
    """Order of the discretisation."""
    round_off: float
    """Relative difference that is taken for noise."""
    convergence: Convergence
    """What kind of series it is."""
    apparent: Richardson | None
    """The arithmetic, wherever the equation for the order has a positive solution; also for an
    oscillatory series, where it is *not* an error estimate."""

    @property
    def index(self) -> float | None:
        """Grid convergence index of the finest level, relative; None unless monotone."""
        if self.convergence is not Convergence.MONOTONE or self.apparent is None:
            return None
        return self.apparent.index_fine

    @property
    def spread(self) -> float:
        """Range of the three values, in the quantity's unit."""
        return max(self.values) - min(self.values)


@dataclass(frozen=True)
class ChargedError:
    """The numerical error that a run on the finest level is charged with, to either side."""

    absolute: float
    """In the quantity's unit."""
    relative: float | None
    """absolute / |phi1|; None where phi1 is 0."""
    convergence: Convergence
    """What kind of series it rests on."""
    reason: str
    """One sentence for the reader."""


def sizes_from_counts(counts: Sequence[int], dimension: int) -> tuple[float, ...]:
    """Return relative mesh sizes h = N**(-1/dimension) of cell counts; only ratios of them matter.

    Raises
    ------
    InputError
        If `dimension` is not 1, 2 or 3, or a count is not positive.
    """
    if dimension not in (1, 2, 3):
        raise InputError(f"dimension is {dimension!r}; write 1, 2 or 3")
    if any(not math.isfinite(count) or count <= 0 for count in counts):
        raise InputError(f"cell counts {list(counts)}; every level needs a positive number of cells")
    return tuple(float(count) ** (-1.0 / dimension) for count in counts)


def grid_convergence(
    values: Sequence[float],
    sizes: Sequence[float],
    formal_order: float = 2.0,
    round_off: float = ROUND_OFF,
) -> GridConvergence:
    """Classify three levels and do the arithmetic of the grid convergence index.

    Parameters
    ----------
    values
        Three values of one quantity, finest level first, in its unit.
    sizes
        Mesh sizes of the levels, finest first, any one unit; see `sizes_from_counts`.
    formal_order
        Order of the discretisation, at least 0.5.
    round_off
        Differences below this times the largest magnitude are noise of the solver (its tolerance).

    Raises
    ------
    InputError
        If there are not three levels, a number is not finite, a refinement ratio is not above 1,
        or the formal order or round-off makes no sense.
    """
    levels, mesh = _three("values", values), _three("sizes", sizes)
    if not (0.0 < mesh[0] < mesh[1] < mesh[2]):
        raise InputError(
            f"mesh sizes {list(mesh)} give a refinement ratio of 1 or less; "
            "list the levels finest first, each coarser than the one before"
        )
    if not SMALLEST_ORDER <= formal_order < math.inf:
        raise InputError(f"formal order is {formal_order!r}; write the order of the method, such as 2")
    if not 0.0 < round_off < 1.0:
        raise InputError(f"round-off is {round_off!r}; write a relative tolerance such as 1e-10")
    if not math.isfinite(max(levels) - min(levels)):
        raise InputError(f"values {list(levels)} are too large to subtract")
    noise = round_off * max(abs(value) for value in levels)
    eps21, eps32 = levels[1] - levels[0], levels[2] - levels[1]
    order = None
    if abs(eps21) > noise and abs(eps32) > noise:
        order = observed_order(eps32 / eps21, mesh[1] / mesh[0], mesh[2] / mesh[1])
    return GridConvergence(
        values=levels,
        sizes=mesh,
        formal_order=formal_order,
        round_off=round_off,
        convergence=_classify(levels, noise, order, formal_order),
        apparent=None if order is None else _richardson(levels, mesh, order),
    )


def observed_order(ratio: float, r21: float, r32: float) -> float | None:
    """Solve the equation of the apparent order.

    Parameters
    ----------
    ratio
        eps32 / eps21, not 0; its sign is s.
    r21, r32
        Refinement ratios, above 1.

    Returns
    -------
    float or None
        The one p > 0 with p ln r21 = ln|ratio| + ln((r21**p - s) / (r32**p - s)); None where there
        is none. Celik et al. (2008), equation 5, print the right side in absolute bars, which
        gives a diverging series a positive order; the bars are left out here.

    Notes
    -----
    Right and left side differ by a strictly increasing function of p (proof: x / (1 - exp(-x)) > 1
    > x / (exp(x) - 1) for x > 0), so bisection always finds the root; the published fixed point
    need not converge.
    """
    sign = 1.0 if ratio > 0.0 else -1.0
    a, b, target = math.log(r21), math.log(r32), math.log(abs(ratio))

    def excess(p: float) -> float:
        # ln(r**p - s) = p ln r + ln(1 - s r**-p), which neither overflows nor cancels.
        return b * p + _log_one_minus(sign, b * p) - _log_one_minus(sign, a * p) - target

    at_zero = math.log(b / a) if sign > 0.0 else 0.0
    if at_zero - target >= 0.0:
        return None
    low, high = 0.0, 1.0
    while excess(high) < 0.0:
        low, high = high, 2.0 * high
    for _ in range(200):
        middle = 0.5 * (low + high)
        if middle in (low, high):
            break
        low, high = (middle, high) if excess(middle) < 0.0 else (low, middle)
    return high


def charged_error(study: GridConvergence) -> ChargedError:
    """Return the numerical error to charge, and why.

    1.25 times the Richardson estimate where convergence is monotone with an order inside
    [0.5, formal order]; 3 times the noise where the levels agree to round-off; else 3 times the
    range of the levels. It carries no probability: it is declared, charged in full and printed.
    """
    kind, apparent = study.convergence, study.apparent
    if kind is Convergence.MONOTONE and apparent is not None:
        absolute = apparent.error_bound
        reason = (
            f"monotone, observed order {apparent.order:.3g} within [0.5, {study.formal_order:g}]: "
            "grid convergence index with factor of safety 1.25"
        )
    elif kind is Convergence.EXACT:
        absolute = IRREGULAR_SAFETY * study.round_off * max(abs(value) for value in study.values)
        reason = f"the levels agree to {study.round_off:g} relative: 3 times that is charged"
    else:
        absolute = IRREGULAR_SAFETY * study.spread
        reason = f"{_irregular(study)}: 3 times the range of the levels is charged"
    finest = abs(study.values[0])
    return ChargedError(absolute, absolute / finest if finest > 0.0 else None, kind, reason)


def _classify(levels: Three, noise: float, order: float | None, formal: float) -> Convergence:
    eps21, eps32 = levels[1] - levels[0], levels[2] - levels[1]
    if max(levels) - min(levels) <= noise:
        return Convergence.EXACT
    if abs(eps21) <= noise:
        return Convergence.ORDER_OUT_OF_RANGE
    if abs(eps32) <= noise:
        return Convergence.DIVERGENT
    if (eps21 > 0.0) != (eps32 > 0.0):
        return Convergence.OSCILLATORY
    if order is None:
        return Convergence.DIVERGENT
    within = SMALLEST_ORDER <= order <= formal * (1.0 + _ORDER_SLACK)
    return Convergence.MONOTONE if within else Convergence.ORDER_OUT_OF_RANGE


def _richardson(levels: Three, mesh: Three, order: float) -> Richardson:
    fine, middle, coarse = levels
    gain21 = _gain(order * math.log(mesh[1] / mesh[0]))
    gain32 = _gain(order * math.log(mesh[2] / mesh[1]))
    extrapolated = fine + (fine - middle) / gain21
    bound = SAFETY * abs(fine - middle) / gain21
    index_fine = _over(bound, fine)
    index_coarse = _over(SAFETY * abs(middle - coarse) / gain32, middle)
    ratio = None
    if index_fine and index_coarse is not None:
        ratio = index_coarse / ((gain21 + 1.0) * index_fine)
    return Richardson(
        order=order,
        extrapolated=extrapolated,
        error_bound=bound,
        approximate_error=_over(abs(fine - middle), fine),
        extrapolated_error=_over(abs(extrapolated - fine), extrapolated),
        index_fine=index_fine,
        index_coarse=index_coarse,
        asymptotic_ratio=ratio,
    )


def _irregular(study: GridConvergence) -> str:
    if study.convergence is Convergence.OSCILLATORY:
        return "the values oscillate under refinement"
    if study.convergence is Convergence.DIVERGENT:
        return "the differences do not shrink under refinement"
    if study.apparent is None:
        return "the two finest levels differ by less than round-off, so that no order can be observed"
    return f"observed order {study.apparent.order:.3g} outside [0.5, {study.formal_order:g}]"


def _log_one_minus(sign: float, x: float) -> float:
    return math.log(-math.expm1(-x)) if sign > 0.0 else math.log1p(math.exp(-x))


def _gain(exponent: float) -> float:
    """Return r**p - 1 for the exponent p ln r; an absurd order stays finite (it is never charged)."""
    return math.expm1(min(exponent, 300.0))


def _over(numerator: float, reference: float) -> float | None:
    return numerator / abs(reference) if reference != 0.0 else None


def _three(name: str, numbers: Sequence[float]) -> Three:
    if len(numbers) != 3:
        raise InputError(f"{len(numbers)} {name}; a grid convergence study needs exactly three levels")
    if not all(math.isfinite(number) for number in numbers):
        raise InputError(f"{name} {list(numbers)} hold a number that is not finite; a level has failed")
    return float(numbers[0]), float(numbers[1]), float(numbers[2])
