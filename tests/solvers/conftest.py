"""Parts with closed-form answers, and a way to ask the adapter `ngsolve` about them."""

from collections.abc import Callable, Mapping

import pytest

from assay.solvers import Request, Response
from assay.solvers.elasticity import Displacement, Loads, Material, Part, Swept

YOUNG, DENSITY = 70000.0, 2.7e-9
LENGTH, WIDTH, HEIGHT = 200.0, 8.0, 10.0


@pytest.fixture
def ask() -> Callable[[Part], Response]:
    """Solve a part, one row anew."""
    from assay.solvers.ngsolve import NgsolveSolver

    def one(part: Part, factors: Mapping[str, float] | None = None, **changes: object) -> Response:
        (answer,) = NgsolveSolver(lambda *_: part).solve(Request(factors or {}, ({},), {}, **changes))
        return answer

    return one


@pytest.fixture
def beam() -> Callable[..., Part]:
    """A cantilever along x, 200 x 8 x 10 mm, that 100 N bend down: as slender as beam theory wants it.

    Without Poisson's effect the clamped end is the theory's own.
    """
    from netgen.occ import Axes, WorkPlane, X, Y

    def built(along: int = 12, across: int = 1, **changes: object) -> Part:
        drawing = WorkPlane(Axes(p=(0, 0, 0), n=-Y, h=X)).LineTo(LENGTH, 0, name="along")
        drawing.LineTo(LENGTH, HEIGHT, name="tip").LineTo(0, HEIGHT).LineTo(0, 0, name="wall")
        part = {
            "shape": Swept([drawing.Face()], (0.0, WIDTH, 0.0), across, {"along": along, "tip": across}),
            "material": Material(YOUNG, 0.0, DENSITY),
            "supports": ["wall"],
            "loads": lambda _: Loads(forces={"tip": (0.0, 0.0, -100.0)}),
            "quantities": {"drop": Displacement("tip", (0.0, 0.0, -1.0))},
        }
        return Part(**{**part, **changes})

    return built
