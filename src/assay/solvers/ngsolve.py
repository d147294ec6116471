"""The adapter ``ngsolve``: linear elasticity of a part that a study file describes (`elasticity`).

``function(factors, settings) -> Part``. One thread, no task manager: then two processes agree in
every bit. One factorisation serves all rows of a request; rows are sums of unit solutions where the
study declares superposition, else each row's combined load is assembled and solved anew.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from assay.errors import MissingSoftwareError
from assay.solvers.elasticity import Attached, Displacement, Frequency, Loads, MaxVonMises, Part, Quantity
from assay.solvers.protocol import Field, Request, Response, SolverError

if TYPE_CHECKING:
    from assay.solvers.ngsolve_modes import Modes
    from assay.solvers.ngsolve_solution import Answer, System, Unit
    from assay.solvers.ngsolve_surface import Surface
    from assay.solvers.protocol import FloatArray


class NgsolveSolver:
    """Finite elements by NGSolve."""

    superposes: ClassVar[bool] = True

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function

    @staticmethod
    def version() -> str:
        """Return name and version of the solver and its geometry kernel.

        Raises
        ------
        MissingSoftwareError
            If NGSolve is not installed.
        """
        try:
            return f"ngsolve-{version('ngsolve')}+occt-{version('netgen-occt')}"
        except PackageNotFoundError as error:
            message = "the solver adapter ngsolve needs NGSolve: pip install ngsolve"
            raise MissingSoftwareError(message) from error

    def solve(self, request: Request) -> Sequence[Response]:
        """Mesh and factorise once for each geometry, then answer every row.

        Raises
        ------
        SolverError
            ``invalid-geometry``, ``not-converged``, ``unbalanced`` (reactions and loads differ by
            more than 1e-6), ``nan``.
        """
        import ngsolve

        ngsolve.SetNumThreads(1)
        models: dict[tuple[tuple[str, float], ...], _Model] = {}
        answers = []
        for row in request.rows:
            factors = {**request.factors, **row}
            model = next((m for m in models.values() if m.serves(factors)), None)
            if model is None:
                model = _Model(self._function, factors, request.settings)
                models[tuple(sorted(factors.items()))] = model
            answers.append(model.respond(factors, superpose=bool(request.superpose), fields=request.fields))
        return answers


class _Read(Mapping[str, float]):
    """Remembers which factors the user's function reads: a row that changes one needs a new mesh."""

    def __init__(self, values: Mapping[str, float]) -> None:
        self._values, self.read = dict(values), set[str]()

    def __getitem__(self, name: str) -> float:
        self.read.add(name)
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        self.read.update(self._values)
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


