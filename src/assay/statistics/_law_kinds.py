"""The kinds of law: one entry a kind, each with its inverse, its two tails and its support.

Every function takes the parameters as arrays (0-d for a number) and works element by element.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from assay.statistics._special import FloatArray, normal_cdf, normal_quantile

Values = Mapping[str, FloatArray]
"""Parameter name to its value(s)."""
Curve = Callable[[Values, FloatArray], FloatArray]


@dataclass(frozen=True)
class Kind:
    """What a law of this kind can answer."""

    numbers: tuple[str, ...]
    """Names of parameters that are one number."""
    columns: tuple[str, ...]
    """Names of parameters that are a list of numbers."""
    problem: Callable[[Values], str | None]
    """What is wrong with finite parameters, as an instruction; None if nothing is."""
    quantile: Curve
    """Smallest x with P(X <= x) >= u."""
    at_most: Curve
    """P(X <= x)."""
    below: Curve
    """P(X < x); differs from `at_most` for a law with atoms only."""
    above: Curve
    """P(X > x), without cancellation in the tail."""
    support: Callable[[Values], tuple[float, float]]
    """Smallest closed interval of probability 1; may be infinite."""


def _continuous(
    numbers: tuple[str, ...],
    problem: Callable[[Values], str | None],
    quantile: Curve,
    at_most: Curve,
    above: Curve,
    support: Callable[[Values], tuple[float, float]],
) -> Kind:
    return Kind(numbers, (), problem, quantile, at_most, at_most, above, support)


def _positive(name: str) -> Callable[[Values], str | None]:
    def problem(p: Values) -> str | None:
        return None if p[name] > 0.0 else f"{name} is {p[name]}; write a {name} above 0"

    return problem


def _first(*checks: Callable[[Values], str | None]) -> Callable[[Values], str | None]:
    def problem(p: Values) -> str | None:
        return next((found for check in checks if (found := check(p)) is not None), None)

    return problem


def _everywhere(_p: Values) -> tuple[float, float]:
    return -np.inf, np.inf


def _from_zero(_p: Values) -> tuple[float, float]:
    return 0.0, np.inf


def _low_high(p: Values) -> tuple[float, float]:
    return float(p["low"]), float(p["high"])


def _ordered(p: Values) -> str | None:
    return None if p["low"] < p["high"] else f"low is {p['low']} and high {p['high']}; write low < high"


# uniform
def _share(p: Values, x: FloatArray) -> FloatArray:
    return np.asarray(np.clip((x - p["low"]) / (p["high"] - p["low"]), 0.0, 1.0))


def _share_above(p: Values, x: FloatArray) -> FloatArray:
    return np.asarray(np.clip((p["high"] - x) / (p["high"] - p["low"]), 0.0, 1.0))


_UNIFORM = _continuous(
    ("low", "high"),
    _ordered,
    lambda p, u: np.minimum(p["low"] + u * (p["high"] - p["low"]), p["high"]),  # may round above
    _share,
    _share_above,
    _low_high,
)

# normal
_NORMAL = _continuous(
    ("mean", "sd"),
    _positive("sd"),
    lambda p, u: np.asarray(p["mean"] + p["sd"] * normal_quantile(u)),
    lambda p, x: normal_cdf((x - p["mean"]) / p["sd"]),
    lambda p, x: normal_cdf((p["mean"] - x) / p["sd"]),
    _everywhere,
)


# lognormal
def _log_score(p: Values, x: FloatArray) -> FloatArray:
    positive = x > 0.0
    logs = np.log(np.where(positive, x, 1.0) / p["median"]) / p["log_sd"]
    return np.asarray(np.where(positive, logs, -np.inf))


_LOGNORMAL = _continuous(
    ("median", "log_sd"),
    _first(_positive("median"), _positive("log_sd")),
    lambda p, u: np.asarray(p["median"] * np.exp(p["log_sd"] * normal_quantile(u))),
    lambda p, x: normal_cdf(_log_score(p, x)),
    lambda p, x: normal_cdf(-_log_score(p, x)),
    _from_zero,
)


# weibull
def _hazard(p: Values, x: FloatArray) -> FloatArray:
    return np.asarray((np.maximum(x, 0.0) / p["scale"]) ** p["shape"])


_WEIBULL = _continuous(
    ("shape", "scale"),
    _first(_positive("shape"), _positive("scale")),
    lambda p, u: np.asarray(p["scale"] * (-np.log1p(-u)) ** (1.0 / p["shape"])),
    lambda p, x: np.asarray(-np.expm1(-_hazard(p, x))),
    lambda p, x: np.asarray(np.exp(-_hazard(p, x))),
    _from_zero,
)


# triangular
def _between(p: Values) -> str | None:
    if p["low"] <= p["mode"] <= p["high"]:
        return None
    return f"mode is {p['mode']}, outside low and high; write low <= mode <= high"


def _triangle_quantile(p: Values, u: FloatArray) -> FloatArray:
    low, mode, high = p["low"], p["mode"], p["high"]
    rising = low + np.sqrt(u * (high - low) * (mode - low))
    falling = high - np.sqrt((1.0 - u) * (high - low) * (high - mode))
    return np.asarray(np.where(u < (mode - low) / (high - low), rising, falling))


def _triangle_at_most(p: Values, x: FloatArray) -> FloatArray:
    low, mode, high = p["low"], p["mode"], p["high"]
    inner = np.clip(x, low, high)
    # A one-sided triangle (mode at an end) has no rising or no falling flank: 1.0 is never used.
    rising = (inner - low) ** 2 / ((high - low) * (mode - low if mode > low else 1.0))
    falling = 1.0 - (high - inner) ** 2 / ((high - low) * (high - mode if high > mode else 1.0))
    return np.asarray(np.where(inner < mode, rising, falling))


def _triangle_above(p: Values, x: FloatArray) -> FloatArray:
    mirrored = {"low": -p["high"], "mode": -p["mode"], "high": -p["low"]}
    return _triangle_at_most(mirrored, -x)


_TRIANGULAR = _continuous(
    ("low", "mode", "high"),
    _first(_ordered, _between),
    _triangle_quantile,
    _triangle_at_most,
    _triangle_above,
    _low_high,
)


# discrete and empirical: atoms
def _atoms(p: Values) -> tuple[FloatArray, FloatArray]:
    """Return sorted values and the cumulative probability of the first 0, 1, ... n of them."""
    order = np.argsort(p["values"], kind="stable")
    values = p["values"][order]
    weights = p["weights"][order] if "weights" in p else np.ones(values.size)
    cumulative = np.concatenate(([0.0], np.cumsum(weights)))
    return values, np.asarray(cumulative / cumulative[-1])


def _atom_quantile(p: Values, u: FloatArray) -> FloatArray:
    values, cumulative = _atoms(p)
    return np.asarray(values[np.searchsorted(cumulative[1:], u, side="left")])


def _atom_at_most(p: Values, x: FloatArray) -> FloatArray:
    values, cumulative = _atoms(p)
    return np.asarray(cumulative[np.searchsorted(values, x, side="right")])


def _atom_below(p: Values, x: FloatArray) -> FloatArray:
    values, cumulative = _atoms(p)
    return np.asarray(cumulative[np.searchsorted(values, x, side="left")])


def _atom_above(p: Values, x: FloatArray) -> FloatArray:
    return np.asarray(1.0 - _atom_at_most(p, x))


def _atom_support(p: Values) -> tuple[float, float]:
    return float(np.min(p["values"])), float(np.max(p["values"]))


def _some(p: Values) -> str | None:
    return None if p["values"].size else "values is empty; write at least one value"


def _weighted(p: Values) -> str | None:
    if p["weights"].size != p["values"].size:
        return f"{p['weights'].size} weights for {p['values'].size} values; write one weight a value"
    return None if np.all(p["weights"] > 0.0) else "a weight is not above 0; leave its value out"


KINDS: Mapping[str, Kind] = {
    "uniform": _UNIFORM,
    "normal": _NORMAL,
    "lognormal": _LOGNORMAL,
    "weibull": _WEIBULL,
    "triangular": _TRIANGULAR,
    "discrete": Kind(
        (),
        ("values", "weights"),
        _first(_some, _weighted),
        _atom_quantile,
        _atom_at_most,
        _atom_below,
        _atom_above,
        _atom_support,
    ),
    "empirical": Kind(
        (),
        ("values",),
        _some,
        _atom_quantile,
        _atom_at_most,
        _atom_below,
        _atom_above,
        _atom_support,
    ),
}
"""Every kind that a programme may write."""
