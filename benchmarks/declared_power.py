"""What do declarations buy? Power of rungs 1 and 2 at 99/95 against Wilks' 299, on known functions.

Numbers of issue B, goal 4. The law is the uniform law on a frozen pool of 8000 points, all evaluated, so
that the truth p = P(q > L) is a rational number; L is set so that p / p0 is as wanted (0: the limit is 10 %
of max - median above the largest value). The surrogate is a small Gaussian process of its own, made here.

    python benchmarks/declared_power.py [--replicates 20] [--first-seed 1000] [--out FILE]

Every solver run counts, those that train included: at most 45 under declared signs, 30 under a declared
bound. Seeds below 100 were used while the procedures were made; the result is of others.
"""
# ruff: noqa: ANN001, ANN201, ANN202, D102, D103, S101  (plain functions of arrays; an assert is a check here)

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np
from scipy.linalg import cho_solve, solve_triangular
from scipy.optimize import minimize
from scipy.special import ndtr, ndtri

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from assay.statistics import (
    RegionDraw,
    band_regions,
    bound_violations,
    clopper_pearson_lower,
    clopper_pearson_upper,
    concession,
    contradictions,
    monotone_regions,
    monotone_step,
    region_masses,
    region_wealth,
    restricted_shown,
)

POOL = 8000
ALLOWED, ERROR = 0.01, 0.05


# ------------------------------------------------------------------------------------------ functions
def borehole(u):
    low = np.array([0.05, 100, 63070, 990, 63.1, 700, 1120, 9855])
    high = np.array([0.15, 50000, 115600, 1110, 116, 820, 1680, 12045])
    rw, r, tu, hu, tl, hl, length, kw = (low + u * (high - low)).T
    log = np.log(r / rw)
    return 2 * np.pi * tu * (hu - hl) / (log * (1 + 2 * length * tu / (log * rw**2 * kw) + tu / tl))


def otl(u):
    low = np.array([50, 25, 0.5, 1.2, 0.25, 50])
    high = np.array([150, 70, 3, 2.5, 1.2, 300])
    rb1, rb2, rf, rc1, rc2, beta = (low + u * (high - low)).T
    vb1, b = 12 * rb2 / (rb1 + rb2), beta * (rc2 + 9)
    return (vb1 + 0.74) * b / (b + rf) + 11.35 * rf / (b + rf) + 0.74 * rf * b / ((b + rf) * rc1)


def beam(u):
    """Cantilever deflection, normal inputs; `u` is their score, -5 to 5 mapped to 0 to 1."""
    z = 10.0 * u - 5.0
    e, x, y, w = 2.9e7 + 1.45e6 * z[:, 0], 500 + 100 * z[:, 1], 1000 + 100 * z[:, 2], 2.4 + 0.05 * z[:, 3]
    t, length = 3.9, 100.0
    return 4 * length**3 / (e * w * t) * np.sqrt((y / t**2) ** 2 + (x / w**2) ** 2)


def piston(u):
    low = np.array([30, 0.005, 0.002, 1000, 90000, 290, 340])
    high = np.array([60, 0.020, 0.010, 5000, 110000, 296, 360])
    m, s, v0, k, p0, ta, t0 = (low + u * (high - low)).T
    a = p0 * s + 19.62 * m - k * v0 / s
    v = s / (2 * k) * (np.sqrt(a**2 + 4 * k * p0 * v0 / t0 * ta) - a)
    return 2 * np.pi * np.sqrt(m / (k + s**2 * p0 * v0 / t0 * ta / v**2))


def wing(u):
    low = np.array([150, 220, 6, -10, 16, 0.5, 0.08, 2.5, 1700, 0.025])
    high = np.array([200, 300, 10, 10, 45, 1, 0.18, 6, 2500, 0.08])
    sw, wfw, a, lam, q, taper, tc, nz, wdg, wp = (low + u * (high - low)).T
    c = np.cos(np.deg2rad(lam))
    return (
        0.036 * sw**0.758 * wfw**0.0035 * (a / c**2) ** 0.6 * q**0.006 * taper**0.04
        * (100 * tc / c) ** -0.3 * (nz * wdg) ** 0.49 + sw * wp
    )  # fmt: skip


def monomax(u):
    """Series system: the larger of two monotone responses."""
    return np.maximum(
        u[:, 0] + 0.6 * u[:, 1] ** 2 + 0.3 * u[:, 3], 0.9 * u[:, 2] + 0.8 * u[:, 3] + 0.2 * u[:, 0]
    )


