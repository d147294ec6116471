"""A sample dossier with every element type, made from a few records; `long_table` rows stress the pages."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from assay.document import (
    TEMPLATES,
    Code,
    Column,
    Contents,
    Document,
    Figure,
    Heading,
    Identifier,
    ItemList,
    PageBreak,
    Paragraph,
    Prose,
    Quotation,
    Rounding,
    Sources,
    Structure,
    Table,
    claim,
    fact,
    printed,
    require,
)
from assay.dossier import Attachment, attachments
from assay.dossier.plots import Step, waterfall_chart
from assay.evidence.records import Record, canonical, digest

TOOL = {"name": "assay", "version": "0.1.0"}
RECIPE = digest(b"recipe")
UP = Rounding(mode="significant", digits=4, direction="up")
DOWN = Rounding(mode="significant", digits=4, direction="down")
MARGIN = Rounding(mode="decimals", digits=3, direction="down")
CLAUSES = (
    "CS 25.561(b)(3)",
    "CS 25.561(c)",
    "CS 25.305(a)",
    "CS 25.305(b)",
    "CS 25.303",
    "CS 25.613(b)",
    "CS 25.619",
    "CS 25.621",
    "CS 25.625",
    "CS 25.307",
    "CS 25.571(a)",
    "CS 25.789",
)
VERDICTS = ("SHOWN", "SHOWN GIVEN", "NOT SHOWN", "REFUTED")


@dataclass(frozen=True)
class Sample:
    document: Document
    sources: Sources
    records: tuple[Record, ...]
    files: tuple[Attachment, ...]
    images: dict[str, bytes]


def record(kind, subject, payload, blobs=None, inputs=None):
    return Record(kind, subject, RECIPE, inputs or {}, payload, blobs or {}, TOOL)


def table_bytes(rows):
    lines = [
        {
            "index": index,
            "row": "",
            "factors": {"thickness": 5 + (index * 37 % 101) / 1000, "modulus": 71000 + 13.7 * index},
            "quantities": {"fillet_stress": 92 + (index * 61 % 97) / 7},
            "places": {"fillet_stress": [12.5, 3.25, 0.125 * index]},
            "checks": {"equilibrium": (1 + index) * 1.25e-13, "dof": 9812},
            "state": "ok",
            "reason": None,
        }
        for index in range(rows)
    ]
    return lines, b"".join(canonical(line) + b"\n" for line in lines)


def picture_of(part) -> bytes:
    """Return the waterfall chart of a showing's part."""
    kinds = ("run", "numerical", "model", "factor")
    steps = [
        Step(step["label"], kind, step["value"], printed(step["value"], UP))
        for kind, step in zip(kinds, part["waterfall"], strict=True)
    ]
    steps += [
        Step("demand", "total", part["demand"], printed(part["demand"], UP)),
        Step("capacity", "capacity", part["capacity"], printed(part["capacity"], DOWN)),
    ]
    return waterfall_chart(steps, "fillet stress [MPa]")


def showing_payload():
    part = {
        "case": "forward",
        "draws": 59,
        "not_within": 0,
        "allowed": 0.05,
        "bound": 0.04949275,
        "demand": 128.4473,
        "capacity": 142.3914,
        "margin": 0.1085583,
        "waterfall": [
            {"label": "deciding run 17", "value": 101.3127},
            {"label": "numerical error", "value": 2.4871},
            {"label": "model form", "value": 10.3800},
            {"label": "CS 25.625 fitting", "value": 14.2675},
        ],
        "place": [12.5, 3.25, 2.125],
        "mode": "fillet stress",
    }
    assumptions = [
        {"text": "The factors follow the declared law.", "check": "not checked"},
        {"text": "The response is convex in each load group.", "check": "passed"},
        {
            "text": "The model-form allowance of the stress lead covers the model form.",
            "check": "not checked",
        },
    ]
    return {
        "requirement": "TRAY-012",
        "criterion": "TRAY-012.a",
        "configuration": "nominal",
        "verdict": "SHOWN GIVEN",
        "confidence": 0.95,
        "fraction": 0.95,
        "parts": [part],
        "assumptions": assumptions,
        "given": "the response is convex in each load group",
        "charge": {"numerical": 0.02455},
        "tiny": 3.1e-13,
    }


def matrix_payload():
    rows = [
        {
            "requirement": f"TRAY-{number:03d}",
            "source": CLAUSES[number % len(CLAUSES)],
            "verdict": VERDICTS[(0, 0, 1, 0, 2, 1, 0, 3)[number % 8]],
            "margin": 0.31 - 0.05 * (number % 8) - number / 997,
            "text": "The bracket withstands the emergency-landing load without fracture at the fillet.",
            "method": "structure+fixed",
        }
        for number in range(1, 25)
    ]
    return {"rows": rows}


def structure(text, **more):
    return Structure(text=text, **more)


def prose(text, **more):
    return Prose(text=text, **more)


