"""What do all stages of one configuration share, and what do they find?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from assay.evidence import Record
from assay.pipeline.attempting import Plan
from assay.programme import Configuration, Programme
from assay.showing import (
    Claim,
    LimitValues,
)
from assay.showing.records import Price


@dataclass(frozen=True)
class Setting:
    """What all stages of one configuration share."""

    programme: Programme
    configuration: Configuration
    claims: tuple[Claim, ...]
    limits: Mapping[str, LimitValues]
    records: Mapping[str, str]
    """Role to id of the programme's own records (criterion:ID, configuration, basis:...)."""
    allowances: Mapping[str, str | None]
    """Study to the digest of the approval of its allowance; None where there is none."""
    deviations: Mapping[str, str]
    """Basis subject to the sentence of its approved deviation."""
    given_draws: Mapping[str, int]
    """Study to the draws that the budget pays for."""
    prices: Mapping[str, Price] = field(default_factory=dict)
    """Criterion to the price of its plan, where the budget does not pay for it."""


@dataclass
class ConfigurationEvidence:
    """What is known of a configuration."""

    setting: Setting
    nominal: dict[str, Record | None] = field(default_factory=dict)
    guided: dict[str, Record | None] = field(default_factory=dict)
    refutation: dict[str, Record | None] = field(default_factory=dict)
    plans: dict[str, Plan] = field(default_factory=dict)
    validation: dict[tuple[str, int], Record | None] = field(default_factory=dict)
    """(study, block) to its runs."""
    showings: dict[str, Record | None] = field(default_factory=dict)
    metrics: dict[tuple[str, str], Record | None] = field(default_factory=dict)
    """(study, quantity) to the model's metrics on the draws of this configuration."""
    pictures: dict[str, Record | None] = field(default_factory=dict)
    freeze: str | None = None
