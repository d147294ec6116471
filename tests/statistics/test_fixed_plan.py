"""The fixed plan against published numbers, exact sums, a second implementation, its properties."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.errors import InputError
from assay.statistics import (
    clopper_pearson_lower,
    clopper_pearson_upper,
    fixed_plan_attained,
    fixed_plan_refuted,
    fixed_plan_shown,
    smallest_refuting,
    wilks_size,
)

LEVELS = st.floats(1e-6, 0.5)
ALLOWED = st.floats(1e-4, 0.6)


def exact_sum(k: int, n: int, p: float) -> Fraction:
    chance = Fraction(p)
    return sum((math.comb(n, j) * chance**j * (1 - chance) ** (n - j) for j in range(k + 1)), Fraction(0))


@pytest.mark.parametrize(
    ("coverage", "confidence", "sizes"),
    [  # STATISTICS.md section 0; OpenTURNS Wilks.ComputeSampleSize agrees
        (0.95, 0.95, [59, 93, 124, 153, 181]),
        (0.99, 0.95, [299, 473, 628, 773, 913]),
        (0.99, 0.99, [459, 662, 838, 1001, 1157]),
        (0.95, 0.99, [90, 130, 165, 198, 229]),
        (0.90, 0.95, [29, 46, 61, 76, 89]),
    ],
)
def test_wilks_sizes_are_the_published_ones(coverage: float, confidence: float, sizes: list[int]) -> None:
    assert [wilks_size(coverage, 1.0 - confidence, k) for k in range(5)] == sizes


@pytest.mark.parametrize(
    ("error", "at_95", "at_99"), [(0.05, 59, 299), (0.03, 69, 349), (0.025, 72, 368), (0.0125, 86, 437)]
)
def test_sizes_of_reduced_levels(error: float, at_95: int, at_99: int) -> None:
    """DESIGN.md section 5, error budget."""
    assert (wilks_size(0.95, error), wilks_size(0.99, error)) == (at_95, at_99)


def test_a_tie_is_decided_exactly() -> None:
    """0.5**2 is exactly the level: two draws show it, one does not."""
    assert wilks_size(0.5, 0.25) == 2
    assert fixed_plan_shown(1, 3, 0.5, 0.5)
    assert not fixed_plan_refuted(2, 3, 0.5, 0.5), "P(X >= 2) equals the level: not below it"


def test_large_plans_stay_exact() -> None:
    n = wilks_size(1.0 - 1e-7, 0.05)
    assert n == math.ceil(math.log(0.05) / math.log1p(-1e-7))
    assert wilks_size(0.9999, 0.05, 3) == pytest.approx(77_535, abs=10)  # Poisson: 7.7537 / 1e-4


UPPER = {
    (0, 20): 0.139108, (0, 59): 0.049508, (0, 60): 0.048703, (0, 100): 0.029513, (0, 299): 0.009969,
    (0, 300): 0.009936, (1, 93): 0.049994, (1, 100): 0.04656, (2, 124): 0.0499, (3, 300): 0.025641,
    (5, 100): 0.102253,
}  # fmt: skip
LOWER = {
    (1, 20): 0.002561, (3, 20): 0.042169, (4, 60): 0.023091, (6, 100): 0.02645, (10, 100): 0.055263,
    (7, 300): 0.011001,
}  # fmt: skip


def test_clopper_pearson_is_the_published_one() -> None:
    for (k, n), limit in UPPER.items():
        assert clopper_pearson_upper(k, n, 0.05) == pytest.approx(limit, abs=6e-7)
    for (k, n), limit in LOWER.items():
        assert clopper_pearson_lower(k, n, 0.05) == pytest.approx(limit, abs=6e-7)


def test_clopper_pearson_agrees_with_scipy_stats() -> None:
    from scipy.stats import binomtest

    for k, n in [(0, 5), (1, 7), (3, 59), (30, 61), (61, 61), (200, 1000)]:
        interval = binomtest(k, n).proportion_ci(0.9, "exact")  # two-sided 90 % = two one-sided 95 %
        assert clopper_pearson_lower(k, n, 0.05) == pytest.approx(interval.low, rel=1e-9)
        assert clopper_pearson_upper(k, n, 0.05) == pytest.approx(interval.high, rel=1e-9)


def test_limits_at_the_ends() -> None:
    assert clopper_pearson_upper(9, 9, 0.05) == 1.0
    assert clopper_pearson_lower(0, 9, 0.05) == 0.0
    assert clopper_pearson_lower(9, 9, 0.05) == pytest.approx(0.05 ** (1 / 9))


def test_refuting_counts() -> None:
    assert smallest_refuting(59, 0.05, 0.05) == 7
    assert smallest_refuting(1, 0.05, 0.05) is None, "one draw beyond has probability exactly the level"
    assert smallest_refuting(2, 0.05, 0.05) == 2
    for n in (3, 59, 93, 299):
        count = smallest_refuting(n, 0.01, 0.05)
        brute = next(k for k in range(1, n + 1) if 1 - exact_sum(k - 1, n, 0.01) < Fraction(0.05))
        assert count == brute


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 80), st.data(), ALLOWED, LEVELS)
def test_verdicts_are_those_of_exact_sums(n: int, data: st.DataObject, allowed: float, error: float) -> None:
    k = data.draw(st.integers(0, n))
    assert fixed_plan_shown(k, n, allowed, error) == (exact_sum(k, n, allowed) <= Fraction(error))
    below = exact_sum(k - 1, n, allowed) if k else Fraction(0)
    assert fixed_plan_refuted(k, n, allowed, error) == (1 - below < Fraction(error))
    assert fixed_plan_attained(k, n, allowed) == pytest.approx(float(exact_sum(k, n, allowed)), rel=1e-9)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 3000), st.data(), LEVELS)
def test_limits_cover_as_promised(n: int, data: st.DataObject, error: float) -> None:
    """At the limit itself the count seen has at most the probability of the level."""
    from scipy.stats import binom

    k = data.draw(st.integers(0, n))
    upper, lower = clopper_pearson_upper(k, n, error), clopper_pearson_lower(k, n, error)
    assert 0.0 <= lower < upper <= 1.0 or error == 0.5
    if k < n:
        assert binom.cdf(k, n, upper) <= error * (1 + 1e-9)
        assert binom.cdf(k, n, upper * (1 - 1e-6)) > error * (1 - 1e-9)
    if k > 0:
        assert binom.sf(k - 1, n, lower) <= error * (1 + 1e-9)


@settings(max_examples=60, deadline=None)
@given(st.floats(0.5, 0.999), LEVELS, st.integers(0, 6))
def test_wilks_and_clopper_pearson_are_duals(coverage: float, error: float, allow: int) -> None:
    n = wilks_size(coverage, error, allow)
    allowed = 1.0 - coverage
    assert clopper_pearson_upper(allow, n, error) <= allowed * (1 + 1e-8)
    if n > allow + 1:
        assert clopper_pearson_upper(allow, n - 1, error) > allowed * (1 - 1e-8)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 400), st.data(), ALLOWED, LEVELS)
def test_more_beyond_never_helps(n: int, data: st.DataObject, allowed: float, error: float) -> None:
    k = data.draw(st.integers(0, n - 1))
    assert fixed_plan_shown(k, n, allowed, error) >= fixed_plan_shown(k + 1, n, allowed, error)
    assert fixed_plan_refuted(k, n, allowed, error) <= fixed_plan_refuted(k + 1, n, allowed, error)
    assert clopper_pearson_upper(k, n, error) < clopper_pearson_upper(k + 1, n, error) or k + 1 == n
    assert clopper_pearson_lower(k, n, error) < clopper_pearson_lower(k + 1, n, error)
    both = fixed_plan_shown(k, n, allowed, error) and fixed_plan_refuted(k, n, allowed, error)
    assert not both


@pytest.mark.parametrize(
    "call",
    [
        lambda: wilks_size(1.0, 0.05),
        lambda: wilks_size(0.95, 0.0),
        lambda: wilks_size(0.95, math.nan),
        lambda: wilks_size(0.95, 0.05, -1),
        lambda: clopper_pearson_upper(3, 2, 0.05),
        lambda: clopper_pearson_lower(-1, 2, 0.05),
        lambda: clopper_pearson_lower(0, 0, 0.05),
        lambda: fixed_plan_shown(0, 59.0, 0.05, 0.05),  # type: ignore[arg-type]
        lambda: fixed_plan_shown(0, 59, 0.0, 0.05),
        lambda: fixed_plan_refuted(True, 59, 0.05, 0.05),
    ],
)
def test_nonsense_is_refused(call: object) -> None:
    with pytest.raises(InputError):
        call()  # type: ignore[operator]
