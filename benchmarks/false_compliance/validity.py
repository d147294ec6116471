"""Validity at the boundary: how often a rung is wrong where the truth is exactly at the allowed rate.

At p = p0 and at one point of the pool above it, where a false SHOWN is most frequent. Surrogates are
frozen, so that tens of thousands of replications of each rung can be counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import comb
from typing import Any

import numpy as np
from benchmarks.false_compliance import matern, rungs
from benchmarks.false_compliance.harness import Cell
from benchmarks.false_compliance.problems import (
    Family,
    FloatArray,
    Problem,
    allowed_points,
    problem,
    stream,
)
from benchmarks.false_compliance.programmes import ERROR, Programme

from assay.statistics import (
    CONCEDED,
    SAFE,
    UNDECIDED,
    Bet,
    Masses,
    RegionDraw,
    band_regions,
    believe,
    betting_level,
    choose_bet,
    concession,
    factor_table,
    fixed_plan_refuted,
    fixed_plan_shown,
    orient,
    pick,
    region_masses,
    region_wealth,
    restricted_shown,
    wilks_size,
)

ALLOWED = (0.05, 0.01)
REPLICATIONS = 20_000
STRUCTURED = 2_000
SURROGATES = ("good", "over-confident", "shuffled", "anti-correlated")
TRAINING = 40
"""Runs of a frozen surrogate."""
RUNS = {0.05: 400, 0.01: 800}
"""Budget of an e-process: several times Wilks' size, so that it is looked at for long."""
BATCHES = (10, 20, 40, 80)
"""Runs between two choices of a bet; the last repeats."""
_SHOWN = np.log(np.array([0.2, 1.0, 3.0, 9.0]))
_REFUTED = np.log(np.array([1.0, 4.0]))
"""Wealths, as logarithms, between which replications share a bet: a function of a run's own past alone."""
_SHARED = 100
"""Replications of rung 1 that share a frozen surrogate."""
_PLACED = 400
"""Replications of rung 2 that share placed runs, which take seconds to choose."""


def cells(
    families: Sequence[Family], scale: float = 1.0, allowed_rates: Sequence[float] = ALLOWED
) -> list[Cell]:
    """Return all cells.

    Parameters
    ----------
    families
        Those whose declarations are true are used; the fixed plan needs none and takes all.
    scale
        Share of the replications; 1 is the benchmark.
    allowed_rates
        Allowed violating fractions.
    """
    found: list[Cell] = []
    many = max(200, round(REPLICATIONS * scale))
    for allowed in allowed_rates:
        edge, sizes = allowed_points(allowed), [wilks_size(1 - allowed, ERROR, allow) for allow in range(5)]
        found += [Cell("validity", 0, "-", allowed, edge, 1.0, size, "fixed:exact") for size in sizes]
        for beyond in (edge, edge + 1):
            for family in families:
                found.append(Cell("validity", 0, family.name, allowed, beyond, 1.0, sizes[0], "fixed", many))
                if family.true_structure:
                    found += _guided(family, allowed, beyond, scale, many)
    return found


def _guided(family: Family, allowed: float, beyond: int, scale: float, many: int) -> list[Cell]:
    """Return the cells of rungs 0b, 1 and 2 on a family whose declarations are true."""
    found = [
        Cell("validity", 0, family.name, allowed, beyond, 1.0, RUNS[allowed], f"sequential:{kind}", many)
        for kind in SURROGATES
    ]
    budget = 100 if allowed > 0.02 else 200
    found += [
        Cell("validity", n, family.name, allowed, beyond, 1.0, budget, "residual", _SHARED)
        for n in range(max(1, round(STRUCTURED * scale / _SHARED)))
    ]
    if family.signs:
        found += [
            Cell("validity", n, family.name, allowed, beyond, 1.0, budget, "monotone", _PLACED)
            for n in range(max(1, round(STRUCTURED * scale / _PLACED)))
        ]
    return found


def result(cell: Cell, families: dict[str, Family]) -> dict[str, Any]:
    """Return the counts of one cell: SHOWN and REFUTED."""
    if cell.method == "fixed:exact":
        return exact(cell)
    found = problem(families[cell.family], cell.replicate, cell.allowed, cell.beyond)
    rng = stream("validity", cell.key)
    if cell.method == "fixed":
        return fixed(found, cell, rng)
    if cell.method == "residual":
        return residual(found, cell, rng)
    if cell.method == "monotone":
        return monotone(found, cell, rng)
    return sequential(found, cell, cell.method.partition(":")[2], rng)


