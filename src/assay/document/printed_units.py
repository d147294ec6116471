"""How is a unit printed? Its powers raised and no numeral in it, so that it needs no evidence."""

from __future__ import annotations

import re

from assay.units import UnitError, parse

UNIT_POWER = re.compile(r"(?<=[A-Za-z\u00b5\u00b0\u03a9])\u207b?[\u2070\u00b9\u00b2\u00b3\u2074-\u2079]+")
"""The powers in a unit symbol, which are not numerals."""
_WRITTEN_POWER = re.compile(r"\s*(?:\*\*|\^)\s*(-?\d{1,2})(?![\d.])")
_RAISED = str.maketrans("0123456789-", "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079\u207b")
_ROOT = "\u221a"


def printed_unit(unit: str) -> str:
    """Return a unit as it is printed: nothing for 1, powers raised, no division of one by a unit.

    ``1/mm`` is mm⁻¹ and ``MPa*m**0.5`` is MPa·√m. A unit whose name holds a digit keeps it.
    """
    if unit in {"", "1"}:
        return ""
    shown = _WRITTEN_POWER.sub(lambda found: found[1].translate(_RAISED), unit)
    shown = re.sub(r"\s*(?<!\*)[*·](?!\*)\s*", "·", shown)
    return (_product(unit) or shown) if re.search(r"\d", shown) else shown


def _product(unit: str) -> str:
    """Return a unit as a product of powers; nothing where it is no unit."""
    try:
        parts = parse(unit).parts
    except UnitError:
        return ""
    above = [shown for name, power in parts for shown in _raised(name, power)]
    below = [f"{_ROOT}{name}" for name, power in parts if power == -0.5]
    return "/".join(["·".join(above) or "1", *below]) if parts else ""


def _raised(name: str, power: float) -> list[str]:
    """Return the factors of a power of a unit: one, or one and a root; none of the inverse of a root."""
    whole = int(power // 1)
    roots = [f"{_ROOT}{name}"] if power != whole else []
    if power == -0.5:
        return []
    if whole == 0:
        return roots
    return [name if whole == 1 else f"{name}{str(whole).translate(_RAISED)}", *roots]
