"""The law of one factor: its inverse distribution function, its tails, its support."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assay.statistics._law_kinds import KINDS
from assay.statistics._special import FloatArray

Parameter = float | tuple[float, ...]
"""A number, or a column of numbers, in the unit of the factor (weights and shapes: dimensionless)."""


@dataclass(frozen=True)
class Law:
    """A declared distribution of one factor; never truncated.

    Raises
    ------
    ValueError
        If the kind is unknown, a parameter is missing, unknown or impossible; the message says
        what to write instead.

    Examples
    --------
    >>> Law.of("normal", mean=200.0, sd=5.0).kind
    'normal'
    """

    kind: str
    """One of uniform, normal, lognormal, weibull, triangular, discrete, empirical."""
    parameters: tuple[tuple[str, Parameter], ...]
    """Name and value of every parameter."""

    def __post_init__(self) -> None:
        problem = _problem(self)
        if problem is not None:
            raise ValueError(f"law {self.kind!r}: {problem}")

    @classmethod
    def of(cls, kind: str, **parameters: float | Sequence[float]) -> Law:
        """Build a law from keywords, in the order in which the kind names its parameters."""
        known = (*KINDS[kind].numbers, *KINDS[kind].columns) if kind in KINDS else ()
        names = [name for name in known if name in parameters]
        names += [name for name in parameters if name not in known]
        return cls(kind, tuple((name, _frozen(parameters[name])) for name in names))


def quantile(law: Law, u: npt.ArrayLike) -> FloatArray:
    """Return the smallest x with P(X <= x) >= u.

    Parameters
    ----------
    law
        Of one factor.
    u
        Probabilities inside (0, 1), any shape.

    Returns
    -------
    FloatArray
        Shape of `u`, in the unit of the factor.

    Raises
    ------
    ValueError
        If a probability is not inside (0, 1).
    """
    probabilities = np.asarray(u, dtype=np.float64)
    if not np.all((probabilities > 0.0) & (probabilities < 1.0)):
        raise ValueError("a probability is not inside (0, 1); draw from the open interval")
    return KINDS[law.kind].quantile(_arrays(law), probabilities)


def cdf(law: Law, x: npt.ArrayLike) -> FloatArray:
    """Return P(X <= x), element by element.

    Raises
    ------
    ValueError
        If `x` holds a NaN.
    """
    points = np.asarray(x, dtype=np.float64)
    if np.any(np.isnan(points)):
        raise ValueError("x holds a NaN; a failed draw has no place in a law")
    return KINDS[law.kind].at_most(_arrays(law), points)


def mass_outside(law: Law, low: float, high: float) -> float:
    """Return P(X < low) + P(X > high): what counts as beyond where the solver may not be run.

    Parameters
    ----------
    law
        Of one factor.
    low, high
        Range of the factor, in its unit; may be infinite.

    Raises
    ------
    ValueError
        If low > high or one of them is NaN.
    """
    if not low <= high:
        raise ValueError(f"the range [{low!r}, {high!r}] is empty; write low <= high")
    kind, values = KINDS[law.kind], _arrays(law)
    below = float(kind.below(values, np.asarray(low, dtype=np.float64)))
    above = float(kind.above(values, np.asarray(high, dtype=np.float64)))
    return min(1.0, below + above)


def support(law: Law) -> tuple[float, float]:
    """Return the smallest closed interval of probability 1, in the factor's unit; may be infinite."""
    return KINDS[law.kind].support(_arrays(law))


def _frozen(value: float | Sequence[float]) -> Parameter:
    return tuple(float(v) for v in np.atleast_1d(value)) if np.ndim(value) else float(np.asarray(value))


def _arrays(law: Law) -> dict[str, FloatArray]:
    return {name: np.asarray(value, dtype=np.float64) for name, value in law.parameters}


def _problem(law: Law) -> str | None:
    kind = KINDS.get(law.kind)
    if kind is None:
        return f"unknown kind; write one of {', '.join(KINDS)}"
    names = [name for name, _ in law.parameters]
    wanted = (*kind.numbers, *kind.columns)
    if sorted(names) != sorted(wanted):
        return f"has the parameters {', '.join(names) or 'none'}; write exactly {', '.join(wanted)}"
    for name, value in law.parameters:
        if isinstance(value, tuple) != (name in kind.columns):
            form = "a list of numbers" if name in kind.columns else "one number"
            return f"{name} is {value!r}; write {form}"
        if not np.all(np.isfinite(value)):
            return f"{name} is {value!r}; write finite numbers"
    return kind.problem(_arrays(law))
