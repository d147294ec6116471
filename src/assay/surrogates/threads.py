"""One thread of linear algebra: sums in one order, hence the same bits with any number of cores."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

_held = threading.local()


@contextmanager
def one_thread(*, anew: bool = False) -> Iterator[None]:
    """Limit every BLAS and OpenMP library that is loaded to one thread.

    Within another `one_thread` nothing is done, for the search through the process's libraries
    takes 5 ms, unless `anew` says that a library may have been loaded since.
    """
    if getattr(_held, "inside", False) and not anew:
        yield
        return
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    outer = getattr(_held, "inside", False)
    _held.inside = True
    try:
        with threadpool_limits(limits=1):
            yield
    finally:
        _held.inside = outer
