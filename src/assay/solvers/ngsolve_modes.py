"""At which frequency does the part, with the masses that it carries, first vibrate?

Rayleigh-Ritz in a small space that contains what the carried masses do and grows until it settles.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import ngsolve
import numpy as np

from assay.solvers.elasticity import Attached
from assay.solvers.ngsolve_solution import System, Unit
from assay.solvers.protocol import FloatArray, SolverError

SETTLED = 1e-10
"""Relative change of the squared frequency at which the space is large enough."""
_MOST_STEPS = 40
_INDEPENDENT = 1e-5
"""Share of a vector's energy norm below which what is new in it is dropped: its square is the error."""


class Modes:
    """The first natural frequency of the part, whatever it carries."""

    def __init__(self, system: System) -> None:
        self._system = system
        trial, test = system.space.TnT()
        form = ngsolve.BilinearForm(system.space, symmetric=True)
        form += system.part.material.density * ngsolve.InnerProduct(trial, test) * ngsolve.dx
        self._mass = form.Assemble().mat

    def frequency(self, attached: Mapping[str, Attached]) -> float:
        """Return the first natural frequency in Hz; an attached mass is a rigidly carried point.

        The space starts with the static answers to unit forces on the carried masses (without any,
        to accelerations of the part) and grows by inverse iteration, as Lanczos's does. The answers
        hold all that the carried masses can do, so that only the part's own inertia is left to add.
        """
        space = _Space(self._system, self._mass)
        carried = []
        for patch, load in sorted(attached.items()):
            for axis in range(3):
                amplitudes = _at_the_centre(patch, load, axis)
                answer = self._system.combine(amplitudes)
                carried.append((load.mass, space.add(answer.displacement.vec)))
        if not carried:
            for axis in range(3):
                space.add(self._system.unit(("inertia", "", axis)).displacement.vec)
        period, shape = _slowest(space, carried)
        for _ in range(_MOST_STEPS):
            last = period
            space.add(_times(self._system.inverse, _times(self._mass, space.vector(shape))))
            period, shape = _slowest(space, carried)
            if period - last <= SETTLED * period:
                return 1.0 / (2.0 * math.pi * math.sqrt(period))
        raise SolverError("not-converged", "the first natural frequency did not settle")


def _at_the_centre(patch: str, attached: Attached, axis: int) -> dict[Unit, float]:
    """Return a unit force on an attached mass as loads on its patch."""
    moment = np.cross(attached.centre, np.eye(3)[axis]).tolist()
    loads: dict[Unit, float] = {("force", patch, axis): 1.0}
    loads.update({("moment", patch, about): moment[about] for about in range(3) if moment[about]})
    return loads


def _slowest(space: _Space, carried: Sequence[tuple[float, FloatArray]]) -> tuple[float, FloatArray]:
    """Return the largest eigenvalue of mass over stiffness in a space, and its vector."""
    mass = space.mass()
    for amount, force in carried:
        motion = space.rows @ force  # of the carried mass, by virtual work
        mass += amount * np.outer(motion, motion)
    values, vectors = np.linalg.eigh(mass)
    if not values[-1] > 0.0:
        raise SolverError("not-converged", "no natural frequency: there is no mass, or a negative one")
    return float(values[-1]), vectors[:, -1]


class _Space:
    """Vectors orthonormal in strain energy, with their products with both matrices."""

    def __init__(self, system: System, mass: Any) -> None:
        self._system, self._mass = system, mass
        self.rows: FloatArray = np.empty((0, system.space.ndof))
        self._stiff: FloatArray = self.rows
        self._heavy: FloatArray = self.rows

    def add(self, vector: Any) -> FloatArray:
        """Take in what is new in a vector; return stiffness times the vector."""
        given: FloatArray = _times(self._system.stiffness, vector).FV().NumPy()
        new = vector.CreateVector()
        values: FloatArray = new.FV().NumPy()
        values[:] = vector.FV().NumPy()
        forces = given.copy()
        start = math.sqrt(float(values @ forces))
        for _ in range(2):  # once is not enough where most of the vector is known
            known = self.rows @ forces
            values -= known @ self.rows
            forces -= known @ self._stiff
        norm = math.sqrt(max(0.0, float(values @ forces)))
        if norm > _INDEPENDENT * start:
            values /= norm
            self.rows = np.vstack([self.rows, values])
            self._stiff = np.vstack([self._stiff, forces / norm])
            self._heavy = np.vstack([self._heavy, _times(self._mass, new).FV().NumPy()])
        return given

    def vector(self, weights: FloatArray) -> Any:
        """Return a combination of the space's vectors."""
        field = self._system.empty()
        field.vec.FV().NumPy()[:] = weights @ self.rows
        return field.vec

    def mass(self) -> FloatArray:
        """Return the mass matrix in the space."""
        small = self.rows @ self._heavy.T
        half: FloatArray = 0.5 * (small + small.T)
        return half


def _times(matrix: Any, vector: Any) -> Any:
    product = vector.CreateVector()
    product.data = matrix * vector
    return product
