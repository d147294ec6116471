from __future__ import annotations

import time
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.campaign import Row
from assay.programme import Fraction
from assay.showing.contradictions import exceeds, fallen, held_against_runs
from assay.showing.inputs import LevelBound, Levels

WIDE = {name: {"range": (-2.0, 2.0), "envelope": (-2.0, 2.0)} for name in "xyz"}
CONTENT = Fraction(0.5, 0.5)
COUNTS = st.integers(-3, 3).map(float)
"""Few values, so that many points are comparable and many values tie."""


def pairs(points, values):
    """Return, by brute force, how many points lie above another one that has a larger value."""
    return sum(
        any(np.all(a <= b) and exceeds(p, q) for a, p in zip(points, values, strict=True))
        for b, q in zip(points, values, strict=True)
    )


@given(
    rows=st.lists(
        st.tuples(COUNTS, COUNTS, COUNTS, st.sampled_from([-1.0, 0.0, 1.0, 1.0 + 5e-7, 1.0 + 2e-6, 2.0]))
    ),
    width=st.integers(1, 3),
)
def test_the_front_finds_what_all_pairs_find(rows, width, verifier):
    points = np.array([row[:width] for row in rows], dtype=float).reshape(len(rows), width)
    values = np.array([row[3] for row in rows], dtype=float)
    found = fallen(points, values)
    assert found == pairs(points, values)
    assert found == verifier.fallen([(row[:width], row[3]) for row in rows])


def test_a_hundred_thousand_runs_are_held_against_a_sign_in_seconds():
    generator = np.random.default_rng(5)
    points = generator.random((100_000, 3))
    values = points.sum(axis=1)
    low = int(np.argmin(values))
    values[low] = 3.5
    start = time.process_time()
    found = fallen(points, values)
    assert time.process_time() - start < 30.0, "quadratic it would take minutes"
    assert found == int(np.all(points >= points[low], axis=1).sum()) - 1


def signed(bench, *more):
    return bench.study(
        bench.declaration("increasing_in", ["x"]),
        bench.declaration("decreasing_in", ["y"]),
        *more,
        factors=WIDE,
    )


def held(bench, claim, rows, **changes):
    return held_against_runs(bench.evidence(claim, rows, **changes))


def everywhere(bench, function, *points, sense="at_most", study=None, **changes):
    """Hold a claim everywhere against its corners and further runs, all said by one function."""
    study = study or signed(
        bench, bench.declaration("convex_in" if sense == "at_most" else "linear_in", ["z"])
    )
    claim = bench.claim(bench.everywhere(), study=study, sense=sense)
    corners = [bench.row(function(**row.values), 0, row.key, **row.values) for row in claim.rows]
    guided = [bench.row(function(**p), n, "", **p) for n, p in enumerate(points)]
    found = held(bench, claim, corners, guided=guided, **changes)
    payload = bench.decide(claim, corners, guided=guided, **changes)
    return found, payload


def at(x, y=0.0, z=0.0):
    return {"x": float(x), "y": float(y), "z": float(z)}


def test_runs_that_agree_are_counted(bench):
    found, payload = everywhere(bench, lambda x, y, z: x - y + z * z, at(0), at(1, 1), at(-1, 2, 1))
    # three beside the corners, and two that have the same z
    assert (found.comparisons, found.violations) == (5, 0)
    assert (payload.verdict, payload.reason) == ("SHOWN GIVEN", "shown-given")
    said = [row for row in payload.assumptions if "held against the runs" in row.text]
    assert [row.check for row in said] == ["passed"]
    assert "5 comparisons, 0 violations" in said[0].text


def test_a_run_worse_than_the_worst_corner_breaks_it(bench):
    """A bump inside: two runs suffice, none is beyond the limit."""
    found, payload = everywhere(bench, lambda x, y, z: 50.0 if x == 0.5 else x - y + z * z, at(0.5))
    assert found.violations == 1
    assert (payload.verdict, payload.reason, payload.given) == ("NOT SHOWN", "declaration-broken", ())
    assert "new attempt" in payload.closes_by
    assert [row.check for row in payload.assumptions if "held against" in row.text] == ["failed"]


