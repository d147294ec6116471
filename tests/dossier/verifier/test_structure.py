"""What a PDF may hold besides what its reader sees: nothing that the text check does not see."""

from __future__ import annotations

import hashlib
import re
import zlib

import pytest


@pytest.fixture
def failing(v, forging, pdf):
    """Return a function: change objects, seal again, return the first failure."""

    def fail(change):
        parts = forging.take_apart(pdf)
        change(parts)
        report = v.verify(parts.join(sealed=True))
        assert report.failures, "not detected"
        return f"{report.outcomes[-1].check}: {report.failures[0]}"

    return fail


def number_of(parts, pattern):
    return next(n for n, data in parts.objects.items() if re.search(pattern, data))


def edited(pattern, old, new):
    def change(parts):
        number = number_of(parts, pattern)
        assert re.search(old, parts.objects[number])
        parts.objects[number] = re.sub(old, new, parts.objects[number], count=1)

    return change


def page_edited(forging, edit, page=0):
    def change(parts):
        pages = [n for n, d in parts.objects.items() if re.match(rb"\d+ 0 obj\n<</Type/Page/", d)]
        target = int(re.search(rb"/Contents (\d+) 0 R", parts.objects[pages[page]])[1])
        old = forging.content(parts.objects[target])
        new = edit(old)
        assert new != old
        parts.objects[target] = forging.with_content(parts.objects[target], new)

    return change


CATALOG, PAGE = rb"/Type/Catalog", rb"<</Type/Page/"
SHOWN = b"BT 0 Tr/f0 11 Tf 1 0 0 -1 0 0 Tm(\\000\\001)Tj\nET\n"
HIDDEN = [
    (edited(CATALOG, rb"/Lang", b"/OpenAction<</S/JavaScript/JS(x)>>/Lang"), "OpenAction"),
    (edited(CATALOG, rb"/Lang", b"/AcroForm<</Fields[]>>/Lang"), "AcroForm"),
    (edited(CATALOG, rb"/Lang", b"/OCProperties<<>>/Lang"), "OCProperties"),
    (edited(CATALOG, rb"/Names<<", b"/Names<</JavaScript<<>>"), "more than places and attachments"),
    (edited(PAGE, rb"/MediaBox", b"/AA<<>>/MediaBox"), "entries that a dossier has not"),
    (edited(PAGE, rb"/MediaBox", b"/CropBox[0 0 10 10]/MediaBox"), "entries that a dossier has not"),
    (edited(rb"/Subtype/Link", rb"/Subtype/Link", b"/Subtype/FreeText"), "may cover text"),
    (edited(rb"/Subtype/Link", rb"/Subtype/Link", b"/Subtype/Link/AP<<>>"), "may cover text"),
    (edited(rb"/Type/Pages", rb"/Count \d+", b"/Count 3"), "counts its pages wrongly"),
    (edited(rb"/Type/Pages", rb"\[(\d+ 0 R) ", rb"[\1 \1 "), "is not a tree"),
    (edited(rb"/Type/Filespec", rb"/UF\(", b"/UF(x"), "has another name inside"),
    (edited(rb"/Type/EmbeddedFile", rb"/Size \d+", b"/Size 7"), "another size"),
    (edited(rb"/S/H1", rb"/S/H1", b"/S/H2"), "there is a H2"),
    (edited(rb"/S/TD", rb"/S/TD", b"/S/TH"), "there is a TH"),
    (edited(rb"/S/P/", rb"/K\[\d+\]", b"/K[]"), "page"),
    (edited(rb"/S/P/", rb"/S/P/", b"/ActualText(x)/S/P/"), "entries that a dossier has not"),
    (edited(rb"/Type/Font/Subtype/Type0", rb"Type0", b"Type1"), "not of a dossier's kind"),
    (edited(rb"/S/Figure", rb"/Alt\(a bar\)", b"/Alt(a car)"), "the page says"),
]


