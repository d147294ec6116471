"""What every test stands on: one thread a library, a home of its own, no network."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

# Before numpy is imported anywhere: bit-equal results, and pytest-xdist's processes do not fight for cores.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"
# What a test reads from a terminal is the same everywhere.
os.environ.update({"NO_COLOR": "1", "COLUMNS": "80", "TERM": "dumb"})
os.environ.pop("FORCE_COLOR", None)

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from assay.evidence import Record

# No deadline: a loaded two-core machine is no bug. In CI the examples are the same at every run, so
# that a submission fails for what it changed; at a desk they are new at every run.
settings.register_profile(
    "assay",
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("assay")

HERE = Path(__file__).parent
LOOPBACK = ("127.", "::1", "localhost")


def loaded(path: Path) -> ModuleType:
    """Import a file that is no part of a package, once."""
    name = f"loaded_{path.stem}"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


def pytest_configure(config: pytest.Config) -> None:
    """Keep what long tests find in benchmarks/results."""
    loaded(HERE / "long_results.py").register(config)


COMPUTED = ("sequential_done", "residual_done", "dominance_done", "derived_done", "accepted_done")
"""Programmes that take the most to compute: with several processes one computes each, for all its tests."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep together what shares a computed programme (`pytest -n N --dist loadgroup`)."""
    for item in items:
        shared = next((name for name in COMPUTED if name in getattr(item, "fixturenames", ())), None)
        if shared is None and item.path.parent.name == "end_to_end":
            shared = item.path.stem
        if shared is not None:
            item.add_marker(pytest.mark.xdist_group(shared))


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Trust and caches of the person who runs the tests are neither read nor written."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    for name in ("CONFIG", "CACHE", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))
    return home


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only this machine is spoken to; DESIGN.md section 10."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not str(address[0]).startswith(LOOPBACK):
            raise OSError(f"a test tried to reach {address!r}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture
def program() -> Callable[[str], str]:
    """Return the path of a program from outside the lock file; its absence fails, it never skips.

    For tests marked ``services``: ``program("qpdf")``.
    """

    def find(name: str) -> str:
        path = shutil.which(name)
        if path is None:
            pytest.fail(f"{name} is missing; `make test-services` says what to install")
        return path

    return find


# ------------------------------------------------------------------------------ forged dossiers
@pytest.fixture(scope="session")
def verifier() -> ModuleType:
    """The program that travels with every dossier, loaded by its path: nothing may import it."""
    return loaded(HERE.parent / "src" / "assay" / "dossier" / "verify.py")


@pytest.fixture(scope="session")
def forging() -> ModuleType:
    """What forges dossiers."""
    return loaded(HERE / "dossier" / "forging.py")


@pytest.fixture(params=("byte", "F1", "F2", "F3", "F4"))
def forgery(request: pytest.FixtureRequest) -> str:
    """Each kind of forgery that must be caught."""
    return str(request.param)


# ------------------------------------------------------------------------------ the programme `tiny`
TINY = HERE / "programmes" / "tiny"
ALLOWANCES = ("model-form:beam", "model-form:support")


@dataclass(frozen=True)
class Ended:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Return what it wrote on stdout as JSON; NaN is no JSON."""

        def refuse(word: str) -> float:
            raise ValueError(f"{word} in JSON")

        return json.loads(self.out, parse_constant=refuse)


@dataclass(frozen=True)
class Assay:
    """The command line on one programme folder, as a process of its own or within this one."""

    folder: Path
    settings: Path
    """The user's configuration, where trust is kept."""

    def environment(self, **more: str) -> dict[str, str]:
        """Return the environment of a command."""
        own = {"PYTHONPATH": str(Path(__file__).parents[1] / "src"), "ASSAY_CONFIG_HOME": str(self.settings)}
        return {**os.environ, **own, **more}

    def start(self, *arguments: str, **more: str) -> subprocess.Popen[str]:
        """Start a command in the folder without waiting for it."""
        return subprocess.Popen(
            [sys.executable, "-m", "assay", *arguments],
            cwd=self.folder,
            env=self.environment(**more),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
        )

    def __call__(self, *arguments: str, **more: str) -> Ended:
        """Run a command in the folder; a traceback fails the test, whatever the command."""
        process = self.start(*arguments, **more)
        out, err = process.communicate(timeout=300)
        assert "Traceback" not in out + err, err
        return Ended(process.returncode, out, err)

    def within(self, *arguments: str) -> Ended:
        """Run a command inside this process, which saves the time of starting one."""
        from assay.cli.main import main

        out, err = io.StringIO(), io.StringIO()
        before = {name: os.environ.get(name) for name in ("ASSAY_CONFIG_HOME", "ASSAY_TRACEBACK")}
        os.environ.update(ASSAY_CONFIG_HOME=str(self.settings), ASSAY_TRACEBACK="1")
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                code = main(["-C", str(self.folder), *arguments])
        finally:
            for name, value in before.items():
                os.environ.pop(name, None) if value is None else os.environ.update({name: value})
        return Ended(code, out.getvalue(), err.getvalue())

    def edit(self, file: str, old: str, new: str) -> None:
        """Replace the one place where `old` stands in a file of the programme."""
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        path.write_text(text.replace(old, new), encoding="utf-8")

    def trust(self) -> None:
        """Trust the solver files in their present form."""
        assert self.within("trust", "--yes").code == 0

    def run(self) -> None:
        """Carry out what is missing, inside this process."""
        ended = self.within("run", "--workers", "1")
        assert ended.code == 0, ended.err

    def rows(self, configuration: str = "nominal") -> dict[str, Any]:
        """Return the rows of `status --json` by requirement."""
        rows = self.within("status", "--json").json["rows"]
        return {row["requirement"]: row for row in rows if row["configuration"] == configuration}

    def records(self, kind: str | None = None) -> dict[str, Record]:
        """Return the records of the store by id."""
        from assay.evidence import open_store

        with open_store(self.folder) as store:
            return {record.id: record for record in store.records(kind)}

    def showing(self, criterion: str, configuration: str = "nominal") -> Record:
        """Return the showing of a criterion that was stored last."""
        from assay.evidence import open_store

        with open_store(self.folder) as store:
            record = store.latest("showing", f"{criterion}@{configuration}")
        assert record is not None
        return record

    def ledger(self, name: str = "") -> dict[str, bytes]:
        """Return the files of the ledger, or of one of its folders."""
        inside = self.folder / "ledger" / name
        return {
            path.relative_to(inside).as_posix(): path.read_bytes()
            for path in sorted(inside.rglob("*"))
            if path.is_file()
        }

    def copy(self, place: Path) -> Assay:
        """Return a copy of the programme with all that was computed, trusted where it lies."""
        shutil.copytree(self.folder, place)
        other = Assay(place, self.settings)
        other.trust()
        return other


@pytest.fixture(scope="session")
def tiny_unrun(tmp_path_factory: pytest.TempPathFactory) -> Assay:
    """The programme `tiny`, trusted and with its approvals, before anything ran. Not to be changed."""
    place = tmp_path_factory.mktemp("unrun") / "tiny"
    shutil.copytree(TINY, place)
    assay = Assay(place, tmp_path_factory.mktemp("settings"))
    assay.trust()
    approvals = [
        (ALLOWANCES, "Ada Example", "analyst lead"),
        (("document:BEAM-8",), "Quentin Example", "quality"),
    ]
    for subjects, person, role in approvals:
        assert assay.within("approve", *subjects, "--as", person, "--role", role).code == 0
    return assay


@pytest.fixture(scope="session")
def tiny_done(tiny_unrun: Assay, tmp_path_factory: pytest.TempPathFactory) -> Assay:
    """The programme `tiny` with everything computed. Not to be changed."""
    return computed(tiny_unrun, tmp_path_factory)


def approved(name: str, studies: tuple[str, ...], make: pytest.TempPathFactory) -> Assay:
    """Return a programme of tests/programmes, trusted, its allowances approved, before anything ran."""
    place = make.mktemp("unrun") / name
    shutil.copytree(TINY.parent / name, place)
    assay = Assay(place, make.mktemp("settings"))
    assay.trust()
    subjects = [f"model-form:{study}" for study in studies]
    assert assay.within("approve", *subjects, "--as", "Ada Example", "--role", "analyst lead").code == 0
    return assay


def computed(unrun: Assay, make: pytest.TempPathFactory) -> Assay:
    """Return a copy of a programme with everything computed."""
    assay = unrun.copy(make.mktemp("done") / unrun.folder.name)
    assay.run()
    return assay


@pytest.fixture(scope="session")
def sequential_unrun(tmp_path_factory: pytest.TempPathFactory) -> Assay:
    """The programme `sequential` before anything ran. Not to be changed."""
    return approved("sequential", ("beam",), tmp_path_factory)


@pytest.fixture(scope="session")
def sequential_done(sequential_unrun: Assay, tmp_path_factory: pytest.TempPathFactory) -> Assay:
    """The programme `sequential` with everything computed. Not to be changed."""
    return computed(sequential_unrun, tmp_path_factory)


@pytest.fixture(scope="session")
def residual_unrun(tmp_path_factory: pytest.TempPathFactory) -> Assay:
    """The programme `residual` before anything ran. Not to be changed."""
    return approved("residual", ("beam",), tmp_path_factory)


@pytest.fixture(scope="session")
def residual_done(residual_unrun: Assay, tmp_path_factory: pytest.TempPathFactory) -> Assay:
    """The programme `residual` with everything computed. Not to be changed."""
    return computed(residual_unrun, tmp_path_factory)


@pytest.fixture(scope="session")
def accepted_asked(tmp_path_factory: pytest.TempPathFactory) -> Assay:
    """The programme `accepted`, its models asked and none of them accepted. Not to be changed."""
    return computed(approved("accepted", ("plate", "rod"), tmp_path_factory), tmp_path_factory)


@pytest.fixture(scope="session")
def accepted_done(accepted_asked: Assay, tmp_path_factory: pytest.TempPathFactory) -> Assay:
    """The programme `accepted` with all accepted but what ACC-2 rests on. Not to be changed."""
    assay = accepted_asked.copy(tmp_path_factory.mktemp("accepted") / "accepted")
    subjects = [f"model:ACC-{number}.a@nominal" for number in (1, 3, 4, 5)]
    ended = assay.within("approve", *subjects, "--as", "Grace Example", "--role", "model owner")
    assert ended.code == 0, ended.err
    assay.run()
    return assay


@pytest.fixture(scope="session")
def dominance_done(tmp_path_factory: pytest.TempPathFactory) -> Assay:
    """The programme `dominance` with everything computed. Not to be changed."""
    return computed(approved("dominance", ("beam",), tmp_path_factory), tmp_path_factory)


@pytest.fixture(scope="session")
def derived_unrun(tmp_path_factory: pytest.TempPathFactory) -> Assay:
    """The programme `derived` before anything ran. Not to be changed."""
    return approved("derived", ("bar", "tie"), tmp_path_factory)


@pytest.fixture(scope="session")
def derived_done(derived_unrun: Assay, tmp_path_factory: pytest.TempPathFactory) -> Assay:
    """The programme `derived` with everything computed. Not to be changed."""
    return computed(derived_unrun, tmp_path_factory)


@pytest.fixture
def unrun(tiny_unrun: Assay, tmp_path: Path) -> Assay:
    """A copy of `tiny` of the test's own, before anything ran."""
    return tiny_unrun.copy(tmp_path / "tiny")


@pytest.fixture
def done(tiny_done: Assay, tmp_path: Path) -> Assay:
    """A copy of `tiny` of the test's own, with everything computed."""
    return tiny_done.copy(tmp_path / "tiny")


# ------------------------------------------------------------------------------ the example, for long tests
BRACKET = HERE.parent / "examples" / "bracket"


@pytest.fixture(scope="session")
def bracket_unrun(tmp_path_factory: pytest.TempPathFactory) -> Assay:
    """The example as it is in git, trusted, before anything ran. Not to be changed."""
    place = tmp_path_factory.mktemp("example") / "bracket"
    made = shutil.ignore_patterns(".assay", "build", "attempts", "freezes")
    shutil.copytree(BRACKET, place, ignore=made)
    assay = Assay(place, tmp_path_factory.mktemp("settings"))
    assay.trust()
    return assay


@pytest.fixture(scope="session")
def bracket_done(bracket_unrun: Assay, tmp_path_factory: pytest.TempPathFactory) -> tuple[Assay, float]:
    """The example with everything computed, and the seconds that it took. Not to be changed."""
    assay = bracket_unrun.copy(tmp_path_factory.mktemp("computed") / "bracket")
    start = time.monotonic()
    process = assay.start("run")
    _, err = process.communicate(timeout=3600)
    assert process.returncode == 0, err
    return assay, time.monotonic() - start
