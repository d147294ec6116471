"""The tree is the argument, and it stays readable: what no reviewer should have to look for.

Every exemption carries its reason, and an exemption that is no longer needed fails its test.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "assay"

MODULES = sorted(
    path for path in SOURCE.rglob("*.py") if not {"templates", "packs"} & set(path.relative_to(SOURCE).parts)
)
"""The core: starts of programmes (templates) and packs are data that a customer would write."""

MAX_FILE = 400
MAX_FUNCTION = 60

LONG_FILES: dict[str, str] = {
    "dossier/verify.py": "one file by contract: it is attached to the PDF and read by the authority",
}
LONG_FUNCTIONS: dict[str, str] = {}
WITHOUT_MIRRORED_TEST: dict[str, str] = {}

DOMAIN_WORDS = re.compile(
    r"\bMC ?[0-9]\b|\b[AB]-basis\b|\bCVEs?\b|certification basis|\bCS[ -]?25\b|\bCS 2[0-9]\.|\bAMC\b"
    r"|airworth|aircraft|aerospace|airplane|aeroplane|\bEASA\b|\bFAA\b|14 CFR|\bDO-178",
    re.IGNORECASE,
)
CASE_MATTERS = {"amc", "cve", "cves"}

# A library that is heavy, or that decides where data go, is known to one stage only.
OWNERS: dict[str, set[str]] = {
    "ngsolve": {"solvers"},
    "netgen": {"solvers"},
    "sklearn": {"surrogates"},
    "fontTools": {"dossier"},
    "pypdf": {"dossier"},
    "typst": {"dossier"},
    "jinja2": {"dossier"},
    "sqlalchemy": {"evidence"},
    "fsspec": {"evidence"},
    "typer": {"cli"},
    "torch": set(),
    "fastapi": set(),
}

FORBIDDEN_MODULES = {"pickle", "shelve", "marshal", "dill", "cloudpickle", "joblib", "telnetlib", "imp"}
FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__", "breakpoint", "input"}

TOO_SLOW_FOR_HELP = {
    "numpy", "scipy", "sklearn", "pint", "sqlalchemy", "fontTools", "ngsolve", "netgen", "typst",
    "matplotlib", "torch", "fastapi", "dask",
}  # fmt: skip


def name(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imported(path: Path) -> Iterator[str]:
    """Top-level packages that a file imports anywhere, inside functions too."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Name and number of lines of each function, its docstring not counted."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0]
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if ast.get_docstring(node) is not None:
                lines -= (first.end_lineno or first.lineno) - first.lineno + 1
            yield f"{name(path)}:{node.name}", lines


def unexplained(found: set[str], allowed: dict[str, str]) -> str:
    """Say what is found but not allowed, and what is allowed but not found."""
    new, stale = sorted(found - allowed.keys()), sorted(allowed.keys() - found)
    return "\n".join(
        [f"too much: {item}" for item in new] + [f"exemption not needed: {item}" for item in stale]
    )


def test_files_fit_in_a_head() -> None:
    lines = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    complaint = unexplained({item for item, count in lines.items() if count > MAX_FILE}, LONG_FILES)
    assert not complaint, f"files of more than {MAX_FILE} lines\n{complaint}"


def test_functions_fit_on_a_screen() -> None:
    lines = {item: count for path in MODULES for item, count in functions(path)}
    complaint = unexplained({item for item, count in lines.items() if count > MAX_FUNCTION}, LONG_FUNCTIONS)
    assert not complaint, f"functions of more than {MAX_FUNCTION} lines\n{complaint}"


def mirror(path: Path) -> Path:
    """Return the test of a module: the same place under tests/, `test_` before its plain name."""
    relative = path.relative_to(SOURCE)
    if relative.name == "__init__.py":
        return ROOT / "tests" / relative.parent.parent / f"test_{relative.parent.name}.py"
    return ROOT / "tests" / relative.parent / f"test_{relative.stem.lstrip('_')}.py"


def nothing_runs(path: Path) -> bool:
    """Whether a module only declares: re-exports, type aliases, models and protocols without a body."""
    bodies = [
        node.body for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return all(
        isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant)
        for body in bodies
        for line in body
    )