def monodisc(u):
    """Monotone with a jump across a curved surface."""
    smooth = u @ np.array([1.0, 0.7, 0.5, 0.3, 0.2])
    return smooth + 0.5 * (u[:, 0] ** 2 + u[:, 1] + u[:, 2] > 1.6)


FUNCTIONS: dict[str, tuple[Callable, int, tuple[int, ...] | None]] = {
    "borehole": (borehole, 8, (1, -1, 1, 1, 1, -1, -1, 1)),
    "beam": (beam, 4, (-1, 1, 1, -1)),
    "otl": (otl, 6, (-1, 1, 1, -1, -1, -1)),
    "piston": (piston, 7, None),
    "wing": (wing, 10, None),
    "monomax": (monomax, 4, (1, 1, 1, 1)),
    "monodisc": (monodisc, 5, (1, 1, 1, 1, 1)),
}
MONOTONE = ("borehole", "beam", "otl", "monomax", "monodisc")
SMOOTH = ("otl", "borehole", "wing", "beam", "piston")


# ------------------------------------------------------------------------------------------ surrogate
class Process:
    """Gaussian process, Matern 5/2 a length a factor, linear trend, by marginal likelihood."""

    def __init__(self, dimension: int, *, log: bool = False) -> None:
        self.theta = np.concatenate((np.zeros(dimension), [-6.0]))
        self.log = log

    def fit(self, x, y, *, steps: int = 40):
        jacobian = np.log(y).sum() if self.log else 0.0
        y = np.log(y) if self.log else y
        self.x, self.mean, self.scale = x, y.mean(), y.std() or 1.0
        target = (y - self.mean) / self.scale

        def cost(theta):
            k, parts = self._kernel(x, x, theta, parts=True)
            k[np.diag_indices_from(k)] += np.exp(theta[-1]) + 1e-8
            try:
                chol = np.linalg.cholesky(k)
            except np.linalg.LinAlgError:
                return 1e10, np.zeros_like(theta)
            alpha = cho_solve((chol, True), target)
            inverse = cho_solve((chol, True), np.eye(len(x)))
            outer = np.outer(alpha, alpha) - inverse
            variance = float(target @ alpha) / len(x)
            # profiled signal variance: kernel is in units of it
            outer = np.outer(alpha, alpha) / variance - inverse
            slope = np.array(
                [-0.5 * np.sum(outer * part) for part in parts] + [-0.5 * np.exp(theta[-1]) * np.trace(outer)]
            )
            prior = 0.02 * np.sum((theta[:-1] - 1.0) ** 2)
            slope[:-1] += 0.04 * (theta[:-1] - 1.0)
            return 0.5 * len(x) * np.log(variance) + np.log(np.diag(chol)).sum() + prior, slope

        bounds = [(-3.0, 5.0)] * (len(self.theta) - 1) + [(-16.0, -1.0)]
        found = minimize(
            cost, self.theta, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": steps}
        )
        self.theta, self.cost = found.x, found.fun + jacobian + len(x) * np.log(self.scale)
        k = self._kernel(x, x, self.theta)
        k[np.diag_indices_from(k)] += np.exp(self.theta[-1]) + 1e-8
        self.chol = np.linalg.cholesky(k)
        self.alpha = cho_solve((self.chol, True), target)
        self.variance = float(target @ self.alpha) / len(x)
        return self

    def above(self, x, limit):
        """Believed probability that the response is above the limit."""
        mean, sd = self.predict(x)
        return ndtr((mean - (np.log(limit) if self.log else limit)) / sd)

    def predict(self, x):
        cross = self._kernel(x, self.x, self.theta)
        mean = self.mean + self.scale * (cross @ self.alpha)
        half = solve_triangular(self.chol, cross.T, lower=True)
        own = 1.0 + TREND * (1.0 + np.sum((x - 0.5) ** 2, axis=1))
        variance = np.maximum(own - np.sum(half**2, axis=0), 1e-12) * self.variance
        return mean, self.scale * np.sqrt(variance)

    def _kernel(self, a, b, theta, *, parts: bool = False):
        inverse = np.exp(-theta[:-1])
        squares = (
            [((a[:, None, j] - b[None, :, j]) * inverse[j]) ** 2 for j in range(a.shape[1])]
            if parts
            else None
        )
        if parts:
            total = np.sum(squares, axis=0)
        else:
            left, right = a * inverse, b * inverse
            total = np.maximum((left**2).sum(1)[:, None] + (right**2).sum(1)[None] - 2 * left @ right.T, 0.0)
        r = np.sqrt(5.0 * total)
        kernel = (1.0 + r + r * r / 3.0) * np.exp(-r) + TREND * (1.0 + (a - 0.5) @ (b - 0.5).T)
        if not parts:
            return kernel
        common = 5.0 / 3.0 * (1.0 + r) * np.exp(-r)  # d kernel / d(log length) = common x square
        return kernel, [common * square for square in squares]


