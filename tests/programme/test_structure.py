from __future__ import annotations

from typing import Any

import pytest

from assay.programme._structure import correlation_matrix, positive_definite

BEAM, SUPPORT = "studies/beam.toml", "studies/support.toml"


def test_declarations(tiny: Any) -> None:
    tiny.edit(SUPPORT, "reason =", 'homogeneous_in = ["nx", "ny"], reason =')
    found = tiny.load().studies["support"].declarations
    assert [(d.kind, d.groups) for d in found] == [
        ("convex_in", (("nx", "ny"), ("mass",))),
        ("homogeneous_in", (("nx", "ny"),)),
    ]
    assert found[0].factors == ("nx", "ny", "mass")
    assert found[0].source.line == tiny.line(SUPPORT, "reaction = {")


@pytest.mark.parametrize(
    ("old", "new", "found", "instead"),
    [
        ('["mass"]]', '["mas"]]', "unknown factor 'mas'", "'mass'"),
        ('["mass"]]', '["nx"]]', "stands twice", "once"),
        ('["mass"]]', '"mass"]', "mixed", "flat list"),
        ("convex_in = ", "convx_in = ", "unknown key 'convx_in'", "'convex_in'"),
        ("reaction = {", "reacton = {", "unknown quantity 'reacton'", "'reaction'"),
        ('convex_in = [["nx", "ny"], ["mass"]], ', "", "declares nothing", "convex_in"),
    ],
)
def test_bad_declarations(tiny: Any, old: str, new: str, found: str, instead: str) -> None:
    tiny.edit(SUPPORT, old, new)
    problem = next(p for p in tiny.problems() if p.file == SUPPORT)
    assert problem.line == tiny.line(SUPPORT, "[structure]") + 1
    assert found in problem.found
    assert instead in problem.instead


def test_monotone_and_symmetric_declarations(tiny: Any) -> None:
    tiny.edit(
        SUPPORT,
        'convex_in = [["nx", "ny"], ["mass"]],',
        'decreasing_in = ["nx"], increasing_in = ["mass"], linear_in = ["ny"], symmetric_in = ["ny"],',
    )
    found = tiny.load().studies["support"].declarations
    assert [(d.kind, d.groups) for d in found] == [
        ("linear_in", (("ny",),)),
        ("increasing_in", (("mass",),)),
        ("decreasing_in", (("nx",),)),
        ("symmetric_in", (("ny",),)),
    ]
    tiny.edit(SUPPORT, 'symmetric_in = ["ny"]', 'symmetric_in = [["ny", "nz"]]')
    first = tiny.problems()[0]
    assert (first.found, first.line) == ("unknown factor 'nz'", tiny.line(SUPPORT, "reaction = {"))


@pytest.mark.parametrize(
    ("new", "found", "instead"),
    [
        ('increasing_in = ["mas"],', "unknown factor 'mas'", "'mass'"),
        ('increasing_in = ["mass", "mass"],', "stands twice", "once"),
        ("increasing_in = [],", "a group is empty", "once"),
        ("symmetric_in = [],", "a group is empty", "once"),
        ("symmetric_in = [[]],", "a group is empty", "once"),
        ('increasing_in = [["mass"], ["nx"]],', "increasing_in has groups", "each stands by itself"),
        (
            'increasing_in = ["mass"], decreasing_in = ["nx", "mass"],',
            "mass stands in increasing_in and in decreasing_in",
            "one of them",
        ),
        (
            'decreasing_in = ["nx"], symmetric_in = [["nx", "ny"]],',
            "nx stands in decreasing_in and in symmetric_in",
            "one of them",
        ),
    ],
)
def test_bad_signs(tiny: Any, new: str, found: str, instead: str) -> None:
    tiny.edit(SUPPORT, 'convex_in = [["nx", "ny"], ["mass"]],', new)
    problem = next(p for p in tiny.problems() if p.file == SUPPORT)
    assert problem.line == tiny.line(SUPPORT, "[structure]") + 1
    assert found in problem.found
    assert instead in problem.instead


