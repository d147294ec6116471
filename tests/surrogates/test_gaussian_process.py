from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.errors import EvidenceError
from assay.surrogates.gaussian_process import (
    FAMILY,
    NOISE,
    GaussianProcess,
    _at_most,
    _features,
    _forward,
    _standardise,
)
from assay.surrogates.protocol import training_data
from assay.surrogates.records import Input


def fitted_by_library(model: GaussianProcess):
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel

    kernel = ConstantKernel(model.amplitude) * Matern(np.array(model.lengths), nu=2.5)
    kernel = kernel + WhiteKernel(model.noise)
    target, shift, scale = _standardise(_forward(model.transform, model.data.y))
    library = GaussianProcessRegressor(kernel, alpha=0.0, optimizer=None)
    return library.fit(_features(model.data, model.feature, model.data.x), target), shift, scale


@pytest.mark.parametrize("name", ["branin", "borehole", "wing", "stress"])
def test_predicts_like_the_library(problems, trained, name: str) -> None:
    model = trained(name, 40 if name == "branin" else 64).model
    library, shift, scale = fitted_by_library(model)
    x, _ = problems[name].unseen(50)
    x = np.vstack([x, model.data.x[:10]])
    mean, sd = library.predict(_features(model.data, model.feature, x), return_std=True)
    mean, sd = shift + scale * mean, scale * sd
    if model.transform == "log":
        mean, sd = np.exp(mean + sd**2 / 2), np.exp(mean + sd**2 / 2) * np.sqrt(np.expm1(sd**2))
    own_mean, own_sd = model.predict(x)
    unit = model.data.y.std()
    np.testing.assert_allclose(own_mean, mean, rtol=0, atol=1e-9 * unit)
    # A variance is a difference of nearly equal numbers, so it is the variance that agrees.
    np.testing.assert_allclose(own_sd**2, sd**2, rtol=0, atol=1e-9 * unit**2)


@pytest.mark.parametrize("transform", ["identity", "log"])
def test_the_centre_is_the_median_of_what_is_predicted(transform: str) -> None:
    model = small(transform, list(range(12)))
    x = np.random.Generator(np.random.Philox(5)).uniform(-1, 2, (30, 2))
    mean, sd = model.predict(x)
    median = mean if transform == "identity" else mean / np.sqrt(1.0 + (sd / mean) ** 2)
    np.testing.assert_allclose(model.centre(x), median, rtol=1e-9)


def small(transform: str, groups: list[int]) -> GaussianProcess:
    stream = np.random.Generator(np.random.Philox(11))
    n = len(groups)
    inputs = [Input(name=name, unit="1", low=-1.0, high=2.0) for name in ("a", "b")]
    x = stream.uniform(-1, 2, (n, 2))
    data = training_data("q", "1", inputs, x, np.exp(x[:, 0]) + x[:, 1] ** 2 + 0.1, groups)
    return GaussianProcess(data, transform, "norm", 2.0, (1.0, 0.7, 3.0), 1e-3)


@pytest.mark.parametrize("transform", ["identity", "log"])
def test_left_out_is_what_a_model_without_the_run_says(transform: str) -> None:
    """Dubrule's formula against leaving each run out in earnest (standardisation kept)."""
    groups = [0, 0, 1, 2, 2, 2, 3, 4, 5, 6, 6, 7]
    model = small(transform, groups)
    mean, sd = model.left_out()
    whole = model.posterior
    for group in range(8):
        out = np.array(groups) == group
        z = whole.z
        k = model._covariance(z[~out], z[~out]) + model.noise * np.eye((~out).sum())
        cross = model._covariance(z[out], z[~out])
        target = (_forward(model.transform, model.data.y[~out]) - whole.shift) / whole.scale
        m = cross @ np.linalg.solve(k, target)
        v = model.amplitude + model.noise - np.einsum("ij,ji->i", cross, np.linalg.solve(k, cross.T))
        expected = model._in_unit(m, v)
        np.testing.assert_allclose(mean[out], expected[0], rtol=1e-9)
        np.testing.assert_allclose(sd[out], expected[1], rtol=1e-7)


