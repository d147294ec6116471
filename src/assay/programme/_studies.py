"""Studies: one simulation question each, ``studies/NAME.toml``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field

from assay import units
from assay.programme import expressions
from assay.programme._derived import check_declared, with_formulas
from assay.programme._documents import Place, Sentence, Shape, Text, Word, toml
from assay.programme._files import Folder
from assay.programme._laws import Written, settled
from assay.programme._problems import nearest
from assay.programme._residual import with_residuals
from assay.programme._structure import correlation, declarations, model_form, surrogate, verification
from assay.programme.model import Dataset, Factor, FactorKind, Pack, QuantitySpec, Study

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
STEM = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_TABLES = (
    "study", "factors", "quantities", "structure", "verification", "validation", "surrogate", "correlation",
    "residual",
)  # fmt: skip
_SOLVER = re.compile(r"(?P<adapter>[a-z][a-z0-9_]*):(?P<file>[^:]+):(?P<function>[A-Za-z_]\w*)", re.ASCII)


class _Study(Shape):
    title: Text = ""
    solver: Word
    length_unit: Word = "mm"
    time_limit: Annotated[float, Field(gt=0.0, le=604_800.0)] = 600.0
    run_time: Annotated[float, Field(gt=0.0, le=604_800.0)] | None = None
    files: list[Word] = Field(default_factory=list)
    applied_factors: list[Word] = Field(default_factory=list)


class _Factor(Shape):
    unit: Text
    range: Annotated[list[float], Field(min_length=2, max_length=2)]
    envelope: Annotated[list[float], Field(min_length=2, max_length=2)] | None = None
    kind: Literal["design", "operating", "material"]
    value: float | None = None
    tolerance: list[float] | None = None
    law: dict[str, Any] | None = None


class _Quantity(Shape):
    unit: Text
    region: Word | None = None
    tolerance: Annotated[float, Field(gt=0.0, lt=1.0)] = 1e-9
    order: Annotated[float, Field(gt=0.0, le=20.0)] = 2.0
    text: Text = ""
    formula: Sentence | None = None


@dataclass(frozen=True)
class Known:
    """What a study may refer to."""

    datasets: Mapping[str, Dataset]
    packs: Mapping[str, Pack]
    roles: Mapping[str, str]


def study_files(folder: Folder) -> Mapping[str, str]:
    """Return study name to file, also of studies that turn out to be wrong."""
    return stems(folder, "studies")


def stems(folder: Folder, sub: str) -> Mapping[str, str]:
    """Return name to file of the TOML files in a subfolder; a name that cannot be one is noted."""
    found = {}
    for file in folder.listing(sub, ".toml"):
        stem = file.removeprefix(f"{sub}/").removesuffix(".toml")
        if STEM.fullmatch(stem):
            found[stem] = file
        else:
            folder.problems.add(
                file, None, "has a name that cannot be used", "write letters, digits, . - and _"
            )
    return found


def studies(folder: Folder, known: Known, notices: list[str]) -> Mapping[str, Study]:
    """Read every study; what is wrong in one is noted, and the study left out."""
    found: dict[str, Study] = {}
    for name, file in study_files(folder).items():
        document = toml(folder, file)
        study = None if document is None else _study(folder, name, document, known, notices)
        if study is not None:
            found[name] = study
    return found


def _study(folder: Folder, name: str, document: Place, known: Known, notices: list[str]) -> Study | None:
    for key, place in document.table(name).items():
        if key not in _TABLES:
            place.refuse(f"unknown table {key!r}", nearest(key, _TABLES))
    head = document.at("study").shape(_Study, "study")
    factors = _factors(document, known, notices)
    applied = () if head is None else tuple(head.applied_factors)
    quantities = with_residuals(document, _quantities(document, factors, known, applied))
    declared = declarations(document, quantities, factors)
    verified = verification(document)
    check_declared(document, quantities, verified)
    form = model_form(document, known.roles)
    model = surrogate(document)
    pairs = correlation(document, factors)
    solver = None if head is None else _solver(document.at("study", "solver"), folder)
    if head is None or solver is None or None in factors.values() or None in quantities.values():
        return None
    _check_head(document, head, known)
    return Study(
        name=name,
        title=head.title or name,
        adapter=solver[0],
        solver_file=solver[1],
        solver_function=solver[2],
        length_unit=head.length_unit,
        factors={n: f for n, f in factors.items() if f is not None},
        quantities={n: q for n, q in quantities.items() if q is not None},
        declarations=declared,
        verification=verified,
        model_form=form,
        surrogate=model,
        correlation=pairs,
        time_limit=head.time_limit,
        run_time=head.run_time,
        files=_digests(document, folder, [solver[1], *head.files]),
        source=document.at("study").source,
        applied_factors=applied,
    )


def _check_head(document: Place, head: _Study, known: Known) -> None:
    if not units.known(head.length_unit) or not units.same_dimension(head.length_unit, "m"):
        place = document.at("study", "length_unit")
        place.refuse(f"the length unit {head.length_unit!r}", "write a unit of length such as mm")
    tags = {tag for pack in known.packs.values() for tag in pack.factors}
    for position, tag in enumerate(head.applied_factors):
        if tag not in tags:
            place = document.at("study", "applied_factors", position)
            place.refuse(f"unknown factor {tag!r}", nearest(tag, tags, "name the pack that has it"))
    for tag in expressions.repeated_tags(head.applied_factors):
        place = document.at("study", "applied_factors")
        place.refuse(f"the factor {tag!r} is applied twice", "name it once")


def _solver(place: Place, folder: Folder) -> tuple[str, str, str] | None:
    match = _SOLVER.fullmatch(str(place.value))
    if match is None:
        place.refuse(f"the solver {str(place.value)[:60]!r}", 'write "adapter:file:function"')
        return None
    file = f"studies/{match['file']}"
    refusal = folder.refusal(file)
    if refusal is not None or not folder.exists(file):
        found = f"the solver's file {file} {refusal or 'is missing'}"
        place.refuse(found, "name a file in the folder studies/")
        return None
    return match["adapter"], file, match["function"]


def _digests(document: Place, folder: Folder, files: list[str]) -> dict[str, str]:
    digests: dict[str, str] = {}
    for position, file in enumerate(dict.fromkeys(files)):
        refusal = folder.refusal(file)
        if refusal is not None or not folder.exists(file):
            place = document.at("study", "files", position - 1)
            place.refuse(f"the file {file} {refusal or 'is missing'}", "name a file of the programme folder")
            continue
        content = folder.digest(file)
        if content is not None:
            digests[file] = content
    return digests


def _factors(document: Place, known: Known, notices: list[str]) -> dict[str, Factor | None]:
    places = document.at("factors").table("factors")
    if not places:
        document.at("factors").refuse("a study without factors", "add [factors.NAME]")
    return {name: _factor(name, place, known, notices) for name, place in places.items()}


def _factor(name: str, place: Place, known: Known, notices: list[str]) -> Factor | None:
    shape = place.shape(_Factor, f"factors.{name}")
    if shape is None or not _named(name, place) or not _unit(shape.unit, place):
        return None
    low, high = shape.range
    inner = shape.envelope or shape.range
    if not low < high:
        place.at("range").refuse(
            f"the range [{low:g}, {high:g}] is reversed or empty", "write [lower, upper]"
        )
        return None
    if not low <= inner[0] < inner[1] <= high:
        found = f"the envelope [{inner[0]:g}, {inner[1]:g}] is reversed, empty or outside the range"
        place.at("envelope").refuse(found, "write [lower, upper] inside the range")
        return None
    base = Factor(
        name=name,
        unit=shape.unit,
        range=(low, high),
        envelope=(inner[0], inner[1]),
        kind=shape.kind,
        value=0.5 * (inner[0] + inner[1]),
        tolerance=None,
        law=None,
        fixed=False,
        source=place.source,
    )
    written = Written(shape.value, shape.tolerance, shape.law)
    if shape.kind == _DESIGN:
        for key in ("value", "tolerance", "law"):
            if place.at(key).value is not None:
                found = f"the design factor {name} has its {key} in the study"
                place.at(key).refuse(found, f"write it in a configuration, under [factors.{name}]")
        return base
    return settled(base, written, place, known.datasets, notices)


_DESIGN: FactorKind = "design"


def _quantities(
    document: Place, factors: Mapping[str, Factor | None], known: Known, applied: tuple[str, ...]
) -> dict[str, QuantitySpec | None]:
    places = document.at("quantities").table("quantities")
    if not places:
        document.at("quantities").refuse("a study without quantities", "add [quantities.NAME]")
    found: dict[str, QuantitySpec | None] = {}
    written: dict[str, Place] = {}
    for name, place in places.items():
        shape = place.shape(_Quantity, f"quantities.{name}")
        found[name] = None
        if name in factors:
            place.refuse(f"{name!r} is a factor too", "give the quantity another name")
        elif shape is not None and _named(name, place) and _unit(shape.unit, place):
            found[name] = QuantitySpec(
                name, shape.unit, shape.region, shape.tolerance, shape.order, shape.text, place.source
            )
        if shape is not None and shape.formula is not None:
            written[name] = place
            _refuse_beside_formula(place)
    if not written or None in factors.values():
        return found
    said = {name: factor.unit for name, factor in factors.items() if factor is not None}
    return with_formulas(found, written, said, known.packs.values(), applied)


def _refuse_beside_formula(place: Place) -> None:
    for key, why in (("region", "a formula has no place"), ("order", "a formula has no order of accuracy")):
        if place.at(key).value is not None:
            place.at(key).refuse(f"formula and {key} of one quantity: {why}", f"remove {key}, or formula")


def _named(name: str, place: Place) -> bool:
    if NAME.fullmatch(name) and name not in expressions.FUNCTIONS:
        return True
    place.refuse(f"the name {name!r}", "write letters, digits and _, and no name of a function")
    return False


def _unit(unit: str, place: Place) -> bool:
    if units.known(unit):
        return True
    place.at("unit").refuse(f"unknown unit {unit!r}", 'write a unit such as "MPa", or "1"')
    return False
