"""Reading limits: text to tree, by recursive descent.

Texts are untrusted: length and depth are limited, and nothing is evaluated by Python.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Literal, cast

from assay import units
from assay.programme._problems import nearest
from assay.programme.expressions import (
    BASIS_METHODS,
    FUNCTIONS,
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
    quoted,
)

MAX_LENGTH = 2000
MAX_DEPTH = 40
MAX_TOKENS = 600
_MAX_POWER = 12
_BARE = frozenset({0.0, 1.0, 2.0, -1.0})
_ARITY = {"min": (1, 20), "max": (1, 20), "abs": (1, 1), "sqrt": (1, 1)}
_TOKEN = re.compile(
    r"""\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
    |(?P<name>[A-Za-z_]\w*)
    |(?P<string>"[^"\n]*"|'[^'\n]*')
    |(?P<unit>\[[^\]\n]*\])
    |(?P<sign>\*\*|[-+*/(),]))""",
    re.VERBOSE | re.ASCII,
)


def parse_expression(
    text: str,
    *,
    aliases: Mapping[str, str] | None = None,
    factors: Mapping[str, float] | None = None,
) -> Expression:
    """Read a limit.

    Parameters
    ----------
    text
        As its author wrote it.
    aliases
        Name to the expression text that it stands for.
    factors
        Tag to value of the packs' factors, for the proposal where a bare factor is refused.

    Raises
    ------
    ExpressionError
        If the text does not follow the grammar, or holds a bare dimensionless literal other than
        0, 1, 2, -1.
    """
    expression = _Parser(text, aliases or {}, 0, [MAX_TOKENS]).whole()
    _refuse_bare_literals(expression, factors or {}, multiplied=False)
    return expression


def _refuse_bare_literals(expression: Expression, factors: Mapping[str, float], *, multiplied: bool) -> None:
    match expression:
        case Number(value, unit) if value not in _BARE:
            if unit is None or (multiplied and units.same_dimension(unit, "1")):
                raise _bare_literal(expression, factors)
        case Call(_, arguments):
            for argument in arguments:
                _refuse_bare_literals(argument, factors, multiplied=multiplied)
        case Operation(operator, left, right):
            inside = multiplied or operator in "*/"
            _refuse_bare_literals(left, factors, multiplied=inside)
            _refuse_bare_literals(right, factors, multiplied=inside)
        case Power(base, _):
            _refuse_bare_literals(base, factors, multiplied=True)


def _bare_literal(number: Number, factors: Mapping[str, float]) -> ExpressionError:
    fitting = [tag for tag, value in factors.items() if value == number.value]
    tagged = [f"factor({quoted(tag)})" for tag in fitting]
    proposal = " or ".join(tagged) or 'factor("…") with the tag of a pack'
    return ExpressionError(
        f"the bare number {expression_text(Number(number.value, None))}",
        f"write {proposal}, or give the number its unit ([1] for a limit without one)",
    )


class _Parser:
    """Recursive descent over the tokens of one text."""

    def __init__(self, source: str, aliases: Mapping[str, str], depth: int, words_left: list[int]) -> None:
        if len(source) > MAX_LENGTH:
            raise ExpressionError(f"an expression of {len(source)} characters", f"write at most {MAX_LENGTH}")
        self.source = source
        self.aliases = aliases
        self.depth = depth
        self.words_left = words_left  # shared with the aliases inside, which could double at every level
        self.tokens = self._tokens()
        self.at = 0

    def whole(self) -> Expression:
        expression = self._sum()
        if self.at < len(self.tokens):
            raise self._unexpected()
        return expression

    def _tokens(self) -> list[tuple[str, str]]:
        tokens: list[tuple[str, str]] = []
        at, source = 0, self.source.rstrip()
        while at < len(source):
            match = _TOKEN.match(source, at)
            if match is None or match.lastgroup is None:
                raise ExpressionError(
                    f"{source[at : at + 20]!r} in an expression", "write numbers, names, + - * / ** ( )"
                )
            tokens.append((match.lastgroup, match[match.lastgroup]))
            at = match.end()
        self.words_left[0] -= len(tokens)
        if self.words_left[0] < 0:
            raise ExpressionError("an expression that is too long", f"write at most {MAX_TOKENS} words")
        return tokens

    def _peek(self) -> tuple[str, str]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("end", "")

    def _take(self) -> tuple[str, str]:
        token = self._peek()
        self.at += 1
        return token

    def _accept(self, *signs: str) -> str | None:
        kind, word = self._peek()
        return self._take()[1] if kind == "sign" and word in signs else None

    def _expect(self, sign: str) -> None:
        if self._accept(sign) is None:
            raise self._unexpected(f"write {sign!r} there")

    def _unexpected(self, instead: str = "see the grammar of limits") -> ExpressionError:
        kind, word = self._peek()
        place = "the end" if kind == "end" else repr(word)
        return ExpressionError(f"{place} has no place in {_shortened(self.source)}", instead)

    def _sum(self) -> Expression:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ExpressionError("an expression nested too deeply", f"nest at most {MAX_DEPTH} levels")
        left = self._product()
        while operator := self._accept("+", "-"):
            left = Operation("+" if operator == "+" else "-", left, self._product())
        self.depth -= 1
        return left

    def _product(self) -> Expression:
        left = self._power()
        while operator := self._accept("*", "/"):
            left = Operation("*" if operator == "*" else "/", left, self._power())
        return left

    def _power(self) -> Expression:
        base = self._atom()
        if self._accept("**") is None:
            return base
        sign = -1 if self._accept("-") else 1
        kind, word = self._take()
        if kind != "number" or not word.isdecimal() or int(word[:4]) > _MAX_POWER:
            raise ExpressionError(f"the power {word!r}", f"write a whole number up to {_MAX_POWER}")
        return Power(base, sign * int(word))

    def _atom(self) -> Expression:
        if self._accept("("):
            inner = self._sum()
            self._expect(")")
            return inner
        if self._accept("-"):
            if self._peek()[0] != "number":
                raise self._unexpected("write -1 * in front of what is to be negative")
            return self._literal(-1.0)
        kind, word = self._peek()
        if kind == "number":
            return self._literal(1.0)
        if kind != "name":
            raise self._unexpected()
        self._take()
        if self._accept("("):
            return self._call(word)
        if word in self.aliases:
            return self._alias(word)
        return Name(word)

    def _literal(self, sign: float) -> Number:
        value = sign * self._finite()
        kind, word = self._peek()
        if kind not in ("name", "unit"):
            return Number(value, None)
        self._take()
        unit = word[1:-1].strip() if kind == "unit" else word
        if not units.known(unit):
            raise ExpressionError(f"unknown unit {unit!r}", "write a unit such as MPa, or * before a name")
        return Number(value, unit)

    def _finite(self) -> float:
        kind, word = self._take()
        if kind != "number" or not math.isfinite(float(word)):
            raise ExpressionError(f"{word!r}", "write a finite number there")
        return float(word)

    def _string(self) -> str:
        kind, word = self._take()
        if kind != "string" or len(word) == 2:
            raise ExpressionError(
                f"{word or 'the end'!r} in {_shortened(self.source)}", "write a name in quotes there"
            )
        return word[1:-1]

    def _call(self, function: str) -> Expression:
        if function == "factor":
            result: Expression = Tagged(self._string())
        elif function == "basis":
            result = self._basis()
        elif function in _ARITY:
            return self._arithmetic(function)
        else:
            raise ExpressionError(
                f"unknown function {function!r}", f"write one of {', '.join(sorted(FUNCTIONS))}"
            )
        self._expect(")")
        return result

    def _basis(self) -> Basis:
        dataset = self._string()
        self._expect(",")
        column = self._string()
        self._expect(",")
        coverage = self._finite()
        self._expect(",")
        confidence = self._finite()
        if not (0.0 < coverage < 1.0 and 0.0 < confidence < 1.0):
            raise ExpressionError(
                f"basis with {coverage!r}, {confidence!r}", "write coverage and confidence inside (0, 1)"
            )
        method = self._string() if self._accept(",") else "normal"
        if method not in BASIS_METHODS:
            raise ExpressionError(f"unknown basis method {method!r}", nearest(method, BASIS_METHODS))
        return Basis(dataset, column, coverage, confidence, method)

    def _arithmetic(self, function: str) -> Expression:
        arguments = [self._sum()]
        while self._accept(","):
            arguments.append(self._sum())
        self._expect(")")
        least, most = _ARITY[function]
        if not least <= len(arguments) <= most:
            raise ExpressionError(f"{function} of {len(arguments)} arguments", f"give it {least} to {most}")
        return Call(cast("Literal['min', 'max', 'abs', 'sqrt']", function), tuple(arguments))

    def _alias(self, name: str) -> Expression:
        inner = {other: meaning for other, meaning in self.aliases.items() if other != name}
        return _Parser(self.aliases[name], inner, self.depth + 1, self.words_left).whole()


def _shortened(source: str) -> str:
    return repr(source if len(source) <= 60 else source[:57] + "...")
