"""What is the limit, and may it be credited? Basis values, factors, approved deviations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from assay.errors import InputError
from assay.evidence import canonical, digest
from assay.programme import (
    AtCases,
    BasisRule,
    Criterion,
    Dataset,
    Over,
    Programme,
    basis_calls,
    evaluate,
)
from assay.programme import names as expression_names
from assay.showing.records import BasisValuePayload
from assay.statistics import normal_basis

REVISION = 1


@dataclass(frozen=True)
class BasisCall:
    """One use of a basis value."""

    dataset: str
    column: str
    coverage: float
    confidence: float

    @property
    def subject(self) -> str:
        """Return the subject of its record."""
        return f"{self.dataset}.{self.column}:{self.coverage:g}/{self.confidence:g}"


@dataclass(frozen=True)
class LimitValues:
    """The limits of a criterion with what they rest on."""

    values: tuple[float, ...]
    basis: tuple[BasisCall, ...]
    not_creditable: tuple[str, ...]
    """Sentences of the basis values that may not be credited here."""
    rejected: tuple[str, ...]
    """Sentences of the basis values whose distribution the data reject."""
    blocked: tuple[BasisCall, ...] = ()
    """The basis values that `not_creditable` speaks of."""


def rule_for(programme: Programme, call: BasisCall) -> BasisRule | None:
    """Return the pack's rule for this coverage and confidence, if a pack has one."""
    for pack in programme.packs.values():
        for rule in pack.basis.values():
            if (rule.coverage, rule.confidence) == (call.coverage, call.confidence):
                return rule
    return None


def basis_recipe(programme: Programme, call: BasisCall) -> str:
    """Return the digest of what determines a basis value and its credit; deviations approve this."""
    rule = rule_for(programme, call)
    dataset = programme.datasets[call.dataset]
    return digest(
        canonical(
            {
                "revision": REVISION,
                "data": dataset.digest,
                "call": [call.dataset, call.column, call.coverage, call.confidence],
                "rule": None if rule is None else [rule.name, rule.minimum_specimens, rule.minimum_batches],
            }
        )
    )


def deviation_subject(call: BasisCall, configuration: str) -> str:
    """Return the subject under which a deviation for a basis value is approved."""
    return f"basis:{call.subject}@{configuration}"


def _batches(dataset: Dataset, column: str) -> int | None:
    group = dataset.columns[column].group
    if group is None or group not in dataset.labels:
        return None
    return len(set(dataset.labels[group]))


def basis_value(programme: Programme, call: BasisCall) -> BasisValuePayload:
    """Compute a basis value by the normal method and say whether it may be credited."""
    dataset = programme.datasets[call.dataset]
    column = dataset.columns[call.column]
    result = normal_basis(column.values, call.coverage, call.confidence)
    rule = rule_for(programme, call)
    batches = _batches(dataset, call.column)
    creditable, reason = _credit(rule, result.n, batches)
    return BasisValuePayload(
        dataset=call.dataset,
        column=call.column,
        unit=column.unit,
        coverage=call.coverage,
        confidence=call.confidence,
        n=result.n,
        mean=result.mean,
        sd=result.sd,
        factor=result.factor,
        value=result.value,
        method="normal",
        observed_significance=result.observed_significance,
        normal_rejected=result.normal_rejected,
        rule=rule.name if rule else None,
        minimum_specimens=rule.minimum_specimens if rule else None,
        minimum_batches=rule.minimum_batches if rule else None,
        batches=batches,
        creditable=creditable,
        reason=reason,
    )


def _credit(rule: BasisRule | None, specimens: int, batches: int | None) -> tuple[bool, str]:
    if rule is None:
        return False, "computed, not creditable: no pack has a rule for this coverage and confidence"
    if specimens >= rule.minimum_specimens and (batches or 0) >= rule.minimum_batches:
        return True, f"creditable by rule {rule.name}"
    known = "batches unknown" if batches is None else f"{batches} of {rule.minimum_batches} batches"
    return False, f"computed, not creditable: {specimens} of {rule.minimum_specimens} specimens, {known}"


