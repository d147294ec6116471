"""Packs: clauses, means, factors, levels, basis rules and objectives of one regime; data only."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from importlib import resources
from typing import Annotated, Any, TypeVar

from pydantic import Field

from assay.evidence.records import digest
from assay.programme import _documents
from assay.programme._documents import Place, Sentence, Shape, Text, Word
from assay.programme._files import Folder
from assay.programme._problems import nearest
from assay.programme.expressions import FUNCTIONS, ExpressionError
from assay.programme.model import BasisRule, Clause, Objective, Pack, PackFactor
from assay.programme.parsing import parse_expression

_S = TypeVar("_S", bound=Shape)
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,60}")
_TABLES = ("pack", "means", "clause", "factors", "levels", "basis", "aliases", "objective")


class _Head(Shape):
    name: Word
    edition: Word
    source: Text
    clause_prefix: Word | None = None


class _Means(Shape):
    label: Sentence


class _Clause(Shape):
    code: Word
    paraphrase: Sentence
    source: Text = ""
    source_checked: bool
    applies: Text = ""


class _Factor(Shape):
    value: Annotated[float, Field(gt=0.0)]
    condition: Text = ""
    source_checked: bool


class _Basis(Shape):
    coverage: Annotated[float, Field(gt=0.0, lt=1.0)]
    confidence: Annotated[float, Field(gt=0.0, lt=1.0)]
    minimum_specimens: Annotated[int, Field(ge=1, le=1_000_000)]
    minimum_batches: Annotated[int, Field(ge=0, le=1_000_000)]
    source: Text = ""
    source_checked: bool = False


class _Objective(Shape):
    code: Word
    text: Sentence
    evidence: dict[str, Any]


def packs(folder: Folder, wanted: Mapping[str, Place]) -> Mapping[str, Pack]:
    """Read the packs that ``[packs]`` names with their editions, built in or the programme's own."""
    found: dict[str, Pack] = {}
    for name, place in wanted.items():
        pack = _pack(folder, name, place)
        if pack is not None:
            found[name] = pack
    _refuse_contradictions(found, wanted)
    return found


def built_in_packs() -> tuple[str, ...]:
    """Return the names of the packs that come with Assay."""
    files = resources.files("assay.packs").iterdir()
    return tuple(sorted(f.name.removesuffix(".toml") for f in files if f.name.endswith(".toml")))


def _pack(folder: Folder, name: str, place: Place) -> Pack | None:
    own = f"packs/{name}.toml"
    if not _NAME.fullmatch(name):
        place.refuse(f"a pack called {name!r}", "write lower-case letters, digits, - and _")
        return None
    if name in built_in_packs():
        if folder.exists(own):
            folder.problems.add(own, None, f"has the name of the built-in pack {name}", "rename it")
        text: str | None = (resources.files("assay.packs") / f"{name}.toml").read_text("utf-8")
        document = _documents.parsed(text or "", f"assay/packs/{name}.toml", folder.problems)
    elif folder.exists(own):
        text = folder.text(own)
        document = None if text is None else _documents.parsed(text, own, folder.problems)
    else:
        known = [*built_in_packs(), *(f[6:-5] for f in folder.listing("packs", ".toml"))]
        place.refuse(f"unknown pack {name!r}", nearest(name, known, "add the pack's file under packs/"))
        return None
    pack = None if document is None else read_pack(document, digest((text or "").encode()))
    if pack is None:
        return None
    if pack.name != name:
        place.refuse(f"the pack file calls itself {pack.name!r}", "give file and [pack] name the same name")
    if pack.edition != place.value:
        place.refuse(
            f"pack {name} in edition {_documents.shown(place.value)}",
            f"write {pack.edition!r}, the one at hand",
        )
    return pack


