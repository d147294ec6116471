"""What displacement does the part take under its loads, and do the reactions balance them?

One factorisation serves every load. A row's loads are amplitudes of unit loads: a force or a moment
on a patch, or an acceleration of the whole. Solutions are combined from unit solutions, or the
combined load is assembled and solved anew, which is how declared superposition is tested.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import ngsolve
import numpy as np

from assay.solvers.elasticity import Loads, Part, Stop
from assay.solvers.ngsolve_mesh import Meshed
from assay.solvers.protocol import FloatArray, SolverError

Unit: TypeAlias = tuple[str, str, int]
"""Kind of load (``force``, ``moment``, ``inertia``), patch, axis."""

BALANCE = 1e-6
"""Largest relative residual of equilibrium that a run may have."""


@dataclass(frozen=True)
class Patch:
    """A named region's face, as statics sees it."""

    area: float
    centroid: FloatArray
    inertia: FloatArray
    """Second moments of the patch's area about its centroid, as a tensor."""


@dataclass(frozen=True)
class Answer:
    """What the part does under one set of loads."""

    displacement: Any
    """Grid function, in mm."""
    imbalance: float
    """Relative residual of equilibrium between loads and reactions; the largest of a sum's terms."""


class System:
    """The assembled and factorised part."""

    def __init__(self, part: Part, meshed: Meshed) -> None:
        self.part, self.mesh = part, meshed.mesh
        self._alive = meshed  # the mesh refers to its bend
        self.space = ngsolve.VectorH1(self.mesh, order=part.order, dirichlet="|".join(part.supports))
        trial, test = self.space.TnT()
        stiffness = ngsolve.BilinearForm(self.space, symmetric=True)
        stiffness += ngsolve.InnerProduct(self.stress(trial), _strain(test)) * ngsolve.dx
        stiffness.Assemble()
        self._test = test
        self.stiffness = stiffness.mat
        try:
            self.inverse = self.stiffness.Inverse(self.space.FreeDofs(), inverse="sparsecholesky")
        except Exception as error:  # a bare Netgen exception where a pivot is not positive
            message = f"the stiffness cannot be factorised: {error}"[:400]
            raise SolverError("not-converged", message) from error
        self._patches: dict[str, Patch] = {}
        self._means: dict[str, FloatArray] = {}
        self._units: dict[Unit, Answer] = {}
        self.volume = float(ngsolve.Integrate(ngsolve.CF(1.0), self.mesh))
        self._balance = Balance(self, meshed.bend)

    def stress(self, displacement: Any) -> Any:
        """Return the stress tensor of a displacement (Hooke's law, isotropic)."""
        material = self.part.material
        shear = material.young / (2.0 * (1.0 + material.poisson))
        bulk = material.young * material.poisson / ((1.0 + material.poisson) * (1.0 - 2.0 * material.poisson))
        strain = _strain(displacement)
        return 2.0 * shear * strain + bulk * ngsolve.Trace(strain) * ngsolve.Id(3)

    def empty(self) -> Any:
        """Return a displacement of zero."""
        return ngsolve.GridFunction(self.space)

    # ------------------------------------------------------------------------------ loads

    def amplitudes(self, loads: Loads) -> dict[Unit, float]:
        """Return the unit loads of a row with their amplitudes, those that are not zero."""
        amplitudes: dict[Unit, float] = {}

        def add(kind: str, patch: str, vector: Sequence[float]) -> None:
            for axis in range(3):
                amplitudes[kind, patch, axis] = amplitudes.get((kind, patch, axis), 0.0) + float(vector[axis])

        add("inertia", "", loads.inertia)
        for patch, attached in loads.attached.items():
            x, y, z = (attached.mass * pull for pull in loads.inertia)
            force = (x, y, z)
            add("force", patch, force)
            add("moment", patch, np.cross(attached.centre, force).tolist())
        for patch, force in loads.forces.items():
            add("force", patch, force)
        for patch, moment in loads.moments.items():
            add("moment", patch, moment)
        return {unit: amplitude for unit, amplitude in amplitudes.items() if amplitude != 0.0}

    def solve(self, amplitudes: Mapping[Unit, float]) -> Answer:
        """Assemble the combined load, solve, and compare it with the reactions."""
        load = self.load(amplitudes)
        field = self.empty()
        field.vec.data = self.inverse * load
        return Answer(field, self._balance.residual(field.vec, load, amplitudes))

    def combine(self, amplitudes: Mapping[Unit, float]) -> Answer:
        """Return the sum of unit solutions, each of them solved once."""
        field = self.empty()
        values = field.vec.FV().NumPy()
        values[:] = 0.0
        worst = 0.0
        for unit, amplitude in amplitudes.items():
            one = self.unit(unit)
            values += amplitude * one.displacement.vec.FV().NumPy()
            worst = max(worst, one.imbalance)
        return Answer(field, worst)

    def unit(self, unit: Unit) -> Answer:
        """Return what one unit load does."""
        if unit not in self._units:
            self._units[unit] = self.solve({unit: 1.0})
        return self._units[unit]

    def with_stop(self, amplitudes: Mapping[Unit, float], stop: Stop) -> Answer:
        """Solve with a one-sided stop, exactly: while it is closed, its reaction is one more load.

        With ``give`` the motion of the patch towards the stop under a unit push, the reaction is
        ``stiffness (motion - gap) / (1 + stiffness give)`` where the motion without stop exceeds
        the gap.
        """
        free = self.solve(amplitudes)
        push = {("force", stop.patch, axis): stop.direction[axis] for axis in range(3)}
        push = {unit: amount for unit, amount in push.items() if amount != 0.0}
        motion, give = self._motion(free, stop), self._motion(self.solve(push), stop)
        if motion <= stop.gap:
            return free
        reaction = stop.stiffness * (motion - stop.gap) / (1.0 + stop.stiffness * give)
        pushed_back = dict(amplitudes)
        for unit, amount in push.items():
            pushed_back[unit] = pushed_back.get(unit, 0.0) - reaction * amount
        return self.solve(pushed_back)

    def _motion(self, answer: Answer, stop: Stop) -> float:
        """Return the mean motion of the stop's patch towards it, in mm."""
        return float(np.dot(self.mean(answer, stop.patch), stop.direction))

    def mean(self, answer: Answer, region: str) -> FloatArray:
        """Return the mean displacement vector over a region: the work of evenly spread unit forces."""
        if region not in self._means:
            forces = [self.load({("force", region, axis): 1.0}).FV().NumPy().copy() for axis in range(3)]
            self._means[region] = np.array(forces)
        mean: FloatArray = self._means[region] @ answer.displacement.vec.FV().NumPy()
        return mean

    def patch(self, name: str) -> Patch:
        """Return area, centroid and second moments of a region."""
        if name not in self._patches:
            if name not in self.mesh.GetBoundaries():
                raise SolverError("invalid-geometry", f"the shape has no region {name}")
            place = ngsolve.CF((ngsolve.x, ngsolve.y, ngsolve.z))
            area = float(self.integral(ngsolve.CF(1.0), name)[0])
            centroid = self.integral(place, name) / area
            arm = place - ngsolve.CF(tuple(centroid))
            second = self.integral(ngsolve.OuterProduct(arm, arm), name).reshape(3, 3)
            self._patches[name] = Patch(area, centroid, np.trace(second) * np.eye(3) - second)
        return self._patches[name]

    def load(self, amplitudes: Mapping[Unit, float]) -> Any:
        """Assemble the load vector of a row."""
        form = ngsolve.LinearForm(self.space)
        for patch in sorted({patch for kind, patch, _ in amplitudes if kind != "inertia"}):
            form += self._traction(patch, amplitudes) * self._test * ngsolve.ds(patch)
        body = [self.part.material.density * amplitudes.get(("inertia", "", axis), 0.0) for axis in range(3)]
        if any(body):
            form += ngsolve.CF(tuple(body)) * self._test * ngsolve.dx
        form.Assemble()
        return form.vec

    def _traction(self, patch: str, amplitudes: Mapping[Unit, float]) -> Any:
        found = self.patch(patch)
        force = [amplitudes.get(("force", patch, axis), 0.0) / found.area for axis in range(3)]
        moment = [amplitudes.get(("moment", patch, axis), 0.0) for axis in range(3)]
        traction = ngsolve.CF(tuple(force))
        if any(moment):
            spin = np.linalg.solve(found.inertia, moment)
            place = ngsolve.CF((ngsolve.x, ngsolve.y, ngsolve.z)) - ngsolve.CF(tuple(found.centroid))
            traction = traction + ngsolve.Cross(ngsolve.CF(tuple(spin)), place)
        return traction

    def integral(self, function: Any, region: str | None) -> FloatArray:
        """Integrate over a region, or over the volume."""
        where = {} if region is None else {"definedon": self.mesh.Boundaries(region)}
        value = ngsolve.Integrate(function, self.mesh, **where)
        return np.array(value if hasattr(value, "__len__") else [value], dtype=np.float64)