def calls_of(criterion: Criterion) -> tuple[BasisCall, ...]:
    """Return the basis values that a criterion's limits use, each once."""
    calls = {BasisCall(*call): None for limit in criterion.limits for call in basis_calls(limit)}
    return tuple(calls)


def evaluate_limits(
    programme: Programme,
    criterion: Criterion,
    configuration: str,
    values: Mapping[BasisCall, BasisValuePayload],
    deviates: Callable[[str, str], bool],
) -> LimitValues:
    """Evaluate the limits of a criterion in the quantity's unit.

    Parameters
    ----------
    values
        Every basis value that the limits use.
    deviates
        Says whether a deviation with this subject and recipe digest is approved.

    Raises
    ------
    InputError
        If a limit names what is not one number over the whole claim, if limits are reversed, or if a
        negative limit meets a factor on the demand.
    """
    unit = programme.studies[criterion.study].quantities[criterion.quantity].unit
    known = {tag: f.value for pack in programme.packs.values() for tag, f in pack.factors.items()}
    names = _constants(programme, criterion, configuration)

    def basis(dataset: str, column: str, coverage: float, confidence: float) -> tuple[float, str]:
        found = values[BasisCall(dataset, column, coverage, confidence)]
        return found.value, found.unit

    def factor(tag: str) -> float:
        if tag not in known:
            raise InputError(f"criterion {criterion.id}: no pack has factor {tag!r}")
        return known[tag]

    limits = tuple(evaluate(limit, unit, names, basis, factor) for limit in criterion.limits)
    _check_limits(programme, criterion, limits, known)
    calls = calls_of(criterion)
    blocked = tuple(
        call
        for call in calls
        if not values[call].creditable
        and not deviates(deviation_subject(call, configuration), basis_recipe(programme, call))
    )
    rejected = tuple(rejection(call) for call in calls if values[call].normal_rejected)
    return LimitValues(limits, calls, tuple(values[call].reason for call in blocked), rejected, blocked)


def rejection(call: BasisCall) -> str:
    """Return the sentence that says that a basis value's distribution does not stand."""
    return f"normal distribution of {call.dataset}.{call.column} rejected at 0.05, or not testable"


def _constants(
    programme: Programme, criterion: Criterion, configuration: str
) -> dict[str, tuple[float, str]]:
    """Return the factors that a limit may name: those that are one number wherever the claim holds.

    A limit is evaluated once. Taken at the nominal value of a factor that is drawn, it would hold every
    other draw against the wrong limit.
    """
    factors = programme.configurations[configuration].factors[criterion.study]
    holds = criterion.holds
    moved: set[str] = set()
    if isinstance(holds, AtCases):
        moved = {name for case in programme.cases[holds.file] for name in case.factors}
    elif isinstance(holds, Over):
        moved = set(holds.factors)
    still = isinstance(holds, AtCases | Over) and holds.others == "nominal"
    names = {n: (f.value, f.unit) for n, f in factors.items() if n not in moved and (still or f.fixed)}
    used = [name for limit in criterion.limits for name in expression_names(limit)]
    for name in used:
        if name not in names:
            raise InputError(
                f"criterion {criterion.id}: its limit names {name}, which is not one number over the "
                f"claim in configuration {configuration}; write the limit in constants and fixed factors"
            )
    return names


def _check_limits(
    programme: Programme, criterion: Criterion, limits: tuple[float, ...], known: Mapping[str, float]
) -> None:
    if list(limits) != sorted(limits):
        raise InputError(f"criterion {criterion.id}: its limits {limits[0]:g} and {limits[1]:g} are reversed")
    holds = criterion.holds
    cases = programme.cases[holds.file] if isinstance(holds, AtCases) else ()
    tags = dict.fromkeys(tag for case in cases for tag in case.tags if known[tag] != 1.0)
    if tags and min(limits) < 0.0:
        # Times 1.5 a negative demand is milder against a limit from above, and a negative limit from
        # below is milder: what was meant to make the claim harder would make it easier.
        raise InputError(
            f"criterion {criterion.id}: its limit {min(limits):g} is negative, and {', '.join(tags)} "
            "would make it milder; give the study a quantity of the other sign"
        )