def read_pack(document: Place, content: str) -> Pack | None:
    """Return the pack of a TOML document; None, with problems noted, if it has no head."""
    for key, place in document.table("pack").items():
        if key not in _TABLES:
            place.refuse(f"unknown table {key!r}", nearest(key, _TABLES))
    head = document.at("pack").shape(_Head, "pack")
    if head is None:
        return None
    means = _shapes(document, "means", _Means)
    factors = _shapes(document, "factors", _Factor)
    basis = _shapes(document, "basis", _Basis)
    clauses = _listed(document, "clause", _Clause)
    objectives = _listed(document, "objective", _Objective)
    for code, count in Counter(clause.code for clause in clauses).items():
        if count > 1:
            document.at("clause").refuse(f"clause {code!r} stands {count} times", "keep one")
    return Pack(
        name=head.name,
        edition=head.edition,
        source_text=head.source,
        means={code: shape.label for code, shape in means.items()},
        clauses={
            c.code: Clause(c.code, c.paraphrase, c.source or head.source, c.source_checked, c.applies)
            for c in clauses
        },
        factors={t: PackFactor(t, f.value, f.condition, f.source_checked) for t, f in factors.items()},
        levels=_levels(document, factors),
        basis={n: BasisRule(**{"name": n, **b.model_dump()}) for n, b in basis.items()},
        aliases=_aliases(document),
        objectives=tuple(Objective(o.code, o.text, o.evidence) for o in objectives),
        digest=content,
        clause_prefix=head.clause_prefix or "",
    )


def _shapes(document: Place, key: str, model: type[_S]) -> dict[str, _S]:
    found = {}
    for name, place in document.at(key).table(key).items():
        shape = place.shape(model, f"{key}.{name}")
        if shape is not None:
            found[name] = shape
    return found


def _listed(document: Place, key: str, model: type[_S]) -> list[_S]:
    shapes = [place.shape(model, key) for place in document.at(key).elements(key)]
    return [shape for shape in shapes if shape is not None]


def _levels(document: Place, factors: Mapping[str, _Factor]) -> dict[str, tuple[str, ...]]:
    levels: dict[str, tuple[str, ...]] = {}
    for level, place in document.at("levels").table("levels").items():
        tags = place.words(f"levels.{level}")
        for tag in tags:
            if tag not in factors:
                place.refuse(f"unknown factor {tag!r}", nearest(tag, factors))
        levels[level] = tuple(tags)
    return levels


def _aliases(document: Place) -> dict[str, str]:
    texts: dict[str, str] = {}
    places = document.at("aliases").table("aliases")
    for name, place in places.items():
        if not re.fullmatch(r"[A-Za-z_]\w{0,60}", name, re.ASCII) or name in FUNCTIONS:
            place.refuse(f"an alias called {name!r}", "write a name of letters, digits and _")
        elif not isinstance(place.value, str):
            place.refuse(f"alias {name} is {_documents.shown(place.value)}", "write an expression in quotes")
        else:
            texts[name] = place.value
    for name, text in texts.items():
        try:
            parse_expression(text, aliases={n: t for n, t in texts.items() if n != name})
        except ExpressionError as error:
            places[name].refuse(error.found, error.instead)
    return texts


def _refuse_contradictions(found: Mapping[str, Pack], wanted: Mapping[str, Place]) -> None:
    seen: dict[tuple[str, str], tuple[str, object]] = {}
    for name, pack in found.items():
        said: dict[tuple[str, str], object] = {("factor", tag): f.value for tag, f in pack.factors.items()}
        said.update({("level", level): tags for level, tags in pack.levels.items()})
        said.update({("alias", alias): text for alias, text in pack.aliases.items()})
        said.update({("basis", rule): basis for rule, basis in pack.basis.items()})
        for key, value in said.items():
            other, before = seen.setdefault(key, (name, value))
            if before != value:
                found_text = f"packs {other} and {name} give the {key[0]} {key[1]!r} different meanings"
                wanted[name].refuse(found_text, "leave one of the packs out")
