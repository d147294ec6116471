"""A light Gaussian process for procedures that refit hundreds of thousands of times.

Matérn 5/2 with a length an input, amplitude profiled out, one warm start: about 0.05 s at 60 points.
Assay's own family (assay.surrogates) tries transforms, features and several starts and takes seconds.
Reference: Rasmussen & Williams, "Gaussian Processes for Machine Learning" (2006), §2.2, §5.4.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace as replace

import numpy as np
from benchmarks.false_compliance.problems import FloatArray
from scipy.linalg import solve_triangular
from scipy.optimize import minimize
from scipy.special import ndtr

ESTIMATED = 150
"""Largest number of rows on which lengths are estimated."""
KEPT = 400
"""Largest number of rows that a prediction rests on."""
_ROOT5 = float(np.sqrt(5.0))
_LENGTH = (0.05, 50.0)
_NOISE = (1e-8, 0.5)


@dataclass(frozen=True)
class Matern:
    """A fitted process."""

    x: FloatArray
    scale: FloatArray
    """Of the inputs, shape (d,)."""
    theta: FloatArray
    """Logarithms of d lengths (in scaled inputs) and of the noise, relative to the amplitude."""
    logarithm: bool
    """Whether the process models the logarithm of the response."""
    shift: float
    spread: float
    amplitude: float
    inverse: FloatArray
    """Inverse of the Cholesky factor, shape (n, n)."""
    weights: FloatArray

    def standardised(self, points: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return mean and standard deviation of the modelled (perhaps logarithmic) response, shape (m,)."""
        mean, sd = np.empty(points.shape[0]), np.empty(points.shape[0])
        for start in range(0, points.shape[0], 2000):
            part = slice(start, start + 2000)
            cross = _kernel(_squared(points[part] / self.scale, self.x / self.scale, self.theta[:-1]))
            mean[part] = cross @ self.weights
            left = 1.0 + np.exp(self.theta[-1]) - ((cross @ self.inverse.T) ** 2).sum(axis=1)
            sd[part] = np.sqrt(np.maximum(left, 1e-12) * self.amplitude)
        return self.shift + self.spread * mean, self.spread * sd

    def predict(self, points: FloatArray) -> FloatArray:
        """Return the predicted response; of a logarithmic process the median."""
        mean, _ = self.standardised(points)
        return np.asarray(np.exp(np.minimum(mean, 700.0))) if self.logarithm else mean

    def level(self, limit: float) -> float:
        """Return the limit in the modelled quantity."""
        return float(np.log(limit)) if self.logarithm else limit

    def failing(self, points: FloatArray, limit: float) -> FloatArray:
        """Return the predicted probability that the response exceeds `limit`."""
        mean, sd = self.standardised(points)
        return np.asarray(ndtr((mean - self.level(limit)) / sd))

    def left_out(self, y: FloatArray, limit: float) -> FloatArray:
        """Return each row's predicted probability of exceeding `limit`, without that row.

        Sundararajan & Keerthi (2001): one inverse gives all.
        """
        precision = self.inverse.T @ self.inverse
        diagonal = np.diag(precision)
        target = ((np.log(y) if self.logarithm else y) - self.shift) / self.spread
        mean = target - self.weights / diagonal
        sd = np.sqrt(self.amplitude / diagonal)
        return np.asarray(ndtr((mean - (self.level(limit) - self.shift) / self.spread) / sd))


def fit(
    x: FloatArray,
    y: FloatArray,
    limit: float,
    *,
    scale: FloatArray,
    start: Matern | None = None,
    steps: int = 30,
) -> Matern:
    """Return the process of most likely lengths.

    Parameters
    ----------
    x, y
        Shapes (n, d) and (n,). Of more than `KEPT` rows those with values nearest to the limit are kept,
        beside every fourth of the rest.
    limit
        Of the response; a logarithm is taken only if it and all values are positive.
    scale
        Of the inputs, shape (d,).
    start
        A process to start from; its lengths, transform and scale are taken.
    steps
        Iterations of L-BFGS-B; 0 keeps the lengths of `start`.
    """
    if y.size > KEPT:
        chosen = _informative(y, limit)
        x, y = x[chosen], y[chosen]
    logarithm = start.logarithm if start else _skewed(y, limit)
    logarithm = logarithm and bool((y > 0).all())
    values = np.log(y) if logarithm else y
    shift, spread = float(values.mean()), float(values.std()) or 1.0
    target = (values - shift) / spread
    d = x.shape[1]
    theta = start.theta if start else np.r_[np.full(d, np.log(1.5)), np.log(1e-4)]
    if steps:
        rows = np.arange(y.size) if y.size <= ESTIMATED else np.linspace(0, y.size - 1, ESTIMATED).astype(int)
        theta = _estimate(x[rows] / scale, target[rows], theta, steps)
    model = Matern(x, scale, theta, logarithm, shift, spread, 1.0, np.empty(0), np.empty(0))
    k = _kernel(_squared(x / scale, x / scale, theta[:-1]))
    k[np.diag_indices_from(k)] += np.exp(theta[-1]) + 1e-9
    lower = np.linalg.cholesky(k)
    inverse = solve_triangular(lower, np.eye(y.size), lower=True, check_finite=False)
    half = inverse @ target
    amplitude = max(float(half @ half) / y.size, 1e-12)
    return replace(model, amplitude=amplitude, inverse=inverse, weights=inverse.T @ half)