def front_matter(sources, matrix):
    identity = [
        ("Part", "Avionics-tray bracket"),
        ("Drawing", "ATB-4711 sheet B"),
        ("Configuration", "nominal"),
        ("Programme", "bracket"),
        ("Prepared with", "Assay v0.1"),
    ]
    pairs = tuple(((structure(label),), (Identifier(text=value),)) for label, value in identity)
    return [
        Paragraph(style="title", spans=(prose("Compliance dossier"),)),
        Paragraph(style="subtitle", spans=(prose("Avionics-tray bracket, emergency landing"),)),
        Table(style="pairs", columns=(Column(width=1), Column(width=3)), rows=pairs),
        Paragraph(
            style="notice",
            spans=(
                prose("What this document does not show. ", style="strong"),
                prose(
                    "Fatigue, permanent deformation at limit load, static tests of castings, fasteners and "
                    "bearings are rows of the matrix without evidence; each says what would close it."
                ),
            ),
        ),
        Paragraph(
            style="small",
            spans=(prose("Persons named here are claims until a signature stands under them."),),
        ),
        PageBreak(),
        Heading(level=1, listed=False, spans=(prose("Contents"),)),
        Contents(depth=2),
        PageBreak(),
        Heading(level=1, anchor="matrix", spans=(structure("1 "), prose("Compliance matrix"))),
        Paragraph(spans=(claim(sources, "listwise"),)),
        matrix_table(sources, matrix),
    ]


def matrix_table(sources, matrix):
    rows = tuple(
        (
            (fact(sources, matrix, f"/payload/rows/{i}/requirement", link="showing" if i == 11 else None),),
            (fact(sources, matrix, f"/payload/rows/{i}/source"),),
            (fact(sources, matrix, f"/payload/rows/{i}/text"),),
            (fact(sources, matrix, f"/payload/rows/{i}/verdict", style="verdict"),),
            (fact(sources, matrix, f"/payload/rows/{i}/margin", MARGIN),),
        )
        for i in range(len(sources.records[matrix]["payload"]["rows"]))
    )
    heads = ("Requirement", "Clause", "What must hold", "Verdict", "Margin")
    columns = (Column(), Column(), Column(width=1), Column(width="auto"), Column(align="right"))
    return Table(
        caption=(structure("Table 1 "), prose("Verdicts of configuration nominal")),
        columns=columns,
        header=tuple((structure(head),) for head in heads),
        rows=rows,
    )


def showing_section(sources, showing, picture):
    at = lambda pointer, *rest, **more: fact(sources, showing, f"/payload{pointer}", *rest, **more)
    percent = {"scale": 2, "unit": "%"}
    waterfall = (
        *tuple(
            ((at(f"/parts/0/waterfall/{i}/label"),), (at(f"/parts/0/waterfall/{i}/value", UP),))
            for i in range(4)
        ),
        ((structure("Demand", style="strong"),), (at("/parts/0/demand", UP, style="strong"),)),
        ((structure("Capacity"),), (at("/parts/0/capacity", DOWN),)),
        ((structure("Margin"),), (at("/parts/0/margin", MARGIN),)),
    )
    assumptions = tuple(((at(f"/assumptions/{i}/text"),), (at(f"/assumptions/{i}/check"),)) for i in range(3))
    return [
        Heading(level=1, anchor="showing", spans=(structure("2 "), prose("Showings"))),
        Heading(
            level=2,
            spans=(structure("2.1 "), at("/criterion"), prose(", fillet stress in emergency landing")),
        ),
        Paragraph(
            style="lead",
            spans=(
                claim(
                    sources,
                    "verdict-given",
                    requirement=at("/requirement"),
                    verdict=at("/verdict"),
                    configuration=at("/configuration"),
                    assumption=at("/given"),
                ),
            ),
        ),
        Paragraph(
            spans=(
                at("/verdict", style="verdict"),
                structure(" "),
                claim(
                    sources,
                    "fraction",
                    confidence=at("/confidence", **percent),
                    fraction=at("/fraction", **percent),
                    configuration=at("/configuration"),
                    criterion=at("/criterion"),
                ),
                structure(" "),
                claim(sources, "count", not_within=at("/parts/0/not_within"), draws=at("/parts/0/draws")),
                structure(" "),
                claim(
                    sources,
                    "bound-holds",
                    bound=at("/parts/0/bound", UP, **percent),
                    allowed=at("/parts/0/allowed", **percent),
                ),
                structure(" "),
                claim(
                    sources,
                    "capacity-suffices",
                    demand=at("/parts/0/demand", UP, unit="MPa"),
                    capacity=at("/parts/0/capacity", DOWN, unit="MPa"),
                ),
                structure(" "),
                prose("Where the run stands in the population is listed in "),
                structure("Table 3", link="runs"),
                prose("."),
            )
        ),
        Paragraph(
            style="quotation",
            spans=(
                Quotation(
                    text="The bracket carries 12 kg of equipment; we expect the fillet to govern.",
                    file="narrative/tray.md",
                ),
            ),
        ),
        Heading(level=3, spans=(prose("How the margin comes about"),)),
        Table(
            caption=(structure("Table 2 "), prose("Waterfall of the deciding run")),
            columns=(Column(width=2), Column(width=1, align="right")),
            header=((structure("Step"),), (structure("Stress [N/mm²]"),)),
            rows=waterfall,
        ),
        Figure(
            image=picture,
            format="svg",
            alt="Bars from the deciding run to the demand, which is shorter than the capacity.",
            caption=(structure("Figure 1 "), prose("Demand against capacity")),
            width=100,
        ),
        Heading(level=3, spans=(prose("What it rests on"),)),
        Table(
            caption=(prose("Assumptions, with their checks"),),
            columns=(Column(width=3), Column(width=1)),
            header=((structure("Assumption"),), (structure("Check"),)),
            rows=assumptions,
        ),
        Paragraph(spans=(prose("Besides, these hold:"),)),
        ItemList(
            items=(
                (
                    prose("The declaration was tested by runs that solve anew; the largest residual is "),
                    at("/tiny", Rounding(mode="significant", digits=2, direction="up")),
                    prose("."),
                ),
                (
                    claim(
                        sources,
                        "numerical-charge",
                        error=at(
                            "/charge/numerical",
                            Rounding(mode="decimals", digits=1, direction="up"),
                            **percent,
                        ),
                    ),
                ),
                (prose("Record "), Identifier(text=showing, style="mono"), prose(".")),
            )
        ),
        Heading(level=3, spans=(prose("The limit, as its author wrote it"),)),
        Code(
            lines=(
                "[[criterion]]",
                'id = "TRAY-012.a"',
                "",
                "at_most = \"basis('casting', 'strength', 0.99, 0.95)\"",
                'holds = { at = "data/cases.csv", others = { fraction = 0.95, confidence = 0.95 } }',
            ),
            file="criteria.toml",
        ),
    ]


