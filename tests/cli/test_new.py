"""A new programme is complete, is the author's own, and never overwrites anything."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from assay.cli.main import main
from assay.cli.new import LEFT_OUT, TEMPLATES
from assay.programme import load

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def files(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("template", sorted(TEMPLATES))
def test_a_new_programme_has_no_problems_and_the_name_asked_for(template, here, capsys):
    assert main(["new", "mine", "--template", template]) == 0
    programme = load(here / "mine")
    assert programme.name == "mine"
    assert programme.criteria
    assert not LEFT_OUT & {part for file in files(here / "mine") for part in Path(file).parts}
    printed = capsys.readouterr().out
    assert [line.strip() for line in printed.splitlines()[-3:]] == [
        "assay check mine",
        "assay trust mine",
        "assay run mine",
    ]
    assert all(f"mine/{file}" in printed for file in files(here / "mine"))


def test_the_default_is_a_function(here):
    assert main(["new", "mine"]) == 0
    assert load(here / "mine").studies["fin"].adapter == "python"


def test_every_shipped_template_is_offered():
    shipped = {path.name for path in (ROOT / "src" / "assay" / "templates").iterdir() if path.is_dir()}
    assert shipped - {"__pycache__"} <= set(TEMPLATES)
    assert (ROOT / "examples" / "bracket" / "programme.toml").is_file()


def test_a_dry_run_writes_nothing(here, capsys):
    assert main(["new", "mine", "--dry-run"]) == 0
    assert "would write" in capsys.readouterr().out
    assert not list(here.iterdir())


def test_the_folder_may_stand_elsewhere(here):
    (here / "programmes").mkdir()
    assert main(["-C", "programmes", "new", "mine"]) == 0
    assert load(here / "programmes" / "mine").name == "mine"
    assert files(here) == [f"programmes/mine/{name}" for name in files(here / "programmes" / "mine")]


def test_an_empty_folder_may_be_used(here):
    (here / "mine").mkdir()
    assert main(["new", "mine"]) == 0
    assert (here / "mine" / "programme.toml").is_file()


@pytest.mark.parametrize("occupied", ["file", "folder", "link"])
def test_nothing_is_overwritten(occupied, here, capsys):
    target = here / "mine"
    if occupied == "file":
        target.write_text("kept")
    elif occupied == "folder":
        target.mkdir()
        (target / "kept").write_text("kept")
    else:
        (here / "elsewhere").mkdir()
        target.symlink_to(here / "elsewhere")
    before = files(here)
    assert main(["new", "mine"]) == 2
    assert "choose another name" in capsys.readouterr().err
    assert files(here) == before


@pytest.mark.parametrize(
    "name", ["../mine", "a/b", ".mine", "-mine", "", "mine you", "x" * 65, "a\nb", "/mine"]
)
def test_a_bad_name_is_refused(name, here, capsys):
    assert main(["new", "--", name]) == 2
    assert "write letters, digits" in capsys.readouterr().err
    assert not list(here.iterdir())


def test_an_unknown_template_is_refused(here, capsys):
    assert main(["new", "mine", "--template", "aeroplane"]) == 2
    printed = capsys.readouterr().err
    assert all(template in printed for template in TEMPLATES)
    assert not list(here.iterdir())


def test_a_full_disk_leaves_no_half_programme(here, monkeypatch, capsys):
    write = Path.write_bytes

    def full(self, data):
        if self.name == "criteria.toml":
            raise OSError(28, "No space left on device")
        return write(self, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    assert main(["new", "mine"]) == 4
    assert "No space left" in capsys.readouterr().err
    assert not list(here.iterdir())


def test_a_missing_parent_is_named(capsys):
    assert main(["-C", "nowhere", "new", "mine"]) == 2
    assert "nowhere is not a folder" in capsys.readouterr().err


def assay(*words, folder):
    return subprocess.run(
        [sys.executable, "-m", "assay", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )


def test_an_external_program_is_run(here):
    assert main(["new", "drop", "--template", "command"]) == 0
    assert assay("trust", "drop", "--yes", folder=here).returncode == 0
    ran = assay("run", "drop", folder=here)
    assert ran.returncode == 0, ran.stderr
    assert "DROP-2" in ran.stdout
    assert "failed" not in ran.stdout


def test_the_program_agrees_with_the_exact_answer(here):
    import math
    import runpy

    from assay.solvers import SolverError

    assert main(["new", "drop", "--template", "command"]) == 0
    module = runpy.run_path(str(here / "drop" / "studies" / "drop.py"))
    point = {"mass": 2.5, "height": 1.2, "drag": 0.1}
    rate = 1.225 * 0.1 / 2.5
    exact = 2.5 * 9.80665 / rate * (1 - math.exp(-rate * 1.2))
    errors = [module["solve"](point, {"steps": steps})["energy"] / exact - 1 for steps in (5.0, 10.0, 20.0)]
    assert abs(errors[2]) < 1e-5
    assert math.log2(errors[0] / errors[1]) == pytest.approx(2.0, abs=0.05)
    with pytest.raises(SolverError, match="ended with"):
        module["solve"]({**point, "colour": 1.0}, {"steps": 5.0})


def test_the_fin_agrees_with_the_exact_answer(here):
    import math
    import runpy

    assert main(["new", "fin"]) == 0
    module = runpy.run_path(str(here / "fin" / "studies" / "fin.py"))
    section, around = 0.05 * 0.002, 2 * (0.05 + 0.002)
    rate = math.sqrt(25 * around / (180 * section))
    exact = 4 / (180 * section * rate * math.tanh(rate * 0.06))
    point = {"thickness": 2.0, "power": 4.0, "film": 25.0}
    errors = [module["solve"](point, {"cells": cells})["rise"] - exact for cells in (10.0, 20.0, 40.0)]
    assert abs(errors[2]) < 1e-3 * exact
    assert math.log2(errors[0] / errors[1]) == pytest.approx(2.0, abs=0.01)
