from __future__ import annotations

import pytest

from assay.errors import InputError
from assay.qualification import guard, metrics, predict, refusal


def test_value_spread_and_bound(case) -> None:
    rule = guard(case.model)
    x = case.model.data.x[0]
    point = {"load": x[1], "thickness": x[0], "modulus": 70.0}
    told = predict(case.model, rule, point, metrics(case.model, rule, case.x, case.y, independent=True))
    assert not told.abstained
    assert told.reason is None
    assert told.unit == "MPa"
    assert told.value == pytest.approx(case.model.data.y[0], rel=1e-2)
    assert 0.0 < told.sd < 0.1 * told.value
    assert told.bound > 0.0
    assert "0.95" in told.text


def test_without_held_out_runs_there_is_no_bound(case) -> None:
    x = case.model.data.x[0]
    told = predict(case.model, guard(case.model), {"thickness": x[0], "load": x[1]})
    assert told.value is not None
    assert told.bound is None
    assert told.text == "no held-out runs on file"


@pytest.mark.parametrize(
    ("thickness", "load", "reason"), [(9.0, 0.0, "outside-range"), (5.0, 0.5, "sparse-data")]
)
def test_abstains_with_its_reason_and_no_number(case, thickness: float, load: float, reason: str) -> None:
    told = predict(case.model, guard(case.model), {"thickness": thickness, "load": load})
    assert told.abstained
    assert told.reason == reason
    assert told.text
    assert (told.value, told.sd, told.bound) == (None, None, None)


def test_a_refused_model_abstains(refused) -> None:
    told = predict(None, refusal(refused.payload), {"thickness": 4.0, "load": 0.0})
    assert told.reason == "model-refused"
    assert told.value is None


def test_a_missing_factor_is_named(case) -> None:
    with pytest.raises(InputError, match="needs load") as caught:
        predict(case.model, guard(case.model), {"thickness": 4.0})
    assert len(caught.value.problems) == 1
    with pytest.raises(InputError):
        predict(case.model, guard(case.model), {"thickness": 4.0, "load": float("nan")})