def run_section(sources, runs, rows):
    at = lambda i, pointer, *rest, **more: fact(sources, runs, f"/{i}{pointer}", *rest, blob="table", **more)
    body = tuple(
        (
            (at(i, "/index"),),
            (at(i, "/factors/thickness", Rounding(mode="decimals", digits=3)),),
            (at(i, "/factors/modulus", Rounding(mode="significant", digits=5)),),
            (at(i, "/quantities/fillet_stress", UP),),
            (at(i, "/checks/equilibrium", Rounding(mode="significant", digits=2, direction="up")),),
            (at(i, "/state"),),
        )
        for i in range(rows)
    )
    heads = ("Run", "Thickness [mm]", "Modulus [MPa]", "Fillet stress [MPa]", "Imbalance", "State")
    columns = (Column(align="right"), *(Column(align="right", width=1),) * 4, Column(width=1))
    return [
        PageBreak(),
        Heading(level=1, spans=(structure("3 "), prose("Index of runs"))),
        Table(
            anchor="runs",
            caption=(structure("Table 3 "), prose("Every run of the block")),
            columns=columns,
            header=tuple((structure(head),) for head in heads),
            rows=body,
        ),
    ]


def make_sample(long_table: int = 59, verifier: bytes = b"print('verify')\n") -> Sample:
    lines, data = table_bytes(long_table)
    table = digest(data)
    runs = record("runs", "tray@nominal", {"count": long_table}, {"table": table})
    showing = record("showing", "TRAY-012.a@nominal", showing_payload(), inputs={"runs": runs.id})
    matrix = record("objective", "matrix@nominal", matrix_payload())
    records = (runs, showing, matrix)
    sources = Sources({item.id: item.document() for item in records}, {table: lines})
    image = picture_of(showing.payload["parts"][0])
    picture = digest(image)
    elements = (
        *front_matter(sources, matrix.id),
        *showing_section(sources, showing.id, picture),
        *run_section(sources, runs.id, long_table),
    )
    used = {
        span.template
        for element in elements
        for span in getattr(element, "spans", ())
        if span.kind == "claim"
    }
    used |= {"numerical-charge"}
    document = Document(
        title="Compliance dossier: avionics-tray bracket",
        reference="ATB-CD-001",
        issue="B",
        date="2026-11-23",
        templates={name: TEMPLATES[name] for name in sorted(used)},
        elements=elements,
    )
    require(document, sources)
    images = {picture: image}
    files = attachments(document, records, {table: data}, images, verifier)
    return Sample(document, sources, records, files, images)


@pytest.fixture(scope="session")
def sample() -> Sample:
    return make_sample()


@pytest.fixture(scope="session")
def sample_pdf(sample: Sample) -> bytes:
    from assay.dossier import render_pdf

    return render_pdf(sample.document, sample.files, sample.images)


@pytest.fixture
def written(sample_pdf: bytes, tmp_path: Path) -> Path:
    path = tmp_path / "dossier.pdf"
    path.write_bytes(sample_pdf)
    return path
