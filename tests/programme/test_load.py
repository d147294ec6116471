from __future__ import annotations

import contextlib
import os
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.errors import InputError
from assay.programme import load

TINY = Path(__file__).resolve().parents[1] / "programmes" / "tiny"
FILES = sorted(
    p.relative_to(TINY).as_posix() for p in TINY.rglob("*") if p.is_file() and "__pycache__" not in p.parts
)


def test_the_tiny_programme_loads(tiny: Any) -> None:
    programme = tiny.load()
    assert programme.name == "tiny"
    assert programme.attempts == 1
    assert programme.document.date == "2026-11-01"
    assert programme.roles["quality"] == "Quentin Example, Quinn Example"
    assert list(programme.requirements) == [f"BEAM-{n}" for n in range(1, 11)]
    assert set(programme.configurations) == {"nominal", "thin"}
    assert programme.narrative["introduction.md"].startswith("# The beam")
    assert any("independent" in notice for notice in programme.notices)


def test_loading_twice_gives_equal_objects(tiny: Any) -> None:
    assert tiny.load() == tiny.load()


@pytest.mark.parametrize(
    ("old", "new", "marker", "found", "instead"),
    [
        ("attempts = 1", "attempts = 0", "attempts", "attempts is 0", "at least 1"),
        ("attempts = 1", "attemps = 1", "attemps", "unknown key 'attemps'", "'attempts'"),
        ('title = "A c', 'titel = "A c', "titel", "unknown key 'titel'", "'title'"),
        ("2026-11-01", '"tomorrow"', "tomorrow", "date is 'tomorrow'", "write"),
        ("max_runs = 800", "max_runs = 8.5", "max_runs", "max_runs is 8.5", "whole number"),
        ("max_runs = 800", "max_runs = nan", "max_runs", "max_runs is nan", "whole number"),
        ("max_runs = 800", "max_hours = inf", "max_hours", "max_hours is inf", "finite"),
        ("statistics = 1.0", 'statistics = "1"', "statistics", "statistics is '1'", "without quotes"),
        ("numerical = 0.0", "numerical = 0.5", "[error]", "sum to more than 1", "lower"),
        ("[budget]", "[bugdet]", "[bugdet]", "unknown table 'bugdet'", "'budget'"),
        ("[error]", "[accept]\nmodel = 'nobody'\n[error]", "model = 'nobody'", "'nobody'", "write one of"),
        ("[error]", "[columns]\nidd = 'x'\n[error]", "idd", "unknown column 'idd'", "'id'"),
        ('reference = "TINY-001"\n', "", "[document]", "no reference", "add reference"),
        ('quality = ["Quentin Example", "Quinn Example"]', "quality = 3", "quality", "quality is 3", "name"),
    ],
)
def test_programme_toml(tiny: Any, old: str, new: str, marker: str, found: str, instead: str) -> None:
    tiny.edit("programme.toml", old, new)
    if "titel" in new:
        assert {p.line for p in tiny.problems()} == {1, tiny.line("programme.toml", "titel")}
        tiny.edit("programme.toml", "titel", 'title = "t"\ntitel')
    tiny.check("programme.toml", marker, found, instead)


def test_a_syntax_error_has_its_line(tiny: Any) -> None:
    tiny.edit("programme.toml", "attempts = 1", "attempts = = 1")
    problems = [p for p in tiny.problems() if p.file == "programme.toml"]
    assert problems[0].line == tiny.line("programme.toml", "attempts = = 1")
    assert "not TOML" in problems[0].found


def test_all_problems_come_at_once(tiny: Any) -> None:
    tiny.edit("programme.toml", "attempts = 1", "attempts = 0")
    tiny.edit("studies/beam.toml", 'unit = "mm"', 'unit = "milimeter"')
    tiny.edit("data/cases.csv", "500", "NaN")
    tiny.edit("requirements.csv", "RULE 3", "RULE 33")
    files = {p.file for p in tiny.problems()}
    assert files == {"programme.toml", "studies/beam.toml", "requirements.csv"} | (
        files & {"data/cases.csv", "criteria.toml", "configurations/nominal.toml", "configurations/thin.toml"}
    )


def test_there_has_to_be_a_configuration(tiny: Any) -> None:
    shutil.rmtree(tiny.root / "configurations")
    tiny.check("configurations", None, "no configuration", "nominal.toml")