def test_two_comparable_runs_break_it_far_below_the_corners(bench):
    bump = lambda x, y, z: -100.0 + (x if x < 0.0 else -x) if abs(x) < 1.5 else 10.0 * x - y + z
    found, payload = everywhere(bench, bump, at(0, 1), at(1, 0.5))
    assert found.violations == 1
    assert payload.reason == "declaration-broken"


def test_runs_that_differ_in_an_undeclared_factor_or_both_ways_are_not_comparable(bench):
    found, _ = everywhere(bench, lambda x, y, z: x - y - 0.5 * z, at(0, 0, 0), at(1, 0, 1), sense="at_least")
    assert found.violations == 0
    up, _ = everywhere(bench, lambda x, y, z: {0.0: -1.5, 1.0: -1.0}.get(x, x - y + z), at(0), at(1, 1.0))
    assert up.violations == 0, "x rose and y rose: nothing is declared of the two together"


def test_round_off_contradicts_nothing(bench):
    found, _ = everywhere(bench, lambda x, y, **_: 1.0 + 1e-9 * (y - x), at(0), at(1), at(1, 1))
    assert found.comparisons > 0
    assert found.violations == 0


@pytest.mark.parametrize("sense", ["at_least", "between"])
def test_from_below(bench, sense):
    good = lambda x, y, z: 50.0 + x - y + z
    limits = bench.limits(*((10.0,) if sense == "at_least" else (10.0, 90.0)))
    found, payload = everywhere(bench, good, at(0), sense=sense, limits=limits)
    assert (found.violations, payload.verdict) == (0, "SHOWN GIVEN")
    low = lambda x, y, z: 20.0 if (x, y) == (0.0, 0.0) else good(x, y, z)
    found, payload = everywhere(bench, low, at(0), sense=sense, limits=limits)
    assert (found.violations, payload.reason) == (1, "declaration-broken")
    assert payload.given == ()


def test_training_runs_count_where_they_are_on_the_finest_level(bench):
    rows = [bench.row(90.0, n, "", **at(n - 1)) for n in range(2)]
    found, payload = everywhere(bench, lambda x, y, z: x - y + z * z, elsewhere=rows)
    assert (found.violations, payload.reason) == (2, "declaration-broken")


def test_a_symmetry_is_held_against_mirrored_runs(bench):
    study = bench.study(
        bench.declaration("convex_in", ["x", "y"]),
        bench.declaration("symmetric_in", ["x", "y"]),
        bench.declaration("linear_in", ["z"]),
        factors=WIDE,
    )
    norm = lambda x, y, z: (x * x + y * y) ** 0.5 + z
    points = [at(0.3, 1), at(-0.3, -1), at(-0.3, 1), at(0, 0)]
    found, payload = everywhere(bench, norm, *points, study=study)
    assert (found.comparisons, found.violations) == (5, 0), "four beside the corners, one pair"
    assert payload.verdict == "SHOWN GIVEN"
    found, payload = everywhere(bench, lambda x, y, z: norm(x + 0.01, y, z), *points, study=study)
    assert (found.violations, payload.reason) == (1, "declaration-broken")


def polytope(bench, kind, values, sense="at_most"):
    """Hold a draw whose own row lies between the corners of its loads."""
    study = bench.study(bench.declaration(kind, ["x", "y"]), factors=WIDE)
    claim = bench.claim(bench.over("x", "y", others=CONTENT), study=study, sense=sense)
    rows = [
        bench.row(value, 0, row.key, **{"z": 0.7, **row.values})
        for row, value in zip(claim.rows, (1, 2, 3, 4), strict=True)
    ]
    rows += [bench.row(value, 0, f"case#{n}", x=0.5, y=0.5, z=0.7) for n, value in enumerate(values)]
    return held(bench, claim, [*rows, bench.row(99.0, 1, "", x=0.5, y=0.5, z=0.7)])


