"""Laws against scipy.stats, and their round trips."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.statistics import Law, cdf, mass_outside, quantile, support

LAWS = [
    Law.of("uniform", low=-2.0, high=5.0),
    Law.of("normal", mean=70.0, sd=3.5),
    Law.of("lognormal", median=2.0, log_sd=0.4),
    Law.of("weibull", shape=1.7, scale=30.0),
    Law.of("triangular", low=1.0, mode=1.5, high=4.0),
    Law.of("triangular", low=1.0, mode=1.0, high=4.0),
    Law.of("triangular", low=1.0, mode=4.0, high=4.0),
]
ATOMS = [
    Law.of("discrete", values=[3.0, 1.0, 2.0], weights=[2, 1, 1]),
    Law.of("empirical", values=[4.0, 2.0, 2.0, 9.0, 5.0]),
]


def twin(law: Law) -> Any:
    from scipy import stats

    p: dict[str, Any] = dict(law.parameters)
    if law.kind == "uniform":
        return stats.uniform(p["low"], p["high"] - p["low"])
    if law.kind == "normal":
        return stats.norm(p["mean"], p["sd"])
    if law.kind == "lognormal":
        return stats.lognorm(p["log_sd"], scale=p["median"])
    if law.kind == "weibull":
        return stats.weibull_min(p["shape"], scale=p["scale"])
    width = p["high"] - p["low"]
    return stats.triang((p["mode"] - p["low"]) / width, p["low"], width)


@pytest.mark.parametrize("law", LAWS, ids=str)
def test_agrees_with_scipy_stats(law: Law) -> None:
    u = np.linspace(0.001, 0.999, 41)
    other = twin(law)
    x = quantile(law, u)
    np.testing.assert_allclose(x, other.ppf(u), rtol=1e-9)
    wide = np.concatenate([x, [-1e3, 1e3]])
    np.testing.assert_allclose(cdf(law, wide), other.cdf(wide), atol=1e-12)
    assert mass_outside(law, x[3], x[30]) == pytest.approx(other.cdf(x[3]) + other.sf(x[30]))
    assert support(law) == pytest.approx(other.support())


@given(st.sampled_from(LAWS), st.floats(1e-9, 1 - 1e-9))
def test_round_trip(law: Law, u: float) -> None:
    assert float(cdf(law, quantile(law, u))) == pytest.approx(u, rel=1e-6, abs=1e-9)


@given(st.sampled_from(LAWS + ATOMS), st.floats(1e-12, 1 - 1e-12), st.floats(1e-12, 1 - 1e-12))
def test_quantiles_are_monotone_and_inside_the_support(law: Law, u: float, v: float) -> None:
    low, high = support(law)
    x, y = float(quantile(law, min(u, v))), float(quantile(law, max(u, v)))
    assert low <= x <= y <= high


@given(st.sampled_from(ATOMS), st.floats(1e-9, 1 - 1e-9))
def test_atoms_are_hit_from_the_left(law: Law, u: float) -> None:
    x = float(quantile(law, u))
    assert float(cdf(law, x)) >= u
    assert float(cdf(law, np.nextafter(x, -np.inf))) < u


def test_atoms_by_hand() -> None:
    discrete, empirical = ATOMS
    assert quantile(discrete, [0.25, 0.26, 0.5, 0.51, 0.99]).tolist() == [1.0, 2.0, 2.0, 3.0, 3.0]
    assert cdf(discrete, [0.9, 1.0, 2.5, 3.0]).tolist() == [0.0, 0.25, 0.5, 1.0]
    assert mass_outside(discrete, 1.0, 3.0) == 0.0, "an atom on the edge of the range is inside it"
    assert mass_outside(discrete, 1.5, 2.5) == 0.75
    assert quantile(empirical, [0.1, 0.4, 0.41, 0.9]).tolist() == [2.0, 2.0, 4.0, 9.0]
    assert mass_outside(empirical, 2.0, 5.0) == pytest.approx(0.2)


def test_no_law_is_truncated() -> None:
    normal = Law.of("normal", mean=0.0, sd=1.0)
    assert mass_outside(normal, -math.inf, 9.0) == pytest.approx(1.1286e-19, rel=1e-3)
    assert mass_outside(normal, -1.959964, 1.959964) == pytest.approx(0.05, rel=1e-6)
    assert mass_outside(normal, -math.inf, math.inf) == 0.0


@pytest.mark.parametrize(
    ("kind", "parameters", "advice"),
    [
        ("gauss", {"mean": 0.0, "sd": 1.0}, "write one of uniform, normal"),
        ("normal", {"mean": 0.0, "sigma": 1.0}, "write exactly mean, sd"),
        ("normal", {"mean": 0.0, "sd": 0.0}, "sd above 0"),
        ("normal", {"mean": math.nan, "sd": 1.0}, "finite"),
        ("normal", {"mean": [1.0, 2.0], "sd": 1.0}, "one number"),
        ("uniform", {"low": 2.0, "high": 2.0}, "low < high"),
        ("lognormal", {"median": -1.0, "log_sd": 1.0}, "median above 0"),
        ("weibull", {"shape": 1.0, "scale": -1.0}, "scale above 0"),
        ("triangular", {"low": 0.0, "mode": 3.0, "high": 2.0}, "low <= mode <= high"),
        ("discrete", {"values": [1.0, 2.0], "weights": [1.0]}, "one weight a value"),
        ("discrete", {"values": [1.0, 2.0], "weights": [1.0, 0.0]}, "leave its value out"),
        ("empirical", {"values": []}, "at least one value"),
        ("empirical", {"values": 3.0}, "a list of numbers"),
    ],
)
def test_a_wrong_law_says_what_to_write(kind: str, parameters: dict[str, Any], advice: str) -> None:
    with pytest.raises(ValueError, match=advice):
        Law.of(kind, **parameters)


@pytest.mark.parametrize("u", [0.0, 1.0, -0.1, math.nan])
def test_probabilities_are_inside_the_open_interval(u: float) -> None:
    with pytest.raises(ValueError, match="inside"):
        quantile(LAWS[0], u)


def test_empty_ranges_and_nan_are_refused() -> None:
    for low, high in [(2.0, 1.0), (math.nan, 1.0)]:
        with pytest.raises(ValueError, match="low <= high"):
            mass_outside(LAWS[0], low, high)
    with pytest.raises(ValueError, match="NaN"):
        cdf(LAWS[0], [0.0, math.nan])


def test_laws_are_values() -> None:
    assert Law.of("normal", sd=1, mean=0) == Law("normal", (("mean", 0.0), ("sd", 1.0)))
    assert len({*LAWS, *LAWS}) == len(LAWS)