@pytest.mark.parametrize(("change", "sentence"), HIDDEN, ids=lambda x: x if isinstance(x, str) else "")
def test_what_a_dossier_has_not_is_refused(failing, change, sentence):
    assert sentence in failing(change)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (rb"\AEMC|(?<=\n)EMC", b"EMC /Foo MP", "unknown operator 'MP'"),
        (rb"0 Tr", b"3 Tr", "invisible"),
        (rb"ET\nQ\nEMC", b"ET\nQ\nEMC " + SHOWN.replace(b"\\", rb"\\"), "outside any tag"),
        (rb"/MCID 1>", b"/MCID 0>", "uses tag 0 twice"),
        (rb"/MCID 0>", b"/MCID 999>", "is missing or used twice"),
        (rb"ET\nQ\nEMC", b"ET\nQ\nBI /W 1 ID x EI EMC", "unknown operator 'BI'"),
        (rb"(?<=EMC)/Artifact<<[^>]*>>BDC", b"/Span<</MCID 400>>BDC", "structure does not know"),
        (rb"/Span<</MCID 0>>BDC", b"/Artifact<</Type/Layout>>BDC", "page 1"),
        (rb"EMC", b"", "nested tags"),
        (rb"BT", b"BT BT", "nested text objects"),
        (rb"\((?=\\)", rb"(\\377\\377", "a glyph has no text"),
    ],
)
def test_a_page_shows_its_tagged_text_and_nothing_else(failing, forging, old, new, sentence):
    change = page_edited(forging, lambda stream: re.sub(old, new, stream, count=1), page=1)
    found = failing(change)
    assert sentence in found or sentence == "page 1"


def test_text_in_an_artifact_is_refused(failing, forging):
    """A footer that says more, and a filling that is no dots."""
    more = lambda s: re.sub(
        rb"(/Artifact<<[^>]*Subtype/Footer[^>]*>>BDC\n)", rb"\1" + SHOWN.replace(b"\\", rb"\\"), s
    )
    assert "its footer is" in failing(page_edited(forging, more, page=1))
    mark = b"/Artifact<</Type/Layout>>BDC\n" + SHOWN + b"EMC\n"
    assert "outside the structure" in failing(page_edited(forging, lambda s: s + mark, page=1))
    mark = b"/Artifact<</Type/Pagination>>BDC\n" + SHOWN + b"EMC\n"
    assert "repeats a table header" in failing(page_edited(forging, lambda s: s + mark, page=1))


def test_a_replaced_unicode_map_is_found(failing, forging):
    def change(parts):
        number = number_of(parts, rb"/Type/CMap")
        old = forging.content(parts.objects[number])
        codes = re.findall(rb"<([0-9A-F]{4})> <003([1-8])>", old)
        (a, x), (b, y) = codes[:2]
        new = old.replace(b"<%s> <003%s>" % (a, x), b"<%s> <003%s>" % (a, y))
        new = new.replace(b"<%s> <003%s>" % (b, y), b"<%s> <003%s>" % (b, x))
        parts.objects[number] = forging.with_content(parts.objects[number], new)

    assert "page text" in failing(change)


def test_a_replacement_text_with_other_digits_is_found(v):
    reader = v.Content(None, 1, {})
    font = v.Font.__new__(v.Font)
    font.codes, font.place, font.known = {1: "7"}, "font", {}
    reader.begin_mark(["Span", {"MCID": 0}])
    reader.begin_mark(["Span", {"ActualText": b"8"}])
    reader.font, reader.in_text = font, True
    reader.show(b"\\000\\001")
    with pytest.raises(v.Failed, match="other digits than it says"):
        reader.end_mark()


def test_bytes_of_no_object_are_found(v, forging, pdf):
    parts = forging.take_apart(pdf)
    number = next(iter(parts.objects))
    parts.objects[number] += b"\n%hidden"
    assert "bytes of no object" in v.verify(parts.join(sealed=True)).failures[0]


def test_bytes_between_trailer_and_seal_are_found(v, forging, pdf):
    parts = forging.take_apart(pdf)
    parts.trailer += b"\n%hidden"
    assert "no seal line directly" in v.verify(parts.join(sealed=True)).failures[0]


@pytest.mark.parametrize("end", [b"x", b"\n\n", b"\n%hidden\n"])
def test_bytes_behind_the_end_are_found(v, pdf, end):
    assert v.verify(pdf + end).failures


