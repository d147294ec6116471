from __future__ import annotations

import math

import pytest

from assay.campaign import Row
from assay.showing import judge_declarations, place_tests, rows_of_tests
from assay.showing.structure import covering

SEED = "sha256:" + "0" * 64
WIDE = {name: {"range": (-2.0, 2.0), "envelope": (-2.0, 2.0)} for name in "xyz"}
KINDS = ("convex_in", "linear_in", "homogeneous_in")


def run(points, function, *, lost=()):
    """Run the tests; `lost` names (index, row) that fail."""
    rows = []
    for index, point in enumerate(points):
        for key, overrides in point.rows:
            factors = {**point.base, **overrides}
            if (index, key) in lost:
                rows.append(Row(index, key, factors, "failed", "crash"))
            else:
                rows.append(Row(index, key, factors, "ok", None, {"q": function(**factors)}))
    return rows


def judged(bench, function, *groups, lost=(), factors=WIDE):
    """Judge the three declarations of the same groups; return them by kind."""
    study = bench.study(*(bench.declaration(kind, *groups) for kind in KINDS), factors=factors)
    points = place_tests(study, SEED)
    payload = judge_declarations(study, points, run(points, function, lost=lost))
    return {check.kind: check for check in payload.declarations}


def norm(x, y, z):
    """A seminorm of the load, like an equivalent stress: convex and homogeneous, not linear."""
    return (1.0 + z * z) * math.hypot(x + 0.5 * y, y)


def linear(x, y, z):
    return (1.0 + z * z) * (3.0 * x - y)


def gap(x, y, z):
    """A contact that closes, and then carries: stiffer beyond the gap."""
    load = x + y
    return load if load < 0.5 else 0.5 + 0.2 * (load - 0.5)


def preload(x, y, z):
    return 5.0 + linear(x, y, z)


@pytest.mark.parametrize(
    ("function", "broken"),
    [
        (linear, set()),
        (norm, {"linear_in"}),
        (gap, {"convex_in", "linear_in", "homogeneous_in"}),
        (preload, {"homogeneous_in"}),
    ],
)
def test_tests_break_what_is_false_and_nothing_else(bench, function, broken):
    checks = judged(bench, function, ("x", "y"))
    assert {kind for kind, check in checks.items() if check.violations} == broken
    for check in checks.values():
        assert check.runs == check.required == check.checks == 8
        assert (check.worst > 1e-6) is bool(check.violations)


def test_a_small_preload_breaks_homogeneous_only(bench):
    checks = judged(bench, lambda x, y, z: 1e-4 + linear(x, y, z), ("x", "y"))
    assert [kind for kind, check in checks.items() if check.violations] == ["homogeneous_in"]


def test_round_off_breaks_nothing(bench):
    checks = judged(bench, lambda x, y, z: linear(x, y, z) * (1.0 + 1e-9 * math.sin(1e6 * x)), ("x", "y"))
    assert not any(check.violations for check in checks.values())


def test_a_product_is_convex_in_each_group_and_not_jointly(bench):
    def product(x, y, z):
        return x * y

    assert not judged(bench, product, ("x",), ("y",))["convex_in"].violations
    assert not judged(bench, product, ("x",), ("y",))["linear_in"].violations
    assert judged(bench, product, ("x", "y"))["convex_in"].violations


def test_failed_runs_do_not_count(bench):
    lost = {(0, "base"), (1, "end#0"), (2, "between#1"), (3, "scaled#0")}
    checks = judged(bench, linear, ("x",), ("y",), lost=lost)
    assert checks["convex_in"].runs == 5, "each needs base, end and between of both groups"
    assert checks["convex_in"].checks == 2 * 7 - 1 - 1, "what is left of run 1 and 2 is checked all the same"
    assert checks["homogeneous_in"].runs == 6
    assert all(check.runs < check.required for check in checks.values())


SIGNED = ("increasing_in", "decreasing_in", "symmetric_in")


def signed(bench, function, *, lost=(), **groups):
    """Judge declarations of signs and symmetry: kind to its groups; return them by kind."""
    study = bench.study(*(bench.declaration(kind, *gs) for kind, gs in groups.items()), factors=WIDE)
    points = place_tests(study, SEED)
    payload = judge_declarations(study, points, run(points, function, lost=lost))
    return {check.kind: check for check in payload.declarations}


def bumpy(x, y, z):
    """It rises in x but for a stretch of a quarter of its range."""
    return x - y + 2.0 * math.exp(-((x / 0.5) ** 2))


