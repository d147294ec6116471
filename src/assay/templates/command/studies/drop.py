"""Runs an external program: writes its input file, starts it, reads its output file.

Replace COMMAND by your own executable, and `_input` and `_output` by its formats. Name every file of
yours that the answer depends on under `files` in drop.toml.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from assay.solvers import SolverError

COMMAND = [sys.executable, "-I", str(Path(__file__).with_name("program.py"))]
SECONDS = 30


def solve(factors: dict[str, float], settings: dict[str, float]) -> dict[str, float]:
    """Return what the program says at one point, each run in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        (work / "input.txt").write_text(_input({**factors, **settings}), encoding="utf-8")
        try:
            done = subprocess.run(  # noqa: S603  # a list of words, no shell
                [*COMMAND, "input.txt", "output.txt"],
                cwd=work,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise SolverError("time-limit", f"the program took more than {SECONDS} s") from error
        if done.returncode != 0:
            raise SolverError("crash", f"the program ended with {done.returncode}: {done.stderr[-500:]}")
        return _output((work / "output.txt").read_text(encoding="utf-8"))


def _input(values: dict[str, float]) -> str:
    return "".join(f"{name} = {value!r}\n" for name, value in values.items())


def _output(text: str) -> dict[str, float]:
    lines = (line.split("=") for line in text.splitlines() if "=" in line)
    return {name.strip(): float(value) for name, value in lines}
