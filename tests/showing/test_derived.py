from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.campaign import Row
from assay.programme import Formula, parse_expression, value_of
from assay.programme.formulas import Scope, compiled
from assay.programme.model import QuantitySpec
from assay.showing import Limit, critical_values, state_of
from assay.showing.derived import ends_of
from assay.showing.inputs import LevelBound, Levels
from assay.showing.parts import index_rows, judge_part
from assay.showing.records import Charge, DerivedCharge
from assay.showing.sentences import derived_sentence, level_sentence
from assay.showing.states import State, at_run, judge_draw, reaches, rooms, steering
from assay.showing.waterfall import waterfall

UNITS = {"p": "1", "q": "1", "k": "1"}
SCOPE = Scope(UNITS, frozenset({"k"}), {}, {})


def charge(text: str, model: float = 1.0, **bases: float) -> Charge:
    steps = compiled(parse_expression(text), "1", SCOPE)
    derived = DerivedCharge(formula=text, steps=steps, bases=bases)
    return Charge(
        numerical_relative=sum(bases.values()), model_basis="allowance", model_factor=model, derived=derived
    )


def row(p: float = 1.0, q: float = 1.0, k: float = 1.0, **more: float) -> Row:
    return Row(0, "", {"k": k}, "ok", None, {"p": p, "q": q, **more})


def limit(sense: str, value: float, of: Charge, factor: float = 1.0) -> Limit:
    return Limit(sense, (value,), factor, of)


def test_the_interval_is_that_of_the_charged_quantities() -> None:
    ends = ends_of(row(p=100.0, k=150.0), charge("k / p", 1.02, p=0.01), {})
    assert ends.numerical == pytest.approx((150.0 / 101.0, 150.0 / 99.0))
    assert ends.total == pytest.approx((150.0 / 103.0, 150.0 / 97.0))


def test_a_coarser_level_charges_each_quantity_in_its_own_unit() -> None:
    of = charge("p - q", p=0.01, q=0.01)
    ends = ends_of(row(p=100.0, q=50.0), of, {"p": 3.0})
    assert ends.total == pytest.approx((97.0 - 50.5, 103.0 - 49.5))


@pytest.mark.parametrize(
    ("sense", "against", "state"),
    [
        ("at_least", 1.45, "within"),
        ("at_least", 1.48, "open"),
        ("at_least", 1.52, "open"),
        ("at_least", 1.56, "beyond"),
        ("at_most", 1.56, "within"),
        ("at_most", 1.45, "beyond"),
    ],
)
def test_states(sense: str, against: float, state: str) -> None:
    run = row(p=100.0, k=150.0)
    of = limit(sense, against, charge("k / p", 1.02, p=0.01))
    assert state_of(1.5, at_run(of, run)) == state


def test_a_divisor_that_may_be_zero_is_open_against_every_limit() -> None:
    of = charge("1 / (p - k)", 1.02, p=0.01)
    run = row(p=101.0, k=100.0)
    for sense in ("at_most", "at_least"):
        held = at_run(limit(sense, 0.5, of), run)
        assert state_of(1.0, held) == "open"
        assert rooms(1.0, held)[0 if sense == "at_most" else 1] == -math.inf
        assert waterfall(1.0, held, (), "mode", "") == ((), None)


def test_a_value_without_its_run_decides_nothing() -> None:
    of = limit("at_most", 2.0, charge("k / p", p=0.01))
    with pytest.raises(ValueError, match="run by run"):
        reaches(1.5, of)
    assert state_of(1.5, steering(of)) == "within", "steering may be approximate"
    assert critical_values(of).within_high == pytest.approx(2.0 / 1.01)


def test_a_solved_quantity_is_held_against_its_limit_as_it_is() -> None:
    of = Limit(
        "at_most", (2.0,), 1.0, Charge(numerical_relative=0.1, model_basis="allowance", model_factor=1.0)
    )
    assert at_run(of, row()) is of
    with pytest.raises(ValueError, match="solved"):
        ends_of(row(), of.charge, {})


def test_each_row_of_a_draw_has_its_own_interval() -> None:
    of = limit("at_least", 1.4, charge("k / p", p=0.02))
    rows = [replace(row(p=100.0, k=150.0, r=1.5), row="a"), replace(row(p=100.0, k=142.0, r=1.42), row="b")]
    draw = judge_draw(rows, "r", of)
    assert draw.state is State.OPEN, "1.42 / 1.02 is below 1.4"
    assert draw.worst is rows[1]


POSITIVE = st.floats(1.0, 1e3)
SHARES = st.floats(0.0, 0.2)


