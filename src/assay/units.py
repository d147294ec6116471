"""What a unit means, and how a number changes from one unit to another.

Unit strings come from untrusted files, so they are parsed here, by a grammar of a few lines: names,
products, quotients, powers. The commonest names are in a table below. Only a name that is not there is
looked up in pint (half a second to load), as one bare name: pint never sees an expression.

Angles are a dimension of their own, unlike in pint: otherwise 60 rpm would silently read 6.28 Hz.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from assay.errors import InputError

MAX_LENGTH = 60
_MAX_POWER = 12
_TOKEN = re.compile(r"\s*(?:(?P<name>[^\W\d]\w*|%)|(?P<number>-?\d{1,2}(?:\.5)?)|(?P<sign>\*\*|[*/^()·]))")
_ALLOWED = re.compile(r"[A-Za-z0-9_ */^.%°µμ·()Ω-]*")

_POUND, _GRAVITY, _INCH = 0.45359237, 9.80665, 0.0254
_LBF = _POUND * _GRAVITY
_FORCE = {"kg": 1.0, "m": 1.0, "s": -2.0}
_PRESSURE = {"kg": 1.0, "m": -1.0, "s": -2.0}
_ENERGY = {"kg": 1.0, "m": 2.0, "s": -2.0}
_POWER = {"kg": 1.0, "m": 2.0, "s": -3.0}

# name: (factor to the base units, exponents of the base units)
_TABLE: dict[str, tuple[float, dict[str, float]]] = {
    "%": (0.01, {}), "percent": (0.01, {}), "ppm": (1e-6, {}),
    "m": (1.0, {"m": 1.0}), "km": (1e3, {"m": 1.0}), "cm": (1e-2, {"m": 1.0}), "mm": (1e-3, {"m": 1.0}),
    "um": (1e-6, {"m": 1.0}), "inch": (_INCH, {"m": 1.0}), "in": (_INCH, {"m": 1.0}),
    "ft": (0.3048, {"m": 1.0}),
    "kg": (1.0, {"kg": 1.0}), "g": (1e-3, {"kg": 1.0}), "t": (1e3, {"kg": 1.0}), "lb": (_POUND, {"kg": 1.0}),
    "s": (1.0, {"s": 1.0}), "ms": (1e-3, {"s": 1.0}), "min": (60.0, {"s": 1.0}), "h": (3600.0, {"s": 1.0}),
    "Hz": (1.0, {"s": -1.0}), "kHz": (1e3, {"s": -1.0}),
    "rad": (1.0, {"rad": 1.0}), "deg": (0.017453292519943295, {"rad": 1.0}),
    "N": (1.0, _FORCE), "kN": (1e3, _FORCE), "MN": (1e6, _FORCE), "lbf": (_LBF, _FORCE),
    "kip": (1e3 * _LBF, _FORCE),
    "Pa": (1.0, _PRESSURE), "kPa": (1e3, _PRESSURE), "MPa": (1e6, _PRESSURE), "GPa": (1e9, _PRESSURE),
    "bar": (1e5, _PRESSURE), "psi": (_LBF / _INCH**2, _PRESSURE), "ksi": (1e3 * _LBF / _INCH**2, _PRESSURE),
    "Msi": (1e6 * _LBF / _INCH**2, _PRESSURE),
    "J": (1.0, _ENERGY), "kJ": (1e3, _ENERGY), "W": (1.0, _POWER), "kW": (1e3, _POWER),
    "gee": (_GRAVITY, {"m": 1.0, "s": -2.0}), "g_0": (_GRAVITY, {"m": 1.0, "s": -2.0}),
    "g0": (_GRAVITY, {"m": 1.0, "s": -2.0}), "g_n": (_GRAVITY, {"m": 1.0, "s": -2.0}),
    "K": (1.0, {"K": 1.0}), "A": (1.0, {"A": 1.0}), "V": (1.0, {**_POWER, "A": -1.0}),
    "mol": (1.0, {"mol": 1.0}), "cd": (1.0, {"cd": 1.0}), "dB": (1.0, {"dB": 1.0}),
}  # fmt: skip
# Standing alone these have a zero point of their own; within a product they mean a difference.
_ZERO_POINTS = {"degC": (1.0, 273.15), "degF": (5.0 / 9.0, 273.15 - 32.0 * 5.0 / 9.0)}
_PINT_BASES = {
    "kilogram": "kg", "meter": "m", "second": "s", "ampere": "A", "kelvin": "K", "mole": "mol",
    "candela": "cd", "radian": "rad",
}  # fmt: skip


class UnitError(InputError):
    """A unit is unknown, is not written as a unit, or does not fit another."""


@dataclass(frozen=True)
class Unit:
    """A product of powers of named units, kept as written so that MPa·mm/mm is exactly MPa."""

    parts: tuple[tuple[str, float], ...]
    """Name and exponent, sorted by name, no exponent 0; empty: dimensionless."""

    def __str__(self) -> str:
        return "*".join(n if e == 1.0 else f"{n}**{e:g}" for n, e in self.parts) or "1"

    def __mul__(self, other: Unit) -> Unit:
        return _merged([*self.parts, *other.parts])

    def __truediv__(self, other: Unit) -> Unit:
        return self * other**-1.0

    def __pow__(self, exponent: float) -> Unit:
        return _merged([(name, power * exponent) for name, power in self.parts])


DIMENSIONLESS = Unit(())


def parse(unit: str) -> Unit:
    """Read a unit such as ``MPa``, ``kg*m/s**2``, ``W/(m*K)``; ``""`` and ``1`` are dimensionless.

    Raises
    ------
    UnitError
        If it is not written as a unit or a name in it is unknown.
    """
    parsed = _parsed(unit)
    _measure(parsed)
    return parsed


def known(unit: str) -> bool:
    """Return whether `parse` accepts the unit."""
    try:
        parse(unit)
    except UnitError:
        return False
    return True


def same_dimension(a: str | Unit, b: str | Unit) -> bool:
    """Return whether a number in unit `a` can be written in unit `b`."""
    a, b = _as_unit(a), _as_unit(b)
    return a == b or _measure(a)[2] == _measure(b)[2]


def convert(value: float, from_: str | Unit, to: str | Unit) -> float:
    """Return `value`, given in unit `from_`, in unit `to`; the same number if the units are the same.

    Raises
    ------
    UnitError
        If a unit is unknown or the dimensions differ.
    """
    a, b = _as_unit(from_), _as_unit(to)
    if a == b:
        return value
    (scale_a, zero_a, dimension_a), (scale_b, zero_b, dimension_b) = _measure(a), _measure(b)
    if dimension_a != dimension_b:
        raise UnitError(f"{a} cannot be converted to {b}: the dimensions differ")
    if zero_a == zero_b:
        return value * (scale_a / scale_b)
    return (value * scale_a + zero_a - zero_b) / scale_b


def _as_unit(unit: str | Unit) -> Unit:
    return parse(unit) if isinstance(unit, str) else unit


def _merged(parts: list[tuple[str, float]]) -> Unit:
    total: dict[str, float] = {}
    for name, exponent in parts:
        total[name] = total.get(name, 0.0) + exponent
    return Unit(tuple(sorted((name, exponent) for name, exponent in total.items() if exponent)))


@lru_cache(maxsize=4096)
def _parsed(unit: str) -> Unit:
    if len(unit) > MAX_LENGTH or not _ALLOWED.fullmatch(unit):
        raise UnitError(f"{unit[:MAX_LENGTH]!r} is not a unit")
    tokens: list[tuple[str, str]] = []
    at = 0
    text = unit.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise UnitError(f"{unit!r} is not a unit")
        tokens.append((str(match.lastgroup), str(match[str(match.lastgroup)])))
        at = match.end()
    if not tokens:
        return DIMENSIONLESS
    result, rest = _product(tokens, unit)
    if rest:
        raise UnitError(f"{unit!r} is not a unit: {rest[0][1]!r} has no place there")
    if any(abs(exponent) > _MAX_POWER for _, exponent in result.parts):
        raise UnitError(f"{unit!r} has a power above {_MAX_POWER}")
    return result


def _product(tokens: list[tuple[str, str]], unit: str) -> tuple[Unit, list[tuple[str, str]]]:
    result, tokens = _power(tokens, unit)
    while tokens and tokens[0][1] in ("*", "·", "/"):
        operator = tokens[0][1]
        right, tokens = _power(tokens[1:], unit)
        result = result / right if operator == "/" else result * right
    return result, tokens


def _power(tokens: list[tuple[str, str]], unit: str) -> tuple[Unit, list[tuple[str, str]]]:
    if not tokens:
        raise UnitError(f"{unit!r} is not a unit: it ends too early")
    (kind, word), tokens = tokens[0], tokens[1:]
    if kind == "name":
        result = Unit(((word, 1.0),))
    elif word == "1":
        result = DIMENSIONLESS
    elif word == "(":
        result, tokens = _product(tokens, unit)
        if not tokens or tokens[0][1] != ")":
            raise UnitError(f"{unit!r} is not a unit: a bracket is not closed")
        tokens = tokens[1:]
    else:
        raise UnitError(f"{unit!r} is not a unit: {word!r} has no place there")
    if len(tokens) >= 2 and tokens[0][1] in ("**", "^") and tokens[1][0] == "number":
        return result ** float(tokens[1][1]), tokens[2:]
    return result, tokens


@lru_cache(maxsize=4096)
def _measure(unit: Unit) -> tuple[float, float, tuple[tuple[str, float], ...]]:
    """Return factor to the base units, zero point, and the exponents of the base units."""
    if len(unit.parts) == 1 and unit.parts[0][0] in _ZERO_POINTS and unit.parts[0][1] == 1.0:
        scale, zero = _ZERO_POINTS[unit.parts[0][0]]
        return scale, zero, (("K", 1.0),)
    scale = 1.0
    total: dict[str, float] = {}
    for name, exponent in unit.parts:
        factor, bases = _named(name)
        try:
            scale *= factor**exponent
        except OverflowError:
            raise UnitError(f"{unit} is too large a unit") from None
        for base, power in bases.items():
            total[base] = total.get(base, 0.0) + power * exponent
    if not 1e-150 < scale < 1e150:
        raise UnitError(f"{unit} is too large or too small a unit")
    return scale, 0.0, tuple(sorted((base, power) for base, power in total.items() if power))


def _named(name: str) -> tuple[float, dict[str, float]]:
    if name in _TABLE:
        return _TABLE[name]
    if name in _ZERO_POINTS:
        return _ZERO_POINTS[name][0], {"K": 1.0}
    return _from_pint(name)


@lru_cache(maxsize=1)
def _registry() -> Any:
    import pint

    return pint.UnitRegistry()


@lru_cache(maxsize=4096)
def _from_pint(name: str) -> tuple[float, dict[str, float]]:
    try:
        registry = _registry()
        one, three = (registry.Quantity(value, name).to_base_units() for value in (1.0, 3.0))
        factor = float(one.magnitude)
        exponents = {_PINT_BASES.get(base, base): float(power) for base, power in one.unit_items()}
        linear = math.isclose(three.magnitude, 3.0 * factor, rel_tol=1e-12)
    except Exception as error:  # pint raises its own errors, AttributeError, tokenize errors, ...
        raise UnitError(f"unknown unit {name!r}") from error
    if not linear:  # a zero point of its own, or a logarithm
        raise UnitError(f"unit {name!r} is not a multiple of base units")
    return factor, exponents
