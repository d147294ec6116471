"""What is installed is what is declared, pinned, hashed, used and acknowledged."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import assay

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PINS = dict(re.findall(r"^([a-z0-9._-]+)==([^ ;\\]+)", LOCK, re.MULTILINE))

RUNTIME = [Requirement(line) for line in PROJECT["project"]["dependencies"]]
DEVELOPMENT = [Requirement(line) for line in PROJECT["project"]["optional-dependencies"]["dev"]]

USED_WITHOUT_IMPORT: dict[str, str] = {}
"""Dependency to the reason why no module of Assay imports it."""


def imported_by_the_product() -> set[str]:
    found = set()
    for path in [*(ROOT / "src").rglob("*.py"), *(ROOT / "examples").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.split(".")[0])
    return found - set(sys.stdlib_module_names) - {"assay"}


def test_the_version_is_one_number() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", assay.__version__)
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## [{assay.__version__}]" in changelog or "## [Unreleased]" in changelog


@pytest.mark.parametrize("requirement", RUNTIME + DEVELOPMENT, ids=lambda requirement: requirement.name)
def test_the_lock_file_satisfies_what_is_declared(requirement: Requirement) -> None:
    pin = PINS.get(canonicalize_name(requirement.name))
    assert pin is not None, "run tools/lock.sh"
    assert requirement.specifier.contains(pin), "run tools/lock.sh"


def test_every_pin_has_a_hash_and_no_index_is_named() -> None:
    blocks = re.split(r"\n(?=[a-z0-9])", re.sub(r"^#.*\n", "", LOCK, flags=re.MULTILINE))
    assert len(blocks) == len(PINS)
    assert not [block.split("\n")[0] for block in blocks if "--hash=sha256:" not in block]
    assert not re.search(r"index-url|find-links|trusted-host|https?://", LOCK)


def test_dependencies_are_those_that_are_imported() -> None:
    owners = packages_distributions()
    declared = {canonicalize_name(requirement.name) for requirement in RUNTIME}
    imported = {
        name: {canonicalize_name(owner) for owner in owners.get(name, [name])}
        for name in imported_by_the_product()
    }
    undeclared = {name for name, distributions in imported.items() if not distributions & declared}
    unused = declared - set().union(*imported.values()) - USED_WITHOUT_IMPORT.keys()
    # netgen is the geometry half of ngsolve and comes with it
    assert undeclared - {"netgen"} == set(), "imported but not in pyproject.toml"
    assert unused == set(), "in pyproject.toml but imported nowhere"


@pytest.mark.parametrize("requirement", RUNTIME, ids=lambda requirement: requirement.name)
def test_third_parties_are_acknowledged(requirement: Requirement) -> None:
    assert f"| {requirement.name} |" in (ROOT / "THIRD_PARTY_NOTICES.md").read_text(encoding="utf-8")


def test_types_are_shipped() -> None:
    assert (Path(assay.__file__).parent / "py.typed").is_file()