def test_a_folder_without_programme(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        load(tmp_path)
    assert "programme.toml" in {p.file for p in caught.value.problems}
    with pytest.raises(InputError, match="cannot be read"):
        load(tmp_path / "missing")
    with pytest.raises(InputError, match="not a folder"):
        load(TINY / "programme.toml")


def test_loading_needs_no_heavy_library() -> None:
    code = (
        "import sys; from assay.programme import load; load(sys.argv[1]);"
        "sys.exit(bool({'pint', 'scipy', 'ngsolve', 'sklearn', 'matplotlib'} & set(sys.modules)))"
    )
    source = Path(__file__).resolve().parents[2] / "src"
    run = subprocess.run(
        [sys.executable, "-c", code, str(TINY)], env={**os.environ, "PYTHONPATH": str(source)}, check=False
    )
    assert run.returncode == 0


def loaded(folder: Path) -> None:
    """Load; whatever the bytes, nothing but InputError comes out."""
    with contextlib.suppress(InputError):
        load(folder)


def copied(target: str) -> Path:
    return Path(shutil.copytree(TINY, Path(target) / "p", ignore=shutil.ignore_patterns("__pycache__")))


@settings(max_examples=80)
@given(file=st.sampled_from(FILES), seed=st.integers(0, 2**32), count=st.integers(1, 6))
def test_spoiled_bytes_never_crash(file: str, seed: int, count: int) -> None:
    random_ = random.Random(seed)
    with tempfile.TemporaryDirectory() as target:
        root = copied(target)
        data = bytearray((root / file).read_bytes())
        for _ in range(count):
            at = random_.randrange(len(data) + 1)
            match random_.randrange(5):
                case 0:
                    data[at : at + 1] = bytes([random_.randrange(256)])
                case 1:
                    del data[at : at + random_.randrange(1, 40)]
                case 2:
                    piece = random_.choice(
                        [b"[", b"]", b'"', b"'", b"=", b"\n", b",", b"nan", b"[[", b"{", b"-1", b"\xff"]
                    )
                    data[at:at] = piece * random_.randrange(1, 4)
                case 3:
                    start = random_.randrange(len(data) + 1)
                    data[at:at] = data[start : start + random_.randrange(60)]
                case 4:
                    lines = bytes(data).split(b"\n")
                    random_.shuffle(lines)
                    data = bytearray(b"\n".join(lines))
        (root / file).write_bytes(bytes(data))
        loaded(root)


@settings(max_examples=25)
@given(file=st.sampled_from(FILES), content=st.binary(max_size=300))
def test_random_bytes_never_crash(file: str, content: bytes) -> None:
    with tempfile.TemporaryDirectory() as target:
        root = copied(target)
        (root / file).write_bytes(content)
        loaded(root)


VALUES = st.recursive(
    st.one_of(
        st.none().map(lambda _: "true"),
        st.integers(-(10**30), 10**30).map(str),
        st.floats().map(lambda x: repr(x).replace("inf", "inf")),
        st.sampled_from(
            ['""', '"everywhere"', '"x"', "0xffff", "2026-01-01", "12:00:00", '"\\u001b[2J"', "1e999"]
        ),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: "[" + ", ".join(items) + "]"),
        st.lists(inner, max_size=2).map(
            lambda items: "{ " + ", ".join(f"k{i} = {item}" for i, item in enumerate(items)) + " }"
        ),
    ),
    max_leaves=6,
)


@settings(max_examples=80)
@given(file=st.sampled_from([f for f in FILES if f.endswith(".toml")]), value=VALUES, data=st.data())
def test_wrong_values_never_crash(file: str, value: str, data: st.DataObject) -> None:
    lines = (TINY / file).read_text("utf-8").splitlines()
    keys = [i for i, line in enumerate(lines) if " = " in line]
    at = data.draw(st.sampled_from(keys))
    lines[at] = lines[at].split(" = ")[0] + " = " + value
    with tempfile.TemporaryDirectory() as target:
        root = copied(target)
        (root / file).write_text("\n".join(lines), "utf-8")
        loaded(root)


def test_who_accepts_a_model_is_read_and_nothing_else_may_be_accepted(tiny):
    tiny.edit("programme.toml", "[error]", '[accept]\nmodel = "analyst lead"\n\n[error]')
    programme = tiny.load()
    assert programme.accepts == {"model": "analyst lead"}
    assert not any("[accept]" in notice for notice in programme.notices)
    tiny.edit("programme.toml", 'model = "analyst lead"', 'modell = "analyst lead"')
    (problem,) = tiny.problems()
    assert (problem.file, problem.line) == ("programme.toml", tiny.line("programme.toml", "modell"))
    assert "unknown thing to accept 'modell'" in problem.found
    assert "'model'" in problem.instead
