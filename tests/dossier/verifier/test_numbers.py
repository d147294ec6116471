"""The verifier's own arithmetic against the libraries that it may not use."""

from __future__ import annotations

import json
import math
from dataclasses import asdict

import pytest
import rfc8785
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import stats

from assay.document.rounding import Rounding, RoundingError, printed
from assay.statistics import (
    basis_by,
    charged_error,
    grid_convergence,
    hanson_koopmans_rank,
    normal_basis,
    normal_significance,
    selected_basis,
)

NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**53) + 1, 2**53 - 1)
TEXTS = st.text(st.characters(codec="utf-8"))
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_canonical_json_is_rfc_8785(v, value):
    assert v.canonical(value).encode() == rfc8785.dumps(value)


@given(VALUES)
def test_canonical_json_reads_back_as_canonical(v, value):
    data = rfc8785.dumps(value)
    assert v.canonical(v.read_json(data, "here")).encode() == data


@pytest.mark.parametrize(
    "data",
    [b'{"a":1,"a":1}', b'{"b":1,"a":2}', b"[1.0]", b"[1e2]", b"[-0]", b"[NaN]", b"[1 ]",
     b'["\\u0041"]', b"[1e400]",
     b"[" * 100_000, b'"\xff"', b"", b'"\\ud800"'],
)  # fmt: skip
def test_what_is_not_canonical_is_refused(v, data):
    with pytest.raises(v.Failed, match="here"):
        v.read_json(data, "here")


COUNTS = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
LEVELS = st.sampled_from([0.001, 0.01, 0.0125, 0.025, 0.05, 0.1])


@given(COUNTS, LEVELS)
def test_clopper_pearson_upper(v, counts, level):
    k, n = counts
    bound = float(stats.beta.ppf(1 - level, k + 1, n - k)) if k < n else 1.0
    assert v.is_upper_limit(bound, k, n, level)
    assert not v.is_upper_limit(bound * 0.999999, k, n, level)
    assert bound > 0.999 or not v.is_upper_limit(bound * 1.000001, k, n, level)


@given(COUNTS, LEVELS)
def test_clopper_pearson_lower(v, counts, level):
    k, n = counts
    bound = float(stats.beta.ppf(level, k, n - k + 1)) if k else 0.0
    assert v.is_lower_limit(bound, k, n, level)
    assert k == 0 or not v.is_lower_limit(bound * 0.999999, k, n, level)
    assert k == 0 or not v.is_lower_limit(bound * 1.000001, k, n, level)


@given(COUNTS, st.floats(1e-6, 1 - 1e-6))
def test_binomial_tails(v, counts, p):
    k, n = counts
    assert v.binomial_at_most(k, n, p) == pytest.approx(stats.binom.cdf(k, n, p), rel=1e-9, abs=1e-12)
    assert v.binomial_at_least(k, n, p) == pytest.approx(stats.binom.sf(k - 1, n, p), rel=1e-9, abs=1e-12)


def test_the_known_plans_show_and_one_draw_fewer_does_not(v):
    for n, k in ((59, 0), (93, 1), (124, 2)):
        assert v.shows(k, n, 0.05, 0.05)
        assert not v.shows(k, n - 1, 0.05, 0.05)
    assert v.shows(0, 299, 0.01, 0.05)
    assert not v.shows(0, 298, 0.01, 0.05)
    assert v.refutes(7, 59, 0.05, 0.05)
    assert not v.refutes(6, 59, 0.05, 0.05)


def test_a_tie_is_decided_in_rational_numbers(v):
    assert v.shows(0, 1, 0.5, 0.5)
    assert not v.refutes(1, 1, 0.5, 0.5)


@pytest.mark.parametrize("n", [2, 3, 5, 10, 60, 300, 1000])
@pytest.mark.parametrize(("coverage", "confidence"), [(0.99, 0.95), (0.9, 0.95), (0.5, 0.9)])
def test_tolerance_factors(v, n, coverage, confidence):
    shift = stats.norm.ppf(coverage) * math.sqrt(n)
    factor = float(stats.nct.ppf(confidence, n - 1, shift)) / math.sqrt(n)
    assert v.noncentral_t_cdf(factor * math.sqrt(n), n - 1, shift) == pytest.approx(confidence, abs=1e-11)
    assert v.is_tolerance_factor(factor, n, coverage, confidence)
    assert not v.is_tolerance_factor(factor * 1.000001, n, coverage, confidence)
    assert not v.is_tolerance_factor(factor * 0.999999, n, coverage, confidence)


@given(st.lists(st.floats(50, 150), min_size=4, max_size=60, unique=True))
def test_significance_of_the_normal_law(v, values):
    found = normal_basis(values, 0.99, 0.95)
    assert v.normal_significance(values, found.mean, found.sd) == pytest.approx(
        normal_significance(values), rel=1e-7
    )


@pytest.mark.parametrize("n", [1, 2, 7, 40, 400, 4000])
@pytest.mark.parametrize("times", [0.01, 0.5, 0.97, 1.0, 1.1, 3.0])
def test_gamma_of_whole_shape(v, n, times):
    assert v.gamma_at_most(n, n * times) == pytest.approx(stats.gamma.cdf(n * times, n), abs=1e-12)
    assert (v.gamma_at_most(n, 0.0), v.gamma_at_most(n, 1e300)) == (0.0, 1.0)


@given(st.floats(0.5, 60), st.floats(0.5, 60), st.floats(0, 1))
def test_beta_by_its_continued_fraction(v, a, b, x):
    assert v.beta_at_most(a, b, x) == pytest.approx(stats.beta.cdf(x, a, b), abs=1e-11)


