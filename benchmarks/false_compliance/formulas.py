"""Responses from the literature, as functions of the unit box or of standard normal scores.

Each takes an array of shape (n, d) and returns n values; larger is worse.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from benchmarks.false_compliance.problems import FloatArray


def scaled(x: FloatArray, ranges: Sequence[tuple[float, float]]) -> list[FloatArray]:
    """Return the columns of unit inputs, each stretched to its range."""
    return [low + (high - low) * x[:, j] for j, (low, high) in enumerate(ranges)]


def ishigami(x: FloatArray) -> FloatArray:
    """Return sin a + 7 sin² b + 0.1 c⁴ sin a on [-pi, pi]³ (Ishigami & Homma 1990)."""
    a, b, c = scaled(x, [(-np.pi, np.pi)] * 3)
    return np.asarray(np.sin(a) + 7.0 * np.sin(b) ** 2 + 0.1 * c**4 * np.sin(a))


BOREHOLE_SIGNS = (1, -1, 1, 1, 1, -1, -1, 1)


def borehole(x: FloatArray) -> FloatArray:
    """Return the flow of water through a borehole, m³/yr (Harper & Gupta 1983; uniform ranges)."""
    rw, r, tu, hu, tl, hl, length, kw = scaled(
        x,
        [(0.05, 0.15), (100, 50000), (63070, 115600), (990, 1110), (63.1, 116), (700, 820), (1120, 1680),
         (9855, 12045)],
    )  # fmt: skip
    log = np.log(r / rw)
    return np.asarray(2 * np.pi * tu * (hu - hl) / (log + 2 * length * tu / (rw**2 * kw) + log * tu / tl))


def wing(x: FloatArray) -> FloatArray:
    """Return the weight of a light wing, lb (Forrester, Sobester, Keane 2008, §1.1)."""
    sw, wfw, a, sweep, q, taper, tc, nz, wdg, wp = scaled(
        x,
        [(150, 200), (220, 300), (6, 10), (-10, 10), (16, 45), (0.5, 1), (0.08, 0.18), (2.5, 6), (1700, 2500),
         (0.025, 0.08)],
    )  # fmt: skip
    cos = np.cos(np.radians(sweep))
    return np.asarray(
        0.036 * sw**0.758 * wfw**0.0035 * (a / cos**2) ** 0.6 * q**0.006 * taper**0.04
        * (100 * tc / cos) ** -0.3 * (nz * wdg) ** 0.49 + sw * wp
    )  # fmt: skip


def four_branch(z: FloatArray) -> FloatArray:
    """Return minus the series system of four branches, normal inputs (Waarts 2000)."""
    a, b = z[:, 0], z[:, 1]
    bowl, sum_, difference = 3 + 0.1 * (a - b) ** 2, (a + b) / np.sqrt(2), a - b
    parts = [bowl - sum_, bowl + sum_, difference + 6 / np.sqrt(2), -difference + 6 / np.sqrt(2)]
    return -np.asarray(np.min(parts, axis=0))


BEAM_SIGNS = (1, -1, 1, 1)


def beam(z: FloatArray) -> FloatArray:
    """Return the tip displacement of a cantilever, in (Wu, Shin, Sues, Cesare 2001); strength is inert."""
    modulus = 2.9e7 + 1.45e6 * z[:, 1]
    across, down = 500 + 100 * z[:, 2], 1000 + 100 * z[:, 3]
    width, thick, length = 4.0, 2.0, 100.0
    return np.asarray(
        4 * length**3 / (modulus * width * thick) * np.hypot(down / thick**2, across / width**2)
    )


OTL_SIGNS = (-1, 1, 1, -1, -1, -1)


def otl(x: FloatArray) -> FloatArray:
    """Return the midpoint voltage of a push-pull circuit, V (Ben-Ari & Steinberg 2007)."""
    rb1, rb2, rf, rc1, rc2, gain = scaled(
        x, [(50, 150), (25, 70), (0.5, 3), (1.2, 2.5), (0.25, 1.2), (50, 300)]
    )
    vb1, inner = 12 * rb2 / (rb1 + rb2), gain * (rc2 + 9)
    total = inner + rf
    return np.asarray((vb1 + 0.74) * inner / total + 11.35 * rf / total + 0.74 * rf * inner / (total * rc1))


def piston(x: FloatArray) -> FloatArray:
    """Return the cycle time of a piston, s (Kenett & Zacks 1998)."""
    mass, area, v0, k, p0, ta, t0 = scaled(
        x,
        [(30, 60), (0.005, 0.02), (0.002, 0.01), (1000, 5000), (90000, 110000), (290, 296), (340, 360)],
    )
    force = p0 * area + 19.62 * mass - k * v0 / area
    gas = p0 * v0 * ta / t0
    volume = area / (2 * k) * (np.sqrt(force**2 + 4 * k * gas) - force)
    return np.asarray(2 * np.pi * np.sqrt(mass / (k + area**2 * gas / volume**2)))


def discontinuous(x: FloatArray) -> FloatArray:
    """Return a smooth response that jumps by twice its range across a curved surface (own)."""
    smooth = x[:, 0] * x[:, 1] + np.sin(3 * x[:, 2]) * x[:, 3] - 0.5 * x[:, 4]
    surface = x[:, 0] ** 2 + 0.5 * np.sin(4 * x[:, 1]) + x[:, 2] * x[:, 4]
    return np.asarray(smooth + 2.0 * (surface > 1.1))


def heavy_tails(x: FloatArray) -> FloatArray:
    """Return a weighted sum of Cauchy quantiles: no mean, no variance, nothing normal about it (own)."""
    inside = np.clip(x, 1e-12, 1 - 1e-12)
    return np.asarray(np.tan(np.pi * (inside - 0.5)) @ np.array([1.0, 0.5, 0.25, 0.1]))


def monotone_series(x: FloatArray) -> FloatArray:
    """Return the worst of four increasing members of a series system (own)."""
    a, b, c, d = x.T
    return np.asarray(np.max([a + b**2, b + np.sqrt(c), c**3 + 1.2 * d, a * d + b * c + 0.5], axis=0))


def monotone_jump(x: FloatArray) -> FloatArray:
    """Return an increasing response with a jump across a surface (own)."""
    rise = x @ np.array([1.0, 0.8, 0.6, 0.4, 0.2])
    return np.asarray(rise + 1.5 * (x[:, 0] * x[:, 1] + 0.3 * x[:, 2] > 0.75))


def loads(x: FloatArray) -> FloatArray:
    """Return a von Mises stress of three load components: a seminorm of them, hence convex (own)."""
    load = 2 * x - 1
    stress = load @ np.array([[3.0, 1.0, 0.4], [0.5, 2.0, -0.7], [-0.8, 0.6, 1.5]])
    normal1, normal2, shear = stress.T
    return np.asarray(np.sqrt(normal1**2 - normal1 * normal2 + normal2**2 + 3 * shear**2))


def hashed_normal(x: FloatArray) -> FloatArray:
    """Return one standard normal number a point, a function of the point's bits alone.

    It makes noise that is exactly the same whenever the same point is asked for (a solver that is
    deterministic but rough), so that the truth of a pool stays exact. Mixing: splitmix64 (Steele, Lea,
    Flood 2014); normal numbers by Box & Muller (1958).
    """
    state = np.zeros(x.shape[0], dtype=np.uint64)
    with np.errstate(over="ignore"):
        for column in np.ascontiguousarray(x.T).view(np.uint64):
            state = _mixed(state ^ column)
        second = _mixed(state)
    u, v = ((word >> np.uint64(11)).astype(np.float64) * 2.0**-53 for word in (state, second))
    return np.asarray(np.sqrt(-2 * np.log1p(-u)) * np.cos(2 * np.pi * v))


def _mixed(word: np.ndarray) -> np.ndarray:
    z = word + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(z ^ (z >> np.uint64(31)))


def noisy(x: FloatArray) -> FloatArray:
    """Return a smooth response with noise that grows along the first input (own)."""
    smooth = np.sin(3 * x[:, 0]) + x[:, 1] * x[:, 2]
    return np.asarray(smooth + (0.02 + 0.5 * x[:, 0] ** 2) * hashed_normal(x))
