"""Evidence that is whole in its ids but says something else than its runs and data is found out."""

from __future__ import annotations

import copy
import json

import pytest

from assay.evidence.records import Record, canonical, digest


@pytest.fixture(scope="session")
def files(pdf, forging):
    return forging.files_of(pdf)


def retold(files, changes):
    """Return the files with payloads changed and every id above them true again.

    `changes` maps (kind, subject) to a function that changes a payload in place.
    """
    documents = {digest(line): json.loads(line) for line in files["records.jsonl"].splitlines()}
    new: dict[str, str] = {}

    def settle(old):
        if old not in new:
            item = copy.deepcopy(documents[old])
            item["inputs"] = {role: settle(reference) for role, reference in item["inputs"].items()}
            for (kind, subject), change in changes.items():
                if (item["kind"], item["subject"]) == (kind, subject):
                    change(item["payload"])
            del item["schema"]
            made[old] = Record(**item)
            new[old] = made[old].id
        return new[old]

    made: dict[str, Record] = {}
    for old in documents:
        settle(old)
    model = files["model.json"].decode()
    for old, name in new.items():
        model = model.replace(old, name)
    lines = b"".join(made[old].data() + b"\n" for old in sorted(made, key=new.__getitem__))
    return complete(files, {"records.jsonl": lines, "model.json": model.encode()}, new)


def complete(files, changed, new):
    files = {**files, **changed}
    listing = json.loads(files["manifest.json"])
    listing["dossier"] = new[listing["dossier"]]
    listing["files"] = {
        name: {"sha256": digest(data), "size": len(data)}
        for name, data in files.items()
        if name != "manifest.json"
    }
    return {**files, "manifest.json": canonical(listing)}


def failures(v, files):
    """Return what the checks on the evidence say; the page text is not looked at."""
    verification = v.Verification.__new__(v.Verification)
    verification.report, verification.evidence, verification.pdf = v.Report(), v.Evidence(files), None
    v.check_manifest(verification.evidence)
    verification.steps = lambda: v.Verification.steps(verification)[6:]
    return " | ".join(verification.run(everything=True).failures)


def test_the_evidence_as_it_is_passes(v, files):
    assert failures(v, retold(files, {})) == ""


def at(path, value):
    """Return a function that sets the leaf at a path."""

    def change(payload):
        *first, last = path.split("/")
        node = payload
        for key in first:
            node = node[int(key) if key.isdigit() else key]
        last = int(last) if last.isdigit() else last
        node[last] = value(node[last]) if callable(value) else value

    return change


