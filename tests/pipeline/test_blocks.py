from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from assay.pipeline.blocks import (
    finest,
    levels,
    outside_range,
    philox,
    points_block,
    runs_of,
    seed_of,
    structure_block,
    superposable,
    training_block,
    union_rows,
    used_studies,
    verification_block,
)
from assay.showing import RowSpec, nominal_values

POINT = {"thickness": 10.0, "load": 300.0, "modulus": 70.0}
GUST = RowSpec("data/cases.csv#gust", (("load", 500.0),))


def test_levels_are_coarse_to_fine(beam):
    assert levels(beam.study) == ({"cells": 10.0}, {"cells": 20.0}, {"cells": 40.0})
    assert finest(beam.study) == {"cells": 40.0}
    bare = dataclasses.replace(beam.study, verification=None)
    assert (levels(bare), finest(bare)) == ((), {})


def test_the_training_campaign(beam):
    plan = training_block(beam.study, beam.solver)
    block = plan.build()
    assert len(block.points) == 16
    assert block.recipe == plan.recipe == beam.training.recipe
    values = np.array([[p.request.factors[n] for n in beam.study.factors] for p in block.points])
    for column, factor in zip(values.T, beam.study.factors.values(), strict=True):
        low, high = factor.range
        assert low <= column.min() < column.max() <= high
        quarters = np.floor((column - low) / (high - low) * 4)
        assert [int((quarters == i).sum()) for i in range(4)] == [4, 4, 4, 4], "Sobol points fill evenly"
    assert training_block(dataclasses.replace(beam.study, surrogate=None), beam.solver) is None


@pytest.mark.parametrize(
    "change",
    [
        {"files": {"studies/beam.py": "sha256:" + "0" * 64}},
        {"time_limit": 61.0},
        {"solver_function": "other"},
    ],
)
def test_a_recipe_holds_all_that_a_run_depends_on(beam, change):
    changed = dataclasses.replace(beam.study, **change)
    assert training_block(changed, beam.solver).recipe != beam.training.recipe
    titled = dataclasses.replace(beam.study, title="another title")
    assert training_block(titled, beam.solver).recipe == beam.training.recipe


def test_another_version_of_the_solver_is_another_recipe(beam):
    newer = dataclasses.replace(beam.solver, version="python-4.0")
    assert training_block(beam.study, newer).recipe != beam.training.recipe


def test_the_refinement_study(beam):
    plan = verification_block(beam.study, beam.solver, [POINT, {**POINT, "load": 600.0}], (GUST,), {})
    block = plan.build()
    assert [p.index for p in block.points] == list(range(6))
    assert [p.request.settings["cells"] for p in block.points] == [10, 20, 40, 10, 20, 40]
    assert {p.request.factors["load"] for p in block.points} == {300.0, 600.0}
    same = verification_block(beam.study, beam.solver, [POINT, {**POINT, "load": 600.0}], (GUST,), {})
    other = verification_block(beam.study, beam.solver, [POINT, {**POINT, "load": 599.0}], (GUST,), {})
    assert plan.recipe == same.recipe != other.recipe


def test_no_run_outside_a_factor_s_range(beam, nominal):
    assert outside_range(beam.study, POINT, ()) is None
    assert outside_range(beam.study, {**POINT, "load": 600.0}, ()) is None
    assert outside_range(beam.study, {**POINT, "load": 600.1}, ()) == "outside-range"
    assert outside_range(beam.study, POINT, (RowSpec("x", (("load", 149.0),)),)) == "outside-range"
    configuration = nominal.setting.configuration
    places = [{**POINT, "load": 700.0}, POINT]
    block = points_block("refutation", beam.study, beam.solver, configuration, places, (GUST,), {}).build()
    assert [p.refused for p in block.points] == ["outside-range", None]


def test_tests_of_declarations_are_solved_row_by_row(support):
    from assay.showing import place_tests

    seed = seed_of("structure")
    tests = place_tests(support.study, seed)
    block = structure_block(support.study, support.solver, tests, seed).build()
    assert len(block.points) == 8
    assert all(point.request.superpose == () for point in block.points)
    assert all(len(set(point.keys)) == len(point.keys) == 5 for point in block.points)


def test_a_superposing_solver_runs_once_a_point(beam):
    assert runs_of(beam.solver, 59, 4) == 236
    clever = dataclasses.replace(beam.solver, superposes=True)
    assert runs_of(clever, 59, 4) == 59
    assert superposable(beam.study, beam.solver) == ()


def test_superposable_factors_are_those_declared(support):
    clever = dataclasses.replace(support.solver, superposes=True)
    assert set(superposable(support.study, clever)) == {"nx", "ny", "mass"}
    study = dataclasses.replace(support.study, surrogate=dataclasses.replace(support.study.surrogate, rows=3))
    block = training_block(study, clever).build()
    assert all(len(point.keys) == 3 for point in block.points)
    assert block.points[0].request.superpose


def test_rows_are_taken_once_in_order():
    rows = [GUST, RowSpec("b", ()), GUST]
    assert [row.key for row in union_rows(rows)] == ["", "data/cases.csv#gust", "b"]
    assert [row.key for row in union_rows([])] == [""]


def test_studies_that_no_criterion_reads_are_left_out(programme):
    assert [study.name for study in used_studies(programme)] == ["beam", "support"]
    one = {name: c for name, c in programme.criteria.items() if c.study == "beam"}
    assert [s.name for s in used_studies(dataclasses.replace(programme, criteria=one))] == ["beam"]


def test_generators_follow_from_their_seed():
    assert philox(seed_of("a")).random() == philox(seed_of("a")).random() != philox(seed_of("b")).random()


def test_the_nominal_run(beam, nominal, claims):
    configuration = nominal.setting.configuration
    point = nominal_values(beam.study, configuration)
    rows = union_rows([row for claim in claims.values() if claim.study.name == "beam" for row in claim.rows])
    plan = points_block("nominal", beam.study, beam.solver, configuration, [point], rows, {})
    assert plan.recipe == nominal.nominal["beam"].recipe
