"""Verify an Assay dossier: does this PDF say what the evidence attached to it says?

    python3 -I verify.py dossier.pdf [--json] [--all] [--time-limit SECONDS]

One file, standard library only (Python 3.11 or later), imported by nothing: it is attached to every
dossier, and it shares no code with the program that wrote the dossier. It reads the finished PDF, never
trusts it, and recomputes from the attached run tables and data whatever can be recomputed. What it cannot
check, it names in its last line. Exit status: 0 verified, 1 a check failed, 2 not a dossier.
"""

from __future__ import annotations

import argparse
import bisect
import hashlib
import io
import itertools
import json
import math
import re
import signal
import struct
import sys
import textwrap
import unicodedata
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from functools import cache, cached_property, partial
from json.encoder import encode_basestring
from pathlib import Path
from statistics import NormalDist, median
from typing import Any, NamedTuple, NoReturn
from xml.etree import ElementTree as ET

VERSION = "1"
MAX_FILE = 512 << 20
"""Bytes of PDF that are read."""
MAX_STREAM = 256 << 20
"""Bytes that one compressed stream may unfold to."""
MAX_TOTAL = 2 << 30
"""Bytes that all streams together may unfold to."""
MAX_DEPTH = 100
"""Nesting of arrays, dictionaries, structure elements."""
MAX_MEMORY = 4 << 30
"""Bytes of memory that the program may take."""
WIDTH = 80
"""Columns of the printed report."""

UNCHECKED = (
    "Not checked, because this file alone cannot tell: whether the declared laws, limits, factors and model "
    "form describe reality; whether the solver computed the run tables honestly; whether the AI model chose "
    "well; whether the bets of a plan that decides run by run came from past runs only, and the means over "
    "the law that these bets use; how much of the law a step under declared signs conceded or left "
    "undecided, and that its draws are of that; what the AI model says where a declared bound "
    "on its error is used, and what of the law its guard leaves undecided or a plan conceded; what the AI "
    "model says by itself of a violating fraction, on which nothing rests but what a role has accepted by "
    "name (rung 3); how limits "
    "follow from their expressions, and the steps of a formula from its text; pictures, and the look of a "
    "page beyond its text; who wrote the file (a seal has no key: compare its digest with one published "
    "elsewhere, or check a signature with a program for signatures)."
)


class Failed(Exception):
    """A check failed; the sentence says what and where."""


class NotADossier(Exception):
    """The file is not an Assay dossier at all."""


class OutOfTime(BaseException):
    """The time limit is over; no check may catch this."""


def fail(place: str, sentence: str) -> NoReturn:
    """Raise `Failed` with the place in front."""
    raise Failed(f"{place}: {sentence}")


def need(condition: object, place: str, sentence: str) -> None:
    """Fail at `place` unless `condition` holds."""
    if not condition:
        fail(place, sentence)


# ---------------------------------------------------------------------------------------------------------
# PDF objects. Names are str, strings are bytes, null is None.


class Ref(NamedTuple):
    """A reference to an indirect object."""

    number: int
    generation: int


@dataclass(frozen=True)
class Stream:
    """A stream: its dictionary and its bytes as stored."""

    attributes: dict[str, Any]
    raw: bytes


@dataclass(frozen=True)
class Stored:
    """An indirect object as it lies in the file."""

    value: Any
    start: int
    end: int


WS = rb"[\0\t\n\f\r ]"
TOKEN = re.compile(
    WS + rb"*+(?:(\d++)" + WS + rb"++(\d++)" + WS + rb"++R(?![A-Za-z0-9])"
    rb"|([-+]?(?:\d++(?:\.\d*+)?|\.\d++))"
    rb"|/([^\0\t\n\f\r ()<>\[\]{}/%]*+)"
    rb"|\(([^()\\\r]*+)\)"
    rb"|(<<|>>|\[|\])"
    rb"|<([0-9A-Fa-f\0\t\n\f\r ]*+)>"
    rb"|(\()"
    rb"|(true|false|null)(?![A-Za-z0-9]))"
)
STRING_PART = re.compile(rb"[^()\\]++|\\.|[()]", re.DOTALL)
ESCAPE = re.compile(rb"\\(?:([0-7]{1,3})|(\r\n|\r|\n)|(.))", re.DOTALL)
ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
HEADER = re.compile(rb"%PDF-1\.[4-7]\n(?:%[\x80-\xff]{4,8}\n)?")
OBJECT = re.compile(rb"(\d{1,9}) (\d{1,5}) obj(?=[\0\t\n\f\r <\[(/\d+-])")
STREAM = re.compile(WS + rb"*+stream\r?\n")
END_STREAM = re.compile(rb"\r?\n?endstream" + WS + rb"++endobj")
END_OBJECT = re.compile(WS + rb"*+endobj")
SPACES = re.compile(WS + rb"*+")
XREF = re.compile(rb"xref\r?\n")
SUBSECTION = re.compile(rb"(\d{1,9}) (\d{1,9}) ?\r?\n")
ENTRY = re.compile(rb"(\d{10}) (\d{5}) ([nf])(?: \r| \n|\r\n)")
TRAILER = re.compile(rb"trailer\r?\n?")
TAIL = re.compile(rb"startxref\r?\n(\d{1,12})\r?\n%%EOF")
SEAL = re.compile(rb"%assay-seal sha256:([0-9a-f]{64})\n")


OPENING = {b"<<", b"["}
CLOSING = {b"<<": b">>", b"[": b"]"}


def unescape(text: bytes) -> bytes:
    """Return the value of a literal string's inside."""
    if b"\r" in text:
        text = re.sub(rb"(?<!\\)\r\n?", b"\n", text)
    if b"\\" not in text:
        return text

    def one(match: re.Match[bytes]) -> bytes:
        octal, newline, character = match.groups()
        if octal is not None:
            return bytes([int(octal, 8) & 0xFF])
        return b"" if newline is not None else ESCAPED.get(character, character)

    return ESCAPE.sub(one, text)


def literal_string(data: bytes, position: int) -> tuple[bytes, int]:
    """Read a literal string with nested brackets or escapes; `position` is behind its first bracket."""
    depth, start = 1, position
    while match := STRING_PART.match(data, position):
        position = match.end()
        depth += {b"(": 1, b")": -1}.get(match[0], 0)
        if depth == 0:
            return unescape(data[start : position - 1]), position
        need(depth < MAX_DEPTH, f"byte {position}", "a string is nested too deeply")
    fail(f"byte {start}", "a string has no end")


@cache
def name_of(raw: bytes) -> str:
    """Return a name with its #xx escapes resolved."""
    if b"#" in raw:
        raw = re.sub(rb"#([0-9A-Fa-f]{2})", lambda match: bytes([int(match[1], 16)]), raw)
    return raw.decode("latin-1")


def dictionary(items: Sequence[Any], place: int) -> dict[str, Any]:
    """Return a dictionary of alternating keys and values; a key given twice is refused."""
    keys = items[::2]
    result = dict(zip(keys, items[1::2], strict=False))
    if len(result) * 2 != len(items) or not all(type(key) is str for key in keys):
        fail(f"byte {place}", "a bad dictionary, or one with a key twice")
    return result


KEYWORDS = {b"true": True, b"false": False, b"null": None}


def scalar(match: re.Match[bytes], data: bytes) -> tuple[Any, int]:
    """Return the value of a token that is not a bracket, and where it ends."""
    kind, position = match.lastindex, match.end()
    if kind == 4:
        return name_of(match[4]), position
    if kind == 2:
        return Ref(int(match[1]), int(match[2])), position
    if kind == 3:
        return (float(match[3]) if b"." in match[3] else int(match[3])), position
    if kind == 5:
        return match[5], position
    if kind == 7:
        digits = re.sub(WS, b"", match[7])
        return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode()), position
    if kind == 8:
        return literal_string(data, position)
    return KEYWORDS[match[9]], position


def parse_value(data: bytes, position: int) -> tuple[Any, int]:
    """Parse one PDF value at `position`; return it and the position behind it."""
    open_items: list[tuple[bytes, list[Any]]] = []
    items: list[Any] = []
    while match := TOKEN.match(data, position):
        if match.lastindex != 6:
            value, position = scalar(match, data)
        elif match[6] in OPENING:
            position = match.end()
            open_items.append((match[6], items))
            items = []
            if len(open_items) > MAX_DEPTH:
                fail(f"byte {position}", "a value is nested too deeply")
            continue
        else:
            position = match.end()
            opened, outer = open_items.pop() if open_items else (b"", [])
            if CLOSING.get(opened) != match[6]:
                fail(f"byte {position}", "brackets do not match")
            value, items = (items if opened == b"[" else dictionary(items, position)), outer
        if not open_items:
            return value, position
        items.append(value)
    fail(f"byte {position}", f"not a PDF value: {data[position : position + 20]!r}")


# ---------------------------------------------------------------------------------------------------------
# The file: revisions, cross-reference, layout, seal, streams.


@dataclass(frozen=True)
class Revision:
    """One section of the file: the first one, or what a signature appended."""

    start: int
    table: int
    """Offset of its cross-reference table."""
    tail: int
    """Offset of its ``startxref``."""
    end: int
    """Offset behind its ``%%EOF``."""
    offsets: dict[int, tuple[int, int]]
    """Object number to (offset, generation)."""
    trailer: dict[str, Any]
    trailer_end: int


def read_table(data: bytes, position: int) -> tuple[dict[int, tuple[int, int]], dict[str, Any], int]:
    """Read a classic cross-reference table and its trailer; return objects, trailer, end of the trailer."""
    match = XREF.match(data, position)
    if match is None:
        fail(f"byte {position}", "no cross-reference table (streams of references are not a dossier's)")
    position, offsets = match.end(), {}
    while head := SUBSECTION.match(data, position):
        position = head.end()
        for number in range(int(head[1]), int(head[1]) + int(head[2])):
            entry = ENTRY.match(data, position)
            if entry is None:
                fail(f"byte {position}", "a damaged cross-reference entry")
            position = entry.end()
            if entry[3] == b"n":
                need(number not in offsets, f"object {number}", "is listed twice in one table")
                offsets[number] = (int(entry[1]), int(entry[2]))
            else:
                need(number == 0, f"object {number}", "is freed; a dossier frees none")
    match = TRAILER.match(data, position)
    if match is None:
        fail(f"byte {position}", "the cross-reference table has no trailer")
    trailer, position = parse_value(data, match.end())
    need(isinstance(trailer, dict), f"byte {position}", "the trailer is no dictionary")
    return offsets, trailer, position


def read_revisions(data: bytes) -> list[Revision]:
    """Follow the chain of cross-reference tables from the end of the file; return the oldest first."""
    last = data.rfind(b"startxref")
    match = TAIL.match(data, last) if last >= 0 else None
    if match is None:
        fail("end of the file", "no startxref and %%EOF")
    need(data[match.end() :] in (b"", b"\n"), "end of the file", "there are bytes behind %%EOF")
    found: list[tuple[int, dict[int, tuple[int, int]], dict[str, Any], int, re.Match[bytes]]] = []
    position: Any = int(match[1])
    limit = len(data)
    while position is not None:
        need(isinstance(position, int) and 0 < position < limit, "trailer", "/Prev does not point back")
        offsets, trailer, end = read_table(data, position)
        need(not {"Encrypt", "XRefStm"} & trailer.keys(), "trailer", "has /Encrypt or /XRefStm")
        tail = TAIL.match(data, data.find(b"startxref", end))
        if tail is None or int(tail[1]) != position:
            fail(f"byte {end}", "the cross-reference table is not followed by its own startxref")
        found.append((position, offsets, trailer, end, tail))
        limit, position = position, trailer.get("Prev")
    revisions, start = [], 0
    for table, offsets, trailer, end, tail in reversed(found):
        revisions.append(Revision(start, table, tail.start(), tail.end(), offsets, trailer, end))
        start = tail.end()
    need(start == match.end(), "end of the file", "the last cross-reference table is not the file's")
    return revisions


class Pdf:
    """A PDF in memory: revisions and objects, each object as its revision stored it."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.revisions = read_revisions(data)
        self.unfolded = 0
        self.layers: list[dict[int, Stored]] = []
        self.objects: dict[int, Stored] = {}

    @property
    def first(self) -> Revision:
        """The revision that the seal covers."""
        return self.revisions[0]

    def check_layout(self) -> int:
        """Parse every object; every byte between header and last table must belong to one of them."""
        for index, revision in enumerate(self.revisions):
            layer = self._layer(revision, index)
            self.layers.append(layer)
            self.objects = self.objects | layer if index else layer
        return sum(map(len, self.layers))

    def _layer(self, revision: Revision, index: int) -> dict[int, Stored]:
        position = revision.start
        if index == 0:
            header = HEADER.match(self.data)
            if header is None:
                fail("byte 0", "it does not begin like a PDF")
            position = header.end()
        layer: dict[int, Stored] = {}
        by_offset = sorted((offset, number, gen) for number, (offset, gen) in revision.offsets.items())
        for offset, number, generation in by_offset:
            position = self._skip_spaces(position)
            need(offset == position, f"byte {position}", f"bytes of no object before object {number}")
            layer[number] = self._read_object(number, generation, offset, revision.table)
            position = layer[number].end
        position = self._skip_spaces(position)
        need(
            position == revision.table,
            f"byte {position}",
            "bytes of no object before the cross-reference table",
        )
        gap = self.data[revision.trailer_end : revision.tail]
        if index:
            need(not gap.strip(), f"byte {revision.trailer_end}", "bytes of nothing behind the trailer")
        return layer

    def _skip_spaces(self, position: int) -> int:
        match = SPACES.match(self.data, position)
        end = match.end() if match else position
        need(end - position <= 2, f"byte {position}", "a long gap between objects")
        return end

    def _read_object(self, number: int, generation: int, offset: int, limit: int) -> Stored:
        head = OBJECT.match(self.data, offset)
        if head is None or (int(head[1]), int(head[2])) != (number, generation):
            fail(f"object {number}", "is not where the cross-reference table says")
        value, position = parse_value(self.data, head.end())
        start = STREAM.match(self.data, position)
        if start is not None:
            length = value.get("Length") if isinstance(value, dict) else None
            need(
                isinstance(length, int) and 0 <= length <= limit - start.end(),
                f"object {number}",
                "bad /Length",
            )
            position = start.end() + int(length or 0)
            value = Stream(value, self.data[start.end() : position])
            end = END_STREAM.match(self.data, position)
        else:
            end = END_OBJECT.match(self.data, position)
        if end is None or end.end() > limit:
            fail(f"object {number}", "does not end where it should")
        return Stored(value, offset, end.end())

    def get(self, value: Any) -> Any:
        """Return `value`, or the object that it refers to."""
        for _ in range(8):
            if not isinstance(value, Ref):
                return value
            stored = self.objects.get(value.number)
            value = None if stored is None else stored.value
        fail("objects", "a reference leads to references without end")

    def mapping(self, value: Any, place: str) -> dict[str, Any]:
        """Return `value`, resolved, as a dictionary."""
        value = self.get(value)
        if not isinstance(value, dict):
            fail(place, "is no dictionary")
        return value

    def unfold(self, value: Any, place: str) -> bytes:
        """Return the content of a stream, uncompressed, within the limits."""
        stream = self.get(value)
        if not isinstance(stream, Stream):
            fail(place, "is no stream")
        kind = stream.attributes.get("Filter")
        if isinstance(kind, list) and len(kind) == 1:
            kind = kind[0]
        need(
            not {"DecodeParms", "F", "FFilter"} & stream.attributes.keys(),
            place,
            "has unusual stream parameters",
        )
        if kind is None or kind == []:
            return stream.raw
        need(kind == "FlateDecode", place, f"uses the filter {kind}")
        inflater = zlib.decompressobj()
        content = inflater.decompress(stream.raw, MAX_STREAM)
        need(
            inflater.eof and not inflater.unused_data,
            place,
            "its compressed data do not end where they should",
        )
        self.unfolded += len(content)
        need(self.unfolded <= MAX_TOTAL, place, "the file unfolds to too much data")
        return content

    @cached_property
    def catalog(self) -> dict[str, Any]:
        """The document's root dictionary."""
        return self.mapping(self.revisions[-1].trailer.get("Root"), "catalog")

    @cached_property
    def pages(self) -> list[tuple[int, dict[str, Any]]]:
        """Object number and dictionary of every page, in order."""
        found: list[tuple[int, dict[str, Any]]] = []
        self._collect_pages(self.catalog.get("Pages"), None, 0, set(), found)
        need(found, "page tree", "has no page")
        return found

    def _collect_pages(
        self, ref: Any, parent: Any, depth: int, seen: set[int], found: list[tuple[int, dict[str, Any]]]
    ) -> None:
        if not isinstance(ref, Ref) or ref.number in seen or depth > MAX_DEPTH:
            fail("page tree", "is not a tree")
        seen.add(ref.number)
        node = self.mapping(ref, f"page tree object {ref.number}")
        need(node.get("Parent") == parent, f"page tree object {ref.number}", "names another parent")
        if node.get("Type") == "Page":
            found.append((ref.number, node))
            return
        need(
            node.get("Type") == "Pages",
            f"page tree object {ref.number}",
            "is neither a page nor a list of pages",
        )
        before = len(found)
        for child in self.get(node.get("Kids")) or []:
            self._collect_pages(child, ref, depth + 1, seen, found)
        need(
            node.get("Count") == len(found) - before,
            f"page tree object {ref.number}",
            "counts its pages wrongly",
        )


def sealed_digest(pdf: Pdf) -> tuple[str, str]:
    """Return the digest that the seal line states and the one of the bytes it covers."""
    revision = pdf.first
    gap = pdf.data[revision.trailer_end : revision.tail]
    match = SEAL.fullmatch(gap.lstrip(b"\r\n"))
    if match is None:
        fail("seal", "no seal line directly before startxref")
    need(len(gap) - len(gap.lstrip(b"\r\n")) == 1, "seal", "bytes of nothing between trailer and seal")
    digits = revision.tail - 65
    covered = hashlib.sha256(pdf.data[:digits])
    covered.update(b"0" * 64)
    covered.update(pdf.data[digits + 64 : revision.end])
    return match[1].decode(), covered.hexdigest()


def check_seal(pdf: Pdf) -> str:
    """Compare the seal line with the bytes of the first revision."""
    stated, computed = sealed_digest(pdf)
    need(stated == computed, "seal", f"the file was changed: its bytes give sha256:{computed[:16]}…")
    return f"sha256:{stated}"


CATALOG_KEYS = {
    *("Type", "Pages", "Metadata", "PageLabels", "OutputIntents", "Lang", "StructTreeRoot", "MarkInfo"),
    *("ViewerPreferences", "Outlines", "Names", "AF", "Version"),
}
SIGNATURE_KEYS = {"AcroForm", "Extensions", "Perms", "DSS", "Version"}
PAGE_KEYS = {
    *("Type", "Resources", "MediaBox", "StructParents", "Tabs", "Parent", "Contents", "Annots", "Group"),
}


def check_passive(pdf: Pdf) -> int:
    """Refuse whatever could act, or show something that the text check does not see."""
    allowed = CATALOG_KEYS | (SIGNATURE_KEYS if len(pdf.revisions) > 1 else set())
    extra = pdf.catalog.keys() - allowed
    need(not extra, "catalog", f"has entries that a dossier has not: {sorted(extra)}")
    names = pdf.mapping(pdf.catalog.get("Names", {}), "catalog names")
    need(names.keys() <= {"Dests", "EmbeddedFiles"}, "catalog names", "hold more than places and attachments")
    for index, (_, page) in enumerate(pdf.pages, 1):
        extra = page.keys() - PAGE_KEYS
        need(not extra, f"page {index}", f"has entries that a dossier has not: {sorted(extra)}")
        for annotation in pdf.get(page.get("Annots")) or []:
            check_annotation(pdf, pdf.mapping(annotation, f"page {index}, annotation"), index)
    return len(pdf.pages)


def check_annotation(pdf: Pdf, annotation: dict[str, Any], page: int) -> None:
    """Allow links inside the document and to the web, and signature fields; nothing else."""
    kind = annotation.get("Subtype")
    if kind == "Widget" and annotation.get("FT") == "Sig" and len(pdf.revisions) > 1:
        return
    need(kind == "Link" and "AP" not in annotation, f"page {page}", f"an annotation /{kind} may cover text")
    action = pdf.get(annotation.get("A"))
    safe = action is None or (
        isinstance(action, dict) and action.get("S") in ("URI", "GoTo") and "Next" not in action
    )
    need(safe and "AA" not in annotation, f"page {page}", "a link does more than lead to a place")


# ---------------------------------------------------------------------------------------------------------
# Attachments.


def name_tree(pdf: Pdf, node: Any, depth: int = 0) -> Iterator[tuple[bytes, Any]]:
    """Yield the pairs of a name tree."""
    need(depth < 16, "name tree", "is nested too deeply")
    branch = pdf.mapping(node, "name tree")
    pairs = pdf.get(branch.get("Names")) or []
    need(len(pairs) % 2 == 0, "name tree", "has a name without a value")
    yield from zip(pairs[::2], pairs[1::2], strict=True)
    for child in pdf.get(branch.get("Kids")) or []:
        yield from name_tree(pdf, child, depth + 1)


def text_string(raw: Any) -> str:
    """Return the text of a PDF text string."""
    if not isinstance(raw, bytes):
        fail("text string", "is no string")
    if raw.startswith(b"\xfe\xff"):
        return raw[2:].decode("utf-16-be")
    if raw.startswith(b"\xef\xbb\xbf"):
        return raw[3:].decode()
    return raw.decode("ascii")


def read_attachments(pdf: Pdf) -> dict[str, bytes]:
    """Return every attached file by name; sizes and checksums must be right, and none may hide."""
    names = pdf.mapping(pdf.catalog.get("Names", {}), "catalog names")
    if "EmbeddedFiles" not in names:
        fail("catalog", "there are no attachments")
    files: dict[str, bytes] = {}
    used: set[int] = set()
    for key, ref in name_tree(pdf, names["EmbeddedFiles"]):
        name = text_string(key)
        place = f"attachment {name}"
        need(name not in files, place, "is attached twice")
        spec = pdf.mapping(ref, place)
        need(
            text_string(spec.get("F")) == text_string(spec.get("UF")) == name,
            place,
            "has another name inside",
        )
        entry = pdf.mapping(spec.get("EF"), place)
        need(
            isinstance(entry.get("F"), Ref) and entry.get("UF", entry["F"]) == entry["F"],
            place,
            "has two contents",
        )
        used.add(entry["F"].number)
        files[name] = attachment_bytes(pdf, entry["F"], place)
    for number, stored in pdf.objects.items():
        value = stored.value
        hidden = (
            isinstance(value, Stream)
            and value.attributes.get("Type") == "EmbeddedFile"
            and number not in used
        )
        need(not hidden, f"object {number}", "is an attachment that no name leads to")
    return files


def attachment_bytes(pdf: Pdf, ref: Ref, place: str) -> bytes:
    """Return the content of an embedded file and check what is said about it."""
    content = pdf.unfold(ref, place)
    parameters = pdf.mapping(pdf.get(ref).attributes.get("Params", {}), place)
    need(parameters.get("Size") == len(content), place, "has another size than stated")
    checksum = parameters.get("CheckSum")
    stated = checksum is None or checksum == hashlib.md5(content, usedforsecurity=False).digest()
    need(stated, place, "has another checksum than stated")
    return content


# ---------------------------------------------------------------------------------------------------------
# Text: fonts, page content, structure tree.


@dataclass
class Mark:
    """A stretch of marked content."""

    kind: str
    """``artifact``, ``tagged`` or ``span``."""
    text: list[str]
    """Where its text goes."""
    actual: str | None = None
    glyphs: list[str] = field(default_factory=list)
    """Text of the glyphs that `actual` stands for."""


@dataclass(frozen=True)
class PageText:
    """The text of one page."""

    tagged: dict[int, str]
    """Marked-content identifier to text."""
    artifacts: list[tuple[str, str]]
    """Subtype (``Header``, ``Footer`` or the type) and text of every untagged stretch with text."""
    pictures: set[int]
    """Identifiers under which a picture is drawn."""


BF = re.compile(
    rb"(\d++)\s++begin(bfchar|bfrange)\s++((?:<[0-9A-Fa-f]++>\s*+|\[[<>0-9A-Fa-f\s]*+\]\s*+)*+)end(?:bfchar|bfrange)"
)
CODE = re.compile(rb"<([0-9A-Fa-f]++)>|(\[)|(\])")


def unicode_of(digits: bytes) -> str:
    """Return the text of a ToUnicode target."""
    return bytes.fromhex(digits.decode()).decode("utf-16-be")


def read_cmap(content: bytes, place: str) -> dict[int, str]:
    """Return the text of every two-byte code of a ToUnicode map."""
    result: dict[int, str] = {}
    blocks = list(BF.finditer(content))
    need(len(blocks) == content.count(b"beginbf"), place, "has a damaged ToUnicode map")
    for block in blocks:
        codes = [match[1] for match in CODE.finditer(block[3])]
        need(b"[" not in block[3], place, "has an unusual ToUnicode map")
        step = 2 if block[2] == b"bfchar" else 3
        need(len(codes) == step * int(block[1]), place, "has a damaged ToUnicode map")
        for index in range(0, len(codes), step):
            low, high, target = (
                int(codes[index], 16),
                int(codes[index + step - 2], 16),
                unicode_of(codes[index + step - 1]),
            )
            need(low <= high <= 0xFFFF and target, place, "has a damaged ToUnicode map")
            for code in range(low, high + 1):
                need(code not in result, place, "maps a code twice")
                result[code] = target[:-1] + chr(ord(target[-1]) + code - low)
    return result


class Font:
    """A font's codes as text."""

    def __init__(self, pdf: Pdf, reference: Any, place: str) -> None:
        attributes = pdf.mapping(reference, place)
        kind = (attributes.get("Subtype"), attributes.get("Encoding"))
        need(kind == ("Type0", "Identity-H"), place, f"a font is not of a dossier's kind: {kind}")
        self.codes = read_cmap(pdf.unfold(attributes.get("ToUnicode"), f"{place}, ToUnicode"), place)
        self.place = place
        self.known: dict[bytes, str] = {}

    def text(self, raw: bytes) -> str:
        """Return the text of one shown string, as it stands in the content stream."""
        known = self.known.get(raw)
        if known is None:
            value = unescape(raw)
            need(len(value) % 2 == 0, self.place, "a shown string has half a code")
            codes = struct.unpack(f">{len(value) // 2}H", value)
            need(all(code in self.codes for code in codes), self.place, "a glyph has no text")
            known = self.known[raw] = "".join(self.codes[code] for code in codes)
        return known


INSIDE = rb"(?:[^()\\]|\\.|\((?:[^()\\]|\\.|\((?:[^()\\]|\\.)*+\))*+\))*+"
"""The inside of a shown string; a balanced pair of brackets may stand in it without a backslash, two deep."""
CONTENT = re.compile(
    WS + rb"*+(?:((?:(?:(?:[-+]?(?:\d++(?:\.\d*+)?|\.\d++)" + WS + rb"++){0,6}+"
    rb"(?:cm|re|[mlcvyhnFSsJjMiwGgKk]|f\*?|B\*?|b\*?|W\*?|Tm|Td|TD|T\*|TL|Tc|Tw|Tz|Ts|rg|RG|sc|scn|SC|SCN)"
    rb"|/\w++" + WS + rb"++(?:cs|CS))(?![A-Za-z0-9*'\"])" + WS + rb"*+)++)"
    rb"|([-+]?(?:\d++(?:\.\d*+)?|\.\d++))"
    rb"|/([^\0\t\n\f\r ()<>\[\]{}/%]*+)"
    rb"|\[((?:\(" + INSIDE + rb"\)|[-+.0-9\0\t\n\f\r ]++)*+)\]" + WS + rb"*+TJ(?![A-Za-z0-9])"
    rb"|\((" + INSIDE + rb")\)" + WS + rb"*+Tj(?![A-Za-z0-9])"
    rb"|([A-Za-z'\"][A-Za-z0-9*]*+)"
    rb"|([<\[(])"
    rb"|(\Z))",
    re.DOTALL,
)
SHOWN = re.compile(rb"\((" + INSIDE + rb")\)", re.DOTALL)
HARMLESS = {"SC", "sc", "SCN", "scn", "d", "ri", "sh"}
"""Operators that show no text, where their operands are not only numbers."""


