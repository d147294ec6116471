"""What the long tests found, kept with its date: benchmarks/results/test_long.json.

A run with ``-m long`` writes there, for each long test, its outcome, its time and what it told by
`record_property`. A run of everything writes the file anew; a run of a part, or one that was cut short,
replaces only its own tests, so that each can be run by hand. Every entry says by itself when, where and
with what it was made.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

SCHEMA = "assay.benchmark/1"
NAMED = ("ngsolve", "numpy", "pypdf", "scikit-learn", "scipy", "typst")
"""Packages whose version may change a result; only those that are installed are told."""


class LongResults:
    """Gathers the reports of a session; registered once, in the process that writes."""

    def __init__(self, root: Path, place: Path, *, whole: bool) -> None:
        self.root = root
        self.place = place
        self.whole = whole
        self.found: dict[str, dict[str, Any]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep a test's call, and a set-up or tear-down that did not go well."""
        if report.when != "call" and report.passed:
            return
        before = self.found.get(report.nodeid)
        self.found[report.nodeid] = {
            "id": report.nodeid,
            "outcome": report.outcome,
            "seconds": round(report.duration if before is None else before["seconds"], 1),
            "recorded": dict(report.user_properties),
        }

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Write what was found into the file."""
        if not self.found:
            return
        cut = session.shouldfail or session.shouldstop or exitstatus not in {0, 1}
        kept = {} if self.whole and not cut else earlier(self.place)
        here = {
            "date": datetime.now(UTC).date().isoformat(),
            "machine": machine(),
            "versions": versions(self.root / "src" / "assay"),
        }
        kept.update({name: {**entry, **here} for name, entry in self.found.items()})
        document = {
            "schema": SCHEMA,
            "benchmark": "test_long",
            "date": max(entry["date"] for entry in kept.values()),
            "tests": [kept[name] for name in sorted(kept)],
            "failed": sorted(name for name, entry in kept.items() if entry["outcome"] == "failed"),
        }
        self.place.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.place.with_suffix(".new")
        fresh.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        fresh.replace(self.place)


def earlier(place: Path) -> dict[str, dict[str, Any]]:
    """Return the entries that the file holds."""
    if not place.is_file():
        return {}
    return {entry["id"]: entry for entry in json.loads(place.read_text(encoding="utf-8"))["tests"]}


def machine() -> dict[str, Any]:
    """Return what the benchmarks say of a machine."""
    return {
        "cores": os.cpu_count(),
        "processor": platform.machine(),
        "python": platform.python_version(),
    }


def versions(package: Path) -> dict[str, str]:
    """Return the digest of Assay's own files and the versions of what it stands on."""
    files = sorted(path for path in package.rglob("*") if path.is_file() and path.suffix != ".pyc")
    listing = "".join(
        f"{path.relative_to(package).as_posix()} {hashlib.sha256(path.read_bytes()).hexdigest()}\n"
        for path in files
    )
    found = {"assay_source": hashlib.sha256(listing.encode()).hexdigest()[:16]}
    for name in NAMED:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def register(config: pytest.Config) -> None:
    """Gather results if this run is one of long tests, and not in a process of pytest-xdist's."""
    if config.option.markexpr != "long" or hasattr(config, "workerinput") or config.option.collectonly:
        return
    whole = config.args_source is config.ArgsSource.TESTPATHS and not config.option.keyword
    place = config.rootpath / "benchmarks" / "results" / "test_long.json"
    config.pluginmanager.register(LongResults(config.rootpath, place, whole=whole), "long-results")
