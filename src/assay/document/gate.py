"""The gate: a document passes only if every span says what its kind allows and its evidence bears out."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping

from assay.document.claims import PLACE, TEMPLATES, fill, places
from assay.document.facts import DocumentError, Sources, broken_relation, expected_text
from assay.document.model import (
    Claim,
    Code,
    Document,
    Element,
    Fact,
    Figure,
    Heading,
    Identifier,
    ItemList,
    Prose,
    Quotation,
    Span,
    Spans,
    Structure,
    Table,
    Template,
    spans_of,
)
from assay.document.printed_units import UNIT_POWER
from assay.errors import CheckFailedError

_NUMBER = r"(?:[A-Z]\.)?(?:[1-9]\d{0,3}|[A-Z])(?:\.[1-9]\d{0,2}){0,4}"
_NUMBERED = r"(?:Table|Figure|Section|Appendix|Step)[ \u00a0]"
NUMBERING = re.compile(rf"(?:{_NUMBERED})?{_NUMBER}[.:)]?[ \u00a0\u2002]?")
"""What a leading `structure` span of a heading, caption or list item may be."""
REFERENCE = re.compile(_NUMBERED + _NUMBER)
"""What a linked `structure` span may be anywhere."""
NUMBER_WORDS = re.compile(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen"
    r"|(?:twen|thir|for|fif|six|seven|eigh|nine)ty|hundred|thousand|million|billion|dozen|half|twice|thrice"
    r"|double|triple|percent)s?\b"
)
VERDICT_WORDS = ("SHOWN", "REFUTED")
_FORBIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})


def check(
    document: Document, sources: Sources, templates: Mapping[str, Template] = TEMPLATES
) -> tuple[str, ...]:
    """Return every reason why the document may not be published, in reading order; empty if it may.

    Parameters
    ----------
    document
        The document with all its spans.
    sources
        The evidence it points into.
    templates
        The reviewed registry; the document's own templates must be taken from it.
    """
    problems = list(_identity_problems(document, templates))
    anchors = frozenset(element.anchor for element in document.elements if element.anchor is not None)
    for number, element in enumerate(document.elements):
        where = f"element {number} ({element.type})"
        problems += [f"{where}: {problem}" for problem in _element_problems(element)]
        leading = _leading_spans(element)
        for span in spans_of(element):
            found = _span_problems(span, document, sources, any(span is first for first in leading))
            problems += [f"{where}: {span.kind} {span.text!r}: {problem}" for problem in found]
            if span.link is not None and span.link not in anchors:
                problems.append(f"{where}: {span.kind} {span.text!r}: link to {span.link!r} leads nowhere")
    return tuple(problems)


def require(document: Document, sources: Sources, templates: Mapping[str, Template] = TEMPLATES) -> None:
    """Raise `DocumentError` naming what `check` finds."""
    problems = check(document, sources, templates)
    if problems:
        shown = "\n  ".join(problems[:20])
        more = f"\n  and {len(problems) - 20} more" if len(problems) > 20 else ""
        raise DocumentError(f"the document is not borne out by its evidence:\n  {shown}{more}")


def numerals(text: str) -> tuple[str, ...]:
    """Return the digits of any script and the number words of a text."""
    folded = unicodedata.normalize("NFKC", text)
    # Folding turns U+2167 into the letters VIII and U+33E0 into a digit: both sides are looked at.
    digits = [c for c in text if _is_number(c)] or [c for c in folded if _is_number(c)]
    return (*digits, *NUMBER_WORDS.findall(folded.lower()))


def _is_number(character: str) -> bool:
    return unicodedata.category(character).startswith("N")


def unprintable(text: str) -> tuple[str, ...]:
    """Return the characters that no page may carry: control, invisible, unassigned, right to left."""
    return tuple(
        c
        for c in text
        if unicodedata.category(c) in _FORBIDDEN_CATEGORIES or unicodedata.bidirectional(c) in _RIGHT_TO_LEFT
    )


def named(character: str) -> str:
    """Return a character as it is named to a reader who may not be able to see it."""
    return f"U+{ord(character):04X} {unicodedata.name(character, 'without a name')}"


def _identity_problems(document: Document, templates: Mapping[str, Template]) -> Iterator[str]:
    for text in (document.title, document.reference, document.issue):
        yield from _character_problems(text)
    for name, template in document.templates.items():
        if templates.get(name) != template:
            yield f"template {name!r} is not one of the reviewed ones"
        if numerals(PLACE.sub("", template.text)):
            yield f"template {name!r} holds a numeral of its own"
    anchors = Counter(element.anchor for element in document.elements if element.anchor is not None)
    for anchor, uses in anchors.items():
        if uses > 1:
            yield f"anchor {anchor!r} is used more than once"


def _element_problems(element: Element) -> Iterator[str]:
    if isinstance(element, Figure):
        yield from _character_problems(element.alt)
        if numerals(element.alt):
            yield f"alternative text holds the numerals {', '.join(numerals(element.alt))}"
    if isinstance(element, Code):
        for line in element.lines:
            yield from _character_problems(line)


def _leading_spans(element: Element) -> tuple[Span, ...]:
    """Return the spans that may be a number: the first of a heading, caption or list item."""
    groups: tuple[Spans, ...] = ()
    match element:
        case Heading():
            groups = (element.spans,)
        case Table() | Figure():
            groups = (element.caption,)
        case ItemList():
            groups = element.items
    return tuple(group[0] for group in groups if group)


def _character_problems(text: str) -> Iterator[str]:
    for character in dict.fromkeys(unprintable(text)):
        yield f"{named(character)} cannot be printed"


def _span_problems(span: Span, document: Document, sources: Sources, leading: bool) -> Iterator[str]:
    yield from _character_problems(span.text)
    match span:
        case Fact():
            yield from _fact_problems(span, sources)
        case Claim():
            yield from _claim_problems(span, document, sources)
        case Identifier():
            yield from _identifier_problems(span)
        case Structure():
            yield from _structure_problems(span, leading)
        case Prose():
            yield from _prose_problems(span, sources)
        case Quotation():
            return


def _fact_problems(span: Fact, sources: Sources) -> Iterator[str]:
    try:
        expected = expected_text(span, sources)
    except CheckFailedError as error:
        yield error.message
        return
    if span.text != expected:
        yield f"the evidence says {expected!r}"


def _claim_problems(span: Claim, document: Document, sources: Sources) -> Iterator[str]:
    template = document.templates.get(span.template)
    if template is None:
        yield f"template {span.template!r} is not among the document's"
        return
    if set(places(template.text)) != set(span.arguments):
        yield f"arguments {sorted(span.arguments)} are not the places of template {span.template!r}"
        return
    if span.text != fill(template.text, {name: part.text for name, part in span.arguments.items()}):
        yield f"is not template {span.template!r} with its arguments"
    for name, part in span.arguments.items():
        found = _fact_problems(part, sources) if isinstance(part, Fact) else _name_problems(part)
        yield from (f"argument {name}: {problem}" for problem in found)
    for left, operator, right in template.relations:
        try:
            broken = broken_relation(left, operator, right, span.arguments, sources)
        except CheckFailedError as error:
            broken = error.message
        if broken:
            yield broken


def _name_problems(span: Identifier | Quotation) -> Iterator[str]:
    if isinstance(span, Identifier):
        yield from _identifier_problems(span)


def _identifier_problems(span: Identifier) -> Iterator[str]:
    if not any(c.isalpha() for c in span.text) or len(span.text) > 200:
        yield "an identifier has a letter and at most 200 characters"


def _structure_problems(span: Structure, leading: bool) -> Iterator[str]:
    if leading and NUMBERING.fullmatch(span.text):
        return
    if span.link is not None and REFERENCE.fullmatch(span.text):
        return
    found = numerals(UNIT_POWER.sub("", span.text))
    if found:
        yield f"numbers no heading, caption or item, yet holds {', '.join(found)}"


def _prose_problems(span: Prose, sources: Sources) -> Iterator[str]:
    if span.approval is not None:
        approval = sources.records.get(span.approval)
        if approval is None or approval["kind"] != "approval":
            yield f"{span.approval} is no approval among the evidence"
        return
    found = numerals(span.text)
    if found:
        yield f"holds {', '.join(found)} without an approval"
    for word in VERDICT_WORDS:
        if word in span.text:
            yield f"says {word}, which only a fact or a claim may"
