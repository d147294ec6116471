from __future__ import annotations

import pytest

from assay.pipeline.proposing import questions_of, region_of_configuration, region_of_envelope, region_of_law


def test_regions(beam, nominal):
    configuration = nominal.setting.configuration
    assert region_of_envelope(beam.study)["load"] == (150.0, 600.0)
    box = region_of_configuration(beam.study, configuration)
    assert box["thickness"] == pytest.approx((9.9, 10.1))
    assert box["load"] == (150.0, 600.0)
    narrow = region_of_law(beam.study, configuration)
    assert narrow["thickness"] == pytest.approx((9.9, 10.1), abs=1e-3)
    low, high = narrow["load"]  # normal, mean 300, sd 15: all but a thousandth at either end
    assert (low, high) == pytest.approx((300 - 3.0902 * 15, 300 + 3.0902 * 15), abs=0.01)


def test_a_question_for_every_criterion(claims, nominal):
    limits = {name: limit.values for name, limit in nominal.setting.limits.items()}
    asked = {q.name: q for q in questions_of(list(claims.values()), limits, {})}
    assert set(asked) == set(claims)
    assert [row.key for row in asked["BEAM-4.a"].rows] == [
        f"data/cases.csv#{name}" for name in ("stowed", "service", "gust")
    ]
    (row,) = asked["BEAM-6.a"].rows
    assert (row.at_most, row.at_least) == (None, 150.0)
    (row,) = asked["BEAM-10.a"].rows
    assert (row.at_most, row.at_least) == (7.0, 1.0)
    assert questions_of(list(claims.values()), {}, {}) == []


def test_factors_on_the_demand_narrow_the_limit(claims):
    claim = claims["BEAM-4.a"]
    products = {("BEAM-4.a", "service"): 1.5}
    (question,) = questions_of([claim], {"BEAM-4.a": (200.0,)}, {}, products)
    assert [row.at_most for row in question.rows] == pytest.approx([200.0, 200.0 / 1.5, 200.0])
    lowest = questions_of([claims["BEAM-6.a"]], {"BEAM-6.a": (150.0,)}, {}, {("BEAM-6.a", ""): 2.0})
    assert lowest[0].rows[0].at_least == 300.0


def test_a_criterion_of_two_configurations_is_asked_once(walked):
    claims = [c for found in walked.configurations.values() for c in found.setting.claims]
    names = [q.name for q in questions_of(claims, {c.criterion.id: (1.0, 2.0) for c in claims}, {})]
    assert len(names) == len(set(names)) == 7
