"""What happens in a worker process: one point is solved and judged."""

from __future__ import annotations

import math
import multiprocessing
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from assay.campaign.fields import write_field
from assay.campaign.points import Point
from assay.campaign.tables import Row
from assay.errors import AssayError, EvidenceError
from assay.solvers import Response, Solver, SolverError, SolverSpec, open_solver

_REASON = re.compile(r"[a-z][a-z0-9-]{0,39}")


@dataclass(frozen=True)
class Task:
    """One point with what is needed to judge its responses."""

    spec: SolverSpec
    point: Point
    quantities: tuple[str, ...]
    check_limits: Mapping[str, float]


@dataclass(frozen=True)
class Outcome:
    """What came of one run."""

    rows: tuple[Row, ...]
    fields: tuple[Mapping[str, bytes], ...]
    """For each row, quantity to the bytes of its field."""
    seconds: float
    message: str
    """Why the run failed, for the journal; empty if it did not."""


def run_point(task: Task) -> Outcome:
    """Solve one point; a failure of the solver is an outcome, not an exception.

    Raises
    ------
    AssayError
        If no run of this solver can succeed: the user's file cannot be loaded, was changed, or the
        program that computes is another one.
    """
    started = time.perf_counter()
    if task.point.refused is not None:
        return failed(task.point, task.point.refused, "not run", 0.0)
    try:
        responses = _responses(task)
        judged = [
            _judge(task, row, answer) for row, answer in zip(blank_rows(task.point), responses, strict=True)
        ]
    except AssayError:
        raise
    except SolverError as error:
        return failed(task.point, error.reason, error.message, time.perf_counter() - started)
    except BaseException as error:  # noqa: BLE001 (SystemExit and MemoryError of a solver are crashes too)
        message = f"{type(error).__name__}: {error}"
        return failed(task.point, "crash", message, time.perf_counter() - started)
    return Outcome(
        rows=tuple(row for row, _, _ in judged),
        fields=tuple(fields for _, fields, _ in judged),
        seconds=time.perf_counter() - started,
        message="; ".join(message for _, _, message in judged if message),
    )


def _responses(task: Task) -> tuple[Response, ...]:
    responses = tuple(ready_solver(task.spec).solve(task.point.request))
    if len(responses) != len(task.point.keys):
        raise SolverError("bad-output", f"{len(responses)} responses for {len(task.point.keys)} rows")
    return responses


def failed(point: Point, reason: str, message: str, seconds: float) -> Outcome:
    """Return the outcome of a run that failed as a whole."""
    return Outcome(
        rows=tuple(_fail(row, reason) for row in blank_rows(point)),
        fields=tuple({} for _ in point.keys),
        seconds=seconds,
        message=message or reason,
    )


@lru_cache(maxsize=4)
def ready_solver(spec: SolverSpec) -> Solver:
    """Return the solver, loaded once a process and held to one thread in a worker."""
    solver = open_solver(spec)
    if multiprocessing.parent_process() is not None:
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

        # a library loaded by the user's file may not heed the environment: two threads make two results
        threadpool_limits(limits=1)
    return solver


def prepare(spec: SolverSpec) -> None:
    """Load what a run needs ahead of its time limit; what goes wrong here goes wrong in the run too."""
    ready_solver(spec)


def blank_rows(point: Point) -> list[Row]:
    """Return the rows of a point with their factors and nothing else."""
    return [
        Row(
            index=point.index,
            row=key,
            factors={name: float(value) for name, value in {**point.request.factors, **override}.items()},
            state="ok",
        )
        for key, override in zip(point.keys, point.request.rows, strict=True)
    ]


def _fail(row: Row, reason: str) -> Row:
    return replace(row, state="failed", reason=reason if _REASON.fullmatch(reason) else "crash")


def _judge(task: Task, row: Row, answer: Response) -> tuple[Row, dict[str, bytes], str]:
    """Return the row as it goes into the table, its fields, and a message where it failed."""
    fault = _fault(task, answer)
    if fault is not None:
        return _fail(row, fault[0]), {}, f"{row.row or 'draw'}: {fault[1]}"
    try:
        fields = {name: write_field(answer.fields[name]) for name in task.point.request.fields}
    except EvidenceError as error:
        return _fail(row, "bad-output"), {}, f"{row.row or 'draw'}: {error.message}"
    complete = replace(
        row,
        quantities={name: float(answer.quantities[name]) for name in task.quantities},
        places={name: tuple(map(float, place)) for name, place in answer.places.items()},
        checks={name: float(value) for name, value in answer.checks.items()},
    )
    return complete, fields, ""


def _fault(task: Task, answer: Response) -> tuple[str, str] | None:
    """Return reason and message if a response may not be used."""
    missing = sorted(set(task.quantities) - set(answer.quantities))
    unknown = sorted(set(answer.quantities) - set(task.quantities))
    without = sorted(set(task.point.request.fields) - set(answer.fields))
    if missing or unknown or without:
        return "bad-output", f"missing {missing}, not asked for {unknown}, without field {without}"
    numbers = {**answer.quantities, **answer.checks}
    wrong = sorted(name for name, value in numbers.items() if not math.isfinite(value))
    wrong += sorted(name for name, place in answer.places.items() if not all(map(math.isfinite, place)))
    if wrong:
        return "nan", f"not finite: {', '.join(wrong)}"
    for name, limit in task.check_limits.items():
        if abs(answer.checks.get(name, 0.0)) > limit:
            return "unbalanced", f"{name} is {answer.checks[name]:.3g}, allowed {limit:.3g}"
    return None
