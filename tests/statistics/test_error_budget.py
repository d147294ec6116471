"""Shares, attempts and lists never spend more error than there is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.errors import InputError
from assay.statistics import allowed_fraction, attempt_level, error_levels, holm


def test_decimals_mean_what_was_written() -> None:
    assert allowed_fraction(0.95) == 0.05
    assert allowed_fraction(0.999) == 0.001
    assert error_levels(0.95, {"statistics": 1, "numerical": 0, "model": 0}) == {
        "statistics": 0.05, "numerical": 0.0, "model": 0.0
    }  # fmt: skip
    assert error_levels(0.95, {"statistics": 0.6, "numerical": 0.2, "model": 0.2}) == {
        "statistics": 0.03, "numerical": 0.01, "model": 0.01
    }  # fmt: skip


@pytest.mark.parametrize("shares", [{"a": 0.7, "b": 0.4}, {"a": -0.1}, {"a": float("nan")}])
def test_impossible_shares_are_refused(shares: dict[str, float]) -> None:
    with pytest.raises(InputError):
        error_levels(0.95, shares)


def test_attempts() -> None:
    assert [attempt_level(0.05, k) for k in (1, 2, 3)] == [0.025, 0.0125, 0.00625]
    assert attempt_level(0.05, 1, 1) == 0.05
    assert [attempt_level(0.06, k, 3) for k in (1, 3, 4)] == [pytest.approx(0.02), pytest.approx(0.02), None]


@given(st.floats(1e-9, 0.5), st.integers(1, 60), st.integers(1, 60))
def test_attempts_never_sum_to_more_than_the_level(error: float, number: int, declared: int) -> None:
    halves = [attempt_level(error, k) or 0.0 for k in range(1, number + 1)]
    assert sum(halves) <= error
    shares = [attempt_level(error, k, declared) or 0.0 for k in range(1, declared + 5)]
    assert sum(shares) <= error * (1 + 1e-12)


@pytest.mark.parametrize("arguments", [(0.05, 0), (0.05, 1, 0), (1.0, 1), (0.05, -3), (0.05, 1.5)])
def test_impossible_attempts_are_refused(arguments: tuple[float, int]) -> None:
    with pytest.raises(InputError):
        attempt_level(*arguments)


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx((0.03, 0.06, 0.06, 0.02))
    assert holm([]) == ()
    assert holm([0.0, 0.02]) == (0.0, 0.02)
    with pytest.raises(InputError):
        holm([float("nan")])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12), st.floats(0.001, 0.5))
def test_holm_rejects_what_the_stepwise_procedure_rejects(levels: list[float], error: float) -> None:
    adjusted = holm(levels)
    standing = list(range(len(levels)))
    while standing:
        row = min(standing, key=lambda r: levels[r])
        if min(1.0, len(standing) * levels[row]) > error:
            break
        standing.remove(row)
    assert {row for row, value in enumerate(adjusted) if value > error} == set(standing)
