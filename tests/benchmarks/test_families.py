"""The truth of the benchmark is exact, and the same everywhere."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from benchmarks.false_compliance import formulas
from benchmarks.false_compliance.families import FAMILIES, PEER_FAMILIES, load
from benchmarks.false_compliance.problems import (
    POOL,
    Family,
    allowed_points,
    instance_of,
    limit_between,
    points_beyond,
    problem,
    stream,
)

from assay.statistics import contradictions

BY_NAME = {family.name: family for family in FAMILIES}


def test_there_are_enough_families() -> None:
    assert len(FAMILIES) >= 14
    assert {"smooth", "hard", "misdeclared"} == {family.group for family in FAMILIES}
    assert set(PEER_FAMILIES) <= set(BY_NAME)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_the_truth_is_the_count_asked_for(family: Family) -> None:
    for allowed, ratio in ((0.05, 1.02), (0.01, 1.02), (0.01, 0.0), (0.05, 4.0), (0.01, 0.5)):
        beyond = points_beyond(allowed, ratio)
        found = problem(family, 3, allowed, beyond)
        assert int((found.q > found.limit).sum()) == beyond
        assert found.truth == Fraction(beyond, POOL)
        assert found.complies == (ratio <= 1)
        if found.evaluate is not None:
            assert np.array_equal(found.evaluate(found.x), found.q)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_a_replicate_is_always_the_same(family: Family) -> None:
    first, second = (family.make(stream("pool", family.name, 7)) for _ in range(2))
    other = family.make(stream("pool", family.name, 8))
    assert np.array_equal(first.x, second.x)
    assert np.array_equal(first.values(40).q, second.values(40).q)
    assert not np.array_equal(first.x, other.x)


@pytest.mark.parametrize("name", ["borehole", "beam", "otl", "series", "step", "monotone_false"])
def test_declared_signs_are_as_true_as_they_say(name: str) -> None:
    family = BY_NAME[name]
    x, rng = instance_of(family, 0).x, np.random.default_rng(0)
    values = instance_of(family, 0).values(400)
    rows = rng.choice(POOL, 1500, replace=False)
    signs = np.asarray(family.signs)
    assert bool(contradictions(x[rows], values.q[rows], signs)) != family.true_structure
    if family.true_structure:
        # Random pairs rarely order many factors: move single factors as well.
        base = x[rows[:200]]
        for j, sign in enumerate(signs):
            moved = base.copy()
            end = x[:, j].max() if sign > 0 else x[:, j].min()
            moved[:, j] += 0.3 * (end - base[:, j])
            assert (values.evaluate(moved) - values.evaluate(base) >= -1e-9 * np.abs(values.q).max()).all()


def test_loads_are_convex_and_the_false_family_is_not() -> None:
    rng = np.random.default_rng(1)
    a, b, t = rng.random((500, 3)), rng.random((500, 3)), rng.random(500)
    for name, convex in (("loads", True), ("convex_false", False)):
        q = instance_of(BY_NAME[name], 0).values(400).evaluate
        gap = q(t[:, None] * a + (1 - t[:, None]) * b) - (t * q(a) + (1 - t) * q(b))
        assert bool((gap <= 1e-9).all()) is convex


def test_noise_is_a_function_of_the_point() -> None:
    x = np.random.default_rng(2).random((20_000, 3))
    noise = formulas.hashed_normal(x)
    assert np.array_equal(noise[::-1], formulas.hashed_normal(x[::-1].copy()))
    assert abs(noise.mean()) < 0.03
    assert abs(noise.std() - 1) < 0.03
    assert abs(np.corrcoef(noise[1:], noise[:-1])[0, 1]) < 0.03
    nudged = formulas.hashed_normal(np.nextafter(x, 2.0))
    assert abs(np.corrcoef(noise, nudged)[0, 1]) < 0.03


def test_mesh_families_declare_truly_and_falsely() -> None:
    for name, honest in (("mesh_honest", True), ("mesh_dishonest", False)):
        instance = instance_of(BY_NAME[name], 1)
        error = np.abs(instance.coarse - instance.values(400).q).max()
        assert (error <= instance.coarse_bound * (1 + 1e-12)) is np.True_ or not honest
        assert honest == bool(error <= instance.coarse_bound * (1 + 1e-12))


def test_known_values_of_formulas() -> None:
    # Ishigami's mean is 7/2 and its variance 7²/8 + 0.1 pi⁴/5 + 0.1² pi⁸/18 + 1/2.
    q = formulas.ishigami(np.random.default_rng(3).random((400_000, 3)))
    assert q.mean() == pytest.approx(3.5, abs=0.02)
    assert q.var() == pytest.approx(49 / 8 + 0.1 * np.pi**4 / 5 + 0.01 * np.pi**8 / 18 + 0.5, rel=0.01)
    # Four branches with a constant 6: Echard, Gayton, Lemaire (2011) print 4.416e-3.
    z = np.random.default_rng(4).standard_normal((1_000_000, 2))
    assert (formulas.four_branch(z) > 0).mean() == pytest.approx(4.416e-3, rel=0.05)


def test_ties_and_wrong_families_are_refused(tmp_path, monkeypatch) -> None:
    with pytest.raises(ValueError, match="tie"):
        limit_between(np.r_[np.zeros(50), np.ones(10)], 5)
    (tmp_path / "mine.py").write_text("FAMILIES = (1,)\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ValueError, match="FAMILIES"):
        load("mine")


def test_allowed_points_are_exact() -> None:
    assert allowed_points(0.05) == 400
    assert allowed_points(0.01) == 80
    assert points_beyond(0.01, 1.02) == 82
