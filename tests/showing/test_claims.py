from __future__ import annotations

import pytest

from assay.errors import InputError
from assay.programme import Fraction
from assay.showing import claims, factors_of, interval_of, make_claim, nominal_values, varying

CONTENT = Fraction(0.95, 0.95)


def keys(claim):
    return [row.key for row in claim.rows]


def test_a_fraction_reads_the_draw_itself(bench):
    claim = bench.claim(CONTENT)
    assert keys(claim) == [""]
    assert (claim.content, claim.corners_over, claim.unconditional_refutation) == (CONTENT, (), False)


@pytest.mark.parametrize("others", ["nominal", CONTENT])
def test_cases_are_parts_with_a_row_each(bench, others):
    cases = [bench.case("a", x=0.1), bench.case("b", x=0.9)]
    claim = bench.claim(bench.at_cases(others), cases=cases)
    assert keys(claim) == ["data/cases.csv#a", "data/cases.csv#b"]
    assert [part.rows[0].values for part in claim.parts] == [{"x": 0.1}, {"x": 0.9}]
    assert claim.content == (CONTENT if others == CONTENT else None)
    assert not claim.unconditional_refutation


def test_everywhere_needs_every_varying_factor_covered(bench):
    study = bench.study(bench.declaration("convex_in", ["x", "y"]))
    claim = bench.claim(bench.everywhere(), study=study)
    assert claim.uncovered == ("z",)
    assert [part.rows for part in claim.parts] == [()]
    assert claim.unconditional_refutation


def test_everywhere_by_corners(bench):
    factors = {
        "x": {},
        "y": {"value": 5.0, "tolerance": (-0.5, 1.0), "range": (0.0, 9.0)},
        "z": {"fixed": True},
    }
    study = bench.study(bench.declaration("convex_in", ["x"], ["y"]), factors=factors)
    claim = bench.claim(bench.everywhere(), study=study)
    assert claim.corners_over == ("x", "y")
    found = [row.values for row in claim.rows]
    assert found == [{"x": x, "y": y} for x in (0.0, 1.0) for y in (4.5, 6.0)]
    assert keys(claim) == [f"everywhere#{n}" for n in range(4)]


def test_everywhere_where_nothing_varies_is_the_nominal_run(bench):
    study = bench.study(factors={name: {"fixed": True} for name in "xyz"})
    claim = bench.claim(bench.everywhere(), study=study)
    assert (keys(claim), claim.corners_over, claim.uncovered) == ([""], (), ())
    cases = [bench.case("a", x=0.1)]
    claim = bench.claim(bench.at_cases("everywhere"), study=study, cases=cases)
    assert keys(claim) == ["data/cases.csv#a"]


def test_cases_everywhere_hold_the_case_and_take_corners_of_the_rest(bench):
    study = bench.study(bench.declaration("linear_in", ["y", "z"]))
    cases = [bench.case("a", x=0.1), bench.case("b", x=0.9)]
    claim = bench.claim(bench.at_cases("everywhere"), study=study, cases=cases)
    assert (claim.corners_over, claim.uncovered) == (("y", "z"), ())
    assert len(claim.rows) == 8
    assert {row.values["x"] for row in claim.parts[0].rows} == {0.1}
    assert all("everywhere#" in key and not key.startswith("data/cases.csv#") for key in keys(claim))


@pytest.mark.parametrize(
    ("sense", "kind", "uncovered"),
    [
        ("at_most", "convex_in", ()),
        ("at_most", "linear_in", ()),
        ("at_least", "linear_in", ()),
        ("between", "linear_in", ()),
        # a convex response has its largest value at a corner, its smallest one anywhere
        ("at_least", "convex_in", ("x", "y")),
        ("between", "convex_in", ("x", "y")),
        ("at_most", "homogeneous_in", ("x", "y")),
    ],
)
def test_which_declaration_lets_corners_bound(bench, sense, kind, uncovered):
    study = bench.study(bench.declaration(kind, ["x", "y"]))
    assert bench.claim(bench.over("x", "y"), study=study, sense=sense).uncovered == uncovered


