"""What every verdict promises of declarations and attempts (the other promises: `test_promises`).

(e) A declaration never survives a run that contradicts it. (f) A second attempt never gets the first one's
share of the error.
"""

from __future__ import annotations

import importlib.util
import itertools
import tempfile
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.evidence import Ledger, canonical, digest, open_store
from assay.pipeline.attempting import make_plans, record_attempts
from assay.pipeline.concluding import _attempt_state
from assay.pipeline.engine import Working
from assay.pipeline.setting import Setting
from assay.programme import Fraction, ResidualBound
from assay.showing import judge_declarations, place_tests
from assay.showing.residual import Checked, residual_payload
from assay.showing.states import Limit

HERE = Path(__file__)
CONTENT = Fraction(0.95, 0.95)
SEED = "sha256:" + "0" * 64
WIDE = {name: {"range": (-2.0, 2.0), "envelope": (-2.0, 2.0)} for name in "xyz"}


def neighbour(name: str) -> ModuleType:
    """Load a test file beside this one for its builders."""
    spec = importlib.util.spec_from_file_location(f"kept_{name}", HERE.with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


BANDS, STRUCTURES = neighbour("test_residual"), neighbour("test_structure")

# A declared bound on the model's error


@given(
    errors=st.lists(st.sampled_from([0.0, 0.05, -0.09, 0.0999]), max_size=20),
    odd=st.lists(st.tuples(st.integers(0, 20), st.sampled_from([0.101, -0.11, 0.5, -3.0])), max_size=2),
)
def test_a_declared_bound_never_survives_a_run_farther_away(bench, errors, odd):
    """Eight draws within show the claim under the bound, unless one check, wherever it stands, is beyond."""
    for place, error in odd:
        errors.insert(place, error)
    checks = [Checked("sha256:r", n, "", 0.5 + error, 0.5, 0.1) for n, error in enumerate(errors)]
    study = bench.study()
    quantity = replace(study.quantities["q"], residual=ResidualBound(0.1, 0.0, "a handbook"))
    claim = bench.claim(study=replace(study, quantities={"q": quantity}), rungs=("residual",))
    rows = bench.rows([0.95] * 8)
    limit = Limit("at_most", (1.0,), 1.0, BANDS.NOTHING)
    said = residual_payload(BANDS.band(BANDS.WIDE, 8), claim.parts[0], rows, limit, checks)
    payload = bench.decide(
        claim, rows, attempt=bench.attempt(8, plan="residual"), residual=said, limits=bench.limits(1.0)
    )
    assert payload.verdict == ("NOT SHOWN" if odd else "SHOWN GIVEN")
    assert bool(payload.given) is not bool(odd)
    assert (payload.credit == "residual") is not bool(odd)
    assert (said.violating, payload.parts[0].residual.violations) == (len(odd),) * 2


# Declared structure, and the runs placed to break it

TESTED = {
    "convex_in": (lambda x, y, z: x * x + 2.0 * y + z, "between#0", 1.0),
    "linear_in": (lambda x, y, z: 3.0 * x - y + z * z, "between#1", -1.0),
    "homogeneous_in": (lambda x, y, z: (1.0 + z * z) * (3.0 * x - 2.0 * y), "scaled#0", 1.0),
    "increasing_in": (lambda x, y, z: 2.0 * x + y - z, "step#x", None),
    "decreasing_in": (lambda x, y, z: -2.0 * x - y + z, "step#y", None),
    "symmetric_in": (lambda x, y, z: x * x + y * y + z, "mirror#x,y", -1.0),
}
"""A response that is what is declared of it in x and y; the row of a test run that contradicts the declared
once its value is moved that way, by None past that of its base, against the sign."""


@pytest.mark.parametrize("kind", TESTED)
@given(run=st.integers(0, 7), size=st.floats(0.5, 10.0), broken=st.booleans())
@settings(max_examples=30)
def test_declared_structure_never_survives_a_test_run_that_contradicts_it(bench, kind, run, size, broken):
    """One row of one of eight test runs is moved; a declaration that bounds nothing is never a GIVEN."""
    bounds = kind != "homogeneous_in"
    also = (
        [] if kind not in {"homogeneous_in", "symmetric_in"} else [bench.declaration("convex_in", ["x", "y"])]
    )
    groups = [["x", "y"]] if also else [["x"], ["y"]]
    study = bench.study(bench.declaration(kind, *groups), *also, factors={**WIDE, "z": {"fixed": True}})
    response, key, way = TESTED[kind]
    points = place_tests(study, SEED)
    rows = {(row.index, row.row): row for row in STRUCTURES.run(points, response)}
    moved, base = rows[run, key], rows[run, "base"]
    value = moved.quantities["q"] + 10.0 * size * (way or 0.0)
    if way is None:
        up = moved.factors[key[-1]] > base.factors[key[-1]]
        value = base.quantities["q"] + (-size if up is (kind == "increasing_in") else size)
    if broken:
        rows[run, key] = replace(moved, quantities={"q": value})
    structure = judge_declarations(study, points, list(rows.values()))
    assert bool(structure.declarations[0].violations) is broken
    claim = bench.claim(bench.everywhere(), study=study)
    corners = [bench.row(50.0, 0, row.key, **{"z": 0.5, **row.values}) for row in claim.rows]
    payload = bench.decide(claim, corners, structure=structure)
    assert payload.verdict == ("NOT SHOWN" if broken and bounds else "SHOWN GIVEN")
    assert payload.reason == ("declaration-broken" if broken and bounds else "shown-given")
    said = kind.removesuffix("_in")
    assert any(said in sentence for sentence in payload.given) is (bounds and not broken)


# Declared structure, and the runs of the showing

INSIDE = st.floats(0.1, 0.9)
VALUES = st.floats(-50.0, 90.0)


@given(
    st.sampled_from(["convex_in", "linear_in"]),
    st.lists(VALUES, min_size=4, max_size=4),
    st.tuples(INSIDE, INSIDE),
    st.floats(-80.0, 80.0).filter(lambda far: abs(far) > 1e-3),
    st.sampled_from(["guided", "rows"]),
)
def test_a_run_off_what_the_corners_imply_ends_it(bench, kind, values, at, far, where):
    """Above the chords a response is not convex, beside them not linear; also far below every corner."""
    study = bench.study(bench.declaration(kind, ["x"], ["y"]), factors={**WIDE, "z": {"fixed": True}})
    ends = bench.over("x", "y", others="everywhere")
    claim = bench.claim(ends, study=study)
    corners = [
        bench.row(value, 0, row.key, **{"z": 0.5, **row.values})
        for row, value in zip(claim.rows, values, strict=True)
    ]
    x, y = at
    weights = {
        (0.0, 0.0): (1 - x) * (1 - y),
        (0.0, 1.0): (1 - x) * y,
        (1.0, 0.0): x * (1 - y),
        (1.0, 1.0): x * y,
    }
    implied = sum(weights[row.factors["x"], row.factors["y"]] * row.quantities["q"] for row in corners)
    for value, contradicts in ((implied, False), (implied + far, far > 0.0 or kind == "linear_in")):
        row = bench.row(value, 1 if where == "guided" else 0, "case#7", x=x, y=y, z=0.5)
        guided, rows = ([row], corners) if where == "guided" else ([], [*corners, row])
        payload = bench.decide(claim, rows, guided=guided, limits=bench.limits(1000.0))
        assert payload.verdict == ("NOT SHOWN" if contradicts else "SHOWN GIVEN")
        assert bool(payload.given) is not contradicts


@given(
    st.dictionaries(
        st.tuples(st.sampled_from([0.0, 0.25, 0.5, 0.75]), st.sampled_from([0.25, 0.5, 1.0])),
        st.sampled_from([10.0, 20.0, 30.0, 40.0]),
        max_size=8,
    ),
    st.sampled_from(["guided", "elsewhere"]),
)
def test_a_pair_of_runs_against_declared_signs_ends_it(bench, table, where):
    """In any two runs: the one that is at least as harmful in every factor has no smaller value."""
    kinds = [bench.declaration("increasing_in", ["x"]), bench.declaration("decreasing_in", ["y"])]
    study = bench.study(*kinds, factors={"x": {}, "y": {}, "z": {"fixed": True}})
    claim = bench.claim(bench.everywhere(), study=study)
    corner = [bench.row(40.0, 0, row.key, **{"z": 0.5, **row.values}) for row in claim.rows]
    runs = [bench.row(value, n, "", x=x, y=y, z=0.5) for n, ((x, y), value) in enumerate(table.items())]
    payload = bench.decide(claim, corner, **{where: runs})
    contradicted = any(
        a[0] <= b[0] and a[1] >= b[1] and table[a] > table[b] for a, b in itertools.permutations(table, 2)
    )
    assert payload.verdict == ("NOT SHOWN" if contradicted else "SHOWN GIVEN")
    assert bool(payload.given) is not contradicted


@given(x=st.floats(-2.0, 2.0), y=st.floats(-2.0, 2.0), differ=st.sampled_from([0.0, 0.01, -5.0]))
def test_two_runs_at_mirrored_points_that_differ_end_a_symmetry(bench, x, y, differ):
    kinds = [bench.declaration("convex_in", ["x", "y"]), bench.declaration("symmetric_in", ["x", "y"])]
    study = bench.study(*kinds, factors={**WIDE, "z": {"fixed": True}})
    claim = bench.claim(bench.everywhere(), study=study)
    response = lambda x, y, z: 10.0 + x * x + y * y + z
    corners = [
        bench.row(response(**at), 0, row.key, **at) for row in claim.rows for at in [{"z": 0.0, **row.values}]
    ]
    pair = [{"x": x, "y": y, "z": 0.0}, {"x": -x, "y": -y, "z": 0.0}]
    apart = differ if max(abs(x), abs(y)) > 1e-6 else 0.0
    guided = [bench.row(response(**at) + n * apart, n, "", **at) for n, at in enumerate(pair)]
    payload = bench.decide(claim, corners, guided=guided)
    assert payload.verdict == ("NOT SHOWN" if apart else "SHOWN GIVEN")


# Attempts


@given(
    changes=st.lists(st.integers(0, 5), min_size=1, max_size=6),
    declared=st.one_of(st.none(), st.integers(1, 4)),
    confidence=st.sampled_from([0.9, 0.95, 0.99]),
)
@settings(max_examples=25)
def test_a_second_attempt_never_gets_the_first_ones_share(bench, changes, declared, confidence):
    """Each change of what an attempt stands on is the next attempt, at a / 2^k or a / K, and never again a.

    Ledger, plan and state are the pipeline's; every run of every attempt is within.
    """
    criterion, budget = bench.criterion(Fraction(0.9, confidence)), 1.0 - confidence
    programme = replace(bench.programme(criterion, bench.study()), attempts=declared)
    configuration = programme.configurations["c"]
    claim = bench.claim(Fraction(0.9, confidence))
    limits = {criterion.id: bench.limits(100.0)}
    setting = Setting(programme, configuration, (claim,), limits, {}, {}, {}, {}, {"s": 10**6})
    frozen = {"configuration": "c"}
    spent: dict[int, float] = {}
    stood: dict[int, int] = {}
    with tempfile.TemporaryDirectory() as name, open_store(Path(name)) as store:
        engine = Working(Path(name), store, Ledger(), lambda: pytest.fail("nothing is run here"))
        engine.freeze(frozen)
        for change in changes:
            told = (criterion.id, {"R-1": digest(canonical(change))})
            plan = planned(engine, setting, *told)
            if not plan.recorded and plan.level is not None:
                blocks = {"s": len(engine.ledger.attempts)}
                record_attempts(engine, configuration, [plan], told[1], blocks, digest(canonical(frozen)))
                plan = planned(engine, setting, *told)
            payload = bench.decide(
                claim,
                bench.rows([50.0] * max(plan.draws, 500)),
                attempt=_attempt_state(engine, setting, plan),
            )
            number = plan.number
            assert stood.setdefault(change, number) == number, "what has not changed keeps its attempt"
            if declared is not None and number > declared:
                assert (payload.verdict, payload.reason) == ("NOT SHOWN", "attempts-exhausted")
                assert payload.parts == ()
                stood.pop(change)
                continue
            share = budget / 2**number if declared is None else budget / declared
            (part,) = payload.parts
            assert (payload.verdict, payload.attempt) == ("SHOWN", number)
            assert part.error == pytest.approx(share, rel=1e-12)
            assert part.draws == plan.draws
            spent[number] = part.error
    assert sorted(spent) == list(range(1, len(set(stood.values())) + 1))
    assert sum(spent.values()) <= budget * (1.0 + 1e-12)
    assert declared is not None or len(set(spent.values())) == len(spent)


def planned(engine, setting, criterion, recipes):
    found = make_plans(
        setting.programme, setting.configuration, engine.ledger, setting.claims, recipes, frozenset(), {}, {}
    )
    return found[criterion]
