"""Forge dossiers: take a sealed PDF apart, change one thing, put it together so that it looks whole.

`mutations(pdf, kind, count, seed)` yields (description, forged bytes). Kinds, from clumsy to careful:

byte  one random byte anywhere
F1    a digit of the page text
F2    the same, sealed again
F3    a value in a record or a row of a run table, with a new id of its own and a true manifest, sealed again
F4    an attachment of another dossier (with or without a true manifest), sealed again

F5, everything above a changed run recomputed, needs the pipeline: `rebuild` puts its files into a PDF.
`all_caught` holds a verifier that it is given against many of them; nothing here knows how one works.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType

from assay.dossier.seal import seal
from assay.evidence.records import canonical, digest

Forgery = tuple[str, bytes]


@dataclass
class Parts:
    """A PDF as typst writes it, in parts that can be changed."""

    header: bytes
    objects: dict[int, bytes]
    """Number to everything from ``N 0 obj`` to ``endobj``, in the order of the file."""
    trailer: bytes
    """Dictionary of the trailer."""
    end: bytes

    def join(self, *, sealed: bool) -> bytes:
        """Put the file together with a right cross-reference table, and with a right or the old seal."""
        out, offsets = bytearray(self.header), {}
        for number, data in self.objects.items():
            offsets[number] = len(out)
            out += data + b"\n"
        table = len(out)
        count = max(self.objects) + 1
        out += b"xref\n0 %d\n0000000000 65535 f\r\n" % count
        for number in range(1, count):
            out += b"%010d 00000 n\r\n" % offsets[number]
        out += b"trailer\n" + self.trailer + b"\n"
        ending = b"startxref\n%d\n%%%%EOF" % table
        return seal(bytes(out + ending)) if sealed else bytes(out + self.end + ending + b"\n")


def take_apart(pdf: bytes) -> Parts:
    """Split a sealed PDF of one revision into header, objects, trailer."""
    start = int(re.search(rb"startxref\n(\d+)\n%%EOF\n?$", pdf)[1])
    table, _, rest = pdf[start:].partition(b"trailer\n")
    entries = re.findall(rb"(\d{10}) 00000 n", table)
    offsets = sorted((int(entry), number) for number, entry in enumerate(entries, 1))
    ends = [offset for offset, _ in offsets[1:]] + [start]
    objects = {
        number: pdf[offset:end].rstrip(b"\n") for (offset, number), end in zip(offsets, ends, strict=True)
    }
    trailer, _, end = rest.partition(b"\n%assay-seal")
    return Parts(pdf[: offsets[0][0]], objects, trailer, b"%assay-seal" + end[: end.index(b"\n") + 1])


def content(data: bytes) -> bytes:
    """Return the content of a stream object."""
    head, _, rest = data.partition(b"stream\n")
    raw = rest[: int(re.search(rb"/Length (\d+)", head)[1])]
    return zlib.decompress(raw) if b"/FlateDecode" in head else raw


def with_content(data: bytes, new: bytes) -> bytes:
    """Return a stream object with another content; its lengths and sizes are right."""
    head, _, _ = data.partition(b"stream\n")
    raw = zlib.compress(new) if b"/FlateDecode" in head else new
    head = re.sub(rb"/Length \d+", b"/Length %d" % len(raw), head, count=1)
    head = re.sub(rb"/Size \d+", b"/Size %d" % len(new), head)
    checksum = hashlib.md5(new, usedforsecurity=False).hexdigest().encode()
    head = re.sub(rb"/CheckSum\s*<[^>]*>", b"/CheckSum<%s>" % checksum, head)
    return head + b"stream\n" + raw + b"\nendstream\nendobj"


def attached(parts: Parts) -> dict[str, int]:
    """Return the name of every attachment and the number of its stream."""
    found = {}
    for data in parts.objects.values():
        match = re.search(rb"/Type/Filespec/F\(([^)]*)\).*?/EF<</F (\d+) 0 R", data)
        if match:
            found[match[1].decode()] = int(match[2])
    return found


def files_of(pdf: bytes) -> dict[str, bytes]:
    """Return the attachments of a dossier."""
    parts = take_apart(pdf)
    return {name: content(parts.objects[number]) for name, number in attached(parts).items()}


def rebuild(pdf: bytes, files: dict[str, bytes], *, manifest: bool = True, sealed: bool = True) -> bytes:
    """Return the PDF with attachments replaced; the manifest is true of them unless told otherwise."""
    parts = take_apart(pdf)
    names = attached(parts)
    if manifest and "manifest.json" not in files:
        listing = json.loads(content(parts.objects[names["manifest.json"]]))
        for name, data in files.items():
            listing["files"][name] = {"sha256": digest(data), "size": len(data)}
        files = {**files, "manifest.json": canonical(listing)}
    for name, data in files.items():
        parts.objects[names[name]] = with_content(parts.objects[names[name]], data)
    return parts.join(sealed=sealed)


def renamed(pdf: bytes, old: str, new: str) -> bytes:
    """Return the PDF with an attachment under another name of the same length, sealed anew."""
    parts = take_apart(pdf)
    for number, data in parts.objects.items():
        if b"stream\n" not in data:
            parts.objects[number] = data.replace(old.encode(), new.encode())
    number = attached(parts)["manifest.json"]
    listing = content(parts.objects[number]).replace(old.encode(), new.encode())
    value = canonical(json.loads(listing))
    parts.objects[number] = with_content(parts.objects[number], value)
    return parts.join(sealed=True)


# ------------------------------------------------------------------------------------ digits on a page

UNIT = re.compile(rb"(?:\\[0-7]{1,3}|\\.|[^\\])", re.DOTALL)
NAMED = {b"\\n": 10, b"\\r": 13, b"\\t": 9, b"\\b": 8, b"\\f": 12}
MARKED = re.compile(rb"/\w+\s*(<<(?:[^<>]|<[^<>]*>|<<[^<>]*>>)*>>)?\s*B[DM]C|\bEMC\b|/(f\d+) [\d.]+ Tf")
PIECE = re.compile(rb"\(((?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*)\)", re.DOTALL)


def value_of(unit: bytes) -> int:
    """Return the byte that a piece of a literal string stands for."""
    if not unit.startswith(b"\\"):
        return unit[0]
    return NAMED.get(unit, int(unit[1:], 8) if unit[1:2].isdigit() else unit[1])


def digit_codes(parts: Parts, font: int) -> dict[int, str]:
    """Return the codes of a font that stand for a digit."""
    target = int(re.search(rb"/ToUnicode (\d+) 0 R", parts.objects[font])[1])
    pairs = re.findall(rb"<([0-9A-F]{4})> <([0-9A-F]{4})>\n", content(parts.objects[target]))
    return {int(code, 16): chr(int(text, 16)) for code, text in pairs if 0x30 <= int(text, 16) <= 0x39}


def fonts_of(parts: Parts, page: bytes) -> dict[bytes, int]:
    """Return the fonts that a page names."""
    resources = parts.objects[int(re.search(rb"/Resources (\d+) 0 R", page)[1])]
    inside = re.search(rb"/Font<<([^>]*)>>", resources)
    return (
        {name: int(number) for name, number in re.findall(rb"/(\w+) (\d+) 0 R", inside[1])} if inside else {}
    )


def digit_places(parts: Parts, page: bytes, stream: bytes) -> Iterator[tuple[int, int, list[int], str]]:
    """Yield (start, end, other codes, digit) of every digit of a page's text that is no picture's."""
    fonts, codes = fonts_of(parts, page), {}
    marks: list[bool] = []
    position = 0
    while True:
        mark, piece = MARKED.search(stream, position), PIECE.search(stream, position)
        if mark is None and piece is None:
            return
        if piece is None or (mark is not None and mark.start() < piece.start()):
            if mark[2]:
                codes = digit_codes(parts, fonts[mark[2]])
            elif mark[0] == b"EMC":
                marks.pop()
            else:
                marks.append(b"/Alt" in mark[0])
            position = mark.end()
            continue
        units = [
            (m.start() + piece.start(1), m.end() + piece.start(1), value_of(m[0]))
            for m in UNIT.finditer(piece[1])
        ]
        for high, low in zip(units[::2], units[1::2], strict=True):
            code = high[2] << 8 | low[2]
            others = [other for other, text in codes.items() if text != codes.get(code)]
            if code in codes and others and not any(marks):
                yield high[0], low[1], others, codes[code]
        position = piece.end()


def digit_changed(parts: Parts, rng: random.Random) -> str:
    """Change one digit of the page text in place; return what was done."""
    pages = [n for n, data in parts.objects.items() if re.match(rb"\d+ 0 obj\n<</Type/Page/", data)]
    while True:
        number = rng.choice(pages)
        target = int(re.search(rb"/Contents (\d+) 0 R", parts.objects[number])[1])
        stream = content(parts.objects[target])
        places = list(digit_places(parts, parts.objects[number], stream))
        if places:
            start, end, others, digit = rng.choice(places)
            code = rng.choice(others)
            new = b"".join(b"\\%03o" % byte for byte in (code >> 8, code & 255))
            parts.objects[target] = with_content(parts.objects[target], stream[:start] + new + stream[end:])
            return f"page {pages.index(number) + 1}: a digit {digit} became code {code}"


# ------------------------------------------------------------------------------------ the kinds


def byte(pdf: bytes, rng: random.Random, other: bytes | None) -> Forgery:
    """Change one byte anywhere."""
    place = rng.randrange(len(pdf))
    new = (pdf[place] + rng.randrange(1, 256)) % 256
    return f"byte {place}: {pdf[place]} became {new}", pdf[:place] + bytes([new]) + pdf[place + 1 :]


def f1(pdf: bytes, rng: random.Random, other: bytes | None) -> Forgery:
    """Change a digit of the page text."""
    parts = take_apart(pdf)
    done = digit_changed(parts, rng)
    return done, parts.join(sealed=False)


def f2(pdf: bytes, rng: random.Random, other: bytes | None) -> Forgery:
    """Change a digit of the page text and seal again."""
    parts = take_apart(pdf)
    done = digit_changed(parts, rng)
    return done + ", sealed again", parts.join(sealed=True)


def leaves(value: object, path: tuple[object, ...] = ()) -> Iterator[tuple[object, ...]]:
    """Yield the path of every number and text in a JSON value."""
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(item, (*path, key))
    elif isinstance(value, str | int | float) and value != "":
        yield path


def changed(value: object, rng: random.Random) -> object:
    """Return another value of the same type."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + rng.choice((-1, 1))
    if isinstance(value, float):
        return value * rng.choice((0.9, 0.999, 1.001, 1.1)) or 0.001
    text = str(value)
    place = rng.randrange(len(text))
    return text[:place] + rng.choice([c for c in "abcdef0123456789" if c != text[place]]) + text[place + 1 :]


