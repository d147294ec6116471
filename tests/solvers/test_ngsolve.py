"""Does the adapter answer as the protocol says, the same each time, and refuse what is wrong?"""

import dataclasses
import json
import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from assay.campaign.tables import Row
from assay.programme import Programme, load
from assay.showing import judge_declarations, place_tests
from assay.solvers import Request, Response, SolverError, open_solver, solver_spec
from assay.solvers.elasticity import Displacement, Loads, Mass, Material, MaxVonMises, Part, Swept
from assay.solvers.ngsolve import NgsolveSolver

ROOT = Path(__file__).parents[2]
BRACKET = ROOT / "examples" / "bracket"
TRAY = {
    "thickness": 8.0, "fillet": 12.0, "hole_offset": 0.0, "mass": 3.5, "offset": 14.0,
    "nx": 0.0, "ny": 0.0, "nz": -1.0, "modulus": 71.0,
}  # fmt: skip
LINEAR = ("mass", "offset", "nx", "ny", "nz")
COARSE = {"divisions": 2.0}


def solver(folder: Path, file: str = "studies/tray.py") -> NgsolveSolver:
    import hashlib

    files = {file: "sha256:" + hashlib.sha256((folder / file).read_bytes()).hexdigest()}
    return open_solver(solver_spec(folder, adapter="ngsolve", file=file, function="solve", files=files))


@pytest.fixture(scope="module")
def tray() -> NgsolveSolver:
    return solver(BRACKET)


def loose_rows(count: int) -> tuple[dict[str, float], ...]:
    draw = np.random.default_rng(7)
    low, high = np.array([2.5, 8.0, -1.5, -3.0, -6.0]), np.array([4.5, 20.0, 9.0, 3.0, 3.0])
    return tuple(
        dict(zip(LINEAR, (low + draw.random(5) * (high - low)).tolist(), strict=True)) for _ in range(count)
    )


def test_superposed_rows_agree_with_rows_solved_anew(tray: NgsolveSolver) -> None:
    rows = ({}, *loose_rows(6))
    anew = tray.solve(Request(TRAY, rows, COARSE))
    summed = tray.solve(Request(TRAY, rows, COARSE, superpose=LINEAR))
    for one, other in zip(anew, summed, strict=True):
        for name, value in one.quantities.items():
            assert other.quantities[name] == pytest.approx(value, rel=1e-8), name
        assert other.places == one.places
    assert len({answer.quantities["fillet_stress"] for answer in anew}) == len(rows)


def test_every_run_is_checked_for_equilibrium(tray: NgsolveSolver) -> None:
    (answer,) = tray.solve(Request(TRAY, ({"nx": 9.0},), COARSE))
    assert 0.0 < answer.checks["equilibrium"] < 1e-9
    assert answer.checks["dof"] == 1530.0
    assert answer.checks["elements"] > 20


def test_the_brackets_finest_mesh_is_small(tray: NgsolveSolver) -> None:
    (answer,) = tray.solve(Request(TRAY, ({},), {"divisions": 4.0}))
    assert answer.checks["dof"] <= 12_000
    assert answer.checks["equilibrium"] < 1e-8


def test_a_row_that_changes_the_geometry_gets_a_mesh_of_its_own(tray: NgsolveSolver) -> None:
    rows = ({}, {"thickness": 6.0}, {"modulus": 70.0, "nx": 9.0}, {"nx": 9.0})
    together = tray.solve(Request(TRAY, rows, COARSE, superpose=LINEAR))
    for row, answer in zip(rows, together, strict=True):
        (alone,) = tray.solve(Request({**TRAY, **row}, ({},), COARSE, superpose=LINEAR))
        assert alone.quantities == answer.quantities
    assert together[1].quantities["bracket_mass"] < together[0].quantities["bracket_mass"]


