"""Does the adapter solve the equations of elasticity right? Closed forms are the judges."""

import math
from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.solvers import Request, Response
from assay.solvers.elasticity import (
    KG,
    Attached,
    Displacement,
    Free,
    Frequency,
    G,
    Loads,
    Mass,
    Material,
    MaxVonMises,
    Part,
    Swept,
)
from assay.solvers.ngsolve import NgsolveSolver

YOUNG, DENSITY = 70000.0, 2.7e-9
LENGTH, WIDTH, HEIGHT = 200.0, 8.0, 10.0
NO_POISSON = Material(YOUNG, 0.0, DENSITY)
"""Without Poisson's effect the clamped end is the beam theory's own."""


def answer(part: Part, rows: tuple[Mapping[str, float], ...] = ({},)) -> list[Response]:
    return list(NgsolveSolver(lambda *_: part).solve(Request({}, rows, {})))


def one(part: Part) -> Mapping[str, float]:
    return answer(part)[0].quantities


def beam(along: int = 12, across: int = 1, **changes: object) -> Part:
    from netgen.occ import Axes, WorkPlane, X, Y

    drawing = WorkPlane(Axes(p=(0, 0, 0), n=-Y, h=X)).LineTo(LENGTH, 0, name="along")
    drawing.LineTo(LENGTH, HEIGHT, name="tip").LineTo(0, HEIGHT).LineTo(0, 0, name="wall")
    part = {
        "shape": Swept([drawing.Face()], (0.0, WIDTH, 0.0), across, {"along": along, "tip": across}),
        "material": NO_POISSON,
        "supports": ["wall"],
        "loads": lambda _: Loads(forces={"tip": (0.0, 0.0, -100.0)}),
        "quantities": {"drop": Displacement("tip", (0.0, 0.0, -1.0))},
    }
    return Part(**{**part, **changes})


AREA, INERTIA = WIDTH * HEIGHT, WIDTH * HEIGHT**3 / 12.0
SHEAR = 100.0 * LENGTH / (YOUNG / 2.0 * AREA * 5.0 / 6.0)


def test_a_cantilever_bends_as_timoshenko_says() -> None:
    exact = 100.0 * LENGTH**3 / (3.0 * YOUNG * INERTIA) + SHEAR
    assert one(beam())["drop"] == pytest.approx(exact, rel=1e-3)


def test_a_moment_on_a_patch_bends_as_beam_theory_says() -> None:
    turned = beam(loads=lambda _: Loads(moments={"tip": (0.0, 5000.0, 0.0)}))
    assert one(turned)["drop"] == pytest.approx(5000.0 * LENGTH**2 / (2.0 * YOUNG * INERTIA), rel=1e-3)


def test_own_weight_bends_as_beam_theory_says() -> None:
    weight = DENSITY * AREA * 3.0 * G
    exact = weight * LENGTH**4 / (8.0 * YOUNG * INERTIA) + weight * LENGTH**2 / 2.0 / (
        YOUNG / 2.0 * AREA * 5.0 / 6.0
    )
    heavy = beam(loads=lambda _: Loads(inertia=(0.0, 0.0, -3.0 * G)))
    assert one(heavy)["drop"] == pytest.approx(exact, rel=1e-3)


def test_an_attached_mass_pulls_with_force_and_moment() -> None:
    held = {"tip": Attached(2.0 * KG, centre=(30.0, 0.0, 0.0))}
    hung = beam(
        loads=lambda _: Loads(inertia=(0.0, 0.0, -G), attached=held), material=Material(YOUNG, 0.0, 1e-16)
    )
    force = 2.0 * KG * G
    forced = beam(
        loads=lambda _: Loads(forces={"tip": (0.0, 0.0, -force)}, moments={"tip": (0.0, 30.0 * force, 0.0)})
    )
    assert one(hung)["drop"] == pytest.approx(one(forced)["drop"], rel=1e-6)


@given(angle=st.floats(0.0, 6.28), pull=st.floats(1.0, 1e4))
@settings(max_examples=5)
def test_displacement_is_a_vector_and_linear_in_the_load(angle: float, pull: float) -> None:
    force = (0.0, pull * math.cos(angle), pull * math.sin(angle))
    part = beam(
        along=3,
        loads=lambda _: Loads(forces={"tip": force}),
        quantities={"size": Displacement("tip"), "y": Displacement("tip", (0.0, 1.0, 0.0)),
                    "z": Displacement("tip", (0.0, 0.0, 1.0)), "x": Displacement("tip", (1.0, 0.0, 0.0))},
    )  # fmt: skip
    found = one(part)
    assert found["size"] == pytest.approx(math.hypot(found["x"], found["y"], found["z"]), rel=1e-12)
    unit = one(beam(along=3, loads=lambda _: Loads(forces={"tip": (0.0, 0.0, 1.0)})))["drop"]
    assert found["z"] == pytest.approx(-unit * pull * math.sin(angle), rel=1e-6, abs=1e-9 * pull)