def set_at(root: object, path: tuple[object, ...], rng: random.Random) -> str:
    """Change the leaf at `path` in place; return what was done."""
    node = root
    for key in path[:-1]:
        node = node[key]
    old = node[path[-1]]
    node[path[-1]] = changed(old, rng)
    return f"/{'/'.join(map(str, path))}: {old!r} became {node[path[-1]]!r}"


def f3(pdf: bytes, rng: random.Random, other: bytes | None) -> Forgery:
    """Change a record or a row of a run table, give it its own new id, keep the manifest true, seal again."""
    files = files_of(pdf)
    lines = files["records.jsonl"].splitlines()
    tables = sorted(name for name in files if name.startswith("runs-"))
    if tables and rng.random() < 0.5:
        name = rng.choice(tables)
        rows = files[name].splitlines()
        number = rng.randrange(len(rows))
        row = json.loads(rows[number])
        done = f"{name[:12]} line {number + 1}: {set_at(row, rng.choice(list(leaves(row))), rng)}"
        rows[number] = canonical(row)
        data = b"".join(item + b"\n" for item in rows)
        old, new = name.removeprefix("runs-").removesuffix(".jsonl"), digest(data).removeprefix("sha256:")
        lines = [line.replace(old.encode(), new.encode()) for line in lines]
        forged = rebuild(pdf, {name: data, "records.jsonl": joined(lines)})
        return done, renamed(forged, name, f"runs-{new}.jsonl")
    number = rng.randrange(len(lines))
    record = json.loads(lines[number])
    path = rng.choice(list(leaves(record["payload"])) or [()])
    done = f"record {digest(lines[number])[:15]} ({record['kind']}) {set_at(record['payload'], path, rng)}"
    lines[number] = canonical(record)
    return done, rebuild(pdf, {"records.jsonl": joined(lines)})


