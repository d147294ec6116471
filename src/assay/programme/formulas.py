"""Derived quantities: a formula over what a run gave, worked out as a number and as an interval.

A formula is compiled once into steps in reverse Polish order over plain numbers, every unit converted
and every quantity that is derived itself replaced by its own steps. Anyone repeats them with a stack.

The interval arithmetic is the plain one (Moore, 1966) with every end rounded outwards: a name that
stands twice is two independent numbers, so that the interval is never too narrow.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from assay import units
from assay.programme.evaluation import unit_of
from assay.programme.expressions import (
    Basis,
    Call,
    Expression,
    ExpressionError,
    Name,
    Number,
    Operation,
    Power,
    Tagged,
)
from assay.units import Unit

Step = tuple[str, str | float]
"""``quantity`` or ``factor`` with its name, ``number`` with its value, ``power`` with its exponent, else one
of ``+ - * / min max abs sqrt`` with how many numbers it takes from the stack."""
Interval = tuple[float, float]
_PROPORTIONAL = frozenset({"quantity", "factor", "number", "*", "/", "power", "abs"})


@dataclass(frozen=True)
class Formula:
    """What a derived quantity is made of."""

    text: str
    """As its author wrote it, in canonical form."""
    steps: tuple[Step, ...]
    """In reverse Polish order; the result is in the quantity's unit."""
    tags: tuple[str, ...] = ()
    """Tags of the packs' factors in it, as often as they are applied."""

    @property
    def bases(self) -> tuple[str, ...]:
        """Return the solved quantities that it is made of, each once, in order."""
        return tuple(dict.fromkeys(str(x) for word, x in self.steps if word == "quantity"))

    @property
    def proportional(self) -> bool:
        """Whether it is made of products, quotients and powers: its relative error is the same in every run.

        Only then does a run that lies beyond another one still do so with all errors charged.
        """
        return all(word in _PROPORTIONAL for word, _ in self.steps)

    @property
    def factors(self) -> tuple[str, ...]:
        """Return the study's factors in it, each once, in order."""
        return tuple(dict.fromkeys(str(x) for word, x in self.steps if word == "factor"))


@dataclass(frozen=True)
class Scope:
    """What the names in a formula stand for."""

    units: Mapping[str, str]
    """Quantity or factor to its unit."""
    factors: frozenset[str]
    """The names that are factors; all others are quantities."""
    derived: Mapping[str, Formula]
    """Quantities that are derived themselves."""
    tags: Mapping[str, float]
    """Tag to value of the packs' factors."""


def compiled(expression: Expression, unit: str, scope: Scope) -> tuple[Step, ...]:
    """Return the steps of an expression whose result is in `unit`; dimensions have been checked.

    Raises
    ------
    ExpressionError
        If it holds a basis value: that is a constant of the data, not of a run.
    """
    return tuple(_converted(expression, units.parse(unit), scope))


def _steps(expression: Expression, scope: Scope) -> list[Step]:
    match expression:
        case Number(value, _):
            return [("number", value)]
        case Name(name):
            if name in scope.derived:
                return list(scope.derived[name].steps)
            return [("factor" if name in scope.factors else "quantity", name)]
        case Tagged(tag):
            return [("number", scope.tags[tag])]
        case Basis():
            raise ExpressionError("a basis value in a formula", "write it in the limit of the criterion")
        case Power(base, exponent):
            return [*_steps(base, scope), ("power", float(exponent))]
        case Call("abs" | "sqrt" as function, (argument,)):
            return [*_steps(argument, scope), (function, 1.0)]
        case Call(function, arguments):
            common = _unit(expression, scope)
            inner = [step for argument in arguments for step in _converted(argument, common, scope)]
            return [*inner, (function, float(len(arguments)))]
        case Operation("*" | "/" as operator, left, right):
            return [*_steps(left, scope), *_steps(right, scope), (operator, 2.0)]
        case Operation(operator, left, right):
            common = _unit(expression, scope)
            inner = [*_converted(left, common, scope), *_converted(right, common, scope)]
            return [*inner, (operator, 2.0)]


def _unit(expression: Expression, scope: Scope) -> Unit:
    return unit_of(expression, scope.units, _no_basis)


def _no_basis(dataset: str, column: str) -> str:
    found = f"the basis value of {dataset}.{column} in a formula"
    raise ExpressionError(found, "write it in the limit of the criterion")


def _converted(expression: Expression, to: Unit, scope: Scope) -> list[Step]:
    if isinstance(expression, Number) and expression.value == 0.0 and expression.unit is None:
        return [("number", 0.0)]
    steps, unit = _steps(expression, scope), _unit(expression, scope)
    zero = units.convert(0.0, unit, to)
    scale = units.convert(1.0, unit, to) - zero
    if scale != 1.0:
        steps += [("number", scale), ("*", 2.0)]
    if zero != 0.0:
        steps += [("number", zero), ("+", 2.0)]
    return steps