class _Model:
    """One geometry, meshed and factorised, with everything that rows share."""

    def __init__(
        self, function: Callable[..., Any], factors: Mapping[str, float], settings: Mapping[str, float]
    ) -> None:
        from assay.solvers.ngsolve_mesh import mesh_part
        from assay.solvers.ngsolve_solution import System

        seen = _Read(factors)
        part, meshed = mesh_part(lambda: _a_part(function(seen, dict(settings))))
        self._fixed = {name: factors[name] for name in seen.read}
        self._part: Part = part
        self._system: System = System(part, meshed)
        self._surfaces: dict[str | None, Surface] = {}
        self._known: dict[tuple[str, str, Unit], FloatArray] = {}
        self._modes: Modes | None = None
        self._frequencies: list[tuple[Mapping[str, Attached], float]] = []

    def serves(self, factors: Mapping[str, float]) -> bool:
        """Return whether a row has this geometry and stiffness."""
        return all(factors[name] == value for name, value in self._fixed.items())

    def respond(self, factors: Mapping[str, float], *, superpose: bool, fields: Sequence[str]) -> Response:
        """Answer one row."""
        loads = self._part.loads(factors)
        row = _Row(self._system.amplitudes(loads), None)
        if not superpose:
            row = _Row(row.amplitudes, self._solved_anew(row.amplitudes))
        imbalance = self._imbalance(row)
        quantities: dict[str, float] = {}
        places: dict[str, tuple[float, ...]] = {}
        for name, quantity in self._part.quantities.items():
            value, place = self._value(quantity, loads, row)
            if not math.isfinite(value):
                raise SolverError("nan", f"{name} is {value}")
            quantities[name] = value
            if place is not None:
                places[name] = place
        return Response(
            quantities=quantities,
            places=places,
            checks={
                "equilibrium": imbalance,
                "dof": float(self._system.space.ndof),
                "elements": float(self._system.mesh.ne),
            },
            fields={name: self._field(self._part.quantities[name], row) for name in fields},
        )

    def _solved_anew(self, amplitudes: Mapping[Unit, float]) -> Answer:
        if self._part.stop is not None:  # superposition, where declared, takes it never to close
            return self._system.with_stop(amplitudes, self._part.stop)
        return self._system.solve(amplitudes)

    def _imbalance(self, row: _Row) -> float:
        from assay.solvers.ngsolve_solution import BALANCE

        units = (self._system.unit(unit) for unit in row.amplitudes)
        answers = units if row.answer is None else (row.answer,)
        worst = max((answer.imbalance for answer in answers), default=0.0)
        if not worst <= BALANCE:
            raise SolverError("unbalanced", f"loads and reactions differ by {worst:.3g} of the loads")
        return worst

    def _value(self, quantity: Quantity, loads: Loads, row: _Row) -> tuple[float, tuple[float, ...] | None]:
        if isinstance(quantity, MaxVonMises):
            return self._peak(quantity, row)
        if isinstance(quantity, Displacement):
            region = quantity.region
            mean = self._linear("mean", region, lambda answer: self._system.mean(answer, region), row)
            centroid = tuple(self._system.patch(region).centroid.tolist())
            return _along(mean.tolist(), quantity.direction), centroid
        if isinstance(quantity, Frequency):
            return self._frequency(loads), None
        return self._part.material.density * self._system.volume * quantity.scale, None

    def _peak(self, quantity: MaxVonMises, row: _Row) -> tuple[float, tuple[float, ...]]:
        from assay.solvers.ngsolve_surface import von_mises

        surface = self._surface(quantity.region)
        values = von_mises(self._linear("stress", quantity.region, surface.stress, row))
        at = int(values.argmax())
        return float(values[at]), tuple(surface.points[at].tolist())

    def _linear(self, what: str, region: str, of: Callable[[Answer], FloatArray], row: _Row) -> FloatArray:
        """Return something linear in the displacement: of the row's answer, or summed over unit loads."""
        if row.answer is not None or not row.amplitudes:
            return of(row.answer or self._system.combine({}))
        terms = []
        for unit, amplitude in row.amplitudes.items():
            if (what, region, unit) not in self._known:
                self._known[what, region, unit] = of(self._system.unit(unit))
            terms.append(amplitude * self._known[what, region, unit])
        total = terms[0]
        for term in terms[1:]:
            total = total + term
        return total

    def _surface(self, region: str | None) -> Surface:
        from assay.solvers.ngsolve_surface import Surface

        if region not in self._surfaces:
            self._surfaces[region] = Surface(self._system, region)
        return self._surfaces[region]

    def _frequency(self, loads: Loads) -> float:
        from assay.solvers.ngsolve_modes import Modes

        known = next((value for attached, value in self._frequencies if attached == loads.attached), None)
        if known is not None:
            return known
        if self._modes is None:
            self._modes = Modes(self._system)
        value = self._modes.frequency(loads.attached)
        self._frequencies.append((dict(loads.attached), value))
        return value

    def _field(self, quantity: Quantity, row: _Row) -> Field:
        from assay.solvers.ngsolve_surface import von_mises

        answer = row.answer or self._system.combine(row.amplitudes)
        surface = self._surface(None)
        if isinstance(quantity, MaxVonMises):
            return surface.field(von_mises(surface.stress(answer))[:, None], "MPa", ("von Mises",))
        if isinstance(quantity, Displacement):
            moved = surface.displacement(answer)
            if quantity.direction is None:
                return surface.field(np.linalg.norm(moved, axis=1)[:, None], "mm", ("length",))
            along = moved @ np.asarray(quantity.direction, dtype=np.float64)
            return surface.field(along[:, None], "mm", ("along the direction",))
        raise SolverError("bad-output", "only a stress or a displacement has a field")


@dataclass(frozen=True)
class _Row:
    """The loads of one row, and its own solution where it was solved anew."""

    amplitudes: Mapping[Unit, float]
    answer: Answer | None


def _along(vector: Sequence[float], direction: Sequence[float] | None) -> float:
    if direction is None:
        return math.hypot(*vector)
    return math.fsum(x * d for x, d in zip(vector, direction, strict=True))


def _a_part(answer: object) -> Part:
    if not isinstance(answer, Part):
        found = f"the study's function returned {type(answer).__name__}, not a Part"
        raise SolverError("bad-output", found)
    return answer