R1 = ("showing", "R-1.a@nominal")
R2 = ("showing", "R-2.a@nominal")
R3 = ("showing", "R-3.a@nominal")
R4 = ("showing", "R-4.a@nominal")
R5 = ("showing", "R-5.a@nominal")
SOLVED = ("solution-verification", "beam")
TESTS = ("structure-test", "beam")
BASIS = ("basis-value", "cast.strength")
ROOT = ("dossier", "nominal")
LIES = [
    (R1, at("parts/0/not_within", 1), "counts (1, 0), its runs give (0, 0)"),
    (R1, at("parts/1/bound", lambda x: x * 0.99), "is not the upper limit for 0 of 59"),
    (R1, at("parts/0/attained", 0.001), "attains"),
    (R2, at("parts/0/attained", 0.001), "states a bound that it cannot have"),
    (ROOT, at("listwise/confidence", lambda x: x + 0.001), "says that its list is at"),
    (ROOT, at("listwise/rows", lambda x: x + 1), "says of its list"),
    (ROOT, at("listwise/method", "e-holm"), "says of its list"),
    (ROOT, at("listwise", None), "does not say how sure its shown rows are as a list"),
    (ROOT, at("whole", 0.99), "says that the whole is at 0.99"),
    (ROOT, at("violated", {"claims": 1, "confidence": 0.99, "method": "average"}), "violated claim"),
    (R1, at("parts/1/lower_bound", 0.001), "is not the lower limit"),
    (R1, at("parts/0/allowed", 0.06), "allows another fraction than the claim"),
    (R1, at("parts/0/error", 0.06), "is not the upper limit"),
    (R1, at("parts/0/draws", 58), "is not the upper limit"),
    (R1, at("parts/0/limits", [200.0]), "its runs give"),
    (R1, at("parts/0/demand_factor", 1.0), "not the product"),
    (R1, at("parts/0/demand_factors", []), "not the product"),
    (R1, at("parts/0/demand_factors/0/value", 1.0), "not the product"),
    (R1, at("parts/0/deciding/index", lambda x: (x + 1) % 59), "its deciding run gave"),
    (R1, at("parts/0/waterfall/1/value", 0.0), "its waterfall says"),
    (R1, at("parts/0/margin/value", 0.9), "its margin is not"),
    (R1, at("margin/value", 0.9), "its margin is not the smallest"),
    (R1, at("parts", lambda parts: parts[:1]), "other cases"),
    (R1, at("parts/1/rows", ["data/cases.csv#up"]), "its deciding run is not among the draws"),
    (R1, at("charge/numerical_relative", 0.0), "charges 0, its solution verification"),
    (R1, at("charge/model_factor", 1.0), "charges the model form"),
    (R1, at("verdict", "NOT SHOWN"), "what is below it NOT SHOWN"),
    (R1, at("sense", "at_least"), "its runs give"),
    (R1, at("holds/others/confidence", 0.99), "spend an error"),
    (R1, at("attempts", 3), "says 3 attempts"),
    (R1, at("attempt", 2), "attempt 2 is not on file"),
    (R2, at("parts/0/not_within", 1), "counts"),
    (R2, at("parts/0/bound", 0.1), "a bound that it cannot have"),
    (R1, at("rung", "3"), "rung 3 is not recomputed by this verifier"),
    (R3, at("rung", "0a"), "its runs say SHOWN"),
    (R3, at("given", []), "says GIVEN without saying what"),
    (R3, at("parts/0/rows", lambda rows: rows[:2]), "leaves out the corner"),
    (R4, at("parts/0/limits", [44.0]), "its runs give"),
    (R5, at("verdict", "NOT SHOWN"), "what is below it"),
    (R5, at("parts/0/verdict", "NOT SHOWN"), "says NOT SHOWN, its runs say REFUTED"),
    (R5, at("parts/0/beyond", 3), "counts"),
    (SOLVED, at("factor", 1.0), "charges"),
    (SOLVED, at("quantities/0/charge", lambda x: x / 2), "its series give"),
    (SOLVED, at("quantities/0/largest_relative", lambda x: x / 2), "its largest error is another"),
    (SOLVED, at("quantities/0/points/0/order", 1.95), "is not the observed order"),
    (SOLVED, at("quantities/0/points/0/values/2", lambda x: x * 1.001), "its runs gave"),
    (SOLVED, at("quantities/0/points/0/absolute", 0.0), "its levels give"),
    (SOLVED, at("quantities/0/points/0/classification", "exact"), "takes levels for equal"),
    (SOLVED, at("points/0/sizes/0", lambda x: x * 3), "its mesh sizes"),
    (TESTS, at("declarations/0/violations", 1), "states runs, checks, violations"),
    (TESTS, at("declarations/0/worst", -0.5), "another largest violation"),
    (TESTS, at("declarations/0/runs", 9), "states runs, checks, violations"),
    (TESTS, at("tolerance", 0.1), "allows more than 1e-6"),
    (TESTS, at("declarations/0/kind", "linear_in"), "states runs, checks, violations"),
    (BASIS, at("n", 41), "the data have 40"),
    (BASIS, at("mean", lambda x: x + 0.01), "mean or sd"),
    (BASIS, at("factor", lambda x: x * 0.999), "is not the tolerance factor"),
    (BASIS, at("value", lambda x: x + 0.01), "the data give"),
    (BASIS, at("observed_significance", lambda x: x + 0.01), "states the significance"),
    (BASIS, at("normal_rejected", True), "judges the normal law"),
    (BASIS, at("creditable", True), "is credited against its own rule"),
    (("attempt", "R-4"), at("number", 2), "are numbered [2]"),
    (("attempt", "R-4"), at("levels/R-4.a", 0.01), "its attempt at 0.01"),
    (("attempt", "R-4"), at("draws/R-4.a", 93), "planned were 93"),
    (ROOT, at("rows/4/verdict", "SHOWN"), "says SHOWN, what is below it REFUTED"),
    (ROOT, at("rows/5/verdict", "SHOWN"), "says SHOWN, what is below it SHOWN GIVEN"),
    (ROOT, at("rows/4/criteria", []), "lists other criteria than have a showing"),
    (ROOT, at("rows", lambda rows: rows[1:]), "other rows than requirements"),
    (ROOT, at("rows/0/margin/value", 2.0), "its margin is not the smallest below it"),
    (ROOT, at("counts/0/rows", 0), "counts 0 REFUTED, has 1"),
    (("document", "R-6"), at("digest", "sha256:" + "1" * 64), "what is below it NOT SHOWN"),
    (("approval", "model-form:beam"), at("subject", "model-form:other"), "allowance is not approved"),
    (("freeze", "R-1"), at("limits/R-1.a", [500.0]), "other limits than were frozen"),
    (("freeze", "R-1"), at("criteria/R-1.a", "sha256:" + "1" * 64), "another criterion than was frozen"),
    (("runs", "beam/validation"), at("failed", 1), "states 1 failed draws, has 0"),
    (("runs", "beam/validation"), at("count", 60), "states 60 draws"),
    (("runs", "beam/validation"), at("configuration", "thin"), "rests on another part's runs"),
    (("runs", "beam/validation"), at("purpose", "training"), "has 0 validation tables"),
    (("criterion", "R-1.a"), at("cases/0/tags", []), "other cases, levels or factors"),
    (("criterion", "R-4.a"), at("sense", "at_most"), "another sense than its criterion"),
]


