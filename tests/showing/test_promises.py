"""What every verdict promises, whatever the runs say: properties of `decide` on each rung.

(a) A within run turned beyond never raises a verdict. (b) Over fixed runs neither does a tighter limit.
(c) Stored rows in another order change nothing. (d) More uncertainty raises no margin and shows nothing.
(e) and (f), on declarations and attempts, stand in `test_promises_kept`.
"""

from __future__ import annotations

import importlib.util
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.campaign import Row
from assay.evidence import canonical
from assay.programme import Fraction
from assay.showing import decide
from assay.showing.dominance import climb, on_signs
from assay.showing.inputs import LevelBound, Levels
from assay.showing.parts import limit_of
from assay.showing.records import Charge, DerivedCharge, ShowingPayload
from assay.showing.sequential import bet_payload, follow

CONTENT = Fraction(0.95, 0.95)
RANK = {"REFUTED": 0, "NOT SHOWN": 1, "SHOWN GIVEN": 2, "SHOWN": 2}
"""A verdict that is GIVEN its declarations is as high as one that is given none."""


def neighbour(name: str) -> ModuleType:
    """Load a test file beside this one for its builders."""
    spec = importlib.util.spec_from_file_location(f"builders_{name}", Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


BETS, SIGNS = neighbour("test_sequential"), neighbour("test_dominance")
# Drawn four times as often where it may fail: 14 runs within show, three beyond refute.
BOLD = replace(BETS.BET, norm=(0.25, 0.25), C=(0.0, 0.0), shown=4.5, refuted=10.0)


def charge(x: float = 0.0, f: float = 1.0) -> Charge:
    return Charge(numerical_relative=x, model_basis="allowance", model_factor=f)


NOTHING = charge()


def as_stored(rows: Sequence[Row]) -> list[Row]:
    return list(rows)


@dataclass(frozen=True)
class Asked:
    """What is decided: a value a run, the limit, what is charged, and in which order rows are stored."""

    values: Sequence[float | None]
    limit: float = 100.0
    charge: Charge = NOTHING
    order: Callable[[Sequence[Row]], list[Row]] = as_stored
    bound: float = 0.0
    """Charged to every third draw of a fixed plan, which stands on a coarser level; 0: none does."""


def levels(asked: Asked) -> Levels:
    if not asked.bound:
        return Levels({}, {})
    coarse = LevelBound(2, asked.bound, "coarse", 12, 0, 0.3, False)
    return Levels(dict.fromkeys(range(0, len(asked.values), 3), 2), {2: coarse})


def fixed(bench, asked, sense="at_most", allow=0):
    """0a: a draw a value. From below, what is large is small: 10,000 / value against 10,000 / limit."""
    values, limits = list(asked.values), (asked.limit,)
    if sense == "at_least":
        values, limits = [v and 1e4 / v for v in values], (1e4 / asked.limit,)
    if sense == "between":
        limits = (1.0, asked.limit)
    return bench.decide(
        bench.claim(sense=sense, allow=allow),
        asked.order(bench.rows(values)),
        attempt=bench.attempt(len(values)),
        charge=asked.charge,
        limits=bench.limits(*limits),
        levels=levels(asked),
    )


def from_below(bench, asked):
    return fixed(bench, asked, "at_least")


def in_between(bench, asked):
    return fixed(bench, asked, "between")


def two_allowed(bench, asked):
    return fixed(bench, asked, allow=2)


def two_cases(bench, asked):
    """0a: two cases of 59 draws, the rows of a draw side by side."""
    cases = [bench.case("a", x=0.1), bench.case("b", "F", x=0.9)]
    claim = bench.claim(bench.at_cases(CONTENT), cases=cases)
    keys = [part.rows[0].key for part in claim.parts]
    rows = [bench.row(value, n // 2, keys[n % 2], x=0.1) for n, value in enumerate(asked.values)]
    limits = bench.limits(asked.limit)
    packs = {"rules": bench.pack(F=1.01)}
    return bench.decide(claim, asked.order(rows), charge=asked.charge, limits=limits, packs=packs)


def nominal(bench, asked):
    """One run a case, and no probability in it."""
    cases = [bench.case(name, x=0.1) for name in "abc"]
    claim = bench.claim(bench.at_cases(), cases=cases)
    rows = [bench.row(v, 0, p.rows[0].key, x=0.1) for v, p in zip(asked.values, claim.parts, strict=True)]
    return bench.decide(claim, asked.order(rows), charge=asked.charge, limits=bench.limits(asked.limit))


def vertices(bench, asked, allow=0):
    """Rung 2 with 0a: two corners a draw, and for some a run between them for another criterion."""
    study = bench.study(bench.declaration("convex_in", ["x"]))
    claim = bench.claim(bench.over("x", others=CONTENT), study=study, allow=allow)
    keys = [*(row.key for row in claim.rows), "data/cases.csv#a"]
    rows = [
        bench.row(value, n // 3, keys[n % 3], x=(0.0, 1.0, 0.5)[n % 3], y=0.01 * (n // 3), z=0.2)
        for n, value in enumerate(asked.values)
        if n % 3 < 2 or n % 30 == 2
    ]
    attempt, limits = bench.attempt(len(asked.values) // 3), bench.limits(asked.limit)
    return bench.decide(claim, asked.order(rows), attempt=attempt, charge=asked.charge, limits=limits)


def everywhere(bench, asked):
    """Rung 2 alone: the eight corners of a box, runs that the model proposed and runs that trained it."""
    groups = [bench.declaration("convex_in", ["x", "y"]), bench.declaration("linear_in", ["z"])]
    claim = bench.claim(bench.everywhere(), study=bench.study(*groups))
    rows = [bench.row(v, 0, r.key, **r.values) for v, r in zip(asked.values, claim.rows, strict=False)]
    beside = {"x": 0.5, "y": 0.5, "z": 0.5}
    further = [bench.row(v, n // 2, "ab"[n % 2], **beside) for n, v in enumerate(asked.values[len(rows) :])]
    return bench.decide(
        claim,
        asked.order(rows),
        guided=asked.order(further[:10]),
        elsewhere=asked.order(further[10:]),
        charge=asked.charge,
        limits=bench.limits(asked.limit),
    )


def certified(bench, asked, comparable=False):
    """Rung 2 by signs: two placed runs and six draws of what they leave open, the masses as recorded."""
    kinds = [bench.declaration("increasing_in", ["x"], ["y"]), bench.declaration("decreasing_in", ["z"])]
    claim = on_signs(bench.claim(CONTENT, study=bench.study(*kinds), rungs=["structure"]))
    rows = [
        bench.row(v, n, x=0.1 * n, y=0.1 * n if comparable else 1.0 - 0.1 * n, z=0.5)
        for n, v in enumerate(asked.values)
    ]
    steps = [
        (SIGNS.step(1, 0, "certify", 2), asked.order(rows[:2])),
        (SIGNS.step(2, 2, "draw", 6, (0.0, 0.1)), asked.order(rows[2:])),
    ]
    limit = limit_of(claim, claim.parts[0], (asked.limit,), asked.charge, {})
    path = climb(steps, claim.parts[0], "q", limit, SIGNS.LEVEL, SIGNS.ALLOWED)
    return decide(
        bench.evidence(
            claim,
            asked.order(rows),
            climb=path,
            attempt=bench.attempt(plan="structure"),
            charge=asked.charge,
            limits=bench.limits(asked.limit),
        )
    )


def betted(bench, asked):
    """0b: each of two cases with 20 runs under bets as recorded."""
    cases = [bench.case("a", x=0.1), bench.case("b", x=0.9)]
    claim = bench.claim(bench.at_cases(CONTENT), cases=cases)
    paths = {}
    for part, values in zip(claim.parts, (asked.values[:20], asked.values[20:]), strict=True):
        rows = [bench.row(v, n, part.rows[0].key, x=0.1) for n, v in enumerate(values)]
        steps = [
            (BETS.step(k, n, 10).model_copy(update={"bet": bet_payload(BOLD)}), asked.order(rows[n : n + 10]))
            for k, n in ((1, 0), (2, 10))
        ]
        limit = limit_of(claim, part, (asked.limit,), asked.charge, {})
        paths[part.case.name] = follow(steps, part, "q", limit, BETS.LEVEL, BETS.ALLOWED, BETS.LEVEL / 2)
    return bench.decide(
        claim,
        None,
        paths=paths,
        attempt=bench.attempt(20, plan="sequential"),
        charge=asked.charge,
        limits=bench.limits(asked.limit),
    )


WORLDS = {
    fixed: 59,
    from_below: 59,
    in_between: 59,
    two_allowed: 124,
    two_cases: 118,
    nominal: 3,
    vertices: 177,
    everywhere: 21,
    certified: 8,
    betted: 40,
}
"""How the claim is decided, and the runs that it takes."""
WORLD = pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.__name__)
ODD = st.one_of(st.none(), st.sampled_from([40.0, 99.0, 101.0]), st.floats(20.0, 300.0))
FEWER = settings(max_examples=80)
"""Of each of ten worlds; the large ones have up to 177 runs an example."""
CHARGES = st.builds(charge, st.floats(0.0, 0.2), st.floats(1.0, 1.2))


def runs(count: int) -> st.SearchStrategy[list[float | None]]:
    """Return values that agree but for a few: of as many draws as show a claim hardly any may be odd."""
    few = st.dictionaries(st.integers(0, count - 1), ODD, max_size=min(count, 12))
    odd = st.one_of(st.just({}), few)
    usual = st.one_of(st.floats(40.0, 99.0), st.floats(90.0, 130.0))
    some = st.builds(lambda value, known: [known.get(n, value) for n in range(count)], usual, odd)
    every = st.lists(st.sampled_from([50.0, 200.0, 1000.0]), min_size=count, max_size=count)
    return some if count > 40 else st.one_of(some, every)


def rank(payload: ShowingPayload) -> int:
    return RANK[payload.verdict]


def turned(values: Sequence[float | None], where: int, value: float) -> list[float | None]:
    return [value if n == where else known for n, known in enumerate(values)]


# A run turned beyond


@WORLD
@FEWER
@given(data=st.data())
def test_a_within_run_turned_beyond_never_raises_a_verdict(bench, world, data):
    """At 0b and for certified runs with bets and masses as recorded.

    A run that is itself what contradicts a declaration may stop to do so when it turns: see below.
    """
    count = WORLDS[world]
    values = data.draw(runs(count))
    for where in data.draw(st.lists(st.integers(0, count - 1), min_size=1, max_size=3, unique=True)):
        before = world(bench, Asked(turned(values, where, 40.0)))
        values = turned(values, where, 1000.0)
        after = world(bench, Asked(values))
        assert rank(after) <= rank(before) or before.reason == "declaration-broken"


@FEWER
@given(values=runs(177), where=st.integers(0, 58), end=st.integers(0, 1))
def test_without_allowance_no_exception_is_needed(bench, values, where, end):
    before = vertices(bench, Asked(turned(values, 3 * where + end, 40.0)))
    after = vertices(bench, Asked(turned(values, 3 * where + end, 1000.0)))
    assert rank(after) <= rank(before)
    assert after.verdict != "SHOWN GIVEN"


def test_the_exception_is_the_run_that_contradicted(bench):
    """The corner fell short of a run between the corners; turned it does not, and one beyond is allowed."""
    values = [60.0] * (3 * 93)
    values[2] = 70.0
    broken = vertices(bench, Asked(values), allow=1)
    assert (broken.verdict, broken.reason) == ("NOT SHOWN", "declaration-broken")
    mended = vertices(bench, Asked(turned(values, 0, 1000.0)), allow=1)
    assert (mended.verdict, mended.parts[0].beyond) == ("SHOWN GIVEN", 1)


# A tighter limit


@WORLD
@FEWER
@given(data=st.data(), charged=CHARGES, tighter=st.floats(0.3, 1.0))
def test_over_fixed_runs_a_tighter_limit_never_raises_a_verdict(bench, world, data, charged, tighter):
    """So that NOT SHOWN never turns to SHOWN; REFUTED stays REFUTED."""
    asked = Asked(data.draw(runs(WORLDS[world])), charge=charged)
    before, after = world(bench, asked), world(bench, replace(asked, limit=100.0 * tighter))
    assert rank(after) <= rank(before)


# Another order


@WORLD
@FEWER
@given(data=st.data(), charged=CHARGES, seed=st.integers(0, 1000))
def test_stored_rows_in_another_order_change_nothing(bench, world, data, charged, seed):
    """Not one byte of the payload; the rows of every table are shuffled, each keeps its draw."""

    def shuffled(rows: Sequence[Row]) -> list[Row]:
        return random.Random(seed).sample(rows, len(rows))

    asked = Asked(data.draw(runs(WORLDS[world])), charge=charged)
    one, other = (world(bench, each) for each in (asked, replace(asked, order=shuffled)))
    assert canonical(one.model_dump(mode="json")) == canonical(other.model_dump(mode="json"))


# More uncertainty


@WORLD
@FEWER
@given(data=st.data(), less=CHARGES, wider=st.floats(0.0, 0.3), one=st.booleans(), other=st.booleans())
def test_more_uncertainty_raises_no_margin_and_decides_nothing(bench, world, data, less, wider, one, other):
    """It may take REFUTED away, for what is charged is credited there; it never leads to a verdict."""
    asked = Asked(data.draw(runs(WORLDS[world])), charge=less)
    more = charge(less.numerical_relative + wider * one, less.model_factor + wider * other)
    no_more_certain(world(bench, asked), world(bench, replace(asked, charge=more)))


@given(values=runs(59), charged=CHARGES, bound=st.floats(0.1, 30.0), wider=st.floats(0.0, 30.0))
def test_a_wider_bound_of_a_coarse_level_neither(bench, values, charged, bound, wider):
    asked = Asked(values, charge=charged, bound=bound)
    for sense in ("at_most", "at_least", "between"):
        before = fixed(bench, asked, sense)
        no_more_certain(before, fixed(bench, replace(asked, bound=bound + wider), sense))
        no_more_certain(fixed(bench, replace(asked, bound=0.0), sense), before)


def no_more_certain(before: ShowingPayload, after: ShowingPayload) -> None:
    assert after.verdict in {before.verdict, "NOT SHOWN"} or rank(after) == rank(before)
    assert (after.margin is None) == (before.margin is None)
    for less, more in ((before, after), *zip(before.parts, after.parts, strict=True)):
        if less.margin is not None and more.margin is not None:
            assert more.margin.value <= less.margin.value


def test_a_case_without_a_bound_leaves_no_margin_to_the_others(bench):
    """Its margin is the worst there is: skipping it, more uncertainty would raise that of the criterion."""
    steps = (("quantity", "a"), ("quantity", "b"), ("/", 2))
    derived = DerivedCharge(formula="a / b", steps=steps, bases={"a": 0.01, "b": 0.01})
    charge = Charge(numerical_relative=0.02, model_basis="allowance", model_factor=1.0, derived=derived)
    cases = [bench.case("1", x=0.1), bench.case("2", x=0.9)]
    claim = bench.claim(bench.at_cases(CONTENT), cases=cases)
    keys = [part.rows[0].key for part in claim.parts]
    rows = [
        Row(i, key, {"x": 0.1}, "ok", None, {"q": a / b, "a": a, "b": b})
        for i in range(59)
        for key, (a, b) in zip(keys, ((40.0, 0.5), (3000.0, 100.0)), strict=True)
    ]
    margins = []
    for bound in (0.01, 0.2, 0.6):
        level = LevelBound(2, bound, "coarse", 12, 0, 0.3, False, {"b": (bound, "1")})
        levels = Levels(dict.fromkeys(range(59), 2), {2: level})
        payload = bench.decide(claim, rows, charge=charge, levels=levels)
        margins.append(payload.margin.value if payload.margin else -math.inf)
    assert margins == sorted(margins, reverse=True)
    assert margins[-1] == -math.inf
