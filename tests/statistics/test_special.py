"""The special functions mean what their names say, tails included."""

from __future__ import annotations

import numpy as np
import pytest

from assay.statistics import _special as special


def test_binomial_tails() -> None:
    from scipy.stats import binom

    for k, n, p in [(0, 59, 0.05), (3, 59, 0.05), (58, 59, 0.9), (2, 10_000_000, 1e-7), (40, 50, 0.01)]:
        assert special.binomial_at_most(k, n, p) == pytest.approx(binom.cdf(k, n, p), rel=1e-11)
        assert special.binomial_more_than(k, n, p) == pytest.approx(binom.sf(k, n, p), rel=1e-11)
    assert (special.binomial_at_most(5, 5, 0.3), special.binomial_more_than(5, 5, 0.3)) == (1.0, 0.0)
    assert special.binomial_more_than(-1, 5, 0.3) == 1.0


def test_beta_quantiles_from_both_ends() -> None:
    assert special.beta_quantile(1, 3, 0.05) == pytest.approx(1 - 0.95 ** (1 / 3))
    assert special.beta_upper_quantile(1, 59, 1e-20) == pytest.approx(1 - 1e-20 ** (1 / 59))


def test_normal_functions() -> None:
    z = np.array([-40.0, -1.0, 0.0, 1.6448536269514722])
    assert special.normal_cdf(z) == pytest.approx([0.0, 0.15865525393145707, 0.5, 0.95])
    assert special.normal_quantile(special.normal_cdf(z[1:])) == pytest.approx(z[1:])
    assert special.log_normal_cdf(z)[0] == pytest.approx(-804.608442, abs=1e-5)


def test_noncentral_t_reduces_to_student() -> None:
    assert special.noncentral_t_quantile(10, 0.0, 0.95) == pytest.approx(1.8124611, abs=1e-6)


def test_gamma_f_and_beta_functions() -> None:
    from scipy import stats

    assert special.gamma_at_most(3, [0.0, 2.0, np.inf]) == pytest.approx([0.0, stats.gamma.cdf(2.0, 3), 1.0])
    assert special.f_at_least(2, 17, 3.59) == pytest.approx(stats.f.sf(3.59, 2, 17))
    assert special.beta_log_density([0.1, 0.9], 3, 5) == pytest.approx(stats.beta.logpdf([0.1, 0.9], 3, 5))


def test_a_root_is_found_to_rounding() -> None:
    assert special.root(lambda x: x**3 - 2.0, 0.0, 2.0) == pytest.approx(2.0 ** (1 / 3), rel=1e-15)
