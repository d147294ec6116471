"""Draws: independent of how many are asked for, of the declared law, equal on every machine."""

from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.errors import InputError
from assay.statistics import Law, draw, sobol, uniforms

ZERO = "0" * 64
THREE = [
    Law.of("normal", mean=70.0, sd=3.0),
    Law.of("uniform", low=0.0, high=1.0),
    Law.of("weibull", shape=2.0, scale=5.0),
]
CORRELATION = [[1.0, 0.6, 0.0], [0.6, 1.0, -0.3], [0.0, -0.3, 1.0]]


def philox4x64(counter: int, key: int) -> list[int]:
    """Philox4x64-10 by the paper (Salmon et al. 2011), in plain integers."""
    mask = 2**64 - 1
    c = [counter >> 64 * i & mask for i in range(4)]
    k0, k1 = key & mask, key >> 64
    for _ in range(10):
        first, second = 0xD2E7470EE14C6C93 * c[0], 0xCA5A826395121157 * c[2]
        c = [second >> 64 ^ c[1] ^ k0, second & mask, first >> 64 ^ c[3] ^ k1, first & mask]
        k0, k1 = k0 + 0x9E3779B97F4A7C15 & mask, k1 + 0xBB67AE8584CAA73B & mask
    return c


def test_the_stream_is_philox_and_will_not_change(seed: Callable[[str], str]) -> None:
    """Row i of 6 columns is counter values 2i + 1 and 2i + 2 of the paper's function."""
    assert philox4x64(0, 0)[0] == 0x16554D9ECA36314C  # known answer of Random123
    key = int(seed("block")[-32:], 16)
    for row in (0, 1, 1000):
        words = philox4x64(2 * row + 1, key) + philox4x64(2 * row + 2, key)
        expected = [(word >> 11) * 2.0**-53 for word in words[:6]]
        assert uniforms(6, seed("block"), row, 1)[0].tolist() == expected
    generator = np.random.Generator(np.random.Philox(key=key))
    assert np.array_equal(uniforms(4, seed("block"), 0, 50).ravel(), generator.random(200))
    assert uniforms(2, ZERO, 0, 1).tolist() == [[0.011546754286331562, 0.24154919656271812]]


def test_the_seed_is_the_low_half_of_the_digest() -> None:
    plain = uniforms(2, ZERO, 0, 3)
    assert np.array_equal(uniforms(2, "f" * 32 + "0" * 32, 0, 3), plain)
    assert np.array_equal(uniforms(2, "sha256:" + ZERO, 0, 3), plain)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 11), st.integers(0, 70), st.integers(0, 50), st.integers(0, 50))
def test_a_draw_depends_on_its_number_alone(dimension: int, start: int, first: int, more: int) -> None:
    whole = uniforms(dimension, ZERO, start, first + more)
    parts = [uniforms(dimension, ZERO, start, first), uniforms(dimension, ZERO, start + first, more)]
    assert np.array_equal(whole, np.concatenate(parts))
    if first:
        assert np.array_equal(whole[0], uniforms(dimension, ZERO, start, 1)[0])


def test_blocks_are_extended_and_seeds_differ(seed: Callable[[str], str]) -> None:
    block = draw(THREE, CORRELATION, seed("block 1"), 0, 59)
    longer = draw(THREE, CORRELATION, seed("block 1"), 0, 93)
    assert np.array_equal(block, longer[:59])
    assert np.array_equal(longer[59:], draw(THREE, CORRELATION, seed("block 1"), 59, 34))
    assert not np.any(block == draw(THREE, CORRELATION, seed("block 2"), 0, 59))


def test_margins_and_correlation(seed: Callable[[str], str]) -> None:
    from scipy.stats import kstest, norm, spearmanr

    x = draw(THREE, CORRELATION, seed("margins"), 0, 20_000)
    assert kstest(x[:, 0], norm(70, 3).cdf).pvalue > 1e-3
    assert kstest(x[:, 1], "uniform").pvalue > 1e-3
    assert kstest(x[:, 2], lambda v: -np.expm1(-((v / 5.0) ** 2))).pvalue > 1e-3
    ranks = spearmanr(x).statistic
    expected = 6 / math.pi * np.arcsin(np.array(CORRELATION) / 2)  # Gaussian copula
    np.testing.assert_allclose(ranks, expected, atol=0.03)


def test_no_correlation_is_the_identity(seed: Callable[[str], str]) -> None:
    free = draw(THREE, None, seed("x"), 0, 200)
    np.testing.assert_allclose(draw(THREE, np.eye(3), seed("x"), 0, 200), free, rtol=1e-9)


def test_successive_draws_are_independent(seed: Callable[[str], str]) -> None:
    u = uniforms(3, seed("independence"), 0, 40_000)
    assert abs(np.corrcoef(u[:-1, 0], u[1:, 0])[0, 1]) < 0.02
    assert abs(np.corrcoef(u[:, 0], u[:, 2])[0, 1]) < 0.02
    assert abs(u.mean() - 0.5) < 0.005


def test_the_factor_is_that_of_numpy(seed: Callable[[str], str]) -> None:
    from scipy.special import ndtri

    normal = [Law.of("normal", mean=0.0, sd=1.0)] * 3
    scores = ndtri(uniforms(3, seed("c"), 0, 100))
    other = scores @ np.linalg.cholesky(np.array(CORRELATION)).T
    np.testing.assert_allclose(draw(normal, CORRELATION, seed("c"), 0, 100), other, atol=1e-9)


@pytest.mark.parametrize(
    ("matrix", "says"),
    [
        ([[1.0, 0.9, -0.9], [0.9, 1.0, 0.9], [-0.9, 0.9, 1.0]], "not positive definite"),
        ([[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 1.0]], "not positive definite"),
        ([[1.0, 0.5, 0.0], [0.4, 1.0, 0.0], [0.0, 0.0, 1.0]], "symmetric"),
        ([[2.0, 0.5, 0.0], [0.5, 1.0, 0.0], [0.0, 0.0, 1.0]], "ones on its diagonal"),
        ([[1.0, math.nan, 0.0], [math.nan, 1.0, 0.0], [0.0, 0.0, 1.0]], "symmetric"),
        ([[1.0, 0.5], [0.5, 1.0]], "3 rows"),
    ],
)
def test_an_impossible_correlation_is_refused(matrix: list[list[float]], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        draw(THREE, matrix, ZERO, 0, 1)


@pytest.mark.parametrize("bad", ["", "abc", "sha256:" + "g" * 64, "sha1:" + "0" * 40])
def test_a_malformed_seed_is_refused(bad: str) -> None:
    with pytest.raises(InputError):
        draw(THREE, None, bad, 0, 1)
    with pytest.raises(InputError):
        uniforms(1, ZERO, -1, 1)


def test_sobol_points(seed: Callable[[str], str]) -> None:
    points = sobol(5, 100, seed("train"))
    assert points.shape == (100, 5)
    assert np.all((points > 0.0) & (points < 1.0))
    assert np.array_equal(points[:37], sobol(5, 37, seed("train")))
    assert not np.any(points == sobol(5, 100, seed("other")))
    halves = np.floor(sobol(5, 64, seed("train")) * 64)
    assert all(len(set(column)) == 64 for column in halves.T), "one point in each of 64 strata"
    assert sobol(2, 0, ZERO).shape == (0, 2)


def test_import_is_cheap() -> None:
    """The first word of `assay` must not wait 2 s for scipy.stats, nor for scipy at all."""
    code = "import sys, assay.statistics; print(sorted(m for m in sys.modules if m.startswith('scipy')))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"
