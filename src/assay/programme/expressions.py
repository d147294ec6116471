"""The little language of limits (DESIGN.md section 4) as a frozen tree, and questions about it.

::

    expr  := term (("+" | "-") term)*
    term  := power (("*" | "/") power)*
    power := atom ("**" integer)?
    atom  := NUMBER UNIT? | NAME | NAME "(" args ")" | "(" expr ")"

A unit is a name (``200 MPa``) or, where it is compound, stands in square brackets
(``200 [N/mm**2]``). `parsing` makes a tree of a text, `evaluation` says what it is worth.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from assay.errors import InputError

FUNCTIONS = frozenset({"min", "max", "abs", "sqrt", "basis", "factor"})
BASIS_METHODS = ("normal", "lognormal", "weibull", "hanson-koopmans", "nonparametric", "anova", "auto")
"""Fifth argument of ``basis``; without it the method is ``normal``."""


class ExpressionError(InputError):
    """A limit cannot be read or has no value; says what was found and what to write instead."""

    def __init__(self, found: str, instead: str) -> None:
        super().__init__(f"{found}; {instead}")
        self.found = found
        self.instead = instead


@dataclass(frozen=True)
class Number:
    """A literal."""

    value: float
    unit: str | None
    """None for a bare number."""


@dataclass(frozen=True)
class Name:
    """A quantity or factor of the study."""

    name: str


@dataclass(frozen=True)
class Basis:
    """A basis value of a data set's column."""

    dataset: str
    column: str
    coverage: float
    confidence: float
    method: str = "normal"
    """One of `BASIS_METHODS`."""


@dataclass(frozen=True)
class Tagged:
    """A factor that carries a tag, from a pack."""

    tag: str


@dataclass(frozen=True)
class Call:
    """``min max abs sqrt`` of expressions."""

    function: Literal["min", "max", "abs", "sqrt"]
    arguments: tuple[Expression, ...]


@dataclass(frozen=True)
class Operation:
    """Two expressions joined by an operator."""

    operator: Literal["+", "-", "*", "/"]
    left: Expression
    right: Expression


@dataclass(frozen=True)
class Power:
    """An expression to an integer power."""

    base: Expression
    exponent: int


Expression: TypeAlias = Number | Name | Basis | Tagged | Call | Operation | Power
KINDS = (Number, Name, Basis, Tagged, Call, Operation, Power)


def expression_text(expression: Expression) -> str:
    """Return the canonical text, which parses to an equal tree."""
    match expression:
        case Number(value, unit):
            return _number(value) if unit is None else f"{_number(value)} [{unit}]"
        case Name(name):
            return name
        case Basis(dataset, column, coverage, confidence, method):
            by = "" if method == "normal" else f", {quoted(method)}"
            return f"basis({quoted(dataset)}, {quoted(column)}, {coverage!r}, {confidence!r}{by})"
        case Tagged(tag):
            return f"factor({quoted(tag)})"
        case Call(function, arguments):
            return f"{function}({', '.join(map(expression_text, arguments))})"
        case Operation(operator, left, right):
            first, second = _operand(left, operator, right=False), _operand(right, operator, right=True)
            return f"{first} {operator} {second}"
        case Power(base, exponent):
            inner = expression_text(base)
            return f"({inner})**{exponent}" if isinstance(base, Operation | Power) else f"{inner}**{exponent}"


def walk(expression: Expression) -> Iterator[Expression]:
    """Yield the expression and everything in it, outermost first, left to right."""
    yield expression
    match expression:
        case Call(_, arguments):
            for argument in arguments:
                yield from walk(argument)
        case Operation(_, left, right):
            yield from walk(left)
            yield from walk(right)
        case Power(base, _):
            yield from walk(base)


def names(expression: Expression) -> tuple[str, ...]:
    """Return the quantities and factors that it names, each once, in order."""
    return tuple(dict.fromkeys(e.name for e in walk(expression) if isinstance(e, Name)))


def basis_calls(expression: Expression) -> tuple[tuple[str, str, float, float, str], ...]:
    """Return (dataset, column, coverage, confidence, method) of its basis values, each once, in order."""
    found = (e for e in walk(expression) if isinstance(e, Basis))
    return tuple(dict.fromkeys((e.dataset, e.column, e.coverage, e.confidence, e.method) for e in found))


def factor_tags(expression: Expression) -> tuple[str, ...]:
    """Return the tags on its path, as often as they are applied; a `max` or `min` applies one of its own.

    A tag that stands twice in the answer is applied twice (see `repeated_tags`).
    """
    return tuple(_tags(expression).elements())


def repeated_tags(*paths: Iterable[str]) -> tuple[str, ...]:
    """Return the tags that are applied more than once on the joined paths (criterion, study, case)."""
    counts = Counter(tag for path in paths for tag in path)
    return tuple(tag for tag, count in counts.items() if count > 1)


def _tags(expression: Expression) -> Counter[str]:
    match expression:
        case Tagged(tag):
            return Counter([tag])
        case Call("max" | "min", arguments):
            group: Counter[str] = Counter()
            for argument in arguments:
                group |= _tags(argument)
            return group
        case Call(_, arguments):
            return _tags(arguments[0])
        case Operation(_, left, right):
            return _tags(left) + _tags(right)
        case Power(base, exponent):
            return Counter({tag: n * max(1, abs(exponent)) for tag, n in _tags(base).items()})
    return Counter()


def _number(value: float) -> str:
    return repr(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


def quoted(word: str) -> str:
    """Return a tag or name as it stands in an expression."""
    return f"'{word}'" if '"' in word else f'"{word}"'


def _operand(operand: Expression, operator: str, *, right: bool) -> str:
    inner = expression_text(operand)
    if isinstance(operand, Operation):
        loose = operand.operator in "+-"
        if (operator in "*/" and loose) or (right and (operator in "*/" or loose)):
            return f"({inner})"
    return inner
