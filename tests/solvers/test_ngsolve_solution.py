"""Does the adapter solve the equations of elasticity right? Closed forms are the judges."""

import math
from collections.abc import Callable
from typing import Any

import pytest

from assay.solvers import Response, SolverError
from assay.solvers.elasticity import (
    KG,
    Attached,
    Displacement,
    G,
    Loads,
    Material,
    MaxVonMises,
    Part,
    Stop,
    Swept,
)

Builder = Callable[..., Part]
Asker = Callable[..., Response]

NO_POISSON = Material(70000.0, 0.0, 2.7e-9)


def test_a_cantilever_bends_as_timoshenko_says(cantilever: Any, beam: Builder, ask: Asker) -> None:
    exact = (
        100.0 * cantilever.length**3 / (3.0 * cantilever.young * cantilever.inertia)
        + 100.0 * cantilever.length / cantilever.shear_stiffness
    )
    assert ask(beam()).quantities["drop"] == pytest.approx(exact, rel=1e-3)


def test_a_moment_on_a_patch_bends_as_beam_theory_says(cantilever: Any, beam: Builder, ask: Asker) -> None:
    turned = beam(loads=lambda _: Loads(moments={"tip": (0.0, 5000.0, 0.0)}))
    assert ask(turned).quantities["drop"] == pytest.approx(
        5000.0 * cantilever.length**2 / (2.0 * cantilever.young * cantilever.inertia), rel=1e-3
    )


def test_own_weight_bends_as_beam_theory_says(cantilever: Any, beam: Builder, ask: Asker) -> None:
    weight = cantilever.density * cantilever.area * 3.0 * G
    exact = (
        weight * cantilever.length**4 / (8.0 * cantilever.young * cantilever.inertia)
        + weight * cantilever.length**2 / 2.0 / cantilever.shear_stiffness
    )
    heavy = beam(loads=lambda _: Loads(inertia=(0.0, 0.0, -3.0 * G)))
    assert ask(heavy).quantities["drop"] == pytest.approx(exact, rel=1e-3)


def test_an_attached_mass_pulls_with_force_and_moment(cantilever: Any, beam: Builder, ask: Asker) -> None:
    held = {"tip": Attached(2.0 * KG, centre=(30.0, 0.0, 0.0))}
    hung = beam(
        loads=lambda _: Loads(inertia=(0.0, 0.0, -G), attached=held),
        material=Material(cantilever.young, 0.0, 1e-16),
    )
    force = 2.0 * KG * G
    forced = beam(
        loads=lambda _: Loads(forces={"tip": (0.0, 0.0, -force)}, moments={"tip": (0.0, 30.0 * force, 0.0)})
    )
    assert ask(hung).quantities["drop"] == pytest.approx(ask(forced).quantities["drop"], rel=1e-6)


@pytest.mark.parametrize(("angle", "pull"), [(0.3, 1.0), (2.0, 1e4), (4.5, 17.0)])
def test_displacement_is_a_vector_and_linear_in_the_load(
    angle: float, pull: float, beam: Builder, ask: Asker
) -> None:
    force = (0.0, pull * math.cos(angle), pull * math.sin(angle))
    part = beam(
        along=3,
        loads=lambda _: Loads(forces={"tip": force}),
        quantities={"size": Displacement("tip"), "y": Displacement("tip", (0.0, 1.0, 0.0)),
                    "z": Displacement("tip", (0.0, 0.0, 1.0)), "x": Displacement("tip", (1.0, 0.0, 0.0))},
    )  # fmt: skip
    found = ask(part).quantities
    assert found["size"] == pytest.approx(math.hypot(found["x"], found["y"], found["z"]), rel=1e-12)
    lifted = beam(along=3, loads=lambda _: Loads(forces={"tip": (0.0, 0.0, 1.0)}))
    unit = ask(lifted).quantities["drop"]
    assert found["z"] == pytest.approx(-unit * pull * math.sin(angle), rel=1e-6, abs=1e-9 * pull)


def test_a_constant_stress_is_found_exactly_on_a_distorted_mesh(ask: Asker) -> None:
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
    found = ask(part).quantities
    assert found["stress"] == pytest.approx(100.0, rel=1e-9)
    assert found["moved"] == pytest.approx(100.0 * 40.0 / NO_POISSON.young, rel=1e-9)


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


def test_a_curved_bar_converges_to_golovins_stress_in_second_order(ask: Asker) -> None:
    coarse, fine = (abs(ask(bend(k)).quantities["stress"] / golovin() - 1.0) for k in (6, 12))
    assert fine < 1e-3
    assert math.log2(coarse / fine) > 1.7


def test_displacement_converges_faster_than_stress(ask: Asker) -> None:
    found = [ask(bend(k)).quantities["moved"] for k in (2, 4, 8)]
    order = math.log2(abs(found[0] - found[1]) / abs(found[1] - found[2]))
    assert order > 2.5


# ------------------------------------------------------------------------------------- refusals


def test_a_load_vector_that_is_not_the_wanted_load_is_unbalanced(
    beam: Builder, ask: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assay.solvers.ngsolve_solution import System

    honest = System.load

    def a_little_more(self: System, amplitudes: dict) -> object:
        vector = honest(self, amplitudes)
        vector.FV().NumPy()[:] *= 1.0 + 1e-5
        return vector

    assert ask(beam()).checks["equilibrium"] < 1e-9
    monkeypatch.setattr(System, "load", a_little_more)
    for superpose in ((), ("load",)):
        with pytest.raises(SolverError) as caught:
            ask(beam(), {"load": 1.0}, superpose=superpose)
        assert caught.value.reason == "unbalanced"


def test_an_inaccurate_solution_is_unbalanced(
    beam: Builder, ask: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assay.solvers.ngsolve_solution import System

    made = System.__init__

    def careless(self: System, *arguments: object) -> None:
        made(self, *arguments)
        self.inverse = 0.999 * self.inverse

    monkeypatch.setattr(System, "__init__", careless)
    with pytest.raises(SolverError) as caught:
        ask(beam())
    assert caught.value.reason == "unbalanced"


@pytest.mark.parametrize("gap", [0.05, 100.0])
def test_a_stop_takes_its_share_of_the_load(beam: Builder, ask: Asker, gap: float) -> None:
    down = (0.0, 0.0, -1.0)
    free = ask(beam()).quantities["drop"]
    met = ask(beam(stop=Stop("tip", down, gap, stiffness=40.0))).quantities["drop"]
    give = free / 100.0
    reaction = max(0.0, 40.0 * (free - gap) / (1.0 + 40.0 * give))
    assert met == pytest.approx(free - reaction * give, rel=1e-9)
    assert reaction == pytest.approx(max(0.0, 40.0 * (met - gap)), rel=1e-9), "the spring's own law"
