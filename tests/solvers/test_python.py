"""Physics as a Python function."""

from __future__ import annotations

import numpy as np
import pytest

from assay.solvers import Request, SolverError
from assay.solvers.python import PythonSolver


def request(*rows: dict[str, float], **settings: float) -> Request:
    return Request(factors={"load": 6.0, "area": 2.0}, rows=rows or ({},), settings=settings)


def test_each_row_is_computed_with_its_overrides() -> None:
    solver = PythonSolver(lambda factors, _: {"stress": factors["load"] / factors["area"]})
    answers = solver.solve(request({}, {"load": 8.0}, {"area": 3.0}))
    assert [answer.quantities for answer in answers] == [{"stress": 3.0}, {"stress": 4.0}, {"stress": 2.0}]


def test_the_function_cannot_change_what_the_next_row_sees() -> None:
    def spoil(factors: dict[str, float], settings: dict[str, float]) -> dict[str, float]:
        answer = {"load": factors["load"], "mesh": settings["mesh"]}
        factors.clear()
        settings.clear()
        return answer

    answers = PythonSolver(spoil).solve(request({}, {}, mesh=5.0))
    assert [answer.quantities for answer in answers] == [{"load": 6.0, "mesh": 5.0}] * 2


def test_numbers_of_numpy_are_numbers() -> None:
    (answer,) = PythonSolver(lambda _, __: {"a": np.float64(1.5), "b": np.int64(2), "c": 3}).solve(request())
    assert answer.quantities == {"a": 1.5, "b": 2.0, "c": 3.0}
    assert all(type(value) is float for value in answer.quantities.values())


@pytest.mark.parametrize(
    "answer", [None, 1.0, [("a", 1.0)], {"a": "1"}, {"a": None}, {"a": True}, {"a": 1j}, {"a": [1, 2]}]
)
def test_anything_else_is_bad_output(answer: object) -> None:
    with pytest.raises(SolverError) as caught:
        PythonSolver(lambda _, __: answer).solve(request())
    assert caught.value.reason == "bad-output"


def test_it_gives_no_fields() -> None:
    with pytest.raises(SolverError, match="no fields"):
        PythonSolver(lambda _, __: {"a": 1.0}).solve(Request({}, ({},), {}, fields=("a",)))


# loading
