"""From a place in the evidence to a printed span, and back: what a span must say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from assay.document.claims import TEMPLATES, fill, places
from assay.document.model import Claim, Fact, Identifier, Quotation, Style, Template
from assay.document.rounding import (
    EXACT,
    UNIT_SPACE,
    Rounding,
    RoundingError,
    decimal_of,
    related,
    relation_preserved,
    round_decimal,
    shifted,
    written,
)
from assay.errors import CheckFailedError

_OPERATORS = {"<": {-1}, "<=": {-1, 0}, "=": {0}, ">=": {0, 1}, ">": {1}}


class DocumentError(CheckFailedError):
    """The document says something that its evidence does not."""


@dataclass(frozen=True)
class Sources:
    """The evidence that spans point into."""

    records: Mapping[str, Any]
    """Record id to the record's document."""
    tables: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    """Blob digest to the parsed lines of a JSON Lines blob."""

    def value(self, record: str, pointer: str, blob: str | None = None) -> Any:
        """Return the JSON value that a span points at.

        Raises
        ------
        DocumentError
            If there is none.
        """
        if record not in self.records:
            raise DocumentError(f"record {record} is not among the evidence")
        root = self.records[record]
        if blob is not None:
            digest = root["blobs"].get(blob)
            if digest not in self.tables:
                raise DocumentError(f"record {record} has no table {blob!r} among the evidence")
            root = self.tables[digest]
        return resolve(root, pointer)


def resolve(root: Any, pointer: str) -> Any:
    """Return the value at a JSON pointer (RFC 6901).

    Raises
    ------
    DocumentError
        If the pointer leads nowhere.
    """
    if pointer and not pointer.startswith("/"):
        raise DocumentError(f"{pointer!r} is not a JSON pointer")
    value = root
    for token in pointer.split("/")[1:]:
        name = token.replace("~1", "/").replace("~0", "~")
        if isinstance(value, Mapping) and name in value:
            value = value[name]
        elif isinstance(value, Sequence) and not isinstance(value, str) and _is_index(name, len(value)):
            value = value[int(name)]
        else:
            raise DocumentError(f"nothing at {pointer!r}: no {name!r}")
    return value


def _is_index(name: str, length: int) -> bool:
    return name.isascii() and name.isdigit() and (name == "0" or name[0] != "0") and int(name) < length


def decimals_of(span: Fact, sources: Sources) -> tuple[Decimal, Decimal] | None:
    """Return the number behind a fact before and after rounding; None if it is a string."""
    value = sources.value(span.record, span.pointer, span.blob)
    if span.form == "count":
        if not isinstance(value, Mapping | Sequence) or isinstance(value, str):
            raise DocumentError(f"{span.pointer} is neither list nor object, so it has no count")
        value = len(value)
    if isinstance(value, str):
        return None
    if not isinstance(value, int | float | Decimal) or isinstance(value, bool):
        raise DocumentError(f"{span.pointer} is {value!r}, which cannot be printed")
    exact = shifted(decimal_of(value), span.scale, span.form == "complement")
    return exact, round_decimal(exact, span.rounding)


def expected_text(span: Fact, sources: Sources) -> str:
    """Return the text that a fact must have.

    Raises
    ------
    DocumentError, RoundingError
        If it points nowhere, or cannot be printed as asked.
    """
    numbers = decimals_of(span, sources)
    if numbers is None:
        if (span.form, span.rounding, span.scale, span.unit) != ("value", EXACT, 0, ""):
            raise DocumentError(f"{span.pointer} is a string; it is printed as it stands or not at all")
        return str(sources.value(span.record, span.pointer, span.blob))
    text = written(numbers[1], span.rounding.mode)
    return f"{text}{UNIT_SPACE}{span.unit}" if span.unit else text


def fact(
    sources: Sources,
    record: str,
    pointer: str,
    rounding: Rounding = EXACT,
    *,
    unit: str = "",
    scale: int = 0,
    form: Literal["value", "complement", "count"] = "value",
    blob: str | None = None,
    style: Style = "plain",
    link: str | None = None,
) -> Fact:
    """Return the span that prints the value at `pointer` of `record`.

    The rounding gets more digits where it would print a number that is not zero as zero.

    Raises
    ------
    DocumentError
        If there is no such value, or it cannot be printed.
    """
    while True:
        span = Fact(
            text="?", record=record, pointer=pointer, rounding=rounding, unit=unit, scale=scale,
            form=form, blob=blob, style=style, link=link,
        )  # fmt: skip
        try:
            return span.model_copy(update={"text": expected_text(span, sources)})
        except RoundingError:
            rounding = rounding.wider()


def claim(
    sources: Sources,
    template: str,
    *,
    style: Style = "plain",
    templates: Mapping[str, Template] = TEMPLATES,
    **arguments: Fact | Identifier | Quotation,
) -> Claim:
    """Return the reviewed sentence `template` about `arguments`.

    Facts in a relation get more digits where rounding would change it.

    Raises
    ------
    DocumentError
        If the template is unknown, a place is missing, or the relation it states does not hold.
    """
    if template not in templates:
        raise DocumentError(f"there is no claim template {template!r}")
    filled = dict(arguments)
    for left, operator, right in templates[template].relations:
        filled[left], filled[right] = _widened(filled.get(left), filled.get(right), sources)
        broken = broken_relation(left, operator, right, filled, sources)
        if broken:
            raise DocumentError(f"claim {template}: {broken}")
    needed = places(templates[template].text)
    if set(filled) != set(needed):
        raise DocumentError(f"claim {template} needs {needed}, got {sorted(filled)}")
    text = fill(templates[template].text, {name: span.text for name, span in filled.items()})
    return Claim(text=text, style=style, template=template, arguments=filled)


def _widened(
    left: Fact | Identifier | Quotation | None, right: Fact | Identifier | Quotation | None, sources: Sources
) -> tuple[Fact, Fact]:
    if not isinstance(left, Fact) or not isinstance(right, Fact):
        raise DocumentError("a relation stands between two facts")
    a, b = decimals_of(left, sources), decimals_of(right, sources)
    if a is None or b is None:
        raise DocumentError("a relation stands between two numbers")
    roundings = related(a[0], b[0], left.rounding, right.rounding)
    widened = [
        span.model_copy(update={"rounding": rounding})
        for span, rounding in zip((left, right), roundings, strict=True)
    ]
    first, second = (span.model_copy(update={"text": expected_text(span, sources)}) for span in widened)
    return first, second


def broken_relation(
    left: str,
    operator: str,
    right: str,
    arguments: Mapping[str, Fact | Identifier | Quotation],
    sources: Sources,
) -> str | None:
    """Return what is wrong with a stated relation between two arguments, or None."""
    a, b = arguments.get(left), arguments.get(right)
    if not isinstance(a, Fact) or not isinstance(b, Fact):
        return f"{left} {operator} {right} needs two facts"
    first, second = decimals_of(a, sources), decimals_of(b, sources)
    if first is None or second is None or a.unit != b.unit:
        return f"{left} {operator} {right} needs two numbers of one unit"
    if not relation_preserved(first[0], second[0], first[1], second[1]):
        return f"rounding changes how {left} stands to {right}"
    sign = (first[0] > second[0]) - (first[0] < second[0])
    return None if sign in _OPERATORS[operator] else f"{left} {operator} {right} does not hold"