def test_a_constant_stress_is_found_exactly_on_a_distorted_mesh() -> None:
    from netgen.occ import WorkPlane

    def side(start: float, start_up: float, end: float, end_up: float, name: str) -> object:
        drawing = WorkPlane().MoveTo(start, 0).LineTo(end, 0).LineTo(end_up, 10, name=None)
        face = drawing.LineTo(start_up, 10, name=name).LineTo(start, 0).Face()
        for edge in face.edges:
            x = edge.center.x
            edge.name = "wall" if x == 0.0 else "end" if x == 40.0 else name if edge.center.y == 10 else None
        return face

    faces = [side(0, 0, 12, 17, "skin"), side(12, 17, 26, 22, "skin"), side(26, 22, 40, 40, "skin")]
    part = Part(
        shape=Swept(faces, (0.0, 0.0, 5.0), 2, {"wall": 2}),
        material=NO_POISSON,
        supports=["wall"],
        loads=lambda _: Loads(forces={"end": (5000.0, 0.0, 0.0)}),
        quantities={"stress": MaxVonMises("skin"), "moved": Displacement("end", (1.0, 0.0, 0.0))},
    )
    found = one(part)
    assert found["stress"] == pytest.approx(100.0, rel=1e-9)
    assert found["moved"] == pytest.approx(100.0 * 40.0 / YOUNG, rel=1e-9)


# ----------------------------------------------------------------------------------- curved beam

INNER, OUTER, THICK = 20.0, 40.0, 4.0


def bend(k: int) -> Part:
    """Half a ring, clamped at one end and bent by a moment: in its middle Golovin's solution is exact."""
    from netgen.occ import WorkPlane

    def sector(number: int) -> object:
        turn, back = math.radians(36 * number), math.radians(36 * (number + 1))
        drawing = WorkPlane().MoveTo(OUTER * math.cos(turn), OUTER * math.sin(turn))
        drawing.Direction(-math.sin(turn), math.cos(turn)).Arc(OUTER, 36)
        drawing.LineTo(INNER * math.cos(back), INNER * math.sin(back), name="end" if number == 4 else None)
        drawing.Direction(math.sin(back), -math.cos(back)).Arc(
            INNER, -36, name="inside" if number == 2 else "beside"
        )
        return drawing.LineTo(
            OUTER * math.cos(turn), OUTER * math.sin(turn), name="wall" if number == 0 else None
        ).Face()

    return Part(
        shape=Swept(
            [sector(number) for number in range(5)],
            direction=(0.0, 0.0, THICK),
            layers=1,
            divisions={"inside": k, "beside": k, "wall": k},
        ),
        material=NO_POISSON,
        supports=["wall"],
        loads=lambda _: Loads(moments={"end": (0.0, 0.0, 8000.0)}),
        quantities={"stress": MaxVonMises("inside"), "moved": Displacement("end")},
    )


def golovin() -> float:
    """Stress on the inside of a curved bar in pure bending (Timoshenko and Goodier, section 29)."""
    a, b = INNER, OUTER
    n = (b**2 - a**2) ** 2 - 4.0 * a**2 * b**2 * math.log(b / a) ** 2
    return 4.0 * 8000.0 / (n * THICK) * (2.0 * b**2 * math.log(b / a) - (b**2 - a**2))


def test_a_curved_bar_converges_to_golovins_stress_in_second_order() -> None:
    coarse, fine = (abs(one(bend(k))["stress"] / golovin() - 1.0) for k in (6, 12))
    assert fine < 1e-3
    assert math.log2(coarse / fine) > 1.7


def test_displacement_converges_faster_than_stress() -> None:
    found = [one(bend(k))["moved"] for k in (2, 4, 8)]
    order = math.log2(abs(found[0] - found[1]) / abs(found[1] - found[2]))
    assert order > 2.5


def test_curved_edges_carry_the_true_area() -> None:
    part = bend(2)
    weighed = Part(
        part.shape, part.material, part.supports, part.loads, {"mass": Mass(1.0 / (DENSITY * THICK))}
    )
    assert one(weighed)["mass"] == pytest.approx(math.pi / 2.0 * (OUTER**2 - INNER**2), rel=2e-4)


# ------------------------------------------------------------------------------------ frequencies


def test_a_bare_beam_vibrates_as_euler_says() -> None:
    part = beam(quantities={"f": Frequency()}, loads=lambda _: Loads())
    per_length = DENSITY * AREA
    weak = WIDTH**3 * HEIGHT / 12.0
    exact = 1.8751040687**2 / (2.0 * math.pi * LENGTH**2) * math.sqrt(YOUNG * weak / per_length)
    assert one(part)["f"] == pytest.approx(exact, rel=3e-3)


