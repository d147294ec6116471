"""What a study declares besides factors and quantities: structure, errors, model, correlation."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import Field

from assay.programme._documents import Place, Sentence, Shape, Text, Word, shown
from assay.programme._problems import nearest
from assay.programme.model import (
    Declaration,
    DeclarationKind,
    Factor,
    ModelForm,
    SurrogateSpec,
    Verification,
)

_KINDS: tuple[DeclarationKind, ...] = (
    "convex_in",
    "linear_in",
    "homogeneous_in",
    "increasing_in",
    "decreasing_in",
    "symmetric_in",
)
_SIGNED: tuple[DeclarationKind, ...] = ("increasing_in", "decreasing_in")
_MOST_CORRELATED = 100


class _Structure(Shape):
    convex_in: list[Any] | None = None
    linear_in: list[Any] | None = None
    homogeneous_in: list[Any] | None = None
    increasing_in: list[Any] | None = None
    decreasing_in: list[Any] | None = None
    symmetric_in: list[Any] | None = None
    reason: Sentence


class _Verification(Shape):
    levels: dict[str, Annotated[list[float], Field(min_length=2, max_length=10)]]
    factor: Annotated[float, Field(ge=1.0, le=100.0)] = 1.25
    start: int | Literal["coarse"] = 1


class _Validation(Shape):
    basis: Literal["measured", "similarity", "allowance", "none"]
    factor: Annotated[float, Field(ge=1.0, le=1000.0)] | None = None
    approver: Text = ""
    reason: Text = ""


class _Surrogate(Shape):
    family: Word = "auto"
    training: Annotated[int, Field(ge=1, le=10_000_000)] = 64
    rows: Annotated[int, Field(ge=1, le=100_000)] = 1
    refutation: Annotated[int, Field(ge=0, le=1_000_000)] = 16


def declarations(
    document: Place, quantities: Mapping[str, object], factors: Mapping[str, object]
) -> tuple[Declaration, ...]:
    """Return ``[structure]``: one declaration a quantity and kind."""
    found: list[Declaration] = []
    for name, place in document.at("structure").table("structure").items():
        shape = place.shape(_Structure, f"structure.{name}")
        if name not in quantities:
            place.refuse(f"unknown quantity {name!r}", nearest(name, quantities))
        elif shape is not None:
            kinds = [kind for kind in _KINDS if getattr(shape, kind) is not None]
            if not kinds:
                place.refuse(f"structure.{name} declares nothing", f"add {shown_kinds(_KINDS)}")
            read = {kind: _groups_of(place.at(kind), kind, factors) for kind in kinds}
            _refuse_contradictions(place, read)
            for kind, groups in read.items():
                if groups:
                    found.append(Declaration(name, kind, groups, shape.reason, place.at(kind).source))
    return tuple(found)


def shown_kinds(kinds: Sequence[str]) -> str:
    """Return the words of declarations as a choice: a, b or c."""
    *first, last = kinds
    return f"{', '.join(first)} or {last}" if first else last


def _groups_of(
    place: Place, kind: DeclarationKind, factors: Mapping[str, object]
) -> tuple[tuple[str, ...], ...]:
    """Read what one kind is declared in; a response rises or falls in each factor by itself."""
    if kind not in _SIGNED:
        return _groups(place, factors)
    if any(isinstance(element.value, list) for element in place.elements("structure")):
        place.refuse(f"{kind} has groups", f'write {kind} = ["factor", "factor"]: each stands by itself')
        return ()
    return tuple((name,) for group in _groups(place, factors) for name in group)


def _refuse_contradictions(place: Place, read: Mapping[DeclarationKind, tuple[tuple[str, ...], ...]]) -> None:
    """Note every factor of which two declarations say what only a constant response could do.

    Let q rise in x and be unchanged when x and y are mirrored jointly. At every y it rises in x; mirrored,
    it falls in x at every y: it does not depend on x at all.
    """
    names = {kind: {name for group in groups for name in group} for kind, groups in read.items()}
    rising, falling = names.get("increasing_in", set()), names.get("decreasing_in", set())
    for name in sorted(rising & falling):
        place.at("decreasing_in").refuse(
            f"{name} stands in increasing_in and in decreasing_in", "name it in one of them"
        )
    for name in sorted(names.get("symmetric_in", set()) & (rising | falling)):
        kind = "increasing_in" if name in rising else "decreasing_in"
        place.at("symmetric_in").refuse(
            f"{name} stands in {kind} and in symmetric_in: the response would not depend on it",
            "name it in one of them",
        )


def _groups(place: Place, factors: Mapping[str, object]) -> tuple[tuple[str, ...], ...]:
    """Read a list of groups; a flat list is one group."""
    nested = [element for element in place.elements("structure") if isinstance(element.value, list)]
    lists = nested or [place]
    if nested and len(nested) != len(place.value):
        place.refuse("groups and names are mixed", "write [[...], [...]], or one flat list")
        return ()
    groups = tuple(tuple(element.words("structure")) for element in lists)
    names = [name for group in groups for name in group]
    for name in names:
        if name not in factors:
            place.refuse(f"unknown factor {name!r}", nearest(name, factors))
    if len(set(names)) < len(names) or not all(groups):
        place.refuse("a factor stands twice, or a group is empty", "name each factor once")
        return ()
    return groups


def verification(document: Place) -> Verification | None:
    """Return ``[verification]``, or None if it is missing or wrong."""
    place = document.at("verification")
    if place.value is None:
        return None
    shape = place.shape(_Verification, "verification")
    if shape is None:
        return None
    levels = {knob: tuple(values) for knob, values in shape.levels.items()}
    good = bool(levels)
    if not levels:
        place.at("levels").refuse("no refinement levels", "add levels = { KNOB = [coarse, ..., fine] }")
    if len({len(values) for values in levels.values()}) > 1:
        place.at("levels").refuse("knobs with different numbers of levels", "give each knob as many levels")
        good = False
    for knob, values in levels.items():
        steps = {b > a for a, b in pairwise(values)}
        if min(values) <= 0.0 or len(steps) > 1 or len(set(values)) < len(values):
            found = f"the levels {shown(list(values))} of {knob}"
            place.at("levels", knob).refuse(found, "write positive numbers in order, coarse to fine")
            good = False
    count = min((len(values) for values in levels.values()), default=1)
    start = count if shape.start == "coarse" else shape.start
    if not 1 <= start <= count:
        instead = f"write 'coarse', or a level from 1, the finest, to {count}"
        place.at("start").refuse(f"the start level {start}", instead)
        good = False
    return Verification(levels, shape.factor, place.source, start) if good else None


def model_form(document: Place, roles: Mapping[str, str]) -> ModelForm:
    """Return ``[validation]``; ``none`` if it is missing or wrong."""
    place = document.at("validation")
    nothing = ModelForm("none", 1.0, "", "", place.source)
    shape = None if place.value is None else place.shape(_Validation, "validation")
    if shape is None:
        return nothing
    if shape.basis in ("measured", "similarity"):
        found = f"the basis {shape.basis} is not available in this version"
        place.at("basis").refuse(found, "use allowance or none")
        return nothing
    if shape.basis == "none":
        if shape.factor is not None:
            place.at("factor").refuse(
                "a factor with the basis none", "remove it, or write basis = 'allowance'"
            )
        return ModelForm("none", 1.0, "", shape.reason, place.source)
    if shape.factor is None or not shape.reason:
        missing = "factor" if shape.factor is None else "reason"
        place.refuse(f"an allowance has no {missing}", f"add {missing} = ...")
        return nothing
    if shape.approver not in roles:
        instead = nearest(shape.approver, roles, "add it under [roles]")
        place.at("approver").refuse(f"the approver {shape.approver!r} is no role", instead)
        return nothing
    return ModelForm("allowance", shape.factor, shape.approver, shape.reason, place.source)


def surrogate(document: Place) -> SurrogateSpec | None:
    """Return ``[surrogate]``, or None if it is missing or wrong."""
    place = document.at("surrogate")
    shape = None if place.value is None else place.shape(_Surrogate, "surrogate")
    if shape is None:
        return None
    return SurrogateSpec(shape.family, shape.training, shape.rows, shape.refutation, place.source)


def correlation(document: Place, factors: Mapping[str, Factor | None]) -> tuple[tuple[str, str, float], ...]:
    """Return the pairs of ``[correlation]``: a Gaussian copula; no pairs if they cannot be one."""
    table = document.at("correlation")
    for key, place in table.table("correlation").items():
        if key != "pairs":
            place.refuse(f"unknown key {key!r}", "write pairs = [[factor, factor, number]]")
    pairs: list[tuple[str, str, float]] = []
    for place in table.at("pairs").elements("pairs"):
        match place.value:
            case [str(a), str(b), float() | int() as r] if a != b and abs(r) < 1 and not isinstance(r, bool):
                for unknown in {a, b} - factors.keys():
                    place.refuse(f"unknown factor {unknown!r}", nearest(unknown, factors))
                pairs.append((a, b, float(r)))
            case _:
                place.refuse(
                    f"the pair {shown(place.value)}", "write [factor, other factor, number inside (-1, 1)]"
                )
    names = tuple(dict.fromkeys(name for pair in pairs for name in pair[:2]))
    if len({frozenset(pair[:2]) for pair in pairs}) < len(pairs):
        table.at("pairs").refuse("a pair stands twice", "keep one")
    elif len(names) > _MOST_CORRELATED:
        table.at("pairs").refuse(f"{len(names)} correlated factors", f"write at most {_MOST_CORRELATED}")
    elif not positive_definite(correlation_matrix(names, pairs)):
        table.at("pairs").refuse("no joint law has these correlations", "lower some of them")
    else:
        return tuple(pairs)
    return ()


def correlation_matrix(
    names: tuple[str, ...], pairs: list[tuple[str, str, float]] | tuple[tuple[str, str, float], ...]
) -> tuple[tuple[float, ...], ...]:
    """Return the matrix over `names`, shape (n, n); pairs with other names are left out."""
    given = {frozenset((a, b)): r for a, b, r in pairs}
    return tuple(tuple(1.0 if a == b else given.get(frozenset((a, b)), 0.0) for b in names) for a in names)


def positive_definite(matrix: tuple[tuple[float, ...], ...]) -> bool:
    """Return whether a symmetric matrix is positive definite (by Cholesky's factors)."""
    lower: list[list[float]] = []
    for i, row in enumerate(matrix):
        line: list[float] = []
        for j in range(i + 1):
            rest = row[j] - math.fsum(line[k] * (lower[j][k] if j < i else line[k]) for k in range(j))
            if j == i:
                if rest <= 1e-12:
                    return False
                line.append(math.sqrt(rest))
            else:
                line.append(rest / lower[j][j])
        lower.append(line)
    return True
