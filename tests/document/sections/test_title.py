from __future__ import annotations

import dataclasses

from assay.document.model import Contents, Paragraph, Quotation
from assay.document.sections.title import MOST_GIVEN, limits, title


def test_the_first_page_says_which_part_and_what_is_not_shown(desk, said):
    text = said(desk, title(desk))
    assert "ATB-CD-001, issue B, 2026-11-23" in text
    assert "ATB-4711-D, issue B" in text
    assert "REFUTED TRAY-010." in text
    assert "NOT SHOWN TRAY-008, TRAY-011, TRAY-012, TRAY-013, TRAY-015, TRAY-016." in text


def test_what_a_verdict_is_given_stands_on_the_first_page_once(desk_of, inputs, said):
    given = "fillet_stress convex in nx, nz; equipment_mass (48 checks, 0 violations)"
    text = said(desk_of(inputs), title(desk_of(inputs)))
    assert "What it shows under an assumption only. SHOWN GIVEN" in text
    assert text.count(given) == 1
    assert f"TRAY-003: {given}." in text or f", TRAY-003: {given}." in text


def test_many_assumptions_are_cut_on_the_first_page(desk_of, inputs, said):
    rows = tuple(
        row.model_copy(update={"verdict": "SHOWN GIVEN", "given": (f"assumption of {row.requirement}",)})
        for row in inputs.status.rows
    )
    desk = desk_of(dataclasses.replace(inputs, status=inputs.status.model_copy(update={"rows": rows})))
    text = said(desk, title(desk))
    assert text.count("assumption of TRAY") == MOST_GIVEN
    assert "The list is cut; every assumption stands in the matrix." in text


def test_the_statement_is_quoted(desk):
    quoted = [e for e in title(desk) if isinstance(e, Paragraph) and e.style == "quotation"]
    assert isinstance(quoted[0].spans[0], Quotation)
    assert quoted[0].spans[0].file == "programme.toml"


def test_contents_follow(desk):
    assert any(isinstance(element, Contents) for element in title(desk))


def test_limits_apply_only_where_they_do(desk_of, evidence, inputs):
    def joined(desk):
        return "".join(span.text for item in limits(desk) for span in item)

    full = joined(desk_of(inputs))
    assert "not compared with measurements: study tray" in full
    assert "Clauses whose paraphrase was not compared with its source: 2" in full
    assert "journal only" in full
    bare = dataclasses.replace(inputs, freezes=())
    assert "journal only" not in joined(desk_of(bare))


def test_when_all_is_shown_it_says_so(desk_of, inputs, said):
    rows = tuple(row.model_copy(update={"verdict": "SHOWN"}) for row in inputs.status.rows)
    status = inputs.status.model_copy(update={"rows": rows})
    desk = desk_of(dataclasses.replace(inputs, status=status))
    assert "Every row of the matrix is shown" in said(desk, title(desk))


def test_a_configuration_without_identity_has_a_title_page(desk_of, evidence, said):
    programme = evidence.make_programme()
    bare = dataclasses.replace(programme.configurations["nominal"], identity=None)
    inputs = evidence.make_inputs(dataclasses.replace(programme, configurations={"nominal": bare}))
    desk = desk_of(inputs)
    text = said(desk, title(desk))
    assert "Drawing" not in text
    assert "nominal, Bracket as drawn" in text
