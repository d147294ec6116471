"""Where the next run goes: a run is placed where it proves much, then drawing begins."""

from __future__ import annotations

import numpy as np
import pytest

from assay.errors import InputError
from assay.statistics import (
    CONCEDED,
    SAFE,
    UNDECIDED,
    RegionDraw,
    monotone_regions,
    monotone_step,
    next_run,
    region_wealth,
)

LOW, HIGH = np.zeros(3), np.ones(3)


def cloud(count=2000, d=3, seed=3):
    return np.random.default_rng(seed).random((count, d))


def knowing(response, limit):
    """A surrogate that knows the response."""
    return lambda points: (response(points) > limit).astype(float)


def test_a_factor_without_effect_goes_to_its_harmful_end():
    run = next_run(cloud(), knowing(lambda x: x[:, 0], 0.7), [1, -1, 1], low=LOW, high=HIGH)
    assert run.point[0] <= 0.7
    assert run.point[1:].tolist() == [0.0, 1.0]
    assert (run.failing, run.gain > 0.6) == (0.0, True)


def test_a_factor_without_a_sign_keeps_the_value_of_a_point():
    points = cloud(200)
    run = next_run(points, knowing(lambda x: x[:, 0], 0.7), [1, 0, 1], low=LOW, high=HIGH)
    assert run.point[1] in points[:, 1]
    assert 0.0 < run.gain <= 1 / 100


@pytest.mark.parametrize("at_most", [True, False])
def test_the_gain_is_what_the_run_proves(at_most):
    points, signs = cloud(800), [1, -1, 1]
    response = lambda x: x[:, 0] - x[:, 1] + x[:, 2]
    failing = knowing(response, 1.2) if at_most else (lambda x: (response(x) < 0.0).astype(float))
    run = next_run(points, failing, signs, low=LOW, high=HIGH, at_most=at_most)
    yes = np.array([True])
    limits = {"below_upper": yes} if at_most else {"above_lower": yes}
    proved = monotone_regions(points, run.point[None], signs, **limits) == SAFE
    assert proved.mean() == pytest.approx(run.gain)
    assert run.failing == 0.0
    assert run.gain > 0.15, "the best orthant under x - y + z <= 1.2"


def test_it_is_hardly_worse_than_the_best_of_a_pool():
    points = cloud(400)
    failing = lambda x: 1 / (1 + np.exp(-30 * (x.sum(axis=1) - 2.0)))
    run = next_run(points, failing, [1, 1, 1], low=LOW, high=HIGH)
    score = [(1 - failing(p[None])[0]) * np.mean((points <= p).all(axis=1)) for p in points]
    assert (1 - run.failing) * run.gain >= 0.95 * max(score)


def step(regions, points, failing, **changes):
    arguments = {"low": LOW, "high": HIGH, "fallback": 300.0} | changes
    return monotone_step(points, regions, failing, [1, 1, 1], 0.05, 0.05, **arguments)


def test_it_stops_when_nothing_has_to_be_run():
    points = cloud()
    regions = np.full(2000, SAFE, dtype=np.int8)
    regions[:90] = UNDECIDED
    assert step(regions, points, knowing(lambda x: x[:, 0], 0.9)).kind == "shown"
    regions[:300] = UNDECIDED
    assert step(regions, points, knowing(lambda x: x[:, 0], 2.0), wealth=20.0).kind == "shown"
    assert step(regions, points, knowing(lambda x: x[:, 0], 2.0), wealth=19.0).kind != "shown"
    regions[:200] = CONCEDED
    found = step(regions, points, knowing(lambda x: x[:, 0], 2.0))
    assert (found.kind, found.run) == ("hopeless", None)


def test_it_draws_when_a_placed_run_is_not_worth_its_price():
    """Undecided points of which no two are covered by one run."""
    t = np.linspace(0.0, 1.0, 2000)
    points = np.stack([t, 1.0 - t, np.full(2000, 0.5)], axis=1)
    regions = np.full(2000, SAFE, dtype=np.int8)
    regions[::10] = UNDECIDED
    lost = lambda x: np.where(np.isin(x[:, 0], t) & (x[:, 0] + x[:, 1] <= 1.0 + 1e-9), 0.0, 1.0)
    found = step(regions, points, lost)
    assert (found.kind, found.draws_left) == ("draw", 5)
    assert (1.0 - found.run.failing) * found.run.gain <= 1 / 100


def test_it_keeps_a_budget():
    points = cloud()
    regions = np.full(2000, UNDECIDED, dtype=np.int8)
    found = step(regions, points, knowing(lambda x: x[:, 0], 0.99), runs_left=10)
    assert (found.kind, found.draws_left) == ("certify", None)


@pytest.mark.parametrize("changes", [{"wealth": 0.0}, {"wealth": -1.0}])
def test_nothing_left_to_bet(changes):
    with pytest.raises(InputError):
        step(np.full(2000, UNDECIDED, dtype=np.int8), cloud(), knowing(lambda x: x[:, 0], 0.9), **changes)


def test_without_an_undecided_point_there_is_no_run():
    with pytest.raises(InputError):
        next_run(np.zeros((0, 3)), knowing(lambda x: x[:, 0], 0.9), [1, 1, 1], low=LOW, high=HIGH)


def test_a_whole_certification_is_shown_in_few_runs_and_is_true():
    """A response with 2 % beyond, allowed 5 %: the fixed plan with none beyond shows it in 30 of 100."""
    random = np.random.default_rng(11)
    points = random.random((4000, 3))
    response = lambda x: x[:, 0] + 0.5 * x[:, 1] + 0.2 * x[:, 2]
    q = response(points)
    limit = np.sort(q)[-81]
    x, y, draws = np.zeros((0, 3)), np.zeros(0), []
    failing = lambda rows: 1 / (1 + np.exp(-(response(rows) - limit) / 0.02))
    for _ in range(40):
        if len(x):
            regions = monotone_regions(points, x, [1, 1, 1], below_upper=y <= limit, beyond_upper=y > limit)
        else:
            regions = np.full(4000, UNDECIDED, dtype=np.int8)
        assert (q[regions == SAFE] <= limit).all()
        wealth = region_wealth(draws, 0.05)[-1] if draws else 1.0
        found = step(regions, points, failing, wealth=wealth)
        if found.kind == "shown":
            break
        if found.kind == "certify":
            new = found.run.point
        else:
            new = points[random.choice(np.flatnonzero(found.regions == UNDECIDED))]
            draws.append(RegionDraw(found.masses, bool(response(new[None])[0] <= limit)))
        x, y = np.vstack([x, new]), np.append(y, response(new[None]))
    assert found.kind == "shown"
    assert len(x) <= 25