class Content:
    """Reads the content stream of one page, and the forms that it draws, into a `PageText`."""

    def __init__(self, pdf: Pdf, page: int, fonts: dict[int, Font]) -> None:
        self.pdf = pdf
        self.place = f"page {page}"
        self.fonts = fonts
        self.tagged: dict[int, list[str]] = {}
        self.artifacts: list[tuple[str, list[str]]] = []
        self.pictures: set[int] = set()
        self.marks: list[Mark] = []
        self.current: int | None = None
        self.font: Font | None = None
        self.saved: list[Font | None] = []
        self.in_text = False

    def result(self) -> PageText:
        """Return what was read."""
        shown = [(kind, "".join(text)) for kind, text in self.artifacts]
        return PageText(
            {number: "".join(text) for number, text in self.tagged.items()},
            [(kind, text) for kind, text in shown if text.strip()],
            self.pictures,
        )

    def run(self, content: bytes, resources: dict[str, Any], depth: int = 0) -> None:
        """Read one stream; `resources` resolve its names."""
        need(depth < 12, self.place, "draws forms inside forms without end")
        opened, position = len(self.marks), 0
        operands: list[Any] = []
        while match := CONTENT.match(content, position):
            kind, position = match.lastindex, match.end()
            if kind == 1:
                need(not operands, self.place, "has stray operands")
            elif kind == 2:
                operands.append(float(match[2]))
            elif kind == 3:
                operands.append(name_of(match[3]))
            elif kind == 4:
                for part in SHOWN.findall(match[4]):
                    self.show(part)
            elif kind == 5:
                self.show(match[5])
            elif kind == 6:
                self.operator(match[6].decode(), operands, resources, depth)
                operands.clear()
            elif kind == 7:
                value, position = parse_value(content, match.start(7))
                operands.append(value)
            else:
                need(
                    not operands and len(self.marks) == opened, self.place, "its content stops in the middle"
                )
                return
            if len(operands) > 64:
                fail(self.place, "has stray operands")
        fail(self.place, f"its content cannot be read at {content[position : position + 20]!r}")

    def operator(self, name: str, operands: list[Any], resources: dict[str, Any], depth: int) -> None:
        """Carry out one operator; one that is not known fails."""
        if name in HARMLESS:
            return
        action: Callable[..., None] | None = {
            "q": self.save,
            "Q": self.restore,
            "BT": self.begin_text,
            "ET": self.end_text,
            "EMC": self.end_mark,
        }.get(name)
        if action is not None:
            need(not operands, self.place, f"the operator {name} has operands")
            action()
        elif name in ("BDC", "BMC"):
            self.begin_mark(operands)
        elif name == "Tf":
            self.choose_font(operands, resources)
        elif name == "Tr":
            need(operands == [0.0], self.place, "has text that is invisible or outlined")
        elif name == "gs":
            self.graphics_state(operands, resources)
        elif name == "Do":
            self.draw(operands, resources, depth)
        else:
            fail(self.place, f"has the unknown operator {name!r}")

    def save(self) -> None:
        """Save the graphics state."""
        self.saved.append(self.font)

    def restore(self) -> None:
        """Restore the graphics state."""
        need(self.saved, self.place, "restores a state that was not saved")
        self.font = self.saved.pop()

    def begin_text(self) -> None:
        """Begin a text object."""
        need(not self.in_text, self.place, "has nested text objects")
        self.in_text = True

    def end_text(self) -> None:
        """End a text object."""
        need(self.in_text, self.place, "ends text that was not begun")
        self.in_text = False

    def choose_font(self, operands: list[Any], resources: dict[str, Any]) -> None:
        """Choose a font."""
        fonts = self.pdf.mapping(resources.get("Font", {}), f"{self.place}, fonts")
        need(len(operands) == 2 and isinstance(operands[0], str), self.place, "a bad Tf")
        reference = fonts.get(operands[0])
        if not isinstance(reference, Ref) or operands[1] <= 0:
            fail(self.place, "uses a font that it does not name")
        if reference.number not in self.fonts:
            self.fonts[reference.number] = Font(self.pdf, reference, f"{self.place}, font /{operands[0]}")
        self.font = self.fonts[reference.number]

    def graphics_state(self, operands: list[Any], resources: dict[str, Any]) -> None:
        """Set a graphics state; it may not bring a font."""
        states = self.pdf.mapping(resources.get("ExtGState", {}), f"{self.place}, graphics states")
        need(len(operands) == 1 and isinstance(operands[0], str), self.place, "a bad gs")
        state = self.pdf.mapping(states.get(operands[0]), f"{self.place}, graphics state {operands[0]}")
        need("Font" not in state, self.place, "a graphics state sets a font")

    def draw(self, operands: list[Any], resources: dict[str, Any], depth: int) -> None:
        """Draw: a picture belongs to a tagged figure; a form is read like the page."""
        objects = self.pdf.mapping(resources.get("XObject", {}), f"{self.place}, pictures")
        need(len(operands) == 1 and isinstance(operands[0], str), self.place, "a bad Do")
        drawn = self.pdf.get(objects.get(operands[0]))
        if not isinstance(drawn, Stream):
            fail(self.place, f"draws /{operands[0]}, which is nothing")
        if drawn.attributes.get("Subtype") == "Image":
            need(self.current is not None, self.place, "has a picture outside a figure")
            self.pictures.add(self.current or 0)
            return
        need(drawn.attributes.get("Subtype") == "Form", self.place, "draws an unknown object")
        inner = self.pdf.mapping(drawn.attributes.get("Resources", {}), f"{self.place}, form")
        font, saved, self.saved = self.font, self.saved, []
        self.run(self.pdf.unfold(drawn, f"{self.place}, form /{operands[0]}"), inner, depth + 1)
        need(not self.saved, self.place, "a form leaves a state saved")
        self.font, self.saved = font, saved

    def begin_mark(self, operands: list[Any]) -> None:
        """Open an artifact, a tagged stretch, or a span with a replacement text."""
        properties = operands[1] if len(operands) == 2 else {}
        need(
            operands and isinstance(operands[0], str) and isinstance(properties, dict),
            self.place,
            "a bad mark",
        )
        outside = not any(mark.kind != "span" for mark in self.marks)
        text: list[str] = self.marks[-1].text if self.marks else []
        kind = "span"
        if "MCID" in properties:
            number = properties["MCID"]
            need(outside and operands[0] != "Artifact", self.place, "has nested tags")
            need(
                isinstance(number, int) and number not in self.tagged, self.place, f"uses tag {number} twice"
            )
            kind, text, self.current = "tagged", [], number
            self.tagged[number] = text
        elif operands[0] == "Artifact":
            need(outside, self.place, "has an artifact inside a tag")
            kind, text = "artifact", []
            self.artifacts.append((str(properties.get("Subtype", properties.get("Type", ""))), text))
        actual = properties.get("ActualText")
        mark = Mark(kind, text, None if actual is None else text_string(actual))
        if mark.actual is not None:
            need(
                not any(m.actual is not None for m in self.marks), self.place, "has nested replacement texts"
            )
            need(kind != "span" or not outside, self.place, "has text outside any tag")
            text.append(mark.actual)
        self.marks.append(mark)

    def end_mark(self) -> None:
        """Close a mark."""
        need(self.marks, self.place, "ends a mark that was not begun")
        mark = self.marks.pop()
        if mark.kind == "tagged":
            self.current = None
        if mark.actual is not None:
            shown = [c for c in "".join(mark.glyphs) if c.isnumeric()]
            need(
                shown == [c for c in mark.actual if c.isnumeric()],
                self.place,
                "shows other digits than it says",
            )

    def show(self, raw: bytes) -> None:
        """Take up a shown string."""
        if self.font is None or not self.in_text:
            fail(self.place, "shows text without a font or outside a text object")
        if not any(mark.kind != "span" for mark in self.marks):
            fail(self.place, "has text outside any tag")
        text = self.font.text(raw)
        replaced = next((mark for mark in self.marks if mark.actual is not None), None)
        (self.marks[-1].text if replaced is None else replaced.glyphs).append(text)


def read_pages(pdf: Pdf) -> list[PageText]:
    """Return the text of every page."""
    fonts: dict[int, Font] = {}
    result = []
    for index, (_, page) in enumerate(pdf.pages, 1):
        reader = Content(pdf, index, fonts)
        resources = pdf.mapping(page.get("Resources", {}), f"page {index}, resources")
        need(isinstance(page.get("Contents"), Ref), f"page {index}", "has no single content stream")
        reader.run(pdf.unfold(page["Contents"], f"page {index}, content"), resources)
        need(not reader.saved and not reader.in_text, f"page {index}", "its content stops in the middle")
        result.append(reader.result())
    return result


@dataclass
class Element:
    """An element of the structure tree."""

    role: str
    alt: str
    page: int
    """1-based page of its first text, 0 if it has none."""
    kids: list[Element | str] = field(default_factory=list)
    """Elements and stretches of text in reading order."""

    def text(self) -> str:
        """All text below, in reading order."""
        return "".join(kid if isinstance(kid, str) else kid.text() for kid in self.kids)

    def find(self, role: str) -> Iterator[Element]:
        """Yield the elements of a role below, not looking inside them."""
        for kid in self.kids:
            if isinstance(kid, Element):
                if kid.role == role:
                    yield kid
                else:
                    yield from kid.find(role)


STRUCTURE_KEYS = {"Type", "S", "P", "K", "Pg", "T", "Alt", "A", "ID", "Lang", "C", "R", "Ref", "NS"}


class Structure:
    """Reads the structure tree; every tagged stretch of text must hang in it exactly once."""

    def __init__(self, pdf: Pdf, pages: Sequence[PageText]) -> None:
        self.pdf = pdf
        self.pages = pages
        self.number = {object_number: index for index, (object_number, _) in enumerate(pdf.pages)}
        self.left = [dict(page.tagged) for page in pages]
        self.seen: set[int] = set()

    def read(self) -> Element:
        """Return the document element."""
        root_ref = self.pdf.catalog.get("StructTreeRoot")
        root = self.pdf.mapping(root_ref, "structure tree")
        need(root.get("Type") == "StructTreeRoot", "structure tree", "has no root")
        document = Element("Root", "", 0)
        self.children(root.get("K"), root_ref, None, document, 0)
        for index, left in enumerate(self.left, 1):
            need(
                not left, f"page {index}", f"has text that the structure does not know: {first_text(left)!r}"
            )
        return document

    def children(self, kids: Any, parent: Any, page: int | None, element: Element, depth: int) -> None:
        """Append what `kids` lists to `element`."""
        need(depth < MAX_DEPTH, "structure tree", "is nested too deeply")
        kids = kids if isinstance(kids, list) else self.pdf.get(kids) if is_list(self.pdf, kids) else [kids]
        for kid in kids:
            if isinstance(kid, int):
                self.stretch(kid, page, element)
            elif isinstance(kid, Ref):
                self.branch(kid, parent, element, depth)
            elif isinstance(kid, dict) and kid.get("Type") == "MCR":
                need("Stm" not in kid, "structure tree", "refers to text inside a form")
                self.stretch(kid.get("MCID"), self.page_index(kid, page), element)
            else:
                known = isinstance(kid, dict) and kid.get("Type") == "OBJR"
                need(known or kid is None, "structure tree", "has an unknown kind of child")

    def branch(self, ref: Ref, parent: Any, element: Element, depth: int) -> None:
        """Append the element at `ref`."""
        place = f"structure element {ref.number}"
        need(ref.number not in self.seen, place, "is used twice")
        self.seen.add(ref.number)
        node = self.pdf.mapping(ref, place)
        extra = node.keys() - STRUCTURE_KEYS
        need(not extra, place, f"has entries that a dossier has not: {sorted(extra)}")
        need(
            node.get("P") == parent and isinstance(node.get("S"), str), place, "has no role or another parent"
        )
        alt = text_string(node["Alt"]) if "Alt" in node else ""
        page = self.page_index(node, None)
        child = Element(node["S"], alt, 0)
        self.children(node.get("K"), ref, page, child, depth + 1)
        element.kids.append(child)
        element.page = element.page or child.page

    def stretch(self, number: Any, page: int | None, element: Element) -> None:
        """Append the tagged stretch `number` of a page."""
        if page is None or number not in self.left[page]:
            fail(f"page {(page if page is not None else -1) + 1}", f"tag {number} is missing or used twice")
        element.kids.append(self.left[page].pop(number))
        element.page = element.page or page + 1
        picture = number in self.pages[page].pictures
        need(not picture or element.role == "Figure", f"page {page + 1}", "has a picture that is no figure")

    def page_index(self, node: dict[str, Any], default: int | None) -> int | None:
        """Return the index of the page that `node` names."""
        if "Pg" not in node:
            return default
        ref = node["Pg"]
        if not isinstance(ref, Ref) or ref.number not in self.number:
            fail("structure tree", "names a page that is none")
        return self.number[ref.number]


def is_list(pdf: Pdf, value: Any) -> bool:
    """Say whether `value` refers to an array."""
    return isinstance(value, Ref) and isinstance(pdf.get(value), list)


def first_text(left: Mapping[int, str]) -> str:
    """Return the beginning of the first stretch."""
    return next(iter(left.values()), "")[:40]


@dataclass(frozen=True)
class Extracted:
    """The text of a PDF, as it will be compared."""

    tree: Element
    pages: list[PageText]


def extract(pdf: Pdf) -> Extracted:
    """Return the text of the whole document."""
    pages = read_pages(pdf)
    return Extracted(Structure(pdf, pages).read(), pages)


# ---------------------------------------------------------------------------------------------------------
# Canonical JSON (RFC 8785) and records.


def es_number(value: float) -> str:
    """Return a number as ECMAScript, and so RFC 8785, writes it."""
    if not math.isfinite(value):
        raise ValueError("a number is not finite")
    if value == 0:
        return "0"
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    text = "".join(map(str, digits))
    point = len(text) + int(exponent)
    if len(text) <= point <= 21:
        body = text + "0" * (point - len(text))
    elif 0 < point <= 21:
        body = f"{text[:point]}.{text[point:]}"
    elif -6 < point <= 0:
        body = "0." + "0" * -point + text
    else:
        mantissa = text[0] + ("." + text[1:] if len(text) > 1 else "")
        body = f"{mantissa}e{'+' if point > 0 else '-'}{abs(point - 1)}"
    return ("-" if sign else "") + body


def canonical(value: Any) -> str:
    """Return the RFC 8785 text of a JSON value."""
    if isinstance(value, str):
        return encode_basestring(value)
    if value is None or isinstance(value, bool):
        return "null" if value is None else "true" if value else "false"
    if isinstance(value, float):
        return es_number(value)
    if isinstance(value, int):
        return str(value) if abs(value) <= 1 << 53 else es_number(float(value))
    if isinstance(value, list):
        return f"[{','.join(map(canonical, value))}]"
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join(f"{canonical(key)}:{canonical(value[key])}" for key in keys) + "}"
    raise ValueError(f"{type(value).__name__} is no JSON")


def read_json(data: bytes, place: str) -> Any:
    """Parse JSON; bytes that are not its canonical form are refused, so nothing hides in them."""
    try:
        value = json.loads(data)
        same = canonical(value).encode() == data
    except (ValueError, RecursionError) as error:
        fail(place, f"is no JSON: {error}")
    need(same, place, "is not canonical JSON (RFC 8785)")
    return value


def exact_json(data: bytes) -> Any:
    """Parse JSON with every number as the decimal that is written."""
    return json.loads(data, parse_float=Decimal, parse_int=Decimal)


def sha256(data: bytes) -> str:
    """Return ``sha256:`` and the digest of `data`."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


RECORD_KEYS = {"schema", "kind", "subject", "recipe", "inputs", "payload", "blobs", "tool"}


@dataclass(frozen=True)
class Record:
    """One record of the evidence."""

    id: str
    kind: str
    subject: str
    inputs: dict[str, str]
    payload: Any
    blobs: dict[str, str]
    line: bytes

    @property
    def place(self) -> str:
        """How messages name it."""
        return f"record {self.id[:15]} ({self.kind} {self.subject})"

    @cached_property
    def exact(self) -> Any:
        """The document with decimals as written."""
        return exact_json(self.line)


class Evidence:
    """Records, run tables and the document model, as attached."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = files
        self.manifest: dict[str, Any] = {}
        self.records: dict[str, Record] = {}
        self.model: dict[str, Any] = {}
        self._exact_tables: dict[str, list[Any]] = {}
        self._tables: dict[tuple[str, str], list[dict[str, Any]]] = {}
        self._unit_words: dict[str, set[str]] = {}

    def unit_words(self, identifier: str) -> set[str]:
        """Return the names in all units of a record and of what it was made from, near or far."""
        if identifier not in self._unit_words:
            payloads = [self.records[name].payload for name in self.reached(identifier)]
            found = {word for payload in payloads for unit in units_in(payload) for word in unit_words(unit)}
            self._unit_words[identifier] = found
        return self._unit_words[identifier]

    def reached(self, identifier: str) -> set[str]:
        """Return a record and all that it was made from, near or far."""
        reached, waiting = {identifier}, [identifier]
        while waiting:
            for reference in self.records[waiting.pop()].inputs.values():
                if reference not in reached:
                    reached.add(reference)
                    waiting.append(reference)
        return reached

    def of_kind(self, kind: str) -> list[Record]:
        """Return the records of one kind."""
        return [record for record in self.records.values() if record.kind == kind]

    def inputs(self, record: Record, kind: str) -> list[Record]:
        """Return the inputs of `record` that are of one kind."""
        return [self.records[i] for i in record.inputs.values() if self.records[i].kind == kind]

    def lines(self, digest: str, place: str) -> list[bytes]:
        """Return the lines of an attached run table."""
        content = self.files.get(f"runs-{digest.removeprefix('sha256:')}.jsonl")
        if content is None:
            fail(place, f"its table {digest[:15]} is not attached")
        need(content.endswith(b"\n") or not content, place, "its table is cut off")
        return content.split(b"\n")[:-1]

    def table(self, record: Record) -> list[dict[str, Any]]:
        """Return the parsed lines of a runs record's table."""
        digest = record.blobs.get("table", "")
        # Two studies may have runs that are equal to the last byte and derive other quantities from them.
        name = (digest, str(record.payload.get("study", "")))
        if name not in self._tables:
            lines = self.lines(digest, record.place)
            self._tables[name] = [
                read_json(line, f"{record.place}, line {index + 1}") for index, line in enumerate(lines)
            ]
            self.derive(record, self._tables[name])
        return self._tables[name]

    def derive(self, record: Record, table: Sequence[dict[str, Any]]) -> None:
        """Add to the runs of a table the quantities that its study derives from what the solver said."""
        studies = [r for r in self.of_kind("study") if r.payload.get("name") == record.payload.get("study")]
        quantities = studies[0].payload.get("quantities", {}) if len(studies) == 1 else {}
        formulas = {name: said["formula"]["steps"] for name, said in quantities.items() if "formula" in said}
        for line in table if formulas else ():
            if line["state"] == "ok":
                strangers = formulas.keys() & line["quantities"].keys()
                need(not strangers, record.place, f"its solver is said to give {min(strangers, default='')}")
                found = {name: derived(steps, line, line["quantities"]) for name, steps in formulas.items()}
                known = {name: value for name, value in found.items() if value is not None}
                line["quantities"] = {**line["quantities"], **known}

    def exact_table(self, digest: str, place: str) -> list[Any]:
        """Return the lines of a table with decimals as written."""
        if digest not in self._exact_tables:
            self._exact_tables[digest] = [exact_json(line) for line in self.lines(digest, place)]
        return self._exact_tables[digest]


def check_manifest(evidence: Evidence) -> int:
    """Compare every attachment with the manifest."""
    if "manifest.json" not in evidence.files or "model.json" not in evidence.files:
        fail("attachments", "manifest.json or model.json is not attached")
    manifest = read_json(evidence.files["manifest.json"], "manifest.json")
    need(manifest.get("schema") == "assay.manifest/1", "manifest.json", "has another schema")
    listed = manifest.get("files", {})
    attached = evidence.files.keys() - {"manifest.json"}
    missing, extra = listed.keys() - attached, attached - listed.keys()
    need(not missing, "manifest.json", f"lists what is not attached: {', '.join(sorted(missing)[:3])}")
    need(not extra, "manifest.json", f"does not list {', '.join(sorted(extra)[:3])}")
    for name, entry in listed.items():
        content = evidence.files[name]
        same = entry == {"sha256": sha256(content), "size": len(content)}
        need(same, f"attachment {name}", "is not the file that the manifest lists")
    evidence.manifest = manifest
    evidence.model = read_json(evidence.files["model.json"], "model.json")
    need(evidence.model.get("schema") == "assay.document/1", "model.json", "has another schema")
    return len(listed)


def read_record(line: bytes, number: int) -> Record:
    """Parse one line of records.jsonl."""
    place = f"records.jsonl line {number}"
    value = read_json(line, place)
    need(isinstance(value, dict) and value.keys() == RECORD_KEYS, place, "is no record")
    need(value["schema"] == "assay.record/1", place, "has another schema")
    for key in ("inputs", "blobs"):
        good = isinstance(value[key], dict) and all(isinstance(item, str) for item in value[key].values())
        need(good, place, f"has no proper {key}")
    return Record(
        sha256(line), value["kind"], value["subject"], value["inputs"], value["payload"], value["blobs"], line
    )


def check_records(evidence: Evidence) -> int:
    """Re-hash every record; require inputs and tables to be there and all to lead to the dossier's."""
    content = evidence.files.get("records.jsonl", b"")
    need(content.endswith(b"\n"), "records.jsonl", "is missing or cut off")
    for number, line in enumerate(content.split(b"\n")[:-1], 1):
        record = read_record(line, number)
        need(record.id not in evidence.records, record.place, "stands twice in records.jsonl")
        evidence.records[record.id] = record
    need(list(evidence.records) == sorted(evidence.records), "records.jsonl", "is not in the order of ids")
    for record in evidence.records.values():
        for role, reference in record.inputs.items():
            found = reference in evidence.records
            need(found, record.place, f"its input {role} ({reference[:15]}) is not among the records")
    check_reachable(evidence)
    check_blobs(evidence)
    return len(evidence.records)


def check_reachable(evidence: Evidence) -> None:
    """Require that every record is an input, near or far, of the dossier's record."""
    root = evidence.manifest.get("dossier")
    need(
        root == evidence.model.get("dossier"),
        "manifest.json",
        "names another dossier record than the document",
    )
    need(root in evidence.records, "manifest.json", f"its dossier record {str(root)[:15]} is not attached")
    stray = evidence.records.keys() - evidence.reached(str(root))
    need(
        not stray,
        "records.jsonl",
        f"{len(stray)} records belong to no chain, first {min(stray, default='')[:15]}",
    )


def check_blobs(evidence: Evidence) -> None:
    """Require that attached tables bear their digest as name, and belong to a record."""
    known = {digest for record in evidence.records.values() for digest in record.blobs.values()}
    for name, content in evidence.files.items():
        kind, _, rest = name.partition("-")
        if kind in ("runs", "image"):
            digest = "sha256:" + rest.partition(".")[0]
            need(digest == sha256(content), f"attachment {name}", "is not the file whose digest it bears")
            need(kind == "image" or digest in known, f"attachment {name}", "belongs to no record")
    for kind, role in (("runs", "table"), ("wealth", "path"), ("residual", "checks")):
        for record in evidence.of_kind(kind):
            evidence.lines(record.blobs.get(role, ""), record.place)


# ---------------------------------------------------------------------------------------------------------
# The document against the page text.


@dataclass(frozen=True)
class Piece:
    """One element of the page text: what it is, what it says, where it begins."""

    role: str
    text: str
    page: int


BLOCKS = {"H1", "H2", "H3", "H4", "H5", "H6", "P", "TH", "TD", "LBody", "Caption", "TOCI", "Formula"}
SPACE = re.compile(r"\s+")


def squeeze(text: str) -> str:
    """Return a text without its white space, which the comparison ignores."""
    return SPACE.sub("", text).replace("\u2060", "")


def document_text(model: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the elements of the model that are text."""
    for element in model["elements"]:
        if element["type"] != "pagebreak":
            yield element


def said(spans: Iterable[Mapping[str, Any]]) -> str:
    """Return the visible text of spans."""
    return "".join(span["text"] for span in spans)


def margin_text(model: Mapping[str, Any], part: str, page: int, pages: int) -> str:
    """Return the header or footer that a page must carry."""
    text = model[part]["left"] + model[part]["right"]
    values = {"page": str(page), "pages": str(pages)}
    values |= {key: model[key] for key in ("title", "reference", "issue", "date")}
    return re.sub(r"\{(page|pages|title|reference|issue|date)\}", lambda match: values[match[1]], text)


def check_margins(model: Mapping[str, Any], pages: Sequence[PageText]) -> int:
    """Compare headers, footers and everything else that hangs in no structure."""
    headers = {
        squeeze("".join(said(cell) for cell in element["header"]))
        for element in document_text(model)
        if element["type"] == "table"
    }
    for number, page in enumerate(pages, 1):
        found = {"Header": "", "Footer": "", "Pagination": ""}
        for kind, text in page.artifacts:
            if kind in found:
                found[kind] += text
            else:
                filling = set(squeeze(text)) <= {".", "\u2022"}
                need(filling, f"page {number}", f"has text outside the structure: {text[:40]!r}")
        header = margin_text(model, "header", number, len(pages)) if number > 1 else ""
        footer = margin_text(model, "footer", number, len(pages))
        for kind, wanted in (("Header", header), ("Footer", footer)):
            same = squeeze(found[kind]) == squeeze(wanted)
            need(same, f"page {number}", f"its {kind.lower()} is {found[kind]!r}, not {wanted!r}")
        repeated = squeeze(found["Pagination"])
        need(
            not repeated or composed(repeated, headers),
            f"page {number}",
            "repeats a table header that is none",
        )
    return len(pages)


def composed(text: str, parts: set[str]) -> bool:
    """Say whether `text` is one or more of `parts` in a row."""
    reached = {0}
    for position in range(len(text)):
        if position in reached:
            reached |= {position + len(part) for part in parts if part and text.startswith(part, position)}
    return len(text) in reached


def pieces_of(element: Element) -> Iterator[Piece]:
    """Yield the page text element by element; containers that the model knows are pieces without text."""
    for kid in element.kids:
        if isinstance(kid, str):
            yield Piece(element.role, squeeze(kid), element.page)
        elif kid.role == "Figure":
            need(
                not squeeze(kid.text()),
                f"page {kid.page}",
                "has text inside a figure, which nothing compares",
            )
            yield Piece("Figure", squeeze(kid.alt), kid.page)
        elif kid.role in BLOCKS:
            yield Piece(kid.role, squeeze(kid.text()), kid.page)
        elif kid.role == "Lbl":
            need(squeeze(kid.text()) == "\u2022", f"page {kid.page}", "a list has another mark than a bullet")
        else:
            if kid.role in ("Table", "TR", "L", "Code"):
                yield Piece(kid.role, "", kid.page)
            yield from pieces_of(kid)


def pieces_due(model: Mapping[str, Any], heading_pages: Sequence[int]) -> Iterator[tuple[str, str]]:
    """Yield role and text of every element that the page text must have, in the order of the structure."""
    headings = [element for element in model["elements"] if element["type"] == "heading"]
    for element in model["elements"]:
        match element["type"]:
            case "heading":
                yield f"H{element['level']}", said(element["spans"])
            case "paragraph":
                yield "P", said(element["spans"])
            case "list":
                yield "L", ""
                yield from (("LBody", said(item)) for item in element["items"])
            case "table":
                yield from table_due(element)
            case "figure":
                yield "Caption", said(element["caption"])
                yield "Figure", element["alt"]
            case "code":
                yield "Code", ""
                yield from (("P", line) for line in element["lines"])
            case "contents":
                for heading, page in zip(headings, heading_pages, strict=True):
                    if heading["level"] <= element["depth"] and heading.get("listed", True):
                        yield "TOCI", f"{said(heading['spans'])}{page}"
            case "pagebreak":
                pass
            case other:
                fail("model.json", f"has the unknown element {other!r}")


def table_due(element: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the pieces of a table, row by row."""
    yield "Table", ""
    if element["caption"]:
        yield "Caption", said(element["caption"])
    if element["header"]:
        yield "TR", ""
        yield from (("TH", said(cell)) for cell in element["header"])
    for row in element["rows"]:
        yield "TR", ""
        yield from (("TD", said(cell)) for cell in row)


def check_text(model: Mapping[str, Any], extracted: Extracted) -> int:
    """Compare the text of the pages with the document, element by element."""
    found = list(pieces_of(extracted.tree))
    heading_pages = [piece.page for piece in found if re.fullmatch(r"H[1-6]", piece.role)]
    number = sum(element["type"] == "heading" for element in model["elements"])
    need(
        len(heading_pages) == number,
        "headings",
        f"{len(heading_pages)} on the pages, {number} in the document",
    )
    page = 1
    due = list(pieces_due(model, heading_pages))
    for piece, (role, text) in zip(found, due, strict=False):
        page = piece.page or page
        if (piece.role, piece.text) != (role, squeeze(text)):
            fail(f"page {page}", difference(piece, role, squeeze(text)))
    need(len(found) >= len(due), f"page {page}", "the text ends before the document does")
    need(len(found) <= len(due), f"page {page}", "there is text behind the document's end")
    return len(due)


def difference(piece: Piece, role: str, text: str) -> str:
    """Say how an element of the page differs from the document."""
    if piece.role != role:
        return f"there is a {piece.role} {piece.text[:30]!r} where the document has a {role} {text[:30]!r}"
    at = next((i for i, (a, b) in enumerate(zip(piece.text, text, strict=False)) if a != b), None)
    at = min(len(piece.text), len(text)) if at is None else at
    start = max(0, at - 12)
    return f"the page says …{piece.text[start : at + 12]!r}, the document …{text[start : at + 12]!r}"


# ---------------------------------------------------------------------------------------------------------
# Spans of the document against the evidence.

MINUS, GROUP, NBSP = "\u2212", "\u202f", "\u00a0"
WIDE = Context(prec=1000)
ROUNDINGS = {"up": ROUND_CEILING, "down": ROUND_FLOOR, "nearest": ROUND_HALF_EVEN}
SUPERSCRIPT = str.maketrans(
    "0123456789-", "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079\u207b"
)
NUMBERED = r"(?:[A-Z]\.)?(?:[1-9]\d{0,3}|[A-Z])(?:\.[1-9]\d{0,2}){0,4}"
LABELLED = "(?:Table|Figure|Section|Appendix|Step)[ \u00a0]"
NUMBERING = re.compile(f"(?:{LABELLED})?{NUMBERED}[.:)]?[ \u00a0\u2002]?")
REFERENCE = re.compile(LABELLED + NUMBERED)
UNIT_POWER = re.compile("(?<=[A-Za-z\u00b5\u00b0\u03a9])\u207b?[\u2070\u00b9\u00b2\u00b3\u2074-\u2079]+")
PLACE = re.compile(r"\{([a-z_]+)\}")
TEMPLATES: dict[str, str] = {
    "ai-earned": "41674ee01bcafa95",
    "all-hold": "f03043fa23fe8696",
    "attempts": "cb0fe65fb23f7ecb",
    "basis-credited": "a81f2c5194321daa",
    "basis-not-credited": "a8a9e63d766b5a64",
    "basis-value": "b1ee39f9bb96c868",
    "betting-attained": "36e2489f2ce990c7",
    "betting-count": "382f77ff5bd09df3",
    "betting-level": "0c5b69542fd11def",
    "bound-exceeds": "84298b09e9469612",
    "bound-holds": "a335eed08e753a5a",
    "bounded-checks": "bf3e0ebe949bacd4",
    "bounded-checks-only": "7641388d4b08cb74",
    "bounded-count": "453fd40a3f4b9f27",
    "bounded-spent": "c2ba7dfc1f8062eb",
    "capacity-exceeded": "a1a33e04980b104e",
    "capacity-suffices": "c15878902c507129",
    "closes-by": "3024d2863e471e97",
    "corners": "33aa2f1cc4c1b32f",
    "count": "69111c4e2f27992a",
    "document-on-file": "2387854ef3193a2d",
    "fraction": "160642afc795809f",
    "given": "62dd3542edd7ed93",
    "listwise": "e9d11d6e52250604",
    "listwise-bets": "6b3e57f8b8be6e2e",
    "listwise-confidence": "07742f14c2d4b0dd",
    "margin": "55de0de152ab972f",
    "margin-mode": "22d1161130a94aac",
    "model-allowance": "7ebc23c19403b307",
    "model-none": "7ebd1da86bbccf93",
    "numerical-charge": "9c4fad2b729b1455",
    "one-proved-wrong": "1b70a5f12b495e30",
    "one-violated": "121c5b635bfd7d39",
    "price": "6da5278f4f7d8947",
    "reason": "3f8f80debd96fed5",
    "refuting-level": "f2319a88e6d9f595",
    "run-below": "190749f540b83828",
    "run-beyond": "f273b23e7ca1e436",
    "runs": "e2febc452ec01597",
    "runs-failed": "a276bc728bc61132",
    "signs-conceded": "6029b9aa2cb5fb68",
    "signs-drawn": "c6da1b6673dfc334",
    "signs-enough": "674f946ae914c9db",
    "signs-level": "a993b6838b96aa89",
    "signs-placed": "fee182f90f570ae9",
    "signs-undecided": "51b591bbba379eb9",
    "signs-wealth": "de5b66582619ab80",
    "signs-wealth-short": "30373fddb95ade5f",
    "stated-accepted": "db47527433396402",
    "stated-bound": "5a5c9b6924f21e19",
    "stated-checks": "74e5260b9d7aa55b",
    "stated-count": "03fed687a98fcb05",
    "stated-exceeds": "76ca66a0a01121b5",
    "stated-open": "9041a0bd11d4c420",
    "stated-violations": "9132cc6c500fbd2e",
    "stated-width": "8794f0b827aa60b1",
    "statement": "0c667805b297117b",
    "verdict": "a985de975244e4e7",
    "verdict-given": "620ad07392d0de1d",
    "violation-proved": "7ae579e531a85510",
    "wealth-decided": "f2fb03a8c0e0c807",
    "wealth-refuted": "9fa01f8b289926ab",
    "wealth-short-of-refuted": "d023ee37cad4533c",
    "wealth-short-of-shown": "36406cfc92634dc0",
    "wealth-shown": "a598f5574fc38e15",
    "whole-confidence": "327aab90fabc7535",
}
"""Reviewed sentences: name and the first digits of their SHA-256 (docs: the registry of claims)."""
NUMBER_WORDS = re.compile(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen"
    r"|(?:twen|thir|for|fif|six|seven|eigh|nine)ty|hundred|thousand|million|billion|dozen|half|twice|thrice"
    r"|double|triple|percent)s?\b"
)


def pointed(root: Any, pointer: str, place: str) -> Any:
    """Return what an RFC 6901 pointer points at."""
    need(pointer == "" or pointer.startswith("/"), place, f"has the bad pointer {pointer!r}")
    value = root
    for key in pointer_keys(pointer):
        if isinstance(value, dict) and key in value:
            value = value[key]
        elif isinstance(value, list) and re.fullmatch(r"0|[1-9]\d{0,8}", key) and int(key) < len(value):
            value = value[int(key)]
        else:
            fail(place, f"points at {pointer!r}, which is not in the evidence")
    return value


def pointer_keys(pointer: str) -> list[str]:
    """Return the keys of an RFC 6901 pointer."""
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def fact_value(evidence: Evidence, span: Mapping[str, Any], place: str) -> Any:
    """Return what a fact points at, numbers as written."""
    record = evidence.records.get(span["record"])
    if record is None:
        fail(place, f"rests on record {span['record'][:15]}, which is not attached")
    if span["blob"] is None:
        return pointed(record.exact, span["pointer"], place)
    digest = record.blobs.get(span["blob"])
    if digest is None:
        fail(place, f"rests on {span['blob']!r}, which {record.place} has not")
    return pointed(evidence.exact_table(digest, record.place), span["pointer"], place)


def fact_numbers(value: Any, span: Mapping[str, Any], place: str) -> tuple[Decimal, Decimal]:
    """Return the number of a fact before and after rounding."""
    if span["form"] == "count":
        need(isinstance(value, list | dict), place, "counts what is no list")
        value = Decimal(len(value))
    need(isinstance(value, Decimal), place, f"prints {value!r}, which is no number")
    exact = WIDE.scaleb(
        WIDE.subtract(Decimal(1), value) if span["form"] == "complement" else value, span["scale"]
    )
    rule = span["rounding"]
    if rule["mode"] == "exact":
        return exact, exact.normalize(WIDE)
    exponent = -rule["digits"]
    if rule["mode"] == "significant":
        exponent = exact.adjusted() - rule["digits"] + 1 if exact else 0
    unit = Decimal((0, (1,), exponent))
    rounded = exact.quantize(unit, rounding=ROUNDINGS[rule["direction"]], context=WIDE)
    need(sign(rounded) == sign(exact), place, "a number lost its sign by rounding")
    return exact, rounded


def sign(value: Decimal) -> int:
    """Return -1, 0 or 1."""
    return (value > 0) - (value < 0)


def printed(rounded: Decimal, mode: str, unit: str) -> str:
    """Return a rounded number as it must be printed."""
    size = abs(rounded) if rounded else Decimal((0, (0,), min(0, int(rounded.as_tuple().exponent))))
    if mode == "decimals" or not rounded or -5 <= size.adjusted() <= 9:
        whole, _, rest = f"{size:f}".partition(".")
        if len(whole) >= 5:
            first = len(whole) % 3 or 3
            whole = GROUP.join([whole[:first], *(whole[i : i + 3] for i in range(first, len(whole), 3))])
        text = f"{whole}.{rest}" if rest else whole
    else:
        digits = "".join(map(str, size.as_tuple().digits))
        mantissa = f"{digits[0]}.{digits[1:]}" if len(digits) > 1 else digits
        text = f"{mantissa}{NBSP}\u00d7{NBSP}10{str(size.adjusted()).translate(SUPERSCRIPT)}"
    return (MINUS if rounded < 0 else "") + text + (NBSP + unit if unit else "")


def check_fact(evidence: Evidence, span: Mapping[str, Any], place: str) -> None:
    """Require that the printed text is the evidence's value, rounded as said."""
    value = fact_value(evidence, span, place)
    if isinstance(value, str):
        plain = (span["form"], span["rounding"]["mode"], span["scale"], span["unit"]) == (
            "value",
            "exact",
            0,
            "",
        )
        need(plain and span["text"] == value, place, f"says {span['text']!r}, the evidence {value!r}")
        return
    check_unit(evidence, span, place)
    check_direction(span, place)
    _, rounded = fact_numbers(value, span, place)
    wanted = printed(rounded, span["rounding"]["mode"], span["unit"])
    need(span["text"] == wanted, place, f"says {span['text']!r}, the evidence {wanted!r}")


AGAINST_US = (
    (re.compile(r"/margin(/value)?$"), "down"),
    (re.compile(r"/(listwise|violated)/confidence$|/payload/whole$"), "down"),
    (re.compile(r"/(bound|attained|numerical_relative)$"), "up"),
)
"""Numbers that a verdict rests on, and the way in which they may be rounded."""


def check_direction(span: Mapping[str, Any], place: str) -> None:
    """Require that a margin, a limit or a confidence is rounded against whoever shows, if at all."""
    rule = span["rounding"]
    for pointer, direction in AGAINST_US:
        if rule["mode"] != "exact" and pointer.search(span["pointer"]):
            good = rule["direction"] == direction
            need(good, place, f"rounds {span['text']!r} {rule['direction']}, against us is {direction}")


UNIT_WORD = re.compile(r"[^\W\d_]+|[%\u00b0]")


def unit_words(unit: str) -> set[str]:
    """Return the names in a unit, its powers left out."""
    return set(UNIT_WORD.findall(UNIT_POWER.sub("", unit)))


def check_unit(evidence: Evidence, span: Mapping[str, Any], place: str) -> None:
    """Require a number in the unit of its evidence: scaled only to per cent, and named as it is there.

    The unit that stands nearest to the number in its record is its own. Elsewhere each name has to be one of
    a unit in the record or in what that was made from. A number without a unit has it in its column's head.
    """
    if span["scale"]:
        need((span["scale"], span["unit"]) == (2, "%"), place, f"scales {span['text']!r} to no percentage")
        return
    words, record = unit_words(span["unit"]), evidence.records[span["record"]]
    if not words:
        return
    own = nearest_unit(record.payload, span["pointer"]) if span["blob"] is None else None
    if span["pointer"].endswith("/minutes"):
        known = {"min"}
    else:
        known = evidence.unit_words(record.id) if own is None else unit_words(own)
    strange = sorted(words - known)
    need(not strange, place, f"prints {span['text']!r}, the evidence has no unit {', '.join(strange)} there")


def nearest_unit(payload: Any, pointer: str) -> str | None:
    """Return the unit stated by the innermost object around a value; factors and places have their own."""
    found, node = None, payload
    for key in pointer_keys(pointer)[1:]:
        if isinstance(node, dict) and isinstance(node.get("unit"), str):
            found = node["unit"]
        if key in ("factors", "place", "places"):
            return None
        node = node[int(key)] if isinstance(node, list) else node.get(key) if isinstance(node, dict) else None
    return found


def units_in(node: Any) -> Iterator[str]:
    """Yield every unit that a payload states."""
    for key, value in node.items() if isinstance(node, dict) else enumerate(node):
        if isinstance(value, str) and "unit" in str(key):
            yield value
        elif isinstance(value, dict | list):
            yield from units_in(value)


OPERATORS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    "=": lambda a, b: a == b,
    ">=": lambda a, b: a >= b,
    ">": lambda a, b: a > b,
}


