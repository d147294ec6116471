from __future__ import annotations

import dataclasses

from assay.document.sections.structure import structure


def test_a_declaration_with_its_tests(desk, said):
    text = said(desk, structure(desk))
    assert "fillet_stress convex in nx, nz; equipment_mass" in text
    assert "248480\u22120.00021" in text
    assert "relative tolerance 1\u00a0×\u00a010⁻⁶" in text or "relative tolerance 1.0" in text


def test_nothing_declared_nothing_said(desk_of, inputs):
    study = dataclasses.replace(inputs.studies["tray"], structure=None)
    assert not list(structure(desk_of(dataclasses.replace(inputs, studies={"tray": study}))))
