"""Which draws decide, on which level? Seeds and recipes of blocks of draws and of their finer runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assay.campaign import Point
from assay.evidence import Json
from assay.pipeline.blocks import (
    BlockPlan,
    finest,
    knobs_of,
    planned,
    point,
    rows_json,
    seed_of,
    solver_recipe,
    start_level,
)
from assay.programme import Configuration, Study, describe, joint_law
from assay.showing import RowSpec, nominal_values
from assay.solvers import SolverSpec


def validation_seed(
    study: Study,
    solver: SolverSpec,
    configuration: Configuration,
    models: Sequence[str],
    block: int,
) -> str:
    """Return the seed of a block of draws (DESIGN.md section 5)."""
    factors = {name: describe(factor) for name, factor in configuration.factors[study.name].items()}
    return seed_of(
        "validation",
        sorted(models),
        factors,
        [list(pair) for pair in study.correlation],
        solver_recipe(study, solver, finest(study)),
        block,
    )


def validation_block(
    study: Study,
    solver: SolverSpec,
    configuration: Configuration,
    design: Mapping[str, Json],
    inputs: Mapping[str, str],
) -> BlockPlan:
    """Return a planned block of independent pseudo-random draws of the joint law.

    Parameters
    ----------
    design
        Payload of the block's `design` record: seed, draws, rows and block number, fixed before
        the first run.
    """
    rows = _rows_of(design)
    start = start_level(study)

    def points() -> list[Point]:
        return _drawn_points(study, configuration, design, range(int(design["draws"])), start)

    return planned(
        "validation",
        f"{study.name}@{configuration.name}/block-{design['block']}",
        study,
        solver,
        {"draws": design["draws"], "rows": rows_json(rows)},
        points,
        inputs=inputs,
        configuration=configuration.name,
        seed=str(design["seed"]),
        level=start,
    )


def refined_block(
    study: Study,
    solver: SolverSpec,
    configuration: Configuration,
    design: Mapping[str, Json],
    routing: Mapping[str, Json],
    inputs: Mapping[str, str],
) -> BlockPlan:
    """Return draws of a block once more, the same draws on a finer level.

    Parameters
    ----------
    design
        Payload of the block's `design` record.
    routing
        Payload of the `design` record of the finer runs: which draws, on which level.
    """
    level, indices = int(routing["level"]), [int(index) for index in routing["indices"]]

    def points() -> list[Point]:
        return _drawn_points(study, configuration, design, indices, level)

    return planned(
        "refined",
        str(routing["subject"]),
        study,
        solver,
        {"draws": design["draws"], "indices": indices, "rows": rows_json(_rows_of(design))},
        points,
        inputs=inputs,
        configuration=configuration.name,
        seed=str(design["seed"]),
        level=level,
    )


def _rows_of(design: Mapping[str, Json]) -> list[RowSpec]:
    return [RowSpec(str(row["key"]), tuple(sorted(row["overrides"].items()))) for row in design["rows"]]


def _drawn_points(
    study: Study,
    configuration: Configuration,
    design: Mapping[str, Json],
    indices: Sequence[int],
    level: int,
) -> list[Point]:
    """Return some of a block's draws as points on one level."""
    from assay.statistics import draw

    names, laws, correlation = joint_law(study, configuration, set())
    values = draw(laws, correlation, design["seed"], 0, int(design["draws"]))
    nominal, knobs, rows = nominal_values(study, configuration), knobs_of(study, level), _rows_of(design)
    return [
        point(study, i, {**nominal, **dict(zip(names, values[i].tolist(), strict=True))}, rows, knobs)
        for i in indices
    ]
