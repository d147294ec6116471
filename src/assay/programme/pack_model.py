"""The checked, frozen objects of a pack: clauses, factors, levels, basis rules, objectives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class PackFactor:
    """A factor with its tag."""

    tag: str
    value: float
    condition: str
    source_checked: bool


@dataclass(frozen=True)
class Clause:
    """A clause of a regulation, in our own words."""

    code: str
    paraphrase: str
    source: str
    source_checked: bool
    applies: str


@dataclass(frozen=True)
class BasisRule:
    """When a basis value may be credited."""

    name: str
    coverage: float
    confidence: float
    minimum_specimens: int
    minimum_batches: int
    source: str = ""
    source_checked: bool = False


@dataclass(frozen=True)
class Objective:
    """An objective of a pack and its evidence query."""

    code: str
    text: str
    evidence: Mapping[str, object]


@dataclass(frozen=True)
class Pack:
    """Clauses, factors, levels and basis rules of one regime; data only."""

    name: str
    edition: str
    source_text: str
    means: Mapping[str, str]
    clauses: Mapping[str, Clause]
    factors: Mapping[str, PackFactor]
    levels: Mapping[str, tuple[str, ...]]
    """Level to the tags that it needs; a tag needed by another level only is forbidden in it."""
    basis: Mapping[str, BasisRule]
    aliases: Mapping[str, str]
    objectives: tuple[Objective, ...]
    digest: str
    clause_prefix: str = ""
    """A source that starts with it has to be a clause of this pack; empty: no such prefix."""
