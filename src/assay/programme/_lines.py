"""On which line each key of a TOML text stands; the standard library's parser does not tell.

The scanner reads only text that `tomllib` has accepted, so it need not judge, only count.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

Path = tuple[str | int, ...]
"""Keys and list positions from the document's root."""

_MAX_DEPTH = 80


def index(text: str) -> Mapping[Path, int]:
    """Return the 1-based line of every table, key, and list element of a valid TOML text."""
    scanner = _Scanner(text)
    scanner.document()
    return scanner.lines


def line_of(lines: Mapping[Path, int], path: Path) -> int | None:
    """Return the line of a path, or of the nearest thing around it; None if there is none."""
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return None


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.line = 1
        self.lines: dict[Path, int] = {}
        self.lengths: dict[Path, int] = {}

    def document(self) -> None:
        table: Path = ()
        while self._skip():
            if self.text.startswith("[[", self.at):
                table = self._array_table()
            elif self.text[self.at] == "[":
                table = self._table()
            else:
                self._pair(table, 0)

    def _note(self, path: Path) -> None:
        for length in range(1, len(path) + 1):
            self.lines.setdefault(path[:length], self.line)

    def _table(self) -> Path:
        self._move(1)
        path = self._placed(self._key())
        self._move(1)
        self._note(path)
        return path

    def _array_table(self) -> Path:
        self._move(2)
        key = self._key()
        array = (*self._placed(key[:-1]), key[-1])
        self._move(2)
        position = self.lengths.get(array, 0)
        self.lengths[array] = position + 1
        path = (*array, position)
        self._note(path)
        return path

    def _placed(self, key: tuple[str, ...]) -> Path:
        """Insert the position of the last element wherever the key passes through an array of tables."""
        path: Path = ()
        for part in key:
            path = (*path, part)
            if path in self.lengths:
                path = (*path, self.lengths[path] - 1)
        return path

    def _pair(self, table: Path, depth: int) -> None:
        path = (*table, *self._key())
        self._note(path)
        self._blanks()
        self._move(1)  # the equals sign
        self._value(path, depth)

    def _key(self) -> tuple[str, ...]:
        parts: list[str] = []
        while True:
            self._blanks()
            if self.text[self.at] in "\"'":
                parts.append(self._string())
            else:
                start = self.at
                while self.text[self.at].isalnum() or self.text[self.at] in "-_":
                    self.at += 1
                parts.append(self.text[start : self.at])
            self._blanks()
            if self.text[self.at] != ".":
                return tuple(parts)
            self._move(1)

    def _value(self, path: Path, depth: int) -> None:
        self._blanks()
        first = self.text[self.at]
        if depth > _MAX_DEPTH:
            raise RecursionError("a TOML value is nested too deeply")
        if first in "\"'":
            self._string()
        elif first == "[":
            self._array(path, depth)
        elif first == "{":
            self._inline_table(path, depth)
        else:
            while self.at < len(self.text) and self.text[self.at] not in ",]}#\n":
                self.at += 1

    def _array(self, path: Path, depth: int) -> None:
        self._move(1)
        position = 0
        while self._skip() and self.text[self.at] != "]":
            self.lines[(*path, position)] = self.line
            self._value((*path, position), depth + 1)
            position += 1
            if self._skip() and self.text[self.at] == ",":
                self._move(1)
        self._move(1)

    def _inline_table(self, path: Path, depth: int) -> None:
        self._move(1)
        while self._skip() and self.text[self.at] != "}":
            self._pair(path, depth + 1)
            if self._skip() and self.text[self.at] == ",":
                self._move(1)
        self._move(1)

    def _string(self) -> str:
        """Move past a string and return what it says (of a multi-line string: its raw text)."""
        quote = self.text[self.at]
        if self.text.startswith(quote * 3, self.at):
            return self._long_string(quote)
        start = self.at
        self.at += 1
        while self.text[self.at] != quote:
            self.at += 2 if self.text[self.at] == "\\" and quote == '"' else 1
        self.at += 1
        raw = self.text[start : self.at]
        return raw[1:-1] if quote == "'" else _unescaped(raw)

    def _long_string(self, quote: str) -> str:
        start = self.at
        self.at += 3
        while not self.text.startswith(quote * 3, self.at):
            self.at += 2 if self.text[self.at] == "\\" and quote == '"' else 1
        self.at += 3
        while self.text.startswith(quote, self.at):  # up to two quotes may stand before the closing three
            self.at += 1
        raw = self.text[start : self.at]
        self.line += raw.count("\n")
        return raw

    def _move(self, count: int) -> None:
        self.at += count

    def _blanks(self) -> None:
        while self.at < len(self.text) and self.text[self.at] in " \t":
            self.at += 1

    def _skip(self) -> bool:
        """Move past blanks, line ends and comments; return whether anything follows."""
        while self.at < len(self.text):
            character = self.text[self.at]
            if character == "#":
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            elif character == "\n":
                self.line += 1
                self.at += 1
            elif character in " \t\r":
                self.at += 1
            else:
                return True
        return False


def _unescaped(raw: str) -> str:
    try:
        return str(json.loads(raw))
    except ValueError:  # \U00012345 is TOML but not JSON; a key so written keeps its raw spelling
        return raw[1:-1]
