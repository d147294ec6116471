from __future__ import annotations

from dataclasses import replace

import pytest

from assay.document.bibliography import REFERENCES
from assay.errors import InputError
from assay.programme import (
    BasisRule,
    Column,
    Dataset,
    Fraction,
    Source,
    parse_expression,
)
from assay.programme.expressions import BASIS_METHODS
from assay.showing import (
    BasisCall,
    basis_recipe,
    basis_value,
    calls_of,
    deviation_subject,
    evaluate_limits,
)
from assay.showing.limits import assumed, rejection
from assay.showing.records import BasisValuePayload

PSI = 6.894757e-3
STRICT = BasisCall("cast", "strength", 0.99, 0.95)
USUAL = BasisCall("cast", "strength", 0.90, 0.95)


def never(subject, recipe):
    return False


def with_data(programme, values, *, batches=None, name="cast"):
    labels = {"batch": tuple(batches)} if batches else {}
    column = Column("strength", "MPa", tuple(values), None, "batch" if batches else None)
    data = Dataset(name, "sha256:" + "1" * 64, "", "", {"strength": column}, labels, Source("d", None))
    return replace(programme, datasets={**programme.datasets, name: data})


def ruled(programme, *rules):
    pack = replace(programme.packs["rules"], basis={rule.name: rule for rule in rules})
    return replace(programme, packs={"rules": pack})


def test_the_sixty_die_cast_specimens(tiny):
    """W. A. Shewhart (1931), table 3: 142.39 MPa at 99/95 by the normal method, k = 2.8071, n = 60."""
    found = basis_value(tiny, STRICT)
    assert (found.unit, found.n, found.method) == ("psi", 60, "normal")
    assert found.value * PSI == pytest.approx(142.39, abs=0.005)
    assert found.factor == pytest.approx(2.8071, abs=5e-5)
    assert not found.normal_rejected
    assert (found.creditable, found.rule) == (False, "strict")
    assert found.reason == "computed, not creditable: 60 of 75 specimens, batches unknown"


def test_a_rule_that_asks_for_no_batches_is_met_where_they_are_unknown(tiny):
    found = basis_value(tiny, USUAL)
    assert (found.creditable, found.rule, found.batches) == (True, "characteristic", None)


@pytest.mark.parametrize(
    ("specimens", "batches", "creditable", "said"),
    [
        (12, 3, True, "creditable by rule r"),
        (11, 3, False, "11 of 12 specimens, 3 of 3 batches"),
        (12, 2, False, "12 of 12 specimens, 2 of 3 batches"),
        (12, None, False, "12 of 12 specimens, batches unknown"),
    ],
)
def test_credit_needs_specimens_and_batches(tiny, specimens, batches, creditable, said):
    values = [100.0 + (7 * n) % 12 + 0.1 * n for n in range(specimens)]
    labels = [f"b{n % batches}" for n in range(specimens)] if batches else None
    rule = BasisRule("r", 0.90, 0.95, 12, 3)
    found = basis_value(with_data(ruled(tiny, rule), values, batches=labels), USUAL)
    assert (found.creditable, found.batches) == (creditable, batches)
    assert said in found.reason


def test_without_a_rule_nothing_is_credited(tiny):
    found = basis_value(tiny, BasisCall("cast", "strength", 0.5, 0.5))
    assert (found.creditable, found.rule) == (False, None)
    assert "no pack has a rule" in found.reason


def test_too_few_specimens_to_test_the_law(tiny):
    found = basis_value(with_data(tiny, [100.0, 101.0, 103.0]), USUAL)
    assert (found.observed_significance, found.normal_rejected) == (None, True)
    limits = evaluate(tiny, with_data(tiny, [100.0, 101.0, 103.0]), "basis('cast', 'strength', 0.9, 0.95)")
    assert "not testable" in limits.rejected[0]


THREE = tuple("a" * 7 + "b" * 7 + "c" * 6)
"""Batches of CMH-17's example of the analysis of variance."""
SPECIMENS = (
    99.02, 103.34, 100.30, 98.46, 92.26, 103.49, 113.73, 108.17, 108.43, 116.26, 121.05, 111.22, 104.57,
    103.22, 99.39, 87.34, 102.73, 96.37, 99.59, 97.07,
)  # fmt: skip


def by(method):
    return BasisCall("cast", "strength", 0.90, 0.95, method)


