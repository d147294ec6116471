"""Gaussian process of one scalar: Matern 5/2, a length an input, a little white noise.

scikit-learn estimates the hyperparameters by maximum likelihood from several starts; prediction is
a few lines of numpy over stored arrays, so that `assay predict` and any reader of a dossier need
no library for it. The output is modelled as it is or as its logarithm, and the inputs with or
without the norm of those whose range holds zero (load factors bend a maximum stress there like a
norm); the form with the smaller leave-one-run-out error is taken.

References
----------
Rasmussen, Williams, "Gaussian processes for machine learning", MIT Press (2006), algorithm 2.1 and
section 5.4.2; Dubrule, "Cross validation of kriging in a unique neighborhood", Math. Geol. 15 (1983).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import product
from typing import Literal, get_args

import numpy as np

from assay.errors import EvidenceError
from assay.evidence.records import Json, digest
from assay.statistics import uniforms
from assay.surrogates.protocol import FloatArray, Model, TrainingData
from assay.surrogates.records import Input
from assay.surrogates.threads import one_thread

Transform = Literal["identity", "log"]
Feature = Literal["none", "norm"]

AMPLITUDE, LENGTH, NOISE = (1e-2, 1e3), (0.1, 30.0), (1e-7, 1e-2)
"""Bounds: variance, length in ranges, noise; for an output of mean 0 and variance 1. More noise than
that is no solver's, and "all is noise" is a local maximum in which every search got stuck."""
SELECTION_ROWS, ESTIMATION_ROWS = 110, 150
"""Rows that choose the form and that estimate hyperparameters; prediction uses all rows."""
SELECTION_STEPS, ESTIMATION_STEPS = 25, 40
"""L-BFGS iterations a start; half as many evaluations more."""
STARTS = 3
BETTER = 0.95
"""A richer form is taken if its error is below this times the plainer one's."""
_CHUNK = 1024
_ROOT5 = math.sqrt(5.0)
_LARGEST_EXPONENT, _LARGEST_VARIANCE = 600.0, 50.0
"""Where a logarithmic model leaves all data, exp is held finite; the guard abstains there."""


@dataclass(frozen=True)
class Posterior:
    """The training data as prediction wants them."""

    z: FloatArray
    """Features of the training rows, shape (n, k)."""
    shift: float
    scale: float
    weights: FloatArray
    """K^-1 of the standardised output, shape (n,)."""
    inverse: FloatArray
    """Inverse of the Cholesky factor of K, shape (n, n), lower triangular."""