@settings(deadline=None)
@given(
    text=st.sampled_from(
        ["k / p", "p / q", "max(p / k, q / k)", "p - q", "sqrt(p**2 + q**2)", "p * q / k**2"]
    ),
    p=POSITIVE,
    q=POSITIVE,
    k=POSITIVE,
    x=SHARES,
    y=SHARES,
    f=st.floats(1.0, 1.2),
    sense=st.sampled_from(["at_most", "at_least"]),
    against=st.floats(0.1, 1e3),
    factor=st.floats(1.0, 2.0),
)
def test_the_waterfall_adds_up_and_its_margin_has_the_sign_of_the_state(
    text: str,
    p: float,
    q: float,
    k: float,
    x: float,
    y: float,
    f: float,
    sense: str,
    against: float,
    factor: float,
) -> None:
    used = {"p": x, "q": y}
    of = charge(text, f, **{name: share for name, share in used.items() if name in text.replace("sqrt", "")})
    assert of.derived is not None
    run = row(p, q, k)
    value = value_of(of.derived.steps, run.quantities, run.factors)
    assert value is not None
    held = at_run(limit(sense, against, of, factor), run)
    steps, margin = waterfall(value, held, (), "mode", "")
    low, high = reaches(value, held)
    by_kind = {step.kind: step.value for step in steps}
    charged = steps[0].value + steps[1].value + steps[2].value
    scale = max(abs(low), abs(high), abs(value))
    assert charged == pytest.approx(high if sense == "at_most" else low, abs=1e-12 * scale)
    sign = 1.0 if sense == "at_most" else -1.0
    assert sign * by_kind["numerical"] >= 0.0
    assert sign * by_kind["model"] >= 0.0
    if margin is not None:
        # What is charged never decides a tie against the state.
        assert (margin.value >= 0.0) == (state_of(value, held) is State.WITHIN) or abs(margin.value) < 1e-12


@settings(deadline=None)
@given(p=POSITIVE, k=POSITIVE, x=SHARES, wider=SHARES, against=st.floats(0.01, 1e2))
def test_more_error_never_makes_a_margin_larger(
    p: float, k: float, x: float, wider: float, against: float
) -> None:
    run = row(p=p, k=k)
    found = [
        waterfall(k / p, at_run(limit("at_least", against, charge("k / p", p=share)), run), (), "m", "")[1]
        for share in (x, x + wider)
    ]
    assert found[0] is not None
    assert found[1] is not None
    assert found[1].value <= found[0].value


def test_a_part_counts_draws_on_a_coarser_level_by_the_bounds_of_the_bases(bench: object) -> None:
    study = bench.study()  # type: ignore[attr-defined]
    steps = (("quantity", "p"), ("number", 2.0), ("*", 2.0))
    made = QuantitySpec("q", "MPa", None, 1e-9, 2.0, "", study.source, formula=Formula("2 * p", steps))
    solved = QuantitySpec("p", "MPa", None, 1e-9, 2.0, "", study.source)
    study = replace(study, quantities={"q": made, "p": solved})
    claim = bench.claim(study=study)  # type: ignore[attr-defined]
    derived = DerivedCharge(formula="2 * p", steps=steps, bases={"p": 0.0})
    of = Charge(numerical_relative=0.0, model_basis="allowance", model_factor=1.0, derived=derived)
    rows = [Row(i, "", {"x": 0.5, "y": 0.5, "z": 0.5}, "ok", None, {"p": 48.0, "q": 96.0}) for i in range(59)]
    counts = []
    for bound in (1.0, 3.0, None):
        bases = {} if bound is None else {"p": (bound, "MPa")}
        level = LevelBound(2, bound, "level 2", 3, 0, 0.6, False, bases)
        table = index_rows(rows, 59, Levels({7: 2}, {2: level}))
        counts.append(judge_part(claim, claim.parts[0], table, (100.0,), of, (), 0.05).not_within)
    assert counts == [0, 1, 1], "2 x (48 + 1) is within 100 MPa, 2 x (48 + 3) is not, no bound is open"


def test_sentences_name_what_is_charged() -> None:
    derived = charge("k / p", p=0.0123).derived
    assert derived is not None
    assert derived_sentence("r", derived).endswith("at most this share of each value: p 1.23 %")
    level = LevelBound(2, 4.0, "level 2 (cells 8)", 10, 0, None, False, {"p": (3.0, "mm"), "q": (1.0, "1")})
    text = level_sentence("r", "1", level)
    assert text.startswith("r on level 2 (cells 8) is derived from what is off: p by at most 3 mm; q by")


def test_the_charge_of_a_solved_quantity_is_recorded_as_before() -> None:
    plain = Charge(numerical_relative=0.1, model_basis="allowance", model_factor=1.0)
    assert "derived" not in plain.model_dump(mode="json")
    of = charge("k / p", p=0.01)
    assert Charge.model_validate(of.model_dump(mode="json")) == of