@pytest.mark.parametrize(
    ("where", "change", "sentence"), LIES, ids=lambda x: x[1] if isinstance(x, tuple) else None
)
def test_a_lie_is_found(v, files, where, change, sentence):
    found = failures(v, retold(files, {where: change}))
    assert sentence in found


def test_a_changed_run_is_found_in_the_verdict(v, files):
    """The table, its digest, every id above it: all true. Only the recomputation knows."""
    documents = [json.loads(line) for line in files["records.jsonl"].splitlines()]
    block = next(d for d in documents if d["kind"] == "runs" and d["payload"]["purpose"] == "validation")
    old = block["blobs"]["table"]
    rows = [json.loads(line) for line in files[f"runs-{old[7:]}.jsonl"].splitlines()]
    row = next(r for r in rows if r["row"] == "data/cases.csv#side")
    row["quantities"]["stress"] = 1000.0
    data = b"".join(canonical(r) + b"\n" for r in rows)
    new = digest(data)
    moved = {name: content.replace(old.encode(), new.encode()) for name, content in files.items()}
    records = moved["records.jsonl"].splitlines()
    by_old = dict(zip(map(digest, files["records.jsonl"].splitlines()), records, strict=True))
    moved.pop(f"runs-{old[7:]}.jsonl")
    moved[f"runs-{new[7:]}.jsonl"] = data
    found = failures(v, with_ids_settled(moved, by_old))
    # The run stands beside those of a declared structure too: whichever is read first tells.
    assert "counts (0, 0), its runs give (1, 1)" in found or "contradict its declarations" in found


def with_ids_settled(files, by_old):
    """Give every record its own id again, from the inputs up."""
    new: dict[str, str] = {}
    made: dict[str, bytes] = {}

    def settle(old):
        if old not in new:
            item = json.loads(by_old[old])
            item["inputs"] = {role: settle(reference) for role, reference in item["inputs"].items()}
            made[old] = canonical(item)
            new[old] = digest(made[old])
        return new[old]

    for old in by_old:
        settle(old)
    model = files["model.json"].decode()
    for old, name in new.items():
        model = model.replace(old, name)
    lines = b"".join(line + b"\n" for line in sorted(made.values(), key=digest))
    return complete(files, {"records.jsonl": lines, "model.json": model.encode()}, new)


def spans(model):
    for element in model["elements"]:
        for group in (element.get("spans", []), *(cell for row in element.get("rows", []) for cell in row)):
            yield from group


