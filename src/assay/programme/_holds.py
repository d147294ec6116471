"""For what a criterion must hold: everywhere, a fraction, every case, every corner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Annotated, Any, Literal

from pydantic import Field

from assay.programme import _cases
from assay.programme._documents import Place, Shape, Word, shown
from assay.programme._files import Folder
from assay.programme._problems import nearest
from assay.programme.model import (
    AtCases,
    Case,
    Everywhere,
    Fraction,
    Holds,
    Others,
    Over,
    Pack,
    Sense,
    Study,
    bounding_kinds,
)

_MOST_BOX_FACTORS = 12
_Probability = Annotated[float, Field(gt=0.0, lt=1.0)]


class _Fraction(Shape):
    fraction: _Probability
    confidence: _Probability


class _At(Shape):
    at: Word
    others: Any = None


class _Over(Shape):
    over: Annotated[list[Word], Field(min_length=1, max_length=100)]
    vertices: Word | None = None
    others: Any = None


class Tables:
    """The tables that criteria name, each read once."""

    def __init__(self, folder: Folder, packs: Mapping[str, Pack]) -> None:
        self.folder = folder
        self.packs = packs
        self.cases: dict[str, tuple[Case, ...]] = {}
        self.files: set[str] = set()
        self._units: dict[str, dict[str, str]] = {}

    def mention(self, place: Place) -> None:
        """Remember the files that a criterion names, even if the rest of it is wrong."""
        for key in ("at", "vertices"):
            value = place.at(key).value
            if isinstance(value, str):
                self.files.add(value)

    def read_cases(self, place: Place, file: str, study: Study) -> bool:
        """Read a case table for a study; return whether it has rows."""
        if not self._present(place, file):
            return False
        if file not in self.cases:
            self.cases[file] = _cases.cases(self.folder, file, study, self.packs)
            self._units[file] = {name: factor.unit for name, factor in study.factors.items()}
        rows = self.cases[file]
        for name in rows[0].factors if rows else ():
            unit = study.factors[name].unit if name in study.factors else None
            if unit != self._units[file][name]:
                found = f"study {study.name} has no factor {name!r} in {self._units[file][name] or '1'}"
                place.refuse(found, "give the study a case table of its own")
                return False
        return bool(rows)

    def read_vertices(
        self, place: Place, file: str, study: Study, factors: tuple[str, ...]
    ) -> tuple[Mapping[str, float], ...]:
        """Read the corners of a polytope; empty if there are none."""
        return _cases.vertices(self.folder, file, study, factors) if self._present(place, file) else ()

    def _present(self, place: Place, file: str) -> bool:
        refusal = self.folder.refusal(file)
        if refusal is None and file.endswith(".csv") and self.folder.exists(file):
            return True
        found = f"the file {file!r} {refusal or ('is missing' if file.endswith('.csv') else 'is not CSV')}"
        place.refuse(found, 'name a table inside the programme folder, such as "data/cases.csv"')
        return False


@dataclass(frozen=True)
class Claimed:
    """What a criterion is about."""

    study: Study
    quantity: str
    varying: tuple[str, ...]
    """Factors that vary in a configuration that it applies to."""
    sense: Sense

    def covered(self) -> set[str]:
        """Return the factors whose corners bound the quantity, by declaration.

        A convex response has its largest value at a corner, its smallest one anywhere; a linear or a
        monotone one has both at corners.
        """
        kinds = bounding_kinds(self.sense)
        pertinent = [d for d in self.study.declarations if d.quantity == self.quantity and d.kind in kinds]
        return {name for declaration in pertinent for name in declaration.factors}


def read_holds(place: Place, claimed: Claimed, tables: Tables) -> Holds | None:
    """Return what ``holds`` says; None, with problems noted, if it cannot be read."""
    if place.value == "everywhere":
        return Everywhere()
    if not isinstance(place.value, dict):
        place.refuse(f"holds is {shown(place.value)}", _FORMS)
        return None
    if "at" in place.value:
        return _at_cases(place, claimed, tables)
    if "over" in place.value:
        return _over(place, claimed, tables)
    shape = place.shape(_Fraction, "holds")
    return None if shape is None else Fraction(shape.fraction, shape.confidence)


_FORMS = 'write "everywhere", { fraction, confidence }, { at, others } or { over, others }'


def _at_cases(place: Place, claimed: Claimed, tables: Tables) -> AtCases | None:
    shape = place.shape(_At, "holds")
    if shape is None or not tables.read_cases(place.at("at"), shape.at, claimed.study):
        return None
    covered = frozenset(tables.cases[shape.at][0].factors)
    others = _others(place, claimed, covered)
    return None if others is None else AtCases(shape.at, others)


def _over(place: Place, claimed: Claimed, tables: Tables) -> Over | None:
    shape = place.shape(_Over, "holds")
    if shape is None:
        return None
    study, quantity = claimed.study, claimed.quantity
    names = tuple(shape.over)
    declared = claimed.covered()
    good = True
    for position, name in enumerate(names):
        where = place.at("over", position)
        if name not in study.factors:
            where.refuse(f"unknown factor {name!r}", nearest(name, study.factors))
        elif study.factors[name].kind == "design":
            where.refuse(f"{name} is a design factor", "name factors that a configuration does not freeze")
        elif names.count(name) > 1:
            where.refuse(f"{name} stands twice", "name each factor once")
        elif name not in declared:
            found = f"no structure of {quantity} in {name} is declared that its corners would bound"
            where.refuse(found, f"declare it in the study under [structure], or leave {name} out")
        else:
            continue
        good = False
    others = _others(place, claimed, frozenset(names)) if good else None
    if others is None:
        return None
    corners = _corners(place, shape, study, names, tables)
    return Over(names, corners, shape.vertices, others) if corners else None


def _corners(
    place: Place, shape: _Over, study: Study, names: tuple[str, ...], tables: Tables
) -> tuple[Mapping[str, float], ...]:
    if shape.vertices is not None:
        return tables.read_vertices(place.at("vertices"), shape.vertices, study, names)
    if len(names) > _MOST_BOX_FACTORS:
        place.at("over").refuse(
            f"a box of {len(names)} factors has {2 ** len(names)} corners",
            f"name at most {_MOST_BOX_FACTORS}, or give the corners with vertices",
        )
        return ()
    box = product(*(study.factors[name].envelope for name in names))
    return tuple(dict(zip(names, corner, strict=True)) for corner in box)


def _others(place: Place, claimed: Claimed, covered: frozenset[str]) -> Others | None:
    others = place.at("others")
    words: tuple[Literal["everywhere"], Literal["nominal"]] = ("everywhere", "nominal")
    for word in words:
        if others.value == word:
            return word
    if others.value is None:
        varying = [name for name in claimed.varying if name not in covered]
        if not varying:
            return "nominal"
        found = f"others is left out, while {', '.join(varying[:5])} vary"
        place.refuse(found, 'add others = { fraction, confidence }, "everywhere" or "nominal"')
        return None
    if not isinstance(others.value, dict):
        others.refuse(
            f"others is {shown(others.value)}", 'write { fraction, confidence }, "everywhere" or "nominal"'
        )
        return None
    shape = others.shape(_Fraction, "others")
    return None if shape is None else Fraction(shape.fraction, shape.confidence)
