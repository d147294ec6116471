"""The command line: `assay [-C DIR] COMMAND`. Commands say what they found; they decide nothing."""

from __future__ import annotations

import gc
import os
import sys
from importlib import import_module
from typing import Any, Final

import typer

# Typer carries its own copy of click and exports neither its exceptions nor its types.
from typer._click import Command, Context, HelpFormatter
from typer._click.exceptions import ClickException, NoArgsIsHelpError
from typer.core import TyperCommand, TyperGroup

from assay import __version__
from assay.errors import AssayError, InputError, StoppedError

COMMANDS: Final[dict[str, str]] = {
    "new": "Start a programme that runs, from a template.",
    "check": "Read the programme and report every problem with file and line.",
    "trust": "Allow the solver code of a programme to run on this account.",
    "plan": "Say what would run: runs, time, disk, what is new or stale.",
    "freeze": "Fix criteria, limits and plan before held-out data are read.",
    "run": "Run what is missing; interrupt and repeat at will.",
    "status": "Show the verdict of every requirement.",
    "explain": "Walk from a requirement to the runs that decide it.",
    "predict": "Ask the AI model, with its bound, or learn why it abstains.",
    "approve": "Record that a person approves something in its present form.",
    "dossier": "Write the compliance document that proves itself.",
    "verify": "Check a dossier: seal, text, records, verdicts.",
    "evidence": "List, show and trace the records.",
}
OVERVIEW: Final = "assay.overview"
INTERRUPTED: Final = 130
"""What the library makes of Ctrl-C where it catches it first: 128 and the number of the signal."""
NO_PLUGINS: Final = {"PYDANTIC_DISABLE_PLUGINS": "__all__"}
"""No package that happens to be installed takes part in reading records, or is looked for at every start."""
ONE_THREAD: Final = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
GARBAGE_AFTER: Final = 200_000
"""New objects after which the collector looks for cycles; Python's own 700 suits smaller programs."""


class LazyGroup(TyperGroup):
    """A group that imports a command's file when that command is asked for, and not before."""

    def format_help(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Write the overview without importing any command."""
        ctx.meta[OVERVIEW] = True
        super().format_help(ctx, formatter)

    def list_commands(self, ctx: Context) -> list[str]:  # noqa: ARG002 (the library's signature)
        """Return the names in the order of the argument."""
        return list(COMMANDS)

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        """Import a command; for the overview its one line of help is enough."""
        if cmd_name not in COMMANDS:
            return None
        if OVERVIEW in ctx.meta:
            return TyperCommand(cmd_name, callback=lambda: None, help=COMMANDS[cmd_name])
        module = import_module(f"assay.cli.{cmd_name}")
        if hasattr(module, "group"):
            command: Command = typer.main.get_group(module.group)
        else:
            command = _command(getattr(module, cmd_name))
        command.name = cmd_name
        command.help = command.help or COMMANDS[cmd_name]
        return command


def _command(function: Any) -> Command:
    app = typer.Typer(add_completion=False)
    app.command()(function)
    return typer.main.get_command(app)


def _version(value: bool) -> None:
    if value:
        typer.echo(f"assay {__version__}")
        raise typer.Exit


app = typer.Typer(
    cls=LazyGroup,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Makes AI-generated physics admissible as proof: AI proposes, deterministic checks dispose.",
)


@app.callback()
def root(
    context: typer.Context,
    directory: str = typer.Option(
        "", "-C", metavar="DIR", help="Programme folder; default: the nearest parent with programme.toml."
    ),
    version: bool = typer.Option(  # noqa: ARG001 (its callback prints)
        False, "--version", help="Print the version and end.", is_eager=True, callback=_version
    ),
) -> None:
    """Keep the folder for the command."""
    context.obj = directory


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit status.

    0 done, 1 a check failed, 2 bad input, 3 missing software, 4 interrupted or over budget, 5 internal.
    """
    for name in ONE_THREAD:
        os.environ[name] = "1"
    os.environ.update(NO_PLUGINS)
    # Loading makes objects by the hundred thousand and drops none: looking through them takes a seventh.
    gc.set_threshold(GARBAGE_AFTER, 50, 50)
    given = sys.argv[1:] if arguments is None else arguments
    command = typer.main.get_command(app)
    try:
        # the library turns `typer.Exit` into the value that it returns; commands return nothing
        ended = command.main(given, prog_name="assay", standalone_mode=False)
    except NoArgsIsHelpError as end:
        end.show()
        return 2
    except ClickException as error:
        error.show()
        return 2
    except (typer.Abort, KeyboardInterrupt):
        return _interrupted()
    except AssayError as error:
        return _tell(error)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 0
    except Exception as error:
        if os.environ.get("ASSAY_TRACEBACK"):
            raise
        _say(f"internal error: {type(error).__name__}: {error}")
        _say("set ASSAY_TRACEBACK=1 to see where, and report it")
        return 5
    if ended == INTERRUPTED:
        return _interrupted()
    return ended if isinstance(ended, int) else 0


def _interrupted() -> int:
    _say("interrupted: everything computed is kept, run the same command again")
    return StoppedError.exit_status


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def _tell(error: AssayError) -> int:
    _say(f"assay: {error.message}")
    if isinstance(error, InputError):
        for problem in (str(problem) for problem in error.problems):
            if problem not in error.message:
                _say(f"  {problem}")
    return error.exit_status
