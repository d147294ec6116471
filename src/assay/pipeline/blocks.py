"""Which points does each stage run? Points, seeds and recipes of every block of a study."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from assay.campaign import Block, Point, Purpose
from assay.campaign.running import REVISION as TABLE_REVISION
from assay.evidence import Json, canonical, digest, recipe_digest
from assay.programme import Configuration, Programme, Study, describe
from assay.showing import BreakPoint, RowSpec
from assay.solvers import Request, SolverSpec

REVISION = 1


def runs_of(solver: SolverSpec, points: int, rows: int) -> int:
    """Return how many solver runs `points` points with `rows` rows each take."""
    return points if solver.superposes else points * rows


def solver_recipe(study: Study, solver: SolverSpec, level: Mapping[str, float]) -> Json:
    """Return everything about the solver that a result depends on."""
    return {
        "adapter": study.adapter,
        "function": study.solver_function,
        "version": solver.version,
        "files": dict(study.files),
        "level": dict(level),
    }


def finest(study: Study) -> dict[str, float]:
    """Return the knobs at their finest level; empty without solution verification."""
    if study.verification is None:
        return {}
    return {knob: float(values[-1]) for knob, values in study.verification.levels.items()}


def levels(study: Study) -> tuple[dict[str, float], ...]:
    """Return the knobs at every level, coarse to fine."""
    if study.verification is None:
        return ()
    ladders = study.verification.levels
    count = min(len(values) for values in ladders.values())
    return tuple({knob: float(values[i]) for knob, values in ladders.items()} for i in range(count))


def knobs_of(study: Study, level: int) -> dict[str, float]:
    """Return the knobs at a level, 1 the finest; empty without solution verification."""
    return dict(levels(study)[-level]) if study.verification is not None else {}


def start_level(study: Study) -> int:
    """Return the level on which draws start, 1 the finest."""
    return 1 if study.verification is None else study.verification.start


def seed_of(*parts: Json) -> str:
    """Return a seed that follows from `parts` alone."""
    return digest(canonical(list(parts)))


def factor_units(study: Study) -> Json:
    """Return the factors as far as a run depends on them: names, units, ranges."""
    return {name: [f.unit, list(f.range), f.kind] for name, f in study.factors.items()}


def _request(
    factors: Mapping[str, float],
    rows: Sequence[RowSpec],
    level: Mapping[str, float],
    superpose: Sequence[str] = (),
    fields: Sequence[str] = (),
) -> Request:
    return Request(
        factors=dict(factors),
        rows=tuple(row.values for row in rows),
        settings=dict(level),
        superpose=tuple(superpose),
        fields=tuple(fields),
    )


def outside_range(study: Study, factors: Mapping[str, float], rows: Sequence[RowSpec]) -> str | None:
    """Return why a point may not be run, or None: the solver is never run outside a factor's range."""
    for values in (factors, *(row.values for row in rows)):
        for name, value in values.items():
            low, high = study.factors[name].range
            if not low <= value <= high:
                return "outside-range"
    return None


def point(
    study: Study,
    index: int,
    factors: Mapping[str, float],
    rows: Sequence[RowSpec],
    level: Mapping[str, float],
    superpose: Sequence[str] = (),
    fields: Sequence[str] = (),
) -> Point:
    """Return a point with its rows at the knobs `level`, refused where it lies outside a range."""
    return Point(
        index=index,
        request=_request(factors, rows, level, superpose, fields),
        keys=tuple(row.key for row in rows),
        refused=outside_range(study, factors, rows),
    )


@dataclass(frozen=True)
class BlockPlan:
    """A block whose points are made only when they are to be run; its recipe is known before."""

    subject: str
    recipe: str
    build: Callable[[], Block]

    @property
    def key(self) -> str:
        """Return the name under which the store keeps the rows of the unfinished block."""
        return f"{self.recipe} {self.subject}"


