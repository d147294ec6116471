"""Grid convergence against the published cases; real series are in tests/oracles."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.errors import InputError
from assay.statistics import (
    Convergence,
    charged_error,
    grid_convergence,
    observed_order,
    sizes_from_counts,
)


@pytest.mark.parametrize(
    ("counts", "values", "kind", "order", "extrapolated", "e_a", "e_ext", "index"),
    [  # Celik et al. (2008), table 1, recomputed in REGULATORY.md section 4.3
        ((18000, 8000, 4500), (6.063, 5.972, 5.863), "monotone", 1.53397, 6.1685, 1.50, 1.71, 2.17),
        ((18000, 4500, 980), (10.7880, 10.7250, 10.6050), "monotone", 0.7519, 10.8801, 0.584, 0.847, 1.07),
        ((18000, 4500, 980), (6.0042, 5.9624, 6.0909), "oscillatory", 1.5077, 6.0269, 0.696, 0.376, 0.472),
    ],
)
def test_celik(
    counts: tuple[int, ...], values: tuple[float, ...], kind: str,
    order: float, extrapolated: float, e_a: float, e_ext: float, index: float,
) -> None:  # fmt: skip
    study = grid_convergence(values, sizes_from_counts(counts, 2))
    found = study.apparent
    assert found is not None
    assert study.convergence.value == kind
    assert found.order == pytest.approx(order, abs=6e-5)
    assert found.extrapolated == pytest.approx(extrapolated, abs=6e-5)
    percent = [100 * (number or 0) for number in
               (found.approximate_error, found.extrapolated_error, found.index_fine)]  # fmt: skip
    assert percent == pytest.approx([e_a, e_ext, index], abs=6e-3)
    assert (study.index is None) == (kind == "oscillatory"), "no index is offered for an oscillation"


def test_nasa_glenn_inlet() -> None:
    study = grid_convergence((0.97050, 0.96854, 0.96178), (1, 2, 4))
    found = study.apparent
    assert found is not None
    assert found.order == pytest.approx(1.786170, abs=1e-6)
    assert found.extrapolated == pytest.approx(0.971300, abs=1e-6)
    assert found.approximate_error == pytest.approx(0.002020, abs=1e-6)
    assert found.index_fine == pytest.approx(0.00103083, abs=1e-8)
    assert found.index_coarse == pytest.approx(0.00356249, abs=1e-8)
    assert found.asymptotic_ratio == pytest.approx(1.00202, abs=1e-5)
    assert found.asymptotic_ratio == pytest.approx(0.97050 / 0.96854), "no evidence: an identity"


def test_a_diverging_series_gets_no_positive_order() -> None:
    """With the absolute bars of the published formula it would read order 1."""
    study = grid_convergence((4.0, 2.0, 1.0), (1, 2, 4))
    assert study.convergence is Convergence.DIVERGENT
    assert study.apparent is None
    assert charged_error(study).absolute == 9.0
    assert "do not shrink" in charged_error(study).reason


@pytest.mark.parametrize("values", [(7.0, 7.0, 7.0), (0.0, 0.0, 0.0), (1.0, 1.0 + 1e-12, 1.0 - 1e-12)])
def test_equal_levels_are_charged_from_the_tolerance(values: tuple[float, ...]) -> None:
    study = grid_convergence(values, (1, 2, 4), round_off=1e-8)
    charge = charged_error(study)
    assert study.convergence is Convergence.EXACT
    assert study.apparent is None
    assert charge.absolute == pytest.approx(3e-8 * max(values))
    assert charge.absolute >= 3 * study.spread


def test_noise_between_two_levels_is_no_order() -> None:
    quiet_fine = grid_convergence((1.0, 1.0 + 1e-14, 1.1), (1, 2, 4))
    assert quiet_fine.convergence is Convergence.ORDER_OUT_OF_RANGE
    assert "round-off" in charged_error(quiet_fine).reason
    quiet_coarse = grid_convergence((1.0, 1.1, 1.1 + 1e-14), (1, 2, 4))
    assert quiet_coarse.convergence is Convergence.DIVERGENT
    assert charged_error(quiet_coarse).absolute == pytest.approx(0.3)


def test_a_finest_value_of_zero_has_no_relative_error() -> None:
    study = grid_convergence((0.0, 3.0, 15.0), (1, 2, 4))
    charge = charged_error(study)
    assert study.convergence is Convergence.MONOTONE
    assert charge.absolute == pytest.approx(1.25)
    assert charge.relative is None


@given(
    st.floats(0.55, 2.0), st.floats(1.15, 3.0), st.floats(1.15, 3.0),
    st.floats(-50, 50), st.floats(0.1, 20), st.booleans(),
)  # fmt: skip
def test_manufactured_series(
    p: float, r21: float, r32: float, limit: float, slope: float, falling: bool
) -> None:
    """phi = limit + C h**p is recovered, and the charge contains the error of the finest level."""
    slope = -slope if falling else slope
    sizes = (1.0, r21, r21 * r32)
    values = tuple(limit + slope * h**p for h in sizes)
    study = grid_convergence(values, sizes)
    assert study.convergence is Convergence.MONOTONE
    assert study.apparent is not None
    assert study.apparent.order == pytest.approx(p, rel=1e-6)
    assert study.apparent.extrapolated == pytest.approx(limit, abs=1e-6)
    assert charged_error(study).absolute == pytest.approx(1.25 * abs(slope), rel=1e-6)


def fixed_point(ratio: float, r21: float, r32: float) -> float | None:
    """The published iteration (Celik et al. 2008), without absolute bars."""
    sign, p = math.copysign(1.0, ratio), 0.0
    for _ in range(500):
        correction = math.log((r21**p - sign) / (r32**p - sign)) if p else 0.0
        new = (math.log(abs(ratio)) + correction) / math.log(r21)
        if abs(new - p) < 1e-13:
            return new
        if not 0.0 < new < 50.0:
            return None
        p = new
    return None


@given(st.floats(1.01, 60.0), st.booleans(), st.floats(1.2, 3.0), st.floats(1.2, 3.0))
def test_agrees_with_the_fixed_point_where_that_converges(
    size: float, oscillating: bool, r21: float, r32: float
) -> None:
    ratio = -size if oscillating else size
    order, published = observed_order(ratio, r21, r32), fixed_point(ratio, r21, r32)
    if published is not None and published > 1e-6:
        assert order == pytest.approx(published, rel=1e-8)
    if order is not None:
        sign = math.copysign(1.0, ratio)
        right = math.log(size) + math.log((r21**order - sign) / (r32**order - sign))
        assert order * math.log(r21) == pytest.approx(right, abs=1e-6)


def test_the_root_is_found_where_the_fixed_point_does_not_converge() -> None:
    assert fixed_point(30.0, 1.3, 3.0) is None
    order = observed_order(30.0, 1.3, 3.0)
    assert order is not None
    sizes = (1.0, 1.3, 3.9)
    values = [h**order for h in sizes]
    assert (values[2] - values[1]) / (values[1] - values[0]) == pytest.approx(30.0)


def test_an_absurd_order_stays_finite_and_is_not_charged() -> None:
    study = grid_convergence((1.0, 1.0 + 1e-9, 2.0), (1, 4, 4.0004))
    assert study.convergence is Convergence.ORDER_OUT_OF_RANGE
    assert study.apparent is not None
    assert study.apparent.order > 1e4
    assert charged_error(study).absolute == pytest.approx(3.0)


@pytest.mark.parametrize(
    ("values", "sizes", "formal"),
    [
        ((1.0, math.nan, 2.0), (1, 2, 4), 2.0),
        ((1.0, math.inf, 2.0), (1, 2, 4), 2.0),
        ((1.0, 1.5, 2.0), (1, 1, 2), 2.0),
        ((1.0, 1.5, 2.0), (4, 2, 1), 2.0),
        ((1.0, 1.5, 2.0), (0, 1, 2), 2.0),
        ((1.0, 1.5, 2.0), (1, 2, math.inf), 2.0),
        ((1e308, -1e308, 1.0), (1, 2, 4), 2.0),
        ((1.0, 1.5), (1, 2), 2.0),
        ((1.0, 1.5, 2.0), (1, 2, 4), 0.0),
        ((1.0, 1.5, 2.0), (1, 2, 4), math.nan),
    ],
)
def test_nonsense_is_refused(values: tuple[float, ...], sizes: tuple[float, ...], formal: float) -> None:
    with pytest.raises(InputError):
        grid_convergence(values, sizes, formal)


def test_cell_counts() -> None:
    assert sizes_from_counts((8000, 1000), 3) == pytest.approx((0.05, 0.1))
    for counts, dimension in [((10, 0), 2), ((10, 5), 4)]:
        with pytest.raises(InputError):
            sizes_from_counts(counts, dimension)
