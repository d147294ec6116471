"""How many draws at which error level: attempts are counted, levels are spent (DESIGN.md section 5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assay.programme import Configuration, ErrorShares, Fraction
from assay.statistics import attempt_level, error_levels, wilks_size


def identity_of(configuration: Configuration) -> dict[str, str]:
    """Return what an attempt belongs to: part and serials, or the configuration without identity."""
    identity = configuration.identity
    if identity is None:
        return {"configuration": configuration.name}
    return {"part": identity.part, "serials": identity.serials}


@dataclass(frozen=True)
class Standing:
    """Where a requirement's attempts stand in the ledger."""

    numbers: tuple[int, ...]
    same: tuple[Mapping[str, Any], ...]
    """Files of the last attempt whose recipe is the present one; later ones may belong to another design.

    Several where a plan of the same attempt was paid for later: each criterion stands in one of them.
    """
    next_number: int

    @property
    def current(self) -> Mapping[str, Any] | None:
        """Return a file of the present attempt, None where there is none."""
        return self.same[0] if self.same else None

    @property
    def gap(self) -> bool:
        """Whether a number is missing or doubled."""
        return sorted(self.numbers) != list(range(1, len(self.numbers) + 1))

    def file_of(self, criterion: str) -> Mapping[str, Any] | None:
        """Return the present attempt's file that plans a criterion."""
        return next((a for a in self.same if criterion in a.get("draws", ())), None)


def standing(
    attempts: Sequence[Mapping[str, Any]], requirement: str, identity: Mapping[str, str], recipe: str
) -> Standing:
    """Find a requirement's attempts for one part, and the one that stands on `recipe`.

    Parameters
    ----------
    attempts
        Attempt payloads of the ledger, in any order.
    """
    own = [a for a in attempts if a["requirement"] == requirement and a["identity"] == dict(identity)]
    numbers = _numbers(own)
    last = max((int(a["number"]) for a in own if a["recipe"] == recipe), default=0)
    same = tuple(a for a in own if a["recipe"] == recipe and int(a["number"]) == last)
    return Standing(numbers, same, (numbers[-1] + 1) if numbers else 1)


def _numbers(own: Sequence[Mapping[str, Any]]) -> tuple[int, ...]:
    """Return the numbers of attempts, one twice where two files claim it for the same criterion or recipe."""
    planned: dict[int, list[Mapping[str, Any]]] = {}
    for attempt in own:
        planned.setdefault(int(attempt["number"]), []).append(attempt)
    numbers = []
    for number, files in planned.items():
        criteria = [name for file in files for name in file.get("draws", ())]
        apart = len(criteria) == len(set(criteria)) and all(file.get("draws") for file in files)
        alone = len(files) == 1 or (apart and len({file["recipe"] for file in files}) == 1)
        numbers += [number] if alone else [number] * len(files)
    return tuple(sorted(numbers))


def error_level(content: Fraction, shares: ErrorShares, number: int, declared: int | None) -> float | None:
    """Return the error level of attempt `number`, or None where it can no longer be credited."""
    split = {"statistics": shares.statistics, "numerical": shares.numerical, "model": shares.model}
    return attempt_level(error_levels(content.confidence, split)["statistics"], number, declared)


def planned_draws(content: Fraction, level: float, allow: int) -> int:
    """Return the size of the fixed plan that shows `content` with `allow` draws not within."""
    return wilks_size(content.fraction, level, allow=allow)