def check_claim(evidence: Evidence, span: Mapping[str, Any], place: str) -> None:
    """Require a reviewed template filled with its arguments, and that what it relates holds."""
    template = evidence.model["templates"].get(span["template"])
    need(template is not None, place, f"uses the template {span['template']!r}, which the document has not")
    arguments = span["arguments"]
    need(set(PLACE.findall(template["text"])) == arguments.keys(), place, "does not fill its template")
    text = PLACE.sub(lambda match: str(arguments[match[1]]["text"]), template["text"])
    need(span["text"] == text, place, f"says {span['text'][:50]!r}, which is not its template")
    for argument in arguments.values():
        check_span(evidence, argument, place, leading=False)
    for left, operator, right in template["relations"]:
        pairs = []
        for name in (left, right):
            argument = arguments[name]
            need(argument["kind"] == "fact", place, f"relates {name}, which is no fact")
            pairs.append(fact_numbers(fact_value(evidence, argument, place), argument, place))
        (a, rounded_a), (b, rounded_b) = pairs
        kept = sign(a - b) == sign(rounded_a - rounded_b)
        need(
            OPERATORS[operator](a, b) and kept, place, f"says {left} {operator} {right}, which does not hold"
        )
    check_same_subject(evidence, arguments, place)


def check_same_subject(evidence: Evidence, arguments: Mapping[str, Any], place: str) -> None:
    """Require that a sentence about a requirement takes its facts from a record about it."""
    for name in ("requirement", "criterion", "configuration"):
        named = arguments.get(name, {}).get("text")
        for argument in arguments.values() if named else ():
            payload = evidence.records[argument["record"]].payload if argument["kind"] == "fact" else None
            about = payload.get(name) if isinstance(payload, dict) else None
            need(
                not isinstance(about, str) or about == named,
                place,
                f"names {named}, its evidence is about {about}",
            )


def check_template(name: str, template: Mapping[str, Any]) -> None:
    """Require that a sentence is one of the reviewed ones."""
    digest = hashlib.sha256(canonical(template).encode()).hexdigest()[:16]
    need(TEMPLATES.get(name) == digest, "model.json", f"its template {name!r} is not a reviewed one")


def numerals(text: str) -> bool:
    """Say whether a text holds a digit or a number word."""
    folded = unicodedata.normalize("NFKC", text)
    return any(unicodedata.category(c)[0] == "N" for c in folded) or bool(NUMBER_WORDS.search(folded.lower()))


def check_span(evidence: Evidence, span: Mapping[str, Any], place: str, *, leading: bool) -> None:
    """Require that a span is what its kind allows."""
    kind, text = span["kind"], span["text"]
    if kind == "fact":
        check_fact(evidence, span, place)
    elif kind == "claim":
        check_claim(evidence, span, place)
    elif kind == "identifier":
        need(any(map(str.isalpha, text)) and len(text) <= 200, place, f"{text[:30]!r} is no name")
    elif kind == "structure":
        numbering = (leading and NUMBERING.fullmatch(text)) or (span["link"] and REFERENCE.fullmatch(text))
        need(numbering or not numerals(UNIT_POWER.sub("", text)), place, f"{text[:40]!r} numbers nothing")
    elif kind == "prose" and span["approval"] is not None:
        approval = evidence.records.get(span["approval"])
        need(
            approval and approval.kind == "approval",
            place,
            f"{text[:40]!r} rests on an approval that is missing",
        )
    elif kind == "prose":
        free = not numerals(text) and "SHOWN" not in text and "REFUTED" not in text
        need(free, place, f"{text[:40]!r} has a number or a verdict that no evidence bears")
    else:
        need(kind == "quotation", place, f"has the unknown span {kind!r}")


def spans_with_place(model: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any], bool]]:
    """Yield every span with the place that messages name, and whether it may be a number."""
    for number, element in enumerate(model["elements"]):
        place = f"document element {number} ({element['type']})"
        groups = [element.get("spans", []), element.get("caption", []), *element.get("items", [])]
        for group in groups:
            yield from ((place, span, index == 0) for index, span in enumerate(group))
        for cell in element.get("header", []):
            yield from ((place, span, False) for span in cell)
        for index, row in enumerate(element.get("rows", [])):
            for cell in row:
                yield from ((f"{place} row {index + 1}", span, False) for span in cell)


def check_spans(evidence: Evidence) -> dict[str, int]:
    """Check every span of the document against the evidence; return how many there are of each kind."""
    for name, template in evidence.model["templates"].items():
        check_template(name, template)
    counts: dict[str, int] = {}
    for place, span, leading in spans_with_place(evidence.model):
        check_span(evidence, span, place, leading=leading)
        counts[span["kind"]] = counts.get(span["kind"], 0) + 1
    for number, element in enumerate(evidence.model["elements"]):
        if element["type"] == "figure":
            name = f"image-{element['image'].removeprefix('sha256:')}.{element['format']}"
            need(name in evidence.files, f"document element {number}", "its picture is not attached")
            need(not numerals(element["alt"]), f"document element {number}", "its description holds a number")
    return counts


# ---------------------------------------------------------------------------------------------------------
# Numbers: stated roots are put into their equation, never searched for.

STEP = 1e-9
"""Relative step to either side of a stated root; its equation must change sign between them."""


def close(a: float, b: float, scale: float = 0.0) -> bool:
    """Say whether two numbers agree but for rounding."""
    return abs(a - b) <= STEP * max(abs(a), abs(b), scale)


def binomial_at_most(k: int, n: int, p: float) -> float:
    """Return P(X <= k) of a binomial X with n draws of probability p, summed from the smaller side."""
    if k < 0:
        return 0.0
    if k >= n or p <= 0.0:
        return 1.0
    if p >= 1.0:
        return 0.0
    hit, miss, whole = math.log(p), math.log1p(-p), math.lgamma(n + 1)
    lower = k <= n * p
    terms = range(k + 1) if lower else range(k + 1, n + 1)
    total = math.fsum(
        math.exp(whole - math.lgamma(j + 1) - math.lgamma(n - j + 1) + j * hit + (n - j) * miss)
        for j in terms
    )
    return total if lower else 1.0 - total


def binomial_at_least(k: int, n: int, p: float) -> float:
    """Return P(X >= k)."""
    return binomial_at_most(n - k, n, 1.0 - p) if p > 0.5 else _upper_tail(k, n, p)


def _upper_tail(k: int, n: int, p: float) -> float:
    if k <= 0:
        return 1.0
    hit, miss, whole = math.log(p), math.log1p(-p), math.lgamma(n + 1)
    return math.fsum(
        math.exp(whole - math.lgamma(j + 1) - math.lgamma(n - j + 1) + j * hit + (n - j) * miss)
        for j in range(k, n + 1)
    )


def exact_at_most(k: int, n: int, p: float) -> Fraction:
    """Return P(X <= k) in rational numbers, for the ties that floating point does not decide."""
    hit, scale = p.as_integer_ratio()
    return Fraction(sum(math.comb(n, j) * hit**j * (scale - hit) ** (n - j) for j in range(k + 1)), scale**n)


def shows(not_within: int, n: int, allowed: float, error: float) -> bool:
    """Say whether so few draws not within show that the violating fraction is allowed."""
    level = binomial_at_most(not_within, n, allowed)
    if abs(level - error) > STEP * error or n > 20_000:
        return level < error
    return exact_at_most(not_within, n, allowed) <= Fraction(error)


def refutes(beyond: int, n: int, allowed: float, error: float) -> bool:
    """Say whether so many draws beyond refute it."""
    level = binomial_at_least(beyond, n, allowed)
    if abs(level - error) > STEP * error or n > 20_000:
        return level < error
    return 1 - exact_at_most(beyond - 1, n, allowed) < Fraction(error)


def is_upper_limit(bound: float, count: int, n: int, error: float) -> bool:
    """Say whether `bound` is the upper Clopper-Pearson limit: P(X <= count | bound) = error."""
    if count >= n:
        return bound == 1.0
    low, high = bound * (1.0 - STEP), min(1.0, bound * (1.0 + STEP))
    return 0.0 < bound <= 1.0 and binomial_at_most(count, n, low) >= error >= binomial_at_most(count, n, high)


def is_lower_limit(bound: float, count: int, n: int, error: float) -> bool:
    """Say whether `bound` is the lower Clopper-Pearson limit: P(X >= count | bound) = error."""
    if count <= 0:
        return bound == 0.0
    low, high = bound * (1.0 - STEP), min(1.0, bound * (1.0 + STEP))
    return 0.0 < bound < 1.0 and binomial_at_least(count, n, low) <= error <= binomial_at_least(
        count, n, high
    )


def normal_cdf(x: float) -> float:
    """Return the distribution function of the normal law."""
    return 0.5 * math.erfc(-x / math.sqrt(2.0))


def noncentral_t_cdf(t: float, freedom: int, shift: float) -> float:
    """Return P(T <= t) of the noncentral t law.

    T = (Z + shift) / S with S^2 = chi^2 / freedom, so the probability is the mean of Phi(t S - shift) over S.
    In u = ln S the integrand is smooth and falls off fast to both sides, where the trapezoidal rule is exact
    to rounding.
    """
    half = 0.5 * freedom
    width = 9.0 / math.sqrt(freedom) if freedom > 4 else 40.0 / freedom
    low, high = -max(width, 36.0 / freedom), min(width, 3.0)
    steps = 1200
    h = (high - low) / steps
    constant = math.log(2.0) + half * math.log(half) - math.lgamma(half)

    def density(u: float) -> float:
        return math.exp(constant + freedom * u - half * math.exp(2.0 * u))

    points = [low + i * h for i in range(steps + 1)]
    return h * math.fsum(normal_cdf(t * math.exp(u) - shift) * density(u) for u in points)


def is_tolerance_factor(factor: float, n: int, coverage: float, confidence: float) -> bool:
    """Say whether P(T <= factor sqrt(n)) = confidence for T with n - 1 and shift z(coverage) sqrt(n)."""
    root = math.sqrt(n)
    shift = NormalDist().inv_cdf(coverage) * root

    def level(k: float) -> float:
        return noncentral_t_cdf(k * root, n - 1, shift)

    return factor > 0.0 and level(factor * (1.0 - STEP)) <= confidence <= level(factor * (1.0 + STEP))


def log_mean_exp(values: Sequence[float]) -> float:
    """Return ln of the mean of exp."""
    largest = max(values)
    return largest + math.log(math.fsum(math.exp(value - largest) for value in values) / len(values))


def gamma_at_most(n: int, x: float) -> float:
    """Return P(G <= x) of a gamma variable of whole shape n: at least n events before x (Poisson)."""
    if x > n + 40.0 * math.sqrt(n) + 800.0:
        return 1.0
    if x <= 0.0:
        return 0.0
    # the series that starts at k = n falls off by x / (k + 1); above x = n its complement does, downwards
    term, total = math.exp(n * math.log(x) - x - math.lgamma(n + 1)), 0.0
    k = n
    if x > n:
        while k > 0 and term > 1e-20 * total:
            term *= k / x
            k -= 1
            total += term
        return 1.0 - total
    while term > 1e-20 * total:
        total += term
        k += 1
        term *= x / k
    return total


def weibull_level(t: float, residuals: Sequence[float], coverage: float) -> float:
    """Return the confidence of location - t spread given the residuals of the logarithms (Lawless, 1982).

    The density of ln z, z = spread / true spread, is z^(n-1) exp((z - 1) sum a) / mean(exp(a z))^n but for a
    constant; given z, the confidence is that of a gamma variable of shape n.
    """
    n, total = len(residuals), math.fsum(residuals)

    def density(v: float) -> tuple[float, float]:
        z = math.exp(v)
        means = log_mean_exp([a * z for a in residuals])
        return (n - 1) * v + (z - 1.0) * total - n * means, means + math.log(n)

    peak = density(0.0)[0]
    ends = []
    for sign in (-1.0, 1.0):
        end = sign / math.sqrt(n)
        while density(end)[0] > peak - 42.0:
            end *= 1.3
        ends.append(end)
    steps, quantile, weights, levels = 400, math.log(-math.log(coverage)), [], []
    for i in range(steps + 1):
        v = ends[0] + (ends[1] - ends[0]) * i / steps
        log_weight, log_sum = density(v)
        weights.append(math.exp(log_weight - peak))
        levels.append(
            weights[-1] * gamma_at_most(n, math.exp(min(700.0, quantile + t * math.exp(v) + log_sum)))
        )
    return math.fsum(levels) / math.fsum(weights)


def hanson_koopmans_level(z: float, n: int, rank: int, below: float) -> float:
    """Return P(U_r (U_1 / U_r)^z <= below) of uniform order statistics, the worst law that is admitted."""
    a, b = rank, n - rank + 1
    constant = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    terms = []
    for i in range(-300, 301):  # tanh-sinh: the trapezoidal rule on a line whose ends fall off doubly
        s = 0.5 * math.pi * math.sinh(i / 75.0)
        u = below + (1.0 - below) / (1.0 + math.exp(-2.0 * s))
        rest = (1.0 - below) / (1.0 + math.exp(2.0 * s))  # 1 - u, which cancels near 1
        step = 0.5 * math.pi * math.cosh(i / 75.0) / math.cosh(s) ** 2 * 0.5 * (1.0 - below) / 75.0
        if u <= below or rest <= 0.0 or step == 0.0:
            continue
        log_density = constant + (a - 1) * math.log(u) + (b - 1) * math.log(rest)
        terms.append(step * math.exp(log_density) * (-math.expm1(math.log(below / u) / z)) ** (rank - 1))
    return 1.0 - math.fsum(terms)


def expected_normal(n: int, rank: int) -> float:
    """Return the expected value of an order statistic of a standard normal sample."""
    constant = (
        math.lgamma(n + 1) - math.lgamma(rank) - math.lgamma(n - rank + 1) - 0.5 * math.log(2 * math.pi)
    )
    terms = []
    for i in range(-400, 401):
        x = i / 40.0
        log_density = (rank - 1) * math.log(normal_cdf(x)) + (n - rank) * math.log(normal_cdf(-x)) - x * x / 2
        terms.append(x * math.exp(constant + log_density) / 40.0)
    return math.fsum(terms)


def is_best_rank(rank: int, n: int, coverage: float, confidence: float) -> bool:
    """Say whether an order statistic is the one to stand beside the smallest: a function of n alone.

    Above a coverage of 0.9 it is the largest, else the one whose limit is nearest to the percentile for the
    expected values of a normal sample, nearer than with its neighbours (Vangel, 1994).
    """
    if coverage > 0.9:
        return rank == n
    below, percentile, first = one_minus(coverage), -NormalDist().inv_cdf(coverage), expected_normal(n, 1)

    def distance(other: int) -> float:
        low, high = 1.0, 2.0
        while hanson_koopmans_level(high, n, other, below) < confidence and high < 1e12:
            low, high = high, 2.0 * high
        for _ in range(30):
            z = 0.5 * (low + high)
            low, high = (z, high) if hanson_koopmans_level(z, n, other, below) < confidence else (low, z)
        return abs(low * first + (1.0 - low) * expected_normal(n, other) - percentile)

    own = distance(rank) if 2 <= rank <= n else math.inf
    return all(own <= distance(other) for other in (rank - 1, rank + 1) if 2 <= other <= n)


def beta_at_most(a: float, b: float, x: float) -> float:
    """Return P(B <= x) of a Beta(a, b) variable, by Lentz's continued fraction."""
    if x <= 0.0 or x >= 1.0:
        return float(x >= 1.0)
    if x > (a + 1.0) / (a + b + 2.0):
        return 1.0 - beta_at_most(b, a, 1.0 - x)
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    )
    c, d = 1.0, 1.0 / (1.0 - (a + b) * x / (a + 1.0))
    result = d
    for m in range(1, 10_000):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d = 1.0 / (1.0 + term * d)
            c = 1.0 + term / c
            result *= c * d
        if abs(c * d - 1.0) < 1e-15:
            break
    return front * result / a


def weibull_significance(values: Sequence[float], shape: float, scale: float) -> float:
    """Return the observed significance of the Anderson-Darling test for the Weibull law (Lawless, 1982)."""
    n = len(values)
    z = sorted(max(1e-300, math.exp(min(700.0, shape * math.log(value / scale)))) for value in values)
    total = math.fsum((2 * i + 1) * (math.log(-math.expm1(-z[i])) - z[n - 1 - i]) for i in range(n))
    statistic = (1.0 + 0.2 / math.sqrt(n)) * (-n - total / n)
    return 1.0 / (1.0 + math.exp(min(700.0, -0.10 + 1.24 * math.log(statistic) + 4.48 * statistic)))


def equal_variances(batches: Sequence[Sequence[float]]) -> float | None:
    """Return the observed significance of Brown and Forsythe's test, None where it cannot be made."""
    k, n = len(batches), sum(map(len, batches))
    distances = []
    for batch in batches:
        middle = median(batch)
        distances.append([abs(value - middle) for value in batch])
    grand = math.fsum(map(math.fsum, distances)) / n
    means = [math.fsum(d) / len(d) for d in distances]
    between = math.fsum(len(d) * (m - grand) ** 2 for d, m in zip(distances, means, strict=True))
    within = math.fsum((x - m) ** 2 for d, m in zip(distances, means, strict=True) for x in d)
    if not (n > k >= 2 and within > 1e-24 * grand**2):
        return None
    return beta_at_most(0.5 * (n - k), 0.5 * (k - 1), within / (within + between))


def batches_differ(batches: Sequence[Sequence[float]]) -> tuple[float, float]:
    """Return the k-sample Anderson-Darling statistic and its critical value at 0.025 (Scholz, Stephens)."""
    k, n = len(batches), sum(map(len, batches))
    pooled = [value for batch in batches for value in batch]

    def under(values: Sequence[float], x: float) -> float:
        return math.fsum(1.0 if value < x else 0.5 for value in values if value <= x)

    total = 0.0
    for x in sorted(set(pooled)):
        count, below = pooled.count(x), under(pooled, x)
        gap = math.fsum((n * under(batch, x) - len(batch) * below) ** 2 / len(batch) for batch in batches)
        total += count * gap / (below * (n - below) - n * count / 4.0)
    h, t = math.fsum(1.0 / len(batch) for batch in batches), math.fsum(1.0 / i for i in range(1, n))
    tail, g = 1.0 / (n - 1), 0.0
    for i in range(n - 2, 0, -1):  # the sum over i < j < n of 1 / ((n - i) j), its inner sum as it grows
        g += tail / (n - i)
        tail += 1.0 / i
    a = (4 * g - 6) * (k - 1) + (10 - 6 * g) * h
    b = (2 * g - 4) * k**2 + 8 * t * k + (2 * g - 14 * t - 4) * h - 8 * t + 4 * g - 6
    c = (6 * t + 2 * g - 2) * k**2 + (4 * t - 4 * g + 6) * k + (2 * t - 6) * h + 4 * t
    d = (2 * t + 6) * k**2 - 4 * t * k
    sd = math.sqrt((a * n**3 + b * n**2 + c * n + d) / ((n - 1) * (n - 2) * (n - 3))) / (k - 1)
    critical = 1.0 + sd * (1.96 + 1.149 / math.sqrt(k - 1) - 0.391 / (k - 1))
    return (n - 1) * total / (n**2 * (k - 1)), critical


def normal_significance(values: Sequence[float], mean: float, sd: float) -> float:
    """Return the observed significance of the Anderson-Darling test for the normal law (CMH-17, 8.3.7)."""
    n = len(values)
    z = sorted((value - mean) / sd for value in values)

    def log_cdf(x: float) -> float:
        tail = normal_cdf(x)
        return math.log(tail) if tail > 0.0 else -0.5 * x * x - math.log(-x * math.sqrt(2.0 * math.pi))

    total = math.fsum((2 * i + 1) * (log_cdf(z[i]) + log_cdf(-z[n - 1 - i])) for i in range(n))
    statistic = (1.0 + 4.0 / n - 25.0 / n**2) * (-n - total / n)
    return 1.0 / (1.0 + math.exp(min(700.0, -0.48 + 0.78 * math.log(statistic) + 4.58 * statistic)))


def one_minus(number: float) -> float:
    """Return 1 - `number` for the decimal that was written."""
    return float(1 - Decimal(repr(number)))


# ---------------------------------------------------------------------------------------------------------
# Run tables and showings.

ORDER = ("REFUTED", "NOT SHOWN", "SHOWN GIVEN", "SHOWN")
LEVELLED = {"validation", "refined"}
"""Purposes of the runs of a block of draws, on its start level and on finer ones."""
BY_RUNS = {
    "runs-not-within", "runs-open", "runs-failed", "nominal-not-within", "sequential-undecided",
    "structure-undecided",
}  # fmt: skip
"""Reasons that speak of nothing but the runs; then the runs must say the same."""


def worst(verdicts: Iterable[str]) -> str:
    """Return the worst verdict; none at all is NOT SHOWN."""
    return min(verdicts, key=ORDER.index, default="NOT SHOWN")


def check_tables(evidence: Evidence) -> int:
    """Recount every run table: order, rows of each draw, states, totals."""
    total = 0
    for record in evidence.of_kind("runs"):
        table, payload, place = evidence.table(record), record.payload, record.place
        stated = payload["table"]
        need(
            stated == {"lines": len(table), "digest": record.blobs["table"]}, place, "describes another table"
        )
        draws: dict[int, list[Mapping[str, Any]]] = {}
        for line in table:
            draws.setdefault(line["index"], []).append(line)
        need(
            [line["index"] for line in table] == sorted(line["index"] for line in table),
            place,
            "is out of order",
        )
        for index, lines in draws.items():
            need(
                len({line["row"] for line in lines}) == len(lines), place, f"has a row of draw {index} twice"
            )
        need(payload["count"] == len(draws), place, f"states {payload['count']} draws, has {len(draws)}")
        need(payload["rows"] == max(map(len, draws.values()), default=0), place, "has other rows than stated")
        failed = sum(any(line["state"] != "ok" for line in lines) for lines in draws.values())
        need(payload["failed"] == failed, place, f"states {payload['failed']} failed draws, has {failed}")
        late = any(line["reason"] == "time-limit" for line in table)
        need(payload["time_limited"] == late, place, "does not say truly whether runs were stopped by time")
        for line in table:
            check_line(line, place)
        total += len(table)
    return total


def check_line(line: Mapping[str, Any], place: str) -> None:
    """Require that a run is either ok with numbers, or failed with a reason and without numbers."""
    if line["state"] == "ok":
        good = bool(line["quantities"]) and line["reason"] is None
    else:
        good = line["state"] == "failed" and bool(line["reason"]) and not line["quantities"]
    need(good, place, f"draw {line['index']} row {line['row']!r} contradicts itself")


Step = tuple[str, Any]
NOWHERE = (-math.inf, math.inf)


def derived(steps: Sequence[Step], line: Mapping[str, Any], quantities: Mapping[str, float]) -> float | None:
    """Return what a formula in reverse Polish order is worth; None where that is no finite number."""
    stack: list[float] = []
    try:
        for word, x in steps:
            if word == "number":
                stack.append(x)
            elif word in ("quantity", "factor"):
                stack.append(quantities[x] if word == "quantity" else line["factors"][x])
            elif word == "power":
                stack.append(stack.pop() ** int(x))
            else:
                stack[-int(x) :] = [calculated(word, stack[-int(x) :])]
    except (ZeroDivisionError, OverflowError, ValueError):
        return None
    return float(stack[0]) if math.isfinite(stack[0]) else None


def calculated(word: str, numbers: Sequence[float]) -> float:
    """Return what one step makes of the numbers that it takes."""
    a, b = numbers[0], numbers[-1]
    if word in ("min", "max"):
        return min(numbers) if word == "min" else max(numbers)
    if word in ("abs", "sqrt"):
        return abs(a) if word == "abs" else math.sqrt(a)
    return a + b if word == "+" else a - b if word == "-" else a * b if word == "*" else a / b


def derived_between(
    steps: Sequence[Step], line: Mapping[str, Any], quantities: Mapping[str, tuple[float, float]]
) -> tuple[float, float]:
    """Return between which values a formula lies if each quantity in it lies in an interval."""
    stack: list[tuple[float, float]] = []
    try:
        for word, x in steps:
            if word == "quantity":
                stack.append(quantities[x])
            elif word in ("factor", "number"):
                stack.append((line["factors"][x],) * 2 if word == "factor" else (x, x))
            elif word == "power":
                stack.append(power_between(stack.pop(), int(x)))
            else:
                stack[-int(x) :] = [calculated_between(word, stack[-int(x) :])]
            if not all(map(math.isfinite, stack[-1])):
                return NOWHERE
    except (ZeroDivisionError, OverflowError, ValueError):
        return NOWHERE
    return stack[0]


def outward(low: float, high: float) -> tuple[float, float]:
    """Return the next interval outside; a lower end that is plus zero stays."""
    zero = low == 0.0 and math.copysign(1.0, low) > 0.0
    return low if zero else math.nextafter(low, -math.inf), math.nextafter(high, math.inf)


