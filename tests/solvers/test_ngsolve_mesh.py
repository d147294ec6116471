"""Is the mesh the part that was drawn?"""

import math
from collections.abc import Callable
from typing import Any

import pytest

from assay.solvers import Response, SolverError
from assay.solvers.elasticity import (
    Displacement,
    Free,
    Loads,
    Mass,
    Material,
    MaxVonMises,
    Part,
    Swept,
)

Builder = Callable[..., Part]
Asker = Callable[..., Response]

NO_POISSON = Material(70000.0, 0.0, 2.7e-9)
INNER, OUTER, THICK = 20.0, 40.0, 4.0


def ring(start: float, stop: float, **names: str) -> object:
    """A sector of a ring, from one angle to another, in degrees; its edges can be named."""
    from netgen.occ import WorkPlane

    a, b = math.radians(start), math.radians(stop)
    drawing = (
        WorkPlane().MoveTo(OUTER * math.cos(a), OUTER * math.sin(a)).Direction(-math.sin(a), math.cos(a))
    )
    drawing.Arc(OUTER, stop - start, name=names.get("back"))
    drawing.LineTo(INNER * math.cos(b), INNER * math.sin(b), name=names.get("end"))
    drawing.Direction(math.sin(b), -math.cos(b)).Arc(INNER, start - stop, name=names.get("inside"))
    face = drawing.LineTo(OUTER * math.cos(a), OUTER * math.sin(a), name=names.get("wall")).Face()
    face.name = "ring"
    return face


def swept(
    faces: list[object], direction: tuple[float, float, float] = (0.0, 0.0, THICK), **divisions: int
) -> Part:
    return Part(
        shape=Swept(faces, direction, 2, divisions),
        material=NO_POISSON,
        supports=["wall"],
        loads=lambda _: Loads(forces={"end": (0.0, 0.0, 1.0)}),
        quantities={"volume": Mass(1.0 / NO_POISSON.density)},
    )


def mesh_of(part: Part) -> object:
    from assay.solvers.ngsolve_mesh import mesh_part

    return mesh_part(lambda: part)[1]


@pytest.mark.parametrize("direction", [(0.0, 0.0, THICK), (0.0, 0.0, -THICK), (1.0, 1.0, THICK)])
def test_curved_edges_carry_the_true_volume_and_areas(direction: tuple[float, float, float]) -> None:
    import ngsolve

    face = ring(0, 90, wall="wall", end="end", inside="inside", back="back")
    meshed = mesh_of(swept([face], direction, inside=4))
    mesh = meshed.mesh
    area = math.pi / 4.0 * (OUTER**2 - INNER**2)
    assert ngsolve.Integrate(ngsolve.CF(1.0), mesh) == pytest.approx(area * THICK, rel=1e-4)
    flat = [
        ngsolve.Integrate(ngsolve.CF(1.0) * ngsolve.ds(name), mesh) for name in ("ring-bottom", "ring-top")
    ]
    assert flat == pytest.approx([area, area], rel=1e-4)
    if direction == (0.0, 0.0, THICK):
        inside = ngsolve.Integrate(ngsolve.CF(1.0) * ngsolve.ds("inside"), mesh)
        assert inside == pytest.approx(math.pi / 2.0 * INNER * THICK, rel=1e-4)


def test_neighbours_share_points_and_their_common_edge_is_no_region() -> None:
    faces = [ring(0, 40, wall="wall", inside="inside"), ring(40, 90, end="end", inside="inside")]
    mesh = mesh_of(swept(faces, inside=3, wall=2)).mesh
    assert mesh.ne == 2 * 3 * 2 * 2
    assert mesh.nv == 7 * 3 * 3
    assert set(mesh.GetBoundaries()) == {"ring-bottom", "ring-top", "wall", "end", "inside", "free"}


def test_a_number_of_divisions_carries_over_to_opposite_and_neighbouring_edges() -> None:
    faces = [ring(0, 40, wall="wall", inside="inside"), ring(40, 90, end="end", inside="far")]
    assert mesh_of(swept(faces, end=5, inside=2, far=3)).mesh.ne == (2 + 3) * 5 * 2