@pytest.mark.parametrize(
    ("kind", "sense", "values", "violations"),
    [
        ("convex_in", "at_most", [0.5, 2.5], 0),
        ("convex_in", "at_most", [0.5, 2.6], 1),
        ("linear_in", "at_most", [2.5, 2.5], 0),
        ("linear_in", "at_most", [2.4, 2.6], 2),
        ("linear_in", "at_least", [2.4, 2.6], 2),
        ("linear_in", "between", [0.5, 4.1], 2),
    ],
)
def test_rows_of_a_draw_are_held_against_its_own_corners(bench, kind, sense, values, violations):
    """Between the corners 1, 2, 3, 4 of a square stands 2.5 in the middle; no row of the other draw is."""
    found = polytope(bench, kind, values, sense)
    assert (found.comparisons, found.violations) == (2, violations)


SQUARE = {name: WIDE[name] for name in "xy"}


@pytest.mark.parametrize(
    ("kind", "x", "value", "wrong"),
    [
        ("convex_in", 1.0, 6.0, 0),
        ("convex_in", 1.0, 6.1, 1),
        ("convex_in", 2.0, -9.0, 0),
        ("linear_in", 2.0, 6.0, 0),
        ("linear_in", 2.0, 5.9, 1),
        ("linear_in", 1.0, 5.9, 0),
    ],
)
def test_a_factor_with_a_sign_stands_at_its_worse_end_and_the_rest_is_interpolated(
    bench, kind, x, value, wrong
):
    """Corners at x = 2 of 4 and 8 at the ends of y bound 6 in its middle; short of that x it may be less."""
    study = bench.study(
        bench.declaration("increasing_in", ["x"]), bench.declaration(kind, ["y"]), factors=SQUARE
    )
    response = lambda x, y: value if y == 0.0 else 3.0 * x + y
    found, _ = everywhere(bench, response, {"x": x, "y": 0.0}, study=study)
    assert (found.comparisons >= 1, found.violations) == (True, wrong)


@pytest.mark.parametrize(("value", "wrong"), [(5.0, 0), (5.1, 1)])
def test_mirror_images_of_corners_are_corners_to_interpolate_between(bench, value, wrong):
    study = bench.study(
        bench.declaration("convex_in", ["x"], ["y"]), bench.declaration("symmetric_in", ["x"]), factors=SQUARE
    )
    response = lambda x, y: value if y == 1.0 else x * x + y
    found, _ = everywhere(bench, response, {"x": 0.5, "y": 1.0}, study=study)
    assert (found.comparisons, found.violations) == (1, wrong)


def test_runs_on_different_levels_are_not_compared(bench):
    study = bench.study(bench.declaration("increasing_in", ["x"]), factors={**WIDE, "z": {"fixed": True}})
    claim = bench.claim(bench.over("x", others=CONTENT), study=study)
    rows = [bench.row(value, n, "over:x#1", x=1.0 + n, y=0.0, z=0.0) for n, value in enumerate((5.0, 4.0))]
    assert held(bench, claim, rows).violations == 1
    coarse = LevelBound(2, 2.0, "coarse", 3, 0, None, False)
    assert held(bench, claim, rows, levels=Levels({0: 2}, {2: coarse})).violations == 0
    assert held(bench, claim, rows, levels=Levels({0: 2, 1: 2}, {2: coarse})).violations == 1


def test_nothing_is_held_where_nothing_is_declared_or_run(bench):
    claim = bench.claim(bench.everywhere(), study=signed(bench))
    assert held(bench, claim, []).comparisons == 0
    good = bench.claim(bench.everywhere(), study=signed(bench, bench.declaration("linear_in", ["z"])))
    assert held(bench, good, None).comparisons == 0
    assert held(bench, good, [], structure=None).comparisons == 0
    failed = [bench.row(None, 0, row.key, **row.values) for row in good.rows]
    assert held(bench, good, failed).comparisons == 0


GRID = st.sampled_from([-2.0, -1.0, 0.0, 1.0, 2.0])
TABLE = st.dictionaries(st.tuples(GRID, GRID), st.sampled_from([10.0, 20.0, 30.0, 40.0, 50.0]), max_size=12)


