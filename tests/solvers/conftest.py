"""Parts with closed-form answers, and a way to ask the adapter `ngsolve` about them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pytest

from assay.solvers import Request, Response
from assay.solvers.elasticity import Displacement, Loads, Material, Part, Swept


@dataclass(frozen=True)
class Cantilever:
    """The beam that the tests share: along x, bent by 100 N downwards; in mm, N, MPa and t."""

    length: float = 200.0
    width: float = 8.0
    height: float = 10.0
    young: float = 70000.0
    density: float = 2.7e-9

    @property
    def area(self) -> float:
        """Return the cross-section."""
        return self.width * self.height

    @property
    def inertia(self) -> float:
        """Return the second moment of area against bending downwards."""
        return self.width * self.height**3 / 12.0

    @property
    def weak(self) -> float:
        """Return the second moment of area against bending sideways."""
        return self.width**3 * self.height / 12.0

    @property
    def shear_stiffness(self) -> float:
        """Return shear modulus times the area that Timoshenko counts, without Poisson's effect."""
        return self.young / 2.0 * self.area * 5.0 / 6.0


BEAM = Cantilever()


@pytest.fixture(scope="session")
def cantilever() -> Cantilever:
    """Return the numbers of the beam that `beam` builds, for closed forms."""
    return BEAM


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
    """The cantilever, with changes: as slender as beam theory wants it.

    Without Poisson's effect the clamped end is the theory's own.
    """
    from netgen.occ import Axes, WorkPlane, X, Y

    def built(along: int = 12, across: int = 1, **changes: object) -> Part:
        drawing = WorkPlane(Axes(p=(0, 0, 0), n=-Y, h=X)).LineTo(BEAM.length, 0, name="along")
        drawing.LineTo(BEAM.length, BEAM.height, name="tip").LineTo(0, BEAM.height).LineTo(0, 0, name="wall")
        part = {
            "shape": Swept([drawing.Face()], (0.0, BEAM.width, 0.0), across, {"along": along, "tip": across}),
            "material": Material(BEAM.young, 0.0, BEAM.density),
            "supports": ["wall"],
            "loads": lambda _: Loads(forces={"tip": (0.0, 0.0, -100.0)}),
            "quantities": {"drop": Displacement("tip", (0.0, 0.0, -1.0))},
        }
        return Part(**{**part, **changes})

    return built