def _informative(y: FloatArray, limit: float) -> np.ndarray:
    nearest = np.argsort(np.abs(y - limit), kind="stable")
    kept = nearest[: 3 * KEPT // 4]
    rest = np.sort(nearest[3 * KEPT // 4 :])
    return np.sort(np.r_[kept, rest[:: max(1, -(-rest.size // (KEPT // 4)))]])


def _skewed(y: FloatArray, limit: float) -> bool:
    if limit <= 0 or not (y > 0).all():
        return False
    return abs(_skewness(np.log(y))) < 0.5 * abs(_skewness(y))


def _skewness(values: FloatArray) -> float:
    centred = values - values.mean()
    return float((centred**3).mean() / (float((centred**2).mean()) ** 1.5 + 1e-300))


def _squared(a: FloatArray, b: FloatArray, log_lengths: FloatArray) -> FloatArray:
    """Return squared distances in lengths, by one matrix product; rounding below zero is cut off."""
    lengths = np.exp(log_lengths)
    a, b = a / lengths, b / lengths
    squared = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1)[None, :] - 2.0 * (a @ b.T)
    return np.asarray(np.maximum(squared, 0.0))


def _kernel(squared: FloatArray) -> FloatArray:
    r = _ROOT5 * np.sqrt(squared)
    return np.asarray((1.0 + r + r * r / 3.0) * np.exp(-r))


def _estimate(z: FloatArray, target: FloatArray, theta: FloatArray, steps: int) -> FloatArray:
    n, d = z.shape
    differences = ((z[:, None, :] - z[None, :, :]) ** 2).reshape(n * n, d)
    eye = np.eye(n)

    def objective(theta: FloatArray) -> tuple[float, FloatArray]:
        per_length = np.exp(-2.0 * theta[:-1])
        r = _ROOT5 * np.sqrt((differences @ per_length).reshape(n, n))
        decay = np.exp(-r)
        noise = float(np.exp(theta[-1]))
        k = (1.0 + r + r * r / 3.0) * decay + (noise + 1e-9) * eye
        try:
            lower = np.linalg.cholesky(k)
        except np.linalg.LinAlgError:
            return 1e10, np.zeros_like(theta)
        inverse = solve_triangular(lower, eye, lower=True, check_finite=False)
        precision = inverse.T @ inverse
        alpha = precision @ target
        fitted = float(target @ alpha)
        value = 0.5 * n * np.log(fitted / n) + float(np.log(np.diag(lower)).sum())
        pull = 0.5 * precision - (0.5 * n / fitted) * np.outer(alpha, alpha)
        slope = (pull * (5.0 / 3.0) * (1.0 + r) * decay).reshape(n * n)
        gradient = np.empty_like(theta)
        gradient[:-1] = (slope @ differences) * per_length
        gradient[-1] = noise * float(np.trace(pull))
        # A wide lognormal prior keeps the length of an inert input from running away.
        value += float((((theta[:-1] - 0.5) / 1.5) ** 2).sum()) / 2
        gradient[:-1] += (theta[:-1] - 0.5) / 1.5**2
        return float(value), gradient

    bounds = [tuple(np.log(_LENGTH))] * d + [tuple(np.log(_NOISE))]
    found = minimize(
        objective, theta, jac=True, bounds=bounds, method="L-BFGS-B",
        options={"maxiter": steps, "maxfun": 2 * steps},
    )  # fmt: skip
    return np.asarray(found.x)
