"""Rungs 1 and 2 keep their level when the declaration is true, and what a false one costs.

Truth is exact: the law is the uniform law on a frozen pool of which just more than the allowed share is
beyond. Beliefs of the surrogate are right, shuffled or turned around: they may cost power, never the level.
The gate: the exact lower 99 % limit of false SHOWN is at most 5 %. The long tests print what they found.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from assay.statistics import (
    UNDECIDED,
    RegionDraw,
    band_regions,
    band_statement,
    clopper_pearson_lower,
    clopper_pearson_upper,
    concession,
    contradictions,
    monotone_regions,
    monotone_step,
    region_masses,
    region_wealth,
)

POOL, ALLOWED, ERROR = 1000, 0.05, 0.05
RATIOS = {"boundary": 1.02, "further": 1.5}
SIGNS = (1, -1, 1)

RESPONSES: dict[str, Callable] = {
    "smooth": lambda x: x[:, 0] - 0.5 * x[:, 1] + 0.3 * x[:, 2],
    "jump": lambda x: x[:, 0] - x[:, 1] + 0.8 * (x[:, 0] ** 2 + x[:, 2] > 1.3),
    "series": lambda x: np.maximum(x[:, 0] + 0.4 * x[:, 2], 1.1 - x[:, 1]),
    "steep": lambda x: np.exp(6.0 * (x[:, 0] - x[:, 1]) * 0.5 + x[:, 2]),
}
BELIEFS = {
    "right": lambda failing, _random: failing.astype(float),
    "shuffled": lambda failing, random: random.permutation(failing).astype(float),
    "turned": lambda failing, _random: 1.0 - failing,
    "none": lambda failing, _random: np.zeros(len(failing)),
}


def programme(response, ratio, random):
    """Return a pool, its responses, and a limit that just more than the allowed share is beyond."""
    pool = random.random((POOL, 3))
    q = response(pool)
    beyond = math.floor(ratio * ALLOWED * POOL) + 1
    limit = np.sort(q)[POOL - beyond - 1]
    assert np.mean(q > limit) > ALLOWED
    return pool, q, limit


def gate(false: int, programmes: int) -> None:
    assert clopper_pearson_lower(false, programmes, 0.01) <= ERROR, f"{false} of {programmes}"


def band_verdict(q, limit, prediction, bound, belief, random, budget=60, guided=0):
    """One showing under the declared bound; None where no plan is worth making.

    `guided` runs anywhere check the declaration too, as all runs of a showing do.
    """
    regions = band_regions(prediction, bound, at_most=limit)
    plan = concession(regions, belief, ALLOWED, ERROR, budget=budget)
    if plan is None:
        return None
    rest = np.flatnonzero(plan.regions == UNDECIDED)
    drawn = random.choice(rest, plan.draws) if plan.draws else np.zeros(0, dtype=int)
    tried = np.concatenate((drawn, random.integers(POOL, size=guided)))
    return band_statement(
        region_masses(plan.regions), q[drawn] <= limit, ALLOWED, ERROR, planned=plan.draws,
        quantity=q[tried], prediction=prediction[tried], bound=np.full(len(tried), bound),
    ).state  # fmt: skip


def check_band(name, belief, ratio, programmes, seed):
    random = np.random.default_rng([seed, *name.encode(), *belief.encode()])
    false = attempts = 0
    while attempts < programmes:
        _, q, limit = programme(RESPONSES[name], RATIOS[ratio], random)
        bound = random.choice([0.1, 0.2, 0.5]) * np.std(q)
        for _ in range(20):
            prediction = q + bound * random.uniform(-1.0, 1.0, POOL)
            believed = BELIEFS[belief](q > limit, random)
            state = band_verdict(q, limit, prediction, bound, believed, random)
            assert state != "falsified", "the declaration is true"
            false += state == "shown"
            attempts += 1
    gate(false, attempts)
    return false, attempts


def joined(regions, pool, point, within):
    """Add what one more run proves to what is known."""
    more = monotone_regions(pool, point[None], SIGNS, below_upper=within, beyond_upper=~within)
    return np.where(regions == UNDECIDED, more, regions)


def monotone_verdict(pool, q, response, limit, random, *, adversary, runs=20, tests=0):
    """One showing by placed runs and draws from what is left; a cheap policy, regions shrinking."""
    x, y, draws = np.zeros((0, 3)), np.zeros(0), []
    regions = np.full(POOL, UNDECIDED, dtype=np.int8)
    for run in range(runs):
        masses = region_masses(regions)
        if masses.reach <= ALLOWED:
            break
        rest = np.flatnonzero(regions == UNDECIDED)
        if run % 2 or masses.conceded >= ALLOWED:
            # a placed run at the harmful end of the undecided points, where an adversary would look
            score = q[rest] + 0.1 * random.standard_normal(len(rest))
            new = pool[rest[int(np.argmin(np.abs(score - limit)) if adversary else np.argmax(-score))]]
        else:
            number = int(random.choice(rest))
            new = pool[number]
            draws.append(RegionDraw(masses, bool(q[number] <= limit), 1.0 if adversary else 0.9))
        value = response(new[None])
        x, y = np.vstack([x, new]), np.append(y, value)
        regions = joined(regions, pool, new, value <= limit)
    tried = pool[random.integers(POOL, size=tests)]  # runs placed to break the declaration
    x, y = np.vstack([x, tried]), np.append(y, response(tried))
    path = region_wealth(draws, ALLOWED) or (1.0,)
    broken = bool(contradictions(x, y, SIGNS, tolerance=1e-12))
    shown = max(path) >= 1.0 / ERROR or region_masses(regions).reach <= ALLOWED
    return shown and not broken, broken


def check_monotone(name, ratio, programmes, seed):
    random = np.random.default_rng([seed, *name.encode()])
    false = 0
    for number in range(programmes):
        pool, q, limit = programme(RESPONSES[name], RATIOS[ratio], random)
        shown, broken = monotone_verdict(pool, q, RESPONSES[name], limit, random, adversary=bool(number % 2))
        assert not broken, "the declaration is true"
        false += shown
    gate(false, programmes)
    return false, programmes


@pytest.mark.parametrize("belief", BELIEFS)
@pytest.mark.parametrize("name", ["smooth", "jump"])
def test_a_true_bound_keeps_the_level(name, belief):
    check_band(name, belief, "boundary", 200, 1)


@pytest.mark.parametrize("name", RESPONSES)
def test_a_true_monotone_declaration_keeps_the_level(name):
    check_monotone(name, "boundary", 200, 2)


@pytest.mark.long
@pytest.mark.parametrize("ratio", RATIOS)
@pytest.mark.parametrize("belief", BELIEFS)
@pytest.mark.parametrize("name", RESPONSES)
def test_a_true_bound_keeps_the_level_over_many_programmes(name, belief, ratio):
    false, programmes = check_band(name, belief, ratio, 2000, 3)
    print(f"residual {name} {belief} {ratio}: {false} of {programmes} shown falsely")  # noqa: T201


@pytest.mark.long
@pytest.mark.parametrize("ratio", RATIOS)
@pytest.mark.parametrize("name", RESPONSES)
def test_a_true_monotone_declaration_keeps_the_level_over_many_programmes(name, ratio):
    false, programmes = check_monotone(name, ratio, 2000, 4)
    print(f"monotone {name} {ratio}: {false} of {programmes} shown falsely")  # noqa: T201


def test_the_guided_choice_keeps_the_level():
    """`monotone_step` with a belief that is wrong about everything near the limit."""
    random, false, programmes = np.random.default_rng(6), 0, 6
    for _ in range(programmes):
        pool, q, limit = programme(RESPONSES["smooth"], 1.02, random)
        x, y, draws = np.zeros((0, 3)), np.zeros(0), []
        regions = np.full(POOL, UNDECIDED, dtype=np.int8)
        belief = lambda rows, limit=limit: (RESPONSES["smooth"](rows) > limit + 0.1).astype(float)
        for _run in range(20):
            wealth = region_wealth(draws, ALLOWED)[-1] if draws else 1.0
            if wealth <= 0.0:
                break
            step = monotone_step(
                pool, regions, belief, SIGNS, ALLOWED, ERROR, low=np.zeros(3), high=np.ones(3), wealth=wealth
            )
            if step.kind in {"shown", "hopeless"}:
                false += step.kind == "shown"
                break
            if step.kind == "certify":
                new = step.run.point
            else:
                number = int(random.choice(np.flatnonzero(step.regions == UNDECIDED)))
                new = pool[number]
                draws.append(RegionDraw(step.masses, bool(q[number] <= limit)))
            x, y = np.vstack([x, new]), np.append(y, RESPONSES["smooth"](new[None]))
            regions = monotone_regions(pool, x, SIGNS, below_upper=y <= limit, beyond_upper=y > limit)
    gate(false, programmes)


# What a false declaration costs


def spiked(share, random):
    """A monotone response with a spike on `share` of the law, where it is declared to be harmless."""
    corner = share ** (1 / 3)

    def response(x):
        inside = (x[:, 0] < corner) & (x[:, 1] > 1.0 - corner) & (x[:, 2] < corner)
        return RESPONSES["smooth"](x) + 5.0 * inside

    return response


def false_monotone(share, programmes, seed):
    random = np.random.default_rng(seed)
    caught = shown = 0
    for _ in range(programmes):
        response = spiked(share, random)
        pool = random.random((POOL, 3))
        q = response(pool)
        limit = 1.29  # above every response outside the spike
        verdict, broken = monotone_verdict(pool, q, response, limit, random, adversary=False, tests=8)
        caught += broken
        shown += verdict
    return caught, shown, programmes


def false_bound(share, programmes, seed):
    """The residual is twice the declared bound on a part of the law, where the response is beyond."""
    random = np.random.default_rng(seed)
    caught = shown = 0
    nothing = np.zeros(POOL)
    for _ in range(programmes):
        _, q, _ = programme(RESPONSES["smooth"], 1.02, random)
        limit, bound = float(np.quantile(q, 0.9)), 0.05
        part = random.random(POOL) < share
        real = np.where(part, limit + 0.02, np.minimum(q, limit - 0.01))
        prediction = np.where(part, limit - 2.0 * bound + 0.02, np.minimum(q, limit - 0.01))
        state = band_verdict(real, limit, prediction, bound, nothing, random, guided=20)
        caught += state == "falsified"
        shown += state == "shown"
    return caught, shown, programmes


def test_a_false_declaration_is_not_covered_by_the_level():
    """That is what GIVEN says: the rate is printed by the long test, and it is not below the level."""
    caught, shown, programmes = false_monotone(0.08, 60, 7)
    assert caught + shown <= programmes
    assert caught > 0 or shown > 0


@pytest.mark.long
@pytest.mark.parametrize("share", [0.06, 0.1, 0.2, 0.4])
def test_what_a_false_declaration_costs(share):
    for name, measured in (("monotone", false_monotone), ("residual", false_bound)):
        caught, shown, programmes = measured(share, 400, 8)
        low, high = (
            clopper_pearson_lower(shown, programmes, 0.025),
            clopper_pearson_upper(shown, programmes, 0.025),
        )
        print(  # noqa: T201
            f"false {name}, {share:.0%} of the law: caught {caught / programmes:.1%},"
            f" SHOWN falsely {shown / programmes:.1%} ({low:.1%} to {high:.1%})"
        )
        assert caught + shown <= programmes