def test_the_normal_record_is_as_it_was_before_there_were_other_methods(tiny):
    found = basis_value(tiny, USUAL)
    assert "by" not in found.model_dump(mode="json")
    assert USUAL.subject == "cast.strength:0.9/0.95"
    assert BasisValuePayload.model_validate(found.model_dump(mode="json")) == found


@pytest.mark.parametrize("method", ["lognormal", "weibull", "nonparametric", "auto"])
def test_a_value_by_another_method(tiny, method):
    found = basis_value(tiny, by(method))
    assert by(method).subject == f"cast.strength:0.9/0.95:{method}"
    assert found.by.asked == method
    assert (method == "auto") == bool(found.by.why)
    assert found.method != "normal" or method == "auto"
    assert (found.creditable, found.rejected) == (not found.by.rejected, found.by.rejected)
    assert set(found.by.references) <= set(REFERENCES)
    again = BasisValuePayload.model_validate(found.model_dump(mode="json"))
    assert again == found
    assert again.model_dump(mode="json") == found.model_dump(mode="json")


def test_batches_that_differ_are_not_credited_unless_by_anova(tiny):
    programme = with_data(ruled(tiny, BasisRule("r", 0.90, 0.95, 12, 3)), SPECIMENS, batches=THREE)
    pooled = basis_value(programme, by("weibull"))
    assert (pooled.creditable, pooled.rejected, pooled.by.batch_test.differ) == (False, True, True)
    assert pooled.reason == "computed, not creditable: the batches differ at 0.025 and must not be pooled"
    text = "basis('cast', 'strength', 0.9, 0.95, 'weibull')"
    limits = evaluate(tiny, programme, text)
    assert limits.rejected == ("what the weibull method assumes of cast.strength rejected, or not testable",)
    assert limits.not_creditable == (pooled.reason,)
    for method in ("anova", "auto"):
        found = basis_value(programme, by(method))
        assert (found.method, found.creditable, found.batches) == ("anova", True, 3)
        assert found.value == pytest.approx(63.2, abs=0.05)
        limits = evaluate(tiny, programme, f"basis('cast', 'strength', 0.9, 0.95, '{method}')")
        assert (limits.values, limits.rejected) == ((pytest.approx(63.2, abs=0.05),), ())
        assert "vangel-1992" in limits.references


def test_a_law_that_is_rejected_is_not_credited(tiny):
    clusters = [200.0 + i / 10 for i in range(30)] + [240.0 + i / 10 for i in range(30)]
    found = basis_value(with_data(tiny, clusters), by("weibull"))
    assert (found.creditable, found.rejected) == (False, True)
    assert found.reason == "computed, not creditable: weibull rejected at 0.05"
    few = basis_value(with_data(tiny, [1.0, 2.0, 3.0]), by("lognormal"))
    assert "lognormal not testable" in few.reason


def test_data_that_are_not_for_a_method_are_said(tiny):
    with pytest.raises(InputError, match=r"cast.strength by nonparametric: 3 values; .* at least 29"):
        basis_value(with_data(tiny, [1.0, 2.0, 3.0]), by("nonparametric"))
    with pytest.raises(InputError, match=r"by anova: .* the batch of every specimen"):
        basis_value(tiny, by("anova"))


def test_method_and_group_are_in_the_recipe(tiny):
    grouped = with_data(tiny, SPECIMENS, batches=THREE)
    plain = with_data(tiny, SPECIMENS)
    assert basis_recipe(grouped, by("auto")) != basis_recipe(plain, by("auto"))
    assert basis_recipe(grouped, by("auto")) != basis_recipe(grouped, by("anova"))
    assert basis_recipe(grouped, USUAL) == basis_recipe(plain, USUAL)
    assert deviation_subject(by("anova"), "thin") == "basis:cast.strength:0.9/0.95:anova@thin"


def test_every_assumption_is_a_clause():
    for method in BASIS_METHODS:
        assert assumed(by(method)).startswith("cast.strength ")
        assert "cast.strength" in rejection(by(method))


def evaluate(tiny, programme, *texts, sense="at_most", holds=None, deviates=never, criterion="BEAM-2.a"):
    parsed = tuple(
        parse_expression(
            text,
            aliases={"cast_strength": "basis('cast', 'strength', 0.90, 0.95)"},
            factors={tag: f.value for tag, f in tiny.packs["rules"].factors.items()},
        )
        for text in texts
    )
    changed = replace(tiny.criteria[criterion], limits=parsed, limit_texts=texts, sense=sense)
    if holds is not None:
        changed = replace(changed, holds=holds)
    values = {call: basis_value(programme, call) for call in calls_of(changed)}
    return evaluate_limits(programme, changed, "nominal", values, deviates)


