"""From a study's line ``adapter:file:function`` to a solver; the user's file runs in workers only."""

from __future__ import annotations

import hashlib
import importlib
import importlib.abc
import importlib.util
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, Protocol, cast

from assay.errors import InputError, MissingSoftwareError, Problem, StoppedError
from assay.solvers.protocol import Solver

GROUP = "assay.solvers"
"""Entry point group under which an installed package offers an adapter."""

_OWN = {
    "python": "assay.solvers.python:PythonSolver",
    "ngsolve": "assay.solvers.ngsolve:NgsolveSolver",
}
"""Assay's own adapters, found from a source tree too, where no entry point is installed."""
VERSIONED_BY_PACKAGE = frozenset({"python", "ngsolve"})
"""Adapters whose version is that of Assay or of an installed Python package: no other program is asked."""


class Adapter(Protocol):
    """What an entry point names: a class whose instance, made with the user's function, is a `Solver`.

    `version` and `superposes` are asked of the class, without the user's file and without loading
    the program that computes.
    """

    superposes: bool

    def version(self) -> str:
        """Return name and version of the program that computes."""
        ...

    def __call__(self, function: Callable[..., Any]) -> Solver:
        """Bind the user's function."""
        ...


@dataclass(frozen=True)
class SolverSpec:
    """Which solver; small enough to travel to a worker with every run."""

    adapter: str
    folder: str
    """The programme's folder, absolute."""
    file: str
    """The user's file, inside the folder, with forward slashes."""
    function: str
    files: tuple[tuple[str, str], ...]
    """Every file of the user that the solver reads, and its ``sha256:`` digest; `file` among them."""
    version: str
    """What `Solver.version` says here; a worker that says otherwise is refused."""
    superposes: bool


def solver_spec(
    folder: Path, *, adapter: str, file: str, function: str, files: Mapping[str, str]
) -> SolverSpec:
    """Return the spec of a study's solver, without running any code of the user.

    Raises
    ------
    InputError
        If the adapter is unknown, or `file` is not among `files`.
    MissingSoftwareError
        If the adapter's program is not installed.
    """
    if file not in files:
        raise InputError(f"the solver's file {file} is not among the study's files")
    found = _adapter(adapter)
    return SolverSpec(
        adapter=adapter,
        folder=str(folder.resolve()),
        file=file,
        function=function,
        files=tuple(sorted(files.items())),
        version=found.version(),
        superposes=found.superposes,
    )


def open_solver(spec: SolverSpec) -> Solver:
    """Load the user's file and bind its function to the adapter. Call it in a worker only.

    Raises
    ------
    InputError
        If the file cannot be imported or has no such function, or leads out of the folder.
    StoppedError
        If a file is no longer the one of the spec, or this machine has another solver version.
    """
    adapter = _adapter(spec.adapter)
    if adapter.version() != spec.version:
        raise StoppedError(
            f"this worker has {adapter.version()}, the programme was planned with {spec.version}: "
            "install the same version, or run again"
        )
    sources = {file: _checked_bytes(Path(spec.folder), file, expected) for file, expected in spec.files}
    module = _load(spec, sources[spec.file])
    function = getattr(module, spec.function, None)
    if not callable(function):
        raise _bad(spec, f"has no function {spec.function}", "define it, or name another one in the study")
    return adapter(function)


def load_adapter(name: str) -> None:
    """Import an adapter ahead of its first use."""
    _adapter(name)


def _adapter(name: str) -> Adapter:
    target = _OWN.get(name)
    if target is None:
        offered = {point.name: point for point in entry_points(group=GROUP)}
        if name not in offered:
            known = ", ".join(sorted({*_OWN, *offered}))
            raise InputError(f"there is no solver adapter {name!r}: known here are {known}")
        return cast("Adapter", offered[name].load())
    module, _, attribute = target.partition(":")
    try:
        return cast("Adapter", getattr(importlib.import_module(module), attribute))
    except ImportError as error:
        raise MissingSoftwareError(
            f"the solver adapter {name} needs {error.name or error}: install it"
        ) from error


def _checked_bytes(folder: Path, file: str, expected: str) -> bytes:
    path = (folder / file).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise InputError(f"{file} leads out of the programme folder")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise StoppedError(f"{file} cannot be read ({error.strerror}): restore it and run again") from error
    if "sha256:" + hashlib.sha256(data).hexdigest() != expected:
        raise StoppedError(f"{file} was changed while the programme was running: run again")
    return data


class _CheckedSource(importlib.abc.InspectLoader):
    """Runs exactly the bytes that were hashed: neither a later edit nor a cached .pyc file."""

    def __init__(self, path: Path, source: bytes) -> None:
        self._path = path
        self._source = source

    def get_source(self, fullname: str) -> str:
        del fullname
        return importlib.util.decode_source(self._source)

    def get_code(self, fullname: str) -> CodeType:
        del fullname
        return self.source_to_code(self._source, str(self._path))


def _load(spec: SolverSpec, source: bytes) -> ModuleType:
    path = Path(spec.folder) / spec.file
    name = "assay_user_" + hashlib.sha256(f"{spec.folder}\0{spec.file}".encode() + source).hexdigest()[:16]
    plan = importlib.util.spec_from_file_location(name, path, loader=_CheckedSource(path, source))
    if plan is None or plan.loader is None:
        raise _bad(spec, "is not a Python file", "name a .py file in the study")
    module = importlib.util.module_from_spec(plan)
    sys.modules[name] = module
    try:
        plan.loader.exec_module(module)
    except Exception as error:
        sys.modules.pop(name, None)
        raise _bad(spec, f"cannot be imported ({type(error).__name__}: {error})", "correct it") from error
    return module


def _bad(spec: SolverSpec, found: str, instead: str) -> InputError:
    return InputError(f"{spec.file} {found}: {instead}", [Problem(spec.file, None, found, instead)])
