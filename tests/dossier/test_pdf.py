"""The PDF says the model's words, carries the evidence and has the same bytes everywhere."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from assay.document import (
    Code,
    Column,
    Document,
    DocumentError,
    Figure,
    Identifier,
    Paragraph,
    Prose,
    Quotation,
    Table,
    spans_of,
    text_of,
)
from assay.dossier import RenderError, render_pdf, seal_of
from assay.evidence.records import digest

HERE = Path(__file__).parent
MARKUP = (
    '*bold* _it_ #set page(width: 1cm) $x^2$ @ref <a> `code` // no /* no */ -- --- ... "q" it\'s \\u{41} ~'
)


def document(*elements, **more):
    fields = {"title": "T", "reference": "R", "issue": "A", "date": "2026-01-02"} | more
    return Document(**fields, elements=elements)


def paragraph(text):
    return Paragraph(spans=(Quotation(text=text, file="a.md"),))


def packed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def seen(pdf: bytes, folder: Path, *options: str) -> str:
    (folder / "seen.pdf").write_bytes(pdf)
    command = ["pdftotext", *options, folder / "seen.pdf", "-"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_has_every_attachment_to_the_byte(sample, sample_pdf):
    streams = []
    for found in re.finditer(rb"<<(/Length (\d+)/Type/EmbeddedFile[^\n]*)>>\nstream\n", sample_pdf):
        data = sample_pdf[found.end() : found.end() + int(found[2])]
        streams.append(zlib.decompress(data) if b"/FlateDecode" in found[1] else data)
    assert sorted(streams) == sorted(file.data for file in sample.files)
    assert seal_of(sample_pdf).startswith("sha256:")


def test_declares_both_standards_and_the_date_of_the_document(sample_pdf):
    assert b"<pdfaid:part>3</pdfaid:part>" in sample_pdf
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in sample_pdf
    assert b"<pdfuaid:part>1</pdfuaid:part>" in sample_pdf
    assert set(re.findall(rb"\(D:(\d{8})", sample_pdf)) == {b"20261123"}


def test_the_bytes_do_not_depend_on_where_and_when(sample_pdf):
    program = (
        "import sys, importlib.util as u, hashlib\n"
        f"spec = u.spec_from_file_location('sample', {str(HERE / 'conftest.py')!r})\n"
        "module = u.module_from_spec(spec); sys.modules['sample'] = module; spec.loader.exec_module(module)\n"
        "from assay.dossier import render_pdf\n"
        "s = module.make_sample(); pdf = render_pdf(s.document, s.files, s.images)\n"
        "print(hashlib.sha256(pdf).hexdigest())"
    )
    elsewhere = os.environ | {
        "TZ": "Asia/Tokyo",
        "LANG": "de_DE.UTF-8",
        "LC_ALL": "C",
        "PYTHONHASHSEED": "99",
        "SOURCE_DATE_EPOCH": "1",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=elsewhere, cwd="/"
    )
    assert done.stdout.strip() == hashlib.sha256(sample_pdf).hexdigest()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("\u4e2d\u56fd", "U+4E2D CJK UNIFIED IDEOGRAPH-4E2D"),
        ("\U0001f600", "U+1F600 GRINNING FACE"),
        ("\u05d0", "U+05D0 HEBREW LETTER ALEF"),
        ("a\tb", "U+0009"),
        ("a\u00adb", "U+00AD SOFT HYPHEN"),
    ],
)
def test_a_character_that_cannot_be_printed_is_named(text, name):
    with pytest.raises(DocumentError, match=re.escape(name)):
        render_pdf(document(paragraph(text)))


def test_code_and_alternative_texts_are_looked_at_too():
    figure = Figure(image=digest(b""), format="svg", alt="a\u200b", caption=(Prose(text="c"),))
    for element in (Code(lines=("\u0627",), file="a"), figure):
        with pytest.raises(DocumentError, match="cannot be printed"):
            render_pdf(document(element))


def test_a_picture_that_is_none_is_a_defect_and_no_traceback():
    figure = Figure(image=digest(b"no svg"), format="svg", alt="a", caption=(Prose(text="c"),))
    with pytest.raises(RenderError, match="typesetter refused"):
        render_pdf(document(figure), images={figure.image: b"no svg"})


@pytest.mark.services
def test_says_every_word_of_the_model(sample, sample_pdf, tmp_path):
    text = packed(seen(sample_pdf, tmp_path, "-layout"))
    for element in sample.document.elements:
        for span in spans_of(element):
            if span.kind == "fact":
                assert packed(span.text)[:12] in text
    assert "Page1of" in text
    assert text.count(packed(sample.document.reference)) >= text.count("Page")


@pytest.mark.services
def test_no_text_is_evaluated_and_none_is_changed(tmp_path):
    words = (
        f"{MARKUP} fi ffi ff \u2212 \u00b1 \u2264 \u00b5m \u00b0C 10\u207b \u03c3 e\u0301 \u2208 “x” – — …"
    )
    pdf = render_pdf(
        document(paragraph(words), Code(lines=(MARKUP, "", "  x = 1"), file="a.py"), title=MARKUP)
    )
    text = packed(seen(pdf, tmp_path))
    assert packed(words) in text
    assert packed(MARKUP + "  x = 1") in text


@pytest.mark.services
def test_long_words_break_inside_their_cell_and_a_cell_may_outgrow_a_page(tmp_path):
    path = "studies/" + "a_long_name_" * 12 + ".toml"
    cell = lambda text: (Identifier(text=text, style="mono"),)
    columns = (Column(), Column(width=1), Column(width=2))
    row = (cell("id"), cell(path), (Prose(text="word " * 3000),))
    pdf = render_pdf(
        document(Table(columns=columns, header=(cell("a"), cell("b"), cell("c")), rows=(row, row)))
    )
    boxes = re.findall(
        r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">', seen(pdf, tmp_path, "-bbox")
    )
    assert packed(seen(pdf, tmp_path, "-raw")).count("word") == 6000
    assert max(float(box[2]) for box in boxes) < 595 - 55
    assert max(float(box[3]) for box in boxes) < 842 - 40


@pytest.mark.services
def test_a_row_stays_on_its_page_and_heads_repeat(tmp_path):
    cell = lambda text: (Prose(text=text, approval=digest(b"a")),)
    rows = tuple((cell(f"R{n}start " + "words " * 90 + f"R{n}end"), cell("x")) for n in range(60))
    columns = (Column(width=1), Column())
    pdf = render_pdf(document(Table(columns=columns, header=(cell("Left head"), cell("Right")), rows=rows)))
    pages = seen(pdf, tmp_path).split("\f")[:-1]
    assert len(pages) > 5
    for page in pages:
        assert "Left head" in page
        assert re.findall(r"R(\d+)start", page) == re.findall(r"R(\d+)end", page)


@pytest.mark.services
def test_pdfdetach_takes_out_the_files(sample, written, tmp_path):
    subprocess.run(["pdfdetach", "-saveall", "-o", tmp_path, written], check=True, capture_output=True)
    for file in sample.files:
        assert (tmp_path / file.name).read_bytes() == file.data


@pytest.mark.services
def test_forty_pages_of_rows(tmp_path):
    number = digest(b"r")
    rows = tuple(((Identifier(text=f"run-{n}"),), (Identifier(text=number),)) for n in range(1500))
    heads = ((Prose(text="Run"),), (Prose(text="Record"),))
    table = Table(columns=(Column(), Column(width=1)), header=heads, rows=rows)
    pdf = render_pdf(document(table))
    text = packed(seen(pdf, tmp_path, "-raw"))
    assert text.count(number) == len(rows)
    for page in range(2, text.count("Page") + 1):
        assert f"Page{page}of" in text
    assert text_of(tuple(spans_of(table)))[:9] == "RunRecord"