def test_a_heavy_tip_vibrates_as_a_spring_does() -> None:
    mass = 5.0 * KG
    part = beam(
        quantities={"f": Frequency()}, loads=lambda _: Loads(attached={"tip": Attached(mass, (0, 0, 0))})
    )
    stiffness = 3.0 * YOUNG * (WIDTH**3 * HEIGHT / 12.0) / LENGTH**3
    moving = mass + 33.0 / 140.0 * DENSITY * AREA * LENGTH  # Rayleigh
    assert one(part)["f"] == pytest.approx(math.sqrt(stiffness / moving) / (2.0 * math.pi), rel=2e-3)


@pytest.mark.parametrize("mass", [0.0, 0.001, 0.05, 4.0])
@pytest.mark.parametrize("offset", [0.0, 25.0])
def test_the_small_space_finds_the_same_frequency_as_the_whole_matrix(mass: float, offset: float) -> None:
    import ngsolve

    from assay.solvers.ngsolve_mesh import mesh_part
    from assay.solvers.ngsolve_modes import Modes
    from assay.solvers.ngsolve_solution import System

    ngsolve.SetNumThreads(1)
    part, meshed = mesh_part(lambda: beam(along=4))
    system = System(part, meshed)
    attached = {"tip": Attached(mass * KG, (0.0, offset, 7.0))}
    found = Modes(system).frequency(attached)

    trial, test = system.space.TnT()
    form = ngsolve.BilinearForm(DENSITY * ngsolve.InnerProduct(trial, test) * ngsolve.dx)
    free = np.array(list(system.space.FreeDofs()))
    heavy = np.array(form.Assemble().mat.ToDense())[np.ix_(free, free)]
    stored = np.array(system.stiffness.ToDense())  # the lower half, as symmetric matrices are stored
    stiff = (np.tril(stored) + np.tril(stored, -1).T)[np.ix_(free, free)]
    for axis in range(3):
        force = np.array(system.load({("force", "tip", axis): 1.0}).FV().NumPy())
        for about in range(3):
            arm = float(np.cross(np.eye(3)[about], (0.0, offset, 7.0))[axis])
            force = force + arm * system.load({("moment", "tip", about): 1.0}).FV().NumPy()
        heavy += mass * KG * np.outer(force[free], force[free])
    half = np.linalg.inv(np.linalg.cholesky(stiff))
    largest = np.linalg.eigvalsh(half @ heavy @ half.T)[-1]
    assert found == pytest.approx(1.0 / (2.0 * math.pi * math.sqrt(largest)), rel=1e-7)


# --------------------------------------------------------------------------------- free meshes


def test_tetrahedra_agree_with_swept_hexahedra() -> None:
    from netgen.occ import Box, Pnt

    solid = Box(Pnt(0, 0, 0), Pnt(60, WIDTH, HEIGHT))
    for face in solid.faces:
        face.name = "wall" if face.center.x < 1e-6 else "tip" if face.center.x > 60 - 1e-6 else "side"
    common = {
        "material": Material(YOUNG, 0.3, DENSITY),
        "supports": ["wall"],
        "loads": lambda _: Loads(forces={"tip": (0.0, 30.0, -100.0)}, moments={"tip": (500.0, 0.0, 0.0)}),
        "quantities": {"moved": Displacement("tip"), "mass": Mass()},
    }
    free = answer(Part(shape=Free(solid, mesh_size=5.0), **common))[0]
    from netgen.occ import Axes, WorkPlane, X, Y

    drawing = WorkPlane(Axes(p=(0, 0, 0), n=-Y, h=X)).LineTo(60, 0, name="along")
    drawing.LineTo(60, HEIGHT, name="tip").LineTo(0, HEIGHT).LineTo(0, 0, name="wall")
    swept = answer(Part(shape=Swept([drawing.Face()], (0, WIDTH, 0), 3, {"along": 16, "tip": 3}), **common))[
        0
    ]
    assert free.quantities["mass"] == pytest.approx(swept.quantities["mass"], rel=1e-9)
    assert free.quantities["moved"] == pytest.approx(swept.quantities["moved"], rel=1e-2)
    assert free.checks["equilibrium"] < 1e-9


def test_a_round_free_solid_is_curved() -> None:
    from netgen.occ import Cylinder, Pnt, Z

    solid = Cylinder(Pnt(0, 0, 0), Z, r=10, h=30)
    for face in solid.faces:
        face.name = "wall" if face.center.z < 1e-6 else "tip" if face.center.z > 30 - 1e-6 else "skin"
    part = Part(
        shape=Free(solid, mesh_size=10.0),
        material=NO_POISSON,
        supports=["wall"],
        loads=lambda _: Loads(forces={"tip": (0.0, 0.0, 1000.0)}),
        quantities={"mass": Mass(1.0 / DENSITY), "stress": MaxVonMises("skin")},
    )
    found = answer(part)[0]
    assert found.quantities["mass"] == pytest.approx(math.pi * 100.0 * 30.0, rel=1e-3)
    assert found.quantities["stress"] == pytest.approx(1000.0 / (math.pi * 100.0), rel=5e-3)
    assert found.checks["equilibrium"] < 1e-9
