"""The families of the benchmark: twenty-two kinds of response, honest and dishonest.

`python -m benchmarks.false_compliance --families my_module` takes the tuple `FAMILIES` of another module.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable

import numpy as np
from benchmarks.false_compliance import formulas
from benchmarks.false_compliance.problems import POOL, Family, FloatArray, Instance, Values, limit_between

Response = Callable[[FloatArray], FloatArray]


def load(module: str) -> tuple[Family, ...]:
    """Return the tuple FAMILIES of a module.

    Raises
    ------
    ValueError
        If the module has none, or two families of one name.
    """
    found = getattr(importlib.import_module(module), "FAMILIES", None)
    if not found or not all(isinstance(item, Family) for item in found):
        raise ValueError(f"module {module} has no tuple FAMILIES of problems.Family; write one")
    names = [family.name for family in found]
    if len(set(names)) != len(names):
        raise ValueError(f"module {module} names a family twice; names are the key of a result")
    return tuple(found)


def from_pool(x: FloatArray, response: Response) -> Instance:
    """Return the instance of a formula: one response, the limit set between two of its values."""
    q = response(x)
    return Instance(x, lambda beyond: Values(q, limit_between(q, beyond), response))


def unit(dimension: int, response: Response) -> Callable[[np.random.Generator], Instance]:
    """Return the maker of a formula's instances with inputs uniform on [0, 1]."""
    return lambda rng: from_pool(rng.random((POOL, dimension)), response)


def gaussian(dimension: int, response: Response) -> Callable[[np.random.Generator], Instance]:
    """Return the maker of a formula's instances with standard normal inputs."""
    return lambda rng: from_pool(rng.standard_normal((POOL, dimension)), response)


def process_draw(dimension: int, length: float) -> Callable[[np.random.Generator], Instance]:
    """Return the maker of draws of a squared-exponential Gaussian process.

    By 512 random Fourier features (Rahimi & Recht 2007).
    """

    def make(rng: np.random.Generator) -> Instance:
        x = rng.random((POOL, dimension))
        response = fourier(rng, dimension, length)
        return from_pool(x, response)

    return make


def fourier(rng: np.random.Generator, dimension: int, length: float) -> Response:
    """Return one draw of a squared-exponential process of variance 1."""
    frequencies = rng.standard_normal((dimension, 512)) / length
    phases, weights = rng.random(512) * 2 * np.pi, rng.standard_normal(512) * np.sqrt(2 / 512)

    def response(x: FloatArray) -> FloatArray:
        values = np.empty(x.shape[0])
        for start in range(0, x.shape[0], 4096):
            values[start : start + 4096] = np.cos(x[start : start + 4096] @ frequencies + phases) @ weights
        return values

    return response


def spike(rng: np.random.Generator) -> Instance:
    """Return a smooth background with a failing box at a random place, of exactly the mass asked for."""
    x = rng.random((POOL, 4))
    background = fourier(rng, 4, 1.0)
    q = background(x)
    centre, stretch = rng.random(4), rng.uniform(0.5, 2.0, 4)
    limit = limit_between(q, 0)
    height = limit + (limit - float(np.median(q)))

    def values(beyond: int) -> Values:
        if beyond == 0:
            return Values(q, limit, background)
        size = _box(x, centre, stretch, beyond)

        def response(points: FloatArray) -> FloatArray:
            return np.where(_reach(points, centre, stretch) < size, height, background(points))

        return Values(response(x), limit, response)

    return Instance(x, values)


def _reach(points: FloatArray, centre: FloatArray, stretch: FloatArray) -> FloatArray:
    return np.asarray((np.abs(points - centre) / stretch).max(axis=1))


def _box(x: FloatArray, centre: FloatArray, stretch: FloatArray, inside: int) -> float:
    """Return the size of the box around `centre` that holds exactly `inside` points."""
    ordered = np.sort(_reach(x, centre, stretch))
    return float(0.5 * (ordered[inside - 1] + ordered[inside]))


def dust(rng: np.random.Generator) -> Instance:
    """Return a smooth background with failing points at random: the adversary of the theorem."""
    x = rng.random((POOL, 4))
    q = fourier(rng, 4, 1.0)(x)
    order = rng.permutation(POOL)
    limit = limit_between(q, 0)
    height = limit + (limit - float(np.median(q)))

    def values(beyond: int) -> Values:
        changed = q.copy()
        changed[order[:beyond]] = height
        return Values(changed, limit)

    return Instance(x, values)


