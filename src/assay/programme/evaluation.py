"""What an expression is worth, with its unit: first whether its dimensions fit, then its number."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import reduce
from typing import TypeVar

from assay import units
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
    expression_text,
)
from assay.units import DIMENSIONLESS, Unit

_T = TypeVar("_T")
BasisValue = Callable[[str, str, float, float, str], tuple[float, str]]
"""(dataset, column, coverage, confidence, method) to (value, unit)."""
BasisUnit = Callable[[str, str], str]
"""(dataset, column) to the column's unit."""


def check_dimension(expression: Expression, unit: str, names: Mapping[str, str], basis: BasisUnit) -> None:
    """Refuse an expression that has not the dimension of `unit`.

    Parameters
    ----------
    names
        Quantity or factor to its unit.
    basis
        Unit of a data set's column.

    Raises
    ------
    ExpressionError
        If dimensions do not fit, inside or outside.
    """
    found = unit_of(expression, names, basis)
    if not _is_zero(expression) and not units.same_dimension(found, unit):
        raise ExpressionError(
            f"{_shortened(expression)} is in {found}, the quantity in {unit or '1'}",
            f"write a limit that can be converted to {unit or '1'}",
        )


def unit_of(expression: Expression, names: Mapping[str, str], basis: BasisUnit) -> Unit:
    """Return the unit in which the expression comes out; see `check_dimension`."""
    match expression:
        case Number(_, unit):
            return units.parse(unit or "1")
        case Name(name):
            return units.parse(_known(names, name))
        case Basis(dataset, column, _, _, _):
            return units.parse(basis(dataset, column))
        case Tagged():
            return DIMENSIONLESS
        case Power(base, exponent):
            return unit_of(base, names, basis) ** exponent
        case Call("sqrt", (argument,)):
            return unit_of(argument, names, basis) ** 0.5
        case Call(_, arguments):
            return reduce(_common, ((a, unit_of(a, names, basis)) for a in arguments))[1]
        case Operation(operator, left, right):
            a, b = unit_of(left, names, basis), unit_of(right, names, basis)
            if operator in "+-":
                return _common((left, a), (right, b))[1]
            return a * b if operator == "*" else a / b


def evaluate(
    expression: Expression,
    unit: str,
    values: Mapping[str, tuple[float, str]],
    basis: BasisValue,
    factor: Callable[[str], float],
) -> float:
    """Return the number that the expression is worth in `unit`.

    Parameters
    ----------
    values
        Quantity or factor to (value, unit).
    basis, factor
        Where basis values and tagged factors come from.

    Raises
    ------
    ExpressionError
        If dimensions do not fit or the value is not a finite number (division by zero, root of a
        negative number, overflow).
    """
    try:
        value, found = _Evaluation(values, basis, factor).value(expression)
        if _is_zero(expression):
            return 0.0
        result = units.convert(value, found, unit)
    except (ZeroDivisionError, OverflowError, ValueError) as error:
        raise ExpressionError(
            f"{_shortened(expression)} has no value ({error})", "write a limit that is a number"
        ) from error
    except units.UnitError as error:
        raise ExpressionError(error.message, "write a limit in a unit of the quantity") from error
    if not math.isfinite(result):
        raise ExpressionError(f"{_shortened(expression)} is not finite", "write a limit that is a number")
    return result


class _Evaluation:
    """Values and sources of one evaluation."""

    def __init__(
        self, values: Mapping[str, tuple[float, str]], basis: BasisValue, factor: Callable[[str], float]
    ) -> None:
        self._values = values
        self._basis = basis
        self._factor = factor

    def value(self, expression: Expression) -> tuple[float, Unit]:
        match expression:
            case Number(number, unit):
                return number, units.parse(unit or "1")
            case Name(name):
                found, unit = _known(self._values, name)
                return found, units.parse(unit)
            case Basis(dataset, column, coverage, confidence, method):
                found, unit = self._basis(dataset, column, coverage, confidence, method)
                return found, units.parse(unit)
            case Tagged(tag):
                return self._factor(tag), DIMENSIONLESS
            case Power(base, exponent):
                found, a = self.value(base)
                return found**exponent, a**exponent
            case Operation(operator, left, right):
                return self._joined(operator, left, right)
            case Call(function, arguments):
                return self._called(function, arguments)

    def _called(self, function: str, arguments: tuple[Expression, ...]) -> tuple[float, Unit]:
        if function == "sqrt":
            found, unit = self.value(arguments[0])
            return math.sqrt(found), unit**0.5
        if function == "abs":
            found, unit = self.value(arguments[0])
            return abs(found), unit
        pairs = [(a, *self.value(a)) for a in arguments]
        common = reduce(_common, ((a, u) for a, _, u in pairs))[1]
        choose = max if function == "max" else min
        return choose(_converted(a, v, u, common) for a, v, u in pairs), common

    def _joined(self, operator: str, left: Expression, right: Expression) -> tuple[float, Unit]:
        (a, unit_a), (b, unit_b) = self.value(left), self.value(right)
        if operator == "*":
            return a * b, unit_a * unit_b
        if operator == "/":
            return a / b, unit_a / unit_b
        common = _common((left, unit_a), (right, unit_b))[1]
        a, b = _converted(left, a, unit_a, common), _converted(right, b, unit_b, common)
        return (a + b if operator == "+" else a - b), common


def _common(a: tuple[Expression, Unit], b: tuple[Expression, Unit]) -> tuple[Expression, Unit]:
    """Return the first of two operands that carries a unit; a literal 0 fits any."""
    if _is_zero(a[0]):
        return b
    if not _is_zero(b[0]) and not units.same_dimension(a[1], b[1]):
        raise ExpressionError(
            f"{_shortened(a[0])} is in {a[1]} and {_shortened(b[0])} in {b[1]}",
            "add, subtract and compare only what has one dimension",
        )
    return a


def _converted(expression: Expression, value: float, unit: Unit, to: Unit) -> float:
    return 0.0 if _is_zero(expression) else units.convert(value, unit, to)


def _is_zero(expression: Expression) -> bool:
    return isinstance(expression, Number) and expression.value == 0.0 and expression.unit is None


def _known(table: Mapping[str, _T], name: str) -> _T:
    if name not in table:
        raise ExpressionError(f"unknown name {name!r}", f"write one of {', '.join(sorted(table)) or 'none'}")
    return table[name]


def _shortened(expression: Expression) -> str:
    written = expression_text(expression)
    return written if len(written) <= 60 else written[:57] + "..."
