"""The closed-form programme means what its README says: each verdict follows from a formula."""

from __future__ import annotations

import importlib.util
import math
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from assay.programme import Over, evaluate, joint_law
from assay.statistics import draw, normal_basis

TINY = Path(__file__).resolve().parents[1] / "programmes" / "tiny"
ALLOWANCE = 1.05
SEED = "5" * 64


def beam() -> Any:
    spec = importlib.util.spec_from_file_location("tiny_beam", TINY / "studies" / "beam.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def exact(thickness: float, load: float, modulus: float) -> dict[str, float]:
    length, width, density = 200.0, 25.0, 2.7e-9
    inertia = width * thickness**3 / 12.0
    stiffness = 1e3 * modulus * inertia / (density * width * thickness * length**4)
    return {
        "stress": 4.0 * load * length / (width * thickness**2),
        "deflection": 11.0 * load * length**3 / (60.0 * 1e3 * modulus * inertia),
        "frequency": math.sqrt(16.0 / 5.0 / (104.0 / 405.0) * stiffness) / (2.0 * math.pi),
    }


@pytest.mark.parametrize("point", list(product([6.0, 10.0], [150.0, 500.0], [66.0, 74.0])))
def test_the_discretisation_error_is_of_second_order(point: tuple[float, float, float]) -> None:
    factors = dict(zip(["thickness", "load", "modulus"], point, strict=True))
    errors = {
        cells: {n: q - exact(*point)[n] for n, q in beam().bend(factors, {"cells": cells}).items()}
        for cells in (10, 20, 40)
    }
    for name in ("stress", "deflection", "frequency"):
        assert errors[10][name] != 0.0
        assert errors[10][name] / errors[20][name] == pytest.approx(4.0, rel=0.02)
        assert errors[20][name] / errors[40][name] == pytest.approx(4.0, rel=0.01)


def draws(tiny: Any, configuration: str, count: int, fixed: tuple[str, ...] = ()) -> list[dict[str, float]]:
    programme = tiny.load()
    names, laws, matrix = joint_law(
        programme.studies["beam"], programme.configurations[configuration], set(fixed)
    )
    return [dict(zip(names, row, strict=True)) for row in draw(laws, matrix, SEED, 0, count).tolist()]


@pytest.mark.parametrize(("configuration", "holds"), [("nominal", True), ("thin", False)])
def test_fractions_hold_or_fail_by_far(tiny: Any, configuration: str, holds: bool) -> None:
    """Of 2000 draws not one is near a limit: a verdict from 59 is the same for every seed."""
    column = tiny.load().datasets["cast"].columns["strength"]
    strength = normal_basis(column.values, 0.90, 0.95).value * 0.006894757293168361
    for factors in draws(tiny, configuration, 2000):
        q = beam().bend(factors, {"cells": 40})
        if holds:
            assert q["stress"] * 1.06 < strength / 1.25
            assert q["frequency"] * 0.94 > 150.0
            assert 1.0 / 0.94 < q["deflection"] < 7.0 / 1.06
        else:
            assert q["stress"] * 0.94 > strength / 1.25
            assert q["frequency"] * 1.06 < 150.0
            assert q["deflection"] * 0.94 > 7.0


@pytest.mark.parametrize(("configuration", "holds"), [("nominal", True), ("thin", False)])
def test_cases_hold_or_fail_by_far(tiny: Any, configuration: str, holds: bool) -> None:
    programme = tiny.load()
    worst = {"deflection": 0.0, "stress": 0.0}
    least = {"deflection": math.inf, "stress": math.inf}
    for factors in draws(tiny, configuration, 500, fixed=("load",)):
        demands = []
        for case in programme.cases["data/cases.csv"]:
            applied = math.prod(programme.packs["rules"].factors[tag].value for tag in case.tags)
            q = beam().bend({**factors, **case.factors}, {"cells": 40})
            demands.append({name: q[name] * applied for name in worst})
        largest = {name: max(demand[name] for demand in demands) for name in worst}
        worst = {name: max(value, largest[name]) for name, value in worst.items()}
        least = {name: min(value, largest[name]) for name, value in least.items()}
    assert worst["deflection"] * 1.06 < 60.0  # BEAM-5 would hold, were its draws affordable
    if holds:
        assert worst["deflection"] * 1.06 < 8.0
        assert worst["stress"] * 1.06 < 200.0
    else:
        assert least["deflection"] * 0.94 > 8.0
        assert least["stress"] * 0.94 > 200.0


def test_the_corners_hold(tiny: Any) -> None:
    criterion = tiny.load().criteria["BEAM-7.a"]
    assert isinstance(criterion.holds, Over)
    reactions = [
        beam().hold({"mass": 2.0, **corner}, {"cells": 40})["reaction"] for corner in criterion.holds.vertices
    ]
    assert max(reactions) == pytest.approx(2.0 * 9.80665 * 3.5, rel=1e-3)
    assert max(reactions) * ALLOWANCE * 1.01 < evaluate(
        criterion.limits[0], "N", {}, lambda *_: (0.0, "N"), lambda _: 1.0
    )


def test_the_budget_affords_all_but_one_criterion(tiny: Any) -> None:
    programme = tiny.load()
    cases = len(programme.cases["data/cases.csv"])
    assert 299 * cases > programme.budget.max_runs
    shared = 59 * (1 + cases) + 1 + cases + 4 + 2 * 8 + 2 * 4
    training, verification = 2 * 16, 3 * (1 + cases + 4)
    assert 2 * shared + training + verification < programme.budget.max_runs


def test_the_data_are_normal_enough_and_creditable(tiny: Any) -> None:
    programme = tiny.load()
    basis = normal_basis(programme.datasets["cast"].columns["strength"].values, 0.90, 0.95)
    assert basis.observed_significance > 0.05
    rule = programme.packs["rules"].basis["characteristic"]
    assert basis.n >= rule.minimum_specimens
    assert rule.minimum_batches == 0