@dataclass(frozen=True, eq=False)
class GaussianProcess:
    """A fitted Gaussian process; a `Model`."""

    data: TrainingData
    transform: Transform
    feature: Feature
    amplitude: float
    """Variance of the process, output standardised."""
    lengths: tuple[float, ...]
    """A length a feature, in ranges of the input."""
    noise: float
    """Variance of the white part, which a prediction of a new run includes."""
    family: str = "gaussian-process"

    def predict(self, x: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return mean and standard deviation in the quantity's unit, shape (m,), at x, shape (m, d)."""
        points = np.asarray(x, dtype=np.float64)
        with one_thread():
            parts = [
                self._standardised(points[i : i + _CHUNK]) for i in range(0, max(points.shape[0], 1), _CHUNK)
            ]
        means, variances = (np.concatenate(column) for column in zip(*parts, strict=True))
        return self._in_unit(means, variances)

    def centre(self, x: FloatArray) -> FloatArray:
        """Return the median of each prediction, shape (m,), at x, shape (m, d).

        It costs one product a training row, without the inverse that a deviation needs.
        """
        points = np.asarray(x, dtype=np.float64)
        with one_thread():
            z, shift, scale, weights = self._weighed
            parts = [
                self._covariance(_features(self.data, self.feature, points[i : i + _CHUNK]), z) @ weights
                for i in range(0, max(points.shape[0], 1), _CHUNK)
            ]
        middle: FloatArray = shift + scale * np.concatenate(parts)
        return middle if self.transform == "identity" else np.exp(np.minimum(middle, _LARGEST_EXPONENT))

    @cached_property
    def _weighed(self) -> tuple[FloatArray, float, float, FloatArray]:
        """Return features of the training rows, shift, scale and weights, by two triangular solves."""
        from scipy.linalg import cho_factor, cho_solve

        z = _features(self.data, self.feature, self.data.x)
        target, shift, scale = _standardise(_forward(self.transform, self.data.y))
        covariance = self._covariance(z, z) + self.noise * np.eye(z.shape[0])
        factor = cho_factor(covariance, lower=True, overwrite_a=True, check_finite=False)
        return z, shift, scale, cho_solve(factor, target, check_finite=False)

    def left_out(self) -> tuple[FloatArray, FloatArray]:
        """Return what the other runs say at each training row, hyperparameters kept (Dubrule 1983)."""
        with one_thread():
            known = self.posterior
            precision = known.inverse.T @ known.inverse
            target = (_forward(self.transform, self.data.y) - known.shift) / known.scale
            means, variances = np.empty_like(target), np.empty_like(target)
            for group in np.unique(self.data.groups):
                rows = np.flatnonzero(self.data.groups == group)
                block = np.linalg.inv(precision[np.ix_(rows, rows)])
                means[rows] = target[rows] - block @ known.weights[rows]
                variances[rows] = np.diag(block)
        return self._in_unit(means, variances)

    def form(self) -> dict[str, str]:
        """Return the chosen transform of the output and feature of the inputs."""
        return {"transform": self.transform, "feature": self.feature}

    def hyperparameters(self) -> dict[str, float]:
        """Return amplitude, noise and a length an input, for an output of variance 1."""
        names = [f"length {item.name}" for item in self.data.inputs]
        names += ["length of the norm"] * (len(self.lengths) - len(names))
        return {
            "amplitude": self.amplitude,
            "noise": self.noise,
            **dict(zip(names, self.lengths, strict=True)),
        }

    @cached_property
    def posterior(self) -> Posterior:
        """Return what prediction needs, computed once from the stored arrays."""
        z = _features(self.data, self.feature, self.data.x)
        target, shift, scale = _standardise(_forward(self.transform, self.data.y))
        covariance = self._covariance(z, z) + self.noise * np.eye(z.shape[0])
        inverse = np.linalg.solve(np.linalg.cholesky(covariance), np.eye(z.shape[0]))
        return Posterior(z, shift, scale, inverse.T @ (inverse @ target), inverse)

    def _covariance(self, a: FloatArray, b: FloatArray) -> FloatArray:
        squared = np.zeros((a.shape[0], b.shape[0]))
        # Differences, not the expanded square: near points would lose half their digits.
        for column, length in enumerate(self.lengths):
            squared += ((a[:, column, None] - b[None, :, column]) / length) ** 2
        r = _ROOT5 * np.sqrt(squared)
        covariance: FloatArray = self.amplitude * (1.0 + r + r * r / 3.0) * np.exp(-r)
        return covariance

    def _standardised(self, x: FloatArray) -> tuple[FloatArray, FloatArray]:
        known = self.posterior
        cross = self._covariance(_features(self.data, self.feature, x), known.z)
        explained = ((cross @ known.inverse.T) ** 2).sum(axis=1)
        return cross @ known.weights, np.maximum(self.amplitude + self.noise - explained, 0.0)

    def _in_unit(self, mean: FloatArray, variance: FloatArray) -> tuple[FloatArray, FloatArray]:
        known = self.posterior
        m, v = known.shift + known.scale * mean, known.scale**2 * variance
        if self.transform == "identity":
            return m, np.sqrt(v)
        v = np.minimum(v, _LARGEST_VARIANCE)
        expected = np.exp(np.minimum(m + 0.5 * v, _LARGEST_EXPONENT))
        return expected, expected * np.sqrt(np.expm1(v))


@cache
def _library_version() -> str:
    from importlib.metadata import version

    return f"scikit-learn {version('scikit-learn')}, scipy {version('scipy')}, numpy {version('numpy')}"


class GaussianProcessFamily:
    """Fits, stores and opens Gaussian processes."""

    name = "gaussian-process"

    def library_version(self) -> str:
        """Return scikit-learn's version, for a recipe."""
        return _library_version()

    def fit(self, data: TrainingData, seed: str) -> GaussianProcess:
        """Choose transform and feature, then estimate from several starts."""
        with one_thread():
            few = _at_most(data, SELECTION_ROWS, seed)
            best, least = None, math.inf
            for transform, feature in product(_transforms(data), _feature_choices(data)):
                trial = _estimate(few, transform, feature, (_first(few, feature),), SELECTION_STEPS)
                error = _error(trial)
                if best is None or error < BETTER * least:
                    best, least = trial, error
            if best is None:
                raise EvidenceError("no form of a Gaussian process to try")
            starts = (_theta(best), *_starts(few, best.feature, seed))
            more = _at_most(data, ESTIMATION_ROWS, seed)
            fitted = _estimate(more, best.transform, best.feature, starts, ESTIMATION_STEPS)
            return replace(fitted, data=data)

    def refit(self, model: Model, data: TrainingData) -> GaussianProcess:
        """Estimate on `data` from the neutral start only; rows of the fold tested have no say."""
        like = _mine(model)
        transform: Transform = like.transform if like.transform in _transforms(data) else "identity"
        seed = digest(b"rows of a fold")
        with one_thread():
            few = _at_most(data, SELECTION_ROWS, seed)
            start = (_first(few, like.feature),)
            fitted = _estimate(few, transform, like.feature, start, SELECTION_STEPS)
            return replace(fitted, data=data)

    def settings(self, model: Model) -> dict[str, Json]:
        """Return form and hyperparameters."""
        mine = _mine(model)
        return {
            **mine.form(),
            "amplitude": mine.amplitude,
            "lengths": list(mine.lengths),
            "noise": mine.noise,
        }

    def open(self, data: TrainingData, settings: Mapping[str, Json]) -> GaussianProcess:
        """Return the model of untrusted settings, checked by computing its factorisation."""
        if set(settings) != {"transform", "feature", "amplitude", "lengths", "noise"}:
            raise EvidenceError("the file's settings are not those of a Gaussian process")
        transform, feature, lengths = settings["transform"], settings["feature"], settings["lengths"]
        if transform not in get_args(Transform) or feature not in get_args(Feature):
            raise EvidenceError("the file names an unknown transform or feature")
        if transform == "log" and not (data.y > 0.0).all():
            raise EvidenceError("the file takes the logarithm of an output that is not positive")
        numbers = [settings["amplitude"], settings["noise"], *(lengths if isinstance(lengths, list) else [])]
        if not all(isinstance(number, int | float) and 1e-12 < number < 1e12 for number in numbers):
            raise EvidenceError("the file's hyperparameters are not positive numbers of sane size")
        if len(numbers) - 2 != _features(data, feature, data.x[:1]).shape[1]:
            raise EvidenceError("the file has another number of lengths than of features")
        values = [float(number) for number in numbers]
        model = GaussianProcess(data, transform, feature, values[0], tuple(values[2:]), values[1])
        try:
            usable = np.isfinite(model.posterior.weights).all()
        except np.linalg.LinAlgError as error:
            raise EvidenceError(f"the file's covariance cannot be factorised: {error}") from error
        if not usable:
            raise EvidenceError("the file's covariance is singular")
        return model


FAMILY = GaussianProcessFamily()


def _mine(model: Model) -> GaussianProcess:
    if not isinstance(model, GaussianProcess):
        raise EvidenceError(f"a model of family {model.family!r} is no Gaussian process")
    return model


def _features(data: TrainingData, feature: Feature, x: FloatArray) -> FloatArray:
    """Return inputs scaled to [0, 1], with the norm of those that may be zero if asked for."""
    scaled = data.scaled(x)
    if feature == "none":
        return scaled
    across = [i for i, item in enumerate(data.inputs) if _across_zero(item)]
    reach = np.array([max(-data.inputs[i].low, data.inputs[i].high) for i in across])
    parts = x[:, across] / reach
    norm = np.sqrt((parts**2).sum(axis=1) / max(len(across), 1))
    return np.column_stack([scaled, norm])


def _across_zero(item: Input) -> bool:
    return item.low < 0.0 < item.high


def _feature_choices(data: TrainingData) -> tuple[Feature, ...]:
    return ("none", "norm") if any(_across_zero(item) for item in data.inputs) else ("none",)


def _transforms(data: TrainingData) -> tuple[Transform, ...]:
    return ("identity", "log") if (data.y > 0.0).all() else ("identity",)


def _forward(transform: Transform, y: FloatArray) -> FloatArray:
    return np.log(y) if transform == "log" else y


def _standardise(values: FloatArray) -> tuple[FloatArray, float, float]:
    shift, scale = float(values.mean()), float(values.std())
    scale = scale if scale > 0.0 else 1.0
    return (values - shift) / scale, shift, scale


def _error(model: GaussianProcess) -> float:
    """Return the leave-one-run-out root mean square error in the quantity's unit."""
    mean, _ = model.left_out()
    return float(np.sqrt(((mean - model.data.y) ** 2).mean()))


def _at_most(data: TrainingData, rows: int, seed: str) -> TrainingData:
    """Return at most `rows` rows, chosen by seed and spread evenly over the runs."""
    n = data.y.size
    if n <= rows:
        return data
    shuffled = np.argsort(uniforms(1, digest(f"rows {seed}".encode()), 0, n)[:, 0], kind="stable")
    turn = np.empty(n, dtype=np.int64)
    seen: dict[int, int] = {}
    for row in shuffled:
        run = int(data.groups[row])
        turn[row] = seen[run] = seen.get(run, -1) + 1
    kept = np.zeros(n, dtype=np.bool_)
    kept[shuffled[np.argsort(turn[shuffled], kind="stable")][:rows]] = True
    return data.take(kept)


def _first(data: TrainingData, feature: Feature) -> FloatArray:
    """Return the neutral start: logarithms of amplitude, lengths, noise."""
    k = _features(data, feature, data.x[:1]).shape[1]
    return np.log(np.array([3.0, *([2.0] * k), 5e-3], dtype=np.float64))


def _starts(data: TrainingData, feature: Feature, seed: str) -> list[FloatArray]:
    """Return seeded starts beside the first one."""
    first = _first(data, feature)
    u = uniforms(first.size, digest(f"starts {seed}".encode()), 0, STARTS - 1)
    low = np.log(np.array([1.0, *([0.5] * (first.size - 2)), 1e-4]))
    high = np.log(np.array([30.0, *([8.0] * (first.size - 2)), 1e-2]))
    return [low + (high - low) * row for row in u]


def _theta(model: GaussianProcess) -> FloatArray:
    return np.log(np.array([model.amplitude, *model.lengths, model.noise], dtype=np.float64))


def _estimate(
    data: TrainingData, transform: Transform, feature: Feature, starts: Sequence[FloatArray], steps: int
) -> GaussianProcess:
    """Maximise the likelihood with scikit-learn, from each start in turn; the first best is kept."""
    import warnings

    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel

    z = _features(data, feature, data.x)
    target, _, _ = _standardise(_forward(transform, data.y))
    kernel = ConstantKernel(1.0, AMPLITUDE) * Matern(np.ones(z.shape[1]), LENGTH, nu=2.5)
    kernel = kernel + WhiteKernel(1e-4, NOISE)
    regressor = GaussianProcessRegressor(kernel, alpha=0.0, optimizer=_optimizer(starts, steps))
    # Anew, although callers have one thread: the imports above may just have loaded another library.
    with one_thread(anew=True), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "close to a bound" is an answer here, not a problem
        regressor.fit(z, target)
    amplitude, *lengths, noise = (float(value) for value in np.exp(regressor.kernel_.theta))
    return GaussianProcess(data, transform, feature, amplitude, tuple(lengths), noise)


def _optimizer(starts: Sequence[FloatArray], steps: int) -> Callable[..., tuple[FloatArray, float]]:
    from scipy.optimize import minimize

    def optimise(
        objective: Callable[[FloatArray], tuple[float, FloatArray]], initial: FloatArray, bounds: FloatArray
    ) -> tuple[FloatArray, float]:
        limits = [(float(low), float(high)) for low, high in bounds]
        best, least = initial, math.inf
        for start in starts:
            inside = np.clip(start, bounds[:, 0], bounds[:, 1])
            found = minimize(
                objective,
                inside,
                jac=True,
                bounds=limits,
                method="L-BFGS-B",
                options={"maxiter": steps, "maxfun": steps + steps // 2},
            )
            if float(found.fun) < least:
                best, least = np.asarray(found.x), float(found.fun)
        return best, least

    return optimise
