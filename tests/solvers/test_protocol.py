"""What travels between Assay and a solver survives the way to a worker and back."""

from __future__ import annotations

import pickle

import numpy as np

from assay.solvers import Field, Request, Response, SolverError


def test_a_solver_error_keeps_reason_and_message_on_its_way_from_a_worker() -> None:
    error = pickle.loads(pickle.dumps(SolverError("not-converged", "residual 3 after 50 steps")))  # noqa: S301 (made here)
    assert (error.reason, error.message) == ("not-converged", "residual 3 after 50 steps")
    assert str(error) == error.message


def test_a_request_stands_alone_and_asks_for_nothing_by_default() -> None:
    request = Request(factors={"load": 1.0}, rows=({},), settings={})
    assert request.superpose == ()
    assert request.fields == ()


def test_a_response_carries_its_field() -> None:
    points, cells = np.zeros((3, 3)), np.array([[0, 1, 2]])
    field = Field(points, cells, np.ones((3, 1)), "node", "MPa", "mm")
    response = Response({"stress": 1.0}, fields={"stress": field})
    assert response.fields["stress"].components == ("value",)
    assert response.places == response.checks == {}
