from __future__ import annotations

import numpy as np
from threadpoolctl import threadpool_info

from assay.surrogates.threads import one_thread


def test_linear_algebra_runs_on_one_thread_inside_and_as_before_outside() -> None:
    np.linalg.cholesky(np.eye(3))
    before = [library["num_threads"] for library in threadpool_info()]
    assert before
    with one_thread():
        assert {library["num_threads"] for library in threadpool_info()} == {1}
        with one_thread(), one_thread(anew=True):
            assert {library["num_threads"] for library in threadpool_info()} == {1}
        assert {library["num_threads"] for library in threadpool_info()} == {1}
    assert [library["num_threads"] for library in threadpool_info()] == before
