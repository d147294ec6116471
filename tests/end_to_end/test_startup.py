"""What a command loads is what its user waits for: no library before it is needed."""

from __future__ import annotations

import subprocess
import sys

import pytest

SLOW = {"numpy", "scipy", "sklearn", "pint", "sqlalchemy", "pydantic", "matplotlib", "ngsolve", "netgen"}
SLOW |= {"typst", "pebble", "torch", "fastapi", "jinja2", "rich.console", "lark", "fsspec"}

RUNNER = """
import sys
from assay.cli.main import main
code = main(sys.argv[1:])
sys.stderr.write("LOADED " + " ".join(sorted(sys.modules)) + "\\n")
raise SystemExit(code)
"""


def loaded(assay, *arguments, code=RUNNER):
    """Modules in memory after a command in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=assay.folder,
        env=assay.environment(),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("LOADED ")]
    return set(line.split()[1:])


def test_importing_assay_loads_nothing_else(tiny_done):
    code = """
import sys
before = set(sys.modules)
import assay
sys.stderr.write("LOADED " + " ".join(set(sys.modules) - before))
"""
    assert loaded(tiny_done, code=code) == {"assay"}


@pytest.mark.parametrize("word", ["--help", "--version"])
def test_help_loads_no_library(tiny_done, word):
    names = loaded(tiny_done, word)
    assert "assay.cli.main" in names
    assert not names & (SLOW - {"rich.console"})


def test_what_was_said_of_finished_work_is_said_again_without_opening_it(tiny_done):
    """The run of a finished programme waits for the table's library alone."""
    assert tiny_done.within("run").code == 0
    names = loaded(tiny_done, "run")
    assert "assay.cli.unchanged" in names
    assert not names & (SLOW - {"rich.console", "pydantic"})  # typer takes pydantic for options
    assert not {name for name in names if name.startswith(("assay.pipeline", "assay.evidence", "sqlite3"))}


@pytest.mark.parametrize(
    "command", [("run", "--configuration", "thin"), ("plan",), ("status", "--json"), ("evidence", "ls")]
)
def test_with_nothing_to_do_no_solver_and_no_statistics(tiny_done, command):
    names = loaded(tiny_done, *command)
    assert "assay.evidence" in names
    heavy = {"scipy.stats", "scipy.optimize", "sklearn", "ngsolve", "netgen", "matplotlib", "pint", "typst"}
    assert not names & heavy
    assert "assay.dossier.pdf" not in names


def test_evidence_needs_no_programme_code(tiny_done):
    """Listing records reads the store, not the programme."""
    names = loaded(tiny_done, "evidence", "ls")
    assert not names & {"numpy", "assay.pipeline", "assay.surrogates"}


def test_no_solver_code_is_executed_by_looking(done):
    """`check`, `plan`, `status`, `explain` and `predict` run nothing of the programme (DESIGN.md 10)."""
    with (done.folder / "studies" / "beam.py").open("a") as file:
        file.write('\nopen("/proc/self/cwd/executed", "w").close()\n')
    for command in (("check",), ("plan",), ("status",), ("explain", "BEAM-4"), ("predict", "beam")):
        assert done(*command).code == 0
    assert not (done.folder / "executed").exists()