def test_tests_mirror_the_tree() -> None:
    untested = {name(path) for path in MODULES if not mirror(path).exists() and not nothing_runs(path)}
    complaint = unexplained(untested, WITHOUT_MIRRORED_TEST)
    assert not complaint, f"modules without a test of their own\n{complaint}"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_core_speaks_no_domain(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    found = [
        f"{name(path)}:{number}: {match.group()}"
        for number, line in enumerate(lines, 1)
        for match in DOMAIN_WORDS.finditer(line)
        if match.group().lower() not in CASE_MATTERS or match.group().isupper()
    ]
    assert not found, f"the core says `means`, `basis`, `role`, `source`: {found}"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_nothing_unsafe(path: Path) -> None:
    found = [f"imports {item}" for item in set(imported(path)) & FORBIDDEN_MODULES]
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Assert):
            found.append(f"line {node.lineno}: assert vanishes under -O; raise an error of assay.errors")
        elif isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called in FORBIDDEN_CALLS or called in {"os.system", "os.popen", "subprocess.getoutput"}:
                found.append(f"line {node.lineno}: calls {called}")
            if any(key.arg == "shell" for key in node.keywords):
                found.append(f"line {node.lineno}: a shell")
    assert not found, f"{name(path)}: {found}"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_public_things_are_documented(path: Path) -> None:
    """Files may be private by name; what other files import from them still has to say what it is."""
    module = tree(path)
    bare = [] if ast.get_docstring(module) else ["the module"]
    public = [node for node in module.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    for node in public:
        if node.name.startswith("_"):
            continue
        if ast.get_docstring(node) is None:
            bare.append(node.name)
        if isinstance(node, ast.ClassDef):
            methods = [item for item in node.body if isinstance(item, ast.FunctionDef)]
            bare += [
                f"{node.name}.{item.name}"
                for item in methods
                if not item.name.startswith("_") and ast.get_docstring(item) is None
            ]
    assert not bare, f"{name(path)}: no docstring for {bare}"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_library_is_known_to_one_stage(path: Path) -> None:
    stage = path.relative_to(SOURCE).parts[0]
    found = {item for item in imported(path) if item in OWNERS and stage not in OWNERS[item]}
    assert not found, (
        f"{name(path)} imports {sorted(found)}, which belong to {[OWNERS[item] for item in found]}"
    )


def test_the_verifier_needs_only_the_standard_library() -> None:
    verifier = SOURCE / "dossier" / "verify.py"
    foreign = {item for item in imported(verifier) if item not in sys.stdlib_module_names}
    assert not foreign


def test_nothing_names_this_workplace() -> None:
    """A clone elsewhere has no shared folder beside it and other roots."""
    outside = re.compile(r"\.\./shared|(?<![\w.])/work/|/root/|/tmp/w/")
    places = ["src", "examples", "benchmarks", "docs", "tools", "packs", "qualification"]
    files = [path for place in places for path in (ROOT / place).rglob("*") if path.is_file()]
    files += [path for path in ROOT.iterdir() if path.is_file()] + [ROOT / ".ci" / "run"]
    found = []
    for path in files:
        if {"__pycache__", ".assay", "build"} & set(path.parts) or path.name.startswith(".coverage"):
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: {match}" for match in outside.findall(text)]
    assert not found


def loaded_by(code: str) -> set[str]:
    """Names of all modules in memory after `code` ran in a fresh interpreter."""
    command = [sys.executable, "-c", f"{code}\nimport sys; print('\\n'.join(sys.modules))"]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env={"PYTHONPATH": str(ROOT / "src")}
    )
    return set(done.stdout.split())


def test_importing_assay_loads_nothing_heavy() -> None:
    """No stage and no library but the standard one's: `import assay` answers for its version alone."""
    extra = loaded_by("import assay") - loaded_by("pass")
    assert extra == {"assay"}


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys, io, contextlib; sys.argv = ['assay', '--help']\n"
        "from assay.cli.main import main\n"
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit): main()"
    )
    assert not loaded_by(code) & TOO_SLOW_FOR_HELP


def test_runs_as_a_module() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "assay", "--help"],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(ROOT / "src"), "NO_COLOR": "1"},
    )
    assert done.returncode == 0, done.stderr
    assert "dossier" in done.stdout