BATCHES = ["a", "b", "c", "b", "a", "c", "a", "b", "c", "a", "b", "c"]
SPECIMENS = st.lists(st.floats(50, 150), min_size=12, max_size=12, unique=True)


@pytest.mark.parametrize("method", ["normal", "lognormal", "weibull", "hanson-koopmans", "anova"])
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=SPECIMENS, coverage=st.sampled_from([0.9, 0.99]))
def test_a_basis_value_is_recomputed_by_every_method(v, method, values, coverage):
    """The verifier accepts what statistics says, and refuses the tiniest change to value or factor."""
    payload = told(values, coverage, method, BATCHES)
    v.MethodCheck(payload, values, BATCHES, "here").run()
    slip = max(map(abs, values)) * 1e-7
    with pytest.raises(v.Failed, match="here: states"):
        v.MethodCheck({**payload, "value": payload["value"] + slip}, values, BATCHES, "here").run()
    changed = {**payload, "factor": payload["factor"] * 1.00001}
    with pytest.raises(v.Failed, match="here"):
        v.MethodCheck(changed, values, BATCHES, "here").run()


@pytest.mark.parametrize(("n", "coverage"), [(29, 0.9), (100, 0.9), (300, 0.99)])
def test_a_nonparametric_value_is_recomputed(v, n, coverage):
    values = [100.0 + (37 * i) % 101 + i / n for i in range(n)]
    payload = told(values, coverage, "nonparametric", None)
    v.MethodCheck(payload, values, None, "here").run()
    other = {**payload, "by": {**payload["by"], "numbers": {"rank": payload["by"]["numbers"]["rank"] + 1}}}
    with pytest.raises(v.Failed, match="states rank"):
        v.MethodCheck(other, values, None, "here").run()


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=SPECIMENS, labels=st.sampled_from([None, BATCHES]))
def test_the_choice_of_the_procedure_is_recomputed(v, values, labels):
    found = selected_basis(values, 0.9, 0.95, labels)
    payload = told(values, 0.9, found.method, labels)
    payload["by"]["asked"] = "auto"
    v.MethodCheck(payload, values, labels, "here").run()
    other = "lognormal" if found.method != "lognormal" else "normal"
    forged = told(values, 0.9, other, labels)
    forged["by"]["asked"] = "auto"
    with pytest.raises(v.Failed, match="the procedure gives"):
        v.MethodCheck(forged, values, labels, "here").run()


def test_a_rank_beside_the_smallest_is_the_best(v):
    for n in (2, 3, 9, 18, 28):
        rank = hanson_koopmans_rank(n, 0.9, 0.95)
        assert v.is_best_rank(rank, n, 0.9, 0.95)
        assert not v.is_best_rank(rank + 1, n, 0.9, 0.95)
    assert v.is_best_rank(18, 18, 0.99, 0.95)
    assert not v.is_best_rank(17, 18, 0.99, 0.95)


def told(values, coverage, method, labels):
    """Return what a record says of a basis value by a method."""
    found = basis_by(method, values, coverage, 0.95, labels)
    test, batches = found.test, found.batches
    return {
        "method": method,
        "coverage": coverage,
        "confidence": 0.95,
        "n": found.n,
        "factor": found.factor,
        "value": found.value,
        "by": {
            "asked": method,
            "why": found.why,
            "numbers": dict(found.numbers),
            "test": test.name if test else None,
            "law": test.law if test else None,
            "significance": test.observed_significance if test else None,
            "batch_test": {**asdict(batches), "differ": batches.differ} if batches else None,
            "rejected": found.rejected,
        },
    }


@given(
    st.floats(-200, 200), st.floats(0.1, 50), st.floats(0.6, 1.99), st.floats(1.2, 3.0), st.floats(1.2, 3.0)
)
def test_observed_order(v, limit, size, order, r32, r21):
    sizes = (1.0, r21, r21 * r32)
    values = [limit + size * h**order for h in sizes]
    study = grid_convergence(values, sizes, 2.0)
    charged = charged_error(study)
    if charged.convergence.value != "monotone":
        return
    point = {
        "classification": "monotone",
        "values": values[::-1],
        "order": study.apparent.order,
        "absolute": charged.absolute,
        "relative": charged.relative,
    }
    v.check_point(point, sizes[::-1], 2.0, study.round_off, "here")
    with pytest.raises(v.Failed, match="here"):
        v.check_point(
            point | {"absolute": charged.absolute * 0.99}, sizes[::-1], 2.0, study.round_off, "here"
        )
    with pytest.raises(v.Failed, match="here"):
        v.check_point(
            point | {"order": study.apparent.order * 1.001}, sizes[::-1], 2.0, study.round_off, "here"
        )


@given(
    NUMBERS,
    st.sampled_from(["exact", "decimals", "significant"]),
    st.integers(1, 12),
    st.sampled_from(["up", "down", "nearest"]),
    st.integers(-6, 6),
    st.booleans(),
    st.sampled_from(["", "MPa", "%"]),
)
def test_facts_are_printed_as_the_document_prints_them(
    v, value, mode, digits, direction, scale, complement, unit
):
    rule = {"mode": mode, "digits": digits, "direction": direction}
    if mode == "exact":
        rule |= {"digits": 0, "direction": "nearest"}
    span = {"form": "complement" if complement else "value", "rounding": rule, "scale": scale}
    written = v.exact_json(json.dumps(value).encode())
    try:
        text = printed(value, Rounding(**rule), unit=unit, scale=scale, complement=complement)
    except RoundingError:
        with pytest.raises(v.Failed):
            v.fact_numbers(written, span, "here")
        return
    _, rounded = v.fact_numbers(written, span, "here")
    assert v.printed(rounded, mode, unit) == text
