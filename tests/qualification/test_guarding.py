from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.errors import InputError
from assay.evidence.records import canonical
from assay.qualification import GuardPayload, abstains, decide, guard, refusal

HOLE = [5.0, 0.5]


def one(model, rule, *point: float):
    return decide(model, rule, np.array([point]))[0]


def test_outside_a_range_it_names_factor_and_value(case) -> None:
    decision = one(case.model, guard(case.model), 6.5, 0.0)
    assert decision.reason == "outside-range"
    assert decision.text == "thickness = 6.5 mm is outside [2, 6] mm"
    assert one(case.model, guard(case.model), 4.0, -1.001).text.startswith("load = -1.001 kN")


def test_in_a_hole_of_the_training_runs_it_abstains(case) -> None:
    decision = one(case.model, guard(case.model), *HOLE)
    assert decision.reason == "sparse-data"
    assert "nearest training run" in decision.text


def test_at_training_runs_it_mostly_agrees(case) -> None:
    decisions = decide(case.model, guard(case.model), case.model.data.x)
    assert {decision.reason for decision in decisions} <= {None, "spread"}
    assert np.mean([decision.abstained for decision in decisions]) < 0.1


def test_on_unseen_runs_it_abstains_seldom_but_always_in_the_hole(case) -> None:
    decisions = decide(case.model, guard(case.model), case.x)
    abstained = np.array([decision.abstained for decision in decisions])
    deep = (np.abs((case.x - HOLE) / [4.0, 2.0]) < 0.08).all(axis=1)
    assert deep.sum() >= 2
    assert abstained[deep].all()
    assert abstained.mean() < 0.3


def test_a_declared_spread_is_obeyed(case) -> None:
    near = case.model.data.x[0]
    sd = float(case.model.predict(near[None])[1][0])
    strict = guard(case.model, spread=sd / 2)
    assert strict.spread_origin == "declared"
    decision = one(case.model, strict, *near)
    assert decision.reason == "spread"
    assert "declared" in decision.text
    assert not one(case.model, guard(case.model, spread=2 * sd), *near).abstained


def test_an_envelope_is_narrower_than_the_range(case) -> None:
    rule = guard(case.model, envelope={"thickness": (3.0, 4.0)})
    assert one(case.model, rule, 4.5, 0.0).text == "thickness = 4.5 mm is outside [3, 4] mm"
    assert rule.inputs[1].low == -1.0
    with pytest.raises(InputError, match="not inside the range"):
        guard(case.model, envelope={"thickness": (1.0, 4.0)})
    with pytest.raises(InputError, match="does not know"):
        guard(case.model, envelope={"height": (1.0, 4.0)})


def test_a_unit_conversion_at_the_end_of_a_range_is_inside(case) -> None:
    assert one(case.model, guard(case.model), 6.0 * (1 + 1e-12), 0.0).reason != "outside-range"


@given(st.lists(st.floats(allow_nan=True), min_size=2, max_size=2))
def test_any_point_is_decided_and_only_inside_points_are_believed(case, point) -> None:
    decision = one(case.model, guard(case.model), *point)
    if not (2.0 - 1e-6 <= point[0] <= 6.0 + 1e-6 and -1.0 - 1e-6 <= point[1] <= 1.0 + 1e-6):
        assert decision.reason == "outside-range"
    assert decision.abstained == (decision.reason is not None) == bool(decision.text)


def test_rows_of_one_run_count_as_one_place(case) -> None:
    """Twins of every row would make the nearest other row 0 away, and everything else sparse."""
    data = case.model.data
    twins = replace(
        data,
        x=np.repeat(data.x, 2, axis=0),
        y=np.repeat(data.y, 2),
        groups=np.repeat(data.groups, 2),
    )
    rule = guard(replace(case.model, data=twins))
    assert rule.distance == pytest.approx(guard(case.model).distance)


def test_a_refused_model_abstains_everywhere_and_says_why(refused) -> None:
    rule = refusal(refused.payload)
    decision = one(None, rule, 4.0, 0.0)
    assert decision.reason == "model-refused"
    assert "not clearly better than" in decision.text
    assert [limits.name for limits in rule.inputs] == ["thickness", "load"]


def test_a_guard_without_its_model_abstains(case) -> None:
    assert one(None, guard(case.model), 4.0, 0.0).reason == "model-refused"


def test_a_guard_of_another_model_or_shape_is_refused(case) -> None:
    rule = guard(case.model)
    with pytest.raises(InputError, match="not that of"):
        decide(case.model, rule.model_copy(update={"quantity": "mass"}), case.x)
    with pytest.raises(InputError, match="column"):
        decide(case.model, rule, case.x[:, :1])
    with pytest.raises(InputError):
        guard(case.model, quantile=0.0)
    with pytest.raises(InputError):
        guard(case.model, spread=0.0)
    single = replace(case.model.data, groups=np.zeros_like(case.model.data.groups))
    with pytest.raises(InputError, match="one run"):
        guard(replace(case.model, data=single))


def test_payload_is_canonical_and_reads_back(case, refused) -> None:
    for rule in (guard(case.model), refusal(refused.payload)):
        document = json.loads(canonical(rule.model_dump(mode="json")))
        assert GuardPayload.model_validate(document) == rule


def test_no_points_no_decisions(case) -> None:
    assert decide(case.model, guard(case.model), np.zeros((0, 2))) == ()


def test_very_many_points_are_decided_alike(case) -> None:
    rule = guard(case.model)
    generator = np.random.default_rng(5)
    points = np.column_stack([generator.uniform(1.5, 6.5, 500), generator.uniform(-1.2, 1.2, 500)])
    points[0, 0] = np.nan
    told = [decision.abstained for decision in decide(case.model, rule, points)]
    assert abstains(case.model, rule, points).tolist() == told
    assert 0 < sum(told) < 500
    assert not abstains(case.model, rule, points[:0]).size


def test_a_refused_model_abstains_at_very_many_points(case) -> None:
    rule = guard(case.model).model_copy(update={"model_accepted": False})
    assert abstains(case.model, rule, case.x).all()
