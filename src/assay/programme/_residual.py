"""``[residual.QUANTITY]``: bounds on how far a quantity's model is from the solver, declared in its study."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from assay.programme._documents import Place, Sentence, Shape, shown
from assay.programme._problems import nearest
from assay.programme.model import QuantitySpec
from assay.programme.residual_model import ResidualBound

_NUMBERS = ("absolute", "relative")


class _Residual(Shape):
    absolute: float = 0.0
    relative: float = 0.0
    reason: Sentence


def with_residuals(
    document: Place, quantities: Mapping[str, QuantitySpec | None]
) -> dict[str, QuantitySpec | None]:
    """Return the quantities with their declared bounds; what is wrong with a bound is noted.

    A bound is a declaration about every point of the ranges. One that is estimated from the runs which
    trained the model says nothing where no run was made, so only numbers with a reason are read.
    """
    found = dict(quantities)
    for name, place in document.at("residual").table("residual").items():
        bound = _bound(name, place)
        if name not in quantities:
            place.refuse(f"unknown quantity {name!r}", nearest(name, quantities))
            continue
        spec = quantities[name]
        if spec is not None and spec.formula is not None:
            place.refuse(
                f"{name} is derived from other quantities",
                "declare the bound of a quantity that the solver gives",
            )
        elif spec is not None and bound is not None:
            found[name] = replace(spec, residual=bound)
    return found


def _bound(name: str, place: Place) -> ResidualBound | None:
    estimated = [key for key in _NUMBERS if isinstance(place.at(key).value, str)]
    for key in estimated:
        place.at(key).refuse(
            f"residual.{name}.{key} is {shown(place.at(key).value)}: a bound estimated from the same runs is "
            "refused",
            "write a number, and as its reason where it comes from",
        )
    if estimated:
        return None
    shape = place.shape(_Residual, f"residual.{name}")
    if shape is None:
        return None
    good = True
    for key in _NUMBERS:
        value = getattr(shape, key)
        if not (math.isfinite(value) and value >= 0.0):
            place.at(key).refuse(f"the bound {key} = {value:g} of {name}", "write a number of at least 0")
            good = False
    if good and shape.absolute == shape.relative == 0.0:
        place.refuse(
            f"residual.{name} bounds the error by 0", "write absolute = ..., relative = ..., or both, above 0"
        )
        return None
    return ResidualBound(shape.absolute, shape.relative, shape.reason) if good else None
