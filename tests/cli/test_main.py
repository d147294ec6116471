"""The command line as a whole: exit statuses, errors without tracebacks, commands loaded when asked for."""

from __future__ import annotations

import re

import pytest
import typer

from assay import __version__
from assay.cli import main as module
from assay.cli.main import COMMANDS, main
from assay.errors import CheckFailedError, InputError, MissingSoftwareError, Problem, StoppedError


def fails_with(monkeypatch, error):
    """Make `assay check` raise an error."""

    def failing(context: typer.Context) -> None:
        raise error

    monkeypatch.setattr("assay.cli.check.check", failing)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (CheckFailedError("seal broken"), 1),
        (typer.Exit(1), 1),
        (InputError("no such thing"), 2),
        (typer.BadParameter("no such value"), 2),
        (MissingSoftwareError("no such program"), 3),
        (StoppedError("disk full"), 4),
        (KeyboardInterrupt(), 4),
        (typer.Abort(), 4),
        (RuntimeError("a bug"), 5),
        (MemoryError(), 5),
    ],
)
def test_exit_status(monkeypatch, capsys, error, status):
    fails_with(monkeypatch, error)
    assert main(["check"]) == status
    said = capsys.readouterr()
    assert "Traceback" not in said.err
    assert said.out == ""
    if str(error) and not isinstance(error, typer.Exit):
        assert str(getattr(error, "message", error)) in said.err


def test_done_is_zero(tiny_done):
    assert tiny_done.within("check").code == 0


def test_a_bug_is_shown_when_asked_for(monkeypatch):
    fails_with(monkeypatch, RuntimeError("a bug"))
    monkeypatch.setenv("ASSAY_TRACEBACK", "1")
    with pytest.raises(RuntimeError):
        main(["check"])


def test_problems_are_listed_once(monkeypatch, capsys):
    problem = Problem("a.toml", 3, "x is 1", "write 2")
    fails_with(monkeypatch, InputError(f"one problem:\n  {problem}", [problem]))
    main(["check"])
    assert capsys.readouterr().err.count(str(problem)) == 1
    fails_with(monkeypatch, InputError("the ledger cannot be relied on", [problem]))
    main(["check"])
    assert capsys.readouterr().err == f"assay: the ledger cannot be relied on\n  {problem}\n"


def test_help_lists_every_command(capsys):
    assert main(["--help"]) == 0
    said = capsys.readouterr().out
    for name, text in COMMANDS.items():
        assert re.search(rf"\b{name}\b", said)
        assert " ".join(text.split()[:3]) in said
    assert all(len(line) <= 80 for line in said.splitlines())


def test_without_a_command_help_and_status_2(capsys):
    assert main([]) == 2
    said = capsys.readouterr()
    assert "Usage: assay" in said.out + said.err


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command, capsys):
    assert main([command, "--help"]) == 0
    said = capsys.readouterr().out
    assert "Usage" in said
    assert all(len(line) <= 80 for line in said.splitlines())


@pytest.mark.parametrize(
    "words", [["nonsense"], ["run", "--nonsense"], ["run", "--workers", "-1"], ["explain"], ["evidence"]]
)
def test_wrong_words(words, capsys):
    assert main(words) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_version(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"assay {__version__}\n"


def test_a_command_is_imported_when_asked_for(monkeypatch):
    asked = []
    monkeypatch.setattr(
        module, "import_module", lambda name: asked.append(name) or __import__("assay.cli.check")
    )
    main(["--help"])
    assert asked == []


def test_a_closed_pipe_is_no_error(tiny_done):
    """`assay evidence ls | head -1` ends quietly."""
    process = tiny_done.start("evidence", "ls")
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    assert process.wait(timeout=60) in {0, 1, 120}
    assert "Traceback" not in err


def test_one_thread(tiny_done, monkeypatch):
    import os

    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    tiny_done.within("check")
    assert os.environ["OMP_NUM_THREADS"] == "1"
