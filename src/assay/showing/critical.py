"""At which values of a quantity does a run stop being within, and start being beyond?

States are decided run by run (`states`). A model that is asked how likely a run is to fail needs
the values between which the state changes; they steer where runs go and decide nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from assay.showing.states import Limit, charged


@dataclass(frozen=True)
class Critical:
    """Values at which the state of a run changes, in the quantity's unit; infinite where none does."""

    within_low: float
    """Smallest value that is within."""
    within_high: float
    """Largest value that is within; below `within_low` where none is."""
    beyond_low: float
    """Values below are beyond."""
    beyond_high: float
    """Values above are beyond."""


def critical_values(limit: Limit) -> Critical:
    """Return where runs turn from within to open and from open to beyond, up to round-off.

    With q + a|q| + u the value with every error charged, the edges solve a piecewise linear equation;
    a charge of 100 % or more leaves a side without one. For a derived quantity they are approximate, with
    the sum of the shares of its bases: which run lies where is decided by its own interval.
    """
    constant = charged(0.0, limit.charge)[1]
    share = charged(1.0, limit.charge)[1] - 1.0 - constant
    upper = math.inf if limit.upper is None else limit.upper / limit.demand_factor
    lower = -math.inf if limit.lower is None else limit.lower * limit.demand_factor
    return Critical(
        within_low=_less(lower + constant, share),
        within_high=_plus(upper - constant, share),
        beyond_low=_plus(lower - constant, share),
        beyond_high=_less(upper + constant, share),
    )


def _plus(target: float, share: float) -> float:
    """Solve q + share |q| = target."""
    if math.isinf(target) or target >= 0.0:
        return target / (1.0 + share)
    return target / (1.0 - share) if share < 1.0 else -math.inf


def _less(target: float, share: float) -> float:
    """Solve q - share |q| = target."""
    if math.isinf(target) or target < 0.0:
        return target / (1.0 + share)
    if target == 0.0:
        return 0.0
    return target / (1.0 - share) if share < 1.0 else math.inf