def exact(cell: Cell) -> dict[str, Any]:
    """Return the error of the fixed plan at p = p0 in rational numbers."""
    p, n = Fraction(str(cell.allowed)), cell.budget
    largest = max(k for k in range(-1, n) if k < 0 or fixed_plan_shown(k, n, cell.allowed, ERROR))
    shown = sum((comb(n, j) * p**j * (1 - p) ** (n - j) for j in range(largest + 1)), Fraction(0))
    return {"exact": float(shown), "holds": shown <= Fraction(str(ERROR)), "allow": largest}


def fixed(found: Problem, cell: Cell, rng: np.random.Generator) -> dict[str, Any]:
    """Draw every plan from the pool and count it as the product does."""
    beyond = found.q > found.limit
    counts = np.empty(cell.replications, dtype=np.int64)
    for start in range(0, cell.replications, 1000):
        rows = rng.integers(0, beyond.size, (min(1000, cell.replications - start), cell.budget))
        counts[start : start + 1000] = beyond[rows].sum(axis=1)
    seen = np.unique(counts)
    shown = {int(k): fixed_plan_shown(int(k), cell.budget, cell.allowed, ERROR) for k in seen}
    refuted = {int(k): fixed_plan_refuted(int(k), cell.budget, cell.allowed, ERROR) for k in seen}
    return _counted(
        found,
        np.array([shown[int(k)] for k in counts]),
        np.array([refuted[int(k)] for k in counts]),
    )


def frozen(found: Problem, kind: str, rng: np.random.Generator) -> FloatArray:
    """Return what a frozen surrogate of a kind predicts: the probability of being beyond, on the pool."""
    programme = Programme(found, TRAINING, rng)
    index = programme.spread_out(TRAINING)
    model = matern.fit(found.x[index], programme.run(index), found.limit, scale=found.x.std(axis=0))
    if kind == "over-confident":
        model = matern.replace(model, amplitude=model.amplitude / 100)
    c = model.failing(found.x, found.limit)
    if kind == "shuffled":
        return rng.permutation(c)
    return 1.0 - c if kind == "anti-correlated" else c


def sequential(found: Problem, cell: Cell, kind: str, rng: np.random.Generator) -> dict[str, Any]:
    """Simulate the e-process of rung 0b, all replications at once, looked at after every run.

    The surrogate is believed without a check (an empty record of predictions), which is when its faults do
    most harm. Replications of like wealth share a bet: it depends on their own past alone.
    """
    c = frozen(found, kind, rng)
    beyond = found.q > found.limit
    level = betting_level(ERROR, exact=True)
    belief = believe([], [], found.allowed)
    threshold = -np.log(level)
    log_wealth = np.zeros((cell.replications, 2))
    decided = np.zeros(cell.replications, dtype=np.int64)  # 1 SHOWN, 2 REFUTED
    left, turn = cell.budget, 0
    while left:
        runs = min(BATCHES[min(turn, len(BATCHES) - 1)], left)
        place = np.stack(
            [
                np.searchsorted(_SHOWN, log_wealth[:, 0]),
                np.searchsorted(_REFUTED, log_wealth[:, 1], side="right"),
            ],
            1,
        )
        for key in np.unique(place[decided == 0], axis=0):
            rows = np.flatnonzero((decided == 0) & (place == key).all(axis=1))
            middle = np.exp([_SHOWN[max(key[0] - 1, 0)], _REFUTED[max(key[1] - 1, 0)]])
            bet = choose_bet(
                c, belief, allowed=found.allowed, level=level, wealth_shown=float(middle[0]),
                wealth_refuted=float(middle[1]), left=left, constants_error=None,
            )  # fmt: skip
            _play(
                bet,
                c,
                beyond,
                found.allowed,
                rng.random((rows.size, runs)),
                rows,
                log_wealth,
                decided,
                threshold,
            )
        left, turn = left - runs, turn + 1
    return _counted(found, decided == 1, decided == 2)