@pytest.mark.parametrize(
    ("kind", "change", "sentence"),
    [
        ("fact", {"text": "SHOWN"}, "the evidence"),
        ("fact", {"pointer": "/payload/nothing"}, "which is not in the evidence"),
        ("fact", {"record": "sha256:" + "0" * 64}, "which is not attached"),
        ("claim", {"text": "R-1 is SHOWN for configuration nominal!"}, "which is not its template"),
        ("claim", {"template": "other"}, "which the document has not"),
        ("structure", {"text": "12 345"}, "numbers nothing"),
        ("structure", {"text": "Value [2/mm]"}, "numbers nothing"),
        ("structure", {"text": "Value [mm⁻¹ 7]"}, "numbers nothing"),
        ("prose", {"text": "It is SHOWN."}, "that no evidence bears"),
        ("prose", {"text": "about forty"}, "that no evidence bears"),
        ("prose", {"text": "of 5", "approval": "sha256:" + "0" * 64}, "an approval that is missing"),
        ("prose", {"kind": "poetry"}, "unknown span"),
        ("identifier", {"text": "123"}, "is no name"),
    ],
)
def test_a_span_that_its_kind_forbids_is_found(v, files, kind, change, sentence):
    model = json.loads(files["model.json"])
    if kind == "identifier":
        item = next(e for e in model["elements"] if e["type"] == "list")["items"][1][0]
    else:
        item = next(s for s in spans(model) if s["kind"] == kind and s["text"] != "SHOWN")
    item.update(change)
    forged = complete(files, {"model.json": canonical(model)}, {model["dossier"]: model["dossier"]})
    assert sentence in failures(v, forged)


def test_a_unit_needs_no_evidence(v, files):
    model = json.loads(files["model.json"])
    next(s for s in spans(model) if s["kind"] == "structure" and s["text"] == " ").update(
        text=" [MPa·√m·mm⁻¹·s⁶] "
    )
    told = complete(files, {"model.json": canonical(model)}, {model["dossier"]: model["dossier"]})
    assert "numbers nothing" not in failures(v, told)


def test_a_claim_about_another_requirement_is_found(v, files):
    model = json.loads(files["model.json"])
    claims = [s for s in spans(model) if s["kind"] == "claim" and s["template"] == "verdict"]
    good, bad = claims[0], next(c for c in claims if "REFUTED" in c["text"])
    bad["arguments"]["verdict"] = good["arguments"]["verdict"]
    bad["text"] = bad["text"].replace("REFUTED", good["arguments"]["verdict"]["text"])
    bad["arguments"]["requirement"] = {
        "kind": "identifier", "text": "R-5", "style": "plain", "link": None,
    }  # fmt: skip
    forged = complete(files, {"model.json": canonical(model)}, {model["dossier"]: model["dossier"]})
    assert "names R-5, its evidence is about R-1" in failures(v, forged)


def test_an_unreviewed_sentence_is_found(v, files):
    model = json.loads(files["model.json"])
    model["templates"]["count"]["text"] = "{not_within} of {draws} is fine."
    forged = complete(files, {"model.json": canonical(model)}, {model["dossier"]: model["dossier"]})
    assert "its template 'count' is not a reviewed one" in failures(v, forged)


def test_the_table_of_reviewed_sentences_is_the_registry(v):
    from assay.document import TEMPLATES

    table = {
        name: digest(canonical(template.model_dump(mode="json"))).removeprefix("sha256:")[:16]
        for name, template in sorted(TEMPLATES.items())
    }
    lines = "\n".join(f'    "{name}": "{start}",' for name, start in table.items())
    assert table == v.TEMPLATES, f"put this into TEMPLATES of verify.py:\n{lines}"


def test_a_record_that_nothing_leads_to_is_found(v, files):
    extra = Record("showing", "extra", digest(b""), {}, {}, {}, {"name": "x"})
    lines = sorted([*files["records.jsonl"].splitlines(), extra.data()], key=digest)
    root = json.loads(files["manifest.json"])["dossier"]
    forged = complete(files, {"records.jsonl": b"".join(x + b"\n" for x in lines)}, {root: root})
    assert "1 records belong to no chain" in failures(v, forged)


@pytest.fixture(scope="module")
def evidence(v, files):
    """The sample's evidence as the verifier holds it."""
    found = v.Evidence(files)
    found.manifest, found.model = json.loads(files["manifest.json"]), json.loads(files["model.json"])
    v.check_records(found)
    return found


