"""The random step on the part of a law that a declaration leaves undecided; shared by rungs 1 and 2.

A declaration sorts the law into what is safe, what is undecided and what is conceded, that is, counted
as violating whatever it is. The violating fraction p is then at most P(conceded) + P(undecided) x theta,
where theta is the violating fraction of the law restricted to the undecided region, and only draws from
that region have to be paid for. STATISTICS.md, algorithms A2 and A3.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assay.errors import InputError
from assay.statistics._error_budget import inside, whole
from assay.statistics._fixed_plan import clopper_pearson_upper, fixed_plan_attained, fixed_plan_shown
from assay.statistics._special import FloatArray, binomial_at_most

SAFE, UNDECIDED, CONCEDED = 0, 1, 2
"""Codes of a region: cannot violate given the declaration; may; counted as violating."""

RegionArray = npt.NDArray[np.int8]

_OUTWARD = 1e-12
"""Relative rounding against the claimant of sums and quotients of masses."""
_CUTS = 64
"""Thresholds tried when part of a region is conceded; between two of them a run count hardly changes."""


@dataclass(frozen=True)
class Masses:
    """Upper ends of the masses of a split of the law."""

    conceded: float
    """At least P(conceded)."""
    reach: float
    """At least P(conceded or undecided)."""
    error: float = 0.0
    """Probability that one of the two is too small; 0 where the law is a frozen pool."""

    @property
    def rest(self) -> float:
        """`reach` - `conceded`: what the undecided region weighs in the bound."""
        return self.reach - self.conceded

    def threshold(self, allowed: float) -> float:
        """Return the violating fraction that the undecided region may have, rounded down.

        Parameters
        ----------
        allowed
            Violating fraction that the whole law may have, p0.

        Returns
        -------
        float
            (allowed - conceded) / rest. 1 if not even a region that violates everywhere breaks the
            claim: nothing has to be drawn. 0 or less: no draws can show the claim.
        """
        inside("allowed fraction", allowed)
        if self.reach <= allowed:
            return 1.0
        left = allowed - self.conceded
        return left / self.rest * (1.0 - _OUTWARD) if left > 0.0 else min(left, 0.0)


def region_masses(regions: npt.ArrayLike, *, error: float = 0.0) -> Masses:
    """Return conservative masses of a split of the law, from points of the law.

    Parameters
    ----------
    regions
        Code of each point, shape (M,). The points are the law itself (a frozen pool), or independent
        draws from it that had no part in choosing the regions: 10^6 or more, because they are cheap.
    error
        Probability that the masses may be too small, spent in halves on their two upper
        Clopper-Pearson limits; 0 declares that the points are the law, and the masses are counts.

    Raises
    ------
    InputError
        If there is no point, a code is unknown, or `error` is not in [0, 1).
    """
    codes = np.asarray(regions)
    known = codes.ndim == 1 and codes.size > 0 and np.issubdtype(codes.dtype, np.integer)
    if not known or codes.min() < SAFE or codes.max() > CONCEDED:
        raise InputError("regions is a row of codes 0 (safe), 1 (undecided), 2 (conceded), at least one")
    points = int(codes.size)
    conceded = int(np.count_nonzero(codes == CONCEDED))
    reach = conceded + int(np.count_nonzero(codes == UNDECIDED))
    if error == 0.0:
        return Masses(conceded / points, reach / points)
    inside("error spent on masses", error)
    half = error / 2.0
    return Masses(
        clopper_pearson_upper(conceded, points, half), clopper_pearson_upper(reach, points, half), error
    )


def restricted_bound(masses: Masses, not_within: int, draws: int, error: float) -> float:
    """Return an upper confidence limit of the violating fraction of the whole law.

    Parameters
    ----------
    masses
        Of the split that was fixed before the draws.
    not_within, draws
        Of independent draws from the undecided region: how many were not within (beyond, open,
        failed), and how many were made. 0 draws: everything undecided counts as violating.
    error
        Level of the draws; the limit is wrong with probability at most `error` + `masses.error`.

    Returns
    -------
    float
        conceded + rest x Clopper-Pearson, in [0, 1], rounded up.

    Raises
    ------
    InputError
        If the counts or the level are out of range.
    """
    if draws == 0 and not_within == 0:
        return min(1.0, masses.reach)
    fraction = clopper_pearson_upper(not_within, draws, error)
    return min(1.0, (masses.conceded + masses.rest * fraction) * (1.0 + _OUTWARD))


def restricted_attained(masses: Masses, not_within: int, draws: int, allowed: float) -> float:
    """Return the attained error level of a showing by draws from the undecided region.

    Returns
    -------
    float
        BinCDF(not_within; draws, threshold), to which `masses.error` is to be added; 0 if nothing has
        to be drawn, 1 if no draws can show the claim.
    """
    share = masses.threshold(allowed)
    if share >= 1.0:
        return 0.0
    if share <= 0.0 or draws == 0:
        return 1.0
    return fixed_plan_attained(not_within, draws, share)


def restricted_shown(masses: Masses, not_within: int, draws: int, allowed: float, error: float) -> bool:
    """Say whether the planned draws from the undecided region show the claim.

    Parameters
    ----------
    masses, not_within, draws
        As in `restricted_bound`.
    allowed
        Violating fraction that the whole law may have.
    error
        Level that is left after `masses.error`.
    """
    inside("error level", error)
    share = masses.threshold(allowed)
    if share >= 1.0 or share <= 0.0 or draws == 0:
        return share >= 1.0
    return fixed_plan_shown(not_within, draws, share, error)


def restricted_size(masses: Masses, allowed: float, error: float, allow: int = 0) -> int | None:
    """Return the number of draws from the undecided region that show the claim.

    Parameters
    ----------
    masses, allowed, error
        As in `restricted_shown`.
    allow
        Draws that may be not within.

    Returns
    -------
    int or None
        0 if nothing has to be drawn; None if no number of draws is enough.

    Examples
    --------
    >>> restricted_size(Masses(0.0, 0.1), 0.01, 0.05)
    29
    """
    whole("allow", allow, least=0)
    share = masses.threshold(allowed)
    if share >= 1.0:
        return 0
    if share <= 0.0:
        return None
    inside("error level", error)
    high = max(allow + 1, math.ceil(math.log(error) / math.log1p(-share)))
    low = allow
    while not fixed_plan_shown(allow, high, share, error):
        low, high = high, high + max(1, high // 2)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if fixed_plan_shown(allow, middle, share, error) else (middle, high)
    return high


@dataclass(frozen=True)
class Concession:
    """A split in which the part that is believed to violate most is given up, and its plan."""

    threshold: float
    """Undecided points with a believed failing probability at or above it are conceded; inf: none."""
    regions: RegionArray
    """The split of the planning pool with these points conceded, shape (M,)."""
    draws: int
    allow: int
    power: float
    """Believed probability that the plan shows the claim."""
    expected_runs: float
    """draws + (1 - power) x price of the plan that follows where this one does not show it."""


def concession(
    regions: RegionArray,
    failing: npt.ArrayLike,
    allowed: float,
    error: float,
    *,
    budget: int | None = None,
    fallback: float | None = None,
    most_allow: int = 3,
) -> Concession | None:
    """Choose what to concede and how many draws to plan, from what a surrogate believes.

    Beliefs decide only where runs go: the statement holds whatever is conceded.

    Parameters
    ----------
    regions
        Split of a planning pool, shape (M,).
    failing
        Believed failing probability of each point, shape (M,).
    allowed, error
        Allowed violating fraction of the law; level left after that spent on masses.
    budget
        Most draws. Without `fallback` the plan with the largest power within it is chosen.
    fallback
        Runs of what follows if the plan fails to show (the fixed plan on the whole law, say): the
        expected total is made smallest. One of `budget` and `fallback` is needed.
    most_allow
        Largest number of draws not within that a plan may allow.

    Returns
    -------
    Concession or None
        None if no plan can show the claim within the budget.

    Raises
    ------
    InputError
        If shapes differ or neither `budget` nor `fallback` is given.
    """
    codes, belief = np.asarray(regions, dtype=np.int8), np.asarray(failing, dtype=np.float64)
    if codes.ndim != 1 or codes.shape != belief.shape or np.isnan(belief).any():
        raise InputError("a believed failing probability is needed for every point of the pool")
    if budget is None and fallback is None:
        raise InputError("give `budget`, the most draws, or `fallback`, the price of not showing it")
    points = codes.size
    conceded, undecided = int(np.count_nonzero(codes == CONCEDED)), np.sort(belief[codes == UNDECIDED])[::-1]
    later = np.concatenate((np.cumsum(undecided[::-1])[::-1], [0.0]))  # sum of what is not conceded
    best: tuple[tuple[float, ...], int, int, int, float, float] | None = None
    reach = (conceded + undecided.size) / points
    for cut in _cuts(undecided, int(allowed * points) - conceded):
        masses = Masses((conceded + cut) / points, reach)
        believed = float(min(1.0, later[cut] / max(1, undecided.size - cut)))
        for allow in range(most_allow + 1):
            draws = restricted_size(masses, allowed, error, allow)
            if draws is None or (budget is not None and draws > budget):
                break
            power = 1.0 if draws == 0 else binomial_at_most(allow, draws, believed)
            runs = draws + (1.0 - power) * (fallback or 0.0)
            rank = (
                (-power, float(draws), float(cut)) if fallback is None else (runs, float(draws), float(cut))
            )
            if best is None or rank < best[0]:
                best = (rank, cut, draws, allow, power, runs)
            if draws == 0:
                break
    if best is None:
        return None
    _, cut, draws, allow, power, runs = best
    threshold = float(undecided[cut - 1]) if cut else math.inf
    chosen = np.where((codes == UNDECIDED) & (belief >= threshold), np.int8(CONCEDED), codes)
    return Concession(threshold, chosen.astype(np.int8), draws, allow, power, runs)


def _cuts(descending: FloatArray, most: int) -> list[int]:
    """Return numbers of points to concede, ties together, from none to at most `most`."""
    if most <= 0 or descending.size == 0:
        return [0]
    most = min(most, descending.size)
    wanted = np.unique(np.concatenate((np.arange(min(most, _CUTS // 2)) + 1, np.linspace(1, most, _CUTS))))
    ends = np.searchsorted(-descending, -descending[wanted.astype(int) - 1], side="right")
    return [0, *(int(end) for end in np.unique(ends) if end <= most)]


@dataclass(frozen=True)
class RegionDraw:
    """One draw from the undecided region as it was before the draw."""

    masses: Masses
    within: bool
    bet: float = 1.0
    """Share of the wealth that is lost if the draw is not within; fixed before the draw."""


def region_wealth(draws: Sequence[RegionDraw], allowed: float) -> tuple[float, ...]:
    """Return the wealth of an e-process over draws from regions that may change between draws.

    Before each draw the caller may shrink the undecided region by everything that runs so far have
    proved under the declaration, concede part of it, and choose the bet. If the law violates in more
    than `allowed`, the restricted law violates in more than tau = `masses.threshold(allowed)`, so that
    wealth x (1 + bet tau/(1 - tau)) if within, x (1 - bet) if not, is a non-negative supermartingale:
    it ever reaches 1/a with probability at most a, whenever one stops. With bet 1 and a fixed region
    this is the plan with none beyond; with a shrinking region each draw within also pays for the next.

    Parameters
    ----------
    draws
        In the order in which they were made. Where the masses are limits (`error` > 0), each step's
        must come from points that had no part in choosing that step's region, and the errors add.
    allowed
        Violating fraction that the law may have.

    Returns
    -------
    tuple of float
        Wealth after each draw; inf once a region needs no draw at all. SHOWN at level a when one of
        them is at least 1 / (a - the sum of the errors of the masses used so far).

    Raises
    ------
    InputError
        If a bet is outside [0, 1].

    References
    ----------
    Ville, "Etude critique de la notion de collectif" (1939); Waudby-Smith & Ramdas, "Estimating means
    of bounded random variables by betting", JRSS-B 86 (2024). The shrinking region is a predictable
    importance density, zero where the declaration has proved safety.
    """
    wealth, path = 1.0, []
    for step in draws:
        if not 0.0 <= step.bet <= 1.0:
            raise InputError(f"bet is {step.bet!r}; write a share from 0 to 1")
        share = step.masses.threshold(allowed)
        if share >= 1.0 or wealth == math.inf:
            wealth = math.inf
        elif not step.within:
            wealth *= 1.0 - step.bet
        elif share > 0.0:
            wealth *= max(1.0, (1.0 + step.bet * share / (1.0 - share)) * (1.0 - _OUTWARD))
        path.append(wealth)
    return tuple(path)
