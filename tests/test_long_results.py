"""The plug-in that keeps what long tests found, on a small suite of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

PLUGIN = Path(__file__).parent / "long_results.py"
CONFTEST = f"""
import importlib.util
spec = importlib.util.spec_from_file_location("long_results", {str(PLUGIN)!r})
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
pytest_configure = module.register
"""
TESTS = """
import pytest

@pytest.mark.long
def test_many(record_property):
    record_property("caught", "500 of 500")

@pytest.mark.long
@pytest.mark.parametrize("n", [1, 2])
def test_some(n):
    assert n < LIMIT

@pytest.fixture
def broken():
    raise OSError

@pytest.mark.long
def test_unprepared(broken):
    pass

def test_short():
    pass
"""
SETTINGS = '[tool.pytest.ini_options]\ntestpaths = ["tests"]\nmarkers = ["long: so"]\n'
MANY, ONE, TWO, UNPREPARED = (
    f"tests/test_it.py::{name}" for name in ("test_many", "test_some[1]", "test_some[2]", "test_unprepared")
)


@pytest.fixture
def suite(tmp_path):
    for name, text in {
        "pyproject.toml": SETTINGS,
        "src/assay/own.py": "x = 1\n",
        "tests/conftest.py": CONFTEST,
        "tests/test_it.py": TESTS.replace("LIMIT", "2"),
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def result(suite, *arguments):
    """Run pytest there; return the file that it leaves, and its tests by id."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    ended = subprocess.run(command, cwd=suite, capture_output=True, text=True, check=False)
    assert ended.returncode in {0, 1}, ended.stdout + ended.stderr
    place = suite / "benchmarks" / "results" / "test_long.json"
    if not place.is_file():
        return None, {}
    document = json.loads(place.read_text(encoding="utf-8"))
    return document, {entry["id"]: entry for entry in document["tests"]}


@pytest.mark.parametrize("processes", [(), ("-n", "2")], ids=["alone", "side by side"])
def test_a_whole_run_writes_every_long_test(suite, processes):
    document, tests = result(suite, "-m", "long", *processes)
    assert document["schema"] == "assay.benchmark/1"
    assert document["failed"] == [TWO, UNPREPARED]
    assert {name: entry["outcome"] for name, entry in tests.items()} == {
        MANY: "passed", ONE: "passed", TWO: "failed", UNPREPARED: "failed",
    }  # fmt: skip
    assert tests[MANY]["recorded"] == {"caught": "500 of 500"}
    assert tests[ONE]["recorded"] == {}
    for entry in tests.values():
        assert entry["date"] == document["date"]
        assert entry["machine"]["cores"] >= 1
        assert entry["seconds"] >= 0.0
        assert "numpy" in entry["versions"]


def test_a_part_replaces_only_its_own_and_the_whole_forgets(suite):
    _, before = result(suite, "-m", "long")
    (suite / "src" / "assay" / "own.py").write_text("x = 2\n")
    (suite / "tests" / "test_it.py").write_text(TESTS.replace("LIMIT", "3"))
    document, after = result(suite, "-m", "long", TWO)
    assert document["failed"] == [UNPREPARED]
    assert after[TWO]["versions"]["assay_source"] != before[TWO]["versions"]["assay_source"]
    assert {name: after[name] for name in before if name != TWO} == {
        name: entry for name, entry in before.items() if name != TWO
    }
    (suite / "tests" / "test_it.py").write_text(TESTS.replace("LIMIT", "3").replace("test_many", "test_more"))
    assert MANY in result(suite, "-m", "long", "-k", "more")[1]
    assert MANY in result(suite, "-m", "long", "-x")[1]
    assert MANY not in result(suite, "-m", "long")[1]


@pytest.mark.parametrize("arguments", [(), ("-m", "not long"), ("-m", "long", "--collect-only")])
def test_other_runs_write_nothing(suite, arguments):
    assert result(suite, *arguments) == (None, {})
