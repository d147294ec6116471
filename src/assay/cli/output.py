"""How do results look? Tables that fit 80 columns, JSON on stdout, everything else on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

    from assay.compliance import MatrixRow

STYLES = {
    "SHOWN": "bold green",
    "SHOWN GIVEN": "bold cyan",
    "NOT SHOWN": "bold yellow",
    "REFUTED": "bold red",
}


def console(*, stderr: bool = False) -> Console:
    """Return a console; NO_COLOR and pipes are respected by the library."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, soft_wrap=False)


def say(text: str, indent: str = "") -> None:
    """Write a sentence to stdout, folded at the width of the terminal (80 columns in a pipe).

    Names and digests are never cut: what has no space stays on one line.
    """
    from shutil import get_terminal_size
    from textwrap import fill

    following = f"{indent}  "
    folded = fill(
        text,
        get_terminal_size().columns,
        initial_indent=indent,
        subsequent_indent=following,
        break_long_words=False,
        break_on_hyphens=False,
    )
    sys.stdout.write(f"{folded}\n")


def print_json(document: Any) -> None:
    """Write one JSON document to stdout."""
    json.dump(document, sys.stdout, ensure_ascii=False, indent=1, allow_nan=False)
    sys.stdout.write("\n")


def percent_down(value: float) -> str:
    """Return a margin as a percentage, rounded down: rounding goes against us."""
    from decimal import ROUND_FLOOR, Decimal

    rounded = (Decimal(repr(value)) * 100).quantize(Decimal("0.1"), rounding=ROUND_FLOOR)
    return f"{rounded:+} %"


def rounded_down(value: float) -> str:
    """Return a number that speaks for a verdict with four significant digits, rounded down."""
    from decimal import ROUND_FLOOR

    return _four_digits(value, ROUND_FLOOR)


def rounded_up(value: float) -> str:
    """Return a number that speaks against a verdict with four significant digits, rounded up."""
    from decimal import ROUND_CEILING

    return _four_digits(value, ROUND_CEILING)


def _four_digits(value: float, rounding: str) -> str:
    from decimal import Context, Decimal

    return f"{Context(prec=4, rounding=rounding).plus(Decimal(repr(value))):g}"


@dataclass(frozen=True)
class Row:
    """One line of the table of verdicts, as it is printed."""

    requirement: str
    verdict: str
    stale: bool
    margin: str
    told: str
    """What it rests on, or its reason and what would close it."""


def rows_told(rows: Iterable[MatrixRow]) -> tuple[Row, ...]:
    """Return rows of the compliance matrix as they are printed."""
    return tuple(
        Row(
            row.requirement,
            row.verdict,
            row.stale,
            percent_down(row.margin.value) if row.margin else "",
            told(row),
        )
        for row in rows
    )


def verdict_table(configuration: str, rows: Iterable[Row]) -> Any:
    """Return the verdicts of one configuration as a table for a terminal of 80 columns."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(
        title=f"configuration {configuration}", box=box.SIMPLE_HEAD, title_justify="left", expand=False
    )
    table.add_column("requirement", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    table.add_column("margin", justify="right", no_wrap=True)
    table.add_column("what it rests on, or what would close it", ratio=1, overflow="fold")
    for row in rows:
        verdict = Text(row.verdict, style=STYLES[row.verdict])
        if row.stale:
            verdict.append(" stale", style="dim")
        table.add_row(row.requirement, verdict, row.margin, Text(row.told))
    return table


def print_verdicts(tables: Mapping[str, Iterable[Row]], counts: dict[str, int]) -> None:
    """Write a table for each configuration, and the counts over all."""
    out = console()
    for name, rows in tables.items():
        out.print(verdict_table(name, rows))
    out.print(counts_line(counts))


def told(row: MatrixRow) -> str:
    """Return one line on a row: its GIVEN, or its reason and what would close it."""
    from assay.showing import sentence

    if row.verdict == "SHOWN GIVEN":
        return "GIVEN " + "; ".join(row.given)
    if row.verdict == "SHOWN":
        where = f" ({row.margin.mode})" if row.margin else ""
        return {
            "document": "document approved",
            "children": "all rows below it",
            "sequential": "bets on the claim reached the wealth that shows it",
        }.get(row.method or "", f"every draw of the plan within{where}" if row.method else "")
    closing = f" → {row.closes_by}" if row.closes_by and row.verdict == "NOT SHOWN" else ""
    place = f" ({row.margin.mode})" if row.margin and row.verdict == "REFUTED" else ""
    return sentence(row.reason) + place + closing


def counts_line(counts: dict[str, int]) -> Any:
    """Return the counts of verdicts as one coloured line."""
    from rich.text import Text

    line = Text()
    for number, (verdict, count) in enumerate(counts.items()):
        line.append("   " if number else "")
        line.append(f"{count} {verdict}", style=STYLES[verdict])
    return line
