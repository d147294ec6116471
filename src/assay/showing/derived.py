"""Between which values does a derived quantity lie, once every quantity in its formula is charged?

A derived quantity has no discretisation error of its own. Each solved quantity q in its formula is
replaced by [q - x - m, q + x + m], with its own numerical error x and the study's model-form error m;
what a run was given is exact. Interval arithmetic says between which values the result lies.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

from assay.campaign import Row
from assay.programme import Interval, interval_of_formula
from assay.showing.records import Charge

_NOWHERE: Interval = (-math.inf, math.inf)


class Ends(NamedTuple):
    """Between which values a quantity lies in one run, in its unit; infinite where nothing bounds it."""

    numerical: Interval
    """With the numerical errors charged."""
    total: Interval
    """With the model-form error charged too."""


def ends_of(row: Row, charge: Charge, absolute: Mapping[str, float]) -> Ends:
    """Return between which values a derived quantity lies in a run.

    Parameters
    ----------
    charge
        Of the derived quantity.
    absolute
        Solved quantity to what its coarser level charges, in its unit; empty on the finest level.

    Raises
    ------
    ValueError
        If the charge is that of a solved quantity.
    """
    derived = charge.derived
    if derived is None:
        raise ValueError("a solved quantity is charged by itself")
    found = []
    for model in (0.0, charge.model_factor - 1.0):
        bases = {}
        for name, relative in derived.bases.items():
            value = row.quantities[name]
            reach = max(relative * abs(value), absolute.get(name, 0.0)) + model * abs(value)
            bases[name] = (value - reach, value + reach)
        found.append(interval_of_formula(derived.steps, bases, row.factors) or _NOWHERE)
    return Ends(*found)