@pytest.mark.parametrize(
    ("function", "broken"),
    [
        (lambda x, y, z: math.atan(x) - y**3 + z, set()),
        (lambda x, y, **_: math.floor(x) - math.floor(3 * y), set()),
        (lambda **_: 7.0, set()),
        (lambda x, y, z: x - y - z, set()),
        (bumpy, {"increasing_in"}),
        (lambda x, y, **_: x + y, {"decreasing_in"}),
        (lambda x, y, z: x * z - y, {"increasing_in"}),
    ],
)
def test_a_sign_is_broken_by_a_fall_and_by_nothing_else(bench, function, broken):
    checks = signed(bench, function, increasing_in=[["x"]], decreasing_in=[["y"]])
    found = {kind for kind, check in checks.items() if check.violations}
    # A rise in both factors together may break both declarations.
    assert bool(found) is bool(broken)
    assert broken <= found
    for check in checks.values():
        assert check.runs == check.required == 8
        assert check.checks == 16, "a step in the factor and a rise in both"


@pytest.mark.parametrize(
    ("function", "broken"),
    [
        (lambda x, y, z: math.hypot(x, y) + z, False),
        (lambda x, y, **_: x * y, False),
        (lambda x, y, z: math.hypot(x + 1e-3, y) + z, True),
        (lambda x, y, **_: math.hypot(x, y) * (1.0 + 1e-9 * x), False),
    ],
)
def test_a_symmetry_is_broken_by_a_small_offset(bench, function, broken):
    check = signed(bench, function, symmetric_in=[["x", "y"]])["symmetric_in"]
    assert bool(check.violations) is broken
    assert check.runs == check.required == check.checks == 8


def test_lost_runs_of_signs_and_mirrors_do_not_count(bench):
    lost = {(0, "base"), (1, "step#x"), (2, "mirror#z"), (3, "rise#q")}
    checks = signed(
        bench,
        lambda x, y, z: x - y + z * z,
        lost=lost,
        increasing_in=[["x"]],
        decreasing_in=[["y"]],
        symmetric_in=[["z"]],
    )
    assert {kind: (c.runs, c.checks) for kind, c in checks.items()} == {
        "increasing_in": (5, 16 - 4),
        "decreasing_in": (6, 16 - 3),
        "symmetric_in": (6, 6),
    }


def test_which_signs_and_symmetries_carry_a_claim(bench):
    study = bench.study(
        bench.declaration("increasing_in", ["x"]),
        bench.declaration("decreasing_in", ["y"]),
        bench.declaration("linear_in", ["z"]),
        bench.declaration("symmetric_in", ["z"]),
    )
    payload = bench.tested(study)
    for sense in ("at_most", "at_least", "between"):
        assert [c.kind for c in covering(payload, "q", ["x"], sense)] == ["increasing_in"]
        assert [c.kind for c in covering(payload, "q", ["z"], sense, [("z",)])] == [
            "linear_in",
            "symmetric_in",
        ]
        assert [c.kind for c in covering(payload, "q", ["z"], sense)] == ["linear_in"]


def test_all_runs_lost(bench):
    every = {(n, key) for n in range(8) for key in ("base", "end#0", "between#0", "scaled#0")}
    for check in judged(bench, linear, ("x", "y"), lost=every).values():
        assert (check.runs, check.checks, check.violations, check.worst) == (0, 0, 0, 0.0)


def test_points_stay_in_the_envelope_and_scaled_ones_in_the_range(bench):
    factors = {
        "x": {"range": (1.0, 3.0), "envelope": (1.0, 2.0)},
        "y": {"range": (-3.0, -2.0), "envelope": (-3.0, -2.0)},
        "z": {"range": (-1.0, 4.0), "envelope": (-1.0, 4.0)},
    }
    groups = (("x", "z"), ("y",))
    study = bench.study(*(bench.declaration(kind, *groups) for kind in KINDS), factors=factors)
    for point in place_tests(study, SEED):
        assert len(point.rows) == rows_of_tests(study) == 7
        for key, overrides in point.rows:
            for name, value in {**point.base, **overrides}.items():
                low, high = (
                    study.factors[name].range if key.startswith("scaled") else study.factors[name].envelope
                )
                assert low - 1e-12 <= value <= high + 1e-12
        assert all(abs(scale - 1.0) > 1e-3 for scale in point.scales)
    checks = judged(bench, linear, *groups, factors=factors)
    assert checks["homogeneous_in"].runs == 8


def test_which_declarations_cover_a_claim(bench):
    study = bench.study(
        bench.declaration("convex_in", ["x", "y"]),
        bench.declaration("linear_in", ["z"]),
        bench.declaration("homogeneous_in", ["x"]),
    )
    payload = bench.tested(study)

    def kinds(names, sense):
        return [check.kind for check in covering(payload, "q", names, sense)]

    assert kinds(["x"], "at_most") == ["convex_in"]
    assert kinds(["x", "z"], "at_most") == ["convex_in", "linear_in"]
    assert kinds(["x", "z"], "at_least") == ["linear_in"]
    assert kinds(["x"], "between") == []
    assert covering(payload, "other", ["x"], "at_most") == ()
