"""A benchmark problem: a frozen pool of points on which the truth is a rational number.

The declared operating law of a programme is the uniform law on the M points of its pool. All M are evaluated,
so the violating fraction is (points beyond the limit) / M, and nothing of it is estimated.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

POOL = 8000
"""Points of a pool: at an allowed 1 %, p/p0 = 1.02 is 82 points."""
SEED = 20261123
"""Seed of the whole benchmark; every stream's key is a digest of it and of what the stream is for."""


def stream(*purpose: object) -> np.random.Generator:
    """Return the generator of one purpose: the same in any order of work and on any number of workers."""
    text = "/".join(str(part) for part in (SEED, *purpose))
    digest = hashlib.sha256(text.encode()).digest()
    return np.random.Generator(np.random.Philox(key=int.from_bytes(digest[:16], "big")))


class Values(NamedTuple):
    """A response with a limit that an exact number of the pool's points exceed."""

    q: FloatArray
    """Shape (POOL,)."""
    limit: float
    evaluate: Callable[[FloatArray], FloatArray] | None = None
    """The same response anywhere, where it is a formula; `None` where it is defined on the pool only."""


@dataclass(frozen=True)
class Instance:
    """One replicate of a family before a limit is set."""

    x: FloatArray
    """Shape (POOL, d): inputs, uniform ones on [0, 1], normal ones as standard normal scores."""
    values: Callable[[int], Values]
    """From the number of points that shall be beyond."""
    coarse: FloatArray | None = None
    """Values of the pool on a coarse mesh, where the family has one."""
    coarse_bound: float = 0.0
    """What the family's study declares of |coarse - fine|."""


@dataclass(frozen=True)
class Family:
    """A kind of response, with what its study declares of it, truly or not."""

    name: str
    dimension: int
    source: str
    """Reference of the formula, or the idea of an adversary."""
    make: Callable[[np.random.Generator], Instance]
    group: str = "smooth"
    """`smooth`, `hard`, or `misdeclared` (a declaration of the family is false)."""
    normal: bool = False
    """Inputs are standard normal scores instead of uniform on [0, 1]."""
    signs: tuple[int, ...] = ()
    """Declared monotone: +1 where a larger input is worse, -1 where a smaller is; empty: not declared."""
    bound_factor: float = 1.2
    """Declared residual bound, as a multiple of the surrogate's true largest error on the pool."""
    bound_quantile: float = 1.0
    """The quantile of |q - s| that the declaration takes for the largest error; below 1 it is false."""
    convex: bool = False
    """Declared jointly convex in all inputs over the unit box."""
    true_structure: bool = True
    """Whether `signs` or `convex` are true."""


@dataclass(frozen=True)
class Problem:
    """What one programme asks: is at most `allowed` of the pool above `limit`?"""

    family: Family
    x: FloatArray
    q: FloatArray
    """Values of the pool; a method sees them only through runs."""
    limit: float
    allowed: float
    beyond: int
    """Points of the pool above the limit."""
    instance: Instance
    evaluate: Callable[[FloatArray], FloatArray] | None

    @property
    def truth(self) -> Fraction:
        """Return the violating fraction, exactly."""
        return Fraction(self.beyond, self.x.shape[0])

    @property
    def complies(self) -> bool:
        """Say whether the criterion is true: compared in whole points, no rounding decides."""
        return self.beyond <= allowed_points(self.allowed, self.x.shape[0])


def allowed_points(allowed: float, pool: int = POOL) -> int:
    """Return the largest number of points beyond with which the criterion is true."""
    return int(Fraction(str(allowed)) * pool)


def limit_between(q: FloatArray, beyond: int) -> float:
    """Return a limit that exactly `beyond` of the values exceed.

    Parameters
    ----------
    q
        Values of a pool.
    beyond
        Points that shall be above; 0 puts the limit a tenth of (largest - median) above the largest.

    Raises
    ------
    ValueError
        If two values tie where the limit has to pass between them.
    """
    if beyond == 0:
        top = float(q.max())
        return top + 0.1 * (top - float(np.median(q)))
    ordered = np.sort(q)[::-1]
    above, below = float(ordered[beyond - 1]), float(ordered[beyond])
    limit = 0.5 * (above + below)
    if not below <= limit < above:
        raise ValueError(f"no limit separates {beyond} points: values {above} and {below} tie")
    return limit


def problem(family: Family, replicate: int, allowed: float, beyond: int) -> Problem:
    """Return a family's replicate with exactly `beyond` of the pool's points above the limit.

    Raises
    ------
    ValueError
        If the family does not keep its promise on the number of points.
    """
    instance = instance_of(family, replicate)
    q, limit, evaluate = instance.values(beyond)
    counted = int((q > limit).sum())
    if counted != beyond or not np.isfinite(q).all():
        raise ValueError(f"family {family.name}: {counted} of {beyond} points are beyond, or a value is NaN")
    return Problem(family, instance.x, q, limit, allowed, beyond, instance, evaluate)


_KEPT: dict[tuple[str, int], Instance] = {}


def instance_of(family: Family, replicate: int) -> Instance:
    """Return the replicate's pool; the last few are kept, for cells that share one."""
    key = (family.name, replicate)
    if key not in _KEPT:
        while len(_KEPT) >= 4:
            del _KEPT[next(iter(_KEPT))]
        _KEPT[key] = family.make(stream("pool", family.name, replicate))
    return _KEPT[key]


def points_beyond(allowed: float, ratio: float, pool: int = POOL) -> int:
    """Return how many points make p/p0 = `ratio`, rounded away from the boundary.

    Examples
    --------
    >>> points_beyond(0.01, 1.02), points_beyond(0.05, 0.5), points_beyond(0.05, 1.0)
    (82, 200, 400)
    """
    exact = Fraction(str(allowed)) * Fraction(str(ratio)) * pool
    return -(-exact.numerator // exact.denominator) if ratio > 1 else int(exact)
