"""Every number of STATISTICS.md section 0, to the digits printed there (tests/oracles/statistics.toml)."""

from __future__ import annotations

import math
import tomllib
from pathlib import Path

import pytest

from assay.statistics import (
    Masses,
    allowed_fraction,
    best_power,
    clopper_pearson_lower,
    clopper_pearson_upper,
    fixed_plan_refuted,
    fixed_power,
    fixed_runs_for_power,
    ideal_refuting_runs,
    optimum_runs,
    refuting_runs_for_power,
    restricted_size,
    smallest_refuting,
    tolerance_factor,
    wilks_size,
)

ORACLES = tomllib.loads((Path(__file__).parents[1] / "oracles" / "statistics.toml").read_text())


def rows(table):
    return pytest.mark.parametrize("row", ORACLES[table], ids=lambda row: f"line {row['line']}")


def test_nothing_is_left_out():
    assert {table: len(found) for table, found in ORACLES.items()} == {
        "wilks": 5, "wilks_two_sided": 1, "tolerance_factor": 2, "clopper_pearson_upper": 1,
        "clopper_pearson_lower": 1, "conformal_index": 1, "best_power": 1, "shown_runs": 14,
        "refuted_runs": 8, "restricted": 1,
    }  # fmt: skip


@rows("wilks")
def test_wilks(row):
    error = allowed_fraction(row["confidence"])
    assert [wilks_size(row["coverage"], error, k) for k in range(5)] == row["sizes"]


@rows("wilks_two_sided")
def test_two_sided_wilks_allows_one(row):
    """The interval between the extremes leaves out two order statistics: one more than one-sided."""
    error = allowed_fraction(row["confidence"])
    assert [wilks_size(coverage, error, 1) for coverage in row["coverage"]] == row["sizes"]


@rows("tolerance_factor")
def test_tolerance_factors(row):
    for n, k in zip(row["n"], row["k"], strict=True):
        assert tolerance_factor(n, row["coverage"], row["confidence"]) == pytest.approx(k, abs=0.5001e-4)


@pytest.mark.parametrize("name", ["upper", "lower"])
def test_clopper_pearson(name):
    (row,) = ORACLES[f"clopper_pearson_{name}"]
    limit = {"upper": clopper_pearson_upper, "lower": clopper_pearson_lower}[name]
    for beyond, draws, value in zip(row["beyond"], row["draws"], row["limit"], strict=True):
        assert limit(beyond, draws, row["error"]) == pytest.approx(value, abs=0.5001e-6)


@rows("conformal_index")
def test_the_conformal_index_is_the_smallest_order_statistic_that_covers(row):
    """index/(n + 1) >= 1 - a: the ceiling of STATISTICS.md, exactly."""
    for n, error, index in zip(row["n"], row["error"], row["index"], strict=True):
        level = 1 - round(error * 1000) / 1000
        assert index >= (n + 1) * level - 1e-9 > index - 1


@rows("best_power")
def test_no_free_lunch(row):
    for runs, allowed, power in zip(row["runs"], row["allowed"], row["power"], strict=True):
        assert best_power(runs, allowed, row["error"]) == pytest.approx(power, abs=0.5001e-4)


@rows("shown_runs")
def test_runs_to_show(row):
    fraction = row["allowed"] * row["ratio"]
    assert optimum_runs(row["allowed"], fraction, 0.05) == row["optimum"]
    found = fixed_runs_for_power(row["allowed"], fraction, 0.05)
    if row["ratio"] < 0.9:
        assert found == row["fixed"]
    else:  # printed from a coarse grid of sizes: enough, and not the smallest that is
        assert found is not None
        assert 0.95 * row["fixed"] < found <= row["fixed"]


@rows("refuted_runs")
def test_runs_to_refute(row):
    fraction = row["allowed"] * row["ratio"]
    assert ideal_refuting_runs(row["allowed"], fraction, 0.05) == row["ideal"]
    found = refuting_runs_for_power(row["allowed"], fraction, 0.05)
    # The printed sizes come from a coarse grid: they have the power, and the smallest size is at most that.
    for n in (found, row["fixed"]):
        beyond = smallest_refuting(n, row["allowed"], 0.05)
        assert 1.0 - fixed_power(n, beyond - 1, fraction) >= 0.8
    assert 0.8 * row["fixed"] < found <= row["fixed"]
    if found < 3000:
        for n in range(max(5, found - 200), found):
            beyond = smallest_refuting(n, row["allowed"], 0.05)
            assert beyond is None or 1.0 - fixed_power(n, beyond - 1, fraction) < 0.8
    assert fixed_plan_refuted(found, found, row["allowed"], 0.05)


@rows("restricted")
def test_draws_from_a_band(row):
    for allowed, mass, draws in zip(row["allowed"], row["mass"], row["draws"], strict=True):
        assert restricted_size(Masses(0.0, mass), allowed, row["error"]) == draws


def test_the_optimum_is_the_no_free_lunch_bound():
    """The fewest runs are where the best power reaches 1."""
    for row in ORACLES["shown_runs"]:
        fraction = row["allowed"] * row["ratio"]
        assert best_power(row["optimum"], row["allowed"], 0.05, fraction) == 1.0
        assert best_power(row["optimum"] - 1, row["allowed"], 0.05, fraction) < 1.0
    assert math.isclose(best_power(0, 0.01, 0.05), 0.05)