def test_a_sign_may_contradict_linearity_only_by_a_run(tiny: Any) -> None:
    """Linear and of the wrong sign is no contradiction in words: its test runs decide."""
    tiny.edit(
        SUPPORT, 'convex_in = [["nx", "ny"], ["mass"]],', 'linear_in = ["mass"], decreasing_in = ["mass"],'
    )
    assert not [p for p in tiny.problems() if p.file == SUPPORT]


@pytest.mark.parametrize(
    ("old", "new", "marker", "found", "instead"),
    [
        (
            "[10, 20, 40]",
            "[10, 40, 20]",
            "levels",
            "the levels [10.0, 40.0, 20.0] of cells",
            "coarse to fine",
        ),
        ("[10, 20, 40]", "[10]", "levels", "levels.cells is [10]", "at least 2"),
        ("[10, 20, 40]", "[0, 20, 40]", "levels", "of cells", "positive"),
        (
            "cells = [10, 20, 40]",
            "cells = [10, 20, 40], order = [1, 2]",
            "levels",
            "different numbers",
            "as many",
        ),
        ("levels = { cells = [10, 20, 40] }", "levels = { }", "levels", "no refinement levels", "KNOB"),
        ("factor = 1.25", "factor = 0.5", "factor = 0.5", "factor is 0.5", "at least 1"),
        (
            'basis = "allowance"',
            'basis = "measured"',
            "measured",
            "not available in this version",
            "allowance or none",
        ),
        ('basis = "allowance"', 'basis = "similarity"', "similarity", "not available", "allowance or none"),
        ('basis = "allowance"', 'basis = "guess"', "guess", "basis is 'guess'", "'none'"),
        ('basis = "allowance"', 'basis = "none"', "factor = 1.05", "a factor with the basis none", "remove"),
        ("factor = 1.05\n", "", "[validation]", "no factor", "add factor"),
        ("factor = 1.05", "factor = 0.9", "factor = 0.9", "factor is 0.9", "at least 1"),
        (
            'approver = "analyst lead"',
            'approver = "nobody"',
            "approver",
            "'nobody' is no role",
            "write one of",
        ),
        ("training = 16", "training = 0", "training", "training is 0", "at least 1"),
        ("training = 16", "training = 0x" + "f" * 40, "training", "training is", "at most"),
        (
            "[surrogate]",
            "[correlation]\npairs = [['load', 'modulus', 1.0]]\n[surrogate]",
            "pairs",
            "the pair",
            "(-1, 1)",
        ),
        (
            "[surrogate]",
            "[correlation]\npairs = [['load', 'mod', 0.1]]\n[surrogate]",
            "pairs",
            "'mod'",
            "'modulus'",
        ),
        ("[surrogate]", "[correlation]\npair = []\n[surrogate]", "pair =", "unknown key 'pair'", "pairs"),
        (
            "[surrogate]",
            (
                "[correlation]\npairs = [['load', 'modulus', 0.9], ['load', 'thickness', 0.9],\n"
                "['modulus', 'thickness', -0.9]]\n[surrogate]"
            ),
            "pairs",
            "no joint law",
            "lower",
        ),
        (
            "[surrogate]",
            "[correlation]\npairs = [['load', 'modulus', 0.1], ['modulus', 'load', 0.2]]\n[surrogate]",
            "pairs",
            "stands twice",
            "keep one",
        ),
    ],
)
def test_beam_toml(tiny: Any, old: str, new: str, marker: str, found: str, instead: str) -> None:
    tiny.edit(BEAM, old, new).check(BEAM, marker, found, instead)


def test_a_study_without_validation_has_no_model_form(tiny: Any) -> None:
    text = (tiny.root / SUPPORT).read_text("utf-8")
    tiny.write(SUPPORT, text[: text.index("[verification]")])
    study = tiny.load().studies["support"]
    assert (study.model_form.basis, study.model_form.factor) == ("none", 1.0)
    assert study.verification is None
    assert study.surrogate is None


def test_positive_definite() -> None:
    names = ("a", "b", "c")
    assert positive_definite(correlation_matrix(names, (("a", "b", 0.6), ("b", "x", 0.9))))
    assert not positive_definite(
        correlation_matrix(names, (("a", "b", 0.9), ("a", "c", 0.9), ("b", "c", -0.9)))
    )
    assert positive_definite(())