def test_an_unfolding_bomb_is_stopped(v, forging, pdf, monkeypatch):
    monkeypatch.setattr(v, "MAX_STREAM", 1 << 20)
    parts = forging.take_apart(pdf)
    number = number_of(parts, rb"/Type/EmbeddedFile")
    raw = zlib.compress(b"0" * (8 << 20), 9)
    parts.objects[number] = (
        (
            b"%d 0 obj\n<</Length %d/Type/EmbeddedFile/Filter/FlateDecode/Params<</Size 8388608>>>>\nstream\n"
            % (number, len(raw))
        )
        + raw
        + b"\nendstream\nendobj"
    )
    assert "compressed data do not end" in v.verify(parts.join(sealed=True)).failures[0]


@pytest.mark.parametrize(
    "value", [b"[" * 5000 + b"]" * 5000, b"<<" * 5000, b"(" * 5000, b"<</A 1/A 2>>", b"<</A>>", b"]"]
)
def test_hostile_values_are_refused(v, value):
    with pytest.raises(v.Failed):
        v.parse_value(value, 0)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b"(a(b)c)", b"a(b)c"),
        (
            rb"(\101\n\)\
x)",
            b"A\n)x",
        ),
        (b"(a\r\nb\rc)", b"a\nb\nc"),
        (b"<48 65 6>", b"He`"),
        (b"/A#20B", "A B"),
        (b"[1 -.5 +3. true null 4 0 R]", [1, -0.5, 3.0, True, None, (4, 0)]),
    ],
)
def test_values(v, text, value):
    assert v.parse_value(text, 0) == (value, len(text))


@pytest.mark.parametrize(
    "page",
    [b"(" * 40_000, b"[" + b"(a)" * 40_000, b"1 " * 100_000, b"((" * 40_000 + b"))", b"/a" * 50_000,
     b"<" * 40_000,
     b"[" + b"1.1 " * 60_000 + b"(", b"1" * 300_000, b"\\" * 100_000],
)  # fmt: skip
def test_no_page_takes_for_ever(v, page):
    import time

    reader = v.Content(None, 1, {})
    started = time.process_time()
    with pytest.raises((v.Failed, AttributeError)):
        reader.run(page, {})
    assert time.process_time() - started < 2.0


# ------------------------------------------------------------------------------------ signatures


def update(pdf, objects, changes=b""):
    """Append a revision with the given objects, number to content."""
    start = int(re.search(rb"startxref\n(\d+)\n%%EOF\n?$", pdf)[1])
    trailer = re.search(rb"trailer\n(<<.*?>>)\n(?:%assay|startxref)", pdf[start:], re.DOTALL)[1]
    out = bytearray(pdf if pdf.endswith(b"\n") else pdf + b"\n")
    offsets = {}
    for number, data in sorted(objects.items()):
        offsets[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, data)
    table = len(out)
    out += b"xref\n"
    for number, offset in offsets.items():
        out += b"%d 1\n%010d 00000 n\r\n" % (number, offset)
    size = max([*offsets, int(re.search(rb"/Size (\d+)", trailer)[1]) - 1]) + 1
    trailer = re.sub(rb"/Prev \d+", b"", re.sub(rb"/Size \d+", b"/Size %d" % size, trailer))
    trailer = trailer[:-2] + b"/Prev %d" % start + changes + b">>"
    return bytes(out + b"trailer\n" + trailer + b"\nstartxref\n%d\n%%%%EOF\n" % table)


PLACES = (b"9999999901", b"9999999902", b"9999999903")
"""Stand for the numbers of a byte range until they are known; as long as those."""