def joined(lines: list[bytes]) -> bytes:
    """Return records in the order of their ids."""
    return b"".join(line + b"\n" for line in sorted(lines, key=digest))


def f4(pdf: bytes, rng: random.Random, other: bytes | None) -> Forgery:
    """Put an attachment of another dossier in its place and seal again."""
    mine, theirs = files_of(pdf), files_of(other or b"")
    kinds = sorted({name.partition("-")[0] for name in mine})
    while True:
        kind = rng.choice(kinds)
        name = rng.choice(sorted(n for n in mine if n.partition("-")[0] == kind))
        candidates = sorted(n for n in theirs if n.partition("-")[0] == kind and theirs[n] != mine[name])
        if candidates:
            source = rng.choice(candidates)
            honest = rng.random() < 0.5
            done = f"{name[:20]} is the other dossier's {source[:20]}, manifest {'true' if honest else 'old'}"
            return done, rebuild(pdf, {name: theirs[source]}, manifest=honest)


KINDS: dict[str, Callable[[bytes, random.Random, bytes | None], Forgery]] = {
    "byte": byte,
    "F1": f1,
    "F2": f2,
    "F3": f3,
    "F4": f4,
}


CAUGHT_BY = {
    "byte": {"seal", "file layout"},
    "F1": {"seal"},
    "F2": {"page text"},
    "F3": {"records"},
    "F4": {"attachments", "records", "page text"},
}
"""The checks of the verifier that may be the one to find each kind."""


