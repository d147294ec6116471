"""A copy of the closed-form programme that a test may spoil."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from assay.errors import InputError, Problem
from assay.programme import Programme, load

TINY = Path(__file__).resolve().parents[1] / "programmes" / "tiny"


@dataclass
class Copy:
    """A programme folder of its own."""

    root: Path

    def edit(self, file: str, old: str, new: str) -> Copy:
        """Replace the first occurrence; the test is wrong if there is none."""
        path = self.root / file
        text = path.read_text("utf-8")
        assert old in text, f"{old!r} is not in {file}"
        path.write_text(text.replace(old, new, 1), "utf-8")
        return self

    def write(self, file: str, content: str | bytes) -> Copy:
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return self

    def append(self, file: str, text: str) -> Copy:
        return self.write(file, (self.root / file).read_text("utf-8") + text)

    def line(self, file: str, text: str) -> int:
        """Line on which `text` first stands."""
        lines = (self.root / file).read_text("utf-8").splitlines()
        return next(number for number, line in enumerate(lines, 1) if text in line)

    def load(self) -> Programme:
        return load(self.root)

    def problems(self) -> tuple[Problem, ...]:
        with pytest.raises(InputError) as caught:
            load(self.root)
        assert caught.value.problems, "an InputError about a programme names its problems"
        assert all(p.found and p.instead for p in caught.value.problems)
        return caught.value.problems

    def only(self) -> Problem:
        problems = self.problems()
        assert len(problems) == 1, "\n".join(map(str, problems))
        return problems[0]

    def check(self, file: str, marker: str | int | None, found: str, instead: str) -> None:
        """The one problem stands in `file`, on the line of `marker`, and says `found` and `instead`."""
        problem = self.only()
        line = self.line(file, marker) if isinstance(marker, str) else marker
        assert (problem.file, problem.line) == (file, line), str(problem)
        assert found in problem.found, str(problem)
        assert instead in problem.instead, str(problem)


@pytest.fixture
def tiny(tmp_path: Path) -> Copy:
    return Copy(Path(shutil.copytree(TINY, tmp_path / "tiny", ignore=shutil.ignore_patterns("__pycache__"))))
