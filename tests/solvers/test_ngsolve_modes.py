"""Does the small space find the frequencies that beams and whole matrices have?"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from assay.solvers import Response
from assay.solvers.elasticity import (
    KG,
    Attached,
    Frequency,
    Loads,
    Part,
)

Builder = Callable[..., Part]
Asker = Callable[..., Response]


def test_a_bare_beam_vibrates_as_euler_says(cantilever: Any, beam: Builder, ask: Asker) -> None:
    part = beam(quantities={"f": Frequency()}, loads=lambda _: Loads())
    per_length = cantilever.density * cantilever.area
    exact = (
        1.8751040687**2
        / (2.0 * math.pi * cantilever.length**2)
        * math.sqrt(cantilever.young * cantilever.weak / per_length)
    )
    assert ask(part).quantities["f"] == pytest.approx(exact, rel=3e-3)


def test_a_heavy_tip_vibrates_as_a_spring_does(cantilever: Any, beam: Builder, ask: Asker) -> None:
    mass = 5.0 * KG
    part = beam(
        quantities={"f": Frequency()}, loads=lambda _: Loads(attached={"tip": Attached(mass, (0, 0, 0))})
    )
    stiffness = 3.0 * cantilever.young * cantilever.weak / cantilever.length**3
    moving = mass + 33.0 / 140.0 * cantilever.density * cantilever.area * cantilever.length  # Rayleigh
    assert ask(part).quantities["f"] == pytest.approx(
        math.sqrt(stiffness / moving) / (2.0 * math.pi), rel=2e-3
    )


@pytest.mark.parametrize("mass", [0.0, 0.001, 0.05, 4.0])
@pytest.mark.parametrize("offset", [0.0, 25.0])
def test_the_small_space_finds_the_same_frequency_as_the_whole_matrix(
    mass: float, offset: float, cantilever: Any, beam: Builder
) -> None:
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
    form = ngsolve.BilinearForm(cantilever.density * ngsolve.InnerProduct(trial, test) * ngsolve.dx)
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