def test_interpolates_its_runs_and_returns_to_the_prior_far_away(branin_model) -> None:
    data = branin_model.data
    mean, sd = branin_model.predict(data.x)
    assert np.abs(mean - data.y).max() < 0.02 * np.ptp(data.y)
    _, far = branin_model.predict(data.x[:1] + 1e6)
    assert far[0] > 10 * sd.max()


def test_an_output_over_decades_is_modelled_by_its_logarithm() -> None:
    inputs = [Input(name="t", unit="mm", low=1.0, high=10.0), Input(name="p", unit="N", low=1.0, high=10.0)]
    x = np.random.Generator(np.random.Philox(2)).uniform(1, 10, (40, 2))
    model = FAMILY.fit(training_data("q", "mm", inputs, x, x[:, 1] / x[:, 0] ** 5), "seed")
    assert model.transform == "log"
    assert (model.predict(x * 1.001)[0] > 0).all()
    far = model.predict(np.array([[1e9, 1e9], [-1e9, 1e9]]))
    assert np.isfinite(far).all()


def test_negative_outputs_never_take_a_logarithm() -> None:
    inputs = [Input(name="t", unit="mm", low=0.0, high=1.0)]
    x = np.linspace(0, 1, 20)[:, None]
    model = FAMILY.fit(training_data("q", "mm", inputs, x, np.sin(9 * x[:, 0])), "seed")
    assert model.transform == "identity"
    assert NOISE[0] * (1 - 1e-9) <= model.noise <= NOISE[1] * (1 + 1e-9)


def test_the_norm_feature_is_a_seminorm_of_inputs_across_zero() -> None:
    inputs = [Input(name="n", unit="1", low=-3.0, high=9.0), Input(name="t", unit="mm", low=1.0, high=2.0)]
    data = training_data("q", "1", inputs, np.zeros((9, 2)), np.arange(9.0))
    norm = _features(data, "norm", np.array([[0.0, 1.0], [-3.0, 1.5], [9.0, 2.0]]))[:, 2]
    np.testing.assert_allclose(norm, [0.0, 1 / 3, 1.0])


@given(st.integers(1, 60), st.integers(0, 9))
@settings(max_examples=30)
def test_fewer_rows_are_spread_over_all_runs(rows: int, number: int) -> None:
    groups = np.random.Generator(np.random.Philox(number)).permutation(np.repeat(np.arange(12), 5))
    inputs = [Input(name="a", unit="1", low=0.0, high=1.0)]
    data = training_data("q", "1", inputs, np.arange(60.0)[:, None], np.arange(60.0), groups)
    taken = _at_most(data, rows, "seed")
    assert taken.y.size == min(rows, 60)
    counts = np.bincount(taken.groups, minlength=12)
    assert counts.max() - counts.min() <= 1


def test_refit_does_not_look_at_the_hyperparameters_it_replaces(branin_model) -> None:
    spoilt = replace(branin_model, amplitude=77.0, lengths=(9.0,) * len(branin_model.lengths), noise=1e-3)
    one, other = (FAMILY.refit(model, branin_model.data) for model in (branin_model, spoilt))
    assert one.hyperparameters() == other.hyperparameters()


GOOD = {"transform": "identity", "feature": "none", "amplitude": 1.0, "lengths": [1.0, 1.0], "noise": 1e-3}


@pytest.mark.parametrize(
    "change",
    [
        {"transform": "cube"},
        {"transform": []},
        {"feature": None},
        {"amplitude": -1.0},
        {"amplitude": "1"},
        {"noise": 0.0},
        {"lengths": [1.0]},
        {"lengths": 1.0},
        {"lengths": [1.0, None]},
        {"more": 1},
        {"transform": "log"},
    ],
)
def test_untrusted_settings_are_refused(branin_model, change: dict) -> None:
    data = replace(branin_model.data, y=branin_model.data.y - 100.0)
    FAMILY.open(data, GOOD)
    with pytest.raises(EvidenceError):
        FAMILY.open(data, {**GOOD, **change})


def test_library_version_is_of_a_recipe() -> None:
    assert FAMILY.library_version().startswith("scikit-learn ")