def calculated_between(word: str, sides: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Return between which values one step lies."""
    a, b = sides[0], sides[-1]
    if word in ("min", "max"):
        chosen = min if word == "min" else max
        return chosen(low for low, _ in sides), chosen(high for _, high in sides)
    if word == "sqrt":
        low, high = outward(math.sqrt(a[0]), math.sqrt(a[1]))
        return max(0.0, low), high
    if word == "abs":
        return 0.0 if a[0] <= 0.0 <= a[1] else min(map(abs, a)), max(map(abs, a))
    if word in "+-":
        return outward(a[0] + b[0], a[1] + b[1]) if word == "+" else outward(a[0] - b[1], a[1] - b[0])
    if word == "/" and b[0] <= 0.0 <= b[1]:
        raise ZeroDivisionError
    ends = [x * y if word == "*" else x / y for x in a for y in b]
    return outward(min(ends), max(ends))


def power_between(a: tuple[float, float], exponent: int) -> tuple[float, float]:
    """Return between which values an integer power lies."""
    if exponent < 0:
        return calculated_between("/", [(1.0, 1.0), power_between(a, -exponent)])
    ends = [end**exponent for end in a]
    crossing = exponent > 0 and exponent % 2 == 0 and a[0] <= 0.0 <= a[1]
    return outward(*outward(0.0 if crossing else min(ends), max(ends)))


@dataclass(frozen=True)
class Limit:
    """What a run is held against, with everything that is charged."""

    sense: str
    values: Sequence[float]
    demand_factor: float
    numerical: float
    model: float
    absolute: float = 0.0
    """Numerical error of a run on a level coarser than the finest, in the quantity's unit."""
    derived: Mapping[str, Any] | None = None
    """Of a quantity that is made of others: its steps, and the share of each that is charged."""
    bases: Mapping[str, float] = field(default_factory=dict)
    """The same as `absolute` for each quantity in the formula of a derived one."""
    ends: tuple[tuple[float, float], tuple[float, float]] | None = None
    """Where the derived quantity of one run lies: with numerical errors, and with the model form's too."""

    def at(self, line: Mapping[str, Any]) -> Limit:
        """Return the limit as one run is held against it."""
        if self.derived is None:
            return self
        ends = []
        for model in (0.0, self.model - 1.0):
            sides = {}
            for name, share in self.derived["bases"].items():
                q = line["quantities"][name]
                reach = max(share * abs(q), self.bases.get(name, 0.0)) + model * abs(q)
                sides[name] = (q - reach, q + reach)
            ends.append(derived_between(self.derived["steps"], line, sides))
        return replace(self, ends=(ends[0], ends[1]))

    def low(self, q: float) -> float:
        """Return the lowest that a value may be."""
        return q - self.reach(q) if self.ends is None else self.ends[1][0]

    def high(self, q: float) -> float:
        """Return the highest that a value may be."""
        return q + self.reach(q) if self.ends is None else self.ends[1][1]

    def discretised(self, q: float) -> float:
        """Return the charged numerical error of a value."""
        return max(self.numerical * abs(q), self.absolute)

    def reach(self, q: float) -> float:
        """Return the charged numerical and model-form error of a value."""
        if self.derived is not None:
            fail("a derived quantity", "is held against its limit without its run")
        return self.discretised(q) + (self.model - 1.0) * abs(q)

    def slack(self, q: float) -> float:
        """Return the room to the limit with every error charged; not negative is within."""
        room = []
        if self.sense != "at_least":
            room.append(self.values[-1] - self.high(q) * self.demand_factor)
        if self.sense != "at_most":
            room.append(self.low(q) - self.values[0] * self.demand_factor)
        return min(room)

    def room(self, q: float) -> float:
        """Return what ranks the runs: the slack; between two positive limits the smaller margin."""
        if self.sense != "between" or self.values[0] <= 0.0:
            return self.slack(q)
        demand = self.high(q) * self.demand_factor
        above = self.values[-1] / demand - 1.0 if demand > 0.0 else math.inf
        return min(above, self.low(q) / (self.values[0] * self.demand_factor) - 1.0)

    def excess(self, q: float) -> float:
        """Return how far a value is beyond with every error credited; positive is beyond."""
        over = []
        if self.sense != "at_least":
            over.append(self.low(q) * self.demand_factor - self.values[-1])
        if self.sense != "at_most":
            over.append(self.values[0] * self.demand_factor - self.high(q))
        return max(over)


@dataclass(frozen=True)
class Draw:
    """One draw, judged by its worst row."""

    index: int
    state: str
    room: float | None
    """Of the worst row that has a value."""
    complete: bool
    """Whether every row has a value."""
    rows: Mapping[str, Mapping[str, Any]]
    limit: Limit


def judge(lines: Mapping[str, Mapping[str, Any]], index: int, quantity: str, limit: Limit) -> Draw:
    """Return the state of a draw: beyond if any row is, within if all are, else open."""
    values = [(line["quantities"].get(quantity), line) for line in lines.values()]
    known = [(value, limit.at(line)) for value, line in values if value is not None]
    slacks = [own.slack(value) for value, own in known]
    if any(own.excess(value) > 0.0 for value, own in known):
        state = "beyond"
    else:
        state = "within" if len(known) == len(values) and min(slacks) >= 0.0 else "open"
    rooms = [own.room(value) for value, own in known]
    return Draw(index, state, min(rooms, default=None), len(known) == len(values), lines, limit)


class Showing:
    """Recomputes one showing from its run table."""

    def __init__(self, evidence: Evidence, record: Record) -> None:
        self.evidence = evidence
        self.record = record
        self.payload: dict[str, Any] = record.payload
        self.place = record.place

    def check(self) -> None:
        """Check the parts, then the verdict over them, then what it rests on."""
        for row in self.payload["assumptions"]:
            known = row["record"] is None or row["record"] in self.evidence.records
            need(known, self.place, "an assumption names a record that is not attached")
        charge = self.payload["charge"]
        if charge is not None:
            check_charge(self.evidence, self.record, charge)
        for part in self.payload["parts"]:
            self.check_part(part, charge)
        self.check_rows()
        self.check_verdict()
        self.check_level()

    @cached_property
    def content(self) -> tuple[float, float] | None:
        """Fraction and confidence of the claim, where it has them."""
        holds = self.payload["holds"]
        for candidate in (holds, holds.get("others")):
            if isinstance(candidate, dict) and "fraction" in candidate:
                return candidate["fraction"], candidate["confidence"]
        return None

    @cached_property
    def by_betting(self) -> bool:
        """Whether its parts were decided run by run."""
        betted = [part.get("wealth") is not None for part in self.payload["parts"]]
        return any(betted)

    @cached_property
    def by_signs(self) -> bool:
        """Whether declared signs carry its fraction by certified runs."""
        return any(part.get("dominance") is not None for part in self.payload["parts"])

    @cached_property
    def by_bound(self) -> bool:
        """Whether a declared bound on the model's error carries it."""
        return any(part.get("residual") is not None for part in self.payload["parts"])

    @cached_property
    def by_model(self) -> bool:
        """Whether what an AI model states by itself is to carry it."""
        return any(part.get("stated") is not None for part in self.payload["parts"])

    @cached_property
    def lines(self) -> dict[tuple[int, str], dict[str, Any]]:
        """The rows of the table that decides, by draw and row."""
        if self.by_model:
            return {}
        if self.by_bound:
            tables = [Bounded(self, part, self.place).runs for part in self.payload["parts"]]
            return {
                (line["index"], line["row"]): line for table in tables for line in self.evidence.table(table)
            }
        if self.by_signs:
            tables = [t for part in self.payload["parts"] for t in Certifying(self, part, self.place).tables]
            return {
                (line["index"], line["row"]): line for table in tables for line in self.evidence.table(table)
            }
        if self.by_betting:
            paths = [Betting(self, part, self.place) for part in self.payload["parts"]]
            tables = [runs for path in paths for _, runs in path.steps]
            return {
                (line["index"], line["row"]): line for runs in tables for line in self.evidence.table(runs)
            }
        purpose = "validation" if self.content else "nominal"
        mine = {r.id: r for r in self.evidence.inputs(self.record, "runs")}
        found = [r for r in mine.values() if r.payload["purpose"] == purpose]
        need(len(found) == 1, self.place, f"has {len(found)} {purpose} tables among its inputs")
        same = (found[0].payload["study"], found[0].payload["configuration"])
        need(
            same == (self.payload["study"], self.payload["configuration"]),
            self.place,
            "rests on another part's runs",
        )
        lines = {(line["index"], line["row"]): line for line in self.evidence.table(found[0])}
        finer = [r for r in mine.values() if r.payload["purpose"] == "refined"]
        for record in sorted(finer, key=lambda r: -level_of(self.evidence, self.record, r)):
            need(same == (record.payload["study"], record.payload["configuration"]), self.place, "mixes runs")
            need(record.payload["seed"] == found[0].payload["seed"], self.place, "mixes blocks of draws")
            lines |= {(line["index"], line["row"]): line for line in self.evidence.table(record)}
        return lines

    @cached_property
    def coarse(self) -> dict[int, dict[str, float]]:
        """What is charged to the quantity, or to each in its formula, where a draw is on a coarser level."""
        tables = [r for r in self.evidence.inputs(self.record, "runs") if r.payload["purpose"] in LEVELLED]
        level: dict[int, int] = {}
        for record in tables:
            number = level_of(self.evidence, self.record, record)
            for line in self.evidence.table(record):
                level[line["index"]] = min(number, level.get(line["index"], number))
        resting = {index: number for index, number in level.items() if number > 1}
        if not resting or not self.content:
            return {}
        checks = self.evidence.inputs(self.record, "level-check")
        own = [check for check in checks if check.id == self.record.inputs.get("levels")]
        need(len(own) == 1, self.place, "has draws on a coarser level without its check")
        void = {item["level"] for check in checks for item in check.payload["levels"] if item["void"]}
        bounds = {item["level"]: item["bounds"] for item in own[0].payload["levels"]}
        charged: dict[int, dict[str, float]] = {}
        behind = (self.payload["charge"] or {}).get("derived", {}).get("bases", (self.payload["quantity"],))
        for index, number in resting.items():
            known = {name: bounds.get(number, {}).get(name) for name in behind}
            if None in known.values() or number in void:
                fail(self.place, f"draw {index} rests on level {number}, which is void or has no bound")
            charged[index] = {name: bound for name, bound in known.items() if bound is not None}
        decided = {item["level"]: set(item["decided_draws"]) for item in level_routes(self.evidence, own[0])}
        strays = [i for i, number in resting.items() if i not in decided.get(number, set())]
        need(not strays, self.place, f"draw {strays[:1]} rests on a level that did not decide it")
        return charged

    def limit(self, part: Mapping[str, Any], charge: Mapping[str, Any]) -> Limit:
        """Return what the runs of a part are held against."""
        product = math.prod((factor["value"] for factor in part["demand_factors"]), start=1.0)
        need(
            close(product, part["demand_factor"]),
            self.place,
            "its demand factor is not the product of its factors",
        )
        return Limit(
            self.payload["sense"],
            part["limits"],
            product,
            charge["numerical_relative"],
            charge["model_factor"],
            derived=charge.get("derived"),
        )

    def on_level(self, limit: Limit, index: int) -> Limit:
        """Return the limit with what the level of a draw charges."""
        if index not in self.coarse:
            return limit
        if limit.derived is not None:
            return replace(limit, bases=self.coarse[index])
        return replace(limit, absolute=self.coarse[index][self.payload["quantity"]])

    def check_part(self, part: Mapping[str, Any], charge: Mapping[str, Any] | None) -> None:
        """Judge every draw anew and compare counts, bounds, verdict, deciding run, waterfall."""
        place = f"{self.place}, case {part['case']}" if part["case"] else self.place
        if charge is None:
            fail(place, "has runs judged without charged errors")
        limit, n = self.limit(part, charge), part["draws"]
        if self.by_signs:
            self.check_deciding(part, Certifying(self, part, place).check(limit), limit, place)
            return
        if self.by_betting:
            self.check_deciding(part, Betting(self, part, place).check(limit), limit, place)
            return
        if self.by_model:
            Accepted(self, part, place).check(limit)
            return
        if self.by_bound:
            self.check_deciding(part, Bounded(self, part, place).check(limit), limit, place)
            return
        need(self.content is not None or n == 1, place, "counts draws for a claim that has none")
        draws = []
        for index in range(n):
            rows = {key: self.lines.get((index, key)) for key in part["rows"]}
            absent = [key for key, line in rows.items() if line is None]
            need(rows and not absent, place, f"draw {index} has no row {absent[:1]}")
            own = self.on_level(limit, index)
            draw = judge({k: r for k, r in rows.items() if r}, index, self.payload["quantity"], own)
            # Beyond on a coarser level proves nothing: a bound stands under it.
            proved = draw.state != "beyond" or index not in self.coarse
            draws.append(draw if proved else replace(draw, state="open"))
        not_within = sum(draw.state != "within" for draw in draws)
        beyond = sum(draw.state == "beyond" for draw in draws)
        counts = (part["not_within"], part["beyond"])
        need(counts == (not_within, beyond), place, f"counts {counts}, its runs give {(not_within, beyond)}")
        self.check_part_verdict(part, not_within, beyond, place)
        self.check_deciding(part, draws, limit, place)

    def check_part_verdict(self, part: Mapping[str, Any], not_within: int, beyond: int, place: str) -> None:
        """Compare bounds and verdict of a part."""
        n, error, allowed = part["draws"], part["error"], part["allowed"]
        given = self.payload["rung"] == "2" or any(index < n for index in self.coarse)
        shown = "SHOWN GIVEN" if given else "SHOWN"
        if self.content is None:
            need(
                (error, allowed, part["bound"], part["attained"]) == (None, None, None, None),
                place,
                "states a bound that it cannot have",
            )
            verdict = "REFUTED" if beyond else "NOT SHOWN" if not_within else shown
        else:
            need(close(allowed, one_minus(self.content[0])), place, "allows another fraction than the claim")
            upper = is_upper_limit(part["bound"], not_within, n, error)
            need(upper, place, f"{part['bound']} is not the upper limit for {not_within} of {n} at {error}")
            attained = binomial_at_most(not_within, n, allowed)
            need(close(part["attained"], attained), place, f"attains {attained}, not {part['attained']}")
            refuting = self.refuting_error(part, place)
            lower = is_lower_limit(part["lower_bound"], beyond, n, refuting)
            told = f"{part['lower_bound']} is not the lower limit for {beyond} of {n} at {refuting}"
            need(lower, place, told)
            verdict = "NOT SHOWN"
            if refutes(beyond, n, allowed, refuting):
                verdict = "REFUTED"
            elif shows(not_within, n, allowed, error):
                verdict = shown
        need(part["verdict"] == verdict, place, f"says {part['verdict']}, its runs say {verdict}")

    def refuting_error(self, part: Mapping[str, Any], place: str) -> float:
        """Return the level at which REFUTED is tested: an equal share, for one case refutes them all."""
        criteria = self.evidence.inputs(self.record, "criterion")
        need(len(criteria) == 1, place, f"rests on {len(criteria)} criteria")
        cases = len(criteria[0].payload.get("cases", ())) if criteria else 0
        many = max(1, cases, len(self.payload["parts"]))
        share = part["error"] / many
        stated = part.get("refuting_error")
        if stated is None or not close(stated, share):
            fail(place, f"says it is refuted at level {stated}; one of {many} cases is at {share}")
        return float(stated)

    def check_deciding(
        self, part: Mapping[str, Any], draws: Sequence[Draw], limit: Limit, place: str
    ) -> None:
        """Require the (k+1)-th worst charged draw as deciding run, and a waterfall that adds up."""
        deciding = part["deciding"]
        rooms = sorted(draw.room for draw in draws if draw.room is not None)
        if deciding is None:
            need(not rooms, place, "names no deciding run")
            return
        line = draws[deciding["index"]].rows.get(deciding["row"]) if deciding["index"] < len(draws) else None
        limit = draws[deciding["index"]].limit.at(line) if line else limit
        need(line is not None, place, "its deciding run is not among the draws")
        value = line["quantities"].get(self.payload["quantity"]) if line else None
        if value is None or value != deciding["quantity"]:
            fail(place, f"its deciding run gave {value}, not {deciding['quantity']}")
        need(
            line is not None and deciding["factors"] == line["factors"],
            place,
            "its deciding run had other factors",
        )
        # A draw that is not complete takes one of the places that are allowed, as in the count.
        lost = sum(not draw.complete for draw in draws)
        rank = min(max(0, self.allowed_count() - lost), len(rooms) - 1)
        need(
            limit.room(value) == rooms[rank] or close(limit.room(value), rooms[rank], abs(value)),
            place,
            f"its deciding run is not the worst but {rank}",
        )
        check_waterfall(part, limit, value, place)

    def allowed_count(self) -> int:
        """Return k of the plan: draws that may be beyond or open."""
        criteria = self.evidence.inputs(self.record, "criterion")
        return int(criteria[0].payload.get("allow", 0)) if criteria else 0

    def check_rows(self) -> None:
        """Require that no case is left out, and no corner of a box."""
        parts = self.payload["parts"]
        if not parts:
            return
        used = {key for part in parts for key in part["rows"]}
        file = self.payload["holds"].get("file")
        keys = {row for _, row in self.lines}
        for criterion in self.evidence.inputs(self.record, "criterion"):
            self.check_cases(criterion.payload)
        everywhere = self.payload["holds"].get("others") == "everywhere"
        if file and self.payload["holds"].get("kind") == "cases" and not everywhere:
            missing = {key for key in keys if key.startswith(f"{file}#")} - used
            need(not missing, self.place, f"leaves out the case {min(missing, default='')}")
        corners = {key for key in used if is_corner(key)}
        if corners:
            need(self.payload["rung"] == "2", self.place, "rests on corners but not on a declaration")
        if corners and (self.signs or self.declared("symmetric_in")):
            for part in parts:
                self.check_ends(part)
            return
        groups = {key.rpartition("#")[0] for key in corners}
        missing = {key for key in keys if key.rpartition("#")[0] in groups} - used
        need(not missing, self.place, f"leaves out the corner {min(missing, default='')}")
        if corners and not file:
            self.check_box(corners)

    def check_box(self, corners: set[str]) -> None:
        """Require that corners named by their factors are all corners of a box."""
        for group in {key.rpartition("#")[0] for key in corners if key.startswith("over:")}:
            names = group.removeprefix("over:").split(",")
            mine = [key for key in corners if key.rpartition("#")[0] == group]
            points = {tuple(self.lines[0, key]["factors"][name] for name in names) for key in mine}
            sides = [len({point[i] for point in points}) for i in range(len(names))]
            need(len(points) == math.prod(sides), self.place, "its corners are not those of a box")

    def declared(self, *kinds: str) -> list[Mapping[str, Any]]:
        """Return the study's declarations of some kinds about the quantity."""
        studies = self.evidence.inputs(self.record, "study")
        found = studies[0].payload.get("declarations", ()) if studies else ()
        return [d for d in found if d["quantity"] == self.payload["quantity"] and d["kind"] in kinds]

    @cached_property
    def signs(self) -> dict[str, int]:
        """Factor to +1 where the quantity is declared to rise in it, -1 where it is declared to fall."""
        found = self.declared(*SIGNS)
        return {name: SIGNS[d["kind"]] for d in found for group in d["groups"] for name in group}

    def ends(self, case: str | None) -> dict[str, tuple[float, float]]:
        """Return the intervals that the claim's corners combine freely, for one of its cases."""
        holds, criteria = self.payload["holds"], self.evidence.inputs(self.record, "criterion")
        rows = criteria[0].payload["cases"] if criteria else ()
        own = {name for row in rows if row["name"] == case for name in row.get("factors", ())}
        moved = holds.get("factors", ()) if holds["kind"] == "over" else ()
        found: dict[str, tuple[float, float]] = {}
        if "everywhere" in (holds["kind"], holds.get("others")):
            records = self.evidence.inputs(self.record, "configuration")
            need(len(records) == 1, self.place, "rests on no configuration")
            factors = records[0].payload["factors"][self.payload["study"]]
            found = {
                name: interval_of(factor)
                for name, factor in factors.items()
                if not factor["fixed"] and name not in own and name not in moved
            }
        if moved and not holds["file"]:
            sides = {name: [vertex[name] for vertex in holds["vertices"]] for name in moved}
            found |= {name: (min(side), max(side)) for name, side in sides.items()}
        return found

    def mirrors(self, ends: Mapping[str, tuple[float, float]]) -> list[list[str]]:
        """Return the symmetric groups by which half of a box stands for all of it."""
        groups = [group for d in self.declared("symmetric_in") for group in d["groups"]]
        free = [g for g in groups if all(name in ends and name not in self.signs for name in g)]
        studies = self.evidence.inputs(self.record, "study")
        ranges = {n: f["range"] for n, f in studies[0].payload["factors"].items()} if free else {}
        return [
            group
            for group in free
            if any(ends[name][0] < ends[name][1] for name in group)
            and all(
                abs(sum(ends[n]) - sum(ranges[n])) <= 1e-12 * (ranges[n][1] - ranges[n][0]) for n in group
            )
        ]

    def check_ends(self, part: Mapping[str, Any]) -> None:
        """Require every corner of the box that declared signs and symmetries leave to be run."""
        place, holds = f"{self.place}, its corners", self.payload["holds"]
        points = [self.lines[0, key]["factors"] for key in part["rows"] if is_corner(key)]
        known = {frozenset(point.items()) for point in points}
        ends = self.ends(part["case"])
        for point, way in itertools.product(points, WAYS[self.payload["sense"]]):
            end = {name: ends[name][way * sign > 0] for name, sign in self.signs.items() if name in ends}
            worst_corner = frozenset({**point, **end}.items())
            need(worst_corner in known, place, "leave out the worst end of a factor with a sign")
        names = [name for name in ends if name not in self.signs]
        rest = [n for n in holds.get("factors", ()) if n not in ends] if holds["kind"] == "over" else []
        boxes: dict[tuple[float, ...], set[tuple[float, ...]]] = {}
        for point in points:
            box = boxes.setdefault(tuple(point[name] for name in rest), set())
            box.add(tuple(point[name] for name in names))
        for box in boxes.values():
            for group in self.mirrors(ends):
                box |= {
                    tuple(
                        other_end(ends[n], x) if n in group else x for n, x in zip(names, corner, strict=True)
                    )
                    for corner in box
                }
            missing = set(itertools.product(*(set(ends[name]) for name in names))) - box
            need(not missing, place, f"leave out {dict(zip(names, min(missing, default=()), strict=False))}")
        vertices = holds["vertices"] if rest else ()
        listed = {tuple(vertex[name] for name in rest) for vertex in vertices}
        need(listed <= boxes.keys(), place, "leave out a corner of the file")

    def check_cases(self, criterion: Mapping[str, Any]) -> None:
        """Require the claim of the criterion: its sense, its cases, and the factors that its cases name."""
        for key in ("requirement", "quantity", "sense", "limit_texts"):
            need(self.payload[key] == criterion[key], self.place, f"has another {key} than its criterion")
        need(criterion["id"] == self.payload["criterion"], self.place, "rests on another criterion")
        if criterion["cases"]:
            tags = {case["name"]: (case["level"], case["tags"]) for case in criterion["cases"]}
            parts = {
                part["case"]: (part["level"], [factor["tag"] for factor in part["demand_factors"]])
                for part in self.payload["parts"]
            }
            need(parts == tags, self.place, "has other cases, levels or factors than its criterion")

    def check_verdict(self) -> None:
        """Require a verdict that follows from the parts, and from nothing weaker than it says."""
        payload = self.payload
        verdict, computed = payload["verdict"], worst(part["verdict"] for part in payload["parts"])
        margins = [part["margin"]["value"] for part in payload["parts"] if part["margin"]]
        # A part without a margin may be the worst of all: then the claim has none either.
        least = min(margins, default=None) if len(margins) == len(payload["parts"]) else None
        stated = payload["margin"]["value"] if payload["margin"] else None
        need(stated == least, self.place, "its margin is not the smallest of its parts")
        if verdict == "NOT SHOWN":
            honest = payload["reason"] not in BY_RUNS or computed == "NOT SHOWN"
            need(honest, self.place, f"gives the runs as reason for NOT SHOWN; they say {computed}")
            return
        holds = payload["holds"]
        everywhere = "everywhere" in (holds["kind"], holds.get("others"))
        by_finding = verdict == "REFUTED" and everywhere and self.check_findings()
        need(by_finding or verdict == computed, self.place, f"says {verdict}, its parts say {computed}")
        self.check_credit()
        if verdict == "SHOWN GIVEN":
            need(payload["given"], self.place, "says GIVEN without saying what")
            if payload["rung"] == "2":
                self.check_declarations()
        need(
            payload["rung"] in ("0a", "0b", "1", "2") or self.by_model,
            self.place,
            f"rung {payload['rung']} is not recomputed by this verifier",
        )
        betted = (payload["rung"] == "0b", payload["method"] == "sequential")
        need(betted == (self.by_betting,) * 2, self.place, "names another plan than its parts were judged by")
        signed = (payload["rung"] == "2", payload["method"] == "structure", len(payload["parts"]) == 1)
        need(not self.by_signs or all(signed), self.place, "rests on signs and names another plan")
        bounded = (payload["rung"] == "1", payload["method"] == "residual")
        stated = (payload["rung"] == "3", payload["method"] == "model")
        credited = payload["credit"] == "residual"
        alone = len(payload["parts"]) == 1 and verdict == "SHOWN GIVEN"
        told = "names another plan than its parts were judged by"
        need(bounded == (self.by_bound,) * 2 and stated == (self.by_model,) * 2, self.place, told)
        need(credited == (self.by_bound or self.by_model), self.place, told)
        need(not self.by_bound or alone, self.place, "is more than a declared bound can carry")
        need(not self.by_model or alone, self.place, "is more than what a model states can carry")

    def check_credit(self) -> None:
        """Require an assessed and approved model form, and basis values that may be credited."""
        charge = self.payload["charge"]
        need(charge is not None and charge["model_basis"] != "none", self.place, "model form not assessed")
        approved = {record.payload["subject"] for record in self.evidence.of_kind("approval")}
        allowed = charge["model_basis"] != "allowance" or f"model-form:{self.payload['study']}" in approved
        need(allowed, self.place, "its model-form allowance is not approved")
        for basis in self.evidence.inputs(self.record, "basis-value"):
            subject = f"basis:{basis.subject}@{self.payload['configuration']}"
            credited = basis.payload["creditable"] or subject in approved
            need(credited, self.place, f"rests on {basis.subject}, which may not be credited")
            by = basis.payload.get("by")
            need(
                not (by["rejected"] if by else basis.payload["normal_rejected"]),
                self.place,
                f"rests on {basis.subject}, whose law the data reject",
            )

    def check_findings(self) -> bool:
        """Return whether a guided run is beyond the limit of some part or of the claim."""
        for finding in self.payload["findings"]:
            record = self.evidence.records.get(finding["record"])
            if record is None or record.kind != "runs":
                fail(self.place, "a finding names no run table")
            inside = record.payload["configuration"] == self.payload["configuration"]
            need(inside, self.place, "a finding is of another configuration")
            rows = {(line["index"], line["row"]): line for line in self.evidence.table(record)}
            line = rows.get((finding["index"], finding["row"]))
            value = line["quantities"].get(self.payload["quantity"]) if line else None
            need(
                value == finding["quantity"],
                self.place,
                f"a finding says {finding['quantity']}, its run {value}",
            )
            sense = self.payload["sense"]
            above, below = finding["charged"] > finding["limit"], finding["charged"] < finding["limit"]
            beyond = above if sense == "at_most" else below if sense == "at_least" else above or below
            parts = self.payload["parts"] if line else ()
            limits = [self.limit(part, self.payload["charge"]).at(line or {}) for part in parts]
            if value is not None and (any(lim.excess(value) > 0.0 for lim in limits) if limits else beyond):
                return True
        return False

    def check_declarations(self) -> None:
        """Require that enough runs tested the declarations used, and that none broke them."""
        tests = self.evidence.inputs(self.record, "structure-test")
        need(tests, self.place, "its declaration was not tested")
        sense, holds = self.payload["sense"], self.payload["holds"]
        over = set(holds.get("factors", ()))
        case = self.payload["parts"][0]["case"]
        if "everywhere" in (holds["kind"], holds.get("others")):
            over |= self.ends(case).keys()
        if self.by_signs:
            over |= self.varying()
            need(over <= self.signs.keys(), self.place, f"no sign is declared for {over - self.signs.keys()}")
        mirrors = self.mirrors(self.ends(case)) if self.declared("symmetric_in") else []
        kinds = {"linear_in", *SIGNS, *(["convex_in"] if sense == "at_most" else [])}
        used = [
            check
            for test in tests
            for check in test.payload["declarations"]
            if check["quantity"] == self.payload["quantity"]
            and (
                (check["kind"] in kinds and over & {name for group in check["groups"] for name in group})
                or (check["kind"] == "symmetric_in" and any(g in mirrors for g in check["groups"]))
            )
        ]
        bounding = [check for check in used if check["kind"] != "symmetric_in"]
        covered = {name for check in bounding for group in check["groups"] for name in group}
        need(bounding and over <= covered, self.place, "no tested declaration covers its factors")
        tested = {n: SIGNS[c["kind"]] for c in used if c["kind"] in SIGNS for g in c["groups"] for n in g}
        same = all(tested.get(name) == sign for name, sign in self.signs.items() if name in over)
        need(same, self.place, "a sign that it rests on was not tested")
        for check in used:
            factors = {name for group in check["groups"] for name in group}
            enough = check["runs"] >= check["required"] == max(8, 2 * len(factors))
            need(
                enough and check["violations"] == 0,
                self.place,
                "its declaration is broken or not tested enough",
            )
            given = given_sentence(check)
            need(given in self.payload["given"], self.place, f"does not say that it is given: {given}")
        symmetric = [g for c in used if c["kind"] == "symmetric_in" for g in c["groups"]]
        linear = {n for c in used if c["kind"] == "linear_in" for g in c["groups"] for n in g}
        self.check_held(tested, symmetric, mirrors, linear)

    def varying(self) -> set[str]:
        """Return the factors that vary in the configuration."""
        records = self.evidence.inputs(self.record, "configuration")
        need(len(records) == 1, self.place, "rests on no configuration")
        factors = records[0].payload["factors"][self.payload["study"]]
        return {name for name, factor in factors.items() if not factor["fixed"]}

    def check_held(
        self,
        signs: Mapping[str, int],
        symmetric: Sequence[Sequence[str]],
        halved: Sequence[Sequence[str]],
        linear: Collection[str],
    ) -> None:
        """Hold the declarations used against every run of the showing anew: none may contradict them."""
        compared, wrong = held_against_runs(self, signs, symmetric, halved, linear)
        need(not wrong, self.place, f"{wrong} of its own runs contradict its declarations")
        noun = "comparison" if compared == 1 else "comparisons"
        text = f"the declarations held against the runs of this showing: {compared} {noun}, 0 violations"
        said = [row["text"] for row in self.payload["assumptions"]]
        need(text in said, self.place, f"does not say: {text}")

    def check_level(self) -> None:
        """Require the error level of the attempt, and the draws that it planned."""
        number = self.payload["attempt"]
        if number is None:
            need(
                not any(part["error"] for part in self.payload["parts"]),
                self.place,
                "spends error without an attempt",
            )
            return
        if not self.payload["parts"]:
            return
        self.check_freeze()
        family = [
            a
            for a in self.evidence.of_kind("attempt")
            if a.payload["requirement"] == self.payload["requirement"]
        ]
        own = [a.payload for a in family if a.payload["number"] == number]
        own = [a for a in own if a["configuration"] == self.payload["configuration"]] or own
        own = [a for a in own if self.payload["criterion"] in a["levels"]] or own
        need(own, self.place, f"its attempt {number} is not on file")
        identity = own[0]["identity"]
        total = sum(attempt.payload["identity"] == identity for attempt in family)
        need(
            self.payload["attempts"] == total,
            self.place,
            f"says {self.payload['attempts']} attempts, on file are {total}",
        )
        for part in self.payload["parts"]:
            level = own[0]["levels"].get(self.payload["criterion"])
            need(part["error"] == level, self.place, f"is tested at {part['error']}, its attempt at {level}")
            planned = own[0]["draws"].get(self.payload["criterion"])
            betted = own[0]["plan"] == "sequential"
            need(betted == self.by_betting, self.place, f"its attempt planned to decide it {own[0]['plan']}")
            bounded = own[0]["plan"] == "residual"
            need(bounded == self.by_bound, self.place, f"its attempt planned to decide it {own[0]['plan']}")
            stated = own[0]["plan"] == "model"
            need(stated == self.by_model, self.place, f"its attempt planned to decide it {own[0]['plan']}")
            signed = own[0]["plan"] == "structure"
            need(signed == self.by_signs, self.place, f"its attempt planned to decide it {own[0]['plan']}")
            if signed:
                horizon = Certifying(self, part, self.place).said["horizon"]
                most = horizon == planned and part["draws"] <= planned
                need(most, self.place, f"made {part['draws']} runs of {horizon}, planned were {planned}")
                continue
            if betted:
                # It may stop before the number that was planned, and be extended beyond it.
                horizon = Betting(self, part, self.place).said["horizon"]
                need(horizon == planned, self.place, f"says {horizon} runs were planned, not {planned}")
                continue
            need(
                part["draws"] == planned, self.place, f"counts {part['draws']} draws, planned were {planned}"
            )

    def check_freeze(self) -> None:
        """Require the limits and the criterion that were frozen before the draws."""
        freezes = self.evidence.inputs(self.record, "freeze")
        need(freezes, self.place, "has draws, but nothing was frozen before them")
        criterion, frozen = self.payload["criterion"], freezes[0].payload
        for part in self.payload["parts"]:
            need(
                frozen["limits"].get(criterion) == part["limits"],
                self.place,
                "has other limits than were frozen",
            )
        ids = [record.id for record in self.evidence.inputs(self.record, "criterion")]
        need(ids == [frozen["criteria"].get(criterion)], self.place, "has another criterion than was frozen")


SIGNS = {"increasing_in": 1, "decreasing_in": -1}
WAYS = {"at_most": (1,), "at_least": (-1,), "between": (1, -1)}
"""By the sense of a limit, the side from which a value is held against it."""


def is_corner(key: str) -> bool:
    """Say whether a row of a run table is a corner that stands for a continuum."""
    return "over:" in key or "everywhere#" in key


def interval_of(factor: Mapping[str, Any]) -> tuple[float, float]:
    """Return the interval over which a factor varies in its configuration."""
    if factor["tolerance"] is not None:
        low, high = factor["tolerance"]
        return factor["value"] + low, factor["value"] + high
    low, high = factor["envelope"]
    return low, high


def other_end(ends: tuple[float, float], value: float) -> float:
    """Return the end that mirrors an end; what is no end stays."""
    low, high = ends
    return high if value == low else low if value == high else value


def given_sentence(check: Mapping[str, Any]) -> str:
    """Return how a tested declaration is said where a verdict is given it."""
    groups = "; ".join(", ".join(group) for group in check["groups"])
    words = check["kind"].replace("_", " ")
    return (
        f"{check['quantity']} {words} {groups} ({check['checks']} checks, {check['violations']} violations)"
    )


def exceeds(larger: float, smaller: float) -> bool:
    """Say whether a value exceeds another by more than round-off on one mesh."""
    return larger - smaller > 1e-6 * max(abs(larger), abs(smaller))


BESIDE = ("refutation", "training")
"""Tables that declarations are held against besides the one that decides; all on the finest level."""
Run = tuple[bool, Mapping[str, Any], float]
"""A run: whether it stands in the table that decides, its line, its value."""


def held_against_runs(
    showing: Showing,
    signs: Mapping[str, int],
    symmetric: Sequence[Sequence[str]],
    halved: Sequence[Sequence[str]],
    linear: Collection[str],
) -> tuple[int, int]:
    """Return comparisons and violations of the declarations by the runs of a showing, on one mesh."""
    evidence, name = showing.evidence, showing.payload["quantity"]
    others = [r for r in evidence.inputs(showing.record, "runs") if r.payload["purpose"] in BESIDE]
    lines = [(True, line) for line in showing.lines.values()]
    lines += [(False, line) for table in others for line in evidence.table(table)]
    runs: list[Run] = [
        (own, line, line["quantities"][name]) for own, line in lines if name in line["quantities"]
    ]
    studies = evidence.inputs(showing.record, "study")
    ranges = {n: studies[0].payload["factors"][n]["range"] for group in symmetric for n in group}
    mirrors = [{n: sum(ranges[n]) for n in group} for group in halved]
    found = beside_corners(showing, runs, Bounding(signs, mirrors, linear))
    groups: dict[str, list[Run]] = {}
    for run in runs:
        if signs and signs.keys() <= run[1]["factors"].keys():
            rest = {n: x for n, x in run[1]["factors"].items() if n not in signs}
            groups.setdefault(canonical(rest), []).append(run)
    for group in groups.values():
        if len(group) > 1:
            points = [([s * line["factors"][n] for n, s in signs.items()], q) for _, line, q in group]
            found.append((len(group), fallen(points)))
    found += [mirrored(runs, group, ranges) for group in symmetric]
    return sum(compared for compared, _ in found), sum(wrong for _, wrong in found)


@dataclass(frozen=True)
class Bounding:
    """What tested declarations say of a response between the corners of a box."""

    signs: Mapping[str, int]
    mirrors: Sequence[Mapping[str, float]]
    """Twice the middle of each factor of a group whose corners count mirrored too."""
    linear: Collection[str]


def beside_corners(showing: Showing, runs: Sequence[Run], bounding: Bounding) -> list[tuple[int, int]]:
    """Compare the runs inside the hull of each draw's corners with what these bound."""
    holds = showing.payload["holds"]
    if holds["kind"] == "over" and holds.get("file"):
        return []
    draws: dict[int, list[Run]] = {}
    for run in runs:
        if run[0]:
            draws.setdefault(run[1]["index"], []).append(run)
    if showing.content is None:
        draws = {index: list(runs) for index in draws if index == 0}
    found = []
    for index, mine in draws.items():
        for part in showing.payload["parts"]:
            keys = set(part["rows"])
            corners: list[Run] = []
            others: list[Run] = []
            for run in mine:
                corner = run[0] and run[1]["index"] == index and run[1]["row"] in keys
                (corners if corner else others).append(run)
            if keys and len(corners) == len(keys) and corners[0][1]["factors"]:
                found.append(beside(showing.payload["sense"], corners, others, bounding))
    return found


def beside(sense: str, corners: Sequence[Run], others: Sequence[Run], bounding: Bounding) -> tuple[int, int]:
    """Return how many runs lie inside the hull of some corners, and how many break what these bound."""
    points = [(line["factors"], q) for _, line, q in corners]
    for mirror in bounding.mirrors:
        points += [({**p, **{n: twice - p[n] for n, twice in mirror.items()}}, q) for p, q in points]
    hull: dict[str, tuple[float, float]] = {}
    for name in points[0][0]:
        side = [point[name] for point, _ in points]
        worse = bounding.signs.get(name, 0) * {"at_most": 1, "at_least": -1, "between": 0}[sense]
        hull[name] = (-math.inf if worse > 0 else min(side), math.inf if worse < 0 else max(side))
    inside = [
        (line["factors"], q)
        for _, line, q in others
        if line["factors"].keys() == hull.keys()
        and all(a <= line["factors"][n] <= b for n, (a, b) in hull.items())
    ]
    wrong: set[int] = set()
    for way in WAYS[sense]:
        worst_known = max(way * q for _, q in points)
        wrong |= {i for i, (_, q) in enumerate(inside) if exceeds(way * q, worst_known)}
        wrong |= off_the_chord(way, points, inside, bounding)
    return len(inside), len(wrong)


Place = tuple[Mapping[str, float], float]
"""Factors of a run and its value."""


def off_the_chord(way: int, points: Sequence[Place], inside: Sequence[Place], bounding: Bounding) -> set[int]:
    """Return which runs lie above the function through the corners that is linear in each factor.

    A response that is convex in each factor lies nowhere above it, one that is linear agrees with it where
    the factors with a sign are at their worse ends: in those only these ends bound.
    """
    names = list(points[0][0])
    ends = {}
    for name in names:
        sign = way * bounding.signs.get(name, 0)
        if sign:
            ends[name] = (max if sign > 0 else min)(point[name] for point, _ in points)
    chosen = [(p, way * q) for p, q in points if all(p[n] == end for n, end in ends.items())]
    varying = [n for n in names if any(p[n] != chosen[0][0][n] for p, _ in chosen)] if chosen else []
    box = box_of(chosen, varying)
    if box is None:
        return set()
    largest = max(abs(q) for q in box.values.values())
    wrong = set()
    for number, (place, value) in enumerate(inside):
        gap = way * value - box.between(place)
        exact = all(n in bounding.linear for n in varying) and all(place[n] == e for n, e in ends.items())
        round_off = 1e-6 * max(abs(value), largest)
        if gap > round_off or (exact and -gap > round_off):
            wrong.add(number)
    return wrong


@dataclass(frozen=True)
class Box:
    """Values at the corners of a box."""

    sides: Mapping[str, tuple[float, float]]
    values: Mapping[tuple[bool, ...], float]

    def between(self, place: Mapping[str, float]) -> float:
        """Interpolate linearly in each factor."""
        shares = [(place[n] - low) / (high - low) for n, (low, high) in self.sides.items()]
        return math.fsum(
            value * math.prod(s if upper else 1.0 - s for s, upper in zip(shares, corner, strict=True))
            for corner, value in self.values.items()
        )


def box_of(points: Sequence[Place], names: Sequence[str]) -> Box | None:
    """Return the box that some corners make; None where there are none, or a corner is missing."""
    if not points:
        return None
    sides = {n: (min(p[n] for p, _ in points), max(p[n] for p, _ in points)) for n in names}
    values: dict[tuple[bool, ...], float] = {}
    for point, value in points:
        corner = tuple(point[n] - low > 0.5 * (high - low) for n, (low, high) in sides.items())
        near = zip(sides.items(), corner, strict=True)
        if any(abs(point[n] - s[upper]) > 1e-9 * (s[1] - s[0]) for (n, s), upper in near):
            return None
        values.setdefault(corner, value)
    return Box(sides, values) if len(values) == 2 ** len(names) else None


def fallen(points: Sequence[tuple[Sequence[float], float]]) -> int:
    """Return how many points lie above another one, in every coordinate, that has a larger value.

    By falling value each is compared with the lowest of the points whose value exceeds its own.
    """
    points = sorted(points, key=lambda point: -point[1])
    front: list[Sequence[float]] = []
    count = waiting = 0

    def above(point: Sequence[float], other: Sequence[float]) -> bool:
        return all(a >= b for a, b in zip(point, other, strict=True))

    for point, value in points:
        while exceeds(points[waiting][1], value):
            entering = points[waiting][0]
            if not any(above(entering, lower) for lower in front):
                front = [*(lower for lower in front if not above(lower, entering)), entering]
            waiting += 1
        count += any(above(point, lower) for lower in front)
    return count


def mirrored(
    runs: Sequence[Run], group: Sequence[str], ranges: Mapping[str, Sequence[float]]
) -> tuple[int, int]:
    """Return how many pairs of mirrored points have runs, and in how many of them the values differ."""
    seen: dict[tuple[str, tuple[float, ...]], list[float]] = {}
    for _, line, value in runs:
        factors = line["factors"]
        if set(group) <= factors.keys():
            place = []
            for name in group:
                low, high = ranges[name]
                place.append(round((2.0 * factors[name] - low - high) / (high - low), 9) + 0.0)
            rest = canonical({n: x for n, x in factors.items() if n not in group})
            seen.setdefault((rest, tuple(place)), []).append(value)
    count = wrong = 0
    for (rest, at), values in seen.items():
        image = tuple(-x + 0.0 for x in at)
        others = seen.get((rest, image), [])
        if at < image and others:
            count += 1
            wrong += exceeds(max(values), min(others)) or exceeds(max(others), min(values))
    return count, wrong


# Plans that decide run by run (rung 0b): bets are fixed before a step, both wealths follow from its runs.

PATH_KEYS = {
    "index", "x", "density_ratio", "c", "C", "bet_shown", "bet_refuted",
    "state", "wealth_shown", "wealth_refuted",
}  # fmt: skip
LEAST_CHEAP = 10**6
"""Draws of the law from which the constants of a step have to be bounded."""
TOO_LARGE = -1e-9
"""A factor of a wealth below this is no rounding but a bet above its bound."""
Ends = Sequence[float]
"""Lower and upper end of what is known of a constant."""


def ends_of(value: Any, place: str) -> tuple[float, float]:
    """Read an interval, or a number as one of equal ends."""
    low, high = value if isinstance(value, list) and len(value) == 2 else (value, value)
    good = all(isinstance(end, int | float) and math.isfinite(end) for end in (low, high)) and low <= high
    need(good, place, f"{value!r} is no interval")
    return low, high


def betting_factors(
    ratio: Ends,
    control: float,
    mean: Ends,
    bets: tuple[float, float],
    allowed: float,
    counts: tuple[bool, bool],
) -> tuple[float, float]:
    """Return what a run multiplies both wealths by; every constant counts at its unfavourable end.

    Parameters
    ----------
    ratio, mean
        Ends of the density ratio at the run's point, and of the control's mean over the law.
    bets
        Stakes on SHOWN and on REFUTED.
    counts
        Whether the run counts as failing for SHOWN (it is not within), and for REFUTED (it is beyond).
    """
    d = counts[0] - control
    z = mean[1] + d / (ratio[0] if d > 0 else ratio[1])
    shown = 1.0 + bets[0] * (allowed - z) - 1e-12 * (1.0 + bets[0] * (allowed + abs(z)))
    d = counts[1] - control
    z = mean[0] + d / (ratio[1] if d > 0 else ratio[0])
    refuted = 1.0 + bets[1] * (z - allowed) - 1e-12 * (1.0 + bets[1] * (allowed + abs(z)))
    return shown, refuted


def highest(points: Sequence[tuple[float, float]], span: Ends) -> float:
    """Return the largest y of the hull of some points over an interval of x; none at all is -inf."""
    found = [y for x, y in points if span[0] <= x <= span[1]]
    for (a, p), (b, q) in itertools.combinations(points, 2):
        found += [p + (q - p) * (x - a) / (b - a) for x in span if min(a, b) <= x <= max(a, b) and a != b]
    return max(found, default=-math.inf)


def check_bet(bet: Mapping[str, Any], allowed: float, place: str) -> None:
    """Require that no outcome of a run can make a wealth negative, in any bin that the bet draws from.

    What is conceded is never drawn and counts as failing for SHOWN and as passing for REFUTED: some
    weights of the bins must bring means that are no better than the stated ends.
    """
    edges, density, control = bet["edges"], bet["density"], bet["control"]
    norm, mean = ends_of(bet["norm"], place), ends_of(bet["C"], place)
    bets = (bet["shown"], bet["refuted"])
    inner = [0.0, *edges, 1.0]
    need(all(a < b for a, b in itertools.pairwise(inner)), place, "its bins are not in order")
    need(len(density) == len(control) == len(edges) + 1, place, "has not a value a bin")
    need(all(0.0 <= u < math.inf for u in density) and any(density), place, "its density is negative or none")
    need(all(0.0 <= c <= 1.0 for c in control), place, "a control value is no probability")
    need(norm[0] > 0.0 and 0.0 <= mean[0] <= mean[1] <= 1.0, place, "its constants are out of range")
    need(all(0.0 <= stake < math.inf for stake in bets), place, "a bet is negative")
    for u, c in zip(density, control, strict=True):
        if u > 0.0:
            ratio = (u / norm[1], u / norm[0])
            outcomes = [betting_factors(ratio, c, mean, bets, allowed, (y, y)) for y in (False, True)]
            least = min(factor for both in outcomes for factor in both)
            need(least >= TOO_LARGE, place, "a bet is above its bound: the wealth could become negative")
    pairs = list(zip(density, control, strict=True))
    low = highest([(u, c if u else 0.0) for u, c in pairs], norm)
    high = -highest([(u, -c if u else -1.0) for u, c in pairs], norm)
    fits = low >= mean[0] * (1.0 - STEP) and high <= mean[1] * (1.0 + STEP)
    need(fits, place, "its constants are better than any law could make them")


class Betting:
    """Replays the plan of one part that decides run by run."""

    def __init__(self, showing: Showing, part: Mapping[str, Any], place: str) -> None:
        self.showing = showing
        self.evidence = showing.evidence
        self.part = part
        role = "wealth" if part["case"] is None else f"wealth:{part['case']}"
        record = self.evidence.records.get(showing.record.inputs.get(role, ""))
        if record is None or record.kind != "wealth" or part.get("wealth") is None:
            fail(place, "says that it was decided run by run, but names no wealth")
        self.record = record
        self.place = f"{place}, {record.place}"
        self.said: dict[str, Any] = record.payload
        self.shown = self.refuted = 1.0
        self.wealths: list[tuple[float, float]] = []

    @cached_property
    def steps(self) -> list[tuple[Record, Record]]:
        """Every step with its runs, in order."""
        inputs, found = self.record.inputs, []
        for number in range(1, self.said["steps"] + 1):
            pair = [
                self.evidence.records.get(inputs.get(f"{role}:{number}", "")) for role in ("step", "runs")
            ]
            step, runs = pair
            if step is None or runs is None or (step.kind, runs.kind) != ("step", "runs"):
                fail(self.place, f"step {number} or its runs are missing")
            found.append((step, runs))
        named = sum(role.startswith(("step:", "runs:")) for role in inputs)
        need(named == 2 * len(found), self.place, f"names {named} steps and tables for {len(found)} steps")
        return found

    def check(self, limit: Limit) -> list[Draw]:
        """Replay every run and require what the record and the part say of them; return the draws."""
        self.check_same(self.record)
        path = self.evidence.lines(self.record.blobs["path"], self.place)
        rows = [read_json(line, f"{self.place}, run {number}") for number, line in enumerate(path)]
        draws: list[Draw] = []
        for number, (step, runs) in enumerate(self.steps, 1):
            place = f"{self.place}, step {number}"
            self.check_step(number, step, runs, len(draws), place)
            count = len(step.payload["places"])
            mine = rows[len(draws) : len(draws) + count]
            need(len(mine) == count, place, f"has {count} runs, the path {len(mine)}")
            lines = {(line["index"], line["row"]): line for line in self.evidence.table(runs)}
            expected = {(len(draws) + i, key) for i in range(count) for key in self.part["rows"]}
            need(lines.keys() == expected, place, "its table holds other runs than the step fixed")
            for offset, row in enumerate(mine):
                index = len(draws)
                cells = {key: lines[index, key] for key in self.part["rows"]}
                draw = judge(cells, index, self.showing.payload["quantity"], limit)
                self.check_run(step.payload, offset, row, draw, f"{self.place}, run {index}")
                draws.append(draw)
        need(len(rows) == len(draws), self.place, f"its path has {len(rows)} runs, its steps {len(draws)}")
        self.check_outcome(draws)
        self.check_told()
        return draws

    def check_same(self, record: Record) -> None:
        """Require a record of this criterion, configuration, case, attempt and level."""
        own = self.showing.payload
        names = {key: own[key] for key in ("criterion", "configuration", "study", "attempt")}
        for key, wanted in {**names, "case": self.part["case"]}.items():
            need(record.payload[key] == wanted, record.place, f"is about {key} {record.payload[key]!r}")
        for key in ("level", "refuting_level", "allowed"):
            need(record.payload[key] == self.said[key], record.place, f"is at another {key} than its plan")

    def check_step(self, number: int, step: Record, runs: Record, first: int, place: str) -> None:
        """Require a step that was fixed after the one before it and its runs, and before its own."""
        said = step.payload
        self.check_same(step)
        need((said["number"], said["first"]) == (number, first), place, "is not the step that follows")
        before = self.steps[number - 2] if number > 1 else ()
        wanted = {role: record.id for role, record in zip(("step", "runs"), before, strict=False)}
        stood = {role: key for role, key in step.inputs.items() if role in ("step", "runs")}
        need(stood == wanted, place, "does not stand on the step before it and its runs")
        need(runs.inputs.get("step") == step.id, place, "its runs were made for another step")
        own = (self.showing.payload["study"], self.showing.payload["configuration"], "sequential")
        about = tuple(runs.payload[key] for key in ("study", "configuration", "purpose"))
        need(about == own, place, f"its runs are of {about}")
        finest = level_of(self.evidence, self.showing.record, runs) == 1
        need(finest, place, "its runs are not on the finest level, whose error is charged")
        wealths = (said["wealth_shown"], said["wealth_refuted"])
        same = close(wealths[0], self.shown) and close(wealths[1], self.refuted)
        need(same, place, f"starts from the wealths {wealths}, they were {(self.shown, self.refuted)}")
        need(len(said["predicted"]) == len(said["places"]), place, "has not a prediction a place")
        need(said["cheap"] >= LEAST_CHEAP, place, f"bounds its constants from {said['cheap']} draws only")
        check_bet(said["bet"], said["allowed"], place)

    def check_run(
        self, step: Mapping[str, Any], offset: int, row: Mapping[str, Any], draw: Draw, place: str
    ) -> None:
        """Require a run at the place that its step fixed, and the wealths that follow from its state."""
        need(row.keys() == PATH_KEYS and row["index"] == draw.index, place, "is no run of the path")
        where, bet, predicted = step["places"][offset], step["bet"], step["predicted"][offset]
        need(row["x"] == [where[name] for name in sorted(where)], place, "is at another place than its step")
        for line in draw.rows.values():
            own = {**where, **self.set_by_case}
            need(line["factors"] == own, place, "was run at another place than its step fixed")
        need(row["state"] == draw.state, place, f"is said to be {row['state']}, its table says {draw.state}")
        need(0.0 <= predicted <= 1.0, place, f"its predicted {predicted} is no probability")
        number = bisect.bisect_right(bet["edges"], predicted)
        density, control = bet["density"][number], bet["control"][number]
        need(density > 0.0, place, "lies where its bet never draws")
        norm, mean = ends_of(bet["norm"], place), ends_of(bet["C"], place)
        ratio = (density / norm[1], density / norm[0])
        stated = ends_of(row["density_ratio"], place)
        need(close(stated[0], ratio[0]) and close(stated[1], ratio[1]), place,
             f"its density ratio {row['density_ratio']} is not {list(ratio)}")  # fmt: skip
        need(row["c"] == control, place, f"its control value {row['c']} is not {control}")
        need(ends_of(row["C"], place) == mean, place, "has another mean of the control than its bet")
        bets = (row["bet_shown"], row["bet_refuted"])
        need(bets == (bet["shown"], bet["refuted"]), place, f"its bets {bets} are not those of its step")
        counts = (draw.state != "within", draw.state == "beyond")
        factors = betting_factors(ratio, control, mean, bets, step["allowed"], counts)
        self.shown *= max(0.0, factors[0])
        self.refuted *= max(0.0, factors[1])
        self.wealths.append((self.shown, self.refuted))
        same = close(row["wealth_shown"], self.shown) and close(row["wealth_refuted"], self.refuted)
        need(same, place, f"its wealths are {self.shown} and {self.refuted}, not "
             f"{row['wealth_shown']} and {row['wealth_refuted']}")  # fmt: skip

    @cached_property
    def set_by_case(self) -> dict[str, float]:
        """Factors that the part's case sets to values of its own."""
        criteria = self.evidence.inputs(self.showing.record, "criterion")
        cases = criteria[0].payload["cases"] if criteria else ()
        return next((dict(c.get("factors", {})) for c in cases if c["name"] == self.part["case"]), {})

    def check_outcome(self, draws: Sequence[Draw]) -> None:
        """Require the level that the constants leave, and what the wealth came to at it."""
        said, level = self.said, self.said["level"]
        error = self.part["error"]
        spent = math.fsum(step.payload["spent"] for step, _ in self.steps)
        paid = all(step.payload["spent"] > 0.0 for step, _ in self.steps)
        need(paid, self.place, "a step bounds its constants without spending an error")
        need(0.0 < level < error, self.place, f"is tested at {level}, its attempt at {error}")
        within = level + spent <= error * (1.0 + STEP)
        need(within, self.place, f"its level {level} and its constants {spent} take more than {error}")
        refuting, share = said["refuting_level"], self.showing.refuting_error(self.part, self.place)
        need(0.0 < refuting < share, self.place, f"is refuted at {refuting}, its share is {share}")
        within = refuting + spent <= share * (1.0 + STEP)
        need(within, self.place, f"its level {refuting} and its constants {spent} take more than {share}")
        levels = (level, refuting)
        reached = [
            any(wealth * needs >= 1.0 for wealth, needs in zip(both, levels, strict=True))
            for both in self.wealths
        ]
        at = next((i for i, enough in enumerate(reached) if enough), None)
        decided = None
        if at is not None:
            decided = "shown" if self.wealths[at][0] * level >= 1.0 else "refuted"
        counted = {
            "runs": len(draws),
            "not_within": sum(draw.state != "within" for draw in draws),
            "beyond": sum(draw.state == "beyond" for draw in draws),
            "decided": decided,
            "decided_at": at,
        }
        for key, value in counted.items():
            need(said[key] == value, self.place, f"says {key} {said[key]}, its path {value}")
        for index, key in enumerate(("wealth_shown", "wealth_refuted")):
            largest = max((both[index] for both in self.wealths), default=1.0)
            need(close(said[key], largest), self.place, f"says {key} {said[key]}, its path {largest}")

    def check_told(self) -> None:
        """Require a part that says what its record says, and nothing that only a fixed plan may say."""
        part, said, place = self.part, self.said, self.place
        content = self.showing.content
        need(content is not None, place, "bets on a claim that is none of a fraction")
        for stated in (part["allowed"], said["allowed"]):
            allows = content is not None and close(stated, one_minus(content[0]))
            need(allows, place, "allows another fraction than the claim")
        counts = (said["runs"], said["not_within"], said["beyond"])
        told = (part["draws"], part["not_within"], part["beyond"])
        need(told == counts, place, f"counts {told}, its wealth record {counts}")
        nothing = (part["bound"], part["lower_bound"], part["margin"])
        need(nothing == (None, None, None), place, "states a bound or a margin that betting does not give")
        wealth = part["wealth"]
        same = (wealth["shown"], wealth["refuted"], wealth["decided_at"]) == (
            said["wealth_shown"], said["wealth_refuted"], said["decided_at"],
        )  # fmt: skip
        need(same, place, "tells of another wealth than its record")
        last = self.wealths[-1] if self.wealths else (1.0, 1.0)
        stopped = close(wealth["stopped_shown"], last[0]) and close(wealth["stopped_refuted"], last[1])
        need(stopped, place, f"stopped with another wealth than its path, {last}")
        need(close(wealth["needed"], 1.0 / said["level"]), place, f"needs 1/level, not {wealth['needed']}")
        refutes = wealth["needed_to_refute"]
        need(close(refutes, 1.0 / said["refuting_level"]), place, f"needs 1/level to refute, not {refutes}")
        largest = said["wealth_shown"]
        attained = min(1.0, 1.0 / largest + part["error"] - said["level"]) if largest > 0.0 else 1.0
        need(close(part["attained"], attained), place, f"attains {attained}, not {part['attained']}")
        verdict = {"shown": "SHOWN", "refuted": "REFUTED", None: "NOT SHOWN"}[said["decided"]]
        need(part["verdict"] == verdict, place, f"says {part['verdict']}, its runs say {verdict}")


# Declared signs under a fraction (rung 2): runs prove regions, draws of the rest make a wealth.

LEAST_MASSES = 10**6
"""Draws of the law from which the masses of a step have to be bounded."""


class Certifying:
    """Replays a plan that rests on declared signs: what each run proves, and the wealth of the draws."""

    def __init__(self, showing: Showing, part: Mapping[str, Any], place: str) -> None:
        self.showing = showing
        self.evidence = showing.evidence
        self.part = part
        record = self.evidence.records.get(showing.record.inputs.get("dominance", ""))
        if record is None or record.kind != "dominance" or part.get("dominance") is None:
            fail(place, "says that declared signs carry it, but names no path of its runs")
        self.record = record
        self.place = f"{place}, {record.place}"
        self.said: dict[str, Any] = record.payload
        self.wealth, self.spent, self.enough = 1.0, 0.0, False
        self.masses: Mapping[str, Any] | None = None
        self.proved: list[Mapping[str, float]] = []
        """Where runs are within the limit."""
        self.rows: list[dict[str, Any]] = []

    @cached_property
    def steps(self) -> list[tuple[Record, Record | None]]:
        """Every step with its runs, in order."""
        inputs, found = self.record.inputs, []
        for number in range(1, self.said["steps"] + 1):
            step = self.evidence.records.get(inputs.get(f"step:{number}", ""))
            runs = self.evidence.records.get(inputs.get(f"runs:{number}", ""))
            if step is None or step.kind != "dominance-step" or (runs is not None and runs.kind != "runs"):
                fail(self.place, f"step {number} or its runs are missing")
            need((runs is None) == (not step.payload["places"]), self.place, f"step {number} lacks its runs")
            found.append((step, runs))
        named = sum(role.startswith(("step:", "runs:")) for role in inputs)
        mine = len(found) + sum(runs is not None for _, runs in found)
        need(named == mine, self.place, f"names {named} steps and tables, not {mine}")
        return found

    @property
    def tables(self) -> list[Record]:
        """The tables of its runs."""
        return [runs for _, runs in self.steps if runs is not None]

    def check(self, limit: Limit) -> list[Draw]:
        """Replay every run and require what the record and the part say of them; return the runs."""
        self.check_about(self.record)
        self.check_training(limit)
        draws: list[Draw] = []
        for number, (step, runs) in enumerate(self.steps, 1):
            place = f"{self.place}, step {number}"
            self.check_step(number, step, runs, len(draws), place)
            self.check_region(step.payload, place)
            table = self.evidence.table(runs) if runs is not None else ()
            lines = {(line["index"], line["row"]): line for line in table}
            expected = {
                (len(draws) + i, key) for i in range(len(step.payload["places"])) for key in self.part["rows"]
            }
            need(lines.keys() == expected, place, "its table holds other runs than the step fixed")
            for where in step.payload["places"]:
                index = len(draws)
                cells = {key: lines[index, key] for key in self.part["rows"]}
                for line in cells.values():
                    need(line["factors"] == where, place, f"run {index} is at another place than it fixed")
                draw = judge(cells, index, self.showing.payload["quantity"], limit)
                draws.append(draw)
                self.count(step.payload, draw)
            self.prove(table, limit)
        self.check_outcome(draws)
        self.check_told(draws)
        return draws

    def check_about(self, record: Record) -> None:
        """Require a record of this criterion, configuration, attempt and level."""
        own = self.showing.payload
        for key in ("criterion", "configuration", "study", "attempt"):
            need(record.payload[key] == own[key], record.place, f"is about {key} {record.payload[key]!r}")
        for key in ("level", "allowed"):
            need(record.payload[key] == self.said[key], record.place, f"is at another {key} than its plan")

    def check_training(self, limit: Limit) -> None:
        """Require training runs of the study on its finest level, and take what they prove."""
        named = self.record.inputs.get("training")
        if named is None:
            return
        record = self.evidence.records.get(named)
        if record is None or record.kind != "runs":
            fail(self.place, "rests on training runs that are not attached")
        about = (record.payload["study"], record.payload["purpose"])
        need(about == (self.showing.payload["study"], "training"), self.place, f"takes {about} for training")
        finest = level_of(self.evidence, self.showing.record, record) == 1
        need(finest, self.place, "rests on training runs that are not on the finest level")
        self.prove(self.evidence.table(record), limit)

    def prove(self, table: Iterable[Mapping[str, Any]], limit: Limit) -> None:
        """Take the runs within the limit; with a charge above the whole value none proves another."""
        if limit.numerical + limit.model - 1.0 >= 1.0:
            return
        for line in table:
            value = line["quantities"].get(self.showing.payload["quantity"])
            if line["state"] == "ok" and value is not None and limit.slack(value) >= 0.0:
                self.proved.append(line["factors"])

    def is_proved(self, where: Mapping[str, float]) -> bool:
        """Say whether a run within the limit is at least as harmful as a point in every factor."""
        way = 1 if self.showing.payload["sense"] == "at_most" else -1
        signs = {name: way * sign for name, sign in self.showing.signs.items()}
        return any(
            all(
                signs[name] * x <= signs[name] * run[name] if name in signs else x == run[name]
                for name, x in where.items()
            )
            for run in self.proved
            if run.keys() == where.keys()
        )

    def check_step(self, number: int, step: Record, runs: Record | None, first: int, place: str) -> None:
        """Require a step that was fixed after the one before it and its runs, and before its own."""
        said, signs = step.payload, self.showing.signs
        self.check_about(step)
        need((said["number"], said["first"]) == (number, first), place, "is not the step that follows")
        before = self.steps[number - 2] if number > 1 else ()
        wanted = {role: r.id for role, r in zip(("step", "runs"), before, strict=False) if r is not None}
        stood = {role: key for role, key in step.inputs.items() if role in ("step", "runs")}
        need(stood == wanted, place, "does not stand on the step before it and its runs")
        same = step.inputs.get("training") == self.record.inputs.get("training")
        need(same, place, "stands on other training runs than its plan")
        need(said["signs"] == signs, place, f"takes the signs {said['signs']}, declared are {signs}")
        need(close(said["wealth"], self.wealth), place, f"starts from {said['wealth']}, not {self.wealth}")
        need(len(said["predicted"]) == len(said["places"]), place, "has not a prediction a place")
        need(not self.enough and self.wealth > 0.0, place, "goes on after its end")
        if runs is None:
            need(number == self.said["steps"], place, "makes no run and is not the last")
            return
        need(runs.inputs.get("step") == step.id, place, "its runs were made for another step")
        own = (self.showing.payload["study"], self.showing.payload["configuration"], "sequential")
        about = tuple(runs.payload[key] for key in ("study", "configuration", "purpose"))
        need(about == own, place, f"its runs are of {about}")
        finest = level_of(self.evidence, self.showing.record, runs) == 1
        need(finest, place, "its runs are not on the finest level, whose error is charged")

    def check_region(self, said: Mapping[str, Any], place: str) -> None:
        """Require draws of what is undecided, and masses that draws of the law could give."""
        masses, kind, cheap = said["masses"], said["kind"], said["cheap"]
        if kind != "draw":
            need((masses, said["spent"]) == (None, 0.0), place, "spends error on a step that draws nothing")
            need(bool(said["places"]) == (kind == "certify"), place, f"is a step {kind!r} with other runs")
            return
        need(cheap >= LEAST_MASSES, place, f"bounds its masses from {cheap} draws only")
        need(0.0 < said["spent"] < said["level"], place, "bounds its masses without spending an error")
        # The upper limit of none in so many draws; a smaller one nothing could give.
        least = -math.expm1(math.log(said["spent"] / 2.0) / cheap) * (1.0 - STEP)
        order = least <= masses["conceded"] <= masses["reach"] <= 1.0
        need(order, place, f"has masses {masses} that no draws of the law could give")
        self.spent += said["spent"]
        self.masses = masses
        self.enough = self.enough or masses["reach"] <= said["allowed"]
        ranges = self.evidence.inputs(self.showing.record, "study")[0].payload["factors"]
        for where, predicted in zip(said["places"], said["predicted"], strict=True):
            inside = all(ranges[n]["range"][0] <= x <= ranges[n]["range"][1] for n, x in where.items())
            need(inside and where.keys() == ranges.keys(), place, "draws where the solver may not be run")
            need(not self.is_proved(where), place, "draws where a run has proved that it holds")
            kept = said["threshold"] is None or predicted < said["threshold"]
            need(kept, place, "draws what it concedes")

    def count(self, said: Mapping[str, Any], draw: Draw) -> None:
        """Settle a run: what was drawn moves the wealth."""
        drawn = said["kind"] == "draw"
        if drawn and not self.enough:
            masses, allowed = said["masses"], said["allowed"]
            rest = masses["reach"] - masses["conceded"]
            share = (allowed - masses["conceded"]) / rest * (1.0 - 1e-12) if rest > 0.0 else 0.0
            if draw.state != "within":
                self.wealth = 0.0
            elif share > 0.0:
                self.wealth *= max(1.0, (1.0 + share / (1.0 - share)) * (1.0 - 1e-12))
        self.rows.append(
            {"index": draw.index, "step": said["number"], "drawn": drawn, "state": draw.state,
             "wealth": self.wealth}
        )  # fmt: skip

    def check_outcome(self, draws: Sequence[Draw]) -> None:
        """Require the level that the masses leave, and what the wealth came to at it."""
        said, level, error = self.said, self.said["level"], self.part["error"]
        need(0.0 < level < error, self.place, f"is tested at {level}, its attempt at {error}")
        within = level + self.spent <= error * (1.0 + STEP)
        need(within, self.place, f"its level {level} and its masses {self.spent} take more than {error}")
        same = len(said["rows"]) == len(self.rows) and all(
            {**one, "wealth": 0.0} == {**two, "wealth": 0.0} and close(one["wealth"], two["wealth"])
            for one, two in zip(said["rows"], self.rows, strict=True)
        )
        need(same, self.place, "its path is not what its runs give")
        drawn = [draw for draw, row in zip(draws, self.rows, strict=True) if row["drawn"]]
        at = next((row["index"] for row in self.rows if row["wealth"] * level >= 1.0), None)
        counted = {
            "placed": len(draws) - len(drawn),
            "drawn": len(drawn),
            "not_within": sum(draw.state != "within" for draw in drawn),
            "beyond": sum(draw.state == "beyond" for draw in draws),
            "masses": self.masses,
            "enough": self.enough,
            "decided": "shown" if self.enough or at is not None else None,
            "decided_at": at,
        }
        for key, value in counted.items():
            need(said[key] == value, self.place, f"says {key} {said[key]}, its path {value}")
        largest = max([1.0, *(row["wealth"] for row in self.rows)])
        need(close(said["wealth"], largest), self.place, f"says wealth {said['wealth']}, its path {largest}")

    def check_told(self, draws: Sequence[Draw]) -> None:
        """Require a part that says what its record says, and nothing that only a fixed plan may say."""
        part, said, place = self.part, self.said, self.place
        content = self.showing.content
        for stated in (part["allowed"], said["allowed"]):
            allows = content is not None and close(stated, one_minus(content[0]))
            need(allows, place, "allows another fraction than the claim")
        need(self.showing.payload["sense"] != "between", place, "has two limits, for which it does not stand")
        counts = (
            len(draws),
            sum(draw.state != "within" for draw in draws),
            sum(draw.state == "beyond" for draw in draws),
        )
        told = (part["draws"], part["not_within"], part["beyond"])
        need(told == counts, place, f"counts {told}, its runs give {counts}")
        nothing = (part["bound"], part["lower_bound"], part["margin"])
        need(nothing == (None, None, None), place, "states a bound or a margin that it does not give")
        wanted = {
            "placed": said["placed"],
            "drawn": said["drawn"],
            "conceded": self.masses["conceded"] if self.masses else None,
            "reach": self.masses["reach"] if self.masses else None,
            "enough": said["enough"],
            "wealth": said["wealth"],
            "decided_at": said["decided_at"],
        }
        stated = {key: value for key, value in part["dominance"].items() if key != "needed"}
        need(stated == wanted, place, "tells of other runs, masses or wealth than its record")
        needed = part["dominance"]["needed"]
        need(close(needed, 1.0 / said["level"]), place, f"needs 1/level, not {needed}")
        masses = part["error"] - said["level"]
        attained = masses if self.enough else min(1.0, 1.0 / said["wealth"] + masses)
        need(close(part["attained"], attained), place, f"attains {attained}, not {part['attained']}")
        verdict = "SHOWN GIVEN" if said["decided"] == "shown" else "NOT SHOWN"
        need(part["verdict"] == verdict, place, f"says {part['verdict']}, its runs say {verdict}")


# Declared bounds on the model's error (rung 1): what they leave undecided is drawn, every run checks them.

CHECKED_ALWAYS = {"training", "structure-test", "nominal", "refutation"}
"""Purposes whose runs on the finest level a declared bound has to be held against."""


class Bounded:
    """Recomputes a plan under a declared bound; what the model says is taken as recorded."""

    def __init__(self, showing: Showing, part: Mapping[str, Any], place: str) -> None:
        self.showing = showing
        self.evidence = showing.evidence
        self.part = part
        self.record = self.named(showing.record, "residual", "residual", place)
        self.place = f"{place}, {self.record.place}"
        need(part.get("residual") is not None, place, "names a declared bound that its part does not tell of")
        self.band = self.named(self.record, "band", "band", self.place)
        self.draws = self.named(self.record, "draws", "band-draws", self.place)
        self.runs = self.named(self.record, "runs", "runs", self.place)
        self.said: dict[str, Any] = self.record.payload

    def named(self, record: Record, role: str, kind: str, place: str) -> Record:
        """Return an input of a record, of the kind that it has to be."""
        found = self.evidence.records.get(record.inputs.get(role, ""))
        if found is None or found.kind != kind:
            fail(place, f"names no {kind} as its {role}")
        return found

    def check(self, limit: Limit) -> list[Draw]:
        """Recompute masses, counts, checks and statement; return the draws."""
        self.check_about()
        self.check_band(limit)
        draws = self.judged(limit)
        violations = self.violations()
        self.check_outcome(draws, violations)
        self.check_told(draws)
        return draws

    def check_about(self) -> None:
        """Require records of this showing, on one model, with the bound that the study declares."""
        own = self.showing.payload
        for record in (self.record, self.band, self.draws):
            for key in ("criterion", "configuration", "study", "attempt"):
                need(record.payload[key] == own[key], record.place, f"is about {key} {record.payload[key]!r}")
        for key in ("quantity", "declared", "level", "allowed", "spent", "mass_conceded", "mass_reach",
                    "share", "whole"):  # fmt: skip
            need(self.said[key] == self.band.payload[key], self.place, f"is of another {key} than its band")
        study = self.evidence.inputs(self.showing.record, "study")
        declared = study[0].payload["quantities"][own["quantity"]].get("residual") if study else None
        need(self.said["quantity"] == own["quantity"], self.place, "is of another quantity")
        need(declared == self.said["declared"], self.place, "takes another bound than its study declares")
        models = {record.inputs.get("model") for record in (self.record, self.band, self.draws)}
        model = self.evidence.records.get(str(min(map(str, models))))
        need(len(models) == 1 and model is not None and model.kind == "model", self.place, "has no one model")
        need(self.draws.inputs.get("band") == self.band.id, self.place, "its draws are of another band")
        need(self.runs.inputs.get("draws") == self.draws.id, self.place, "its runs are of other draws")
        about = tuple(self.runs.payload[key] for key in ("study", "configuration", "purpose"))
        wanted = (own["study"], own["configuration"], "residual")
        need(about == wanted, self.place, f"its runs are of {about}")
        finest = level_of(self.evidence, self.showing.record, self.runs) == 1
        need(finest, self.place, "its runs are not on the finest level, whose error is charged")

    def check_band(self, limit: Limit) -> None:
        """Require masses that follow from the counts, edges inside the limits, and the level."""
        said, place = self.band.payload, self.band.place
        content = self.showing.content
        allows = content is not None and close(said["allowed"], one_minus(content[0]))
        need(allows, place, "allows another fraction than the claim")
        need(said["level"] == self.part["error"], place, f"is for the level {said['level']}")
        need(0.0 < said["spent"] < said["level"], place, "bounds its masses without spending an error")
        need(said["cheap"] >= LEAST_MASSES, place, f"bounds its masses from {said['cheap']} draws only")
        counts = [said[key] for key in ("safe", "undecided", "conceded")]
        whole = min(counts) >= 0 and sum(counts) == said["cheap"]
        need(whole, place, f"sorts {sum(counts)} of {said['cheap']} draws")
        for key, count in (("mass_conceded", counts[2]), ("mass_reach", counts[1] + counts[2])):
            upper = is_upper_limit(said[key], count, said["cheap"], said["spent"] / 2.0)
            need(upper, place, f"{said[key]} is not the upper limit of {key.replace('_', ' ')}")
        edges = {"at_least": said["within_low"], "at_most": said["within_high"]}
        sides = ("at_least", "at_most") if limit.sense == "between" else (limit.sense,)
        for side, edge in edges.items():
            need((edge is not None) == (side in sides), place, "has not an edge for each limit")
            inside = edge is None or counts[0] == 0 or limit.slack(edge) >= 0.0
            need(inside, place, f"sorts by {edge}, where a run is not within")
        sure = limit.numerical + limit.model - 1.0 < 1.0
        need(sure or counts[0] == 0, place, "is sure of something under charges of the whole value")

    def judged(self, limit: Limit) -> list[Draw]:
        """Return the planned draws, each at the place that was fixed; a missing one is open."""
        said, place = self.draws.payload, self.draws.place
        planned, places = self.said["planned"], said["places"]
        need(planned == self.band.payload["draws"], self.place, "planned other draws than its band")
        need(len(places) == len(said["predicted"]) <= planned, place, "has not a prediction a place")
        lines = {(line["index"], line["row"]): line for line in self.evidence.table(self.runs)}
        expected = {(i, key) for i in range(len(places)) for key in self.part["rows"]}
        need(lines.keys() == expected, self.runs.place, "holds other runs than were fixed")
        draws = []
        for index in range(planned):
            cells = {key: lines[index, key] for key in self.part["rows"] if (index, key) in lines}
            if not cells:
                draws.append(Draw(index, "open", None, complete=False, rows={}, limit=limit))
                continue
            for line in cells.values():
                need(line["factors"] == places[index], place, f"run {index} is at another place")
            self.check_place(places[index], said["predicted"][index], f"{place}, draw {index}")
            draws.append(judge(cells, index, self.showing.payload["quantity"], limit))
        return draws

    def reach(self, predicted: float) -> float:
        """Return the declared bound where the model says `predicted`."""
        declared = self.said["declared"]
        return float(declared["absolute"] + declared["relative"] * abs(predicted))

    def check_place(self, where: Mapping[str, float], predicted: float, place: str) -> None:
        """Require a draw of the undecided part not to be beyond under the bound, nor outside a range."""
        if self.band.payload["whole"]:
            return
        ranges = self.evidence.inputs(self.showing.record, "study")[0].payload["factors"]
        inside = all(ranges[n]["range"][0] <= x <= ranges[n]["range"][1] for n, x in where.items())
        need(inside and where.keys() == ranges.keys(), place, "is where the solver may not be run")
        low, high = self.band.payload["within_low"], self.band.payload["within_high"]
        reach = self.reach(predicted)
        lost = (high is not None and predicted - reach > high * (1.0 + math.copysign(STEP, high))) or (
            low is not None and predicted + reach < low * (1.0 - math.copysign(STEP, low))
        )
        need(not lost, place, "is drawn where the bound says that it is not within")

    def violations(self) -> int:
        """Hold every run against the declaration, as its lines say; none of a table may be left out."""
        quantity, inputs = self.said["quantity"], self.record.inputs
        tables = {key for role, key in inputs.items() if role == "runs" or role.startswith("checked:")}
        lines = self.evidence.lines(self.record.blobs["checks"], self.place)
        told = [read_json(line, f"{self.place}, check {i}") for i, line in enumerate(lines)]
        due: dict[tuple[str, int, str], float] = {}
        for key in tables:
            table = self.evidence.records.get(key)
            if table is None or table.kind != "runs" or table.payload["study"] != self.said["study"]:
                fail(self.place, "checks runs that are not of its study")
            for line in finest_lines(self.showing, table):
                if line["state"] == "ok" and quantity in line["quantities"]:
                    due[key, line["index"], line["row"]] = line["quantities"][quantity]
        found = {(c["record"], c["index"], c["row"]): c["quantity"] for c in told}
        need(found == due and len(told) == len(due), self.place, "does not check each of its runs once")
        self.check_complete(tables)
        own = {c["index"]: c["predicted"] for c in told if c["record"] == self.runs.id}
        for index, predicted in own.items():
            fixed = self.draws.payload["predicted"][index]
            same = close(predicted, fixed) or len(self.part["rows"]) != 1 or self.part["rows"][0] != ""
            need(same, self.place, f"its model says {predicted} of run {index}, before it {fixed}")
        for check in told:
            same = close(check["bound"], self.reach(check["predicted"]))
            need(same, self.place, f"run {check['index']} is held against {check['bound']}")
        need(self.said["checks"] == len(told), self.place, f"says {self.said['checks']} checks")
        return sum(abs(c["quantity"] - c["predicted"]) > c["bound"] for c in told)

    def check_complete(self, tables: Iterable[str]) -> None:
        """Require that no table of the study that the declaration has to be held against is left out."""
        known = set(tables)
        for record in self.evidence.of_kind("runs"):
            payload = record.payload
            here = payload["configuration"] in (None, self.said["configuration"])
            due = payload["study"] == self.said["study"] and payload["purpose"] in CHECKED_ALWAYS and here
            if due and level_of(self.evidence, self.showing.record, record) == 1:
                need(record.id in known, self.place, f"leaves out the runs for {payload['purpose']}")

    def check_outcome(self, draws: Sequence[Draw], violations: int) -> None:
        """Require the statement that draws, masses and checks give."""
        said, place = self.said, self.place
        not_within = sum(draw.state != "within" for draw in draws)
        beyond = sum(draw.state == "beyond" for draw in draws)
        counted = {"not_within": not_within, "beyond": beyond, "violating": violations}
        for key, value in counted.items():
            need(said[key] == value, place, f"says {key} {said[key]}, its runs give {value}")
        conceded, reach, allowed = said["mass_conceded"], said["mass_reach"], said["allowed"]
        left, n, rest = said["level"] - said["spent"], said["planned"], reach - conceded
        enough = reach <= allowed
        share = 1.0 if enough else (allowed - conceded) / rest * (1.0 - 1e-12)
        need(enough == said["whole"], place, "does not say truly whether anything has to be drawn")
        need(enough or close(said["share"], share), place, f"says that {said['share']} may fail, not {share}")
        shown = enough or (0.0 < share < 1.0 and shows(not_within, n, share, left))
        state = "falsified" if violations else "shown" if shown else "not-shown"
        need(said["state"] == state, place, f"says {said['state']}, its runs say {state}")
        if violations:
            need((said["bound"], said["attained"]) == (None, None), place, "states what a run contradicts")
            return
        spent = 0.0 if enough else binomial_at_most(not_within, n, share) if 0.0 < share < 1.0 else 1.0
        attained = min(1.0, said["spent"] + spent)
        need(close(said["attained"], attained), place, f"attains {attained}, not {said['attained']}")
        if enough or not_within >= n or said["bound"] == 1.0:
            same = close(said["bound"], min(1.0, reach))
        else:
            # Its distance from what is conceded, in parts of the rest, is the limit of the draws.
            fraction = (said["bound"] / (1.0 + 1e-12) - conceded) / rest
            slip = 4.0 * STEP * max(1.0, said["bound"] / rest)
            low, high = max(0.0, fraction - slip), min(1.0, fraction + slip)
            same = binomial_at_most(not_within, n, low) >= left >= binomial_at_most(not_within, n, high)
        need(same, place, f"{said['bound']} is not the upper limit that its draws and masses give")

    def check_told(self, draws: Sequence[Draw]) -> None:
        """Require a part that says what its record says, and nothing that only a fixed plan may say."""
        part, said, place = self.part, self.said, self.place
        told = (part["draws"], part["not_within"], part["beyond"], part["bound"], part["attained"])
        wanted = (len(draws), said["not_within"], said["beyond"], said["bound"], said["attained"])
        need(told == wanted, place, f"tells {told}, its record {wanted}")
        need(part["allowed"] == said["allowed"], place, "allows another fraction than its record")
        need((part["lower_bound"], part["margin"]) == (None, None), place, "states a limit that it has not")
        declared = said["declared"]
        stated = {
            "absolute": declared["absolute"],
            "relative": declared["relative"],
            "checks": said["checks"],
            "violations": said["violating"],
            **{key: said[key] for key in ("mass_conceded", "mass_reach", "spent", "whole")},
        }
        need(part["residual"] == stated, place, "tells of another bound, other masses or checks")
        verdict = "SHOWN GIVEN" if said["state"] == "shown" else "NOT SHOWN"
        need(part["verdict"] == verdict, place, f"says {part['verdict']}, its runs say {verdict}")
        if self.showing.payload["verdict"] == "SHOWN GIVEN":
            given = self.given()
            need(given in self.showing.payload["given"], place, f"does not say that it is given: {given}")

    def given(self) -> str:
        """Return the declared bound as the showing has to say it."""
        said, declared = self.said, self.said["declared"]
        terms = [f"{declared['absolute']:.12g} {self.showing.payload['unit']}".rstrip()]
        terms = terms if declared["absolute"] else []
        if declared["relative"]:
            terms.append(f"{100.0 * declared['relative']:.12g} % of the model's value")
        checks = "check" if said["checks"] == 1 else "checks"
        return (
            f"|{said['quantity']} - model| <= {' + '.join(terms)} ({said['checks']} {checks}, "
            f"{said['violating']} violations): {declared['reason']}"
        )


# Statements of an AI model (rung 3): counts, checks and acceptance are held against it, not what it said.

UNSEEN_ALWAYS = {"structure-test", "nominal", "refutation", "verification"}
"""Purposes whose runs on the finest level a model's statement has to be held against."""
MEASURED = (
    "what AI models state by themselves was measured, in Assay's benchmark of false compliance, to be wrong "
    "on up to 38 % of the programmes near the limit that do not comply, by method and size"
)


class Accepted:
    """Recomputes what follows from a model's statement; what it said at its draws is taken as recorded."""

    def __init__(self, showing: Showing, part: Mapping[str, Any], place: str) -> None:
        self.showing = showing
        self.evidence = showing.evidence
        self.part = part
        self.statement = self.named(showing.record, "statement", "model-statement", place)
        self.record = self.named(showing.record, "model_check", "model-check", place)
        self.place = f"{place}, {self.statement.place}"
        self.model = self.named(self.statement, "model", "model", self.place)
        self.said: dict[str, Any] = self.statement.payload
        self.told: dict[str, Any] = self.record.payload

    def named(self, record: Record, role: str, kind: str, place: str) -> Record:
        """Return an input of a record, of the kind that it has to be."""
        found = self.evidence.records.get(record.inputs.get(role, ""))
        if found is None or found.kind != kind:
            fail(place, f"names no {kind} as its {role}")
        return found

    def check(self, limit: Limit) -> None:
        """Recompute counts, limit, checks, acceptance and verdict."""
        self.check_about()
        self.check_counts(limit)
        places, violations = self.held()
        self.check_told(places, violations)

    def check_about(self) -> None:
        """Require records of this showing, on one model and guard, under an attempt that planned so."""
        own = self.showing.payload
        for record in (self.statement, self.record):
            for key in ("criterion", "configuration", "study", "quantity", "attempt"):
                need(record.payload[key] == own[key], record.place, f"is about {key} {record.payload[key]!r}")
        guard = self.named(self.statement, "guard", "guard", self.place)
        attempt = self.named(self.statement, "attempt", "attempt", self.place)
        need(self.record.inputs.get("statement") == self.statement.id, self.place, "was not what was checked")
        one = self.record.inputs.get("model") == guard.inputs.get("model") == self.model.id
        need(one, self.place, "rests on more models than one")
        need(self.model.payload["quantity"] == own["quantity"], self.place, "is of another model's quantity")
        need(guard.payload["model_accepted"], self.place, "is of a model that was refused")
        need(attempt.id == self.showing.record.inputs.get("attempt"), self.place, "is of another attempt")
        criteria = self.evidence.inputs(self.showing.record, "criterion")
        asked = [list(record.payload["rungs"]) for record in criteria]
        need(asked == [["model"]] and own["holds"]["kind"] == "fraction", self.place, "was not asked for")

    @property
    def count(self) -> int:
        """How many draws count as not within."""
        return int(self.said["outside"] + self.said["silent"] + self.said["wide"])

    def check_counts(self, limit: Limit) -> None:
        """Require the larger width, edges inside the limits, counts that add up, and the limit they give."""
        said, place, content = self.said, self.place, self.showing.content
        allows = content is not None and close(said["allowed"], one_minus(content[0]))
        need(allows, place, "allows another fraction than the claim")
        need(said["level"] == self.part["error"], place, f"is for the level {said['level']}")
        whole = min(said["outside"], said["silent"], said["wide"]) >= 0 and 0 <= self.count <= said["draws"]
        need(whole, place, f"counts {self.count} of {said['draws']} draws")
        rank = math.ceil((said["rows"] + 1) * (1.0 - said["level"]) - 1e-9)
        covers = 1 <= rank <= said["rows"]
        need((said["conformal"] is not None) == covers, place, "has a conformal interval of too few rows")
        width = max(said["two_sd"], said["conformal"]) if covers else None
        need(said["width"] == width, place, f"is wide by {said['width']}, not by the larger, {width}")
        nothing = self.count == said["draws"]
        need(width is not None or nothing, place, "has draws within without a width")
        edges = {"at_least": said["within_low"], "at_most": said["within_high"]}
        sides = ("at_least", "at_most") if limit.sense == "between" else (limit.sense,)
        for side, edge in edges.items():
            need((edge is not None) == (side in sides), place, "has not an edge for each limit")
            inside = edge is None or nothing or limit.slack(edge) >= 0.0
            need(inside, place, f"counts by {edge}, where a run is not within")
        sure = limit.numerical + limit.model - 1.0 < 1.0
        need(sure or nothing, place, "is sure of something under charges of the whole value")
        upper = is_upper_limit(said["bound"], self.count, said["draws"], said["level"])
        need(upper, place, f"{said['bound']} is not the upper limit for {self.count} of {said['draws']}")
        attained = binomial_at_most(self.count, said["draws"], said["allowed"])
        need(close(said["attained"], attained), place, f"attains {said['attained']}, not {attained}")

    def unseen(
        self, table: Record, trained: Collection[str]
    ) -> Iterator[tuple[tuple[str, int, str], Mapping[str, Any]]]:
        """Yield the runs of a table inside the envelope, on the finest level, where nothing was trained."""
        factors = self.evidence.inputs(self.showing.record, "study")[0].payload["factors"]
        for line in finest_lines(self.showing, table):
            x, value = line["factors"], line["quantities"].get(self.said["quantity"])
            inside = all(
                spec["envelope"][0] <= x[name] <= spec["envelope"][1] for name, spec in factors.items()
            )
            if line["state"] == "ok" and value is not None and inside and canonical(x) not in trained:
                yield (table.id, line["index"], line["row"]), line

    def held(self) -> tuple[int, int]:
        """Hold every run against the width, as its lines say; return the places, and the runs outside it."""
        place, width = self.place, self.said["width"]
        lines = self.evidence.lines(self.record.blobs["checks"], place)
        told = [read_json(line, f"{place}, check {i}") for i, line in enumerate(lines)]
        tables = {key for role, key in self.record.inputs.items() if role.startswith("checked:")}
        training = self.evidence.records.get(self.model.inputs.get("training", ""))
        rows = self.evidence.table(training) if training is not None else ()
        trained = {canonical(line["factors"]) for line in rows}
        due: dict[tuple[str, int, str], Mapping[str, Any]] = {}
        for key in tables:
            table = self.evidence.records.get(key)
            if table is None or table.kind != "runs" or table.payload["study"] != self.said["study"]:
                fail(place, "is checked by runs that are not of its study")
            here = table.payload["configuration"] in (None, self.said["configuration"])
            need(here, place, "is checked by runs of another configuration")
            due |= dict(self.unseen(table, trained))
        self.check_complete(tables)
        due = due if width is not None else {}
        found = {(c["record"], c["index"], c["row"]): c["quantity"] for c in told}
        values = {key: line["quantities"][self.said["quantity"]] for key, line in due.items()}
        need(found == values and len(told) == len(due), place, "is not held against each run once")
        for check in told:
            need(check["bound"] == width, place, f"run {check['index']} is held against {check['bound']}")
        outside = sum(not abs(c["quantity"] - c["predicted"]) <= c["bound"] for c in told)
        return len({canonical(line["factors"]) for line in due.values()}), outside

    def check_complete(self, tables: Iterable[str]) -> None:
        """Require that no table with runs that the model had not seen is left out."""
        known, said = set(tables), self.said
        shown = [r for r in self.evidence.of_kind("showing") if r.payload["study"] == said["study"]]
        mine = [r for r in shown if r.payload["configuration"] == said["configuration"]]
        decided = {r.id: r for record in mine for r in self.evidence.inputs(record, "runs")}
        every = {r.id: r for r in self.evidence.of_kind("runs") if r.payload["purpose"] in UNSEEN_ALWAYS}
        for record in (every | decided).values():
            payload = record.payload
            here = payload["configuration"] in (None, said["configuration"])
            due = payload["study"] == said["study"] and payload["purpose"] != "training" and here
            finest = payload["purpose"] == "verification" or (
                due and level_of(self.evidence, self.showing.record, record) == 1
            )
            if due and finest:
                need(record.id in known, self.place, f"leaves out the runs for {payload['purpose']}")

    def check_told(self, places: int, violations: int) -> None:
        """Require what the records say of the checks, the verdict that follows, and a part that tells so."""
        part, said, told, place = self.part, self.said, self.told, self.place
        required = max(8, 2 * len(self.showing.varying()))
        counted = {"width": said["width"], "places": places, "required": required, "violating": violations}
        for key, value in counted.items():
            need(told[key] == value, self.record.place, f"says {key} {told[key]}, its runs give {value}")
        accepted = "acceptance" in self.showing.record.inputs
        if accepted:
            self.check_acceptance()
        stated = {
            "role": said["role"],
            "draws": said["draws"],
            "not_within": self.count,
            "width": said["width"],
            "checks": places,
            "required": required,
            "violations": violations,
            "accepted": accepted,
        }
        need(part["stated"] == stated, place, "is told with other numbers, checks or acceptance")
        bound = (None, None) if violations else (said["bound"], said["attained"])
        need((part["bound"], part["attained"]) == bound, place, "is told with another limit")
        runs = (part["draws"], part["not_within"], part["beyond"], part["lower_bound"], part["margin"])
        nothing = runs == (0, 0, 0, None, None) and part["deciding"] is None and not part["waterfall"]
        need(nothing, place, "is told with runs or a margin that it has not")
        enough = not violations and said["width"] is not None and places >= required and accepted
        shown = enough and shows(self.count, said["draws"], said["allowed"], said["level"])
        verdict = "SHOWN GIVEN" if shown else "NOT SHOWN"
        need(part["verdict"] == verdict, place, f"says {part['verdict']}, its records say {verdict}")
        if self.showing.payload["verdict"] == "SHOWN GIVEN":
            given = self.given(places, violations)
            need(self.showing.payload["given"] == [given], place, f"does not say that it is given: {given}")
        rows = [(row["text"], row["check"]) for row in self.showing.payload["assumptions"]]
        need((MEASURED, "not checked") in rows, place, "does not say how often such statements are wrong")

    def check_acceptance(self) -> None:
        """Require that a holder of the role, who is not the author, has accepted exactly this statement."""
        record = self.named(self.showing.record, "acceptance", "approval", self.place)
        approval, place, role = record.payload, record.place, self.said["role"]
        own = self.showing.payload
        named = (approval["kind"], approval["subject"])
        wanted = ("model-acceptance", f"model:{own['criterion']}@{own['configuration']}")
        need(named == wanted, place, f"accepts {named[1]}, not {wanted[1]}")
        need(approval["of"] == self.statement.id, place, "accepts another statement than was credited")
        need(approval["role"] == role, place, f"is by the role {approval['role']!r}, not {role!r}")
        held: dict[str, set[str]] = {}
        for root in self.evidence.of_kind("dossier"):
            for item in root.payload["roles"]:
                held.setdefault(item["role"], set()).update(map(folded, item["person"].split(",")))
        person = folded(approval["person"])
        need(person in held.get(role, ()) and person != "assay", place, "is by nobody who holds the role")
        authors = {*map(folded, approval["author"].split(",")), *held.get("author", ())}
        need(person not in authors, place, "is by the author of what it accepts")

    def given(self, places: int, violations: int) -> str:
        """Return the statement as the showing has to say it."""
        checks = "check" if places == 1 else "checks"
        return (
            f"the error of the model of {self.said['quantity']} is as it states, accepted by "
            f"{self.said['role']} ({places} {checks}, {violations} violations)"
        )


def folded(name: str) -> str:
    """Return a name without regard to case and spaces."""
    return "".join(name.split()).casefold()


def check_waterfall(part: Mapping[str, Any], limit: Limit, value: float, place: str) -> None:
    """Require that every increment follows from deciding run, charges, factors and limit."""
    steps = [step for step in part["waterfall"] if step["kind"] != "margin"]
    if not (math.isfinite(limit.low(value)) and math.isfinite(limit.high(value))):
        need(not steps and part["margin"] is None, place, "has a waterfall where nothing bounds its quantity")
        return
    need(steps, place, "has no waterfall")
    upper = steps[-1]["kind"] == "capacity"
    way = 1.0 if upper else -1.0
    if limit.ends is None:
        numerical, model = limit.discretised(value), (limit.model - 1.0) * abs(value)
    else:
        side = 1 if upper else 0
        numerical = way * (limit.ends[0][side] - value)
        model = way * (limit.ends[1][side] - limit.ends[0][side])
    wanted = [("run", value), ("numerical", way * numerical), ("model", way * model)]
    charged = value + way * (numerical + model)
    running = charged if upper else limit.values[0]
    if not upper:
        wanted += [("capacity", charged), ("run", running)]
    for factor in part["demand_factors"]:
        wanted.append(("factor", running * factor["value"] - running))
        running *= factor["value"]
    wanted.append(("total", running))
    if upper:
        wanted.append(("capacity", limit.values[-1]))
    kinds = [step["kind"] for step in steps] == [kind for kind, _ in wanted]
    need(kinds, place, "its waterfall has other steps than the rule")
    for step, (_, amount) in zip(steps, wanted, strict=True):
        same = close(step["value"], amount, abs(value))
        need(same, place, f"its waterfall says {step['label']} {step['value']}, not {amount}")
    demand, capacity = running, limit.values[-1] if upper else charged
    margin = part["margin"]
    if margin is not None:
        need(
            close(margin["value"], capacity / demand - 1.0, 1.0),
            place,
            "its margin is not capacity/demand - 1",
        )


def finest_lines(showing: Showing, table: Record) -> list[dict[str, Any]]:
    """Return the lines of a table that are on the finest level."""
    lines = showing.evidence.table(table)
    if table.payload["purpose"] != "verification":
        need(level_of(showing.evidence, showing.record, table) == 1, table.place, "is on a coarser level")
        return lines
    spec = showing.evidence.inputs(showing.record, "study")[0].payload["verification"]
    count = min(len(values) for values in spec["levels"].values())
    return [line for line in lines if line["index"] % count == count - 1]


def level_of(evidence: Evidence, record: Record, runs: Record) -> int:
    """Return the level, 1 the finest, that a table's runs are on, by the study's ladder of knobs."""
    studies = evidence.inputs(record, "study")
    spec = studies[0].payload.get("verification") if studies else None
    ladders = spec["levels"] if spec else {}
    count = min((len(values) for values in ladders.values()), default=1)
    knobs = [{knob: float(values[step]) for knob, values in ladders.items()} for step in range(count)]
    level = {knob: float(value) for knob, value in runs.payload["level"].items()}
    need(level in knobs, runs.place, "is on no level of its study")
    return count - knobs.index(level)


def level_routes(evidence: Evidence, check: Record) -> list[dict[str, Any]]:
    """Return, by level, which draws it decided and which of them were picked, as fixed before they ran."""
    routing = evidence.records[check.inputs["routing"]].payload
    return [
        {"level": int(level), "decided_draws": decided, "checked": routing["checked"][level]}
        for level, decided in routing["decided"].items()
    ]


def convergence(evidence: Evidence) -> str:
    """Recompute refinement series and the checks of coarser levels; say how many."""
    series, checks = check_grids(evidence), check_levels(evidence)
    told = f", {checks} block{'' if checks == 1 else 's'} on coarser levels" if checks else ""
    return f"{series} series recomputed{told}"


def check_levels(evidence: Evidence) -> int:
    """Recompute the bounds of coarser levels, the draws picked for checks, and every miss."""
    records = evidence.of_kind("level-check")
    for record in records:
        payload, place = record.payload, record.place
        verification = evidence.records[record.inputs["charge"]].payload
        refinement = evidence.table(evidence.records[record.inputs["refinement"]])
        need(payload["factor"] >= 1.0, place, "lowers the bounds that it found")
        routes = {item["level"]: item for item in level_routes(evidence, record)}
        fine = evidence.records[record.inputs["runs:1"]]
        finest = {(line["index"], line["row"]): line for line in evidence.table(fine)}
        need(fine.payload["seed"] == payload["seed"], place, "checks other draws than its own")
        for item in payload["levels"]:
            where = f"{place}, level {item['level']}"
            for quantity, bound in item["bounds"].items():
                found = bound_of_level(verification, refinement, item["level"], quantity, payload["factor"])
                same = bound == found or (None not in (bound, found) and close(bound, found or 0.0))
                need(same, where, f"bounds {quantity} by {bound}, its refinement runs give {found}")
            route = routes.get(item["level"], {"decided_draws": [], "checked": []})
            need(item["checked"] == route["checked"], where, "checked other draws than were fixed before")
            need(item["decided"] == len(route["decided_draws"]), where, "miscounts what it decided")
            picks = picked_draws(payload["seed"], payload["draws"], route["decided_draws"])
            need(item["checked"] == picks, where, "its checked draws are not those that its seed picks")
            unchecked = set(picks) - {index for index, _ in finest}
            need(not unchecked, where, f"draw {min(unchecked, default=0)} was not run on the finest level")
            coarse = evidence.table(evidence.records[record.inputs[f"runs:{item['level']}"]])
            misses = misses_of_level(coarse, finest, item["bounds"], picks)
            need(item["misses"] == misses, where, f"states the misses {item['misses']}, its runs {misses}")
            need(item["void"] == bool(misses), where, "does not say truly whether it is void")
            rate = None if misses or not picks else -math.expm1(math.log(0.05) / len(picks))
            same = item["excluded"] == rate or (
                None not in (item["excluded"], rate) and close(item["excluded"], rate or 0.0)
            )
            need(same, where, f"states that its checks exclude {item['excluded']}, they exclude {rate}")
    return len(records)


def bound_of_level(
    verification: Mapping[str, Any],
    refinement: Sequence[Mapping[str, Any]],
    level: int,
    quantity: str,
    factor: float,
) -> float | None:
    """Return factor x the largest |q_j - q_1| + U_1 over points and rows; None where one has no value."""
    count = min((len(values) for values in verification["knobs"].values()), default=1)
    share = [item["largest_relative"] for item in verification["quantities"] if item["quantity"] == quantity]
    values = {(line["index"], line["row"]): line["quantities"].get(quantity) for line in refinement}
    largest = None if not share or share[0] is None else 0.0
    for (index, row), fine in values.items():
        if index % count != count - 1 or largest is None:
            continue
        coarse = values.get((index + 1 - level, row))
        if fine is None or coarse is None:
            return None
        largest = max(largest, abs(coarse - fine) + share[0] * abs(fine))
    return None if largest is None else factor * largest


def picked_draws(seed: str, draws: int, decided: Sequence[int]) -> list[int]:
    """Return the decided draws that are checked: the first ten, or a tenth, in the order of their digests."""
    order = sorted(range(draws), key=lambda i: hashlib.sha256(f"{seed}/level-check/{i}".encode()).digest())
    chosen = set(decided)
    return [index for index in order if index in chosen][: max(10, -(-len(chosen) // 10))]


def misses_of_level(
    coarse: Sequence[Mapping[str, Any]],
    finest: Mapping[tuple[int, str], Mapping[str, Any]],
    bounds: Mapping[str, float | None],
    picks: Sequence[int],
) -> list[int]:
    """Return the draws that a level and the finest give too far apart; a check that failed is a miss."""
    misses = set()
    for line in coarse:
        other = finest.get((line["index"], line["row"]))
        if other is None or line["state"] != "ok":
            continue
        if other["state"] != "ok":
            misses |= {line["index"]} & set(picks)
            continue
        for quantity, bound in bounds.items():
            if (
                bound is not None
                and abs(line["quantities"][quantity] - other["quantities"][quantity]) > bound
            ):
                misses.add(line["index"])
    return sorted(misses)


def check_showings(evidence: Evidence) -> dict[str, int]:
    """Recompute every showing; return how often each verdict stands."""
    counts: dict[str, int] = {}
    for record in evidence.of_kind("showing"):
        Showing(evidence, record).check()
        verdict = record.payload["verdict"]
        counts[verdict] = counts.get(verdict, 0) + 1
    return {verdict: counts[verdict] for verdict in reversed(ORDER) if verdict in counts}


def attempt_numbers(family: Sequence[Mapping[str, Any]]) -> list[int]:
    """Return the numbers of attempts; files of one attempt share one if each criterion stands in one only."""
    planned: dict[int, list[Mapping[str, Any]]] = {}
    for payload in family:
        planned.setdefault(payload["number"], []).append(payload)
    numbers = []
    for number, files in planned.items():
        criteria = [name for file in files for name in file["draws"]]
        together = len({file["recipe"] for file in files}) == 1 and len(criteria) == len(set(criteria))
        numbers += [number] * (1 if together else len(files))
    return numbers


def check_attempts(evidence: Evidence) -> int:
    """Require numbers without gap, and levels that do not exceed the claim's error in all."""
    families: dict[tuple[str, str], list[dict[str, Any]]] = {}
    attempts = evidence.of_kind("attempt")
    for record in attempts:
        payload = record.payload
        families.setdefault((payload["requirement"], canonical(payload["identity"])), []).append(payload)
    for (requirement, _), family in families.items():
        numbers = sorted(attempt_numbers(family))
        need(
            numbers == list(range(1, len(numbers) + 1)),
            f"attempts at {requirement}",
            f"are numbered {numbers}",
        )
    spent: dict[str, float] = {}
    for family in families.values():
        total: dict[str, float] = {}
        for payload in family:
            for criterion, level in payload["levels"].items():
                total[criterion] = total.get(criterion, 0.0) + level
        for criterion, level in total.items():
            spent[criterion] = max(level, spent.get(criterion, 0.0))
    for record in evidence.of_kind("showing"):
        content = Showing(evidence, record).content
        level = spent.get(record.payload["criterion"], 0.0)
        within = content is None or level <= one_minus(content[1]) * (1.0 + STEP)
        need(within, record.place, f"its attempts spend an error of {level} in all, more than its claim has")
    return len(attempts)


# ---------------------------------------------------------------------------------------------------------
# What the showings rest on: basis values, grid convergence, declarations.


def data_column(evidence: Evidence, record: Record) -> list[float]:
    """Return the data that a basis value is made from."""
    datasets = evidence.inputs(record, "dataset")
    need(len(datasets) == 1, record.place, "names no data set among its inputs")
    columns = datasets[0].payload.get("columns", {})
    column = columns.get(record.payload["column"]) if isinstance(columns, dict) else None
    values = column.get("values") if isinstance(column, dict) else None
    need(isinstance(values, list) and len(values) > 1, record.place, "its data set has no such column")
    return [float(value) for value in values or []]


def labels_of(evidence: Evidence, record: Record) -> list[str] | None:
    """Return the batch of every specimen, None where the data do not tell."""
    dataset = evidence.inputs(record, "dataset")[0].payload
    labels = dataset.get("labels", {}).get(dataset["columns"][record.payload["column"]].get("group"))
    return None if labels is None else list(labels)


def check_basis_values(evidence: Evidence) -> int:
    """Recompute every basis value from its data, by its method."""
    records = evidence.of_kind("basis-value")
    for record in records:
        payload, place, values = record.payload, record.place, data_column(evidence, record)
        n = len(values)
        mean = math.fsum(values) / n
        sd = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (n - 1))
        need(payload["n"] == n, place, f"states {payload['n']} specimens, the data have {n}")
        need(
            close(payload["mean"], mean) and close(payload["sd"], sd),
            place,
            "mean or sd are not those of the data",
        )
        labels = labels_of(evidence, record)
        need(
            payload["batches"] == (None if labels is None else len(set(labels))),
            place,
            "counts its batches otherwise than its data",
        )
        if payload.get("by") is None:
            need(payload["method"] == "normal", place, f"the method {payload['method']} is not known")
            check_value(payload, normal_value(payload, values, place), mean, place)
        else:
            MethodCheck(payload, values, labels, place).run()
        check_credit(payload, values, mean, sd, place)
    return len(records)


def check_value(payload: Mapping[str, Any], value: float, scale: float, place: str) -> None:
    """Require the stated basis value."""
    need(close(payload["value"], value, scale), place, f"states {payload['value']}, the data give {value}")


def normal_value(payload: Mapping[str, Any], values: Sequence[float], place: str) -> float:
    """Return mean less factor times sd, once the factor is known to be the sample's."""
    n, mean, factor = len(values), math.fsum(values) / len(values), payload["factor"]
    sd = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (n - 1))
    known = is_tolerance_factor(factor, n, payload["coverage"], payload["confidence"])
    need(known, place, f"{factor} is not the tolerance factor of {n} specimens")
    return mean - float(factor) * sd


class MethodCheck:
    """One basis value by a method that the programme names: its value, its tests, its choice."""

    def __init__(
        self, payload: Mapping[str, Any], values: Sequence[float], labels: Sequence[str] | None, place: str
    ) -> None:
        self.payload, self.values, self.place = payload, values, place
        self.stated = payload["by"]
        self.coverage, self.confidence = payload["coverage"], payload["confidence"]
        self.batches = [
            [value for value, label in zip(values, labels, strict=True) if label == name]
            for name in sorted(set(labels))
        ] if labels is not None else []  # fmt: skip

    def need(self, condition: object, sentence: str) -> None:
        """Fail at this record unless `condition` holds."""
        need(condition, self.place, sentence)

    def run(self) -> None:
        """Require value, tests and, where the procedure chose the method, the choice."""
        by = {
            "normal": self.normal, "lognormal": self.lognormal, "weibull": self.weibull, "anova": self.anova,
            "hanson-koopmans": self.hanson_koopmans, "nonparametric": self.nonparametric,
        }  # fmt: skip
        method = self.payload["method"]
        self.need(method in by, f"the method {method} is not known")
        self.need(
            self.stated["asked"] in (method, "auto"),
            f"was asked for by {self.stated['asked']}, is by {method}",
        )
        check_value(self.payload, by[method](), max(map(abs, self.values)), self.place)
        differ = self.check_batches()
        level, law = self.significance(method)
        told = self.stated["significance"]
        same = told is None if level is None else told is not None and abs(told - level) <= 1e-6
        self.need(
            same and self.stated["law"] == law, f"states the significance {told}, the data give {level}"
        )
        rejected = (law is not None and (level is None or level <= 0.05)) or (differ and method != "anova")
        self.need(
            self.stated["rejected"] == rejected, "judges what its method assumes otherwise than its data"
        )
        if self.stated["asked"] == "auto":
            self.need(
                method == self.chosen(differ), f"is by {method}, the procedure gives {self.chosen(differ)}"
            )

    def stated_number(self, name: str, value: float, scale: float = 0.0) -> None:
        """Require one of the numbers that the value follows from."""
        told = self.stated["numbers"].get(name)
        self.need(
            told is not None and close(told, value, scale), f"states {name} {told}, the data give {value}"
        )

    def normal(self) -> float:
        """Return mean less factor times sd."""
        n, mean = len(self.values), math.fsum(self.values) / len(self.values)
        self.stated_number("mean", mean)
        self.stated_number("sd", math.sqrt(math.fsum((x - mean) ** 2 for x in self.values) / (n - 1)))
        return normal_value(self.payload, self.values, self.place)

    def logs(self) -> list[float]:
        """Return the logarithms of values that have some."""
        self.need(min(self.values) > 0.0, "is by a method for positive values only")
        return [math.log(value) for value in self.values]

    def lognormal(self) -> float:
        """Return the normal method's value of the logarithms, as a value."""
        logs = self.logs()
        mean = math.fsum(logs) / len(logs)
        self.stated_number("log_mean", mean, 1.0)
        self.stated_number("log_sd", math.sqrt(math.fsum((x - mean) ** 2 for x in logs) / (len(logs) - 1)))
        return math.exp(normal_value(self.payload, logs, self.place))

    def weibull(self) -> float:
        """Put shape, scale and factor into the equations that they solve."""
        logs, numbers = self.logs(), self.stated["numbers"]
        shape, scale, t = numbers.get("shape", 0.0), numbers.get("scale", 0.0), self.payload["factor"]
        self.need(shape > 0.0 and scale > 0.0, "states no shape and scale of a Weibull law")
        largest, mean = max(logs), math.fsum(logs) / len(logs)

        def likelihood(spread: float) -> float:
            weights = [math.exp((y - largest) / spread) for y in logs]
            pull = math.fsum(w * (y - mean) for w, y in zip(weights, logs, strict=True)) / math.fsum(weights)
            return pull - spread

        root = likelihood((1.0 - STEP) / shape) >= 0.0 >= likelihood((1.0 + STEP) / shape)
        self.need(root, f"{shape} is not the likeliest shape")
        location = log_mean_exp([y * shape for y in logs]) / shape
        self.need(close(scale, math.exp(location)), f"{scale} is not the likeliest scale")
        residuals = [(y - location) * shape for y in logs]
        step = 1e-7 * max(1.0, abs(t))  # the residuals carry the rounding of the fit
        levels = [weibull_level(t + d, residuals, self.coverage) for d in (-step, step)]
        self.need(levels[0] <= self.confidence <= levels[1], f"{t} is not the factor of these specimens")
        return float(scale * math.exp(-t / shape))

    def hanson_koopmans(self) -> float:
        """Put the factor into the equation that it solves."""
        n, z, ordered = len(self.values), self.payload["factor"], sorted(self.values)
        self.logs()
        below = one_minus(self.coverage)
        rank = int(self.stated["numbers"].get("rank", 0))
        best = 2 <= rank <= n and is_best_rank(rank, n, self.coverage, self.confidence)
        self.need(best, f"rests on the value of rank {rank}, which is not the one for {n} specimens")
        self.stated_number("smallest", ordered[0])
        self.stated_number("larger", ordered[rank - 1])
        self.need(z >= 1.0 and ordered[0] < ordered[rank - 1], "draws on no scatter")
        low, high = (hanson_koopmans_level(z * (1.0 + d), n, rank, below) for d in (-STEP, STEP))
        self.need(low <= self.confidence <= high, f"{z} is not the factor of {n} specimens")
        return float(ordered[rank - 1] * (ordered[0] / ordered[rank - 1]) ** z)

    def nonparametric(self) -> float:
        """Return the order statistic that the binomial law allows."""
        rank = self.largest_rank()
        self.need(rank > 0, "has too few specimens for its method")
        self.stated_number("rank", rank)
        return sorted(self.values)[rank - 1]

    def largest_rank(self) -> int:
        """Return how many of the smallest specimens are low enough."""
        n, rank = len(self.values), 0
        while rank < n and shows(rank, n, one_minus(self.coverage), one_minus(self.confidence)):
            rank += 1
        return rank

    def anova(self) -> float:
        """Recompute the analysis of variance."""
        k, n = len(self.batches), len(self.values)
        self.need(2 <= k < n, "has no batches to compare")
        grand = math.fsum(self.values) / n
        means = [math.fsum(batch) / len(batch) for batch in self.batches]
        pairs = list(zip(self.batches, means, strict=True))
        between = math.fsum(len(batch) * (mean - grand) ** 2 for batch, mean in pairs) / (k - 1)
        within = math.fsum((x - mean) ** 2 for batch, mean in pairs for x in batch) / (n - k)
        self.need(within > 0.0, "has no scatter within its batches")
        size = (n - sum(len(batch) ** 2 for batch in self.batches) / n) / (k - 1)
        sd = math.sqrt(between / size + (size - 1.0) / size * within)
        for name, value in (("mean", grand), ("sd", sd), ("within", within), ("size", size)):
            self.stated_number(name, value)
        self.stated_number("between", between, sd * sd)
        ratio = max(1.0, between / within)
        weight, root = math.sqrt(ratio / (ratio + size - 1.0)), math.sqrt(size)
        pooled, single = (tolerance_factor(m, self.coverage, self.confidence) for m in (n, k))
        factor = (pooled - single / root + (single - pooled) * weight) / (1.0 - 1.0 / root)
        told = self.payload["factor"]
        self.need(abs(told - factor) <= 1e-7 * abs(factor), f"{told} is not the factor of its batches")
        return float(grand - told * sd)

    def check_batches(self) -> bool:
        """Require the stated test of the batches; return whether they differ."""
        stated = self.stated["batch_test"]
        if len(self.batches) < 2 or len(self.values) < 4:
            self.need(stated is None, "tests batches that its data do not tell")
            return False
        self.need(stated is not None, "does not test its batches")
        statistic, critical = batches_differ(self.batches)
        self.need(stated["batches"] == len(self.batches), "tests another number of batches")
        same = abs(stated["statistic"] - statistic) <= 1e-7 * abs(statistic) + 1e-12
        same &= abs(stated["critical"] - critical) <= 1e-7 * critical
        self.need(
            same, f"states {stated['statistic']} for its batches, they give {statistic} against {critical}"
        )
        differ = not stated["statistic"] < stated["critical"]
        self.need(stated["differ"] == differ, "judges its batches otherwise than its test")
        return differ

    def significance(self, method: str) -> tuple[float | None, str | None]:
        """Return the observed significance of what a method assumes, and what that is."""
        if method in ("hanson-koopmans", "nonparametric"):
            return None, None
        if method == "anova":
            return equal_variances(self.batches), "equal variances"
        return self.fit(method) if len(self.values) >= 4 else None, method

    def fit(self, law: str) -> float:
        """Return the observed significance of a law."""
        if law == "weibull":
            logs = self.logs()
            shape = self.likeliest_shape(logs)
            scale = math.exp(log_mean_exp([y * shape for y in logs]) / shape)
            return weibull_significance(self.values, shape, scale)
        sample = self.logs() if law == "lognormal" else self.values
        mean = math.fsum(sample) / len(sample)
        sd = math.sqrt(math.fsum((x - mean) ** 2 for x in sample) / (len(sample) - 1))
        return normal_significance(sample, mean, sd)

    @staticmethod
    def likeliest_shape(logs: Sequence[float]) -> float:
        """Return the shape of a Weibull law, by halving: its equation falls from one end to the other."""
        largest, mean = max(logs), math.fsum(logs) / len(logs)
        reach = largest - min(logs)
        low, high = reach / (len(logs) * (2.0 + len(logs))), reach
        for _ in range(80):
            spread = 0.5 * (low + high)
            weights = [math.exp((y - largest) / spread) for y in logs]
            pull = math.fsum(w * (y - mean) for w, y in zip(weights, logs, strict=True)) / math.fsum(weights)
            low, high = (spread, high) if pull > spread else (low, spread)
        return 2.0 / (low + high)

    def chosen(self, differ: bool) -> str:
        """Return the method that the procedure gives: batches first, then laws in order, then no law."""
        if differ:
            return "anova"
        positive = min(self.values) > 0.0
        for law in ("weibull", "normal", "lognormal") if positive else ("normal",):
            if len(self.values) >= 4 and self.fit(law) > 0.05:
                return law
        return "nonparametric" if self.largest_rank() else "hanson-koopmans"


def tolerance_factor(n: int, coverage: float, confidence: float) -> float:
    """Return the one-sided tolerance factor of a normal sample, by halving."""
    root = math.sqrt(n)
    shift, low, high = NormalDist().inv_cdf(coverage) * root, 0.0, 1.0
    while noncentral_t_cdf(high * root, n - 1, shift) < confidence:
        low, high = high, 2.0 * high
    for _ in range(34):
        k = 0.5 * (low + high)
        low, high = (k, high) if noncentral_t_cdf(k * root, n - 1, shift) < confidence else (low, k)
    return 0.5 * (low + high)


def check_credit(
    payload: Mapping[str, Any], values: Sequence[float], mean: float, sd: float, place: str
) -> None:
    """Require that credit follows the rule, and that the normal law is judged as the data are."""
    level = payload["observed_significance"]
    found = normal_significance(values, mean, sd) if len(values) >= 4 else None
    same = level is None if found is None else level is not None and abs(level - found) <= 1e-6
    need(same, place, f"states the significance {level}, the data give {found}")
    rejected = found is None or found <= 0.05
    need(payload["normal_rejected"] == rejected, place, "judges the normal law otherwise than its data")
    specimens, batches = payload["minimum_specimens"], payload["minimum_batches"]
    ruled = None not in (payload["rule"], specimens, batches)
    enough = ruled and payload["n"] >= specimens and (payload["batches"] or 0) >= batches
    by = payload.get("by")
    need(
        (enough and not (by and by["rejected"])) or not payload["creditable"],
        place,
        "is credited against its own rule",
    )


def order_excess(p: float, ratio: float, r21: float, r32: float) -> float:
    """Return p ln r21 - ln|ratio| - ln((r21^p - s)/(r32^p - s)), zero at the observed order (Celik 2008)."""
    s = 1.0 if ratio > 0.0 else -1.0
    a, b = p * math.log(r21), p * math.log(r32)

    def log_one_minus(x: float) -> float:
        return math.log(-math.expm1(-x)) if s > 0.0 else math.log1p(math.exp(-x))

    return b + log_one_minus(b) - log_one_minus(a) - math.log(abs(ratio))


def check_structure_tests(evidence: Evidence) -> int:
    """Hold every declaration against its test runs anew."""
    count = 0
    for record in evidence.of_kind("structure-test"):
        tables = evidence.inputs(record, "runs")
        need(len(tables) == 1, record.place, "names no table of test runs")
        lines = {(line["index"], line["row"]): line for line in evidence.table(tables[0])}
        declared = record.payload["declarations"]
        chords = [check for check in declared if check["kind"] in CHORDS]
        groups = list(dict.fromkeys(tuple(group) for check in chords for group in check["groups"]))
        signs: dict[str, dict[str, int]] = {}
        for check in declared:
            if check["kind"] in SIGNS:
                mine = signs.setdefault(check["quantity"], {})
                mine |= {name: SIGNS[check["kind"]] for group in check["groups"] for name in group}
        ranges = mirror_ranges(evidence, record, declared)
        for check in declared:
            gaps = partial(declaration_gaps, check, groups, signs.get(check["quantity"], {}), ranges, lines)
            indexes = sorted({index for index, _ in lines})
            runs, checks, violations, largest = test_declaration(
                [gaps(index) for index in indexes], record.payload["tolerance"]
            )
            place = f"{record.place}, {check['quantity']} {check['kind']}"
            stated = (check["runs"], check["checks"], check["violations"])
            found = (runs, checks, violations)
            need(stated == found, place, f"states runs, checks, violations {stated}, its runs give {found}")
            need(
                abs(check["worst"] - largest) <= 1e-9,
                place,
                "states another largest violation than its runs give",
            )
            need(record.payload["tolerance"] <= 1e-6, place, "allows more than 1e-6 of violation")
            count += 1
    return count


CHORDS = ("convex_in", "linear_in", "homogeneous_in")
"""Declarations that are tested along a chord."""


def mirror_ranges(
    evidence: Evidence, record: Record, declared: Sequence[Mapping[str, Any]]
) -> dict[str, Sequence[float]]:
    """Return the range of every factor in which some quantity is declared symmetric."""
    names = {n for check in declared if check["kind"] == "symmetric_in" for g in check["groups"] for n in g}
    studies = [r for r in evidence.of_kind("study") if r.subject == record.payload["study"]] if names else []
    need(len(studies) == bool(names), record.place, "mirrors factors of a study that is not attached")
    return {name: studies[0].payload["factors"][name]["range"] for name in sorted(names)}


def test_declaration(gaps: Sequence[Sequence[float | None]], tolerance: float) -> tuple[int, int, int, float]:
    """Return complete runs, checks, violations and the largest relative violation of one declaration."""
    runs = sum(None not in mine for mine in gaps)
    found = [gap for mine in gaps for gap in mine if gap is not None]
    return runs, len(found), sum(gap > tolerance for gap in found), max(found, default=0.0)


def declaration_gaps(
    check: Mapping[str, Any],
    groups: Sequence[tuple[str, ...]],
    signs: Mapping[str, int],
    ranges: Mapping[str, Sequence[float]],
    lines: Mapping[tuple[int, str], Mapping[str, Any]],
    index: int,
) -> list[float | None]:
    """Return by how much one test run misses each check of a declaration; None where a run is missing."""
    if check["kind"] in CHORDS:
        return [
            declaration_gap(check, index, groups.index(tuple(g)), tuple(g), lines) for g in check["groups"]
        ]
    if check["kind"] == "symmetric_in":
        return [mirror_gap(check["quantity"], index, group, ranges, lines) for group in check["groups"]]
    need(check["kind"] in SIGNS, "structure test", f"knows no test of {check['kind']}")
    names = [name for group in check["groups"] for name in group]
    keys = [(f"step#{name}", {name}) for name in names]
    if len(signs) > 1:
        keys.append((f"rise#{check['quantity']}", set(signs)))
    return [sign_gap(check["quantity"], index, key, moved, signs, lines) for key, moved in keys]


def compared(
    quantity: str, index: int, key: str, moved: set[str], lines: Mapping[tuple[int, str], Mapping[str, Any]]
) -> tuple[Mapping[str, float], Mapping[str, float], float, float] | None:
    """Return the factors and the values of a base and of a point that differs from it in some factors."""
    base, other = lines.get((index, "base")), lines.get((index, key))
    values = [line["quantities"].get(quantity) for line in (base, other) if line is not None]
    if base is None or other is None or None in values:
        return None
    a, b = base["factors"], other["factors"]
    need({n for n in a if a[n] != b[n]} <= moved, "structure test", f"{key} moves other factors than it says")
    return a, b, values[0], values[1]


def sign_gap(
    quantity: str,
    index: int,
    key: str,
    moved: set[str],
    signs: Mapping[str, int],
    lines: Mapping[tuple[int, str], Mapping[str, Any]],
) -> float | None:
    """Return by how much a quantity falls where it is declared to rise, relative to the larger value."""
    found = compared(quantity, index, key, moved, lines)
    if found is None:
        return None
    a, b, base, other = found
    up = all(sign * (b[name] - a[name]) >= 0.0 for name, sign in signs.items())
    down = all(sign * (b[name] - a[name]) <= 0.0 for name, sign in signs.items())
    need((up or down) and a != b, "structure test", f"{key} is no step in one direction")
    return (base - other if up else other - base) / (max(abs(base), abs(other)) or 1.0)


def mirror_gap(
    quantity: str,
    index: int,
    group: Sequence[str],
    ranges: Mapping[str, Sequence[float]],
    lines: Mapping[tuple[int, str], Mapping[str, Any]],
) -> float | None:
    """Return by how much a quantity differs at the mirrored point, relative to the larger value."""
    found = compared(quantity, index, f"mirror#{','.join(group)}", set(group), lines)
    if found is None:
        return None
    a, b, base, other = found
    for name in group:
        low, high = ranges[name]
        need(
            close(a[name] + b[name], low + high, high - low), "structure test", "a test point is not mirrored"
        )
    return abs(base - other) / (max(abs(base), abs(other)) or 1.0)


def declaration_gap(
    check: Mapping[str, Any],
    index: int,
    number: int,
    names: tuple[str, ...],
    lines: Mapping[tuple[int, str], Mapping[str, Any]],
) -> float | None:
    """Return by how much one test run misses a declaration, relative to the largest value in it."""
    homogeneous = check["kind"] == "homogeneous_in"
    keys = ["base", f"scaled#{number}"] if homogeneous else ["base", f"end#{number}", f"between#{number}"]
    rows = [lines.get((index, key)) for key in keys]
    values = [row["quantities"].get(check["quantity"]) for row in rows if row is not None]
    if len(values) < len(keys) or None in values:
        return None
    points = [[row["factors"][name] for name in names] for row in rows if row is not None]
    scale = max(map(abs, values)) or 1.0
    if homogeneous:
        weight = weight_of(points[1], points[0], [0.0] * len(names))
        return float(abs(values[1] - weight * values[0]) / scale)
    weight = weight_of(points[2], points[0], points[1])
    gap = (values[2] - (weight * values[0] + (1.0 - weight) * values[1])) / scale
    return float(abs(gap) if check["kind"] == "linear_in" else gap)


def weight_of(between: Sequence[float], base: Sequence[float], end: Sequence[float]) -> float:
    """Return w with between = w base + (1 - w) end, the same for every factor."""
    spans = [abs(b - e) for b, e in zip(base, end, strict=True)]
    longest = max(range(len(spans)), key=spans.__getitem__)
    weight = (between[longest] - end[longest]) / (base[longest] - end[longest])
    for m, b, e in zip(between, base, end, strict=True):
        need(
            close(m, weight * b + (1.0 - weight) * e, max(spans)),
            "structure test",
            "a test point is not on its chord",
        )
    return weight


def check_grids(evidence: Evidence) -> int:
    """Recompute every refinement series, its charged error, and the largest of them."""
    count = 0
    for record in evidence.of_kind("solution-verification"):
        payload = record.payload
        tables = [
            table for table in evidence.inputs(record, "runs") if table.payload["purpose"] == "verification"
        ]
        need(len(tables) == 1, record.place, "names no table of refinement runs")
        need(payload["factor"] >= 1.0, record.place, "lowers the error that it found")
        for number, point in enumerate(payload["points"]):
            check_series(evidence.table(tables[0]), payload, number, f"{record.place}, {point['label']}")
        for quantity in payload["quantities"]:
            place = f"{record.place}, {quantity['quantity']}"
            need(len(quantity["points"]) == len(payload["points"]), place, "leaves out a point")
            relative = []
            for point, result in zip(payload["points"], quantity["points"], strict=True):
                need(result["point"] == point["label"], place, "mixes up its points")
                check_point(result, point["sizes"], quantity["formal_order"], payload["round_off"], place)
                relative.append(result["relative"])
                count += 1
            largest = None if None in relative else max(relative, default=None)
            need(quantity["largest_relative"] == largest, place, "its largest error is another")
            charge = None if largest is None else payload["factor"] * largest
            same = quantity["charge"] == charge or (
                charge is not None and close(quantity["charge"] or 0.0, charge)
            )
            need(same, place, f"charges {quantity['charge']}, its series give {charge}")
    return count


def check_series(
    table: Sequence[Mapping[str, Any]], payload: Mapping[str, Any], number: int, place: str
) -> None:
    """Find the values of a point in the run table, each quantity at the row where it is largest."""
    count = min((len(values) for values in payload["knobs"].values()), default=1)
    levels = [
        {line["row"]: line for line in table if line["index"] == number * count + step}
        for step in range(count)
    ]
    need(all(levels), place, "has no run on one of its levels")
    for item in payload["quantities"]:
        name = item["quantity"]
        finest = {
            row: line["quantities"].get(name) for row, line in levels[-1].items() if line["state"] == "ok"
        }
        governing = max(finest, key=lambda row: abs(finest[row]), default="")
        found = [level[governing]["quantities"].get(name) if governing in level else None for level in levels]
        stated = item["points"][number]["values"]
        need(stated == found[-3:], place, f"its values of {name} are {stated}, its runs gave {found[-3:]}")
    check_sizes(payload, number, [next(iter(level.values())) for level in levels][-3:], place)


def check_sizes(
    payload: Mapping[str, Any], number: int, lines: Sequence[Mapping[str, Any]], place: str
) -> None:
    """Compare the mesh sizes with the counts that the runs report, or with the declared knobs."""
    point = payload["points"][number]
    sizes, source = point["sizes"], point["size_source"]
    if source == "knob":
        wanted = [
            [value if values[-1] <= values[0] else 1.0 / value for value in values[-3:]]
            for values in payload["knobs"].values()
        ]
    else:
        counts = [line["checks"].get(source) for line in lines]
        need(point["counts"] == counts, place, f"its numbers of {source} are not those of its runs")
        wanted = [[count ** (-1.0 / payload["dimension"]) for count in counts]]
    known = any(len(w) == len(sizes) and all(map(close, w, sizes)) for w in wanted)
    need(known, place, "its mesh sizes are not those of its levels")


def check_point(
    result: Mapping[str, Any], sizes: Sequence[float], formal_order: float, round_off: float, place: str
) -> None:
    """Recompute the error of one quantity at one point from its values on the levels."""
    word, values = result["classification"], result["values"][::-1]
    if word in ("failed", "one-level"):
        need(
            result["absolute"] is None and result["relative"] is None,
            place,
            "charges what it could not assess",
        )
        return
    need(None not in values and len(values) in (2, 3), place, "classifies levels that it has not")
    noise = round_off * max(map(abs, values))
    spread = max(values) - min(values)
    if word == "monotone":
        absolute = monotone_error(values, sizes[::-1], result["order"], formal_order, noise, place)
    elif word == "exact":
        need(spread <= noise, place, "takes levels for equal that are not")
        absolute = 3.0 * noise
    elif word == "two-levels":
        absolute = 3.0 * max(spread, noise)
    else:
        need(spread > noise, place, "takes noise for a series")
        absolute = 3.0 * spread
    need(
        close(result["absolute"], absolute),
        place,
        f"charges {result['absolute']}, its levels give {absolute}",
    )
    finest = abs(values[0])
    relative = absolute / finest if finest else 0.0 if absolute == 0.0 else None
    same = result["relative"] == relative or None not in (relative, result["relative"])
    need(
        same and (relative is None or close(result["relative"], relative)),
        place,
        "states another relative error",
    )


def monotone_error(
    values: Sequence[float], sizes: Sequence[float], order: Any, formal_order: float, noise: float, place: str
) -> float:
    """Return 1.25 |phi1 - phi2| / (r21^p - 1), once p is found to be the observed order."""
    need(
        len(values) == 3 and len(sizes) == 3 and isinstance(order, float | int),
        place,
        "is no series of three levels",
    )
    near, far = values[1] - values[0], values[2] - values[1]
    need(min(abs(near), abs(far)) > noise and (near > 0.0) == (far > 0.0), place, "is not monotone")
    need(0.5 <= order <= formal_order * (1.0 + 1e-6), place, f"its order {order} is out of range")
    r21, r32 = sizes[1] / sizes[0], sizes[2] / sizes[1]
    need(r21 > 1.0 and r32 > 1.0, place, "its levels do not refine")
    below = order_excess(order * (1.0 - STEP), far / near, r21, r32)
    above = order_excess(order * (1.0 + STEP), far / near, r21, r32)
    need(below <= 0.0 <= above, place, f"{order} is not the observed order of its levels")
    return 1.25 * abs(near) / math.expm1(order * math.log(r21))


def check_charge(evidence: Evidence, record: Record, charge: Mapping[str, Any]) -> None:
    """Require the charged errors of the solution verification and of the model form."""
    quantity, place = record.payload["quantity"], record.place
    told = {
        item["quantity"]: item["charge"]
        for verification in evidence.inputs(record, "solution-verification")
        for item in verification.payload["quantities"]
    }
    studies = evidence.inputs(record, "study")
    said = studies[0].payload.get("quantities", {}).get(quantity, {}) if studies else {}
    formula, derived = said.get("formula"), charge.get("derived")
    need((formula is None) == (derived is None), place, "is charged as if its quantity were made otherwise")
    if derived is not None and formula is not None:
        same = (derived["formula"], derived["steps"]) == (formula["text"], formula["steps"])
        need(same, place, "is charged by another formula than its study's")
        bases = {x: told.get(x) for word, x in formula["steps"] if word == "quantity"}
        same = derived["bases"] == bases and None not in bases.values()
        need(same, place, f"charges {derived['bases']}, its solution verification {bases}")
    found = [told[quantity]] if quantity in told else [sum((derived or {"bases": {}})["bases"].values())]
    same = found == [charge["numerical_relative"]]
    need(same, place, f"charges {charge['numerical_relative']}, its solution verification {found}")
    need(charge["model_factor"] >= 1.0, place, "lowers demand by its model-form allowance")
    for study in evidence.inputs(record, "study"):
        form = study.payload.get("model_form", {})
        stated = (charge["model_basis"], charge["model_factor"])
        declared = (form.get("basis"), form.get("factor") if form.get("basis") == "allowance" else 1.0)
        need(stated == declared, place, f"charges the model form {stated}, the study declares {declared}")


def check_requirement_rows(evidence: Evidence) -> int:
    """Require for every requirement the worst verdict of its criteria, document, or children."""
    root = evidence.records[evidence.manifest["dossier"]]
    rows = {row["requirement"]: row for row in root.payload["rows"]}
    requirements = {record.payload["id"]: record.payload for record in evidence.of_kind("requirement")}
    need(len(rows) == len(root.payload["rows"]), root.place, "has a requirement twice")
    need(rows.keys() == requirements.keys(), root.place, "has other rows than requirements")
    for name, row in rows.items():
        place = f"{root.place}, requirement {name}"
        verdicts = row_verdicts(evidence, root.payload["configuration"], row, requirements[name], place)
        if not verdicts:
            verdicts = [rows[child]["verdict"] for child, r in requirements.items() if r["parent"] == name]
        need(
            row["verdict"] == worst(verdicts),
            place,
            f"says {row['verdict']}, what is below it {worst(verdicts)}",
        )
    for count in root.payload["counts"]:
        found = sum(row["verdict"] == count["verdict"] for row in rows.values())
        need(count["rows"] == found, root.place, f"counts {count['rows']} {count['verdict']}, has {found}")
    return len(rows)


def check_sets(evidence: Evidence) -> None:
    """Recompute what the rows say together: all of them, the shown ones as a list, at least one violated."""
    root = evidence.records[evidence.manifest["dossier"]]
    said, place = root.payload, root.place
    showings = [
        record.payload
        for record in evidence.of_kind("showing")
        if record.payload["configuration"] == said["configuration"]
    ]
    tested = [Together(payload) for payload in showings]
    check_list(said["listwise"], [claim for claim in tested if claim.attaining], place)
    every = all(row["verdict"] in ("SHOWN", "SHOWN GIVEN") for row in said["rows"]) and said["rows"]
    lowest = [1.0 - claim.error for claim in tested if claim.attaining]
    wanted = min(lowest) if every and lowest else None
    same = said["whole"] == wanted or (
        None not in (said["whole"], wanted) and close(said["whole"], wanted or 0)
    )
    need(same, place, f"says that the whole is at {said['whole']}, its rows give {wanted}")
    check_violated(said["violated"], tested, place)


class Together:
    """One claim of several: what it attained, raised where it was tested at a part of its level."""

    def __init__(self, payload: Mapping[str, Any]) -> None:
        self.payload = payload
        self.shown = payload["verdict"] in ("SHOWN", "SHOWN GIVEN")
        self.attaining = [part for part in payload["parts"] if part["attained"] is not None]
        self.refuting = [part for part in payload["parts"] if part["refuting_error"] is not None]
        holds = payload["holds"]
        content = holds if holds["kind"] == "fraction" else holds.get("others")
        self.error = one_minus(content["confidence"]) if isinstance(content, Mapping) else 1.0

    def share(self, part: Mapping[str, Any]) -> float:
        """Return the level of a part over that of its claim."""
        return min(1.0, (part["error"] or self.error) / self.error)

    def constants(self, part: Mapping[str, Any], error: str, needed: str) -> float:
        """Return what the bounds of the constants of its bets took, raised in proportion."""
        if part["wealth"] is None:
            return 0.0
        spent: float = part[error] - 1.0 / part["wealth"][needed]
        return max(0.0, spent) / self.share(part)

    @property
    def level(self) -> float:
        """Return the attained level of showing it."""
        levels: list[float] = [part["attained"] / self.share(part) for part in self.attaining]
        return min(1.0, max(levels))

    @property
    def level_against(self) -> float:
        """Return the attained level of refuting it."""
        levels = []
        for part in self.refuting:
            if part["wealth"] is None:
                own = binomial_at_least(part["beyond"], part["draws"], part["allowed"])
            else:
                own = reciprocal(part["wealth"]["refuted"])
            spent = self.constants(part, "refuting_error", "needed_to_refute")
            levels.append(min(1.0, own / self.share(part) + spent))
        return min(1.0, len(levels) * min(levels))


def reciprocal(value: float) -> float:
    """Return the level that a wealth attains."""
    return min(1.0, 1.0 / value) if value > 0.0 else 1.0


def check_list(said: Mapping[str, Any] | None, tested: Sequence[Together], place: str) -> None:
    """Require the confidence of the shown rows as a list: by e-values where all are bets, else by Holm."""
    shown = [claim for claim in tested if claim.shown]
    need((said is None) == (not shown), place, "does not say how sure its shown rows are as a list")
    if said is None:
        return
    if all(part["wealth"] is not None for claim in tested for part in claim.attaining):
        values = [
            min(part["wealth"]["stopped_shown"] * claim.share(part) for part in claim.attaining)
            for claim in tested
        ]
        least = min(smallest_mean(values, n) for n, claim in enumerate(tested) if claim.shown)
        spent = math.fsum(
            max(claim.constants(part, "error", "needed") for part in claim.attaining) for claim in tested
        )
        method, wanted = "e-holm", max(0.0, 1.0 - reciprocal(least) - spent)
    else:
        order = sorted(tested, key=lambda claim: claim.level)
        running, adjusted = 0.0, []
        for rank, claim in enumerate(order):
            running = max(running, min(1.0, (len(order) - rank) * claim.level))
            adjusted += [running] if claim.shown else []
        method, wanted = "holm", 1.0 - max(adjusted)
    told = (said["rows"], said["method"])
    need(told == (len(shown), method), place, f"says of its list {told}, not {(len(shown), method)}")
    same = close(said["confidence"], wanted)
    need(same, place, f"says that its list is at {said['confidence']}, its rows give {wanted}")


def smallest_mean(values: Sequence[float], own: int) -> float:
    """Return the smallest mean over all sets of values that contain one of them."""
    others = sorted(value for n, value in enumerate(values) if n != own)
    total, least = values[own], values[own]
    for count, value in enumerate(others, 2):
        total += value
        least = min(least, total / count)
    return least


def check_violated(said: Mapping[str, Any] | None, tested: Sequence[Together], place: str) -> None:
    """Require what is said of at least one violated claim, and no more than its runs and draws give."""
    proved = [
        claim
        for claim in tested
        if claim.payload["verdict"] == "REFUTED" and claim.payload["reason"] != "refuted-by-draws"
    ]
    if proved:
        wanted: dict[str, Any] = {"claims": len(tested), "confidence": None, "method": "run"}
        need(said == wanted, place, "does not say that a run proves a claim wrong")
        return
    against = [claim for claim in tested if claim.refuting]
    confidence, method, asked = violated_by_draws(against)
    if confidence < asked:
        need(said is None, place, f"is sure of a violated claim, its draws are at {confidence}")
        return
    need(said is not None, place, f"does not say that a claim is violated, at {confidence}")
    if said is not None:
        told = (said["claims"], said["method"])
        need(told == (len(against), method), place, f"says {told} of a violated claim")
        same = close(said["confidence"], confidence)
        need(
            same, place, f"says that a claim is violated at {said['confidence']}, its draws give {confidence}"
        )


def violated_by_draws(against: Sequence[Together]) -> tuple[float, str, float]:
    """Return confidence and method of a violated claim, and how sure one claim by itself has to be."""
    parts = [part for claim in against for part in claim.refuting]
    asked = max((1.0 - part["error"] for part in parts), default=1.0)
    if not parts:
        return 0.0, "", asked
    if any(part["wealth"] is None for part in parts):
        return (
            1.0 - min(1.0, len(against) * min(claim.level_against for claim in against)),
            "bonferroni",
            asked,
        )
    means = [
        math.fsum(part["wealth"]["stopped_refuted"] * claim.share(part) for part in claim.refuting)
        / len(claim.refuting)
        for claim in against
    ]
    spent = math.fsum(
        claim.constants(part, "refuting_error", "needed_to_refute")
        for claim in against
        for part in claim.refuting
    )
    return 1.0 - min(1.0, reciprocal(math.fsum(means) / len(means)) + spent), "average", asked


def row_verdicts(
    evidence: Evidence, configuration: str, row: Mapping[str, Any], requirement: Mapping[str, Any], place: str
) -> list[str]:
    """Return the verdicts of what answers a row directly: its criteria and its document."""
    name = requirement["id"]
    showings = {
        record.payload["criterion"]: record.payload
        for record in evidence.of_kind("showing")
        if (record.payload["requirement"], record.payload["configuration"]) == (name, configuration)
    }
    need(set(row["criteria"]) == showings.keys(), place, "lists other criteria than have a showing")
    margins = [payload["margin"]["value"] for payload in showings.values() if payload["margin"]]
    stated = row["margin"]["value"] if row["margin"] else None
    need(
        not showings or stated == min(margins, default=None), place, "its margin is not the smallest below it"
    )
    verdicts = [payload["verdict"] for payload in showings.values()]
    for record in evidence.of_kind("criterion"):
        applies = not record.payload["configurations"] or configuration in record.payload["configurations"]
        if record.payload["requirement"] == name and applies and record.payload["id"] not in showings:
            verdicts.append("NOT SHOWN")
    if requirement["document"] is not None:
        verdicts.append(document_verdict(evidence, name))
    return verdicts


def document_verdict(evidence: Evidence, requirement: str) -> str:
    """Return SHOWN where a person approved the digest of the document on file."""
    digests = [
        r.payload["digest"] for r in evidence.of_kind("document") if r.payload["requirement"] == requirement
    ]
    approved = {approval.payload["of"] for approval in evidence.of_kind("approval")}
    return "SHOWN" if digests and set(digests) <= approved else "NOT SHOWN"


# ---------------------------------------------------------------------------------------------------------
# Later revisions: signature fields and nothing else.

METADATA_MAY_CHANGE = {
    *(
        "ModifyDate",
        "MetadataDate",
        "Producer",
        "InstanceID",
        "CreatorTool",
        "about",
        "lang",
        "xmptk",
        "parseType",
    ),
}
DIGESTS = ("sha256", "sha384", "sha512")


def facts_of_xmp(content: bytes, place: str) -> set[tuple[str, str]]:
    """Return tag and text of all that XMP metadata say, but for dates, programs and the way to write it."""
    need(b"<!" not in content, place, "its metadata declare entities")
    try:
        root = ET.fromstring(content.decode("utf-8-sig"))  # noqa: S314 - declares no entity
    except ET.ParseError as error:
        fail(place, f"its metadata are no XML: {error}")
    found = set()
    for node in root.iter():
        pairs = [(node.tag, node.text or ""), *node.attrib.items()]
        found |= {(tag.rpartition("}")[2], text.strip()) for tag, text in pairs if text.strip()}
    same = {"resource": "namespaceURI"}
    return {(same.get(tag, tag), text) for tag, text in found if tag not in METADATA_MAY_CHANGE}


def unchanged(old: Mapping[str, Any], new: Mapping[str, Any], free: set[str]) -> bool:
    """Say whether two dictionaries differ in the `free` keys only."""
    return all(old.get(key) == new.get(key) for key in (old.keys() | new.keys()) - free)


class Update:
    """One revision behind the first, held against the ones before it."""

    def __init__(self, pdf: Pdf, index: int) -> None:
        self.pdf = pdf
        self.index = index
        self.place = f"revision {index + 1}"
        self.revision = pdf.revisions[index]
        self.old: dict[int, Stored] = {}
        for layer in pdf.layers[:index]:
            self.old |= layer
        self.new = pdf.layers[index]
        self.all = self.old | self.new
        self.added: set[int] = set()
        """Numbers of objects that lawful changes lead to."""

    def value(self, reference: Any) -> Any:
        """Return what `reference` refers to after this revision."""
        stored = self.all.get(reference.number) if isinstance(reference, Ref) else None
        return reference if not isinstance(reference, Ref) else stored.value if stored else None

    def check(self) -> list[str]:
        """Fail unless the revision only signs; return what it signs."""
        first, trailer = self.pdf.first.trailer, self.revision.trailer
        need(trailer.get("Root") == first.get("Root"), self.place, "names another root")
        root = first["Root"].number
        catalog = self.all[root].value
        self.reach([catalog.get(key) for key in SIGNATURE_KEYS])
        for number, stored in self.new.items():
            before = self.old.get(number)
            if before is not None:
                self.check_change(number, before.value, stored.value, root)
        stray = self.new.keys() - self.old.keys() - self.added
        need(not stray, self.place, f"adds object {min(stray, default=0)}, which belongs to no signature")
        return self.signatures(catalog)

    def reach(self, values: Iterable[Any]) -> None:
        """Note every object behind the first revision that `values` lead to."""
        waiting = list(values)
        while waiting:
            value = waiting.pop()
            if isinstance(value, Ref):
                if value.number not in self.pdf.layers[0] and value.number not in self.added:
                    self.added.add(value.number)
                    waiting.append(self.value(value))
            elif isinstance(value, dict):
                waiting.extend(value.values())
            elif isinstance(value, list):
                waiting.extend(value)
            elif isinstance(value, Stream):
                waiting.append(value.attributes)

    def check_change(self, number: int, old: Any, new: Any, root: int) -> None:
        """Allow a changed object only where a signature needs it."""
        place = f"{self.place}, object {number}"
        if isinstance(old, Stream) and isinstance(new, Stream) and old.attributes.get("Type") == "Metadata":
            need(new.attributes.get("Type") == "Metadata", place, "replaces the metadata")
            contents = [self.pdf.unfold(stream, place) for stream in (old, new)]
            same = facts_of_xmp(contents[0], place) == facts_of_xmp(contents[1], place)
            need(same, place, "changes what the metadata say")
        elif isinstance(old, list) and isinstance(new, list):
            self.check_annotations(old, new, place)
        elif not isinstance(old, dict) or not isinstance(new, dict):
            fail(place, "is replaced")
        elif number == root:
            need(unchanged(old, new, SIGNATURE_KEYS), place, "changes the catalog")
        elif old.get("Type") == "Page":
            need(unchanged(old, new, {"Annots"}), place, "changes a page")
            if isinstance(new.get("Annots"), list):
                self.check_annotations(self.value(old.get("Annots")) or [], new["Annots"], place)
        elif self.revision.trailer.get("Info") == Ref(number, 0):
            need(
                unchanged(old, new, {"ModDate", "Producer", "Title"}),
                place,
                "changes the document information",
            )
            need(text_string(old.get("Title")) == text_string(new.get("Title")), place, "changes the title")
        else:
            mine = number in self.added and number not in self.pdf.layers[0]
            need(mine and "ByteRange" not in old, place, "is changed, and is no signature field")

    def check_annotations(self, old: list[Any], new: list[Any], place: str) -> None:
        """Only invisible signature fields may join a page's annotations."""
        need(new[: len(old)] == old, place, "changes the annotations of a page")
        for reference in new[len(old) :]:
            field_dictionary = self.value(reference)
            sign_field = isinstance(field_dictionary, dict) and field_dictionary.get("FT") == "Sig"
            need(
                sign_field and is_invisible(field_dictionary), place, "adds an annotation that may cover text"
            )
            self.reach([reference])

    def signatures(self, catalog: Mapping[str, Any]) -> list[str]:
        """Check the bytes that each new signature covers; return their names."""
        form = self.value(catalog.get("AcroForm"))
        fields = self.value(form.get("Fields")) if isinstance(form, dict) else None
        need(isinstance(fields, list), self.place, "adds no signature")
        names = []
        for reference in fields or []:
            entry = self.value(reference)
            need(isinstance(entry, dict) and entry.get("FT") == "Sig", self.place, "adds a form field")
            need("Kids" not in entry and is_invisible(entry), self.place, "adds a field that may cover text")
            signed = entry.get("V")
            if isinstance(signed, Ref) and signed.number in self.new:
                self.check_signature(self.value(signed))
                names.append(text_string(entry.get("T", b"?")))
        return names

    def check_signature(self, signature: Any) -> None:
        """Require that it covers its whole revision but its own value, and holds the digest of that."""
        need(isinstance(signature, dict), self.place, "has a damaged signature")
        ranges, value = signature.get("ByteRange"), signature.get("Contents")
        good = (
            isinstance(ranges, list)
            and len(ranges) == 4
            and all(isinstance(n, int) and n >= 0 for n in ranges)
        )
        need(good and isinstance(value, bytes), self.place, "has a damaged signature")
        _, first, second, rest = ranges
        data, end = self.pdf.data, self.revision.end
        ends = second + rest in (end, end + 1) and data[end : second + rest] in (b"", b"\n")
        hole = data[first:second]
        exact = re.fullmatch(rb"<[0-9A-Fa-f]*>", hole) and bytes.fromhex(hole[1:-1].decode()) == value
        need(
            ranges[0] == 0 and ends and exact, self.place, "has a signature that does not cover the revision"
        )
        covered = data[:first] + data[second : second + rest]
        held = any(hashlib.new(name, covered).digest() in value for name in DIGESTS)
        need(held, self.place, "was changed after it was signed")


def is_invisible(entry: Mapping[str, Any]) -> bool:
    """Say whether a field has no area on its page."""
    box = entry.get("Rect", [0, 0, 0, 0])
    return isinstance(box, list) and len(box) == 4 and (box[0] == box[2] or box[1] == box[3])


def check_revisions(pdf: Pdf) -> list[str]:
    """Check every revision behind the first; return the names of the signature fields filled."""
    return [name for index in range(1, len(pdf.revisions)) for name in Update(pdf, index).check()]


# ---------------------------------------------------------------------------------------------------------
# The report.


class Outcome(NamedTuple):
    """The result of one check."""

    check: str
    passed: bool
    found: str
    """What was found, or where and how the check failed."""


@dataclass
class Report:
    """What was checked, with what result."""

    outcomes: list[Outcome] = field(default_factory=list)
    seal: str | None = None
    dossier: str | None = None
    signatures: list[str] = field(default_factory=list)

    @property
    def failures(self) -> list[str]:
        """Sentences of the checks that failed."""
        return [outcome.found for outcome in self.outcomes if not outcome.passed]

    def document(self, file: str) -> dict[str, Any]:
        """Return the report as JSON."""
        return {
            "schema": "assay.verification/1",
            "file": file,
            "verifier": VERSION,
            "verified": not self.failures,
            "seal": self.seal,
            "dossier": self.dossier,
            "checks": [outcome._asdict() for outcome in self.outcomes],
            "signatures": [{"field": name, "cryptography": "not checked"} for name in self.signatures],
            "not_checked": UNCHECKED,
        }


def failed_report(check: str, sentence: str) -> Report:
    """Return the report of a file that failed before its checks began."""
    return Report([Outcome(check, passed=False, found=sentence)])


def unreadable(error: Exception) -> str:
    """Return the sentence for a file that broke the reading of it."""
    return f"cannot be read: {type(error).__name__}: {error}"[:200]


class Verification:
    """All checks on one file, in the order of their cost."""

    def __init__(self, data: bytes) -> None:
        self.report = Report()
        self.pdf = Pdf(data)
        self.evidence = Evidence({})

    def steps(self) -> list[tuple[str, Callable[[], str]]]:
        """Return name and function of every check; each says what it found."""
        return [
            ("seal", self.seal),
            ("file layout", lambda: f"{self.pdf.check_layout()} objects, every byte belongs to one"),
            ("signatures", self.signatures),
            ("nothing active", lambda: f"{check_passive(self.pdf)} pages"),
            ("attachments", self.attachments),
            ("page text", self.text),
            ("records", self.records),
            ("run tables", lambda: f"{check_tables(self.evidence)} rows recounted"),
            ("facts and claims", self.spans),
            ("basis values", lambda: f"{check_basis_values(self.evidence)} recomputed from their data"),
            ("grid convergence", lambda: convergence(self.evidence)),
            ("declarations", lambda: f"{check_structure_tests(self.evidence)} tests recomputed"),
            ("attempts", lambda: f"{check_attempts(self.evidence)} on file, no gap in their numbers"),
            ("verdicts", self.verdicts),
        ]

    def run(self, *, everything: bool) -> Report:
        """Carry out the checks; stop at the first failure unless `everything` is asked for."""
        for name, step in self.steps():
            try:
                outcome = Outcome(name, passed=True, found=step())
            except Failed as failure:
                outcome = Outcome(name, passed=False, found=str(failure))
            except Exception as error:  # noqa: BLE001 - a hostile file may break anything
                outcome = Outcome(name, passed=False, found=unreadable(error))
            self.report.outcomes.append(outcome)
            if not outcome.passed and (not everything or name == "file layout"):
                break
        return self.report

    def seal(self) -> str:
        """Check the seal."""
        self.report.seal = check_seal(self.pdf)
        return "covers every byte of the first revision"

    def signatures(self) -> str:
        """Check that later revisions only sign."""
        self.report.signatures = check_revisions(self.pdf)
        names = self.report.signatures
        return (
            f"{len(names)} ({', '.join(names)}), cryptography not checked"
            if names
            else "none; nothing appended"
        )

    def attachments(self) -> str:
        """Read the attachments and compare them with the manifest."""
        self.evidence = Evidence(read_attachments(self.pdf))
        return f"{check_manifest(self.evidence)} files match the manifest"

    def text(self) -> str:
        """Compare the text of the pages with the document."""
        extracted = extract(self.pdf)
        count = check_text(self.evidence.model, extracted)
        pages = check_margins(self.evidence.model, extracted.pages)
        return f"{count} elements on {pages} pages say what the document says"

    def records(self) -> str:
        """Re-hash the records."""
        count = check_records(self.evidence)
        self.report.dossier = self.evidence.manifest["dossier"]
        return f"{count} re-hashed, every input present"

    def spans(self) -> str:
        """Check the document against the evidence."""
        counts = check_spans(self.evidence)
        return ", ".join(f"{number} {kind}" for kind, number in sorted(counts.items()))

    def verdicts(self) -> str:
        """Recompute the showings, then the rows over them."""
        counts = check_showings(self.evidence)
        rows = check_requirement_rows(self.evidence)
        check_sets(self.evidence)
        shown = ", ".join(f"{number} {verdict}" for verdict, number in counts.items())
        return f"{shown or 'no showing'}; {rows} requirement rows"


def is_dossier(data: bytes) -> bool:
    """Say whether a file looks like a dossier, be it a damaged one: it has two of the three marks."""
    marks = (data.startswith(b"%PDF-"), b"%assay-seal sha256:" in data, b"(manifest.json)" in data)
    return sum(marks) >= 2


def verify(data: bytes, *, everything: bool = False) -> Report:
    """Verify the bytes of a dossier.

    Raises
    ------
    NotADossier
        If the bytes are no PDF, or one without a dossier's seal and attachments.
    """
    if not is_dossier(data):
        raise NotADossier("it has neither the seal nor the attachments of one")
    try:
        verification = Verification(data)
    except Failed as failure:
        return failed_report("file layout", str(failure))
    except Exception as error:  # noqa: BLE001 - as in Verification.run
        return failed_report("file layout", unreadable(error))
    return verification.run(everything=everything)


def wrapped(text: str, indent: int) -> str:
    """Return a text in lines of the report's width, all but the first indented."""
    return textwrap.fill(
        text, WIDTH, subsequent_indent=" " * indent, initial_indent="", break_on_hyphens=False
    )


def printed_report(report: Report, file: str) -> str:
    """Return the report for a reader."""
    lines = [wrapped(f"Assay dossier {file}", 2)]
    lines += [f"Seal {report.seal}"] if report.seal else []
    lines.append("")
    for name, passed, found in report.outcomes:
        lines.append(wrapped(f"  {'ok    ' if passed else 'FAILED'}  {name:<17}{found}", 27))
    lines.append("")
    if report.failures:
        lines.append("NOT VERIFIED: do not rely on this file.")
    else:
        lines.append("VERIFIED: the document says what its evidence says.")
    lines.append(wrapped(UNCHECKED, 0))
    return "\n".join(lines)


def limit_resources(seconds: int) -> None:
    """Stop a hostile file after `seconds` and before it takes the machine's memory, where the system can."""

    def stop(*_: object) -> NoReturn:
        raise OutOfTime(f"not finished after {seconds} seconds")

    if hasattr(signal, "SIGALRM"):
        signal.signal(signal.SIGALRM, stop)
        signal.alarm(seconds)
    try:
        import resource
    except ImportError:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = MAX_MEMORY if hard == resource.RLIM_INFINITY else min(MAX_MEMORY, hard)
    resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))