def planned(
    purpose: Purpose,
    subject: str,
    study: Study,
    solver: SolverSpec,
    design: Json,
    points: Callable[[], Sequence[Point]],
    *,
    inputs: Mapping[str, str],
    configuration: str | None = None,
    seed: str | None = None,
    level: int = 1,
) -> BlockPlan:
    """Return a block that follows from `design`, the inputs and the solver; `points` makes it of them.

    `level` is the one that all its runs are on, 1 the finest; a refinement study has its own a point.
    """
    knobs = finest(study) if level == 1 else knobs_of(study, level)
    settings: dict[str, Json] = {
        "purpose": purpose,
        "factors": factor_units(study),
        "quantities": {name: [q.unit, q.region] for name, q in study.solved.items()},
        "solver": solver_recipe(study, solver, knobs),
        "design": design,
        "time_limit": study.time_limit,
        "seed": seed,
        "table": TABLE_REVISION,
    }
    recipe = recipe_digest(f"runs:{purpose}", REVISION, inputs=inputs, settings=settings)

    def build() -> Block:
        return Block(
            subject=subject,
            purpose=purpose,
            study=study.name,
            configuration=configuration,
            recipe=recipe,
            inputs=dict(inputs),
            points=tuple(points()),
            quantities=tuple(study.solved),
            level=dict(knobs),
            spec=solver,
            seed=seed,
            time_limit=study.time_limit,
        )

    return BlockPlan(subject, recipe, build)


def rows_json(rows: Sequence[RowSpec]) -> Json:
    """Return rows as they enter a recipe."""
    return [[row.key, row.values] for row in rows]


def philox(seed: str) -> np.random.Generator:
    """Return a generator that follows from a seed digest alone."""
    key = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:16], "big")
    return np.random.Generator(np.random.Philox(key=key))


def superposable(study: Study, solver: SolverSpec) -> tuple[str, ...]:
    """Return the factors over which training rows may be superposed: all that are declared."""
    if not solver.superposes:
        return ()
    kinds = ("convex_in", "linear_in")
    # A declaration about a derived quantity says nothing of what the solver superposes.
    own = [d for d in study.declarations if d.quantity in study.solved]
    declared = [n for d in own if d.kind in kinds for n in d.factors]
    return tuple(dict.fromkeys(declared))


def training_block(study: Study, solver: SolverSpec) -> BlockPlan | None:
    """Return the campaign that the AI model is trained on: scrambled Sobol over the ranges."""
    if study.surrogate is None:
        return None
    count, rows, shared = study.surrogate.training, study.surrogate.rows, superposable(study, solver)
    seed = seed_of("training", factor_units(study), solver_recipe(study, solver, finest(study)))
    design = {"points": count, "rows": rows if shared else 1, "shared": list(shared)}

    def points() -> list[Point]:
        return _training_points(study, count, rows, shared, seed)

    return planned("training", study.name, study, solver, design, points, inputs={}, seed=seed)


def _training_points(study: Study, count: int, rows: int, shared: Sequence[str], seed: str) -> list[Point]:
    from assay.statistics import sobol

    names, level = tuple(study.factors), finest(study)
    low = np.array([study.factors[name].range[0] for name in names])
    high = np.array([study.factors[name].range[1] for name in names])
    values = low + sobol(len(names), count, seed) * (high - low)
    extra = philox(seed_of("rows", seed)).random((count, rows - 1, len(shared)))
    points = []
    for index, (row, others) in enumerate(zip(values, extra, strict=True)):
        specs = [RowSpec("", ())]
        if shared:
            specs += [_random_row(study, shared, number, u) for number, u in enumerate(others, start=1)]
        factors = dict(zip(names, row.tolist(), strict=True))
        points.append(point(study, index, factors, specs, level, superpose=shared))
    return points


def _random_row(study: Study, names: Sequence[str], number: int, unit: np.ndarray) -> RowSpec:
    values = []
    for name, u in zip(names, unit.tolist(), strict=True):
        low, high = study.factors[name].range
        values.append((name, low + u * (high - low)))
    return RowSpec(f"extra#{number}", tuple(values))


