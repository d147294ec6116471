"""What is the limit, and may it be credited? Basis values, factors, approved deviations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from assay.errors import InputError
from assay.evidence import canonical, digest
from assay.programme import (
    AtCases,
    BasisRule,
    Criterion,
    Dataset,
    Programme,
    basis_calls,
    batch_labels,
    constant_factors,
    evaluate,
    method_basis,
)
from assay.programme import names as expression_names
from assay.showing.records import BasisValuePayload, RecordedBatches, RecordedMethod
from assay.statistics import BasisValue, normal_basis

REVISION = 1


@dataclass(frozen=True)
class BasisCall:
    """One use of a basis value."""

    dataset: str
    column: str
    coverage: float
    confidence: float
    method: str = "normal"

    @property
    def subject(self) -> str:
        """Return the subject of its record."""
        by = "" if self.method == "normal" else f":{self.method}"
        return f"{self.dataset}.{self.column}:{self.coverage:g}/{self.confidence:g}{by}"


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
    references: tuple[str, ...] = ()
    """Citation keys of the methods that the basis values were computed by."""


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
    # By a method of its own the value depends on which column of words names the batches, too.
    method = [] if call.method == "normal" else [call.method, dataset.columns[call.column].group]
    return digest(
        canonical(
            {
                "revision": REVISION,
                "data": dataset.digest,
                "call": [call.dataset, call.column, call.coverage, call.confidence, *method],
                "rule": None if rule is None else [rule.name, rule.minimum_specimens, rule.minimum_batches],
            }
        )
    )


def deviation_subject(call: BasisCall, configuration: str) -> str:
    """Return the subject under which a deviation for a basis value is approved."""
    return f"basis:{call.subject}@{configuration}"


def _batches(dataset: Dataset, column: str) -> int | None:
    labels = batch_labels(dataset, column)
    return None if labels is None else len(set(labels))


def basis_value(programme: Programme, call: BasisCall) -> BasisValuePayload:
    """Compute a basis value and say whether it may be credited.

    Mean, standard deviation and the test for the normal law are those of the sample, whatever the method;
    factor and value are the method's.
    """
    dataset = programme.datasets[call.dataset]
    column = dataset.columns[call.column]
    result = normal_basis(column.values, call.coverage, call.confidence)
    rule = rule_for(programme, call)
    batches = _batches(dataset, call.column)
    creditable, reason = _credit(rule, result.n, batches)
    found = None
    if call.method != "normal":
        found = method_basis(dataset, call.column, call.coverage, call.confidence, call.method)
        if found.rejected:
            why = _contradiction(found)
            reason = f"computed, not creditable: {why}" if creditable else f"{reason}; {why}"
            creditable = False
    return BasisValuePayload(
        dataset=call.dataset,
        column=call.column,
        unit=column.unit,
        coverage=call.coverage,
        confidence=call.confidence,
        n=result.n,
        mean=result.mean,
        sd=result.sd,
        factor=found.factor if found else result.factor,
        value=found.value if found else result.value,
        method=found.method if found else "normal",
        observed_significance=result.observed_significance,
        normal_rejected=result.normal_rejected,
        rule=rule.name if rule else None,
        minimum_specimens=rule.minimum_specimens if rule else None,
        minimum_batches=rule.minimum_batches if rule else None,
        batches=batches,
        creditable=creditable,
        reason=reason,
        by=_method(call, found) if found else None,
    )


_REFERENCES: Final[dict[str, tuple[str, ...]]] = {
    "normal": ("owen-1968", "stephens-1974"),
    "lognormal": ("owen-1968", "stephens-1974"),
    "weibull": ("lawless-1982", "stephens-1974"),
    "hanson-koopmans": ("hanson-koopmans-1964", "vangel-1994"),
    "nonparametric": ("wilks-1941",),
    "anova": ("vangel-1992", "owen-1968", "brown-forsythe-1974"),
}


def _method(call: BasisCall, found: BasisValue) -> RecordedMethod:
    keys = _REFERENCES[found.method]
    tested = found.batches
    if tested is not None:
        keys = (*keys, "scholz-stephens-1987")
    return RecordedMethod(
        asked=call.method,
        why=found.why,
        numbers=dict(found.numbers),
        test=found.test.name if found.test else None,
        law=found.test.law if found.test else None,
        significance=found.test.observed_significance if found.test else None,
        batch_test=RecordedBatches(
            batches=tested.batches,
            statistic=tested.statistic,
            critical=tested.critical,
            differ=tested.differ,
        )
        if tested
        else None,
        rejected=found.rejected,
        references=keys,
    )


def _contradiction(found: BasisValue) -> str:
    """Say what the data reject; only where they do."""
    said = []
    if found.test is not None and found.test.rejected:
        outcome = "rejected at 0.05" if found.test.observed_significance is not None else "not testable"
        said.append(f"{found.test.law} {outcome}")
    if found.method != "anova" and found.batches is not None and found.batches.differ:
        said.append("the batches differ at 0.025 and must not be pooled")
    return ", ".join(said)


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

    def basis(*call: Any) -> tuple[float, str]:
        found = values[BasisCall(*call)]
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
    rejected = tuple(rejection(call) for call in calls if values[call].rejected)
    keys = dict.fromkeys(key for call in calls for key in _keys(values[call]))
    reasons = tuple(values[call].reason for call in blocked)
    return LimitValues(limits, calls, reasons, rejected, blocked, tuple(keys))


def _keys(value: BasisValuePayload) -> tuple[str, ...]:
    return _REFERENCES["normal"] if value.by is None else value.by.references


def rejection(call: BasisCall) -> str:
    """Return the sentence that says that what a basis value assumes does not stand."""
    if call.method == "normal":
        return f"normal distribution of {call.dataset}.{call.column} rejected at 0.05, or not testable"
    return f"what the {call.method} method assumes of {call.dataset}.{call.column} rejected, or not testable"


_ASSUMED: Final[dict[str, str]] = {
    "normal": "is normally distributed",
    "lognormal": "is lognormally distributed",
    "weibull": "follows a Weibull law",
    "hanson-koopmans": "has a law whose distribution function is log-concave in the logarithm",
    "nonparametric": "has one law, of whatever form",
    "anova": "scatters normally in every batch alike, and its batches normally around one mean",
    "auto": "follows the law of the method that its record names",
}


def assumed(call: BasisCall) -> str:
    """Return what a basis value assumes, as a clause."""
    return f"{call.dataset}.{call.column} {_ASSUMED[call.method]}"


def _constants(
    programme: Programme, criterion: Criterion, configuration: str
) -> dict[str, tuple[float, str]]:
    """Return the factors that a limit may name: those that are one number wherever the claim holds.

    A limit is evaluated once. Taken at the nominal value of a factor that is drawn, it would hold every
    other draw against the wrong limit.
    """
    factors = programme.configurations[configuration].factors[criterion.study]
    cases = programme.cases[criterion.holds.file] if isinstance(criterion.holds, AtCases) else ()
    still = constant_factors(criterion.holds, factors, cases)
    names = {name: (factor.value, factor.unit) for name, factor in still.items()}
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