def read_file(path: str) -> bytes:
    """Read the file, within its limit."""
    try:
        with Path(path).open("rb") as stream:
            data = stream.read(MAX_FILE + 1)
    except OSError as error:
        raise NotADossier(f"it cannot be read: {error.strerror}") from error
    if len(data) > MAX_FILE:
        raise NotADossier("it is larger than any dossier")
    return data


def main(arguments: Sequence[str] | None = None) -> int:
    """Verify one file from the command line; return the exit status."""
    parser = argparse.ArgumentParser(prog="verify.py", description="Verify an Assay dossier.")
    parser.add_argument("dossier", help="the PDF")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument("--all", action="store_true", help="go on after a failure")
    parser.add_argument("--time-limit", type=int, default=600, metavar="SECONDS")
    options = parser.parse_args(arguments)
    status = 0
    try:
        limit_resources(max(1, options.time_limit))
        report = verify(read_file(options.dossier), everything=options.all)
    except NotADossier as error:
        report, status = failed_report("dossier", f"not an Assay dossier: {error}"), 2
    except OutOfTime as error:
        report = failed_report("time", str(error))
    except MemoryError:
        report = failed_report("memory", "the file needs more memory than a dossier may")
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    if options.json:
        print(json.dumps(report.document(options.dossier), indent=1, ensure_ascii=True))
    else:
        print(printed_report(report, options.dossier))
    return status or (1 if report.failures else 0)


if __name__ == "__main__":
    sys.exit(main())