class Balance:
    """Do the reactions of the supports balance the loads that were wanted?

    The reactions are what the stiffness says, ``K u - f`` on the supports; the wanted resultants come
    from the amplitudes, not from ``f``: wrong quadrature, a patch that is not where its centroid says,
    or an inaccurate solution all show.
    """

    def __init__(self, system: System, bend: Any) -> None:
        self._system = system
        fixed = ~np.array(list(system.space.FreeDofs()), dtype=bool)
        self._rigid = _rigid_motions(system, bend) * fixed
        rows = []
        for motion in self._rigid:
            field, product = system.empty().vec, system.empty().vec
            field.FV().NumPy()[:] = motion
            product.data = system.stiffness * field
            rows.append(product.FV().NumPy().copy())
        self._reacting = np.array(rows)
        place = ngsolve.CF((ngsolve.x, ngsolve.y, ngsolve.z))
        self._centre = system.integral(place, None) / system.volume
        self._size = math.cbrt(system.volume)  # makes moments comparable with forces

    def residual(self, displacement: Any, load: Any, amplitudes: Mapping[Unit, float]) -> float:
        """Return the share of the wanted forces and moments that the reactions leave unbalanced."""
        reaction = self._reacting @ displacement.FV().NumPy() - self._rigid @ load.FV().NumPy()
        force, moment, scale = np.zeros(3), np.zeros(3), 0.0
        for (kind, patch, axis), amplitude in amplitudes.items():
            unit = np.eye(3)[axis] * amplitude
            if kind == "moment":
                moment += unit
                scale += abs(amplitude) / self._size
                continue
            if kind == "inertia":
                unit = unit * self._system.part.material.density * self._system.volume
            force += unit
            arm = self._centre if kind == "inertia" else self._system.patch(patch).centroid
            moment += np.cross(arm, unit)
            scale += float(np.linalg.norm(unit))
        left = np.linalg.norm(reaction[:3] + force) + np.linalg.norm(reaction[3:] + moment) / self._size
        return float(left / scale) if scale > 0.0 else float(left)


def _rigid_motions(system: System, bend: Any) -> FloatArray:
    """Return three translations and three rotations about the origin, shape (6, dofs).

    The elements are isoparametric: place itself is in the space, and no rigid motion strains it.
    """
    mesh, scalar = system.mesh, system.space.components[0]
    places = []
    for axis, function in enumerate((ngsolve.x, ngsolve.y, ngsolve.z)):
        field = ngsolve.GridFunction(scalar)
        values: FloatArray = field.vec.FV().NumPy()
        if bend is None or system.part.order != 2:
            field.Set(function)
        else:  # straight elements bent by a field of the same space
            values[: mesh.nv] = [vertex.point[axis] for vertex in mesh.vertices]
            values += bend.components[axis].vec.FV().NumPy()
        places.append(values.copy())
    x, y, z = places
    o, one = np.zeros_like(x), np.zeros_like(x)
    one[: mesh.nv] = 1.0  # the functions of vertices sum to one, all others vanish there
    motions = [(one, o, o), (o, one, o), (o, o, one), (o, -z, y), (z, o, -x), (-y, x, o)]
    return np.array([np.concatenate(motion) for motion in motions])


def _strain(displacement: Any) -> Any:
    return ngsolve.Sym(ngsolve.Grad(displacement))