def test_a_limit_of_basis_value_and_factors(tiny):
    limits = evaluate(tiny, tiny, "cast_strength / max(factor('RULE 8'), factor('RULE 9'))")
    expected = basis_value(tiny, USUAL).value * PSI / 1.25
    assert limits.values == (pytest.approx(expected),)
    assert (limits.basis, limits.not_creditable, limits.rejected, limits.blocked) == ((USUAL,), (), (), ())


def test_a_value_that_may_not_be_credited_blocks_until_its_very_form_is_approved(tiny):
    text = "basis('cast', 'strength', 0.99, 0.95)"
    limits = evaluate(tiny, tiny, text)
    assert limits.not_creditable == (basis_value(tiny, STRICT).reason,)
    assert limits.blocked == (STRICT,)
    asked = []

    def deviates(subject, recipe):
        asked.append((subject, recipe))
        return True

    assert evaluate(tiny, tiny, text, deviates=deviates).not_creditable == ()
    assert asked == [("basis:cast.strength:0.99/0.95@nominal", basis_recipe(tiny, STRICT))]


def test_the_recipe_of_a_deviation_changes_with_data_and_rule(tiny):
    recipe = basis_recipe(tiny, STRICT)
    assert recipe == basis_recipe(tiny, STRICT)
    assert recipe != basis_recipe(tiny, USUAL)
    assert recipe != basis_recipe(with_data(tiny, [1.0, 2.0]), STRICT)
    assert recipe != basis_recipe(ruled(tiny, BasisRule("strict", 0.99, 0.95, 60, 0)), STRICT)
    assert deviation_subject(STRICT, "thin") == "basis:cast.strength:0.99/0.95@thin"


def test_two_limits(tiny):
    assert evaluate(tiny, tiny, "1 MPa", "0.2 GPa", sense="between").values == (1.0, pytest.approx(200.0))
    with pytest.raises(InputError, match="reversed"):
        evaluate(tiny, tiny, "3 MPa", "2 MPa", sense="between")


def test_a_limit_is_one_number_over_the_whole_claim(tiny):
    """Thickness is drawn: at its nominal value the limit would be wrong for every draw."""
    text = "100 MPa * thickness / (10 mm)"
    with pytest.raises(InputError, match="thickness, which is not one number"):
        evaluate(tiny, tiny, text)
    nominal = replace(tiny.criteria["BEAM-3.a"].holds, others="nominal")
    assert evaluate(tiny, tiny, text, holds=nominal).values == (pytest.approx(100.0),)
    with pytest.raises(InputError, match="load, which is not one number"):
        evaluate(tiny, tiny, "100 MPa * load / (300 N)", holds=nominal)
    with pytest.raises(InputError, match="stress, which is not one number"):
        evaluate(tiny, tiny, "stress")


def test_a_fixed_factor_may_stand_in_a_limit(tiny):
    factors = dict(tiny.configurations["nominal"].factors["beam"])
    factors["thickness"] = replace(factors["thickness"], fixed=True, law=None, tolerance=None)
    configuration = replace(
        tiny.configurations["nominal"], factors={**tiny.configurations["nominal"].factors, "beam": factors}
    )
    programme = replace(tiny, configurations={**tiny.configurations, "nominal": configuration})
    assert evaluate(tiny, programme, "10 MPa * thickness / (1 mm)").values == (pytest.approx(100.0),)


def test_a_negative_limit_and_a_factor_on_the_demand_are_refused(tiny):
    """Times 1.5 a negative limit from below would be milder."""
    holds = tiny.criteria["BEAM-4.a"].holds
    with pytest.raises(InputError, match="RULE 7 would make it milder"):
        evaluate(tiny, tiny, "-100 MPa", "100 MPa", sense="between", holds=holds)
    assert evaluate(tiny, tiny, "-100 MPa", sense="at_least", holds=Fraction(0.95, 0.95)).values == (-100.0,)
    assert evaluate(tiny, tiny, "100 MPa", holds=holds).values == (100.0,)


def test_an_unknown_factor_is_said(tiny):
    programme = ruled(tiny)
    programme = replace(programme, packs={"rules": replace(programme.packs["rules"], factors={})})
    with pytest.raises(InputError, match="RULE 8"):
        evaluate(tiny, programme, "100 MPa / factor('RULE 8')")