def mutations(pdf: bytes, kind: str, count: int, seed: int, other: bytes | None = None) -> Iterator[Forgery]:
    """Yield `count` forgeries of one kind; the same seed gives the same ones.

    Parameters
    ----------
    other
        For F4: another dossier with the same kinds of attachments.
    """
    rng = random.Random(f"{kind} {seed}")
    for _ in range(count):
        while True:
            done, forged = KINDS[kind](pdf, rng, other)
            if forged != pdf:
                break
        yield done, forged


def all_caught(
    verifier: ModuleType, kind: str, pdf: bytes, other: bytes, count: int, seed: int
) -> dict[str, int]:
    """Hold the verifier against `count` forgeries of one kind; fail at the first that it does not name.

    Returns
    -------
    dict
        How many forgeries each check caught; the counts add up to `count`.
    """
    found: Counter[str] = Counter()
    for done, forged in mutations(pdf, kind, count, seed, other):
        report = verifier.verify(forged)
        assert report.failures, f"not detected: {done}"
        check, sentence = report.outcomes[-1].check, report.failures[0]
        assert check in CAUGHT_BY[kind], f"{done}: {check}: {sentence}"
        assert not sentence.startswith("cannot be read"), f"{done}: {sentence}"
        found[check] += 1
    return dict(sorted(found.items()))