def test_two_processes_agree_in_every_bit() -> None:
    program = (
        "import json, sys; sys.path[:0] = sys.argv[1:3]\n"
        "import tray; from assay.solvers import Request; from assay.solvers.ngsolve import NgsolveSolver\n"
        "factors, rows = json.loads(sys.argv[3])\n"
        "for linear in ((), ('nx', 'ny', 'nz')):\n"
        "    request = Request(factors, tuple(rows), {'divisions': 2.0}, linear, ('fillet_stress',))\n"
        "    for answer in NgsolveSolver(tray.solve).solve(request):\n"
        "        told = {**answer.quantities, **answer.checks}\n"
        "        print({name: value.hex() for name, value in sorted(told.items())})\n"
        "        print(answer.fields['fillet_stress'].values.tobytes().hex()[:4000])\n"
    )
    work = json.dumps([TRAY, [{}, {"nx": 9.0}]])
    command = [sys.executable, "-c", program, str(ROOT / "src"), str(BRACKET / "studies"), work]
    said = [
        subprocess.run(
            command, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    ]
    assert len(said[0]) > 1000
    assert said[0] == said[1]


@pytest.mark.parametrize(
    "change",
    [{"fillet": 25.0}, {"hole_offset": 30.0}, {"thickness": 0.0}, {"fillet": -5.0}],
    ids=lambda change: next(iter(change)),
)
def test_a_geometry_that_cannot_be_is_refused(tray: NgsolveSolver, change: dict[str, float]) -> None:
    with pytest.raises(SolverError) as caught:
        tray.solve(Request({**TRAY, **change}, ({},), COARSE))
    assert caught.value.reason == "invalid-geometry"


def bar(**changes: object) -> Part:
    from netgen.occ import WorkPlane

    face = WorkPlane().LineTo(40, 0).LineTo(40, 10, name="end").LineTo(0, 10).LineTo(0, 0, name="wall").Face()
    part = Part(
        shape=Swept([face], (0.0, 0.0, 10.0), 1, {"end": 1}, unnamed=3),
        material=Material(70000.0, 0.3, 2.7e-9),
        supports=["wall"],
        loads=lambda row: Loads(forces={"end": (row["pull"], 0.0, 0.0)}),
        quantities={"mass": Mass(), "moved": Displacement("end", (1.0, 0.0, 0.0))},
    )
    return dataclasses.replace(part, **changes)


def ask(part: object, pull: float = 1.0) -> Response:
    (answer,) = NgsolveSolver(lambda *_: part).solve(Request({"pull": pull}, ({},), {}))
    return answer


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        (lambda: None, "bad-output"),
        (lambda: bar(supports=["nowhere"]), "invalid-geometry"),
        (lambda: bar(quantities={"stress": MaxVonMises("nowhere")}), "invalid-geometry"),
        (lambda: bar(loads=lambda _: Loads(forces={"nowhere": (1.0, 0.0, 0.0)})), "invalid-geometry"),
        (lambda: bar(material=Material(math.nan, 0.3, 2.7e-9)), None),
        (lambda: bar(loads=lambda _: Loads(forces={"end": (math.nan, 0.0, 0.0)})), None),
    ],
    ids=["no part", "support", "region", "patch", "stiffness is no number", "load is no number"],
)
def test_what_cannot_be_solved_has_a_reason(part: object, reason: str | None) -> None:
    with pytest.raises(SolverError) as caught:
        ask(part())
    assert caught.value.reason in ({reason} if reason else {"nan", "unbalanced", "not-converged"})


def test_a_bug_of_the_study_is_not_called_a_geometry() -> None:
    with pytest.raises(KeyError):
        NgsolveSolver(lambda factors, _: bar(order=factors["none"])).solve(Request({"pull": 1.0}, ({},), {}))


def test_no_load_gives_no_displacement() -> None:
    answer = ask(bar(), pull=0.0)
    assert answer.quantities["moved"] == 0.0
    assert answer.checks["equilibrium"] == 0.0
    assert answer.quantities["mass"] == pytest.approx(4000 * 2.7e-9)


def test_the_adapter_loads_without_the_program_that_computes() -> None:
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from assay.solvers.ngsolve import NgsolveSolver; NgsolveSolver.version()\n"
        "import assay.solvers.elasticity\n"
        "print([name for name in ('ngsolve', 'netgen', 'scipy') if name in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", program, str(ROOT / "src")], capture_output=True, check=True)
    assert said.stdout.strip() == b"[]"
    assert NgsolveSolver.version().startswith("ngsolve-6")


# ---------------------------------------------------------------- declarations that must break


def held_against(name: str, folder: Path) -> tuple[Programme, dict[tuple[str, str], int]]:
    """Run a study's own structure tests, each combined load solved anew; count the violations."""
    programme = load(folder)
    (study,) = programme.studies.values()
    adapter = solver(folder, study.solver_file)
    settings = dict.fromkeys(study.verification.levels, 2.0)
    points = place_tests(study, f"seed of {name}")
    rows = [
        Row(number, key, {**point.base, **row}, "ok", quantities=answer.quantities)
        for number, point in enumerate(points)
        for (key, row), answer in zip(
            point.rows,
            adapter.solve(Request(point.base, tuple(row for _, row in point.rows), settings)),
            strict=True,
        )
    ]
    judged = judge_declarations(study, points, rows)
    return programme, {(check.quantity, check.kind): check.violations for check in judged.declarations}


def test_a_preload_breaks_homogeneity_and_nothing_else() -> None:
    _, violations = held_against("preload", ROOT / "tests" / "programmes" / "preload")
    assert violations["tip_drop", "homogeneous_in"] > 0
    assert violations["tip_drop", "linear_in"] == 0, "affine on a line: only the origin gives it away"
    assert violations["root_stress", "convex_in"] == 0


def test_a_stop_breaks_linearity_and_convexity() -> None:
    _, violations = held_against("gap", ROOT / "tests" / "programmes" / "gap")
    assert violations["tip_drop", "linear_in"] > 0
    assert violations["tip_deflection", "convex_in"] > 0


def test_superposition_overlooks_the_stop_as_declared_and_a_new_solution_does_not() -> None:
    beam = solver(ROOT / "tests" / "programmes" / "gap", "studies/beam.py")
    factors, rows = {"thickness": 10.0, "load": 5.0}, ({"load": 10.0}, {"load": 50.0})
    settings = {"divisions": 2.0}
    anew = beam.solve(Request(factors, rows, settings))
    summed = beam.solve(Request(factors, rows, settings, superpose=("load",)))
    drops = [[answer.quantities["tip_drop"] for answer in answers] for answers in (anew, summed)]
    assert drops[0][0] == pytest.approx(drops[1][0], rel=1e-9)
    assert drops[1][1] == pytest.approx(5.0 * drops[1][0], rel=1e-9)
    free = drops[1][1]
    give = free / 50.0
    assert drops[0][1] == pytest.approx(free - 500.0 * (free - 0.2) / (1 + 500.0 * give) * give, rel=1e-9)


def test_the_brackets_declarations_hold(tray: NgsolveSolver) -> None:
    del tray
    _, violations = held_against("bracket", BRACKET)
    assert len(violations) == 4
    assert set(violations.values()) == {0}
