from __future__ import annotations

from typing import Any

from assay.programme import joint_law


def test_what_varies(tiny: Any) -> None:
    programme = tiny.load()
    beam, nominal = programme.studies["beam"], programme.configurations["nominal"]
    names, laws, matrix = joint_law(beam, nominal, set())
    assert names == ("thickness", "load", "modulus")
    assert [law.kind for law in laws] == ["uniform", "normal", "normal"]
    assert matrix is None
    assert joint_law(beam, nominal, {"load"})[0] == ("thickness", "modulus")


def test_a_factor_without_law_is_not_drawn(tiny: Any) -> None:
    programme = tiny.load()
    names, _, _ = joint_law(programme.studies["support"], programme.configurations["nominal"], set())
    assert names == ("mass",)


def test_correlation(tiny: Any) -> None:
    tiny.append("studies/beam.toml", '\n[correlation]\npairs = [["modulus", "load", -0.5]]\n')
    programme = tiny.load()
    beam, nominal = programme.studies["beam"], programme.configurations["nominal"]
    assert joint_law(beam, nominal, set())[2] == ((1.0, 0.0, 0.0), (0.0, 1.0, -0.5), (0.0, -0.5, 1.0))
    assert joint_law(beam, nominal, {"load"})[2] is None
    assert any("modulus and load: -0.5" in notice for notice in programme.notices)
