from __future__ import annotations

import dataclasses

from assay.document.compose import dossier_record, figure_requests
from assay.document.model import spans_of
from assay.document.sections.matrix import matrix
from assay.evidence import canonical, digest


def requested(evidence, inputs):
    return {r.name: r for r in figure_requests(inputs, dossier_record(inputs, tool=evidence.TOOL))}


def test_margins_waterfalls_and_convergence(evidence):
    found = requested(evidence, evidence.make_inputs())
    assert {"margins", "waterfall-1", "convergence-1"} <= set(found)
    assert "waterfall-8" not in found, "its plan was not carried out"
    assert found["waterfall-1"].data["axis"] == "fillet_stress [MPa]"
    assert [step["kind"] for step in found["waterfall-1"].data["steps"]][-2:] == ["total", "capacity"]


def test_texts_are_those_of_the_document(evidence, desk_of):
    inputs = evidence.make_inputs()
    printed = {span.text for element in matrix(desk_of(inputs)) for span in spans_of(element)}
    for bar in requested(evidence, inputs)["margins"].data["bars"]:
        assert bar["text"] in printed
        assert bar["label"] in printed


def test_charts_draw_what_is_requested(evidence):
    from assay.dossier.plots import Level, MarginBar, Step, convergence_chart, margin_plot, waterfall_chart

    found = requested(evidence, evidence.make_inputs())
    assert margin_plot([MarginBar(**bar) for bar in found["margins"].data["bars"]]).startswith(b"<svg")
    data = found["waterfall-6"].data
    assert waterfall_chart([Step(**step) for step in data["steps"]], data["axis"]).startswith(b"<svg")
    data = dict(found["convergence-1"].data)
    assert convergence_chart([Level(**level) for level in data.pop("levels")], **data).startswith(b"<svg")


def test_a_field_is_found_by_the_deciding_run(evidence):
    inputs = evidence.make_inputs()
    deciding = inputs.showings["TRAY-004.a"].payload["parts"][0]["deciding"]
    field = digest(b"a field")
    line = {"index": 0, "row": "", "factors": deciding["factors"], "quantities": {"deflection": 1.0}}
    line |= {"places": {}, "checks": {}, "state": "ok", "reason": None, "fields": {"deflection": field}}
    data = canonical(line) + b"\n"
    pictures = evidence.record(
        "runs", "tray@nominal/picture",
        {**inputs.studies["tray"].nominal.payload, "purpose": "picture"}, blobs={"table": digest(data)},
    )  # fmt: skip
    study = dataclasses.replace(inputs.studies["tray"], pictures=pictures)
    shown = dataclasses.replace(inputs, studies={"tray": study}, tables={**inputs.tables, digest(data): data})
    found = requested(evidence, shown)
    name = f"field-{list(inputs.showings).index('TRAY-004.a') + 1}"
    assert found[name].data["field"] == field
    assert found[name].data["maximum_text"].endswith("\u00a0mm")
    assert [n for n in found if n.startswith("field")] == [
        name,
        f"field-{list(inputs.showings).index('TRAY-009.a') + 1}",
    ]
