"""One file, nothing from outside, every number with its source, and no text that becomes code."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import os
import re
import subprocess
import sys
import time
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.document import (
    Claim,
    Code,
    Column,
    Contents,
    Document,
    DocumentError,
    Fact,
    Figure,
    Heading,
    Identifier,
    Paragraph,
    Prose,
    Quotation,
    Structure,
    Table,
    spans_of,
    text_of,
)
from assay.dossier import html as module
from assay.dossier.html import render_html
from assay.dossier.viewer import FieldView
from assay.errors import EvidenceError
from assay.evidence.records import Record, digest

HOSTILE = "</script><img src=x onerror=alert(1)><!-- {{ 7 * 7 }} & \"quoted\" 'too' </style>"
VOID = {"meta", "img", "col", "hr", "br", "link", "input"}
PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4"><rect width="4" height="4"/></svg>'
ROOT = Path(__file__).resolve().parents[2]


class Node:
    def __init__(self, tag, attributes, parent):
        self.tag, self.attributes, self.parent, self.children = tag, dict(attributes), parent, []

    def walk(self):
        yield self
        for child in self.children:
            if isinstance(child, Node):
                yield from child.walk()

    @property
    def text(self):
        return "".join(child if isinstance(child, str) else child.text for child in self.children)

    @property
    def classes(self):
        return set((self.attributes.get("class") or "").split())


class Tree(HTMLParser):
    """A strict reader: every element that is opened is closed in order."""

    def __init__(self, data):
        super().__init__(convert_charrefs=True)
        self.root = self.here = Node("", {}, None)
        self.feed(data.decode("utf-8"))
        self.close()
        assert self.here is self.root, f"<{self.here.tag}> is never closed"

    def handle_starttag(self, tag, attrs):
        assert len(dict(attrs)) == len(attrs), f"an attribute twice in <{tag}>"
        node = Node(tag, attrs, self.here)
        self.here.children.append(node)
        if tag not in VOID:
            self.here = node

    def handle_endtag(self, tag):
        assert tag == self.here.tag, f"</{tag}> closes <{self.here.tag}>"
        self.here = self.here.parent

    def handle_data(self, data):
        self.here.children.append(data)

    def all(self, *tags):
        return [node for node in self.root.walk() if node.tag in tags]

    def id(self, name):
        (found,) = [node for node in self.root.walk() if node.attributes.get("id") == name]
        return found


def box():
    points = np.array([[x, y, z] for x in (0, 2) for y in (0, 1) for z in (0, 1)], dtype=float)
    quads = ((0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3))
    triangles = np.array([t for a, b, c, d in quads for t in ((a, b, c), (a, c, d))])
    return points, triangles, points @ np.array([10.0, 1.0, 0.1])


def field():
    points, triangles, values = box()
    place = (2.0, 1.0, 1.0)
    return FieldView("field", "Stress", "stress", "MPa", points, triangles, values, place, "21.1 MPa")


def document(*elements, **more):
    return Document(title="Sample", reference="S-1", issue="A", date="2026-01-31", elements=elements, **more)


def picture(**more):
    return Figure(
        image=digest(PICTURE), format="svg", alt="A square.", caption=(Prose(text="A square"),), **more
    )


IMAGE = {f"image-{digest(PICTURE).removeprefix('sha256:')}.svg": PICTURE}


@pytest.fixture(scope="module")
def files(sample):
    return {file.name: file.data for file in sample.files}


@pytest.fixture(scope="module")
def page(sample, files):
    return render_html(sample.document, files)


@pytest.fixture(scope="module")
def tree(page):
    return Tree(page)


def leaves(spans):
    for span in spans:
        if isinstance(span, Claim):
            ordered = sorted(span.arguments.items(), key=lambda item: _position(span, item[0]))
            yield from (argument for _, argument in ordered)
        else:
            yield span


def _position(claim, name):
    from assay.document import TEMPLATES

    return TEMPLATES[claim.template].text.index("{" + name + "}")


def test_every_element_reads_as_the_model_says(sample, tree):
    main = tree.id("_document")
    for number, element in enumerate(sample.document.elements):
        node = tree.id(element.anchor or f"_{number}")
        assert main in ancestors(node)
        if isinstance(element, Heading | Paragraph):
            assert node.text == text_of(element.spans)
        elif isinstance(element, Code):
            assert node.text == "\n".join(element.lines)
        elif isinstance(element, Table):
            cells = [cell.text for cell in node.walk() if cell.tag in {"th", "td"}]
            assert cells == [text_of(cell) for row in (element.header, *element.rows) for cell in row]
        elif isinstance(element, Contents):
            heads = [e for e in sample.document.elements if isinstance(e, Heading) and e.listed]
            listed = [text_of(head.spans) for head in heads if head.level <= element.depth]
            assert [link.text for link in node.walk() if link.tag == "a"] == listed


def ancestors(node):
    while node is not None:
        yield node
        node = node.parent


def test_every_fact_names_its_record_and_pointer(sample, tree):
    expected = [
        (span.text, span.record, span.pointer, span.blob)
        for element in sample.document.elements
        for span in leaves(spans_of(element))
        if isinstance(span, Fact)
    ]
    found = [
        tuple([node.text] + [node.attributes.get(f"data-{name}") for name in ("record", "pointer", "blob")])
        for node in tree.root.walk()
        if "fact" in node.classes
    ]
    assert len(expected) > 300
    assert found == expected


def test_claims_and_quotations_keep_their_source(sample, tree):
    claims = [s for e in sample.document.elements for s in spans_of(e) if isinstance(s, Claim)]
    found = [node for node in tree.root.walk() if "claim" in node.classes]
    assert [(n.attributes["data-template"], n.text) for n in found] == [(c.template, c.text) for c in claims]
    quotations = [s for e in sample.document.elements for s in spans_of(e) if isinstance(s, Quotation)]
    assert [n.attributes["data-file"] for n in tree.all("q")] == [q.file for q in quotations]


def test_nothing_is_loaded_from_anywhere(page, tree):
    for node in tree.root.walk():
        assert node.tag not in {"link", "iframe", "base", "object", "embed", "video", "audio", "source"}
        for name, value in node.attributes.items():
            assert not name.startswith("on"), f"{name} in <{node.tag}>"
            assert name != "style"
            if name in {"src", "href", "srcset", "action", "data", "poster", "background"}:
                assert value.startswith(("#", "data:"))
    styles = "".join(node.text for node in tree.all("style"))
    assert "@import" not in styles
    assert all(found.startswith("data:") for found in re.findall(r"url\(([^)]*)\)", styles))
    assert not re.findall(rb"https?://", page)


def test_a_shortened_record_id_opens_its_record(sample, files):
    whole = sample.records[0].id
    for text, found in (
        (whole, whole),
        (whole[:19], whole),
        (whole[:15], None),
        ("sha256:" + "0" * 12, None),
    ):
        made = document(Paragraph(anchor="p", spans=(Identifier(text=text),)))
        (node,) = [n for n in Tree(render_html(made, files)).id("p").walk() if "identifier" in n.classes]
        assert node.attributes.get("data-record") == found
        assert node.text == text


def test_the_policy_allows_its_own_code_only(tree):
    (policy,) = [node.attributes["content"] for node in tree.all("meta") if "http-equiv" in node.attributes]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"

    def hashed(text):
        return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"

    scripts = [node.text for node in tree.all("script") if "type" not in node.attributes]
    assert scripts
    assert rules["script-src"].split() == [hashed(text) for text in scripts]
    assert rules["style-src"].split() == [hashed(node.text) for node in tree.all("style")]


def test_links_and_names_are_sound(tree):
    names = [node.attributes["id"] for node in tree.root.walk() if "id" in node.attributes]
    assert len(names) == len(set(names))
    targets = [node.attributes["href"].removeprefix("#") for node in tree.all("a")]
    assert "showing" in targets
    assert set(targets) <= set(names)
    for node in tree.root.walk():
        for name in ("aria-controls", "aria-labelledby"):
            assert node.attributes.get(name, names[0]) in names


def test_readers_without_a_screen_find_their_way(tree):
    assert (
        len(tree.all("main"))
        == len(tree.all("header"))
        == len(tree.all("footer"))
        == len(tree.all("h1"))
        == 1
    )
    assert tree.all("html")[0].attributes["lang"] == "en"
    assert all(node.attributes["aria-label"] for node in tree.all("nav"))
    assert all(node.attributes["alt"] for node in tree.all("img"))
    for table in tree.all("table"):
        heads = [node for node in table.walk() if node.tag == "th"]
        assert {node.attributes["scope"] for node in heads} <= {"col", "row"}
        if "grid" in table.classes:
            assert any(node.tag == "caption" for node in table.walk())
    levels = [
        int(node.tag[1])
        for node in tree.all("h1", "h2", "h3", "h4")
        if "_document" in [up.attributes.get("id") for up in ancestors(node)]
    ]
    assert levels[0] == 1
    assert all(b - a <= 1 for a, b in itertools.pairwise(levels))


def test_a_verdict_is_text_and_colour(tree):
    labels = {
        (node.text, *(node.classes & {"shown", "given", "open", "refuted"}))
        for node in tree.root.walk()
        if "verdict" in node.classes
    }
    expected = {("SHOWN", "shown"), ("SHOWN GIVEN", "given"), ("NOT SHOWN", "open"), ("REFUTED", "refuted")}
    assert labels == expected


def test_the_evidence_is_in_the_file(sample, files, tree):
    lines = [line for line in restored(tree.id("_records").text).split("\n") if line]
    assert [line[:71] for line in lines] == sorted(record.id for record in sample.records)
    assert all(digest(line[72:].encode()) == line[:71] for line in lines)
    for name, data in files.items():
        if name.startswith("runs-"):
            assert restored(tree.id("_" + name.removesuffix(".jsonl")).text).encode() == data


def restored(text):
    """What dossier.js does to the content of a script element."""
    return re.sub(r"\\\\|\\u003c", lambda found: "<" if found[0] == "\\u003c" else found[0], text)


@given(st.dictionaries(st.text(), st.text(alphabet=st.sampled_from('\\u003c<!-/script>"é\n\u2028'))))
def test_records_survive_the_script_element(payload):
    data = Record("runs", HOSTILE, digest(b""), {}, payload, {}, {"name": "x", "version": "1"}).data()
    escaped = str(module._data(data))
    assert "<" not in escaped
    assert restored(escaped).encode() == data
    assert json.loads(escaped)["payload"] == payload


@given(text=st.text(alphabet=st.sampled_from("<>&\"'/ax={}%`!-; "), min_size=1))
def test_text_stays_text(text):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_faces", lambda _: "")
        elements = (
            Paragraph(anchor="p", spans=(Prose(text=text), Quotation(text=text, file=text))),
            Table(
                anchor="t",
                columns=(Column(),),
                header=((Structure(text=text),),),
                rows=(((Identifier(text=text),),),),
                caption=(Prose(text=text),),
            ),
            Code(anchor="c", lines=(text,), file=text),
        )
        tree = Tree(render_html(document(*elements)))
    assert tree.id("p").text == text + text
    assert tree.id("t").text.replace("\n", "") == text * 3
    assert tree.id("c").text == text
    assert not tree.all("img")


def test_hostile_text_becomes_no_code(sample):
    hostile = Record(
        "showing", HOSTILE, digest(b""), {}, {"a": HOSTILE}, {}, {"name": "assay", "version": "0"}
    )
    elements = (
        Heading(level=1, spans=(Prose(text=HOSTILE),)),
        Paragraph(spans=(Fact(text=HOSTILE, record=hostile.id, pointer="/payload/a"),)),
        Figure(
            anchor="field", image=digest(PICTURE), format="svg", alt=HOSTILE, caption=(Prose(text=HOSTILE),)
        ),
        Code(lines=(HOSTILE,), file=HOSTILE),
    )
    made = document(*elements).model_copy(update={"title": HOSTILE, "reference": HOSTILE, "issue": HOSTILE})
    points, triangles, values = box()
    view = FieldView("field", HOSTILE, HOSTILE, HOSTILE, points, triangles, values, None, HOSTILE)
    page = render_html(made, {**IMAGE, "records.jsonl": hostile.data() + b"\n"}, [view])
    tree = Tree(page)
    assert [node.attributes["alt"] for node in tree.all("img")] == [HOSTILE]
    assert not any("onerror" in node.attributes for node in tree.root.walk())
    assert "49" not in tree.id("_document").text
    assert HOSTILE in tree.all("title")[0].text
    assert json.loads(tree.id("_field-field").text)["title"] == HOSTILE


def test_the_same_bytes_in_any_process(sample, files, page, tmp_path):
    program = (
        "import json, sys\nfrom pathlib import Path\nfrom assay.document import read_document\n"
        "from assay.dossier.html import render_html\nfolder = Path(sys.argv[1])\n"
        "files = {path.name: path.read_bytes() for path in sorted(folder.iterdir(), reverse=True)}\n"
        "sys.stdout.buffer.write(render_html(read_document(files['model.json']), files))"
    )
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    environment = {"PYTHONPATH": str(ROOT / "src"), "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LC_ALL": "C"}
    done = subprocess.run(
        [sys.executable, "-c", program, tmp_path],
        capture_output=True,
        env=environment,
        cwd=tmp_path,
        check=True,
    )
    assert done.stdout == page


def test_the_fonts_hold_what_is_printed(sample, page):
    import io

    from fontTools.ttLib import TTFont

    wanted = {c for e in sample.document.elements for s in spans_of(e) for c in s.text}
    fonts = [base64.b64decode(found) for found in re.findall(rb"data:font/otf;base64,([^)]*)", page)]
    assert len(fonts) == 3
    for font in fonts:
        assert len(font) < 60_000
        assert wanted <= set(map(chr, TTFont(io.BytesIO(font)).getBestCmap()))


def test_widths_need_no_style_attribute():
    table = Table(
        anchor="t", columns=(Column(width=1), Column(width=3)), style="pairs",
        rows=(((Prose(text="a"),), ()),),
    )  # fmt: skip
    tree = Tree(render_html(document(table, picture(width=60)), IMAGE))
    assert [node.attributes["class"] for node in tree.all("col")] == ["w25", "w75"]
    assert ".w25{width:25%}\n.w60{width:60%}\n.w75{width:75%}" in tree.all("style")[0].text
    assert tree.all("img")[0].classes == {"w60"}


def test_a_picture_is_there_and_is_what_its_digest_says():
    with pytest.raises(EvidenceError, match="not among the files"):
        render_html(document(picture()))
    with pytest.raises(EvidenceError, match="damaged"):
        render_html(document(picture()), {next(iter(IMAGE)): b"<svg/>"})


def test_a_field_stands_for_a_figure():
    with pytest.raises(DocumentError, match="anchor of no figure"):
        render_html(document(picture()), IMAGE, [field()])
    page = render_html(document(picture(anchor="field")), IMAGE, [field()])
    assert b"twgl.js 7.0.0" in page
    (figure,) = Tree(page).all("figure")
    assert figure.attributes["data-field"] == "field"
    assert [node.attributes["alt"] for node in figure.walk() if node.tag == "img"] == ["A square."]
    assert b"twgl" not in render_html(document(picture(anchor="field")), IMAGE)


# ---------------------------------------------------------------------------------------- in a browser


class Browser:
    """Chromium without a window, spoken to over a pipe: no port, no driver."""

    FLAGS = (
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
        "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
        "--no-first-run", "--disable-background-networking", "--disable-component-update",
        "--disable-sync", "--hide-scrollbars", "--remote-debugging-pipe",
    )  # fmt: skip

    def __init__(self, program, profile, *flags):
        theirs_in, self.out = os.pipe()
        ours_in, theirs_out = os.pipe()
        # The pipe's ends are the descriptors 3 and 4 of the browser: a shell of one line puts them there.
        shell = f'exec "$0" "$@" 3<&{theirs_in} 4>&{theirs_out}'
        command = ["bash", "-c", shell, program, *self.FLAGS, *flags, f"--user-data-dir={profile}"]
        self.process = subprocess.Popen(
            command, pass_fds=(theirs_in, theirs_out), stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self.reader = os.fdopen(ours_in, "rb")
        self.number, self.events, self.session = 0, [], {}
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = {
            "sessionId": self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        }
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method, **params):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params, **self.session}
        os.write(self.out, json.dumps(message).encode() + b"\0")
        while True:
            data = bytearray()
            while (byte := self.reader.read(1)) != b"\0":
                assert byte, "the browser ended"
                data += byte
            answer = json.loads(data)
            if answer.get("id") == self.number:
                assert "error" not in answer, answer["error"]
                return answer["result"]
            self.events.append(answer)

    def js(self, code):
        answer = self.call("Runtime.evaluate", expression=code, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def wait(self, code):
        for _ in range(200):
            if self.js(code):
                return
            time.sleep(0.05)
        pytest.fail(f"never true in the browser: {code}")

    def open(self, path, width=1360, height=900):
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        self.call("Page.navigate", url=path.as_uri())
        self.wait("document.readyState === 'complete' && document.documentElement.classList.contains('live')")

    def complaints(self):
        bad = [e for e in self.events if e.get("method") == "Runtime.exceptionThrown"]
        logged = [e["params"]["entry"] for e in self.events if e.get("method") == "Log.entryAdded"]
        return bad + [e for e in logged if e["level"] == "error" or e["source"] == "security"]

    def requests(self):
        sent = [
            e["params"]["request"]["url"]
            for e in self.events
            if e.get("method") == "Network.requestWillBeSent"
        ]
        return {url.split(":", 1)[0] for url in sent}

    def key(self, name, code=0):
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=name, windowsVirtualKeyCode=code)

    def end(self):
        os.close(self.out)
        self.reader.close()
        self.process.terminate()
        self.process.wait(20)


@pytest.fixture
def browser(program, tmp_path):
    found = Browser(program("chromium"), tmp_path / "profile")
    yield found
    found.end()


@pytest.fixture
def shown(sample, files, tmp_path):
    figures = [e for e in sample.document.elements if isinstance(e, Figure)]
    elements = tuple(
        e.model_copy(update={"anchor": "field"}) if e is figures[0] else e for e in sample.document.elements
    )
    path = tmp_path / "dossier.html"
    path.write_bytes(render_html(sample.document.model_copy(update={"elements": elements}), files, [field()]))
    return path


@pytest.mark.services
def test_a_number_opens_its_evidence(browser, shown):
    browser.open(shown)
    browser.js("document.querySelector('.claim .fact[data-rounding]').click()")
    browser.wait("document.querySelector('#_panel .check.good') !== null")
    assert browser.js("document.querySelector('#_panel').open")
    assert browser.js("document.querySelector('#_panel mark').textContent") == "0.04949275"
    browser.js("document.querySelector('.fact[data-blob]').click()")
    browser.wait("/run table/.test(document.querySelector('#_panel .check.good')?.textContent)")
    browser.key("Escape", 27)
    browser.wait("!document.querySelector('#_panel').open")
    browser.wait("document.activeElement.matches('.fact[data-blob]')")
    browser.key("ArrowRight", 39)
    browser.wait("document.activeElement.dataset.pointer === '/0/factors/thickness'")
    assert not browser.complaints()
    assert browser.requests() <= {"file", "data"}


@pytest.mark.services
def test_a_changed_record_is_noticed(browser, shown):
    page = shown.read_bytes()
    shown.write_bytes(page.replace(b'"bound":0.04949275', b'"bound":0.04949276'))
    browser.open(shown)
    browser.js("document.querySelector('.claim .fact[data-rounding]').click()")
    browser.wait("document.querySelector('#_panel .check.bad') !== null")


@pytest.mark.services
def test_the_field_turns(browser, shown):
    browser.open(shown)
    browser.js("document.querySelector('#field').scrollIntoView()")
    browser.wait(
        "document.querySelector('#field canvas') !== null && document.querySelector('#field img').hidden"
    )
    at = "document.querySelector('#field .marker').style.transform"
    browser.wait(at)
    before = browser.js(at)
    browser.js("document.querySelector('#field canvas').focus()")
    browser.key("ArrowLeft", 37)
    browser.wait(f"{at} !== {json.dumps(before)}")
    browser.key("0", 48)
    browser.wait(f"{at} === {json.dumps(before)}")
    assert browser.js("document.querySelectorAll('#field .tick').length") >= 3
    assert not browser.complaints()


@pytest.mark.services
def test_without_webgl_the_picture_stays(program, shown, tmp_path):
    browser = Browser(program("chromium"), tmp_path / "profile", "--disable-3d-apis")
    browser.open(shown)
    browser.js("document.querySelector('#field').scrollIntoView()")
    browser.wait("/no WebGL/.test(document.querySelector('#field').textContent)")
    assert not browser.js("document.querySelector('#field img').hidden")
    browser.end()


@pytest.mark.services
@pytest.mark.parametrize("width", [360, 768, 1360])
def test_no_page_is_wider_than_its_screen(browser, shown, width):
    browser.open(shown, width=width)
    assert browser.js("document.documentElement.scrollWidth") <= width


@pytest.mark.services
def test_code_from_elsewhere_does_not_run(browser, shown):
    page = shown.read_text()
    shown.write_text(page.replace("</main>", "<script>window.broken = 1</script></main>"))
    browser.open(shown)
    assert browser.js("window.broken") is None
