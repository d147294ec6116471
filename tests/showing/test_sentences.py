from __future__ import annotations

from dataclasses import replace

import pytest

from assay.programme import Fraction
from assay.showing import claim_sentence, given_sentence, law_sentence
from assay.showing.sentences import held_sentence, joined, percent
from assay.statistics import Law

CONTENT = Fraction(0.99, 0.95)


def test_percent_has_no_trailing_zeros():
    assert [percent(p) for p in (0.95, 0.999, 0.0123456789, 1.0)] == ["95 %", "99.9 %", "1.23457 %", "100 %"]


@pytest.mark.parametrize(
    ("holds", "sentence"),
    [
        ("fraction", "for at least 99 % (confidence 95 %) of the joint law of configuration c"),
        ("everywhere", "everywhere in configuration c"),
        ("nominal", "at every case of data/cases.csv, the others at their nominal values, configuration c"),
        ("others", "at every case of data/cases.csv, everywhere in the others, configuration c"),
        (
            "over",
            (
                "everywhere over x, for at least 99 % (confidence 95 %) of the law of the others, "
                "configuration c"
            ),
        ),
    ],
)
def test_a_claim_in_one_sentence(bench, holds, sentence):
    said = {
        "fraction": CONTENT,
        "everywhere": bench.everywhere(),
        "nominal": bench.at_cases(),
        "others": bench.at_cases("everywhere"),
        "over": bench.over("x", others=CONTENT),
    }[holds]
    claim = bench.claim(said, cases=[bench.case("a", x=0.1)])
    assert claim_sentence(claim) == f"q is at most 100 MPa {sentence}"


def test_both_limits_are_said(bench):
    claim = bench.claim(sense="between")
    assert claim_sentence(claim).startswith("q is between 1 MPa and 100 MPa for")


def test_a_given_says_signs_and_symmetries(bench, verifier):
    study = bench.study(
        bench.declaration("increasing_in", ["x"]),
        bench.declaration("decreasing_in", ["y"], ["z"]),
        bench.declaration("symmetric_in", ["x", "y"]),
        bench.declaration("convex_in", ["x"]),
    )
    checks = bench.tested(study).declarations
    said = [given_sentence(check) for check in checks]
    assert said[:3] == [
        "q increasing in x (8 checks, 0 violations)",
        "q decreasing in y; z (16 checks, 0 violations)",
        "q symmetric in x, y (8 checks, 0 violations)",
    ]
    assert [verifier.given_sentence(check.model_dump()) for check in checks] == said


def test_what_the_runs_of_a_showing_say_is_counted():
    assert held_sentence(1, 0).endswith("showing: 1 comparison, 0 violations")
    assert held_sentence(12, 1).endswith("showing: 12 comparisons, 1 violation")


def test_a_given_counts_its_checks(bench):
    study = bench.study(bench.declaration("linear_in", ["x", "y"], ["z"]))
    (good,) = bench.tested(study).declarations
    assert given_sentence(good) == "q linear in x, y; z (16 checks, 0 violations)"
    (bad,) = bench.tested(study, violations=2).declarations
    assert given_sentence(bad).endswith("(16 checks, 2 violations)")


def test_the_law_leaves_out_what_a_row_sets(bench):
    claim = bench.claim(bench.at_cases(CONTENT), cases=[bench.case("a", x=0.1)])
    assert law_sentence(claim).startswith("joint law: y uniform")


def test_kinds_of_law(bench):
    factors = {
        "x": {"law": Law.of("empirical", values=[1.0, 2.0, 3.0]), "unit": "mm"},
        "y": {"law": None},
        "z": {"fixed": True},
    }
    study = replace(bench.study(factors=factors), correlation=(("x", "y", 0.5),))
    assert law_sentence(bench.claim(study=study)) == (
        "joint law: x empirical (values 3 values) mm; y held at 0.5 1; correlated x~y 0.5"
    )
    still = bench.study(factors={"x": {"fixed": True}})
    assert law_sentence(bench.claim(study=still)) == "joint law: nothing varies; independent"


def test_joined():
    assert joined(["a", "b"]) == "a; b"
