"""The guide's pages that a newcomer types in are typed in here, word for word."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "guide"
BLOCK = re.compile(r"^```(?P<language>\w*)(?: (?P<path>\S+))?\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
RUN = ("your-first-verdict.md", "bring-your-own-solver.md")


@dataclass(frozen=True)
class Block:
    """A fenced block: a file to write, or commands to type."""

    language: str
    path: str
    text: str


def blocks(page):
    text = (GUIDE / page).read_text(encoding="utf-8")
    return [Block(found["language"], found["path"] or "", found["text"]) for found in BLOCK.finditer(text)]


def steps(text):
    """Yield each command with the output that the page shows for it."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield command, output


def matches(expected, printed):
    """Whether the output is the one shown, `...` standing for anything and spaces for any spaces.

    Leftmost matches in order, in time that grows with the text: a regular expression would try every
    way to share the text out between the gaps before it says no.
    """
    first, *rest = [" ".join(piece.split()) for piece in expected.split("...")]
    text = " ".join(printed.split())
    if not rest:
        return text == first
    place = len(first)
    for piece in rest[:-1]:
        found = text.find(piece, place)
        if found < 0:
            return False
        place = found + len(piece)
    return text.startswith(first) and text.endswith(rest[-1]) and len(text) - len(rest[-1]) >= place


def type_in(command, folder):
    words = shlex.split(command)
    if words[0] == "assay":
        words = [sys.executable, "-m", "assay", *words[1:]]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "COLUMNS": "80", "NO_COLOR": "1"}
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, env=environment)


def follow(page, folder):
    for block in blocks(page):
        if block.path:
            path = folder / block.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, encoding="utf-8")
        elif block.language == "console":
            for command, output in steps(block.text):
                done = type_in(command, folder)
                assert done.returncode == 0, f"$ {command}\n{done.stdout}{done.stderr}"
                assert matches(output, done.stdout), f"$ {command}\n{done.stdout}\ninstead of\n{output}"


@pytest.mark.parametrize("page", RUN)
def test_a_page_that_is_typed_in_says_what_it_shows(page, tmp_path):
    follow(page, tmp_path)


def test_a_solver_of_your_own_takes_thirty_lines():
    written = [block for block in blocks("bring-your-own-solver.md") if block.path]
    assert {block.path for block in written} >= {
        "bar/studies/bar.py",
        "bar/studies/bar.toml",
        "bar/criteria.toml",
    }
    assert sum(1 for block in written for line in block.text.splitlines() if line.strip()) <= 30


@pytest.mark.parametrize(
    ("expected", "printed", "same"),
    [
        ("a\n...\nb   c\n", "a\nx\ny\nb c\n", True),
        ("a ...\nc\n", "a b\nc\n", True),
        ("a\nb\n", "a\nx\nb\n", False),
        ("a\n", "a\nb\n", False),
        ("...\n3 SHOWN 0 REFUTED\n", "table\n2 SHOWN 0 REFUTED\n", False),
        ("", "", True),
    ],
)
def test_the_comparison_can_fail(expected, printed, same):
    assert matches(expected, printed) is same


def test_every_page_is_in_the_index():
    index = (GUIDE / "index.md").read_text(encoding="utf-8")
    pages = {path.name for path in GUIDE.glob("*.md")} - {"index.md"}
    assert pages
    assert not [name for name in pages if f"]({name})" not in index]


def test_every_command_that_the_guide_names_is_there():
    from assay.cli.main import COMMANDS

    named = set()
    for page in (*GUIDE.glob("*.md"), ROOT / "README.md"):
        named |= set(re.findall(r"(?:^|`|\$ )assay (?:-C \S+ )?([a-z]+)", page.read_text(), re.MULTILINE))
    assert named <= set(COMMANDS) | {"evidence"}
    assert set(COMMANDS) <= named, "a command that no page of the guide mentions"


def test_every_key_of_every_file_is_explained():
    import importlib
    import pkgutil

    import assay.programme
    from assay.programme._documents import Shape

    for module in pkgutil.iter_modules(assay.programme.__path__):
        importlib.import_module(f"assay.programme.{module.name}")
    text = (GUIDE / "programme-files.md").read_text(encoding="utf-8")
    written = set(re.findall(r"[A-Za-z_]\w*", "".join(re.findall(r"```.*?```|`[^`]+`", text, re.DOTALL))))
    # other tests, in the same process, may have made shapes of their own
    own = [shape for shape in Shape.__subclasses__() if shape.__module__.startswith("assay.")]
    keys = {key for shape in own for key in shape.model_fields}
    assert len(keys) > 60
    assert not sorted(keys - written)


def test_every_law_is_explained():
    from assay.programme._laws import PARAMETERS

    text = (GUIDE / "programme-files.md").read_text(encoding="utf-8")
    for kind, parameters in PARAMETERS.items():
        (row,) = re.findall(rf"^\| `{kind}` \|.*$", text, re.MULTILINE)
        assert all(f"`{parameter}`" in row for parameter in parameters)