def _play(
    bet: Bet,
    c: FloatArray,
    beyond: np.ndarray,
    allowed: float,
    u: FloatArray,
    rows: np.ndarray,
    log_wealth: FloatArray,
    decided: np.ndarray,
    threshold: float,
) -> None:
    """Make one batch of runs for the replications `rows`; the first threshold crossed decides."""
    index = pick(bet, c, u)
    bins = np.searchsorted(np.asarray(bet.edges), c[index], side="right")
    with np.errstate(divide="ignore"):
        table = np.log(factor_table(bet, allowed))
    steps = table[bins, np.where(beyond[index], 2, 0)]  # (rows, runs, 2)
    path = log_wealth[rows][:, None, :] + np.cumsum(steps, axis=1)
    crossed = path >= threshold
    first = np.where(crossed.any(axis=1), crossed.argmax(axis=1), u.shape[1])
    decided[rows] = np.where(first.min(axis=1) == u.shape[1], 0, np.where(first[:, 0] <= first[:, 1], 1, 2))
    log_wealth[rows] = np.maximum(path[:, -1], -700.0)


def residual(found: Problem, cell: Cell, rng: np.random.Generator) -> dict[str, Any]:
    """Train once, declare truly, then replicate the random step of rung 1."""
    programme = Programme(found, cell.budget, rng)
    index = programme.spread_out(cell.budget // 2)
    model = matern.fit(found.x[index], programme.run(index), found.limit, scale=found.x.std(axis=0))
    prediction = model.predict(found.x)
    bound = rungs.declared_bound(programme, prediction)
    regions = band_regions(prediction, np.full_like(prediction, bound), at_most=found.limit)
    cheap = model.failing(found.x, found.limit)
    plan = concession(regions, cheap, found.allowed, ERROR, budget=cell.budget - index.size)
    nothing = np.zeros(cell.replications, dtype=bool)
    if plan is None:
        return _counted(found, nothing, nothing)
    masses = region_masses(plan.regions)
    return _counted(found, _shown_by_draws(masses, plan.regions, plan.draws, found, cell, rng), nothing)


def _shown_by_draws(
    masses: Masses, regions: np.ndarray, draws: int, found: Problem, cell: Cell, rng: np.random.Generator
) -> np.ndarray:
    rest = np.flatnonzero(regions == 1)
    counts = np.zeros(cell.replications, dtype=np.int64)
    if draws:
        chosen = rest[rng.integers(0, rest.size, (cell.replications, draws))]
        counts = (found.q[chosen] > found.limit).sum(axis=1)
    shown = {int(k): restricted_shown(masses, int(k), draws, found.allowed, ERROR) for k in np.unique(counts)}
    return np.array([shown[int(k)] for k in counts])


def monotone(found: Problem, cell: Cell, rng: np.random.Generator) -> dict[str, Any]:
    """Place runs once by a frozen surrogate, then replicate the draws of rung 2, regions shrinking."""
    programme = Programme(found, cell.budget, rng)
    guide = rungs.Guide(programme, rungs.CERTIFYING)
    signs = np.asarray(found.family.signs)
    step = rungs.certified(programme, guide)
    nothing = np.zeros(cell.replications, dtype=bool)
    if step.kind != "draw":
        return _counted(found, nothing | (step.kind == "shown"), nothing)
    pool = orient(found.x, signs)
    shown = [_drawn(pool, step.regions, found, programme.left, rng) for _ in range(cell.replications)]
    return _counted(found, np.array(shown), nothing)


def _drawn(
    pool: FloatArray, regions: np.ndarray, found: Problem, left: int, rng: np.random.Generator
) -> bool:
    """Draw until the wealth decides; every run moves what the declaration says of points it orders."""
    codes, wealth = regions.copy(), 1.0
    for _ in range(left):
        masses = region_masses(codes)
        if masses.threshold(found.allowed) >= 1:
            return True
        rest = np.flatnonzero(codes == UNDECIDED)
        if not rest.size or masses.conceded >= found.allowed:
            return False
        index = int(rest[rng.integers(rest.size)])
        within = bool(found.q[index] <= found.limit)
        wealth *= region_wealth([RegionDraw(masses, within)], found.allowed)[-1]
        if wealth >= 1 / ERROR:
            return True
        if wealth <= 0:
            return False
        ordered = pool[rest] <= pool[index] if within else pool[rest] >= pool[index]
        codes[rest[ordered.all(axis=1)]] = SAFE if within else CONCEDED
    return False


def _counted(found: Problem, shown: np.ndarray, refuted: np.ndarray) -> dict[str, Any]:
    """Return counts; at p = p0 both verdicts are at their boundary, above it only SHOWN is false."""
    return {
        "replications": int(shown.size),
        "shown": int(shown.sum()),
        "refuted": int(refuted.sum()),
        "boundary": "at" if found.complies else "above",
    }