TREND = 10.0


def fitted(x, y):
    """Return the process of the response or of its logarithm, whichever the runs support better."""
    found = [Process(x.shape[1], log=log).fit(x, y) for log in ((False, True) if (y > 0).all() else (False,))]
    return min(found, key=lambda process: process.cost)


# ------------------------------------------------------------------------------------------ programmes
def programme(name: str, ratio: float, seed: int):
    """Pool, responses and limit of a programme whose true fraction is exactly `ratio` x ALLOWED."""
    function, dimension, _ = FUNCTIONS[name]
    random = np.random.default_rng([seed, sorted(FUNCTIONS).index(name)])
    pool = random.random((POOL, dimension))
    if name == "beam":
        pool = np.clip(0.5 + ndtri(pool) / 10.0, 0.0, 1.0)
    q = function(pool)
    order = np.sort(q)
    if ratio == 0:
        return pool, q, order[-1] + 0.1 * (order[-1] - np.median(q)), random
    failing = round(ratio * ALLOWED * POOL) if ratio < 1 else math.ceil(ratio * ALLOWED * POOL)
    return pool, q, order[POOL - failing - 1], random


def spread(pool, count: int, start: list[int] | None = None):
    """Greedy space-filling subset of the pool, the first point the most central."""
    chosen = list(start or [int(np.argmin(((pool - 0.5) ** 2).sum(1)))])
    gap = np.min([((pool - pool[i]) ** 2).sum(1) for i in chosen], axis=0)
    while len(chosen) < count:
        chosen.append(int(np.argmax(gap)))
        gap = np.minimum(gap, ((pool - pool[chosen[-1]]) ** 2).sum(1))
    return chosen


def latin(random, count: int, dimension: int):
    """Best of 30 Latin hypercubes by smallest distance."""
    best, widest = None, -1.0
    for _ in range(30):
        x = (np.stack([random.permutation(count) for _ in range(dimension)], axis=1) + 0.5) / count
        d = ((x[:, None] - x[None]) ** 2).sum(-1) + 10 * np.eye(count)
        if d.min() > widest:
            best, widest = x, d.min()
    return best


def monotone(name: str, ratio: float, seed: int, budget: int, *, initial: int | None = None):
    """One showing under declared monotonicity; every solver run counts, the surrogate's too."""
    function, dimension, signs = FUNCTIONS[name]
    pool, q, limit, random = programme(name, ratio, seed)
    first = initial or 8
    x = latin(random, first, dimension)
    y = function(x)
    process = fitted(x, y)
    draws: list[RegionDraw] = []
    certified = 0
    while True:
        regions = monotone_regions(pool, x, signs, below_upper=y <= limit, beyond_upper=y > limit)
        wealth = region_wealth(draws, ALLOWED)[-1] if draws else 1.0
        if wealth <= 0:
            return "not-shown", len(x), certified, len(draws)

        def failing(points, process=process):
            return process.above(points, limit)

        step = monotone_step(
            pool, regions, failing, signs, ALLOWED, ERROR, low=np.zeros(dimension), high=np.ones(dimension),
            wealth=wealth, fallback=300.0, runs_left=budget - len(x),
        )  # fmt: skip
        if step.kind == "shown":
            assert not contradictions(x, y, signs)
            return "shown", len(x), certified, len(draws)
        if step.kind == "hopeless" or len(x) >= budget:
            return "not-shown", len(x), certified, len(draws)
        kind = step.kind
        if kind == "certify":
            point = step.run.point[None]
            certified += 1
            value = function(point)
        else:
            inside = np.flatnonzero(step.regions == 1)
            number = int(random.choice(inside))
            point, value = pool[number][None], q[number : number + 1]
            draws.append(RegionDraw(step.masses, bool(value[0] <= limit)))
        x, y = np.concatenate((x, point)), np.concatenate((y, value))
        process = process.fit(x, y, steps=8) if len(x) % 5 else fitted(x, y)


