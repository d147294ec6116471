"""Do the bracket's verdicts hold against 2,000 solver points for each configuration?

For every row of the compliance matrix that a criterion decides:

SHOWN        the exact one-sided lower 99 % limit of the violating fraction is not above the allowed one,
             row by row, with every error charged; nominal and everywhere claims: no run beyond.
SHOWN GIVEN  besides, none of the points breaks a declaration: at every draw each declared group is
             tested between two points, and a point inside each polytope against its corners.
REFUTED      the proving run, one level finer, is still beyond; for fractions the upper 99 % limit is
             not below the allowed one.

Takes about half an hour on two cores. Usage:

    python benchmarks/bracket_truth.py [PROGRAMME] [--points 2000] [--workers 2] [--out FILE]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from assay.campaign import Block, Point, Row, WorkerPool, read_table, run_block
from assay.evidence import open_store, read_ledger
from assay.pipeline import Looking, walk
from assay.pipeline.blocks import finest, levels, philox, rows_json, seed_of, solver_recipe, union_rows
from assay.pipeline.walk import Walked
from assay.programme import Configuration, Over, Study, joint_law, load
from assay.showing import Claim, RowSpec, State, distinct_groups, nominal_values, state_of
from assay.showing.contradictions import fallen
from assay.showing.corners import SIGNS, signs_of
from assay.showing.parts import demand_factors
from assay.showing.records import ShowingPayload
from assay.showing.states import Limit, judge_draw
from assay.solvers import Request
from assay.statistics import clopper_pearson_lower, clopper_pearson_upper, draw

HERE = Path(__file__).parent
ERROR = 0.01
TOLERANCE = 1e-6


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the points, hold every row against them, write the result."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("programme", nargs="?", default=str(HERE.parent / "examples" / "bracket"))
    parser.add_argument("--points", type=int, default=2000)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--out", default=str(HERE / "results" / "bracket_truth.json"))
    parser.add_argument(
        "--store", default="", help="folder that keeps unfinished runs; default a temporary one"
    )
    options = parser.parse_args(arguments)
    programme = load(Path(options.programme).resolve())
    with open_store(programme.folder) as store:
        walked = walk(
            Looking(store, read_ledger(programme.folder)), programme, tuple(programme.configurations)
        )
    folder = Path(options.store or tempfile.mkdtemp(prefix="truth-"))
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for name, configuration in programme.configurations.items():
        for study in {c.study.name: c.study for c in walked.configurations[name].setting.claims}.values():
            rows += hold_against(walked, configuration, study, options.points, options.workers, folder)
    document = {
        "schema": "assay.benchmark/1",
        "benchmark": "bracket_truth",
        "programme": programme.name,
        "date": datetime.now(UTC).date().isoformat(),
        "machine": {
            "cores": os.cpu_count(),
            "processor": platform.machine(),
            "python": platform.python_version(),
        },
        "solvers": {s.study.name: s.solver.version for s in walked.studies.values()},
        "points": options.points,
        "error": ERROR,
        "rows": rows,
        "contradictions": [row for row in rows if not row["holds"]],
    }
    Path(options.out).write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    for row in rows:
        sys.stdout.write(f"{'holds' if row['holds'] else 'CONTRADICTED'}  {row['criterion']:<14} "
                         f"{row['configuration']:<12} {row['verdict']:<12} {row['told']}\n")  # fmt: skip
    sys.stdout.write(f"{len(rows)} rows, {len(document['contradictions'])} contradictions\n")
    return 1 if document["contradictions"] else 0


def hold_against(
    walked: Walked, configuration: Configuration, study: Study, count: int, workers: int, folder: Path
) -> list[dict[str, Any]]:
    """Run one configuration's points of one study and judge its criteria."""
    found = walked.configurations[configuration.name]
    claims = [c for c in found.setting.claims if c.study.name == study.name]
    spec = walked.studies[study.name].solver
    seed = seed_of("truth", configuration.name, solver_recipe(study, spec, finest(study)), count)
    extra = inner_rows(study, claims, seed, count)
    base = union_rows([row for claim in claims for row in claim.rows])
    names, laws, correlation = joint_law(study, configuration, set())
    values = draw(laws, correlation, seed, 0, count)
    nominal = nominal_values(study, configuration)
    points = [
        point(
            i, {**nominal, **dict(zip(names, row.tolist(), strict=True))}, (*base, *extra[i]), finest(study)
        )
        for i, row in enumerate(values)
    ]
    table = run(f"{study.name}@{configuration.name}/truth", study, spec, points, seed, workers, folder)
    broken = broken_declarations(study, claims, table)
    finer = run_finer(study, spec, nominal, base, workers, folder, configuration.name, seed)
    showings = found.showings
    return [
        judged
        for claim in claims
        if (record := showings.get(claim.criterion.id)) is not None
        for judged in judge(
            walked, claim, ShowingPayload.model_validate(record.payload), table, broken, finer, count
        )
    ]