def test_over_reads_the_corners_at_each_draw(bench):
    study = bench.study(bench.declaration("convex_in", ["x"], ["y"]))
    claim = bench.claim(bench.over("x", "y", others=CONTENT), study=study)
    assert keys(claim) == [f"over:x,y#{n}" for n in range(4)]
    assert claim.content == CONTENT


SEGMENT = ({"x": 0.0, "y": 1.0}, {"x": 1.0, "y": 0.0})
SQUARE = tuple({"x": x, "y": y} for x in (0.0, 1.0) for y in (0.0, 1.0))


@pytest.mark.parametrize("others", ["nominal", "everywhere", CONTENT])
@pytest.mark.parametrize(
    ("groups", "corners", "covered"),
    [
        ((["x", "y"],), SEGMENT, True),
        # x y is convex in each, and largest in the middle of the segment: its corners bound nothing
        ((["x"], ["y"]), SEGMENT, False),
        ((["x"], ["y"]), SQUARE, True),
        ((["x", "z"], ["y"]), SEGMENT, False),
        ((["x", "y", "z"],), SEGMENT, True),
    ],
)
def test_a_polytope_across_groups_has_to_be_a_product(bench, others, groups, corners, covered):
    study = bench.study(
        bench.declaration("convex_in", *groups, *([] if any("z" in g for g in groups) else [["z"]]))
    )
    claim = bench.claim(bench.over("x", "y", others=others, corners=corners), study=study)
    assert (claim.uncovered == ()) is covered
    if not covered:
        assert claim.uncovered == ("x", "y")


def test_over_covers_a_named_factor_that_the_configuration_holds_fixed(bench):
    """The polytope moves it all the same."""
    factors = {"x": {"fixed": True}, "y": {}, "z": {"fixed": True}}
    study = bench.study(bench.declaration("convex_in", ["y"]), factors=factors)
    assert bench.claim(bench.over("x", others="everywhere"), study=study).uncovered == ("x",)


def test_two_claims_never_share_a_key_for_different_points(bench):
    study = bench.study(bench.declaration("linear_in", ["x", "y", "z"]))
    cases = [bench.case("a", x=0.1)]
    seen: dict[str, dict[str, float]] = {}
    for holds in (
        CONTENT,
        bench.everywhere(),
        bench.at_cases("nominal"),
        bench.at_cases("everywhere"),
        bench.over("x", "y"),
        bench.over("x", "y", corners=SEGMENT),
        bench.over("x", "y", others="everywhere"),
        bench.over("x", "y", others="everywhere", corners=SEGMENT),
        bench.over("x", others="everywhere"),
    ):
        for row in bench.claim(holds, study=study, cases=cases).rows:
            assert seen.setdefault(row.key, row.values) == row.values


def test_too_many_corners_are_refused_before_they_are_made(bench):
    names = [f"n{i}" for i in range(64)]
    study = bench.study(bench.declaration("linear_in", names), factors={name: {} for name in names})
    with pytest.raises(InputError, match="fix some factors"):
        bench.claim(bench.everywhere(), study=study)
    assert claims.MAX_CORNERS == 4096


def test_nominal_values_and_intervals(bench):
    factors = {
        "fixed": {"value": 0.3, "fixed": True},
        "tight": {"value": 0.5, "tolerance": (-0.1, 0.2)},
        "wide": {"envelope": (0.2, 0.8)},
    }
    study = bench.study(factors=factors)
    configuration = bench.configuration(study)
    assert nominal_values(study, configuration) == {"fixed": 0.3, "tight": 0.5, "wide": 0.5}
    spans = {name: interval_of(f) for name, f in factors_of(study, configuration).items()}
    assert spans == {"fixed": (0.3, 0.3), "tight": (0.4, 0.7), "wide": (0.2, 0.8)}
    assert varying(study, configuration, {"wide"}) == ("tight",)


def test_every_claim_of_a_programme_can_be_made(tiny):
    made = {c.id: make_claim(tiny, c, tiny.configurations["nominal"]) for c in tiny.criteria.values()}
    assert [len(made[f"BEAM-{n}.a"].rows) for n in (2, 3, 4, 7)] == [1, 3, 3, 4]
    assert made["BEAM-7.a"].corners_over == ("nx", "ny")
    assert not any(claim.uncovered for claim in made.values())
    assert made["BEAM-3.a"].parts[1].case.tags == ("RULE 7",)
