from __future__ import annotations

import numpy as np

from assay.showing import distinct_groups, orders, place_tests, required_runs, rows_of_tests, runs_needed

SEED = "sha256:" + "0" * 64
WIDE = {name: {"range": (-2.0, 2.0), "envelope": (-2.0, 2.0)} for name in "xyz"}


def test_how_many_runs_a_declaration_needs(bench):
    names = [f"f{i}" for i in range(5)]
    assert required_runs(bench.declaration("convex_in", names[:4])) == 8
    assert required_runs(bench.declaration("convex_in", names)) == 10
    assert required_runs(bench.declaration("convex_in", names[:2], names[2:])) == 10
    study = bench.study(
        bench.declaration("convex_in", names),
        bench.declaration("linear_in", ["f0"]),
        factors={n: {} for n in names},
    )
    assert runs_needed(study) == len(place_tests(study, SEED)) == 10
    assert runs_needed(bench.study()) == 0
    assert place_tests(bench.study(), SEED) == ()


def test_points_follow_from_the_seed_alone(bench):
    study = bench.study(bench.declaration("convex_in", ["x", "y"], ["z"]))
    assert place_tests(study, SEED) == place_tests(study, SEED)
    assert place_tests(study, SEED) != place_tests(study, SEED + "1")


def test_only_a_homogeneous_group_is_scaled(bench):
    study = bench.study(bench.declaration("convex_in", ["x"]), bench.declaration("homogeneous_in", ["y"]))
    assert distinct_groups(study) == (("x",), ("y",))
    (first, *_) = place_tests(study, SEED)
    assert [key for key, _ in first.rows] == ["base", "end#0", "between#0", "end#1", "between#1", "scaled#1"]
    assert rows_of_tests(study) == 6


def test_the_point_between_lies_on_the_chord(bench):
    study = bench.study(bench.declaration("convex_in", ["x", "y"]))
    for point in place_tests(study, SEED):
        rows = dict(point.rows)
        for name in ("x", "y"):
            chord = point.weights[0] * point.base[name] + (1 - point.weights[0]) * rows["end#0"][name]
            assert rows["between#0"][name] == chord
        assert 0.2 <= point.weights[0] <= 0.8


def test_chord_tests_stay_where_they_are_without_signs(bench):
    """What was tested before signs could be declared is tested at the same places."""
    study = bench.study(bench.declaration("convex_in", ["x", "y"]), factors=WIDE)
    assert place_tests(study, SEED)[0].base["x"] == 1.3609521981331052


def signs(bench, **changes):
    return bench.study(
        bench.declaration("increasing_in", ["x"]),
        bench.declaration("decreasing_in", ["y"]),
        bench.declaration("symmetric_in", ["z"]),
        factors={**WIDE, **changes},
    )


def test_rows_of_signs_and_mirrors(bench):
    study = signs(bench)
    assert orders(study) == {"q": {"x": 1, "y": -1}}
    points = place_tests(study, SEED)
    assert len(points) == runs_needed(study) == 8
    for number, point in enumerate(points):
        rows = dict(point.rows)
        assert list(rows) == ["base", "step#x", "step#y", "rise#q", "mirror#z"]
        assert len(rows) == rows_of_tests(study)
        assert {name: set(values) for name, values in rows.items()} == {
            "base": set(),
            "step#x": {"x"},
            "step#y": {"y"},
            "rise#q": {"x", "y"},
            "mirror#z": {"z"},
        }
        assert rows["rise#q"]["x"] > point.base["x"]
        assert rows["rise#q"]["y"] < point.base["y"]
        assert rows["mirror#z"]["z"] == -point.base["z"]
        for name in ("x", "y"):
            step = abs(rows[f"step#{name}"][name] - point.base[name])
            assert 0.0 < step <= 4.0
            assert number % 2 == 0 or step >= 0.04 or point.base[name] - 0.04 < -2.0
    assert any(abs(dict(p.rows)["step#x"]["x"] - p.base["x"]) < 0.4 for p in points[1::2]), "small steps"


def test_points_stay_in_the_envelope_and_mirrors_in_the_range(bench):
    factors = {
        "x": {"range": (0.1, 0.7), "envelope": (0.2, 0.3)},
        "y": {"range": (0.1, 0.7), "envelope": (0.1, 0.7)},
        "z": {"range": (0.1, 0.7), "envelope": (0.5, 0.7)},
    }
    for point in place_tests(signs(bench, **factors), SEED):
        for key, overrides in point.rows:
            for name, value in {**point.base, **overrides}.items():
                low, high = factors[name]["range" if key.startswith("mirror") else "envelope"]
                assert low - 1e-15 <= value <= high + 1e-15
                assert factors[name]["range"][0] <= value <= factors[name]["range"][1]


def test_two_quantities_share_their_steps(bench):
    from dataclasses import replace

    study = signs(bench)
    other = replace(study.declarations[0], quantity="r")
    spec = replace(study.quantities["q"], name="r")
    both = replace(
        study, declarations=(*study.declarations, other), quantities={**study.quantities, "r": spec}
    )
    assert rows_of_tests(both) == rows_of_tests(study), "r has one factor: its step is that of q"


def test_a_model_leads_to_where_it_is_flattest(bench):
    """Where a model falls, every other base stands; the steps there are small."""

    def model(points):
        x = points[:, 0]
        return x + 0.8 * np.exp(-(((x - 1.0) / 0.2) ** 2)) - points[:, 1]

    def near(points):
        return sum(0.9 < point.base["x"] < 1.4 for point in points)

    study = signs(bench)
    blind, led = place_tests(study, SEED), place_tests(study, SEED, {"q": model})
    assert led == place_tests(study, SEED, {"q": model})
    assert [p.base for p in led[::2]] == [p.base for p in blind[::2]]
    assert near(led[1::4]) == 2, "the bases for the sign of x stand on the slope that falls"
    assert place_tests(study, SEED, {"other": model}) == blind