def point(
    index: int, factors: Mapping[str, float], rows: Sequence[RowSpec], level: Mapping[str, float]
) -> Point:
    """Return one point; a draw outside a range is run all the same: it is the truth that is wanted."""
    request = Request(dict(factors), tuple(row.values for row in rows), dict(level))
    return Point(index, request, tuple(row.key for row in rows))


def run(
    subject: str, study: Study, spec: Any, points: Sequence[Point], seed: str, workers: int, folder: Path
) -> list[Row]:
    """Run a block in a store of its own, resumable, with progress on stderr."""
    recipe = seed_of(subject, seed, [rows_json([]), len(points)])
    block = Block(
        subject=subject, purpose="validation", study=study.name, configuration=None, recipe=recipe, inputs={},
        points=tuple(points), quantities=tuple(study.quantities), level=finest(study), spec=spec, seed=seed,
        time_limit=study.time_limit,
    )  # fmt: skip

    def tell(progress: Any) -> None:
        if progress.done % 50 == 0 or progress.done == progress.total:
            sys.stderr.write(f"\r{subject}: {progress.done}/{progress.total}, {progress.failed} failed ")

    pool = WorkerPool(workers)
    with open_store(folder) as store:
        record = run_block(store, block, executor_factory=lambda: pool, progress=tell)
        table = read_table(store.blob(record.blobs["table"]))
    pool.shutdown()
    sys.stderr.write("\n")
    return list(table)


def inner_rows(study: Study, claims: Sequence[Claim], seed: str, count: int) -> list[tuple[RowSpec, ...]]:
    """Return, for each draw, rows that would show a broken declaration."""
    groups, generator = distinct_groups(study), philox(seed_of("inner", seed))
    polytopes = {p.criterion.id: p.criterion.holds for p in claims if isinstance(p.criterion.holds, Over)}
    made = []
    for _ in range(count):
        rows = []
        for number, group in enumerate(groups):
            start, end = ({n: _uniform(study, n, generator) for n in group} for _ in range(2))
            weight = 0.2 + 0.6 * generator.random()
            between = {n: weight * start[n] + (1 - weight) * end[n] for n in group}
            rows += [_row(f"start#{number}", start), _row(f"end#{number}", end)]
            rows.append(_row(f"between#{number}#{weight!r}", between))
        for name, holds in polytopes.items():
            weights = generator.dirichlet(np.ones(len(holds.vertices)))
            inside = {
                n: float(sum(w * v[n] for w, v in zip(weights, holds.vertices, strict=True)))
                for n in holds.factors
            }
            rows.append(_row(f"inside:{name}", inside))
        made.append(tuple(rows))
    return made


def _uniform(study: Study, name: str, generator: Any) -> float:
    low, high = study.factors[name].envelope
    return float(low + (high - low) * generator.random())


def _row(key: str, values: Mapping[str, float]) -> RowSpec:
    return RowSpec(key, tuple(sorted(values.items())))


def broken_declarations(study: Study, claims: Sequence[Claim], table: Sequence[Row]) -> dict[str, int]:
    """Return, by quantity, how many of the points break a declaration or leave the corners' bound."""
    groups = distinct_groups(study)
    by_draw: dict[int, dict[str, Row]] = {}
    for row in table:
        if row.state == "ok":
            by_draw.setdefault(row.index, {})[row.row] = row
    broken: dict[str, int] = {}
    nominal = [rows[""] for rows in by_draw.values() if "" in rows]
    for quantity in {d.quantity for d in study.declarations if d.kind in SIGNS}:
        broken[quantity] = out_of_order(study, quantity, nominal)
    for rows in by_draw.values():
        for declaration in study.declarations:
            if declaration.kind in SIGNS:
                continue
            for group in declaration.groups:
                if _breaks(rows, declaration.quantity, declaration.kind, groups.index(group)):
                    broken[declaration.quantity] = broken.get(declaration.quantity, 0) + 1
        for claim in claims:
            inside = rows.get(f"inside:{claim.criterion.id}")
            corners = [rows[spec.key] for spec in claim.rows if spec.key in rows]
            if inside is None or not corners:
                continue
            name = claim.criterion.quantity
            top = max(row.quantities[name] for row in corners)
            if inside.quantities[name] > top * (1 + TOLERANCE):
                broken[name] = broken.get(name, 0) + 1
    return broken