def signed(forging, pdf, rect=b"0 0 0 0", extra=None):
    """Sign as a signature program does; the value holds the digest and no signature."""
    parts = forging.take_apart(pdf)
    catalog = number_of(parts, CATALOG)
    page = number_of(parts, PAGE)
    first = max(parts.objects) + 1
    body = {n: parts.objects[n].split(b"obj\n", 1)[1].rsplit(b"\nendobj", 1)[0] for n in (catalog, page)}
    annotations = re.search(rb"/Annots\[([^\]]*)\]", body[page])
    old = annotations[1] if annotations else b""
    body[page] = re.sub(rb"/Annots\[[^\]]*\]", b"", body[page])[:-2]
    objects = {
        catalog: body[catalog][:-2] + b"/AcroForm %d 0 R>>" % first,
        page: body[page] + b"/Annots[%s %d 0 R]>>" % (old, first + 1),
        first: b"<</Fields[%d 0 R]/SigFlags 3>>" % (first + 1),
        first + 1: b"<</FT/Sig/T(Author)/Type/Annot/Subtype/Widget/Rect[%s]/P %d 0 R/V %d 0 R>>"
        % (rect, page, first + 2),
        first + 2: b"<</Type/Sig/Filter/Adobe.PPKLite/ByteRange[0 %s %s %s]/Contents<%s>>>"
        % (*PLACES, b"0" * 128),
        **(extra(parts, first) if extra else {}),
    }
    out = update(pdf, objects)
    hole = re.search(rb"/Contents(<0{128}>)", out)
    for place, number in zip(PLACES, (hole.start(1), hole.end(1), len(out) - hole.end(1)), strict=True):
        out = out.replace(place, b"%010d" % number)
    digest = hashlib.sha256(out[: hole.start(1)] + out[hole.end(1) :]).hexdigest().encode()
    return out[: hole.start(1) + 1] + digest + out[hole.start(1) + 65 :]


def test_a_signature_is_listed_and_said_to_be_unchecked(v, forging, pdf):
    report = v.verify(signed(forging, pdf))
    assert report.failures == []
    assert report.signatures == ["Author"]
    assert "1 (Author), cryptography not checked" in [outcome.found for outcome in report.outcomes]


def test_a_byte_changed_under_a_signature_is_found(v, forging, pdf):
    data = signed(forging, pdf)
    place = data.index(b"/SigFlags 3") + 10
    assert v.verify(data[:place] + b"2" + data[place + 1 :]).failures == [
        "revision 2: was changed after it was signed"
    ]


def test_a_visible_field_may_cover_text(v, forging, pdf):
    found = v.verify(signed(forging, pdf, rect=b"0 0 99 99")).failures
    assert "adds an annotation that may cover text" in found[0]


def shadows(forging, pdf):
    """Yield revisions that change what is read, with and without a signature."""
    parts = forging.take_apart(pdf)
    content = int(re.search(rb"/Contents (\d+) 0 R", parts.objects[number_of(parts, PAGE)])[1])
    stream = b"<</Length 3>>\nstream\nq Q\nendstream"
    cmap = number_of(parts, rb"/Type/CMap")
    tree = number_of(parts, rb"/Type/Pages")
    body = lambda n: parts.objects[n].split(b"obj\n", 1)[1].rsplit(b"\nendobj", 1)[0]
    yield "is replaced", {content: stream}
    yield "is replaced", {cmap: stream}
    yield "is no signature field", {tree: body(tree)}
    yield (
        "changes the catalog",
        {number_of(parts, CATALOG): body(number_of(parts, CATALOG)).replace(b"/Lang(en)", b"")},
    )
    yield "belongs to no signature", {max(parts.objects) + 9: b"<</New true>>"}
    page = number_of(parts, PAGE)
    yield "changes a page", {page: body(page).replace(b"/Tabs/S", b"/Tabs/R")}


def test_shadowing_revisions_are_found(v, forging, pdf):
    for sentence, objects in shadows(forging, pdf):
        for data in (
            update(pdf, objects),
            signed(forging, pdf, extra=lambda *_, objects=objects: objects),
        ):
            report = v.verify(data)
            assert report.outcomes[-1].check == "signatures"
            assert sentence in report.failures[0] or "adds no signature" in report.failures[0]


def test_another_root_is_found(v, pdf):
    root = re.search(rb"/Root (\d+) 0 R", pdf)[1]
    data = update(pdf, {900: b"<</Type/Catalog>>"}).rpartition(b"/Root " + root)
    assert "names another root" in v.verify(data[0] + b"/Root 900" + data[2]).failures[0]