def pocket(rng: np.random.Generator) -> Instance:
    """Return a response declared increasing with a failing pocket among its best points.

    Half of the points beyond are where the declaration says, at the top; half are in a box near the
    origin, which any run below the limit would clear by the declaration.
    """
    x = rng.random((POOL, 4))
    q = formulas.monotone_series(x)
    centre, stretch = 0.1 + 0.2 * rng.random(4), np.ones(4)

    def values(beyond: int) -> Values:
        hidden = beyond // 2
        if hidden == 0:
            return Values(q, limit_between(q, beyond), formulas.monotone_series)
        size = _box(x, centre, stretch, hidden)
        limit = limit_between(q[_reach(x, centre, stretch) >= size], beyond - hidden)
        height = limit + 0.2 * (float(q.max()) - float(np.median(q)))

        def response(points: FloatArray) -> FloatArray:
            inside = _reach(points, centre, stretch) < size
            return np.where(inside, height, formulas.monotone_series(points))

        return Values(response(x), limit, response)

    return Instance(x, values)


def false_convex(rng: np.random.Generator) -> Instance:
    """Return a response declared convex whose largest values are inside the box."""
    x = rng.random((POOL, 3))
    centre = 0.35 + 0.3 * rng.random(3)

    def response(points: FloatArray) -> FloatArray:
        bump = np.exp(-8 * ((points - centre) ** 2).sum(axis=1))
        return np.asarray(formulas.loads(points) + 6.0 * bump)

    return from_pool(x, response)


def mesh(honest: bool) -> Callable[[np.random.Generator], Instance]:
    """Return the maker of a response solved on a coarse mesh whose error is large near one corner only.

    The coarse values are below the fine ones, most so where the response is large: the harmful side. The
    honest study declares the largest error; the dishonest one an eighth of it, as a refinement study at
    mild points would, and most checks agree with it.
    """

    def make(rng: np.random.Generator) -> Instance:
        x = rng.random((POOL, 4))
        smooth = fourier(rng, 4, 1.0)
        q = formulas.monotone_series(x) + 0.1 * smooth(x)
        error = 0.3 * np.prod(0.3 + 0.7 * x[:, :2], axis=1) ** 8 * (1 + 0.2 * np.sin(5 * x[:, 2]))
        bound = float(error.max()) * (1.0 if honest else 0.125)
        return Instance(x, lambda beyond: Values(q, limit_between(q, beyond)), q - error, bound)

    return make


FAMILIES: tuple[Family, ...] = (
    Family("ishigami", 3, "Ishigami & Homma 1990", unit(3, formulas.ishigami), "hard"),
    Family("borehole", 8, "Harper & Gupta 1983", unit(8, formulas.borehole), signs=formulas.BOREHOLE_SIGNS),
    Family("wing", 10, "Forrester, Sobester, Keane 2008", unit(10, formulas.wing)),
    Family("four_branch", 2, "Waarts 2000", gaussian(2, formulas.four_branch), "hard", normal=True),
    Family(
        "beam", 4, "Wu, Shin, Sues, Cesare 2001", gaussian(4, formulas.beam),
        normal=True, signs=formulas.BEAM_SIGNS,
    ),
    Family("otl", 6, "Ben-Ari & Steinberg 2007", unit(6, formulas.otl), signs=formulas.OTL_SIGNS),
    Family("piston", 7, "Kenett & Zacks 1998", unit(7, formulas.piston)),
    Family("gp4", 4, "Gaussian process, length 0.5", process_draw(4, 0.5), "hard"),
    Family("gp8", 8, "Gaussian process, length 1", process_draw(8, 1.0), "hard"),
    Family("discont", 5, "jump across a curved surface", unit(5, formulas.discontinuous), "hard"),
    Family("spike", 4, "failing box at a random place", spike, "hard"),
    Family("dust", 4, "failing points at random (the theorem's adversary)", dust, "hard"),
    Family("tails", 4, "sum of Cauchy quantiles", unit(4, formulas.heavy_tails), "hard"),
    Family("noise", 3, "heteroscedastic noise hashed from the point", unit(3, formulas.noisy), "hard"),
    Family("series", 4, "monotone series system", unit(4, formulas.monotone_series), signs=(1,) * 4),
    Family("step", 5, "monotone with a jump", unit(5, formulas.monotone_jump), "hard", signs=(1,) * 5),
    Family("loads", 3, "von Mises stress of three loads", unit(3, formulas.loads), convex=True),
    Family("mesh_honest", 4, "coarse mesh, true bound", mesh(honest=True)),
    Family(
        "mesh_dishonest", 4, "coarse mesh, an eighth of the true bound", mesh(honest=False), "misdeclared",
        true_structure=False,
    ),
    Family(
        "monotone_false", 4, "failing pocket where the declaration clears", pocket, "misdeclared",
        signs=(1,) * 4, true_structure=False,
    ),
    Family(
        "bound_false", 4, "residual bound that misses a failing box", spike, "misdeclared",
        bound_quantile=0.9, true_structure=False,
    ),
    Family(
        "convex_false", 3, "largest inside the box", false_convex, "misdeclared", convex=True,
        true_structure=False,
    ),
)  # fmt: skip

PEER_FAMILIES = ("borehole", "beam", "otl", "piston", "gp4", "discont", "spike", "dust")
"""The eight on which libraries that fit slowly are compared."""