def out_of_order(study: Study, quantity: str, rows: Sequence[Row]) -> int:
    """Return how many draws have a smaller value than one that the declared signs put below them."""
    signs = signs_of(study.declarations, quantity)
    rest = [n for n in study.factors if n not in signs]
    if any(row.factors[n] != rows[0].factors[n] for row in rows for n in rest):
        raise SystemExit(f"{quantity}: a factor without a declared sign varies, no two draws are in order")
    points = np.array([[sign * row.factors[n] for n, sign in signs.items()] for row in rows])
    return fallen(points, np.array([row.quantities[quantity] for row in rows]))


def _breaks(rows: Mapping[str, Row], quantity: str, kind: str, group: int) -> bool:
    between = next((row for key, row in rows.items() if key.startswith(f"between#{group}#")), None)
    start, end = rows.get(f"start#{group}"), rows.get(f"end#{group}")
    if between is None or start is None or end is None or kind == "homogeneous_in":
        return False
    weight = float(between.row.rsplit("#", 1)[1])
    a, b, c = (row.quantities[quantity] for row in (start, end, between))
    gap = (c - (weight * a + (1 - weight) * b)) / (max(abs(a), abs(b), abs(c)) or 1.0)
    return abs(gap) > TOLERANCE if kind == "linear_in" else gap > TOLERANCE


def run_finer(
    study: Study,
    spec: Any,
    nominal: Mapping[str, float],
    rows: Sequence[RowSpec],
    workers: int,
    folder: Path,
    name: str,
    seed: str,
) -> dict[str, Row]:
    """Run the nominal point one level finer than the finest."""
    ladder = levels(study)
    level = {knob: ladder[-1][knob] ** 2 / ladder[-2][knob] for knob in ladder[-1]}
    table = run(
        f"{study.name}@{name}/finer", study, spec, [point(0, nominal, rows, level)], seed, workers, folder
    )
    return {row.row: row for row in table}


def judge(
    walked: Walked,
    claim: Claim,
    payload: ShowingPayload,
    table: Sequence[Row],
    broken: Mapping[str, int],
    finer: Mapping[str, Row],
    count: int,
) -> list[dict[str, Any]]:
    """Hold each part of a showing against the points."""
    by_draw: dict[int, dict[str, Row]] = {}
    for row in table:
        by_draw.setdefault(row.index, {})[row.row] = row
    results = []
    for part, spec in zip(payload.parts, claim.parts, strict=False):
        if payload.charge is None:
            continue
        product = 1.0
        for factor in demand_factors(claim, spec, walked.programme.packs):
            product *= factor.value
        limit = Limit(payload.sense, part.limits, product, payload.charge)
        name = payload.quantity
        draws = [
            judge_draw([rows[s.key] for s in spec.rows], name, limit) for _, rows in sorted(by_draw.items())
        ]
        violating = sum(d.state is not State.WITHIN for d in draws)
        verdict = part.verdict if payload.verdict != "NOT SHOWN" else "NOT SHOWN"
        holds, told = True, f"{violating} of {count} not within"
        if verdict in {"SHOWN", "SHOWN GIVEN"} and part.allowed is not None:
            lower = clopper_pearson_lower(violating, count, ERROR)
            holds, told = (
                lower <= part.allowed,
                f"{told}, lower limit {lower:.5f}, allowed {part.allowed:.5f}",
            )
        elif verdict in {"SHOWN", "SHOWN GIVEN"}:
            row = finer[part.rows[0]]
            state = state_of(row.quantities[name], limit)
            holds, told = state is not State.BEYOND, f"nominal one level finer: {state}"
        elif verdict == "REFUTED" and part.allowed is not None:
            upper = clopper_pearson_upper(sum(d.state is State.BEYOND for d in draws), count, ERROR)
            holds, told = (
                upper >= part.allowed,
                f"{told}, upper limit {upper:.5f}, allowed {part.allowed:.5f}",
            )
        elif verdict == "REFUTED" and part.deciding is not None:
            row = finer[part.deciding.row]
            state = state_of(row.quantities[name], limit)
            holds, told = state is State.BEYOND, f"proving run one level finer: {state}"
        if verdict == "SHOWN GIVEN":
            holds, told = holds and not broken.get(name), f"{told}; {broken.get(name, 0)} declarations broken"
        results.append(
            {
                "criterion": payload.criterion,
                "case": part.case,
                "configuration": payload.configuration,
                "verdict": verdict,
                "holds": bool(holds),
                "told": told,
            }
        )
    return results


if __name__ == "__main__":
    raise SystemExit(main())
