from __future__ import annotations

import pytest
from pydantic import ValidationError

from assay.surrogates import Input, Score


@pytest.mark.parametrize(("low", "high"), [(1.0, 1.0), (2.0, 1.0), (float("nan"), 1.0), (0.0, float("inf"))])
def test_a_range_is_finite_and_not_reversed(low: float, high: float) -> None:
    with pytest.raises(ValidationError):
        Input(name="a", unit="mm", low=low, high=high)


def test_records_are_closed_and_frozen() -> None:
    with pytest.raises(ValidationError):
        Score(model="linear", rmse=1.0, q2=float("nan"))
    with pytest.raises(ValidationError):
        Score(model="linear", rmse=1.0, q2=0.5, colour="red")
    score = Score(model="linear", rmse=1.0, q2=0.5)
    with pytest.raises(ValidationError):
        score.rmse = 2.0