def printed_as(evidence, text, unit="", scale=0, pointer="/payload/parts/0/limits/0"):
    """A fact about a limit of R-1, which is 420 MPa."""
    (record,) = [r for r in evidence.records.values() if (r.kind, r.subject) == R1]
    return {
        "record": record.id, "blob": None, "pointer": pointer, "form": "value", "scale": scale, "unit": unit,
        "rounding": {"mode": "exact", "digits": 0, "direction": "nearest"}, "text": text,
    }  # fmt: skip


@pytest.mark.parametrize(
    "fact",
    [
        {"text": "420\u00a0MPa", "unit": "MPa"},
        {"text": "420"},
        {"text": "42\u2009000\u00a0%", "unit": "%", "scale": 2},
        {"text": "5\u00a0%", "unit": "%", "scale": 2, "pointer": "/payload/parts/0/allowed"},
    ],
)
def test_a_number_in_its_own_unit_passes(v, evidence, fact):
    span = printed_as(evidence, **fact)
    if "\u2009" in span["text"]:
        span["text"] = v.printed(v.Decimal(42000), "exact", "%")
    v.check_fact(evidence, span, "here")


@pytest.mark.parametrize(
    ("fact", "sentence"),
    [
        ({"text": "420\u00a0kPa", "unit": "kPa"}, "the evidence has no unit kPa there"),
        ({"text": "420\u00a0N/mm²", "unit": "N/mm²"}, "the evidence has no unit N, mm there"),
        ({"text": "420\u00a0%", "unit": "%"}, "the evidence has no unit % there"),
        ({"text": "420\u2009000", "scale": 3}, "to no percentage"),
        ({"text": "0.420\u00a0%", "scale": -3, "unit": "%"}, "to no percentage"),
        ({"text": "42\u2009000\u00a0MPa", "scale": 2, "unit": "MPa"}, "to no percentage"),
        ({"text": "420\u00a0min", "unit": "min"}, "the evidence has no unit min there"),
    ],
)
def test_a_number_in_another_unit_is_found(v, evidence, fact, sentence):
    """The digits are those of the evidence: only what they count is forged."""
    with pytest.raises(v.Failed, match=sentence):
        v.check_fact(evidence, printed_as(evidence, **fact), "here")


@pytest.mark.parametrize(
    ("pointer", "good"),
    [
        ("/payload/margin/value", "down"),
        ("/payload/parts/0/margin/value", "down"),
        ("/payload/rows/3/margin", "down"),
        ("/payload/listwise/confidence", "down"),
        ("/payload/whole", "down"),
        ("/payload/parts/0/bound", "up"),
        ("/payload/parts/0/attained", "up"),
        ("/payload/charge/numerical_relative", "up"),
    ],
)
def test_what_a_verdict_rests_on_is_rounded_against_us(v, pointer, good):
    """A margin of 0.07 must not read 0.1, nor a limit of 4.96 % read 4 %: told alike everywhere."""
    for direction in ("up", "down", "nearest"):
        span = {"pointer": pointer, "text": "?", "rounding": {"mode": "significant", "digits": 1}}
        span["rounding"]["direction"] = direction
        if direction == good:
            v.check_direction(span, "here")
        else:
            with pytest.raises(v.Failed, match=f"against us is {good}"):
                v.check_direction(span, "here")
    v.check_direction({"pointer": pointer, "text": "?", "rounding": {"mode": "exact"}}, "here")
    v.check_direction({"pointer": "/payload/n", "text": "?", "rounding": {"mode": "decimals"}}, "here")


def test_the_unit_of_a_number_is_the_nearest(v):
    payload = {
        "unit": "MPa",
        "parts": [{"value": 1, "factors": {"width": 2}, "inner": {"unit": "Hz", "value": 3}}],
    }
    assert v.nearest_unit(payload, "/payload/parts/0/value") == "MPa"
    assert v.nearest_unit(payload, "/payload/parts/0/inner/value") == "Hz"
    assert v.nearest_unit(payload, "/payload/parts/0/factors/width") is None
    assert v.nearest_unit({"value": 1}, "/payload/value") is None
    assert v.unit_words("MPa·√m·mm⁻¹") == {"MPa", "m", "mm"}
    assert v.unit_words("°C/%") == {"°", "C", "%"}