@given(table=TABLE)
def test_a_declaration_never_survives_a_run_that_contradicts_it(bench, verifier, table):
    """Over any table: SHOWN GIVEN stands only if no run of it contradicts what it is given."""
    study = bench.study(
        bench.declaration("increasing_in", ["x"]),
        bench.declaration("decreasing_in", ["y"]),
        factors={**WIDE, "z": {"fixed": True}},
    )
    claim = bench.claim(bench.everywhere(), study=study)
    corner = table.pop((2.0, -2.0), 50.0)
    rows = [bench.row(corner, 0, claim.rows[0].key, x=2.0, y=-2.0, z=0.0)]
    guided = [bench.row(value, n, "", x=x, y=y, z=0.0) for n, ((x, y), value) in enumerate(table.items())]
    payload = bench.decide(claim, rows, guided=guided)
    every = [*table.items(), ((2.0, -2.0), corner)]
    contradicted = any(a[0] <= b[0] and a[1] >= b[1] and p > q for a, p in every for b, q in every)
    assert payload.verdict == ("NOT SHOWN" if contradicted else "SHOWN GIVEN")
    assert bool(payload.given) is not contradicted
    assert agreed(bench, verifier, claim, rows, guided) == held(bench, claim, rows, guided=guided)


@given(table=TABLE, extra=st.tuples(GRID, GRID, st.sampled_from([10.0, 60.0])))
def test_a_further_run_never_mends_a_declaration(bench, table, extra):
    claim = bench.claim(bench.everywhere(), study=signed(bench, bench.declaration("linear_in", ["z"])))
    rows = [bench.row(50.0, 0, row.key, **row.values) for row in claim.rows]
    guided = [bench.row(value, n, "", x=x, y=y, z=0.0) for n, ((x, y), value) in enumerate(table.items())]
    more = [*guided, bench.row(extra[2], len(guided), "", x=extra[0], y=extra[1], z=0.0)]
    before, after = held(bench, claim, rows, guided=guided), held(bench, claim, rows, guided=more)
    assert after.violations >= before.violations
    assert held(bench, claim, rows, guided=more[::-1]) == after, "their order says nothing"


@given(
    low=st.floats(0.0, 0.5),
    high=st.floats(0.0, 0.5),
    wider=st.floats(0.0, 0.4),
    sense=st.sampled_from(["at_most", "at_least"]),
)
def test_widening_a_tolerance_never_raises_a_margin(bench, low, high, wider, sense):
    def margin(more):
        tolerance = (-low - more, high + more)
        factors = {
            "x": {**WIDE["x"], "value": 0.0, "tolerance": tolerance},
            "y": {"fixed": True},
            "z": {"fixed": True},
        }
        study = bench.study(bench.declaration("increasing_in", ["x"]), factors=factors)
        claim = bench.claim(bench.everywhere(), study=study, sense=sense)
        rows = [bench.row(150.0 + np.arctan(r.values["x"]), 0, r.key, **at(**r.values)) for r in claim.rows]
        payload = bench.decide(claim, rows, limits=bench.limits(160.0 if sense == "at_most" else 100.0))
        return payload.margin.value

    assert margin(wider) <= margin(0.0)


def agreed(bench, verifier, claim, rows, guided):
    """Return what the verifier finds in the same runs."""
    lines = lambda table: [
        {"index": r.index, "row": r.row, "factors": r.factors, "quantities": r.quantities} for r in table
    ]
    record = SimpleNamespace(payload={"purpose": "refutation"})
    evidence = SimpleNamespace(
        inputs=lambda _, kind: [record] if kind == "runs" else [], table=lambda _: lines(guided)
    )
    showing = SimpleNamespace(
        evidence=evidence,
        record=None,
        content=None,
        lines={(line["index"], line["row"]): line for line in lines(rows)},
        payload={
            "quantity": "q",
            "sense": claim.criterion.sense,
            "holds": {"kind": "everywhere"},
            "parts": [{"rows": [row.key for row in claim.rows]}],
        },
    )
    compared, wrong = verifier.held_against_runs(showing, {"x": 1, "y": -1}, [], [], ())
    return replace(held(bench, claim, rows, guided=guided), comparisons=compared, violations=wrong)


def test_rows_without_a_value_or_of_other_factors_are_left_out(bench):
    rows = [Row(0, "", at(0), "failed", "crash"), bench.row(99.0, 1, "", x=0.0)]
    found, _ = everywhere(bench, lambda x, y, z: x - y + z, elsewhere=rows)
    assert found.violations == 0
