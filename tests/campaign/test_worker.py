"""What a solver says is judged before it is kept."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor

import numpy as np
import pytest

from assay.campaign import Block, Point, read_field, read_table, run_block
from assay.campaign import worker as worker_module
from assay.evidence import Store
from assay.solvers import Field, Request, Response

Make = Callable[..., Block]


class _FieldSolver:
    superposes = False

    def __init__(self, equilibrium: float, values: list[float]) -> None:
        self._equilibrium = equilibrium
        self._values = values

    def version(self) -> str:
        return "fields"

    def solve(self, request: Request) -> list[Response]:
        corners = np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0]])
        field = Field(corners, np.array([[0, 1, 2]]), np.array(self._values), "node", "MPa", "mm")
        checks = {"equilibrium": self._equilibrium, "dof": 9800.0}
        fields = dict.fromkeys(request.fields, field)
        return [Response({"stress": 1.0}, {"stress": (1.0, 2.0, 3.0)}, checks, fields) for _ in request.rows]


def _with_fields(block: Block) -> Block:
    point = block.points[0]
    request = Request(point.request.factors, ({},), {}, fields=("stress",))
    return Block(**{**vars(block), "points": (Point(4, request, ("",)),), "purpose": "picture"})


def test_fields_are_blobs_named_by_row(
    make_block: Make, store: Store, threads: Callable[[], Executor], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "ready_solver", lambda _: _FieldSolver(1e-12, [1.0, 2.0, 3.0]))
    record = run_block(store, _with_fields(make_block(1)), executor_factory=threads)
    (row,) = read_table(store.blob(record.blobs["table"]))
    assert row.fields == {"stress": record.blobs["field/4//stress"]}
    assert row.places == {"stress": (1.0, 2.0, 3.0)}
    field = read_field(store.blob(row.fields["stress"]))
    assert field.values.tolist() == [[1.0], [2.0], [3.0]]
    assert field.unit == "MPa"


@pytest.mark.parametrize(
    ("equilibrium", "values", "reason"),
    [(1e-5, [1.0, 2.0, 3.0], "unbalanced"), (-1e-5, [1.0, 2.0, 3.0], "unbalanced"),
     (float("nan"), [1.0, 2.0, 3.0], "nan"), (0.0, [1.0, float("nan"), 3.0], "bad-output"),
     (0.0, [1.0, 2.0], "bad-output")],
)  # fmt: skip
def test_what_a_solver_says_is_judged(
    make_block: Make,
    store: Store,
    threads: Callable[[], Executor],
    monkeypatch: pytest.MonkeyPatch,
    equilibrium: float,
    values: list[float],
    reason: str,
) -> None:
    monkeypatch.setattr(worker_module, "ready_solver", lambda _: _FieldSolver(equilibrium, values))
    record = run_block(store, _with_fields(make_block(1)), executor_factory=threads)
    (row,) = read_table(store.blob(record.blobs["table"]))
    assert (row.state, row.reason) == ("failed", reason)