@pytest.mark.parametrize("divisions", [{"wall": 2, "end": 3}, {"wall": 0}])
def test_divisions_that_contradict_are_refused(divisions: dict[str, int]) -> None:
    faces = [ring(0, 90, wall="wall", end="end", inside="inside")]
    with pytest.raises(SolverError) as caught:
        mesh_of(swept(faces, **divisions))
    assert caught.value.reason == "invalid-geometry"


def triangle() -> object:
    from netgen.occ import WorkPlane

    return WorkPlane().LineTo(1, 0).LineTo(0, 1, name="end").LineTo(0, 0, name="wall").Face()


def strip(start: float, stop: float, name: str) -> object:
    from netgen.occ import WorkPlane

    drawing = WorkPlane().MoveTo(start, 0).LineTo(stop, 0, name=name).LineTo(stop, 1).LineTo(start, 1)
    return drawing.LineTo(start, 0).Face()


@pytest.mark.parametrize(
    "faces",
    [
        lambda: [triangle()],
        lambda: [strip(0, 2, "end"), strip(2, 1, "wall")],
        lambda: [ring(0, 90, wall="wall")],
    ],
    ids=["three edges", "one turns back", "no such patch"],
)
def test_faces_that_make_no_part_are_refused(faces: Callable[[], list[object]], ask: Asker) -> None:
    with pytest.raises(SolverError) as caught:
        ask(swept(faces()))
    assert caught.value.reason == "invalid-geometry"


def test_tetrahedra_agree_with_swept_hexahedra(cantilever: Any, ask: Asker) -> None:
    from netgen.occ import Box, Pnt

    solid = Box(Pnt(0, 0, 0), Pnt(60, cantilever.width, cantilever.height))
    for face in solid.faces:
        face.name = "wall" if face.center.x < 1e-6 else "tip" if face.center.x > 60 - 1e-6 else "side"
    common = {
        "material": Material(cantilever.young, 0.3, cantilever.density),
        "supports": ["wall"],
        "loads": lambda _: Loads(forces={"tip": (0.0, 30.0, -100.0)}, moments={"tip": (500.0, 0.0, 0.0)}),
        "quantities": {"moved": Displacement("tip"), "mass": Mass()},
    }
    free = ask(Part(shape=Free(solid, mesh_size=5.0), **common))
    from netgen.occ import Axes, WorkPlane, X, Y

    drawing = WorkPlane(Axes(p=(0, 0, 0), n=-Y, h=X)).LineTo(60, 0, name="along")
    drawing.LineTo(60, cantilever.height, name="tip").LineTo(0, cantilever.height).LineTo(0, 0, name="wall")
    hexahedra = Swept([drawing.Face()], (0, cantilever.width, 0), 3, {"along": 16, "tip": 3})
    neat = ask(Part(shape=hexahedra, **common))
    assert free.quantities["mass"] == pytest.approx(neat.quantities["mass"], rel=1e-9)
    assert free.quantities["moved"] == pytest.approx(neat.quantities["moved"], rel=1e-2)
    assert free.checks["equilibrium"] < 1e-9


def test_a_round_free_solid_is_curved(ask: Asker) -> None:
    from netgen.occ import Cylinder, Pnt, Z

    solid = Cylinder(Pnt(0, 0, 0), Z, r=10, h=30)
    for face in solid.faces:
        face.name = "wall" if face.center.z < 1e-6 else "tip" if face.center.z > 30 - 1e-6 else "skin"
    part = Part(
        shape=Free(solid, mesh_size=10.0),
        material=NO_POISSON,
        supports=["wall"],
        loads=lambda _: Loads(forces={"tip": (0.0, 0.0, 1000.0)}),
        quantities={"mass": Mass(1.0 / NO_POISSON.density), "stress": MaxVonMises("skin")},
    )
    found = ask(part)
    assert found.quantities["mass"] == pytest.approx(math.pi * 100.0 * 30.0, rel=1e-3)
    assert found.quantities["stress"] == pytest.approx(1000.0 / (math.pi * 100.0), rel=5e-3)
    assert found.checks["equilibrium"] < 1e-9
