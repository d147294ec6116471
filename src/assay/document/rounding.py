"""Directed decimal rounding of the numbers that are printed: never to the flattering side.

The algorithm uses nothing but the standard library's `decimal`, because the verifier inside every dossier
carries its own copy of it. It works on the decimal number as the record's canonical JSON writes it, so no
binary float takes part.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from assay.errors import CheckFailedError

Direction = Literal["up", "down", "nearest"]
Mode = Literal["exact", "decimals", "significant"]

MINUS = "\u2212"
GROUP_SPACE = "\u202f"
UNIT_SPACE = "\u00a0"
PLAIN_EXPONENTS = range(-5, 10)
"""Decimal exponents that are written plainly; others as a power of ten (never with fixed decimals)."""

_ROUNDING = {"up": ROUND_CEILING, "down": ROUND_FLOOR, "nearest": ROUND_HALF_EVEN}
_SUPERSCRIPT = str.maketrans(
    "0123456789-", "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079\u207b"
)
_EXACT = Context(prec=1000)
"""Wide enough for one minus any float to be exact."""
_MOST_DIGITS = 17


class RoundingError(CheckFailedError):
    """A number cannot be printed as asked without saying something else than the evidence."""


class Rounding(BaseModel):
    """How a number is shortened for print."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    mode: Mode
    digits: int = Field(default=0, ge=0, le=_MOST_DIGITS)
    """Digits behind the point (`decimals`), significant digits of at least 1, or 0 (`exact`)."""
    direction: Direction = "nearest"
    """`up` is towards +infinity, `down` towards -infinity, `nearest` half to even."""

    @model_validator(mode="after")
    def _digits_fit_mode(self) -> Rounding:
        if self.mode == "significant" and self.digits < 1:
            raise ValueError("a number needs at least one significant digit")
        if self.mode == "exact" and (self.digits, self.direction) != (0, "nearest"):
            raise ValueError("exact rounding has no digits and no direction")
        return self

    def wider(self) -> Rounding:
        """Return the same rounding with one digit more.

        Raises
        ------
        RoundingError
            If there is none.
        """
        if self.mode == "exact" or self.digits >= _MOST_DIGITS:
            raise RoundingError(f"{self.mode} rounding with {self.digits} digits cannot be made wider")
        return self.model_copy(update={"digits": self.digits + 1})


EXACT = Rounding(mode="exact")


def decimal_of(number: float | Decimal) -> Decimal:
    """Return the decimal number that canonical JSON writes for `number` (the shortest one for a float)."""
    if isinstance(number, bool):
        raise RoundingError(f"{number} is a truth value, not a number")
    value = Decimal(repr(number)) if isinstance(number, float) else Decimal(number)
    if not value.is_finite():
        raise RoundingError(f"{number} is not a finite number")
    return value


def shifted(value: Decimal, scale: int, complement: bool = False) -> Decimal:
    """Return value·10^scale, or (1 - value)·10^scale, exactly."""
    return _EXACT.scaleb(_EXACT.subtract(Decimal(1), value) if complement else value, scale)


def round_decimal(value: Decimal, rounding: Rounding) -> Decimal:
    """Return `value` rounded as `rounding` says.

    Raises
    ------
    RoundingError
        If the sign would change: a number that is not zero is never printed as zero.
    """
    if rounding.mode == "exact":
        return _EXACT.normalize(value)
    if rounding.mode == "decimals":
        exponent = -rounding.digits
    else:
        exponent = value.adjusted() - rounding.digits + 1 if value else 0
    quantum = Decimal((0, (1,), exponent))
    rounded = value.quantize(quantum, rounding=_ROUNDING[rounding.direction], context=_EXACT)
    if _sign(rounded) != _sign(value):
        raise RoundingError(f"{value} would be printed as {rounded}, which has another sign")
    return rounded


def _sign(value: Decimal) -> int:
    return (value > 0) - (value < 0)


def _plain(magnitude: Decimal) -> str:
    whole, _, fraction = f"{magnitude:f}".partition(".")
    if len(whole) >= 5:
        head = len(whole) % 3
        groups = [whole[:head]] if head else []
        groups += [whole[i : i + 3] for i in range(head, len(whole), 3)]
        whole = GROUP_SPACE.join(groups)
    return f"{whole}.{fraction}" if fraction else whole


def _scientific(magnitude: Decimal) -> str:
    digits = "".join(str(digit) for digit in magnitude.as_tuple().digits)
    mantissa = f"{digits[0]}.{digits[1:]}" if len(digits) > 1 else digits
    return f"{mantissa}{UNIT_SPACE}\u00d7{UNIT_SPACE}10{str(magnitude.adjusted()).translate(_SUPERSCRIPT)}"


def written(rounded: Decimal, mode: Mode) -> str:
    """Return the printed form of a rounded number: U+2212, thin groups of three, powers of ten."""
    magnitude = abs(rounded) if rounded else Decimal((0, (0,), min(0, int(rounded.as_tuple().exponent))))
    plain = mode == "decimals" or not rounded or magnitude.adjusted() in PLAIN_EXPONENTS
    return (MINUS if rounded < 0 else "") + (_plain(magnitude) if plain else _scientific(magnitude))


def printed(
    number: float | Decimal,
    rounding: Rounding,
    *,
    unit: str = "",
    scale: int = 0,
    complement: bool = False,
) -> str:
    """Return `number` as it stands in the document, with its unit behind a no-break space.

    Parameters
    ----------
    number
        As the record's JSON has it.
    rounding
        Digits and direction.
    unit
        Printed unit, empty for none.
    scale
        Power of ten that multiplies the number: 2 for per cent.
    complement
        Print one minus the number.

    Raises
    ------
    RoundingError
        If the number is not finite or its sign would change.
    """
    value = shifted(decimal_of(number), scale, complement)
    text = written(round_decimal(value, rounding), rounding.mode)
    return f"{text}{UNIT_SPACE}{unit}" if unit else text


def relation_preserved(a: Decimal, b: Decimal, ra: Decimal, rb: Decimal) -> bool:
    """Return whether the rounded `ra`, `rb` stand to each other as `a`, `b` do (<, = or >)."""
    return _sign(_EXACT.subtract(a, b)) == _sign(_EXACT.subtract(ra, rb))


def related(a: Decimal, b: Decimal, rounding_a: Rounding, rounding_b: Rounding) -> tuple[Rounding, Rounding]:
    """Return the shortest widenings of two roundings that keep the relation between `a` and `b`.

    Demand rounded up and capacity rounded down meet when they are close; then both get more digits.

    Raises
    ------
    RoundingError
        If no number of digits keeps it.
    """
    while True:
        try:
            ra, rb = round_decimal(a, rounding_a), round_decimal(b, rounding_b)
            if relation_preserved(a, b, ra, rb):
                return rounding_a, rounding_b
        except RoundingError:
            pass
        if rounding_a.mode == rounding_b.mode == "exact":
            raise RoundingError(f"{a} and {b} cannot be printed so that their relation is kept")
        rounding_a = rounding_a if rounding_a.mode == "exact" else rounding_a.wider()
        rounding_b = rounding_b if rounding_b.mode == "exact" else rounding_b.wider()
