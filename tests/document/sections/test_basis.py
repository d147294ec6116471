from __future__ import annotations

from assay.document.model import Table
from assay.document.sections.basis import basis


def test_every_source_of_a_requirement_stands_with_its_paraphrase(desk, inputs, said):
    text = said(desk, basis(desk))
    for requirement in inputs.programme.requirements.values():
        for source in requirement.sources:
            assert source in text
    assert "CS 25.307Analysis counts where experience has shown that it is reliable.TRAY-012no" in text
    assert "TRAY-SPEC 4.2TRAY-004own source" in text
    assert "CS 25.613(b)" not in text, "no requirement names it"


def test_editions_and_factors_in_use_are_named(desk, said):
    text = said(desk, basis(desk))
    assert "Amendment 27" in text
    assert "CS 25.6211.25critical castings" in text


def test_a_programme_without_packs_has_no_empty_table(desk_of, evidence):
    desk = desk_of(evidence.make_inputs())
    bare = desk.payload.model_copy(update={"editions": (), "factors": ()})
    import dataclasses

    found = list(basis(dataclasses.replace(desk, payload=bare)))
    assert sum(isinstance(element, Table) for element in found) == 1
