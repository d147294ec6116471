"""Is the surface's stress the stress, and its field a picture of the whole part?"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.solvers import Field, Response, SolverError
from assay.solvers.elasticity import Displacement, Free, Loads, Mass, Material, MaxVonMises, Part, Stop

Builder = Callable[..., Part]
Asker = Callable[..., Response]

stress = st.lists(st.floats(-1e3, 1e3), min_size=6, max_size=6).map(np.array)


@given(stress, st.floats(-1e3, 1e3))
def test_von_mises_ignores_pressure(tensor: np.ndarray, pressure: float) -> None:
    from assay.solvers.ngsolve_surface import von_mises

    squeezed = tensor + pressure * np.array([1, 1, 1, 0, 0, 0])
    assert von_mises(squeezed) == pytest.approx(von_mises(tensor), abs=1e-6)


@given(stress, stress, st.floats(-5.0, 5.0))
def test_von_mises_is_a_seminorm(one: np.ndarray, other: np.ndarray, scale: float) -> None:
    from assay.solvers.ngsolve_surface import von_mises

    assert von_mises(one + other) <= von_mises(one) + von_mises(other) + 1e-6
    assert von_mises(scale * one) == pytest.approx(abs(scale) * von_mises(one), abs=1e-6)


def test_von_mises_of_the_two_pure_states() -> None:
    from assay.solvers.ngsolve_surface import von_mises

    states = np.array([[70.0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 40.0, 0]])
    assert von_mises(states) == pytest.approx([70.0, 40.0 * math.sqrt(3.0)])


def enclosed(field: Field) -> float:
    """Volume inside a closed surface whose triangles all turn left as seen from outside."""
    a, b, c = np.moveaxis(field.points[field.cells] + np.array([100.0, 200.0, 300.0]), 1, 0)
    assert np.linalg.norm(np.cross(b - a, c - a), axis=1).min() > 0.0
    assert np.abs(np.cross(b - a, c - a).sum(axis=0)).max() < 1e-6, "closed"
    return float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6.0)


def tip_centre(field):
    tip = field.points[np.abs(field.points[:, 0] - 200.0) < 1e-9]
    return ((tip.min(axis=0) + tip.max(axis=0)) / 2.0)[1:]


def test_a_field_covers_the_whole_surface_and_holds_the_maximum(
    cantilever: Any, beam: Builder, ask: Asker
) -> None:
    part = beam(
        along=6,
        across=2,
        quantities={"stress": MaxVonMises("along"), "moved": Displacement("tip"), "mass": Mass()},
    )
    answer = ask(part, fields=("stress", "moved"))
    field = answer.fields["stress"]
    assert (field.unit, field.length_unit, field.association) == ("MPa", "mm", "node")
    assert field.values.shape == (len(field.points), 1)
    assert (field.cells.min(), field.cells.max()) == (0, len(field.points) - 1)
    assert enclosed(field) == pytest.approx(cantilever.length * cantilever.area)
    at = np.linalg.norm(field.points - np.array(answer.places["stress"]), axis=1).argmin()
    assert np.linalg.norm(field.points[at] - answer.places["stress"]) < 1e-9
    moved = answer.fields["moved"]
    assert moved.components == ("length",)
    tip = moved.values[np.abs(moved.points[:, 0] - 200.0) < 1e-9]
    assert tip.mean() == pytest.approx(answer.quantities["moved"], rel=0.01)
    assert answer.places["moved"] == pytest.approx((200.0, *tip_centre(moved)), abs=1e-9)


def test_bending_stress_is_largest_where_the_beam_is_held(cantilever: Any, beam: Builder, ask: Asker) -> None:
    top = ask(beam(quantities={"stress": MaxVonMises("along")}))
    exact = 100.0 * cantilever.length * cantilever.height / 2.0 / cantilever.inertia
    assert top.quantities["stress"] == pytest.approx(exact, rel=0.01)
    assert top.places["stress"][0] == pytest.approx(0.0, abs=1e-9)


def test_a_field_on_tetrahedra_is_closed_too(beam: Builder, ask: Asker) -> None:
    from netgen.occ import Cylinder, Pnt, Z

    solid = Cylinder(Pnt(0, 0, 0), Z, r=10, h=30)
    for face in solid.faces:
        face.name = "wall" if face.center.z < 1e-6 else "tip"
    answer = ask(beam(shape=Free(solid, mesh_size=10.0)), fields=("drop",))
    assert enclosed(answer.fields["drop"]) == pytest.approx(math.pi * 100 * 30, rel=0.05)


def test_a_field_is_that_of_the_row_with_its_stop(beam: Builder, ask: Asker) -> None:
    stop = Stop("tip", (0.0, 0.0, -1.0), gap=0.1, stiffness=500.0)
    free, held = (ask(beam(along=4, **more), fields=("drop",)) for more in ({}, {"stop": stop}))
    share = held.quantities["drop"] / free.quantities["drop"]
    sizes = [np.abs(answer.fields["drop"].values[:, 0]).max() for answer in (free, held)]
    assert sizes[1] / sizes[0] == pytest.approx(share, rel=1e-3)
    assert share < 0.5


def test_a_mass_has_no_field(beam: Builder, ask: Asker) -> None:
    part = beam(quantities={"mass": Mass()}, material=Material(7e4, 0.3, 2.7e-9), loads=lambda _: Loads())
    with pytest.raises(SolverError) as caught:
        ask(part, fields=("mass",))
    assert caught.value.reason == "bad-output"
