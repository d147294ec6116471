"""CSV files as checked tables: a header ``name [unit]``, commas, decimal points, lines kept."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from assay import units
from assay.programme._files import Folder
from assay.programme._problems import Problems, nearest

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_HEADER = re.compile(r"(?P<name>[^\[\]]+?)\s*(?:\[(?P<unit>[^\[\]]*)\])?")
MAX_ROWS = 1_000_000


@dataclass(frozen=True)
class Heading:
    """One column's header."""

    name: str
    unit: str | None
    """None where no brackets stand; such a column holds words."""


@dataclass(frozen=True)
class Row:
    """One row and its line."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A CSV file; every row has as many cells as there are headings."""

    file: str
    headings: tuple[Heading, ...]
    rows: tuple[Row, ...]
    problems: Problems

    def refuse(self, line: int | None, found: str, instead: str) -> None:
        """Note a problem on a line of the file."""
        self.problems.add(self.file, line, found, instead)

    def names(self) -> tuple[str, ...]:
        """Return the columns' names."""
        return tuple(heading.name for heading in self.headings)

    def column(self, name: str) -> tuple[str, ...]:
        """Return a column's cells as written; empty cells where there is no such column."""
        if name not in self.names():
            return ("",) * len(self.rows)
        position = self.names().index(name)
        return tuple(row.cells[position] for row in self.rows)

    def numbers(self, name: str) -> tuple[float, ...] | None:
        """Return a column as finite numbers; None, with each problem noted, if it is not."""
        values = [
            self._number(row.line, cell) for row, cell in zip(self.rows, self.column(name), strict=True)
        ]
        return None if None in values else tuple(v for v in values if v is not None)

    def require(self, wanted: Iterable[str]) -> bool:
        """Note every wanted column that is missing; return whether none is."""
        missing = [name for name in wanted if name not in self.names()]
        for name in missing:
            self.refuse(1, f"the column {name!r} is missing", f"add {name!r} to the header")
        return not missing

    def close(self, known: Iterable[str]) -> None:
        """Note every column that is not known."""
        words = list(known)
        for name in self.names():
            if name not in words:
                self.refuse(1, f"unknown column {name!r}", nearest(name, words))

    def _number(self, line: int, cell: str) -> float | None:
        value = float(cell) if _NUMBER.fullmatch(cell) else None
        if value is None or value in (float("inf"), float("-inf")):
            found = f"{cell!r} is not a finite number" if cell else "an empty cell in a column of numbers"
            self.refuse(line, found, "write a number with a decimal point, or leave the row out")
            return None
        return value


def table(folder: Folder, relative: str) -> Table | None:
    """Read a CSV file; None, with problems noted, if it is not a table."""
    text = folder.text(relative)
    return None if text is None else parsed(text, relative, folder.problems)


def parsed(text: str, file: str, problems: Problems) -> Table | None:
    """Return the table of a CSV text; None, with problems noted, if it is not one."""
    rows = _rows(text, file, problems)
    if rows is None:
        return None
    if not rows:
        problems.add(file, 1, "an empty table", "write a header and rows")
        return None
    headings = [_heading(cell, file, rows[0].line, problems) for cell in rows[0].cells]
    names = [heading.name for heading in headings if heading is not None]
    for name in sorted(name for name, count in Counter(names).items() if count > 1):
        problems.add(file, rows[0].line, f"the column {name!r} stands twice", "name each column once")
    if len(set(names)) < len(headings):
        return None
    good = True
    for row in rows[1:]:
        if len(row.cells) != len(headings):
            good = False
            found = f"{len(row.cells)} cells where the header has {len(headings)}"
            problems.add(file, row.line, found, "write one cell a column, with a decimal point, not a comma")
    kept = tuple(heading for heading in headings if heading is not None)
    return Table(file, kept, tuple(rows[1:]), problems) if good else None


def _rows(text: str, file: str, problems: Problems) -> list[Row] | None:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[Row] = []
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append(Row(line, tuple(cell.strip() for cell in cells)))
            line = reader.line_num + 1
    except csv.Error as error:
        problems.add(file, line, f"is not CSV: {error}", "quote cells that hold commas or quotes")
        return None
    if len(rows) > MAX_ROWS:
        problems.add(file, None, f"has more than {MAX_ROWS} rows", "split it")
        return None
    return rows


def _heading(cell: str, file: str, line: int, problems: Problems) -> Heading | None:
    match = _HEADER.fullmatch(cell)
    if match is None or len(cell) > 200:
        problems.add(file, line, f"the heading {cell!r}", "write a name, or name [unit]")
        return None
    unit = match["unit"]
    if unit is not None and not units.known(unit.strip()):
        problems.add(
            file, line, f"unknown unit {unit!r} of {match['name']!r}", "write a unit such as MPa, or [1]"
        )
        return None
    return Heading(match["name"].strip(), None if unit is None else unit.strip())
