"""The user's file is loaded as it was hashed, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from assay.errors import InputError, MissingSoftwareError, StoppedError
from assay.evidence import digest
from assay.solvers import Request, SolverSpec, loading, open_solver, solver_spec
from assay.solvers.python import PythonSolver


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "studies").mkdir()
    (tmp_path / "studies" / "bar.py").write_text(
        "def solve(f, s):\n    return {'a': f['load']}\n", encoding="utf-8"
    )
    return tmp_path


def spec(folder: Path, file: str = "studies/bar.py", function: str = "solve") -> SolverSpec:
    files = {file: digest((folder / file).read_bytes())}
    return solver_spec(folder, adapter="python", file=file, function=function, files=files)


def test_a_file_is_loaded_as_it_was_hashed(folder: Path) -> None:
    loaded = spec(folder)
    (answer,) = open_solver(loaded).solve(Request({"load": 6.0}, ({},), {}))
    assert answer.quantities == {"a": 6.0}
    assert loaded.version == PythonSolver.version()
    assert not loaded.superposes
    assert list((folder / "studies").iterdir()) == [folder / "studies" / "bar.py"], "a .pyc was left"


def test_planning_runs_nothing_of_the_user(folder: Path) -> None:
    (folder / "studies" / "bar.py").write_text("raise SystemExit(3)", encoding="utf-8")
    spec(folder)


def test_a_changed_or_missing_file_stops(folder: Path) -> None:
    planned = spec(folder)
    (folder / "studies" / "bar.py").write_text("def solve(f, s):\n    return {'a': 0.0}\n", encoding="utf-8")
    with pytest.raises(StoppedError, match="was changed"):
        open_solver(planned)
    (folder / "studies" / "bar.py").unlink()
    with pytest.raises(StoppedError, match="cannot be read"):
        open_solver(planned)


@pytest.mark.parametrize("file", ["../outside.py", "studies/link.py"])
def test_no_way_out_of_the_folder(folder: Path, file: str) -> None:
    inner = folder / "studies"
    (folder / "outside.py").write_text("def solve(f, s): ...", encoding="utf-8")
    (inner / "studies").mkdir()
    (inner / "studies" / "link.py").symlink_to(folder / "outside.py")
    with pytest.raises(InputError, match="out of the programme folder"):
        open_solver(spec(inner, file))


def test_another_version_of_the_solver_stops(folder: Path) -> None:
    planned = spec(folder)
    with pytest.raises(StoppedError, match=r"python-2\.7"):
        open_solver(SolverSpec(**{**vars(planned), "version": "python-2.7"}))


def test_a_function_that_is_not_there_is_named(folder: Path) -> None:
    with pytest.raises(InputError, match=r"studies/bar\.py has no function run") as caught:
        open_solver(spec(folder, function="run"))
    assert caught.value.problems[0].file == "studies/bar.py"


def test_an_unknown_adapter_is_named_with_the_known_ones(folder: Path) -> None:
    with pytest.raises(InputError, match=r"'abaqus'.*ngsolve, python"):
        solver_spec(folder, adapter="abaqus", file="a", function="f", files={"a": ""})


def test_an_adapter_without_its_program_says_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(loading._OWN, "fluent", "assay_no_such_package:Solver")
    with pytest.raises(MissingSoftwareError, match="assay_no_such_package"):
        solver_spec(folder, adapter="fluent", file="a", function="f", files={"a": ""})


def test_the_solver_file_is_one_of_the_files(folder: Path) -> None:
    with pytest.raises(InputError, match="not among"):
        solver_spec(folder, adapter="python", file="a.py", function="f", files={})
