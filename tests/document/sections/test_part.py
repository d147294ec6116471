from __future__ import annotations

import dataclasses

from assay.document.sections.part import part
from assay.evidence import Record


def test_factors_with_tolerance_range_and_law(desk, said):
    text = said(desk, part(desk))
    assert "thicknessdesign5\u00a0mm\u22120.1 to 0.1\u00a0mmuniform (low 4.9, high 5.1)" in text
    assert "nxoperating0\u22129 to 9 (range)none" in text
    assert "hole_offsetdesign0.5\u00a0mmfixednone" in text


def test_dependence_is_said_either_way(desk, desk_of, evidence, said):
    assert "thickness and fillet_radius: 0.4" in said(desk, part(desk))
    programme = evidence.make_programme()
    study = dataclasses.replace(programme.studies["tray"], correlation=())
    other = desk_of(evidence.make_inputs(dataclasses.replace(programme, studies={"tray": study})))
    assert "taken as independent" in said(other, part(other))


def test_a_basis_value_with_its_numbers_and_its_credit(desk, said):
    text = said(desk, part(desk))
    assert "99\u00a0% / 95\u00a0%60219.727.552.8071142.39\u00a0MPa" in text
    assert "60 of 75 specimens, batches unknown" in text
    assert "do not reject a normal distribution" in text
    assert "published measurements. Licence: facts" in text


def test_a_basis_value_by_another_method_says_how(desk_of, evidence, said):
    inputs = evidence.make_inputs()
    old = inputs.own["basis:casting.strength:0.99/0.95"]
    by = {
        "asked": "auto",
        "why": "the batches do not differ and are pooled; the weibull law is the first that is not rejected",
        "numbers": {"shape": 24.81065, "scale": 144.8872},
        "test": "anderson-darling",
        "law": "weibull",
        "significance": 0.17879,
        "batch_test": {"batches": 3, "statistic": 1.2222, "critical": 2.2329, "differ": False},
        "rejected": False,
        "references": ["lawless-1982", "stephens-1974", "scholz-stephens-1987"],
    }
    changed = Record(
        old.kind,
        old.subject,
        old.recipe,
        old.inputs,
        {**old.payload, "method": "weibull", "by": by},
        {},
        old.tool,
    )
    own = {**inputs.own, "basis:casting.strength:0.99/0.95": changed}
    desk = desk_of(dataclasses.replace(inputs, own=own))
    text = said(desk, part(desk))
    assert "Basis values by the method that the programme names" in text
    assert "by the normal method" not in text
    assert "weibull (auto)" in text
    assert "from scale 144.887, shape 24.8106. Chosen by the procedure: the batches do not differ" in text
    assert "Test of weibull (anderson-darling): the observed significance level is 0.178." in text
    assert "test of 3 batches: 1.223 against 2.232; the batches do not differ." in text
    assert "Published in: lawless-1982, stephens-1974, scholz-stephens-1987." in text


def test_a_long_list_of_values_is_counted(desk_of, evidence, said):
    from assay.statistics import Law

    programme = evidence.make_programme()
    factors = dict(programme.studies["tray"].factors)
    law = Law.of("discrete", values=[1.0, 2.0], weights=[0.5, 0.5])
    factors["nx"] = dataclasses.replace(factors["nx"], law=law)
    configuration = dataclasses.replace(programme.configurations["nominal"], factors={"tray": factors})
    changed = dataclasses.replace(programme, configurations={"nominal": configuration})
    desk = desk_of(evidence.make_inputs(changed))
    assert "discrete (2 values, 2 weights)" in said(desk, part(desk))