def value_of(
    steps: tuple[Step, ...], quantities: Mapping[str, float], factors: Mapping[str, float]
) -> float | None:
    """Return what a formula is worth for one run; None where that is no finite number.

    Parameters
    ----------
    quantities, factors
        Name to value, in the study's units.
    """
    stack: list[float] = []
    try:
        for word, x in steps:
            if word in _LEAVES:
                stack.append(_leaf(word, x, quantities, factors))
            elif word == "power":
                stack.append(stack.pop() ** int(x))
            else:
                stack[-int(x) :] = [_NUMBERS[word](*stack[-int(x) :])]
    except (ZeroDivisionError, OverflowError, ValueError):
        return None
    return stack[0] if math.isfinite(stack[0]) else None


_LEAVES = frozenset({"quantity", "factor", "number"})
_NUMBERS: Mapping[str, Callable[..., float]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "min": lambda *numbers: min(numbers),
    "max": lambda *numbers: max(numbers),
    "abs": abs,
    "sqrt": math.sqrt,
}


def _leaf(word: str, x: str | float, quantities: Mapping[str, float], factors: Mapping[str, float]) -> float:
    if word == "number":
        return float(x)
    return quantities[str(x)] if word == "quantity" else factors[str(x)]


def interval_of_formula(
    steps: tuple[Step, ...], quantities: Mapping[str, Interval], factors: Mapping[str, float]
) -> Interval | None:
    """Return an interval that holds the formula's value for any quantities inside theirs.

    Parameters
    ----------
    quantities
        Name to (lowest, highest) value.
    factors
        Name to value: what a run was given is exact.

    Returns
    -------
    tuple or None
        None where no finite interval does: a divisor may be zero, the argument of a root negative.
    """
    stack: list[Interval] = []
    try:
        for word, x in steps:
            if word == "quantity":
                stack.append(quantities[str(x)])
            elif word in _LEAVES:
                exact = _leaf(word, x, {}, factors)
                stack.append((exact, exact))
            elif word == "power":
                stack.append(_power(stack.pop(), int(x)))
            else:
                stack[-int(x) :] = [_INTERVALS[word](*stack[-int(x) :])]
            if not (math.isfinite(stack[-1][0]) and math.isfinite(stack[-1][1])):
                return None
    except (ZeroDivisionError, OverflowError, ValueError):
        return None
    return stack[0]


def _outward(low: float, high: float) -> Interval:
    # A sum or product that comes out as +0 is not negative: a root of it keeps its value.
    down = low if low == 0.0 and math.copysign(1.0, low) > 0.0 else math.nextafter(low, -math.inf)
    return down, math.nextafter(high, math.inf)


def _product(a: Interval, b: Interval) -> Interval:
    ends = [x * y for x in a for y in b]
    return _outward(min(ends), max(ends))


def _quotient(a: Interval, b: Interval) -> Interval:
    if b[0] <= 0.0 <= b[1]:
        raise ZeroDivisionError
    ends = [x / y for x in a for y in b]
    return _outward(min(ends), max(ends))


def _power(a: Interval, exponent: int) -> Interval:
    if exponent < 0:
        return _quotient((1.0, 1.0), _power(a, -exponent))
    ends = [a[0] ** exponent, a[1] ** exponent]
    low = 0.0 if exponent % 2 == 0 and exponent and a[0] <= 0.0 <= a[1] else min(ends)
    # A power may be off by more than the last digit.
    return _outward(*_outward(low, max(ends)))


def _absolute(a: Interval) -> Interval:
    low = 0.0 if a[0] <= 0.0 <= a[1] else min(abs(a[0]), abs(a[1]))
    return low, max(abs(a[0]), abs(a[1]))


def _root(a: Interval) -> Interval:
    low, high = _outward(math.sqrt(a[0]), math.sqrt(a[1]))
    return max(0.0, low), high


_INTERVALS: Mapping[str, Callable[..., Interval]] = {
    "+": lambda a, b: _outward(a[0] + b[0], a[1] + b[1]),
    "-": lambda a, b: _outward(a[0] - b[1], a[1] - b[0]),
    "*": _product,
    "/": _quotient,
    "min": lambda *sides: (min(a for a, _ in sides), min(b for _, b in sides)),
    "max": lambda *sides: (max(a for a, _ in sides), max(b for _, b in sides)),
    "abs": _absolute,
    "sqrt": _root,
}
