"""How often rung 0b is wrong at the boundary, with surrogates from honest to hostile."""

from __future__ import annotations

import zlib
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from scipy.stats import norm

from assay.statistics import believe, choose_bet, factor_table
from assay.statistics._betting import STATES, bins_of

LEVEL = 0.05
POOL = 4000
RUNS = 400
SURROGATES = ("good", "over-confident", "shuffled", "anti-correlated")
Array = npt.NDArray[np.float64]


def pool(surrogate: str, allowed: float, rng: np.random.Generator) -> tuple[Array, npt.NDArray[np.bool_]]:
    """Predictions and truth; exactly the allowed fraction fails, so both nulls hold with equality."""
    q = rng.normal(size=POOL)
    q = np.sort(q)[::-1]
    failing = round(allowed * POOL)
    limit = (q[failing - 1] + q[failing]) / 2
    error = 0.25
    score = (q + error * rng.normal(size=POOL) - limit) / error
    if surrogate == "over-confident":
        score = 10.0 * score
    elif surrogate == "shuffled":
        score = rng.permutation(score)
    elif surrogate == "anti-correlated":
        score = -score - 2.0 * limit / error
    return np.asarray(norm.cdf(score)), q > limit


def wealth_reaches(surrogate: str, allowed: float, goal: str, replications: int, *, trusted: bool) -> int:
    """Count replications whose wealth ever reached 1/level in RUNS runs under a frozen bet.

    The wealths are driven by the bet that its owner believes to be best: after what 60 runs of the law
    told (`trusted`: nothing, so that a hostile surrogate is believed), and with the believed rate moved
    to the side on which the wealth is staked.
    """
    rng = np.random.default_rng([zlib.crc32(f"{surrogate}{goal}".encode()), int(1000 * allowed), trusted])
    c, fails = pool(surrogate, allowed, rng)
    known = rng.integers(0, POOL, size=0 if trusted else 60)
    belief = believe([float(c[i]) for i in known], [STATES[2 * int(fails[i])] for i in known], allowed)
    shift = np.linspace(0.0, 8.0, 81)
    for step in shift:  # the weakest conviction on which it would stake at all, times two
        moved = norm.cdf(norm.ppf(np.clip(c, 1e-12, 1 - 1e-12)) + (step if goal == "refuted" else -step))
        bet = choose_bet(moved, belief, allowed=allowed, level=LEVEL)
        if bet.goal == goal and bet.expected_runs < 2 * RUNS:
            break
    else:
        return 0
    bins = bins_of(bet.edges, moved)
    weight = np.asarray(bet.density)[bins]
    which = 0 if goal == "shown" else 1
    table = factor_table(bet, allowed)[bins, np.where(fails, 2, 0), which]
    with np.errstate(divide="ignore"):
        log = np.log(np.where(weight > 0, table, 1.0))
    hits = 0
    for _ in range(replications // 1000):
        drawn = rng.choice(POOL, size=(1000, RUNS), p=weight / weight.sum())
        hits += int((np.cumsum(log[drawn], axis=1).max(axis=1) >= -np.log(LEVEL)).sum())
    return hits


@pytest.mark.parametrize("goal", ["shown", "refuted"])
@pytest.mark.parametrize("allowed", [0.05, 0.01])
@pytest.mark.parametrize("surrogate", SURROGATES)
def test_a_false_verdict_is_as_rare_as_promised(
    surrogate: str, allowed: float, goal: str, too_many: Callable[[int, int, float], bool]
) -> None:
    assert not too_many(wealth_reaches(surrogate, allowed, goal, 1000, trusted=True), 1000, LEVEL)


@pytest.mark.long
@pytest.mark.parametrize("trusted", [True, False])
@pytest.mark.parametrize("goal", ["shown", "refuted"])
@pytest.mark.parametrize("allowed", [0.05, 0.01])
@pytest.mark.parametrize("surrogate", SURROGATES)
def test_a_false_verdict_is_as_rare_as_promised_in_20000(
    surrogate: str, allowed: float, goal: str, trusted: bool, too_many: Callable[[int, int, float], bool]
) -> None:
    hits = wealth_reaches(surrogate, allowed, goal, 20_000, trusted=trusted)
    assert not too_many(hits, 20_000, LEVEL)


def test_the_gate_sees_a_broken_bet(too_many: Callable[[int, int, float], bool]) -> None:
    """A stake above its bound, cut off at 0, is no martingale any more, and the count shows it."""
    rng = np.random.default_rng(5)
    fails = rng.random((2000, RUNS)) < 0.05
    stake = 3.0 / 0.95  # three times the largest
    wealth = np.cumprod(np.where(fails, np.maximum(1 - stake * 0.95, 0.0), 1 + stake * 0.05), axis=1)
    assert too_many(int((wealth.max(axis=1) >= 1 / LEVEL).sum()), 2000, LEVEL)


@pytest.mark.long
def test_whole_procedure_with_refits_and_bold_play(too_many: Callable[[int, int, float], bool]) -> None:
    """Beliefs, designs and stakes chosen anew from past runs, a hostile surrogate, a budget that ends."""
    allowed, budget, batch = 0.05, 80, 10
    rng = np.random.default_rng(12)
    false = {"shown": 0, "refuted": 0}
    programmes = 600
    for _ in range(programmes):
        c, fails = pool(str(rng.choice(SURROGATES)), allowed, rng)
        seen: list[float] = []
        states: list[str] = []
        wealth = np.ones(2)
        while len(seen) < budget and wealth.max() < 1 / LEVEL:
            belief = believe(seen, states, allowed)
            bet = choose_bet(c, belief, allowed=allowed, level=LEVEL, wealth_shown=wealth[0],
                             wealth_refuted=wealth[1], left=budget - len(seen))  # fmt: skip
            bins = bins_of(bet.edges, c)
            weight = np.asarray(bet.density)[bins]
            table = factor_table(bet, allowed)
            for i in rng.choice(POOL, size=batch, p=weight / weight.sum()):
                wealth = wealth * table[bins[i], 2 * int(fails[i])]
                seen.append(float(c[i]))
                states.append(STATES[2 * int(fails[i])])
                if wealth.max() >= 1 / LEVEL:
                    break
        false["shown"] += int(wealth[0] >= 1 / LEVEL)
        false["refuted"] += int(wealth[1] >= 1 / LEVEL)
    assert not too_many(false["shown"], programmes, LEVEL)
    assert not too_many(false["refuted"], programmes, LEVEL)