def verification_block(
    study: Study,
    solver: SolverSpec,
    places: Sequence[Mapping[str, float]],
    rows: Sequence[RowSpec],
    inputs: Mapping[str, str],
) -> BlockPlan:
    """Return the refinement study: every place at every level, index = place x levels + level.

    The recipe holds the places, not what they follow from: another limit that leads to the same
    worst point leaves the charged errors as they are.
    """
    ladder = levels(study)

    def points() -> list[Point]:
        return [
            point(study, number * len(ladder) + step, factors, rows, level)
            for number, factors in enumerate(places)
            for step, level in enumerate(ladder)
        ]

    told: Json = {
        "places": [dict(place) for place in places],
        "levels": list(ladder),
        "rows": rows_json(rows),
    }
    subject = f"{study.name}/verification"
    return planned("verification", subject, study, solver, told, points, inputs=inputs)


def structure_block(
    study: Study,
    solver: SolverSpec,
    tests: Sequence[BreakPoint],
    seed: str,
    inputs: Mapping[str, str] | None = None,
) -> BlockPlan:
    """Return the test runs of the declarations: every combined load solved anew.

    Parameters
    ----------
    inputs
        The records that the places follow from besides the seed: models of what is declared monotone.
    """

    def points() -> list[Point]:
        made = []
        for index, test in enumerate(tests):
            rows = [RowSpec(key, tuple(sorted(values.items()))) for key, values in test.rows]
            made.append(point(study, index, test.base, rows, finest(study)))
        return made

    subject = f"{study.name}/structure"
    design = {"tests": len(tests), "declarations": describe(study.declarations)}
    return planned("structure-test", subject, study, solver, design, points, inputs=inputs or {}, seed=seed)


def points_block(
    purpose: Purpose,
    study: Study,
    solver: SolverSpec,
    configuration: Configuration,
    places: Sequence[Mapping[str, float]],
    rows: Sequence[RowSpec],
    inputs: Mapping[str, str],
) -> BlockPlan:
    """Return a block of places in a configuration: the nominal run, or guided ones."""

    def points() -> list[Point]:
        return [point(study, i, factors, rows, finest(study)) for i, factors in enumerate(places)]

    told: Json = {"places": [dict(place) for place in places], "rows": rows_json(rows)}
    subject = f"{study.name}@{configuration.name}/{purpose}"
    return planned(
        purpose, subject, study, solver, told, points, inputs=inputs, configuration=configuration.name
    )


def picture_block(
    study: Study,
    solver: SolverSpec,
    configuration: Configuration,
    wanted: Sequence[tuple[Mapping[str, float], RowSpec, str]],
) -> BlockPlan:
    """Return the deciding runs once more, with the field of the quantity that decided."""

    def points() -> list[Point]:
        return [
            point(study, index, factors, (row,), finest(study), fields=(quantity,))
            for index, (factors, row, quantity) in enumerate(wanted)
        ]

    design = [[dict(factors), row.key, quantity] for factors, row, quantity in wanted]
    subject = f"{study.name}@{configuration.name}/picture"
    return planned(
        "picture", subject, study, solver, design, points, inputs={}, configuration=configuration.name
    )


def union_rows(rows: Sequence[RowSpec]) -> tuple[RowSpec, ...]:
    """Return rows once each, in order of first appearance, the draw itself first."""
    seen: dict[str, RowSpec] = {"": RowSpec("", ())}
    for row in rows:
        seen.setdefault(row.key, row)
    return tuple(seen.values())


def used_studies(programme: Programme) -> tuple[Study, ...]:
    """Return the studies that some criterion reads, in the programme's order."""
    used = {criterion.study for criterion in programme.criteria.values()}
    return tuple(study for name, study in programme.studies.items() if name in used)
