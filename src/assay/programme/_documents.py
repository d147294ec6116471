"""TOML files with lines, and the closed, typed shapes that their tables must have."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, ValidationError

from assay.programme import _lines
from assay.programme._files import Folder
from assay.programme._problems import Problems, nearest
from assay.programme.model import Source


def _no_controls(text: str) -> str:
    if any((ord(c) < 32 and c not in "\n\t") or ord(c) == 127 for c in text):
        raise ValueError("holds a control character")
    return text


Text = Annotated[
    str, StringConstraints(max_length=20_000, strip_whitespace=True), AfterValidator(_no_controls)
]
Sentence = Annotated[Text, StringConstraints(min_length=1, max_length=5000)]
Word = Annotated[Text, StringConstraints(min_length=1, max_length=200)]
Numbers = list[float]


class Shape(BaseModel):
    """A closed table: no unknown key, no conversion between types, no NaN."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


_S = TypeVar("_S", bound=Shape)


@dataclass(frozen=True)
class Place:
    """A table, key or list element of a TOML file: its value, and where to point."""

    file: str
    lines: Mapping[_lines.Path, int]
    problems: Problems
    value: Any
    path: _lines.Path = ()

    def at(self, *path: str | int) -> Place:
        """Return the place below; its value is None where nothing is written."""
        value = self.value
        for step in path:
            if isinstance(value, dict) and isinstance(step, str):
                value = value.get(step)
            elif isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value):
                value = value[step]
            else:
                value = None
        return replace(self, value=value, path=(*self.path, *path))

    @property
    def line(self) -> int | None:
        """Line of this place, or of the nearest thing around it."""
        return _lines.line_of(self.lines, self.path)

    @property
    def source(self) -> Source:
        """The place as the model keeps it."""
        return Source(self.file, self.line)

    def refuse(self, found: str, instead: str) -> None:
        """Note a problem here."""
        self.problems.add(self.file, self.line, found, instead)

    def table(self, what: str) -> dict[str, Place]:
        """Return the named tables or values below; a problem if this is no table."""
        if self.value is None:
            return {}
        if not isinstance(self.value, dict):
            self.refuse(f"{what} is not a table", f"write [{what}]")
            return {}
        return {key: self.at(key) for key in self.value}

    def elements(self, what: str) -> list[Place]:
        """Return the elements of a list below; a problem if this is no list."""
        if self.value is None:
            return []
        if not isinstance(self.value, list):
            self.refuse(f"{what} is not a list", f"write [[{what}]] or square brackets")
            return []
        return [self.at(position) for position in range(len(self.value))]

    def words(self, what: str) -> list[str]:
        """Return a list of non-empty texts; a problem for whatever is none."""
        good = []
        for place in self.elements(what):
            if isinstance(place.value, str) and place.value.strip() and place.value.isprintable():
                good.append(place.value.strip())
            else:
                place.refuse(f"{what} holds {shown(place.value)}", "write text in quotes")
        return good

    def shape(self, model: type[_S], what: str) -> _S | None:
        """Return the table as `model`; None, with every problem noted, if it has not that shape."""
        if self.value is not None and not isinstance(self.value, dict):
            self.refuse(f"{what} is not a table", f"write {what} as a table")
            return None
        try:
            return model.model_validate(self.value or {})
        except ValidationError as error:
            for item in error.errors(include_url=False, include_context=True, include_input=True):
                self._explain(model, what, dict(item))
            return None
        except (OverflowError, RecursionError):
            self.refuse(f"{what} holds a number or nesting that is too large", "write ordinary values")
            return None

    def _explain(self, model: type[Shape], what: str, error: dict[str, Any]) -> None:
        loc = tuple(step for step in error["loc"] if isinstance(step, str | int))
        key = str(loc[0]) if loc else what
        if error["type"] == "missing":
            self.refuse(f"{what} has no {key}", f"add {key} = ...")
        elif error["type"] == "extra_forbidden":
            self.at(key).refuse(f"{what} has the unknown key {key!r}", nearest(key, model.model_fields))
        else:
            place = self.at(*loc)
            of_text = "string_" if isinstance(error["input"], str) else ""
            instead = _INSTEAD.get(of_text + error["type"]) or _INSTEAD.get(error["type"], "")
            if not instead:
                instead = f"write what fits: {error['msg'].removeprefix('Value error, ')}"
            elif "{" in instead:
                instead = instead.format(**error.get("ctx", {}))
            place.refuse(f"{'.'.join(map(str, loc))} is {shown(error['input'])}", instead)


_INSTEAD = {
    "string_type": "write text in quotes",
    "float_type": "write a number, without quotes",
    "int_type": "write a whole number, without quotes",
    "int_from_float": "write a whole number",
    "finite_number": "write a finite number",
    "bool_type": "write true or false",
    "list_type": "write a list, in square brackets",
    "dict_type": "write a table",
    "literal_error": "write {expected}",
    "string_too_short": "write something there",
    "string_too_long": "write at most {max_length} characters",
    "greater_than": "write a number above {gt}",
    "greater_than_equal": "write a number of at least {ge}",
    "less_than": "write a number below {lt}",
    "less_than_equal": "write a number of at most {le}",
    "too_short": "write at least {min_length} values",
    "too_long": "write at most {max_length} values",
}


def toml(folder: Folder, relative: str) -> Place | None:
    """Read a TOML file; None, with a problem noted, if it cannot be."""
    text = folder.text(relative)
    return None if text is None else parsed(text, relative, folder.problems)


def parsed(text: str, file: str, problems: Problems) -> Place | None:
    """Return the document of a TOML text; None, with a problem noted, if it is not TOML."""
    try:
        data = tomllib.loads(text)
        return Place(file, _lines.index(text), problems, data)
    except RecursionError:
        problems.add(file, None, "is nested too deeply", "write fewer brackets")
    except ValueError as error:  # TOMLDecodeError, or an integer of thousands of digits
        message = str(error)
        match = re.search(r"\(at line (\d+), column (\d+)\)", message)
        end = text.count("\n") + 1 if "end of document" in message else None
        line = int(match[1]) if match else end
        found = re.sub(r"\s*\(at [^)]*\)$", "", message)
        problems.add(file, line, f"is not TOML: {found}", "correct the syntax")
    return None


def shown(value: Any) -> str:
    """Return a short form of whatever an author wrote."""
    try:
        text = repr(value)
    except ValueError:  # an integer of thousands of digits, which Python refuses to print
        text = "a number that is too large"
    return text if len(text) <= 60 else text[:57] + "..."