def residual(name: str, ratio: float, seed: int, budget: int, *, slack: float = 1.2, split: float = 0.6):
    """One showing under |q - s| <= slack x the true largest residual; every solver run counts.

    Training is space-filling first, then where the surrogate is least sure close to the limit. The bound
    is an oracle's: it shows what a correct declaration buys, not that one is easy to obtain.
    """
    pool, q, limit, random = programme(name, ratio, seed)
    train = max(6, round(split * budget))
    first = max(6, round(0.7 * train))
    rows = spread(pool, first)
    process = fitted(pool[rows], q[rows])
    while len(rows) < train:
        mean, sd = process.predict(pool)
        edge = np.log(limit) if process.log else limit
        # alternate: the largest spread anywhere (the bound is a largest residual), then near the limit
        score = sd if len(rows) % 2 else sd * np.exp(-0.5 * ((mean - edge) / (2 * sd + 1e-12)) ** 2)
        score[rows] = -1.0
        rows.append(int(np.argmax(score)))
        process = fitted(pool[rows], q[rows])
    mean, sd = process.predict(pool)
    s = np.exp(mean) if process.log else mean
    bound = slack * np.abs(q - s).max()
    regions = band_regions(s, np.full(POOL, bound), at_most=limit)
    left = budget - train
    belief = process.above(pool, limit)
    plan = concession(regions, belief, ALLOWED, ERROR, budget=left)
    band = float(np.mean(regions == 1))
    if plan is None:
        return "not-shown", train, band, 0
    masses = region_masses(plan.regions)
    inside = np.flatnonzero(plan.regions == 1)
    drawn = random.choice(inside, plan.draws) if plan.draws else np.array([], dtype=int)
    assert not bound_violations(q[drawn], s[drawn], np.full(len(drawn), bound))
    shown = restricted_shown(masses, int(np.sum(q[drawn] > limit)), plan.draws, ALLOWED, ERROR)
    return ("shown" if shown else "not-shown"), train + plan.draws, band, plan.draws


RATIOS = (0.0, 0.1, 0.25, 0.5, 0.8, 1.02, 1.5)
WILKS = 299
GOALS = {"monotone": (MONOTONE, monotone, 45), "residual": (SMOOTH, residual, 30)}
"""Declaration to families, procedure and the most runs it may make."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--replicates", type=int, default=20)
    parser.add_argument("--first-seed", type=int, default=1000)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "results" / "declared_power.json")
    given = parser.parse_args()
    seeds = range(given.first_seed, given.first_seed + given.replicates)
    found = {name: measured(name, seeds) for name in GOALS}
    document = {
        "schema": "assay.benchmark/1",
        "benchmark": "declared power",
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "machine": {"cores": os.cpu_count(), "system": platform.platform()},
        "versions": {"python": platform.python_version(), **{n: version(n) for n in ("numpy", "scipy")}},
        "seeds": [seeds[0], seeds[-1]],
        "ratios": RATIOS,
        "allowed": ALLOWED,
        "error": ERROR,
        "declarations": found,
    }
    given.out.write_text(json.dumps(document, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def measured(declaration: str, seeds: Sequence[int]) -> dict:
    """Try one declaration on all programmes, telling how far it is."""
    names, procedure, most = GOALS[declaration]
    rows: list[dict] = []
    for number, seed in enumerate(seeds, 1):
        for ratio in RATIOS:
            for name in names:
                state, runs, *_ = procedure(name, ratio, seed, most)
                rows.append({"family": name, "ratio": ratio, "shown": state == "shown", "runs": runs})
        print(f"{declaration}: {number} of {len(seeds)} seeds", file=sys.stderr, flush=True)
    return {"most_runs": most, "families": names, **summary(rows)}


def summary(rows) -> dict:
    """Power over compliant programmes beside that of Wilks' plan, false SHOWN over the others."""
    good = [row for row in rows if row["ratio"] <= 1]
    bad = [row for row in rows if row["ratio"] > 1]
    compliant = [ratio for ratio in RATIOS if ratio <= 1]
    return {
        "programmes": len(rows),
        "power": share(good),
        "power_of_wilks": float(np.mean([(1 - ratio * ALLOWED) ** WILKS for ratio in compliant])),
        "power_by_ratio": {str(r): share([row for row in good if row["ratio"] == r]) for r in compliant},
        "power_of_wilks_by_ratio": {str(r): (1 - r * ALLOWED) ** WILKS for r in compliant},
        "power_by_family": {
            name: share([row for row in good if row["family"] == name])
            for name in dict.fromkeys(r["family"] for r in rows)
        },
        "mean_runs_if_shown": float(np.mean([row["runs"] for row in good if row["shown"]] or [0])),
        "false_shown": share(bad),
    }


def share(rows) -> dict:
    """Return how many are shown, with the exact two-sided 95 % interval."""
    shown = sum(row["shown"] for row in rows)
    return {
        "events": shown,
        "trials": len(rows),
        "rate": shown / len(rows),
        "low": clopper_pearson_lower(shown, len(rows), 0.025),
        "high": clopper_pearson_upper(shown, len(rows), 0.025),
    }


if __name__ == "__main__":
    main()
